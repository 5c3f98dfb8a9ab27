/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The limit dialog: the writable files of a cgroup, then a value for one of them. */
#include <stdio.h>
#include <string.h>

#include "dialogs.h"
#include "popup.h"

struct limit {
	struct vt_field fields[1];
	char *path, *file, *help, *was;
	uint64_t id;
};

static void free_limit(void *arg)
{
	struct limit *l = arg;

	free(l->path);
	free(l->file);
	free(l->help);
	free(l->was);
	free(l);
}

static struct limit *new_limit(const char *path, uint64_t id)
{
	struct limit *l = vt_alloc(sizeof(*l));

	l->path = vt_strdup(path);
	l->id = id;
	return l;
}

static char *value_says(struct vt_form *form)
{
	const struct limit *l = form->arg;

	return vt_asprintf("now %s\n%s", l->was ? l->was : "unknown", l->help);
}

static bool value_submit(struct vt_app *app, struct vt_form *form)
{
	const struct limit *l = form->arg;
	struct vt_setting setting = { l->file, form->fields[0].text };
	struct vt_request request = {
		.action = vt_action_find("limit"),
		.path = l->path,
		.path_id = l->id,
		.settings = &setting,
		.n_settings = 1,
	};

	return vt_dialog_preview(app, &request);
}

/* The menu's arg is the cgroup; its items are numbered like the files. */
static void file_chosen(struct vt_app *app, const struct vt_menu_item *item, void *arg)
{
	const struct limit *cgroup = arg;
	struct limit *l = new_limit(cgroup->path, cgroup->id);
	struct vt_form form = {
		.title = "Limit",
		.fields = l->fields,
		.n_fields = 1,
		.arg = l,
		.says = value_says,
		.submit = value_submit,
		.free_arg = free_limit,
	};
	struct vt_limit_file *files = NULL;
	struct vt_error err = { 0 };
	size_t n = 0;

	l->file = vt_strdup(item->label);
	if (vt_limit_files_list(app->host, app->s, l->path, &files, &n, &err) < 0) {
		vt_app_fail(app, &err);
		free_limit(l);
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (strcmp(files[i].name, l->file) == 0) {
			l->help = vt_strdup(files[i].help);
			l->was = files[i].value ? vt_strdup(files[i].value) : NULL;
		}
	vt_limit_files_free(files, n);
	if (!l->help)
		l->help = vt_strdup("the file is no longer there");
	l->fields[0] = (struct vt_field){ .type = VT_FIELD_TEXT, .label = l->file };
	(void)snprintf(l->fields[0].text, sizeof(l->fields[0].text), "%s", l->was ? l->was : "");
	vt_popup_form(app, &form);
}

void vt_dialog_limit(struct vt_app *app)
{
	const struct vt_cgroup *cg = vt_app_cgroup(app);
	struct vt_limit_file *files = NULL;
	struct vt_error err = { 0 };
	struct vt_menu_item *items;
	vt_autofree char *title = NULL;
	size_t n = 0;

	if (!cg) {
		vt_app_say(app, VT_ROLE_WARN, "its cgroup is not known");
		return;
	}
	if (vt_limit_files_list(app->host, app->s, cg->path, &files, &n, &err) < 0) {
		vt_app_fail(app, &err);
		return;
	}
	if (!n) {
		vt_app_say(app, VT_ROLE_WARN, "%s has no file that can be set", cg->path);
		return;
	}
	items = vt_alloc(n * sizeof(*items));
	for (size_t i = 0; i < n; i++)
		items[i] = (struct vt_menu_item){ .label = files[i].name,
						  .value = files[i].value ? files[i].value : "–" };
	title = vt_asprintf("Limits of %s", cg->path);
	vt_popup_menu(app, title, items, n, false, file_chosen, new_limit(cg->path, cg->id),
		      free_limit);
	free(items);
	vt_limit_files_free(files, n);
}
