/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes by what isolates them. Those that share the same eight namespaces
 * are one row, for that is what a container is to the kernel. The matrix has a
 * column for each type: a dot where the process is in the host's own, otherwise
 * the pid of the oldest process there, so that equal numbers are one namespace.
 * With a process to compare with, = is where it is, and all else stands out.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "view_namespaces.h"

static bool is_own(const struct vt_snapshot *s, const struct vt_process *p, int type)
{
	const struct vt_namespace *ns = vt_namespace_at(s, vt_process_ns(p, type));

	return ns && VT_HAS(NAMESPACE, ns, initial) && !ns->initial;
}

/* How many of its namespaces are not the host's; -1 when none is known. */
static int count_own(const struct vt_snapshot *s, const struct vt_process *p)
{
	int own = 0, known = 0;

	for (int t = 0; t < VT_NS_TYPES; t++) {
		known += vt_process_ns_id(p, t) != 0;
		own += is_own(s, p, t);
	}
	return known ? own : -1;
}

static uint64_t set_key(const struct vt_process *p)
{
	uint64_t key = 0;

	for (int t = 0; t < VT_NS_TYPES; t++)
		key = vt_hash_mix(key, vt_process_ns_id(p, t));
	return key;
}

/* A set while it is collected. */
struct set {
	uint64_t key;
	const struct vt_process *oldest;
	size_t n;
	int32_t row;
};

struct sets {
	struct set *list;
	size_t n, cap;
	struct vt_idmap index;
};

static bool is_older(const struct vt_process *a, const struct vt_process *b)
{
	return a->start_ticks != b->start_ticks ? a->start_ticks < b->start_ticks : a->pid < b->pid;
}

static void join_set(struct sets *all, const struct vt_process *p)
{
	uint64_t key = set_key(p);
	int32_t at = vt_idmap_get(&all->index, key);
	struct set *set;

	if (at < 0) {
		at = (int32_t)all->n;
		vt_idmap_put(&all->index, key, at);
		VT_GROW(all->list, all->n, all->cap);
		all->list[all->n++] = (struct set){ .key = key, .oldest = p };
	}
	set = &all->list[at];
	set->n++;
	if (is_older(p, set->oldest))
		set->oldest = p;
}

static void collect(const struct vt_snapshot *s, struct sets *all)
{
	size_t n;
	const struct vt_process *procs = vt_process_rows(s, &n);

	*all = (struct sets){ 0 };
	for (size_t i = 0; i < n; i++)
		join_set(all, &procs[i]);
}

static void drop(struct sets *all)
{
	free(all->list);
	vt_idmap_finish(&all->index);
}

/* "mnt pid net" of what is not the host's. */
static const char *own_words(const struct vt_view_env *env, struct vt_rows *rows,
			     const struct vt_process *p)
{
	char text[80];
	size_t used = 0;

	for (int t = 0; t < VT_NS_TYPES; t++)
		if (is_own(env->snapshot, p, t) && used < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used, " %s",
						 vt_ns_names[t]);
	return used ? vt_arena_printf(rows->arena, "own%s", text) : "only the host's";
}

static const struct vt_container *container_of(const struct vt_snapshot *s,
					       const struct vt_process *p)
{
	const struct vt_cgroup *cg = vt_cgroup_at(s, p->cgroup);

	return cg ? vt_container_at(s, cg->container) : NULL;
}

static const char *set_name(const struct vt_view_env *env, struct vt_rows *rows,
			    const struct set *set)
{
	const struct vt_container *c = container_of(env->snapshot, set->oldest);
	int own = count_own(env->snapshot, set->oldest);

	if (own < 0)
		return "unknown";
	if (!own)
		return "host";
	if (c)
		return vt_arena_printf(rows->arena, "container %.12s",
				       VT_HAS(CONTAINER, c, name) ? c->name : c->id);
	return vt_name_process(rows, set->oldest);
}

static void add_set(const struct vt_view_env *env, struct vt_rows *rows, struct set *set)
{
	const char *own = count_own(env->snapshot, set->oldest) < 0
				  ? "their namespaces may not be read"
				  : own_words(env, rows, set->oldest);
	struct vt_row *row;

	set->row = vt_rows_heading(rows, -1, set_name(env, rows, set),
				   vt_arena_printf(rows->arena, "%4zu %s, %s", set->n,
						   set->n == 1 ? "process" : "processes", own));
	row = &rows->rows[set->row];
	/* By its namespaces: names and counts change. */
	row->id.a = set->key;
	row->id.b = 1;
	row->role = VT_ROLE_TITLE;
	row->folded = true;
}

void vt_namespace_sets_build(const struct vt_view_env *env, struct vt_rows *rows)
{
	struct sets all;
	size_t n;
	const struct vt_process *procs = vt_process_rows(env->snapshot, &n);

	collect(env->snapshot, &all);
	for (size_t i = 0; i < all.n; i++)
		add_set(env, rows, &all.list[i]);
	for (size_t i = 0; i < n; i++) {
		int32_t at = vt_idmap_get(&all.index, set_key(&procs[i]));

		(void)vt_rows_add(rows, all.list[at].row, VT_KIND_PROCESS, &procs[i],
				  vt_name_process(rows, &procs[i]));
	}
	drop(&all);
}

void vt_namespace_set_detail(const struct vt_view_env *env, const struct vt_row *row,
			     struct vt_pane *p)
{
	struct sets all;
	int32_t at;

	vt_detail_head(p, row->name);
	vt_pane_label(p, "this set");
	vt_pane_wrap(p, VT_ROLE_TEXT, row->value);
	collect(env->snapshot, &all);
	at = vt_idmap_get(&all.index, row->id.a);
	for (int t = 0; at >= 0 && t < VT_NS_TYPES; t++) {
		const struct vt_process *oldest = all.list[at].oldest;
		const struct vt_namespace *ns = vt_namespace_at(env->snapshot,
								vt_process_ns(oldest, t));

		if (!ns)
			continue;
		vt_pane_label(p, vt_ns_names[t]);
		vt_pane_put(p, VT_ROLE_TEXT, "%" PRIu64, ns->id);
		if (VT_HAS(NAMESPACE, ns, initial) && ns->initial)
			vt_pane_put(p, VT_ROLE_DIM, "  the host's");
		else if (VT_HAS(NAMESPACE, ns, inside))
			vt_pane_item(p, "", VT_ROLE_TEXT, ns->inside);
	}
	drop(&all);
}

void vt_namespace_matrix_build(const struct vt_view_env *env, struct vt_rows *rows)
{
	const struct vt_snapshot *s = env->snapshot;
	size_t n, plain = 0;
	const struct vt_process *procs = vt_process_rows(s, &n);
	int32_t host;

	for (size_t i = 0; i < n; i++) {
		if (count_own(s, &procs[i]) == 0) {
			plain++;
			continue;
		}
		(void)vt_rows_add(rows, -1, VT_KIND_PROCESS, &procs[i],
				  vt_name_process(rows, &procs[i]));
	}
	if (!plain)
		return;
	host = vt_rows_heading(rows, -1, "in the host's alone",
			       vt_arena_printf(rows->arena, "%zu %s", plain,
					       plain == 1 ? "process" : "processes"));
	rows->rows[host].role = VT_ROLE_TITLE;
	rows->rows[host].folded = true;
	for (size_t i = 0; i < n; i++)
		if (count_own(s, &procs[i]) == 0)
			(void)vt_rows_add(rows, host, VT_KIND_PROCESS, &procs[i],
					  vt_name_process(rows, &procs[i]));
}

/* The marked process and those in its namespace have the same sign there. */
static bool put_same(struct vt_canvas *c, const struct vt_process *marked,
		     const struct vt_process *p, enum vt_ns_type type, int x, int y, int width)
{
	if (!marked || !vt_process_ns_id(p, type) ||
	    vt_process_ns_id(p, type) != vt_process_ns_id(marked, type))
		return false;
	(void)vt_canvas_text(c, x, y, width, VT_ROLE_GOOD, marked == p ? "=here" : "=");
	return true;
}

void vt_namespace_matrix_cell(struct vt_canvas *c, const struct vt_view_env *env,
			      const struct vt_row *row, enum vt_ns_type type, int x, int y,
			      int width)
{
	const struct vt_process *p = row->record, *up, *marked = vt_compare_process(env);
	const struct vt_namespace *ns;
	bool begins;

	if (row->id.kind != VT_KIND_PROCESS || row->gone)
		return;
	ns = vt_namespace_at(env->snapshot, vt_process_ns(p, type));
	up = vt_process_at(env->snapshot, p->parent);
	begins = up && vt_process_ns_id(up, type) &&
		 vt_process_ns_id(up, type) != vt_process_ns_id(p, type);
	if (put_same(c, marked, p, type, x, y, width))
		return;
	if (!ns)
		(void)vt_canvas_text(c, x, y, width, VT_ROLE_DIM, c->ascii ? "-" : "–");
	else if (VT_HAS(NAMESPACE, ns, initial) && ns->initial)
		(void)vt_canvas_text(c, x, y, width, marked ? VT_ROLE_WARN : VT_ROLE_DIM,
				     c->ascii ? "." : "·");
	else
		(void)vt_canvas_printf(c, x, y, width,
				       marked   ? VT_ROLE_WARN
				       : begins ? VT_ROLE_ACCENT
						: VT_ROLE_TEXT,
				       "%" PRIu64 "%s", ns->leader_pid, begins ? "*" : "");
}
