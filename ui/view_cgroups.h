/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_VIEW_CGROUPS_H
#define VT_VIEW_CGROUPS_H

#include "view.h"

/* Columns of the cgroups view (view_cgroup_columns.c); the sets begin with the first. */
extern const struct vt_column vt_cgroup_columns[];
extern const struct vt_column_set vt_cgroup_column_sets[];
/* Of a row that is a cgroup: "c88 m0 i12", or the worst of them where it is narrow. */
void vt_cgroup_draw_pressure(struct vt_canvas *c, const struct vt_view_env *env,
			     const struct vt_row *row, int x, int y, int width);
bool vt_cgroup_column_is_past(const struct vt_column *column);

/* What usage can reach before it is limited; infinite where only the host's size limits it. */
double vt_cgroup_cpu_limit(const struct vt_cgroup *cg);
double vt_cgroup_memory_limit(const struct vt_cgroup *cg);

/* Further lines of the detail pane (view_cgroup_detail.c). */
void vt_cgroup_detail_limits(const struct vt_view_env *env, const struct vt_cgroup *cg,
			     struct vt_pane *p);
void vt_cgroup_detail_device(const struct vt_view_env *env, const struct vt_iodev *d,
			     struct vt_pane *p);
void vt_cgroup_detail_resources(const struct vt_view_env *env, const struct vt_cgroup *cg,
				struct vt_pane *p);

#endif
