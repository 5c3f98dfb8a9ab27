/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands between a program's output and libvterm: see term_pane_guard.h for why. */
#include "term_pane_guard.h"

#include <string.h>

#include "../src/text.h"

enum {
	NUMBERS_MOST = 15, /* libvterm has room for 16, and does not look */
	DIGITS_MOST = 5,
	SIGNS_MOST = 8, /* bytes of a control sequence that are neither numbers nor its last */
};

static enum vt_verdict end_with(struct vt_guard *g, enum vt_verdict verdict)
{
	g->at = VT_AT_TEXT;
	return verdict;
}

/* Within a control sequence: numbers that are too many or too long are left out of it. */
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
	if (c == 0x18 || c == 0x1a)
		return end_with(g, VT_PASS);
	if (c >= 0x7f)
		return end_with(g, VT_BREAK);
	if (c >= 0x40)
		return end_with(g, c == 'b'               ? VT_REPEAT
				   : c == 'u' || c == 'l' ? VT_PASS_AND_CHECK
							  : VT_PASS);
	/* Control characters are done in between; of the others none has more than one or two. */
	return c < 0x20 || ++g->signs <= SIGNS_MOST ? VT_PASS : end_with(g, VT_BREAK);
}

/*
 * Behind Esc: one sign at most, and one more byte. libvterm reads on through
 * what else may stand here; whatever is not plain is broken off, so that both
 * know where they are.
 */
static enum vt_verdict look_behind_escape(struct vt_guard *g, unsigned char c)
{
	if (c >= 0x20 && c < 0x30 && !g->sign) {
		g->sign = c;
		return VT_PASS;
	}
	if (c < 0x30 || c >= 0x7f)
		return end_with(g, VT_BREAK);
	if (c == '[' && !g->sign) {
		g->at = VT_AT_CONTROL;
		g->n_numbers = g->digits = g->number = g->signs = 0;
		return VT_PASS;
	}
	/* Esc # is about whole lines, and only 8 not about their width. */
	if (c == '[' || (g->sign == '#' && c != '8'))
		return end_with(g, VT_BREAK);
	return end_with(g, c == '8' ? VT_PASS_AND_CHECK : VT_PASS);
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
		g->sign = 0;
		return VT_PASS;
	}
	if (g->at == VT_AT_CONTROL)
		return look_in_control(g, c);
	if (g->at == VT_AT_ESCAPE)
		return look_behind_escape(g, c);
	look_at_text(g, c);
	return VT_PASS;
}
