/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_ACTION_UNIT_H
#define VT_ACTION_UNIT_H

#include "action_cgroup.h"
#include "unit_bus.h"

/*
 * The part of a plan that goes through systemd. All that is set of one unit is
 * one step. Where systemd does not own the cgroup, or cannot be asked, nothing
 * is taken and the files are written as ever.
 */
struct vt_through {
	struct vt_unit_bus *bus; /* NULL: systemd does not own the cgroup */
	const char *lines;       /* what was taken so far; NULL: nothing */
	char why[256];           /* it may own it, but could not be asked; "" */
};

/* Asks who owns the cgroup; free with vt_through_finish. */
void vt_through_begin(struct vt_through *t, const struct vt_cgroup_dir *d);

/* Takes the setting where it is a property of the unit. */
bool vt_through_take(struct vt_through *t, struct vt_plan *plan, const char *file,
		     const char *value);

/* Adds the step for what was taken, and says which way everything goes and why. */
int vt_through_plan(struct vt_through *t, struct vt_plan *plan, const struct vt_cgroup_dir *d,
		    bool lasting, struct vt_error *err);

/* Freezes or thaws the unit; false: systemd does not, or thinks that it is so already. */
bool vt_through_freeze(struct vt_through *t, struct vt_plan *plan, const struct vt_cgroup_dir *d,
		       bool freeze);
void vt_through_finish(struct vt_through *t);

#endif
