/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_VIEW_CGROUPS_H
#define VT_VIEW_CGROUPS_H

#include "view.h"

/* Columns of the cgroups view (view_cgroup_columns.c); the sets begin with the first. */
extern const struct vt_column vt_cgroup_columns[];
extern const struct vt_column_set vt_cgroup_column_sets[];

#endif
