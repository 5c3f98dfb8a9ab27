/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Choosing the process to compare with. It is held by identity: when it ends
 * the comparison ends, and a new process with its pid is not taken for it.
 */
#include "compare.h"

#include <inttypes.h>

#include "jump.h"

void vt_compare_choose(struct vt_app *app)
{
	const struct vt_process *p = vt_related_process(app->s, vt_app_row(app)->link);
	struct vt_id id;

	if (!p) {
		vt_app_say(app, VT_ROLE_WARN, "no process is known in it to compare with");
		return;
	}
	id = vt_record_id(VT_KIND_PROCESS, p);
	if (vt_id_equal(app->compare, id)) {
		app->compare = (struct vt_id){ 0 };
		vt_app_say(app, VT_ROLE_TEXT, "namespaces are compared with the host's again");
	} else {
		app->compare = id;
		vt_app_say(app, VT_ROLE_GOOD,
			   "namespaces are compared with those of %" PRIu64 " %s; t on it again "
			   "ends that",
			   p->pid, VT_HAS(PROCESS, p, comm) ? p->comm : "?");
	}
	vt_app_rebuild(app);
}

const struct vt_process *vt_compare_process(const struct vt_view_env *env)
{
	if (!env->compare.a)
		return NULL;
	return vt_process_at(env->snapshot, vt_snapshot_index(env->snapshot, env->compare));
}
