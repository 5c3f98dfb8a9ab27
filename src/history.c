/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ring of seconds for each row that is worth remembering, found by identity.
 * Time is the clock's and not the number of snapshots, so that a sparkline is
 * two minutes wide at every interval: what is sampled more often keeps the most
 * of each second, a longer interval fills all seconds that it is about.
 */
#include "history.h"

#include "memory.h"
#include "snapshot.h"

enum {
	FIGURES = 3,
	CHAINS = 1024 /* a power of two */
};

/* Which figures of a kind are kept. */
static const struct {
	enum vt_kind kind;
	int n, metrics[FIGURES];
} kept[] = {
	{ VT_KIND_CGROUP,
	  3,
	  { VT_CGROUP_cpu_percent, VT_CGROUP_memory_current_bytes,
	    VT_CGROUP_effective_throttled_percent } },
	{ VT_KIND_MACHINE,
	  3,
	  { VT_MACHINE_cpu_percent, VT_MACHINE_memory_bytes, VT_MACHINE_exits_rate } },
	{ VT_KIND_PROCESS, 2, { VT_PROCESS_cpu_percent, VT_PROCESS_rss_bytes } },
};

struct row {
	struct vt_id id;
	uint64_t second; /* the newest one in the ring */
	int32_t next;    /* in its chain; -1 */
	float ring[FIGURES][VT_HISTORY];
};

struct vt_history {
	uint64_t serial, second, step; /* of the last snapshot, the seconds that it is about */
	int32_t chains[CHAINS];
	struct row *rows;
	int32_t n;
};

struct vt_history *vt_history_new(void)
{
	struct vt_history *h = vt_alloc(sizeof(*h));

	for (int i = 0; i < CHAINS; i++)
		h->chains[i] = -1;
	return h;
}

void vt_history_free(struct vt_history *h)
{
	if (!h)
		return;
	free(h->rows);
	free(h);
}

static int figures_of(enum vt_kind kind)
{
	for (size_t i = 0; i < VT_LEN(kept); i++)
		if (kept[i].kind == kind)
			return (int)i;
	return -1;
}

static size_t chain_of(struct vt_id id)
{
	return vt_id_hash(id) % CHAINS;
}

static struct row *find(const struct vt_history *h, struct vt_id id)
{
	int32_t i = h->chains[chain_of(id)];

	while (i >= 0 && !vt_id_equal(h->rows[i].id, id))
		i = h->rows[i].next;
	return i < 0 ? NULL : &h->rows[i];
}

static void chain(struct vt_history *h, int32_t i)
{
	int32_t *first = &h->chains[chain_of(h->rows[i].id)];

	h->rows[i].next = *first;
	*first = i;
}

/* What was last kept two minutes ago has nothing to show any more. */
static void drop_old(struct vt_history *h)
{
	int32_t n = 0;

	for (int i = 0; i < CHAINS; i++)
		h->chains[i] = -1;
	for (int32_t i = 0; i < h->n; i++) {
		if (h->rows[i].second + VT_HISTORY <= h->second)
			continue;
		if (n != i)
			h->rows[n] = h->rows[i];
		chain(h, n++);
	}
	h->n = n;
}

static void unchain(struct vt_history *h, int32_t i)
{
	int32_t *at = &h->chains[chain_of(h->rows[i].id)];

	while (*at != i)
		at = &h->rows[*at].next;
	*at = h->rows[i].next;
}

/* The row that was kept least lately, when all are taken; -1: all are kept now. */
static int32_t take_oldest(struct vt_history *h)
{
	int32_t oldest = 0;

	for (int32_t i = 1; i < h->n; i++)
		if (h->rows[i].second < h->rows[oldest].second)
			oldest = i;
	if (h->rows[oldest].second == h->second)
		return -1;
	unchain(h, oldest);
	return oldest;
}

/* A free row. Memory is taken as rows come: most hosts need little of it. */
static int32_t take_free(struct vt_history *h)
{
	if (!(h->n & (h->n - 1)))
		h->rows = vt_realloc_array(h->rows, h->n ? 2 * (size_t)h->n : 1, sizeof(*h->rows));
	return h->n++;
}

static struct row *add(struct vt_history *h, struct vt_id id)
{
	int32_t i = h->n < VT_HISTORY_ROWS ? take_free(h) : take_oldest(h);

	if (i < 0)
		return NULL;
	h->rows[i].id = id;
	h->rows[i].second = h->second - VT_HISTORY;
	chain(h, i);
	return &h->rows[i];
}

static float value_of(enum vt_kind kind, int metric, const void *record)
{
	if (!vt_valid(record, (unsigned)metric))
		return -1;
	return (float)vt_metric_number(&vt_kinds[kind].metrics[metric], record);
}

/* Seconds without a sample are gaps, but for those that this one is about. */
static void put(const struct vt_history *h, struct row *row, int figure, float value)
{
	float *ring = row->ring[figure], *now = &ring[h->second % VT_HISTORY];
	uint64_t known = h->second - h->step;

	if (row->second == h->second) {
		*now = value > *now ? value : *now;
		return;
	}
	for (uint64_t at = row->second + 1; at <= h->second; at++)
		ring[at % VT_HISTORY] = at > known ? value : -1;
}

static void record(struct vt_history *h, const void *record, struct vt_id id)
{
	int figures = figures_of(id.kind);
	struct row *row = figures < 0 ? NULL : find(h, id);

	if (!row && figures >= 0)
		row = add(h, id);
	if (!row)
		return;
	for (int i = 0; i < kept[figures].n; i++)
		put(h, row, i, value_of(id.kind, kept[figures].metrics[i], record));
	row->second = h->second;
}

void vt_history_keep(struct vt_history *h, const struct vt_snapshot *s, struct vt_id id)
{
	const void *rec = figures_of(id.kind) < 0 ? NULL : vt_snapshot_find(s, id);

	if (rec)
		record(h, rec, id);
}

static void keep_whole(struct vt_history *h, const struct vt_snapshot *s, enum vt_kind kind)
{
	const struct vt_table *t = &s->table[kind];

	if (t->n > VT_HISTORY_WHOLE)
		return;
	for (size_t i = 0; i < t->n; i++) {
		const void *rec = (const char *)t->rows + i * vt_kinds[kind].size;

		record(h, rec, vt_record_id(kind, rec));
	}
}

void vt_history_take(struct vt_history *h, const struct vt_snapshot *s)
{
	if (s->serial == h->serial)
		return;
	h->serial = s->serial;
	/* Never so near to zero that it cannot be looked back from. */
	h->second = s->taken_ns / 1000000000 + 2 * VT_HISTORY;
	h->step = s->interval_ns / 1000000000;
	h->step = h->step < 1 ? 1 : h->step > VT_HISTORY ? VT_HISTORY : h->step;
	drop_old(h);
	for (size_t i = 0; i < s->n_findings; i++)
		vt_history_keep(h, s, s->findings[i].subject);
	keep_whole(h, s, VT_KIND_CGROUP);
	keep_whole(h, s, VT_KIND_MACHINE);
}

static int figure_of(struct vt_id id, int metric)
{
	int figures = figures_of(id.kind);

	for (int i = 0; figures >= 0 && i < kept[figures].n; i++)
		if (kept[figures].metrics[i] == metric)
			return i;
	return -1;
}

size_t vt_history_get(const struct vt_history *h, struct vt_id id, int metric,
		      float out[VT_HISTORY])
{
	int figure = h ? figure_of(id, metric) : -1;
	const struct row *row = figure < 0 ? NULL : find(h, id);
	size_t reach = 0;

	if (!row)
		return 0;
	for (uint64_t i = 0; i < VT_HISTORY; i++) {
		uint64_t at = h->second - i;
		float value = at > row->second || at + VT_HISTORY <= row->second
				      ? -1
				      : row->ring[figure][at % VT_HISTORY];

		out[VT_HISTORY - 1 - i] = value;
		if (value >= 0)
			reach = (size_t)i + 1;
	}
	return reach;
}

void vt_history_shrink(const float seconds[VT_HISTORY], float *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t from = i * VT_HISTORY / n, to = (i + 1) * VT_HISTORY / n;

		out[i] = -1;
		for (size_t k = from; k < to || k == from; k++)
			if (seconds[k] > out[i])
				out[i] = seconds[k];
	}
}
