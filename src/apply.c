/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only code that changes the system, with its helpers apply_*.c. A step is
 * checked again just before it runs: the directory is held by descriptor and
 * its inode compared, the process is held by pidfd and its start time compared,
 * the value before is read again. What fails takes back what went before it.
 */
#include "apply.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "action_explain.h"
#include "action_net.h"
#include "action_table.h"
#include "apply_mount.h"
#include "apply_run.h"
#include "apply_setup.h"
#include "apply_spawn.h"
#include "apply_thread.h"
#include "apply_unit.h"
#include "idmap.h"
#include "inverse.h"
#include "journal.h"
#include "limit_files.h"
#include "made.h"
#include "text.h"

/* UNIT */

static int check_unit(const struct vt_step *step, const char *now, struct vt_error *err)
{
	if (!step->was || strcmp(now, step->was) == 0)
		return 0;
	return vt_fail(err, ESTALE,
		       "%s has other properties now than the preview said: nothing was changed; "
		       "look again",
		       step->unit);
}

static int run_unit(struct vt_run *run, size_t i, struct vt_error *err)
{
	const struct vt_step *step = &run->plan->steps[i];
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	struct vt_unit_bus *bus = NULL;
	const char *now = NULL;
	int r = vt_cgroup_hold(&run->env, step->path, step->target.a, &d, err);

	if (r == 0)
		r = vt_unit_bus_open(run->env.host, step->path, step->unit, &bus, err);
	if (r == 0)
		r = vt_unit_bus_read(bus, step->value, run->arena, &now, err);
	if (r == 0)
		r = check_unit(step, now, err);
	if (r == 0)
		r = vt_apply_unit(bus, step->value, step->lasting, &run->unanswered, err);
	if (r == 0 && vt_unit_bus_read(bus, step->value, run->arena, &now, NULL) == 0)
		run->outcomes[i].now = now;
	vt_unit_bus_free(bus);
	return r;
}

static int run_thread(struct vt_run *run, size_t i, struct vt_error *err)
{
	return vt_thread_run(run->env.host, &run->plan->steps[i], run->arena, &run->outcomes[i].now,
			     err);
}

/* SPAWN */

/* Held by its directory: what an earlier step made, or what the preview saw. */
static int open_cgroup(const struct vt_run *run, size_t i, struct vt_error *err)
{
	const struct vt_step *step = &run->plan->steps[i];
	const char *path = run->plan->spawn->cgroup;
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	uint64_t id = step->dir_id ? step->dir_id : vt_run_made_id(run, i, path);
	int r = vt_cgroup_hold(&run->env, path, id, &d, err);

	if (r == 0)
		r = vt_check_takes_processes(&d, err);
	if (r < 0)
		return r;
	r = fcntl(d.fd, F_DUPFD_CLOEXEC, 3);
	return r < 0 ? vt_fail(err, errno, "cannot hold %s: %s", path, vt_errno_text(errno)) : r;
}

/* "net:4026532177 uts:4026532178": what the files in the directory are now. */
static const char *kept_names(const struct vt_run *run, const struct vt_spawn *spawn)
{
	const char *names = "";

	for (int t = 0; t < VT_NS_TYPES; t++) {
		vt_autofree char *path = vt_asprintf("%s/%s", spawn->keep_at, vt_ns_names[t]);
		struct stat st;

		if (spawn->ns_flags & vt_ns_clone_flags[t] && stat(path, &st) == 0)
			names = vt_arena_printf(run->arena, "%s%s%s:%" PRIu64, names,
						*names ? " " : "", vt_ns_names[t],
						(uint64_t)st.st_ino);
	}
	return names;
}

static void record_spawned(struct vt_run *run, size_t i, const struct vt_spawned *spawned)
{
	struct vt_outcome *o = &run->outcomes[i];
	struct vt_process_now now;

	run->exit_status = spawned->exit_status;
	run->child = spawned->child;
	if (run->plan->spawn->keep_at)
		o->now = kept_names(run, run->plan->spawn);
	if (!run->plan->spawn->background && !run->plan->spawn->pane)
		return;
	o->pid = (uint64_t)spawned->pid;
	o->pid_one = spawned->pid_one;
	/* It may have ended already: then there is nothing that undo could hit. */
	if (vt_process_look(run->env.host, o->pid, &now, NULL) == 0)
		o->start_ticks = now.start_ticks;
}

static int run_spawn(struct vt_run *run, size_t i, struct vt_error *err)
{
	const struct vt_spawn *spawn = run->plan->spawn;
	vt_autoclose int cgroup = -1, target = -1;
	struct vt_process_now now;
	struct vt_spawned spawned = { 0 };
	int r;

	if (spawn->cgroup) {
		cgroup = open_cgroup(run, i, err);
		if (cgroup < 0)
			return cgroup;
	}
	if (spawn->enter_target.a) {
		target = vt_run_hold_process(run, spawn->enter_target, &now, err);
		if (target < 0)
			return target;
	}
	r = vt_spawn_run(run->env.host, spawn, cgroup, target, &spawned, err);
	if (r == 0)
		record_spawned(run, i, &spawned);
	return r;
}

/*
 * Each file must still be the namespace that was kept; what else is there stays. A
 * directory in which none is, is not ours to unmount.
 */
static int run_release(struct vt_run *run, size_t i, struct vt_error *err)
{
	const struct vt_step *step = &run->plan->steps[i];
	int flags;

	if (vt_keep_look(step->path, step->was, &flags) == VT_KEPT_OTHER)
		return vt_fail(err, ESTALE,
			       "what is kept in %s is another namespace now: nothing was let go",
			       step->path);
	if (flags)
		vt_keep_drop(step->path, flags);
	if (!flags && access(step->path, F_OK) == 0)
		return vt_fail(err, ESTALE,
			       "no namespace is kept in %s any more: nothing was let go",
			       step->path);
	if (access(step->path, F_OK) == 0)
		return vt_fail(err, EBUSY, "%s could not be removed: something else is in it",
			       step->path);
	return 0;
}

/* The network lab */

static int run_netns_add(struct vt_run *run, size_t i, struct vt_error *err)
{
	return vt_netns_add(run->plan->steps[i].path + 1, &run->outcomes[i].made_id, err);
}

static int run_netns_del(struct vt_run *run, size_t i, struct vt_error *err)
{
	const struct vt_step *step = &run->plan->steps[i];

	return vt_netns_del(step->path + 1, step->target.a, err);
}

/* In the namespace that the preview saw, or that an earlier step made. */
static int run_veth_add(struct vt_run *run, size_t i, struct vt_error *err)
{
	const struct vt_step *step = &run->plan->steps[i];
	uint64_t id = step->target.a;
	struct vt_cable cable;

	for (size_t k = 0; k < i && !id; k++)
		if (run->plan->steps[k].op == VT_OP_NETNS_ADD)
			id = run->outcomes[k].made_id;
	if (!vt_net_cable(step, run->arena, &cable))
		return vt_fail(err, EINVAL, "the journal does not say which cable was meant");
	return vt_cable_add(step->path + 1, id, &cable, &run->outcomes[i].made_id, err);
}

static int run_veth_del(struct vt_run *run, size_t i, struct vt_error *err)
{
	const struct vt_step *step = &run->plan->steps[i];

	return vt_cable_del(step->file, step->target.a, err);
}

/* Mounts */

static int run_mount(struct vt_run *run, size_t i, struct vt_error *err)
{
	const struct vt_step *step = &run->plan->steps[i];
	const struct vt_mount_place *place = vt_mount_place_find(step->path);

	if (!place)
		return vt_fail(err, EINVAL, "%s is no place for a file system of the kernel",
			       step->path);
	if (step->op == VT_OP_MOUNT)
		return vt_mount_make(place, &run->outcomes[i].made_id, err);
	return vt_mount_drop(place, step->target.a, err);
}

typedef int (*run_fn)(struct vt_run *run, size_t i, struct vt_error *err);

static const run_fn run_op[] = {
	[VT_OP_WRITE] = vt_run_write,      [VT_OP_MKDIR] = vt_run_mkdir,
	[VT_OP_RMDIR] = vt_run_rmdir,      [VT_OP_MOVE] = vt_run_move,
	[VT_OP_SPAWN] = run_spawn,         [VT_OP_SIGNAL] = vt_run_signal,
	[VT_OP_NETNS_ADD] = run_netns_add, [VT_OP_NETNS_DEL] = run_netns_del,
	[VT_OP_VETH_ADD] = run_veth_add,   [VT_OP_VETH_DEL] = run_veth_del,
	[VT_OP_UNIT] = run_unit,           [VT_OP_PIN] = run_thread,
	[VT_OP_NICE] = run_thread,         [VT_OP_RELEASE] = run_release,
	[VT_OP_MOUNT] = run_mount,         [VT_OP_UMOUNT] = run_mount,
};

/* Which steps write in the same cgroup. */
static void chain_writes(struct vt_run *run)
{
	const struct vt_step *steps = run->plan->steps;
	struct vt_idmap first = { 0 };

	for (size_t i = run->plan->n_steps; i-- > 0;) {
		uint64_t key;
		int32_t at;

		if (steps[i].op != VT_OP_WRITE)
			continue;
		key = vt_hash_bytes(steps[i].path, strlen(steps[i].path));
		at = vt_idmap_get(&first, key);
		run->next_there[i] = at < 0 ? 0 : (size_t)at;
		vt_idmap_put(&first, key, (int32_t)i);
	}
	vt_idmap_finish(&first);
}

static struct vt_run new_run(const struct vt_action_env *env, const struct vt_plan *plan)
{
	struct vt_run run = { .env = *env, .plan = plan, .arena = vt_arena_new() };
	size_t n = plan->n_steps + 1;

	run.outcomes = vt_arena_alloc(run.arena, n * sizeof(*run.outcomes));
	run.next_there = vt_arena_alloc(run.arena, n * sizeof(*run.next_there));
	run.as_said = vt_arena_alloc(run.arena, n * sizeof(*run.as_said));
	chain_writes(&run);
	return run;
}

static void end_run(struct vt_run *run)
{
	vt_arena_free(run->arena);
}

/* A cgroup that this run made goes as a whole, with what was set in it. */
static bool goes_with_cgroup(const struct vt_run *run, size_t i)
{
	const struct vt_step *step = &run->plan->steps[i];

	return step->op == VT_OP_WRITE && !step->target.a &&
	       vt_run_made_id(run, i, step->path) != 0;
}

/* The steps that take back step i, without a roll-back of their own. */
static int take_back(const struct vt_run *run, size_t i, struct vt_error *err)
{
	struct vt_plan *back = vt_plan_new(run->plan->title);
	struct vt_run again;
	int r = 0;

	vt_plan_add_inverse(back, &run->plan->steps[i], &run->outcomes[i], vt_mount_of(&run->env));
	again = new_run(&run->env, back);
	for (size_t k = 0; r == 0 && k < back->n_steps; k++) {
		r = run_op[back->steps[k].op](&again, k, err);
		/* A cgroup that was removed comes back with another identity. */
		if (r == 0)
			vt_made_note(&run->env, back, k, &again.outcomes[k]);
	}
	if (r == 0 && !back->n_steps)
		r = vt_fail(err, ENOTSUP, "it cannot be undone");
	end_run(&again);
	vt_plan_free(back);
	return r;
}

/* Puts what the roll-back did behind what failed, and keeps both readable. */
static void add_to_error(struct vt_error *err, const char *text)
{
	size_t room = sizeof(err->msg) - 1, n = strlen(text) + 2;
	vt_autofree char *first = vt_strdup(err->msg);

	if (n > room / 2)
		n = room / 2;
	(void)vt_fail(err, err->code, "%.*s; %s", (int)(room - n), first, text);
}

static const char *roll_back(struct vt_run *run, struct vt_journal *journal, size_t failed,
			     struct vt_error *err)
{
	size_t taken = 0, stuck = 0;
	struct vt_error why = { 0 };
	vt_autofree char *text = NULL;

	for (size_t i = failed; i > 0; i--) {
		if (goes_with_cgroup(run, i - 1) || take_back(run, i - 1, &why) == 0) {
			vt_journal_back(journal, i - 1);
			taken++;
		} else if (!stuck++) {
			text = vt_asprintf("not rolled back: %s (%s)", run->plan->steps[i - 1].says,
					   why.msg);
		}
	}
	if (stuck)
		add_to_error(err, text);
	else if (taken)
		add_to_error(err, taken == 1 ? "the step before it was rolled back"
					     : "the steps before it were rolled back");
	return stuck ? "stuck" : "failed";
}

static int run_steps(struct vt_run *run, struct vt_journal *journal, size_t *ret_done,
		     struct vt_error *err)
{
	for (size_t i = 0; i < run->plan->n_steps; i++) {
		int r;

		vt_journal_before(journal, i);
		r = run_op[run->plan->steps[i].op](run, i, err);
		if (r < 0) {
			*ret_done = i;
			return r;
		}
		run->outcomes[i].done = true;
		vt_journal_after(journal, i, &run->outcomes[i]);
		vt_made_note(&run->env, run->plan, i, &run->outcomes[i]);
	}
	*ret_done = run->plan->n_steps;
	return 0;
}

static void tell_spawn(const struct vt_run *run, const struct vt_outcome *o, char *out, size_t size)
{
	const char *command = run->plan->spawn->argv[0];
	int status = run->exit_status;

	if (run->plan->spawn->background)
		(void)snprintf(out, size, "%s runs in the background as process %" PRIu64, command,
			       o->pid);
	else if (run->plan->spawn->pane)
		(void)snprintf(out, size, "%s runs in a pane as process %" PRIu64, command, o->pid);
	else if (WIFSIGNALED(status))
		(void)snprintf(out, size, "%s was ended by %s", command,
			       strsignal(WTERMSIG(status)));
	else
		(void)snprintf(out, size, "%s ended with status %d", command, WEXITSTATUS(status));
}

/* The kernel rounds some values; a person should not find out later. */
static void tell_rounded(const struct vt_run *run, char *out, size_t size)
{
	for (size_t i = 0; i < run->plan->n_steps; i++) {
		const struct vt_step *step = &run->plan->steps[i];
		const struct vt_limit_row *row = step->file ? vt_limit_row_find(step->file) : NULL;
		const char *now = run->outcomes[i].now;
		size_t n = strlen(out);
		char is[64], wanted[64];

		if (step->op != VT_OP_WRITE || !row || !now || row->syntax == VT_LIMIT_TEXT)
			continue;
		vt_limit_show(step->file, now, is, sizeof(is));
		vt_limit_show(step->file, step->value, wanted, sizeof(wanted));
		if (strcmp(is, wanted) != 0)
			(void)snprintf(out + n, size - n, "; the kernel made %s %s", step->file,
				       is);
	}
}

static void fill_result(const struct vt_run *run, const struct vt_journal *journal,
			struct vt_result *ret)
{
	char text[512];
	size_t n;

	*ret = (struct vt_result){ .done = run->plan->n_steps,
				   .child = run->child,
				   .exit_status = run->exit_status };
	(void)snprintf(text, sizeof(text), "%s: done", run->plan->title);
	for (size_t i = 0; i < run->plan->n_steps; i++) {
		if (run->plan->steps[i].op != VT_OP_SPAWN)
			continue;
		ret->pid = (pid_t)run->outcomes[i].pid;
		ret->pid_start_ticks = run->outcomes[i].start_ticks;
		tell_spawn(run, &run->outcomes[i], text, sizeof(text));
	}
	tell_rounded(run, text, sizeof(text));
	n = strlen(text);
	if (*journal->why)
		(void)snprintf(text + n, sizeof(text) - n, "; %s", journal->why);
	vt_text_escape(ret->text, sizeof(ret->text), text);
}

static struct vt_id self_of(const struct vt_host *host)
{
	struct vt_process_now now = { 0 };
	uint64_t pid = vt_host_self_pid(host);

	(void)vt_process_look(host, pid, &now, NULL);
	return (struct vt_id){ VT_KIND_PROCESS, pid, now.start_ticks };
}

static atomic_uint changes;

unsigned vt_apply_changes(void)
{
	return atomic_load(&changes);
}

int vt_apply(const struct vt_host *host, const struct vt_snapshot *snapshot,
	     const struct vt_plan *plan, struct vt_result *ret_result, struct vt_error *err)
{
	struct vt_action_env env = { host, snapshot, false };
	struct vt_journal journal;
	struct vt_run run;
	size_t done = 0;
	int r;

	if (!host->is_self)
		return vt_fail(err, EROFS,
			       "%s is another or a recorded tree: nothing can be done there",
			       host->root_path);
	if (vt_plan_names_processes(plan) && vt_host_check_pids(host, err) < 0)
		return -EROFS;
	run = new_run(&env, plan);
	vt_journal_begin(&journal, self_of(host), snapshot, plan);
	r = run_steps(&run, &journal, &done, err);
	if (r < 0) {
		const char *how = roll_back(&run, &journal, done, err);

		if (run.unanswered && strcmp(how, "failed") == 0) {
			add_to_error(err, "it may do so yet: undo looks what became of it");
			how = "unknown";
		}
		vt_journal_end(&journal, how, err->msg);
	} else {
		fill_result(&run, &journal, ret_result);
		vt_journal_end(&journal, "done", ret_result->text);
		if (plan->undoes)
			vt_journal_undone(&journal, plan->undoes);
	}
	atomic_fetch_add(&changes, 1);
	vt_journal_close(&journal);
	end_run(&run);
	return r;
}
