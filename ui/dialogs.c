/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a row and a key to a plan, its preview, and its application. Nothing is
 * changed before the preview was answered with y.
 */
#include "dialogs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../src/apply.h"
#include "applying.h"
#include "jump.h"
#include "popup.h"

static struct vt_action_env action_env(const struct vt_app *app)
{
	return (struct vt_action_env){ app->host, app->s, app->read_only };
}

/* A program in the foreground gets the terminal. */
static int apply_plan(struct vt_app *app, const struct vt_plan *plan, struct vt_result *result,
		      struct vt_error *err)
{
	bool foreground = plan->spawn && !plan->spawn->background;
	int r;

	if (plan->spawn && plan->spawn->pane)
		return vt_panes_spawn(app, plan, result, err);
	if (foreground && !app->term)
		return vt_fail(err, ENOTTY, "a program in the foreground needs a terminal");
	if (foreground) {
		vt_term_suspend(app->term);
		(void)printf("virttop: %s; leave it to come back\n", plan->title);
		(void)fflush(stdout);
	}
	r = vt_apply(app->host, app->s, plan, result, err);
	if (foreground)
		vt_term_resume(app->term);
	return r;
}

/* What is asked about; the plan goes on to whoever makes it happen. */
struct preview {
	struct vt_plan *plan;
};

static void say_applying(struct vt_app *app)
{
	vt_app_say(app, VT_ROLE_WARN, "the change before this one is still being made");
}

static void apply(struct vt_app *app, void *arg)
{
	struct preview *preview = arg;
	const struct vt_plan *plan = preview->plan;
	struct vt_result result = { 0 };
	struct vt_error err = { 0 };

	if (app->applying) {
		say_applying(app);
		return;
	}
	if (vt_applying_takes_long(plan) && vt_applying_begin(app, preview->plan) == 0) {
		vt_app_say(app, VT_ROLE_TEXT, "%s…", plan->title);
		preview->plan = NULL;
		return;
	}
	if (apply_plan(app, plan, &result, &err) < 0)
		vt_app_fail(app, &err);
	else if (!plan->spawn || !plan->spawn->pane)
		vt_app_say(app, VT_ROLE_GOOD, "%s", result.text);
	/* Of a pane its title tells, and the bottom line has to say where keys go. */
	vt_collector_step(app->collector);
}

static void free_preview(void *arg)
{
	struct preview *preview = arg;

	vt_plan_free(preview->plan);
	free(preview);
}

/* For good, or until the next boot. */
static char *turn_lasting(void *arg)
{
	const struct preview *preview = arg;
	struct vt_plan *plan = preview->plan;
	bool lasting = false;

	for (size_t i = 0; i < plan->n_steps; i++)
		lasting = lasting || plan->steps[i].lasting;
	(void)vt_plan_set_lasting(plan, !lasting);
	return vt_plan_preview(plan);
}

void vt_dialog_show_plan(struct vt_app *app, struct vt_plan *plan)
{
	vt_autofree char *text = vt_plan_preview(plan);
	bool can_last = vt_plan_can_last(plan);
	struct preview *preview = vt_alloc(sizeof(*preview));

	preview->plan = plan;
	vt_popup_text(app, plan->title, text,
		      can_last ? "y apply   r for good or not   Esc leave" : "y apply   Esc leave",
		      apply, preview, free_preview);
	if (can_last)
		vt_popup_text_key(app, 'r', turn_lasting);
}

bool vt_dialog_preview(struct vt_app *app, const struct vt_request *request)
{
	struct vt_action_env env = action_env(app);
	struct vt_error err = { 0 };
	struct vt_plan *plan = NULL;

	app->message[0] = '\0';
	if (vt_action_plan(&env, request, &plan, &err) < 0) {
		vt_app_fail(app, &err);
		return false;
	}
	vt_dialog_show_plan(app, plan);
	return true;
}

static void preview_cgroup(struct vt_app *app, const char *action, const struct vt_cgroup *cg)
{
	struct vt_request request = {
		.action = vt_action_find(action),
		.path = cg->path,
		.path_id = cg->id,
	};

	(void)vt_dialog_preview(app, &request);
}

void vt_dialog_remove(struct vt_app *app)
{
	preview_cgroup(app, "remove", vt_app_cgroup(app));
}

void vt_dialog_freeze(struct vt_app *app)
{
	const struct vt_cgroup *cg = vt_app_cgroup(app);

	preview_cgroup(app, VT_HAS(CGROUP, cg, frozen) && cg->frozen ? "thaw" : "freeze", cg);
}

/* How a cgroup is killed: the numbers of the menu's items. */
enum {
	KILL_IN_ORDER,
	KILL_ASK,
	KILL_NOW,
};

static void kill_chosen(struct vt_app *app, const struct vt_menu_item *item, void *arg)
{
	static const struct vt_setting in_order = { "then-kill", "" }, ask = { "signal", "TERM" };
	struct vt_request request = {
		.action = vt_action_find("kill"),
		.path = arg,
		.path_id = item->id.a,
		.settings = item->number == KILL_ASK ? &ask : &in_order,
		.n_settings = item->number == KILL_NOW ? 0 : 1,
	};

	(void)vt_dialog_preview(app, &request);
}

static void kill_menu(struct vt_app *app, const struct vt_cgroup *cg)
{
	const struct vt_id id = { VT_KIND_CGROUP, cg->id, 0 };
	const struct vt_menu_item items[] = {
		{ "SIGTERM, then SIGKILL", "asks, and kills what is left after 5 s", id,
		  KILL_IN_ORDER },
		{ "SIGTERM", "asks each process to end", id, KILL_ASK },
		{ "SIGKILL", "at once, also what forks meanwhile", id, KILL_NOW },
	};
	vt_autofree char *title = vt_asprintf("Kill %s", cg->path);

	vt_popup_menu(app, title, items, VT_LEN(items), false, kill_chosen, vt_strdup(cg->path),
		      free);
}

void vt_dialog_kill(struct vt_app *app)
{
	struct vt_id id = vt_app_row(app)->link;
	struct vt_request request = { .action = vt_action_find("kill") };

	if (id.kind == VT_KIND_CGROUP) {
		kill_menu(app, vt_app_cgroup(app));
		return;
	}
	request.targets = &id;
	request.n_targets = 1;
	(void)vt_dialog_preview(app, &request);
}

void vt_dialog_undo(struct vt_app *app)
{
	struct vt_error err = { 0 };
	struct vt_plan *plan = NULL;

	/* What is not in the journal to its end would be taken for broken off. */
	if (app->applying)
		say_applying(app);
	else if (vt_undo_plan(app->host, app->s, &plan, &err) < 0)
		vt_app_fail(app, &err);
	else
		vt_dialog_show_plan(app, plan);
}

/* Create: a name below the cgroup under the cursor. */

struct create {
	struct vt_field fields[1];
	char *parent;
};

static char *create_path(const struct create *c)
{
	const char *name = c->fields[0].text;

	if (name[0] == '/')
		return vt_strdup(name);
	return vt_asprintf("%s/%s", strcmp(c->parent, "/") == 0 ? "" : c->parent, name);
}

static char *create_says(struct vt_form *form)
{
	vt_autofree char *path = create_path(form->arg);

	return vt_asprintf("makes the cgroup %s", path);
}

static bool create_submit(struct vt_app *app, struct vt_form *form)
{
	vt_autofree char *path = create_path(form->arg);
	struct vt_request request = { .action = vt_action_find("create"), .path = path };

	if (!form->fields[0].text[0]) {
		vt_app_say(app, VT_ROLE_WARN, "type a name for the new cgroup");
		return false;
	}
	return vt_dialog_preview(app, &request);
}

static void free_create(void *arg)
{
	struct create *c = arg;

	free(c->parent);
	free(c);
}

void vt_dialog_create(struct vt_app *app)
{
	struct create *c = vt_alloc(sizeof(*c));
	struct vt_form form = {
		.title = "New cgroup",
		.fields = c->fields,
		.n_fields = 1,
		.arg = c,
		.says = create_says,
		.submit = create_submit,
		.free_arg = free_create,
	};

	c->parent = vt_strdup(vt_app_cgroup(app)->path);
	c->fields[0] = (struct vt_field){ .type = VT_FIELD_TEXT, .label = "name" };
	vt_popup_form(app, &form);
}

/* Move: the marked processes, or the one under the cursor, into a cgroup. */

struct move {
	struct vt_field fields[1];
	struct vt_id *targets;
	size_t n;
	char *from; /* all of this cgroup in place of targets; NULL */
};

static void take_targets(const struct vt_app *app, struct move *m)
{
	const struct vt_tree *t = &app->views[app->view].tree;
	const struct vt_row *row = vt_app_row(app);
	size_t n = t->n_marked;

	m->targets = vt_alloc((n + 1) * sizeof(*m->targets));
	for (size_t i = 0; i < n; i++)
		if (t->marked[i].kind == VT_KIND_PROCESS)
			m->targets[m->n++] = t->marked[i];
	if (!m->n && row->link.kind == VT_KIND_PROCESS)
		m->targets[m->n++] = row->link;
}

static bool preview_move(struct vt_app *app, const struct move *m, const char *path, uint64_t id)
{
	struct vt_request request = {
		.action = vt_action_find("move"),
		.targets = m->targets,
		.n_targets = m->n,
		.from = m->from,
		.path = path,
		.path_id = id,
	};

	return vt_dialog_preview(app, &request);
}

static bool move_submit(struct vt_app *app, struct vt_form *form)
{
	return preview_move(app, form->arg, form->fields[0].text, 0);
}

static char *move_says(struct vt_form *form)
{
	const struct move *m = form->arg;

	if (m->from)
		return vt_asprintf("moves all processes of %s itself there, with their threads",
				   m->from);
	return vt_asprintf("moves %zu process%s there with %s threads", m->n, m->n == 1 ? "" : "es",
			   m->n == 1 ? "its" : "their");
}

static void free_move(void *arg)
{
	struct move *m = arg;

	free(m->targets);
	free(m->from);
	free(m);
}

void vt_dialog_move(struct vt_app *app)
{
	struct move *m = vt_alloc(sizeof(*m));
	const struct vt_cgroup *cg = vt_app_cgroup(app);
	struct vt_form form = {
		.title = "Move into a cgroup",
		.fields = m->fields,
		.n_fields = 1,
		.arg = m,
		.says = move_says,
		.submit = move_submit,
		.free_arg = free_move,
	};

	take_targets(app, m);
	if (vt_app_row(app)->link.kind == VT_KIND_CGROUP && cg && !m->n)
		m->from = vt_strdup(cg->path);
	else if (vt_app_row(app)->link.kind == VT_KIND_CGROUP && cg) {
		(void)preview_move(app, m, cg->path, cg->id);
		free_move(m);
		return;
	}
	m->fields[0] = (struct vt_field){ .type = VT_FIELD_TEXT, .label = "cgroup" };
	(void)snprintf(m->fields[0].text, sizeof(m->fields[0].text), "%s", cg ? cg->path : "/");
	vt_popup_form(app, &form);
}

void vt_dialog_mount(struct vt_app *app)
{
	struct vt_request request = { .action = vt_action_find("mount") };

	(void)vt_dialog_preview(app, &request);
}

/* The fix for a finding: the change that would end it, previewed. */
void vt_dialog_fix(struct vt_app *app)
{
	const struct vt_finding *f = vt_row_finding(app->s, vt_app_row(app));
	struct vt_setting setting = { f->fix.file, f->fix.value };
	struct vt_request request = {
		.action = f->fix.action ? vt_action_find(f->fix.action) : NULL,
		.path = f->fix.path,
		.path_id = f->fix.path_id,
		.settings = &setting,
		.n_settings = f->fix.file ? 1 : 0,
	};

	if (f->fix.action)
		(void)vt_dialog_preview(app, &request);
	else
		vt_app_say(app, VT_ROLE_WARN, "no single change cures it: %s", f->advice);
}
