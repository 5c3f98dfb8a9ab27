/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clean: removes all that virttop made and is still there. */
#include <errno.h>

#include "action_table.h"
#include "made.h"

int vt_clean_plan(const struct vt_action_env *env, const struct vt_request *request,
		  struct vt_plan *plan, struct vt_error *err)
{
	struct vt_made_list list;
	int r;

	(void)request;
	r = vt_made_read(env, VT_MADE_ALL, &list, err);
	if (r == 0)
		vt_made_plan(env, plan, list.made, list.n);
	vt_made_list_finish(&list);
	if (r < 0)
		return r;
	if (!plan->n_steps)
		return vt_fail(err, EALREADY, "nothing that virttop made is left");
	return 0;
}

int vt_clean_parse(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		   struct vt_request *request, struct vt_error *err)
{
	(void)env;
	(void)argv;
	(void)arena;
	(void)request;
	return argc ? vt_fail(err, EINVAL, "clean takes no words: all that virttop made goes") : 0;
}
