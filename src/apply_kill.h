/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_APPLY_KILL_H
#define VT_APPLY_KILL_H

#include "action_cgroup.h"

/* Signals for all processes of a cgroup. Only for apply.c. */

/* To each process in it and below. One that ends meanwhile is no error. */
int vt_apply_signal_below(const struct vt_cgroup_dir *d, int number, struct vt_error *err);

/* Until no process is left in it and below; false: there still are. */
bool vt_apply_wait_empty(const struct vt_cgroup_dir *d, unsigned patience_ms);

#endif
