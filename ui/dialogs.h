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
void vt_dialog_kill(struct vt_app *app);
void vt_dialog_enter(struct vt_app *app);
void vt_dialog_undo(struct vt_app *app);
void vt_dialog_fix(struct vt_app *app);
void vt_dialog_explain(struct vt_app *app);
void vt_dialog_notes(struct vt_app *app);
void vt_dialog_help(struct vt_app *app);

/* Plans the request and shows the preview; says why not where it is refused. */
bool vt_dialog_preview(struct vt_app *app, const struct vt_request *request);

#endif
