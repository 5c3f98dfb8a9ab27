/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_ACTION_SPAWN_H
#define VT_ACTION_SPAWN_H

#include "action_table.h"

/* What unshare and enter share in planning (action_spawn.c). */

/* The spawn's copy in the plan's arena, as the plan's. */
struct vt_spawn *vt_plan_spawn(struct vt_plan *plan, const struct vt_spawn *from);

/* "new mnt and pid namespaces", for before "new " */
const char *vt_spawn_types(struct vt_arena *arena, const char *before, int ns_flags);

/*
 * Adds the step. line is the shell line that starts the command, without what
 * joins the cgroup and without what puts it into the background.
 */
int vt_plan_add_spawn(const struct vt_action_env *env, struct vt_plan *plan, const char *line,
		      const char *says, struct vt_error *err);

/* This process has CAP_SYS_ADMIN in its user namespace. */
bool vt_has_sys_admin(void);

#endif
