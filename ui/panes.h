/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PANES_H
#define VT_PANES_H

#include <poll.h>

#include "../src/apply.h"
#include "canvas.h"
#include "keys.h"

/*
 * The panes beside the tree: which there are, where they stand, which one has
 * the keys. While one has the focus it gets every key but F12, which gives the
 * keys back to the tree.
 */
struct vt_app;
struct vt_term_pane;

enum {
	VT_PANES_MOST = 8
};

struct vt_panes {
	struct vt_term_pane *panes[VT_PANES_MOST];
	int n, at;            /* at: the one that has the focus, or had it last */
	bool focused, zoomed; /* zoomed: it has the body to itself */
	int x, y, cols, rows; /* where they stand together; cols 0: nowhere */
	struct vt_canvas beside;
};

/* Whether a pane beside the tree leaves both enough to be read. */
bool vt_panes_fit(int cols, int rows);

/* Applies a plan whose program runs in a pane, which then has the focus. */
int vt_panes_spawn(struct vt_app *app, const struct vt_plan *plan, struct vt_result *result,
		   struct vt_error *err);

/* The event was for a pane. */
bool vt_panes_event(struct vt_app *app, const struct vt_event_in *e);

/* Commands: next pane, zoom, close, F12. */
void vt_panes_next(struct vt_app *app);
void vt_panes_zoom(struct vt_app *app);
void vt_panes_close(struct vt_app *app);
void vt_panes_leave(struct vt_app *app);

int vt_panes_live(const struct vt_panes *panes); /* with a program that runs */

/* Room for 2 * VT_PANES_MOST. */
int vt_panes_poll(const struct vt_panes *panes, struct pollfd *fds);
/* Lets them go on; true when there is something new to draw. */
bool vt_panes_work(struct vt_app *app);
void vt_panes_finish(struct vt_panes *panes);

/*
 * Layout: of a screen, less its first two lines and its last, what is left for
 * the tree: cols and the row after its last. Sizes the panes.
 */
void vt_panes_arrange(struct vt_panes *panes, int cols, int rows, int *ret_cols, int *ret_end);
void vt_panes_draw(struct vt_panes *panes, struct vt_canvas *c);
/* The bottom line while a pane has the focus. */
void vt_panes_draw_keys(const struct vt_panes *panes, struct vt_canvas *c, int y);

#endif
