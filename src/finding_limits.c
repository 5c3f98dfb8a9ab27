/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits of CPU, tasks, I/O and the like that hurt. The subject is the cgroup
 * that has the limit, since that is where it can be cured: cpu.stat counts the
 * throttling by a group's own cpu.max only. Who uses most below it is named in
 * the evidence. See cgroup-v2.rst.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "findings.h"
#include "growth.h"
#include "limits.h"

/* "; the guest stalls with it: machine web" for machines in it or below, or "". */
static const char *machines_below(const struct vt_search *f, const struct vt_cgroup *cg)
{
	const char *text = "";
	size_t n;
	const struct vt_machine *vms = vt_machine_rows(f->s, &n);

	for (size_t i = 0; i < n; i++) {
		const struct vt_cgroup *in = vt_cgroup_at(f->s, vms[i].cgroup);

		while (in && in != cg)
			in = vt_cgroup_at(f->s, in->parent);
		if (in)
			text = vt_arena_printf(f->s->arena, "%s%s%s", text,
					       *text ? ", "
						     : "; the guest stalls with it: machine ",
					       VT_HAS(MACHINE, &vms[i], name) ? vms[i].name : "?");
	}
	return text;
}

bool vt_rule_throttled(struct vt_search *f, const struct vt_rule *rule, const struct vt_cgroup *cg,
		       struct vt_verdict *v)
{
	const char *limit = "";

	(void)rule;
	if (!VT_HAS(CGROUP, cg, throttled_percent) || cg->throttled_percent < 10)
		return false;
	if (VT_HAS(CGROUP, cg, cpu_max_percent) && !isinf(cg->cpu_max_percent))
		limit = vt_arena_printf(f->s->arena, " %.4g%%", cg->cpu_max_percent);
	v->severity = cg->throttled_percent >= 50 ? VT_CRITICAL : VT_WARNING;
	v->weight = cg->throttled_percent;
	v->evidence = vt_arena_printf(
		f->s->arena, "throttled in %.0f%% of periods by its cpu.max%s%s%s",
		cg->throttled_percent, limit, machines_below(f, cg), vt_search_busiest(f, cg));
	return true;
}

/*
 * Before Linux 6.11 a refusal is counted where the fork was tried, since then
 * where the limit is; before, the limit may be an ancestor's.
 */
static const char *refusals(const struct vt_search *f, const struct vt_cgroup *cg)
{
	uint64_t n = vt_search_grown(f, VT_GROWN_FORKS_REFUSED, cg);
	const char *from = "an ancestor", *words = "pids.max of ";

	if (!n)
		return "";
	if (vt_growth_pids_at_holder(f->s, cg))
		from = cg->path;
	else if (VT_HAS(CGROUP, cg, effective_pids_max_from))
		from = cg->effective_pids_max_from;
	if (strcmp(from, vt_from_host) == 0)
		words = "the kernel's own limit of ";
	return vt_arena_printf(f->s->arena,
			       "%" PRIu64 " forks refused since the last refresh by %s%s", n, words,
			       strcmp(from, cg->path) == 0 ? "itself" : from);
}

bool vt_rule_pids_max(struct vt_search *f, const struct vt_rule *rule, const struct vt_cgroup *cg,
		      struct vt_verdict *v)
{
	bool limited = VT_HAS(CGROUP, cg, pids_max) && VT_HAS(CGROUP, cg, pids_current) &&
		       cg->pids_max != VT_MAX;
	double share = limited ? vt_percent_of(cg->pids_current, cg->pids_max) : 0;
	const char *refused = refusals(f, cg);

	(void)rule;
	if (share < 90 && !*refused)
		return false;
	v->severity = *refused || share >= 100 ? VT_CRITICAL : VT_WARNING;
	v->weight = share;
	if (share < 90)
		v->evidence = refused;
	else
		v->evidence = vt_arena_printf(
			f->s->arena, "%" PRIu64 " tasks, %.0f%% of its pids.max %" PRIu64 "%s%s",
			cg->pids_current, share, cg->pids_max, *refused ? "; " : "", refused);
	return true;
}

static double figure(const void *record, enum vt_kind kind, int metric)
{
	return vt_metric_number(&vt_kinds[kind].metrics[metric], record);
}

/* A device's own limit that is fullest. */
static const struct io_limit {
	const char *key;
	int max, rate;
	const char *what;
} io_limits[] = {
	{ "rbps", VT_IODEV_max_rbps, VT_IODEV_read_rate, "B/s read" },
	{ "wbps", VT_IODEV_max_wbps, VT_IODEV_write_rate, "B/s written" },
	{ "riops", VT_IODEV_max_riops, VT_IODEV_read_ops_rate, " reads/s" },
	{ "wiops", VT_IODEV_max_wiops, VT_IODEV_write_ops_rate, " writes/s" },
};

static const struct io_limit *fullest(const struct vt_iodev *dev, double *ret_percent)
{
	const struct io_limit *best = NULL;

	for (size_t i = 0; i < VT_LEN(io_limits); i++) {
		const struct io_limit *l = &io_limits[i];
		double max, percent;

		if (!vt_valid(&dev->head, (unsigned)l->max) ||
		    !vt_valid(&dev->head, (unsigned)l->rate))
			continue;
		max = figure(dev, VT_KIND_IODEV, l->max);
		percent = max > 0 ? 100 * figure(dev, VT_KIND_IODEV, l->rate) / max : 100;
		if (isinf(max) || (best && percent <= *ret_percent))
			continue;
		best = l;
		*ret_percent = percent;
	}
	return best;
}

/* Who reaches a limit and hardly waits has what it wants: that is told, but no alarm. */
static const double waits_percent = 5;

static bool waits_for_io(const struct vt_cgroup *cg)
{
	double some = 0;

	if (!VT_HAS(CGROUP, cg, psi_io_some_avg10))
		return true;
	some = cg->psi_io_some_avg10;
	if (VT_HAS(CGROUP, cg, psi_io_some_percent) && cg->psi_io_some_percent > some)
		some = cg->psi_io_some_percent;
	return some >= waits_percent;
}

static const char *waiting(const struct vt_search *f, const struct vt_cgroup *cg)
{
	if (!VT_HAS(CGROUP, cg, psi_io_some_avg10))
		return "";
	return vt_arena_printf(f->s->arena, "; some task waited for io %.0f%% of the last 10 s",
			       cg->psi_io_some_avg10);
}

bool vt_rule_io_limited(struct vt_search *f, const struct vt_rule *rule, const struct vt_cgroup *cg,
			struct vt_verdict *v)
{
	const struct vt_iodev *worst = NULL;
	const struct io_limit *limit = NULL;
	char max[32];

	(void)rule;
	v->weight = 90;
	for (int32_t i = 0; i < cg->n_iodevs; i++) {
		const struct vt_iodev *dev = vt_iodev_at(f->s, cg->first_iodev + i);
		double percent = 0;
		const struct io_limit *l = fullest(dev, &percent);

		if (!l || percent < v->weight)
			continue;
		v->weight = percent;
		worst = dev;
		limit = l;
	}
	if (!worst)
		return false;
	v->severity = waits_for_io(cg) ? VT_WARNING : VT_NOTICE;
	vt_metric_short(max, sizeof(max), VT_KIND_IODEV, limit->max, worst, true);
	v->evidence = vt_arena_printf(f->s->arena, "at %.0f%% of %s of its io.max for %s, %s%s%s",
				      v->weight, limit->key,
				      VT_HAS(IODEV, worst, name) ? worst->name : worst->device, max,
				      limit->what, waiting(f, cg));
	return true;
}

/* Only where the set is what leaves least CPU: a cpu.max that is tighter speaks for itself. */
bool vt_rule_cpuset_small(struct vt_search *f, const struct vt_rule *rule,
			  const struct vt_cgroup *cg, struct vt_verdict *v)
{
	const struct vt_host_row *h = vt_snapshot_host(f->s);
	bool psi = VT_HAS(CGROUP, cg, psi_cpu_some_avg10);
	double used;

	(void)rule;
	if (!VT_HAS(CGROUP, cg, effective_cpu_max_by) || !VT_HAS(CGROUP, cg, cpu_percent) ||
	    !VT_HAS(CGROUP, cg, cpuset_cpus_count) || !VT_HAS(CGROUP, cg, cpuset_cpus_effective) ||
	    strcmp(cg->effective_cpu_max_by, "cpuset.cpus") != 0 ||
	    strcmp(cg->effective_cpu_max_from, cg->path) != 0)
		return false;
	used = cg->cpu_percent / (double)cg->cpuset_cpus_count;
	if (used < (psi ? 90 : 98) || (psi && cg->psi_cpu_some_avg10 < 20) ||
	    (VT_HAS(HOST, h, cpu_threads) && cg->cpuset_cpus_count >= h->cpu_threads))
		return false;
	v->severity = VT_WARNING;
	v->weight = psi ? cg->psi_cpu_some_avg10 : used;
	v->evidence = vt_arena_printf(
		f->s->arena, "uses %.0f%% of its %" PRIu64 " CPU%s (cpuset.cpus %s)%s%s", used,
		cg->cpuset_cpus_count, cg->cpuset_cpus_count == 1 ? "" : "s",
		cg->cpuset_cpus_effective,
		psi ? vt_arena_printf(f->s->arena, " and some task waited %.0f%% of the last 10 s",
				      cg->psi_cpu_some_avg10)
		    : "",
		vt_search_busiest(f, cg));
	return true;
}

/* How often more was refused since the snapshot before. */
static uint64_t refused_since(const struct vt_search *f, enum vt_kind kind, int events,
			      const void *row)
{
	int32_t at = f->prev ? vt_snapshot_index(f->prev, vt_record_id(kind, row)) : -1;
	const void *old = kind == VT_KIND_HUGETLB ? (const void *)vt_hugetlb_at(f->prev, at)
						  : (const void *)vt_resource_at(f->prev, at);
	double grown;

	if (at < 0 || !vt_valid(row, (unsigned)events) || !vt_valid(old, (unsigned)events))
		return 0;
	grown = figure(row, kind, events) - figure(old, kind, events);
	return grown > 0 ? (uint64_t)grown : 0;
}

static bool has_limit(enum vt_kind kind, int max, const void *row)
{
	return vt_valid(row, (unsigned)max) && !isinf(figure(row, kind, max));
}

/*
 * misc.events counts what was refused below too; before misc.events.local (Linux
 * 6.11) it is told apart by what the children count. They are asked first.
 */
static uint64_t refused_by_itself(struct vt_search *f, const struct vt_cgroup *cg, int32_t at)
{
	const struct vt_resource *r = vt_resource_at(f->s, at);
	const struct vt_cgroup *up = vt_cgroup_at(f->s, cg->parent);
	uint64_t all = refused_since(f, VT_KIND_RESOURCE, VT_RESOURCE_events_max, r);
	int32_t above = -1;

	if (VT_HAS(RESOURCE, r, events_local_max))
		return refused_since(f, VT_KIND_RESOURCE, VT_RESOURCE_events_local_max, r);
	if (up && all)
		above = vt_snapshot_index(
			f->s, (struct vt_id){ VT_KIND_RESOURCE, up->head.a, r->head.b });
	if (above >= 0)
		f->refused_below[above] += all;
	return all > f->refused_below[at] ? all - f->refused_below[at] : 0;
}

static void add_refused(struct vt_search *f, struct vt_verdict *v, uint64_t n, const char *what)
{
	if (!n)
		return;
	v->severity = VT_CRITICAL;
	v->weight += (double)n;
	v->evidence = vt_arena_printf(
		f->s->arena, "%s%s%s refused %" PRIu64 " times since the last refresh",
		v->evidence ? v->evidence : "", v->evidence ? "; " : "", what, n);
}

/* Huge pages, and what rdma, misc and dmem count. */
bool vt_rule_refused(struct vt_search *f, const struct vt_rule *rule, const struct vt_cgroup *cg,
		     struct vt_verdict *v)
{
	(void)rule;
	for (int32_t i = 0; f->prev && i < cg->n_hugetlbs; i++) {
		const struct vt_hugetlb *h = vt_hugetlb_at(f->s, cg->first_hugetlb + i);
		int events = VT_HAS(HUGETLB, h, events_local_max) ? VT_HUGETLB_events_local_max
								  : VT_HUGETLB_events_max;

		if (!has_limit(VT_KIND_HUGETLB, VT_HUGETLB_max_bytes, h))
			continue;
		add_refused(f, v, refused_since(f, VT_KIND_HUGETLB, events, h),
			    vt_arena_printf(f->s->arena, "huge pages of %s",
					    VT_HAS(HUGETLB, h, page_size) ? h->page_size : "?"));
	}
	for (int32_t i = 0; f->prev && i < cg->n_resources; i++) {
		const struct vt_resource *r = vt_resource_at(f->s, cg->first_resource + i);
		uint64_t n = refused_by_itself(f, cg, cg->first_resource + i);

		if (n && has_limit(VT_KIND_RESOURCE, VT_RESOURCE_max, r))
			add_refused(
				f, v, n,
				vt_arena_printf(f->s->arena, "%s of %s", r->name, r->controller));
	}
	return v->evidence;
}
