/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting that no limit explains (Documentation/accounting/psi.rst), and a host
 * that is short itself.
 */
#include <string.h>

#include "findings.h"
#include "limits.h"

static double figure(enum vt_kind kind, int metric, const void *record)
{
	if (!vt_valid(record, (unsigned)metric))
		return 0;
	return vt_metric_number(&vt_kinds[kind].metrics[metric], record);
}

static bool is_pressed(struct vt_search *f, double some, double full, const char *what,
		       struct vt_verdict *v)
{
	if (some < 20 && full < 10)
		return false;
	v->severity = VT_WARNING;
	v->weight = some > full ? some : full;
	v->evidence = vt_arena_printf(f->s->arena,
				      "some task waited for %s %.0f%% of the last 10 s, all tasks "
				      "%.0f%%",
				      what, some, full);
	return true;
}

static bool is_limited(const struct vt_cgroup *cg, const struct vt_pressure *r)
{
	if (r->bit == VT_PRESSURE_CPU)
		return VT_HAS(CGROUP, cg, effective_cpu_max_by) &&
		       strcmp(cg->effective_cpu_max_by, vt_from_host) != 0;
	if (r->bit == VT_PRESSURE_MEMORY)
		return (VT_HAS(CGROUP, cg, effective_memory_max_from) &&
			strcmp(cg->effective_memory_max_from, vt_from_host) != 0) ||
		       VT_HAS(CGROUP, cg, effective_memory_high_from) ||
		       (VT_HAS(CGROUP, cg, memory_high_bytes) && cg->memory_high_bytes != VT_MAX);
	return VT_HAS(CGROUP, cg, io_of_limit_percent) && cg->io_of_limit_percent >= 90;
}

/*
 * Pressure adds up towards the root, so the lowest cgroup that shows it is
 * named. Where a limit makes it, the rules on limits speak.
 */
bool vt_rule_pressed(struct vt_search *f, const struct vt_rule *rule, const struct vt_cgroup *cg,
		     struct vt_verdict *v)
{
	const struct vt_pressure *r = rule->pressure;
	bool below = vt_search_tally(f, cg)->pressed & r->bit;
	bool here = is_pressed(f, figure(VT_KIND_CGROUP, r->some, cg),
			       figure(VT_KIND_CGROUP, r->full, cg), r->name, v);

	if (vt_is_real_root(cg))
		return false;
	if (cg->parent >= 0 && (here || below))
		f->tally[cg->parent].pressed |= r->bit;
	return here && !below && !is_limited(cg, r);
}

bool vt_rule_host_pressed(struct vt_search *f, const struct vt_rule *rule,
			  const struct vt_cgroup *cg, struct vt_verdict *v)
{
	const struct vt_host_row *host = vt_snapshot_host(f->s);
	const struct vt_pressure *r = rule->pressure;

	(void)cg;
	return is_pressed(f, figure(VT_KIND_HOST, r->host_some, host),
			  figure(VT_KIND_HOST, r->host_full, host), r->name, v);
}

bool vt_rule_host_memory(struct vt_search *f, const struct vt_rule *rule,
			 const struct vt_cgroup *cg, struct vt_verdict *v)
{
	const struct vt_host_row *h = vt_snapshot_host(f->s);
	double left;

	(void)rule;
	(void)cg;
	if (!VT_HAS(HOST, h, mem_total_bytes) || !VT_HAS(HOST, h, mem_available_bytes) ||
	    !h->mem_total_bytes)
		return false;
	left = vt_percent_of(h->mem_available_bytes, h->mem_total_bytes);
	if (left >= 5)
		return false;
	v->severity = VT_CRITICAL;
	v->weight = 100 - left;
	v->evidence = vt_arena_printf(f->s->arena,
				      "%.1f%% of the memory is left: %s of %s can be had without "
				      "swapping",
				      left, vt_search_bytes(f, h->mem_available_bytes),
				      vt_search_bytes(f, h->mem_total_bytes));
	return true;
}

/* Swap that is full of what nobody uses does no harm while there is memory. */
bool vt_rule_host_swap(struct vt_search *f, const struct vt_rule *rule, const struct vt_cgroup *cg,
		       struct vt_verdict *v)
{
	const struct vt_host_row *h = vt_snapshot_host(f->s);
	uint64_t used;

	(void)rule;
	(void)cg;
	if (!VT_HAS(HOST, h, swap_total_bytes) || !VT_HAS(HOST, h, swap_free_bytes) ||
	    !h->swap_total_bytes || h->swap_free_bytes > h->swap_total_bytes)
		return false;
	used = h->swap_total_bytes - h->swap_free_bytes;
	if (vt_percent_of(used, h->swap_total_bytes) < 95)
		return false;
	v->severity = VT_NOTICE;
	if (VT_HAS(HOST, h, mem_available_bytes) && VT_HAS(HOST, h, mem_total_bytes) &&
	    vt_percent_of(h->mem_available_bytes, h->mem_total_bytes) < 15)
		v->severity = VT_WARNING;
	if (figure(VT_KIND_HOST, VT_HOST_psi_memory_some_avg10, h) >= 10)
		v->severity = VT_WARNING;
	v->weight = vt_percent_of(used, h->swap_total_bytes);
	v->evidence = vt_arena_printf(f->s->arena, "%.0f%% of the host's swap %s is used",
				      v->weight, vt_search_bytes(f, h->swap_total_bytes));
	return true;
}
