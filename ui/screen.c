/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop around the application with a terminal: wait, take events, draw. */
#include "screen.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>

#include "applying.h"
#include "dialogs.h"

enum {
	WAIT_MS = 1000, /* the longest: what stalls is to be seen */
	FRAME_MS = 20,  /* between two drawings that nothing but a pane's output asks for */
};

static long now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool take_events(struct vt_app *app, struct vt_canvas *c)
{
	struct vt_event_in event;
	bool any = false;

	while (!app->quit && vt_term_event(app->term, &event)) {
		any = true;
		vt_app_event(app, &event);
		if (event.type == VT_IN_RESIZE)
			vt_canvas_resize(c, event.x, event.y);
	}
	return any;
}

/* Waits for something to do. Returns how many descriptors have it. */
static int wait_for_work(struct vt_app *app, int wait_ms, bool *ret_data)
{
	enum {
		OWN = 6
	};
	struct pollfd fds[OWN + 2 * VT_PANES_MOST] = {
		{ .fd = vt_term_fd(app->term), .events = POLLIN },
		{ .fd = vt_term_signal_fd(app->term), .events = POLLIN },
		{ .fd = app->applying ? -1 : vt_collector_fd(app->collector), .events = POLLIN },
		{ .fd = app->detailer ? vt_detailer_fd(app->detailer) : -1, .events = POLLIN },
		{ .fd = app->tracing.a ? vt_detailer_fd(app->tracer) : -1, .events = POLLIN },
		{ .fd = vt_applying_fd(app), .events = POLLIN },
	};
	int n = poll(fds, (nfds_t)(OWN + vt_panes_poll(&app->panes, fds + OWN)), wait_ms);

	if (n < 0 && errno != EINTR)
		return -errno;
	*ret_data = n > 0 && (fds[2].revents & POLLIN);
	if (n > 0 && (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) &&
	    !(fds[0].revents & POLLIN))
		app->quit = true;
	return n < 0 ? 0 : n;
}

static void run(struct vt_app *app, struct vt_canvas *c)
{
	bool stale = true; /* what is shown; */
	bool late = false; /* it is, but only a pane's output is new */
	long drawn_at = 0;
	bool offered = false;

	while (!app->quit && !vt_term_ending(app->term)) {
		bool data = false;
		int wait = WAIT_MS, n;

		if (app->redraw) {
			vt_term_suspend(app->term);
			vt_term_resume(app->term);
			app->redraw = false;
		}
		if (late && !stale) {
			wait = (int)(drawn_at + FRAME_MS - now_ms());
			stale = wait <= 0;
			wait = wait < 0 ? 0 : wait;
		}
		stale = vt_dialog_exits_take(app) || stale;
		if (stale) {
			vt_app_draw(app, c);
			vt_term_show(app->term, c);
			drawn_at = now_ms();
			wait = WAIT_MS;
			stale = late = false;
		}
		n = wait_for_work(app, wait, &data);
		if (n < 0)
			break;
		vt_applying_take(app, false);
		if (data)
			vt_app_refresh(app);
		/* Keys before what programs write: a flood does not delay them. */
		stale = take_events(app, c) || data || (n == 0 && !late) || app->redraw;
		late = vt_panes_work(app) || late;
		stale = stale || (n > 0 && !late);
		if (app->s && !offered) {
			vt_dialog_made_offer(app);
			offered = true;
		}
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
