/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Details of the one thing that is selected: which reader serves which kind,
 * and namespaces, which are only known by number here, so that a process in
 * them is looked for.
 */
#include "detail.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "detail_readers.h"
#include "parse_proc.h"

ssize_t vt_detail_read_pid(const struct vt_host *host, uint64_t pid, const char *file, char *text,
			   size_t size)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%u/%s", (unsigned)pid, file);
	return vt_host_read(host->proc, path, text, size);
}

/* Whether this process is in the namespace; which type it has. */
static bool is_in(const struct vt_host *host, const char *pid, uint64_t inode,
		  enum vt_ns_type *ret_type)
{
	char path[64], link[64];
	struct vt_slice type;
	uint64_t found;

	for (int t = 0; t < VT_NS_TYPES; t++) {
		ssize_t n;

		(void)snprintf(path, sizeof(path), "%.16s/ns/%s", pid, vt_ns_names[t]);
		n = readlinkat(host->proc, path, link, sizeof(link));
		if (n < 0 || !vt_parse_ns_link((struct vt_slice){ link, (size_t)n }, &type, &found))
			continue;
		*ret_type = (enum vt_ns_type)t;
		if (found == inode)
			return true;
	}
	return false;
}

/* The first process in it; procfs lists them by pid. 0 without. */
static uint64_t find_leader(const struct vt_host *host, uint64_t inode, enum vt_ns_type *ret_type)
{
	int fd = vt_host_openat(host->proc, ".", O_RDONLY | O_DIRECTORY);
	vt_autoclosedir DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	uint64_t pid;

	if (!d && fd >= 0)
		(void)close(fd);
	while (d && (e = readdir(d)))
		if (vt_parse_u64((struct vt_slice){ e->d_name, strlen(e->d_name) }, &pid) &&
		    is_in(host, e->d_name, inode, ret_type))
			return pid;
	return 0;
}

static void add_lines(const struct vt_host *host, struct vt_detail *d, uint64_t pid,
		      const char *file, const char *label)
{
	char text[8192];
	const char *cursor = text;
	struct vt_slice line;

	if (vt_detail_read_pid(host, pid, file, text, sizeof(text)) <= 0)
		return;
	while (vt_parse_line(&cursor, &line))
		vt_detail_add(d, label, "%.*s", (int)line.n, line.at);
}

static void namespace_detail(const struct vt_host *host, struct vt_detail *d)
{
	enum vt_ns_type type;
	uint64_t pid = find_leader(host, d->subject.a, &type);

	if (!pid) {
		vt_detail_add(d, "processes", "none that we may see");
		return;
	}
	vt_detail_add(d, "opened through", "/proc/%llu/ns/%s", (unsigned long long)pid,
		      vt_ns_names[type]);
	if (type == VT_NS_USER) {
		add_lines(host, d, pid, "uid_map", "uid map (inside outside count)");
		add_lines(host, d, pid, "gid_map", "gid map (inside outside count)");
		add_lines(host, d, pid, "setgroups", "setgroups");
	}
	if (type == VT_NS_TIME)
		add_lines(host, d, pid, "timens_offsets", "clock offset (s, ns)");
}

void vt_probe_detail(const struct vt_host *host, struct vt_detail *d)
{
	static const struct {
		enum vt_kind kind;
		void (*read)(const struct vt_host *host, struct vt_detail *d);
	} readers[] = {
		{ VT_KIND_PROCESS, vt_detail_process },
		{ VT_KIND_MACHINE, vt_detail_process }, /* the same identity as its VMM's */
		{ VT_KIND_CGROUP, vt_detail_cgroup },
		{ VT_KIND_CONTAINER, vt_detail_cgroup }, /* the id of its root cgroup */
		{ VT_KIND_NAMESPACE, namespace_detail },
	};

	for (size_t i = 0; i < VT_LEN(readers); i++)
		if (readers[i].kind == d->subject.kind)
			readers[i].read(host, d);
}
