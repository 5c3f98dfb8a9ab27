/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The enter dialog: which namespaces of a process to go into, and with what command. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "dialog_spawn.h"
#include "dialogs.h"
#include "jump.h"

enum {
	NS_FIRST,
	COMMAND = NS_FIRST + VT_NS_TYPES,
	RUN_IN,
	FIELDS
};

struct enter {
	struct vt_field fields[FIELDS];
	struct vt_id target;
	char comm[64];
};

static const char *command_of(const struct vt_field *f)
{
	if (f[COMMAND].text[0])
		return f[COMMAND].text;
	return f[RUN_IN].value ? "sleep infinity" : "/bin/sh";
}

static char *says(struct vt_form *form)
{
	const struct enter *e = form->arg;
	char line[200];
	size_t n = (size_t)snprintf(line, sizeof(line), "nsenter --target %" PRIu64, e->target.a);

	for (int t = 0; t < VT_NS_TYPES; t++)
		if (form->fields[NS_FIRST + t].value)
			n += (size_t)snprintf(line + n, sizeof(line) - n, " %s", vt_ns_options[t]);
	return vt_asprintf("%s -- %s\nprocess %" PRIu64 " is %s", line, command_of(form->fields),
			   e->target.a, e->comm);
}

static bool submit(struct vt_app *app, struct vt_form *form)
{
	struct enter *e = form->arg;
	vt_autofree char *words = vt_strdup(command_of(form->fields));
	vt_autofree const char **argv = vt_split_words(words);
	struct vt_request request = {
		.action = vt_action_find("enter"),
		.targets = &e->target,
		.n_targets = 1,
		.spawn = {
			.ns_flags = vt_ns_fields_flags(form->fields + NS_FIRST),
			.background = form->fields[RUN_IN].value == 1,
			.argv = argv,
		},
	};

	if (!request.spawn.ns_flags) {
		vt_app_say(app, VT_ROLE_WARN, "choose at least one namespace with Space");
		return false;
	}
	return vt_dialog_preview(app, &request);
}

/* Of a namespace's row that one; of anything else all that differ from virttop's own. */
static void choose(const struct vt_app *app, struct vt_id id, const struct vt_process *p,
		   struct vt_field *ns_fields)
{
	const struct vt_process *self = vt_snapshot_pid(app->s, (uint64_t)getpid());
	const struct vt_namespace *ns = id.kind == VT_KIND_NAMESPACE
						? vt_namespace_at(app->s,
								  vt_snapshot_index(app->s, id))
						: NULL;

	for (int t = 0; t < VT_NS_TYPES; t++)
		ns_fields[t].value = ns ? (int)ns->ns_type == t
					: self && p->ns_id[t] && p->ns_id[t] != self->ns_id[t];
}

void vt_dialog_enter(struct vt_app *app)
{
	struct vt_id id = vt_app_row(app)->link;
	const struct vt_process *p = vt_related_process(app->s, id);
	struct enter *e;

	if (!p) {
		vt_app_say(app, VT_ROLE_WARN,
			   "no process is known in it, and it is entered through one");
		return;
	}
	e = vt_alloc(sizeof(*e));
	e->target = vt_record_id(VT_KIND_PROCESS, p);
	(void)snprintf(e->comm, sizeof(e->comm), "%s", p->comm ? p->comm : "?");
	vt_ns_fields_put(e->fields + NS_FIRST);
	choose(app, id, p, e->fields + NS_FIRST);
	e->fields[COMMAND] = (struct vt_field){ .type = VT_FIELD_TEXT, .label = "command" };
	e->fields[RUN_IN] = vt_run_in_field();
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
