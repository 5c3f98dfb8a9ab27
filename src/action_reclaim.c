/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reclaim: memory.reclaim (cgroup-v2.rst, "Memory Interface Files"): the kernel
 * takes back memory as if the cgroup were at its limit, without setting one.
 * It is the limit action on that file.
 */
#include <errno.h>

#include "action_table.h"

int vt_reclaim_plan(const struct vt_action_env *env, const struct vt_request *request,
		    struct vt_plan *plan, struct vt_error *err)
{
	int r = vt_limit_plan(env, request, plan, err);

	if (r == 0)
		plan->title = vt_arena_printf(plan->arena, "Reclaim memory of %s", request->path);
	return r;
}

int vt_reclaim_parse(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		     struct vt_request *request, struct vt_error *err)
{
	struct vt_setting *setting = vt_arena_alloc(arena, sizeof(*setting));

	if (argc != 2)
		return vt_fail(err, EINVAL, "reclaim needs a cgroup and a size such as 100M");
	*setting = (struct vt_setting){ "memory.reclaim", argv[1] };
	request->settings = setting;
	request->n_settings = 1;
	return vt_parse_cgroup(env, argv[0], arena, request, err);
}
