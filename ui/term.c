/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal, through ncurses: the only file that knows curses. Signals that
 * end the program restore it with bytes prepared beforehand, since nothing of
 * curses may be called in a handler.
 */
#include "term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "../src/idmap.h"
#include "../src/text.h"

struct vt_term {
	SCREEN *screen;
	struct vt_theme theme;
	struct vt_canvas shown; /* what the terminal has */
	bool shown_valid, utf8, mouse, ended, pasting;
	struct vt_idmap pairs; /* fg and bg to the number of a colour pair */
	int n_pairs;
	struct timespec last_click;
	int last_x, last_y;
};

/* What handlers need: there is one terminal, and handlers take no argument. */
static struct {
	struct termios saved;
	char bytes[256];
	size_t n;
	volatile sig_atomic_t armed, ending, resized, continued;
	int pipe[2];
} emergency = { .pipe = { -1, -1 } };

static const int fatal_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
static const int ending_signals[] = { SIGTERM, SIGHUP, SIGQUIT, SIGINT };

static void restore_now(void)
{
	if (!emergency.armed)
		return;
	emergency.armed = 0;
	(void)!write(STDOUT_FILENO, emergency.bytes, emergency.n);
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &emergency.saved);
}

static void on_fatal(int sig)
{
	restore_now();
	/* SA_RESETHAND has put the default back: die of the same signal. */
	(void)raise(sig);
}

static void wake(void)
{
	int saved = errno;

	(void)!write(emergency.pipe[1], "", 1);
	errno = saved;
}

static void on_ending(int sig)
{
	(void)sig;
	emergency.ending = 1;
	wake();
}

static void on_resize(int sig)
{
	(void)sig;
	emergency.resized = 1;
	wake();
}

static void on_continue(int sig)
{
	(void)sig;
	emergency.continued = 1;
	wake();
}

static void add_bytes(const char *capability)
{
	const char *s = tigetstr(capability);
	size_t n;

	if (!s || s == (const char *)-1)
		return;
	/* Padding ($<5>) is for terminals that no longer exist: leave it out. */
	n = strcspn(s, "$");
	if (emergency.n + n < sizeof(emergency.bytes)) {
		memcpy(emergency.bytes + emergency.n, s, n);
		emergency.n += n;
	}
}

static void prepare_bytes(bool mouse)
{
	static const char mouse_off[] = "\033[?1000l\033[?1002l\033[?1006l";
	static const char paste_off[] = "\033[?2004l";

	emergency.n = 0;
	if (mouse) {
		memcpy(emergency.bytes, mouse_off, sizeof(mouse_off) - 1);
		emergency.n = sizeof(mouse_off) - 1;
	}
	memcpy(emergency.bytes + emergency.n, paste_off, sizeof(paste_off) - 1);
	emergency.n += sizeof(paste_off) - 1;
	add_bytes("sgr0");
	add_bytes("op");
	add_bytes("rmkx");
	add_bytes("cnorm");
	add_bytes("rmcup");
}

static void handle(int sig, void (*handler)(int), int flags)
{
	struct sigaction sa = { .sa_handler = handler, .sa_flags = flags };

	(void)sigemptyset(&sa.sa_mask);
	(void)sigaction(sig, &sa, NULL);
}

/* A stack of its own: the fault may be that the stack is full. */
static void use_own_stack(void)
{
	static char memory[64 * 1024];
	stack_t stack = { .ss_sp = memory, .ss_size = sizeof(memory) };

	(void)sigaltstack(&stack, NULL);
}

static void install_handlers(void)
{
	use_own_stack();
	for (size_t i = 0; i < VT_LEN(fatal_signals); i++)
		handle(fatal_signals[i], on_fatal, (int)(SA_RESETHAND | SA_ONSTACK | SA_NODEFER));
	for (size_t i = 0; i < VT_LEN(ending_signals); i++)
		handle(ending_signals[i], on_ending, SA_RESTART);
	handle(SIGWINCH, on_resize, SA_RESTART);
	handle(SIGCONT, on_continue, SA_RESTART);
	handle(SIGPIPE, SIG_IGN, 0);
	/* Who ignores it is not told how a child ended. */
	handle(SIGCHLD, SIG_DFL, 0);
	(void)atexit(restore_now);
}

static bool wants_no_colour(void)
{
	const char *no_color = getenv("NO_COLOR");

	return (no_color && no_color[0]) || COLORS < 8 || !has_colors();
}

static void take_theme(struct vt_term *t, const struct vt_theme *theme)
{
	t->theme = *theme;
	if (wants_no_colour())
		vt_theme_mono(&t->theme);
	vt_idmap_clear(&t->pairs);
	t->n_pairs = 0;
	t->shown_valid = false;
}

static const struct {
	int curses;
	uint32_t key;
} key_codes[] = {
	{ KEY_UP, VT_KEY_UP },
	{ KEY_DOWN, VT_KEY_DOWN },
	{ KEY_LEFT, VT_KEY_LEFT },
	{ KEY_RIGHT, VT_KEY_RIGHT },
	{ KEY_PPAGE, VT_KEY_PGUP },
	{ KEY_NPAGE, VT_KEY_PGDN },
	{ KEY_HOME, VT_KEY_HOME },
	{ KEY_END, VT_KEY_END },
	{ KEY_A1, VT_KEY_HOME },
	{ KEY_C1, VT_KEY_END },
	{ KEY_A3, VT_KEY_PGUP },
	{ KEY_C3, VT_KEY_PGDN },
	{ KEY_IC, VT_KEY_INSERT },
	{ KEY_DC, VT_KEY_DELETE },
	{ KEY_BTAB, VT_KEY_SHIFT_TAB },
	{ KEY_BACKSPACE, VT_KEY_BACKSPACE },
	{ KEY_ENTER, VT_KEY_ENTER },
	{ KEY_SPREVIOUS, VT_KEY_SHIFT_PGUP },
	{ KEY_SNEXT, VT_KEY_SHIFT_PGDN },
};

/* Keys with Shift, Alt and Ctrl have no codes in curses: they get these, in this order. */
enum {
	PASTE_BEGIN = KEY_MAX + 1000, /* curses counts on from KEY_MAX itself */
	PASTE_END,
	WITH_MODS,
	MODS_FIRST = 2, /* xterm's parameter: 1 more than the sum of Shift 1, Alt 2, Ctrl 4 */
	MODS_LAST = 8,
};

static const struct {
	char final;
	uint32_t key;
} modified[] = {
	{ 'A', VT_KEY_UP },   { 'B', VT_KEY_DOWN }, { 'C', VT_KEY_RIGHT },
	{ 'D', VT_KEY_LEFT }, { 'H', VT_KEY_HOME }, { 'F', VT_KEY_END },
};

static void define_keys(void)
{
	(void)define_key("\033[200~", PASTE_BEGIN);
	(void)define_key("\033[201~", PASTE_END);
	(void)define_key("\033[5;2~", KEY_SPREVIOUS);
	(void)define_key("\033[6;2~", KEY_SNEXT);
	for (size_t i = 0; i < VT_LEN(modified); i++)
		for (int m = MODS_FIRST; m <= MODS_LAST; m++) {
			char text[16];

			(void)snprintf(text, sizeof(text), "\033[1;%d%c", m, modified[i].final);
			(void)define_key(text, WITH_MODS + (int)i * (MODS_LAST + 1) + m);
		}
}

/* Not through curses, which knows no pastes: between two refreshes that does no harm. */
static void send_paste_mode(bool on)
{
	const char *bytes = on ? "\033[?2004h" : "\033[?2004l";

	(void)fputs(bytes, stdout);
	(void)fflush(stdout);
}

/* The rest of one that had begun went to who had the terminal in between. */
static void expect_pastes(struct vt_term *t)
{
	send_paste_mode(true);
	t->pasting = false;
}

static void set_modes(struct vt_term *t)
{
	(void)raw();
	(void)noecho();
	(void)nonl();
	(void)intrflush(stdscr, FALSE);
	(void)keypad(stdscr, TRUE);
	(void)nodelay(stdscr, TRUE);
	(void)set_escdelay(25);
	(void)curs_set(0);
	define_keys();
	expect_pastes(t);
	if (t->mouse) {
		(void)mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED |
					BUTTON5_PRESSED,
				NULL);
		(void)mouseinterval(0);
	}
}

int vt_term_open(struct vt_term **ret_term, const struct vt_theme *theme, bool mouse,
		 struct vt_error *err)
{
	const char *name = getenv("TERM");
	struct vt_term *t;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return vt_fail(err, ENOTTY,
			       "the screen needs a terminal; --text prints a snapshot");
	if (tcgetattr(STDIN_FILENO, &emergency.saved) < 0)
		return vt_fail(err, errno, "cannot read the terminal's settings: %s",
			       vt_errno_text(errno));
	if (emergency.pipe[0] < 0 && pipe2(emergency.pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		return vt_fail(err, errno, "cannot make a pipe: %s", vt_errno_text(errno));
	t = vt_alloc(sizeof(*t));
	t->mouse = mouse;
	t->screen = newterm(NULL, stdout, stdin);
	if (!t->screen) {
		free(t);
		return vt_fail(
			err, EINVAL,
			"the terminal type TERM=%s is not known or cannot address the screen; try "
			"TERM=xterm-256color, or virttop --text",
			name ? name : "");
	}
	(void)set_term(t->screen);
	t->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	(void)start_color();
	(void)use_default_colors();
	set_modes(t);
	prepare_bytes(mouse);
	emergency.armed = 1;
	install_handlers();
	vt_canvas_init(&t->shown, COLS, LINES, false);
	take_theme(t, theme);
	*ret_term = t;
	return 0;
}

void vt_term_close(struct vt_term *t)
{
	if (!t)
		return;
	/* A terminal without an alternate screen keeps the picture: leave the shell a clean line.
	 */
	(void)move(LINES - 1, 0);
	(void)clrtoeol();
	(void)refresh();
	(void)endwin();
	restore_now();
	delscreen(t->screen);
	vt_canvas_finish(&t->shown);
	vt_idmap_finish(&t->pairs);
	free(t);
}

void vt_term_set_theme(struct vt_term *t, const struct vt_theme *theme)
{
	take_theme(t, theme);
}

void vt_term_size(const struct vt_term *t, int *ret_cols, int *ret_rows)
{
	(void)t;
	*ret_cols = COLS;
	*ret_rows = LINES;
}

bool vt_term_utf8(const struct vt_term *t)
{
	return t->utf8;
}

/* The pair of two colours, made when it is first wanted. */
static int pair_of(struct vt_term *t, int32_t fg, int32_t bg)
{
	int colours = COLORS > 256 ? 256 : COLORS;
	int f = vt_theme_degrade(fg, colours), b = vt_theme_degrade(bg, colours);
	uint64_t key = (uint64_t)(uint32_t)(f + 1) << 32 | (uint32_t)(b + 1);
	int32_t pair;

	if (f < 0 && b < 0)
		return 0;
	pair = vt_idmap_get(&t->pairs, key);
	if (pair >= 0)
		return pair;
	if (t->n_pairs + 1 >= COLOR_PAIRS)
		return 0;
	pair = ++t->n_pairs;
	if (init_extended_pair(pair, f, b) == ERR)
		return 0;
	vt_idmap_put(&t->pairs, key, pair);
	return pair;
}

static attr_t attributes(uint32_t attrs)
{
	return (attrs & VT_ATTR_BOLD ? A_BOLD : 0) | (attrs & VT_ATTR_DIM ? A_DIM : 0) |
	       (attrs & VT_ATTR_ITALIC ? A_ITALIC : 0) |
	       (attrs & VT_ATTR_UNDERLINE ? A_UNDERLINE : 0) |
	       (attrs & VT_ATTR_REVERSE ? A_REVERSE : 0);
}

static void set_style(struct vt_term *t, const struct vt_cell *cell)
{
	int colours = COLORS > 256 ? 256 : COLORS, pair;
	struct vt_style style = cell->own ? vt_theme_fit(cell->style, colours)
					  : vt_theme_look(&t->theme, cell->role, cell->on_cursor,
							  colours);

	pair = wants_no_colour() ? 0 : pair_of(t, style.fg, style.bg);
	(void)attr_set(attributes(style.attrs), (short)pair, &pair);
}

static bool same_cell(const struct vt_cell *a, const struct vt_cell *b)
{
	if (a->own != b->own || strcmp(a->text, b->text) != 0)
		return false;
	if (a->own)
		return a->style.fg == b->style.fg && a->style.bg == b->style.bg &&
		       a->style.attrs == b->style.attrs;
	return a->role == b->role && a->on_cursor == b->on_cursor;
}

void vt_term_show(struct vt_term *t, const struct vt_canvas *c)
{
	int cols = c->cols < COLS ? c->cols : COLS, rows = c->rows < LINES ? c->rows : LINES;

	if (t->shown.cols != c->cols || t->shown.rows != c->rows) {
		vt_canvas_resize(&t->shown, c->cols, c->rows);
		t->shown_valid = false;
	}
	if (!t->shown_valid)
		(void)erase();
	for (int y = 0; y < rows; y++)
		for (int x = 0; x < cols; x++) {
			const struct vt_cell *cell = &c->cells[y * c->cols + x];
			struct vt_cell *old = &t->shown.cells[y * c->cols + x];

			if ((t->shown_valid && same_cell(cell, old)) || !cell->text[0])
				continue;
			set_style(t, cell);
			(void)mvaddstr(y, x, cell->text);
		}
	memcpy(t->shown.cells, c->cells, (size_t)c->cols * (size_t)c->rows * sizeof(*c->cells));
	t->shown_valid = true;
	if (c->cursor_x >= 0 && c->cursor_y >= 0) {
		(void)curs_set(1);
		(void)move(c->cursor_y, c->cursor_x);
	} else {
		(void)curs_set(0);
	}
	(void)refresh();
}

static bool take_resize(struct vt_term *t, struct vt_event_in *ret)
{
	struct winsize size;

	if (!emergency.resized)
		return false;
	emergency.resized = 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_col || !size.ws_row)
		return false;
	(void)resizeterm(size.ws_row, size.ws_col);
	t->shown_valid = false;
	*ret = (struct vt_event_in){ .type = VT_IN_RESIZE, .x = size.ws_col, .y = size.ws_row };
	return true;
}

static bool decode_defined(int code, struct vt_event_in *ret)
{
	int i = (code - WITH_MODS) / (MODS_LAST + 1);

	if (code == PASTE_BEGIN || code == PASTE_END) {
		ret->key = code == PASTE_BEGIN ? VT_KEY_PASTE_BEGIN : VT_KEY_PASTE_END;
		return true;
	}
	if (code < WITH_MODS || i >= (int)VT_LEN(modified))
		return false;
	ret->key = modified[i].key;
	ret->mods = (unsigned)((code - WITH_MODS) % (MODS_LAST + 1) - 1);
	return true;
}

static bool decode_code(wint_t code, struct vt_event_in *ret)
{
	if (code >= KEY_F(1) && code <= KEY_F(12)) {
		ret->key = VT_KEY_F1 + (uint32_t)(code - KEY_F(1));
		return true;
	}
	for (size_t i = 0; i < VT_LEN(key_codes); i++)
		if (key_codes[i].curses == (int)code) {
			ret->key = key_codes[i].key;
			return true;
		}
	return decode_defined((int)code, ret);
}

static bool is_double(struct vt_term *t, int x, int y)
{
	struct timespec now;
	long ms;
	bool same = x == t->last_x && y == t->last_y;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (now.tv_sec - t->last_click.tv_sec) * 1000 +
	     (now.tv_nsec - t->last_click.tv_nsec) / 1000000;
	t->last_click = now;
	t->last_x = x;
	t->last_y = y;
	return same && ms < 400;
}

static bool decode_mouse(struct vt_term *t, struct vt_event_in *ret)
{
	MEVENT event;

	if (getmouse(&event) == ERR)
		return false;
	*ret = (struct vt_event_in){ .type = VT_IN_MOUSE, .x = event.x, .y = event.y };
	if (event.bstate & BUTTON4_PRESSED)
		ret->mouse = VT_MOUSE_WHEEL_UP;
	else if (event.bstate & BUTTON5_PRESSED)
		ret->mouse = VT_MOUSE_WHEEL_DOWN;
	else if (event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED))
		ret->mouse = is_double(t, event.x, event.y) ? VT_MOUSE_DOUBLE : VT_MOUSE_CLICK;
	else
		return false;
	return true;
}

/* The keyboard is gone when it is readable and there is nothing: the terminal was closed. */
static void check_end(struct vt_term *t)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };

	if (poll(&fd, 1, 0) > 0 && (fd.revents & (POLLHUP | POLLERR | POLLNVAL)))
		t->ended = true;
}

static bool decode(struct vt_term *t, bool is_code, wint_t c, struct vt_event_in *ret)
{
	*ret = (struct vt_event_in){ .type = VT_IN_KEY, .key = c };
	if (is_code)
		return c == KEY_MOUSE ? decode_mouse(t, ret) : decode_code(c, ret);
	ret->typed = c == '\n' || c == 8 ? c : 0;
	if (c == '\n' || c == '\r')
		ret->key = VT_KEY_ENTER;
	else if (c == 127 || c == 8)
		ret->key = VT_KEY_BACKSPACE;
	return true;
}

static bool is_more_typed(void)
{
	wint_t c;
	int r = get_wch(&c);

	if (r != ERR)
		(void)(r == KEY_CODE_YES ? ungetch((int)c) : unget_wch((wchar_t)c));
	return r != ERR;
}

static void mark_paste(struct vt_term *t, struct vt_event_in *e)
{
	if (e->type != VT_IN_KEY)
		return;
	/* A person's Esc, with nothing behind it: the end of the paste was lost. */
	if (t->pasting && e->key == VT_KEY_ESC && !is_more_typed())
		t->pasting = false;
	if (e->key == VT_KEY_PASTE_BEGIN)
		t->pasting = true;
	if (t->pasting || e->key == VT_KEY_PASTE_END)
		e->type = VT_IN_PASTED;
	if (e->key == VT_KEY_PASTE_END)
		t->pasting = false;
}

bool vt_term_event(struct vt_term *t, struct vt_event_in *ret)
{
	char drop[64];
	wint_t c;
	int r;

	while (read(emergency.pipe[0], drop, sizeof(drop)) > 0)
		;
	if (emergency.continued) {
		emergency.continued = 0;
		emergency.resized = 1;
		t->shown_valid = false;
		expect_pastes(t); /* the shell has a mode of its own */
		(void)clearok(stdscr, TRUE);
	}
	if (take_resize(t, ret))
		return true;
	while ((r = get_wch(&c)) != ERR)
		if (decode(t, r == KEY_CODE_YES, c, ret)) {
			mark_paste(t, ret);
			return true;
		}
	check_end(t);
	return false;
}

int vt_term_fd(const struct vt_term *t)
{
	(void)t;
	return STDIN_FILENO;
}

int vt_term_signal_fd(const struct vt_term *t)
{
	(void)t;
	return emergency.pipe[0];
}

bool vt_term_ending(const struct vt_term *t)
{
	return t->ended || emergency.ending;
}

void vt_term_suspend(struct vt_term *t)
{
	(void)t;
	send_paste_mode(false);
	(void)endwin();
}

void vt_term_resume(struct vt_term *t)
{
	struct winsize size;

	/* The size may have changed meanwhile, and what is on the screen is another's. */
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row)
		(void)resizeterm(size.ws_row, size.ws_col);
	set_modes(t);
	(void)clearok(stdscr, TRUE);
	(void)refresh();
	emergency.resized = 1;
	wake();
	t->shown_valid = false;
}

void vt_term_stop(struct vt_term *t)
{
	vt_term_suspend(t);
	(void)kill(0, SIGTSTP);
	vt_term_resume(t);
}
