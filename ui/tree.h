/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_TREE_H
#define VT_TREE_H

#include "../src/filter.h"
#include "../src/idmap.h"
#include "../src/snapshot.h"
#include "../src/text.h"

/*
 * The one tree engine. A view pushes rows, parents before children; the tree
 * owns cursor, folding, search, filter, sort, marks and scrolling. Everything
 * a person chose is kept by identity, so it survives every refresh.
 */
struct vt_row {
	struct vt_id id;    /* of the thing; a heading has kind VT_KIND_COUNT */
	const void *record; /* in the snapshot; NULL for a heading */
	const char *name;   /* raw; what search and the name column show */
	const char *value;  /* raw; a second text for rows that are facts, or NULL */
	struct vt_id link;  /* what it leads to; the thing itself where it is one */
	int32_t parent;     /* index of an earlier row, -1 */
	int8_t go_view;     /* or the number of a view, 1 to 8; 0: none */
	int8_t role;        /* enum vt_role of the name, where it is not for the tree to say; -1 */
	bool folded;        /* unless the person says otherwise */
	bool gone;
	/* Set by the tree: */
	uint64_t key; /* identity of this place: the row's and its ancestors' */
	int32_t depth;
	bool has_children, is_last, is_match, is_kept;
};

struct vt_rows {
	struct vt_row *rows;
	size_t n, cap;
	struct vt_arena *arena; /* for names and values that the view makes up */
};

/* Adds a row for a record; its index. */
int32_t vt_rows_add(struct vt_rows *r, int32_t parent, enum vt_kind kind, const void *record,
		    const char *name);
/* Adds a heading or a fact; name (and parent) identify it. */
int32_t vt_rows_heading(struct vt_rows *r, int32_t parent, const char *name, const char *value);

/* Order of two rows by a column, smaller first; 0 leaves the view's order. */
typedef int (*vt_row_compare)(const struct vt_row *a, const struct vt_row *b, const void *arg);

struct vt_tree {
	struct vt_rows rows;
	int32_t *visible; /* indices of rows, in the order shown */
	size_t n_visible;
	size_t cursor, top; /* in visible */
	int page;           /* rows that fit on the screen */
	char search[64];
	struct vt_filter *filter;
	vt_row_compare compare; /* NULL: the view's order */
	const void *compare_arg;
	bool reverse;
	bool following;
	/* Private: */
	uint64_t cursor_key;
	struct vt_id cursor_id, follow_id;
	struct vt_idmap folds; /* key to 1 folded, 0 unfolded */
	struct vt_idmap marks; /* hash of id to index in marked */
	struct vt_id *marked;
	size_t n_marked, cap_marked;
	int32_t *children, *first_child; /* children of row i: children[first_child[i + 1]...] */
	size_t cap_visible;
};

void vt_tree_init(struct vt_tree *t);
void vt_tree_finish(struct vt_tree *t);

/* Starts over: no rows. The view then adds rows and calls vt_tree_arrange. */
struct vt_rows *vt_tree_begin(struct vt_tree *t);
/* Sorts, filters, folds and puts the cursor back on its thing. Linear but for sorting. */
void vt_tree_arrange(struct vt_tree *t);

const struct vt_row *vt_tree_current(const struct vt_tree *t); /* NULL when empty */
const struct vt_row *vt_tree_visible(const struct vt_tree *t, size_t i);

void vt_tree_move(struct vt_tree *t, long by); /* the cursor, clamped */
void vt_tree_go(struct vt_tree *t, size_t visible_index);
void vt_tree_scroll(struct vt_tree *t, long by);    /* the window; the cursor comes along */
void vt_tree_set_page(struct vt_tree *t, int rows); /* and scrolls the cursor into sight */

/* Whether the row's children are hidden. */
bool vt_tree_is_folded(const struct vt_tree *t, const struct vt_row *row);
void vt_tree_toggle(struct vt_tree *t);
/* Unfolds, or goes to the first child; folds, or goes to the parent. */
void vt_tree_unfold(struct vt_tree *t);
void vt_tree_fold_up(struct vt_tree *t);
void vt_tree_fold_all(struct vt_tree *t, bool fold);

/* Goes to the thing, unfolding what hides it. False when it has no row. */
bool vt_tree_reveal(struct vt_tree *t, struct vt_id id);

/* Next row (after the cursor, or at it) whose name has the search text; wraps round. */
bool vt_tree_search(struct vt_tree *t, bool from_next);

void vt_tree_mark(struct vt_tree *t, struct vt_id id); /* toggles */
bool vt_tree_is_marked(const struct vt_tree *t, struct vt_id id);
void vt_tree_unmark_all(struct vt_tree *t);

/* Follows the thing under the cursor wherever it goes, or stops following. */
void vt_tree_follow(struct vt_tree *t);

#endif
