/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Columns of the cgroups view: usage drawn against what binds. The bar goes to
 * the effective limit; the tick is memory.high; ↑ says that an ancestor binds.
 * Beside the ones it starts with there is a set for each resource.
 */
#include <math.h>
#include <string.h>

#include "../src/limits.h"
#include "view_cgroups.h"

/* What only the host's size limits has no bar, but for the root: that is the host. */
static void draw_limit_bar(struct vt_canvas *c, int x, int y, int width, double share, double tick,
			   const char *from, const struct vt_cgroup *cg)
{
	bool host = strcmp(from, vt_from_host) == 0;

	if (host && cg->parent >= 0)
		return;
	vt_canvas_bar(c, x, y, width - 1, share, tick);
	if (!host && strcmp(from, cg->path) != 0)
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
	else if (VT_HAS(CGROUP, cg, effective_throttled_percent) &&
		 cg->effective_throttled_percent >= 10)
		(void)vt_canvas_text(c, x, y, width, VT_ROLE_WARN, "↑ throttled");
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
#define NUMBER(title, width, drop, field, role)                                                    \
	{                                                                                          \
		title, width, drop, 0, false, CG(field), role, NULL                                \
	}
#define FROM(title, width, drop, field)                                                            \
	{                                                                                          \
		title, width, drop, 30, true, CG(field), NULL, NULL                                \
	}
#define NOW                                                                                        \
	{                                                                                          \
		"now", 14, 2, 10, true, CG(frozen), NULL, draw_now                                 \
	}
#define CPU_BAR                                                                                    \
	{                                                                                          \
		"of limit", 9, 4, 9, true, CG(effective_cpu_max_percent), NULL, draw_cpu_bar       \
	}
#define MEM_BAR                                                                                    \
	{                                                                                          \
		"of limit", 9, 3, 9, true, CG(effective_memory_headroom), NULL, draw_memory_bar    \
	}

const struct vt_column vt_cgroup_columns[] = {
	NUMBER("TASKS", 5, 5, processes_below, vt_role_zero_dim),
	NUMBER(NULL, 5, 1, cpu_percent, vt_role_load),
	CPU_BAR,
	NUMBER(NULL, 5, 1, memory_current_bytes, vt_role_zero_dim),
	MEM_BAR,
	NUMBER("THR%", 4, 2, effective_throttled_percent, vt_role_throttled),
	NUMBER(NULL, 5, 7, pids_current, vt_role_zero_dim),
	NUMBER(NULL, 7, 8, pids_max, vt_role_zero_dim),
	NUMBER(NULL, 6, 9, cpu_weight, vt_role_zero_dim),
	NUMBER("PSI c", 5, 6, psi_cpu_some_percent, vt_role_pressure),
	NUMBER("m", 4, 6, psi_memory_some_percent, vt_role_pressure),
	NUMBER("i", 4, 6, psi_io_some_percent, vt_role_pressure),
	NUMBER(NULL, 7, 10, io_read_rate, vt_role_zero_dim),
	NUMBER(NULL, 7, 10, io_write_rate, vt_role_zero_dim),
	NOW,
	{ 0 },
};

static const struct vt_column cpu[] = {
	NUMBER(NULL, 5, 0, cpu_percent, vt_role_load),
	CPU_BAR,
	NUMBER("HOST%", 5, 7, cpu_host_percent, vt_role_zero_dim),
	NUMBER("MAX%", 5, 3, cpu_max_percent, NULL),
	NUMBER("EFF%", 5, 3, effective_cpu_max_percent, NULL),
	NUMBER("THR%", 4, 1, effective_throttled_percent, vt_role_throttled),
	NUMBER("TIME%", 5, 5, throttled_time_percent, vt_role_throttled),
	NUMBER(NULL, 6, 6, cpu_weight, vt_role_zero_dim),
	NUMBER("PSI", 4, 4, psi_cpu_some_percent, vt_role_pressure),
	NUMBER("CPUS", 4, 8, cpuset_cpus_count, vt_role_zero_dim),
	NUMBER(NULL, 8, 9, cpu_usage_usec, vt_role_zero_dim),
	NOW,
	{ 0 },
};

static const struct vt_column memory[] = {
	NUMBER(NULL, 5, 0, memory_current_bytes, vt_role_zero_dim),
	MEM_BAR,
	NUMBER("MAX", 5, 3, memory_max_bytes, NULL),
	NUMBER("HIGH", 5, 5, memory_high_bytes, NULL),
	NUMBER("ROOM", 5, 1, effective_memory_headroom, NULL),
	NUMBER("HIT IN", 6, 4, effective_memory_hit_usec, NULL),
	NUMBER(NULL, 5, 6, memory_anon_bytes, vt_role_zero_dim),
	NUMBER(NULL, 5, 6, memory_file_bytes, vt_role_zero_dim),
	NUMBER(NULL, 5, 7, swap_current_bytes, vt_role_zero_dim),
	NUMBER("PEAK", 5, 8, memory_peak_bytes, vt_role_zero_dim),
	NUMBER("RECL/s", 6, 9, memory_reclaim_rate, vt_role_zero_dim),
	NUMBER("REFLT/s", 7, 9, memory_refault_file_rate, vt_role_zero_dim),
	NUMBER("KILLS", 5, 2, memory_events_oom_kill, vt_role_zero_dim),
	NUMBER("PSI", 4, 5, psi_memory_some_percent, vt_role_pressure),
	NOW,
	{ 0 },
};

static const struct vt_column io[] = {
	NUMBER(NULL, 7, 0, io_read_rate, vt_role_zero_dim),
	NUMBER(NULL, 7, 0, io_write_rate, vt_role_zero_dim),
	NUMBER(NULL, 6, 4, io_read_ops_rate, vt_role_zero_dim),
	NUMBER(NULL, 6, 4, io_write_ops_rate, vt_role_zero_dim),
	NUMBER(NULL, 6, 2, io_of_limit_percent, NULL),
	NUMBER("PSI", 4, 1, psi_io_some_percent, vt_role_pressure),
	NUMBER(NULL, 8, 6, io_weight, vt_role_zero_dim),
	NUMBER("READ", 6, 5, io_rbytes, vt_role_zero_dim),
	NUMBER("WRITTEN", 7, 5, io_wbytes, vt_role_zero_dim),
	FROM("LIMIT OF", 14, 7, io_of_limit_from),
	NOW,
	{ 0 },
};

static const struct vt_column pids[] = {
	NUMBER(NULL, 5, 0, pids_current, vt_role_zero_dim),
	NUMBER("of limit%", 9, 1, pids_of_limit_percent, NULL),
	NUMBER("MAX", 7, 2, pids_max, NULL),
	NUMBER("EFF", 7, 2, effective_pids_max, NULL),
	NUMBER("ROOM", 7, 3, effective_pids_headroom, NULL),
	NUMBER("HIT IN", 6, 5, effective_pids_hit_usec, NULL),
	NUMBER("PEAK", 6, 6, pids_peak, vt_role_zero_dim),
	NUMBER("REFUSED", 7, 1, pids_events_max, vt_role_zero_dim),
	FROM("LIMIT OF", 14, 4, effective_pids_max_from),
	NOW,
	{ 0 },
};

static const struct vt_column pressure[] = {
	NUMBER("CPU", 5, 0, psi_cpu_some_percent, vt_role_pressure),
	NUMBER("10 s", 5, 2, psi_cpu_some_avg10, vt_role_pressure),
	NUMBER("all", 5, 3, psi_cpu_full_avg10, vt_role_pressure),
	NUMBER("MEM", 6, 0, psi_memory_some_percent, vt_role_pressure),
	NUMBER("10 s", 5, 2, psi_memory_some_avg10, vt_role_pressure),
	NUMBER("all", 5, 3, psi_memory_full_avg10, vt_role_pressure),
	NUMBER("IO", 6, 0, psi_io_some_percent, vt_role_pressure),
	NUMBER("10 s", 5, 2, psi_io_some_avg10, vt_role_pressure),
	NUMBER("all", 5, 3, psi_io_full_avg10, vt_role_pressure),
	NOW,
	{ 0 },
};

static const struct vt_column limits[] = {
	NUMBER("CPU%", 5, 0, effective_cpu_max_percent, NULL),
	FROM("SET BY", 12, 3, effective_cpu_max_from),
	NUMBER("MEM", 5, 0, effective_memory_max, NULL),
	FROM("SET BY", 12, 2, effective_memory_max_from),
	NUMBER("PIDS", 7, 1, effective_pids_max, NULL),
	FROM("SET BY", 12, 4, effective_pids_max_from),
	NUMBER("SWAP", 5, 5, effective_swap_max, NULL),
	NUMBER("MIN", 5, 6, effective_memory_min, vt_role_zero_dim),
	NUMBER("LOW", 5, 6, effective_memory_low, vt_role_zero_dim),
	FROM("CPUS", 6, 5, effective_cpuset_cpus),
	NOW,
	{ 0 },
};

const struct vt_column_set vt_cgroup_column_sets[] = {
	{ "overview", vt_cgroup_columns },
	{ "cpu", cpu },
	{ "memory", memory },
	{ "io", io },
	{ "pids", pids },
	{ "pressure", pressure },
	{ "limits", limits },
	{ NULL, NULL },
};
