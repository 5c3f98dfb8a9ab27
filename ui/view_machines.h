/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_VIEW_MACHINES_H
#define VT_VIEW_MACHINES_H

#include "view.h"

/* The detail pane of the machines view (view_machine_detail.c). */
void vt_machine_detail(const struct vt_view_env *env, const struct vt_row *row, struct vt_pane *p);

#endif
