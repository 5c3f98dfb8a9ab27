/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * move: whole processes into a cgroup through cgroup.procs (cgroup-v2.rst,
 * "Organizing Processes"). Children that exist already stay where they are.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "action_explain.h"
#include "action_table.h"

static int check_process(const struct vt_process_now *p, struct vt_error *err)
{
	if (p->kernel_thread)
		return vt_fail(err, EPERM,
			       "%" PRIu64 " (%s) is a kernel thread: it cannot be moved", p->pid,
			       p->comm);
	if (p->state == 'Z' || p->state == 'X')
		return vt_fail(err, ESRCH,
			       "%" PRIu64 " (%s) has ended and waits for its parent: "
			       "there is nothing to move",
			       p->pid, p->comm);
	return 0;
}

/* Who is not root must also own the common ancestor ("Delegation Containment"). */
static int check_ancestor(const struct vt_action_env *env, struct vt_plan *plan, const char *from,
			  const char *to, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	const char *common = to;
	int r;

	if (geteuid() == 0 || !*from)
		return 0;
	while (!vt_path_is_below(from, common))
		common = vt_cgroup_parent(plan->arena, common);
	r = vt_cgroup_hold(env, common, 0, &d, err);
	if (r == 0)
		r = vt_check_writable(&d, "cgroup.procs", err);
	return r < 0 ? vt_wrap(err, "the common ancestor of %s and %s", from, to) : 0;
}

static void add_move(const struct vt_action_env *env, struct vt_plan *plan,
		     const struct vt_process_now *p, const struct vt_cgroup_dir *to, bool may_end)
{
	struct vt_step *step = vt_plan_add(plan, VT_OP_MOVE);

	step->target = (struct vt_id){ VT_KIND_PROCESS, p->pid, p->start_ticks };
	step->dir_id = to->id;
	step->path = to->path;
	step->may_end = may_end;
	if (*p->cgroup)
		step->was = vt_arena_intern(plan->arena, p->cgroup);
	else
		step->cannot_undo = "its present cgroup cannot be seen from this cgroup namespace";
	vt_step_describe(plan, step, vt_mount_of(env));
}

static int plan_one(const struct vt_action_env *env, struct vt_plan *plan, struct vt_id id,
		    const struct vt_cgroup_dir *to, struct vt_error *err)
{
	struct vt_process_now p;
	int r = vt_process_check(env->host, id, &p, err);

	if (r == 0)
		r = check_process(&p, err);
	if (r == 0)
		r = check_ancestor(env, plan, p.cgroup, to->path, err);
	if (r < 0)
		return r;
	if (strcmp(p.cgroup, to->path) == 0) {
		vt_plan_effect(plan, "process %" PRIu64 " (%s) is there already", p.pid, p.comm);
		return 0;
	}
	if (p.pid == (uint64_t)getpid())
		vt_plan_effect(plan, "%" PRIu64 " is virttop itself: it moves too", p.pid);
	add_move(env, plan, &p, to, false);
	return 0;
}

/* Where threads are spread over cgroups below, the list of the topmost has their processes. */
static bool is_still_in(const struct vt_cgroup_dir *from, const struct vt_process_now *p)
{
	vt_autofree char *type = NULL;

	if (strcmp(p->cgroup, from->path) == 0)
		return true;
	type = vt_cgroup_value(from->fd, "cgroup.type");
	return type && strcmp(type, "domain threaded") == 0 &&
	       vt_path_is_below(p->cgroup, from->path);
}

/*
 * Zombies and what ends while this looks stay behind; they are nobody's use of anything. So
 * does what has left since it was listed, or has the pid of one that ended.
 */
static int plan_of_cgroup(const struct vt_action_env *env, struct vt_plan *plan, uint64_t pid,
			  const struct vt_cgroup_dir *from, const struct vt_cgroup_dir *to,
			  struct vt_error *err)
{
	struct vt_process_now p;
	int r = vt_process_look(env->host, pid, &p, err);

	if (r == -ESRCH || (r == 0 && (p.state == 'Z' || p.state == 'X' || !is_still_in(from, &p))))
		return 0;
	if (r == 0)
		r = check_process(&p, err);
	if (r == 0)
		r = check_ancestor(env, plan, p.cgroup, to->path, err);
	if (r == 0)
		add_move(env, plan, &p, to, true);
	return r;
}

static int plan_all(const struct vt_action_env *env, const struct vt_request *request,
		    struct vt_plan *plan, const struct vt_cgroup_dir *to, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir from = VT_NO_CGROUP;
	vt_autofree char *pids = NULL;
	const char *path;
	char *save = NULL;
	int r = vt_cgroup_path(env->snapshot, request->from, plan->arena, &path, err);

	if (r == 0)
		r = vt_cgroup_hold(env, path, 0, &from, err);
	if (r < 0)
		return r;
	if (from.id == to->id)
		return vt_fail(err, EALREADY, "nothing to do: %s is where they are", path);
	pids = vt_cgroup_value(from.fd, "cgroup.procs");
	if (!pids)
		return vt_fail(err, errno, "cannot list the processes of %s: %s", path,
			       errno == EOPNOTSUPP ? "it is threaded, its threads belong to "
						     "processes of the domain above"
						   : vt_errno_text(errno));
	for (char *p = strtok_r(pids, "\n", &save); p && r == 0; p = strtok_r(NULL, "\n", &save))
		r = plan_of_cgroup(env, plan, strtoull(p, NULL, 10), &from, to, err);
	if (r == 0 && !plan->n_steps)
		r = vt_fail(err, EALREADY, "nothing to do: %s has no processes of its own", path);
	if (r == 0)
		vt_plan_effect(plan, "what they fork meanwhile stays in %s", path);
	return r;
}

static void add_effects(const struct vt_action_env *env, struct vt_plan *plan,
			const struct vt_cgroup_dir *to)
{
	const struct vt_host_row *host = vt_snapshot_host(env->snapshot);
	vt_autofree char *frozen = vt_cgroup_value(to->fd, "cgroup.freeze");
	vt_autofree char *here = vt_cgroup_value(to->fd, "cgroup.controllers");

	vt_plan_effect(plan, "%s with all threads; children stay where they are",
		       vt_plural(plan->arena, plan->n_steps, "process moves", "processes move"));
	if (frozen && strcmp(frozen, "1") == 0)
		vt_plan_effect(plan, "%s is frozen: they stop at once", to->path);
	if (here && vt_has_word(here, "memory"))
		vt_plan_effect(plan, "memory in use stays charged to the old cgroup");
	if (VT_HAS(HOST, host, cgroup_v1_controllers) && *host->cgroup_v1_controllers)
		vt_plan_effect(plan, "cgroup v1 keeps limiting them in its own trees: %s",
			       host->cgroup_v1_controllers);
	vt_effect_systemd(plan, to, NULL, NULL);
}

/* By pid, so that naming a process twice is no harm. */
static bool named_before(const struct vt_request *request, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (request->targets[k].a == request->targets[i].a)
			return true;
	return false;
}

int vt_move_plan(const struct vt_action_env *env, const struct vt_request *request,
		 struct vt_plan *plan, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir to = VT_NO_CGROUP;
	int r = vt_hold_target(env, request, plan, &to, err);

	if (r == 0 && !request->n_targets && !request->from)
		r = vt_fail(err, EINVAL, "no process is named");
	if (r == 0)
		r = vt_check_takes_processes(&to, err);
	if (r == 0)
		r = vt_check_writable(&to, "cgroup.procs", err);
	for (size_t i = 0; r == 0 && i < request->n_targets; i++)
		if (!named_before(request, i))
			r = plan_one(env, plan, request->targets[i], &to, err);
	if (r == 0 && request->from)
		r = plan_all(env, request, plan, &to, err);
	if (r < 0)
		return r;
	if (!plan->n_steps)
		return vt_fail(err, EALREADY, "nothing to do: %s in %s already",
			       request->n_targets == 1 ? "the process is" : "the processes are",
			       to.path);
	plan->title = vt_arena_printf(plan->arena, "Move %s to %s",
				      vt_plural(plan->arena, plan->n_steps, "process", "processes"),
				      to.path);
	add_effects(env, plan, &to);
	return 0;
}

int vt_move_parse(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		  struct vt_request *request, struct vt_error *err)
{
	int r;

	if (argc < 2)
		return vt_fail(err, EINVAL, "move needs processes and, last, a cgroup");
	r = vt_parse_cgroup(env, argv[argc - 1], arena, request, err);
	if (r == 0 && argv[0][0] == '/') {
		request->from = vt_arena_intern(arena, argv[0]);
		return argc == 2 ? 0
				 : vt_fail(err, EINVAL,
					   "move takes processes, or one cgroup whose processes "
					   "all move");
	}
	return r < 0 ? r : vt_parse_processes(env, argc - 1, argv, arena, request, err);
}
