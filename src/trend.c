/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast memory and tasks of a cgroup grow: the change since the snapshot
 * before, averaged with a weight that falls by time, so that neither one jump
 * nor the interval decides. From this limits.c forecasts when a limit is hit.
 */
#include <math.h>

#include "derive.h"
#include "limits.h"

static const double average_seconds = 15;
static const double least_seconds = 0.1;
static const double watched_seconds = 3; /* before it is called a trend */

static double averaged(double old, bool has_old, double now, double seconds)
{
	return has_old ? old + (now - old) * (1 - exp(-seconds / average_seconds)) : now;
}

static double growth(uint64_t now, uint64_t before, double seconds)
{
	return ((double)now - (double)before) / seconds;
}

static void derive_one(struct vt_cgroup *cg, const struct vt_cgroup *old, double seconds)
{
	if (VT_HAS(CGROUP, cg, memory_current_bytes) && VT_HAS(CGROUP, old, memory_current_bytes))
		VT_SET(CGROUP, cg, memory_growth_rate,
		       averaged(
			       old->memory_growth_rate, VT_HAS(CGROUP, old, memory_growth_rate),
			       growth(cg->memory_current_bytes, old->memory_current_bytes, seconds),
			       seconds));
	if (VT_HAS(CGROUP, cg, pids_current) && VT_HAS(CGROUP, old, pids_current))
		VT_SET(CGROUP, cg, pids_growth_rate,
		       averaged(old->pids_growth_rate, VT_HAS(CGROUP, old, pids_growth_rate),
				growth(cg->pids_current, old->pids_current, seconds), seconds));
}

/* Both tables are sorted by id. */
void vt_trend_derive(struct vt_snapshot *s, const struct vt_snapshot *prev)
{
	struct vt_cgroup *cgs = s->table[VT_KIND_CGROUP].rows;
	double seconds = prev ? (double)(s->taken_ns - prev->taken_ns) / 1e9 : 0;
	size_t n_old = 0, j = 0;
	const struct vt_cgroup *old = prev ? vt_cgroup_rows(prev, &n_old) : NULL;

	for (size_t i = 0; i < s->table[VT_KIND_CGROUP].n; i++) {
		struct vt_cgroup *cg = &cgs[i];

		while (j < n_old && old[j].head.a < cg->head.a)
			j++;
		if (j == n_old || old[j].head.a != cg->head.a || seconds <= 0)
			continue;
		/* A first growth over next to no time would be taken for a trend. */
		if (seconds < least_seconds && !old[j].trend_since_ns)
			continue;
		cg->trend_since_ns = old[j].trend_since_ns ? old[j].trend_since_ns : prev->taken_ns;
		cg->trend_ns = s->taken_ns - cg->trend_since_ns;
		derive_one(cg, &old[j], seconds);
	}
}

bool vt_trend_is_told(const struct vt_cgroup *cg)
{
	return (double)cg->trend_ns >= watched_seconds * 1e9;
}
