/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What hurts, by one table of rules. The subject of a finding is the cgroup
 * that has the limit, since that is where it can be cured: cpu.stat counts the
 * throttling by a group's own cpu.max only, and of counters that include
 * descendants only the own part is taken (growth.h). Who uses most below it is
 * named in the evidence. See cgroup-v2.rst and Documentation/accounting/psi.rst.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "derive.h"
#include "growth.h"
#include "idmap.h"
#include "limits.h"
#include "remedy.h"
#include "text.h"

enum {
	MOST_PRESSED = 5, /* cgroups named for pressure of one resource */
};
static const uint64_t oom_fresh_ns = 600ull * 1000000000u;

struct verdict {
	enum vt_severity severity;
	double weight;        /* larger is worse among equals in severity */
	const char *evidence; /* in the arena */
	uint64_t since_ns;    /* 0: since it was first found */
};

/* What all rules look at. */
struct search {
	struct vt_snapshot *s;
	const struct vt_snapshot *prev;
	const struct vt_cgroup *cgs;
	size_t n;
	/* Own, a cgroup each. */
	uint64_t *killed, *killed_ever, *ooms, *ooms_ever, *high_hits, *max_hits, *refused;
	int32_t *busiest, *largest; /* child with the most CPU, memory; -1 */
	unsigned char *pressed;     /* bits of resources that a descendant accounts for */
	struct vt_idmap before;     /* finding_key to index in prev's findings */
	struct ranked {
		struct vt_finding finding;
		double weight;
		const struct rule *rule;
	} * found;
	size_t n_found, cap_found;
};

struct rule {
	const char *kind, *advice;
	/* cg is NULL for rules on the host. */
	bool (*holds)(struct search *f, const struct rule *rule, const struct vt_cgroup *cg,
		      struct verdict *v);
	bool host;
	const struct resource *resource; /* of the pressure rules */
};

struct resource {
	const char *name;
	unsigned bit;
	int some, full, host_some, host_full;
};

static const struct resource resources[] = {
	{ "cpu", 1, VT_CGROUP_psi_cpu_some_avg10, VT_CGROUP_psi_cpu_full_avg10,
	  VT_HOST_psi_cpu_some_avg10, VT_HOST_psi_cpu_full_avg10 },
	{ "memory", 2, VT_CGROUP_psi_memory_some_avg10, VT_CGROUP_psi_memory_full_avg10,
	  VT_HOST_psi_memory_some_avg10, VT_HOST_psi_memory_full_avg10 },
	{ "io", 4, VT_CGROUP_psi_io_some_avg10, VT_CGROUP_psi_io_full_avg10,
	  VT_HOST_psi_io_some_avg10, VT_HOST_psi_io_full_avg10 },
};

static const char *bytes(const struct search *f, uint64_t value)
{
	char text[32];

	vt_units_short(text, sizeof(text), VT_UNIT_BYTES, value);
	return vt_arena_intern(f->s->arena, text);
}

static double percent_of(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : part ? 100 : 0;
}

static size_t index_of(const struct search *f, const struct vt_cgroup *cg)
{
	return (size_t)(cg - f->cgs);
}

/* "; busiest below: api.service 19%", or nothing. */
static const char *busiest_below(const struct search *f, const struct vt_cgroup *cg)
{
	int32_t at = f->busiest[index_of(f, cg)];

	if (at < 0)
		return "";
	return vt_arena_printf(f->s->arena, "; busiest below: %s %.0f%%", f->cgs[at].name,
			       f->cgs[at].cpu_percent);
}

static const char *largest_below(const struct search *f, const struct vt_cgroup *cg)
{
	int32_t at = f->largest[index_of(f, cg)];

	if (at < 0)
		return "";
	return vt_arena_printf(f->s->arena, "; largest below: %s %s", f->cgs[at].name,
			       bytes(f, f->cgs[at].memory_current_bytes));
}

static bool is_throttled(struct search *f, const struct rule *rule, const struct vt_cgroup *cg,
			 struct verdict *v)
{
	const char *limit = "";

	(void)rule;
	if (!VT_HAS(CGROUP, cg, throttled_percent) || cg->throttled_percent < 10)
		return false;
	if (VT_HAS(CGROUP, cg, cpu_max_percent) && !isinf(cg->cpu_max_percent))
		limit = vt_arena_printf(f->s->arena, " %.4g%%", cg->cpu_max_percent);
	v->severity = cg->throttled_percent >= 50 ? VT_CRITICAL : VT_WARNING;
	v->weight = cg->throttled_percent;
	v->evidence = vt_arena_printf(f->s->arena,
				      "throttled in %.0f%% of periods by its cpu.max%s%s",
				      cg->throttled_percent, limit, busiest_below(f, cg));
	return true;
}

static uint64_t finding_key(const char *kind, struct vt_id subject)
{
	uint64_t key = vt_hash_mix((uint64_t)subject.kind, vt_hash_bytes(kind, strlen(kind)));

	return vt_hash_mix(key, vt_hash_mix(subject.a, subject.b));
}

static const struct vt_finding *found_before(const struct search *f, const char *kind,
					     struct vt_id subject)
{
	int32_t at = vt_idmap_get(&f->before, finding_key(kind, subject));

	return at < 0 ? NULL : &f->prev->findings[at];
}

/* Whose memory.max led to the kill: "oom" is counted there, oom_kill at the victim. */
static const struct vt_cgroup *oom_holder(const struct search *f, const struct vt_cgroup *cg)
{
	const struct vt_cgroup *ever = NULL;

	for (; cg; cg = vt_cgroup_at(f->s, cg->parent)) {
		if (f->ooms[index_of(f, cg)])
			return cg;
		if (!ever && f->ooms_ever[index_of(f, cg)])
			ever = cg;
	}
	return ever;
}

/* "memory.max 512M of /batch" */
static const char *memory_limit(const struct search *f, const struct vt_cgroup *cg)
{
	const struct vt_cgroup *holder = oom_holder(f, cg);
	const char *from = VT_HAS(CGROUP, cg, effective_memory_max_from)
				   ? cg->effective_memory_max_from
				   : vt_from_host;
	uint64_t max = cg->effective_memory_max;

	if (holder && VT_HAS(CGROUP, holder, memory_max_bytes) &&
	    holder->memory_max_bytes != VT_MAX) {
		from = holder->path;
		max = holder->memory_max_bytes;
	} else if (!VT_HAS(CGROUP, cg, effective_memory_max)) {
		return "which memory.max binds is unknown";
	}
	if (strcmp(from, vt_from_host) == 0)
		return "no memory.max is set: the host ran out of memory";
	if (strcmp(from, cg->path) == 0)
		return vt_arena_printf(f->s->arena, "its memory.max is %s", bytes(f, max));
	return vt_arena_printf(f->s->arena, "memory.max %s of %s binds", bytes(f, max), from);
}

/* "; last 4242 stress, 98M" from the kernel log, or nothing. */
static const char *last_victim(const struct search *f, const struct vt_cgroup *cg)
{
	size_t n;
	const struct vt_oom *kills = vt_oom_rows(f->s, &n);

	while (n-- > 0)
		if (VT_HAS(OOM, &kills[n], cgroup) && strcmp(kills[n].cgroup, cg->path) == 0)
			return vt_arena_printf(f->s->arena, "; last %s",
					       vt_oom_words(f->s, &kills[n]));
	return "";
}

/* Critical for a while after a kill; a kill of long ago is worth a notice. */
static bool is_oom_killed(struct search *f, const struct rule *rule, const struct vt_cgroup *cg,
			  struct verdict *v)
{
	const struct vt_finding *old = found_before(f, rule->kind,
						    vt_record_id(VT_KIND_CGROUP, cg));
	uint64_t now = f->s->wall_ns, ever = f->killed_ever[index_of(f, cg)];
	char age[48] = "";

	if (!ever)
		return false;
	if (f->killed[index_of(f, cg)])
		v->since_ns = now;
	else if (old)
		v->since_ns = old->since_ns;
	v->severity = f->killed[index_of(f, cg)] ||
				      (old && old->severity == VT_CRITICAL &&
				       now >= old->since_ns && now - old->since_ns < oom_fresh_ns)
			      ? VT_CRITICAL
			      : VT_NOTICE;
	v->weight = (double)ever;
	if (v->severity == VT_CRITICAL) {
		vt_units_short(age, sizeof(age), VT_UNIT_USEC, (now - v->since_ns) / 1000);
		v->evidence = vt_arena_printf(f->s->arena, ", the last %s ago",
					      now == v->since_ns ? "0s" : age);
	} else {
		v->evidence = "";
	}
	v->evidence = vt_arena_printf(
		f->s->arena, "%" PRIu64 " killed by the OOM killer since it was made%s; %s%s", ever,
		v->evidence, memory_limit(f, cg), last_victim(f, cg));
	return true;
}

/* Kills that no counter of cgroup v2 tells of: v1 holds the memory controller. */
static bool is_killed_in_log(struct search *f, const struct rule *rule, const struct vt_cgroup *cg,
			     struct verdict *v)
{
	const struct vt_host_row *h = vt_snapshot_host(f->s);
	const struct vt_oom *last = NULL;
	uint64_t fresh = 0;
	size_t n;
	const struct vt_oom *kills = vt_oom_rows(f->s, &n);

	(void)rule;
	(void)cg;
	if (VT_HAS(HOST, h, cgroup_controllers) &&
	    vt_text_has_word(h->cgroup_controllers, "memory"))
		return false;
	for (size_t i = 0; i < n; i++)
		if (f->s->wall_ns - vt_oom_wall_ns(f->s, &kills[i]) < oom_fresh_ns) {
			last = &kills[i];
			fresh++;
		}
	if (!last)
		return false;
	v->severity = VT_CRITICAL;
	v->weight = (double)fresh;
	v->since_ns = vt_oom_wall_ns(f->s, last);
	v->evidence = vt_arena_printf(
		f->s->arena, "%" PRIu64 " killed by the OOM killer in 10 min, last %s: %s%s", fresh,
		vt_oom_words(f->s, last),
		VT_HAS(OOM, last, holder) ? "memory limit of " : "the host ran out of memory",
		VT_HAS(OOM, last, holder) ? last->holder : "");
	return true;
}

/* Page cache that can be dropped; shared memory is counted as file too. */
static uint64_t reclaimable(const struct vt_cgroup *cg)
{
	if (!VT_HAS(CGROUP, cg, memory_file_bytes) || !VT_HAS(CGROUP, cg, memory_shmem_bytes) ||
	    cg->memory_file_bytes < cg->memory_shmem_bytes)
		return 0;
	return cg->memory_file_bytes - cg->memory_shmem_bytes;
}

/*
 * A cgroup that reads files fills up to its limit with page cache, and that is
 * normal: it is worth a notice, and a warning when the limit is being hit.
 */
static bool is_near_memory_max(struct search *f, const struct rule *rule,
			       const struct vt_cgroup *cg, struct verdict *v)
{
	uint64_t max = cg->memory_max_bytes, now = cg->memory_current_bytes;
	uint64_t cache = reclaimable(cg), hits = f->max_hits[index_of(f, cg)];
	bool mostly_cache;

	(void)rule;
	if (!VT_HAS(CGROUP, cg, memory_max_bytes) || !VT_HAS(CGROUP, cg, memory_current_bytes) ||
	    max == VT_MAX || percent_of(now, max) < 90)
		return false;
	mostly_cache = cache < now && percent_of(now - cache, max) < 80;
	v->severity = mostly_cache                 ? hits ? VT_WARNING : VT_NOTICE
		      : percent_of(now, max) >= 98 ? VT_CRITICAL
						   : VT_WARNING;
	v->weight = percent_of(now - (mostly_cache ? cache : 0), max);
	v->evidence = vt_arena_printf(
		f->s->arena, "memory at %.0f%% of its memory.max %s%s%s%s%s", percent_of(now, max),
		bytes(f, max), mostly_cache ? ", page cache that can be reclaimed " : "",
		mostly_cache ? bytes(f, cache) : "",
		hits ? vt_arena_printf(f->s->arena,
				       ", hit %" PRIu64 " times since the last refresh", hits)
		     : "",
		largest_below(f, cg));
	return true;
}

static bool is_over_memory_high(struct search *f, const struct rule *rule,
				const struct vt_cgroup *cg, struct verdict *v)
{
	uint64_t hits = f->high_hits[index_of(f, cg)];

	(void)rule;
	if (!hits || !VT_HAS(CGROUP, cg, memory_high_bytes) || cg->memory_high_bytes == VT_MAX)
		return false;
	v->severity = VT_WARNING;
	v->weight = (double)hits;
	v->evidence = vt_arena_printf(f->s->arena,
				      "its memory.high %s was passed %" PRIu64
				      " times since the last refresh: its tasks are slowed down%s",
				      bytes(f, cg->memory_high_bytes), hits, largest_below(f, cg));
	return true;
}

/*
 * Before Linux 6.11 a refusal is counted where the fork was tried, since then
 * where the limit is; before, the limit may be an ancestor's.
 */
static const char *refusals(const struct search *f, const struct vt_cgroup *cg)
{
	uint64_t n = f->refused[index_of(f, cg)];
	const char *from = "an ancestor", *words = "pids.max of ";

	if (!n)
		return "";
	if (vt_growth_pids_at_holder(f->s, cg))
		from = cg->path;
	else if (VT_HAS(CGROUP, cg, effective_pids_max_from))
		from = cg->effective_pids_max_from;
	if (strcmp(from, vt_from_host) == 0)
		words = "the kernel's own limit of ";
	return vt_arena_printf(f->s->arena,
			       "%" PRIu64 " forks refused since the last refresh by %s%s", n, words,
			       strcmp(from, cg->path) == 0 ? "itself" : from);
}

static bool is_near_pids_max(struct search *f, const struct rule *rule, const struct vt_cgroup *cg,
			     struct verdict *v)
{
	bool limited = VT_HAS(CGROUP, cg, pids_max) && VT_HAS(CGROUP, cg, pids_current) &&
		       cg->pids_max != VT_MAX;
	double share = limited ? percent_of(cg->pids_current, cg->pids_max) : 0;
	const char *refused = refusals(f, cg);

	(void)rule;
	if (share < 90 && !*refused)
		return false;
	v->severity = *refused || share >= 100 ? VT_CRITICAL : VT_WARNING;
	v->weight = share;
	if (share < 90)
		v->evidence = refused;
	else
		v->evidence = vt_arena_printf(
			f->s->arena, "%" PRIu64 " tasks, %.0f%% of its pids.max %" PRIu64 "%s%s",
			cg->pids_current, share, cg->pids_max, *refused ? "; " : "", refused);
	return true;
}

/* Only the topmost: what is below a frozen cgroup is frozen with it. */
static bool is_frozen(struct search *f, const struct rule *rule, const struct vt_cgroup *cg,
		      struct verdict *v)
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

static double figure(enum vt_kind kind, int metric, const void *record)
{
	if (!vt_valid(record, (unsigned)metric))
		return 0;
	return vt_metric_number(&vt_kinds[kind].metrics[metric], record);
}

static bool is_pressed(struct search *f, double some, double full, const char *what,
		       struct verdict *v)
{
	if (some < 20 && full < 10)
		return false;
	v->severity = VT_WARNING;
	v->weight = some > full ? some : full;
	v->evidence = vt_arena_printf(f->s->arena,
				      "some task waited for %s %.0f%% of the last 10 s, all tasks "
				      "%.0f%%",
				      what, some, full);
	return true;
}

static bool is_limited(const struct vt_cgroup *cg, const struct resource *r)
{
	if (r->bit == 1)
		return VT_HAS(CGROUP, cg, effective_cpu_max_by) &&
		       strcmp(cg->effective_cpu_max_by, vt_from_host) != 0;
	if (r->bit == 2)
		return (VT_HAS(CGROUP, cg, effective_memory_max_from) &&
			strcmp(cg->effective_memory_max_from, vt_from_host) != 0) ||
		       (VT_HAS(CGROUP, cg, memory_high_bytes) && cg->memory_high_bytes != VT_MAX);
	return false;
}

/*
 * Pressure adds up towards the root, so the lowest cgroup that shows it is
 * named. Where a limit makes it, the rules on limits speak.
 */
static bool is_cgroup_pressed(struct search *f, const struct rule *rule, const struct vt_cgroup *cg,
			      struct verdict *v)
{
	const struct resource *r = rule->resource;
	bool below = f->pressed[index_of(f, cg)] & r->bit;
	bool here = is_pressed(f, figure(VT_KIND_CGROUP, r->some, cg),
			       figure(VT_KIND_CGROUP, r->full, cg), r->name, v);

	if (cg->parent < 0)
		return false;
	if (here || below)
		f->pressed[cg->parent] |= (unsigned char)r->bit;
	return here && !below && !is_limited(cg, r);
}

static bool is_host_pressed(struct search *f, const struct rule *rule, const struct vt_cgroup *cg,
			    struct verdict *v)
{
	const struct vt_host_row *host = vt_snapshot_host(f->s);
	const struct resource *r = rule->resource;

	(void)cg;
	return is_pressed(f, figure(VT_KIND_HOST, r->host_some, host),
			  figure(VT_KIND_HOST, r->host_full, host), r->name, v);
}

static bool is_host_memory_low(struct search *f, const struct rule *rule,
			       const struct vt_cgroup *cg, struct verdict *v)
{
	const struct vt_host_row *h = vt_snapshot_host(f->s);
	double left;

	(void)rule;
	(void)cg;
	if (!VT_HAS(HOST, h, mem_total_bytes) || !VT_HAS(HOST, h, mem_available_bytes) ||
	    !h->mem_total_bytes)
		return false;
	left = percent_of(h->mem_available_bytes, h->mem_total_bytes);
	if (left >= 5)
		return false;
	v->severity = VT_CRITICAL;
	v->weight = 100 - left;
	v->evidence = vt_arena_printf(f->s->arena,
				      "%.1f%% of the memory is left: %s of %s can be had without "
				      "swapping",
				      left, bytes(f, h->mem_available_bytes),
				      bytes(f, h->mem_total_bytes));
	return true;
}

static const struct rule rules[] = {
	{ "host-memory", "stop or limit what is largest; without swap the OOM killer comes next",
	  is_host_memory_low, true, NULL },
	{ "oom-killed", "see the events (8) for each; the limit is one of cgroup v1",
	  is_killed_in_log, true, NULL },
	{ "oom-killed",
	  "raise memory.max, or find out why it needs more; memory.high slows it down "
	  "before it is killed",
	  is_oom_killed, false, NULL },
	{ "throttled", "raise cpu.max or set it to max; cpu.weight shares without throttling",
	  is_throttled, false, NULL },
	{ "pids-limit", "raise pids.max, or look for a program that starts processes without end",
	  is_near_pids_max, false, NULL },
	{ "memory-limit",
	  "raise memory.max, or set memory.high below it to reclaim before it is hit",
	  is_near_memory_max, false, NULL },
	{ "memory-high", "raise memory.high if that slowness is not wanted", is_over_memory_high,
	  false, NULL },
	{ "pressure-cpu",
	  "more wants to run than there are CPUs: lower cpu.weight of what can wait",
	  is_host_pressed, true, &resources[0] },
	{ "pressure-memory", "tasks wait for memory to be reclaimed: limit what is largest",
	  is_host_pressed, true, &resources[1] },
	{ "pressure-io", "tasks wait for disks: see READ/s and WRITE/s of cgroups", is_host_pressed,
	  true, &resources[2] },
	{ "pressure-cpu",
	  "no limit of its own makes it wait: others are busy. Raise its cpu.weight",
	  is_cgroup_pressed, false, &resources[0] },
	{ "pressure-memory",
	  "no limit of its own makes it wait: the host is short. memory.low "
	  "protects it",
	  is_cgroup_pressed, false, &resources[1] },
	{ "pressure-io", "see which device it waits for; io.weight gives it a larger share",
	  is_cgroup_pressed, false, &resources[2] },
	{ "frozen", "thaw it when its work shall go on", is_frozen, false, NULL },
};

static void apply_rule(struct search *f, const struct rule *rule, const struct vt_cgroup *cg)
{
	const struct vt_host_row *host = vt_snapshot_host(f->s);
	struct vt_id subject = cg ? vt_record_id(VT_KIND_CGROUP, cg)
				  : vt_record_id(VT_KIND_HOST, host);
	const struct vt_finding *old;
	struct verdict v = { 0 };

	if (!rule->holds(f, rule, cg, &v))
		return;
	old = found_before(f, rule->kind, subject);
	VT_GROW(f->found, f->n_found, f->cap_found);
	f->found[f->n_found++] = (struct ranked){
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
						    : f->s->wall_ns },
		.weight = v.weight,
		.rule = rule,
	};
}

static void find_greatest_children(struct search *f)
{
	for (size_t i = 0; i < f->n; i++)
		f->busiest[i] = f->largest[i] = -1;
	for (size_t i = 0; i < f->n; i++) {
		const struct vt_cgroup *cg = &f->cgs[i];
		int32_t *busy = cg->parent < 0 ? NULL : &f->busiest[cg->parent];
		int32_t *large = cg->parent < 0 ? NULL : &f->largest[cg->parent];

		if (busy && VT_HAS(CGROUP, cg, cpu_percent) && cg->cpu_percent > 0 &&
		    (*busy < 0 || cg->cpu_percent > f->cgs[*busy].cpu_percent))
			*busy = (int32_t)i;
		if (large && VT_HAS(CGROUP, cg, memory_current_bytes) && cg->memory_current_bytes &&
		    (*large < 0 || cg->memory_current_bytes > f->cgs[*large].memory_current_bytes))
			*large = (int32_t)i;
	}
}

/* Growth needs something to grow from: without prev nothing grew. */
static uint64_t *growth(const struct search *f, int metric)
{
	return f->prev ? vt_growth_own(f->s, f->prev, metric) : vt_alloc(f->n * sizeof(uint64_t));
}

static void begin(struct search *f, struct vt_snapshot *s, const struct vt_snapshot *prev)
{
	*f = (struct search){ .s = s, .prev = prev };
	f->cgs = vt_cgroup_rows(s, &f->n);
	f->killed = growth(f, VT_CGROUP_memory_events_oom_kill);
	f->killed_ever = vt_growth_own(s, NULL, VT_CGROUP_memory_events_oom_kill);
	f->ooms = growth(f, VT_CGROUP_memory_events_oom);
	f->ooms_ever = vt_growth_own(s, NULL, VT_CGROUP_memory_events_oom);
	f->high_hits = growth(f, VT_CGROUP_memory_events_high);
	f->max_hits = growth(f, VT_CGROUP_memory_events_max);
	f->refused = growth(f, VT_CGROUP_pids_events_max);
	f->busiest = vt_alloc(f->n * sizeof(*f->busiest));
	f->largest = vt_alloc(f->n * sizeof(*f->largest));
	f->pressed = vt_alloc(f->n);
	find_greatest_children(f);
	for (size_t i = 0; prev && i < prev->n_findings; i++)
		vt_idmap_put(&f->before,
			     finding_key(prev->findings[i].kind, prev->findings[i].subject),
			     (int32_t)i);
}

static void end(struct search *f)
{
	free(f->killed);
	free(f->killed_ever);
	free(f->ooms);
	free(f->ooms_ever);
	free(f->high_hits);
	free(f->max_hits);
	free(f->refused);
	free(f->busiest);
	free(f->largest);
	free(f->pressed);
	free(f->found);
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
static bool is_worth_telling(const struct ranked *r, unsigned *told)
{
	return r->rule->host || !r->rule->resource || told[r->rule - rules]++ < MOST_PRESSED;
}

static void keep(struct search *f)
{
	struct vt_snapshot *s = f->s;
	unsigned told[VT_LEN(rules)] = { 0 };

	if (!f->n_found)
		return;
	qsort(f->found, f->n_found, sizeof(*f->found), compare_found);
	s->findings = vt_arena_alloc(s->arena, f->n_found * sizeof(*s->findings));
	for (size_t i = 0; i < f->n_found; i++)
		if (is_worth_telling(&f->found[i], told)) {
			vt_remedy(s, &f->found[i].finding);
			s->findings[s->n_findings++] = f->found[i].finding;
		}
}

void vt_findings_derive(struct vt_snapshot *s, const struct vt_snapshot *prev)
{
	struct search f;

	begin(&f, s, prev);
	for (size_t r = 0; r < VT_LEN(rules); r++) {
		if (rules[r].host) {
			apply_rule(&f, &rules[r], NULL);
			continue;
		}
		/* Children first. */
		for (size_t i = f.n; i-- > 0;)
			apply_rule(&f, &rules[r], &f.cgs[s->cgroup_order[i]]);
	}
	keep(&f);
	end(&f);
}
