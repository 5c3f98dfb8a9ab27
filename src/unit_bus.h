/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_UNIT_BUS_H
#define VT_UNIT_BUS_H

#include "action_cgroup.h"

/*
 * A unit of systemd and the bus to the manager that owns it: the system's, or a
 * user's. Nothing here waits longer than a few seconds in all; then it fails
 * with ETIMEDOUT.
 */
struct vt_unit_bus;

/*
 * 0: *ret is the unit whose own cgroup d is; free it with vt_unit_bus_free. 1:
 * no unit's cgroup (*ret_why says so), or systemd does not run. -errno: it could
 * not be asked.
 */
int vt_unit_bus_find(const struct vt_cgroup_dir *d, struct vt_unit_bus **ret, struct vt_error *err);

/* The same by name, for a step that has been planned; path is the unit's cgroup. */
int vt_unit_bus_open(const struct vt_host *host, const char *path, const char *unit,
		     struct vt_unit_bus **ret, struct vt_error *err);
void vt_unit_bus_free(struct vt_unit_bus *bus);

const char *vt_unit_bus_name(const struct vt_unit_bus *bus);
/* It belongs to a user's manager: systemctl --user. */
bool vt_unit_bus_is_user(const struct vt_unit_bus *bus);

/* Whether it can be frozen; false where that is not known. */
bool vt_unit_bus_can_freeze(struct vt_unit_bus *bus);

/* The values that the properties of these lines have now, as lines in the same order. */
int vt_unit_bus_read(struct vt_unit_bus *bus, const char *lines, struct vt_arena *arena,
		     const char **ret_lines, struct vt_error *err);

#endif
