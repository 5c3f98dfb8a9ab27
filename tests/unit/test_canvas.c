/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The canvas: nothing is drawn beside it, and nothing raw is drawn on it. */
#include <criterion/criterion.h>
#include <locale.h>
#include <math.h>

#include "../../src/text.h"
#include "../../ui/canvas.h"

static char *dump(const struct vt_canvas *c, bool roles)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	cr_assert_not_null(out);
	(roles ? vt_canvas_dump_roles : vt_canvas_dump)(c, out);
	(void)fclose(out);
	return text;
}

static void set_locale(void)
{
	(void)setlocale(LC_ALL, "C.UTF-8");
}
TestSuite(canvas, .init = set_locale);

/* Draws one text on a canvas of one row. */
Test(canvas, text)
{
	static const struct {
		const char *what;
		int cols, x, width;
		const char *raw, *shows;
		int drawn;
	} cases[] = {
		{ "plain", 10, 0, 10, "abc", "abc\n", 3 },
		{ "at a place", 10, 2, 10, "abc", "  abc\n", 3 },
		{ "cut at its width", 10, 0, 2, "abc", "ab\n", 2 },
		{ "cut at the edge", 4, 2, 10, "abc", "  ab\n", 2 },
		{ "beside the right edge", 4, 4, 10, "abc", "\n", 0 },
		{ "no width", 4, 0, 0, "abc", "\n", 0 },
		{ "negative width", 4, 0, -3, "abc", "\n", 0 },
		{ "from beside the left edge", 6, -1, 6, "abcd", "bcd\n", 4 },
		{ "empty", 4, 0, 4, "", "\n", 0 },
		{ "two bytes", 10, 0, 10, "gr\303\274n", "gr\303\274n\n", 4 },
		{ "wide", 10, 0, 10, "\346\227\245\346\234\254x", "\346\227\245\346\234\254x\n",
		  5 },
		{ "wide that does not fit", 10, 0, 3, "\346\227\245\346\234\254", "\346\227\245\n",
		  3 },
		{ "wide at the edge", 3, 2, 5, "\346\227\245", "\n", 1 },
		{ "wide, half of it beside the left edge", 6, -1, 6, "\346\227\245x", " x\n", 3 },
		{ "combining", 10, 0, 10, "e\314\201x", "e\314\201x\n", 2 },
		{ "combining, alone", 10, 0, 10, "\314\201x", "x\n", 1 },
		{ "more marks than there is room for", 10, 0, 10,
		  "e\314\201\314\201\314\201\314\201\314\201\314\201\314\201x",
		  "e\314\201\314\201\314\201\314\201\314\201x\n", 2 },
		{ "mark on a wide one", 10, 0, 10, "\346\227\245\314\201x",
		  "\346\227\245\314\201x\n", 3 },
		{ "escape sequence", 20, 0, 20, "\033]0;x\007", "\\x1b]0;x\\x07\n", 12 },
		{ "newline and tab", 20, 0, 20, "a\nb\tc", "a\\nb\\tc\n", 7 },
		{ "broken UTF-8", 20, 0, 20, "a\377\303", "a\\xff\\xc3\n", 9 },
		{ "C1", 20, 0, 20, "\302\233", "\\x9b\n", 4 },
		{ "right to left", 20, 0, 20, "\342\200\256x", "\\u{202e}x\n", 9 },
		{ "escaped and cut", 20, 0, 3, "\033[31m", "\\x1\n", 3 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_autofree char *shows = NULL;
		struct vt_canvas c;

		vt_canvas_init(&c, cases[i].cols, 1, false);
		cr_expect_eq(vt_canvas_text(&c, cases[i].x, 0, cases[i].width, VT_ROLE_TEXT,
					    cases[i].raw),
			     cases[i].drawn, "%s", cases[i].what);
		shows = dump(&c, false);
		cr_expect_str_eq(shows, cases[i].shows, "%s: %s", cases[i].what, shows);
		vt_canvas_finish(&c);
	}
}

Test(canvas, ascii)
{
	static const struct {
		const char *raw, *shows;
	} cases[] = {
		{ "a\342\200\246b", "a~b\n" },                       /* … */
		{ "\342\200\223", "-\n" },                           /* – */
		{ "\342\224\214\342\224\200\342\224\220", "+-+\n" }, /* ┌─┐ */
		{ "\342\226\270\342\226\276", "+-\n" },              /* ▸▾ */
		{ "\342\226\201\342\226\204\342\226\210", ".=#\n" }, /* ▁▄█ */
		{ "gr\303\274n", "gr?n\n" },
		{ "\346\227\245x", "?x\n" }, /* a wide one is one sign */
		{ "e\314\201x", "ex\n" },    /* no mark */
		{ "\033x", "\\x1bx\n" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_autofree char *shows = NULL;
		struct vt_canvas c;

		vt_canvas_init(&c, 20, 1, true);
		(void)vt_canvas_text(&c, 0, 0, 20, VT_ROLE_TEXT, cases[i].raw);
		shows = dump(&c, false);
		cr_expect_str_eq(shows, cases[i].shows, "case %zu: %s", i, shows);
		vt_canvas_finish(&c);
	}
}

/* All that this program itself draws has a sign of its own there. */
Test(canvas, ascii_has_a_sign_for_what_views_draw)
{
	static const char *const signs[] = { "…", "–", "▸", "▾", "│", "─", "┌", "┐", "└", "┘",
					     "▁", "▇", "█", "▏", "▉", "▲", "▼", "↵", "‼", "·",
					     "†", "❄", "‹", "›", "→", "↑", "▶", "‖" };

	for (size_t i = 0; i < VT_LEN(signs); i++) {
		struct vt_canvas c;

		vt_canvas_init(&c, 2, 1, true);
		(void)vt_canvas_text(&c, 0, 0, 2, VT_ROLE_TEXT, signs[i]);
		cr_expect_str_neq(c.cells[0].text, "?", "%s", signs[i]);
		cr_expect_eq(c.cells[0].text[1], '\0', "%s", signs[i]);
		vt_canvas_finish(&c);
	}
}

/* A row, drawn over; the halves of a wide character never stand alone. */
Test(canvas, over_a_wide_character)
{
	static const struct {
		int x;
		const char *over, *shows;
	} cases[] = {
		{ 0, "x", "x \346\234\254\n" },
		{ 1, "x", " x\346\234\254\n" },
		{ 2, "x", "\346\227\245x\n" },
		{ 1, "\350\252\236", " \350\252\236\n" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_autofree char *shows = NULL;
		struct vt_canvas c;

		vt_canvas_init(&c, 4, 1, false);
		(void)vt_canvas_text(&c, 0, 0, 4, VT_ROLE_TEXT, "\346\227\245\346\234\254");
		(void)vt_canvas_text(&c, cases[i].x, 0, 4, VT_ROLE_TEXT, cases[i].over);
		shows = dump(&c, false);
		cr_expect_str_eq(shows, cases[i].shows, "case %zu: %s", i, shows);
		vt_canvas_finish(&c);
	}
}

/* Everything at every place, also far beside: sanitizers see what goes wrong. */
Test(canvas, clips_everything)
{
	static const char text[] = "x\346\227\245e\314\201\377\033[m";
	const float values[] = { 0, 1, -1, NAN, 2 };

	for (int cols = 0; cols < 5; cols++)
		for (int rows = 0; rows < 3; rows++)
			for (int x = -6; x < 7; x++)
				for (int y = -2; y < 4; y++) {
					vt_autofree char *shows = NULL;
					struct vt_canvas c;

					vt_canvas_init(&c, cols, rows, false);
					for (int width = -1; width < 9; width++) {
						vt_canvas_text(&c, x, y, width, VT_ROLE_BAD, text);
						vt_canvas_right(&c, x, y, width, VT_ROLE_BAD, text);
						vt_canvas_fill(&c, x, y, width, VT_ROLE_BAR, "日");
						vt_canvas_paint(&c, x, y, width, VT_ROLE_MATCH);
						vt_canvas_cursor_row(&c, x, y, width);
						vt_canvas_bar(&c, x, y, width, 0.5, 0.7);
						vt_canvas_spark(&c, x, y, width, values, 5, 1);
						vt_canvas_frame(&c, x, y, width, 3, text);
					}
					shows = dump(&c, false);
					for (char *end; (end = strchr(shows, '\n'));) {
						*end = ' ';
					}
					cr_assert(vt_text_clean(shows));
					vt_canvas_finish(&c);
				}
}

Test(canvas, a_format_cut_by_bytes_ends_at_a_character)
{
	char text[1100];
	struct vt_canvas c;

	for (size_t lead = 0; lead < 4; lead++) {
		vt_autofree char *shows = NULL;

		memset(text, 'a', sizeof(text));
		for (size_t i = 1000 + lead; i + 3 < sizeof(text); i += 3)
			memcpy(text + i, "\346\227\245", 3);
		text[sizeof(text) - 4] = '\0';
		vt_canvas_init(&c, 1200, 1, false);
		(void)vt_canvas_printf(&c, 0, 0, 1200, VT_ROLE_TEXT, "%s", text);
		shows = dump(&c, false);
		cr_expect_null(strchr(shows, '\\'), "lead %zu", lead);
		vt_canvas_finish(&c);
	}
}

Test(canvas, right)
{
	static const struct {
		int width;
		const char *raw, *shows;
	} cases[] = {
		{ 5, "ab", "   ab\n" },
		{ 5, "\346\227\245", "   \346\227\245\n" },
		{ 2, "abc", "ab\n" },
		{ 6, "\033", "  \\x1b\n" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_autofree char *shows = NULL;
		struct vt_canvas c;

		vt_canvas_init(&c, 10, 1, false);
		vt_canvas_right(&c, 0, 0, cases[i].width, VT_ROLE_TEXT, cases[i].raw);
		shows = dump(&c, false);
		cr_expect_str_eq(shows, cases[i].shows, "case %zu: %s", i, shows);
		vt_canvas_finish(&c);
	}
}

Test(canvas, bar)
{
	static const struct {
		double value, tick;
		bool ascii;
		const char *shows;
	} cases[] = {
		{ 0, -1, false, "{track}▁▁▁▁{/}\n" },
		{ 0.5, -1, false, "{bar}██{track}▁▁{/}\n" },
		{ 0.0001, -1, false, "{bar}▏{track}▁▁▁{/}\n" }, /* something is not nothing */
		{ 0.8, -1, false, "{warn}███▎{/}\n" },
		{ 0.95, -1, false, "{bad}███▊{/}\n" },
		{ 1, -1, false, "{bad}████{/}\n" },
		{ 7, -1, false, "{bad}████{/}\n" },
		{ -1, -1, false, "{track}▁▁▁▁{/}\n" },
		{ 0.25, 1, false, "{bar}█{track}▁▁{tick}│{/}\n" },
		{ NAN, -1, false, "{dim}–{/}\n" },
		{ 0.5, -1, true, "{bar}##{track}..{/}\n" },
		{ NAN, -1, true, "{dim}-{/}\n" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_autofree char *shows = NULL;
		struct vt_canvas c;

		vt_canvas_init(&c, 4, 1, cases[i].ascii);
		vt_canvas_bar(&c, 0, 0, 4, cases[i].value, cases[i].tick);
		shows = dump(&c, true);
		cr_expect_str_eq(shows, cases[i].shows, "case %zu: %s", i, shows);
		vt_canvas_finish(&c);
	}
}

Test(canvas, spark)
{
	static const float values[] = { 0, 50, -1, 100, NAN, 200 };
	vt_autofree char *all = NULL, *last = NULL, *few = NULL, *no_top = NULL;
	struct vt_canvas c;

	vt_canvas_init(&c, 8, 1, false);
	vt_canvas_spark(&c, 0, 0, 6, values, 6, 100);
	all = dump(&c, false);
	cr_expect_str_eq(all, "▁▅ █ █\n", "%s", all);
	vt_canvas_clear(&c);
	vt_canvas_spark(&c, 0, 0, 3, values, 6, 100);
	last = dump(&c, false);
	cr_expect_str_eq(last, "█ █\n", "the last ones: %s", last);
	vt_canvas_clear(&c);
	vt_canvas_spark(&c, 0, 0, 4, values, 2, 100);
	few = dump(&c, false);
	cr_expect_str_eq(few, "  ▁▅\n", "at the right: %s", few);
	vt_canvas_clear(&c);
	vt_canvas_spark(&c, 0, 0, 2, values, 2, 0);
	no_top = dump(&c, false);
	cr_expect_str_eq(no_top, "▁█\n", "without a top: %s", no_top);
	vt_canvas_finish(&c);
}

/* The height is of what it reached, the colour of how near that is to the limit. */
Test(canvas, spark_below_a_limit)
{
	static const float values[] = { 0, 50, 85, 100 };
	static const struct {
		double limit;
		bool ascii;
		const char *roles;
	} cases[] = {
		{ INFINITY, false, "{track}▁{bar}▅▇█{/}\n" },
		{ 1000, false, "{track}▁{bar}▅▇█{/}\n" },
		{ 100, false, "{track}▁{bar}▅{warn}▇{bad}█{/}\n" },
		{ 100, true, "{track}.{bar}+{warn}#{bad}#{/}\n" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_autofree char *roles = NULL;
		struct vt_canvas c;

		vt_canvas_init(&c, 4, 1, cases[i].ascii);
		vt_canvas_spark_limit(&c, 0, 0, 4, values, 4, 100, cases[i].limit);
		roles = dump(&c, true);
		cr_expect_str_eq(roles, cases[i].roles, "case %zu: %s", i, roles);
		vt_canvas_finish(&c);
	}
}

Test(canvas, dump_of_roles)
{
	vt_autofree char *shows = NULL;
	struct vt_canvas c;

	vt_canvas_init(&c, 8, 2, false);
	(void)vt_canvas_text(&c, 0, 0, 8, VT_ROLE_WARN, "a{");
	(void)vt_canvas_text(&c, 2, 0, 8, VT_ROLE_TEXT, "b");
	(void)vt_canvas_text(&c, 0, 1, 8, VT_ROLE_BAD, "c");
	vt_canvas_cursor_row(&c, 0, 1, 2);
	vt_canvas_paint(&c, 1, 1, 1, VT_ROLE_DIM);
	shows = dump(&c, true);
	cr_expect_str_eq(shows, "{warn}a{{{/}b\n{bad+cursor}c{/}\n", "%s", shows);
	vt_canvas_finish(&c);
}

Test(canvas, frame_hides_what_is_below)
{
	vt_autofree char *shows = NULL;
	struct vt_canvas c;

	vt_canvas_init(&c, 12, 3, false);
	vt_canvas_fill(&c, 0, 1, 12, VT_ROLE_BAD, "x");
	vt_canvas_frame(&c, 1, 0, 10, 3, "t");
	shows = dump(&c, false);
	cr_expect_str_eq(shows, " ┌─ t ────┐\nx│        │x\n └────────┘\n", "%s", shows);
	vt_canvas_finish(&c);
}

Test(canvas, resize_clears)
{
	struct vt_canvas c;

	vt_canvas_init(&c, 3, 3, false);
	(void)vt_canvas_text(&c, 0, 0, 3, VT_ROLE_BAD, "abc");
	vt_canvas_resize(&c, -5, 0);
	cr_expect_eq(c.cols, 1);
	cr_expect_eq(c.rows, 1);
	cr_expect_str_eq(c.cells[0].text, " ");
	cr_expect_eq(c.cursor_x, -1);
	vt_canvas_finish(&c);
}
