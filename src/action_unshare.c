/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unshare: a command in new namespaces, as unshare(1) does it; namespaces(7). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>

#include "action_spawn.h"
#include "busybox.h"
#include "spawn_maps.h"

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

static void tell_map(struct vt_plan *plan, const char *lines)
{
	for (const char *p = lines; *p; p += strcspn(p, "\n") + 1) {
		unsigned in, out, count;

		if (sscanf(p, "%u %u %u", &in, &out, &count) == 3)
			vt_plan_effect(plan, "user %u there is %u here, %u id%s", in, out, count,
				       count == 1 ? "" : "s");
	}
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
	if (s->map_root && !s->map_auto)
		vt_plan_effect(plan, "you are root there and yourself outside");
	else if (s->uid_lines)
		tell_map(plan, s->uid_lines);
	else if (s->ns_flags & CLONE_NEWUSER)
		vt_plan_effect(plan, "without --map-root-user you are nobody (65534) there");
}

#define RUN_DIR "/run/virttop"

/* A name is a directory of ours; the directory must be free. */
static int check_keep(struct vt_spawn *s, struct vt_plan *plan, struct vt_error *err)
{
	if (!s->keep_at)
		return 0;
	if (!vt_has_sys_admin())
		return vt_fail(err, EPERM,
			       "keeping namespaces by bind mounts needs CAP_SYS_ADMIN: "
			       "run virttop as root");
	if (s->keep_at[0] != '/')
		s->keep_at = vt_arena_printf(plan->arena, RUN_DIR "/%s", s->keep_at);
	if (strlen(s->keep_at) > 200 || strstr(s->keep_at, "/..") ||
	    s->keep_at[strlen(s->keep_at) - 1] == '/')
		return vt_fail(err, EINVAL, "'%s' is no directory to keep namespaces in",
			       s->keep_at);
	if (access(s->keep_at, F_OK) == 0)
		return vt_fail(err, EEXIST,
			       "%s is there already: choose another name to keep "
			       "the namespaces at",
			       s->keep_at);
	vt_plan_effect(plan, "they stay in %s when all their processes have ended%s", s->keep_at,
		       s->ns_flags & CLONE_NEWPID
			       ? "; a PID namespace without its PID 1 takes no new process"
			       : "");
	return 0;
}

static int check_root(struct vt_spawn *s, struct vt_error *err)
{
	vt_autoclose int root = s->root ? open(s->root, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	vt_autoclose int busybox = -1;

	if (!s->root && !s->busybox)
		return 0;
	if (s->root && root < 0)
		return vt_fail(err, errno, "cannot use %s as the root directory: %s", s->root,
			       vt_errno_text(errno));
	busybox = vt_busybox_open(NULL);
	if (s->busybox)
		return busybox >= 0 ? 0
				    : vt_fail(err, ENOENT,
					      "this host has no static busybox (package "
					      "busybox-static)");
	if (s->argv[0][0] != '/' || vt_root_has(root, s->argv[0]))
		return 0;
	return vt_fail(err, ENOENT, "there is no %s in %s: %s", s->argv[0], s->root,
		       busybox >= 0 ? "--busybox runs this host's static busybox there"
				    : "nor has this host a static busybox to run there (package "
				      "busybox-static)");
}

static int check_offset(const char *clock, const char *text, struct vt_error *err)
{
	char *end;
	long long value;

	if (!text)
		return 0;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (*end || end == text || errno || value > INT_MAX || value < -INT_MAX)
		return vt_fail(err, EINVAL, "the %s offset '%s' is no number of seconds", clock,
			       text);
	return 0;
}

static int check_propagation(const char *word, struct vt_error *err)
{
	static const char *const known[] = { "private", "slave", "shared", "unchanged" };

	for (size_t i = 0; word && i < VT_LEN(known); i++)
		if (strcmp(word, known[i]) == 0)
			return 0;
	return word ? vt_fail(err, EINVAL,
			      "propagation is private, slave, shared or unchanged, not '%s'", word)
		    : 0;
}

static int check_rest(const struct vt_action_env *env, struct vt_plan *plan, struct vt_spawn *s,
		      struct vt_error *err)
{
	int r = check_hostname(s, err);

	if (r == 0)
		r = check_propagation(s->propagation, err);
	if (r == 0)
		r = check_offset("monotonic", s->monotonic, err);
	if (r == 0)
		r = check_offset("boottime", s->boottime, err);
	if (r == 0 && s->kill_child && s->background)
		r = vt_fail(err, EINVAL,
			    "in the background no launcher is left that could die before it: "
			    "--kill-child is for the foreground");
	if (r == 0)
		r = check_root(s, err);
	if (r == 0)
		r = check_keep(s, plan, err);
	return r < 0 ? r : vt_spawn_map(env->host, s, plan->arena, err);
}

/* Limits are steps before the command: the cgroup is made with them, or gets them. */
static int plan_limits(const struct vt_action_env *env, struct vt_plan *plan,
		       const struct vt_spawn *s, struct vt_error *err)
{
	struct vt_request request = { .path = s->cgroup };
	vt_autoclose int fd = -1;
	const char *path;
	char *words[VT_SPAWN_LIMITS];
	int n = 0, r;

	while (n < VT_SPAWN_LIMITS && s->limits[n]) {
		words[n] = (char *)(uintptr_t)s->limits[n];
		n++;
	}
	if (!n)
		return 0;
	if (!s->cgroup)
		return vt_fail(err, EINVAL, "limits need a cgroup that has them: --cgroup /NAME");
	r = vt_parse_settings(n, words, plan->arena, &request, err);
	if (r == 0)
		r = vt_cgroup_path(env->snapshot, s->cgroup, plan->arena, &path, err);
	if (r < 0)
		return r;
	fd = vt_cgroup_open(env->host, env->snapshot, path, NULL);
	return fd >= 0 ? vt_limit_plan(env, &request, plan, err)
		       : vt_create_plan(env, &request, plan, err);
}

int vt_unshare_plan(const struct vt_action_env *env, const struct vt_request *request,
		    struct vt_plan *plan, struct vt_error *err)
{
	struct vt_spawn *s = vt_plan_spawn(plan, &request->spawn);
	const char *says;
	int r;

	s->enter_target = (struct vt_id){ 0 };
	vt_spawn_complete(s);
	if (!s->argv[0])
		s->argv = vt_spawn_command(0, NULL, s, plan->arena);
	if (!s->ns_flags)
		return vt_fail(err, EINVAL,
			       "choose at least one namespace: --mount --pid --net --uts "
			       "--ipc --user --time -C");
	r = check_limits(env, s->ns_flags, err);
	if (r == 0)
		r = check_privilege(env, s, err);
	if (r == 0)
		r = check_rest(env, plan, s, err);
	if (r == 0)
		r = plan_limits(env, plan, s, err);
	if (r < 0)
		return r;
	plan->title = vt_arena_printf(plan->arena, "Unshare %s",
				      vt_spawn_types(plan->arena, "", s->ns_flags));
	says = vt_arena_printf(plan->arena, "run %s in %s%s%s", vt_spawn_words(plan->arena, s),
			       vt_spawn_types(plan->arena, "new ", s->ns_flags),
			       s->hostname ? " with the hostname " : "",
			       s->hostname ? s->hostname : "");
	r = vt_plan_add_spawn(env, plan, vt_spawn_line(plan->arena, s), says, err);
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
	s->argv = vt_spawn_command(argc - at, argv + at, s, arena);
	if (s->cgroup) {
		r = s->limits[0]
			    ? vt_cgroup_path(env->snapshot, s->cgroup, arena, &request->path, err)
			    : vt_parse_cgroup(env, s->cgroup, arena, request, err);
		s->cgroup = request->path;
	}
	return r;
}
