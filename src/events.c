/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happened since the snapshot before. What came and went is known from
 * sealing (first_seen_ns, gone_ns); what changed is found by looking each
 * cgroup up in prev, and by walking both lists of processes together. Much of
 * one sort in one refresh becomes one line, so that a storm does not push
 * everything else out.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "events_private.h"
#include "growth.h"
#include "pressure_changes.h"
#include "text.h"

enum {
	MOST_AT_ONCE = 50
};
/* What goes on happening is not said again before this. */
static const uint64_t quiet_ns = 60ull * 1000000000u;
static const double throttling_percent = 10;

static void append(struct vt_log *l, const struct vt_event *e)
{
	VT_GROW(l->events, l->n, l->cap);
	l->events[l->n++] = *e;
}

static void copy_old(struct vt_log *l)
{
	size_t n = l->prev->n_events;

	for (size_t i = n > VT_EVENTS ? n - VT_EVENTS : 0; i < n; i++) {
		struct vt_event e = l->prev->events[i];

		vt_idmap_put(&l->last, vt_id_hash_word(e.subject, e.kind), (int32_t)l->n);
		e.kind = vt_arena_intern(l->s->arena, e.kind);
		e.name = vt_arena_intern(l->s->arena, e.name);
		e.text = vt_arena_intern(l->s->arena, e.text);
		append(l, &e);
	}
}

bool vt_log_has_room(struct vt_log *l)
{
	return l->in_batch++ < MOST_AT_ONCE;
}

void vt_log_say(struct vt_log *l, const char *kind, struct vt_id subject, const char *name,
		const char *text)
{
	struct vt_event e = {
		.at_ns = l->s->wall_ns, .kind = kind, .subject = subject, .name = name, .text = text
	};

	append(l, &e);
}

void vt_log_begin(struct vt_log *l)
{
	l->mark = l->n;
	l->in_batch = 0;
}

void vt_log_end(struct vt_log *l, const char *kind, enum vt_kind subject, const char *what)
{
	if (l->in_batch <= MOST_AT_ONCE)
		return;
	l->n = l->mark;
	vt_log_say(l, kind, (struct vt_id){ subject, 0, 0 }, "",
		   vt_arena_printf(l->s->arena, "%zu %s", l->in_batch, what));
}

static bool said_lately(const struct vt_log *l, const char *kind, struct vt_id subject)
{
	int32_t at = vt_idmap_get(&l->last, vt_id_hash_word(subject, kind));

	return at >= 0 && l->s->wall_ns - l->events[at].at_ns < quiet_ns;
}

/* What came and went. */

static const char *namespace_words(struct vt_log *l, const void *record)
{
	const struct vt_namespace *ns = record;
	const char *what = vt_arena_printf(l->s->arena, "%s namespace %" PRIu64,
					   vt_ns_names[ns->ns_type], ns->id);

	if (VT_HAS(NAMESPACE, ns, leader_pid))
		return vt_arena_printf(l->s->arena, "%s of %" PRIu64 " %s", what, ns->leader_pid,
				       VT_HAS(NAMESPACE, ns, leader_comm) ? ns->leader_comm : "");
	if (ns->kept_where)
		return vt_arena_printf(l->s->arena, "%s at %s", what, ns->kept_where);
	return what;
}

/*
 * Who made it: a user namespace knows the uid of its maker; of others the first
 * process and its parent are what is known a moment later.
 */
static const char *namespace_maker(struct vt_log *l, const void *record)
{
	const struct vt_namespace *ns = record;
	const struct vt_process *p = vt_process_at(l->s, ns->leader), *up;
	const char *text = "";

	if (VT_HAS(NAMESPACE, ns, owner_uid))
		text = vt_arena_printf(l->s->arena, ", made by uid %" PRIu64, ns->owner_uid);
	else if (p && VT_HAS(PROCESS, p, uid))
		text = vt_arena_printf(l->s->arena, ", uid %" PRIu64, p->uid);
	up = p ? vt_process_at(l->s, p->parent) : NULL;
	if (up)
		text = vt_arena_printf(l->s->arena, "%s, child of %" PRIu64 " %s", text, up->pid,
				       VT_HAS(PROCESS, up, comm) ? up->comm : "");
	return text;
}

static const char *cgroup_words(struct vt_log *l, const void *record)
{
	return vt_arena_printf(l->s->arena, "cgroup %s", ((const struct vt_cgroup *)record)->path);
}

static const char *container_words(struct vt_log *l, const void *record)
{
	const struct vt_container *c = record;

	return vt_arena_printf(l->s->arena, "container %.64s%s%s",
			       VT_HAS(CONTAINER, c, name) ? c->name : c->id,
			       VT_HAS(CONTAINER, c, engine) ? " of " : "",
			       VT_HAS(CONTAINER, c, engine) ? c->engine : "");
}

static const char *cgroup_name(const void *record)
{
	return ((const struct vt_cgroup *)record)->path;
}

static const char *namespace_name(const void *record)
{
	return vt_ns_names[((const struct vt_namespace *)record)->ns_type];
}

static const char *container_name(const void *record)
{
	const struct vt_container *c = record;

	return VT_HAS(CONTAINER, c, name) ? c->name : c->id;
}

static const struct watched {
	enum vt_kind kind;
	const char *(*words)(struct vt_log *l, const void *record);
	const char *(*name)(const void *record);
	const char *many_new, *many_gone;
	const char *(*maker)(struct vt_log *l, const void *record); /* NULL: not told */
} watched[] = {
	{ VT_KIND_NAMESPACE, namespace_words, namespace_name, "new namespaces",
	  "namespaces are gone", namespace_maker },
	{ VT_KIND_CGROUP, cgroup_words, cgroup_name, "new cgroups", "cgroups removed", NULL },
	{ VT_KIND_CONTAINER, container_words, container_name, "new containers",
	  "containers are gone", NULL },
	{ VT_KIND_MACHINE, vt_machine_words, vt_machine_name, "new machines", "machines are gone",
	  NULL },
};

static const struct vt_head *row_at(const struct vt_table *t, enum vt_kind kind, size_t i)
{
	return (const struct vt_head *)(const void *)((const char *)t->rows +
						      i * vt_kinds[kind].size);
}

static void say_new(struct vt_log *l, const struct watched *w)
{
	const struct vt_table *t = &l->s->table[w->kind];

	vt_log_begin(l);
	for (size_t i = 0; i < t->n; i++) {
		const struct vt_head *h = row_at(t, w->kind, i);

		if (h->first_seen_ns == l->s->taken_ns && vt_log_has_room(l))
			vt_log_say(l, "created", vt_record_id(w->kind, h), w->name(h),
				   vt_arena_printf(l->s->arena, "new %s%s", w->words(l, h),
						   w->maker ? w->maker(l, h) : ""));
	}
	vt_log_end(l, "created", w->kind, w->many_new);
}

static void say_gone(struct vt_log *l, const struct watched *w)
{
	const struct vt_table *t = &l->s->gone[w->kind];

	vt_log_begin(l);
	for (size_t i = 0; i < t->n; i++) {
		const struct vt_head *h = row_at(t, w->kind, i);

		if (h->gone_ns == l->s->taken_ns && vt_log_has_room(l))
			vt_log_say(
				l, "removed", vt_record_id(w->kind, h), w->name(h),
				vt_arena_printf(l->s->arena, "%s %s", w->words(l, h),
						w->kind == VT_KIND_CGROUP ? "removed" : "is gone"));
	}
	vt_log_end(l, "removed", w->kind, w->many_gone);
}

/* Counters that count misfortunes. */

static const struct misfortune {
	int metric;
	const char *kind;
	bool quiet; /* goes on while the limit is hit */
	const char *one, *many;
	const char *in_many;
} misfortunes[] = {
	{ VT_CGROUP_memory_events_oom_kill, "oom-kill", false,
	  "process killed by the OOM killer in", "processes killed by the OOM killer in",
	  "cgroups had processes killed by the OOM killer" },
	{ VT_CGROUP_pids_events_max, "pids-refused", true, "fork refused by pids.max in",
	  "forks refused by pids.max in", "cgroups had forks refused by pids.max" },
	{ VT_CGROUP_memory_events_max, "memory-max", true, "time memory.max was hit in",
	  "times memory.max was hit in", "cgroups hit their memory.max" },
};

static void say_misfortune(struct vt_log *l, const struct misfortune *m)
{
	vt_autofree uint64_t *grown = vt_growth_own(l->s, l->prev, m->metric);
	size_t n;
	const struct vt_cgroup *cgs = vt_cgroup_rows(l->s, &n);

	vt_log_begin(l);
	for (size_t i = 0; i < n; i++) {
		struct vt_id id = vt_record_id(VT_KIND_CGROUP, &cgs[i]);

		if (!grown[i] || (m->quiet && said_lately(l, m->kind, id)) || !vt_log_has_room(l))
			continue;
		vt_log_say(l, m->kind, id, cgs[i].path,
			   vt_arena_printf(l->s->arena, "%" PRIu64 " %s %s", grown[i],
					   grown[i] == 1 ? m->one : m->many, cgs[i].path));
	}
	if (l->in_batch > MOST_AT_ONCE && m->quiet &&
	    said_lately(l, m->kind, (struct vt_id){ VT_KIND_CGROUP, 0, 0 }))
		l->n = l->mark;
	else
		vt_log_end(l, m->kind, VT_KIND_CGROUP, m->in_many);
}

/* Changes of state. */

/* A cgroup that appeared after we began to watch cannot have been throttled before. */
static bool was_throttled(const struct vt_cgroup *cg, bool *ret_known)
{
	*ret_known = VT_HAS(CGROUP, cg, throttled_percent) || cg->head.first_seen_ns;
	return VT_HAS(CGROUP, cg, throttled_percent) && cg->throttled_percent >= throttling_percent;
}

static void compare_throttling(struct vt_log *l, const struct vt_cgroup *old,
			       const struct vt_cgroup *cg)
{
	bool known, was = was_throttled(old, &known), is;

	if (!known || !VT_HAS(CGROUP, cg, throttled_percent))
		return;
	is = cg->throttled_percent >= throttling_percent;
	if (is == was || !vt_log_has_room(l))
		return;
	if (is)
		vt_log_say(l, "throttling", vt_record_id(VT_KIND_CGROUP, cg), cg->path,
			   vt_arena_printf(l->s->arena,
					   "%s is throttled by its cpu.max: %.0f%% of periods",
					   cg->path, cg->throttled_percent));
	else
		vt_log_say(l, "throttling-ended", vt_record_id(VT_KIND_CGROUP, cg), cg->path,
			   vt_arena_printf(l->s->arena, "%s is no longer throttled", cg->path));
}

static bool frozen_changed(const struct vt_cgroup *old, const struct vt_cgroup *cg)
{
	return old && cg && VT_HAS(CGROUP, old, frozen) && VT_HAS(CGROUP, cg, frozen) &&
	       !old->frozen != !cg->frozen;
}

static const struct vt_cgroup *before(const struct vt_log *l, const struct vt_cgroup *cg)
{
	if (!cg)
		return NULL;
	return vt_cgroup_at(l->prev, vt_snapshot_index(l->prev, vt_record_id(VT_KIND_CGROUP, cg)));
}

static void compare_frozen(struct vt_log *l, const struct vt_cgroup *old,
			   const struct vt_cgroup *cg)
{
	const struct vt_cgroup *up = vt_cgroup_at(l->s, cg->parent);

	/* Descendants change with their ancestor. */
	if (!frozen_changed(old, cg) || frozen_changed(before(l, up), up) || !vt_log_has_room(l))
		return;
	vt_log_say(l, cg->frozen ? "frozen" : "thawed", vt_record_id(VT_KIND_CGROUP, cg), cg->path,
		   vt_arena_printf(l->s->arena, "%s was %s", cg->path,
				   cg->frozen ? "frozen" : "thawed"));
}

/* Limits that somebody changed. */
static const struct limit {
	int metric;
	const char *file;
} limits[] = {
	{ VT_CGROUP_cpu_max_percent, "cpu.max" },
	{ VT_CGROUP_cpu_max_burst_usec, "cpu.max.burst" },
	{ VT_CGROUP_cpu_weight, "cpu.weight" },
	{ VT_CGROUP_cpu_idle, "cpu.idle" },
	{ VT_CGROUP_cpu_uclamp_min, "cpu.uclamp.min" },
	{ VT_CGROUP_cpu_uclamp_max, "cpu.uclamp.max" },
	{ VT_CGROUP_memory_max_bytes, "memory.max" },
	{ VT_CGROUP_memory_high_bytes, "memory.high" },
	{ VT_CGROUP_memory_low_bytes, "memory.low" },
	{ VT_CGROUP_memory_min_bytes, "memory.min" },
	{ VT_CGROUP_memory_oom_group, "memory.oom.group" },
	{ VT_CGROUP_swap_max_bytes, "memory.swap.max" },
	{ VT_CGROUP_swap_high_bytes, "memory.swap.high" },
	{ VT_CGROUP_zswap_max_bytes, "memory.zswap.max" },
	{ VT_CGROUP_pids_max, "pids.max" },
	{ VT_CGROUP_io_weight, "io.weight" },
	{ VT_CGROUP_cpuset_cpus, "cpuset.cpus" },
	{ VT_CGROUP_cpuset_mems, "cpuset.mems" },
	{ VT_CGROUP_cpuset_partition, "cpuset.cpus.partition" },
	{ VT_CGROUP_max_depth, "cgroup.max.depth" },
	{ VT_CGROUP_max_descendants, "cgroup.max.descendants" },
};

static void limit_text(char *out, size_t size, enum vt_kind kind, int metric, const void *record,
		       bool exact)
{
	const struct vt_metric *m = &vt_kinds[kind].metrics[metric];

	if (m->class == VT_STRING)
		(void)snprintf(out, size, "%s", vt_metric_string(m, record));
	else if (m->unit == VT_UNIT_PERCENT && !isinf(vt_metric_number(m, record)))
		(void)snprintf(out, size, "%.6g%%", vt_metric_number(m, record));
	else if (exact)
		vt_metric_long(out, size, kind, metric, record, true);
	else
		vt_metric_short(out, size, kind, metric, record, true);
}

static void compare_limit(struct vt_log *l, enum vt_kind kind, int metric, const char *file,
			  const struct vt_cgroup *cg, const void *old, const void *now)
{
	char was[128], is[128];

	if (!vt_valid(old, (unsigned)metric) || !vt_valid(now, (unsigned)metric) ||
	    vt_metric_compare(kind, metric, old, now) == 0 || !vt_log_has_room(l))
		return;
	limit_text(was, sizeof(was), kind, metric, old, false);
	limit_text(is, sizeof(is), kind, metric, now, false);
	if (strcmp(was, is) == 0) {
		limit_text(was, sizeof(was), kind, metric, old, true);
		limit_text(is, sizeof(is), kind, metric, now, true);
	}
	vt_log_say(l, "limit", vt_record_id(VT_KIND_CGROUP, cg), cg->path,
		   vt_arena_printf(l->s->arena, "%s of %s: %s → %s", file, cg->path, was, is));
}

static void compare_hugetlb(struct vt_log *l, const struct vt_cgroup *cg)
{
	size_t n;
	const struct vt_hugetlb *rows = vt_hugetlb_rows(l->s, &n);

	for (int32_t i = cg->first_hugetlb; i < cg->first_hugetlb + cg->n_hugetlbs; i++) {
		struct vt_id id = vt_record_id(VT_KIND_HUGETLB, &rows[i]);
		const struct vt_hugetlb *old = vt_hugetlb_at(l->prev,
							     vt_snapshot_index(l->prev, id));
		char file[64];

		if (!old || !VT_HAS(HUGETLB, &rows[i], page_size))
			continue;
		(void)snprintf(file, sizeof(file), "hugetlb.%s.max", rows[i].page_size);
		compare_limit(l, VT_KIND_HUGETLB, VT_HUGETLB_max_bytes, file, cg, old, &rows[i]);
	}
}

static void compare_limits(struct vt_log *l, const struct vt_cgroup *old,
			   const struct vt_cgroup *cg)
{
	for (size_t i = 0; i < VT_LEN(limits); i++)
		compare_limit(l, VT_KIND_CGROUP, limits[i].metric, limits[i].file, cg, old, cg);
	compare_hugetlb(l, cg);
}

static const struct comparison {
	void (*compare)(struct vt_log *l, const struct vt_cgroup *old, const struct vt_cgroup *cg);
	const char *kind, *many;
} comparisons[] = {
	{ compare_limits, "limit", "limits changed" },
	{ compare_throttling, "throttling", "cgroups began or ceased to be throttled" },
	{ compare_frozen, "frozen", "cgroups were frozen or thawed" },
};

static void say_changes(struct vt_log *l, const struct comparison *c)
{
	size_t n;
	const struct vt_cgroup *cgs = vt_cgroup_rows(l->s, &n);

	vt_log_begin(l);
	for (size_t i = 0; i < n; i++) {
		const struct vt_cgroup *old = before(l, &cgs[i]);

		if (old)
			c->compare(l, old, &cgs[i]);
	}
	vt_log_end(l, c->kind, VT_KIND_CGROUP, c->many);
}

/* Pressure that began or ended. */

static void say_pressure(struct vt_log *l)
{
	struct vt_pressure_change *changes = NULL;
	size_t n = vt_pressure_changes(l->s, l->prev, &changes);

	vt_log_begin(l);
	for (size_t i = 0; i < n; i++)
		if (vt_log_has_room(l))
			vt_log_say(l, changes[i].kind, changes[i].subject, changes[i].name,
				   changes[i].text);
	vt_log_end(l, "pressure", VT_KIND_CGROUP, "cgroups began or ceased to wait");
	free(changes);
}

/* Processes that were moved: the same process in another cgroup. */

static void compare_process(struct vt_log *l, const struct vt_process *old,
			    const struct vt_process *p)
{
	if (!VT_HAS(PROCESS, old, cgroup_id) || !VT_HAS(PROCESS, p, cgroup_id) ||
	    old->cgroup_id == p->cgroup_id || !vt_log_has_room(l))
		return;
	vt_log_say(l, "moved", vt_record_id(VT_KIND_PROCESS, p),
		   VT_HAS(PROCESS, p, comm) ? p->comm : "",
		   vt_arena_printf(l->s->arena, "%" PRIu64 " %s moved from %s to %s", p->pid,
				   VT_HAS(PROCESS, p, comm) ? p->comm : "", old->cgroup_path,
				   p->cgroup_path));
}

static void say_moves(struct vt_log *l)
{
	size_t n, n_old, j = 0;
	const struct vt_process *procs = vt_process_rows(l->s, &n);
	const struct vt_process *old = vt_process_rows(l->prev, &n_old);

	vt_log_begin(l);
	for (size_t i = 0; i < n; i++) {
		const struct vt_head *h = &procs[i].head;

		while (j < n_old &&
		       (old[j].head.a < h->a || (old[j].head.a == h->a && old[j].head.b < h->b)))
			j++;
		if (j < n_old && old[j].head.a == h->a && old[j].head.b == h->b)
			compare_process(l, &old[j], &procs[i]);
	}
	vt_log_end(l, "moved", VT_KIND_PROCESS, "processes moved to other cgroups");
}

/* Kills of the kernel log; those from before the start too, as it is the log that was late. */

uint64_t vt_oom_wall_ns(const struct vt_snapshot *s, const struct vt_oom *kill)
{
	const struct vt_host_row *host = vt_snapshot_host(s);
	uint64_t age_usec = 0;

	if (VT_HAS(HOST, host, uptime_usec) && VT_HAS(OOM, kill, at_usec) &&
	    host->uptime_usec > kill->at_usec)
		age_usec = host->uptime_usec - kill->at_usec;
	return s->wall_ns > age_usec * 1000 ? s->wall_ns - age_usec * 1000 : 0;
}

const char *vt_oom_words(struct vt_snapshot *s, const struct vt_oom *kill)
{
	char size[32];

	vt_units_short(size, sizeof(size), VT_UNIT_BYTES, kill->rss_bytes);
	return vt_arena_printf(s->arena, "%" PRIu64 " %s%s%s", kill->pid, kill->comm,
			       VT_HAS(OOM, kill, rss_bytes) ? ", " : "",
			       VT_HAS(OOM, kill, rss_bytes) ? size : "");
}

static void say_kill(struct vt_log *l, const struct vt_oom *kill)
{
	const char *path = VT_HAS(OOM, kill, cgroup) ? kill->cgroup : "/";
	const struct vt_cgroup *cg = vt_snapshot_path(l->s, path);
	struct vt_id subject = cg ? vt_record_id(VT_KIND_CGROUP, cg)
				  : (struct vt_id){ VT_KIND_CGROUP, 0, 0 };

	vt_log_say(l, "oom-victim", subject, path,
		   vt_arena_printf(l->s->arena, "the OOM killer ended %s in %s: %s%s",
				   vt_oom_words(l->s, kill), path,
				   VT_HAS(OOM, kill, holder) ? "memory limit of "
							     : "the host ran out of memory",
				   VT_HAS(OOM, kill, holder) ? kill->holder : ""));
	l->events[l->n - 1].at_ns = vt_oom_wall_ns(l->s, kill);
}

static void say_kills(struct vt_log *l)
{
	size_t n;
	const struct vt_oom *kills = vt_oom_rows(l->s, &n);

	vt_log_begin(l);
	for (size_t i = 0; i < n; i++)
		if ((!l->prev || kills[i].head.first_seen_ns == l->s->taken_ns) &&
		    vt_log_has_room(l))
			say_kill(l, &kills[i]);
	vt_log_end(l, "oom-victim", VT_KIND_CGROUP, "processes ended by the OOM killer");
}

static void keep(struct vt_log *l)
{
	struct vt_snapshot *s = l->s;
	size_t skip = l->n > VT_EVENTS ? l->n - VT_EVENTS : 0;

	if (!l->n)
		return;
	s->n_events = l->n - skip;
	s->events = vt_arena_alloc(s->arena, s->n_events * sizeof(*s->events));
	memcpy(s->events, l->events + skip, s->n_events * sizeof(*s->events));
}

static void say_differences(struct vt_log *l)
{
	copy_old(l);
	for (size_t i = 0; i < VT_LEN(watched); i++) {
		say_new(l, &watched[i]);
		say_gone(l, &watched[i]);
	}
	vt_say_machines(l);
	say_moves(l);
	for (size_t i = 0; i < VT_LEN(comparisons); i++)
		say_changes(l, &comparisons[i]);
	for (size_t i = 0; i < VT_LEN(misfortunes); i++)
		say_misfortune(l, &misfortunes[i]);
	say_pressure(l);
}

void vt_events_derive(struct vt_snapshot *s, const struct vt_snapshot *prev)
{
	struct vt_log l = { .s = s, .prev = prev };

	if (prev)
		say_differences(&l);
	say_kills(&l);
	keep(&l);
	vt_idmap_finish(&l.last);
	free(l.events);
}
