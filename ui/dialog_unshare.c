/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The unshare dialog: choose what to isolate, and see the unshare(1) line being composed. */
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "dialog_spawn.h"
#include "dialogs.h"

enum {
	PRESET,
	NS_FIRST, /* one check box a type */
	FORK = NS_FIRST + VT_NS_TYPES,
	MOUNT_PROC,
	MAP_ROOT,
	HOSTNAME,
	CGROUP,
	COMMAND,
	RUN_IN,
	FIELDS
};

struct preset {
	const char *name;
	unsigned types; /* bits of enum vt_ns_type */
	bool mount_proc, map_root;
	const char *hostname;
};

#define BIT(t) (1u << VT_NS_##t)

static const struct preset presets[] = {
	{ "new PID 1", BIT(PID) | BIT(MNT), true, false, "" },
	{ "own hostname", BIT(UTS), false, false, "demo" },
	{ "no network", BIT(NET), false, false, "" },
	{ "fake root", BIT(USER), false, true, "" },
	{ "private mounts", BIT(MNT), false, false, "" },
	{ "own IPC", BIT(IPC), false, false, "" },
	{ "cgroup root", BIT(CGROUP), false, false, "" },
	{ "everything: a container",
	  BIT(MNT) | BIT(PID) | BIT(NET) | BIT(UTS) | BIT(IPC) | BIT(USER) | BIT(CGROUP), true,
	  true, "demo" },
};

static const char *const preset_names[] = {
	"new PID 1",       "own hostname", "no network",  "fake root",
	"private mounts",  "own IPC",      "cgroup root", "everything: a container",
	"as chosen below", NULL,
};
enum {
	CUSTOM = VT_LEN(presets)
};
_Static_assert(VT_LEN(preset_names) == VT_LEN(presets) + 2, "a preset without its name");

struct unshare {
	struct vt_field fields[FIELDS];
};

static void take_preset(struct vt_form *form)
{
	const struct preset *p;

	if (form->fields[PRESET].value == CUSTOM)
		return;
	p = &presets[form->fields[PRESET].value];
	for (int t = 0; t < VT_NS_TYPES; t++)
		form->fields[NS_FIRST + t].value = p->types >> t & 1;
	form->fields[MOUNT_PROC].value = p->mount_proc;
	form->fields[MAP_ROOT].value = p->map_root;
	form->fields[FORK].value = p->types >> VT_NS_PID & 1;
	(void)snprintf(form->fields[HOSTNAME].text, sizeof(form->fields[HOSTNAME].text), "%s",
		       p->hostname);
}

/* Choices that only work together follow each other, as unshare(1) has it. */
static void changed(struct vt_form *form, size_t field)
{
	struct vt_field *f = form->fields;

	if (field == PRESET) {
		take_preset(form);
		return;
	}
	if (field < HOSTNAME)
		f[PRESET].value = CUSTOM;
	if (field == MOUNT_PROC && f[MOUNT_PROC].value)
		f[NS_FIRST + VT_NS_MNT].value = 1;
	if (field == NS_FIRST + VT_NS_MNT && !f[field].value)
		f[MOUNT_PROC].value = 0;
	if (field == MAP_ROOT && f[MAP_ROOT].value)
		f[NS_FIRST + VT_NS_USER].value = 1;
	if (field == NS_FIRST + VT_NS_USER && !f[field].value)
		f[MAP_ROOT].value = 0;
	if (field == NS_FIRST + VT_NS_PID)
		f[FORK].value = f[field].value;
	if (field == HOSTNAME && f[HOSTNAME].text[0])
		f[NS_FIRST + VT_NS_UTS].value = 1;
}

static const char *command_of(const struct vt_form *form)
{
	const char *shell = getenv("SHELL");

	if (form->fields[COMMAND].text[0])
		return form->fields[COMMAND].text;
	if (form->fields[RUN_IN].value)
		return "sleep infinity";
	return shell && shell[0] == '/' ? shell : "/bin/sh";
}

static char *says(struct vt_form *form)
{
	const struct vt_field *f = form->fields;
	char line[400] = "unshare";
	size_t n = strlen(line);

	for (int t = 0; t < VT_NS_TYPES; t++)
		if (f[NS_FIRST + t].value)
			n += (size_t)snprintf(line + n, sizeof(line) - n, " %s", vt_ns_options[t]);
	if (f[FORK].value)
		n += (size_t)snprintf(line + n, sizeof(line) - n, " --fork");
	if (f[MOUNT_PROC].value)
		n += (size_t)snprintf(line + n, sizeof(line) - n, " --mount-proc");
	if (f[MAP_ROOT].value)
		n += (size_t)snprintf(line + n, sizeof(line) - n, " --map-root-user");
	return vt_asprintf("%s %s%s%s%s", line, command_of(form),
			   f[HOSTNAME].text[0] ? "\nwith the hostname " : "", f[HOSTNAME].text,
			   f[CGROUP].text[0] ? "\nin the cgroup chosen above" : "");
}

static bool submit(struct vt_app *app, struct vt_form *form)
{
	const struct vt_field *f = form->fields;
	vt_autofree char *words = vt_strdup(command_of(form));
	vt_autofree const char **argv = vt_split_words(words);
	struct vt_request request = { .action = vt_action_find("unshare") };
	struct vt_spawn *spawn = &request.spawn;

	spawn->ns_flags = vt_ns_fields_flags(f + NS_FIRST);
	spawn->fork = f[FORK].value;
	spawn->mount_proc = f[MOUNT_PROC].value;
	spawn->map_root = f[MAP_ROOT].value;
	spawn->background = f[RUN_IN].value == 1;
	spawn->hostname = f[HOSTNAME].text[0] ? f[HOSTNAME].text : NULL;
	spawn->cgroup = f[CGROUP].text[0] ? f[CGROUP].text : NULL;
	spawn->argv = argv;
	return vt_dialog_preview(app, &request);
}

static void put_fields(struct vt_field *f)
{
	f[PRESET] = (struct vt_field){ .type = VT_FIELD_CHOICE,
				       .label = "preset",
				       .choices = preset_names };
	vt_ns_fields_put(f + NS_FIRST);
	f[FORK] = (struct vt_field){ .type = VT_FIELD_CHECK, .label = "fork", .width = 8 };
	f[MOUNT_PROC] = (struct vt_field){
		.type = VT_FIELD_CHECK, .label = "mount /proc", .same_line = true, .width = 17
	};
	f[MAP_ROOT] = (struct vt_field){
		.type = VT_FIELD_CHECK, .label = "map me to root", .same_line = true, .width = 20
	};
	f[HOSTNAME] = (struct vt_field){ .type = VT_FIELD_TEXT, .label = "hostname" };
	f[CGROUP] = (struct vt_field){ .type = VT_FIELD_TEXT, .label = "cgroup" };
	f[COMMAND] = (struct vt_field){ .type = VT_FIELD_TEXT, .label = "command" };
	f[RUN_IN] = vt_run_in_field();
}

void vt_dialog_unshare(struct vt_app *app)
{
	struct unshare *u = vt_alloc(sizeof(*u));
	const struct vt_row *row = vt_app_row(app);
	const struct vt_cgroup *cg = row && row->link.kind == VT_KIND_CGROUP ? vt_app_cgroup(app)
									     : NULL;
	struct vt_form form = {
		.title = "Unshare",
		.fields = u->fields,
		.n_fields = FIELDS,
		.arg = u,
		.changed = changed,
		.says = says,
		.submit = submit,
		.free_arg = free,
	};

	put_fields(u->fields);
	take_preset(&form);
	/* Opened on a cgroup, the program starts in it. */
	if (cg && cg->parent >= 0)
		(void)snprintf(u->fields[CGROUP].text, sizeof(u->fields[CGROUP].text), "%s",
			       cg->path);
	vt_popup_form(app, &form);
}
