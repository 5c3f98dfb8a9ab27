/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libvterm does the emulation; here are its screen as cells of a canvas, and
 * the lines that left it. Only the screen layer of libvterm is used, which is
 * the same in 0.1 and 0.3.
 */
#include "term_pane_grid.h"

#include <string.h>
#include <vterm.h>

#include "../src/text.h"
#include "term_pane_guard.h"

/* What has left the screen is kept small: a line without its trailing blanks. */
struct old_cell {
	char text[VT_CELL_BYTES];
	uint8_t width; /* 0: the right half of a wide character */
	struct vt_style style;
};

struct old_line {
	struct old_cell *cells;
	int n;
};

struct vt_grid {
	VTerm *vterm;
	VTermScreen *screen;
	int cols, rows, back;
	bool cursor_visible, alternate, mouse, overflowed;
	VTermPos cursor;
	struct old_line lines[VT_GRID_HISTORY]; /* a ring */
	int first_line, n_lines;
	char *answers;
	size_t n_answers, cap_answers;
	struct vt_guard guard;
};

/* The characters of a cell as UTF-8, cut at one. */
static void encode(char out[VT_CELL_BYTES], const uint32_t *chars)
{
	size_t n = 0;

	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && chars[i]; i++) {
		uint32_t c = chars[i];
		size_t bytes = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

		if (n + bytes >= VT_CELL_BYTES)
			break;
		for (size_t k = bytes; k > 1; k--, c >>= 6)
			out[n + k - 1] = (char)(0x80 | (c & 0x3f));
		out[n] = (char)(bytes == 1 ? c : first[bytes] | c);
		n += bytes;
	}
	out[n] = '\0';
	if (!n)
		memcpy(out, " ", 2);
}

static int32_t colour_of(const VTermColor *c)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(c) || VTERM_COLOR_IS_DEFAULT_BG(c))
		return VT_COLOUR_DEFAULT;
	if (VTERM_COLOR_IS_INDEXED(c))
		return c->indexed.idx;
	return 0x1000000 | c->rgb.red << 16 | c->rgb.green << 8 | c->rgb.blue;
}

static struct vt_style style_of(const VTermScreenCell *cell)
{
	return (struct vt_style){
		.fg = colour_of(&cell->fg),
		.bg = colour_of(&cell->bg),
		.attrs = (uint32_t)((cell->attrs.bold ? VT_ATTR_BOLD : 0) |
				    (cell->attrs.italic ? VT_ATTR_ITALIC : 0) |
				    (cell->attrs.underline ? VT_ATTR_UNDERLINE : 0) |
				    (cell->attrs.reverse ? VT_ATTR_REVERSE : 0)),
	};
}

/* libvterm says so of the right half of a wide character. */
static bool is_half(const VTermScreenCell *cell)
{
	return cell->chars[0] == (uint32_t)-1;
}

static struct old_cell to_old(const VTermScreenCell *cell)
{
	struct old_cell old = { .width = (uint8_t)cell->width, .style = style_of(cell) };

	if (is_half(cell))
		old.width = 0;
	else
		encode(old.text, cell->chars);
	return old;
}

static bool is_blank(const VTermScreenCell *cell)
{
	struct vt_style style = style_of(cell);

	return (!cell->chars[0] || cell->chars[0] == ' ') && style.bg == VT_COLOUR_DEFAULT &&
	       !style.attrs;
}

static struct old_line *line_at(const struct vt_grid *g, int i)
{
	return (struct old_line *)&g->lines[(g->first_line + i) % VT_GRID_HISTORY];
}

/* The cells are as many as the screen was wide when the line left it. */
static int push_line(int cols, const VTermScreenCell *cells, void *arg)
{
	struct vt_grid *g = arg;
	struct old_line *line;

	if (g->n_lines == VT_GRID_HISTORY) {
		free(line_at(g, 0)->cells);
		g->first_line = (g->first_line + 1) % VT_GRID_HISTORY;
		g->n_lines--;
	}
	line = line_at(g, g->n_lines++);
	while (cols > 0 && is_blank(&cells[cols - 1]))
		cols--;
	*line = (struct old_line){ .n = cols };
	line->cells = cols ? vt_realloc_array(NULL, (size_t)cols, sizeof(*line->cells)) : NULL;
	for (int i = 0; i < cols; i++)
		line->cells[i] = to_old(&cells[i]);
	/* Who looks back keeps looking at the same lines. */
	if (g->back && g->back < g->n_lines)
		g->back++;
	return 1;
}

static VTermColor colour_back(int32_t colour, bool fg)
{
	VTermColor c = { 0 };

	if (colour == VT_COLOUR_DEFAULT) {
		c.type = (uint8_t)(VTERM_COLOR_INDEXED |
				   (fg ? VTERM_COLOR_DEFAULT_FG : VTERM_COLOR_DEFAULT_BG));
		c.indexed.idx = fg ? 7 : 0;
	} else if (colour < 256) {
		vterm_color_indexed(&c, (uint8_t)colour);
	} else {
		vterm_color_rgb(&c, (uint8_t)(colour >> 16), (uint8_t)(colour >> 8),
				(uint8_t)colour);
	}
	return c;
}

static void from_old(const struct old_cell *old, VTermScreenCell *cell)
{
	const char *text = old->text;

	*cell = (VTermScreenCell){ .width = (char)(old->width ? old->width : 1) };
	for (int i = 0, n; i < VTERM_MAX_CHARS_PER_CELL; i++, text += n) {
		n = vt_text_decode(text, &cell->chars[i]);
		if (n <= 0) {
			cell->chars[i] = 0;
			break;
		}
	}
	if (!old->width)
		cell->chars[0] = (uint32_t)-1;
	cell->fg = colour_back(old->style.fg, true);
	cell->bg = colour_back(old->style.bg, false);
	cell->attrs.bold = !!(old->style.attrs & VT_ATTR_BOLD);
	cell->attrs.italic = !!(old->style.attrs & VT_ATTR_ITALIC);
	cell->attrs.underline = !!(old->style.attrs & VT_ATTR_UNDERLINE);
	cell->attrs.reverse = !!(old->style.attrs & VT_ATTR_REVERSE);
}

/* A screen that grew takes its lines back. */
static int pop_line(int cols, VTermScreenCell *cells, void *arg)
{
	static const struct old_cell blank = {
		.text = " ", .width = 1, .style = { VT_COLOUR_DEFAULT, VT_COLOUR_DEFAULT, 0 }
	};
	struct vt_grid *g = arg;
	struct old_line *line;

	if (!g->n_lines)
		return 0;
	line = line_at(g, --g->n_lines);
	for (int i = 0; i < cols; i++)
		from_old(i < line->n ? &line->cells[i] : &blank, &cells[i]);
	/* The left half of what is cut through. */
	if (cols > 0 && cells[cols - 1].width == 2)
		from_old(&blank, &cells[cols - 1]);
	free(line->cells);
	*line = (struct old_line){ 0 };
	if (g->back > g->n_lines)
		g->back = g->n_lines;
	return 1;
}

static int move_cursor(VTermPos at, VTermPos before, int visible, void *arg)
{
	struct vt_grid *g = arg;

	(void)before;
	(void)visible;
	g->cursor = at;
	return 1;
}

static int set_property(VTermProp property, VTermValue *value, void *arg)
{
	struct vt_grid *g = arg;

	if (property == VTERM_PROP_CURSORVISIBLE)
		g->cursor_visible = value->boolean;
	else if (property == VTERM_PROP_ALTSCREEN)
		g->alternate = value->boolean;
	else if (property == VTERM_PROP_MOUSE)
		g->mouse = value->number != VTERM_PROP_MOUSE_NONE;
	return 1;
}

static void add_answer(const char *bytes, size_t n, void *arg)
{
	struct vt_grid *g = arg;

	if (g->n_answers + n > VT_GRID_ANSWERS) {
		g->overflowed = true;
		return;
	}
	while (g->n_answers + n > g->cap_answers) {
		g->cap_answers = g->cap_answers ? 2 * g->cap_answers : 256;
		g->answers = vt_realloc_array(g->answers, g->cap_answers, 1);
	}
	memcpy(g->answers + g->n_answers, bytes, n);
	g->n_answers += n;
}

struct vt_grid *vt_grid_new(int cols, int rows)
{
	static const VTermScreenCallbacks callbacks = {
		.movecursor = move_cursor,
		.settermprop = set_property,
		.sb_pushline = push_line,
		.sb_popline = pop_line,
	};
	struct vt_grid *g = vt_alloc(sizeof(*g));

	g->cols = cols;
	g->rows = rows;
	g->cursor_visible = true;
	g->vterm = vterm_new(rows, cols);
	if (!g->vterm)
		abort();
	vterm_set_utf8(g->vterm, 1);
	vterm_output_set_callback(g->vterm, add_answer, g);
	g->screen = vterm_obtain_screen(g->vterm);
	vterm_screen_set_callbacks(g->screen, &callbacks, g);
	vterm_screen_set_damage_merge(g->screen, VTERM_DAMAGE_SCROLL);
	vterm_screen_enable_altscreen(g->screen, 1);
	vterm_screen_reset(g->screen, 1);
	return g;
}

void vt_grid_free(struct vt_grid *g)
{
	if (!g)
		return;
	vterm_free(g->vterm);
	for (int i = 0; i < g->n_lines; i++)
		free(line_at(g, i)->cells);
	free(g->answers);
	free(g);
}

/*
 * libvterm restores a cursor that was saved when the screen was larger, and
 * writes where there is no row. With whole_region the scroll region goes too.
 */
static void keep_cursor_inside(struct vt_grid *g, bool whole_region)
{
	char bytes[64];
	VTermPos at;
	int n, row, col;

	vterm_state_get_cursorpos(vterm_obtain_state(g->vterm), &at);
	row = at.row < 0 ? 0 : at.row >= g->rows ? g->rows - 1 : at.row;
	col = at.col < 0 ? 0 : at.col >= g->cols ? g->cols - 1 : at.col;
	if (!whole_region && row == at.row && col == at.col)
		return;
	n = snprintf(bytes, sizeof(bytes), "%s\033[%d;%dH", whole_region ? "\033[r" : "", row + 1,
		     col + 1);
	(void)vterm_input_write(g->vterm, bytes, (size_t)n);
}

void vt_grid_resize(struct vt_grid *g, int cols, int rows)
{
	if (cols < VT_GRID_LEAST_COLS || rows < VT_GRID_LEAST_ROWS ||
	    (cols == g->cols && rows == g->rows))
		return;
	g->cols = cols;
	g->rows = rows;
	vterm_set_size(g->vterm, rows, cols);
	/* As in xterm the scroll region is the whole screen again; the old one may be outside. */
	(void)vterm_input_write(g->vterm, "\030", 1);
	g->guard.at = VT_AT_TEXT;
	keep_cursor_inside(g, true);
}

void vt_grid_size(const struct vt_grid *g, int *ret_cols, int *ret_rows)
{
	*ret_cols = g->cols;
	*ret_rows = g->rows;
}

/* What libvterm is not let do by itself. */
static void repeat(struct vt_grid *g)
{
	int room = g->cols - g->cursor.col, n = g->guard.number > 0 ? g->guard.number : 1;

	for (int i = 0; i < n && i < room; i++)
		(void)vterm_input_write(g->vterm, g->guard.last, strlen(g->guard.last));
}

static void tell(struct vt_grid *g, const char *bytes, size_t n)
{
	if (n)
		(void)vterm_input_write(g->vterm, bytes, n);
}

void vt_grid_write(struct vt_grid *g, const char *bytes, size_t n)
{
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		enum vt_verdict verdict = vt_guard_look(&g->guard, (unsigned char)bytes[i]);

		if (verdict == VT_PASS)
			continue;
		tell(g, bytes + from, i - from + (verdict == VT_PASS_AND_CHECK));
		from = i + 1;
		if (verdict == VT_PASS_AND_CHECK)
			keep_cursor_inside(g, false);
		/* Breaks off what libvterm has begun to read. */
		if (verdict == VT_BREAK || verdict == VT_REPEAT)
			tell(g, "\030", 1);
		if (verdict == VT_REPEAT)
			repeat(g);
	}
	tell(g, bytes + from, n - from);
	vterm_screen_flush_damage(g->screen);
}

static const struct {
	uint32_t key;
	VTermKey vterm;
	VTermModifier mods;
} keys[] = {
	{ VT_KEY_ENTER, VTERM_KEY_ENTER, VTERM_MOD_NONE },
	{ VT_KEY_TAB, VTERM_KEY_TAB, VTERM_MOD_NONE },
	{ VT_KEY_SHIFT_TAB, VTERM_KEY_TAB, VTERM_MOD_SHIFT },
	{ VT_KEY_ESC, VTERM_KEY_ESCAPE, VTERM_MOD_NONE },
	{ VT_KEY_BACKSPACE, VTERM_KEY_BACKSPACE, VTERM_MOD_NONE },
	{ VT_KEY_UP, VTERM_KEY_UP, VTERM_MOD_NONE },
	{ VT_KEY_DOWN, VTERM_KEY_DOWN, VTERM_MOD_NONE },
	{ VT_KEY_LEFT, VTERM_KEY_LEFT, VTERM_MOD_NONE },
	{ VT_KEY_RIGHT, VTERM_KEY_RIGHT, VTERM_MOD_NONE },
	{ VT_KEY_PGUP, VTERM_KEY_PAGEUP, VTERM_MOD_NONE },
	{ VT_KEY_PGDN, VTERM_KEY_PAGEDOWN, VTERM_MOD_NONE },
	{ VT_KEY_HOME, VTERM_KEY_HOME, VTERM_MOD_NONE },
	{ VT_KEY_END, VTERM_KEY_END, VTERM_MOD_NONE },
	{ VT_KEY_INSERT, VTERM_KEY_INS, VTERM_MOD_NONE },
	{ VT_KEY_DELETE, VTERM_KEY_DEL, VTERM_MOD_NONE },
};

static VTermModifier mods_of(unsigned mods)
{
	return (VTermModifier)((mods & VT_MOD_SHIFT ? VTERM_MOD_SHIFT : 0) |
			       (mods & VT_MOD_ALT ? VTERM_MOD_ALT : 0) |
			       (mods & VT_MOD_CTRL ? VTERM_MOD_CTRL : 0));
}

void vt_grid_key(struct vt_grid *g, const struct vt_event_in *e)
{
	VTermModifier mods = mods_of(e->mods);

	g->back = 0;
	/* Ctrl-H is no Backspace, and Ctrl-J no Enter, to a program that can tell. */
	if (e->typed) {
		vterm_keyboard_unichar(g->vterm, e->typed, VTERM_MOD_NONE);
		return;
	}
	for (size_t i = 0; i < VT_LEN(keys); i++)
		if (keys[i].key == e->key) {
			vterm_keyboard_key(g->vterm, keys[i].vterm,
					   (VTermModifier)(keys[i].mods | mods));
			return;
		}
	if (e->key >= VT_KEY_F1 && e->key <= VT_KEY_F12)
		vterm_keyboard_key(g->vterm,
				   (VTermKey)VTERM_KEY_FUNCTION((int)(e->key - VT_KEY_F1 + 1)),
				   mods);
	else if (e->key < VT_KEY_UP)
		vterm_keyboard_unichar(g->vterm, e->key, VTERM_MOD_NONE);
}

void vt_grid_paste(struct vt_grid *g, bool begin)
{
	if (begin)
		vterm_keyboard_start_paste(g->vterm);
	else
		vterm_keyboard_end_paste(g->vterm);
}

bool vt_grid_mouse(struct vt_grid *g, enum vt_mouse mouse, int x, int y)
{
	int button = mouse == VT_MOUSE_WHEEL_UP ? 4 : mouse == VT_MOUSE_WHEEL_DOWN ? 5 : 1;

	if (!g->mouse || g->back)
		return false;
	vterm_mouse_move(g->vterm, y, x, VTERM_MOD_NONE);
	vterm_mouse_button(g->vterm, button, true, VTERM_MOD_NONE);
	/* The terminal tells virttop of presses only. */
	if (button == 1)
		vterm_mouse_button(g->vterm, button, false, VTERM_MOD_NONE);
	return true;
}

const char *vt_grid_answers(const struct vt_grid *g, size_t *ret_n)
{
	*ret_n = g->n_answers;
	return g->answers;
}

void vt_grid_answered(struct vt_grid *g, size_t n)
{
	if (!n)
		return;
	memmove(g->answers, g->answers + n, g->n_answers - n);
	g->n_answers -= n;
}

bool vt_grid_overflowed(struct vt_grid *g)
{
	bool overflowed = g->overflowed;

	g->overflowed = false;
	return overflowed;
}

int vt_grid_scroll(struct vt_grid *g, int by)
{
	/* What fills the screen has no lines before. */
	int most = g->alternate ? 0 : g->n_lines;

	g->back += by;
	if (g->back > most)
		g->back = most;
	if (g->back < 0)
		g->back = 0;
	return g->back;
}

static void draw_old(const struct vt_grid *g, struct vt_canvas *c, int x, int y, int i)
{
	static const struct vt_style plain = { VT_COLOUR_DEFAULT, VT_COLOUR_DEFAULT, 0 };
	const struct old_line *line = line_at(g, i);

	for (int k = 0; k < g->cols; k++) {
		const struct old_cell *cell = k < line->n ? &line->cells[k] : NULL;
		int width = cell && cell->width ? cell->width : 1;

		if (cell && cell->width && k + width <= g->cols)
			vt_canvas_styled(c, x + k, y, width, &cell->style, cell->text);
		else
			vt_canvas_styled(c, x + k, y, 1, &plain, " ");
		k += width - 1;
	}
}

static void draw_row(const struct vt_grid *g, struct vt_canvas *c, int x, int y, int row)
{
	for (int k = 0; k < g->cols; k++) {
		VTermPos at = { .row = row, .col = k };
		VTermScreenCell cell;
		struct vt_style style;
		char text[VT_CELL_BYTES];

		if (!vterm_screen_get_cell(g->screen, at, &cell))
			continue;
		style = style_of(&cell);
		if (is_half(&cell))
			memcpy(text, " ", 2);
		else
			encode(text, cell.chars);
		if (cell.width != 2 || k + 1 >= g->cols)
			cell.width = 1;
		vt_canvas_styled(c, x + k, y, cell.width, &style, text);
		k += cell.width - 1;
	}
}

void vt_grid_draw(const struct vt_grid *g, struct vt_canvas *c, int x, int y, bool focus)
{
	for (int i = 0; i < g->rows; i++) {
		if (i < g->back)
			draw_old(g, c, x, y + i, g->n_lines - g->back + i);
		else
			draw_row(g, c, x, y + i, i - g->back);
	}
	if (focus && g->cursor_visible && g->cursor.row + g->back < g->rows) {
		c->cursor_x = x + g->cursor.col;
		c->cursor_y = y + g->cursor.row + g->back;
	}
}
