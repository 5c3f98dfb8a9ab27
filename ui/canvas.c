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

static const struct {
	uint32_t point;
	char stand_in;
} ascii_signs[] = {
	{ 0x2026, '~' }, { 0x2013, '-' }, { 0x2014, '-' }, { 0x2500, '-' }, { 0x2502, '|' },
	{ 0x250c, '+' }, { 0x2510, '+' }, { 0x2514, '+' }, { 0x2518, '+' }, { 0x251c, '+' },
	{ 0x2524, '+' }, { 0x25b8, '+' }, { 0x25be, '-' }, { 0x25b2, '^' }, { 0x25bc, 'v' },
	{ 0x2191, '^' }, { 0x2193, 'v' }, { 0x21b5, '<' }, { 0x203c, '!' }, { 0x2020, 'x' },
	{ 0x2744, '#' }, { 0x00b7, '.' }, { 0x2039, '<' }, { 0x203a, '>' }, { 0x25b6, '>' },
	{ 0x2016, '|' },
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

static void put_char(struct vt_canvas *c, int x, int y, enum vt_role role, const char *text, int n,
		     int width)
{
	struct vt_cell *cell = cell_at(c, x, y);

	if (!cell)
		return;
	break_wide(c, x, y);
	if (width == 2)
		break_wide(c, x + 1, y);
	memcpy(cell->text, text, (size_t)n);
	cell->text[n] = '\0';
	cell->role = (uint8_t)role;
	if (width == 2) {
		cell[1].text[0] = '\0';
		cell[1].role = (uint8_t)role;
	}
}

/* A combining mark joins the character before it, where there is room. */
static void put_mark(struct vt_canvas *c, int x, int y, const char *text, int n)
{
	struct vt_cell *cell = cell_at(c, x, y);

	if (cell && !cell->text[0])
		cell = cell_at(c, x - 1, y);
	if (cell && strlen(cell->text) + (size_t)n < sizeof(cell->text))
		strncat(cell->text, text, (size_t)n);
}

int vt_canvas_text(struct vt_canvas *c, int x, int y, int width, enum vt_role role, const char *raw)
{
	vt_autofree char *clean = NULL;
	const char *text = raw;
	int at = 0, n;
	uint32_t point = 0;

	if (!vt_text_clean(raw)) {
		clean = vt_alloc(8 * strlen(raw) + 1);
		(void)vt_text_escape(clean, 8 * strlen(raw) + 1, raw);
		text = clean;
	}
	if (width > c->cols - x)
		width = c->cols - x;
	for (; (n = vt_text_decode(text, &point)) > 0; text += n) {
		int columns = vt_text_char_width(point);

		if (c->ascii && point > 0x7e) {
			char one = ascii_sign(point);

			if (columns == 0)
				continue;
			if (at + 1 > width)
				break;
			put_char(c, x + at++, y, role, &one, 1, 1);
		} else if (columns == 0) {
			if (at > 0)
				put_mark(c, x + at - 1, y, text, n);
		} else if (at + columns > width) {
			if (columns == 2 && at < width)
				put_char(c, x + at++, y, role, " ", 1, 1);
			break;
		} else {
			put_char(c, x + at, y, role, text, n, columns);
			at += columns;
		}
	}
	return at;
}

int vt_canvas_printf(struct vt_canvas *c, int x, int y, int width, enum vt_role role,
		     const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return vt_canvas_text(c, x, y, width, role, text);
}

void vt_canvas_right(struct vt_canvas *c, int x, int y, int width, enum vt_role role,
		     const char *text)
{
	int spare = width - vt_text_width(text);

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

		if (cell)
			cell->role = (uint8_t)role;
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

void vt_canvas_bar(struct vt_canvas *c, int x, int y, int width, double value, double tick)
{
	static const char *const eighths[] = { " ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };
	enum vt_role role = value >= 0.95 ? VT_ROLE_BAD : value >= 0.8 ? VT_ROLE_WARN : VT_ROLE_BAR;
	int filled;

	if (isnan(value)) {
		(void)vt_canvas_text(c, x, y, width, VT_ROLE_DIM, "–");
		return;
	}
	value = value < 0 ? 0 : value > 1 ? 1 : value;
	filled = (int)lround(value * 8 * width);
	for (int i = 0; i < width; i++) {
		int part = filled - 8 * i;

		if (part <= 0)
			(void)vt_canvas_text(c, x + i, y, 1, VT_ROLE_TRACK, c->ascii ? "." : "▁");
		else
			(void)vt_canvas_text(c, x + i, y, 1, role, eighths[part > 8 ? 8 : part]);
	}
	if (tick >= 0 && tick <= 1)
		(void)vt_canvas_text(c, x + (int)lround(tick * (width - 1)), y, 1, VT_ROLE_TICK, "│");
}

void vt_canvas_spark(struct vt_canvas *c, int x, int y, int width, const float *values, size_t n,
		     double top)
{
	static const char *const levels[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	size_t shown = n < (size_t)width ? n : (size_t)width;

	for (size_t i = 0; i < shown; i++) {
		double v = (double)values[n - shown + i] / top;
		int level = (int)(v * 8);
		enum vt_role role = v >= 0.95 ? VT_ROLE_BAD : v >= 0.8 ? VT_ROLE_WARN : VT_ROLE_BAR;

		if (v >= 0)
			(void)vt_canvas_text(c, x + width - (int)shown + (int)i, y, 1, role,
					     levels[level > 7 ? 7 : level]);
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

void vt_canvas_dump_roles(const struct vt_canvas *c, FILE *out)
{
	for (int y = 0; y < c->rows; y++) {
		int end = row_end(c, y), role = VT_ROLE_TEXT;

		for (int x = 0; x < end; x++) {
			const struct vt_cell *cell = &c->cells[y * c->cols + x];

			if (cell->role != role) {
				role = cell->role;
				(void)fprintf(out, "{%s}",
					      role == VT_ROLE_TEXT ? "/" : vt_role_names[role]);
			}
			(void)fputs(strcmp(cell->text, "{") == 0 ? "{{" : cell->text, out);
		}
		(void)fputs(role == VT_ROLE_TEXT ? "\n" : "{/}\n", out);
	}
}
