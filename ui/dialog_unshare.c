/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The unshare dialog: choose what to isolate, and see the unshare(1) line being composed. */
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "../src/spawn_line.h"
#include "../src/spawn_presets.h"
#include "dialog_spawn.h"
#include "dialogs.h"

enum {
	PRESET,
	NS_FIRST, /* one check box a type */
	FORK = NS_FIRST + VT_NS_TYPES,
	MOUNT_PROC,
	KILL_CHILD,
	BUSYBOX,
	IDS,
	SETGROUPS,
	UID_MAP,
	GID_MAP,
	MOUNTS,
	KEEP,
	ROOT,
	DIRECTORY,
	MONOTONIC,
	BOOTTIME,
	HOSTNAME,
	CGROUP,
	LIMITS,
	COMMAND,
	RUN_IN,
	FIELDS
};

enum ids {
	IDS_NONE,
	IDS_ROOT,
	IDS_AUTO,
	IDS_ROOT_AUTO,
	IDS_CUSTOM
};
static const char *const ids_words[] = { "none", "me as root",     "from /etc/subuid",
					 "both", "as typed below", NULL };
static const char *const setgroups_words[] = { "as it is", "deny", "allow", NULL };
static const char *const mounts_words[] = { "private", "slave", "shared", "unchanged", NULL };

enum {
	MOST_PRESETS = 15
};

struct unshare {
	struct vt_field fields[FIELDS];
	const char *presets[MOST_PRESETS + 2]; /* and "as chosen below" */
	int custom;
};

static void set_text(struct vt_field *f, const char *text)
{
	(void)snprintf(f->text, sizeof(f->text), "%s", text ? text : "");
}

static void take_preset(struct vt_form *form)
{
	const struct unshare *u = form->arg;
	const struct vt_spawn *s;
	struct vt_field *f = form->fields;

	if (f[PRESET].value == u->custom)
		return;
	s = &vt_spawn_presets[f[PRESET].value].spawn;
	for (int t = 0; t < VT_NS_TYPES; t++)
		f[NS_FIRST + t].value = !!(s->ns_flags & vt_ns_clone_flags[t]);
	f[MOUNT_PROC].value = s->mount_proc;
	f[IDS].value = s->map_root ? IDS_ROOT : IDS_NONE;
	f[FORK].value = !!(s->ns_flags & CLONE_NEWPID);
	f[MOUNTS].value = 0;
	set_text(&f[HOSTNAME], s->hostname);
}

/* A field that needs a type of namespace, as unshare(1) has it: they follow each other. */
static const struct {
	size_t field;
	enum vt_ns_type type;
} needs[] = {
	{ MOUNT_PROC, VT_NS_MNT }, { MOUNTS, VT_NS_MNT },     { IDS, VT_NS_USER },
	{ SETGROUPS, VT_NS_USER }, { UID_MAP, VT_NS_USER },   { GID_MAP, VT_NS_USER },
	{ HOSTNAME, VT_NS_UTS },   { MONOTONIC, VT_NS_TIME }, { BOOTTIME, VT_NS_TIME },
};

static bool is_filled(const struct vt_field *f)
{
	return f->type == VT_FIELD_TEXT ? f->text[0] : f->value;
}

static void follow(struct vt_field *f, size_t field)
{
	for (size_t i = 0; i < VT_LEN(needs); i++) {
		struct vt_field *needing = &f[needs[i].field];
		struct vt_field *type = &f[NS_FIRST + needs[i].type];

		if (field == needs[i].field && is_filled(needing)) {
			type->value = 1;
		} else if (&f[field] == type && !type->value) {
			needing->value = 0;
			needing->text[0] = '\0';
		}
	}
}

static void changed(struct vt_form *form, size_t field)
{
	const struct unshare *u = form->arg;
	struct vt_field *f = form->fields;

	if (field == PRESET) {
		take_preset(form);
		return;
	}
	/* What a preset says nothing about can be chosen beside it. */
	if (field < KILL_CHILD || field == IDS)
		f[PRESET].value = u->custom;
	if ((field == UID_MAP || field == GID_MAP) && f[field].text[0])
		f[IDS].value = IDS_CUSTOM;
	follow(f, field);
	if (field == NS_FIRST + VT_NS_PID)
		f[FORK].value = f[field].value;
}

static const char *text_of(const struct vt_field *f)
{
	return f->text[0] ? f->text : NULL;
}

/* words is cut into pieces that the spawn's argv and limits point at; free() both. */
static void fill(const struct vt_form *form, struct vt_spawn *s, char **words, char **limits,
		 const char ***argv)
{
	const struct vt_field *f = form->fields;
	char *save = NULL;
	size_t n = 0;

	*words = vt_strdup(f[COMMAND].text);
	*limits = vt_strdup(f[LIMITS].text);
	*argv = vt_split_words(*words);
	*s = (struct vt_spawn){
		.ns_flags = vt_ns_fields_flags(f + NS_FIRST),
		.fork = f[FORK].value,
		.mount_proc = f[MOUNT_PROC].value,
		.kill_child = f[KILL_CHILD].value,
		.busybox = f[BUSYBOX].value,
		.map_root = f[IDS].value == IDS_ROOT || f[IDS].value == IDS_ROOT_AUTO,
		.map_auto = f[IDS].value == IDS_AUTO || f[IDS].value == IDS_ROOT_AUTO,
		.propagation = f[MOUNTS].value ? mounts_words[f[MOUNTS].value] : NULL,
		.setgroups = f[SETGROUPS].value ? setgroups_words[f[SETGROUPS].value] : NULL,
		.keep_at = text_of(&f[KEEP]),
		.root = text_of(&f[ROOT]),
		.directory = text_of(&f[DIRECTORY]),
		.monotonic = text_of(&f[MONOTONIC]),
		.boottime = text_of(&f[BOOTTIME]),
		.hostname = text_of(&f[HOSTNAME]),
		.cgroup = text_of(&f[CGROUP]),
		.argv = *argv,
	};
	vt_run_in_take(&f[RUN_IN], s);
	if (f[IDS].value == IDS_CUSTOM) {
		s->map_users = text_of(&f[UID_MAP]);
		s->map_groups = text_of(&f[GID_MAP]);
	}
	for (char *w = strtok_r(*limits, " ", &save); w && n < VT_SPAWN_LIMITS;
	     w = strtok_r(NULL, " ", &save))
		s->limits[n++] = w;
}

static char *says(struct vt_form *form)
{
	struct vt_arena *arena = vt_arena_new();
	vt_autofree char *words = NULL, *limits = NULL;
	vt_autofree const char **argv = NULL;
	struct vt_spawn s;
	const char *lacks;
	char *text;

	fill(form, &s, &words, &limits, &argv);
	vt_spawn_complete(&s);
	if (!s.argv[0])
		s.argv = vt_spawn_command(0, NULL, &s, arena);
	lacks = vt_spawn_lacks(arena, &s);
	text = vt_asprintf("%s%s%s", vt_spawn_line(arena, &s),
			   *lacks ? "\nunshare(1) has no option for " : "", lacks);
	vt_arena_free(arena);
	return text;
}

static bool submit(struct vt_app *app, struct vt_form *form)
{
	vt_autofree char *words = NULL, *limits = NULL;
	vt_autofree const char **argv = NULL;
	struct vt_request request = { .action = vt_action_find("unshare") };

	fill(form, &request.spawn, &words, &limits, &argv);
	return vt_dialog_preview(app, &request);
}

static struct vt_field check(const char *label, bool same_line)
{
	return (struct vt_field){ .type = VT_FIELD_CHECK,
				  .label = label,
				  .same_line = same_line,
				  .width = 4 + (int)strlen(label) };
}

static struct vt_field choice(const char *label, const char *const *words)
{
	return (struct vt_field){
		.type = VT_FIELD_CHOICE, .label = label, .choices = words, .width = 37
	};
}

/* Two in a line: the first is as wide as half the dialog of 80 columns. */
static struct vt_field text(const char *label, bool second)
{
	return (struct vt_field){
		.type = VT_FIELD_TEXT, .label = label, .same_line = second, .width = second ? 0 : 37
	};
}

static void put_fields(const struct vt_app *app, struct unshare *u)
{
	struct vt_field *f = u->fields;

	while (vt_spawn_presets[u->custom].name && u->custom < MOST_PRESETS) {
		u->presets[u->custom] = vt_spawn_presets[u->custom].name;
		u->custom++;
	}
	u->presets[u->custom] = "as chosen below";
	f[PRESET] = (struct vt_field){ .type = VT_FIELD_CHOICE,
				       .label = "preset",
				       .choices = u->presets };
	vt_ns_fields_put(f + NS_FIRST);
	f[FORK] = check("fork", false);
	f[MOUNT_PROC] = check("mount /proc", true);
	f[KILL_CHILD] = check("kill child", true);
	f[BUSYBOX] = check("with busybox", true);
	f[IDS] = choice("ids", ids_words);
	f[SETGROUPS] = choice("setgroups", setgroups_words);
	f[SETGROUPS].same_line = true;
	f[UID_MAP] = text("uid map", false);
	f[GID_MAP] = text("gid map", true);
	f[MOUNTS] = choice("mounts", mounts_words);
	f[KEEP] = text("keep as", true);
	f[ROOT] = text("root", false);
	f[DIRECTORY] = text("directory", true);
	f[MONOTONIC] = text("monotonic", false);
	f[BOOTTIME] = text("boottime", true);
	f[HOSTNAME] = text("hostname", false);
	f[CGROUP] = text("cgroup", true);
	f[LIMITS] = text("limits", false);
	f[LIMITS].width = 0;
	f[COMMAND] = text("command", false);
	f[COMMAND].width = 0;
	f[RUN_IN] = vt_run_in_field(app);
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

	put_fields(app, u);
	take_preset(&form);
	/* Opened on a cgroup, the program starts in it. */
	if (cg && cg->parent >= 0)
		set_text(&u->fields[CGROUP], cg->path);
	vt_popup_form(app, &form);
}
