/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_SPARK_H
#define VT_SPARK_H

#include "view.h"

/*
 * The last two minutes of a figure as a sparkline, as wide as there is room. Its
 * top is what the figure reached in them, its colour how near that came to the
 * limit (infinite: there is none).
 */
void vt_spark_draw(struct vt_canvas *c, const struct vt_view_env *env, struct vt_id id, int metric,
		   double limit, int x, int y, int width);

/* A figure in a detail pane's line of the last two minutes. */
struct vt_past {
	const char *label;
	int metric;
	double limit;
};
/* "last 2 min  cpu ▁▂▅▇ 3.1–38%  memory ▅▅▆▆ 96M–140M"; no line where nothing is known of them. */
void vt_spark_detail(struct vt_pane *p, const struct vt_view_env *env, struct vt_id id,
		     const struct vt_past *parts, size_t n);

#endif
