/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What views share: which columns fit, how they sort, how a row is drawn. */
#include <criterion/criterion.h>
#include <locale.h>

#include "../../ui/view.h"
#include "snapshots.h"

static void set_locale(void)
{
	(void)setlocale(LC_ALL, "C.UTF-8");
}
TestSuite(view, .init = set_locale);

/* The lowest drop of those that had to go, and the highest of those that stayed. */
static void compare_drops(const struct vt_view *view, const struct vt_layout *l, int width)
{
	for (const struct vt_column *c = view->columns; c && c->width; c++) {
		bool kept = view->shows && !view->shows(0, c);

		for (int i = 0; i < l->n; i++)
			kept |= l->columns[i].column == c;
		for (int i = 0; i < l->n && !kept; i++)
			cr_expect_leq(l->columns[i].column->drop, c->drop,
				      "%s, %d columns: %s went before %s", view->name, width,
				      vt_column_title(c), vt_column_title(l->columns[i].column));
	}
}

static void check_places(const struct vt_view *view, const struct vt_layout *l, int width)
{
	int x = l->name_width;

	cr_expect_geq(l->name_width, 0, "%s, %d columns", view->name, width);
	cr_expect_leq(l->name_width, width, "%s, %d columns", view->name, width);
	for (int i = 0; i < l->n; i++) {
		cr_expect_gt(l->columns[i].x, x - (i == 0), "%s, %d columns: one over another",
			     view->name, width);
		cr_expect_geq(l->columns[i].width, l->columns[i].column->width);
		x = l->columns[i].x + l->columns[i].width;
	}
	cr_expect_leq(x, width, "%s, %d columns: over the edge", view->name, width);
}

static struct vt_process process = { .head = { .a = 1 } };

static void one_row(struct vt_tree *t, const char *name)
{
	vt_tree_init(t);
	(void)vt_rows_add(vt_tree_begin(t), -1, VT_KIND_PROCESS, &process, name);
	vt_tree_arrange(t);
}

Test(view, columns_at_every_width)
{
	static const char *const names[] = { "x", "docker-0123456789abcdef0123456789abcdef.scope" };

	for (size_t k = 0; k < VT_LEN(names); k++) {
		struct vt_tree t;

		one_row(&t, names[k]);
		for (int v = 0; v < VT_VIEW_COUNT; v++) {
			int before = 0;

			for (int width = 1; width <= 300; width++) {
				struct vt_layout l;

				vt_layout_fit(&l, vt_views[v], 0, &t, width);
				check_places(vt_views[v], &l, width);
				compare_drops(vt_views[v], &l, width);
				cr_expect_geq(l.n, before, "%s: %d columns show fewer",
					      vt_views[v]->name, width);
				before = l.n;
			}
			for (const struct vt_column *c = vt_views[v]->columns; c && c->width; c++)
				before -= !vt_views[v]->shows || vt_views[v]->shows(0, c);
			cr_expect_eq(before, 0, "%s: at 300 columns all are there",
				     vt_views[v]->name);
		}
		vt_tree_finish(&t);
	}
}

static const struct vt_column columns[] = {
	{ .title = "A", .width = 6, .drop = 1 },
	{ .title = "B", .width = 6, .drop = 9 },
	{ .title = "C", .width = 6, .drop = 5, .grow = 4 },
	{ .title = "D", .width = 6, .drop = 9 },
	{ .width = 0 },
};
static const struct vt_view small = { .name = "small", .thing = "THING", .columns = columns };

static const char *titles_at(const struct vt_tree *t, int width)
{
	static char out[8];
	struct vt_layout l;
	int n = 0;

	vt_layout_fit(&l, &small, 0, t, width);
	for (; n < l.n; n++)
		out[n] = l.columns[n].column->title[0];
	out[n] = '\0';
	return out;
}

Test(view, important_columns_go_last)
{
	struct vt_tree t;

	one_row(&t, "x");
	cr_expect_str_eq(titles_at(&t, 60), "ABCD");
	cr_expect_str_eq(titles_at(&t, 40), "ABC", "%s",
			 titles_at(&t, 40)); /* equal: the right one */
	cr_expect_str_eq(titles_at(&t, 25), "AC", "%s", titles_at(&t, 25));
	cr_expect_str_eq(titles_at(&t, 14), "A", "%s", titles_at(&t, 14));
	cr_expect_str_eq(titles_at(&t, 4), "");
	vt_tree_finish(&t);
}

/* Names get the room that is left, as far as they need it; then columns that can use it. */
Test(view, spare_room)
{
	struct vt_layout l;
	struct vt_tree t;

	one_row(&t, "0123456789012345678901234567890123456789");
	vt_layout_fit(&l, &small, 0, &t, 60);
	cr_expect_eq(l.name_width, 60 - 4 * 7, "all that is left");
	vt_layout_fit(&l, &small, 0, &t, 200);
	cr_expect_geq(l.name_width, 40 + 3, "the whole name");
	cr_expect_eq(l.columns[2].width, 10, "its own width and what it can grow");
	cr_expect_eq(l.columns[3].width, 6);
	vt_tree_finish(&t);
}

static const struct vt_column cpu_column = {
	.width = 6,
	.from = { { VT_KIND_PROCESS, VT_PROCESS_rss_bytes },
		  { VT_KIND_CGROUP, VT_CGROUP_processes } },
};

Test(view, sorts_by_what_the_column_shows)
{
	struct vt_process a = { .head = { .a = 1 } }, b = { .head = { .a = 2 } };
	struct vt_cgroup cg = { .head = { .a = 3 } };
	const struct vt_row ra = { .id = { VT_KIND_PROCESS, 1, 0 }, .record = &a, .name = "b" };
	const struct vt_row rb = { .id = { VT_KIND_PROCESS, 2, 0 }, .record = &b, .name = "a" };
	const struct vt_row rc = { .id = { VT_KIND_CGROUP, 3, 0 }, .record = &cg, .name = "c" };
	const struct vt_row heading = { .id = { VT_KIND_COUNT, 9, 0 }, .name = "h" };

	VT_SET(PROCESS, &a, rss_bytes, 0);
	cr_expect_gt(vt_column_compare(&ra, &rb, &cpu_column), 0, "unknown is below zero");
	VT_SET(PROCESS, &b, rss_bytes, 5);
	cr_expect_lt(vt_column_compare(&ra, &rb, &cpu_column), 0);
	cr_expect_gt(vt_column_compare(&rb, &ra, &cpu_column), 0);
	cr_expect_gt(vt_column_compare(&ra, &rb, NULL), 0, "by name");
	cr_expect_eq(vt_column_compare(&ra, &rc, &cpu_column), 0, "kinds are not compared");
	cr_expect_eq(vt_column_compare(&ra, &heading, &cpu_column), 0);
	cr_expect_eq(vt_column_metric(&cpu_column, &rc), VT_CGROUP_processes);
	cr_expect_eq(vt_column_metric(&cpu_column, &heading), -1);
}

static char *draw_rows(const struct vt_snapshot *s, struct vt_tree *t, int cols, bool roles)
{
	const struct vt_view_env env = { .snapshot = s, .scope = { VT_KIND_COUNT, 0, 0 } };
	static const struct vt_column one[] = {
		{ .title = "MEM",
		  .width = 6,
		  .from = { { VT_KIND_PROCESS, VT_PROCESS_rss_bytes } } },
		{ .width = 0 },
	};
	const struct vt_view view = { .name = "v", .thing = "T", .columns = one };
	struct vt_layout l;
	struct vt_canvas c;
	char *text = NULL;
	size_t size;
	FILE *out;

	vt_canvas_init(&c, cols, (int)t->n_visible, false);
	vt_layout_fit(&l, &view, 0, t, cols);
	for (size_t i = 0; i < t->n_visible; i++)
		vt_view_draw_row(&c, &env, &l, t, vt_tree_visible(t, i), (int)i);
	out = open_memstream(&text, &size);
	(roles ? vt_canvas_dump_roles : vt_canvas_dump)(&c, out);
	(void)fclose(out);
	vt_canvas_finish(&c);
	return text;
}

Test(view, rows)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *first, *s;
	vt_autofree char *plain = NULL, *roles = NULL;
	const struct vt_process *rows;
	struct vt_process *idle;
	struct vt_tree t;
	size_t n;

	vt_builder_begin(b);
	(void)add_process(b, 1, 1, "old", "/");
	first = seal_at(b, NULL, 0);
	vt_builder_begin(b);
	idle = add_process(b, 1, 1, "old", "/");
	VT_SET(PROCESS, idle, rss_bytes, 0);
	(void)add_process(b, 2, 1, "two", "/");
	s = seal_at(b, first, 100);
	vt_tree_init(&t);
	rows = vt_process_rows(s, &n);
	cr_assert_eq(n, 2);
	(void)vt_rows_add(vt_tree_begin(&t), -1, VT_KIND_PROCESS, &rows[0], "old");
	(void)vt_rows_add(&t.rows, 0, VT_KIND_PROCESS, &rows[1], "\033[31mnew");
	vt_tree_arrange(&t);
	vt_tree_mark(&t, vt_record_id(VT_KIND_PROCESS, &rows[0]));
	plain = draw_rows(s, &t, 40, false);
	cr_expect_not_null(strstr(plain, "*▾ old"), "%s", plain);
	cr_expect_not_null(strstr(plain, "+    \\x1b[31mnew"), "%s", plain);
	cr_expect_not_null(strstr(plain, " 0\n"), "zero is zero: %s", plain);
	cr_expect_not_null(strstr(plain, "–\n"), "unknown is not: %s", plain);
	(void)snprintf(t.search, sizeof(t.search), "NEW");
	roles = draw_rows(s, &t, 40, true);
	cr_expect_not_null(strstr(roles, "{match}new{"), "%s", roles);
	cr_expect_not_null(strstr(roles, "{marked}old{"), "%s", roles);
	vt_tree_finish(&t);
	vt_snapshot_free(first);
	vt_snapshot_free(s);
	vt_builder_free(b);
}

Test(view, names_are_found)
{
	for (int i = 0; i < VT_VIEW_COUNT; i++)
		cr_expect_eq(vt_view_find(vt_views[i]->name), i);
	cr_expect_eq(vt_view_find("Overview"), -1);
	cr_expect_eq(vt_view_find(""), -1);
}
