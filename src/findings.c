/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What hurts: each rule of the table (finding_rules.c) is asked about each
 * cgroup, or about the host, and what holds is ranked. A finding that was there
 * before keeps the time when it began. What conditions share is made here first,
 * once: how counters grew, and what a cgroup's children have together.
 */
#include "findings.h"

#include <inttypes.h>
#include <string.h>

#include "derive.h"
#include "growth.h"
#include "remedy.h"
#include "text.h"

struct ranked {
	struct vt_finding finding;
	double weight;
	const struct vt_rule *rule;
};

struct found {
	struct ranked *list;
	size_t n, cap;
};

const char *vt_search_bytes(const struct vt_search *f, uint64_t value)
{
	char text[32];

	vt_units_short(text, sizeof(text), VT_UNIT_BYTES, value);
	return vt_arena_intern(f->s->arena, text);
}

double vt_percent_of(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : part ? 100 : 0;
}

static size_t index_of(const struct vt_search *f, const struct vt_cgroup *cg)
{
	return (size_t)(cg - f->cgs);
}

uint64_t vt_search_grown(const struct vt_search *f, enum vt_grown what, const struct vt_cgroup *cg)
{
	return f->grown[what][index_of(f, cg)];
}

const struct vt_tally *vt_search_tally(const struct vt_search *f, const struct vt_cgroup *cg)
{
	return &f->tally[index_of(f, cg)];
}

const char *vt_search_busiest(const struct vt_search *f, const struct vt_cgroup *cg)
{
	int32_t at = vt_search_tally(f, cg)->busiest;

	if (at < 0)
		return "";
	return vt_arena_printf(f->s->arena, "; busiest below: %s %.0f%%", f->cgs[at].name,
			       f->cgs[at].cpu_percent);
}

const char *vt_search_largest(const struct vt_search *f, const struct vt_cgroup *cg)
{
	int32_t at = vt_search_tally(f, cg)->largest;

	if (at < 0)
		return "";
	return vt_arena_printf(f->s->arena, "; largest below: %s %s", f->cgs[at].name,
			       vt_search_bytes(f, f->cgs[at].memory_current_bytes));
}

bool vt_search_is_kubelets(const struct vt_cgroup *cg)
{
	return strstr(cg->path, "/kubepods") != NULL;
}

bool vt_search_is_populated(const struct vt_cgroup *cg)
{
	if (VT_HAS(CGROUP, cg, populated))
		return cg->populated;
	return VT_HAS(CGROUP, cg, processes_below) && cg->processes_below;
}

const struct vt_finding *vt_search_before(const struct vt_search *f, const char *kind,
					  struct vt_id subject)
{
	int32_t at = vt_idmap_get(&f->before, vt_id_hash_word(subject, kind));

	return at < 0 ? NULL : &f->prev->findings[at];
}

static void apply_rule(struct vt_search *f, const struct vt_rule *rule, const struct vt_cgroup *cg,
		       struct found *found)
{
	const struct vt_host_row *host = vt_snapshot_host(f->s);
	struct vt_id subject = cg ? vt_record_id(VT_KIND_CGROUP, cg)
				  : vt_record_id(VT_KIND_HOST, host);
	const struct vt_finding *old;
	struct vt_verdict v = { 0 };

	if (!rule->holds(f, rule, cg, &v))
		return;
	old = vt_search_before(f, rule->kind, subject);
	VT_GROW(found->list, found->n, found->cap);
	found->list[found->n++] = (struct ranked){
		.finding = { .severity = v.severity,
			     .kind = rule->kind,
			     .subject = subject,
			     .name = cg                             ? cg->name
				     : VT_HAS(HOST, host, hostname) ? host->hostname
								    : "this host",
			     .evidence = v.evidence,
			     .advice = rule->advice,
			     .since_ns = v.since_ns ? v.since_ns
					 : old      ? old->since_ns
						    : f->s->wall_ns,
			     .cause = v.cause },
		.weight = v.weight,
		.rule = rule,
	};
}

static uint64_t add_up(uint64_t a, uint64_t b)
{
	return a > VT_MAX - b ? VT_MAX : a + b;
}

static void tally_child(struct vt_tally *t, const struct vt_search *f, int32_t child)
{
	const struct vt_cgroup *cg = &f->cgs[child];

	if (VT_HAS(CGROUP, cg, cpu_percent) && cg->cpu_percent > 0 &&
	    (t->busiest < 0 || cg->cpu_percent > f->cgs[t->busiest].cpu_percent))
		t->busiest = child;
	if (VT_HAS(CGROUP, cg, memory_current_bytes) && cg->memory_current_bytes &&
	    (t->largest < 0 || cg->memory_current_bytes > f->cgs[t->largest].memory_current_bytes))
		t->largest = child;
	t->populated += vt_search_is_populated(cg);
	if (VT_HAS(CGROUP, cg, memory_min_bytes))
		t->min_claim = add_up(t->min_claim, cg->memory_min_bytes);
	if (VT_HAS(CGROUP, cg, memory_low_bytes))
		t->low_claim = add_up(t->low_claim, cg->memory_low_bytes);
	if (VT_HAS(CGROUP, cg, dying_descendants) && cg->dying_descendants > t->most_dying)
		t->most_dying = cg->dying_descendants;
}

static void tally(struct vt_search *f)
{
	f->tally = vt_alloc(f->n * sizeof(*f->tally));
	for (size_t i = 0; i < f->n; i++)
		f->tally[i].busiest = f->tally[i].largest = -1;
	for (size_t i = 0; i < f->n; i++)
		if (f->cgs[i].parent >= 0)
			tally_child(&f->tally[f->cgs[i].parent], f, (int32_t)i);
}

static const struct counter {
	int metric;
	bool ever;  /* since the cgroup was made, not since the snapshot before */
	bool whole; /* with what is below */
} counters[VT_GROWN_COUNTERS] = {
	[VT_GROWN_KILLED] = { VT_CGROUP_memory_events_oom_kill, false, false },
	[VT_GROWN_KILLED_EVER] = { VT_CGROUP_memory_events_oom_kill, true, false },
	[VT_GROWN_OOM] = { VT_CGROUP_memory_events_oom, false, false },
	[VT_GROWN_OOM_EVER] = { VT_CGROUP_memory_events_oom, true, false },
	[VT_GROWN_LOW] = { VT_CGROUP_memory_events_low, false, false },
	[VT_GROWN_HIGH] = { VT_CGROUP_memory_events_high, false, false },
	[VT_GROWN_MAX] = { VT_CGROUP_memory_events_max, false, false },
	[VT_GROWN_SWAP_FAIL] = { VT_CGROUP_swap_events_fail, false, true },
	[VT_GROWN_FORKS_REFUSED] = { VT_CGROUP_pids_events_max, false, false },
};

/* Growth needs something to grow from: without prev nothing grew. */
static uint64_t *growth(const struct vt_search *f, const struct counter *c)
{
	if (c->ever)
		return vt_growth_own(f->s, NULL, c->metric);
	if (!f->prev)
		return vt_alloc(f->n * sizeof(uint64_t));
	return c->whole ? vt_growth_whole(f->s, f->prev, c->metric)
			: vt_growth_own(f->s, f->prev, c->metric);
}

static void begin(struct vt_search *f, struct vt_snapshot *s, const struct vt_snapshot *prev)
{
	size_t n_resources;

	*f = (struct vt_search){ .s = s, .prev = prev };
	f->cgs = vt_cgroup_rows(s, &f->n);
	for (size_t i = 0; i < VT_LEN(counters); i++)
		f->grown[i] = growth(f, &counters[i]);
	tally(f);
	(void)vt_resource_rows(s, &n_resources);
	f->refused_below = vt_alloc(n_resources * sizeof(*f->refused_below));
	for (size_t i = 0; prev && i < prev->n_findings; i++)
		vt_idmap_put(&f->before,
			     vt_id_hash_word(prev->findings[i].subject, prev->findings[i].kind),
			     (int32_t)i);
}

static void end(struct vt_search *f)
{
	for (size_t i = 0; i < VT_LEN(counters); i++)
		free(f->grown[i]);
	free(f->tally);
	free(f->refused_below);
	vt_idmap_finish(&f->before);
}

static int compare_found(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;

	if (a->finding.severity != b->finding.severity)
		return a->finding.severity > b->finding.severity ? -1 : 1;
	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return (a->finding.subject.a > b->finding.subject.a) -
	       (a->finding.subject.a < b->finding.subject.a);
}

/* On a busy host every cgroup may wait: the ones that wait most tell enough. */
static void keep(struct vt_snapshot *s, struct found *found)
{
	vt_autofree unsigned *told = vt_alloc(vt_n_rules * sizeof(*told));

	if (!found->n)
		return;
	qsort(found->list, found->n, sizeof(*found->list), compare_found);
	s->findings = vt_arena_alloc(s->arena, found->n * sizeof(*s->findings));
	for (size_t i = 0; i < found->n; i++) {
		const struct vt_rule *rule = found->list[i].rule;

		if (rule->most && told[rule - vt_rules]++ >= rule->most)
			continue;
		vt_remedy(s, &found->list[i].finding);
		s->findings[s->n_findings++] = found->list[i].finding;
	}
}

void vt_findings_derive(struct vt_snapshot *s, const struct vt_snapshot *prev)
{
	struct found found = { 0 };
	struct vt_search f;

	begin(&f, s, prev);
	for (size_t r = 0; r < vt_n_rules; r++) {
		if (vt_rules[r].host) {
			apply_rule(&f, &vt_rules[r], NULL, &found);
			continue;
		}
		/* Children first. */
		for (size_t i = f.n; i-- > 0;)
			apply_rule(&f, &vt_rules[r], &f.cgs[s->cgroup_order[i]], &found);
	}
	keep(s, &found);
	end(&f);
	free(found.list);
}
