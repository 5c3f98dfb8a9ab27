/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a counter that includes descendants really grew. */
#include "growth.h"

#include <string.h>

#include "memory.h"

static uint64_t value(const struct vt_cgroup *cg, int metric)
{
	size_t offset = vt_kinds[VT_KIND_CGROUP].metrics[metric].offset;

	return *(const uint64_t *)(const void *)((const char *)cg + offset);
}

static uint64_t growth(const struct vt_snapshot *prev, const struct vt_cgroup *cg, int metric)
{
	const struct vt_cgroup *before;
	int32_t at;

	if (!vt_valid(&cg->head, (unsigned)metric))
		return 0;
	if (!prev || !prev->table[VT_KIND_CGROUP].n)
		return prev ? 0 : value(cg, metric);
	at = vt_snapshot_index(prev, vt_record_id(VT_KIND_CGROUP, cg));
	if (at < 0)
		return value(cg, metric);
	before = vt_cgroup_at(prev, at);
	if (!vt_valid(&before->head, (unsigned)metric) || value(cg, metric) < value(before, metric))
		return 0;
	return value(cg, metric) - value(before, metric);
}

uint64_t *vt_growth_own(const struct vt_snapshot *s, const struct vt_snapshot *prev, int metric)
{
	size_t n;
	const struct vt_cgroup *cgs = vt_cgroup_rows(s, &n);
	uint64_t *own = vt_alloc(n * sizeof(*own));
	vt_autofree uint64_t *all = vt_alloc(n * sizeof(*all));

	for (size_t i = 0; i < n; i++)
		own[i] = all[i] = growth(prev, &cgs[i], metric);
	for (size_t i = 0; i < n; i++) {
		int32_t up = cgs[i].parent;

		if (up >= 0)
			own[up] -= all[i] < own[up] ? all[i] : own[up];
	}
	return own;
}
