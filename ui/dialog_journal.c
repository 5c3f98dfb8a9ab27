/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal on the screen: all that was done here, each with its steps, and undo of one. */
#include <stdio.h>
#include <string.h>

#include "../src/apply.h"
#include "../src/journal_text.h"
#include "dialogs.h"
#include "popup.h"

static int read_log(struct vt_app *app, struct vt_journal_log *log)
{
	const struct vt_host_row *row = vt_snapshot_host(app->s);
	struct vt_error err = { 0 };
	int r = vt_journal_read_all(VT_HAS(HOST, row, boot_id) ? row->boot_id : "", log, &err);

	if (r < 0)
		vt_app_fail(app, &err);
	return r;
}

static void undo(struct vt_app *app, void *id)
{
	struct vt_error err = { 0 };
	struct vt_plan *plan = NULL;

	if (!vt_app_works(app, VT_CMD_UNDO))
		vt_app_say(app, VT_ROLE_WARN, "nothing can be undone here: it is only looked at");
	else if (vt_undo_plan_of(app->host, app->s, id, &plan, &err) < 0)
		vt_app_fail(app, &err);
	else
		vt_dialog_show_plan(app, plan);
}

/* The ids are in an array that the items number. */
struct ids {
	char **ids;
	size_t n;
};

static void free_ids(void *arg)
{
	struct ids *ids = arg;

	for (size_t i = 0; i < ids->n; i++)
		free(ids->ids[i]);
	free(ids->ids);
	free(ids);
}

static void undo_item(struct vt_app *app, const struct vt_menu_item *item, void *arg)
{
	const struct ids *ids = arg;

	undo(app, ids->ids[item->number]);
}

static void show_item(struct vt_app *app, const struct vt_menu_item *item, void *arg)
{
	const struct ids *ids = arg;
	const char *id = ids->ids[item->number];
	struct vt_journal_log log;
	struct vt_error err = { 0 };
	vt_autofree char *text = NULL;
	int r = read_log(app, &log);

	if (r == 0)
		r = vt_journal_detail(&log, id, &text, &err);
	vt_journal_log_finish(&log);
	if (r < 0 && err.code)
		vt_app_fail(app, &err);
	if (r < 0)
		return;
	vt_popup_text(app, "Journal", text, "u undo it   ↑↓ scroll   Esc leave", NULL,
		      vt_strdup(id), free);
	vt_popup_text_act(app, 'u', undo);
}

static struct vt_menu_item item_of(struct vt_arena *arena, const struct vt_journal_entry *e,
				   size_t number)
{
	return (struct vt_menu_item){
		.label = vt_arena_printf(arena, "%s  %-10s", e->time ? e->time : "?",
					 vt_journal_state(e)),
		.value = e->title,
		.number = (int)number,
	};
}

static void show_log(struct vt_app *app, const struct vt_journal_log *log)
{
	struct vt_menu_item *items = vt_alloc((log->n + 1) * sizeof(*items));
	struct ids *ids = vt_alloc(sizeof(*ids));

	ids->ids = vt_alloc((log->n + 1) * sizeof(*ids->ids));
	for (size_t i = log->n; i > 0; i--) {
		items[ids->n] = item_of(log->arena, &log->entries[i - 1], ids->n);
		ids->ids[ids->n++] = vt_strdup(log->entries[i - 1].id);
	}
	vt_popup_menu(app, "Journal", items, ids->n, false, show_item, ids, free_ids);
	vt_popup_menu_key(app, 'u', "↵ steps   u undo it   Esc leave", undo_item);
	free(items);
}

void vt_dialog_journal(struct vt_app *app)
{
	struct vt_journal_log log;

	if (read_log(app, &log) == 0 && !log.n)
		vt_app_say(app, VT_ROLE_TEXT, "nothing was done here");
	else if (log.n)
		show_log(app, &log);
	vt_journal_log_finish(&log);
}
