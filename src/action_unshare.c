/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unshare: a command in new namespaces, as unshare(1) does it; namespaces(7). */
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "action_spawn.h"

static const char *unshare_line(struct vt_arena *arena, const struct vt_spawn *s)
{
	const char *line = "unshare", *command = vt_spawn_words(arena, s);

	for (int t = 0; t < VT_NS_TYPES; t++)
		if (s->ns_flags & vt_ns_clone_flags[t] && !(t == VT_NS_USER && s->map_root))
			line = vt_arena_printf(arena, "%s %s", line, vt_ns_options[t]);
	if (s->fork)
		line = vt_arena_printf(arena, "%s --fork", line);
	if (s->mount_proc)
		line = vt_arena_printf(arena, "%s --mount-proc", line);
	if (s->map_root)
		line = vt_arena_printf(arena, "%s --map-root-user", line);
	if (s->hostname)
		command = vt_arena_printf(arena, "sh -c 'hostname \"$0\" && exec \"$@\"' %s %s",
					  vt_shell_quote(arena, s->hostname), command);
	return vt_arena_printf(arena, "%s -- %s", line, command);
}

/* A limit of 0 switches a type off: sysctl user.max_*_namespaces. */
static int check_limits(const struct vt_action_env *env, int flags, struct vt_error *err)
{
	for (int t = 0; t < VT_NS_TYPES; t++) {
		char path[64], text[32];

		(void)snprintf(path, sizeof(path), "sys/user/max_%s_namespaces", vt_ns_names[t]);
		if (!(flags & vt_ns_clone_flags[t]) ||
		    vt_host_read(env->host->proc, path, text, sizeof(text)) <= 0)
			continue;
		if (strtoull(text, NULL, 10) == 0)
			return vt_fail(err, EPERM,
				       "cannot unshare the %s namespace: this host allows "
				       "none (user.max_%s_namespaces is 0)",
				       vt_ns_names[t], vt_ns_names[t]);
	}
	return 0;
}

static int check_privilege(const struct vt_action_env *env, const struct vt_spawn *s,
			   struct vt_error *err)
{
	char text[16];

	if (vt_has_sys_admin())
		return 0;
	if (!(s->ns_flags & CLONE_NEWUSER))
		return vt_fail(err, EPERM,
			       "new %s namespaces need CAP_SYS_ADMIN: run virttop as root, "
			       "or add --user --map-root-user",
			       s->ns_flags & CLONE_NEWNET ? "network and other"
							  : "mount, PID and other");
	if (vt_host_read(env->host->proc, "sys/kernel/unprivileged_userns_clone", text,
			 sizeof(text)) > 0 &&
	    text[0] == '0')
		return vt_fail(err, EPERM,
			       "unprivileged users may make no user namespaces here "
			       "(kernel.unprivileged_userns_clone is 0)");
	return 0;
}

static int check_hostname(const struct vt_spawn *s, struct vt_error *err)
{
	if (!s->hostname)
		return 0;
	if (!*s->hostname || strlen(s->hostname) > 64)
		return vt_fail(err, EINVAL, "a hostname has 1 to 64 bytes");
	return 0;
}

static void add_effects(struct vt_plan *plan, const struct vt_spawn *s)
{
	static const struct {
		int flag;
		const char *words;
	} effects[] = {
		{ CLONE_NEWPID,
		  "it is PID 1 there: when it ends, all others in the namespace are killed" },
		{ CLONE_NEWNET, "the new network namespace has only a loopback, which is down" },
		{ CLONE_NEWNS, "mounts made there are not seen here" },
		{ CLONE_NEWUTS, "a hostname set there is not seen here" },
	};

	for (size_t i = 0; i < VT_LEN(effects); i++)
		if (s->ns_flags & effects[i].flag)
			vt_plan_effect(plan, "%s", effects[i].words);
	if (s->ns_flags & CLONE_NEWPID && !s->mount_proc)
		vt_plan_effect(plan,
			       "without --mount-proc, ps there still shows the processes here");
	if (s->ns_flags & CLONE_NEWUSER && s->map_root)
		vt_plan_effect(plan, "you are root there and yourself outside");
	else if (s->ns_flags & CLONE_NEWUSER)
		vt_plan_effect(plan, "without --map-root-user you are nobody (65534) there");
}

int vt_unshare_plan(const struct vt_action_env *env, const struct vt_request *request,
		    struct vt_plan *plan, struct vt_error *err)
{
	struct vt_spawn *s = vt_plan_spawn(plan, &request->spawn);
	const char *says;
	int r;

	s->enter_target = (struct vt_id){ 0 };
	vt_spawn_complete(s, false);
	if (!s->argv[0])
		s->argv = vt_spawn_command(0, NULL, s->background, false, plan->arena);
	if (!s->ns_flags)
		return vt_fail(err, EINVAL,
			       "choose at least one namespace: --mount --pid --net --uts "
			       "--ipc --user --time -C");
	r = check_hostname(s, err);
	if (r == 0)
		r = check_limits(env, s->ns_flags, err);
	if (r == 0)
		r = check_privilege(env, s, err);
	if (r < 0)
		return r;
	plan->title = vt_arena_printf(plan->arena, "Unshare %s",
				      vt_spawn_types(plan->arena, "", s->ns_flags));
	says = vt_arena_printf(plan->arena, "run %s in %s%s%s", vt_spawn_words(plan->arena, s),
			       vt_spawn_types(plan->arena, "new ", s->ns_flags),
			       s->hostname ? " with the hostname " : "",
			       s->hostname ? s->hostname : "");
	r = vt_plan_add_spawn(env, plan, unshare_line(plan->arena, s), says, err);
	if (r == 0)
		add_effects(plan, s);
	return r;
}

int vt_unshare_parse(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		     struct vt_request *request, struct vt_error *err)
{
	struct vt_spawn *s = &request->spawn;
	int at = vt_spawn_options(argc, argv, false, s, err), r = 0;

	if (at < 0)
		return at;
	s->argv = vt_spawn_command(argc - at, argv + at, s->background, false, arena);
	if (s->cgroup) {
		r = vt_parse_cgroup(env, s->cgroup, arena, request, err);
		s->cgroup = request->path;
	}
	return r;
}
