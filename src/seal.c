/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the builder's rows a snapshot: sort by identity, merge-join with the
 * snapshot before (rates, first sight, what is gone), then the derivations.
 * A rate needs the same identity in two consecutive snapshots and a counter
 * that did not run backwards; anything else leaves it unknown.
 */
#include <math.h>
#include <string.h>

#include "builder_private.h"
#include "derive.h"

static int compare_ids(const struct vt_head *x, uint64_t a, uint64_t b)
{
	if (x->a != a)
		return x->a < a ? -1 : 1;
	return (x->b > b) - (x->b < b);
}

static struct vt_head *raw_at(const struct raw_rows *raw, size_t size, size_t i)
{
	return (struct vt_head *)(void *)(raw->rows + i * size);
}

static bool is_sorted(const struct raw_rows *raw, size_t size)
{
	for (size_t i = 1; i < raw->n; i++) {
		const struct vt_head *h = raw_at(raw, size, i);

		if (compare_ids(raw_at(raw, size, i - 1), h->a, h->b) >= 0)
			return false;
	}
	return true;
}

struct raw_table {
	const struct raw_rows *raw;
	size_t size;
};

static int compare_rows(const void *x, const void *y, void *arg)
{
	const struct raw_table *t = arg;
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
	const struct vt_head *h = raw_at(t->raw, t->size, b);
	int order = compare_ids(raw_at(t->raw, t->size, a), h->a, h->b);

	return order ? order : (a > b) - (a < b);
}

/*
 * Moves each row to where it belongs, cycle by cycle, with room for one row aside.
 * order: which row belongs here.
 */
static void permute(const struct raw_rows *raw, size_t size, uint32_t *order)
{
	vt_autofree void *aside = vt_alloc(size);

	for (size_t i = 0; i < raw->n; i++) {
		uint32_t hole = (uint32_t)i, from = order[i];

		if (from == i)
			continue;
		memcpy(aside, raw_at(raw, size, i), size);
		while (from != i) {
			memcpy(raw_at(raw, size, hole), raw_at(raw, size, from), size);
			order[hole] = hole;
			hole = from;
			from = order[hole];
		}
		memcpy(raw_at(raw, size, hole), aside, size);
		order[hole] = hole;
	}
}

/* The first of equal ones wins. */
static void drop_equal(struct raw_rows *raw, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < raw->n; i++) {
		const struct vt_head *h = raw_at(raw, size, i);

		if (n && compare_ids(raw_at(raw, size, n - 1), h->a, h->b) == 0)
			continue;
		if (n != i)
			memcpy(raw_at(raw, size, n), h, size);
		n++;
	}
	raw->n = n;
}

/* By index: the rows are many and large, and this is where a refresh needs the most memory. */
static void sort_rows(struct raw_rows *raw, size_t size)
{
	vt_autofree uint32_t *order = vt_realloc_array(NULL, raw->n, sizeof(*order));
	struct raw_table table = { raw, size };

	for (size_t i = 0; i < raw->n; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, raw->n, sizeof(*order), compare_rows, &table);
	permute(raw, size, order);
	drop_equal(raw, size);
}

/* The builder's rows become the snapshot's: sorted where they are, never copied. */
static void seal_table(struct vt_snapshot *s, struct vt_builder *b, int kind)
{
	struct raw_rows *raw = &b->raw[kind];
	size_t size = vt_kinds[kind].size;

	if (!raw->n)
		return;
	if (!is_sorted(raw, size))
		sort_rows(raw, size);
	s->table[kind].n = raw->n;
	s->table[kind].rows = vt_realloc_array(raw->rows, raw->n, size);
	vt_arena_adopt(s->arena, s->table[kind].rows, raw->n * size);
	*raw = (struct raw_rows){ .expected = raw->n };
}

static uint64_t counter(const struct vt_metric *m, const void *row)
{
	return *(const uint64_t *)(const void *)((const char *)row + m->offset);
}

/* Growth of a counter; false when unknown or backwards. */
static bool growth(const struct vt_kind_info *k, int metric, const struct vt_head *now,
		   const struct vt_head *before, uint64_t *ret)
{
	const struct vt_metric *m = &k->metrics[metric];

	if (!vt_valid(now, (unsigned)metric) || !vt_valid(before, (unsigned)metric) ||
	    counter(m, now) < counter(m, before))
		return false;
	*ret = counter(m, now) - counter(m, before);
	return true;
}

/* A file is read a moment after the clock: a share of time may come out as 101 %. */
static bool is_share_of_time(const struct vt_metric *m)
{
	return m->unit == VT_UNIT_PERCENT && strncmp(m->json, "pressure.", 9) == 0;
}

static void set_rates(const struct vt_kind_info *k, struct vt_head *now,
		      const struct vt_head *before, double seconds)
{
	for (int i = 0; i < k->n_metrics; i++) {
		const struct vt_metric *m = &k->metrics[i];
		double *value = (double *)(void *)((char *)now + m->offset);
		uint64_t part, whole;

		if (m->class != VT_RATE && m->class != VT_SHARE)
			continue;
		if (!growth(k, m->from, now, before, &part))
			continue;
		if (m->class == VT_RATE)
			*value = is_share_of_time(m) ? fmin(100, (double)part * m->scale / seconds)
						     : (double)part * m->scale / seconds;
		else if (!growth(k, m->per, now, before, &whole))
			continue;
		else
			*value = whole ? 100.0 * (double)part / (double)whole : 0;
		vt_valid_set(now, (unsigned)i);
	}
}

/* What the probe left out this time, since it hardly ever changes. */
static void take_kept(struct vt_snapshot *s, const struct vt_kind_info *k, struct vt_head *now,
		      const struct vt_head *before)
{
	for (int i = 0; i < k->n_metrics; i++) {
		const struct vt_metric *m = &k->metrics[i];
		unsigned bit = (unsigned)i;
		char *to = (char *)now + m->offset;

		if (!(now->kept[bit / 64] >> (bit % 64) & 1) || vt_valid(now, bit) ||
		    !vt_valid(before, bit))
			continue;
		/* Numbers and pointers alike are eight bytes. */
		memcpy(to, (const char *)before + m->offset, sizeof(uint64_t));
		if (m->class == VT_STRING) {
			const char **string = (const char **)(void *)to;

			*string = vt_arena_intern(s->arena, *string);
		}
		vt_valid_set(now, bit);
	}
}

static void forget_cgroup(struct vt_snapshot *s, struct vt_cgroup *cg)
{
	cg->name = vt_arena_intern(s->arena, cg->name);
	cg->parent = cg->container = -1;
	cg->n_iodevs = cg->n_hugetlbs = cg->n_resources = 0;
}

static void forget_process(struct vt_snapshot *s, struct vt_process *p)
{
	struct vt_ns_set *set = NULL;

	p->cgroup_path = vt_arena_intern(s->arena, p->cgroup_path);
	if (p->ns) {
		set = vt_arena_alloc(s->arena, sizeof(*set));
		*set = *p->ns;
		for (int t = 0; t < VT_NS_TYPES; t++)
			set->at[t] = -1;
	}
	p->ns = set;
	p->cgroup = p->parent = p->machine = -1;
}

static void forget_namespace(struct vt_snapshot *s, struct vt_namespace *ns)
{
	ns->kept_by = vt_arena_intern(s->arena, ns->kept_by);
	ns->kept_where = vt_arena_intern(s->arena, ns->kept_where);
	ns->parent = ns->owner = ns->leader = -1;
	ns->n_keepers = 0;
}

/* Indices are of another snapshot's tables; strings outside the metrics are in its arena. */
static void forget_relations(struct vt_snapshot *s, int kind, void *row)
{
	struct vt_container *container = row;
	struct vt_machine *machine = row;

	switch (kind) {
	case VT_KIND_PROCESS:
		forget_process(s, row);
		break;
	case VT_KIND_NAMESPACE:
		forget_namespace(s, row);
		break;
	case VT_KIND_CGROUP:
		forget_cgroup(s, row);
		break;
	case VT_KIND_IODEV:
		((struct vt_iodev *)row)->of_limit_from = NULL;
		break;
	case VT_KIND_CONTAINER:
		container->cgroup = container->leader = -1;
		break;
	case VT_KIND_MACHINE:
		machine->process = machine->cgroup = -1;
		machine->n_vcpus = machine->n_workers = machine->n_taps = 0;
		break;
	case VT_KIND_VCPU:
		((struct vt_vcpu *)row)->machine = -1;
		break;
	case VT_KIND_WORKER:
		((struct vt_worker *)row)->machine = -1;
		break;
	case VT_KIND_TAP:
		((struct vt_tap *)row)->machine = ((struct vt_tap *)row)->interface = -1;
		break;
	case VT_KIND_INTERFACE:
		((struct vt_interface *)row)->namespace = -1;
		break;
	case VT_KIND_PARAMETER:
		((struct vt_parameter *)row)->module = -1;
		break;
	default:
		break;
	}
}

/* Rows that are no longer there. Most refreshes have none, so they are listed first. */
struct gone {
	const struct vt_head **rows;
	size_t n, cap;
};

static void add_gone(struct gone *g, const struct vt_head *row)
{
	VT_GROW(g->rows, g->n, g->cap);
	g->rows[g->n++] = row;
}

/* Copied with their strings. What is gone for longer says since when. */
static void keep_gone(struct vt_snapshot *s, int kind, const struct gone *g)
{
	const struct vt_kind_info *k = &vt_kinds[kind];
	char *copy;

	if (!g->n)
		return;
	copy = vt_arena_alloc(s->arena, g->n * k->size);
	s->gone[kind] = (struct vt_table){ copy, g->n };
	for (size_t row = 0; row < g->n; row++, copy += k->size) {
		struct vt_head *head = (struct vt_head *)(void *)copy;

		memcpy(copy, g->rows[row], k->size);
		if (!head->gone_ns)
			head->gone_ns = s->taken_ns;
		for (int i = 0; i < k->n_metrics; i++) {
			const char **string = (const char **)(void *)(copy + k->metrics[i].offset);

			if (k->metrics[i].class == VT_STRING && vt_valid(head, (unsigned)i))
				*string = vt_arena_intern(s->arena, *string);
		}
		forget_relations(s, kind, copy);
	}
}

/* NULL behind the last row. */
static struct vt_head *row_at(const struct vt_table *t, int kind, size_t i)
{
	return i < t->n ? (struct vt_head *)(void *)((char *)t->rows + i * vt_kinds[kind].size)
			: NULL;
}

static void meet(struct vt_snapshot *s, int kind, struct vt_head *now, const struct vt_head *before,
		 bool rates)
{
	now->first_seen_ns = before->first_seen_ns;
	if (now->kept)
		take_kept(s, &vt_kinds[kind], now, before);
	if (rates && s->interval_ns)
		set_rates(&vt_kinds[kind], now, before, (double)s->interval_ns / 1e9);
}

static void join_ghosts(const struct vt_snapshot *s, const struct vt_table *ghosts, int kind,
			struct gone *g)
{
	for (size_t i = 0; i < ghosts->n; i++) {
		const struct vt_head *b = row_at(ghosts, kind, i);

		if (s->taken_ns - b->gone_ns < VT_GONE_NS &&
		    vt_snapshot_index(s, (struct vt_id){ (enum vt_kind)kind, b->a, b->b }) < 0)
			add_gone(g, b);
	}
}

static void join(struct vt_snapshot *s, const struct vt_snapshot *prev, int kind, bool rates)
{
	const struct vt_table *old = &prev->table[kind], *now = &s->table[kind];
	struct gone gone = { 0 };
	size_t i = 0, j = 0;

	while (i < now->n || j < old->n) {
		struct vt_head *a = row_at(now, kind, i);
		const struct vt_head *b = row_at(old, kind, j);
		int order = !a ? 1 : !b ? -1 : compare_ids(a, b->a, b->b);

		if (order == 0)
			meet(s, kind, a, b, rates);
		else if (order < 0)
			a->first_seen_ns = a->first_seen_ns ? a->first_seen_ns : s->taken_ns;
		else
			add_gone(&gone, b);
		i += order <= 0;
		j += order >= 0;
	}
	join_ghosts(s, &prev->gone[kind], kind, &gone);
	keep_gone(s, kind, &gone);
	free(gone.rows);
}

static void join_rates(struct vt_snapshot *s, const struct vt_snapshot *base, int kind)
{
	const struct vt_table *old = &base->table[kind], *now = &s->table[kind];

	for (size_t i = 0, j = 0; i < now->n && j < old->n && s->interval_ns;) {
		struct vt_head *a = row_at(now, kind, i);
		const struct vt_head *b = row_at(old, kind, j);
		int order = compare_ids(a, b->a, b->b);

		if (order == 0)
			set_rates(&vt_kinds[kind], a, b, (double)s->interval_ns / 1e9);
		i += order <= 0;
		j += order >= 0;
	}
}

/* The rows that are there, whose "kept" has been used. */
static void set_not_gone(struct vt_snapshot *s, int kind)
{
	for (size_t i = 0; i < s->table[kind].n; i++)
		row_at(&s->table[kind], kind, i)->gone_ns = 0;
}

static void join_all(struct vt_snapshot *s, const struct vt_snapshot *prev,
		     const struct vt_snapshot *base, int kind)
{
	join(s, prev, kind, base == prev);
	if (base != prev)
		join_rates(s, base, kind);
}

static void keep_history(struct vt_snapshot *s, const struct vt_snapshot *prev)
{
	struct vt_host_row *now = s->table[VT_KIND_HOST].rows;
	size_t n = 0;

	if (prev) {
		const struct vt_host_row *old = vt_snapshot_host(prev);
		size_t skip = old->n_history == VT_HISTORY;

		n = old->n_history - skip;
		memcpy(now->cpu_history, old->cpu_history + skip, n * sizeof(float));
		memcpy(now->mem_history, old->mem_history + skip, n * sizeof(float));
	}
	now->cpu_history[n] = VT_HAS(HOST, now, cpu_percent) ? (float)now->cpu_percent : -1;
	now->mem_history[n] = -1;
	if (VT_HAS(HOST, now, mem_total_bytes) && VT_HAS(HOST, now, mem_available_bytes) &&
	    now->mem_total_bytes)
		now->mem_history[n] = (float)(100 - 100.0 * (double)now->mem_available_bytes /
							    (double)now->mem_total_bytes);
	now->n_history = n + 1;
}

static void *copy_array(struct vt_arena *a, const void *rows, size_t n, size_t size)
{
	void *copy;

	if (!n)
		return NULL;
	copy = vt_arena_alloc(a, n * size);
	return memcpy(copy, rows, n * size);
}

struct vt_snapshot *vt_builder_seal(struct vt_builder *b, const struct vt_snapshot *prev,
				    const struct vt_clock *clock)
{
	const struct vt_snapshot *base = clock->base ? clock->base : prev;
	struct vt_snapshot *s = vt_alloc(sizeof(*s));

	vt_builder_probe(b, NULL);
	s->arena = b->arena;
	b->arena = NULL;
	s->serial = prev ? prev->serial + 1 : 1;
	s->taken_ns = clock->taken_ns;
	s->wall_ns = clock->wall_ns;
	s->live = clock->live;
	if (prev)
		s->interval_ns = s->taken_ns - base->taken_ns;
	for (int k = 0; k < VT_KIND_COUNT; k++)
		seal_table(s, b, k);
	for (int k = 0; prev && k < VT_KIND_COUNT; k++)
		if (k != VT_KIND_CONTAINER)
			join_all(s, prev, base, k);
	for (int k = 0; k < VT_KIND_COUNT; k++)
		set_not_gone(s, k);
	s->n_notes = b->n_notes;
	s->notes = copy_array(s->arena, b->notes, b->n_notes, sizeof(*b->notes));
	s->n_probes = b->n_probes;
	s->probes = copy_array(s->arena, b->probes, b->n_probes, sizeof(*b->probes));
	keep_history(s, prev);
	vt_relate(s);
	vt_root_derive(s);
	vt_trend_derive(s, prev);
	vt_limits_derive(s);
	vt_limits_io_derive(s);
	vt_protection_derive(s);
	vt_containers_derive(s);
	vt_identity_derive(s);
	/* Containers follow from cgroups and their rates, so they are not there before. */
	if (prev)
		join_all(s, prev, base, VT_KIND_CONTAINER);
	vt_findings_derive(s, prev);
	vt_events_derive(s, prev);
	vt_arena_seal(s->arena);
	return s;
}
