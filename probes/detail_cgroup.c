/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Details of a cgroup: the files that are too many, too long or too dear for
 * every refresh, whole (the kernel's cgroup-v2.rst). A cgroup is only known by
 * number here, so it is looked for.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../src/text.h"
#include "cgroup_mount.h"
#include "cgroup_v1.h"
#include "detail_readers.h"
#include "parse.h"

enum {
	DEPTH_LIMIT = 128,
	PATH_LIMIT = 4096,
};
static const size_t procs_limit = 4u << 20;
static const size_t file_limit = 256u << 10;

/* A cgroup by its id, as the cgroup probe makes it. */
struct cgroup_search {
	uint64_t id;
	bool live;
	char path[PATH_LIMIT];
};

static bool is_it(const struct cgroup_search *s, int dir)
{
	struct stat st;

	if (!s->live)
		return (vt_hash_bytes(s->path, strlen(s->path)) & UINT32_MAX) == s->id;
	return fstat(dir, &st) == 0 && st.st_ino == s->id;
}

static int find_below(struct cgroup_search *s, int dir, int depth);

static int find_child(struct cgroup_search *s, int dir, const char *name, int depth)
{
	size_t used = strlen(s->path), n = strlen(name);
	int child, found;

	if (used + n + 2 > sizeof(s->path))
		return -1;
	child = vt_host_openat(dir, name, O_RDONLY | O_DIRECTORY);
	if (child < 0)
		return -1;
	s->path[used] = '/';
	memcpy(s->path + used + 1, name, n + 1);
	found = find_below(s, child, depth + 1);
	if (found < 0)
		s->path[used] = '\0';
	return found;
}

/* Takes dir; returns the directory that was looked for, or -1. */
static int find_below(struct cgroup_search *s, int dir, int depth)
{
	vt_autoclosedir DIR *d = NULL;
	const struct dirent *e;
	int found = -1;

	if (is_it(s, dir))
		return dir;
	d = depth < DEPTH_LIMIT ? fdopendir(dir) : NULL;
	if (!d)
		(void)close(dir);
	while (d && found < 0 && (e = readdir(d)))
		if (e->d_type == DT_DIR && strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0)
			found = find_child(s, dirfd(d), e->d_name, depth);
	return found;
}

static void count_lines(struct vt_detail *d, const char *label, int dir, const char *file)
{
	vt_autofree char *text = NULL;
	size_t n = 0;

	if (vt_host_read_all(dir, file, procs_limit, &text) < 0)
		return;
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		n++;
	vt_detail_add(d, label, "%zu", n);
}

/*
 * A file whole: what has one line stands behind its name, of what has more each
 * line does. Files that are not there, or empty, are left out.
 */
static void add_file(struct vt_detail *d, int dir, const char *file)
{
	vt_autofree char *text = NULL;
	const char *cursor;
	struct vt_slice line;

	if (vt_host_read_all(dir, file, file_limit, &text) <= 0)
		return;
	for (cursor = text; vt_parse_line(&cursor, &line);)
		if (line.n)
			vt_detail_add(d, file, "%.*s", (int)line.n, line.at);
}

/* What a row of metric_rows.h has is not said again here. */
static const char *const files[] = {
	"cgroup.freeze",
	"cgroup.stat",
	"cgroup.stat.local",
	"cpu.weight.nice",
	"memory.events.local",
	"memory.swap.events",
	"pids.events.local",
	"io.prio.class",
	"io.stat",
	"io.max",
	"io.weight",
	"io.bfq.weight",
	"io.latency",
	"io.cost.qos",
	"io.cost.model",
	"cpuset.cpus.partition",
	"rdma.current",
	"rdma.max",
	"misc.capacity",
	"misc.current",
	"misc.max",
	"misc.events",
	"misc.events.local",
	"dmem.capacity",
	"dmem.current",
	"dmem.min",
	"dmem.low",
	"dmem.max",
	"memory.stat",
	"memory.numa_stat",
};

/* Files with a page size in their names. */
static void add_hugetlb(struct vt_detail *d, int dir)
{
	vt_autoclosedir DIR *all = vt_host_opendir(dir, ".");
	const struct dirent *e;

	while (all && (e = readdir(all)))
		if (strncmp(e->d_name, "hugetlb.", 8) == 0 && strstr(e->d_name, ".numa_stat"))
			add_file(d, dir, e->d_name);
}

static void add_xattrs(struct vt_detail *d, int dir)
{
	char names[4096], value[256];
	ssize_t all = flistxattr(dir, names, sizeof(names));

	for (const char *at = names; all > 0 && at < names + all; at += strlen(at) + 1) {
		ssize_t n = fgetxattr(dir, at, value, sizeof(value));

		if (n >= 0)
			vt_detail_add(d, at, "%.*s", (int)n, value);
	}
}

/* v1 knows nothing of v2's groups; what holds for a process of this one is shown. */
static void add_v1(const struct vt_host *host, struct vt_detail *d, int dir,
		   const char *controllers)
{
	char text[64];
	struct vt_process_limits l = { 0 };
	struct vt_slice line;
	const char *cursor = text;
	uint64_t pid;

	if (!controllers[0])
		return;
	vt_detail_add(d, "held by cgroup v1", "%s", controllers);
	vt_detail_add(d, "why read-only", "%s", vt_v1_why);
	/* Only the first one matters, so that a text that is cut does not. */
	(void)vt_host_read(dir, "cgroup.procs", text, sizeof(text));
	if (!vt_parse_line(&cursor, &line) || !vt_parse_u64(line, &pid))
		return;
	vt_cgroup_v1_read(host, pid, d->arena, &l);
	for (size_t i = 0; i < l.n_v1; i++)
		vt_detail_add(d, "v1 of its first process", "%s: %s%s%s", l.v1[i].controller,
			      l.v1[i].path, l.v1[i].says ? "; " : "",
			      l.v1[i].says ? l.v1[i].says : "");
}

void vt_detail_cgroup(const struct vt_host *host, struct vt_detail *d)
{
	struct cgroup_search s = { .id = d->subject.a };
	vt_autoclose int dir = -1;
	struct vt_cgroup_mounts mounts;
	struct statfs fs;
	int root;

	vt_cgroup_find_mounts(host, &mounts);
	root = mounts.v2[0] ? vt_host_openat(host->root, mounts.v2, O_RDONLY | O_DIRECTORY) : -1;
	if (root >= 0) {
		s.live = fstatfs(root, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
		dir = find_below(&s, root, 0);
	}
	if (dir < 0) {
		vt_detail_add(d, "state", "it has been removed");
		return;
	}
	vt_detail_add(d, "directory", "%s%s", mounts.v2, s.path);
	count_lines(d, "processes (cgroup.procs)", dir, "cgroup.procs");
	count_lines(d, "threads (cgroup.threads)", dir, "cgroup.threads");
	add_v1(host, d, dir, mounts.v1_controllers);
	for (size_t i = 0; i < VT_LEN(files); i++)
		add_file(d, dir, files[i]);
	add_hugetlb(d, dir);
	if (s.live)
		add_xattrs(d, dir);
}
