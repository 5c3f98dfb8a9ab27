/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text in a rectangle: labels, wrapping, scrolling, and counting without drawing. */
#include <criterion/criterion.h>
#include <locale.h>

#include "../../ui/pane.h"

static char *dump(const struct vt_canvas *c)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	cr_assert_not_null(out);
	vt_canvas_dump(c, out);
	(void)fclose(out);
	return text;
}

static void set_locale(void)
{
	(void)setlocale(LC_ALL, "C.UTF-8");
}
TestSuite(pane, .init = set_locale);

/* One text, wrapped behind a label of three columns, in a pane of some width. */
Test(pane, wrap)
{
	static const struct {
		const char *what, *text;
		int width;
		const char *shows;
	} cases[] = {
		{ "fits", "ab cd", 10, "l: ab cd\n" },
		{ "at a blank", "ab cd ef", 9, "l: ab cd\n   ef\n" },
		{ "a word too long", "abcdefgh", 8, "l: abcde\n   fgh\n" },
		{ "several blanks", "abcde   fg", 8, "l: abcde\n   fg\n" },
		{ "exactly", "abcde", 8, "l: abcde\n" },
		{ "wide", "日本語日本", 8, "l: 日本\n   語日\n   本\n" },
		{ "a wide one in no room", "日", 4, "l:\n" },
		{ "hostile", "a\033b\nc", 20, "l: a\\x1bb\\nc\n" },
		{ "empty", "", 8, "l:\n" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_autofree char *shows = NULL;
		struct vt_canvas c;
		struct vt_pane p;
		size_t n;

		vt_canvas_init(&c, 30, 6, false);
		vt_pane_init(&p, &c, 0, 0, cases[i].width, 6);
		p.label_width = 3;
		vt_pane_label(&p, "l:");
		vt_pane_wrap(&p, VT_ROLE_TEXT, cases[i].text);
		shows = dump(&c);
		n = strlen(cases[i].shows);
		cr_expect(strncmp(shows, cases[i].shows, n) == 0, "%s: %s", cases[i].what, shows);
		/* Nothing stands below, and it was counted right. */
		cr_expect_eq(strspn(shows + n, "\n"), strlen(shows + n), "%s: %s", cases[i].what,
			     shows);
		vt_canvas_finish(&c);
	}
}

/* A pane in which nothing fits still ends. */
Test(pane, wrap_without_room, .timeout = 10)
{
	struct vt_canvas c;

	vt_canvas_init(&c, 10, 3, false);
	for (int width = -2; width < 6; width++) {
		struct vt_pane p;

		vt_pane_init(&p, &c, 0, 0, width, 3);
		vt_pane_label(&p, "label");
		vt_pane_wrap(&p, VT_ROLE_TEXT, "one two 日本 three");
		cr_expect_geq(vt_pane_room(&p), 0);
	}
	vt_canvas_finish(&c);
}

Test(pane, counts_without_height)
{
	static const char text[] = "one two three four five six";
	struct vt_canvas c;
	struct vt_pane count, draw;
	vt_autofree char *before = NULL, *after = NULL;

	vt_canvas_init(&c, 20, 6, false);
	before = dump(&c);
	vt_pane_init(&count, &c, 0, 0, 9, 0);
	vt_pane_init(&draw, &c, 0, 0, 9, 6);
	vt_pane_line(&count);
	vt_pane_wrap(&count, VT_ROLE_TEXT, text);
	cr_expect_eq(vt_pane_row(&count), -1);
	after = dump(&c);
	cr_expect_str_eq(after, before, "nothing is drawn");
	vt_pane_line(&draw);
	vt_pane_wrap(&draw, VT_ROLE_TEXT, text);
	cr_expect_eq(count.line, draw.line);
	cr_expect_eq(draw.line, 3);
	vt_canvas_finish(&c);
}

Test(pane, skips_and_clips)
{
	vt_autofree char *shows = NULL;
	struct vt_canvas c;
	struct vt_pane p;

	vt_canvas_init(&c, 10, 5, false);
	vt_pane_init(&p, &c, 2, 1, 4, 2);
	p.skip = 1;
	for (int i = 0; i < 6; i++) {
		vt_pane_line(&p);
		cr_expect_eq(vt_pane_row(&p), i == 1 || i == 2 ? i : -1, "line %d", i);
		vt_pane_put(&p, VT_ROLE_TEXT, "%d23456", i);
	}
	shows = dump(&c);
	cr_expect_str_eq(shows, "\n  1234\n  2234\n\n\n", "%s", shows);
	vt_canvas_finish(&c);
}

Test(pane, labels)
{
	vt_autofree char *shows = NULL;
	struct vt_canvas c;
	struct vt_pane p;

	vt_canvas_init(&c, 30, 2, false);
	vt_pane_init(&p, &c, 0, 0, 30, 2);
	p.label_width = 6;
	vt_pane_label(&p, "cpu");
	vt_pane_put(&p, VT_ROLE_TEXT, "%d%%", 5);
	cr_expect_eq(vt_pane_room(&p), 22);
	vt_pane_label(&p, "a longer one"); /* keeps a blank behind it */
	vt_pane_put(&p, VT_ROLE_TEXT, "\007");
	shows = dump(&c);
	cr_expect_str_eq(shows, "cpu   5%\na longer one \\x07\n", "%s", shows);
	vt_canvas_finish(&c);
}
