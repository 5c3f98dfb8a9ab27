/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One page for the person at 3 a.m.: what is it, what binds it, who set that
 * limit, and what do we not know. Here what is meant is found, and the page
 * has its lines; explain_process.c and explain_cgroup.c say what is on them.
 */
#include "explain.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "explain_page.h"
#include "memory.h"
#include "near.h"
#include "text.h"

const char *vt_page_clean(const struct vt_page *p, const char *raw)
{
	size_t size = 4 * strlen(raw) + 16;
	char *text = vt_arena_alloc(p->arena, size);

	(void)vt_text_escape(text, size, raw);
	return text;
}

void vt_page_line(struct vt_page *p, const char *label, const char *fmt, ...)
{
	va_list ap;

	if (p->n_lines++ >= VT_PAGE_LINES)
		return;
	fprintf(p->out, "%-11s ", label);
	va_start(ap, fmt);
	(void)vfprintf(p->out, fmt, ap);
	va_end(ap);
	fputc('\n', p->out);
}

const char *vt_page_value(const struct vt_page *p, enum vt_unit unit, uint64_t value)
{
	char text[64];

	/* Counts are compared with what is in files: all digits. */
	if (unit == VT_UNIT_COUNT)
		vt_units_long(text, sizeof(text), unit, value);
	else
		vt_units_short(text, sizeof(text), unit, value);
	return vt_arena_intern(p->arena, text);
}

const char *vt_page_figure(const struct vt_page *p, enum vt_kind kind, int metric,
			   const void *record)
{
	const struct vt_metric *m = &vt_kinds[kind].metrics[metric];
	char text[128];

	if (!vt_valid(record, (unsigned)metric))
		return "unknown";
	vt_metric_short(text, sizeof(text), kind, metric, record, true);
	if (m->unit == VT_UNIT_PERCENT && strcmp(text, "max") != 0)
		return vt_arena_printf(p->arena, "%s%%", text);
	return vt_arena_intern(p->arena, text);
}

/* Finding what is meant. */

static bool is_pid(const char *what)
{
	size_t n = strspn(what, "0123456789");

	return n && !what[n];
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

static int no_process(const struct vt_snapshot *s, const char *what, uint64_t pid,
		      struct vt_error *err)
{
	size_t n;
	const struct vt_process *procs = vt_process_rows(s, &n), *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (!best || distance(procs[i].pid, pid) < distance(best->pid, pid))
			best = &procs[i];
	if (!best)
		return vt_fail(err, ENOENT, "there is no process %s: none could be read", what);
	return vt_fail(err, ENOENT, "there is no process %s; the nearest is %" PRIu64 " %s", what,
		       best->pid, VT_HAS(PROCESS, best, comm) ? best->comm : "");
}

/* "/a/b" from "a/b", "/mount/a/b/"; free() it. */
static char *normal_path(const struct vt_snapshot *s, const char *what)
{
	const struct vt_host_row *h = vt_snapshot_host(s);
	const char *mount = VT_HAS(HOST, h, cgroup_mount) ? h->cgroup_mount : "";
	size_t n = strlen(mount);
	char *path;

	while (n && mount[n - 1] == '/')
		n--;
	if (n && strncmp(what, mount, n) == 0 && (what[n] == '/' || !what[n]))
		what += n;
	while (*what == '/')
		what++;
	path = vt_asprintf("/%s", what);
	for (n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
		path[n - 1] = '\0';
	return path;
}

/* Paths whose last part is like the one that was asked for: people leave out what is in front. */
static void list_near(const struct vt_snapshot *s, const char *word, char *out, size_t size)
{
	struct vt_near near = { .word = word };
	size_t n, used = 0, told = 0;
	const struct vt_cgroup *cgs = vt_cgroup_rows(s, &n);

	for (size_t i = 0; i < n; i++)
		vt_near_try(&near, cgs[i].name);
	out[0] = '\0';
	for (size_t k = 0; k < near.n; k++)
		for (size_t i = 0; i < n && told < VT_NEAR_MOST && used < size; i++)
			if (strcmp(near.names[k], cgs[i].name) == 0)
				used += (size_t)snprintf(out + used, size - used, "%s%s",
							 told++ ? ", " : "", cgs[i].path);
}

static int no_cgroup(const struct vt_snapshot *s, const char *path, struct vt_error *err)
{
	const char *last = strrchr(path, '/') + 1;
	char list[160];

	list_near(s, last, list, sizeof(list));
	if (list[0])
		return vt_fail(err, ENOENT, "there is no cgroup %s; there is %s", path, list);
	return vt_fail(
		err, ENOENT,
		"there is no cgroup %s: give a PID, or a path below the cgroup v2 mount such "
		"as /system.slice",
		path);
}

static int find(const struct vt_snapshot *s, const char *what, const struct vt_process **ret_proc,
		const struct vt_cgroup **ret_cg, struct vt_error *err)
{
	vt_autofree char *path = NULL;

	*ret_proc = NULL;
	*ret_cg = NULL;
	if (!*what)
		return vt_fail(err, EINVAL, "explain needs a PID or the path of a cgroup");
	if (is_pid(what)) {
		uint64_t pid = strtoull(what, NULL, 10);

		*ret_proc = vt_snapshot_pid(s, pid);
		return *ret_proc ? 0 : no_process(s, what, pid, err);
	}
	path = normal_path(s, what);
	*ret_cg = vt_snapshot_path(s, path);
	return *ret_cg ? 0 : no_cgroup(s, path, err);
}

static int write_page(const struct vt_snapshot *s, const struct vt_process_limits *limits,
		      const struct vt_process *proc, const struct vt_cgroup *cg, char **ret_text,
		      struct vt_error *err)
{
	struct vt_page p = { .s = s, .host = vt_snapshot_host(s), .limits = limits };
	char *text = NULL;
	size_t size;

	p.out = open_memstream(&text, &size);
	if (!p.out)
		return vt_fail(err, errno, "cannot write: %s", vt_errno_text(errno));
	p.arena = vt_arena_new();
	if (proc) {
		vt_page_process(&p, proc);
		cg = vt_cgroup_at(s, proc->cgroup);
	}
	if (cg)
		vt_page_cgroup(&p, cg);
	vt_arena_free(p.arena);
	(void)fclose(p.out);
	*ret_text = text;
	return 0;
}

int vt_explain_subject(const struct vt_snapshot *s, const char *what, struct vt_id *ret,
		       struct vt_error *err)
{
	const struct vt_process *proc;
	const struct vt_cgroup *cg;
	int r = find(s, what, &proc, &cg, err);

	if (r < 0)
		return r;
	*ret = proc ? vt_record_id(VT_KIND_PROCESS, proc) : vt_record_id(VT_KIND_CGROUP, cg);
	return 0;
}

int vt_explain_detailed(const struct vt_snapshot *s, const struct vt_detail *detail,
			const char *what, char **ret_text, struct vt_error *err)
{
	const struct vt_process_limits *limits = NULL;
	const struct vt_process *proc;
	const struct vt_cgroup *cg;
	int r = find(s, what, &proc, &cg, err);

	if (r < 0)
		return r;
	if (detail && proc && detail->subject.kind == VT_KIND_PROCESS &&
	    detail->subject.a == proc->head.a && detail->subject.b == proc->head.b)
		limits = detail->limits;
	return write_page(s, limits, proc, cg, ret_text, err);
}

int vt_explain(const struct vt_snapshot *s, const char *what, char **ret_text, struct vt_error *err)
{
	return vt_explain_detailed(s, NULL, what, ret_text, err);
}
