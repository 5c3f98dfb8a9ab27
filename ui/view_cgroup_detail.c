/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Further lines of the cgroups view's detail pane, each where it says something:
 * who throttles it, what else binds, what protection is worth, devices with
 * their limits, counted resources, and what it is.
 */
#include <string.h>

#include "../src/limits.h"
#include "view_cgroups.h"

/* A figure in a line of the detail pane. */
struct part {
	const char *label;
	int metric;
};

/* Only what is known, and is not nothing. */
static void put_parts(struct vt_pane *p, const struct vt_view_env *env, enum vt_kind kind,
		      const void *record, const struct part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct vt_metric *m = &vt_kinds[kind].metrics[parts[i].metric];

		if (!vt_valid(record, (unsigned)parts[i].metric) ||
		    (m->class != VT_STRING && !(vt_metric_number(m, record) > 0)))
			continue;
		vt_detail_add_metric(p, parts[i].label, kind, parts[i].metric, record, env->ascii);
	}
}

static void put_from(struct vt_pane *p, const struct vt_cgroup *cg, int from)
{
	const char *name;

	if (!vt_valid(&cg->head, (unsigned)from))
		return;
	name = vt_metric_string(&vt_kinds[VT_KIND_CGROUP].metrics[from], cg);
	if (strcmp(name, vt_from_host) == 0)
		vt_pane_put(p, VT_ROLE_TEXT, " from the host");
	else
		vt_pane_put(p, VT_ROLE_TEXT, " from %s", name);
}

#define P(label, field)                                                                            \
	{                                                                                          \
		label, VT_CGROUP_##field                                                           \
	}

/* Limits that bind more seldom: only where a cgroup sets one. */
static const struct limit_line {
	const char *label;
	int own, effective, from;
	struct part parts[6];
} limit_lines[] = {
	{ "memory.high",
	  VT_CGROUP_memory_high_bytes,
	  VT_CGROUP_effective_memory_high,
	  VT_CGROUP_effective_memory_high_from,
	  { P("headroom", effective_memory_high_headroom), P("passed", memory_events_local_high),
	    P("reclaimed", memory_reclaim_rate), P("refaulted", memory_refault_file_rate) } },
	{ "swap",
	  VT_CGROUP_swap_max_bytes,
	  VT_CGROUP_effective_swap_max,
	  VT_CGROUP_effective_swap_max_from,
	  { P("now", swap_current_bytes), P("headroom", effective_swap_headroom),
	    P("high", swap_high_bytes), P("hit", swap_events_max), P("failed", swap_events_fail),
	    P("zswap", zswap_current_bytes) } },
};

static void put_limit(struct vt_pane *p, const struct vt_view_env *env, const struct vt_cgroup *cg,
		      const struct limit_line *l)
{
	size_t n = 0;

	if (!vt_valid(&cg->head, (unsigned)l->from) ||
	    strcmp(vt_metric_string(&vt_kinds[VT_KIND_CGROUP].metrics[l->from], cg),
		   vt_from_host) == 0)
		return;
	vt_pane_label(p, l->label);
	vt_detail_add_metric(p, "own", VT_KIND_CGROUP, l->own, cg, env->ascii);
	vt_detail_add_metric(p, "effective", VT_KIND_CGROUP, l->effective, cg, env->ascii);
	put_from(p, cg, l->from);
	while (n < VT_LEN(l->parts) && l->parts[n].label)
		n++;
	put_parts(p, env, VT_KIND_CGROUP, cg, l->parts, n);
}

/* Who throttles it, by periods and by time, which are two figures. */
static void detail_throttling(const struct vt_view_env *env, const struct vt_cgroup *cg,
			      struct vt_pane *p)
{
	static const struct part parts[] = {
		P("", effective_throttled_percent),
		P("of its own periods", throttled_percent),
		P("of the time, all CPUs", throttled_time_percent),
		P("its own tasks", throttled_local_percent),
	};

	if (!VT_HAS(CGROUP, cg, effective_throttled_from))
		return;
	vt_pane_label(p, "throttled");
	put_parts(p, env, VT_KIND_CGROUP, cg, parts, VT_LEN(parts));
	vt_pane_put(p, VT_ROLE_TEXT, "  by cpu.max of %s", cg->effective_throttled_from);
}

/* What is asked for and what it is worth. */
static void detail_protection(const struct vt_view_env *env, const struct vt_cgroup *cg,
			      struct vt_pane *p)
{
	static const struct part parts[] = {
		P("min", memory_min_bytes),
		P("counts", effective_memory_min),
		P("low", memory_low_bytes),
		P("counts", effective_memory_low),
	};

	if (!cg->memory_min_bytes && !cg->memory_low_bytes && !cg->effective_memory_min &&
	    !cg->effective_memory_low)
		return;
	vt_pane_label(p, "protected");
	put_parts(p, env, VT_KIND_CGROUP, cg, parts, VT_LEN(parts));
}

/* What it is, by its name and by its marks. */
static void detail_identity(const struct vt_view_env *env, const struct vt_cgroup *cg,
			    struct vt_pane *p)
{
	static const struct part parts[] = {
		P("", kind),
		P("delegated", delegated),
		P("owner", owner_uid),
		P("invocation", invocation_id),
		P("dying below", dying_descendants),
	};

	vt_pane_label(p, "kind");
	put_parts(p, env, VT_KIND_CGROUP, cg, parts, VT_LEN(parts));
	if (VT_HAS(CGROUP, cg, host_figures) && cg->host_figures)
		vt_pane_put(p, VT_ROLE_DIM,
			    "  memory and tasks are the host's: the root has no such files");
}

void vt_cgroup_detail_limits(const struct vt_view_env *env, const struct vt_cgroup *cg,
			     struct vt_pane *p)
{
	detail_throttling(env, cg, p);
	for (size_t i = 0; i < VT_LEN(limit_lines); i++)
		put_limit(p, env, cg, &limit_lines[i]);
	detail_protection(env, cg, p);
	detail_identity(env, cg, p);
}

static const struct part io_parts[] = {
	{ "reads", VT_IODEV_read_ops_rate },
	{ "writes", VT_IODEV_write_ops_rate },
	{ "rbps", VT_IODEV_effective_rbps },
	{ "from", VT_IODEV_effective_rbps_from },
	{ "wbps", VT_IODEV_effective_wbps },
	{ "from", VT_IODEV_effective_wbps_from },
	{ "riops", VT_IODEV_effective_riops },
	{ "from", VT_IODEV_effective_riops_from },
	{ "wiops", VT_IODEV_effective_wiops },
	{ "from", VT_IODEV_effective_wiops_from },
	{ "of limit", VT_IODEV_of_limit_percent },
	{ "latency", VT_IODEV_latency_target_usec },
	{ "weight", VT_IODEV_weight },
	{ "waited", VT_IODEV_cost_wait_percent },
};

static const struct part resource_parts[] = {
	{ "now", VT_RESOURCE_current },        { "max", VT_RESOURCE_max },
	{ "peak", VT_RESOURCE_peak },          { "of", VT_RESOURCE_capacity },
	{ "refused", VT_RESOURCE_events_max },
};

void vt_cgroup_detail_device(const struct vt_view_env *env, const struct vt_iodev *d,
			     struct vt_pane *p)
{
	if (VT_HAS(IODEV, d, name))
		vt_pane_put(p, VT_ROLE_TEXT, "  %s", d->name);
	put_parts(p, env, VT_KIND_IODEV, d, io_parts, VT_LEN(io_parts));
}

void vt_cgroup_detail_resources(const struct vt_view_env *env, const struct vt_cgroup *cg,
				struct vt_pane *p)
{
	for (int32_t i = 0; i < cg->n_resources; i++) {
		const struct vt_resource *r = vt_resource_at(env->snapshot, cg->first_resource + i);

		vt_pane_label(p, r->controller);
		vt_pane_put(p, VT_ROLE_TEXT, "%s", r->name);
		put_parts(p, env, VT_KIND_RESOURCE, r, resource_parts, VT_LEN(resource_parts));
	}
}
