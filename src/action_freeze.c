/* SPDX-License-Identifier: GPL-2.0-or-later */
/* freeze and thaw: cgroup.freeze (cgroup-v2.rst, "Core Interface Files"). */
#include <errno.h>
#include <string.h>

#include "action_explain.h"
#include "action_table.h"
#include "action_unit.h"

static void add_count(struct vt_plan *plan, const struct vt_cgroup_dir *d, const char *what)
{
	const struct vt_cgroup *cg = vt_snapshot_path(d->snapshot, d->path);

	if (cg && VT_HAS(CGROUP, cg, processes_below))
		vt_plan_effect(
			plan, "%s in it and below: %s",
			vt_plural(plan->arena, (size_t)cg->processes_below, "process", "processes"),
			what);
}

/* A frozen ancestor keeps all below it frozen. */
static void effect_ancestor(struct vt_plan *plan, const struct vt_cgroup_dir *d)
{
	const char *path = d->path;

	while (!vt_cgroup_is_root(path = vt_cgroup_parent(plan->arena, path))) {
		vt_autoclose int fd = vt_cgroup_open(d->host, d->snapshot, path, NULL);
		vt_autofree char *on = fd < 0 ? NULL : vt_cgroup_value(fd, "cgroup.freeze");

		if (on && strcmp(on, "1") == 0)
			vt_plan_effect(plan, "it stays frozen as long as %s is", path);
	}
}

static int plan_freeze(const struct vt_action_env *env, const struct vt_request *request,
		       const char *value, struct vt_plan *plan, struct vt_cgroup_dir *d,
		       struct vt_error *err)
{
	vt_autofree char *now = NULL;
	struct vt_through through;
	bool by_unit;
	int r = vt_hold_target(env, request, plan, d, err);

	if (r == 0 && vt_cgroup_is_root(d->path))
		r = vt_fail(err, EBUSY, "the root cgroup cannot be frozen");
	if (r < 0)
		return r;
	now = vt_cgroup_value(d->fd, "cgroup.freeze");
	if (!now)
		return vt_explain_missing(d, "cgroup.freeze", err);
	r = vt_check_writable(d, "cgroup.freeze", err);
	if (r < 0)
		return r;
	if (strcmp(now, value) == 0)
		return vt_fail(err, EALREADY, "nothing to do: cgroup.freeze of %s is %s already",
			       d->path, value);
	vt_through_begin(&through, d);
	by_unit = vt_through_freeze(&through, plan, d, strcmp(value, "1") == 0);
	vt_through_finish(&through);
	if (by_unit)
		return 0;
	vt_effect_systemd(plan, d, NULL, NULL);
	(void)vt_plan_write(plan, d, "cgroup.freeze", value, now);
	return 0;
}

int vt_freeze_plan(const struct vt_action_env *env, const struct vt_request *request,
		   struct vt_plan *plan, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	int r = plan_freeze(env, request, "1", plan, &d, err);

	if (r < 0)
		return r;
	if (vt_self_is_below(env, d.path))
		return vt_fail(err, EDEADLK, "virttop itself runs in %s and would freeze with it",
			       d.path);
	plan->title = vt_arena_printf(plan->arena, "Freeze %s", d.path);
	add_count(plan, &d, "stopped at once, until it is thawed");
	return 0;
}

int vt_thaw_plan(const struct vt_action_env *env, const struct vt_request *request,
		 struct vt_plan *plan, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	int r = plan_freeze(env, request, "0", plan, &d, err);

	if (r < 0)
		return r;
	plan->title = vt_arena_printf(plan->arena, "Thaw %s", d.path);
	add_count(plan, &d, "set running again");
	effect_ancestor(plan, &d);
	return 0;
}

int vt_freeze_parse(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		    struct vt_request *request, struct vt_error *err)
{
	if (argc != 1)
		return vt_fail(err, EINVAL, "%s needs one cgroup", request->action->name);
	return vt_parse_cgroup(env, argv[0], arena, request, err);
}

int vt_thaw_parse(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		  struct vt_request *request, struct vt_error *err)
{
	return vt_freeze_parse(env, argc, argv, arena, request, err);
}
