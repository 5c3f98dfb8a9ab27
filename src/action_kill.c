/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kill: a signal to processes, held by pidfd so that a reused pid is not hit
 * (pidfd_send_signal(2)), or to all of a cgroup: first a signal that they can heed,
 * then cgroup.kill, which also catches what forks meanwhile.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "action_explain.h"
#include "action_table.h"

enum {
	PATIENCE_MS = 5000, /* between asking and killing */
};

static const char gone[] = "a signal cannot be called back";

static int parse_signal(const char *text, int *ret, struct vt_error *err)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (strncasecmp(text, "SIG", 3) == 0)
		text += 3;
	for (int i = 1; i < NSIG; i++) {
		const char *name = sigabbrev_np(i);

		if ((name && strcasecmp(name, text) == 0) ||
		    (isdigit((unsigned char)*text) && !*end && n == i)) {
			*ret = i;
			return 0;
		}
	}
	return vt_fail(err, EINVAL, "'%s' is not a signal: use a name such as TERM or a number",
		       text);
}

static int request_signal(const struct vt_request *request, int *ret, struct vt_error *err)
{
	*ret = SIGTERM;
	for (size_t i = 0; i < request->n_settings; i++)
		if (strcmp(request->settings[i].file, "signal") == 0)
			return parse_signal(request->settings[i].value, ret, err);
	return 0;
}

static int check_process(const struct vt_process_now *p, struct vt_error *err)
{
	if (p->pid == 1)
		return vt_fail(err, EPERM, "process 1 runs this host: virttop sends it no signals");
	if (p->kernel_thread)
		return vt_fail(err, EPERM,
			       "%" PRIu64 " (%s) is a kernel thread: it takes no signals", p->pid,
			       p->comm);
	if (p->state == 'Z')
		return vt_fail(err, ESRCH,
			       "%" PRIu64 " (%s) has ended already and waits for its "
			       "parent %" PRIu64,
			       p->pid, p->comm, p->ppid);
	if (kill((pid_t)p->pid, 0) < 0 && errno == EPERM)
		return vt_fail(err, EPERM,
			       "%" PRIu64 " (%s) is not yours: you are uid %u, run virttop "
			       "as root",
			       p->pid, p->comm, geteuid());
	return 0;
}

static int plan_one(struct vt_plan *plan, const struct vt_action_env *env, struct vt_id id,
		    int signal, struct vt_error *err)
{
	struct vt_process_now p;
	struct vt_step *step;
	int r = vt_process_check(env->host, id, &p, err);

	if (r == 0)
		r = check_process(&p, err);
	if (r < 0)
		return r;
	step = vt_plan_add(plan, VT_OP_SIGNAL);
	step->target = (struct vt_id){ VT_KIND_PROCESS, p.pid, p.start_ticks };
	step->value = vt_arena_printf(plan->arena, "%d", signal);
	step->cannot_undo = gone;
	vt_step_describe(plan, step, vt_mount_of(env));
	if (p.pid == (uint64_t)getpid())
		vt_plan_effect(plan, "%" PRIu64 " is virttop itself", p.pid);
	vt_plan_effect(plan, "%" PRIu64 " is %s", p.pid, p.comm);
	return 0;
}

static int check_cgroup(const struct vt_action_env *env, const struct vt_cgroup_dir *d,
			struct vt_error *err)
{
	if (vt_cgroup_is_root(d->path))
		return vt_fail(err, EPERM,
			       "the root cgroup is the whole host: virttop does not kill it");
	if (vt_self_is_below(env, d->path))
		return vt_fail(err, EDEADLK, "virttop itself runs in %s and would die with it",
			       d->path);
	return 0;
}

static int add_kill(struct vt_plan *plan, const struct vt_cgroup_dir *d, unsigned patience_ms,
		    struct vt_error *err)
{
	struct vt_step *step;
	int r;

	if (faccessat(d->fd, "cgroup.kill", F_OK, 0) < 0)
		return vt_fail(err, EOPNOTSUPP,
			       "%s has no cgroup.kill: it needs Linux 5.14, and a cgroup that is "
			       "not threaded",
			       d->path);
	r = vt_check_writable(d, "cgroup.kill", err);
	if (r < 0)
		return r;
	step = vt_plan_write(plan, d, "cgroup.kill", "1", NULL);
	step->patience_ms = patience_ms;
	step->says = patience_ms ? vt_arena_printf(plan->arena,
						   "kill what is left in %s and below after up to "
						   "%u s",
						   d->path, patience_ms / 1000)
				 : vt_arena_printf(plan->arena,
						   "kill every process in %s and below", d->path);
	if (patience_ms)
		step->shell = vt_arena_printf(plan->arena, "sleep %u; %s", patience_ms / 1000,
					      step->shell);
	step->cannot_undo = "processes that were killed do not come back";
	return 0;
}

static int add_signal(const struct vt_action_env *env, struct vt_plan *plan,
		      const struct vt_cgroup_dir *d, int signal, struct vt_error *err)
{
	vt_autofree char *pids = vt_cgroup_value(d->fd, "cgroup.procs");
	struct vt_step *step;

	/* The kernel lists them only where their threaded subtree begins. */
	if (!pids && errno == EOPNOTSUPP)
		return vt_fail(err, EOPNOTSUPP,
			       "%s is threaded: its processes can only be signalled with the "
			       "cgroup above it that is not, or one by one",
			       d->path);
	step = vt_plan_add(plan, VT_OP_SIGNAL);
	step->target = (struct vt_id){ VT_KIND_CGROUP, d->id, 0 };
	step->path = vt_arena_intern(plan->arena, d->path);
	step->value = vt_arena_printf(plan->arena, "%d", signal);
	step->cannot_undo = gone;
	vt_step_describe(plan, step, vt_mount_of(env));
	return 0;
}

/* How many, and what happens to them. */
static void cgroup_effects(struct vt_plan *plan, const struct vt_cgroup_dir *d, int signal,
			   bool and_kill)
{
	const struct vt_cgroup *cg = vt_snapshot_path(d->snapshot, d->path);
	vt_autofree char *frozen = vt_cgroup_value(d->fd, "cgroup.freeze");
	const char *name = sigabbrev_np(signal);

	if (cg && VT_HAS(CGROUP, cg, processes_below))
		vt_plan_effect(
			plan, "SIG%s to %s: %s", name ? name : "?",
			vt_plural(plan->arena, (size_t)cg->processes_below, "process", "processes"),
			signal == SIGKILL ? "nothing is saved or closed in order"
			: and_kill        ? "they may end in order; who does not is killed"
					  : "they may end in order, or go on");
	if (signal != SIGKILL && frozen && strcmp(frozen, "1") == 0)
		vt_plan_effect(plan, "it is frozen: they see the signal when it is thawed");
	vt_effect_systemd(plan, d, NULL, NULL);
}

static bool has_setting(const struct vt_request *request, const char *name)
{
	for (size_t i = 0; i < request->n_settings; i++)
		if (strcmp(request->settings[i].file, name) == 0)
			return true;
	return false;
}

/* A signal, cgroup.kill, or the one after the other; without a word cgroup.kill. */
static int plan_cgroup(const struct vt_action_env *env, const struct vt_request *request,
		       struct vt_plan *plan, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	bool then_kill = has_setting(request, "then-kill");
	int signal = SIGKILL, r = vt_hold_target(env, request, plan, &d, err);

	if (r == 0)
		r = check_cgroup(env, &d, err);
	if (r == 0 && (then_kill || has_setting(request, "signal")))
		r = request_signal(request, &signal, err);
	if (r < 0)
		return r;
	if (signal != SIGKILL)
		r = add_signal(env, plan, &d, signal, err);
	if (r < 0)
		return r;
	if (signal == SIGKILL || then_kill)
		r = add_kill(plan, &d, then_kill && signal != SIGKILL ? PATIENCE_MS : 0, err);
	if (r < 0)
		return r;
	cgroup_effects(plan, &d, signal, then_kill);
	plan->title = vt_arena_printf(plan->arena, "Kill %s", d.path);
	return 0;
}

int vt_kill_plan(const struct vt_action_env *env, const struct vt_request *request,
		 struct vt_plan *plan, struct vt_error *err)
{
	int signal, r;

	if (!request->n_targets)
		return plan_cgroup(env, request, plan, err);
	r = request_signal(request, &signal, err);
	for (size_t i = 0; r == 0 && i < request->n_targets; i++)
		r = plan_one(plan, env, request->targets[i], signal, err);
	/* Of several, one that ends meanwhile does not keep the others from it. */
	for (size_t i = 0; i < plan->n_steps; i++)
		plan->steps[i].may_end = plan->n_steps > 1;
	plan->title = vt_arena_printf(
		plan->arena, "Kill %s",
		vt_plural(plan->arena, plan->n_steps, "process", "processes"));
	return r;
}

/* "-TERM" and "--then-kill" into settings; what is left are processes or a cgroup. */
static int take_options(int *argc, char ***argv, struct vt_arena *arena, struct vt_request *request,
			struct vt_error *err)
{
	struct vt_setting *settings = vt_arena_alloc(arena,
						     ((size_t)*argc + 1) * sizeof(*settings));
	int ignored;

	request->settings = settings;
	for (; *argc > 0 && (*argv)[0][0] == '-'; (*argc)--, (*argv)++) {
		const char *word = (*argv)[0] + 1;
		struct vt_setting *s = &settings[request->n_settings++];

		*s = (struct vt_setting){ "then-kill", "" };
		if (strcmp(word, "-then-kill") == 0)
			continue;
		*s = (struct vt_setting){ "signal", word };
		if (parse_signal(word, &ignored, err) < 0)
			return -EINVAL;
	}
	return 0;
}

int vt_kill_parse(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		  struct vt_request *request, struct vt_error *err)
{
	int r = take_options(&argc, &argv, arena, request, err);

	if (r < 0)
		return r;
	if (argc < 1)
		return vt_fail(err, EINVAL, "kill needs processes or a cgroup");
	if (argv[0][0] == '/' && argc > 1)
		return vt_fail(err, EINVAL, "kill takes one cgroup, and no processes beside it");
	if (argv[0][0] == '/')
		return vt_parse_cgroup(env, argv[0], arena, request, err);
	if (has_setting(request, "then-kill"))
		return vt_fail(err, EINVAL, "--then-kill is for a cgroup");
	return vt_parse_processes(env, argc, argv, arena, request, err);
}
