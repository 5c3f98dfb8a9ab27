/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "process_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "parse_proc.h"

enum {
	PATH_SIZE = 4096
};

/* procfs answers small files at once; a recorded tree goes the careful way. */
int vt_process_read(struct vt_process_files *p, const char *path)
{
	vt_autoclose int fd = -1;
	ssize_t n;

	if (!p->host->proc_live) {
		n = vt_host_read(p->host->proc, path, p->text, sizeof(p->text));
		return n > 0 || n == -EFBIG ? 0 : n ? (int)n : -ESRCH;
	}
	fd = openat(p->host->proc, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, p->text, sizeof(p->text) - 1);
	if (n <= 0)
		return n && errno ? -errno : -ESRCH;
	p->text[n] = '\0';
	return 0;
}

void vt_process_set_resident(struct vt_process_files *p, struct vt_process *row)
{
	uint64_t pages;
	char path[32];

	if (row->kernel_thread)
		return;
	(void)snprintf(path, sizeof(path), "%u/statm", (unsigned)row->pid);
	if (vt_process_read(p, path) == 0 && vt_parse_statm_resident(p->text, &pages))
		VT_SET(PROCESS, row, rss_bytes, pages * p->page_bytes);
}

void vt_process_set_cgroup(struct vt_process_files *p, struct vt_builder *b, struct vt_process *row)
{
	const struct vt_host_row *host = vt_builder_host(b);
	const char *root = VT_HAS(HOST, host, cgroup_root) ? host->cgroup_root : "/";
	struct vt_slice path;
	char name[32], below[PATH_SIZE];

	(void)snprintf(name, sizeof(name), "%u/cgroup", (unsigned)row->pid);
	if (vt_process_read(p, name) < 0 || !vt_parse_cgroup_v2(p->text, &path))
		return;
	if (strcmp(root, "/") == 0)
		row->cgroup_path = vt_builder_intern_n(b, path.at, path.n);
	else if (vt_parse_cgroup_below(root, path, below, sizeof(below)))
		row->cgroup_path = vt_builder_intern(b, below);
	else
		p->unplaced++;
}
