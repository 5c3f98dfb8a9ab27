/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Namespaces by type (pid and user in their own hierarchy) or by the user
 * namespace that owns them, each with its processes below.
 */
#include "view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void draw_inside(struct vt_canvas *c, const struct vt_view_env *env,
			const struct vt_row *row, int x, int y, int width)
{
	const struct vt_namespace *ns = row->record;
	const struct vt_process *p;
	char text[300] = "", clean[400];

	if (row->id.kind == VT_KIND_PROCESS) {
		p = row->record;
		(void)snprintf(text, sizeof(text), "%s", p->cgroup_path ? p->cgroup_path : "");
	} else if (row->id.kind != VT_KIND_NAMESPACE) {
		return;
	} else if (VT_HAS(NAMESPACE, ns, interfaces)) {
		(void)snprintf(text, sizeof(text), "%s", ns->interfaces);
	} else if (ns->ns_type == VT_NS_PID && VT_HAS(NAMESPACE, ns, level) && ns->level) {
		(void)snprintf(text, sizeof(text), "level %" PRIu64, ns->level);
	} else if (ns->ns_type == VT_NS_USER && VT_HAS(NAMESPACE, ns, owner_uid) &&
		   VT_HAS(NAMESPACE, ns, initial) && !ns->initial) {
		(void)snprintf(text, sizeof(text), "made by uid %" PRIu64, ns->owner_uid);
	}
	(void)env;
	(void)vt_text_escape(clean, sizeof(clean), text);
	vt_text_fit_middle(text, sizeof(text), clean, width, c->ascii);
	(void)vt_canvas_text(c, x, y, width, VT_ROLE_TEXT, text);
}

static void draw_kept(struct vt_canvas *c, const struct vt_view_env *env, const struct vt_row *row,
		      int x, int y, int width)
{
	const struct vt_namespace *ns = row->record;

	(void)env;
	if (row->gone)
		(void)vt_canvas_text(c, x, y, width, VT_ROLE_GONE, "gone");
	else if (row->id.kind == VT_KIND_NAMESPACE)
		(void)vt_canvas_printf(
			c, x, y, width,
			ns->kept_by && strcmp(ns->kept_by, "process") == 0 ? VT_ROLE_DIM
									   : VT_ROLE_TEXT,
			"%s%s%s", ns->kept_by ? ns->kept_by : "–", ns->kept_where ? " " : "",
			ns->kept_where ? ns->kept_where : "");
}

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
	{ "INSIDE", 18, 2, 60, true, { NS(interfaces) }, NULL, draw_inside },
	{ "KEPT BY", 9, 2, 24, true, { NS(initial) }, NULL, draw_kept },
	{ 0 },
};

enum {
	BY_TYPE,
	BY_OWNER
};

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
	int32_t up = m->env->variant == BY_OWNER && ns->ns_type != VT_NS_USER ? ns->owner
									      : ns->parent;

	if (up >= 0)
		return m->row_of[up];
	return m->env->variant == BY_OWNER && ns->ns_type == VT_NS_USER ? -1
									: m->headings[ns->ns_type];
}

/* Chains of parents are at most 32 deep (namespaces(7)); a recorded tree may claim more. */
static void make_row(struct maker *m, int32_t i, int depth)
{
	const struct vt_namespace *ns = &m->ns[i];
	int32_t up = m->env->variant == BY_OWNER && ns->ns_type != VT_NS_USER ? ns->owner
									      : ns->parent;

	if (m->row_of[i] >= 0 || depth > 40)
		return;
	if (up >= 0 && up != i)
		make_row(m, up, depth + 1);
	m->row_of[i] = vt_rows_add(m->rows, row_above(m, ns), VT_KIND_NAMESPACE, ns,
				   vt_name_namespace(m->rows, ns));
	m->rows->rows[m->row_of[i]].folded = m->env->variant == BY_TYPE ||
					     ns->ns_type != VT_NS_USER;
}

static int type_order(const struct vt_namespace *ns)
{
	static const int order[VT_NS_TYPES] = {
		[VT_NS_USER] = 0, [VT_NS_PID] = 1, [VT_NS_NET] = 2,    [VT_NS_MNT] = 3,
		[VT_NS_UTS] = 4,  [VT_NS_IPC] = 5, [VT_NS_CGROUP] = 6, [VT_NS_TIME] = 7,
	};

	return order[ns->ns_type];
}

static void add_headings(struct maker *m, size_t n)
{
	unsigned counts[VT_NS_TYPES] = { 0 };

	for (size_t i = 0; i < n; i++)
		counts[m->ns[i].ns_type]++;
	for (int o = 0; o < VT_NS_TYPES; o++)
		for (int t = 0; t < VT_NS_TYPES; t++) {
			struct vt_namespace probe = { .ns_type = (enum vt_ns_type)t };

			if (type_order(&probe) != o || !counts[t] || m->env->variant == BY_OWNER)
				continue;
			m->headings[t] = vt_rows_heading(m->rows, -1, vt_ns_names[t], NULL);
		}
}

/* Processes below the namespaces of one type, so that a process is found where it is asked for. */
static void add_members(struct maker *m)
{
	size_t n;
	const struct vt_process *procs = vt_process_rows(m->env->snapshot, &n);

	for (size_t i = 0; i < n; i++)
		for (int t = 0; t < VT_NS_TYPES; t++) {
			int32_t at = procs[i].ns[t];
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

		if (m->env->variant == BY_OWNER) {
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

static void put_related(struct vt_pane *p, const struct vt_snapshot *s, const char *label,
			int32_t at, bool known, uint64_t id, bool first)
{
	const struct vt_namespace *ns = vt_namespace_at(s, at);

	vt_pane_label(p, label);
	if (ns)
		vt_pane_put(p, VT_ROLE_TEXT, "%s %" PRIu64 "%s", vt_ns_names[ns->ns_type], ns->id,
			    VT_HAS(NAMESPACE, ns, initial) && ns->initial ? " (initial)" : "");
	else if (known)
		vt_pane_put(p, VT_ROLE_TEXT, "%" PRIu64, id);
	else
		vt_pane_put(p, VT_ROLE_DIM, "%s", first ? "none: it is the first" : "–");
}

static const char *what_it_isolates(enum vt_ns_type t)
{
	static const char *const words[VT_NS_TYPES] = {
		[VT_NS_MNT] = "mount points: what is mounted inside is not seen outside",
		[VT_NS_PID] =
			"process ids: the first process inside is PID 1, and its end ends all",
		[VT_NS_NET] = "network devices, addresses, routes, ports, firewall rules",
		[VT_NS_UTS] = "host name and NIS domain name",
		[VT_NS_IPC] = "System V IPC and POSIX message queues",
		[VT_NS_USER] =
			"user and group ids and capabilities: root inside need not be root outside",
		[VT_NS_CGROUP] = "the root of the cgroup tree that is seen inside",
		[VT_NS_TIME] = "offsets of the boot-time and monotonic clocks",
	};

	return words[t];
}

static void detail(const struct vt_view_env *env, const struct vt_row *row, struct vt_pane *p)
{
	const struct vt_namespace *ns = row->record;
	bool first;
	char title[64];

	if (row->id.kind != VT_KIND_NAMESPACE) {
		vt_view_processes.detail(env, row, p);
		return;
	}
	first = VT_HAS(NAMESPACE, ns, initial) && ns->initial;
	(void)snprintf(title, sizeof(title), "%s namespace %" PRIu64, vt_ns_names[ns->ns_type],
		       ns->id);
	vt_detail_head(p, title);
	vt_pane_label(p, "isolates");
	vt_pane_wrap(p, VT_ROLE_TEXT, what_it_isolates(ns->ns_type));
	vt_pane_label(p, "members");
	vt_detail_add_metric(p, "processes", VT_KIND_NAMESPACE, VT_NAMESPACE_processes, ns,
			     env->ascii);
	vt_detail_add_metric(p, "oldest", VT_KIND_NAMESPACE, VT_NAMESPACE_leader_pid, ns,
			     env->ascii);
	vt_detail_add_metric(p, "", VT_KIND_NAMESPACE, VT_NAMESPACE_leader_comm, ns, env->ascii);
	vt_detail_add_metric(p, "CPU", VT_KIND_NAMESPACE, VT_NAMESPACE_cpu_percent, ns, env->ascii);
	vt_detail_add_metric(p, "memory", VT_KIND_NAMESPACE, VT_NAMESPACE_rss_bytes, ns,
			     env->ascii);
	put_related(p, env->snapshot, "owner", ns->owner, VT_HAS(NAMESPACE, ns, owner_id),
		    ns->owner_id, first);
	if (ns->ns_type == VT_NS_PID || ns->ns_type == VT_NS_USER) {
		put_related(p, env->snapshot, "parent", ns->parent,
			    VT_HAS(NAMESPACE, ns, parent_id), ns->parent_id, first);
		vt_detail_add_metric(p, "level", VT_KIND_NAMESPACE, VT_NAMESPACE_level, ns,
				     env->ascii);
	}
	if (ns->ns_type == VT_NS_USER)
		vt_detail_metric(p, VT_KIND_NAMESPACE, VT_NAMESPACE_owner_uid, ns, env->ascii,
				 true);
	if (ns->relations_errno) {
		vt_pane_label(p, "unknown");
		vt_pane_put(p, VT_ROLE_DIM, "owner and parent: %s",
			    vt_errno_text(ns->relations_errno));
	}
	vt_detail_metric(p, VT_KIND_NAMESPACE, VT_NAMESPACE_interfaces, ns, env->ascii, true);
	vt_pane_label(p, "kept by");
	vt_pane_put(p, VT_ROLE_TEXT, "%s %s", ns->kept_by ? ns->kept_by : "–",
		    ns->kept_where ? ns->kept_where : "");
	vt_detail_lines(p, env);
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

static const char *const variants[] = { "by type", "by owner", NULL };

const struct vt_view vt_view_namespaces = {
	.name = "namespaces",
	.title = "Namespaces",
	.thing = "NAMESPACE",
	.name_width = 32,
	.variants = variants,
	.columns = columns,
	.build = build,
	.detail = detail,
	.empty = empty,
};
