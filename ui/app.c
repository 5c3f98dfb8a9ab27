/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events to commands, commands to what they do. Commands that work on the tree
 * are here; those that go elsewhere are in jump.c, those that act in dialogs;
 * what is typed into the bottom line is in app_prompt.c.
 */
#include "app.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../src/filter.h"
#include "app_parts.h"
#include "applying.h"
#include "compare.h"
#include "dialogs.h"
#include "jump.h"
#include "popup.h"

enum {
	DETAIL_STEP = 5 /* lines, by key */
};

void vt_app_init(struct vt_app *app, const struct vt_host *host, struct vt_collector *collector,
		 struct vt_detailer *detailer)
{
	*app = (struct vt_app){
		.host = host,
		.collector = collector,
		.detailer = detailer,
		.detail_size = VT_DETAIL_SMALL,
		.detail_rows = -1,
		.history = vt_history_new(),
		.cols = 80,
		.rows = 24,
	};
	for (int i = 0; i < VT_VIEW_COUNT; i++) {
		vt_tree_init(&app->views[i].tree);
		app->views[i].scope.kind = VT_KIND_COUNT;
		app->views[i].sort = vt_views[i]->sort_first ? vt_views[i]->sort_first - 1
							     : VT_SORT_OWN;
		app->views[i].reverse = vt_views[i]->sort_first > 0;
	}
}

void vt_app_finish(struct vt_app *app)
{
	vt_applying_take(app, true);
	vt_popup_close_all(app);
	vt_panes_finish(&app->panes);
	for (int i = 0; i < VT_VIEW_COUNT; i++)
		vt_tree_finish(&app->views[i].tree);
	vt_history_free(app->history);
	free(app->own_columns);
}

struct vt_view_state *vt_app_state(struct vt_app *app)
{
	return &app->views[app->view];
}

const struct vt_row *vt_app_row(const struct vt_app *app)
{
	return vt_tree_current(&app->views[app->view].tree);
}

const struct vt_cgroup *vt_app_cgroup(const struct vt_app *app)
{
	const struct vt_row *row = vt_app_row(app);

	if (!row || row->gone || row->link.kind >= VT_KIND_COUNT || !app->s)
		return NULL;
	return vt_related_cgroup(app->s, row->link);
}

void vt_app_say(struct vt_app *app, enum vt_role role, const char *fmt, ...)
{
	char raw[400];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	(void)vt_text_escape(app->message, sizeof(app->message), raw);
	app->message_role = role;
}

void vt_app_fail(struct vt_app *app, const struct vt_error *err)
{
	vt_app_say(app, VT_ROLE_ERROR, "%s", err->msg);
}

struct vt_view_env vt_app_env(const struct vt_app *app)
{
	const struct vt_view_state *state = &app->views[app->view];

	return (struct vt_view_env){
		.snapshot = app->s,
		.variant = state->variant,
		.scope = state->scope,
		.history = app->history,
		.rows = app->rows,
		.compare = app->compare,
		.ascii = app->ascii,
	};
}

void vt_app_rebuild(struct vt_app *app)
{
	struct vt_view_state *state = vt_app_state(app);
	struct vt_view_env env = vt_app_env(app);
	const struct vt_view *view = vt_views[app->view];
	struct vt_tree *t = &state->tree;

	if (!app->s)
		return;
	view->build(&env, vt_tree_begin(t));
	t->compare = state->sort == VT_SORT_OWN ? NULL : vt_column_compare;
	t->compare_arg = state->sort >= 0 ? &vt_app_columns(app)[state->sort] : NULL;
	t->reverse = state->reverse;
	vt_tree_arrange(t);
}

/* What is on the screen is remembered, and what the cursor is on. */
static void keep_history(struct vt_app *app)
{
	const struct vt_tree *t = &vt_app_state(app)->tree;
	const struct vt_row *row;

	vt_history_take(app->history, app->s);
	for (int i = 0; i < t->page && (row = vt_tree_visible(t, t->top + (size_t)i)); i++)
		if (row->record && !row->gone)
			vt_history_keep(app->history, app->s, row->id);
}

/* What has ended is not moved with the others, and its row is no more there to be unmarked. */
static void unmark_ended(struct vt_app *app)
{
	for (int i = 0; i < VT_VIEW_COUNT; i++) {
		struct vt_tree *t = &app->views[i].tree;

		for (size_t k = t->n_marked; k-- > 0;)
			if (!vt_snapshot_find(app->s, t->marked[k]))
				vt_tree_mark(t, t->marked[k]);
	}
}

void vt_app_refresh(struct vt_app *app)
{
	/* The snapshot that a change is planned from stays until it is made. */
	if (app->applying)
		return;
	app->s = vt_collector_take(app->collector);
	if (app->s)
		unmark_ended(app);
	vt_app_rebuild(app);
	if (app->s)
		keep_history(app);
}

void vt_app_set_view(struct vt_app *app, int view)
{
	app->view = view;
	app->detail_skip = 0;
	vt_app_rebuild(app);
}

/* In all views, as they are set. */
static void unmark_all(struct vt_app *app)
{
	for (int i = 0; i < VT_VIEW_COUNT; i++)
		vt_tree_unmark_all(&app->views[i].tree);
}

static void clear_all(struct vt_app *app)
{
	struct vt_tree *t = &vt_app_state(app)->tree;

	unmark_all(app);
	t->search[0] = '\0';
	t->following = false;
	vt_app_set_filter(app, "");
}

/* Esc takes back one thing at a time. */
static void cancel(struct vt_app *app)
{
	struct vt_view_state *state = vt_app_state(app);

	if (app->message[0])
		app->message[0] = '\0';
	else if (state->tree.search[0])
		state->tree.search[0] = '\0';
	else if (state->tree.filter)
		vt_app_set_filter(app, "");
	else if (state->scope.kind != VT_KIND_COUNT)
		state->scope.kind = VT_KIND_COUNT;
	else
		unmark_all(app);
	vt_app_rebuild(app);
}

static void mark(struct vt_app *app)
{
	struct vt_tree *t = &vt_app_state(app)->tree;
	const struct vt_row *row = vt_app_row(app);

	/* A process that is marked in one view is marked in all. */
	if (row && row->record)
		for (int i = 0; i < VT_VIEW_COUNT; i++)
			vt_tree_mark(&app->views[i].tree, row->id);
	vt_tree_move(t, 1);
}

static void follow(struct vt_app *app)
{
	struct vt_tree *t = &vt_app_state(app)->tree;

	vt_tree_follow(t);
	vt_app_say(app, VT_ROLE_TEXT,
		   t->following ? "following it wherever it goes" : "no longer following");
}

static void change_interval(struct vt_app *app, bool slower)
{
	static const double steps[] = { 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600 };
	int at = 0;

	while (at < (int)VT_LEN(steps) - 1 && steps[at] < app->interval - 1e-9)
		at++;
	if (slower && steps[at] <= app->interval + 1e-9 && at < (int)VT_LEN(steps) - 1)
		at++;
	if (!slower && at > 0)
		at--;
	app->interval = steps[at];
	vt_collector_set_interval(app->collector, app->interval);
	vt_app_say(app, VT_ROLE_TEXT, "refresh every %g s", app->interval);
}

static void next_theme(struct vt_app *app)
{
	struct vt_error err = { 0 };
	size_t n, at = 0;
	char **names = vt_theme_list(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], app->theme.name) == 0)
			at = i + 1;
	for (size_t tries = 0; tries < n; tries++) {
		if (vt_theme_load(&app->theme, names[(at + tries) % n], &err) == 0) {
			vt_app_say(app, VT_ROLE_TEXT, "theme %s: %s", app->theme.name,
				   app->theme.summary);
			break;
		}
		vt_app_fail(app, &err);
	}
	if (!n)
		vt_app_say(app, VT_ROLE_WARN, "no theme files were found");
	if (app->term)
		vt_term_set_theme(app->term, &app->theme);
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

static void step(struct vt_app *app)
{
	vt_collector_step(app->collector);
}

static void pause_or_go(struct vt_app *app)
{
	vt_collector_pause(app->collector, !vt_collector_paused(app->collector));
}

static void scroll_detail(struct vt_app *app, int by)
{
	app->detail_skip = app->detail_skip + by > 0 ? app->detail_skip + by : 0;
}

static void detail_down(struct vt_app *app)
{
	scroll_detail(app, DETAIL_STEP);
}

static void detail_up(struct vt_app *app)
{
	scroll_detail(app, -DETAIL_STEP);
}

static void next_detail_size(struct vt_app *app)
{
	app->detail_size = app->detail_size == VT_DETAIL_SMALL   ? VT_DETAIL_LARGE
			   : app->detail_size == VT_DETAIL_LARGE ? VT_DETAIL_OFF
								 : VT_DETAIL_SMALL;
	app->detail_skip = 0;
}

static void run_tree_command(struct vt_app *app, enum vt_command command)
{
	struct vt_tree *t = &vt_app_state(app)->tree;

	switch (command) {
	case VT_CMD_DOWN:
		vt_tree_move(t, 1);
		break;
	case VT_CMD_UP:
		vt_tree_move(t, -1);
		break;
	case VT_CMD_PAGE_DOWN:
		vt_tree_move(t, t->page);
		break;
	case VT_CMD_PAGE_UP:
		vt_tree_move(t, -t->page);
		break;
	case VT_CMD_HOME:
		vt_tree_go(t, 0);
		break;
	case VT_CMD_END:
		vt_tree_go(t, t->n_visible ? t->n_visible - 1 : 0);
		break;
	case VT_CMD_FOLD:
		vt_tree_toggle(t);
		break;
	case VT_CMD_UNFOLD:
		vt_tree_unfold(t);
		break;
	case VT_CMD_FOLD_UP:
		vt_tree_fold_up(t);
		break;
	case VT_CMD_FOLD_ALL:
	case VT_CMD_UNFOLD_ALL:
		vt_tree_fold_all(t, command == VT_CMD_FOLD_ALL);
		break;
	default:
		return;
	}
	app->detail_skip = 0;
}

/* Commands that are one call, by name; the tree's and the views' own are above. */

/* Programs in panes have been ended first, so that only what stays is asked about. */
static void quit_now(struct vt_app *app, void *arg)
{
	(void)arg;
	vt_panes_finish(&app->panes);
	if (!vt_dialog_made_on_quit(app))
		app->quit = true;
}

static void quit(struct vt_app *app)
{
	int live = vt_panes_live(&app->panes);
	vt_autofree char *text = NULL;

	if (!live) {
		quit_now(app, NULL);
		return;
	}
	text = vt_asprintf("%d program%s in %s. Quitting ends %s.\n", live,
			   live == 1 ? " still runs" : "s still run",
			   live == 1 ? "a pane" : "panes", live == 1 ? "it" : "them");
	vt_popup_text(app, "Quit", text, "y quit   Esc stay", quit_now, NULL, NULL);
}

static void redraw(struct vt_app *app)
{
	app->redraw = true;
}

static void suspend(struct vt_app *app)
{
	if (app->term)
		vt_term_stop(app->term);
}

static void sort_forward(struct vt_app *app)
{
	vt_order_sort_next(app, 1);
}

static void sort_backward(struct vt_app *app)
{
	vt_order_sort_next(app, -1);
}

static void slower(struct vt_app *app)
{
	change_interval(app, true);
}

static void faster(struct vt_app *app)
{
	change_interval(app, false);
}

static void next_view(struct vt_app *app)
{
	vt_app_set_view(app, (app->view + 1) % VT_VIEW_COUNT);
}

static void prev_view(struct vt_app *app)
{
	vt_app_set_view(app, (app->view + VT_VIEW_COUNT - 1) % VT_VIEW_COUNT);
}

static void search(struct vt_app *app)
{
	if (app->view == 0)
		vt_jump_search_all(app);
	else
		vt_prompt_start(app, VT_PROMPT_SEARCH);
}

static void filter(struct vt_app *app)
{
	vt_prompt_start(app, VT_PROMPT_FILTER);
}

/* Of a machine why it exits, of the host what an exit costs. */
static void exits(struct vt_app *app)
{
	if (vt_views[app->view] == &vt_view_host)
		vt_dialog_exit_cost(app);
	else
		vt_dialog_exits(app);
}

static void (*const handlers[VT_CMD_COUNT])(struct vt_app *app) = {
	[VT_CMD_GO] = vt_jump_go,
	[VT_CMD_FIX] = vt_dialog_fix,
	[VT_CMD_UNSHARE] = vt_dialog_unshare,
	[VT_CMD_LIMIT] = vt_dialog_limit,
	[VT_CMD_MARK] = mark,
	[VT_CMD_COMPARE] = vt_compare_choose,
	[VT_CMD_MOVE] = vt_dialog_move,
	[VT_CMD_CREATE] = vt_dialog_create,
	[VT_CMD_REMOVE] = vt_dialog_remove,
	[VT_CMD_FREEZE] = vt_dialog_freeze,
	[VT_CMD_KILL] = vt_dialog_kill,
	[VT_CMD_ENTER] = vt_dialog_enter,
	[VT_CMD_LAB] = vt_dialog_net,
	[VT_CMD_UNDO] = vt_dialog_undo,
	[VT_CMD_MADE] = vt_dialog_made,
	[VT_CMD_MOUNT] = vt_dialog_mount,
	[VT_CMD_EXITS] = exits,
	[VT_CMD_SEARCH] = search,
	[VT_CMD_SEARCH_NEXT] = vt_prompt_search_next,
	[VT_CMD_FILTER] = filter,
	[VT_CMD_SORT] = sort_forward,
	[VT_CMD_SORT_BACK] = sort_backward,
	[VT_CMD_REVERSE] = vt_order_reverse,
	[VT_CMD_VARIANT] = vt_order_next_variant,
	[VT_CMD_COLUMNS] = vt_order_next_columns,
	[VT_CMD_PANE] = vt_panes_next,
	[VT_CMD_PANE_ZOOM] = vt_panes_zoom,
	[VT_CMD_PANE_CLOSE] = vt_panes_close,
	[VT_CMD_PANE_LEAVE] = vt_panes_leave,
	[VT_CMD_JUMP] = vt_jump_menu,
	[VT_CMD_BACK] = vt_jump_back,
	[VT_CMD_EXPLAIN] = vt_dialog_explain,
	[VT_CMD_DETAIL] = next_detail_size,
	[VT_CMD_DETAIL_DOWN] = detail_down,
	[VT_CMD_DETAIL_UP] = detail_up,
	[VT_CMD_SAVE] = vt_dialog_save,
	[VT_CMD_JOURNAL] = vt_dialog_journal,
	[VT_CMD_UNMARK_ALL] = clear_all,
	[VT_CMD_FOLLOW] = follow,
	[VT_CMD_NEXT_VIEW] = next_view,
	[VT_CMD_PREV_VIEW] = prev_view,
	[VT_CMD_PAUSE] = pause_or_go,
	[VT_CMD_STEP] = step,
	[VT_CMD_SLOWER] = slower,
	[VT_CMD_FASTER] = faster,
	[VT_CMD_THEME] = next_theme,
	[VT_CMD_NOTES] = vt_dialog_notes,
	[VT_CMD_REDRAW] = redraw,
	[VT_CMD_SUSPEND] = suspend,
	[VT_CMD_HELP] = vt_dialog_help,
	[VT_CMD_CANCEL] = cancel,
	[VT_CMD_QUIT] = quit,
};

void vt_app_command(struct vt_app *app, enum vt_command command)
{
	if (command == VT_CMD_NONE)
		return;
	if (!app->s && command != VT_CMD_QUIT)
		return;
	if (command != VT_CMD_CANCEL && command != VT_CMD_NOTES)
		app->message[0] = '\0';
	if (command >= VT_CMD_VIEW_1 && command <= VT_CMD_VIEW_8)
		vt_app_set_view(app, (int)(command - VT_CMD_VIEW_1));
	else if (!vt_app_works(app, command) && command != VT_CMD_FOLD)
		vt_app_say(app, VT_ROLE_WARN, "%s: %s", vt_commands[command].word,
			   vt_app_why_not(app, command));
	else if (handlers[command])
		handlers[command](app);
	else
		run_tree_command(app, command);
}

static void click(struct vt_app *app, const struct vt_event_in *e)
{
	struct vt_tree *t = &vt_app_state(app)->tree;

	for (int i = 0; i < app->n_spots; i++) {
		const struct vt_spot *spot = &app->spots[i];

		if (e->y != spot->y || e->x < spot->x || e->x >= spot->x + spot->width)
			continue;
		if (spot->command == VT_CMD_SORT && vt_app_state(app)->sort == spot->sort)
			vt_order_reverse(app);
		else if (spot->command == VT_CMD_SORT)
			vt_order_sort_by(app, spot->sort);
		else
			vt_app_command(app, spot->command);
		return;
	}
	if (e->y >= app->body_y && e->y < app->body_y + app->body_rows) {
		size_t at = t->top + (size_t)(e->y - app->body_y);
		const struct vt_row *row = vt_tree_visible(t, at);

		if (!row)
			return;
		vt_tree_go(t, at);
		if (row->has_children && e->x <= 2 + 2 * row->depth)
			vt_tree_toggle(t);
		else if (e->mouse == VT_MOUSE_DOUBLE)
			vt_app_command(app, VT_CMD_GO);
	}
}

static void mouse(struct vt_app *app, const struct vt_event_in *e)
{
	int by = e->mouse == VT_MOUSE_WHEEL_UP ? -3 : 3;

	if (e->mouse == VT_MOUSE_CLICK || e->mouse == VT_MOUSE_DOUBLE) {
		app->message[0] = '\0';
		click(app, e);
	} else if (e->y >= app->body_y + app->body_rows) {
		scroll_detail(app, by);
	} else {
		vt_tree_scroll(&vt_app_state(app)->tree, by);
	}
}

void vt_app_event(struct vt_app *app, const struct vt_event_in *event)
{
	if (event->type == VT_IN_RESIZE) {
		app->cols = event->x;
		app->rows = event->y;
	} else if (app->popup) {
		struct vt_event_in e = *event;

		/* Ctrl-C leaves the dialog: what quitting would end is asked about in the tree. */
		if (e.type == VT_IN_KEY && e.key == 3)
			e.key = VT_KEY_ESC;
		vt_popup_event(app, &e);
	} else if (!app->s) {
		if (event->type == VT_IN_KEY && vt_key_command(event->key) == VT_CMD_QUIT)
			app->quit = true;
	} else if (vt_panes_event(app, event)) {
		return;
	} else if (event->type == VT_IN_KEY && event->mods) {
		return;
	} else if (event->type == VT_IN_MOUSE) {
		mouse(app, event);
	} else if (app->prompt) {
		vt_prompt_key(app, event);
	} else if (event->type == VT_IN_PASTED) {
		vt_app_say(app, VT_ROLE_WARN,
			   "pasted text is no command: open a field for it first");
	} else {
		vt_app_command(app, vt_key_command(event->key));
	}
}
