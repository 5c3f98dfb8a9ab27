/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said of a process before its cgroup: what it is, and what limits it
 * that is no cgroup's. Of each thing it may run out of, the limit that it meets
 * first is named, and the next one.
 */
#include <inttypes.h>
#include <string.h>

#include "explain_page.h"
#include "limits.h"
#include "namespace_words.h"
#include "text.h"

enum {
	MOST_V1 = 3
};

#define PR(p, proc, field) vt_page_figure(p, VT_KIND_PROCESS, VT_PROCESS_##field, proc)

static void put_difference(struct vt_page *p, const struct vt_process *proc,
			   const struct vt_process *other, const char *whom)
{
	char text[80];
	int differ, unknown;

	if (!other || other == proc)
		return;
	vt_namespaces_differ(proc, other, text, sizeof(text), &differ, &unknown);
	if (unknown < VT_NS_TYPES)
		vt_page_line(p, "", "differ from those of %s %" PRIu64 " in %s", whom, other->pid,
			     differ ? text : "nothing");
}

static void put_namespaces(struct vt_page *p, const struct vt_process *proc)
{
	const char *text = "";

	if (proc->ns_errno) {
		vt_page_line(p, "namespaces", "unknown: %s", vt_errno_text(proc->ns_errno));
		return;
	}
	for (int t = 0; t < VT_NS_TYPES; t++) {
		const struct vt_namespace *ns = vt_namespace_at(p->s, vt_process_ns(proc, t));

		if (ns && !(VT_HAS(NAMESPACE, ns, initial) && ns->initial))
			text = vt_arena_printf(p->arena, "%s%s%s %" PRIu64, text, *text ? ", " : "",
					       vt_ns_names[t], ns->id);
	}
	vt_page_line(p, "namespaces", "%s", *text ? text : "only the host's own");
	put_difference(p, proc, vt_process_at(p->s, proc->parent), "its parent");
	if (proc->parent < 0 || vt_process_at(p->s, proc->parent)->pid != 1)
		put_difference(p, proc, vt_snapshot_pid(p->s, 1), "process");
}

static const struct want {
	enum vt_want want;
	const char *label, *says;
	enum vt_unit unit;
} wants[] = {
	{ VT_WANT_TASKS, "fork", "fails", VT_UNIT_COUNT },
	{ VT_WANT_MEMORY, "memory", "ends", VT_UNIT_BYTES },
	{ VT_WANT_FILES, "open", "fails", VT_UNIT_COUNT },
};

/* "pids.max 50 of /limited.slice (38 left)" */
static const char *bound_words(struct vt_page *p, const struct vt_bound *b, enum vt_unit unit)
{
	return vt_arena_printf(p->arena, "%s %s%s%s (%s left)", b->limit,
			       vt_page_value(p, unit, b->max), b->from ? " of " : "",
			       b->from ? vt_page_clean(p, b->from) : "",
			       vt_page_value(p, unit, b->room));
}

/* The one that is met first, and the next one after it. */
static void put_want(struct vt_page *p, const struct vt_process *proc, const struct want *w)
{
	struct vt_bound b[VT_BOUNDS];
	size_t n = vt_process_bounds(p->s, proc, p->limits, w->want, b);

	if (!n)
		return;
	vt_page_line(p, w->label, "%s at %s%s%s", w->says, bound_words(p, &b[0], w->unit),
		     n > 1 ? ", before " : "", n > 1 ? bound_words(p, &b[1], w->unit) : "");
}

static void put_rlimits(struct vt_page *p)
{
	const char *all = "";

	for (int i = 0; i < VT_RLIMITS; i++) {
		const struct vt_rlimit_info *info = &vt_rlimits[i];

		if (!p->limits->rlimits[i].known || p->limits->rlimits[i].soft == VT_MAX)
			continue;
		all = vt_arena_printf(p->arena, "%s%s%s %s", all, *all ? ", " : "", info->name,
				      vt_page_value(p, info->unit, p->limits->rlimits[i].soft));
		if (p->limits->rlimits[i].used_known)
			all = vt_arena_printf(
				p->arena, "%s (%s used)", all,
				vt_page_value(p, info->unit, p->limits->rlimits[i].used));
	}
	if (*all)
		vt_page_line(p, "rlimits", "%s", all);
}

/* Affinity (sched_setaffinity(2)) beside what the cpuset gives. */
static void put_cpus(struct vt_page *p, const struct vt_process *proc)
{
	const struct vt_cgroup *cg = vt_cgroup_at(p->s, proc->cgroup);
	const char *cpuset = cg && VT_HAS(CGROUP, cg, effective_cpuset_cpus)
				     ? cg->effective_cpuset_cpus
				     : NULL;

	if (!p->limits->cpus_allowed)
		return;
	if (!cpuset)
		vt_page_line(p, "affinity", "CPUs %s", vt_page_clean(p, p->limits->cpus_allowed));
	else
		vt_page_line(p, "affinity", "CPUs %s%s cpuset %s of %s",
			     vt_page_clean(p, p->limits->cpus_allowed),
			     strcmp(cpuset, p->limits->cpus_allowed) == 0 ? ", all of its"
									  : ", tighter than its",
			     vt_page_clean(p, cpuset),
			     strcmp(cg->effective_cpuset_cpus_from, vt_from_host) == 0
				     ? "the host"
				     : vt_page_clean(p, cg->effective_cpuset_cpus_from));
}

static void put_v1(struct vt_page *p)
{
	const struct vt_process_limits *l = p->limits;
	unsigned told = 0;

	for (size_t i = 0; i < l->n_v1 && told < MOST_V1; i++) {
		if (!l->v1[i].says)
			continue;
		told++;
		vt_page_line(p, "cgroup v1", "%s: %s; %s%s%s",
			     vt_page_clean(p, l->v1[i].controller), vt_page_clean(p, l->v1[i].path),
			     vt_page_clean(p, l->v1[i].says), l->v1[i].from ? "; binds at " : "",
			     l->v1[i].from ? vt_page_clean(p, l->v1[i].from) : "");
	}
	if (told)
		vt_page_line(p, "",
			     "read only: v1 holds these controllers, virttop sets limits "
			     "of v2");
}

/* What limits it beside its cgroup. */
static void put_own_limits(struct vt_page *p, const struct vt_process *proc)
{
	for (size_t i = 0; i < VT_LEN(wants); i++)
		put_want(p, proc, &wants[i]);
	if (!p->limits)
		return;
	put_rlimits(p);
	if (p->limits->oom_known)
		vt_page_line(p, "OOM killer", "score %" PRIu64 ", adjusted by %" PRId64 "%s",
			     p->limits->oom_score, p->limits->oom_score_adj,
			     p->limits->oom_score_adj == -1000 ? ": it is never chosen" : "");
	put_cpus(p, proc);
	put_v1(p);
}

void vt_page_process(struct vt_page *p, const struct vt_process *proc)
{
	const struct vt_cgroup *cg = vt_cgroup_at(p->s, proc->cgroup);
	const struct vt_machine *vm = vt_machine_at(p->s, proc->machine);

	vt_page_line(p, "process", "%" PRIu64 " %s, state %s, uid %s, %s threads", proc->pid,
		     VT_HAS(PROCESS, proc, comm) ? vt_page_clean(p, proc->comm) : "unknown",
		     PR(p, proc, state), PR(p, proc, uid), PR(p, proc, threads));
	vt_page_line(p, "uses", "cpu %s of one CPU, resident memory %s", PR(p, proc, cpu_percent),
		     PR(p, proc, rss_bytes));
	put_namespaces(p, proc);
	if (vm)
		vt_page_line(p, "machine", "it runs the virtual machine %s",
			     VT_HAS(MACHINE, vm, name) ? vt_page_clean(p, vm->name)
						       : "without a name");
	put_own_limits(p, proc);
	if (!cg)
		vt_page_line(p, "cgroup", "%s%s",
			     proc->cgroup_path ? "not in the tree that is shown: " : "unknown",
			     proc->cgroup_path ? vt_page_clean(p, proc->cgroup_path) : "");
}
