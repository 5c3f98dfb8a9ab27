/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all views share: columns, rows, roles of values, words for things. */
#include "view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	VALUE_COLUMN = 30
};

const struct vt_view *const vt_views[VT_VIEW_COUNT] = {
	&vt_view_overview, &vt_view_namespaces, &vt_view_cgroups, &vt_view_containers,
	&vt_view_machines, &vt_view_processes,  &vt_view_host,    &vt_view_events,
};

int vt_view_find(const char *name)
{
	for (int i = 0; i < VT_VIEW_COUNT; i++)
		if (strcmp(vt_views[i]->name, name) == 0)
			return i;
	return -1;
}

int vt_column_metric(const struct vt_column *column, const struct vt_row *row)
{
	if (!row->record)
		return -1;
	for (size_t i = 0; i < VT_LEN(column->from); i++)
		if (column->from[i].kind == row->id.kind && (i == 0 || column->from[i].kind))
			return column->from[i].metric;
	return -1;
}

const char *vt_column_title(const struct vt_column *column)
{
	return column->title ? column->title
			     : vt_kinds[column->from[0].kind].metrics[column->from[0].metric].title;
}

int vt_column_compare(const struct vt_row *a, const struct vt_row *b, const void *arg)
{
	const struct vt_column *column = arg;
	int m, n;

	if (!column)
		return strcmp(a->name, b->name);
	m = vt_column_metric(column, a);
	n = vt_column_metric(column, b);
	if (m < 0 || n < 0 || a->id.kind != b->id.kind)
		return 0;
	return vt_metric_compare(a->id.kind, m, a->record, b->record);
}

/* The widest name among the rows on the screen, with its indentation. */
static int widest_name(const struct vt_tree *t)
{
	int widest = 0;

	for (size_t i = t->top; i < t->n_visible && i < t->top + (size_t)t->page; i++) {
		const struct vt_row *row = vt_tree_visible(t, i);
		int width = 2 * row->depth + 3 + vt_text_raw_width(row->name);

		if (width > widest)
			widest = width;
	}
	return widest;
}

static int total_width(const struct vt_layout *l)
{
	int total = 0;

	for (int i = 0; i < l->n; i++)
		total += l->columns[i].width + 1;
	return total;
}

static void drop_least(struct vt_layout *l)
{
	int worst = 0;

	for (int i = 1; i < l->n; i++)
		if (l->columns[i].column->drop >= l->columns[worst].column->drop)
			worst = i;
	memmove(&l->columns[worst], &l->columns[worst + 1],
		(size_t)(l->n - worst - 1) * sizeof(l->columns[0]));
	l->n--;
}

/* One column's width to each that can use it, in turns. */
static void grow_columns(struct vt_layout *l, int spare)
{
	for (bool grown = true; grown && spare > 0;) {
		grown = false;
		for (int i = 0; i < l->n && spare > 0; i++) {
			struct vt_layout_column *lc = &l->columns[i];

			if (lc->width >= lc->column->width + lc->column->grow)
				continue;
			lc->width++;
			spare--;
			grown = true;
		}
	}
}

static bool is_shown(const struct vt_view *view, int variant, const struct vt_column *c)
{
	return !(view->instant && view->is_past && view->is_past(c)) &&
	       (!view->shows || view->shows(variant, c));
}

void vt_layout_fit(struct vt_layout *l, const struct vt_view *view, int variant,
		   const struct vt_tree *tree, int width)
{
	int wanted = widest_name(tree) + 1, least = view->name_width ? view->name_width : 24;
	int spare, x;

	l->n = 0;
	for (const struct vt_column *c = view->columns; c && c->width; c++)
		if (l->n < (int)VT_LEN(l->columns) && is_shown(view, variant, c))
			l->columns[l->n++] = (struct vt_layout_column){ c, 0, c->width };
	if (wanted < least)
		wanted = least;
	if (least < width * 3 / 10)
		least = width * 3 / 10;
	if (least > wanted)
		least = wanted;
	if (least > width * 2 / 5)
		least = width * 2 / 5;
	if (!l->n) {
		l->name_width = wanted < width / 2 ? wanted : width / 2;
		return;
	}
	while (l->n && total_width(l) + least > width)
		drop_least(l);
	spare = width - total_width(l);
	l->name_width = spare < wanted || !l->n ? spare : wanted;
	spare -= l->name_width;
	grow_columns(l, spare);
	x = l->name_width;
	for (int i = 0; i < l->n; i++) {
		l->columns[i].x = x + 1;
		x += l->columns[i].width + 1;
	}
}

void vt_view_draw_titles(struct vt_canvas *c, const struct vt_view *view, const struct vt_layout *l,
			 const struct vt_column *sorted, bool reverse, bool by_name, int y)
{
	const char *arrow = reverse ? "▼" : "▲";

	(void)vt_canvas_text(c, 1, y, l->name_width - 1, by_name ? VT_ROLE_ACCENT : VT_ROLE_TITLE,
			     view->thing);
	if (by_name)
		(void)vt_canvas_text(c, 2 + vt_text_width(view->thing), y, 1, VT_ROLE_ACCENT,
				     arrow);
	for (int i = 0; i < l->n; i++) {
		const struct vt_layout_column *lc = &l->columns[i];
		bool here = lc->column == sorted && !by_name;
		enum vt_role role = here ? VT_ROLE_ACCENT : VT_ROLE_TITLE;
		char title[40];

		(void)snprintf(title, sizeof(title), "%s%s", vt_column_title(lc->column),
			       here ? arrow : "");
		if (lc->column->left)
			(void)vt_canvas_text(c, lc->x, y, lc->width, role, title);
		else
			vt_canvas_right(c, lc->x, y, lc->width, role, title);
	}
}

static enum vt_role name_role(const struct vt_view_env *env, const struct vt_tree *t,
			      const struct vt_row *row)
{
	if (row->role >= 0)
		return (enum vt_role)row->role;
	if (row->gone)
		return VT_ROLE_GONE;
	if (row->record && vt_tree_is_marked(t, row->id))
		return VT_ROLE_MARKED;
	if (!row->record)
		return row->value ? VT_ROLE_TEXT : VT_ROLE_TITLE;
	if (vt_snapshot_is_new(env->snapshot, row->record))
		return VT_ROLE_NEW;
	if (row->id.kind == VT_KIND_CGROUP) {
		const struct vt_cgroup *cg = row->record;

		if (VT_HAS(CGROUP, cg, frozen) && cg->frozen)
			return VT_ROLE_FROZEN;
	}
	return t->filter && !row->is_match ? VT_ROLE_DIM : VT_ROLE_TEXT;
}

enum vt_role vt_role_severity(enum vt_severity severity)
{
	static const enum vt_role roles[] = {
		[VT_NOTICE] = VT_ROLE_TEXT,
		[VT_WARNING] = VT_ROLE_WARN,
		[VT_CRITICAL] = VT_ROLE_BAD,
	};

	return roles[severity];
}

const char *vt_sign_severity(enum vt_severity severity)
{
	static const char *const signs[] = {
		[VT_NOTICE] = "·",
		[VT_WARNING] = "!",
		[VT_CRITICAL] = "‼",
	};

	return signs[severity];
}

uint64_t vt_finding_key(const struct vt_finding *f)
{
	return vt_id_hash_word(f->subject, f->kind);
}

const struct vt_finding *vt_row_finding(const struct vt_snapshot *s, const struct vt_row *row)
{
	for (size_t i = 0; i < s->n_findings; i++)
		if (row->record ? vt_id_equal(s->findings[i].subject, row->id)
				: row->id.b == vt_finding_key(&s->findings[i]))
			return &s->findings[i];
	return NULL;
}

/* A sign beside the colour, so that no role is told by colour alone. */
static const char *name_sign(enum vt_role role)
{
	switch (role) {
	case VT_ROLE_GONE:
		return "†";
	case VT_ROLE_NEW:
		return "+";
	case VT_ROLE_MARKED:
		return "*";
	case VT_ROLE_FROZEN:
		return "❄";
	default:
		return " ";
	}
}

static void draw_name(struct vt_canvas *c, const struct vt_view_env *env, const struct vt_layout *l,
		      const struct vt_tree *t, const struct vt_row *row, int y)
{
	enum vt_role role = name_role(env, t, row);
	int indent = 1 + 2 * row->depth, room;
	char clean[512], fitted[512];
	const char *match;

	if (indent > l->name_width / 2)
		indent = l->name_width / 2;
	room = l->name_width - indent - 2;
	(void)vt_canvas_text(c, 0, y, 1, role, name_sign(role));
	if (row->has_children)
		(void)vt_canvas_text(c, indent, y, 1, VT_ROLE_TRACK,
				     vt_tree_is_folded(t, row) ? "▸" : "▾");
	(void)vt_text_escape(clean, sizeof(clean), row->name);
	vt_text_fit_middle(fitted, sizeof(fitted), clean, room, c->ascii);
	(void)vt_canvas_text(c, indent + 2, y, room, role, fitted);
	match = t->search[0] ? vt_text_find(fitted, t->search) : NULL;
	if (match) {
		vt_autofree char *before = vt_strndup(fitted, (size_t)(match - fitted));

		vt_canvas_paint(c, indent + 2 + vt_text_width(before), y, vt_text_width(t->search),
				VT_ROLE_MATCH);
	}
}

static void draw_cell(struct vt_canvas *c, const struct vt_view_env *env,
		      const struct vt_layout_column *lc, const struct vt_row *row, int y)
{
	int metric = vt_column_metric(lc->column, row);
	const struct vt_metric *m;
	enum vt_role role = VT_ROLE_TEXT;
	char text[256], fitted[256];

	if (lc->column->draw) {
		lc->column->draw(c, env, row, lc->x, y, lc->width);
		return;
	}
	if (metric < 0)
		return;
	m = &vt_kinds[row->id.kind].metrics[metric];
	vt_metric_short(text, sizeof(text), row->id.kind, metric, row->record, c->ascii);
	if (!vt_valid(row->record, (unsigned)metric))
		role = VT_ROLE_DIM;
	else if (row->gone)
		role = VT_ROLE_GONE;
	else if (lc->column->role)
		role = lc->column->role(row, vt_metric_number(m, row->record));
	vt_text_fit_middle(fitted, sizeof(fitted), text, lc->width, c->ascii);
	if (lc->column->left)
		(void)vt_canvas_text(c, lc->x, y, lc->width, role, fitted);
	else
		vt_canvas_right(c, lc->x, y, lc->width, role, fitted);
}

/* A fact's value stands in one column, or right behind a name that is longer. */
static void draw_value(struct vt_canvas *c, const struct vt_layout *l, const struct vt_row *row,
		       int y)
{
	int x = l->name_width < VALUE_COLUMN ? l->name_width + 1 : VALUE_COLUMN;
	int name_end = 4 + 2 * row->depth + vt_text_raw_width(row->name);
	char clean[1024], fitted[1024];

	if (name_end + 1 > x)
		x = name_end + 1 < l->name_width ? name_end + 1 : l->name_width + 1;
	(void)vt_text_escape(clean, sizeof(clean), row->value);
	vt_text_fit_end(fitted, sizeof(fitted), clean, c->cols - x - 1, c->ascii);
	(void)vt_canvas_text(c, x, y, c->cols - x - 1, VT_ROLE_TEXT, fitted);
}

void vt_view_draw_row(struct vt_canvas *c, const struct vt_view_env *env, const struct vt_layout *l,
		      const struct vt_tree *tree, const struct vt_row *row, int y)
{
	draw_name(c, env, l, tree, row, y);
	if (row->value) {
		draw_value(c, l, row, y);
		return;
	}
	for (int i = 0; i < l->n; i++)
		draw_cell(c, env, &l->columns[i], row, y);
}

enum vt_role vt_role_zero_dim(const struct vt_row *row, double value)
{
	(void)row;
	return value > 0 ? VT_ROLE_TEXT : VT_ROLE_DIM;
}

enum vt_role vt_role_load(const struct vt_row *row, double percent)
{
	(void)row;
	return percent < 0.05 ? VT_ROLE_DIM : percent >= 90 ? VT_ROLE_WARN : VT_ROLE_TEXT;
}

enum vt_role vt_role_pressure(const struct vt_row *row, double percent)
{
	(void)row;
	return percent < 0.05 ? VT_ROLE_DIM
	       : percent < 10 ? VT_ROLE_TEXT
	       : percent < 40 ? VT_ROLE_WARN
			      : VT_ROLE_BAD;
}

enum vt_role vt_role_throttled(const struct vt_row *row, double percent)
{
	(void)row;
	return percent < 0.05 ? VT_ROLE_DIM : percent < 10 ? VT_ROLE_WARN : VT_ROLE_BAD;
}

void vt_detail_head(struct vt_pane *p, const char *title)
{
	int row;

	vt_pane_line(p);
	row = vt_pane_row(p);
	if (row >= 0)
		vt_canvas_fill(p->canvas, p->x, row, p->width, VT_ROLE_TRACK, "─");
	p->column = 1;
	vt_pane_put(p, VT_ROLE_ACCENT, " %s ", title);
}

void vt_detail_metric(struct vt_pane *p, enum vt_kind kind, int metric, const void *record,
		      bool ascii, bool optional)
{
	bool known = vt_valid(record, (unsigned)metric);
	char text[512];

	if (optional && !known)
		return;
	vt_metric_long(text, sizeof(text), kind, metric, record, ascii);
	vt_pane_label(p, vt_kinds[kind].metrics[metric].json[0]
				 ? vt_kinds[kind].metrics[metric].json
				 : vt_kinds[kind].metrics[metric].name);
	vt_pane_put(p, known ? VT_ROLE_TEXT : VT_ROLE_DIM, "%s", text);
}

void vt_detail_add_metric(struct vt_pane *p, const char *label, enum vt_kind kind, int metric,
			  const void *record, bool ascii)
{
	bool known = vt_valid(record, (unsigned)metric);
	char text[256];
	size_t n;

	vt_metric_short(text, sizeof(text) - 1, kind, metric, record, ascii);
	n = strlen(text);
	if (known && vt_kinds[kind].metrics[metric].unit == VT_UNIT_PERCENT &&
	    strcmp(text, "max") != 0)
		(void)snprintf(text + n, sizeof(text) - n, "%%");
	vt_pane_item(p, label, known ? VT_ROLE_TEXT : VT_ROLE_DIM, text);
}

void vt_detail_lines(struct vt_pane *p, const struct vt_view_env *env)
{
	if (env->stalled_seconds >= 1) {
		vt_pane_label(p, "details");
		vt_pane_put(p, VT_ROLE_WARN, "stalled %.0f s: a file of it does not answer",
			    env->stalled_seconds);
	}
	for (size_t i = 0; env->detail && i < env->detail->n_lines; i++) {
		vt_pane_label(p, env->detail->lines[i].label);
		vt_pane_wrap(p, VT_ROLE_TEXT, env->detail->lines[i].value);
	}
}

const char *vt_name_process(struct vt_rows *rows, const struct vt_process *p)
{
	return vt_arena_printf(rows->arena, "%" PRIu64 " %s", p->pid,
			       VT_HAS(PROCESS, p, comm) ? p->comm : "?");
}

const char *vt_name_namespace(struct vt_rows *rows, const struct vt_namespace *ns)
{
	return vt_arena_printf(rows->arena, "%-6s %" PRIu64 "%s", vt_ns_names[ns->ns_type], ns->id,
			       VT_HAS(NAMESPACE, ns, initial) && ns->initial ? "  initial" : "");
}

static bool cgroup_is_below(const struct vt_snapshot *s, int32_t at, uint64_t id)
{
	for (const struct vt_cgroup *cg = vt_cgroup_at(s, at); cg; cg = vt_cgroup_at(s, cg->parent))
		if (cg->id == id)
			return true;
	return false;
}

bool vt_process_in_scope(const struct vt_snapshot *s, const struct vt_process *p,
			 struct vt_id scope)
{
	switch (scope.kind) {
	case VT_KIND_CGROUP:
	case VT_KIND_CONTAINER:
		return cgroup_is_below(s, p->cgroup, scope.a);
	case VT_KIND_NAMESPACE:
		for (int t = 0; t < VT_NS_TYPES; t++)
			if (vt_process_ns_id(p, t) == scope.a)
				return true;
		return false;
	case VT_KIND_MACHINE:
		return p->head.a == scope.a && p->head.b == scope.b;
	default:
		return true;
	}
}

char *vt_thing_words(const struct vt_snapshot *s, struct vt_id id)
{
	const void *record = id.kind < VT_KIND_COUNT ? vt_snapshot_find(s, id) : NULL;

	if (!record)
		return vt_strdup("something that is gone");
	switch (id.kind) {
	case VT_KIND_PROCESS: {
		const struct vt_process *p = record;

		return vt_asprintf("process %" PRIu64 " %s", p->pid,
				   VT_HAS(PROCESS, p, comm) ? p->comm : "?");
	}
	case VT_KIND_NAMESPACE: {
		const struct vt_namespace *ns = record;

		return vt_asprintf("%s namespace %" PRIu64, vt_ns_names[ns->ns_type], ns->id);
	}
	case VT_KIND_CGROUP:
		return vt_asprintf("cgroup %s", ((const struct vt_cgroup *)record)->path);
	case VT_KIND_CONTAINER: {
		const struct vt_container *c = record;

		return vt_asprintf("container %.12s", VT_HAS(CONTAINER, c, name) ? c->name : c->id);
	}
	case VT_KIND_MACHINE:
		return vt_asprintf("machine %s", ((const struct vt_machine *)record)->name);
	case VT_KIND_HOST:
		return vt_strdup("this host");
	default:
		return vt_strdup(vt_kinds[id.kind].name);
	}
}
