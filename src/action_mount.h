/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_ACTION_MOUNT_H
#define VT_ACTION_MOUNT_H

#include "plan.h"

/* Fills says and shell of a MOUNT or UMOUNT step, whose path is a place of apply_mount.h. */
void vt_mount_describe(struct vt_plan *plan, struct vt_step *step);

#endif
