/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cgroup v2 tree, and all about one cgroup. */
#include "view_cgroups.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "spark.h"

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

/* One resource: what limits it, what is used; the rest of the line is other figures of it. */
static const struct resource {
	const char *label;
	int own, effective, from, now;
	struct figure {
		const char *label; /* NULL ends the list */
		int metric;
	} others[5];
} resources[] = {
	{ "cpu",
	  VT_CGROUP_cpu_max_percent,
	  VT_CGROUP_effective_cpu_max_percent,
	  VT_CGROUP_effective_cpu_max_from,
	  VT_CGROUP_cpu_percent,
	  { { "throttled", VT_CGROUP_throttled_percent },
	    { "of time", VT_CGROUP_throttled_time_percent },
	    { "weight", VT_CGROUP_cpu_weight } } },
	{ "memory",
	  VT_CGROUP_memory_max_bytes,
	  VT_CGROUP_effective_memory_max,
	  VT_CGROUP_effective_memory_max_from,
	  VT_CGROUP_memory_current_bytes,
	  { { "peak", VT_CGROUP_memory_peak_bytes },
	    { "headroom", VT_CGROUP_effective_memory_headroom },
	    { "hit in", VT_CGROUP_effective_memory_hit_usec },
	    { "OOM kills", VT_CGROUP_memory_events_oom_kill } } },
	{ "pids",
	  VT_CGROUP_pids_max,
	  VT_CGROUP_effective_pids_max,
	  VT_CGROUP_effective_pids_max_from,
	  VT_CGROUP_pids_current,
	  { { "headroom", VT_CGROUP_effective_pids_headroom },
	    { "forks refused", VT_CGROUP_pids_events_max } } },
};

/* Where nothing of it is known there is no line: v1 holds it, or it is not enabled. */
static void put_resource(struct vt_pane *p, const struct vt_view_env *env,
			 const struct vt_cgroup *cg, const struct resource *r)
{
	const struct vt_head *h = &cg->head;

	if (!vt_valid(h, (unsigned)r->own) && !vt_valid(h, (unsigned)r->now))
		return;
	vt_pane_label(p, r->label);
	if (vt_valid(h, (unsigned)r->own))
		vt_detail_add_metric(p, "own", VT_KIND_CGROUP, r->own, cg, env->ascii);
	/* Where v1 holds the controller there is none to tell of. */
	if (vt_valid(h, (unsigned)r->own) || vt_valid(h, (unsigned)r->effective))
		vt_detail_add_metric(p, "effective", VT_KIND_CGROUP, r->effective, cg, env->ascii);
	if (vt_valid(h, (unsigned)r->from))
		vt_pane_put(p, VT_ROLE_TEXT, " from %s",
			    vt_metric_string(&vt_kinds[VT_KIND_CGROUP].metrics[r->from], cg));
	vt_detail_add_metric(p, "now", VT_KIND_CGROUP, r->now, cg, env->ascii);
	for (const struct figure *f = r->others; f->label; f++)
		if (vt_valid(h, (unsigned)f->metric))
			vt_detail_add_metric(p, f->label, VT_KIND_CGROUP, f->metric, cg,
					     env->ascii);
}

static void detail_past(const struct vt_view_env *env, const struct vt_row *row, struct vt_pane *p)
{
	const struct vt_past parts[] = {
		{ "cpu", VT_CGROUP_cpu_percent, vt_cgroup_cpu_limit(row->record) },
		{ "memory", VT_CGROUP_memory_current_bytes, vt_cgroup_memory_limit(row->record) },
	};

	if (!row->gone)
		vt_spark_detail(p, env, row->id, parts, VT_LEN(parts));
}

static void detail_limits(const struct vt_view_env *env, const struct vt_cgroup *cg,
			  struct vt_pane *p)
{
	for (size_t i = 0; i < VT_LEN(resources); i++)
		put_resource(p, env, cg, &resources[i]);
	vt_cgroup_detail_limits(env, cg, p);
}

static void detail_what(const struct vt_view_env *env, const struct vt_cgroup *cg,
			struct vt_pane *p)
{
	bool systemd = VT_HAS(CGROUP, cg, unit);

	vt_pane_label(p, "cgroup");
	vt_pane_put(p, VT_ROLE_TEXT, "%s", VT_HAS(CGROUP, cg, type) ? cg->type : "root");
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
		vt_pane_put(p, VT_ROLE_TEXT, "%s", cg->unit);
		vt_pane_item(p, "", VT_ROLE_DIM, "systemd may overwrite what is set here");
	}
}

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
		vt_pane_put(p, VT_ROLE_TEXT, "%s", d->device);
		vt_detail_add_metric(p, "read", VT_KIND_IODEV, VT_IODEV_rbytes, d, env->ascii);
		vt_detail_add_metric(p, "", VT_KIND_IODEV, VT_IODEV_read_rate, d, env->ascii);
		vt_detail_add_metric(p, "written", VT_KIND_IODEV, VT_IODEV_wbytes, d, env->ascii);
		vt_detail_add_metric(p, "", VT_KIND_IODEV, VT_IODEV_write_rate, d, env->ascii);
		vt_cgroup_detail_device(env, d, p);
	}
	vt_cgroup_detail_resources(env, cg, p);
}

/* Controllers that v1 holds are the reason why their figures are missing here. */
static void detail_v1(const struct vt_view_env *env, struct vt_pane *p)
{
	const struct vt_host_row *host = vt_snapshot_host(env->snapshot);
	vt_autofree char *words = NULL;

	if (!VT_HAS(HOST, host, cgroup_v1_controllers) || !host->cgroup_v1_controllers[0])
		return;
	vt_pane_label(p, "v1 holds");
	words = vt_asprintf("%s: no figures or limits of them here", host->cgroup_v1_controllers);
	vt_pane_wrap(p, VT_ROLE_DIM, words);
}

static void detail(const struct vt_view_env *env, const struct vt_row *row, struct vt_pane *p)
{
	const struct vt_cgroup *cg = row->record;
	const struct vt_finding *f = vt_row_finding(env->snapshot, row);

	vt_detail_head(p, cg->path);
	if (f) {
		vt_pane_label(p, "finding");
		vt_pane_wrap(p, vt_role_severity(f->severity), f->evidence);
		if (f->fix.action) {
			vt_pane_label(p, "fix");
			vt_pane_wrap(p, VT_ROLE_GOOD, f->fix.command);
			vt_pane_item(p, "", VT_ROLE_DIM, "a previews it");
		}
	}
	detail_past(env, row, p);
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
	.columns = vt_cgroup_columns,
	.sets = vt_cgroup_column_sets,
	.is_past = vt_cgroup_column_is_past,
	.build = build,
	.detail = detail,
	.empty = empty,
};
