/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Undo: the newest plan in the journal of this boot that can be taken back, or
 * a chosen one, as a plan of its own with the same preview, checks and roll-back. Older boots do
 * not count: no cgroup and no process of theirs is left.
 */
#include "apply.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "action_cgroup.h"
#include "idmap.h"
#include "inverse.h"
#include "settle.h"
#include "unit_bus.h"
#include "unit_property.h"

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

/* What broke off is looked at: the journal does not know how far it came. */
static bool broke_off(const struct vt_journal_entry *e)
{
	return e->unsure || e->undo_begun;
}

/* Step i, with what an earlier one left in its file as the value before. */
static struct vt_step as_found(const struct vt_journal_entry *e, size_t i)
{
	struct vt_step step = e->steps[i];

	for (size_t k = 0; k < i && step.op == VT_OP_WRITE; k++)
		if (e->steps[k].op == VT_OP_WRITE && e->outcomes[k].now &&
		    strcmp(e->steps[k].path, step.path) == 0 &&
		    strcmp(e->steps[k].file, step.file) == 0)
			e->outcomes[i].was = step.was = e->outcomes[k].now;
	return step;
}

/* Another virttop is at it right now. Ourselves we cannot be: then it broke off. */
static bool is_running(const struct vt_action_env *env, const struct vt_journal_entry *e)
{
	struct vt_id writer = { VT_KIND_PROCESS, e->pid, e->pid_start };
	struct vt_process_now now;

	return !e->how && !e->other_boot && e->pid_start && e->pid != vt_host_self_pid(env->host) &&
	       vt_process_check(env->host, writer, &now, NULL) == 0 && now.state != 'Z';
}

/* What runs, of this plan: itself, or an undo of it; NULL: nothing. */
static const struct vt_journal_entry *running(const struct vt_action_env *env,
					      const struct vt_journal_log *log,
					      const struct vt_journal_entry *e)
{
	if (is_running(env, e))
		return e;
	for (size_t i = 0; e->undo_begun && i < log->n; i++)
		if (log->entries[i].undoes && strcmp(log->entries[i].undoes, e->id) == 0 &&
		    is_running(env, &log->entries[i]))
			return &log->entries[i];
	return NULL;
}

static void settle(const struct vt_action_env *env, struct vt_plan *plan,
		   const struct vt_journal_entry *e)
{
	static const char *const words[] = {
		[VT_SETTLED_NOT_DONE] = "that was not done",
		[VT_SETTLED_DONE] = "that was done, and is undone",
		[VT_SETTLED_CHANGED] = "somebody else has changed it since",
		[VT_SETTLED_UNKNOWN] = "look whether that happened",
	};

	for (size_t i = 0; e->unsure && i < e->n_steps; i++) {
		enum vt_settled settled;
		struct vt_step step;

		if (!e->outcomes[i].before || e->outcomes[i].done || made_before(e, i))
			continue;
		step = as_found(e, i);
		settled = vt_settle_step(env, &step, plan->arena, &e->outcomes[i]);
		vt_plan_effect(
			plan, "%s to %s: %s",
			e->how ? "nobody answered when asked" : "virttop was killed while it tried",
			e->steps[i].says ? e->steps[i].says : "do something", words[settled]);
	}
}

static bool unit_is_back(const struct vt_action_env *env, struct vt_plan *plan,
			 const struct vt_step *step)
{
	struct vt_outcome ignored = { 0 };

	if (vt_settle_step(env, step, plan->arena, &ignored) != VT_SETTLED_DONE)
		return false;
	vt_plan_effect(plan, "%s is as it was already", step->unit);
	return true;
}

/* The write that a step would do has been done: by hand, or by an undo that broke off. */
static bool is_back(const struct vt_action_env *env, struct vt_plan *plan,
		    const struct vt_step *step)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	vt_autofree char *now = NULL;

	if (step->op == VT_OP_UNIT)
		return unit_is_back(env, plan, step);
	if (step->op != VT_OP_WRITE || !step->target.a ||
	    vt_cgroup_hold(env, step->path, step->target.a, &d, NULL) < 0)
		return false;
	now = vt_cgroup_value(d.fd, step->file);
	if (vt_settle_write(step->file, step->value, step->was, now) != VT_SETTLED_DONE)
		return false;
	vt_plan_effect(plan, "%s of %s is as it was already", step->file, step->path);
	return true;
}

/* A process that has ended, or is back already, needs no moving back and no signal. */
static bool is_over(const struct vt_action_env *env, struct vt_plan *plan,
		    const struct vt_step *step)
{
	struct vt_process_now now;
	int r;

	if (step->target.kind != VT_KIND_PROCESS)
		return false;
	r = vt_process_check(env->host, step->target, &now, NULL);
	if (r == -ESTALE)
		vt_plan_effect(plan, "process %" PRIu64 " has ended: nothing to do for it",
			       step->target.a);
	if (r < 0 || step->op != VT_OP_MOVE || strcmp(now.cgroup, step->path) != 0)
		return r == -ESTALE;
	vt_plan_effect(plan, "process %" PRIu64 " is in %s again already", step->target.a,
		       step->path);
	return true;
}

/* What an undo, or a roll-back, did before it broke off. */
static bool was_made_or_removed(const struct vt_action_env *env, const struct vt_step *step)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	int r;

	if (step->op != VT_OP_RMDIR && step->op != VT_OP_MKDIR)
		return false;
	r = vt_cgroup_hold(env, step->path, 0, &d, NULL);
	return r == (step->op == VT_OP_RMDIR ? -ENOENT : 0);
}

static uint64_t file_key(const struct vt_step *step)
{
	return vt_hash_mix(vt_hash_bytes(step->path, strlen(step->path)),
			   vt_hash_bytes(step->file, strlen(step->file)));
}

/* The files that steps before write: what they say now is not yet what this step will find. */
static bool is_written(const struct vt_idmap *written, const struct vt_step *step)
{
	return step->op == VT_OP_WRITE && vt_idmap_get(written, file_key(step)) >= 0;
}

static void note_write(struct vt_idmap *written, const struct vt_step *step)
{
	if (step->op == VT_OP_WRITE)
		vt_idmap_put(written, file_key(step), 0);
}

static void drop_needless(const struct vt_action_env *env, struct vt_plan *plan, bool broken)
{
	struct vt_idmap written = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < plan->n_steps; i++) {
		struct vt_step *step = &plan->steps[i];

		if (is_over(env, plan, step) ||
		    (!is_written(&written, step) && is_back(env, plan, step)) ||
		    (broken && was_made_or_removed(env, step)))
			continue;
		note_write(&written, step);
		plan->steps[kept++] = *step;
	}
	plan->n_steps = kept;
	vt_idmap_finish(&written);
}

static void add_warnings(struct vt_plan *plan, const struct vt_journal_entry *e)
{
	for (size_t i = 0; i < e->n_steps; i++)
		if (e->outcomes[i].done && e->steps[i].cannot_undo)
			vt_plan_effect(plan, "stays as it is: %s (%s)",
				       e->steps[i].says ? e->steps[i].says : "",
				       e->steps[i].cannot_undo);
}

static struct vt_plan *make_plan(const struct vt_action_env *env, const struct vt_journal_entry *e)
{
	struct vt_plan *plan = vt_plan_new("");
	const char *mount = vt_snapshot_host(env->snapshot)->cgroup_mount;

	plan->title = vt_arena_printf(plan->arena, "Undo: %s", e->title);
	plan->undoes = vt_arena_intern(plan->arena, e->id);
	settle(env, plan, e);
	for (size_t i = e->n_steps; i > 0; i--)
		if (can_undo(e, i - 1))
			vt_plan_add_inverse(plan, &e->steps[i - 1], &e->outcomes[i - 1], mount);
	drop_needless(env, plan, broke_off(e));
	add_warnings(plan, e);
	return plan;
}

/* Everything that can be known to be stale is said before the preview, not after. */
static int check_unit(const struct vt_action_env *env, struct vt_plan *plan,
		      const struct vt_step *step, struct vt_error *err)
{
	struct vt_unit_bus *bus = NULL;
	const char *now = NULL;
	int r = vt_unit_bus_open(env->host, step->path, step->unit, &bus, err);

	if (r == 0)
		r = vt_unit_bus_read(bus, step->value, plan->arena, &now, err);
	vt_unit_bus_free(bus);
	if (r < 0 || !step->was || strcmp(now, step->was) == 0)
		return r;
	return vt_fail(err, ESTALE,
		       "properties of %s have been changed since, to %s: it is not undone",
		       step->unit, vt_property_words(plan->arena, now));
}

static int check_step(const struct vt_action_env *env, struct vt_plan *plan, struct vt_step *step,
		      const struct vt_idmap *written, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	vt_autofree char *now = NULL;
	int r;

	if (step->op == VT_OP_SIGNAL || step->op == VT_OP_SPAWN || step->op == VT_OP_MKDIR ||
	    step->op == VT_OP_PIN || step->op == VT_OP_NICE || step->op == VT_OP_RELEASE ||
	    step->op >= VT_OP_NETNS_ADD)
		return 0;
	if (step->op == VT_OP_WRITE && !step->target.a)
		return 0;
	r = vt_cgroup_hold(env, step->path, step->op == VT_OP_MOVE ? 0 : step->target.a, &d, err);
	if (r == -ENOENT)
		return vt_fail(err, ESTALE, "the cgroup %s is gone: it cannot be undone",
			       step->path);
	if (r == 0 && step->op == VT_OP_MOVE)
		step->dir_id = d.id;
	if (r == 0 && step->op == VT_OP_UNIT)
		return check_unit(env, plan, step, err);
	if (r < 0 || step->op != VT_OP_WRITE || is_written(written, step))
		return r;
	now = vt_cgroup_value(d.fd, step->file);
	if (now && step->was && !vt_same_words(now, step->was))
		return vt_fail(err, ESTALE,
			       "%s of %s has been changed since, to %s: it is not undone",
			       step->file, step->path, now);
	return 0;
}

static int check(const struct vt_action_env *env, struct vt_plan *plan, struct vt_error *err)
{
	struct vt_idmap written = { 0 };
	int r = 0;

	if (vt_plan_names_processes(plan))
		r = vt_host_check_pids(env->host, err);
	for (size_t i = 0; r == 0 && i < plan->n_steps; i++) {
		r = check_step(env, plan, &plan->steps[i], &written, err);
		note_write(&written, &plan->steps[i]);
	}
	vt_idmap_finish(&written);
	return r < 0 ? vt_wrap(err, "%s", plan->title) : 0;
}

/* ret_runs: what was passed over because another virttop is at it; NULL: nothing. */
static struct vt_plan *newest(const struct vt_action_env *env, const struct vt_journal_log *log,
			      const struct vt_journal_entry **ret_runs)
{
	const struct vt_journal_entry *passed = NULL, *runs;

	*ret_runs = NULL;
	for (size_t i = log->n; i > 0; i--) {
		const struct vt_journal_entry *e = &log->entries[i - 1];
		struct vt_plan *plan;

		if (!is_candidate(e))
			continue;
		runs = running(env, log, e);
		if (runs) {
			*ret_runs = *ret_runs ? *ret_runs : runs;
			continue;
		}
		plan = make_plan(env, e);
		if (plan->n_steps) {
			if (*ret_runs)
				vt_plan_effect(plan,
					       "'%s' is still being done by process %" PRIu64
					       " and stays",
					       (*ret_runs)->title, (*ret_runs)->pid);
			if (passed)
				vt_plan_effect(plan, "'%s' came after it%s", passed->title,
					       passed->unsure
						       ? ", got no answer and may be done yet"
						       : ", cannot be undone and stays");
			return plan;
		}
		vt_plan_free(plan);
		if (!passed && e->n_steps && e->how && !e->undo_begun)
			passed = e;
	}
	return NULL;
}

/* Why a plan cannot be undone, as far as the journal tells; 0: perhaps it can. */
static int check_entry(const struct vt_journal_entry *e, struct vt_error *err)
{
	if (e->other_boot)
		return vt_fail(err, ENOENT,
			       "'%s' was done before the last boot: nothing of it is left to undo",
			       e->title);
	if (e->undone)
		return vt_fail(err, EALREADY, "'%s' is undone already", e->title);
	if (e->undoes)
		return vt_fail(err, ENOENT, "'%s' is an undo itself: do again what it undid",
			       e->title);
	if (e->how && strcmp(e->how, "failed") == 0)
		return vt_fail(err, ENOENT, "'%s' failed, and nothing of it was left", e->title);
	return 0;
}

static const char *why_nothing(const struct vt_journal_entry *e)
{
	for (size_t i = 0; i < e->n_steps; i++)
		if (e->steps[i].cannot_undo)
			return e->steps[i].cannot_undo;
	if (!e->how)
		return "it broke off, and nothing that can be seen was done";
	return e->unsure ? "nobody answered, and nothing that can be seen was done"
			 : "all is as it was already";
}

static int explain_running(const struct vt_journal_entry *e, struct vt_error *err)
{
	return vt_fail(err, EBUSY,
		       "'%s' is still being done by the virttop of process %" PRIu64
		       ": it can be undone when that has ended",
		       e->title, e->pid);
}

static int chosen(const struct vt_action_env *env, const struct vt_journal_log *log, const char *id,
		  struct vt_plan **ret, struct vt_error *err)
{
	const struct vt_journal_entry *e = NULL, *runs;
	struct vt_plan *plan;
	int r;

	for (size_t i = log->n; i > 0 && !e; i--)
		if (*id && strncmp(log->entries[i - 1].id, id, strlen(id)) == 0)
			e = &log->entries[i - 1];
	if (!e)
		return vt_fail(err, ENOENT,
			       "the journal has no plan %s: virttop journal lists them", id);
	r = check_entry(e, err);
	if (r < 0)
		return r;
	runs = running(env, log, e);
	if (runs)
		return explain_running(runs, err);
	plan = make_plan(env, e);
	if (!plan->n_steps) {
		r = vt_fail(err, ENOENT, "there is nothing to undo of '%s': %s", e->title,
			    why_nothing(e));
		vt_plan_free(plan);
		return r;
	}
	*ret = plan;
	return 0;
}

static int newest_or_fail(const struct vt_action_env *env, const struct vt_journal_log *log,
			  struct vt_plan **ret, struct vt_error *err)
{
	const struct vt_journal_entry *runs;

	*ret = newest(env, log, &runs);
	if (*ret)
		return 0;
	return runs ? explain_running(runs, err)
		    : vt_fail(err, ENOENT,
			      "there is nothing to undo: the journal has no action of this boot "
			      "that can be taken back");
}

/* id NULL: the newest that can be undone. */
static int undo(const struct vt_action_env *env, const char *id, struct vt_plan **ret_plan,
		struct vt_error *err)
{
	const struct vt_host_row *row = vt_snapshot_host(env->snapshot);
	const char *boot_id = VT_HAS(HOST, row, boot_id) ? row->boot_id : "";
	struct vt_journal_log log;
	struct vt_plan *plan = NULL;
	int r;

	if (!env->host->is_self)
		return vt_fail(err, EROFS,
			       "%s is another or a recorded tree: nothing was done there",
			       env->host->root_path);
	r = id ? vt_journal_read_all(boot_id, &log, err) : vt_journal_read(boot_id, &log, err);
	if (r == 0)
		r = id ? chosen(env, &log, id, &plan, err) : newest_or_fail(env, &log, &plan, err);
	vt_journal_log_finish(&log);
	if (r == 0)
		r = check(env, plan, err);
	if (r < 0) {
		vt_plan_free(plan);
		return r;
	}
	*ret_plan = plan;
	return 0;
}

int vt_undo_plan(const struct vt_host *host, const struct vt_snapshot *snapshot,
		 struct vt_plan **ret_plan, struct vt_error *err)
{
	const struct vt_action_env env = { host, snapshot, false };

	return undo(&env, NULL, ret_plan, err);
}

int vt_undo_plan_of(const struct vt_host *host, const struct vt_snapshot *snapshot, const char *id,
		    struct vt_plan **ret_plan, struct vt_error *err)
{
	const struct vt_action_env env = { host, snapshot, false };

	return undo(&env, id, ret_plan, err);
}
