/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_VIEW_MACHINES_H
#define VT_VIEW_MACHINES_H

#include "view.h"

/* The detail pane of the machines view (view_machine_detail.c). */
void vt_machine_detail(const struct vt_view_env *env, const struct vt_row *row, struct vt_pane *p);

/*
 * What figures of machines come from and is not mounted, on this host: "debugfs",
 * "tracefs", "debugfs and tracefs"; NULL: nothing.
 */
const char *vt_machine_unmounted(const struct vt_host_row *host);
/* "Press o to mount debugfs", on the line; nothing where nothing is to be mounted. */
void vt_machine_put_mount(struct vt_pane *p, const struct vt_host_row *host);

#endif
