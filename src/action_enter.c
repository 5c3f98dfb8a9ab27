/* SPDX-License-Identifier: GPL-2.0-or-later */
/* enter: a command in the namespaces of a process, as nsenter(1); setns(2) by pidfd. */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <string.h>

#include "action_spawn.h"

/* "pid:[4026531836]"; two equal texts are one namespace. -errno where it cannot be seen. */
static int read_link(const struct vt_host *host, uint64_t pid, int type, char *out, size_t size)
{
	char path[64];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%" PRIu64 "/ns/%s", pid, vt_ns_names[type]);
	n = readlinkat(host->proc, path, out, size - 1);
	if (n < 0)
		return -errno;
	out[n] = '\0';
	return 0;
}

/* Those asked for (or all) that are not ours already: entering one's own fails for some types. */
static int choose(const struct vt_action_env *env, uint64_t pid, int asked, struct vt_plan *plan,
		  int *ret, struct vt_error *err)
{
	int flags = 0;

	for (int t = 0; t < VT_NS_TYPES; t++) {
		char theirs[64], ours[64];
		int r;

		if (asked && !(asked & vt_ns_clone_flags[t]))
			continue;
		r = read_link(env->host, pid, t, theirs, sizeof(theirs));
		if (r == -ENOENT && !asked)
			continue; /* a kernel without this type */
		if (r < 0)
			return vt_fail(err, -r,
				       "cannot see the %s namespace of process %" PRIu64 ": %s%s",
				       vt_ns_names[t], pid, vt_errno_text(-r),
				       r == -EACCES ? ": run virttop as root" : "");
		if (read_link(env->host, (uint64_t)getpid(), t, ours, sizeof(ours)) < 0 ||
		    strcmp(ours, theirs) != 0)
			flags |= vt_ns_clone_flags[t];
		else if (asked)
			vt_plan_effect(plan, "its %s namespace is yours already", vt_ns_names[t]);
	}
	*ret = flags;
	return 0;
}

static const char *enter_line(struct vt_arena *arena, const struct vt_spawn *s)
{
	const char *line = vt_arena_printf(arena, "nsenter --target %" PRIu64, s->enter_target.a);

	for (int t = 0; t < VT_NS_TYPES; t++)
		if (s->ns_flags & vt_ns_clone_flags[t])
			line = vt_arena_printf(arena, "%s %s", line, vt_ns_options[t]);
	return vt_arena_printf(arena, "%s -- %s", line, vt_spawn_words(arena, s));
}

static int check(const struct vt_action_env *env, struct vt_plan *plan, struct vt_spawn *s,
		 struct vt_process_now *target, struct vt_error *err)
{
	int r = vt_process_check(env->host, s->enter_target, target, err);

	if (r == 0)
		r = choose(env, s->enter_target.a, s->ns_flags, plan, &s->ns_flags, err);
	if (r < 0)
		return r;
	if (!s->ns_flags)
		return vt_fail(err, EALREADY,
			       "process %" PRIu64 " (%s) is in the same namespaces as "
			       "virttop: there is nothing to enter",
			       target->pid, target->comm);
	if (!vt_has_sys_admin() && !(s->ns_flags & CLONE_NEWUSER))
		return vt_fail(err, EPERM, "entering %s needs CAP_SYS_ADMIN: run virttop as root",
			       vt_spawn_types(plan->arena, "the ", s->ns_flags));
	return 0;
}

int vt_enter_plan(const struct vt_action_env *env, const struct vt_request *request,
		  struct vt_plan *plan, struct vt_error *err)
{
	struct vt_spawn *s = vt_plan_spawn(plan, &request->spawn);
	struct vt_process_now target;
	const char *says;
	int r;

	if (!s->enter_target.a && request->n_targets == 1)
		s->enter_target = request->targets[0];
	if (!s->enter_target.a)
		return vt_fail(err, EINVAL, "enter needs one process");
	r = check(env, plan, s, &target, err);
	if (r < 0)
		return r;
	vt_spawn_complete(s, true);
	if (!s->argv[0])
		s->argv = vt_spawn_command(0, NULL, s->background, true, plan->arena);
	plan->title = vt_arena_printf(plan->arena, "Enter process %" PRIu64, target.pid);
	says = vt_arena_printf(plan->arena, "run %s in %s of process %" PRIu64 " (%s)",
			       vt_spawn_words(plan->arena, s),
			       vt_spawn_types(plan->arena, "the ", s->ns_flags), target.pid,
			       target.comm);
	if (s->ns_flags & CLONE_NEWNS)
		vt_plan_effect(plan,
			       "the command is the one of its mount namespace, not of this one");
	return vt_plan_add_spawn(env, plan, enter_line(plan->arena, s), says, err);
}

int vt_enter_parse(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		   struct vt_request *request, struct vt_error *err)
{
	struct vt_spawn *s = &request->spawn;
	int at, r;

	if (argc < 1)
		return vt_fail(err, EINVAL, "enter needs a process");
	r = vt_parse_processes(env, 1, argv, arena, request, err);
	if (r < 0)
		return r;
	at = vt_spawn_options(argc - 1, argv + 1, true, s, err);
	if (at < 0)
		return at;
	s->enter_target = request->targets[0];
	s->argv = vt_spawn_command(argc - 1 - at, argv + 1 + at, s->background, true, arena);
	if (s->cgroup) {
		r = vt_parse_cgroup(env, s->cgroup, arena, request, err);
		s->cgroup = request->path;
	}
	return r;
}
