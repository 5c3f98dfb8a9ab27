/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Search and filter, which are typed into the bottom line. */
#include <stdio.h>

#include "../src/filter.h"
#include "app_parts.h"
#include "popup.h"

void vt_prompt_start(struct vt_app *app, enum vt_prompt prompt)
{
	app->prompt = prompt;
	app->prompt_text[0] = '\0';
	app->message[0] = '\0';
	if (prompt == VT_PROMPT_SEARCH)
		vt_app_state(app)->tree.search[0] = '\0';
}

void vt_app_set_filter(struct vt_app *app, const char *text)
{
	struct vt_tree *t = &vt_app_state(app)->tree;
	struct vt_error err = { 0 };
	struct vt_filter *filter = NULL;

	if (text[0]) {
		filter = vt_filter_new(text, &err);
		if (!filter) {
			vt_app_fail(app, &err);
			return;
		}
	}
	vt_filter_free(t->filter);
	t->filter = filter;
	vt_app_rebuild(app);
	if (filter)
		vt_app_say(app, VT_ROLE_TEXT, "showing only: %s   (c clears)", text);
}

static void end_prompt(struct vt_app *app, bool accept)
{
	enum vt_prompt prompt = app->prompt;
	struct vt_tree *t = &vt_app_state(app)->tree;

	app->prompt = VT_PROMPT_NONE;
	if (prompt == VT_PROMPT_FILTER && accept)
		vt_app_set_filter(app, app->prompt_text);
	if (prompt == VT_PROMPT_SEARCH && !accept)
		t->search[0] = '\0';
}

void vt_prompt_key(struct vt_app *app, const struct vt_event_in *e)
{
	struct vt_tree *t = &vt_app_state(app)->tree;
	uint32_t key = e->type == VT_IN_KEY ? e->key : 0;

	if (key == VT_KEY_ENTER || key == VT_KEY_ESC || key == 3) {
		end_prompt(app, key == VT_KEY_ENTER);
		return;
	}
	if (app->prompt == VT_PROMPT_SEARCH && (key == VT_KEY_DOWN || key == VT_KEY_F1 + 2)) {
		(void)vt_tree_search(t, true);
		return;
	}
	(void)vt_edit_text(app->prompt_text, sizeof(app->prompt_text), e);
	if (app->prompt != VT_PROMPT_SEARCH)
		return;
	(void)snprintf(t->search, sizeof(t->search), "%s", app->prompt_text);
	app->message[0] = '\0';
	if (t->search[0] && !vt_tree_search(t, false))
		vt_app_say(app, VT_ROLE_WARN, "nothing here is called that");
}

void vt_prompt_search_next(struct vt_app *app)
{
	struct vt_tree *t = &vt_app_state(app)->tree;

	if (!t->search[0])
		vt_app_say(app, VT_ROLE_TEXT, "nothing was searched yet: / starts");
	else if (!vt_tree_search(t, true))
		vt_app_say(app, VT_ROLE_WARN, "nothing here is called '%s'", t->search);
}
