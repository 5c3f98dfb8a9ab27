/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system call and its pages. An id becomes a descriptor by a file handle of
 * nsfs, in which only the id needs to be filled; both are in linux/nsfs.h.
 */
#include "namespace_listns.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../src/memory.h"

#ifndef SYS_listns
#define SYS_listns 470
#endif

enum {
	PAGE = 512,
	MOST_PAGES = 1000, /* half a million: a pass ends, whatever is there */
	NSFS_ROOT = -10003,
	NSFS_HANDLE = 0xf1
};

static long call_kernel(void *arg, const struct vt_ns_id_req *req, uint64_t *ids, size_t n)
{
	long r = syscall(SYS_listns, req, ids, n, 0);

	(void)arg;
	return r < 0 ? -errno : r;
}

const struct vt_listns_source vt_listns_kernel = { call_kernel, NULL };

int vt_listns(const struct vt_listns_source *source, void (*each)(void *arg, uint64_t id),
	      void *arg, const atomic_bool *quit)
{
	struct vt_ns_id_req req = { .size = sizeof(req) };
	uint64_t ids[PAGE];

	for (int page = 0; page < MOST_PAGES && !*quit; page++) {
		long n = source->call(source->arg, &req, ids, PAGE);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		if (n > PAGE || ids[n - 1] <= req.ns_id)
			return -EPROTO;
		for (long i = 0; i < n; i++)
			each(arg, ids[i]);
		if (n < PAGE)
			return 0;
		req.ns_id = ids[n - 1];
	}
	return 0;
}

int vt_listns_open(uint64_t id)
{
	struct {
		struct file_handle head;
		unsigned char body[16]; /* id, type, inode; the latter two may be 0 */
	} handle = { .head = { .handle_bytes = 16, .handle_type = NSFS_HANDLE } };
	int fd;

	memcpy(handle.head.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(NSFS_ROOT, &handle.head, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
