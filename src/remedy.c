/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what hurts to the change that would end it. Limits are raised at the
 * cgroup that holds the one that binds; how far is a rule of thumb for each
 * file: twice the CPU or tasks, half as much memory again.
 */
#include "remedy.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "findings.h"
#include "plan.h"
#include "text.h"
#include "unit_limits.h"

/* The cgroup at this path among cg and its ancestors. */
static const struct vt_cgroup *ancestor(const struct vt_snapshot *s, const struct vt_cgroup *cg,
					const char *path)
{
	while (cg && strcmp(cg->path, path) != 0)
		cg = vt_cgroup_at(s, cg->parent);
	return cg;
}

static void limit(struct vt_finding *f, const struct vt_cgroup *holder, const char *file,
		  const char *value)
{
	f->fix = (struct vt_fix){ "limit", holder->path, holder->id, file, value, NULL };
}

/* More than all CPUs together have is no limit. */
static void raise_cpu(struct vt_snapshot *s, struct vt_finding *f, const struct vt_cgroup *cg)
{
	const struct vt_host_row *host = vt_snapshot_host(s);
	double wanted = 2 * cg->cpu_max_percent;

	if (!VT_HAS(CGROUP, cg, cpu_max_percent) || isinf(cg->cpu_max_percent))
		return;
	if (VT_HAS(HOST, host, cpu_threads) && wanted >= 100 * (double)host->cpu_threads)
		limit(f, cg, "cpu.max", "max");
	else
		limit(f, cg, "cpu.max", vt_arena_printf(s->arena, "%.4g%%", wanted));
}

/* Half as much again, in whole steps of a size that people would type. */
static const char *more_memory(struct vt_snapshot *s, uint64_t now)
{
	const uint64_t mib = 1 << 20;
	uint64_t step = now < 128 * mib ? 8 * mib : now < 2048 * mib ? 64 * mib : 512 * mib;
	uint64_t wanted = now / 2 * 3 + step - 1;

	return vt_arena_printf(s->arena, "%" PRIu64 "M", wanted / step * step / mib);
}

static void raise_memory_max(struct vt_snapshot *s, struct vt_finding *f,
			     const struct vt_cgroup *cg)
{
	const struct vt_cgroup *holder = VT_HAS(CGROUP, cg, effective_memory_max_from)
						 ? ancestor(s, cg, cg->effective_memory_max_from)
						 : NULL;

	if (holder && VT_HAS(CGROUP, holder, memory_max_bytes) &&
	    holder->memory_max_bytes != VT_MAX)
		limit(f, holder, "memory.max", more_memory(s, holder->memory_max_bytes));
}

/* At the cgroup that the finding blames; more memory of the host is not ours to give. */
static void raise_what_killed(struct vt_snapshot *s, struct vt_finding *f,
			      const struct vt_cgroup *cg)
{
	while (cg && (f->cause.what != VT_CAUSE_CGROUP || cg->id != f->cause.cgroup))
		cg = vt_cgroup_at(s, cg->parent);
	if (cg && VT_HAS(CGROUP, cg, memory_max_bytes) && cg->memory_max_bytes != VT_MAX)
		limit(f, cg, "memory.max", more_memory(s, cg->memory_max_bytes));
}

static void raise_memory_high(struct vt_snapshot *s, struct vt_finding *f,
			      const struct vt_cgroup *cg)
{
	limit(f, cg, "memory.high", more_memory(s, cg->memory_high_bytes));
}

static void raise_pids(struct vt_snapshot *s, struct vt_finding *f, const struct vt_cgroup *cg)
{
	const struct vt_cgroup *holder = VT_HAS(CGROUP, cg, effective_pids_max_from)
						 ? ancestor(s, cg, cg->effective_pids_max_from)
						 : NULL;

	if (holder && VT_HAS(CGROUP, holder, pids_max) && holder->pids_max != VT_MAX)
		limit(f, holder, "pids.max",
		      vt_arena_printf(s->arena, "%" PRIu64, 2 * holder->pids_max));
}

static void raise_swap(struct vt_snapshot *s, struct vt_finding *f, const struct vt_cgroup *cg)
{
	limit(f, cg, "memory.swap.max", more_memory(s, cg->swap_max_bytes));
}

/* The device whose limit is fullest; of it each limit that is reached. */
static void raise_io(struct vt_snapshot *s, struct vt_finding *f, const struct vt_cgroup *cg)
{
	static const struct {
		const char *key;
		int max, rate;
	} limits[] = {
		{ "rbps", VT_IODEV_max_rbps, VT_IODEV_read_rate },
		{ "wbps", VT_IODEV_max_wbps, VT_IODEV_write_rate },
		{ "riops", VT_IODEV_max_riops, VT_IODEV_read_ops_rate },
		{ "wiops", VT_IODEV_max_wiops, VT_IODEV_write_ops_rate },
	};
	const struct vt_metric *metrics = vt_kinds[VT_KIND_IODEV].metrics;
	const struct vt_iodev *worst = NULL;
	const char *value;

	for (int32_t i = 0; i < cg->n_iodevs; i++) {
		const struct vt_iodev *dev = vt_iodev_at(s, cg->first_iodev + i);

		if (VT_HAS(IODEV, dev, of_limit_percent) &&
		    (!worst || dev->of_limit_percent > worst->of_limit_percent))
			worst = dev;
	}
	if (!worst)
		return;
	value = worst->device;
	for (size_t i = 0; i < VT_LEN(limits); i++) {
		double max = vt_metric_number(&metrics[limits[i].max], worst);

		if (!vt_valid(&worst->head, (unsigned)limits[i].max) || isinf(max) ||
		    vt_metric_number(&metrics[limits[i].rate], worst) < 0.9 * max)
			continue;
		value = vt_arena_printf(s->arena, "%s %s=%.0f", value, limits[i].key, 2 * max);
	}
	if (value != worst->device)
		limit(f, cg, "io.max", value);
}

/* As many as its parent has. */
static void widen_cpuset(struct vt_snapshot *s, struct vt_finding *f, const struct vt_cgroup *cg)
{
	const struct vt_cgroup *up = vt_cgroup_at(s, cg->parent);

	if (up && VT_HAS(CGROUP, up, cpuset_cpus_effective) && *up->cpuset_cpus_effective &&
	    strcmp(up->cpuset_cpus_effective, cg->cpuset_cpus_effective) != 0)
		limit(f, cg, "cpuset.cpus", up->cpuset_cpus_effective);
}

/* What the children ask for together. */
static void raise_protection(struct vt_snapshot *s, struct vt_finding *f,
			     const struct vt_cgroup *cg)
{
	size_t n;
	const struct vt_cgroup *cgs = vt_cgroup_rows(s, &n);
	uint64_t min = 0, low = 0;

	for (size_t i = 0; i < n; i++) {
		if (cgs[i].parent != cg - cgs)
			continue;
		min += VT_HAS(CGROUP, &cgs[i], memory_min_bytes) ? cgs[i].memory_min_bytes : 0;
		low += VT_HAS(CGROUP, &cgs[i], memory_low_bytes) ? cgs[i].memory_low_bytes : 0;
	}
	if (min > vt_protection_min(cg) && min < (uint64_t)INT64_MAX)
		limit(f, cg, "memory.min", vt_arena_printf(s->arena, "%" PRIu64, min));
	else if (low > vt_protection_low(cg) && low < (uint64_t)INT64_MAX)
		limit(f, cg, "memory.low", vt_arena_printf(s->arena, "%" PRIu64, low));
}

static void raise_descendants(struct vt_snapshot *s, struct vt_finding *f,
			      const struct vt_cgroup *cg)
{
	limit(f, cg, "cgroup.max.descendants",
	      vt_arena_printf(s->arena, "%" PRIu64, 2 * cg->max_descendants));
}

/* One at a time: what the finding names next is offered then. */
static void enable_controller(struct vt_snapshot *s, struct vt_finding *f,
			      const struct vt_cgroup *cg)
{
	const struct vt_cgroup *up = vt_cgroup_at(s, cg->parent);
	const char *name = !vt_text_has_word(cg->controllers, "memory") ? "memory"
			   : !vt_text_has_word(cg->controllers, "pids") ? "pids"
									: "cpu";

	if (up)
		f->fix = (struct vt_fix){ "controllers", up->path, up->id, name, "+", NULL };
}

static void thaw(struct vt_snapshot *s, struct vt_finding *f, const struct vt_cgroup *cg)
{
	(void)s;
	f->fix = (struct vt_fix){ "thaw", cg->path, cg->id, NULL, NULL, NULL };
}

/* What systemd's files say, as a change of systemd's. One at a time as well. */
static void as_unit_says(struct vt_snapshot *s, struct vt_finding *f, const struct vt_cgroup *cg)
{
	for (size_t i = 0; i < VT_UNIT_LIMITS; i++) {
		const struct vt_unit_limit *l = &vt_unit_limits[i];
		double said = vt_metric_number(&vt_kinds[VT_KIND_CGROUP].metrics[l->said], cg);

		if (!vt_unit_limit_differs(cg, l))
			continue;
		limit(f, cg, l->file,
		      isinf(said) ? "max"
				  : vt_arena_printf(s->arena, "%.15g%s", said,
						    strcmp(l->controller, "cpu") == 0 ? "%" : ""));
		return;
	}
}

static const struct remedy {
	const char *kind;
	void (*find)(struct vt_snapshot *s, struct vt_finding *f, const struct vt_cgroup *cg);
} remedies[] = {
	{ "throttled", raise_cpu },
	{ "oom-killed", raise_what_killed },
	{ "memory-limit", raise_memory_max },
	{ "memory-high", raise_memory_high },
	{ "pids-limit", raise_pids },
	{ "frozen", thaw },
	{ "swap-full", raise_swap },
	{ "io-limit", raise_io },
	{ "cpuset-small", widen_cpuset },
	{ "overcommitted", raise_protection },
	{ "cgroups-limit", raise_descendants },
	{ "no-controller", enable_controller },
	{ "behind-systemd", as_unit_says },
};

static const char *command(struct vt_arena *arena, const struct vt_fix *fix)
{
	const char *line = vt_arena_printf(arena, "virttop do %s %s", fix->action,
					   vt_shell_quote(arena, fix->path));

	if (!fix->file)
		return line;
	if (strcmp(fix->action, "controllers") == 0)
		return vt_arena_printf(arena, "%s %s%s", line, fix->value, fix->file);
	return vt_arena_printf(
		arena, "%s %s", line,
		vt_shell_quote(arena, vt_arena_printf(arena, "%s=%s", fix->file, fix->value)));
}

void vt_remedy(struct vt_snapshot *s, struct vt_finding *finding)
{
	const struct vt_cgroup *cg = finding->subject.kind == VT_KIND_CGROUP
					     ? vt_snapshot_find(s, finding->subject)
					     : NULL;

	for (size_t i = 0; cg && i < VT_LEN(remedies); i++)
		if (strcmp(remedies[i].kind, finding->kind) == 0)
			remedies[i].find(s, finding, cg);
	if (finding->fix.action)
		finding->fix.command = command(s->arena, &finding->fix);
}
