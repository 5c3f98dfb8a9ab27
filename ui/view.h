/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_VIEW_H
#define VT_VIEW_H

#include "../src/detail.h"
#include "../src/history.h"
#include "canvas.h"
#include "pane.h"
#include "tree.h"

/*
 * A view turns a snapshot into rows and says more about one of them. The tree,
 * the columns, the keys and the screen around it are the same for all.
 */
struct vt_view_env {
	const struct vt_snapshot *snapshot;
	int variant;        /* index in the view's variants */
	struct vt_id scope; /* only what belongs to this thing; kind VT_KIND_COUNT: all */
	const struct vt_detail *detail;   /* of the current row, or NULL */
	const struct vt_history *history; /* of rows on the screen; may be NULL */
	struct vt_id compare;             /* a process to compare namespaces with; a 0: none */
	int rows;                         /* of the whole screen */
	double stalled_seconds;           /* how long its reader has been silent */
	bool ascii;
};

struct vt_source {
	enum vt_kind kind;
	int metric;
};

struct vt_column {
	const char *title;        /* NULL: the first source's */
	int width;                /* 0 ends the list of columns */
	int drop;                 /* columns with the largest go first when it is narrow */
	int grow;                 /* most extra width that it can use when it is wide */
	bool left;                /* aligned left */
	struct vt_source from[3]; /* by the row's kind; what it shows and sorts by */
	enum vt_role (*role)(const struct vt_row *row, double value); /* NULL: text */
	/* Draws the cell instead; from is then what it sorts by. */
	void (*draw)(struct vt_canvas *c, const struct vt_view_env *env, const struct vt_row *row,
		     int x, int y, int width);
};

/* Other columns for the same rows; the first set is what the view starts with. */
struct vt_column_set {
	const char *name; /* NULL ends the list of sets */
	const struct vt_column *columns;
};

struct vt_view {
	const char *name, *title;    /* "cgroups", "Cgroups" */
	const char *thing;           /* title of the name column */
	int name_width;              /* of that column at least where there is room; 0: 24 */
	const char *const *variants; /* ways to arrange it, ends with NULL */
	const struct vt_column *columns;
	const struct vt_column_set *sets; /* NULL: columns are all there are */
	/* Whether an arrangement has this column; NULL: all have all. */
	bool (*shows)(int variant, const struct vt_column *column);
	/* Whether a column is of the last minutes, which a single instant has not; NULL: none. */
	bool (*is_past)(const struct vt_column *column);
	bool instant;   /* it is one: those columns are left out */
	int sort_first; /* number of the column to sort by at first, 1...; 0: own order */
	void (*build)(const struct vt_view_env *env, struct vt_rows *rows);
	void (*detail)(const struct vt_view_env *env, const struct vt_row *row, struct vt_pane *p);
	void (*empty)(const struct vt_view_env *env, struct vt_pane *p);
	/* What is above the rows; NULL: nothing. Called with a pane of no height to count. */
	void (*above)(const struct vt_view_env *env, struct vt_pane *p);
};

enum {
	VT_VIEW_COUNT = 8
};
extern const struct vt_view *const vt_views[VT_VIEW_COUNT];
extern const struct vt_view vt_view_overview, vt_view_namespaces, vt_view_cgroups,
	vt_view_containers, vt_view_machines, vt_view_processes, vt_view_host, vt_view_events;

int vt_view_find(const char *name); /* index, -1 */

enum {
	VT_LAYOUT_COLUMNS = 24
};

/* The set that the configuration names the columns of. */
#define VT_OWN_COLUMNS "own"
/* "cpu mem-bar psi now": columns of the cgroups view, free() them; NULL: err says which is none. */
struct vt_column *vt_cgroup_columns_parse(const char *text, struct vt_error *err);
/* For vt_config.check: columns, and set. */
int vt_cgroup_columns_check(const char *name, const char *value, struct vt_error *err);

/* The columns that fit beside a name column, and where they are. */
struct vt_layout {
	int name_width;
	int n;
	struct vt_layout_column {
		const struct vt_column *column;
		int x, width;
	} columns[VT_LAYOUT_COLUMNS];
};
void vt_layout_fit(struct vt_layout *l, const struct vt_view *view, int variant,
		   const struct vt_tree *tree, int width);

/* The metric that a column shows for this row; -1. */
int vt_column_metric(const struct vt_column *column, const struct vt_row *row);
/* For vt_tree.compare; arg is the column, NULL: the name. */
int vt_column_compare(const struct vt_row *a, const struct vt_row *b, const void *column);
const char *vt_column_title(const struct vt_column *column);

void vt_view_draw_titles(struct vt_canvas *c, const struct vt_view *view, const struct vt_layout *l,
			 const struct vt_column *sorted, bool reverse, bool by_name, int y);
void vt_view_draw_row(struct vt_canvas *c, const struct vt_view_env *env, const struct vt_layout *l,
		      const struct vt_tree *tree, const struct vt_row *row, int y);

/* Roles of values that several views share. */
enum vt_role vt_role_load(const struct vt_row *row, double percent); /* of one CPU: 0 is dim */
enum vt_role vt_role_pressure(const struct vt_row *row, double percent);
enum vt_role vt_role_throttled(const struct vt_row *row, double percent);
enum vt_role vt_role_zero_dim(const struct vt_row *row, double value);

enum vt_role vt_role_severity(enum vt_severity severity);
const char *vt_sign_severity(enum vt_severity severity); /* ‼ ! · */

/* What identifies a finding among others, of the same subject too. */
uint64_t vt_finding_key(const struct vt_finding *f);
/* The finding that the row is (its id.b is the key), or the worst about its thing; NULL. */
const struct vt_finding *vt_row_finding(const struct vt_snapshot *s, const struct vt_row *row);

/* Lines that several detail panes share. */
void vt_detail_head(struct vt_pane *p, const char *title);
/* "label  value", from the metric; unknown is dim. Skipped when unknown and optional. */
void vt_detail_metric(struct vt_pane *p, enum vt_kind kind, int metric, const void *record,
		      bool ascii, bool optional);
/* "  LABEL value" behind what is on the line. */
void vt_detail_add_metric(struct vt_pane *p, const char *label, enum vt_kind kind, int metric,
			  const void *record, bool ascii);
/* What the detail reader found, or that it is silent. */
void vt_detail_lines(struct vt_pane *p, const struct vt_view_env *env);

/* The process that namespaces are compared with, while it is there; NULL (compare.c). */
const struct vt_process *vt_compare_process(const struct vt_view_env *env);

/* Adds process rows below a row; children of children where they are members too. */
const char *vt_name_process(struct vt_rows *rows, const struct vt_process *p);
const char *vt_name_namespace(struct vt_rows *rows, const struct vt_namespace *ns);

/* True when a process belongs to the thing: its cgroup or below, namespace, container, machine. */
bool vt_process_in_scope(const struct vt_snapshot *s, const struct vt_process *p,
			 struct vt_id scope);
/* "cgroup /a/b", "pid namespace 4026532501": the thing in words, raw; free() it. */
char *vt_thing_words(const struct vt_snapshot *s, struct vt_id id);

#endif
