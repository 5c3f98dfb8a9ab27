/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of actions and what they share. An action looks and plans; nothing
 * is changed here. Its file is action_NAME.c.
 */
#include "action.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>

#include "action_table.h"

#define FUNCTIONS(name) .plan = vt_##name##_plan, .parse = vt_##name##_parse

const struct vt_action vt_actions[] = {
	{ "unshare",
	  "[--preset NAME] [--mount] [--pid] [--net] [--uts] [--ipc] [--user] [--time] [-C] "
	  "[--fork] [--kill-child] [--mount-proc] [--propagation HOW] [--map-root-user] "
	  "[--map-auto] [--map-users MAP] [--map-groups MAP] [--setgroups allow|deny] "
	  "[--root DIR] [--wd DIR] [--keep NAME] [--monotonic SEC] [--boottime SEC] "
	  "[--hostname NAME] [--cgroup /CGROUP] [--limit FILE=VALUE]... [--busybox] "
	  "[--background] [--] [COMMAND]",
	  "run a command, a shell without one, in new namespaces; -C is a new cgroup namespace",
	  FUNCTIONS(unshare) },
	{ "enter",
	  "[PID] [--mount[=FILE]] [--pid[=FILE]] [--net[=FILE]] [--uts[=FILE]] [--ipc[=FILE]] "
	  "[--user[=FILE]] [--time[=FILE]] [-C] [--root] [--wd DIR] [--join-cgroup] [--setuid ID] "
	  "[--setgid ID] [--cgroup /CGROUP] [--busybox] [--background] [--] [COMMAND]",
	  "run a command, a shell without one, in the namespaces of a process or of files; without "
	  "options in all of the process that differ",
	  FUNCTIONS(enter) },
	{ "move", "PID... | /FROM /CGROUP",
	  "move processes, or all of a cgroup, with their threads into a cgroup", FUNCTIONS(move) },
	{ "limit", "[--persistent] /CGROUP FILE=VALUE...",
	  "set files of a cgroup; sizes take K M G T, cpu.max takes 50% or 1.5; what systemd owns "
	  "is set through it, until the next boot or persistently",
	  FUNCTIONS(limit) },
	{ "create", "/CGROUP [FILE=VALUE...]", "make a cgroup, with limits from birth",
	  FUNCTIONS(create) },
	{ "remove", "/CGROUP", "remove a cgroup and the cgroups below, when no process is in them",
	  FUNCTIONS(remove) },
	{ "freeze", "/CGROUP", "stop all processes of a cgroup and below", FUNCTIONS(freeze) },
	{ "thaw", "/CGROUP", "let the processes of a frozen cgroup run again", FUNCTIONS(thaw) },
	{ "kill", "[-SIGNAL] [--then-kill] PID... | /CGROUP",
	  "send a signal (TERM) to processes, or to all in a cgroup and below (KILL); --then-kill: "
	  "TERM first, KILL to what is left after 5 s",
	  FUNCTIONS(kill) },
	{ "reclaim", "/CGROUP SIZE", "take memory back from a cgroup", FUNCTIONS(reclaim) },
	{ "threaded", "/CGROUP", "make a cgroup threaded, where that is possible",
	  FUNCTIONS(threaded) },
	{ "partition", "/CGROUP root|isolated|member",
	  "make a cgroup a partition of CPUs, or no longer", FUNCTIONS(partition) },
	{ "netns-add", "NAME [ADDRESS/BITS ADDRESS/BITS [DEVICE [DEVICE]]]",
	  "make a named network namespace, and a cable into it where addresses are given",
	  FUNCTIONS(netns_add) },
	{ "netns-del", "NAME", "remove a named network namespace", FUNCTIONS(netns_del) },
	{ "veth-add", "NAME ADDRESS/BITS ADDRESS/BITS [DEVICE [DEVICE]]",
	  "make a cable into a named network namespace: addresses and devices here and in it",
	  FUNCTIONS(veth_add) },
	{ "veth-del", "DEVICE", "remove a cable (veth) by its end here", FUNCTIONS(veth_del) },
	{ "pin", "PID... CPUS",
	  "let the vCPU threads of a machine, or a thread, run on these CPUs only",
	  FUNCTIONS(pin) },
	{ "nice", "PID... VALUE", "set the nice value of a machine's vCPU threads, or of a thread",
	  FUNCTIONS(nice) },
	{ "controllers", "/CGROUP +NAME... -NAME...",
	  "choose the controllers that the children of a cgroup may use, in all cgroups on the way",
	  FUNCTIONS(controllers) },
	{ "mount", "[debugfs] [tracefs]",
	  "mount debugfs and tracefs, or one of them, which KVM's counters and tracepoints are "
	  "read "
	  "from",
	  FUNCTIONS(mount) },
	{ "clean", "",
	  "remove the processes, cgroups, kept namespaces and mounts that virttop made",
	  FUNCTIONS(clean) },
	{ 0 },
};

const struct vt_action *vt_action_find(const char *name)
{
	for (const struct vt_action *a = vt_actions; a->name; a++)
		if (strcmp(a->name, name) == 0)
			return a;
	return NULL;
}

int vt_action_plan(const struct vt_action_env *env, const struct vt_request *request,
		   struct vt_plan **ret_plan, struct vt_error *err)
{
	struct vt_plan *plan;
	int r;

	if (env->read_only)
		return vt_fail(err, EROFS, "virttop was started with --read-only: it does nothing");
	if (!env->host->is_self)
		return vt_fail(err, EROFS,
			       "%s is another or a recorded tree: nothing can be done there",
			       env->host->root_path);
	/* Before anything is looked up by pid, and for those that the plan finds itself. */
	if (request->n_targets || request->from || request->spawn.enter_target.a) {
		r = vt_host_check_pids(env->host, err);
		if (r < 0)
			return r;
	}
	plan = vt_plan_new(request->action->name);
	r = request->action->plan(env, request, plan, err);
	if (r == 0 && vt_plan_names_processes(plan))
		r = vt_host_check_pids(env->host, err);
	if (r < 0) {
		vt_plan_free(plan);
		return r;
	}
	*ret_plan = plan;
	return 0;
}

int vt_parse_cgroup(const struct vt_action_env *env, const char *word, struct vt_arena *arena,
		    struct vt_request *request, struct vt_error *err)
{
	vt_autoclose int fd = -1;
	int r = vt_cgroup_path(env->snapshot, word, arena, &request->path, err);

	if (r < 0)
		return r;
	fd = vt_cgroup_open(env->host, env->snapshot, request->path, err);
	return fd < 0 ? fd : 0;
}

int vt_parse_settings(int argc, char **argv, struct vt_arena *arena, struct vt_request *request,
		      struct vt_error *err)
{
	struct vt_setting *settings = vt_arena_alloc(arena, ((size_t)argc + 1) * sizeof(*settings));

	for (int i = 0; i < argc; i++) {
		const char *equals = strchr(argv[i], '=');

		if (!equals || equals == argv[i] ||
		    memchr(argv[i], '/', (size_t)(equals - argv[i])))
			return vt_fail(err, EINVAL,
				       "'%s' is not a setting: write FILE=VALUE, such as "
				       "memory.max=100M",
				       argv[i]);
		settings[i].file = vt_arena_intern_n(arena, argv[i], (size_t)(equals - argv[i]));
		settings[i].value = vt_arena_intern(arena, equals + 1);
	}
	request->settings = settings;
	request->n_settings = (size_t)argc;
	return 0;
}

int vt_parse_processes(const struct vt_action_env *env, int argc, char **argv,
		       struct vt_arena *arena, struct vt_request *request, struct vt_error *err)
{
	struct vt_id *targets = vt_arena_alloc(arena, ((size_t)argc + 1) * sizeof(*targets));
	int r = vt_host_check_pids(env->host, err);

	for (int i = 0; r == 0 && i < argc; i++)
		r = vt_process_parse(env->host, argv[i], &targets[i], err);
	if (r < 0)
		return r;
	request->targets = targets;
	request->n_targets = (size_t)argc;
	return 0;
}

int vt_hold_target(const struct vt_action_env *env, const struct vt_request *request,
		   struct vt_plan *plan, struct vt_cgroup_dir *ret, struct vt_error *err)
{
	const char *path;
	int r;

	if (!request->path)
		return vt_fail(err, EINVAL, "no cgroup is named");
	r = vt_cgroup_path(env->snapshot, request->path, plan->arena, &path, err);
	return r < 0 ? r : vt_cgroup_hold(env, path, request->path_id, ret, err);
}

struct vt_step *vt_plan_write(struct vt_plan *plan, const struct vt_cgroup_dir *d, const char *file,
			      const char *value, const char *was)
{
	const struct vt_host_row *host = vt_snapshot_host(d->snapshot);
	struct vt_step *step = vt_plan_add(plan, VT_OP_WRITE);

	step->target = (struct vt_id){ VT_KIND_CGROUP, d->id, 0 };
	step->path = vt_arena_intern(plan->arena, d->path);
	step->file = vt_arena_intern(plan->arena, file);
	step->value = vt_arena_intern(plan->arena, value);
	step->was = vt_arena_intern(plan->arena, was);
	vt_step_describe(plan, step, host->cgroup_mount);
	return step;
}

const char *vt_mount_of(const struct vt_action_env *env)
{
	return vt_snapshot_host(env->snapshot)->cgroup_mount;
}

const char *vt_plural(struct vt_arena *arena, size_t n, const char *one, const char *many)
{
	return vt_arena_printf(arena, "%zu %s", n, n == 1 ? one : many);
}

bool vt_path_is_below(const char *path, const char *top)
{
	size_t n = strlen(top);

	return vt_cgroup_is_root(top) ||
	       (strncmp(path, top, n) == 0 && (path[n] == '/' || !path[n]));
}

bool vt_self_is_below(const struct vt_action_env *env, const char *path)
{
	struct vt_process_now self;

	return vt_process_look(env->host, vt_host_self_pid(env->host), &self, NULL) == 0 &&
	       *self.cgroup && vt_path_is_below(self.cgroup, path);
}

static bool has_capability(int number)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	return syscall(SYS_capget, &header, data) == 0 &&
	       data[number / 32].effective >> (number % 32) & 1;
}

int vt_need_capability(int number, const char *name, const char *what, struct vt_error *err)
{
	if (has_capability(number))
		return 0;
	return vt_fail(err, EPERM, "%s needs %s: run virttop as root", what, name);
}
