/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_ACTION_TABLE_H
#define VT_ACTION_TABLE_H

#include "action_cgroup.h"
#include "spawn_line.h"

/* What each action's file gives to the table in action.c; see struct vt_action. */
#define VT_ACTION_FUNCTIONS(name)                                                                  \
	int vt_##name##_plan(const struct vt_action_env *env, const struct vt_request *request,    \
			     struct vt_plan *plan, struct vt_error *err);                          \
	int vt_##name##_parse(const struct vt_action_env *env, int argc, char **argv,              \
			      struct vt_arena *arena, struct vt_request *request,                  \
			      struct vt_error *err);
VT_ACTION_FUNCTIONS(unshare)
VT_ACTION_FUNCTIONS(enter)
VT_ACTION_FUNCTIONS(move)
VT_ACTION_FUNCTIONS(limit)
VT_ACTION_FUNCTIONS(create)
VT_ACTION_FUNCTIONS(remove)
VT_ACTION_FUNCTIONS(freeze)
VT_ACTION_FUNCTIONS(thaw)
VT_ACTION_FUNCTIONS(kill)
VT_ACTION_FUNCTIONS(controllers)
VT_ACTION_FUNCTIONS(reclaim)
VT_ACTION_FUNCTIONS(threaded)
VT_ACTION_FUNCTIONS(partition)
VT_ACTION_FUNCTIONS(netns_add)
VT_ACTION_FUNCTIONS(netns_del)
VT_ACTION_FUNCTIONS(veth_add)
VT_ACTION_FUNCTIONS(veth_del)
VT_ACTION_FUNCTIONS(pin)
VT_ACTION_FUNCTIONS(nice)
VT_ACTION_FUNCTIONS(mount)
VT_ACTION_FUNCTIONS(clean)

/* Shared by the actions (action.c). */

/* One word, the cgroup's path, into request->path; it must be there. */
int vt_parse_cgroup(const struct vt_action_env *env, const char *word, struct vt_arena *arena,
		    struct vt_request *request, struct vt_error *err);
/* "FILE=VALUE" words into request->settings. */
int vt_parse_settings(int argc, char **argv, struct vt_arena *arena, struct vt_request *request,
		      struct vt_error *err);
/* PID words into request->targets; EROFS: see vt_host_check_pids. */
int vt_parse_processes(const struct vt_action_env *env, int argc, char **argv,
		       struct vt_arena *arena, struct vt_request *request, struct vt_error *err);

/* request->path cleaned, opened and checked against request->path_id. */
int vt_hold_target(const struct vt_action_env *env, const struct vt_request *request,
		   struct vt_plan *plan, struct vt_cgroup_dir *ret, struct vt_error *err);

/* Adds a WRITE step with says and shell; was may be NULL. Valid until the next step. */
struct vt_step *vt_plan_write(struct vt_plan *plan, const struct vt_cgroup_dir *d, const char *file,
			      const char *value, const char *was);

/*
 * 0, or why cgroup.type cannot become threaded, or cpuset.cpus.partition not value
 * (action_type.c).
 */
int vt_check_threaded(const struct vt_cgroup_dir *d, struct vt_error *err);
int vt_check_partition(const struct vt_cgroup_dir *d, const char *value, struct vt_error *err);

/* Where cgroup v2 is mounted, for shell lines. */
const char *vt_mount_of(const struct vt_action_env *env);

/* EPERM where virttop lacks CAP_name; what: "mounting", which needs it. */
int vt_need_capability(int number, const char *name, const char *what, struct vt_error *err);

/* "1 process", "8 processes" */
const char *vt_plural(struct vt_arena *arena, size_t n, const char *one, const char *many);

/* virttop itself is in the cgroup at path or below. */
bool vt_self_is_below(const struct vt_action_env *env, const char *path);

/* "/a/b" is "/a" or below it. */
bool vt_path_is_below(const char *path, const char *top);

/*
 * Options of unshare and enter up to the command; returns the index of the
 * command's first word (argc: none) or -EINVAL (spawn_options.c).
 */
int vt_spawn_options(int argc, char **argv, bool entering, struct vt_spawn *ret,
		     struct vt_error *err);

#endif
