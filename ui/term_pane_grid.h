/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_TERM_PANE_GRID_H
#define VT_TERM_PANE_GRID_H

#include "canvas.h"
#include "keys.h"

/*
 * A terminal as a thing: what a program writes becomes a grid of cells, keys
 * become the bytes that the program expects (xterm's), answers included. Knows
 * no descriptor and no process.
 */
struct vt_grid;

enum {
	/* libvterm breaks where a wide character has no room: smaller sizes are not taken. */
	VT_GRID_LEAST_COLS = 4,
	VT_GRID_LEAST_ROWS = 2,
	VT_GRID_HISTORY = 2000,       /* lines that have left the screen at its top */
	VT_GRID_ANSWERS = 256 * 1024, /* bytes that wait for the program; more are dropped */
};

struct vt_grid *vt_grid_new(int cols, int rows);
void vt_grid_free(struct vt_grid *g);
void vt_grid_resize(struct vt_grid *g, int cols, int rows);
void vt_grid_size(const struct vt_grid *g, int *ret_cols, int *ret_rows);

/* What the program wrote. */
void vt_grid_write(struct vt_grid *g, const char *bytes, size_t n);

/* What the person typed, pasted (begin and end around keys) and clicked. */
void vt_grid_key(struct vt_grid *g, const struct vt_event_in *e);
void vt_grid_paste(struct vt_grid *g, bool begin);
/* False: the program wants no mouse. x and y count from the grid's corner. */
bool vt_grid_mouse(struct vt_grid *g, enum vt_mouse mouse, int x, int y);

/* Bytes for the program, oldest first; what was sent is taken off. */
const char *vt_grid_answers(const struct vt_grid *g, size_t *ret_n);
void vt_grid_answered(struct vt_grid *g, size_t n);
/* True once after bytes had to be dropped. */
bool vt_grid_overflowed(struct vt_grid *g);

/* Looks by lines further back (positive) or forth; how many lines back it stands then. */
int vt_grid_scroll(struct vt_grid *g, int by);

/* The whole grid at x, y of the canvas; with the cursor when it has the focus. */
void vt_grid_draw(const struct vt_grid *g, struct vt_canvas *c, int x, int y, bool focus);

#endif
