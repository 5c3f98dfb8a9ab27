/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The limit dialog: the writable files of a cgroup. The value has limit_editor.c. */
#include <stdio.h>
#include <string.h>

#include "../src/limit_files.h"
#include "dialogs.h"
#include "popup.h"

struct limit {
	char *path;
	uint64_t id;
};

static void free_limit(void *arg)
{
	struct limit *l = arg;

	free(l->path);
	free(l);
}

static struct limit *new_limit(const char *path, uint64_t id)
{
	struct limit *l = vt_alloc(sizeof(*l));

	l->path = vt_strdup(path);
	l->id = id;
	return l;
}

/* The menu's arg is the cgroup. */
static void file_chosen(struct vt_app *app, const struct vt_menu_item *item, void *arg)
{
	const struct limit *cgroup = arg;

	vt_limit_editor(app, cgroup->path, cgroup->id, item->label);
}

void vt_dialog_limit(struct vt_app *app)
{
	const struct vt_cgroup *cg = vt_app_cgroup(app);
	struct vt_limit_file *files = NULL;
	struct vt_error err = { 0 };
	struct vt_menu_item *items;
	vt_autofree char *title = NULL;
	char(*values)[256];
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
	values = vt_alloc(n * sizeof(*values));
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(values[i], sizeof(values[i]), "–");
		if (files[i].value)
			vt_limit_show(files[i].name, files[i].value, values[i], sizeof(values[i]));
		items[i] = (struct vt_menu_item){ .label = files[i].name, .value = values[i] };
	}
	title = vt_asprintf("Limits of %s", cg->path);
	vt_popup_menu(app, title, items, n, false, file_chosen, new_limit(cg->path, cg->id),
		      free_limit);
	free(items);
	free(values);
	vt_limit_files_free(files, n);
}
