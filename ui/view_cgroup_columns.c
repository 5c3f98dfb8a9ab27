/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Columns of the cgroups view: usage drawn against what binds. The bar goes to
 * the effective limit; the tick is memory.high; ↑ says that an ancestor binds.
 * Beside the ones it starts with there is a set for each resource.
 */
#include <math.h>
#include <string.h>

#include "../src/limits.h"
#include "spark.h"
#include "view_cgroups.h"

enum {
	PRESSURE_WIDE = 13 /* all three of them, 100 each */
};

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

/* "c88 m0 i12" where there is room, otherwise the worst of them. */
void vt_cgroup_draw_pressure(struct vt_canvas *c, const struct vt_view_env *env,
			     const struct vt_row *row, int x, int y, int width)
{
	static const struct {
		char letter;
		int metric;
	} parts[] = { { 'c', VT_CGROUP_psi_cpu_some_percent },
		      { 'm', VT_CGROUP_psi_memory_some_percent },
		      { 'i', VT_CGROUP_psi_io_some_percent } };
	double value[VT_LEN(parts)];
	size_t worst = 0;

	(void)env;
	if (row->id.kind != VT_KIND_CGROUP || !row->record)
		return;
	for (size_t i = 0; i < VT_LEN(parts); i++) {
		const struct vt_metric *m = &vt_kinds[VT_KIND_CGROUP].metrics[parts[i].metric];
		bool known = vt_valid(row->record, (unsigned)parts[i].metric);

		value[i] = known ? vt_metric_number(m, row->record) : -1;
		worst = value[i] > value[worst] ? i : worst;
	}
	if (value[worst] < 0)
		vt_canvas_right(c, x, y, width < 5 ? width : 5, VT_ROLE_DIM, "–");
	for (size_t i = 0; i < VT_LEN(parts); i++)
		if (value[i] >= 0 && (width >= PRESSURE_WIDE || i == worst))
			x += 1 + vt_canvas_printf(c, x, y, 4, vt_role_pressure(row, value[i]),
						  "%c%.0f", parts[i].letter, value[i]);
}

/* Of a limit: what the host has, or that there is none, is no news. */
static enum vt_role limit_role(const struct vt_cgroup *cg, int from, double limit)
{
	bool host = vt_valid(&cg->head, (unsigned)from) &&
		    strcmp(vt_metric_string(&vt_kinds[VT_KIND_CGROUP].metrics[from], cg),
			   vt_from_host) == 0;

	return host || isinf(limit) || limit >= (double)VT_MAX ? VT_ROLE_DIM : VT_ROLE_TEXT;
}

static enum vt_role role_cpu_limit(const struct vt_row *row, double value)
{
	return limit_role(row->record, VT_CGROUP_effective_cpu_max_from, value);
}

static enum vt_role role_memory_limit(const struct vt_row *row, double value)
{
	return limit_role(row->record, VT_CGROUP_effective_memory_max_from, value);
}

static enum vt_role role_pids_limit(const struct vt_row *row, double value)
{
	return limit_role(row->record, VT_CGROUP_effective_pids_max_from, value);
}

static enum vt_role role_own_limit(const struct vt_row *row, double value)
{
	(void)row;
	return isinf(value) || value >= (double)VT_MAX ? VT_ROLE_DIM : VT_ROLE_TEXT;
}

/* How much of a limit is used, and of kills and refusals that there were any. */
static enum vt_role role_of_limit(const struct vt_row *row, double percent)
{
	(void)row;
	return percent >= 95   ? VT_ROLE_BAD
	       : percent >= 80 ? VT_ROLE_WARN
	       : percent > 0   ? VT_ROLE_TEXT
			       : VT_ROLE_DIM;
}

static enum vt_role role_trouble(const struct vt_row *row, double count)
{
	(void)row;
	return count > 0 ? VT_ROLE_BAD : VT_ROLE_DIM;
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

static double limit_of(const struct vt_cgroup *cg, int from, double limit)
{
	bool known = vt_valid(&cg->head, (unsigned)from);

	/* What the host has is no limit that it runs into. */
	if (!known || strcmp(vt_metric_string(&vt_kinds[VT_KIND_CGROUP].metrics[from], cg),
			     vt_from_host) == 0)
		return INFINITY;
	return limit;
}

double vt_cgroup_cpu_limit(const struct vt_cgroup *cg)
{
	return limit_of(cg, VT_CGROUP_effective_cpu_max_from, cg->effective_cpu_max_percent);
}

double vt_cgroup_memory_limit(const struct vt_cgroup *cg)
{
	return limit_of(cg, VT_CGROUP_effective_memory_max_from,
			(double)cg->memory_current_bytes + (double)cg->effective_memory_headroom);
}

static void draw_cpu_past(struct vt_canvas *c, const struct vt_view_env *env,
			  const struct vt_row *row, int x, int y, int width)
{
	if (row->id.kind == VT_KIND_CGROUP && !row->gone)
		vt_spark_draw(c, env, row->id, VT_CGROUP_cpu_percent,
			      vt_cgroup_cpu_limit(row->record), x, y, width);
}

static void draw_memory_past(struct vt_canvas *c, const struct vt_view_env *env,
			     const struct vt_row *row, int x, int y, int width)
{
	if (row->id.kind == VT_KIND_CGROUP && !row->gone)
		vt_spark_draw(c, env, row->id, VT_CGROUP_memory_current_bytes,
			      vt_cgroup_memory_limit(row->record), x, y, width);
}

bool vt_cgroup_column_is_past(const struct vt_column *column)
{
	return column->draw == draw_cpu_past || column->draw == draw_memory_past;
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
#define PRESSURE                                                                                   \
	{                                                                                          \
		"PSI", 5, 5, 8, true, CG(psi_cpu_some_percent), NULL, vt_cgroup_draw_pressure      \
	}
#define CPU_BAR                                                                                    \
	{                                                                                          \
		"of limit", 9, 4, 9, true, CG(effective_cpu_max_percent), NULL, draw_cpu_bar       \
	}
#define MEM_BAR                                                                                    \
	{                                                                                          \
		"of limit", 9, 3, 9, true, CG(effective_memory_headroom), NULL, draw_memory_bar    \
	}

#define CPU_PAST                                                                                   \
	{                                                                                          \
		"cpu 2 min", 12, 12, 18, true, CG(cpu_percent), NULL, draw_cpu_past                \
	}
#define MEM_PAST                                                                                   \
	{                                                                                          \
		"mem 2 min", 12, 13, 18, true, CG(memory_current_bytes), NULL, draw_memory_past    \
	}

const struct vt_column vt_cgroup_columns[] = {
	NUMBER("TASKS", 5, 6, processes_below, vt_role_zero_dim),
	NUMBER(NULL, 5, 1, cpu_percent, vt_role_load),
	CPU_BAR,
	NUMBER("LIM%", 4, 2, effective_cpu_max_percent, role_cpu_limit),
	NUMBER("THR%", 4, 2, effective_throttled_percent, vt_role_throttled),
	CPU_PAST,
	NUMBER(NULL, 5, 1, memory_current_bytes, vt_role_zero_dim),
	MEM_BAR,
	NUMBER("LIMIT", 5, 2, effective_memory_max, role_memory_limit),
	MEM_PAST,
	PRESSURE,
	NUMBER(NULL, 5, 7, pids_current, vt_role_zero_dim),
	NUMBER("LIMIT", 5, 8, effective_pids_max, role_pids_limit),
	NUMBER(NULL, 6, 9, cpu_weight, vt_role_zero_dim),
	NUMBER(NULL, 7, 10, io_read_rate, vt_role_zero_dim),
	NUMBER(NULL, 7, 10, io_write_rate, vt_role_zero_dim),
	NOW,
	{ 0 },
};

static const struct vt_column cpu[] = {
	NUMBER(NULL, 5, 0, cpu_percent, vt_role_load),
	CPU_BAR,
	CPU_PAST,
	NUMBER("HOST%", 5, 7, cpu_host_percent, vt_role_zero_dim),
	NUMBER("LIM%", 5, 2, effective_cpu_max_percent, role_cpu_limit),
	NUMBER("OWN%", 5, 3, cpu_max_percent, role_own_limit),
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
	MEM_PAST,
	NUMBER("LIMIT", 5, 1, effective_memory_max, role_memory_limit),
	NUMBER("OWN", 5, 3, memory_max_bytes, role_own_limit),
	NUMBER("HIGH", 5, 5, memory_high_bytes, role_own_limit),
	NUMBER("ROOM", 5, 1, effective_memory_headroom, NULL),
	NUMBER("HIT IN", 6, 4, effective_memory_hit_usec, NULL),
	NUMBER(NULL, 5, 6, memory_anon_bytes, vt_role_zero_dim),
	NUMBER(NULL, 5, 6, memory_file_bytes, vt_role_zero_dim),
	NUMBER(NULL, 5, 7, swap_current_bytes, vt_role_zero_dim),
	NUMBER("PEAK", 5, 8, memory_peak_bytes, vt_role_zero_dim),
	NUMBER("RECL/s", 6, 9, memory_reclaim_rate, vt_role_zero_dim),
	NUMBER("REFLT/s", 7, 9, memory_refault_file_rate, vt_role_zero_dim),
	NUMBER("KILLS", 5, 2, memory_events_oom_kill, role_trouble),
	NUMBER("PSI", 4, 5, psi_memory_some_percent, vt_role_pressure),
	NOW,
	{ 0 },
};

static const struct vt_column io[] = {
	NUMBER(NULL, 6, 0, io_read_rate, vt_role_zero_dim),
	NUMBER(NULL, 7, 0, io_write_rate, vt_role_zero_dim),
	NUMBER("reads", 5, 4, io_read_ops_rate, vt_role_zero_dim),
	NUMBER("writes", 6, 4, io_write_ops_rate, vt_role_zero_dim),
	NUMBER("of lim%", 7, 2, io_of_limit_percent, role_of_limit),
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
	NUMBER("of lim%", 7, 1, pids_of_limit_percent, role_of_limit),
	NUMBER("LIMIT", 5, 2, effective_pids_max, role_pids_limit),
	NUMBER("OWN", 5, 2, pids_max, role_own_limit),
	NUMBER("ROOM", 5, 3, effective_pids_headroom, NULL),
	NUMBER("HIT IN", 6, 5, effective_pids_hit_usec, NULL),
	NUMBER("PEAK", 6, 6, pids_peak, vt_role_zero_dim),
	NUMBER("REFUSED", 7, 1, pids_events_max, role_trouble),
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
	NUMBER("CPU%", 5, 0, effective_cpu_max_percent, role_cpu_limit),
	FROM("SET BY", 12, 3, effective_cpu_max_from),
	NUMBER("MEM", 5, 0, effective_memory_max, role_memory_limit),
	FROM("SET BY", 12, 2, effective_memory_max_from),
	NUMBER("PIDS", 5, 1, effective_pids_max, role_pids_limit),
	FROM("SET BY", 12, 4, effective_pids_max_from),
	NUMBER("SWAP", 5, 5, effective_swap_max, role_own_limit),
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
