/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands between a program's output and libvterm: see term_pane_guard.h for why. */
#include "term_pane_guard.h"

#include <string.h>

#include "../src/text.h"

enum {
	NUMBERS_MOST = 15, /* libvterm has room for 16, and does not look */
	DIGITS_MOST = 5,
};

/* Within a control sequence: what is too long is left out of it. */
static enum vt_verdict look_in_control(struct vt_guard *g, unsigned char c)
{
	if (c == ';' || c == ':') {
		g->digits = 0;
		return ++g->n_numbers < NUMBERS_MOST ? VT_PASS : VT_DROP;
	}
	if (c >= '0' && c <= '9') {
		if (g->n_numbers >= NUMBERS_MOST || ++g->digits > DIGITS_MOST)
			return VT_DROP;
		if (!g->n_numbers)
			g->number = 10 * g->number + (c - '0');
		return VT_PASS;
	}
	/* Its last byte, or what breaks it off. Other control characters are done in between. */
	if (c >= 0x40 || c == 0x18 || c == 0x1a)
		g->at = VT_AT_TEXT;
	return c == 'b' ? VT_REPEAT : VT_PASS;
}

/* Remembers the last character that has a width. */
static void look_at_text(struct vt_guard *g, unsigned char c)
{
	uint32_t point;

	if (c < 0x20 || c == 0x7f)
		return;
	if (c < 0x80 || c >= 0xc0 || g->n_part >= sizeof(g->part) - 1)
		g->n_part = 0;
	g->part[g->n_part++] = (char)c;
	g->part[g->n_part] = '\0';
	if (vt_text_decode(g->part, &point) == (int)g->n_part && vt_text_char_width(point) > 0)
		memcpy(g->last, g->part, sizeof(g->last));
}

enum vt_verdict vt_guard_look(struct vt_guard *g, unsigned char c)
{
	if (c == 0x1b) {
		g->at = VT_AT_ESCAPE;
	} else if (g->at == VT_AT_CONTROL) {
		return look_in_control(g, c);
	} else if (g->at == VT_AT_TEXT) {
		look_at_text(g, c);
	} else if (g->at == VT_AT_LINE) {
		g->at = VT_AT_TEXT;
		return c == '8' ? VT_PASS : VT_BREAK;
	} else if (c == '#') {
		g->at = VT_AT_LINE;
	} else if (c >= 0x20) {
		g->at = c == '[' ? VT_AT_CONTROL : VT_AT_TEXT;
		g->n_numbers = g->digits = g->number = 0;
	}
	return VT_PASS;
}
