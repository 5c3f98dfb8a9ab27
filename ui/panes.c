/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The set of panes: opening, focus, keys and mouse, closing. Where they stand is in panes_draw.c.
 */
#include "panes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "popup.h"
#include "term_pane.h"

static struct vt_term_pane *current(const struct vt_panes *panes)
{
	return panes->n ? panes->panes[panes->at] : NULL;
}

static void set_focus(struct vt_app *app, bool focused)
{
	app->panes.focused = focused && app->panes.n;
	if (!app->panes.focused)
		app->panes.zoomed = false;
}

static void drop(struct vt_app *app, int i)
{
	struct vt_panes *panes = &app->panes;
	bool was_current = i == panes->at;

	vt_term_pane_free(panes->panes[i]);
	panes->n--;
	memmove(&panes->panes[i], &panes->panes[i + 1],
		(size_t)(panes->n - i) * sizeof(*panes->panes));
	if (panes->at > i || (panes->at && panes->at == panes->n))
		panes->at--;
	/* The person looked at what is gone: the tree is what is left to look at. */
	if (was_current)
		set_focus(app, false);
}

static int apply_in(const struct vt_app *app, const struct vt_plan *plan, int tty,
		    struct vt_result *result, struct vt_error *err)
{
	struct vt_spawn spawn = *plan->spawn;
	struct vt_plan with_terminal = *plan;

	spawn.tty = tty;
	with_terminal.spawn = &spawn;
	return vt_apply(app->host, app->s, &with_terminal, result, err);
}

int vt_panes_spawn(struct vt_app *app, const struct vt_plan *plan, struct vt_result *result,
		   struct vt_error *err)
{
	struct vt_panes *panes = &app->panes;
	struct vt_term_pane *pane;
	vt_autoclose int tty = -1;
	char title[120];
	int r, cols, end;

	if (!app->term)
		return vt_fail(err, ENOTTY, "a pane needs a terminal to be shown on");
	if (panes->n == VT_PANES_MOST)
		return vt_fail(err, ENOSPC, "there are %d panes already: close one first (X)",
			       VT_PANES_MOST);
	r = vt_term_pane_open(&pane, 80, 24, &tty, err);
	if (r < 0)
		return r;
	/* It has its size before its program looks at it. */
	panes->panes[panes->n++] = pane;
	panes->at = panes->n - 1;
	vt_panes_arrange(panes, app->cols, app->rows, &cols, &end);
	r = apply_in(app, plan, tty, result, err);
	if (r < 0) {
		drop(app, panes->at);
		return r;
	}
	(void)snprintf(title, sizeof(title), "%s · %d", plan->spawn->argv[0], (int)result->pid);
	vt_term_pane_run(pane, result->child, title);
	set_focus(app, true);
	return 0;
}

int vt_panes_live(const struct vt_panes *panes)
{
	int live = 0;

	for (int i = 0; i < panes->n; i++)
		live += !panes->panes[i]->ended;
	return live;
}

/* Keys */

/* A pane whose program has ended waits to be read, and then to go. */
static void ended_key(struct vt_app *app, uint32_t key)
{
	if (key == VT_KEY_ENTER || key == VT_KEY_ESC || key == 'q' || key == 'X')
		drop(app, app->panes.at);
}

/* All of it is the program's, whatever keys are in it. */
static void paste(struct vt_term_pane *p, const struct vt_event_in *e)
{
	if (p->ended)
		return;
	if (e->key == VT_KEY_PASTE_BEGIN || e->key == VT_KEY_PASTE_END)
		vt_grid_paste(p->grid, e->key == VT_KEY_PASTE_BEGIN);
	else
		vt_grid_key(p->grid, e);
}

static void key(struct vt_app *app, struct vt_term_pane *p, const struct vt_event_in *e)
{
	int page = p->rows > 2 ? p->rows - 1 : 1;

	app->message[0] = '\0';
	if (e->type == VT_IN_PASTED)
		paste(p, e);
	else if (e->key == VT_KEY_F12)
		set_focus(app, false);
	else if (e->key == VT_KEY_SHIFT_PGUP || e->key == VT_KEY_SHIFT_PGDN)
		(void)vt_grid_scroll(p->grid, e->key == VT_KEY_SHIFT_PGUP ? page : -page);
	else if (p->ended)
		ended_key(app, e->key);
	else
		vt_grid_key(p->grid, e);
	/* What a command did is to be seen in the tree at once. */
	if (e->key == VT_KEY_ENTER && app->collector)
		vt_collector_nudge(app->collector);
}

/* The pane at a place of the screen, with its line of title; -1. */
static int pane_at(const struct vt_panes *panes, int x, int y)
{
	for (int i = 0; i < panes->n; i++) {
		const struct vt_term_pane *p = panes->panes[i];

		if (p->cols && x >= p->x && x < p->x + p->cols && y >= p->y - 1 &&
		    y < p->y + p->rows)
			return i;
	}
	return -1;
}

static bool mouse(struct vt_app *app, const struct vt_event_in *e)
{
	struct vt_panes *panes = &app->panes;
	int i = pane_at(panes, e->x, e->y);
	bool wheel = e->mouse == VT_MOUSE_WHEEL_UP || e->mouse == VT_MOUSE_WHEEL_DOWN;
	struct vt_term_pane *p;

	if (i < 0) {
		/* A click beside the panes is for what is there. */
		if (!wheel && panes->focused)
			set_focus(app, false);
		return false;
	}
	p = panes->panes[i];
	if (!wheel) {
		panes->at = i;
		set_focus(app, true);
	}
	if (!p->ended && vt_grid_mouse(p->grid, e->mouse, e->x - p->x, e->y - p->y))
		return true;
	if (wheel)
		(void)vt_grid_scroll(p->grid, e->mouse == VT_MOUSE_WHEEL_UP ? 3 : -3);
	return true;
}

bool vt_panes_event(struct vt_app *app, const struct vt_event_in *e)
{
	struct vt_panes *panes = &app->panes;

	if (!panes->n || !panes->cols)
		return false;
	if (e->type == VT_IN_MOUSE)
		return mouse(app, e);
	if (!panes->focused || (e->type != VT_IN_KEY && e->type != VT_IN_PASTED))
		return false;
	key(app, current(panes), e);
	return true;
}

/* Commands */

void vt_panes_next(struct vt_app *app)
{
	struct vt_panes *panes = &app->panes;

	panes->at = (panes->at + 1) % panes->n;
	set_focus(app, true);
}

void vt_panes_zoom(struct vt_app *app)
{
	set_focus(app, true);
	app->panes.zoomed = true;
}

/* F12 in the tree: it was meant for the program. */
void vt_panes_leave(struct vt_app *app)
{
	struct vt_term_pane *p = current(&app->panes);
	struct vt_event_in f12 = { .type = VT_IN_KEY, .key = VT_KEY_F12 };

	set_focus(app, true);
	if (!p->ended)
		vt_grid_key(p->grid, &f12);
}

static void close_current(struct vt_app *app, void *arg)
{
	struct vt_panes *panes = &app->panes;

	for (int i = 0; i < panes->n; i++)
		if (panes->panes[i] == arg)
			vt_term_pane_hang_up(panes->panes[i]);
}

void vt_panes_close(struct vt_app *app)
{
	struct vt_term_pane *p = current(&app->panes);
	vt_autofree char *text = NULL;

	if (p->ended) {
		drop(app, app->panes.at);
		return;
	}
	text = vt_asprintf("%s still runs in the pane. Closing the pane takes its terminal away,\n"
			   "and kills it if that does not end it.\n",
			   p->title);
	vt_popup_text(app, "Close the pane", text, "y close   Esc leave", close_current, p, NULL);
}

/* Work between events */

int vt_panes_poll(const struct vt_panes *panes, struct pollfd *fds)
{
	int n = 0;

	for (int i = 0; i < panes->n; i++)
		n += vt_term_pane_poll(panes->panes[i], fds + n);
	return n;
}

bool vt_panes_work(struct vt_app *app)
{
	struct vt_panes *panes = &app->panes;
	bool any = false;

	for (int i = panes->n; i > 0; i--) {
		struct vt_term_pane *p = panes->panes[i - 1];

		any = vt_term_pane_work(p) || any;
		if (vt_grid_overflowed(p->grid))
			vt_app_say(app, VT_ROLE_WARN,
				   "%s does not read: what was typed is partly lost", p->title);
		/* Closed on request: nobody waits for its last words. */
		if (p->ended && p->kill_at_ms)
			drop(app, i - 1);
	}
	return any;
}

void vt_panes_finish(struct vt_panes *panes)
{
	vt_term_panes_end(panes->panes, panes->n);
	panes->n = 0;
	vt_canvas_finish(&panes->beside);
}
