/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text in a rectangle: the detail pane, popups and the fixed parts of the overview. */
#include "pane.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../src/text.h"

void vt_pane_init(struct vt_pane *p, struct vt_canvas *c, int x, int y, int width, int height)
{
	*p = (struct vt_pane){
		.canvas = c,
		.x = x,
		.y = y,
		.width = width,
		.height = height,
		.line = -1,
		.label_width = 13,
	};
}

int vt_pane_row(const struct vt_pane *p)
{
	int at = p->line < p->stays ? p->line : p->line - p->skip;

	return p->line < 0 || (p->line >= p->stays && at < p->stays) || at >= p->height ? -1
											: p->y + at;
}

int vt_pane_room(const struct vt_pane *p)
{
	return p->width - p->column > 0 ? p->width - p->column : 0;
}

void vt_pane_line(struct vt_pane *p)
{
	p->line++;
	p->column = 0;
}

static void put(struct vt_pane *p, enum vt_role role, const char *text)
{
	int row = vt_pane_row(p);

	if (row >= 0)
		(void)vt_canvas_text(p->canvas, p->x + p->column, row, vt_pane_room(p), role, text);
	p->column += vt_text_width(text);
}

void vt_pane_put(struct vt_pane *p, enum vt_role role, const char *fmt, ...)
{
	char raw[1024], text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	(void)vt_text_escape(text, sizeof(text), raw);
	put(p, role, text);
}

void vt_pane_label(struct vt_pane *p, const char *label)
{
	vt_pane_line(p);
	put(p, VT_ROLE_TITLE, label);
	if (p->column < p->label_width)
		p->column = p->label_width;
	else
		p->column++;
}

/* Bytes of the longest start of text that fits, cut at a blank where there is one. */
static size_t line_bytes(const char *text, int width)
{
	size_t at = 0, blank = 0;
	uint32_t c = 0;

	for (int n; (n = vt_text_decode(text + at, &c)) > 0; at += (size_t)n) {
		if (c == ' ')
			blank = at;
		width -= vt_text_char_width(c);
		if (width < 0)
			return blank ? blank : at ? at : (size_t)n;
	}
	return at;
}

void vt_pane_wrap(struct vt_pane *p, enum vt_role role, const char *raw)
{
	vt_autofree char *text = vt_alloc(strlen(raw) * 4 + 1);
	int indent = p->column;
	const char *rest = text;

	(void)vt_text_escape(text, strlen(raw) * 4 + 1, raw);
	while (*rest && p->width > indent) {
		size_t n = line_bytes(rest, p->width - indent);
		vt_autofree char *part = vt_strndup(rest, n);

		put(p, role, part);
		rest += n;
		while (*rest == ' ')
			rest++;
		if (*rest) {
			vt_pane_line(p);
			p->column = indent;
		}
	}
}

void vt_pane_item(struct vt_pane *p, const char *label, enum vt_role role, const char *raw)
{
	size_t size = strlen(raw) * 4 + 1;
	vt_autofree char *text = vt_alloc(size);
	int gap = p->column > p->label_width ? 2 : 0;
	int width = vt_text_width(label) + (*label ? 1 : 0);

	(void)vt_text_escape(text, size, raw);
	width += vt_text_width(text);
	if (gap && p->column + gap + width > p->width) {
		vt_pane_line(p);
		p->column = p->label_width;
		gap = 0;
	}
	p->column += gap;
	if (*label)
		vt_pane_put(p, VT_ROLE_DIM, "%s ", label);
	if (vt_text_width(text) <= vt_pane_room(p))
		put(p, role, text);
	else
		vt_pane_wrap(p, role, raw);
}
