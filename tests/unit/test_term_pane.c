/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal in a pane: its grid against libvterm's own, its keys, its program. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <vterm.h>

#include "../../src/apply_spawn.h"
#include "../../ui/term_pane.h"

enum {
	COLS = 20,
	ROWS = 6
};

static void set_locale(void)
{
	(void)setlocale(LC_ALL, "C.UTF-8");
}
TestSuite(grid, .init = set_locale);
TestSuite(term_pane, .init = set_locale);

static long now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What the cell of a canvas should be for one of libvterm's, said in another way than the grid's.
 */
static void check_cell(VTermScreen *screen, const struct vt_canvas *c, int x, int y,
		       const char *what)
{
	VTermPos at = { .row = y, .col = x };
	VTermRect one = { y, y + 1, x, x + 1 };
	const struct vt_cell *cell = &c->cells[y * c->cols + x];
	VTermScreenCell expected;
	char text[32] = "";
	size_t n;

	cr_assert(vterm_screen_get_cell(screen, at, &expected));
	n = vterm_screen_get_text(screen, text, sizeof(text) - 1, one);
	text[n] = '\0';
	/* The right half of a wide character. */
	if (expected.chars[0] == (uint32_t)-1) {
		cr_assert_str_empty(cell->text, "%s at %d,%d", what, x, y);
		return;
	}
	cr_assert_str_eq(cell->text, n ? text : " ", "%s at %d,%d: '%s' and not '%s'", what, x, y,
			 cell->text, text);
	cr_assert(cell->own);
	cr_assert_eq(!!(cell->style.attrs & VT_ATTR_BOLD), expected.attrs.bold, "%s", what);
	cr_assert_eq(!!(cell->style.attrs & VT_ATTR_REVERSE), expected.attrs.reverse, "%s", what);
	cr_assert_eq(!!(cell->style.attrs & VT_ATTR_UNDERLINE), expected.attrs.underline != 0);
	cr_assert_eq(!!(cell->style.attrs & VT_ATTR_ITALIC), expected.attrs.italic, "%s", what);
	if (VTERM_COLOR_IS_DEFAULT_FG(&expected.fg))
		cr_assert_eq(cell->style.fg, VT_COLOUR_DEFAULT, "%s", what);
	else if (VTERM_COLOR_IS_INDEXED(&expected.fg))
		cr_assert_eq(cell->style.fg, expected.fg.indexed.idx, "%s", what);
	else
		cr_assert_eq(cell->style.fg & 255, expected.fg.rgb.blue, "%s", what);
}

static VTermScreen *new_reference(VTerm **ret)
{
	VTermScreen *screen;

	*ret = vterm_new(ROWS, COLS);
	vterm_set_utf8(*ret, 1);
	screen = vterm_obtain_screen(*ret);
	vterm_screen_enable_altscreen(screen, 1);
	vterm_screen_reset(screen, 1);
	return screen;
}

/* In pieces: a sequence may be cut anywhere. */
static void compare(const char *what, const char *bytes, size_t n)
{
	struct vt_grid *g = vt_grid_new(COLS, ROWS);
	struct vt_canvas c;
	VTerm *vterm;
	VTermScreen *screen = new_reference(&vterm);
	VTermPos cursor;

	vt_canvas_init(&c, COLS, ROWS, false);
	vterm_input_write(vterm, bytes, n);
	for (size_t i = 0; i < n; i++)
		vt_grid_write(g, bytes + i, 1);
	vt_grid_draw(g, &c, 0, 0, true);
	for (int y = 0; y < ROWS; y++)
		for (int x = 0; x < COLS; x++)
			check_cell(screen, &c, x, y, what);
	vterm_state_get_cursorpos(vterm_obtain_state(vterm), &cursor);
	if (c.cursor_x >= 0) {
		cr_assert_eq(c.cursor_x, cursor.col, "%s", what);
		cr_assert_eq(c.cursor_y, cursor.row, "%s", what);
	}
	vt_canvas_finish(&c);
	vt_grid_free(g);
	vterm_free(vterm);
}

Test(grid, is_what_libvterm_has)
{
	static const struct {
		const char *what, *bytes;
	} cases[] = {
		{ "text", "one\r\ntwo\r\nthree" },
		{ "wrapping", "abcdefghijklmnopqrstuvwxyz" },
		{ "cursor addressing", "\033[2J\033[3;5Hx\033[1;1Hy\033[6;20Hz\033[99;99Hq" },
		{ "relative moves", "abc\033[2Dx\033[Ay\033[3Bz\033[4Cw\033[Eq" },
		{ "erase", "aaaaaaaa\r\nbbbbbbbb\033[1;4H\033[K\033[2;4H\033[1K\033[J" },
		{ "insert and delete", "abcdef\r\nghijkl\033[1;2H\033[2@\033[2P\033[L\033[M" },
		{ "scroll region", "\033[2;4r\033[2;1Ha\r\nb\r\nc\r\nd\r\ne\033[r\033[1;1Hx" },
		{ "reverse index", "top\033[1;1H\033Mabove" },
		{ "save and restore", "ab\0337\033[5;5Hcd\0338ef" },
		{ "tabs", "a\tb\tc\033[3g\033[1;5H\033H\r\td" },
		{ "attributes", "\033[1mb\033[3mi\033[4mu\033[7mr\033[0mn\033[22;23;24;27mo" },
		{ "16 colours", "\033[31mr\033[42mg\033[95mm\033[39;49md" },
		{ "256 colours", "\033[38;5;208mo\033[48;5;17mb\033[0m" },
		{ "true colours", "\033[38;2;1;2;3mx\033[48;2;4;5;6my" },
		{ "line drawing", "\033(0lqqk\033(Bx" },
		{ "wide", "\344\270\255\346\226\207x\r\n1234567890123456789\344\270\255" },
		{ "combining", "e\314\201a\314\210x" },
		{ "alternate screen", "before\033[?1049h\033[2J\033[Hinside" },
		{ "and back", "before\033[?1049h\033[2J\033[Hinside\033[?1049lafter" },
		{ "cursor hidden", "abc\033[?25l" },
		{ "reverse screen", "abc\033[?5h" },
		{ "alignment test", "\033#8" },
		{ "titles", "\033]0;a title\007x\033]2;another\033\\y" },
		{ "junk", "\033[999999999999;3Ha\033[;;;;;;mb\033P+q\033\\c\377\376d\033[?9999h" },
		{ "repeating", "-\033[5bx\r\n\303\251\033[2bx\r\n+\033[b\r\n=\033[99b" },
		{ "many numbers", "\033[1;4;31;1;4;31;1;4;31;1;4;31;1;4mx" },
		{ "scrolling", "1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8\r\n9" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++)
		compare(cases[i].what, cases[i].bytes, strlen(cases[i].bytes));
}

/* What a key sends after the program chose a mode. */
Test(grid, keys)
{
	static const struct {
		const char *mode;
		struct vt_event_in key;
		const char *bytes;
	} cases[] = {
		{ "", { .key = 'a' }, "a" },
		{ "", { .key = 0xe9 }, "\303\251" },
		{ "", { .key = 3 }, "\003" },
		{ "", { .key = VT_KEY_ENTER }, "\r" },
		{ "", { .key = VT_KEY_ENTER, .typed = '\n' }, "\n" },
		{ "", { .key = VT_KEY_BACKSPACE }, "\177" },
		{ "", { .key = VT_KEY_BACKSPACE, .typed = 8 }, "\b" },
		{ "", { .key = VT_KEY_ESC }, "\033" },
		{ "", { .key = VT_KEY_TAB }, "\t" },
		{ "", { .key = VT_KEY_SHIFT_TAB }, "\033[Z" },
		{ "", { .key = VT_KEY_UP }, "\033[A" },
		{ "\033[?1h", { .key = VT_KEY_UP }, "\033OA" },
		{ "\033[?1h\033[?1l", { .key = VT_KEY_LEFT }, "\033[D" },
		{ "", { .key = VT_KEY_LEFT, .mods = VT_MOD_CTRL }, "\033[1;5D" },
		{ "", { .key = VT_KEY_F1 }, "\033OP" },
		{ "", { .key = VT_KEY_F1 + 4 }, "\033[15~" },
		{ "", { .key = VT_KEY_F12 }, "\033[24~" },
		{ "", { .key = VT_KEY_DELETE }, "\033[3~" },
		{ "", { .key = VT_KEY_PGUP }, "\033[5~" },
		/* Questions are answered. */
		{ "\033[3;4H\033[6n", { .key = 'x' }, "\033[3;4Rx" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_grid *g = vt_grid_new(COLS, ROWS);
		const char *bytes;
		size_t n;

		vt_grid_write(g, cases[i].mode, strlen(cases[i].mode));
		vt_grid_key(g, &cases[i].key);
		bytes = vt_grid_answers(g, &n);
		cr_expect_eq(n, strlen(cases[i].bytes), "case %zu: %zu bytes", i, n);
		cr_expect(n && memcmp(bytes, cases[i].bytes, n) == 0, "case %zu: %.*s", i, (int)n,
			  n ? bytes : "");
		vt_grid_answered(g, n);
		(void)vt_grid_answers(g, &n);
		cr_expect_eq(n, 0);
		vt_grid_free(g);
	}
}

static void expect_answer(struct vt_grid *g, const char *expected)
{
	size_t n;
	const char *bytes = vt_grid_answers(g, &n);

	cr_expect_eq(n, strlen(expected), "%.*s", (int)n, n ? bytes : "");
	cr_expect(!n || memcmp(bytes, expected, strlen(expected)) == 0);
	vt_grid_answered(g, n);
}

Test(grid, pastes)
{
	struct vt_grid *g = vt_grid_new(COLS, ROWS);

	vt_grid_paste(g, true);
	expect_answer(g, "");
	vt_grid_write(g, "\033[?2004h", 8);
	vt_grid_paste(g, true);
	expect_answer(g, "\033[200~");
	vt_grid_paste(g, false);
	expect_answer(g, "\033[201~");
	vt_grid_free(g);
}

Test(grid, mouse)
{
	struct vt_grid *g = vt_grid_new(COLS, ROWS);

	cr_expect_not(vt_grid_mouse(g, VT_MOUSE_CLICK, 3, 2));
	expect_answer(g, "");
	vt_grid_write(g, "\033[?1000h\033[?1006h", 16);
	cr_expect(vt_grid_mouse(g, VT_MOUSE_CLICK, 3, 2));
	expect_answer(g, "\033[<0;4;3M\033[<0;4;3m");
	cr_expect(vt_grid_mouse(g, VT_MOUSE_WHEEL_UP, 0, 0));
	expect_answer(g, "\033[<64;1;1M");
	vt_grid_free(g);
}

static void write_lines(struct vt_grid *g, int from, int to)
{
	for (int i = from; i <= to; i++) {
		char line[32];
		int n = snprintf(line, sizeof(line), "\r\nline %d", i);

		vt_grid_write(g, line, (size_t)n);
	}
}

static void expect_row(const struct vt_grid *g, int row, const char *expected)
{
	struct vt_canvas c;
	char text[COLS * VT_CELL_BYTES + 1] = "";
	size_t n = 0;

	vt_canvas_init(&c, COLS, ROWS, false);
	vt_grid_draw(g, &c, 0, 0, true);
	for (int x = 0; x < COLS; x++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s",
				      c.cells[row * COLS + x].text);
	while (n && text[n - 1] == ' ')
		text[--n] = '\0';
	cr_expect_str_eq(text, expected, "row %d is '%s' and not '%s'", row, text, expected);
	vt_canvas_finish(&c);
}

Test(grid, looks_back)
{
	struct vt_grid *g = vt_grid_new(COLS, ROWS);
	struct vt_event_in key = { .type = VT_IN_KEY, .key = 'x' };

	write_lines(g, 1, 100);
	expect_row(g, ROWS - 1, "line 100");
	cr_expect_eq(vt_grid_scroll(g, 10), 10);
	expect_row(g, ROWS - 1, "line 90");
	/* What comes meanwhile does not move it. */
	write_lines(g, 101, 103);
	expect_row(g, ROWS - 1, "line 90");
	cr_expect_eq(vt_grid_scroll(g, 0), 13);
	/* A key is typed at the end. */
	vt_grid_key(g, &key);
	expect_row(g, ROWS - 1, "line 103");
	cr_expect_eq(vt_grid_scroll(g, -5), 0);
	vt_grid_free(g);
}

Test(grid, history_is_bounded)
{
	struct vt_grid *g = vt_grid_new(COLS, ROWS);

	write_lines(g, 1, 3 * VT_GRID_HISTORY);
	cr_expect_eq(vt_grid_scroll(g, 1000000), VT_GRID_HISTORY);
	cr_expect_eq(vt_grid_scroll(g, -1), VT_GRID_HISTORY - 1);
	/* A full screen has no past. */
	vt_grid_write(g, "\033[?1049h", 8);
	cr_expect_eq(vt_grid_scroll(g, 1000000), 0);
	vt_grid_free(g);
}

Test(grid, keeps_lines_when_resized)
{
	struct vt_grid *g = vt_grid_new(COLS, ROWS);

	write_lines(g, 1, 10);
	vt_grid_resize(g, COLS, 3);
	vt_grid_resize(g, COLS, ROWS);
	expect_row(g, ROWS - 1, "line 10");
	expect_row(g, 0, "line 5");
	for (int cols = 1; cols < 40; cols++)
		vt_grid_resize(g, cols, cols % 7);
	vt_grid_write(g, "\344\270\255\344\270\255\344\270\255", 9);
	vt_grid_resize(g, COLS, ROWS);
	vt_grid_free(g);
}

/* A cursor that was saved when the screen was larger, a scroll region that is outside now. */
Test(grid, shrinks_below_what_was_saved)
{
	struct vt_grid *g = vt_grid_new(COLS, ROWS);

	vt_grid_write(g, "\033[6;20H\0337\033[4;4r", 15);
	vt_grid_resize(g, 6, 2);
	vt_grid_write(g, "\0338x\033[K\n\n\033[u\033[?1048ly", 20);
	vt_grid_write(g, "\033[2J\033[1;1Hon", 12);
	expect_row(g, 0, "on");
	vt_grid_free(g);
}

Test(grid, answers_are_bounded)
{
	struct vt_grid *g = vt_grid_new(COLS, ROWS);
	size_t n;

	for (int i = 0; i < VT_GRID_ANSWERS; i++)
		vt_grid_write(g, "\033[6n", 4);
	(void)vt_grid_answers(g, &n);
	cr_expect_leq(n, VT_GRID_ANSWERS);
	cr_expect(vt_grid_overflowed(g));
	cr_expect_not(vt_grid_overflowed(g));
	vt_grid_free(g);
}

/* Sequences that libvterm itself does not survive, or not before tomorrow. */
Test(grid, too_much)
{
	static const char *const cases[] = {
		"\033[::::::::::::::::::::::::::::::::::::::::::::[",
		"\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20;21;22;23;24;25;26;27m",
		"\033[999999999999999999999999S\033[99999999999999999999999@",
		"\033%%%%%[:::::::::::::::::::::::::::::::::::::::::::::",
		"\033#3\033#4\033#6\033#\033#x",
		"\033[b\033[99999b\342\200\213\033[3b",
		"\033[?1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1h",
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_grid *g = vt_grid_new(COLS, ROWS);

		vt_grid_write(g, cases[i], strlen(cases[i]));
		vt_grid_write(g, "\033[2J\033[1;1Hgoes on", 17);
		expect_row(g, 0, "goes on");
		vt_grid_free(g);
	}
}

/* Any bytes at all, of a fixed sequence of numbers, and sizes between: it goes on. */
Test(grid, noise)
{
	static const char alphabet[] = "\033[];?0123456789ABCDHJKLMPhlmr\r\n x\344\270\255\0\377";
	struct vt_grid *g = vt_grid_new(COLS, ROWS);
	unsigned state = 1;
	char bytes[4000];

	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			state = state * 1103515245 + 12345;
			bytes[i] = alphabet[state / 65536 % (sizeof(alphabet) - 1)];
		}
		vt_grid_write(g, bytes, sizeof(bytes));
		vt_grid_resize(g, 4 + round * 7 % 30, 2 + round * 5 % 11);
	}
	vt_grid_resize(g, COLS, ROWS);
	vt_grid_write(g, "\030\033c\033[2J\033[1;1Hgoes on", 20);
	expect_row(g, 0, "goes on");
	vt_grid_free(g);
}

/* A pane with a program in no namespace of its own: that needs no privilege. */
static struct vt_term_pane *start_pane(const char *script, struct vt_error *err)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	struct vt_spawn spawn = { .pane = true, .argv = argv };
	struct vt_spawned spawned = { 0 };
	struct vt_term_pane *p;
	vt_autoclose int tty = -1;
	struct vt_host host;
	int r;

	if (!script)
		argv[0] = "/nowhere/nothing";
	cr_assert_eq(vt_term_pane_open(&p, 40, 10, &tty, err), 0, "%s", err->msg);
	spawn.tty = tty;
	cr_assert_eq(vt_host_open(&host, "/", err), 0, "%s", err->msg);
	r = vt_spawn_run(&host, &spawn, -1, -1, &spawned, err);
	vt_host_close(&host);
	if (r < 0) {
		vt_term_pane_free(p);
		return NULL;
	}
	cr_assert_gt(spawned.child, 0);
	vt_term_pane_run(p, spawned.child, "sh");
	return p;
}

static bool has_text(const struct vt_term_pane *p, const char *text)
{
	vt_autofree char *all = NULL;
	struct vt_canvas c;
	size_t size;
	FILE *out = open_memstream(&all, &size);
	bool found;

	vt_canvas_init(&c, 40, 10, false);
	vt_grid_draw(p->grid, &c, 0, 0, false);
	vt_canvas_dump(&c, out);
	vt_canvas_finish(&c);
	(void)fclose(out);
	found = strstr(all, text) != NULL;
	return found;
}

/* Until the text is there, or (NULL) the program has ended. */
static bool work_until(struct vt_term_pane *p, const char *text)
{
	long until = now_ms() + 10000;

	while (now_ms() < until) {
		struct pollfd fds[2];
		int n = vt_term_pane_poll(p, fds);

		if (n)
			(void)poll(fds, (nfds_t)n, 50);
		(void)vt_term_pane_work(p);
		if (text ? has_text(p, text) : p->ended)
			return true;
	}
	return false;
}

/* Of CPU by this thread, whatever else runs meanwhile. */
static long worked_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void type(struct vt_term_pane *p, const char *text)
{
	for (; *text; text++)
		vt_grid_key(p->grid, &(struct vt_event_in){ .type = VT_IN_KEY,
							    .key = (unsigned char)*text });
}

Test(term_pane, ends_as_its_program)
{
	static const struct {
		const char *script, *says;
	} cases[] = {
		{ "exit 3", "ended with status 3" },
		{ "exit 0", "ended with status 0" },
		{ "kill -KILL $$", "was ended by Killed" },
		{ "sleep 100 & exit 4", "ended with status 4" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_error err = { 0 };
		struct vt_term_pane *p = start_pane(cases[i].script, &err);
		char says[80];

		cr_assert_not_null(p, "%s", err.msg);
		cr_assert(work_until(p, NULL), "%s", cases[i].script);
		vt_term_pane_say_end(p, says, sizeof(says));
		cr_expect_str_eq(says, cases[i].says);
		vt_term_pane_free(p);
	}
}

Test(term_pane, says_what_cannot_start)
{
	struct vt_error err = { 0 };

	cr_assert_null(start_pane(NULL, &err));
	cr_expect_not_null(strstr(err.msg, "/nowhere/nothing"), "%s", err.msg);
	/* Nothing is left to wait for. */
	cr_expect(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

Test(term_pane, is_a_terminal)
{
	struct vt_error err = { 0 };
	struct vt_term_pane *p = start_pane(
		"stty size; echo $TERM; tty >/dev/tty && read x; echo got $x", &err);

	cr_assert_not_null(p, "%s", err.msg);
	cr_assert(work_until(p, "xterm-256color"));
	cr_expect(has_text(p, "10 40"));
	cr_assert(work_until(p, "/dev/pts/"));
	type(p, "hello\r");
	cr_expect(work_until(p, "got hello"));
	cr_expect(work_until(p, NULL));
	vt_term_pane_free(p);
}

Test(term_pane, hears_of_its_size)
{
	struct vt_error err = { 0 };
	struct vt_term_pane *p = start_pane(
		"trap 'stty size' WINCH; echo ready; while :; do sleep 0.1; done", &err);

	cr_assert_not_null(p, "%s", err.msg);
	cr_assert(work_until(p, "ready"));
	vt_term_pane_resize(p, 33, 9);
	cr_expect(work_until(p, "9 33"));
	vt_term_panes_end(&p, 1);
}

/* Descriptors of ours that are not even close-on-exec do not get in. */
Test(term_pane, has_no_descriptor_of_ours)
{
	struct vt_error err = { 0 };
	int leak = fcntl(2, F_DUPFD, 50);
	struct vt_term_pane *p = start_pane(
		"cd /proc/self/fd && echo have * && [ ! -e 50 ] && echo clean", &err);

	cr_assert_not_null(p, "%s", err.msg);
	cr_assert_geq(leak, 50);
	cr_expect(work_until(p, "clean"));
	(void)close(leak);
	vt_term_panes_end(&p, 1);
}

/* What writes without end is read in bites, and the key that stops it gets through. */
Test(term_pane, flood_does_not_hold_up)
{
	struct vt_error err = { 0 };
	struct vt_term_pane *p = start_pane("yes 0123456789012345678901234567890123456789", &err);
	long began, longest = 0;

	cr_assert_not_null(p, "%s", err.msg);
	cr_assert(work_until(p, "0123456789"));
	for (long until = now_ms() + 500; now_ms() < until;) {
		began = worked_ms();
		(void)vt_term_pane_work(p);
		if (worked_ms() - began > longest)
			longest = worked_ms() - began;
	}
	cr_expect_lt(longest, 400, "one go took %ld ms of CPU", longest);
	type(p, "\003");
	cr_expect(work_until(p, NULL), "Ctrl-C did not stop it");
	cr_expect(WIFSIGNALED(p->status) && WTERMSIG(p->status) == SIGINT);
	vt_term_panes_end(&p, 1);
}

/* What does not read fills a queue that has an end, and nobody waits. */
Test(term_pane, who_does_not_read_holds_up_nobody)
{
	struct vt_error err = { 0 };
	struct vt_term_pane *p = start_pane("stty raw -echo; echo ready; sleep 100", &err);

	cr_assert_not_null(p, "%s", err.msg);
	cr_assert(work_until(p, "ready"));
	for (int i = 0; i < 2 * VT_GRID_ANSWERS; i++) {
		type(p, "x");
		if (i % 1000 == 0)
			(void)vt_term_pane_work(p);
	}
	cr_expect(vt_grid_overflowed(p->grid));
	vt_term_panes_end(&p, 1);
}

/* Whatever it ignores, it ends with its pane. */
Test(term_pane, ends_with_its_pane)
{
	struct vt_error err = { 0 };
	struct vt_term_pane *p = start_pane(
		"trap '' HUP TERM; echo ready; while :; do sleep 0.1; done", &err);
	pid_t child;

	cr_assert_not_null(p, "%s", err.msg);
	cr_assert(work_until(p, "ready"));
	child = p->child;
	vt_term_panes_end(&p, 1);
	cr_expect(kill(child, 0) < 0 && errno == ESRCH);
}
