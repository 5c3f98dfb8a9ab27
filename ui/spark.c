/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sparklines of what src/history.h keeps: in a column, and in the detail pane. */
#include "spark.h"

#include <math.h>
#include <stdio.h>

enum {
	WIDEST = 60 /* two seconds a column */
};

/* The least and the most that is known; false: nothing is. */
static bool find_range(const float *values, size_t n, double *ret_least, double *ret_most)
{
	double least = INFINITY, most = -1;

	for (size_t i = 0; i < n; i++) {
		double value = (double)values[i];

		if (value < 0)
			continue;
		least = value < least ? value : least;
		most = value > most ? value : most;
	}
	*ret_least = least;
	*ret_most = most;
	return most >= 0;
}

/* What hardly moves is not blown up to fill the height, and a level line is not at its top. */
static double top_of(const struct vt_metric *m, double most)
{
	double least_top = m->unit == VT_UNIT_PERCENT ? 5 : 1;

	return most * 1.2 > least_top ? most * 1.2 : least_top;
}

static void draw_seconds(struct vt_canvas *c, const struct vt_metric *m,
			 const float seconds[VT_HISTORY], double limit, int x, int y, int width)
{
	float values[VT_HISTORY];
	double least, most;
	int n = width > VT_HISTORY ? VT_HISTORY : width;

	if (n <= 0)
		return;
	vt_history_shrink(seconds, values, (size_t)n);
	if (find_range(values, (size_t)n, &least, &most))
		vt_canvas_spark_limit(c, x, y, n, values, (size_t)n, top_of(m, most), limit);
}

void vt_spark_draw(struct vt_canvas *c, const struct vt_view_env *env, struct vt_id id, int metric,
		   double limit, int x, int y, int width)
{
	float seconds[VT_HISTORY];

	if (vt_history_get(env->history, id, metric, seconds))
		draw_seconds(c, &vt_kinds[id.kind].metrics[metric], seconds, limit, x, y, width);
}

/* "3.1–38%" */
static void put_range(struct vt_pane *p, const struct vt_metric *m, const float *seconds)
{
	double least, most;
	char low[32], high[32];

	(void)find_range(seconds, VT_HISTORY, &least, &most);
	vt_units_short_double(low, sizeof(low), m->unit, least);
	vt_units_short_double(high, sizeof(high), m->unit, most);
	vt_pane_put(p, VT_ROLE_TEXT, " %s", low);
	if (strcmp(low, high) != 0)
		vt_pane_put(p, VT_ROLE_TEXT, "–%s", high);
	if (m->unit == VT_UNIT_PERCENT)
		vt_pane_put(p, VT_ROLE_TEXT, "%%");
}

static void put_part(struct vt_pane *p, struct vt_id id, const struct vt_past *part,
		     const float seconds[VT_HISTORY], int width)
{
	const struct vt_metric *m = &vt_kinds[id.kind].metrics[part->metric];
	int row;

	vt_pane_put(p, VT_ROLE_DIM, "%s ", part->label);
	row = vt_pane_row(p);
	if (row >= 0) {
		/* How much of the time is not known yet is seen too. */
		vt_canvas_fill(p->canvas, p->x + p->column, row, width, VT_ROLE_DIM, "·");
		draw_seconds(p->canvas, m, seconds, part->limit, p->x + p->column, row, width);
	}
	p->column += width;
	put_range(p, m, seconds);
}

void vt_spark_detail(struct vt_pane *p, const struct vt_view_env *env, struct vt_id id,
		     const struct vt_past *parts, size_t n)
{
	/* Beside each sparkline there are its label and its range. */
	int width = (p->width - p->label_width) / (int)n - 24, put = 0;

	width = width > WIDEST ? WIDEST : width < 8 ? 8 : width;
	for (size_t i = 0; i < n; i++) {
		float seconds[VT_HISTORY];

		/* One instant is no course. */
		if (vt_history_get(env->history, id, parts[i].metric, seconds) < 2)
			continue;
		if (!put++)
			vt_pane_label(p, "last 2 min");
		else
			vt_pane_put(p, VT_ROLE_TEXT, "   ");
		put_part(p, id, &parts[i], seconds, width);
	}
}
