/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_DIALOGS_H
#define VT_DIALOGS_H

#include "../src/action.h"
#include "app.h"

/* Dialogs: each fills a request, which becomes a plan, which is previewed. */
void vt_dialog_unshare(struct vt_app *app);
void vt_dialog_limit(struct vt_app *app);
void vt_dialog_move(struct vt_app *app);
void vt_dialog_create(struct vt_app *app);
void vt_dialog_remove(struct vt_app *app);
void vt_dialog_freeze(struct vt_app *app);
void vt_dialog_save(struct vt_app *app);
void vt_dialog_journal(struct vt_app *app);
void vt_dialog_kill(struct vt_app *app);
void vt_dialog_enter(struct vt_app *app);
void vt_dialog_net(struct vt_app *app);
void vt_dialog_mount(struct vt_app *app);
/* Starts the measurement of what an exit costs; the next refreshes show it. */
void vt_dialog_exit_cost(struct vt_app *app);
void vt_dialog_undo(struct vt_app *app);
void vt_dialog_fix(struct vt_app *app);
/* What virttop made: the list, the question on quit (true: it asks), the offer at the start. */
void vt_dialog_made(struct vt_app *app);
bool vt_dialog_made_on_quit(struct vt_app *app);
void vt_dialog_made_offer(struct vt_app *app);
void vt_dialog_explain(struct vt_app *app);
void vt_dialog_exits(struct vt_app *app);
/* Shows a trace that has arrived; false: none has. */
bool vt_dialog_exits_take(struct vt_app *app);
void vt_dialog_notes(struct vt_app *app);
void vt_dialog_help(struct vt_app *app);

/* Edits one file of the cgroup: a value and what it would do. */
void vt_limit_editor(struct vt_app *app, const char *path, uint64_t id, const char *file);

/* Plans the request and shows the preview; says why not where it is refused. */
bool vt_dialog_preview(struct vt_app *app, const struct vt_request *request);

/* The preview of a plan, which takes it over: y applies it. */
void vt_dialog_show_plan(struct vt_app *app, struct vt_plan *plan);

#endif
