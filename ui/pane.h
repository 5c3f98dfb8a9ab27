/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PANE_H
#define VT_PANE_H

#include "canvas.h"

/*
 * A rectangle that text is written into, line by line; what does not fit can be
 * scrolled to. With a height of 0 nothing is drawn and lines are only counted.
 */
struct vt_pane {
	struct vt_canvas *canvas;
	int x, y, width, height;
	int skip;   /* lines scrolled away */
	int stays;  /* lines at the top that are not scrolled */
	int line;   /* the present line, -1 before the first; lines = line + 1 at the end */
	int column; /* where the next text goes */
	int label_width;
};

void vt_pane_init(struct vt_pane *p, struct vt_canvas *c, int x, int y, int width, int height);
/* The next line, empty. */
void vt_pane_line(struct vt_pane *p);
/* Text on the present line; cut at the edge. */
void vt_pane_put(struct vt_pane *p, enum vt_role role, const char *fmt, ...) VT_PRINTF(3, 4);
/* A new line that begins with a label in its own column. */
void vt_pane_label(struct vt_pane *p, const char *label);
/* Text that continues on further lines, indented to the label's column. */
void vt_pane_wrap(struct vt_pane *p, enum vt_role role, const char *text);
/*
 * "  label text" behind what is on the line, or on the next line where it does not
 * fit; raw. A text that is longer than a line continues on further ones.
 */
void vt_pane_item(struct vt_pane *p, const char *label, enum vt_role role, const char *text);
/* The remaining columns of the present line, and its row on the canvas (-1: out of sight). */
int vt_pane_room(const struct vt_pane *p);
int vt_pane_row(const struct vt_pane *p);

#endif
