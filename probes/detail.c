/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Details of the one thing that is selected. A process of this host is read
 * through libproc2 (procps_pids(3)), which knows users, terminals and wait
 * channels; then files that it has no item for. A cgroup is only known by number
 * here, so it is looked for; namespaces are in namespace_detail.c.
 */
#include "detail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libproc2/pids.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../src/text.h"
#include "../src/units.h"
#include "cgroup_mount.h"
#include "namespace_detail.h"
#include "parse_proc.h"

enum {
	TEXT_SIZE = 65536,
	DEPTH_LIMIT = 128,
	PATH_LIMIT = 4096,
};
static const size_t procs_limit = 4u << 20;

static struct pids_result *item(struct pids_stack *s, int i)
{
	return &s->head[i];
}

/* libproc2 says "-" and "?" for what there is none of. */
static void add_string(struct vt_detail *d, const char *label, const struct pids_result *r)
{
	if (r->result.str && r->result.str[0] && strcmp(r->result.str, "-") != 0 &&
	    strcmp(r->result.str, "?") != 0)
		vt_detail_add(d, label, "%s", r->result.str);
}

static enum pids_item pids_items[] = {
	PIDS_TICS_BEGAN, PIDS_CMDLINE,  PIDS_EXE,         PIDS_ID_EUSER,   PIDS_TTY_NAME,
	PIDS_NICE,       PIDS_PRIORITY, PIDS_VSIZE_BYTES, PIDS_WCHAN_NAME, PIDS_TIME_ELAPSED,
};
enum {
	BEGAN,
	CMDLINE,
	EXE,
	EUSER,
	TTY,
	NICE,
	PRIORITY,
	VSIZE,
	WCHAN,
	ELAPSED
};

static void add_stack(struct vt_detail *d, struct pids_stack *s)
{
	char text[64];

	add_string(d, "command line", item(s, CMDLINE));
	add_string(d, "program", item(s, EXE));
	add_string(d, "user", item(s, EUSER));
	add_string(d, "terminal", item(s, TTY));
	vt_units_short(text, sizeof(text), VT_UNIT_USEC,
		       (uint64_t)(item(s, ELAPSED)->result.real * 1e6));
	vt_detail_add(d, "running for", "%s", text);
	vt_detail_add(d, "nice, priority", "%d, %d", item(s, NICE)->result.s_int,
		      item(s, PRIORITY)->result.s_int);
	vt_units_long(text, sizeof(text), VT_UNIT_BYTES, item(s, VSIZE)->result.ul_int);
	vt_detail_add(d, "virtual size", "%s", text);
	add_string(d, "waits in", item(s, WCHAN));
}

/* False when the process is gone, or its pid belongs to another one now. */
static bool add_libproc2(struct vt_detail *d)
{
	struct pids_info *info = NULL;
	struct pids_fetch *fetch;
	unsigned pid = (unsigned)d->subject.a;
	bool ok = false;

	if (procps_pids_new(&info, pids_items, VT_LEN(pids_items)) < 0)
		return false;
	fetch = procps_pids_select(info, &pid, 1, PIDS_SELECT_PID);
	if (fetch && fetch->counts->total == 1 &&
	    item(fetch->stacks[0], BEGAN)->result.ull_int == d->subject.b) {
		add_stack(d, fetch->stacks[0]);
		ok = true;
	}
	(void)procps_pids_unref(&info);
	return ok;
}

static ssize_t read_pid_file(const struct vt_host *host, uint64_t pid, const char *file, char *text,
			     size_t size)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%u/%s", (unsigned)pid, file);
	return vt_host_read(host->proc, path, text, size);
}

/* Of another tree. Arguments are separated by NUL. */
static bool add_parsed(const struct vt_host *host, struct vt_detail *d, char *text)
{
	struct vt_stat st;
	ssize_t n;
	char size[64];

	if (read_pid_file(host, d->subject.a, "stat", text, TEXT_SIZE) <= 0 ||
	    !vt_parse_stat(text, &st) || st.start_ticks != d->subject.b)
		return false;
	n = read_pid_file(host, d->subject.a, "cmdline", text, TEXT_SIZE);
	for (ssize_t i = 0; i + 1 < n; i++)
		if (!text[i])
			text[i] = ' ';
	if (n > 0)
		vt_detail_add(d, "command line", "%s", text);
	vt_units_long(size, sizeof(size), VT_UNIT_BYTES, st.vsize_bytes);
	vt_detail_add(d, "virtual size", "%s", size);
	return true;
}

static void add_status(const struct vt_host *host, struct vt_detail *d, char *text)
{
	static const char *const lines[][2] = {
		{ "NSpid:", "pid in its namespaces" }, { "CapEff:", "effective capabilities" },
		{ "CapBnd:", "capability bounds" },    { "NoNewPrivs:", "no new privileges" },
		{ "Seccomp:", "seccomp mode" },        { "Cpus_allowed_list:", "CPUs allowed" },
	};
	struct vt_slice s;

	if (read_pid_file(host, d->subject.a, "status", text, TEXT_SIZE) <= 0)
		return;
	for (size_t i = 0; i < VT_LEN(lines); i++)
		if (vt_parse_status_line(text, lines[i][0], &s))
			vt_detail_add(d, lines[i][1], "%.*s", (int)s.n, s.at);
}

static void add_v1(const struct vt_host *host, struct vt_detail *d, char *text)
{
	struct vt_cgroup_line line;
	const char *cursor = text;

	if (read_pid_file(host, d->subject.a, "cgroup", text, TEXT_SIZE) <= 0)
		return;
	while (vt_parse_cgroup_line(&cursor, &line))
		if (line.controllers.n)
			vt_detail_add(d, "cgroup v1", "%.*s: %.*s", (int)line.controllers.n,
				      line.controllers.at, (int)line.path.n, line.path.at);
}

static void process_detail(const struct vt_host *host, struct vt_detail *d)
{
	vt_autofree char *text = vt_alloc(TEXT_SIZE);
	struct vt_slice s;

	if (!(host->is_self && add_libproc2(d)) && !add_parsed(host, d, text)) {
		vt_detail_add(d, "state", "it has ended");
		return;
	}
	if (read_pid_file(host, d->subject.a, "oom_score_adj", text, TEXT_SIZE) > 0) {
		s = vt_parse_trim(text);
		vt_detail_add(d, "OOM score adjustment", "%.*s", (int)s.n, s.at);
	}
	add_status(host, d, text);
	add_v1(host, d, text);
}

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

static void add_flat(struct vt_detail *d, int dir, const char *file)
{
	char text[4096], label[128];
	const char *cursor = text;
	struct vt_slice key;
	uint64_t value;

	if (vt_host_read(dir, file, text, sizeof(text)) <= 0)
		return;
	while (vt_parse_flat(&cursor, &key, &value)) {
		(void)snprintf(label, sizeof(label), "%s %.*s", file, (int)key.n, key.at);
		vt_detail_add(d, label, "%llu", (unsigned long long)value);
	}
}

static void cgroup_detail(const struct vt_host *host, struct vt_detail *d)
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
	add_flat(d, dir, "cgroup.stat");
	add_flat(d, dir, "memory.events.local");
	if (mounts.v1_controllers[0])
		vt_detail_add(d, "held by cgroup v1", "%s", mounts.v1_controllers);
}

void vt_probe_detail(const struct vt_host *host, struct vt_detail *d)
{
	static const struct {
		enum vt_kind kind;
		void (*read)(const struct vt_host *host, struct vt_detail *d);
	} readers[] = {
		{ VT_KIND_PROCESS, process_detail },
		{ VT_KIND_MACHINE, process_detail }, /* the same identity as its VMM's */
		{ VT_KIND_CGROUP, cgroup_detail },
		{ VT_KIND_CONTAINER, cgroup_detail }, /* the id of its root cgroup */
		{ VT_KIND_NAMESPACE, vt_namespace_detail_read },
	};

	for (size_t i = 0; i < VT_LEN(readers); i++)
		if (readers[i].kind == d->subject.kind)
			readers[i].read(host, d);
}
