/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a machine exits: a trace of a second, made by a reader of details of its
 * own, so that the screen goes on meanwhile; a text when it is there.
 */
#include "../src/collector.h"
#include "dialogs.h"
#include "popup.h"

void vt_dialog_exits(struct vt_app *app)
{
	struct vt_id id = vt_app_row(app)->link;

	if (!app->tracer) {
		vt_app_say(app, VT_ROLE_WARN, "exits cannot be traced here");
		return;
	}
	/* The second half only tells this trace from those before it. */
	app->tracing = (struct vt_id){ VT_KIND_MACHINE, id.a, ++app->traces };
	vt_detailer_ask(app->tracer, app->tracing);
	vt_app_say(app, VT_ROLE_TEXT, "tracing the exits of %llu for a second…",
		   (unsigned long long)id.a);
}

bool vt_dialog_exits_take(struct vt_app *app)
{
	const struct vt_detail *d = app->tracing.a
					    ? vt_detailer_take(app->tracer, app->tracing, NULL)
					    : NULL;

	if (!d)
		return false;
	app->tracing = (struct vt_id){ VT_KIND_COUNT, 0, 0 };
	app->message[0] = '\0';
	for (size_t i = 0; i < d->n_lines; i++)
		vt_popup_text(app, "Why it exits", d->lines[i].value, "↑↓ scroll   Esc leave", NULL,
			      NULL, NULL);
	return true;
}
