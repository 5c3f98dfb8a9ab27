/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_ACTION_NET_H
#define VT_ACTION_NET_H

#include "apply_net.h"

/*
 * Steps of the network lab: path is "/NAME" of the namespace, file the device
 * here, value the rest of the cable.
 */

/* Fills says and shell of one of them. */
void vt_net_describe(struct vt_plan *plan, struct vt_step *step);

/* The cable of a VETH_ADD step; its strings live in arena. False: value makes no sense. */
bool vt_net_cable(const struct vt_step *step, struct vt_arena *arena, struct vt_cable *ret);

#endif
