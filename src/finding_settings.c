/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Settings that do not do what they were made for, and states that somebody left
 * behind. None of them hurts by itself, so they are notices unless something shows
 * that it does.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "findings.h"
#include "limits.h"
#include "text.h"

/* Only the topmost: what is below a frozen cgroup is frozen with it. */
bool vt_rule_frozen(struct vt_search *f, const struct vt_rule *rule, const struct vt_cgroup *cg,
		    struct vt_verdict *v)
{
	const struct vt_cgroup *up = vt_cgroup_at(f->s, cg->parent);

	(void)rule;
	if (!VT_HAS(CGROUP, cg, frozen) || !cg->frozen || !VT_HAS(CGROUP, cg, processes_below) ||
	    !cg->processes_below || (up && VT_HAS(CGROUP, up, frozen) && up->frozen))
		return false;
	v->severity = VT_NOTICE;
	v->weight = (double)cg->processes_below;
	v->evidence = vt_arena_printf(f->s->arena,
				      "frozen with %" PRIu64 " process%s in it: none of them runs",
				      cg->processes_below, cg->processes_below == 1 ? "" : "es");
	return true;
}

static double number(const struct vt_cgroup *cg, int metric)
{
	if (!vt_valid(&cg->head, (unsigned)metric))
		return (double)INFINITY;
	return vt_metric_number(&vt_kinds[VT_KIND_CGROUP].metrics[metric], cg);
}

/* A limit, and those that make it useless where they are lower, of ancestors and its own. */
static const struct binding {
	const char *file;
	int own, tighter; /* metrics */
	const char *other;
	bool itself; /* the other one is looked for in the same cgroup too */
} bindings[] = {
	{ "cpu.max", VT_CGROUP_cpu_max_percent, VT_CGROUP_cpu_max_percent, "cpu.max", false },
	{ "memory.max", VT_CGROUP_memory_max_bytes, VT_CGROUP_memory_max_bytes, "memory.max",
	  false },
	{ "memory.high", VT_CGROUP_memory_high_bytes, VT_CGROUP_memory_max_bytes, "memory.max",
	  true },
	{ "memory.swap.max", VT_CGROUP_swap_max_bytes, VT_CGROUP_swap_max_bytes, "memory.swap.max",
	  false },
	{ "pids.max", VT_CGROUP_pids_max, VT_CGROUP_pids_max, "pids.max", false },
};

static const char *words(struct vt_search *f, const struct vt_cgroup *cg, int metric)
{
	char text[64];

	vt_metric_short(text, sizeof(text), VT_KIND_CGROUP, metric, cg, true);
	return vt_arena_printf(f->s->arena, "%s%s", text,
			       metric == VT_CGROUP_cpu_max_percent ? "%" : "");
}

static const char *useless(struct vt_search *f, const struct vt_cgroup *cg, const struct binding *b)
{
	const struct vt_cgroup *up = b->itself ? cg : vt_cgroup_at(f->s, cg->parent);
	double own = number(cg, b->own);

	if (isinf(own))
		return NULL;
	for (; up; up = vt_cgroup_at(f->s, up->parent))
		if (number(up, b->tighter) < own)
			return vt_arena_printf(f->s->arena, "%s %s cannot bind: %s of %s is %s",
					       b->file, words(f, cg, b->own), b->other,
					       up == cg ? "itself" : up->path,
					       words(f, up, b->tighter));
	return NULL;
}

bool vt_rule_cannot_bind(struct vt_search *f, const struct vt_rule *rule,
			 const struct vt_cgroup *cg, struct vt_verdict *v)
{
	(void)rule;
	if (vt_search_is_kubelets(cg))
		return false;
	for (size_t i = 0; i < VT_LEN(bindings); i++) {
		const char *text = useless(f, cg, &bindings[i]);

		if (!text)
			continue;
		v->weight++;
		v->evidence = v->evidence
				      ? vt_arena_printf(f->s->arena, "%s; %s", v->evidence, text)
				      : text;
	}
	return v->evidence;
}

static bool is_set_weight(const struct vt_cgroup *cg, const char **ret_file, uint64_t *ret_value)
{
	bool idle = VT_HAS(CGROUP, cg, cpu_idle) && cg->cpu_idle;

	if (VT_HAS(CGROUP, cg, cpu_weight) && cg->cpu_weight != 100 && !idle) {
		*ret_file = "cpu.weight";
		*ret_value = cg->cpu_weight;
		return true;
	}
	if (VT_HAS(CGROUP, cg, io_weight) && cg->io_weight != 100) {
		*ret_file = "io.weight";
		*ret_value = cg->io_weight;
		return true;
	}
	return false;
}

/* Below the root there are always the kernel's own tasks that compete. */
bool vt_rule_weight_idle(struct vt_search *f, const struct vt_rule *rule,
			 const struct vt_cgroup *cg, struct vt_verdict *v)
{
	const struct vt_cgroup *up = vt_cgroup_at(f->s, cg->parent);
	const char *file;
	uint64_t value;

	(void)rule;
	if (!up || up->parent < 0 || vt_search_is_kubelets(cg) ||
	    !is_set_weight(cg, &file, &value) || !vt_search_is_populated(cg) ||
	    vt_search_tally(f, up)->populated != 1 ||
	    (VT_HAS(CGROUP, up, processes) && up->processes))
		return false;
	v->evidence = vt_arena_printf(
		f->s->arena, "its %s %" PRIu64 " does nothing: no sibling in %s has processes",
		file, value, up->path);
	return true;
}

static bool offers(const struct vt_host_row *h, const char *controller)
{
	return VT_HAS(HOST, h, cgroup_controllers) &&
	       vt_text_has_word(h->cgroup_controllers, controller);
}

/* Engines limit memory and tasks of every container, or are asked to. */
bool vt_rule_no_controller(struct vt_search *f, const struct vt_rule *rule,
			   const struct vt_cgroup *cg, struct vt_verdict *v)
{
	static const char *const expected[] = { "memory", "pids" };
	const struct vt_host_row *h = vt_snapshot_host(f->s);
	const struct vt_container *c = vt_container_at(f->s, cg->container);
	const char *missing = "";

	(void)rule;
	if (!c || vt_cgroup_at(f->s, c->cgroup) != cg || !VT_HAS(CGROUP, cg, controllers) ||
	    cg->parent < 0)
		return false;
	for (size_t i = 0; i < VT_LEN(expected); i++)
		if (offers(h, expected[i]) && !vt_text_has_word(cg->controllers, expected[i]))
			missing = vt_arena_printf(f->s->arena, "%s%s%s", missing,
						  *missing ? " and " : "", expected[i]);
	if (!*missing)
		return false;
	v->evidence = vt_arena_printf(
		f->s->arena, "a container whose %s cannot be limited: %s does not enable it",
		missing, vt_cgroup_at(f->s, cg->parent)->path);
	return true;
}

/* "root invalid (Cpu list in cpuset.cpus not exclusive)" */
bool vt_rule_partition_invalid(struct vt_search *f, const struct vt_rule *rule,
			       const struct vt_cgroup *cg, struct vt_verdict *v)
{
	(void)rule;
	if (!VT_HAS(CGROUP, cg, cpuset_partition) || !strstr(cg->cpuset_partition, " invalid"))
		return false;
	v->severity = VT_WARNING;
	v->evidence = vt_arena_printf(f->s->arena, "its CPU partition does not hold: %s",
				      cg->cpuset_partition);
	return true;
}

/*
 * Removed cgroups stay while something charged to them does, page cache above all;
 * a few hundred are normal. The lowest cgroup that has most of them below is named.
 */
bool vt_rule_dying(struct vt_search *f, const struct vt_rule *rule, const struct vt_cgroup *cg,
		   struct vt_verdict *v)
{
	static const uint64_t many = 2000, very_many = 20000;
	uint64_t dying = cg->dying_descendants;

	(void)rule;
	if (!VT_HAS(CGROUP, cg, dying_descendants) || dying < many ||
	    vt_search_tally(f, cg)->most_dying >= dying / 2)
		return false;
	v->severity = dying >= very_many ? VT_WARNING : VT_NOTICE;
	v->weight = (double)dying;
	v->evidence = vt_arena_printf(
		f->s->arena, "%" PRIu64 " removed cgroups below it are not gone yet%s", dying,
		VT_HAS(CGROUP, cg, descendants)
			? vt_arena_printf(f->s->arena, ", beside %" PRIu64 " that are there",
					  cg->descendants)
			: "");
	return true;
}

bool vt_rule_full_of_cgroups(struct vt_search *f, const struct vt_rule *rule,
			     const struct vt_cgroup *cg, struct vt_verdict *v)
{
	(void)rule;
	if (!VT_HAS(CGROUP, cg, max_descendants) || !VT_HAS(CGROUP, cg, descendants) ||
	    cg->max_descendants == VT_MAX || !cg->max_descendants ||
	    cg->descendants < cg->max_descendants)
		return false;
	v->severity = VT_WARNING;
	v->weight = (double)cg->descendants;
	v->evidence = vt_arena_printf(f->s->arena,
				      "%" PRIu64 " cgroups below it, all that its "
				      "cgroup.max.descendants %" PRIu64 " allows",
				      cg->descendants, cg->max_descendants);
	return true;
}
