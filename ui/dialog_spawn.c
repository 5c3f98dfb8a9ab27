/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields of the dialogs that start a program: unshare and enter. */
#include "dialog_spawn.h"

#include <string.h>

#include "../src/model.h"

void vt_ns_fields_put(struct vt_field *fields)
{
	for (int t = 0; t < VT_NS_TYPES; t++)
		fields[t] = (struct vt_field){
			.type = VT_FIELD_CHECK,
			.label = vt_ns_names[t],
			.same_line = t > 0,
			.width = t == VT_NS_CGROUP ? 10 : 8,
		};
}

int vt_ns_fields_flags(const struct vt_field *fields)
{
	int flags = 0;

	for (int t = 0; t < VT_NS_TYPES; t++)
		if (fields[t].value)
			flags |= vt_ns_clone_flags[t];
	return flags;
}

struct vt_field vt_run_in_field(const struct vt_app *app)
{
	static const char *const run_in[] = { "a pane beside this", "this terminal",
					      "the background", NULL };

	return (struct vt_field){
		.type = VT_FIELD_CHOICE,
		.label = "run in",
		.choices = run_in,
		.value = vt_panes_fit(app->cols, app->rows) ? VT_RUN_PANE : VT_RUN_SCREEN,
	};
}

void vt_run_in_take(const struct vt_field *field, struct vt_spawn *spawn)
{
	spawn->pane = field->value == VT_RUN_PANE;
	spawn->background = field->value == VT_RUN_BACKGROUND;
}

const char **vt_split_words(char *words)
{
	const char **argv = NULL;
	size_t n = 0, cap = 0;
	char *save = NULL;

	for (char *w = strtok_r(words, " \t", &save); w; w = strtok_r(NULL, " \t", &save)) {
		VT_GROW(argv, n, cap);
		argv[n++] = w;
	}
	VT_GROW(argv, n, cap);
	argv[n] = NULL;
	return argv;
}
