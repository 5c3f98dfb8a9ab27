/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What virttop made and is still there: a menu to remove it from, the question
 * when one quits, and the offer after a virttop that ended without asking.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../src/apply.h"
#include "../src/made.h"
#include "applying.h"
#include "dialogs.h"
#include "popup.h"

enum {
	ALL = -1,
	LEAVE = -2,
	STAY = -3
};

struct made {
	struct vt_made_list list;
	bool quitting;
};

static struct vt_action_env env_of(const struct vt_app *app)
{
	return (struct vt_action_env){ app->host, app->s, app->read_only };
}

static void free_made(void *arg)
{
	struct made *m = arg;

	vt_made_list_finish(&m->list);
	free(m);
}

static struct vt_plan *plan_of(const struct vt_app *app, const struct made *m, int number)
{
	struct vt_action_env env = env_of(app);
	struct vt_plan *plan = vt_plan_new("");

	vt_made_plan(&env, plan, number == ALL ? m->list.made : &m->list.made[number],
		     number == ALL ? m->list.n : 1);
	return plan;
}

/* The question was the preview; what fails keeps the screen, so that it is read. */
static void remove_and_quit(struct vt_app *app, const struct made *m)
{
	struct vt_plan *plan;
	struct vt_result result = { 0 };
	struct vt_error err = { 0 };

	vt_applying_take(app, true);
	plan = plan_of(app, m, ALL);
	if (vt_apply(app->host, app->s, plan, &result, &err) < 0)
		vt_app_fail(app, &err);
	else
		app->quit = true;
	vt_plan_free(plan);
}

static void choose(struct vt_app *app, const struct vt_menu_item *item, void *arg)
{
	struct made *m = arg;
	struct vt_action_env env = env_of(app);

	if (item->number == LEAVE && m->quitting) {
		vt_made_leave(&env);
		app->quit = true;
	} else if (item->number == LEAVE) {
		vt_made_adopt(&env, &m->list);
	} else if (item->number == ALL && m->quitting) {
		remove_and_quit(app, m);
	} else if (item->number != STAY) {
		vt_dialog_show_plan(app, plan_of(app, m, item->number));
	}
}

static void show(struct vt_app *app, struct made *m, const char *title, const char *leave)
{
	size_t n = 0;
	struct vt_menu_item *items = vt_alloc((m->list.n + 3) * sizeof(*items));

	if (leave)
		items[n++] = (struct vt_menu_item){ .label = leave, .number = LEAVE };
	items[n++] = (struct vt_menu_item){ .label = m->quitting ? "remove all of it and quit"
								 : "remove all of it",
					    .number = ALL };
	if (m->quitting)
		items[n++] = (struct vt_menu_item){ .label = "stay", .number = STAY };
	/* While one quits these only say what it is about. */
	for (size_t i = 0; i < m->list.n; i++)
		items[n++] = (struct vt_menu_item){ .label = m->list.made[i].what,
						    .value = m->list.made[i].title,
						    .number = m->quitting ? STAY : (int)i };
	vt_popup_menu(app, title, items, n, false, choose, m, free_made);
	free(items);
}

/* NULL: nothing, or nothing that can be done about it; what err says, if anything. */
static struct made *read_made(const struct vt_app *app, enum vt_made_whose whose,
			      struct vt_error *err)
{
	struct vt_action_env env = env_of(app);
	struct made *m;

	*err = (struct vt_error){ 0 };
	if (!app->s || !app->host->is_self || app->read_only)
		return NULL;
	m = vt_alloc(sizeof(*m));
	(void)vt_made_read(&env, whose, &m->list, err);
	if (m->list.n)
		return m;
	free_made(m);
	return NULL;
}

void vt_dialog_made(struct vt_app *app)
{
	struct vt_error err;
	struct made *m = read_made(app, VT_MADE_ALL, &err);

	if (m)
		show(app, m, "What virttop made and is still there", NULL);
	else if (err.code)
		vt_app_fail(app, &err);
	else
		vt_app_say(app, VT_ROLE_TEXT, "nothing that virttop made is left");
}

bool vt_dialog_made_on_quit(struct vt_app *app)
{
	struct vt_error ignored;
	struct made *m = app->term ? read_made(app, VT_MADE_MINE, &ignored) : NULL;

	if (!m)
		return false;
	m->quitting = true;
	show(app, m, "What virttop made is still there", "leave it there and quit");
	return true;
}

void vt_dialog_made_offer(struct vt_app *app)
{
	struct vt_error err;
	struct made *m = read_made(app, VT_MADE_ORPHANED, &err);

	if (m)
		show(app, m, "A virttop that ended without asking left this",
		     "leave it there, and do not ask again");
	/* In a home that may not be entered nothing was left for us. */
	else if (err.code == EPERM)
		vt_app_fail(app, &err);
}
