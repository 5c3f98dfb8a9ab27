/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a new limit does, foretold from the snapshot: whether it binds or an
 * ancestor's is tighter, and what happens to what is used already.
 */
#include "limit_effect.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "limits.h"

static const struct limited {
	const char *file;
	enum vt_unit unit;
	int usage;
	/* Of the parent: what binds it. room: what is left there; -1: limits are not used up. */
	int effective, room, from;
} limited[] = {
	[VT_LIMITED_CPU] = { "cpu.max", VT_UNIT_PERCENT, VT_CGROUP_cpu_percent,
			     VT_CGROUP_effective_cpu_max_percent, -1,
			     VT_CGROUP_effective_cpu_max_from },
	[VT_LIMITED_MEMORY] = { "memory.max", VT_UNIT_BYTES, VT_CGROUP_memory_current_bytes,
				VT_CGROUP_effective_memory_max, VT_CGROUP_effective_memory_headroom,
				VT_CGROUP_effective_memory_max_from },
	[VT_LIMITED_PIDS] = { "pids.max", VT_UNIT_COUNT, VT_CGROUP_pids_current,
			      VT_CGROUP_effective_pids_max, VT_CGROUP_effective_pids_headroom,
			      VT_CGROUP_effective_pids_max_from },
};

enum vt_limited vt_limited_find(const char *file)
{
	for (size_t i = 0; i < VT_LEN(limited); i++)
		if (strcmp(limited[i].file, file) == 0)
			return (enum vt_limited)i;
	return VT_LIMITED_NOT;
}

double vt_limited_number(enum vt_limited what, const char *value)
{
	char *end;
	double number = strtod(value, &end), period;

	if (strncmp(value, "max", 3) == 0)
		return INFINITY;
	if (end == value)
		return -1;
	if (what != VT_LIMITED_CPU)
		return number;
	period = strtod(end, NULL);
	return period > 0 ? number / period * 100 : -1;
}

void vt_limited_words(enum vt_limited what, double number, char *out, size_t size)
{
	char text[32];

	vt_units_short_double(text, sizeof(text), limited[what].unit, number);
	(void)snprintf(out, size, "%s%s", text,
		       what == VT_LIMITED_CPU && !isinf(number) ? "% of one CPU" : "");
}

static double number_of(const struct vt_cgroup *cg, int metric)
{
	if (metric < 0 || !vt_valid(&cg->head, (unsigned)metric))
		return -1;
	return vt_metric_number(&vt_kinds[VT_KIND_CGROUP].metrics[metric], cg);
}

struct vt_limited_now vt_limited_look(const struct vt_snapshot *s, const struct vt_cgroup *cg,
				      enum vt_limited what)
{
	const struct limited *l = &limited[what];
	const struct vt_cgroup *up = vt_cgroup_at(s, cg->parent);
	struct vt_limited_now now = { .usage = number_of(cg, l->usage), .bound = INFINITY };
	double room;

	if (!up || !vt_valid(&up->head, (unsigned)l->from))
		return now;
	now.from = vt_metric_string(&vt_kinds[VT_KIND_CGROUP].metrics[l->from], up);
	room = number_of(up, l->room);
	if (l->room < 0)
		now.bound = number_of(up, l->effective);
	else if (now.usage >= 0 && room >= 0)
		/* A sibling may have eaten an ancestor's room: what counts is what is left. */
		now.bound = now.usage + room;
	return now;
}

static void tell_binding(struct vt_plan *plan, enum vt_limited what, double limit,
			 const struct vt_limited_now *now)
{
	bool host = !now->from || strcmp(now->from, vt_from_host) == 0;
	char text[48];

	vt_limited_words(what, limit < now->bound ? limit : now->bound, text, sizeof(text));
	if (limit <= now->bound && !isinf(limit))
		vt_plan_effect(plan, "effective then: %s, its own limit", text);
	else if (isinf(now->bound))
		vt_plan_effect(plan, "effective then: no limit");
	else if (host)
		vt_plan_effect(plan, "effective then: %s, which is what the host has", text);
	else if (what == VT_LIMITED_CPU)
		vt_plan_effect(plan, "effective then: the tighter %s of %s keeps it at %s",
			       limited[what].file, now->from, text);
	else
		vt_plan_effect(plan, "effective then: %s, all that the tighter %s of %s leaves it",
			       text, limited[what].file, now->from);
}

/* What cannot be dropped or written back has to go somewhere, or its owners go. */
static void tell_memory(struct vt_plan *plan, const struct vt_snapshot *s,
			const struct vt_cgroup *cg, double limit)
{
	const struct vt_host_row *host = vt_snapshot_host(s);
	double anon = number_of(cg, VT_CGROUP_memory_anon_bytes);
	double swap = VT_HAS(HOST, host, swap_free_bytes) ? (double)host->swap_free_bytes : 0;
	double own = number_of(cg, VT_CGROUP_effective_swap_headroom);
	char held[32], out[32];

	if (own >= 0 && own < swap)
		swap = own;
	if (anon <= limit)
		return;
	vt_units_short_double(held, sizeof(held), VT_UNIT_BYTES, anon);
	vt_units_short_double(out, sizeof(out), VT_UNIT_BYTES, swap);
	if (anon > limit + swap)
		vt_plan_effect(plan,
			       "%s of it is anonymous, and swap has room for %s: the OOM killer "
			       "comes at once, for one or more of its %" PRIu64 " processes",
			       held, out, cg->processes_below);
	else
		vt_plan_effect(plan, "%s of it is anonymous: some goes to swap", held);
}

bool vt_limit_effect(struct vt_plan *plan, const struct vt_snapshot *s, const struct vt_cgroup *cg,
		     const char *file, const char *value)
{
	enum vt_limited what = vt_limited_find(file);
	double limit = what == VT_LIMITED_NOT ? -1 : vt_limited_number(what, value);
	struct vt_limited_now now;
	char text[48];

	if (limit < 0)
		return false;
	now = vt_limited_look(s, cg, what);
	if (what == VT_LIMITED_MEMORY && now.usage > limit)
		tell_memory(plan, s, cg, limit);
	if (what == VT_LIMITED_CPU && now.usage > limit) {
		vt_limited_words(what, now.usage, text, sizeof(text));
		vt_plan_effect(plan, "it uses %s now: it will be throttled", text);
	}
	if (!now.from)
		return false;
	tell_binding(plan, what, limit, &now);
	return true;
}
