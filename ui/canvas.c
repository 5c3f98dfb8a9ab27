/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A grid of styled cells. Drawing is clipped and escaped here, once, so that no
 * view can put a control byte on the screen or write beside it.
 */
#include "canvas.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "../src/text.h"

#define VT_ROLE_NAME(NAME, name, help) #name,
const char *const vt_role_names[VT_ROLE_COUNT] = { VT_ROLES(VT_ROLE_NAME) };

void vt_canvas_init(struct vt_canvas *c, int cols, int rows, bool ascii)
{
	*c = (struct vt_canvas){ .ascii = ascii };
	vt_canvas_resize(c, cols, rows);
}

void vt_canvas_resize(struct vt_canvas *c, int cols, int rows)
{
	c->cols = cols > 0 ? cols : 1;
	c->rows = rows > 0 ? rows : 1;
	c->cells = vt_realloc_array(c->cells, (size_t)c->cols * (size_t)c->rows, sizeof(*c->cells));
	vt_canvas_clear(c);
}

void vt_canvas_finish(struct vt_canvas *c)
{
	free(c->cells);
	c->cells = NULL;
	c->cols = c->rows = 0;
}

static const struct vt_cell blank = { .text = " ", .role = VT_ROLE_TEXT };

void vt_canvas_clear(struct vt_canvas *c)
{
	for (int i = 0; i < c->cols * c->rows; i++)
		c->cells[i] = blank;
	c->cursor_x = c->cursor_y = -1;
}

static struct vt_cell *cell_at(const struct vt_canvas *c, int x, int y)
{
	if (x < 0 || y < 0 || x >= c->cols || y >= c->rows)
		return NULL;
	return &c->cells[y * c->cols + x];
}

/* A half of a wide character cannot stand alone: its other half becomes a blank. */
static void break_wide(struct vt_canvas *c, int x, int y)
{
	struct vt_cell *cell = cell_at(c, x, y), *next = cell_at(c, x + 1, y);

	if (!cell)
		return;
	if (!cell->text[0] && x > 0)
		memcpy(c->cells[y * c->cols + x - 1].text, " ", 2);
	if (next && !next->text[0])
		memcpy(next->text, " ", 2);
}

/* On a terminal without UTF-8. What is not here is drawn as ?. */
static const struct {
	uint32_t point;
	char stand_in;
} ascii_signs[] = {
	{ 0x00b7, '.' }, { 0x2013, '-' }, { 0x2014, '-' }, { 0x2016, '|' }, { 0x2020, 'x' },
	{ 0x2022, '*' }, { 0x2026, '~' }, { 0x2039, '<' }, { 0x203a, '>' }, { 0x203c, '!' },
	{ 0x2190, '<' }, { 0x2191, '^' }, { 0x2192, '>' }, { 0x2193, 'v' }, { 0x21b5, '<' },
	{ 0x2500, '-' }, { 0x2502, '|' }, { 0x250c, '+' }, { 0x2510, '+' }, { 0x2514, '+' },
	{ 0x2518, '+' }, { 0x251c, '+' }, { 0x2524, '+' }, { 0x25b2, '^' }, { 0x25b6, '>' },
	{ 0x25b8, '+' }, { 0x25bc, 'v' }, { 0x25be, '-' }, { 0x2744, '#' },
};

static char ascii_sign(uint32_t c)
{
	/* Bars and sparklines: dots, lines and hashes by how full they are. */
	if (c >= 0x2581 && c <= 0x2588)
		return "._-=+*##"[c - 0x2581];
	if (c >= 0x2589 && c <= 0x258f)
		return c <= 0x258b ? '#' : c <= 0x258d ? '=' : '-';
	for (size_t i = 0; i < VT_LEN(ascii_signs); i++)
		if (ascii_signs[i].point == c)
			return ascii_signs[i].stand_in;
	return '?';
}

/* What is drawn at once: a character of one or two columns, or a mark of none. */
struct glyph {
	char text[8];
	int bytes, columns;
};

/* The next glyph of a clean text, false at its end. */
static bool next_glyph(const char **text, bool ascii, struct glyph *ret)
{
	uint32_t point = 0;
	int n = vt_text_decode(*text, &point);

	if (n <= 0)
		return false;
	*ret = (struct glyph){ .bytes = n, .columns = vt_text_char_width(point) };
	if (ascii && point > 0x7e) {
		ret->columns = ret->columns > 0;
		ret->bytes = ret->columns;
		ret->text[0] = ascii_sign(point);
	} else {
		memcpy(ret->text, *text, (size_t)n);
	}
	*text += n;
	return true;
}

static const struct glyph blank_glyph = { " ", 1, 1 };

static void put_glyph(struct vt_canvas *c, int x, int y, enum vt_role role, const struct glyph *g)
{
	struct vt_cell *cell = cell_at(c, x, y);

	if (!cell) {
		/* Its left half is beside the canvas. */
		if (g->columns == 2 && cell_at(c, x + 1, y))
			put_glyph(c, x + 1, y, role, &blank_glyph);
		return;
	}
	break_wide(c, x, y);
	memcpy(cell->text, g->text, (size_t)g->bytes);
	cell->text[g->bytes] = '\0';
	cell->role = (uint8_t)role;
	cell->own = false;
	if (g->columns == 2) {
		break_wide(c, x + 1, y);
		cell[1].text[0] = '\0';
		cell[1].role = (uint8_t)role;
		cell[1].own = false;
	}
}

/* A combining mark joins the character before it, where there is room. */
static void put_mark(struct vt_canvas *c, int x, int y, const struct glyph *g)
{
	struct vt_cell *cell = cell_at(c, x, y);
	size_t n;

	if (cell && !cell->text[0])
		cell = cell_at(c, x - 1, y);
	n = cell ? strlen(cell->text) : 0;
	if (!cell || n + (size_t)g->bytes >= sizeof(cell->text))
		return;
	memcpy(cell->text + n, g->text, (size_t)g->bytes);
	cell->text[n + (size_t)g->bytes] = '\0';
}

/* The text, or an escaped copy of it, which is the caller's to free. */
static const char *make_clean(const char *raw, char **ret_copy)
{
	size_t size = 8 * strlen(raw) + 1;

	if (vt_text_clean(raw))
		return raw;
	*ret_copy = vt_alloc(size);
	(void)vt_text_escape(*ret_copy, size, raw);
	return *ret_copy;
}

int vt_canvas_text(struct vt_canvas *c, int x, int y, int width, enum vt_role role, const char *raw)
{
	vt_autofree char *copy = NULL;
	const char *text = make_clean(raw, &copy);
	struct glyph g;
	int at = 0;

	if (width > c->cols - x)
		width = c->cols - x;
	while (next_glyph(&text, c->ascii, &g)) {
		if (at + g.columns > width) {
			if (at < width)
				put_glyph(c, x + at++, y, role, &blank_glyph);
			break;
		}
		if (g.columns)
			put_glyph(c, x + at, y, role, &g);
		else if (at > 0 && !c->ascii)
			put_mark(c, x + at - 1, y, &g);
		at += g.columns;
	}
	return at;
}

void vt_canvas_styled(struct vt_canvas *c, int x, int y, int width, const struct vt_style *style,
		      const char *text)
{
	int drawn = vt_canvas_text(c, x, y, width, VT_ROLE_TEXT, text);

	while (drawn < width)
		drawn += vt_canvas_text(c, x + drawn, y, 1, VT_ROLE_TEXT, " ") > 0 ? 1 : width;
	for (int i = 0; i < width; i++) {
		struct vt_cell *cell = cell_at(c, x + i, y);

		if (cell) {
			cell->own = true;
			cell->style = *style;
		}
	}
}

void vt_canvas_copy(struct vt_canvas *to, const struct vt_canvas *from, int x, int y, int cols,
		    int rows)
{
	for (int i = 0; i < rows; i++)
		for (int k = 0; k < cols; k++) {
			struct vt_cell *cell = cell_at(to, x + k, y + i);
			const struct vt_cell *source = cell_at(from, x + k, y + i);

			if (cell && source)
				*cell = *source;
		}
}

/* A text that was cut by bytes must not end within a character. */
static void drop_cut_character(char *text)
{
	char *at = text;
	uint32_t point;

	while (*at) {
		int n = vt_text_decode(at, &point);

		if (n < 0 && strlen(at) < 4 && ((unsigned char)*at & 0xc0) == 0xc0)
			*at = '\0';
		else
			at += n < 0 ? 1 : n;
	}
}

int vt_canvas_printf(struct vt_canvas *c, int x, int y, int width, enum vt_role role,
		     const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(text))
		drop_cut_character(text);
	return n < 0 ? 0 : vt_canvas_text(c, x, y, width, role, text);
}

static int columns_of(const struct vt_canvas *c, const char *raw)
{
	vt_autofree char *copy = NULL;
	const char *text = make_clean(raw, &copy);
	struct glyph g;
	int columns = 0;

	while (next_glyph(&text, c->ascii, &g))
		columns += g.columns;
	return columns;
}

void vt_canvas_right(struct vt_canvas *c, int x, int y, int width, enum vt_role role,
		     const char *text)
{
	int spare = width - columns_of(c, text);

	if (spare < 0)
		spare = 0;
	(void)vt_canvas_text(c, x + spare, y, width - spare, role, text);
}

void vt_canvas_fill(struct vt_canvas *c, int x, int y, int width, enum vt_role role,
		    const char *one)
{
	for (int i = 0; i < width; i++)
		(void)vt_canvas_text(c, x + i, y, 1, role, one);
}

void vt_canvas_paint(struct vt_canvas *c, int x, int y, int width, enum vt_role role)
{
	for (int i = 0; i < width; i++) {
		struct vt_cell *cell = cell_at(c, x + i, y);

		if (cell) {
			cell->role = (uint8_t)role;
			cell->own = false;
		}
	}
}

void vt_canvas_cursor_row(struct vt_canvas *c, int x, int y, int width)
{
	for (int i = 0; i < width; i++) {
		struct vt_cell *cell = cell_at(c, x + i, y);

		if (cell)
			cell->on_cursor = 1;
	}
}

void vt_canvas_frame(struct vt_canvas *c, int x, int y, int cols, int rows, const char *title)
{
	for (int i = 0; i < rows; i++) {
		for (int k = 0; k < cols; k++) {
			struct vt_cell *cell = cell_at(c, x + k, y + i);

			break_wide(c, x + k, y + i);
			if (cell) {
				*cell = blank;
				cell->role = VT_ROLE_DIALOG;
			}
		}
		(void)vt_canvas_text(c, x, y + i, 1, VT_ROLE_TRACK, "│");
		(void)vt_canvas_text(c, x + cols - 1, y + i, 1, VT_ROLE_TRACK, "│");
	}
	vt_canvas_fill(c, x, y, cols, VT_ROLE_TRACK, "─");
	vt_canvas_fill(c, x, y + rows - 1, cols, VT_ROLE_TRACK, "─");
	(void)vt_canvas_text(c, x, y, 1, VT_ROLE_TRACK, "┌");
	(void)vt_canvas_text(c, x + cols - 1, y, 1, VT_ROLE_TRACK, "┐");
	(void)vt_canvas_text(c, x, y + rows - 1, 1, VT_ROLE_TRACK, "└");
	(void)vt_canvas_text(c, x + cols - 1, y + rows - 1, 1, VT_ROLE_TRACK, "┘");
	(void)vt_canvas_printf(c, x + 2, y, cols - 4, VT_ROLE_TITLE, " %s ", title);
}

/* How near to its top a value is, as a meaning. */
static enum vt_role share_role(double share)
{
	return share >= 0.95 ? VT_ROLE_BAD : share >= 0.8 ? VT_ROLE_WARN : VT_ROLE_BAR;
}

static double clamp_share(double share)
{
	return share < 0 ? 0 : share > 1 ? 1 : share;
}

static void unknown_bar(struct vt_canvas *c, int x, int y, int width)
{
	vt_canvas_fill(c, x, y, width, VT_ROLE_DIM, " ");
	(void)vt_canvas_text(c, x, y, width, VT_ROLE_DIM, "–");
}

/* Filled columns in eighths. Something is not nothing: it shows at least one. */
static int eighths_of(double value, int width)
{
	long n = lround(clamp_share(value) * 8 * width);

	return value > 0 && n == 0 ? 1 : (int)n;
}

void vt_canvas_bar(struct vt_canvas *c, int x, int y, int width, double value, double tick)
{
	static const char *const parts[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };
	int filled;

	if (isnan(value)) {
		unknown_bar(c, x, y, width);
		return;
	}
	filled = eighths_of(value, width);
	for (int i = 0; i < width; i++) {
		int part = filled - 8 * i;

		if (part <= 0)
			(void)vt_canvas_text(c, x + i, y, 1, VT_ROLE_TRACK, c->ascii ? "." : "▁");
		else
			(void)vt_canvas_text(c, x + i, y, 1, share_role(value),
					     parts[part > 8 ? 8 : part]);
	}
	if (width > 0 && tick >= 0 && tick <= 1)
		(void)vt_canvas_text(c, x + (int)lround(tick * (width - 1)), y, 1, VT_ROLE_TICK,
				     "│");
}

static void spark_one(struct vt_canvas *c, int x, int y, double share, double of_limit)
{
	static const char *const levels[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	int level;

	/* Neither a gap nor NAN passes this. */
	if (!(share >= 0))
		return;
	level = (int)(clamp_share(share) * 8);
	(void)vt_canvas_text(c, x, y, 1, share > 0 ? share_role(of_limit) : VT_ROLE_TRACK,
			     levels[level > 7 ? 7 : level]);
}

static double share_of(double value, double top)
{
	return top > 0 ? value / top : value > 0 ? 1 : value;
}

void vt_canvas_spark(struct vt_canvas *c, int x, int y, int width, const float *values, size_t n,
		     double top)
{
	vt_canvas_spark_limit(c, x, y, width, values, n, top, top);
}

void vt_canvas_spark_limit(struct vt_canvas *c, int x, int y, int width, const float *values,
			   size_t n, double top, double limit)
{
	size_t room = width > 0 ? (size_t)width : 0, shown = n < room ? n : room;

	for (size_t i = 0; i < shown; i++) {
		double value = (double)values[n - shown + i];

		spark_one(c, x + (int)(room - shown + i), y, share_of(value, top),
			  isinf(limit) ? 0 : share_of(value, limit));
	}
}

/* One past the last cell of a row that is not blank. */
static int row_end(const struct vt_canvas *c, int y)
{
	int end = c->cols;

	while (end > 0 && strcmp(c->cells[y * c->cols + end - 1].text, " ") == 0)
		end--;
	return end;
}

void vt_canvas_dump(const struct vt_canvas *c, FILE *out)
{
	for (int y = 0; y < c->rows; y++) {
		int end = row_end(c, y);

		for (int x = 0; x < end; x++)
			(void)fputs(c->cells[y * c->cols + x].text, out);
		(void)fputc('\n', out);
	}
}

/* What a cell looks like, as a number: its role and whether the cursor is there. */
static int look_of(const struct vt_cell *cell)
{
	return 2 * cell->role + cell->on_cursor;
}

static void dump_look(int look, FILE *out)
{
	const char *name = vt_role_names[look / 2];

	if (look == 2 * VT_ROLE_TEXT)
		(void)fputs("{/}", out);
	else
		(void)fprintf(out, "{%s%s}", name, look % 2 ? "+cursor" : "");
}

void vt_canvas_dump_roles(const struct vt_canvas *c, FILE *out)
{
	const int plain = 2 * VT_ROLE_TEXT;

	for (int y = 0; y < c->rows; y++) {
		int end = row_end(c, y), look = plain;

		for (int x = 0; x < end; x++) {
			const struct vt_cell *cell = &c->cells[y * c->cols + x];

			if (look_of(cell) != look)
				dump_look(look = look_of(cell), out);
			(void)fputs(strcmp(cell->text, "{") == 0 ? "{{" : cell->text, out);
		}
		(void)fputs(look == plain ? "\n" : "{/}\n", out);
	}
}
