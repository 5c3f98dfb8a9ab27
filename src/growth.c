/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a counter that includes descendants really grew. */
#include "growth.h"

#include <string.h>

#include "memory.h"
#include "text.h"

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

static const struct counter {
	int metric, local;       /* of *.events and *.events.local */
	const char *option;      /* with it the first has no part from below */
	bool flat_without_local; /* it has none either where there is no .local */
	bool at_victim;          /* counted where it happened, not where the limit is */
} counters[] = {
#define MEMORY(event, victim)                                                                      \
	{                                                                                          \
		VT_CGROUP_memory_events_##event, VT_CGROUP_memory_events_local_##event,            \
			"memory_localevents", false, victim                                        \
	}
	MEMORY(low, false),
	MEMORY(high, false),
	MEMORY(max, false),
	MEMORY(oom, false),
	MEMORY(oom_kill, true),
	{ VT_CGROUP_pids_events_max, VT_CGROUP_pids_events_local_max, "pids_localevents", true,
	  false },
#undef MEMORY
};

static const struct counter *counter_of(int metric)
{
	for (size_t i = 0; i < VT_LEN(counters); i++)
		if (counters[i].metric == metric)
			return &counters[i];
	return NULL;
}

static bool has_option(const struct vt_snapshot *s, const char *option)
{
	const struct vt_host_row *h = vt_snapshot_host(s);

	return VT_HAS(HOST, h, cgroup_options) && vt_text_has_word(h->cgroup_options, option);
}

/* What of it was counted here; all is the growth with what is below, rest without. */
static uint64_t here(const struct vt_snapshot *s, const struct vt_snapshot *prev,
		     const struct vt_cgroup *cg, const struct counter *c, uint64_t all,
		     uint64_t rest)
{
	bool has_local = vt_valid(&cg->head, (unsigned)c->local);
	uint64_t local = has_local ? growth(prev, cg, c->local) : 0;

	if ((c->flat_without_local && !has_local) || has_option(s, c->option))
		return all;
	if (!has_local)
		return rest;
	return c->at_victim && rest > local ? rest : local;
}

uint64_t *vt_growth_whole(const struct vt_snapshot *s, const struct vt_snapshot *prev, int metric)
{
	size_t n;
	const struct vt_cgroup *cgs = vt_cgroup_rows(s, &n);
	uint64_t *whole = vt_alloc(n * sizeof(*whole));

	for (size_t i = 0; i < n; i++)
		whole[i] = growth(prev, &cgs[i], metric);
	return whole;
}

uint64_t *vt_growth_own(const struct vt_snapshot *s, const struct vt_snapshot *prev, int metric)
{
	const struct counter *c = counter_of(metric);
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
	for (size_t i = 0; c && i < n; i++)
		own[i] = here(s, prev, &cgs[i], c, all[i], own[i]);
	return own;
}

bool vt_growth_pids_at_holder(const struct vt_snapshot *s, const struct vt_cgroup *cg)
{
	return VT_HAS(CGROUP, cg, pids_events_local_max) && !has_option(s, "pids_localevents");
}
