/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The enter dialog: which namespaces of a process to go into, and with what
 * command. A namespace without a process is entered by the file that keeps it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../src/spawn_line.h"
#include "dialog_spawn.h"
#include "dialogs.h"
#include "jump.h"

enum {
	NS_FIRST,
	ROOT = NS_FIRST + VT_NS_TYPES,
	JOIN_CGROUP,
	BUSYBOX,
	UID,
	GID,
	DIRECTORY,
	COMMAND,
	RUN_IN,
	FIELDS
};

struct enter {
	struct vt_field fields[FIELDS];
	struct vt_id target; /* a 0: by file */
	char what[160];      /* for people */
	enum vt_ns_type type;
	uint64_t inode; /* of the namespace at file */
	char file[1024];
};

static const char *text_of(const struct vt_field *f)
{
	return f->text[0] ? f->text : NULL;
}

/* words is cut into pieces that the spawn's argv points at; free() both. */
static void fill(const struct vt_form *form, struct vt_spawn *s, char **words, const char ***argv)
{
	const struct enter *e = form->arg;
	const struct vt_field *f = form->fields;

	*words = vt_strdup(f[COMMAND].text);
	*argv = vt_split_words(*words);
	*s = (struct vt_spawn){
		.entering = true,
		.ns_flags = vt_ns_fields_flags(f + NS_FIRST),
		.enter_target = e->target,
		.target_root = f[ROOT].value,
		.join_cgroup = f[JOIN_CGROUP].value,
		.busybox = f[BUSYBOX].value,
		.uid = text_of(&f[UID]),
		.gid = text_of(&f[GID]),
		.directory = text_of(&f[DIRECTORY]),
		.argv = *argv,
	};
	vt_run_in_take(&f[RUN_IN], s);
	if (e->file[0] && f[NS_FIRST + e->type].value) {
		s->ns_files[e->type] = e->file;
		s->ns_ids[e->type] = e->inode;
	}
}

static char *says(struct vt_form *form)
{
	const struct enter *e = form->arg;
	struct vt_arena *arena = vt_arena_new();
	vt_autofree char *words = NULL;
	vt_autofree const char **argv = NULL;
	struct vt_spawn s;
	const char *lacks;
	char *text;

	fill(form, &s, &words, &argv);
	vt_spawn_complete(&s);
	if (!s.argv[0])
		s.argv = vt_spawn_command(0, NULL, &s, arena);
	lacks = vt_spawn_lacks(arena, &s);
	text = vt_asprintf("%s\n%s%s%s", vt_spawn_line(arena, &s), e->what,
			   *lacks ? "\nnsenter(1) has no option for " : "", lacks);
	vt_arena_free(arena);
	return text;
}

static bool submit(struct vt_app *app, struct vt_form *form)
{
	vt_autofree char *words = NULL;
	vt_autofree const char **argv = NULL;
	struct vt_request request = { .action = vt_action_find("enter") };
	struct vt_spawn *s = &request.spawn;

	fill(form, s, &words, &argv);
	/* None at all would mean all that differ, which is not what the boxes say. */
	if (!s->ns_flags && !s->target_root && !s->join_cgroup) {
		vt_app_say(app, VT_ROLE_WARN, "choose at least one namespace with Space");
		return false;
	}
	return vt_dialog_preview(app, &request);
}

/* Of a namespace's row that one; of anything else all that differ from virttop's own. */
static void choose(const struct vt_app *app, struct vt_id id, const struct vt_process *p,
		   struct vt_field *ns_fields)
{
	const struct vt_process *self = vt_snapshot_pid(app->s, vt_host_self_pid(app->host));
	const struct vt_namespace *ns = id.kind == VT_KIND_NAMESPACE
						? vt_namespace_at(app->s,
								  vt_snapshot_index(app->s, id))
						: NULL;

	for (int t = 0; t < VT_NS_TYPES; t++)
		ns_fields[t].value = ns ? (int)ns->ns_type == t
					: self && vt_process_ns_id(p, t) &&
						     vt_process_ns_id(p, t) !=
							     vt_process_ns_id(self, t);
}

/* The file that keeps a namespace, where it is one that can be opened. */
static bool take_file(const struct vt_app *app, struct vt_id id, struct enter *e)
{
	const struct vt_namespace *ns = id.kind == VT_KIND_NAMESPACE
						? vt_namespace_at(app->s,
								  vt_snapshot_index(app->s, id))
						: NULL;

	if (!ns || !ns->kept_where || ns->kept_where[0] != '/' || !ns->kept_by ||
	    (strcmp(ns->kept_by, "bind") != 0 && strcmp(ns->kept_by, "descriptor") != 0) ||
	    strlen(ns->kept_where) >= sizeof(e->file))
		return false;
	e->type = ns->ns_type;
	e->inode = ns->head.a;
	(void)snprintf(e->file, sizeof(e->file), "%s", ns->kept_where);
	(void)snprintf(e->what, sizeof(e->what), "no process is in it: it is entered by its file");
	e->fields[NS_FIRST + e->type].value = 1;
	return true;
}

static void take_process(const struct vt_app *app, struct vt_id id, const struct vt_process *p,
			 struct enter *e)
{
	e->target = vt_record_id(VT_KIND_PROCESS, p);
	choose(app, id, p, e->fields + NS_FIRST);
	e->fields[BUSYBOX].value = vt_enter_wants_busybox(app->host, p->head.a);
	(void)snprintf(e->what, sizeof(e->what), "process %" PRIu64 " is %s%s", e->target.a,
		       p->comm ? p->comm : "?",
		       e->fields[BUSYBOX].value
			       ? "; its root has no /bin/sh, the host's busybox can serve"
			       : "");
}

static struct vt_field check(const char *label, bool same_line)
{
	return (struct vt_field){ .type = VT_FIELD_CHECK,
				  .label = label,
				  .same_line = same_line,
				  .width = 4 + (int)strlen(label) };
}

static void put_fields(const struct vt_app *app, struct vt_field *f)
{
	vt_ns_fields_put(f + NS_FIRST);
	f[ROOT] = check("its root", false);
	f[JOIN_CGROUP] = check("its cgroup", true);
	f[BUSYBOX] = check("with busybox", true);
	f[UID] = (struct vt_field){ .type = VT_FIELD_TEXT, .label = "uid", .width = 30 };
	f[GID] = (struct vt_field){
		.type = VT_FIELD_TEXT, .label = "gid", .width = 30, .same_line = true
	};
	f[DIRECTORY] = (struct vt_field){ .type = VT_FIELD_TEXT, .label = "directory" };
	f[COMMAND] = (struct vt_field){ .type = VT_FIELD_TEXT, .label = "command" };
	f[RUN_IN] = vt_run_in_field(app);
}

void vt_dialog_enter(struct vt_app *app)
{
	struct vt_id id = vt_app_row(app)->link;
	const struct vt_process *p = vt_related_process(app->s, id);
	struct enter *e = vt_alloc(sizeof(*e));

	put_fields(app, e->fields);
	if (p) {
		take_process(app, id, p, e);
	} else if (!take_file(app, id, e)) {
		vt_app_say(app, VT_ROLE_WARN,
			   "no process and no file of it is known, and it is entered through one");
		free(e);
		return;
	}
	vt_popup_form(app, &(struct vt_form){
				   .title = "Enter",
				   .fields = e->fields,
				   .n_fields = FIELDS,
				   .arg = e,
				   .says = says,
				   .submit = submit,
				   .free_arg = free,
			   });
}
