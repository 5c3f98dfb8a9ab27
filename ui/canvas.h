/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_CANVAS_H
#define VT_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../src/memory.h"

/*
 * A grid of styled cells that views draw on; no terminal needed. A style is a
 * role: what the text means. A theme says what a role looks like.
 */
#define VT_ROLES(X)                                                                                \
	X(TEXT, text, "ordinary text")                                                             \
	X(DIM, dim, "unknown, or no information")                                                  \
	X(TITLE, title, "headings and column titles")                                              \
	X(ACCENT, accent, "where I am: the active tab, the sort column")                           \
	X(CURSOR, cursor, "the row under the cursor")                                              \
	X(GOOD, good, "fine")                                                                      \
	X(WARN, warn, "80 % of a limit, or some pressure")                                         \
	X(BAD, bad, "at the limit, killed, throttled by 10 % or more")                             \
	X(FROZEN, frozen, "frozen")                                                                \
	X(NEW, new, "a moment after birth")                                                        \
	X(GONE, gone, "a moment after death")                                                      \
	X(MARKED, marked, "chosen by the user")                                                    \
	X(BAR, bar, "the filled part of a bar")                                                    \
	X(TRACK, track, "the empty part of a bar, lines and frames")                               \
	X(TICK, tick, "the own limit on a bar")                                                    \
	X(KEY, key, "a key that can be pressed")                                                   \
	X(MATCH, match, "what the search found")                                                   \
	X(ERROR, error, "an error message")                                                        \
	X(DIALOG, dialog, "the inside of a dialog")                                                \
	X(FIELD, field, "a field that can be edited")

#define VT_ROLE_ENUM(NAME, name, help) VT_ROLE_##NAME,
enum vt_role {
	VT_ROLES(VT_ROLE_ENUM) VT_ROLE_COUNT
};
extern const char *const vt_role_names[VT_ROLE_COUNT];

enum {
	VT_CELL_BYTES = 12
}; /* one character and its combining marks */

enum {
	VT_COLOUR_DEFAULT = -1
};
enum {
	VT_ATTR_BOLD = 1,
	VT_ATTR_DIM = 2,
	VT_ATTR_ITALIC = 4,
	VT_ATTR_UNDERLINE = 8,
	VT_ATTR_REVERSE = 16
};

struct vt_style {
	int32_t fg, bg; /* VT_COLOUR_DEFAULT, 0..255 (palette), or 0x1000000 | rgb */
	uint32_t attrs;
};

struct vt_cell {
	char text[VT_CELL_BYTES]; /* clean UTF-8; empty: right half of a wide character */
	uint8_t role;
	uint8_t on_cursor; /* drawn on the cursor's row: the theme's cursor background */
	bool own;          /* has a style of its own: what a program in a pane wrote */
	struct vt_style style;
};

struct vt_canvas {
	int cols, rows;
	struct vt_cell *cells;  /* row by row */
	bool ascii;             /* no character above 0x7e may be drawn */
	int cursor_x, cursor_y; /* where the terminal's cursor stands; -1: hidden */
};

void vt_canvas_init(struct vt_canvas *c, int cols, int rows, bool ascii);
void vt_canvas_resize(struct vt_canvas *c, int cols, int rows);
void vt_canvas_finish(struct vt_canvas *c);
void vt_canvas_clear(struct vt_canvas *c); /* blanks, role TEXT, cursor hidden */

/*
 * Draws text at x, y, in at most width columns (clipped at the canvas too).
 * Any bytes are allowed: control bytes and broken UTF-8 are drawn escaped, and
 * on an ascii canvas characters above 0x7e as their stand-ins (… is ~, ▇ is #,
 * box lines are + - |) or ?. Returns the columns drawn. Does not pad.
 */
int vt_canvas_text(struct vt_canvas *c, int x, int y, int width, enum vt_role role,
		   const char *text);
int vt_canvas_printf(struct vt_canvas *c, int x, int y, int width, enum vt_role role,
		     const char *fmt, ...) VT_PRINTF(6, 7);
/* One character in exactly width columns, in a style of its own and not in the theme's. */
void vt_canvas_styled(struct vt_canvas *c, int x, int y, int width, const struct vt_style *style,
		      const char *text);
/* Copies a rectangle that has the same place on both. */
void vt_canvas_copy(struct vt_canvas *to, const struct vt_canvas *from, int x, int y, int cols,
		    int rows);
/* Right-aligned in width columns. */
void vt_canvas_right(struct vt_canvas *c, int x, int y, int width, enum vt_role role,
		     const char *text);
/* width columns of one character. */
void vt_canvas_fill(struct vt_canvas *c, int x, int y, int width, enum vt_role role,
		    const char *one);
/* Changes only the role of width cells; the text stays. */
void vt_canvas_paint(struct vt_canvas *c, int x, int y, int width, enum vt_role role);
/* Puts the cursor bar under a row: cells keep their role on the cursor's background. */
void vt_canvas_cursor_row(struct vt_canvas *c, int x, int y, int width);
/* A frame with a title; the inside is blanked with role DIALOG. */
void vt_canvas_frame(struct vt_canvas *c, int x, int y, int cols, int rows, const char *title);

/*
 * A bar of width columns: value of 0 to 1 filled in eighths (▏▎▍▌▋▊▉█; # and =
 * when ascii), tick (0 to 1, negative: none) marked │. Above 0.8 the filled part
 * is WARN, from 0.95 BAD. NAN value: all dim, "–" at the left.
 */
void vt_canvas_bar(struct vt_canvas *c, int x, int y, int width, double value, double tick);

/* A sparkline ▁▂▃▄▅▆▇█ of the last width values, 0 to top; negative values are gaps. */
void vt_canvas_spark(struct vt_canvas *c, int x, int y, int width, const float *values, size_t n,
		     double top);
/* The same, coloured by how near the values come to a limit; infinite: as far as can be. */
void vt_canvas_spark_limit(struct vt_canvas *c, int x, int y, int width, const float *values,
			   size_t n, double top, double limit);

/* The canvas as text lines, trailing blanks cut: what --dump prints. */
void vt_canvas_dump(const struct vt_canvas *c, FILE *out);
/*
 * The same with every change of role marked: {warn}text{/}, {warn+cursor} on the
 * cursor's row; TEXT is unmarked, a '{' in the text is doubled. Golden screens of colour.
 */
void vt_canvas_dump_roles(const struct vt_canvas *c, FILE *out);

#endif
