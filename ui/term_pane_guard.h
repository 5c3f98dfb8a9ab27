/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_TERM_PANE_GUARD_H
#define VT_TERM_PANE_GUARD_H

#include <stddef.h>

/*
 * What a program writes passes here on its way to libvterm 0.1, which writes
 * behind its array when a control sequence has more numbers than it has room
 * for, counts as far as a number says, and never ends when the character that
 * is to be repeated (REP) has no width, and gets lost in lines of double width
 * when the size changes. A program in a pane may be anybody's: it
 * must not bring virttop down.
 */
struct vt_guard {
	enum {
		VT_AT_TEXT,
		VT_AT_ESCAPE,
		VT_AT_CONTROL
	} at;
	int n_numbers, digits, number; /* of the control sequence so far; the first */
	int signs, sign;               /* neither: how many of it; the one behind Esc, 0 */
	char part[8], last[8];         /* a character that is being read, and the last one */
	size_t n_part;
};

enum vt_verdict {
	VT_PASS,
	VT_DROP,
	VT_PASS_AND_CHECK, /* the cursor may stand outside of the screen now */
	VT_BREAK,          /* in its place: break the sequence off */
	VT_REPEAT /* in its place: break the sequence off, write last number times (0: once) */
};
enum vt_verdict vt_guard_look(struct vt_guard *g, unsigned char c);

#endif
