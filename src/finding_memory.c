/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory and swap that a cgroup's limit leaves too little of. Of counters that
 * include descendants only the own part is taken (growth.h), so that the cgroup
 * that has the limit is named. See cgroup-v2.rst, "Memory".
 */
#include <inttypes.h>
#include <string.h>

#include "derive.h"
#include "findings.h"
#include "limits.h"
#include "text.h"

static const uint64_t oom_fresh_ns = 600ull * 1000000000u;

/* The kernel log and the counters are not read at one moment, and have clocks of their own. */
static const uint64_t log_slack_ns = 2ull * 1000000000u;

static struct vt_cause by_limit_of(const struct vt_cgroup *cg, bool is_sure)
{
	return (struct vt_cause){ VT_CAUSE_CGROUP, is_sure, cg->id };
}

/* The cgroup of that path among cg and its ancestors, as the cause. */
static struct vt_cause by_limit_at(const struct vt_search *f, const struct vt_cgroup *cg,
				   const char *path, bool is_sure)
{
	while (cg && strcmp(cg->path, path) != 0)
		cg = vt_cgroup_at(f->s, cg->parent);
	return cg ? by_limit_of(cg, is_sure) : (struct vt_cause){ 0 };
}

/*
 * Whose memory.max led to the kill: "oom" is counted there, oom_kill at the victim.
 * Where it was counted nowhere up to the root, no limit did.
 */
static struct vt_cause cause_by_counters(const struct vt_search *f, const struct vt_cgroup *cg)
{
	const struct vt_cgroup *ever = NULL, *up = cg;
	bool known = true, counted = false;

	for (; up && !vt_is_real_root(up); up = vt_cgroup_at(f->s, up->parent)) {
		if (vt_search_grown(f, VT_GROWN_OOM, up))
			return by_limit_of(up, true);
		if (vt_search_grown(f, VT_GROWN_OOM_EVER, up)) {
			counted = true;
			if (!ever && !(VT_HAS(CGROUP, up, memory_max_bytes) &&
				       up->memory_max_bytes == VT_MAX))
				ever = up;
		}
		known = known && VT_HAS(CGROUP, up, memory_events_oom);
	}
	if (ever)
		return by_limit_of(ever, false);
	if (up && known && !counted)
		return (struct vt_cause){ .what = VT_CAUSE_HOST };
	if (VT_HAS(CGROUP, cg, effective_memory_max_from) &&
	    strcmp(cg->effective_memory_max_from, vt_from_host) != 0)
		return by_limit_at(f, cg, cg->effective_memory_max_from, false);
	return (struct vt_cause){ .what = VT_HAS(CGROUP, cg, effective_memory_max)
						  ? VT_CAUSE_HOST
						  : VT_CAUSE_UNKNOWN };
}

/* What the kernel log says of the last kill in it; NULL: nothing. */
static const struct vt_oom *last_kill(const struct vt_search *f, const struct vt_cgroup *cg)
{
	size_t n;
	const struct vt_oom *kills = vt_oom_rows(f->s, &n);

	while (n-- > 0)
		if (VT_HAS(OOM, &kills[n], cgroup) && strcmp(kills[n].cgroup, cg->path) == 0)
			return &kills[n];
	return NULL;
}

/* Not the log's words on a kill that was told of before. */
static bool is_news(const struct vt_search *f, const struct vt_oom *kill)
{
	return !f->prev || kill->head.first_seen_ns == f->s->taken_ns ||
	       vt_oom_wall_ns(f->s, kill) + log_slack_ns >= f->prev->wall_ns;
}

/*
 * The counter that tells it grows in one refresh only, so what was found then is
 * kept. The log knows best, but may be late; so may an ancestor's counter be.
 */
static struct vt_cause find_cause(const struct vt_search *f, const struct vt_cgroup *cg,
				  const struct vt_finding *old)
{
	const struct vt_oom *kill = last_kill(f, cg);
	struct vt_cause c = { 0 };

	if (kill && is_news(f, kill))
		c = VT_HAS(OOM, kill, holder) ? by_limit_at(f, cg, kill->holder, true)
					      : (struct vt_cause){ VT_CAUSE_HOST, true, 0 };
	if (c.what != VT_CAUSE_UNKNOWN)
		return c;
	c = cause_by_counters(f, cg);
	if (!old || old->cause.what == VT_CAUSE_UNKNOWN ||
	    vt_search_grown(f, VT_GROWN_KILLED, cg) ||
	    (c.is_sure && !old->cause.is_sure && old->since_ns == f->prev->wall_ns))
		return c;
	return old->cause;
}

/* "memory.max 512M of /batch" */
static const char *memory_limit(const struct vt_search *f, const struct vt_cgroup *cg,
				const struct vt_cause *cause)
{
	const struct vt_cgroup *holder = cg;
	const char *max;

	if (cause->what == VT_CAUSE_HOST)
		return "no memory.max was hit: the host ran out of memory";
	while (holder && (cause->what != VT_CAUSE_CGROUP || holder->id != cause->cgroup))
		holder = vt_cgroup_at(f->s, holder->parent);
	if (!holder)
		return "which memory.max binds is unknown";
	if (!VT_HAS(CGROUP, holder, memory_max_bytes) || holder->memory_max_bytes == VT_MAX)
		return vt_arena_printf(f->s->arena, "memory.max of %s was hit", holder->path);
	max = vt_search_bytes(f, holder->memory_max_bytes);
	if (holder == cg)
		return vt_arena_printf(f->s->arena, "its memory.max is %s", max);
	return vt_arena_printf(f->s->arena, "memory.max %s of %s binds", max, holder->path);
}

/* "; last 4242 stress, 98M" from the kernel log, or nothing. */
static const char *last_victim(const struct vt_search *f, const struct vt_cgroup *cg)
{
	const struct vt_oom *kill = last_kill(f, cg);

	return kill ? vt_arena_printf(f->s->arena, "; last %s", vt_oom_words(f->s, kill)) : "";
}

/* Critical for a while after a kill; a kill of long ago is worth a notice. */
bool vt_rule_oom_killed(struct vt_search *f, const struct vt_rule *rule, const struct vt_cgroup *cg,
			struct vt_verdict *v)
{
	const struct vt_finding *old = vt_search_before(f, rule->kind,
							vt_record_id(VT_KIND_CGROUP, cg));
	uint64_t now = f->s->wall_ns, ever = vt_search_grown(f, VT_GROWN_KILLED_EVER, cg);
	char age[48] = "";

	if (!ever)
		return false;
	if (vt_search_grown(f, VT_GROWN_KILLED, cg))
		v->since_ns = now;
	else if (old)
		v->since_ns = old->since_ns;
	v->severity = vt_search_grown(f, VT_GROWN_KILLED, cg) ||
				      (old && old->severity == VT_CRITICAL &&
				       now >= old->since_ns && now - old->since_ns < oom_fresh_ns)
			      ? VT_CRITICAL
			      : VT_NOTICE;
	v->weight = (double)ever;
	v->cause = find_cause(f, cg, old);
	if (v->severity == VT_CRITICAL) {
		vt_units_short(age, sizeof(age), VT_UNIT_USEC, (now - v->since_ns) / 1000);
		v->evidence = vt_arena_printf(f->s->arena, ", the last %s ago",
					      now == v->since_ns ? "0s" : age);
	} else {
		v->evidence = "";
	}
	v->evidence = vt_arena_printf(
		f->s->arena, "%" PRIu64 " killed by the OOM killer since it was made%s; %s%s", ever,
		v->evidence, memory_limit(f, cg, &v->cause), last_victim(f, cg));
	return true;
}

/* Kills that no counter of cgroup v2 tells of: v1 holds the memory controller. */
bool vt_rule_killed_in_log(struct vt_search *f, const struct vt_rule *rule,
			   const struct vt_cgroup *cg, struct vt_verdict *v)
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
bool vt_rule_memory_max(struct vt_search *f, const struct vt_rule *rule, const struct vt_cgroup *cg,
			struct vt_verdict *v)
{
	uint64_t max = cg->memory_max_bytes, now = cg->memory_current_bytes;
	uint64_t cache = reclaimable(cg), hits = vt_search_grown(f, VT_GROWN_MAX, cg);
	bool mostly_cache;

	(void)rule;
	if (!VT_HAS(CGROUP, cg, memory_max_bytes) || !VT_HAS(CGROUP, cg, memory_current_bytes) ||
	    max == VT_MAX || vt_percent_of(now, max) < 90)
		return false;
	mostly_cache = cache < now && vt_percent_of(now - cache, max) < 80;
	v->severity = mostly_cache                    ? hits ? VT_WARNING : VT_NOTICE
		      : vt_percent_of(now, max) >= 98 ? VT_CRITICAL
						      : VT_WARNING;
	v->weight = vt_percent_of(now - (mostly_cache ? cache : 0), max);
	v->evidence = vt_arena_printf(
		f->s->arena, "memory at %.0f%% of its memory.max %s%s%s%s%s",
		vt_percent_of(now, max), vt_search_bytes(f, max),
		mostly_cache ? ", page cache that can be reclaimed " : "",
		mostly_cache ? vt_search_bytes(f, cache) : "",
		hits ? vt_arena_printf(f->s->arena,
				       ", hit %" PRIu64 " times since the last refresh", hits)
		     : "",
		vt_search_largest(f, cg));
	return true;
}

bool vt_rule_memory_high(struct vt_search *f, const struct vt_rule *rule,
			 const struct vt_cgroup *cg, struct vt_verdict *v)
{
	uint64_t hits = vt_search_grown(f, VT_GROWN_HIGH, cg);

	(void)rule;
	if (!hits || !VT_HAS(CGROUP, cg, memory_high_bytes) || cg->memory_high_bytes == VT_MAX)
		return false;
	v->severity = VT_WARNING;
	v->weight = (double)hits;
	v->evidence = vt_arena_printf(f->s->arena,
				      "its memory.high %s was passed %" PRIu64
				      " times since the last refresh: its tasks are slowed down%s",
				      vt_search_bytes(f, cg->memory_high_bytes), hits,
				      vt_search_largest(f, cg));
	return true;
}

/* Many set memory.swap.max to 0, and then nothing is wrong. */
bool vt_rule_swap_max(struct vt_search *f, const struct vt_rule *rule, const struct vt_cgroup *cg,
		      struct vt_verdict *v)
{
	uint64_t failed = vt_search_grown(f, VT_GROWN_SWAP_FAIL, cg);

	(void)rule;
	if (!VT_HAS(CGROUP, cg, swap_max_bytes) || !VT_HAS(CGROUP, cg, swap_current_bytes) ||
	    cg->swap_max_bytes == VT_MAX || !cg->swap_max_bytes ||
	    vt_percent_of(cg->swap_current_bytes, cg->swap_max_bytes) < 95)
		return false;
	v->severity = failed ? VT_WARNING : VT_NOTICE;
	v->weight = vt_percent_of(cg->swap_current_bytes, cg->swap_max_bytes);
	v->evidence = vt_arena_printf(f->s->arena, "swap at %.0f%% of its memory.swap.max %s%s",
				      v->weight, vt_search_bytes(f, cg->swap_max_bytes),
				      failed ? vt_arena_printf(f->s->arena,
							       ", could not swap %" PRIu64
							       " times since the last refresh",
							       failed)
					     : "");
	return true;
}

/* With memory_recursiveprot what an ancestor has counts here too, and may be more. */
static uint64_t protection(uint64_t setting, bool known, uint64_t effective)
{
	return known && effective > setting ? effective : setting;
}

uint64_t vt_protection_min(const struct vt_cgroup *cg)
{
	return protection(cg->memory_min_bytes, VT_HAS(CGROUP, cg, effective_memory_min),
			  cg->effective_memory_min);
}

uint64_t vt_protection_low(const struct vt_cgroup *cg)
{
	return protection(cg->memory_low_bytes, VT_HAS(CGROUP, cg, effective_memory_low),
			  cg->effective_memory_low);
}

/*
 * Children that ask for more than the parent has get a part of it only, of nothing
 * nothing (cgroup-v2.rst, "memory.min"). Reclaim below memory.low shows that it hurts.
 */
bool vt_rule_overcommitted(struct vt_search *f, const struct vt_rule *rule,
			   const struct vt_cgroup *cg, struct vt_verdict *v)
{
	const struct vt_tally *t = vt_search_tally(f, cg);
	uint64_t low = vt_search_grown(f, VT_GROWN_LOW, cg);
	const char *file = "memory.min";
	uint64_t own, set, claim;

	(void)rule;
	if (vt_is_real_root(cg) || !VT_HAS(CGROUP, cg, memory_min_bytes) ||
	    !VT_HAS(CGROUP, cg, memory_low_bytes))
		return false;
	own = vt_protection_min(cg);
	set = cg->memory_min_bytes;
	claim = t->min_claim;
	if (claim <= own) {
		file = "memory.low";
		own = vt_protection_low(cg);
		set = cg->memory_low_bytes;
		claim = t->low_claim;
	}
	if (claim <= own)
		return false;
	v->severity = low ? VT_WARNING : VT_NOTICE;
	v->weight = (double)(claim - own);
	v->evidence = vt_arena_printf(
		f->s->arena, "its children ask for %s of %s, it has %s %s%s%s",
		vt_search_bytes(f, claim), file, own ? vt_search_bytes(f, own) : "none",
		own > set ? "from above" : "itself",
		own ? ": they share that" : ": theirs counts for nothing",
		low ? ", and reclaim took memory below memory.low" : "");
	return true;
}
