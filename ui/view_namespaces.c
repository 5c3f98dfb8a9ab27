/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Namespaces by type (pid and user in their own hierarchy) or by the user
 * namespace that owns them, each with its processes below; or processes by what
 * isolates them, see view_namespace_sets.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "view_namespaces.h"

static void draw_inside(struct vt_canvas *c, const struct vt_view_env *env,
			const struct vt_row *row, int x, int y, int width)
{
	const struct vt_namespace *ns = row->record;
	const struct vt_process *p;
	char text[1024] = "", clean[1200];

	if (row->id.kind == VT_KIND_PROCESS) {
		p = row->record;
		(void)snprintf(text, sizeof(text), "%s", p->cgroup_path ? p->cgroup_path : "");
	} else if (row->id.kind != VT_KIND_NAMESPACE) {
		return;
	} else if (VT_HAS(NAMESPACE, ns, inside)) {
		(void)snprintf(text, sizeof(text), "%s", ns->inside);
	}
	(void)env;
	(void)vt_text_escape(clean, sizeof(clean), text);
	(row->id.kind == VT_KIND_PROCESS ? vt_text_fit_middle : vt_text_fit_end)(
		text, sizeof(text), clean, width, c->ascii);
	(void)vt_canvas_text(c, x, y, width, VT_ROLE_TEXT, text);
}

/* Where a process is in it, the path to that says nothing that PID does not. */
static void draw_kept(struct vt_canvas *c, const struct vt_view_env *env, const struct vt_row *row,
		      int x, int y, int width)
{
	const struct vt_namespace *ns = row->record;
	bool by_process;

	(void)env;
	if (row->gone) {
		(void)vt_canvas_text(c, x, y, width, VT_ROLE_GONE, "gone");
		return;
	}
	if (row->id.kind != VT_KIND_NAMESPACE)
		return;
	by_process = ns->kept_by && strcmp(ns->kept_by, "process") == 0 && ns->leader >= 0;
	(void)vt_canvas_printf(c, x, y, width, by_process ? VT_ROLE_DIM : VT_ROLE_TEXT, "%s%s%s",
			       ns->kept_by ? ns->kept_by : "–",
			       by_process || !ns->kept_where ? "" : " ",
			       by_process || !ns->kept_where ? "" : ns->kept_where);
}

#define MATRIX_CELL(name, TYPE)                                                                    \
	static void draw_##name(struct vt_canvas *c, const struct vt_view_env *env,                \
				const struct vt_row *row, int x, int y, int width)                 \
	{                                                                                          \
		vt_namespace_matrix_cell(c, env, row, TYPE, x, y, width);                          \
	}
MATRIX_CELL(user, VT_NS_USER)
MATRIX_CELL(pid, VT_NS_PID)
MATRIX_CELL(net, VT_NS_NET)
MATRIX_CELL(mnt, VT_NS_MNT)
MATRIX_CELL(uts, VT_NS_UTS)
MATRIX_CELL(ipc, VT_NS_IPC)
MATRIX_CELL(cgroup, VT_NS_CGROUP)
MATRIX_CELL(time, VT_NS_TIME)

#define NS(field)                                                                                  \
	{                                                                                          \
		VT_KIND_NAMESPACE, VT_NAMESPACE_##field                                            \
	}
#define PR(field)                                                                                  \
	{                                                                                          \
		VT_KIND_PROCESS, VT_PROCESS_##field                                                \
	}

static const struct vt_column columns[] = {
	{ NULL, 5, 1, 0, false, { NS(processes) }, vt_role_zero_dim, NULL },
	{ NULL, 7, 3, 0, false, { NS(leader_pid) }, NULL, NULL },
	{ NULL, 10, 0, 5, true, { NS(leader_comm) }, NULL, NULL },
	{ NULL, 5, 4, 0, false, { NS(cpu_percent), PR(cpu_percent) }, vt_role_load, NULL },
	{ NULL, 5, 5, 0, false, { NS(rss_bytes), PR(rss_bytes) }, vt_role_zero_dim, NULL },
	{ "INSIDE", 18, 2, 60, true, { NS(inside) }, NULL, draw_inside },
	{ "KEPT BY", 9, 2, 24, true, { NS(initial) }, NULL, draw_kept },
	/* Of the matrix; see shows(). */
	{ "USER", 5, 0, 3, true, { NS(id), PR(pid) }, NULL, draw_user },
	{ "PID", 5, 0, 3, true, { NS(id), PR(pid) }, NULL, draw_pid },
	{ "NET", 5, 0, 3, true, { NS(id), PR(pid) }, NULL, draw_net },
	{ "MNT", 5, 0, 3, true, { NS(id), PR(pid) }, NULL, draw_mnt },
	{ "UTS", 5, 1, 3, true, { NS(id), PR(pid) }, NULL, draw_uts },
	{ "IPC", 5, 1, 3, true, { NS(id), PR(pid) }, NULL, draw_ipc },
	{ "CGRP", 5, 2, 3, true, { NS(id), PR(pid) }, NULL, draw_cgroup },
	{ "TIME", 5, 3, 3, true, { NS(id), PR(pid) }, NULL, draw_time },
	{ 0 },
};

static bool shows(int variant, const struct vt_column *column)
{
	bool of_matrix = column - columns >= (long)VT_LEN(columns) - 1 - VT_NS_TYPES;

	return of_matrix == (variant == VT_MATRIX);
}

/* The row of a namespace, made after those of its parents; -1 while there is none. */
struct maker {
	const struct vt_view_env *env;
	struct vt_rows *rows;
	const struct vt_namespace *ns;
	int32_t *row_of;
	int32_t headings[VT_NS_TYPES];
};

static int32_t row_above(struct maker *m, const struct vt_namespace *ns)
{
	int32_t up = m->env->variant == VT_BY_OWNER && ns->ns_type != VT_NS_USER ? ns->owner
										 : ns->parent;

	if (up >= 0)
		return m->row_of[up];
	return m->env->variant == VT_BY_OWNER && ns->ns_type == VT_NS_USER
		       ? -1
		       : m->headings[ns->ns_type];
}

/* Chains of parents are at most 32 deep (namespaces(7)); a recorded tree may claim more. */
static void make_row(struct maker *m, int32_t i, int depth)
{
	const struct vt_namespace *ns = &m->ns[i];
	int32_t up = m->env->variant == VT_BY_OWNER && ns->ns_type != VT_NS_USER ? ns->owner
										 : ns->parent;

	if (m->row_of[i] >= 0 || depth > 40)
		return;
	if (up >= 0 && up != i)
		make_row(m, up, depth + 1);
	m->row_of[i] = vt_rows_add(m->rows, row_above(m, ns), VT_KIND_NAMESPACE, ns,
				   vt_name_namespace(m->rows, ns));
	/* Below the initial ones there are only namespaces, which are what was asked for. */
	m->rows->rows[m->row_of[i]].folded = !(VT_HAS(NAMESPACE, ns, initial) && ns->initial) &&
					     (m->env->variant == VT_BY_TYPE ||
					      ns->ns_type != VT_NS_USER);
}

static int type_order(const struct vt_namespace *ns)
{
	static const int order[VT_NS_TYPES] = {
		[VT_NS_USER] = 0, [VT_NS_PID] = 1, [VT_NS_NET] = 2,    [VT_NS_MNT] = 3,
		[VT_NS_UTS] = 4,  [VT_NS_IPC] = 5, [VT_NS_CGROUP] = 6, [VT_NS_TIME] = 7,
	};

	return order[ns->ns_type];
}

static void add_heading(struct maker *m, enum vt_ns_type type, unsigned count)
{
	struct vt_row *row;

	m->headings[type] = vt_rows_heading(
		m->rows, -1, vt_ns_names[type],
		vt_arena_printf(m->rows->arena, "%5u   %s", count, vt_namespace_isolates(type)));
	row = &m->rows->rows[m->headings[type]];
	row->id.b = (uint64_t)type + 1;
	row->role = VT_ROLE_TITLE;
}

static void add_headings(struct maker *m, size_t n)
{
	unsigned counts[VT_NS_TYPES] = { 0 };

	for (size_t i = 0; i < n; i++)
		counts[m->ns[i].ns_type]++;
	for (int o = 0; o < VT_NS_TYPES; o++)
		for (int t = 0; t < VT_NS_TYPES; t++) {
			struct vt_namespace probe = { .ns_type = (enum vt_ns_type)t };

			if (type_order(&probe) != o || !counts[t] || m->env->variant == VT_BY_OWNER)
				continue;
			add_heading(m, (enum vt_ns_type)t, counts[t]);
		}
}

/* Processes below the namespaces of one type, so that a process is found where it is asked for. */
static void add_members(struct maker *m)
{
	size_t n;
	const struct vt_process *procs = vt_process_rows(m->env->snapshot, &n);

	for (size_t i = 0; i < n; i++)
		for (int t = 0; t < VT_NS_TYPES; t++) {
			int32_t at = vt_process_ns(&procs[i], t);
			const struct vt_namespace *ns = vt_namespace_at(m->env->snapshot, at);

			/* The members of the initial namespaces are nearly all: see Processes. */
			if (!ns || m->row_of[at] < 0 ||
			    (VT_HAS(NAMESPACE, ns, initial) && ns->initial))
				continue;
			(void)vt_rows_add(m->rows, m->row_of[at], VT_KIND_PROCESS, &procs[i],
					  vt_name_process(m->rows, &procs[i]));
		}
}

static void add_gone(struct maker *m)
{
	const struct vt_snapshot *s = m->env->snapshot;
	const struct vt_namespace *gone = s->gone[VT_KIND_NAMESPACE].rows;

	for (size_t i = 0; i < s->gone[VT_KIND_NAMESPACE].n; i++) {
		struct vt_id owner = { VT_KIND_NAMESPACE, gone[i].owner_id, 0 };
		int32_t up = m->headings[gone[i].ns_type];

		if (m->env->variant == VT_BY_OWNER) {
			up = vt_snapshot_index(s, owner);
			up = up < 0 ? -1 : m->row_of[up];
		}
		(void)vt_rows_add(m->rows, up, VT_KIND_NAMESPACE, &gone[i],
				  vt_name_namespace(m->rows, &gone[i]));
	}
}

static void build(const struct vt_view_env *env, struct vt_rows *rows)
{
	size_t n;
	struct maker m = { .env = env, .rows = rows, .ns = vt_namespace_rows(env->snapshot, &n) };

	if (env->variant == VT_BY_SET || env->variant == VT_MATRIX) {
		(env->variant == VT_BY_SET ? vt_namespace_sets_build
					   : vt_namespace_matrix_build)(env, rows);
		return;
	}
	m.row_of = vt_alloc((n + 1) * sizeof(*m.row_of));
	memset(m.row_of, -1, n * sizeof(*m.row_of));
	memset(m.headings, -1, sizeof(m.headings));
	add_headings(&m, n);
	for (int o = 0; o < VT_NS_TYPES; o++)
		for (size_t i = 0; i < n; i++)
			if (type_order(&m.ns[i]) == o)
				make_row(&m, (int32_t)i, 0);
	add_members(&m);
	add_gone(&m);
	free(m.row_of);
}

static void detail(const struct vt_view_env *env, const struct vt_row *row, struct vt_pane *p)
{
	if (row->id.kind == VT_KIND_NAMESPACE)
		vt_namespace_detail(env, row->record, p);
	else if (row->id.kind == VT_KIND_PROCESS)
		vt_view_processes.detail(env, row, p);
	else if (env->variant == VT_BY_TYPE)
		vt_namespace_type_detail(env, row, p);
	else if (env->variant == VT_BY_SET)
		vt_namespace_set_detail(env, row, p);
}

static void empty(const struct vt_view_env *env, struct vt_pane *p)
{
	(void)env;
	vt_pane_line(p);
	vt_pane_put(p, VT_ROLE_TITLE, "No namespaces.");
	vt_pane_line(p);
	vt_pane_wrap(p, VT_ROLE_TEXT,
		     "/proc/PID/ns could not be read for any process: without privilege only your "
		     "own processes show theirs. Press ! for the reason.");
}

static const char *const variants[] = { "by type", "by owner", "by set", "matrix", NULL };

const struct vt_view vt_view_namespaces = {
	.name = "namespaces",
	.title = "Namespaces",
	.thing = "NAMESPACE",
	.name_width = 32,
	.variants = variants,
	.columns = columns,
	.shows = shows,
	.build = build,
	.detail = detail,
	.empty = empty,
};
