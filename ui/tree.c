/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rebuilt from scratch at every refresh, like tmux's tree mode: rows carry no
 * state. What a person did (fold, cursor, marks) is looked up by a key that is
 * made of the identities on the way down to a row, so the same process under
 * two namespaces is two places, and a place survives sorting.
 */
#include "tree.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

int32_t vt_rows_add(struct vt_rows *r, int32_t parent, enum vt_kind kind, const void *record,
		    const char *name)
{
	VT_GROW(r->rows, r->n, r->cap);
	r->rows[r->n] = (struct vt_row){
		.id = vt_record_id(kind, record),
		.link = vt_record_id(kind, record),
		.role = -1,
		.record = record,
		.name = name ? name : "",
		.parent = parent,
		.gone = ((const struct vt_head *)record)->gone_ns != 0,
	};
	return (int32_t)r->n++;
}

int32_t vt_rows_heading(struct vt_rows *r, int32_t parent, const char *name, const char *value)
{
	VT_GROW(r->rows, r->n, r->cap);
	r->rows[r->n] = (struct vt_row){
		.id = { VT_KIND_COUNT, vt_hash_bytes(name, strlen(name)), 0 },
		.link = { VT_KIND_COUNT, 0, 0 },
		.role = -1,
		.name = name,
		.value = value,
		.parent = parent,
	};
	return (int32_t)r->n++;
}

void vt_tree_init(struct vt_tree *t)
{
	/* Until a screen says its size nothing is out of sight. */
	*t = (struct vt_tree){ .page = INT_MAX / 2 };
}

void vt_tree_finish(struct vt_tree *t)
{
	vt_arena_free(t->rows.arena);
	free(t->rows.rows);
	free(t->visible);
	free(t->children);
	free(t->first_child);
	free(t->marked);
	vt_filter_free(t->filter);
	vt_idmap_finish(&t->folds);
	vt_idmap_finish(&t->marks);
}

struct vt_rows *vt_tree_begin(struct vt_tree *t)
{
	vt_arena_free(t->rows.arena);
	t->rows.arena = vt_arena_new();
	t->rows.n = 0;
	return &t->rows;
}

bool vt_tree_is_folded(const struct vt_tree *t, const struct vt_row *row)
{
	int32_t said = vt_idmap_get(&t->folds, row->key);

	return said < 0 ? row->folded : said == 1;
}

/* By its name; of a fact or an event, what it says counts too. */
static bool is_match(const struct vt_filter *filter, const struct vt_row *row)
{
	vt_autofree char *both = !row->record && row->value
					 ? vt_asprintf("%s %s", row->name, row->value)
					 : NULL;

	return vt_filter_match(filter, row->id.kind, row->record, both ? both : row->name);
}

static bool is_found(const struct vt_row *row, const char *text)
{
	return vt_text_find(row->name, text) ||
	       (!row->record && row->value && vt_text_find(row->value, text));
}

static void set_keys(struct vt_tree *t)
{
	for (size_t i = 0; i < t->rows.n; i++) {
		struct vt_row *row = &t->rows.rows[i];
		const struct vt_row *up = row->parent < 0 ? NULL : &t->rows.rows[row->parent];

		row->key = vt_hash_mix(up ? up->key : 1, vt_id_hash(row->id));
		row->depth = up ? up->depth + 1 : 0;
		row->is_kept = row->is_match = !t->filter || is_match(t->filter, row);
	}
	/* An ancestor of what matches stays, to show where it is. */
	for (size_t i = t->rows.n; i-- > 0;)
		if (t->rows.rows[i].is_kept && t->rows.rows[i].parent >= 0)
			t->rows.rows[t->rows.rows[i].parent].is_kept = true;
}

static int compare_rows(const void *x, const void *y, void *arg)
{
	const struct vt_tree *t = arg;
	int32_t a = *(const int32_t *)x, b = *(const int32_t *)y;
	const struct vt_row *p = &t->rows.rows[a], *q = &t->rows.rows[b];
	int order = t->compare(p, q, t->compare_arg);

	if (t->reverse)
		order = -order;
	return order ? order : (a > b) - (a < b);
}

/* Lists the kept children of every row one after the other; roots come first. */
static void link_children(struct vt_tree *t)
{
	size_t n = t->rows.n;
	int32_t *first;

	t->children = vt_realloc_array(t->children, n + 1, sizeof(*t->children));
	t->first_child = vt_realloc_array(t->first_child, n + 3, sizeof(*t->first_child));
	first = t->first_child;
	memset(first, 0, (n + 3) * sizeof(*first));
	for (size_t i = 0; i < n; i++)
		first[t->rows.rows[i].parent + 3] += t->rows.rows[i].is_kept;
	for (size_t i = 0; i < n + 1; i++)
		first[i + 2] += first[i + 1];
	/* first[p + 2] is where the children of p begin; filling moves it to their end. */
	for (size_t i = 0; i < n; i++)
		if (t->rows.rows[i].is_kept)
			t->children[first[t->rows.rows[i].parent + 2]++] = (int32_t)i;
	/* Now the children of p are first[p + 1] up to first[p + 2]. */
	if (t->compare)
		for (size_t p = 0; p < n + 1; p++)
			if (first[p + 1] - first[p] > 1)
				qsort_r(t->children + first[p], (size_t)(first[p + 1] - first[p]),
					sizeof(*t->children), compare_rows, t);
}

static void show_subtree(struct vt_tree *t, int32_t parent, const struct vt_row *up)
{
	int32_t begin = t->first_child[parent + 1], end = t->first_child[parent + 2];

	if (up && !t->filter && vt_tree_is_folded(t, up))
		return;
	for (int32_t i = begin; i < end; i++) {
		int32_t at = t->children[i];
		struct vt_row *row = &t->rows.rows[at];

		row->is_last = i == end - 1;
		row->has_children = t->first_child[at + 1] < t->first_child[at + 2];
		t->visible[t->n_visible++] = at;
		show_subtree(t, at, row);
	}
}

static void put_cursor_back(struct vt_tree *t)
{
	size_t same_thing = t->n_visible;

	for (size_t i = 0; i < t->n_visible; i++) {
		const struct vt_row *row = &t->rows.rows[t->visible[i]];

		if (row->key == t->cursor_key) {
			t->cursor = i;
			return;
		}
		if (same_thing == t->n_visible && vt_id_equal(row->id, t->cursor_id))
			same_thing = i;
	}
	if (same_thing < t->n_visible && t->cursor_key)
		t->cursor = same_thing;
}

/* At first the cursor stands on the first thing or fact, not on a heading above it. */
static void skip_headings(struct vt_tree *t)
{
	const struct vt_row *row;

	for (size_t i = 0; (row = vt_tree_visible(t, i)); i++)
		if (row->record || row->value) {
			t->cursor = i;
			return;
		}
}

static void keep_in_sight(struct vt_tree *t)
{
	size_t page = t->page > 0 ? (size_t)t->page : 1;

	if (t->cursor >= t->n_visible)
		t->cursor = t->n_visible ? t->n_visible - 1 : 0;
	if (t->cursor < t->top)
		t->top = t->cursor;
	if (t->cursor >= t->top + page)
		t->top = t->cursor - page + 1;
	if (t->top + page > t->n_visible)
		t->top = t->n_visible > page ? t->n_visible - page : 0;
}

static void note_cursor(struct vt_tree *t)
{
	const struct vt_row *row;

	keep_in_sight(t);
	row = vt_tree_current(t);
	if (row) {
		t->cursor_key = row->key;
		t->cursor_id = row->id;
	}
}

static void list_visible(struct vt_tree *t)
{
	if (t->cap_visible < t->rows.n + 1) {
		t->cap_visible = t->rows.n + 1;
		t->visible = vt_realloc_array(t->visible, t->cap_visible, sizeof(*t->visible));
	}
	t->n_visible = 0;
	show_subtree(t, -1, NULL);
}

void vt_tree_arrange(struct vt_tree *t)
{
	size_t above = t->cursor - t->top;

	set_keys(t);
	link_children(t);
	list_visible(t);
	if (t->cursor_key)
		put_cursor_back(t);
	else
		skip_headings(t);
	/*
	 * The cursor's line on the screen stays where it is while rows come and go above it;
	 * at the top of the tree it is the top that stays.
	 */
	if (t->top)
		t->top = t->cursor > above ? t->cursor - above : 0;
	if (t->following && !vt_tree_reveal(t, t->follow_id))
		t->following = false;
	note_cursor(t);
}

const struct vt_row *vt_tree_visible(const struct vt_tree *t, size_t i)
{
	return i < t->n_visible ? &t->rows.rows[t->visible[i]] : NULL;
}

const struct vt_row *vt_tree_current(const struct vt_tree *t)
{
	return vt_tree_visible(t, t->cursor);
}

void vt_tree_go(struct vt_tree *t, size_t visible_index)
{
	t->cursor = visible_index;
	t->following = false;
	note_cursor(t);
}

void vt_tree_move(struct vt_tree *t, long by)
{
	long to = (long)t->cursor + by;

	vt_tree_go(t, to < 0 ? 0 : (size_t)to);
}

void vt_tree_scroll(struct vt_tree *t, long by)
{
	size_t page = t->page > 0 ? (size_t)t->page : 1;
	long most = t->n_visible > page ? (long)(t->n_visible - page) : 0;
	long top = (long)t->top + by;

	t->top = (size_t)(top < 0 ? 0 : top > most ? most : top);
	if (t->cursor < t->top)
		t->cursor = t->top;
	if (t->cursor >= t->top + page)
		t->cursor = t->top + page - 1;
	t->following = false;
	note_cursor(t);
}

void vt_tree_set_page(struct vt_tree *t, int rows)
{
	t->page = rows > 0 ? rows : 1;
	keep_in_sight(t);
}

static void fold(struct vt_tree *t, const struct vt_row *row, bool folded)
{
	vt_idmap_put(&t->folds, row->key, folded);
	list_visible(t);
	put_cursor_back(t);
	note_cursor(t);
}

void vt_tree_toggle(struct vt_tree *t)
{
	const struct vt_row *row = vt_tree_current(t);

	if (row && row->has_children)
		fold(t, row, !vt_tree_is_folded(t, row));
}

void vt_tree_unfold(struct vt_tree *t)
{
	const struct vt_row *row = vt_tree_current(t);

	if (!row || !row->has_children)
		return;
	if (vt_tree_is_folded(t, row) && !t->filter)
		fold(t, row, false);
	else
		vt_tree_move(t, 1);
}

void vt_tree_fold_up(struct vt_tree *t)
{
	const struct vt_row *row = vt_tree_current(t);

	if (!row)
		return;
	if (row->has_children && !vt_tree_is_folded(t, row) && !t->filter) {
		fold(t, row, true);
		return;
	}
	for (size_t i = t->cursor; i-- > 0 && row->parent >= 0;)
		if (t->visible[i] == row->parent) {
			vt_tree_go(t, i);
			return;
		}
}

void vt_tree_fold_all(struct vt_tree *t, bool folded)
{
	const struct vt_row *row = vt_tree_current(t);

	/* The cursor goes up to what stays visible. */
	while (folded && row && row->parent >= 0)
		row = &t->rows.rows[row->parent];
	if (row)
		t->cursor_key = row->key;
	for (size_t i = 0; i < t->rows.n; i++)
		vt_idmap_put(&t->folds, t->rows.rows[i].key, folded);
	list_visible(t);
	put_cursor_back(t);
	note_cursor(t);
}

static void unfold_to(struct vt_tree *t, int32_t at)
{
	const struct vt_row *rows = t->rows.rows;

	for (int32_t up = rows[at].parent; up >= 0; up = rows[up].parent)
		if (vt_tree_is_folded(t, &rows[up]))
			vt_idmap_put(&t->folds, rows[up].key, 0);
	list_visible(t);
	t->cursor_key = rows[at].key;
	put_cursor_back(t);
	note_cursor(t);
}

bool vt_tree_reveal(struct vt_tree *t, struct vt_id id)
{
	int32_t found = -1;

	for (size_t i = 0; i < t->rows.n && found < 0; i++)
		if (t->rows.rows[i].is_kept && vt_id_equal(t->rows.rows[i].id, id))
			found = (int32_t)i;
	if (found < 0)
		return false;
	unfold_to(t, found);
	return true;
}

/* Rows in the order of a completely unfolded tree. */
static size_t list_all(const struct vt_tree *t, int32_t parent, int32_t *out, size_t n)
{
	for (int32_t i = t->first_child[parent + 1]; i < t->first_child[parent + 2]; i++) {
		out[n++] = t->children[i];
		n = list_all(t, t->children[i], out, n);
	}
	return n;
}

bool vt_tree_search(struct vt_tree *t, bool from_next)
{
	vt_autofree int32_t *order = vt_alloc((t->rows.n + 1) * sizeof(*order));
	size_t n, at = 0;

	if (!t->search[0] || !t->n_visible)
		return false;
	n = list_all(t, -1, order, 0);
	while (at < n && order[at] != t->visible[t->cursor])
		at++;
	for (size_t i = from_next; i < n + from_next; i++) {
		int32_t row = order[(at + i) % n];

		if (is_found(&t->rows.rows[row], t->search)) {
			t->following = false;
			unfold_to(t, row);
			return true;
		}
	}
	return false;
}

void vt_tree_mark(struct vt_tree *t, struct vt_id id)
{
	int32_t at = vt_idmap_get(&t->marks, vt_id_hash(id));

	if (at < 0) {
		VT_GROW(t->marked, t->n_marked, t->cap_marked);
		vt_idmap_put(&t->marks, vt_id_hash(id), (int32_t)t->n_marked);
		t->marked[t->n_marked++] = id;
		return;
	}
	vt_idmap_remove(&t->marks, vt_id_hash(id));
	t->marked[at] = t->marked[--t->n_marked];
	if ((size_t)at < t->n_marked)
		vt_idmap_put(&t->marks, vt_id_hash(t->marked[at]), at);
}

bool vt_tree_is_marked(const struct vt_tree *t, struct vt_id id)
{
	return vt_idmap_get(&t->marks, vt_id_hash(id)) >= 0;
}

void vt_tree_unmark_all(struct vt_tree *t)
{
	vt_idmap_clear(&t->marks);
	t->n_marked = 0;
}

void vt_tree_follow(struct vt_tree *t)
{
	const struct vt_row *row = vt_tree_current(t);

	if (t->following || !row) {
		t->following = false;
		return;
	}
	t->following = true;
	t->follow_id = row->id;
}
