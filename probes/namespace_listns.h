/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_NAMESPACE_LISTNS_H
#define VT_NAMESPACE_LISTNS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/*
 * listns(2): the kernel itself lists the namespaces, by ids of 64 bits that are
 * not their inodes. Linux 6.19; -ENOSYS before, and the other sources stand alone.
 */

/* As struct ns_id_req of linux/nsfs.h. */
struct vt_ns_id_req {
	uint32_t size, spare;
	uint64_t ns_id; /* the last one that was listed */
	uint32_t ns_type, spare2;
	uint64_t user_ns_id;
};

/* The system call, or a test's. The number of ids, or -errno. */
struct vt_listns_source {
	long (*call)(void *arg, const struct vt_ns_id_req *req, uint64_t *ids, size_t n);
	void *arg;
};
extern const struct vt_listns_source vt_listns_kernel;

/*
 * Calls each with every id, a page at a time, so that memory is bounded. Ends
 * early when *quit becomes true. 0 or -errno; -EPROTO when the list does not
 * advance.
 */
int vt_listns(const struct vt_listns_source *source, void (*each)(void *arg, uint64_t id),
	      void *arg, const atomic_bool *quit);

/* A descriptor of the namespace with this id, or -errno. */
int vt_listns_open(uint64_t id);

#endif
