/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree engine: what a person chose is kept by identity while rows come and go. */
#include <criterion/criterion.h>

#include "../../ui/tree.h"

/*
 * A tree in words: each word is a thing and, behind it, the thing that it is
 * below: "a ba cb" is a with b in it with c in that. Things of the same letter
 * have the same identity.
 */
static struct vt_process things[128];
static char names[128][2];

static void build(struct vt_tree *t, const char *spec)
{
	struct vt_rows *rows = vt_tree_begin(t);
	int32_t at[128];

	for (int i = 0; i < 128; i++)
		at[i] = -1;
	for (const char *w = spec; *w; w += strcspn(w, " "), w += *w == ' ') {
		int c = *w, up = w[1] && w[1] != ' ' ? w[1] : 0;

		things[c].head = (struct vt_head){ .a = (uint64_t)c, .b = 7 };
		names[c][0] = (char)c;
		at[c] = vt_rows_add(rows, up ? at[up] : -1, VT_KIND_PROCESS, &things[c], names[c]);
	}
	vt_tree_arrange(t);
}

static struct vt_id id_of(int c)
{
	return (struct vt_id){ VT_KIND_PROCESS, (uint64_t)c, 7 };
}

/* The visible things in order, the one under the cursor in brackets. */
static const char *shown(const struct vt_tree *t)
{
	static char out[512];
	size_t n = 0;

	for (size_t i = 0; i < t->n_visible && n < sizeof(out) - 4; i++) {
		const char *name = vt_tree_visible(t, i)->name;

		n += (size_t)snprintf(out + n, sizeof(out) - n, i == t->cursor ? "[%s]" : "%s",
				      name);
	}
	out[n] = '\0';
	return out;
}

static void set_filter(struct vt_tree *t, const char *text)
{
	struct vt_error err = { 0 };

	vt_filter_free(t->filter);
	t->filter = text ? vt_filter_new(text, &err) : NULL;
	cr_assert_eq(t->filter != NULL, text != NULL, "%s", err.msg);
}

static int by_name(const struct vt_row *a, const struct vt_row *b, const void *arg)
{
	(void)arg;
	return strcmp(a->name, b->name);
}

#define SHOWS(t, text) cr_expect_str_eq(shown(t), text)

Test(tree, cursor_stays_on_its_thing)
{
	/* One after the other, with the cursor on d at first. */
	static const struct {
		const char *what, *spec, *shows;
	} steps[] = {
		{ "rows come before", "x y a b c d e", "xyabc[d]e" },
		{ "and go", "d e", "[d]e" },
		{ "all others are new", "p q d", "pq[d]" },
		{ "it moves below another", "p q dp", "p[d]q" },
		{ "and out of it", "d p q", "[d]pq" },
		{ "it vanishes: what comes next has its line", "p q", "[p]q" },
		{ "its return is another matter", "d p q", "d[p]q" },
	};
	struct vt_tree t;

	vt_tree_init(&t);
	build(&t, "a b c d e");
	vt_tree_go(&t, 3);
	for (size_t i = 0; i < VT_LEN(steps); i++) {
		build(&t, steps[i].spec);
		cr_expect_str_eq(shown(&t), steps[i].shows, "%s: %s", steps[i].what, shown(&t));
	}
	vt_tree_finish(&t);
}

Test(tree, last_row_vanishes)
{
	struct vt_tree t;

	vt_tree_init(&t);
	build(&t, "a b c");
	vt_tree_go(&t, 2);
	build(&t, "a b");
	SHOWS(&t, "a[b]");
	vt_tree_finish(&t);
}

Test(tree, same_pid_started_later_is_another)
{
	struct vt_tree t;

	vt_tree_init(&t);
	build(&t, "a b c");
	vt_tree_go(&t, 1);
	vt_tree_mark(&t, id_of('b'));
	cr_expect(vt_tree_is_marked(&t, id_of('b')));
	cr_expect_not(vt_tree_is_marked(&t, (struct vt_id){ VT_KIND_PROCESS, 'b', 8 }));
	cr_expect_not(vt_tree_is_marked(&t, (struct vt_id){ VT_KIND_CGROUP, 'b', 7 }));
	vt_tree_finish(&t);
}

Test(tree, sorting_and_filtering_keep_the_cursor)
{
	struct vt_tree t;

	vt_tree_init(&t);
	build(&t, "c a b");
	vt_tree_go(&t, 0);
	t.compare = by_name;
	vt_tree_arrange(&t);
	SHOWS(&t, "ab[c]");
	t.reverse = true;
	vt_tree_arrange(&t);
	SHOWS(&t, "[c]ba");
	t.compare = NULL;
	t.reverse = false;
	vt_tree_arrange(&t);
	SHOWS(&t, "[c]ab");
	set_filter(&t, "c");
	vt_tree_arrange(&t);
	SHOWS(&t, "[c]");
	set_filter(&t, NULL);
	vt_tree_arrange(&t);
	SHOWS(&t, "[c]ab");
	vt_tree_finish(&t);
}

static int all_equal(const struct vt_row *a, const struct vt_row *b, const void *arg)
{
	(void)a;
	(void)b;
	(void)arg;
	return 0;
}

Test(tree, equal_rows_keep_the_views_order)
{
	struct vt_tree t;

	vt_tree_init(&t);
	t.compare = all_equal;
	build(&t, "q d z a m b x c");
	SHOWS(&t, "[q]dzambxc");
	t.reverse = true;
	vt_tree_arrange(&t);
	SHOWS(&t, "[q]dzambxc");
	vt_tree_finish(&t);
}

Test(tree, sorts_within_each_parent)
{
	struct vt_tree t;

	vt_tree_init(&t);
	t.compare = by_name;
	build(&t, "b a zb yb da ca");
	SHOWS(&t, "[a]cdbyz");
	vt_tree_finish(&t);
}

Test(tree, filter_shows_ancestors_and_unfolds)
{
	struct vt_tree t;

	vt_tree_init(&t);
	build(&t, "a ba cb d ed");
	vt_tree_fold_all(&t, true);
	SHOWS(&t, "[a]d");
	set_filter(&t, "c");
	vt_tree_arrange(&t);
	SHOWS(&t, "[a]bc");
	cr_expect_not(vt_tree_visible(&t, 0)->is_match);
	cr_expect(vt_tree_visible(&t, 2)->is_match);
	/* What is unfolded by a filter is folded again behind it. */
	set_filter(&t, NULL);
	vt_tree_arrange(&t);
	SHOWS(&t, "[a]d");
	set_filter(&t, "nothing");
	vt_tree_arrange(&t);
	cr_expect_eq(t.n_visible, 0);
	cr_expect_null(vt_tree_current(&t));
	vt_tree_finish(&t);
}

Test(tree, folds_are_kept_by_place)
{
	struct vt_tree t;

	vt_tree_init(&t);
	build(&t, "a ba ca d ed");
	vt_tree_toggle(&t);
	SHOWS(&t, "[a]de");
	build(&t, "x d ed a ba ca"); /* moved */
	SHOWS(&t, "xde[a]");
	build(&t, "x d ed"); /* gone, and back */
	build(&t, "a ba x");
	cr_expect_not_null(strstr(shown(&t), "a"));
	cr_expect_null(strstr(shown(&t), "b"), "a is still folded: %s", shown(&t));
	/* The same thing below another is another place. */
	build(&t, "x ax ba");
	cr_expect_not_null(strstr(shown(&t), "b"), "%s", shown(&t));
	vt_tree_finish(&t);
}

Test(tree, folded_by_the_view_until_the_person_says)
{
	struct vt_tree t;

	vt_tree_init(&t);
	for (int round = 0; round < 3; round++) {
		struct vt_rows *rows = vt_tree_begin(&t);
		int32_t top = vt_rows_heading(rows, -1, "heading", NULL);

		rows->rows[top].folded = true;
		(void)vt_rows_heading(rows, top, "fact", "value");
		vt_tree_arrange(&t);
		cr_expect_eq(t.n_visible, round == 0 ? 1 : 2, "round %d", round);
		if (round == 0) {
			vt_tree_unfold(&t);
			cr_expect_eq(t.n_visible, 2);
		}
	}
	vt_tree_finish(&t);
}

Test(tree, fold_hides_the_cursor)
{
	struct vt_tree t;

	vt_tree_init(&t);
	build(&t, "a ba cb d");
	vt_tree_go(&t, 2);
	vt_tree_fold_all(&t, true);
	SHOWS(&t, "[a]d");
	vt_tree_fold_all(&t, false);
	SHOWS(&t, "[a]bcd");
	vt_tree_finish(&t);
}

Test(tree, left_and_right)
{
	struct vt_tree t;

	vt_tree_init(&t);
	build(&t, "a ba cb da");
	vt_tree_unfold(&t); /* is unfolded: to the first child */
	SHOWS(&t, "a[b]cd");
	vt_tree_unfold(&t);
	SHOWS(&t, "ab[c]d");
	vt_tree_unfold(&t); /* a leaf */
	SHOWS(&t, "ab[c]d");
	vt_tree_fold_up(&t); /* a leaf goes to its parent */
	SHOWS(&t, "a[b]cd");
	vt_tree_fold_up(&t); /* and that folds */
	SHOWS(&t, "a[b]d");
	vt_tree_fold_up(&t);
	SHOWS(&t, "[a]bd");
	vt_tree_fold_up(&t);
	SHOWS(&t, "[a]");
	vt_tree_fold_up(&t); /* a folded root stays */
	SHOWS(&t, "[a]");
	vt_tree_unfold(&t);
	SHOWS(&t, "[a]bd");
	vt_tree_finish(&t);
}

Test(tree, marks_are_kept_by_identity)
{
	struct vt_tree t;

	vt_tree_init(&t);
	build(&t, "a b c d");
	vt_tree_mark(&t, id_of('a'));
	vt_tree_mark(&t, id_of('b'));
	vt_tree_mark(&t, id_of('c'));
	vt_tree_mark(&t, id_of('a')); /* off again; the last takes its slot */
	cr_expect_eq(t.n_marked, 2);
	build(&t, "d c"); /* b is out of sight */
	cr_expect_not(vt_tree_is_marked(&t, id_of('a')));
	cr_expect(vt_tree_is_marked(&t, id_of('b')));
	cr_expect(vt_tree_is_marked(&t, id_of('c')));
	vt_tree_mark(&t, id_of('c'));
	cr_expect_eq(t.n_marked, 1);
	cr_expect(vt_id_equal(t.marked[0], id_of('b')));
	vt_tree_unmark_all(&t);
	cr_expect_eq(t.n_marked, 0);
	cr_expect_not(vt_tree_is_marked(&t, id_of('b')));
	vt_tree_finish(&t);
}

static bool search(struct vt_tree *t, const char *text, bool from_next)
{
	(void)snprintf(t->search, sizeof(t->search), "%s", text);
	return vt_tree_search(t, from_next);
}

Test(tree, search_wraps_and_unfolds)
{
	struct vt_tree t;

	vt_tree_init(&t);
	build(&t, "a ba cb d");
	vt_tree_fold_all(&t, true);
	cr_expect(search(&t, "c", false));
	SHOWS(&t, "ab[c]d");
	cr_expect(search(&t, "A", true)); /* wraps round, case is ignored */
	SHOWS(&t, "[a]bcd");
	cr_expect(search(&t, "a", false)); /* where it is */
	SHOWS(&t, "[a]bcd");
	cr_expect(search(&t, "a", true)); /* the only one: itself again */
	SHOWS(&t, "[a]bcd");
	cr_expect_not(search(&t, "z", false));
	cr_expect_not(search(&t, "", false));
	SHOWS(&t, "[a]bcd");
	vt_tree_finish(&t);
}

/* The name of an event is when and what; about whom is what it says. */
Test(tree, facts_are_found_by_what_they_say)
{
	struct vt_rows *rows;
	struct vt_tree t;

	vt_tree_init(&t);
	rows = vt_tree_begin(&t);
	(void)vt_rows_heading(rows, -1, "removed", "cgroup /a removed");
	(void)vt_rows_heading(rows, -1, "created", "new cgroup /b");
	(void)vt_rows_heading(rows, -1, "heading", NULL);
	vt_tree_arrange(&t);
	cr_expect(search(&t, "/b", false));
	cr_expect_eq(t.cursor, 1);
	cr_expect(search(&t, "removed", false));
	cr_expect_eq(t.cursor, 0);
	cr_expect_not(search(&t, "/c", false));
	set_filter(&t, "/b");
	vt_tree_arrange(&t);
	cr_expect_eq(t.n_visible, 1);
	set_filter(&t, "created new");
	vt_tree_arrange(&t);
	cr_expect_eq(t.n_visible, 1);
	vt_tree_finish(&t);
}

Test(tree, reveal_unfolds_what_hides_it)
{
	struct vt_tree t;

	vt_tree_init(&t);
	build(&t, "a ba cb d");
	vt_tree_fold_all(&t, true);
	cr_expect(vt_tree_reveal(&t, id_of('c')));
	SHOWS(&t, "ab[c]d");
	cr_expect_not(vt_tree_reveal(&t, id_of('z')));
	SHOWS(&t, "ab[c]d");
	set_filter(&t, "d");
	vt_tree_arrange(&t);
	cr_expect_not(vt_tree_reveal(&t, id_of('c')), "it is filtered away");
	vt_tree_finish(&t);
}

Test(tree, follows)
{
	struct vt_tree t;

	vt_tree_init(&t);
	build(&t, "a b c");
	vt_tree_go(&t, 1);
	vt_tree_follow(&t);
	cr_expect(t.following);
	build(&t, "a x bx"); /* below something that is folded then */
	SHOWS(&t, "ax[b]");
	vt_tree_fold_all(&t, true);
	build(&t, "a x bx");
	SHOWS(&t, "ax[b]");
	cr_expect(t.following);
	build(&t, "a x"); /* gone */
	cr_expect_not(t.following);
	vt_tree_follow(&t);
	cr_expect(t.following);
	vt_tree_follow(&t);
	cr_expect_not(t.following);
	vt_tree_follow(&t);
	vt_tree_move(&t, -1); /* going elsewhere ends it */
	cr_expect_not(t.following);
	vt_tree_finish(&t);
}

Test(tree, scrolls)
{
	struct vt_tree t;

	vt_tree_init(&t);
	build(&t, "a b c d e f g h");
	vt_tree_set_page(&t, 3);
	vt_tree_move(&t, 4);
	cr_expect_eq(t.cursor, 4);
	cr_expect_eq(t.top, 2);
	vt_tree_scroll(&t, 2); /* the cursor comes along at the edge only */
	cr_expect_eq(t.top, 4);
	cr_expect_eq(t.cursor, 4);
	vt_tree_scroll(&t, 100);
	cr_expect_eq(t.top, 5);
	cr_expect_eq(t.cursor, 5);
	vt_tree_scroll(&t, -100);
	cr_expect_eq(t.top, 0);
	cr_expect_eq(t.cursor, 2);
	vt_tree_move(&t, -100);
	cr_expect_eq(t.cursor, 0);
	vt_tree_move(&t, 100);
	cr_expect_eq(t.cursor, 7);
	cr_expect_eq(t.top, 5);
	vt_tree_set_page(&t, 100); /* all fits: nothing is above */
	cr_expect_eq(t.top, 0);
	vt_tree_set_page(&t, 0); /* no room at all is one row */
	cr_expect_eq(t.top, 7);
	vt_tree_go(&t, 1000000);
	cr_expect_eq(t.cursor, 7);
	vt_tree_finish(&t);
}

Test(tree, line_of_the_cursor_stays_while_rows_come_above)
{
	struct vt_tree t;

	vt_tree_init(&t);
	build(&t, "a b c d e f g h");
	vt_tree_set_page(&t, 3);
	vt_tree_go(&t, 5);
	cr_expect_eq(t.cursor - t.top, 2);
	build(&t, "1 2 3 a b c d e f g h");
	cr_expect_str_eq(vt_tree_current(&t)->name, "f");
	cr_expect_eq(t.cursor - t.top, 2);
	build(&t, "e f g h i j");
	cr_expect_str_eq(vt_tree_current(&t)->name, "f");
	cr_expect_lt(t.cursor - t.top, 3);
	vt_tree_finish(&t);
}

Test(tree, empty_tree_takes_every_key)
{
	struct vt_tree t;

	vt_tree_init(&t);
	for (int round = 0; round < 3; round++) {
		build(&t, round == 1 ? "a ba" : "");
		vt_tree_toggle(&t);
		vt_tree_toggle(&t);
		vt_tree_unfold(&t);
		vt_tree_fold_up(&t);
		vt_tree_fold_up(&t);
		vt_tree_fold_all(&t, true);
		vt_tree_fold_all(&t, false);
		vt_tree_move(&t, 5);
		vt_tree_move(&t, -5);
		vt_tree_scroll(&t, 3);
		vt_tree_scroll(&t, -3);
		vt_tree_set_page(&t, 4);
		vt_tree_follow(&t);
		vt_tree_follow(&t);
		(void)search(&t, "a", true);
		(void)vt_tree_reveal(&t, id_of('a'));
		vt_tree_arrange(&t);
		cr_expect_eq(vt_tree_current(&t) == NULL, round != 1, "round %d", round);
		cr_expect_eq(t.top, 0);
	}
	vt_tree_finish(&t);
}

Test(tree, first_cursor_skips_headings)
{
	struct vt_tree t;
	struct vt_rows *rows;
	int32_t top;

	vt_tree_init(&t);
	rows = vt_tree_begin(&t);
	top = vt_rows_heading(rows, -1, "heading", NULL);
	(void)vt_rows_heading(rows, top, "fact", "value");
	vt_tree_arrange(&t);
	cr_expect_str_eq(vt_tree_current(&t)->name, "fact");
	vt_tree_finish(&t);
}

Test(tree, depth_and_last_child)
{
	struct vt_tree t;

	vt_tree_init(&t);
	build(&t, "a ba cb da e");
	cr_expect_eq(vt_tree_visible(&t, 2)->depth, 2);
	cr_expect(vt_tree_visible(&t, 2)->is_last);
	cr_expect_not(vt_tree_visible(&t, 1)->is_last);
	cr_expect(vt_tree_visible(&t, 3)->is_last);
	cr_expect(vt_tree_visible(&t, 1)->has_children);
	cr_expect_not(vt_tree_visible(&t, 3)->has_children);
	cr_expect_null(vt_tree_visible(&t, 5));
	vt_tree_finish(&t);
}
