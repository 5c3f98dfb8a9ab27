/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop around the application with a terminal: wait, take events, draw. */
#include "screen.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

static void take_events(struct vt_app *app, struct vt_canvas *c)
{
	struct vt_event_in event;

	while (!app->quit && vt_term_event(app->term, &event)) {
		vt_app_event(app, &event);
		if (event.type == VT_IN_RESIZE)
			vt_canvas_resize(c, event.x, event.y);
	}
}

/* Waits for something to do. A second is the longest: what stalls is to be seen. */
static int wait_for_work(struct vt_app *app, bool *ret_data)
{
	struct pollfd fds[] = {
		{ .fd = vt_term_fd(app->term), .events = POLLIN },
		{ .fd = vt_term_signal_fd(app->term), .events = POLLIN },
		{ .fd = vt_collector_fd(app->collector), .events = POLLIN },
		{ .fd = app->detailer ? vt_detailer_fd(app->detailer) : -1, .events = POLLIN },
	};
	int n = poll(fds, VT_LEN(fds), 1000);

	if (n < 0 && errno != EINTR)
		return -errno;
	*ret_data = n > 0 && (fds[2].revents & POLLIN);
	if (n > 0 && (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) &&
	    !(fds[0].revents & POLLIN))
		app->quit = true;
	return 0;
}

static void run(struct vt_app *app, struct vt_canvas *c)
{
	while (!app->quit && !vt_term_ending(app->term)) {
		bool data = false;

		if (app->redraw) {
			vt_term_suspend(app->term);
			vt_term_resume(app->term);
			app->redraw = false;
		}
		vt_app_draw(app, c);
		vt_term_show(app->term, c);
		if (wait_for_work(app, &data) < 0)
			break;
		if (data)
			vt_app_refresh(app);
		take_events(app, c);
	}
}

int vt_screen_run(struct vt_app *app, bool mouse, struct vt_error *err)
{
	struct vt_canvas c;
	int r = vt_term_open(&app->term, &app->theme, mouse, err);

	if (r < 0)
		return r;
	if (!vt_term_utf8(app->term))
		app->ascii = true;
	vt_term_size(app->term, &app->cols, &app->rows);
	vt_canvas_init(&c, app->cols, app->rows, app->ascii);
	r = vt_collector_start(app->collector, app->interval, err);
	if (r == 0)
		run(app, &c);
	vt_canvas_finish(&c);
	vt_term_close(app->term);
	app->term = NULL;
	return r;
}
