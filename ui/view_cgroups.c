/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cgroup v2 tree: usage drawn against what binds. The bar goes to the
 * effective limit; the tick is memory.high; ↑ says that an ancestor binds. Where
 * no cgroup does, the bar goes to what the host has.
 */
#include "view.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../src/limits.h"

static void draw_limit_bar(struct vt_canvas *c, int x, int y, int width, double share, double tick,
			   const char *from, const struct vt_cgroup *cg)
{
	vt_canvas_bar(c, x, y, width - 1, share, tick);
	if (strcmp(from, cg->path) != 0 && strcmp(from, vt_from_host) != 0)
		(void)vt_canvas_text(c, x + width - 1, y, 1, VT_ROLE_TICK, "↑");
}

static void draw_cpu_bar(struct vt_canvas *c, const struct vt_view_env *env,
			 const struct vt_row *row, int x, int y, int width)
{
	const struct vt_cgroup *cg = row->record;

	(void)env;
	if (row->id.kind != VT_KIND_CGROUP || !VT_HAS(CGROUP, cg, cpu_percent) ||
	    !VT_HAS(CGROUP, cg, effective_cpu_max_from))
		return;
	draw_limit_bar(c, x, y, width, cg->cpu_percent / cg->effective_cpu_max_percent, -1,
		       cg->effective_cpu_max_from, cg);
}

static void draw_memory_bar(struct vt_canvas *c, const struct vt_view_env *env,
			    const struct vt_row *row, int x, int y, int width)
{
	const struct vt_cgroup *cg = row->record;
	double limit, high = -1;

	(void)env;
	if (row->id.kind != VT_KIND_CGROUP || !VT_HAS(CGROUP, cg, effective_memory_max_from) ||
	    !VT_HAS(CGROUP, cg, memory_current_bytes))
		return;
	/* Against an ancestor what counts is the room that is left, not its size. */
	limit = (double)cg->memory_current_bytes + (double)cg->effective_memory_headroom;
	if (VT_HAS(CGROUP, cg, memory_high_bytes) && (double)cg->memory_high_bytes < limit)
		high = (double)cg->memory_high_bytes / limit;
	draw_limit_bar(c, x, y, width, limit > 0 ? (double)cg->memory_current_bytes / limit : 1,
		       high, cg->effective_memory_max_from, cg);
}

static void draw_now(struct vt_canvas *c, const struct vt_view_env *env, const struct vt_row *row,
		     int x, int y, int width)
{
	const struct vt_finding *f = vt_row_finding(env->snapshot, row);
	const struct vt_cgroup *cg = row->record;

	if (row->gone)
		(void)vt_canvas_text(c, x, y, width, VT_ROLE_GONE, "removed");
	else if (f)
		(void)vt_canvas_printf(c, x, y, width, vt_role_severity(f->severity), "%s %s",
				       vt_sign_severity(f->severity), f->kind);
	else if (row->id.kind != VT_KIND_CGROUP)
		return;
	else if (VT_HAS(CGROUP, cg, frozen) && cg->frozen)
		(void)vt_canvas_text(c, x, y, width, VT_ROLE_FROZEN, "frozen");
	else if (VT_HAS(CGROUP, cg, type) && strcmp(cg->type, "domain") != 0)
		(void)vt_canvas_text(c, x, y, width, VT_ROLE_DIM, cg->type);
}

#define CG(field)                                                                                  \
	{                                                                                          \
		{                                                                                  \
			VT_KIND_CGROUP, VT_CGROUP_##field                                          \
		}                                                                                  \
	}

static const struct vt_column columns[] = {
	{ "TASKS", 5, 5, 0, false, CG(processes_below), vt_role_zero_dim, NULL },
	{ NULL, 5, 1, 0, false, CG(cpu_percent), vt_role_load, NULL },
	{ "of limit", 9, 4, 9, true, CG(effective_cpu_max_percent), NULL, draw_cpu_bar },
	{ NULL, 5, 1, 0, false, CG(memory_current_bytes), vt_role_zero_dim, NULL },
	{ "of limit", 9, 3, 9, true, CG(effective_memory_headroom), NULL, draw_memory_bar },
	{ "THR%", 4, 2, 0, false, CG(effective_throttled_percent), vt_role_throttled, NULL },
	{ NULL, 5, 7, 0, false, CG(pids_current), vt_role_zero_dim, NULL },
	{ NULL, 7, 8, 0, false, CG(pids_max), vt_role_zero_dim, NULL },
	{ NULL, 6, 9, 0, false, CG(cpu_weight), vt_role_zero_dim, NULL },
	{ "PSI c", 5, 6, 0, false, CG(psi_cpu_some_percent), vt_role_pressure, NULL },
	{ "m", 4, 6, 0, false, CG(psi_memory_some_percent), vt_role_pressure, NULL },
	{ "i", 4, 6, 0, false, CG(psi_io_some_percent), vt_role_pressure, NULL },
	{ NULL, 7, 10, 0, false, CG(io_read_rate), vt_role_zero_dim, NULL },
	{ NULL, 7, 10, 0, false, CG(io_write_rate), vt_role_zero_dim, NULL },
	{ "now", 14, 2, 10, true, CG(frozen), NULL, draw_now },
	{ 0 },
};

static void add_gone(const struct vt_snapshot *s, struct vt_rows *rows, const struct vt_idmap *at)
{
	const struct vt_cgroup *gone = s->gone[VT_KIND_CGROUP].rows;

	for (size_t i = 0; i < s->gone[VT_KIND_CGROUP].n; i++) {
		int32_t up = VT_HAS(CGROUP, &gone[i], parent_id)
				     ? vt_idmap_get(at, gone[i].parent_id)
				     : -1;

		(void)vt_rows_add(rows, up, VT_KIND_CGROUP, &gone[i], gone[i].name);
	}
}

static void build(const struct vt_view_env *env, struct vt_rows *rows)
{
	const struct vt_snapshot *s = env->snapshot;
	struct vt_idmap at = { 0 };
	size_t n;
	const struct vt_cgroup *cgs = vt_cgroup_rows(s, &n);

	for (size_t i = 0; i < n; i++) {
		const struct vt_cgroup *cg = &cgs[s->cgroup_order[i]];
		const struct vt_cgroup *up = vt_cgroup_at(s, cg->parent);
		bool flat = env->variant == 1;
		int32_t row = vt_rows_add(rows, up && !flat ? vt_idmap_get(&at, up->id) : -1,
					  VT_KIND_CGROUP, cg, flat ? cg->path : cg->name);

		rows->rows[row].folded = cg->depth >= 3;
		vt_idmap_put(&at, cg->id, row);
	}
	add_gone(s, rows, &at);
	vt_idmap_finish(&at);
}

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

/* A line a limit: own and effective always, the rest where it says something. */
static const struct limit_line {
	const char *label;
	int own, effective, from, now;
	bool always; /* also where no cgroup sets it */
	struct part parts[9];
} limit_lines[] = {
	{ "cpu",
	  VT_CGROUP_cpu_max_percent,
	  VT_CGROUP_effective_cpu_max_percent,
	  VT_CGROUP_effective_cpu_max_from,
	  VT_CGROUP_cpu_percent,
	  true,
	  { P("by", effective_cpu_max_by), P("of limit", cpu_of_limit_percent),
	    P("of host", cpu_host_percent), P("weight", cpu_weight), P("idle", cpu_idle),
	    P("burst", cpu_max_burst_usec), P("uclamp min", cpu_uclamp_min) } },
	{ "memory",
	  VT_CGROUP_memory_max_bytes,
	  VT_CGROUP_effective_memory_max,
	  VT_CGROUP_effective_memory_max_from,
	  VT_CGROUP_memory_current_bytes,
	  true,
	  { P("peak", memory_peak_bytes), P("headroom", effective_memory_headroom),
	    P("grows", memory_growth_rate), P("hit in", effective_memory_hit_usec),
	    P("OOM kills", memory_events_oom_kill), P("here", memory_events_local_oom_kill),
	    P("limit hit", memory_events_local_max) } },
	{ "memory.high",
	  VT_CGROUP_memory_high_bytes,
	  VT_CGROUP_effective_memory_high,
	  VT_CGROUP_effective_memory_high_from,
	  -1,
	  false,
	  { P("headroom", effective_memory_high_headroom), P("passed", memory_events_local_high),
	    P("reclaimed", memory_reclaim_rate), P("refaulted", memory_refault_file_rate) } },
	{ "swap",
	  VT_CGROUP_swap_max_bytes,
	  VT_CGROUP_effective_swap_max,
	  VT_CGROUP_effective_swap_max_from,
	  VT_CGROUP_swap_current_bytes,
	  false,
	  { P("headroom", effective_swap_headroom), P("peak", swap_peak_bytes),
	    P("high", swap_high_bytes), P("hit", swap_events_max), P("failed", swap_events_fail),
	    P("zswap", zswap_current_bytes) } },
	{ "pids",
	  VT_CGROUP_pids_max,
	  VT_CGROUP_effective_pids_max,
	  VT_CGROUP_effective_pids_max_from,
	  VT_CGROUP_pids_current,
	  true,
	  { P("peak", pids_peak), P("room", effective_pids_headroom),
	    P("hit in", effective_pids_hit_usec), P("forks refused", pids_events_max),
	    P("by its own", pids_events_local_max) } },
};

static bool is_told(const struct vt_cgroup *cg, const struct limit_line *l)
{
	return l->always ||
	       (vt_valid(&cg->head, (unsigned)l->from) &&
		strcmp(vt_metric_string(&vt_kinds[VT_KIND_CGROUP].metrics[l->from], cg),
		       vt_from_host) != 0);
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

static void detail_limits(const struct vt_view_env *env, const struct vt_cgroup *cg,
			  struct vt_pane *p)
{
	for (size_t i = 0; i < VT_LEN(limit_lines); i++) {
		const struct limit_line *l = &limit_lines[i];
		size_t n = 0;

		if (!is_told(cg, l))
			continue;
		vt_pane_label(p, l->label);
		vt_detail_add_metric(p, "own", VT_KIND_CGROUP, l->own, cg, env->ascii);
		vt_detail_add_metric(p, "effective", VT_KIND_CGROUP, l->effective, cg, env->ascii);
		put_from(p, cg, l->from);
		if (l->now >= 0)
			vt_detail_add_metric(p, "now", VT_KIND_CGROUP, l->now, cg, env->ascii);
		while (n < VT_LEN(l->parts) && l->parts[n].label)
			n++;
		put_parts(p, env, VT_KIND_CGROUP, cg, l->parts, n);
		if (i == 0)
			detail_throttling(env, cg, p);
	}
	detail_protection(env, cg, p);
}

static void detail_what(const struct vt_view_env *env, const struct vt_cgroup *cg,
			struct vt_pane *p)
{
	bool systemd = VT_HAS(CGROUP, cg, unit);

	vt_pane_label(p, "cgroup");
	vt_pane_put(p, VT_ROLE_TEXT, "%s", VT_HAS(CGROUP, cg, type) ? cg->type : "root");
	vt_detail_add_metric(p, "a", VT_KIND_CGROUP, VT_CGROUP_kind, cg, env->ascii);
	vt_detail_add_metric(p, "id", VT_KIND_CGROUP, VT_CGROUP_id, cg, env->ascii);
	vt_detail_add_metric(p, "processes", VT_KIND_CGROUP, VT_CGROUP_processes, cg, env->ascii);
	vt_detail_add_metric(p, "and below", VT_KIND_CGROUP, VT_CGROUP_processes_below, cg,
			     env->ascii);
	vt_detail_add_metric(p, "controllers", VT_KIND_CGROUP, VT_CGROUP_controllers, cg,
			     env->ascii);
	vt_detail_add_metric(p, "for children", VT_KIND_CGROUP, VT_CGROUP_subtree_control, cg,
			     env->ascii);
	if (systemd) {
		vt_pane_label(p, "unit");
		vt_pane_put(p, VT_ROLE_TEXT, "%s: %s", cg->unit,
			    VT_HAS(CGROUP, cg, delegated) && cg->delegated
				    ? "delegated, what is below it is somebody else's"
				    : "systemd may overwrite what is set here");
	}
	if (VT_HAS(CGROUP, cg, host_figures) && cg->host_figures)
		vt_pane_put(p, VT_ROLE_DIM,
			    "  memory and tasks are the host's: the root has no such files");
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

static void detail_parts(const struct vt_view_env *env, const struct vt_cgroup *cg,
			 struct vt_pane *p)
{
	const struct vt_snapshot *s = env->snapshot;

	for (int32_t i = 0; i < cg->n_hugetlbs; i++) {
		const struct vt_hugetlb *h = vt_hugetlb_at(s, cg->first_hugetlb + i);

		vt_pane_label(p, "hugetlb");
		vt_pane_put(p, VT_ROLE_TEXT, "%s pages", h->page_size);
		vt_detail_add_metric(p, "now", VT_KIND_HUGETLB, VT_HUGETLB_current_bytes, h,
				     env->ascii);
		vt_detail_add_metric(p, "max", VT_KIND_HUGETLB, VT_HUGETLB_max_bytes, h,
				     env->ascii);
		vt_detail_add_metric(p, "refused", VT_KIND_HUGETLB, VT_HUGETLB_events_max, h,
				     env->ascii);
	}
	for (int32_t i = 0; i < cg->n_iodevs; i++) {
		const struct vt_iodev *d = vt_iodev_at(s, cg->first_iodev + i);

		vt_pane_label(p, "io");
		vt_pane_put(p, VT_ROLE_TEXT, "%s%s%s", d->device, VT_HAS(IODEV, d, name) ? " " : "",
			    VT_HAS(IODEV, d, name) ? d->name : "");
		vt_detail_add_metric(p, "read", VT_KIND_IODEV, VT_IODEV_rbytes, d, env->ascii);
		vt_detail_add_metric(p, "", VT_KIND_IODEV, VT_IODEV_read_rate, d, env->ascii);
		vt_detail_add_metric(p, "written", VT_KIND_IODEV, VT_IODEV_wbytes, d, env->ascii);
		vt_detail_add_metric(p, "", VT_KIND_IODEV, VT_IODEV_write_rate, d, env->ascii);
		put_parts(p, env, VT_KIND_IODEV, d, io_parts, VT_LEN(io_parts));
	}
	for (int32_t i = 0; i < cg->n_resources; i++) {
		const struct vt_resource *r = vt_resource_at(s, cg->first_resource + i);

		vt_pane_label(p, r->controller);
		vt_pane_put(p, VT_ROLE_TEXT, "%s", r->name);
		put_parts(p, env, VT_KIND_RESOURCE, r, resource_parts, VT_LEN(resource_parts));
	}
}

/* Controllers that v1 holds are the reason why their figures are missing here. */
static void detail_v1(const struct vt_view_env *env, struct vt_pane *p)
{
	const struct vt_host_row *host = vt_snapshot_host(env->snapshot);

	if (!VT_HAS(HOST, host, cgroup_v1_controllers) || !host->cgroup_v1_controllers[0])
		return;
	vt_pane_label(p, "v1 holds");
	vt_pane_put(p, VT_ROLE_DIM,
		    "%s: a controller is in one hierarchy only, so no figures or limits of v2 here",
		    host->cgroup_v1_controllers);
}

static void detail(const struct vt_view_env *env, const struct vt_row *row, struct vt_pane *p)
{
	const struct vt_cgroup *cg = row->record;
	const struct vt_finding *f = vt_row_finding(env->snapshot, row);

	vt_detail_head(p, cg->path);
	if (f) {
		vt_pane_label(p, "finding");
		vt_pane_put(p, vt_role_severity(f->severity), "%s", f->evidence);
	}
	detail_limits(env, cg, p);
	detail_what(env, cg, p);
	vt_pane_label(p, "pressure");
	vt_detail_add_metric(p, "cpu", VT_KIND_CGROUP, VT_CGROUP_psi_cpu_some_percent, cg,
			     env->ascii);
	vt_detail_add_metric(p, "memory", VT_KIND_CGROUP, VT_CGROUP_psi_memory_some_percent, cg,
			     env->ascii);
	vt_detail_add_metric(p, "io", VT_KIND_CGROUP, VT_CGROUP_psi_io_some_percent, cg,
			     env->ascii);
	vt_pane_put(p, VT_ROLE_DIM, "  of the last interval");
	detail_v1(env, p);
	detail_parts(env, cg, p);
	vt_detail_lines(p, env);
	for (int i = VT_CGROUP_max_depth; i < VT_CGROUP_METRICS; i++)
		vt_detail_metric(p, VT_KIND_CGROUP, i, cg, env->ascii, true);
}

static void empty(const struct vt_view_env *env, struct vt_pane *p)
{
	const struct vt_host_row *host = vt_snapshot_host(env->snapshot);

	vt_pane_line(p);
	vt_pane_put(p, VT_ROLE_TITLE, "No cgroups.");
	vt_pane_line(p);
	if (!VT_HAS(HOST, host, cgroup_mount))
		vt_pane_wrap(p, VT_ROLE_TEXT,
			     "cgroup v2 is not mounted here. Mount it with: mount -t cgroup2 none "
			     "/sys/fs/cgroup. Press ! for what could not be read.");
	else
		vt_pane_wrap(p, VT_ROLE_TEXT,
			     "The cgroup v2 tree could not be read. Press ! for the reason.");
}

static const char *const variants[] = { "tree", "flat", NULL };

const struct vt_view vt_view_cgroups = {
	.name = "cgroups",
	.title = "Cgroups",
	.thing = "CGROUP",
	.variants = variants,
	.columns = columns,
	.build = build,
	.detail = detail,
	.empty = empty,
};
