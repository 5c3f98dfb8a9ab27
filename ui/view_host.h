/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_VIEW_HOST_H
#define VT_VIEW_HOST_H

#include "view.h"

/* Rows that explain hardware virtualization with what this host has and measured. */
void vt_host_add_lesson(const struct vt_view_env *env, struct vt_rows *rows);

#endif
