/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing down the limits of a cgroup: the text in a format, on the screen or into a file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../src/save.h"
#include "dialogs.h"
#include "popup.h"

enum {
	FORMAT,
	TO_FILE,
	OVERWRITE,
	FIELDS
};

struct save {
	struct vt_field fields[FIELDS];
	char *texts[VT_SAVE_FORMATS], *title;
};

static void free_save(void *arg)
{
	struct save *s = arg;

	for (int i = 0; i < VT_SAVE_FORMATS; i++)
		free(s->texts[i]);
	free(s->title);
	free(s);
}

static char *says(struct vt_form *form)
{
	const struct save *s = form->arg;

	return vt_strdup(s->texts[s->fields[FORMAT].value]);
}

static bool submit(struct vt_app *app, struct vt_form *form)
{
	const struct save *s = form->arg;
	const char *text = s->texts[s->fields[FORMAT].value];
	const char *file = form->n_fields > TO_FILE ? s->fields[TO_FILE].text : "";
	struct vt_error err = { 0 };

	if (!*file) {
		vt_popup_text(app, s->title, text, "↑↓ scroll   Esc leave", NULL, NULL, NULL);
		return true;
	}
	if (vt_save_file(file, text, s->fields[OVERWRITE].value, &err) < 0) {
		vt_app_fail(app, &err);
		return false;
	}
	vt_app_say(app, VT_ROLE_GOOD, "%s: written to %s", s->title, file);
	return true;
}

void vt_dialog_save(struct vt_app *app)
{
	const struct vt_cgroup *cg = vt_app_cgroup(app);
	struct vt_action_env env = { app->host, app->s, app->read_only };
	struct save *s = vt_alloc(sizeof(*s));
	struct vt_error err = { 0 };
	struct vt_form form = {
		.title = "Save limits",
		.fields = s->fields,
		/* Who only looks gets no file from a slip of the finger. */
		.n_fields = app->read_only || !app->host->is_self ? 1 : FIELDS,
		.arg = s,
		.says = says,
		.submit = submit,
		.free_arg = free_save,
	};

	for (int i = 0; i < VT_SAVE_FORMATS; i++)
		if (vt_save_text(&env, cg->path, (enum vt_save_format)i, &s->texts[i], &err) < 0) {
			vt_app_fail(app, &err);
			free_save(s);
			return;
		}
	s->title = vt_asprintf("Limits of %s", cg->path);
	s->fields[FORMAT] = (struct vt_field){ .type = VT_FIELD_CHOICE,
					       .label = "as",
					       .choices = vt_save_formats };
	s->fields[TO_FILE] = (struct vt_field){ .type = VT_FIELD_TEXT, .label = "file" };
	s->fields[OVERWRITE] = (struct vt_field){ .type = VT_FIELD_CHECK,
						  .label = "overwrite the file if it is there" };
	vt_popup_form(app, &form);
}
