/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Undo: the newest plan in the journal of this boot that can be taken back, as
 * a plan of its own with the same preview, checks and roll-back. Older boots do
 * not count: no cgroup and no process of theirs is left.
 */
#include "apply.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "action_cgroup.h"
#include "inverse.h"

/* A cgroup that the plan itself made goes as a whole: what was set in it need not be put back. */
static bool made_before(const struct vt_journal_entry *e, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (e->steps[k].op == VT_OP_MKDIR &&
		    strcmp(e->steps[k].path, e->steps[i].path) == 0)
			return true;
	return false;
}

static bool can_undo(const struct vt_journal_entry *e, size_t i)
{
	const struct vt_step *step = &e->steps[i];

	if (!e->outcomes[i].done || step->cannot_undo)
		return false;
	return step->op != VT_OP_WRITE || (step->was && !made_before(e, i));
}

static bool is_candidate(const struct vt_journal_entry *e)
{
	bool failed = e->how && strcmp(e->how, "failed") == 0;

	return !e->undone && !e->undoes && !failed;
}

static bool has_steps(const struct vt_journal_entry *e)
{
	for (size_t i = 0; i < e->n_steps; i++)
		if (can_undo(e, i))
			return true;
	return false;
}

/* A process that has ended needs no moving back and no signal. */
static bool has_ended(const struct vt_host *host, const struct vt_step *step)
{
	struct vt_process_now now;

	return step->target.kind == VT_KIND_PROCESS &&
	       vt_process_check(host, step->target, &now, NULL) == -ESTALE;
}

static void drop_ended(const struct vt_host *host, struct vt_plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->n_steps; i++) {
		if (has_ended(host, &plan->steps[i]))
			vt_plan_effect(plan, "process %" PRIu64 " has ended: nothing to do for it",
				       plan->steps[i].target.a);
		else
			plan->steps[kept++] = plan->steps[i];
	}
	plan->n_steps = kept;
}

static void add_warnings(struct vt_plan *plan, const struct vt_journal_entry *e)
{
	for (size_t i = 0; i < e->n_steps; i++) {
		if (e->outcomes[i].before && !e->outcomes[i].done && !e->how)
			vt_plan_effect(plan,
				       "virttop was killed while it tried to %s: look whether "
				       "that happened",
				       e->steps[i].says ? e->steps[i].says : "");
		if (e->outcomes[i].done && e->steps[i].cannot_undo)
			vt_plan_effect(plan, "stays as it is: %s (%s)",
				       e->steps[i].says ? e->steps[i].says : "",
				       e->steps[i].cannot_undo);
	}
}

static struct vt_plan *make_plan(const struct vt_host *host, const struct vt_snapshot *s,
				 const struct vt_journal_entry *e)
{
	struct vt_plan *plan = vt_plan_new("");
	const char *mount = vt_snapshot_host(s)->cgroup_mount;

	plan->title = vt_arena_printf(plan->arena, "Undo: %s", e->title);
	plan->undoes = vt_arena_intern(plan->arena, e->id);
	for (size_t i = e->n_steps; i > 0; i--)
		if (can_undo(e, i - 1))
			vt_plan_add_inverse(plan, &e->steps[i - 1], &e->outcomes[i - 1], mount);
	drop_ended(host, plan);
	add_warnings(plan, e);
	return plan;
}

/* Everything that can be known to be stale is said before the preview, not after. */
static int check_step(const struct vt_action_env *env, struct vt_step *step, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	vt_autofree char *now = NULL;
	int r;

	if (step->op == VT_OP_SIGNAL || step->op == VT_OP_SPAWN || step->op == VT_OP_MKDIR)
		return 0;
	if (step->op == VT_OP_WRITE && !step->target.a)
		return 0;
	r = vt_cgroup_hold(env, step->path, step->op == VT_OP_MOVE ? 0 : step->target.a, &d, err);
	if (r == -ENOENT)
		return vt_fail(err, ESTALE, "the cgroup %s is gone: it cannot be undone",
			       step->path);
	if (r == 0 && step->op == VT_OP_MOVE)
		step->dir_id = d.id;
	if (r < 0 || step->op != VT_OP_WRITE)
		return r;
	now = vt_cgroup_value(d.fd, step->file);
	if (now && step->was && !vt_same_words(now, step->was))
		return vt_fail(err, ESTALE,
			       "%s of %s has been changed since, to %s: it is not undone",
			       step->file, step->path, now);
	return 0;
}

static int check(const struct vt_host *host, const struct vt_snapshot *s, struct vt_plan *plan,
		 struct vt_error *err)
{
	struct vt_action_env env = { host, s, false };
	int r = 0;

	for (size_t i = 0; r == 0 && i < plan->n_steps; i++)
		r = check_step(&env, &plan->steps[i], err);
	return r < 0 ? vt_wrap(err, "%s", plan->title) : 0;
}

static struct vt_plan *newest(const struct vt_host *host, const struct vt_snapshot *s,
			      const struct vt_journal_log *log)
{
	const struct vt_journal_entry *passed = NULL;

	for (size_t i = log->n; i > 0; i--) {
		const struct vt_journal_entry *e = &log->entries[i - 1];
		struct vt_plan *plan;

		if (!is_candidate(e))
			continue;
		plan = has_steps(e) ? make_plan(host, s, e) : NULL;
		if (plan && plan->n_steps) {
			if (passed)
				vt_plan_effect(plan,
					       "'%s' came after it, cannot be undone and stays",
					       passed->title);
			return plan;
		}
		vt_plan_free(plan);
		if (!passed && e->n_steps)
			passed = e;
	}
	return NULL;
}

int vt_undo_plan(const struct vt_host *host, const struct vt_snapshot *snapshot,
		 struct vt_plan **ret_plan, struct vt_error *err)
{
	const struct vt_host_row *row = vt_snapshot_host(snapshot);
	struct vt_journal_log log;
	struct vt_plan *plan;
	int r;

	if (!host->is_self)
		return vt_fail(err, EROFS,
			       "%s is another or a recorded tree: nothing was done there",
			       host->root_path);
	r = vt_journal_read(VT_HAS(HOST, row, boot_id) ? row->boot_id : "", &log, err);
	plan = r < 0 ? NULL : newest(host, snapshot, &log);
	vt_journal_log_finish(&log);
	if (r < 0)
		return r;
	if (!plan)
		return vt_fail(err, ENOENT,
			       "there is nothing to undo: the journal has no action of "
			       "this boot that can be taken back");
	r = check(host, snapshot, plan, err);
	if (r < 0) {
		vt_plan_free(plan);
		return r;
	}
	*ret_plan = plan;
	return 0;
}
