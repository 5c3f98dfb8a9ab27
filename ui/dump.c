/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views without a terminal: a screen after a script of keys, or a whole view as text. */
#include <poll.h>
#include <stdlib.h>

#include "dialogs.h"
#include "popup.h"
#include "screen.h"

/*
 * Details come from a thread of their own: give it a moment, so that a dump has
 * them. What arrives first may be about the row where the cursor was before.
 */
/* A trace that was asked for is waited for. */
static void settle_trace(struct vt_app *app)
{
	struct pollfd fd = { .events = POLLIN };

	if (!app->tracing.a)
		return;
	fd.fd = vt_detailer_fd(app->tracer);
	while (!vt_dialog_exits_take(app) && poll(&fd, 1, 2 * VT_DETAIL_WAIT_MS) > 0)
		;
}

static void settle(struct vt_app *app, struct vt_canvas *c)
{
	struct pollfd fd = { .fd = app->detailer ? vt_detailer_fd(app->detailer) : -1,
			     .events = POLLIN };

	settle_trace(app);
	vt_app_draw(app, c);
	if (!app->detailer || !app->asked_at)
		return;
	while (!vt_detailer_take(app->detailer, app->asked, NULL) &&
	       poll(&fd, 1, VT_DETAIL_WAIT_MS) > 0)
		;
	vt_app_draw(app, c);
}

int vt_screen_dump(struct vt_app *app, int cols, int rows, const char *script, bool roles,
		   FILE *out, struct vt_error *err)
{
	const char *at = script;
	struct vt_canvas c;
	struct vt_event_in event;
	bool wait;
	int r;

	app->cols = cols;
	app->rows = rows;
	vt_canvas_init(&c, cols, rows, app->ascii);
	vt_app_refresh(app);
	vt_app_draw(app, &c);
	while ((r = vt_key_script_next(script, &at, &event, &wait, err)) > 0 && !app->quit) {
		if (wait) {
			vt_collector_scan(app->collector);
			vt_app_refresh(app);
		} else {
			vt_app_event(app, &event);
		}
		vt_app_draw(app, &c);
	}
	if (r >= 0) {
		settle(app, &c);
		(roles ? vt_canvas_dump_roles : vt_canvas_dump)(&c, out);
	}
	vt_canvas_finish(&c);
	return r < 0 ? r : 0;
}

enum {
	TEXT_COLS = 160
};

static void draw_rows(struct vt_app *app, struct vt_canvas *c, const struct vt_layout *layout,
		      int y)
{
	const struct vt_view_env env = vt_app_env(app);
	const struct vt_tree *t = &vt_app_state(app)->tree;

	for (size_t i = 0; i < t->n_visible; i++)
		vt_view_draw_row(c, &env, layout, t, vt_tree_visible(t, i), y + (int)i);
}

void vt_screen_text(struct vt_app *app, FILE *out)
{
	const struct vt_view *view = vt_views[app->view];
	struct vt_view of_now = *view;
	struct vt_tree *t = &vt_app_state(app)->tree;
	struct vt_view_env env;
	struct vt_layout layout;
	struct vt_canvas c;
	struct vt_pane pane;

	vt_app_refresh(app);
	env = vt_app_env(app);
	vt_tree_fold_all(t, false);
	vt_tree_set_page(t, (int)t->n_visible);
	of_now.instant = true;
	vt_layout_fit(&layout, &of_now, env.variant, t, TEXT_COLS);
	vt_canvas_init(&c, TEXT_COLS, t->n_visible ? (int)t->n_visible + 1 : 8, app->ascii);
	vt_canvas_clear(&c);
	vt_view_draw_titles(&c, view, &layout, NULL, false, false, 0);
	draw_rows(app, &c, &layout, 1);
	if (!t->n_visible && view->empty) {
		vt_pane_init(&pane, &c, 1, 1, TEXT_COLS - 2, 7);
		view->empty(&env, &pane);
	}
	vt_canvas_dump(&c, out);
	vt_canvas_finish(&c);
}
