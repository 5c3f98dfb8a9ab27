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

#include "plan.h"

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

static void thaw(struct vt_snapshot *s, struct vt_finding *f, const struct vt_cgroup *cg)
{
	(void)s;
	f->fix = (struct vt_fix){ "thaw", cg->path, cg->id, NULL, NULL, NULL };
}

static const struct remedy {
	const char *kind;
	void (*find)(struct vt_snapshot *s, struct vt_finding *f, const struct vt_cgroup *cg);
} remedies[] = {
	{ "throttled", raise_cpu },           { "oom-killed", raise_memory_max },
	{ "memory-limit", raise_memory_max }, { "memory-high", raise_memory_high },
	{ "pids-limit", raise_pids },         { "frozen", thaw },
};

static const char *command(struct vt_arena *arena, const struct vt_fix *fix)
{
	const char *line = vt_arena_printf(arena, "virttop do %s %s", fix->action,
					   vt_shell_quote(arena, fix->path));

	return fix->file ? vt_arena_printf(arena, "%s %s=%s", line, fix->file, fix->value) : line;
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
