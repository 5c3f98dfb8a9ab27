/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which limit binds. A cgroup is bound by the limits of all its ancestors
 * (Documentation/admin-guide/cgroup-v2.rst, "Top-down Constraint"). For memory
 * and tasks the one that binds is the one with the least room left, not the
 * one with the smallest number: a sibling may have eaten an ancestor's room.
 * For cpu.max it is the smallest. One pass, parents first.
 */
#include <math.h>

#include "derive.h"

/* The tighter of an own limit with room and the parent's binding one. */
static void bind_room(uint64_t max, uint64_t current, bool known, const char *path,
		      uint64_t *max_out, uint64_t *room_out, const char **from_out)
{
	uint64_t room;

	if (!known || max == VT_MAX)
		return;
	room = max > current ? max - current : 0;
	if (*from_out && room > *room_out)
		return;
	*max_out = max;
	*room_out = room;
	*from_out = path;
}

static void derive_memory(struct vt_cgroup *cg, const struct vt_cgroup *up)
{
	uint64_t max = VT_MAX, room = VT_MAX;
	const char *from = NULL;
	bool known = VT_HAS(CGROUP, cg, memory_max_bytes) &&
		     VT_HAS(CGROUP, cg, memory_current_bytes);

	if (up && VT_HAS(CGROUP, up, effective_memory_max)) {
		max = up->effective_memory_max;
		room = up->effective_memory_headroom;
		from = VT_HAS(CGROUP, up, effective_memory_max_from) ? up->effective_memory_max_from
								     : NULL;
	} else if (!known) {
		return;
	}
	bind_room(cg->memory_max_bytes, cg->memory_current_bytes, known, cg->path, &max, &room,
		  &from);
	VT_SET(CGROUP, cg, effective_memory_max, max);
	VT_SET(CGROUP, cg, effective_memory_headroom, room);
	if (from)
		VT_SET(CGROUP, cg, effective_memory_max_from, from);
}

static void derive_pids(struct vt_cgroup *cg, const struct vt_cgroup *up)
{
	uint64_t max = VT_MAX, room = VT_MAX;
	const char *from = NULL;
	bool known = VT_HAS(CGROUP, cg, pids_max) && VT_HAS(CGROUP, cg, pids_current);

	if (up && VT_HAS(CGROUP, up, effective_pids_max)) {
		max = up->effective_pids_max;
		room = up->effective_pids_headroom;
		from = VT_HAS(CGROUP, up, effective_pids_max_from) ? up->effective_pids_max_from
								   : NULL;
	} else if (!known) {
		return;
	}
	bind_room(cg->pids_max, cg->pids_current, known, cg->path, &max, &room, &from);
	VT_SET(CGROUP, cg, effective_pids_max, max);
	VT_SET(CGROUP, cg, effective_pids_headroom, room);
	if (from)
		VT_SET(CGROUP, cg, effective_pids_max_from, from);
}

static void derive_cpu(struct vt_cgroup *cg, const struct vt_cgroup *up)
{
	bool own = VT_HAS(CGROUP, cg, cpu_max_percent);

	if (up && VT_HAS(CGROUP, up, effective_cpu_max_percent)) {
		VT_SET(CGROUP, cg, effective_cpu_max_percent, up->effective_cpu_max_percent);
		if (VT_HAS(CGROUP, up, effective_cpu_max_from))
			VT_SET(CGROUP, cg, effective_cpu_max_from, up->effective_cpu_max_from);
	} else if (own) {
		VT_SET(CGROUP, cg, effective_cpu_max_percent, INFINITY);
	}
	if (own && cg->cpu_max_percent < cg->effective_cpu_max_percent) {
		VT_SET(CGROUP, cg, effective_cpu_max_percent, cg->cpu_max_percent);
		VT_SET(CGROUP, cg, effective_cpu_max_from, cg->path);
	}
}

void vt_limits_derive(struct vt_snapshot *s)
{
	struct vt_cgroup *cgs = s->table[VT_KIND_CGROUP].rows;

	for (size_t i = 0; i < s->table[VT_KIND_CGROUP].n; i++) {
		struct vt_cgroup *cg = &cgs[s->cgroup_order[i]];
		const struct vt_cgroup *up = cg->parent < 0 ? NULL : &cgs[cg->parent];

		derive_memory(cg, up);
		derive_cpu(cg, up);
		derive_pids(cg, up);
	}
}
