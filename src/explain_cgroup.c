/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said of a cgroup: which limits bind it and who sets them, how hard
 * they bite, what hurts, what is not known and why. The order is that of
 * importance, since a page has an end.
 */
#include <math.h>
#include <string.h>
#include <inttypes.h>

#include "explain_page.h"
#include "limits.h"
#include "text.h"

enum {
	MOST_FINDINGS = 8,
	MOST_DEVICES = 2, /* disks, and huge page sizes */
	RESERVED = 6,
};

#define CG(p, cg, field) vt_page_figure(p, VT_KIND_CGROUP, VT_CGROUP_##field, cg)
#define HOST(p, field)   vt_page_figure(p, VT_KIND_HOST, VT_HOST_##field, (p)->host)

/* Limits that ancestors share in. */
static const struct limit {
	const char *file;
	int own, effective, from, used, room, hit; /* -1: not told */
	bool always;                               /* also where no cgroup sets it */
} limits[] = {
	{ "cpu.max", VT_CGROUP_cpu_max_percent, VT_CGROUP_effective_cpu_max_percent,
	  VT_CGROUP_effective_cpu_max_from, VT_CGROUP_cpu_percent, -1, -1, true },
	{ "memory.max", VT_CGROUP_memory_max_bytes, VT_CGROUP_effective_memory_max,
	  VT_CGROUP_effective_memory_max_from, VT_CGROUP_memory_current_bytes,
	  VT_CGROUP_effective_memory_headroom, VT_CGROUP_effective_memory_hit_usec, true },
	{ "memory.high", VT_CGROUP_memory_high_bytes, VT_CGROUP_effective_memory_high,
	  VT_CGROUP_effective_memory_high_from, VT_CGROUP_memory_current_bytes,
	  VT_CGROUP_effective_memory_high_headroom, -1, false },
	{ "swap.max", VT_CGROUP_swap_max_bytes, VT_CGROUP_effective_swap_max,
	  VT_CGROUP_effective_swap_max_from, VT_CGROUP_swap_current_bytes,
	  VT_CGROUP_effective_swap_headroom, -1, false },
	{ "pids.max", VT_CGROUP_pids_max, VT_CGROUP_effective_pids_max,
	  VT_CGROUP_effective_pids_max_from, VT_CGROUP_pids_current,
	  VT_CGROUP_effective_pids_headroom, VT_CGROUP_effective_pids_hit_usec, true },
};

/* Limits and shares of its own, shown when they are known. */
static const struct setting {
	const char *file;
	int metric;
} settings[] = {
	{ "memory.low", VT_CGROUP_memory_low_bytes },
	{ "memory.min", VT_CGROUP_memory_min_bytes },
	{ "cpu.weight", VT_CGROUP_cpu_weight },
	{ "io.weight", VT_CGROUP_io_weight },
	{ "cpuset.cpus", VT_CGROUP_cpuset_cpus_effective },
	{ "partition", VT_CGROUP_cpuset_partition },
	{ "cpu.idle", VT_CGROUP_cpu_idle },
	{ "max.depth", VT_CGROUP_max_depth },
	{ "max.descendants", VT_CGROUP_max_descendants },
};

static const char *from_of(const struct vt_cgroup *cg, const struct limit *l)
{
	return vt_valid(&cg->head, (unsigned)l->from)
		       ? vt_metric_string(&vt_kinds[VT_KIND_CGROUP].metrics[l->from], cg)
		       : NULL;
}

static const char *from_words(struct vt_page *p, const struct vt_cgroup *cg, const struct limit *l)
{
	const char *from = from_of(cg, l), *by = "";

	if (!from)
		return "";
	if (strcmp(from, vt_from_host) == 0)
		return " from the host";
	if (l->own == VT_CGROUP_cpu_max_percent && VT_HAS(CGROUP, cg, effective_cpu_max_by) &&
	    strcmp(cg->effective_cpu_max_by, "cpu.max") != 0)
		by = vt_arena_printf(p->arena, " by %s", cg->effective_cpu_max_by);
	return vt_arena_printf(p->arena, " from %s%s",
			       strcmp(from, cg->path) == 0 ? "itself" : vt_page_clean(p, from), by);
}

static void put_limit(struct vt_page *p, const struct vt_cgroup *cg, const struct limit *l)
{
	const char *room = "", *hit = "", *from = from_of(cg, l);

	if (!vt_valid(&cg->head, (unsigned)l->own) && !vt_valid(&cg->head, (unsigned)l->effective))
		return;
	if (!l->always && (!from || strcmp(from, vt_from_host) == 0))
		return;
	if (l->room >= 0 && vt_valid(&cg->head, (unsigned)l->room))
		room = vt_arena_printf(p->arena, ", room %s",
				       vt_page_figure(p, VT_KIND_CGROUP, l->room, cg));
	if (l->hit >= 0 && vt_valid(&cg->head, (unsigned)l->hit))
		hit = vt_arena_printf(p->arena, ", hit in about %s",
				      vt_page_figure(p, VT_KIND_CGROUP, l->hit, cg));
	vt_page_line(p, l->file, "own %s, effective %s%s; used %s%s%s",
		     vt_page_figure(p, VT_KIND_CGROUP, l->own, cg),
		     vt_page_figure(p, VT_KIND_CGROUP, l->effective, cg), from_words(p, cg, l),
		     vt_page_figure(p, VT_KIND_CGROUP, l->used, cg), room, hit);
}

static const char *io_limit(struct vt_page *p, const struct vt_iodev *dev, int limit, int from,
			    const char *key)
{
	const struct vt_metric *m = &vt_kinds[VT_KIND_IODEV].metrics[from];

	if (!vt_valid(&dev->head, (unsigned)limit) || !vt_valid(&dev->head, (unsigned)from))
		return "";
	return vt_arena_printf(p->arena, ", %s %s from %s", key,
			       vt_page_figure(p, VT_KIND_IODEV, limit, dev),
			       vt_page_clean(p, vt_metric_string(m, dev)));
}

static void put_io(struct vt_page *p, const struct vt_cgroup *cg)
{
	unsigned told = 0;

	for (int32_t i = 0; i < cg->n_iodevs && told < MOST_DEVICES; i++) {
		const struct vt_iodev *d = vt_iodev_at(p->s, cg->first_iodev + i);
		const char *all = vt_arena_printf(p->arena, "%s%s%s%s",
						  io_limit(p, d, VT_IODEV_effective_rbps,
							   VT_IODEV_effective_rbps_from, "rbps"),
						  io_limit(p, d, VT_IODEV_effective_wbps,
							   VT_IODEV_effective_wbps_from, "wbps"),
						  io_limit(p, d, VT_IODEV_effective_riops,
							   VT_IODEV_effective_riops_from, "riops"),
						  io_limit(p, d, VT_IODEV_effective_wiops,
							   VT_IODEV_effective_wiops_from, "wiops"));

		if (!*all)
			continue;
		told++;
		vt_page_line(p, "io.max", "%s%s%s; fullest %s; reads %s, writes %s",
			     vt_page_clean(p, d->device),
			     VT_HAS(IODEV, d, name)
				     ? vt_arena_printf(p->arena, " %s", vt_page_clean(p, d->name))
				     : "",
			     all, vt_page_figure(p, VT_KIND_IODEV, VT_IODEV_of_limit_percent, d),
			     vt_page_figure(p, VT_KIND_IODEV, VT_IODEV_read_rate, d),
			     vt_page_figure(p, VT_KIND_IODEV, VT_IODEV_write_rate, d));
	}
}

/* What is asked for, and what ancestors and siblings leave of it. */
static void put_protection(struct vt_page *p, const struct vt_cgroup *cg)
{
	if (!VT_HAS(CGROUP, cg, effective_memory_min) ||
	    !VT_HAS(CGROUP, cg, effective_memory_low) ||
	    !(cg->effective_memory_min | cg->effective_memory_low | cg->memory_min_bytes |
	      cg->memory_low_bytes))
		return;
	vt_page_line(p, "protected", "memory.min %s counts as %s, memory.low %s as %s",
		     CG(p, cg, memory_min_bytes), CG(p, cg, effective_memory_min),
		     CG(p, cg, memory_low_bytes), CG(p, cg, effective_memory_low));
}

static void put_settings(struct vt_page *p, const struct vt_cgroup *cg)
{
	const char *text = "";

	for (size_t i = 0; i < VT_LEN(settings); i++)
		if (vt_valid(&cg->head, (unsigned)settings[i].metric))
			text = vt_arena_printf(
				p->arena, "%s%s%s %s", text, *text ? ", " : "", settings[i].file,
				vt_page_figure(p, VT_KIND_CGROUP, settings[i].metric, cg));
	if (*text)
		vt_page_line(p, "also set", "%s", text);
}

static void put_hugetlb(struct vt_page *p, const struct vt_cgroup *cg)
{
	for (int32_t i = 0; i < cg->n_hugetlbs && i < MOST_DEVICES; i++) {
		const struct vt_hugetlb *h = vt_hugetlb_at(p->s, cg->first_hugetlb + i);

		vt_page_line(p, "hugetlb", "%s pages: max %s; used %s",
			     VT_HAS(HUGETLB, h, page_size) ? vt_page_clean(p, h->page_size)
							   : "unknown",
			     vt_page_figure(p, VT_KIND_HUGETLB, VT_HUGETLB_max_bytes, h),
			     vt_page_figure(p, VT_KIND_HUGETLB, VT_HUGETLB_current_bytes, h));
	}
}

static void put_pressure(struct vt_page *p, const struct vt_cgroup *cg)
{
	if (!VT_HAS(CGROUP, cg, psi_cpu_some_avg10) && !VT_HAS(CGROUP, cg, psi_memory_some_avg10) &&
	    !VT_HAS(CGROUP, cg, psi_io_some_avg10)) {
		vt_page_line(p, "pressure",
			     "unknown: no *.pressure file could be read (PSI off or hidden)");
		return;
	}
	vt_page_line(p, "pressure",
		     "last 10 s, some and all tasks waited: cpu %s %s, memory %s %s, io %s %s",
		     CG(p, cg, psi_cpu_some_avg10), CG(p, cg, psi_cpu_full_avg10),
		     CG(p, cg, psi_memory_some_avg10), CG(p, cg, psi_memory_full_avg10),
		     CG(p, cg, psi_io_some_avg10), CG(p, cg, psi_io_full_avg10));
}

/* The cgroup of the chain that is cut short most now, or else was ever. */
static const struct vt_cgroup *throttler(struct vt_page *p, const struct vt_cgroup *cg)
{
	const struct vt_cgroup *ever = NULL;

	for (const struct vt_cgroup *at = cg; at; at = vt_cgroup_at(p->s, at->parent)) {
		if (!VT_HAS(CGROUP, at, nr_throttled) || !at->nr_throttled)
			continue;
		if (VT_HAS(CGROUP, cg, effective_throttled_from) &&
		    strcmp(cg->effective_throttled_from, at->path) == 0)
			return at;
		ever = ever ? ever : at;
	}
	return ever;
}

/*
 * Quotas of ancestors throttle it as well: cpu.stat counts each group's own.
 * Periods and time are two figures: a period that is cut short may lack much or little.
 */
static void put_throttling(struct vt_page *p, const struct vt_cgroup *cg)
{
	const struct vt_cgroup *at = throttler(p, cg);

	if (!at) {
		if (VT_HAS(CGROUP, cg, nr_throttled))
			vt_page_line(p, "throttled",
				     "never, neither by its own cpu.max nor by an ancestor's");
		return;
	}
	vt_page_line(p, "throttled",
		     "%s of periods now, %s of %s since it was made, by cpu.max of %s",
		     CG(p, at, throttled_percent), CG(p, at, nr_throttled), CG(p, at, nr_periods),
		     vt_page_clean(p, at->path));
	if (VT_HAS(CGROUP, at, throttled_time_percent))
		vt_page_line(p, "", "%s of the time there, all CPUs added up; its own tasks %s",
			     CG(p, at, throttled_time_percent), CG(p, cg, throttled_local_percent));
}

static void put_kills(struct vt_page *p, const struct vt_cgroup *cg)
{
	if (VT_HAS(CGROUP, cg, memory_events_oom_kill))
		vt_page_line(p, "killed",
			     "%s by the OOM killer in it and below; memory.max hit %s times, "
			     "memory.high passed %s times",
			     CG(p, cg, memory_events_oom_kill), CG(p, cg, memory_events_max),
			     CG(p, cg, memory_events_high));
	if (VT_HAS(CGROUP, cg, pids_events_max))
		vt_page_line(p, "forks", "%s refused", CG(p, cg, pids_events_max));
	if (VT_HAS(CGROUP, cg, frozen) && cg->frozen)
		vt_page_line(p, "frozen", "yes: none of its processes runs until it is thawed");
}

static void put_memory(struct vt_page *p, const struct vt_cgroup *cg)
{
	if (VT_HAS(CGROUP, cg, memory_anon_bytes))
		vt_page_line(p, "memory",
			     "anonymous %s, page cache %s, kernel %s, swap %s, peak %s",
			     CG(p, cg, memory_anon_bytes), CG(p, cg, memory_file_bytes),
			     CG(p, cg, memory_kernel_bytes), CG(p, cg, swap_current_bytes),
			     CG(p, cg, memory_peak_bytes));
}

static bool is_in_chain(const struct vt_snapshot *s, const struct vt_cgroup *cg, struct vt_id id)
{
	if (id.kind == VT_KIND_HOST)
		return true;
	for (; cg && id.kind == VT_KIND_CGROUP; cg = vt_cgroup_at(s, cg->parent))
		if (cg->head.a == id.a)
			return true;
	return false;
}

static void put_findings(struct vt_page *p, const struct vt_cgroup *cg)
{
	static const char *const words[] = {
		[VT_NOTICE] = "notice", [VT_WARNING] = "warning", [VT_CRITICAL] = "critical"
	};
	size_t told = 0, left = 0;

	for (size_t i = 0; i < p->s->n_findings; i++) {
		const struct vt_finding *f = &p->s->findings[i];
		const struct vt_cgroup *at = f->subject.kind == VT_KIND_CGROUP
						     ? vt_snapshot_find(p->s, f->subject)
						     : NULL;

		if (!is_in_chain(p->s, cg, f->subject))
			continue;
		/* What is not known comes behind. */
		if (told++ >= MOST_FINDINGS || p->n_lines + RESERVED >= VT_PAGE_LINES) {
			left++;
			continue;
		}
		vt_page_line(p, told == 1 ? "found" : "", "%s: %s: %s", words[f->severity],
			     vt_page_clean(p, at ? at->path : f->name),
			     vt_page_clean(p, f->evidence));
		if (f->fix.action)
			vt_page_line(p, "", "  to cure it: %s", vt_page_clean(p, f->fix.command));
	}
	if (left)
		vt_page_line(p, "", "and %zu more", left);
	if (!told)
		vt_page_line(p, "found", "nothing that hurts it or an ancestor");
}

/* What is not known, and why. */

static const char *why_unknown(struct vt_page *p, const struct vt_cgroup *cg,
			       const char *controller)
{
	const struct vt_host_row *h = p->host;

	if (VT_HAS(HOST, h, cgroup_v1_controllers) &&
	    vt_text_has_word(h->cgroup_v1_controllers, controller))
		return "a cgroup v1 hierarchy holds that controller";
	if (VT_HAS(HOST, h, cgroup_controllers) &&
	    !vt_text_has_word(h->cgroup_controllers, controller))
		return "cgroup v2 does not offer that controller here";
	if (!VT_HAS(CGROUP, cg, controllers))
		return "its cgroup.controllers could not be read";
	if (!vt_text_has_word(cg->controllers, controller))
		return "the parent does not enable that controller for it";
	return NULL;
}

static void put_unknown(struct vt_page *p, const struct vt_cgroup *cg)
{
	static const char *const controllers[] = { "cpu", "memory", "pids", "io", "cpuset" };
	const char *reasons[VT_LEN(controllers)], *names;
	bool first = true;

	for (size_t i = 0; i < VT_LEN(controllers); i++)
		reasons[i] = why_unknown(p, cg, controllers[i]);
	for (size_t i = 0; i < VT_LEN(controllers); i++) {
		const char *why = reasons[i];

		if (!why)
			continue;
		names = controllers[i];
		for (size_t k = i + 1; k < VT_LEN(controllers); k++)
			if (reasons[k] == why) {
				names = vt_arena_printf(p->arena, "%s, %s", names, controllers[k]);
				reasons[k] = NULL;
			}
		vt_page_line(p, first ? "not known" : "", "limits on %s: %s", names, why);
		first = false;
	}
}

static void put_host(struct vt_page *p)
{
	vt_page_line(p, "limits",
		     "none: the root cgroup has no limit files; the host's own figures count");
	vt_page_line(p, "cpu", "%s of all CPUs busy, %s CPUs, load %s", HOST(p, cpu_percent),
		     HOST(p, cpu_threads), HOST(p, load1));
	vt_page_line(p, "memory", "%s of %s can be had, swap %s of %s free",
		     HOST(p, mem_available_bytes), HOST(p, mem_total_bytes),
		     HOST(p, swap_free_bytes), HOST(p, swap_total_bytes));
	vt_page_line(p, "tasks", "%s processes, %s threads", HOST(p, processes), HOST(p, threads));
	vt_page_line(p, "pressure",
		     "last 10 s, some and all tasks waited: cpu %s %s, memory %s %s, io %s %s",
		     HOST(p, psi_cpu_some_avg10), HOST(p, psi_cpu_full_avg10),
		     HOST(p, psi_memory_some_avg10), HOST(p, psi_memory_full_avg10),
		     HOST(p, psi_io_some_avg10), HOST(p, psi_io_full_avg10));
}

/* What it is. */

/* " (cpu.max 20%, memory.max 1.0G)": the limits that one link of the chain sets. */
static const char *own_limits(struct vt_page *p, const struct vt_cgroup *cg)
{
	const char *text = "";

	for (size_t i = 0; i < VT_LEN(limits); i++) {
		const struct vt_metric *m = &vt_kinds[VT_KIND_CGROUP].metrics[limits[i].own];

		if (vt_valid(&cg->head, (unsigned)limits[i].own) && !isinf(vt_metric_number(m, cg)))
			text = vt_arena_printf(
				p->arena, "%s%s%s %s", text, *text ? ", " : "", limits[i].file,
				vt_page_figure(p, VT_KIND_CGROUP, limits[i].own, cg));
	}
	return *text ? vt_arena_printf(p->arena, " (%s)", text) : "";
}

static void put_chain(struct vt_page *p, const struct vt_cgroup *cg)
{
	const char *text = "";

	for (; cg; cg = vt_cgroup_at(p->s, cg->parent))
		text = vt_arena_printf(p->arena, "%s%s%s%s",
				       cg->parent < 0 ? "/" : vt_page_clean(p, cg->name),
				       own_limits(p, cg), *text ? " > " : "", text);
	vt_page_line(p, "chain", "%s", text);
}

void vt_page_cgroup(struct vt_page *p, const struct vt_cgroup *cg)
{
	const struct vt_container *c = vt_container_at(p->s, cg->container);

	vt_page_line(p, "cgroup", "%s, id %" PRIu64 ", %s; %s processes in it, %s with those below",
		     vt_page_clean(p, cg->path), cg->id,
		     VT_HAS(CGROUP, cg, type) ? vt_page_clean(p, cg->type)
		     : cg->parent < 0         ? "the root"
					      : "type unknown",
		     CG(p, cg, processes), CG(p, cg, processes_below));
	if (VT_HAS(CGROUP, cg, unit))
		vt_page_line(p, "unit", "%s of systemd, %s", vt_page_clean(p, cg->unit),
			     VT_HAS(CGROUP, cg, delegated) && cg->delegated
				     ? "delegated: what is below it is somebody else's"
				     : "which sets its limits");
	if (c)
		vt_page_line(p, "container", "%s%s%s",
			     vt_page_clean(p, VT_HAS(CONTAINER, c, name) ? c->name : c->id),
			     VT_HAS(CONTAINER, c, engine) ? " of " : "",
			     VT_HAS(CONTAINER, c, engine) ? c->engine : "");
	if (vt_is_real_root(cg)) {
		put_host(p);
		put_findings(p, cg);
		return;
	}
	put_chain(p, cg);
	for (size_t i = 0; i < VT_LEN(limits); i++)
		put_limit(p, cg, &limits[i]);
	put_throttling(p, cg);
	put_pressure(p, cg);
	put_kills(p, cg);
	put_memory(p, cg);
	put_protection(p, cg);
	put_findings(p, cg);
	put_unknown(p, cg);
	put_settings(p, cg);
	put_io(p, cg);
	put_hugetlb(p, cg);
}
