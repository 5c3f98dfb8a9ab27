/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits of one process. /proc/PID/limits is readable by everybody, which
 * prlimit(2) is not, and is there in a recorded tree. What is used stands in
 * status and stat; open files are counted, by the size of the directory where
 * the kernel says it (Linux 6.2). See getrlimit(2) and proc(5).
 */
#include "process_limits.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup_v1.h"
#include "detail_readers.h"
#include "parse_proc.h"

struct reading {
	const struct vt_host *host;
	uint64_t pid;
	struct vt_arena *arena;
	struct vt_process_limits *l;
	char *text;
};

static bool read_file(struct reading *r, const char *file)
{
	return vt_detail_read_pid(r->host, r->pid, file, r->text, VT_DETAIL_TEXT) > 0;
}

static void set_limit(struct vt_process_limits *l, const struct vt_rlimit_line *line)
{
	for (int i = 0; i < VT_RLIMITS; i++) {
		uint64_t scale = (uint64_t)vt_rlimits[i].scale;

		if (!vt_slice_is(line->name, vt_rlimits[i].line))
			continue;
		l->rlimits[i].known = true;
		l->rlimits[i].soft = line->soft > VT_MAX / scale ? VT_MAX : line->soft * scale;
		l->rlimits[i].hard = line->hard > VT_MAX / scale ? VT_MAX : line->hard * scale;
	}
}

static void read_limits(struct reading *r)
{
	struct vt_rlimit_line line;
	const char *cursor = r->text;

	if (!read_file(r, "limits"))
		return;
	while (vt_parse_rlimit(&cursor, &line))
		set_limit(r->l, &line);
}

static void use(struct reading *r, enum vt_rlimit which, uint64_t used)
{
	r->l->rlimits[which].used = used;
	r->l->rlimits[which].used_known = true;
}

static void read_status(struct reading *r)
{
	static const struct {
		const char *key;
		enum vt_rlimit which;
	} sizes[] = {
		{ "VmSize:", VT_RLIMIT_AS },   { "VmData:", VT_RLIMIT_DATA },
		{ "VmStk:", VT_RLIMIT_STACK }, { "VmLck:", VT_RLIMIT_MEMLOCK },
		{ "VmRSS:", VT_RLIMIT_RSS },
	};
	struct vt_process_limits *l = r->l;
	struct vt_slice s;
	uint64_t value;

	if (!read_file(r, "status"))
		return;
	for (size_t i = 0; i < VT_LEN(sizes); i++)
		if (vt_parse_status_kib(r->text, sizes[i].key, &value))
			use(r, sizes[i].which, value);
	if (vt_parse_status_sigq(r->text, &value))
		use(r, VT_RLIMIT_SIGPENDING, value);
	l->caps_known = vt_parse_status_hex(r->text, "CapEff:", &l->caps);
	if (!vt_parse_status_line(r->text, "Cpus_allowed_list:", &s))
		return;
	l->cpus_allowed = vt_arena_intern_n(r->arena, s.at, s.n);
	if (!vt_parse_list_count(l->cpus_allowed, &l->n_cpus_allowed))
		l->cpus_allowed = NULL;
}

static void read_cpu(struct reading *r)
{
	long hertz = sysconf(_SC_CLK_TCK);
	struct vt_stat st;

	if (read_file(r, "stat") && vt_parse_stat(r->text, &st))
		use(r, VT_RLIMIT_CPU,
		    (st.utime_ticks + st.stime_ticks) * 1000000u /
			    (hertz > 0 ? (uint64_t)hertz : 100));
}

/* False when the directory may not be read. */
static bool count_entries(const struct reading *r, const char *path, uint64_t *ret)
{
	vt_autoclosedir DIR *d = vt_host_opendir(r->host->proc, path);
	const struct dirent *e;

	*ret = 0;
	while (d && (e = readdir(d)))
		*ret += e->d_name[0] != '.';
	return d != NULL;
}

static void read_files(struct reading *r)
{
	struct stat st;
	char path[64];
	uint64_t n;

	(void)snprintf(path, sizeof(path), "%u/fd", (unsigned)r->pid);
	if (r->host->proc_live && fstatat(r->host->proc, path, &st, 0) == 0 && st.st_size > 0)
		use(r, VT_RLIMIT_NOFILE, (uint64_t)st.st_size);
	else if (count_entries(r, path, &n))
		use(r, VT_RLIMIT_NOFILE, n);
}

static void read_oom(struct reading *r)
{
	struct vt_process_limits *l = r->l;

	l->oom_known = read_file(r, "oom_score_adj") &&
		       vt_parse_signed(r->text, &l->oom_score_adj) && read_file(r, "oom_score") &&
		       vt_parse_value(r->text, &l->oom_score);
}

struct vt_process_limits *vt_process_limits_read(const struct vt_host *host, uint64_t pid,
						 struct vt_arena *arena)
{
	vt_autofree char *text = vt_alloc(VT_DETAIL_TEXT);
	struct reading r = { host, pid, arena, vt_arena_alloc(arena, sizeof(*r.l)), text };

	read_limits(&r);
	read_status(&r);
	read_cpu(&r);
	read_files(&r);
	read_oom(&r);
	vt_cgroup_v1_read(host, pid, arena, r.l);
	return r.l;
}
