/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lies over the view: editing a text, forms, menus and texts that scroll. */
#include <criterion/criterion.h>
#include <locale.h>

#include "../../src/text.h"
#include "../../ui/popup.h"

static struct vt_app app;
static struct vt_canvas canvas;
static int freed, said_yes;

static void set_up(void)
{
	(void)setlocale(LC_ALL, "C.UTF-8");
	vt_canvas_init(&canvas, 80, 24, false);
}

static void tear_down(void)
{
	vt_popup_close_all(&app);
	vt_canvas_finish(&canvas);
}
TestSuite(popup, .init = set_up, .fini = tear_down);

static void draw(void)
{
	vt_canvas_clear(&canvas);
	app.popup->draw(app.popup, &app, &canvas);
}

/* Presses the keys of a script, drawing before each as the program does. */
static void press(const char *script)
{
	struct vt_error err = { 0 };
	struct vt_event_in event;
	const char *at = script;
	bool wait;

	while (app.popup && vt_key_script_next(script, &at, &event, &wait, &err) > 0) {
		draw();
		vt_popup_event(&app, &event);
	}
	cr_assert_str_empty(err.msg);
	cr_assert_str_empty(at, "closed before %s", at);
}

static void paste(const char *text)
{
	struct vt_event_in event = { .type = VT_IN_PASTED };

	for (; *text; text++) {
		event.key = *text == '\n' ? VT_KEY_ENTER : (uint32_t)*text;
		vt_popup_event(&app, &event);
		cr_assert_not_null(app.popup, "closed by %s", text);
	}
}

static bool canvas_has(const char *text)
{
	vt_autofree char *all = NULL;
	size_t size;
	FILE *out = open_memstream(&all, &size);
	bool found;

	draw();
	vt_canvas_dump(&canvas, out);
	(void)fclose(out);
	found = strstr(all, text) != NULL;
	return found;
}

static void count_free(void *arg)
{
	(void)arg;
	freed++;
}

static bool edit(int type, uint32_t key, char *text, size_t size)
{
	struct vt_event_in event = { .key = key };

	event.type = type;
	return vt_edit_text(text, size, &event);
}

Test(edit, keys)
{
	static const struct {
		const char *before;
		uint32_t key;
		const char *after;
		bool edits;
	} cases[] = {
		{ "ab", 'c', "abc", true },
		{ "ab", ' ', "ab ", true },
		{ "ab", VT_KEY_BACKSPACE, "a", true },
		{ "", VT_KEY_BACKSPACE, "", true },
		{ "a\303\251", VT_KEY_BACKSPACE, "a", true },
		{ "\360\237\230\200", VT_KEY_BACKSPACE, "", true },
		{ "a\346\227\245", VT_KEY_BACKSPACE, "a", true },
		{ "ab", 0xe9, "ab\303\251", true },
		{ "ab", 0x65e5, "ab\346\227\245", true },
		{ "ab", 0x1f600, "ab\360\237\230\200", true },
		{ "ab", 0x15, "", true },
		{ "abcdef", 'g', "abcdefg", true }, /* seven bytes and the end are eight */
		{ "abcdefg", 'h', "abcdefg", false },
		{ "abcdef", 0xe9, "abcdef", false }, /* no half of a character */
		{ "ab", 1, "ab", false },
		{ "ab", 27, "ab", false },
		{ "ab", VT_KEY_UP, "ab", false },
		{ "ab", VT_KEY_F1, "ab", false },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		char text[8];

		(void)snprintf(text, sizeof(text), "%s", cases[i].before);
		cr_expect_eq(edit(VT_IN_KEY, cases[i].key, text, sizeof(text)), cases[i].edits,
			     "case %zu", i);
		cr_expect_str_eq(text, cases[i].after, "case %zu: %s", i, text);
	}
}

/* What is pasted adds to a text, whatever is in it. */
Test(edit, pastes)
{
	char text[8] = "ab";

	cr_expect_not(edit(VT_IN_PASTED, VT_KEY_BACKSPACE, text, sizeof(text)));
	cr_expect_not(edit(VT_IN_PASTED, 0x15, text, sizeof(text)));
	cr_expect_not(edit(VT_IN_PASTED, VT_KEY_PASTE_BEGIN, text, sizeof(text)));
	cr_expect_not(edit(VT_IN_PASTED, VT_KEY_ENTER, text, sizeof(text)));
	cr_expect(edit(VT_IN_PASTED, 'c', text, sizeof(text)));
	cr_expect_str_eq(text, "abc");
}

/* Whatever is typed, the field holds clean text. */
Test(edit, stays_clean)
{
	for (uint32_t key = 0; key < 0x3000; key++) {
		char text[16] = "a";

		(void)edit(VT_IN_KEY, key, text, sizeof(text));
		if (key < 0x200b || key > 0x206f) /* bidirectional controls are shown escaped */
			cr_assert(vt_text_clean(text) || key == 0x61c, "key %x", key);
	}
}

/* --- forms --- */

static const char *const colours[] = { "red", "green", "blue", NULL };
static int changes, submits;
static size_t changed_field;
static bool accepts;

static void on_changed(struct vt_form *form, size_t field)
{
	(void)form;
	changes++;
	changed_field = field;
}

static bool on_submit(struct vt_app *a, struct vt_form *form)
{
	(void)a;
	(void)form;
	submits++;
	return accepts;
}

static char *on_says(struct vt_form *form)
{
	return vt_asprintf("name is %s\nand more", form->fields[0].text);
}

static struct vt_field fields[] = {
	{ .type = VT_FIELD_TEXT, .label = "name" },
	{ .type = VT_FIELD_CHECK, .label = "one", .width = 12 },
	{ .type = VT_FIELD_CHECK, .label = "two", .width = 12, .same_line = true },
	{ .type = VT_FIELD_CHOICE, .label = "colour", .choices = colours },
};

static void open_form(void)
{
	const struct vt_form form = {
		.title = "A form",
		.fields = fields,
		.n_fields = VT_LEN(fields),
		.changed = on_changed,
		.says = on_says,
		.submit = on_submit,
		.free_arg = count_free,
	};

	vt_popup_form(&app, &form);
	draw();
}

Test(popup, form_edits_its_fields)
{
	open_form();
	press("al\303\251x<BS>");
	cr_expect_str_eq(fields[0].text, "al\303\251");
	cr_expect_eq(changes, 5);
	cr_expect(canvas_has("name is al\303\251"), "the lines below follow");
	press("<Tab><Space>");
	cr_expect_eq(fields[1].value, 1);
	cr_expect_eq(changed_field, 1);
	cr_expect(canvas_has("[x] one"));
	press("<Right><Space>");
	cr_expect_eq(fields[2].value, 1);
	press("<Tab><Right>");
	cr_expect_eq(fields[3].value, 1);
	press("<Right><Right>"); /* round */
	cr_expect_eq(fields[3].value, 0);
	press("<Left>");
	cr_expect_eq(fields[3].value, 2);
	cr_expect(canvas_has("blue"));
	press("<Tab>x"); /* round to the first */
	cr_expect_str_eq(fields[0].text, "al\303\251x");
	press("<S-Tab><Space>");
	cr_expect_eq(fields[3].value, 0);
}

/* A letter that is a command elsewhere is a letter in a text. */
Test(popup, form_takes_letters_as_text)
{
	open_form();
	press("q?jk/y");
	cr_expect_str_eq(fields[0].text, "q?jk/y");
	cr_expect_not_null(app.popup);
	press("<Tab>q"); /* on a check box it leaves, as everywhere */
	cr_expect_null(app.popup);
	cr_expect_eq(freed, 1);
}

/* A line that is pasted with its end submits nothing, and on a check box it is nothing. */
Test(popup, form_takes_pastes_as_text)
{
	open_form();
	accepts = true;
	paste("q y\n");
	cr_expect_str_eq(fields[0].text, "q y");
	press("<Tab>");
	paste(" q\n");
	cr_expect_eq(fields[1].value, 0);
	cr_expect_eq(submits, 0);
}

Test(popup, form_goes_by_lines)
{
	open_form();
	press("<Down><Space>"); /* to the row of boxes */
	cr_expect_eq(fields[1].value, 1);
	press("<Down><Space>"); /* and over both to the choice */
	cr_expect_eq(fields[3].value, 1);
	press("<Up><Up>a");
	cr_expect_str_eq(fields[0].text, "a");
}

Test(popup, form_enter_and_escape)
{
	open_form();
	press("<Enter>");
	cr_expect_eq(submits, 1);
	cr_expect_not_null(app.popup, "refused: it stays open");
	accepts = true;
	press("<Enter>");
	cr_expect_eq(submits, 2);
	cr_expect_null(app.popup);
	cr_expect_eq(freed, 1);
	open_form();
	press("<Esc>");
	cr_expect_null(app.popup);
	cr_expect_eq(submits, 2);
	cr_expect_eq(freed, 2);
}

Test(popup, form_by_mouse)
{
	struct vt_event_in click = { .type = VT_IN_MOUSE, .mouse = VT_MOUSE_CLICK };

	open_form();
	for (click.y = 0; click.y < 24; click.y++) {
		const struct vt_cell *row = &canvas.cells[click.y * canvas.cols];

		for (click.x = 0; click.x < 78; click.x++)
			if (row[click.x].text[0] == '[' && row[click.x + 4].text[0] == 't')
				goto found;
	}
	cr_assert(false, "there is no box 'two'");
found:
	vt_popup_event(&app, &click);
	cr_expect_eq(fields[2].value, 1);
	cr_expect_eq(fields[1].value, 0);
}

Test(popup, form_shows_the_end_of_a_long_text)
{
	open_form();
	for (int i = 0; i < 30; i++)
		press("0123456789");
	cr_expect_eq(strlen(fields[0].text), sizeof(fields[0].text) - 1, "full, and no further");
	press("<C-u>");
	cr_expect_str_empty(fields[0].text);
	for (int i = 0; i < 15; i++)
		press("日本語");
	press("end");
	cr_expect(canvas_has("語end"));
	cr_expect_lt(canvas.cursor_x, canvas.cols);
	cr_expect_gt(canvas.cursor_x, 0);
}

/* --- menus --- */

static int chosen = -1;

static void on_choose(struct vt_app *a, const struct vt_menu_item *item, void *arg)
{
	(void)a;
	(void)arg;
	chosen = item->number;
}

static void open_menu(bool search)
{
	char label[16] = "first";
	struct vt_menu_item items[] = {
		{ .label = label, .value = "alpha", .number = 1 },
		{ .label = "second\033", .number = 2 },
		{ .label = "third", .value = "Beta", .number = 3 },
	};

	vt_popup_menu(&app, "A menu", items, VT_LEN(items), search, on_choose, NULL, count_free);
	memset(label, 'x', sizeof(label) - 1); /* they are copied */
	draw();
}

Test(popup, menu_chooses)
{
	open_menu(false);
	cr_expect(canvas_has("first"));
	cr_expect(canvas_has("second\\x1b"));
	press("jjjj<Enter>"); /* stops at the last */
	cr_expect_eq(chosen, 3);
	cr_expect_null(app.popup);
	cr_expect_eq(freed, 1);
	open_menu(false);
	press("<Down><Up><Up><Enter>");
	cr_expect_eq(chosen, 1);
	chosen = -1;
	open_menu(false);
	press("q");
	cr_expect_null(app.popup);
	open_menu(false);
	press("<Esc>");
	cr_expect_eq(chosen, -1);
	cr_expect_eq(freed, 4);
}

Test(popup, menu_narrows_down)
{
	open_menu(true);
	press("bETA"); /* values count too, in any case */
	cr_expect(canvas_has("third"));
	cr_expect_not(canvas_has("first"));
	press("<Enter>");
	cr_expect_eq(chosen, 3);
	open_menu(true);
	paste("beta\n");
	press("<Enter>");
	cr_expect_eq(chosen, 3);
	chosen = -1;
	open_menu(true);
	press("zzz");
	cr_expect(canvas_has("nothing has that"));
	press("<Down><PgDn><Up><BS><BS><BS>q"); /* q is a letter here */
	cr_expect_not_null(app.popup);
	press("<Esc>");
	cr_expect_eq(chosen, -1);
}

/* --- texts --- */

static void on_yes(struct vt_app *a, void *arg)
{
	(void)a;
	(void)arg;
	said_yes++;
}

static void open_text(bool asks)
{
	char text[2000] = "";

	for (int i = 0; i < 60; i++) {
		size_t n = strlen(text);

		(void)snprintf(text + n, sizeof(text) - n, "line %d\033\n", i);
	}
	vt_popup_text(&app, "A\007 text", text, "keys", asks ? on_yes : NULL, NULL, count_free);
	draw();
}

Test(popup, text_scrolls)
{
	open_text(false);
	cr_expect(canvas_has("line 0\\x1b"));
	cr_expect(canvas_has("A\\x07 text"));
	cr_expect_not(canvas_has("line 59"));
	press("j");
	cr_expect_not(canvas_has("line 0\\x1b"));
	press("<End>");
	cr_expect(canvas_has("line 59"));
	press("<PgDn><Down>");
	cr_expect(canvas_has("line 59"));
	press("<Home><Up><PgUp>");
	cr_expect(canvas_has("line 0\\x1b"));
	press("q");
	cr_expect_null(app.popup);
	cr_expect_eq(freed, 1);
}

/* Only y applies a plan: Enter, Space and the mouse do not. */
Test(popup, text_that_asks)
{
	struct vt_event_in click = { .type = VT_IN_MOUSE, .mouse = VT_MOUSE_DOUBLE };

	open_text(true);
	press("<Enter><Space>nY");
	vt_popup_event(&app, &click);
	paste("y\nq");
	cr_expect_eq(said_yes, 0);
	cr_expect_not_null(app.popup);
	press("y");
	cr_expect_eq(said_yes, 1);
	cr_expect_null(app.popup);
	cr_expect_eq(freed, 1);
	open_text(true);
	press("<Esc>");
	cr_expect_eq(said_yes, 1);
}

/* The upper one has the keys. */
Test(popup, stack)
{
	open_text(false);
	open_menu(false);
	press("<Enter>");
	cr_expect_eq(chosen, 1);
	cr_expect_not_null(app.popup, "the text is still there");
	press("q");
	cr_expect_null(app.popup);
	open_text(false);
	open_form();
	vt_popup_close_all(&app);
	cr_expect_null(app.popup);
	cr_expect_eq(freed, 4);
}

/* Every kind on every canvas, also one that is much too small. */
Test(popup, any_size)
{
	for (int kind = 0; kind < 4; kind++) {
		if (kind == 0)
			open_text(true);
		else if (kind == 3)
			open_form();
		else
			open_menu(kind == 1);
		for (int cols = 1; cols < 60; cols += 3)
			for (int rows = 1; rows < 14; rows++) {
				vt_canvas_resize(&canvas, cols, rows);
				press("<Down><PgDn><PgDn><Up><Tab><End>");
			}
		vt_canvas_resize(&canvas, 80, 24);
		vt_popup_close_all(&app);
	}
}

/* What does not fit a line goes on below where its second column began. */
Test(popup, second_columns)
{
	static const char *const lines[] = {
		" a title that is so long that it has to be wrapped: it goes on at the left.....\n",
		"  <Enter> x      what is longer than the line is wide and so goes on in its "
		"column\n",
		"  one word after another and no second column, which is wrapped at the left too\n",
	};
	vt_autofree char *text = vt_asprintf("%s%s%s", lines[0] + 1, lines[1], lines[2]);

	vt_popup_text(&app, "Help", text, "Esc leave", NULL, NULL, NULL);
	cr_expect(canvas_has("│ left....."));
	cr_expect(canvas_has("│                  column"), "below its column");
	cr_expect(canvas_has("│ too"));
}
