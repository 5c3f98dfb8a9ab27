/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_UNIT_LIMITS_H
#define VT_UNIT_LIMITS_H

#include "snapshot.h"

/* A limit of a unit's cgroup beside what systemd's files say of the unit. */
struct vt_unit_limit {
	const char *file, *setting; /* "memory.max", "MemoryMax" */
	int is, said;               /* metrics of struct vt_cgroup */
	const char *controller;
};
enum {
	VT_UNIT_LIMITS = 4
};
extern const struct vt_unit_limit vt_unit_limits[VT_UNIT_LIMITS];

/* Both are known and differ by more than the kernel rounds. */
bool vt_unit_limit_differs(const struct vt_cgroup *cg, const struct vt_unit_limit *limit);

/*
 * Whether the unit that owns a cgroup is the system manager's: all that is above
 * it are slices. Below a user's manager, a container or a delegated unit, others
 * set limits, and systemd's files say nothing.
 */
bool vt_unit_is_systems(const char *path);

#endif
