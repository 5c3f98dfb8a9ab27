/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * threaded and partition: what kind of cgroup it is (cgroup-v2.rst, "Threads",
 * and cpuset.cpus.partition of "Cpuset Interface Files"). The kernel says only
 * EOPNOTSUPP, or takes the word and calls the partition invalid; so the rules
 * are looked at here first. Both are the limit action on one file.
 */
#include <errno.h>
#include <string.h>

#include "action_explain.h"
#include "action_table.h"

static int hold_parent(const struct vt_cgroup_dir *d, struct vt_arena *arena,
		       struct vt_cgroup_dir *ret, struct vt_error *err)
{
	struct vt_action_env env = { d->host, d->snapshot, false };

	return vt_cgroup_hold(&env, vt_cgroup_parent(arena, d->path), 0, ret, err);
}

/* What a cgroup needs to be the domain of threaded ones below; the root always is. */
static int check_domain(const struct vt_cgroup_dir *d, const struct vt_cgroup_dir *parent,
			struct vt_error *err)
{
	vt_autofree char *type = vt_cgroup_value(parent->fd, "cgroup.type");
	vt_autofree char *on = vt_cgroup_value(parent->fd, "cgroup.subtree_control");

	if (vt_cgroup_is_root(parent->path) || !type || !on || strcmp(type, "threaded") == 0 ||
	    strcmp(type, "domain threaded") == 0)
		return 0;
	if (strcmp(type, "domain invalid") == 0)
		return vt_fail(err, EOPNOTSUPP,
			       "%s cannot be threaded: its parent %s is domain invalid; make that "
			       "one threaded first",
			       d->path, parent->path);
	if (vt_has_domain_controller(on))
		return vt_fail(err, EOPNOTSUPP,
			       "%s cannot be threaded: its parent %s passes on %s, and a threaded "
			       "cgroup can have cpu, cpuset, pids and perf_event only (disable the "
			       "others there first)",
			       d->path, parent->path, on);
	return 0;
}

int vt_check_threaded(const struct vt_cgroup_dir *d, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir parent = VT_NO_CGROUP;
	vt_autofree char *events = vt_cgroup_value(d->fd, "cgroup.events");
	vt_autofree char *on = vt_cgroup_value(d->fd, "cgroup.subtree_control");
	struct vt_arena *arena;
	int r;

	if (events && strstr(events, "populated 1"))
		return vt_fail(err, EOPNOTSUPP,
			       "%s cannot be threaded: it has processes, in it or below; move them "
			       "out first",
			       d->path);
	if (on && vt_has_domain_controller(on))
		return vt_fail(err, EOPNOTSUPP,
			       "%s cannot be threaded: it passes on %s, and a threaded cgroup can "
			       "pass on cpu, cpuset, pids and perf_event only",
			       d->path, on);
	arena = vt_arena_new();
	r = hold_parent(d, arena, &parent, err);
	if (r == 0)
		r = check_domain(d, &parent, err);
	vt_arena_free(arena);
	return r;
}

/* "root", "isolated", "root invalid (...)", "member"; the root cgroup is a partition too. */
static bool is_partition(const struct vt_cgroup_dir *d)
{
	vt_autofree char *now = vt_cgroup_value(d->fd, "cpuset.cpus.partition");

	return vt_cgroup_is_root(d->path) ||
	       (now && !strstr(now, "invalid") && strcmp(now, "member") != 0);
}

int vt_check_partition(const struct vt_cgroup_dir *d, const char *value, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir parent = VT_NO_CGROUP;
	vt_autofree char *cpus = vt_cgroup_value(d->fd, "cpuset.cpus");
	vt_autofree char *exclusive = vt_cgroup_value(d->fd, "cpuset.cpus.exclusive");
	struct vt_arena *arena;
	int r;

	if (strcmp(value, "member") == 0)
		return 0;
	if (cpus && !*cpus && !(exclusive && *exclusive))
		return vt_fail(err, EINVAL,
			       "%s cannot be a partition: set its cpuset.cpus first, to CPUs that "
			       "no sibling asks for",
			       d->path);
	arena = vt_arena_new();
	r = hold_parent(d, arena, &parent, err);
	if (r == 0 && !is_partition(&parent) && !(exclusive && *exclusive))
		r = vt_fail(err, EINVAL,
			    "%s cannot be a partition: its parent %s is none; make that one a "
			    "partition first",
			    d->path, parent.path);
	vt_arena_free(arena);
	return r;
}

static int parse(const struct vt_action_env *env, const char *path, const char *file,
		 const char *value, struct vt_arena *arena, struct vt_request *request,
		 struct vt_error *err)
{
	struct vt_setting *setting = vt_arena_alloc(arena, sizeof(*setting));

	*setting = (struct vt_setting){ file, value };
	request->settings = setting;
	request->n_settings = 1;
	return vt_parse_cgroup(env, path, arena, request, err);
}

int vt_threaded_plan(const struct vt_action_env *env, const struct vt_request *request,
		     struct vt_plan *plan, struct vt_error *err)
{
	int r = vt_limit_plan(env, request, plan, err);

	if (r == 0)
		plan->title = vt_arena_printf(plan->arena, "Make %s threaded", request->path);
	return r;
}

int vt_threaded_parse(const struct vt_action_env *env, int argc, char **argv,
		      struct vt_arena *arena, struct vt_request *request, struct vt_error *err)
{
	if (argc != 1)
		return vt_fail(err, EINVAL, "threaded needs one cgroup");
	return parse(env, argv[0], "cgroup.type", "threaded", arena, request, err);
}

int vt_partition_plan(const struct vt_action_env *env, const struct vt_request *request,
		      struct vt_plan *plan, struct vt_error *err)
{
	int r = vt_limit_plan(env, request, plan, err);

	if (r == 0)
		plan->title = vt_arena_printf(plan->arena, "Partition %s", request->path);
	return r;
}

int vt_partition_parse(const struct vt_action_env *env, int argc, char **argv,
		       struct vt_arena *arena, struct vt_request *request, struct vt_error *err)
{
	static const char *const words[] = { "root", "isolated", "member" };

	if (argc != 2)
		return vt_fail(err, EINVAL,
			       "partition needs a cgroup and root, isolated or member");
	for (size_t i = 0; i < VT_LEN(words); i++)
		if (strcmp(words[i], argv[1]) == 0)
			return parse(env, argv[0], "cpuset.cpus.partition", words[i], arena,
				     request, err);
	return vt_fail(err, EINVAL, "'%s' is no kind of partition: use root, isolated or member",
		       argv[1]);
}
