/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes: a list or a tree, all of them or those of one cgroup, namespace or container. */
#include "view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../src/namespace_words.h"
#include "spark.h"

static void draw_isolation(struct vt_canvas *c, const struct vt_view_env *env,
			   const struct vt_row *row, int x, int y, int width)
{
	const struct vt_process *p = row->record;
	char text[64] = "";
	size_t used = 0;
	int unknown = 0;

	if (row->id.kind != VT_KIND_PROCESS || row->gone)
		return;
	for (int t = 0; t < VT_NS_TYPES; t++) {
		const struct vt_namespace *ns = vt_namespace_at(env->snapshot, vt_process_ns(p, t));

		unknown += !vt_process_ns_id(p, t);
		if (ns && VT_HAS(NAMESPACE, ns, initial) && !ns->initial && used < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
						 used ? " " : "", vt_ns_names[t]);
	}
	if (unknown == VT_NS_TYPES)
		(void)vt_canvas_text(c, x, y, width, VT_ROLE_DIM, "–");
	else if (used)
		(void)vt_canvas_text(c, x, y, width, VT_ROLE_ACCENT, text);
	else
		(void)vt_canvas_text(c, x, y, width, VT_ROLE_DIM, "initial");
}

static void draw_cgroup(struct vt_canvas *c, const struct vt_view_env *env,
			const struct vt_row *row, int x, int y, int width)
{
	const struct vt_process *p = row->record;
	char clean[512], fitted[512];

	(void)env;
	if (row->id.kind != VT_KIND_PROCESS)
		return;
	(void)vt_text_escape(clean, sizeof(clean), p->cgroup_path ? p->cgroup_path : "–");
	vt_text_fit_middle(fitted, sizeof(fitted), clean, width, c->ascii);
	(void)vt_canvas_text(c, x, y, width, p->cgroup_path ? VT_ROLE_TEXT : VT_ROLE_DIM, fitted);
}

static enum vt_role state_role(const struct vt_row *row, double value)
{
	const struct vt_process *p = row->record;

	(void)value;
	switch (p->state[0]) {
	case 'R':
		return VT_ROLE_GOOD;
	case 'D':
		return VT_ROLE_WARN;
	case 'Z':
		return VT_ROLE_BAD;
	default:
		return VT_ROLE_DIM;
	}
}

#define PR(field)                                                                                  \
	{                                                                                          \
		{                                                                                  \
			VT_KIND_PROCESS, VT_PROCESS_##field                                        \
		}                                                                                  \
	}

static const struct vt_column columns[] = {
	{ "UID", 6, 4, 0, false, PR(uid), vt_role_zero_dim, NULL },
	{ NULL, 1, 2, 0, true, PR(state), state_role, NULL },
	{ NULL, 5, 0, 0, false, PR(cpu_percent), vt_role_load, NULL },
	{ NULL, 5, 1, 0, false, PR(rss_bytes), vt_role_zero_dim, NULL },
	{ NULL, 4, 6, 0, false, PR(threads), vt_role_zero_dim, NULL },
	{ NULL, 6, 5, 0, false, PR(cpu_usec), vt_role_zero_dim, NULL },
	{ "OWN NAMESPACES", 16, 3, 20, true, PR(ppid), NULL, draw_isolation },
	{ "CGROUP", 18, 3, 60, true, PR(cgroup_id), NULL, draw_cgroup },
	{ 0 },
};

enum {
	LIST,
	TREE
};

static void add_tree(const struct vt_view_env *env, struct vt_rows *rows)
{
	const struct vt_snapshot *s = env->snapshot;
	size_t n;
	const struct vt_process *procs = vt_process_rows(s, &n);
	vt_autofree int32_t *row_of = vt_alloc((n + 1) * sizeof(*row_of));
	vt_autofree int32_t *chain = vt_alloc((n + 1) * sizeof(*chain));

	memset(row_of, -1, n * sizeof(*row_of));
	for (size_t i = 0; i < n; i++) {
		size_t depth = 0;
		int32_t at = (int32_t)i;

		/* Parents first; a pid that wrapped may be smaller than its parent's. */
		while (at >= 0 && row_of[at] < 0 && depth < n) {
			chain[depth++] = at;
			at = procs[at].parent;
		}
		while (depth-- > 0) {
			const struct vt_process *p = &procs[chain[depth]];
			int32_t up = p->parent < 0 ? -1 : row_of[p->parent];

			if (vt_process_in_scope(s, p, env->scope))
				row_of[chain[depth]] = vt_rows_add(rows, up, VT_KIND_PROCESS, p,
								   vt_name_process(rows, p));
			else
				row_of[chain[depth]] = up;
		}
	}
}

static void add_list(const struct vt_view_env *env, struct vt_rows *rows)
{
	size_t n;
	const struct vt_process *procs = vt_process_rows(env->snapshot, &n);

	for (size_t i = 0; i < n; i++)
		if (vt_process_in_scope(env->snapshot, &procs[i], env->scope))
			(void)vt_rows_add(rows, -1, VT_KIND_PROCESS, &procs[i],
					  vt_name_process(rows, &procs[i]));
}

static void build(const struct vt_view_env *env, struct vt_rows *rows)
{
	const struct vt_snapshot *s = env->snapshot;
	const struct vt_process *gone = s->gone[VT_KIND_PROCESS].rows;

	if (env->variant == TREE)
		add_tree(env, rows);
	else
		add_list(env, rows);
	for (size_t i = 0; i < s->gone[VT_KIND_PROCESS].n; i++)
		if (env->scope.kind == VT_KIND_COUNT ||
		    vt_process_in_scope(s, &gone[i], env->scope))
			(void)vt_rows_add(rows, -1, VT_KIND_PROCESS, &gone[i],
					  vt_name_process(rows, &gone[i]));
}

static void detail_namespaces(const struct vt_view_env *env, const struct vt_process *proc,
			      struct vt_pane *p)
{
	char id[16];

	vt_pane_label(p, "namespaces");
	if (proc->ns_errno)
		vt_pane_put(p, VT_ROLE_DIM, "unknown: /proc/%" PRIu64 "/ns: %s  ", proc->pid,
			    vt_errno_text(proc->ns_errno));
	for (int t = 0; t < VT_NS_TYPES; t++) {
		const struct vt_namespace *ns = vt_namespace_at(env->snapshot,
								vt_process_ns(proc, t));
		bool own = ns && VT_HAS(NAMESPACE, ns, initial) && !ns->initial;

		if (!vt_process_ns_id(proc, t))
			continue;
		(void)snprintf(id, sizeof(id), "%" PRIu32, vt_process_ns_id(proc, t));
		vt_pane_item(p, vt_ns_names[t], own ? VT_ROLE_ACCENT : VT_ROLE_TEXT, id);
	}
}

static void put_difference(const struct vt_process *proc, const struct vt_process *other,
			   const char *label, struct vt_pane *p)
{
	char text[80];
	int differ, unknown;

	if (!other || other == proc)
		return;
	vt_namespaces_differ(proc, other, text, sizeof(text), &differ, &unknown);
	vt_pane_item(p, label, differ ? VT_ROLE_ACCENT : VT_ROLE_DIM,
		     differ                   ? text
		     : unknown == VT_NS_TYPES ? "unknown"
					      : "nothing");
}

/* Where PID 1 may not be looked at, kthreadd stands for the host: it is in the first of each. */
static void detail_isolation(const struct vt_view_env *env, const struct vt_process *proc,
			     struct vt_pane *p)
{
	const struct vt_process *init = vt_snapshot_pid(env->snapshot, 1);
	const struct vt_process *kthreadd = vt_snapshot_pid(env->snapshot, 2);

	/* The first process, and one whose parent is outside of what is seen, has none to differ
	 * from. */
	if (proc->ns_errno || (proc->parent < 0 && (init == proc || !init)))
		return;
	vt_pane_label(p, "differs");
	put_difference(proc, vt_process_at(env->snapshot, proc->parent), "from its parent in", p);
	if (init && !init->ns_errno)
		put_difference(proc, init, "from PID 1 in", p);
	else if (kthreadd && kthreadd->kernel_thread)
		put_difference(proc, kthreadd, "from the host in", p);
	put_difference(proc, vt_compare_process(env), "from the marked one in", p);
}

static void detail(const struct vt_view_env *env, const struct vt_row *row, struct vt_pane *p)
{
	static const struct vt_past past[] = {
		{ "cpu", VT_PROCESS_cpu_percent, INFINITY },
		{ "memory", VT_PROCESS_rss_bytes, INFINITY },
	};
	const struct vt_process *proc = row->record;
	const struct vt_process *up = vt_process_at(env->snapshot, proc->parent);
	char title[96];

	(void)snprintf(title, sizeof(title), "%" PRIu64 " %s", proc->pid,
		       VT_HAS(PROCESS, proc, comm) ? proc->comm : "?");
	vt_detail_head(p, title);
	vt_pane_label(p, "process");
	if (up)
		vt_pane_put(p, VT_ROLE_TEXT, "child of %" PRIu64 " %s", up->pid, up->comm);
	else if (VT_HAS(PROCESS, proc, ppid))
		vt_pane_put(p, VT_ROLE_TEXT, "child of %" PRIu64, proc->ppid);
	vt_detail_add_metric(p, "uid", VT_KIND_PROCESS, VT_PROCESS_uid, proc, env->ascii);
	vt_detail_add_metric(p, "threads", VT_KIND_PROCESS, VT_PROCESS_threads, proc, env->ascii);
	vt_detail_add_metric(p, "CPU time", VT_KIND_PROCESS, VT_PROCESS_cpu_usec, proc, env->ascii);
	vt_detail_add_metric(p, "memory", VT_KIND_PROCESS, VT_PROCESS_rss_bytes, proc, env->ascii);
	if (proc->kernel_thread)
		vt_pane_put(p, VT_ROLE_DIM, "  kernel thread");
	if (!row->gone)
		vt_spark_detail(p, env, row->id, past, VT_LEN(past));
	vt_pane_label(p, "cgroup");
	vt_pane_put(p, proc->cgroup_path ? VT_ROLE_TEXT : VT_ROLE_DIM, "%s",
		    proc->cgroup_path ? proc->cgroup_path : "unknown");
	detail_namespaces(env, proc, p);
	detail_isolation(env, proc, p);
	vt_detail_lines(p, env);
}

static void empty(const struct vt_view_env *env, struct vt_pane *p)
{
	vt_pane_line(p);
	if (env->scope.kind == VT_KIND_COUNT) {
		vt_pane_put(p, VT_ROLE_TITLE, "No processes.");
		vt_pane_line(p);
		vt_pane_wrap(p, VT_ROLE_TEXT,
			     "/proc could not be read. Press ! for what is missing.");
		return;
	}
	vt_pane_put(p, VT_ROLE_TITLE, "No process there.");
	vt_pane_line(p);
	vt_pane_wrap(p, VT_ROLE_TEXT, "Press Esc for all processes, or b to go back.");
}

static void above(const struct vt_view_env *env, struct vt_pane *p)
{
	vt_autofree char *words = NULL;

	if (env->scope.kind == VT_KIND_COUNT)
		return;
	words = vt_thing_words(env->snapshot, env->scope);
	vt_pane_line(p);
	vt_pane_put(p, VT_ROLE_ACCENT, " only those in %s", words);
	vt_pane_put(p, VT_ROLE_DIM, "   Esc: all processes");
}

static const char *const variants[] = { "list", "tree", NULL };

const struct vt_view vt_view_processes = {
	.name = "processes",
	.title = "Processes",
	.thing = "PROCESS",
	.variants = variants,
	.columns = columns,
	.sort_first = 3, /* CPU% */
	.build = build,
	.detail = detail,
	.empty = empty,
	.above = above,
};
