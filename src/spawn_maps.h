/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_SPAWN_MAPS_H
#define VT_SPAWN_MAPS_H

#include "arena.h"
#include "error.h"
#include "host.h"
#include "plan.h"

/* The id maps of a new user namespace; user_namespaces(7), subuid(5), newuidmap(1). */

/*
 * "INSIDE:OUTSIDE:COUNT,..." as lines of uid_map; a count left out is 1.
 * ret_zero: id 0 is inside. EINVAL says which part is wrong.
 */
int vt_map_lines(struct vt_arena *arena, const char *typed, const char **ret_lines, bool *ret_zero,
		 struct vt_error *err);

/* The first range of text (/etc/subuid) that is name's or uid's; false: none. */
bool vt_subid_find(const char *text, const char *name, unsigned uid, unsigned *ret_start,
		   unsigned *ret_count);

/* Fills uid_lines, gid_lines, becomes_root and setgroups from what was chosen. */
int vt_spawn_map(const struct vt_host *host, struct vt_spawn *spawn, struct vt_arena *arena,
		 struct vt_error *err);

#endif
