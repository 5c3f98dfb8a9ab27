/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exits by reason with the time that each took. Times go into buckets of a 16th
 * of a power of two, so that percentiles of millions of exits take little memory
 * and are right to about 6 %.
 */
#include "exit_trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "exit_reasons.h"
#include "memory.h"

enum {
	REASONS = 128,
	THREADS = 256,
	PLACES = 256, /* ports and addresses */
	SHOWN_PLACES = 8,
	PARTS = 16, /* of a power of two */
	BUCKETS = 64 * PARTS
};

struct reason {
	uint32_t isa, code;
	uint64_t count, timed, total_ns, most_ns;
	uint32_t buckets[BUCKETS];
};

struct place {
	bool is_port, is_in;
	uint64_t at, count;
};

struct vt_exit_trace {
	struct reason *reasons;
	size_t n_reasons, cap_reasons;
	struct place places[PLACES];
	size_t n_places;
	struct {
		bool is_out; /* the guest has exited for this reason, then */
		size_t reason;
		uint64_t since_ns;
	} threads[THREADS];
	uint64_t exits, entries, lost, more_reasons, more_places;
};

struct vt_exit_trace *vt_exit_trace_new(void)
{
	return vt_alloc(sizeof(struct vt_exit_trace));
}

void vt_exit_trace_free(struct vt_exit_trace *t)
{
	if (t)
		free(t->reasons);
	free(t);
}

static size_t bucket_of(uint64_t ns)
{
	unsigned top;

	if (ns < PARTS)
		return (size_t)ns;
	top = 63 - (unsigned)__builtin_clzll(ns);
	return (size_t)(top - 3) * PARTS + (size_t)(ns >> (top - 4) & (PARTS - 1));
}

/* The middle of a bucket. */
static uint64_t value_of(size_t bucket)
{
	unsigned top = (unsigned)(bucket / PARTS) + 3;

	if (bucket < PARTS)
		return bucket;
	return ((PARTS + bucket % PARTS) << (top - 4)) + (1ull << (top - 4)) / 2;
}

static struct reason *reason_of(struct vt_exit_trace *t, uint32_t isa, uint32_t code)
{
	for (size_t i = 0; i < t->n_reasons; i++)
		if (t->reasons[i].isa == isa && t->reasons[i].code == code)
			return &t->reasons[i];
	if (t->n_reasons == REASONS) {
		t->more_reasons++;
		return NULL;
	}
	VT_GROW(t->reasons, t->n_reasons, t->cap_reasons);
	memset(&t->reasons[t->n_reasons], 0, sizeof(*t->reasons));
	t->reasons[t->n_reasons].isa = isa;
	t->reasons[t->n_reasons].code = code;
	return &t->reasons[t->n_reasons++];
}

static void add_place(struct vt_exit_trace *t, const struct vt_exit_sample *s)
{
	struct place place = { .count = 1 };
	uint16_t port;

	if (vt_exit_io_port(s->isa, s->reason, s->info1, &port, &place.is_in)) {
		place.is_port = true;
		place.at = port;
	} else if (!vt_exit_address(s->isa, s->reason, s->info2, &place.at)) {
		return;
	}
	for (size_t i = 0; i < t->n_places; i++)
		if (t->places[i].is_port == place.is_port && t->places[i].at == place.at &&
		    t->places[i].is_in == place.is_in) {
			t->places[i].count++;
			return;
		}
	if (t->n_places < PLACES)
		t->places[t->n_places++] = place;
	else
		t->more_places++;
}

static void end_exit(struct vt_exit_trace *t, size_t thread, uint64_t now_ns)
{
	struct reason *r = &t->reasons[t->threads[thread].reason];
	uint64_t ns = now_ns - t->threads[thread].since_ns;

	t->threads[thread].is_out = false;
	if (now_ns < t->threads[thread].since_ns)
		return;
	r->timed++;
	r->total_ns += ns;
	r->most_ns = ns > r->most_ns ? ns : r->most_ns;
	r->buckets[bucket_of(ns)]++;
}

void vt_exit_trace_add(struct vt_exit_trace *t, size_t thread, const struct vt_exit_sample *s)
{
	struct reason *r;

	if (thread >= THREADS)
		return;
	if (s->is_entry) {
		t->entries++;
		if (t->threads[thread].is_out)
			end_exit(t, thread, s->time_ns);
		return;
	}
	t->exits++;
	t->threads[thread].is_out = false;
	add_place(t, s);
	r = reason_of(t, s->isa, s->reason);
	if (!r)
		return;
	r->count++;
	t->threads[thread].is_out = true;
	t->threads[thread].reason = (size_t)(r - t->reasons);
	t->threads[thread].since_ns = s->time_ns;
}

void vt_exit_trace_lost(struct vt_exit_trace *t, size_t thread, uint64_t n)
{
	t->lost += n;
	if (thread < THREADS)
		t->threads[thread].is_out = false;
}

static uint64_t percentile(const struct reason *r, unsigned percent)
{
	uint64_t left = (r->timed * percent + 99) / 100;

	for (size_t i = 0; i < BUCKETS; i++) {
		if (r->buckets[i] >= left)
			return value_of(i) < r->most_ns ? value_of(i) : r->most_ns;
		left -= r->buckets[i];
	}
	return r->most_ns;
}

static int compare_reasons(const void *a, const void *b)
{
	const struct reason *const *x = a, *const *y = b;

	if ((*x)->total_ns != (*y)->total_ns)
		return (*x)->total_ns < (*y)->total_ns ? 1 : -1;
	return ((*x)->count < (*y)->count) - ((*x)->count > (*y)->count);
}

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->count < y->count) - (x->count > y->count);
}

static void put_time(FILE *out, uint64_t ns)
{
	if (ns < 10000)
		fprintf(out, " %7" PRIu64 "ns", ns);
	else if (ns < 10000000)
		fprintf(out, " %7.1fus", (double)ns / 1e3);
	else
		fprintf(out, " %7.1fms", (double)ns / 1e6);
}

static void put_reason(FILE *out, const struct reason *r, double wall_ns)
{
	char name[64];

	vt_exit_reason_name(name, sizeof(name), r->isa, r->code);
	fprintf(out, "%-30s %9" PRIu64 " %10.0f", name, r->count, (double)r->count * 1e9 / wall_ns);
	if (!r->timed) {
		fputs("        –         –         –       –\n", out);
		return;
	}
	put_time(out, r->total_ns / r->timed);
	put_time(out, percentile(r, 50));
	put_time(out, percentile(r, 99));
	fprintf(out, " %6.1f%%\n", (double)r->total_ns * 100 / wall_ns);
}

static void put_reasons(FILE *out, const struct vt_exit_trace *t, double wall_ns)
{
	const struct reason **order = vt_alloc((t->n_reasons + 1) * sizeof(struct reason *));

	fprintf(out, "%-30s %9s %10s %9s %9s %9s %7s\n", "REASON", "EXITS", "EXITS/s", "MEAN",
		"P50", "P99", "TIME");
	for (size_t i = 0; i < t->n_reasons; i++)
		order[i] = &t->reasons[i];
	qsort(order, t->n_reasons, sizeof(*order), compare_reasons);
	for (size_t i = 0; i < t->n_reasons; i++)
		put_reason(out, order[i], wall_ns);
	free(order);
}

static void put_places(FILE *out, const struct vt_exit_trace *t)
{
	struct place places[PLACES];
	size_t n = t->n_places;

	memcpy(places, t->places, sizeof(places));
	qsort(places, n, sizeof(*places), compare_places);
	if (n)
		fputs("\nhottest ports and addresses\n", out);
	for (size_t i = 0; i < n && i < SHOWN_PLACES; i++)
		if (places[i].is_port)
			fprintf(out, "  port %#06" PRIx64 " %-3s %9" PRIu64 "\n", places[i].at,
				places[i].is_in ? "in" : "out", places[i].count);
		else
			fprintf(out, "  guest address %#" PRIx64 " %9" PRIu64 "\n", places[i].at,
				places[i].count);
}

char *vt_exit_trace_text(const struct vt_exit_trace *t, uint64_t wall_ns, uint64_t cpu_ns)
{
	double wall = wall_ns ? (double)wall_ns : 1;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	fprintf(out, "%" PRIu64 " exits in %.1f s, by the tracepoints kvm_exit and kvm_entry\n\n",
		t->exits, wall / 1e9);
	if (t->exits)
		put_reasons(out, t, wall);
	else
		fputs("No exit: the machine is paused, or its vCPUs were in the guest or asleep "
		      "all "
		      "the time.\n",
		      out);
	put_places(out, t);
	fputs("\nTIME is from an exit to the next entry of the same vCPU, as a share of one CPU; "
	      "HLT\n"
	      "counts the sleep too. Percentiles are right to 6 %.\n",
	      out);
	fprintf(out,
		"Tracing cost virttop %.1f ms of CPU (%.1f%% of one), and the guest a little at "
		"each\n"
		"of %" PRIu64 " events; it has stopped.\n",
		(double)cpu_ns / 1e6, (double)cpu_ns * 100 / wall, t->exits + t->entries);
	if (t->lost)
		fprintf(out, "%" PRIu64 " events were lost: counts are too small.\n", t->lost);
	if (t->more_reasons || t->more_places)
		fprintf(out,
			"Not told apart: %" PRIu64 " exits of rare reasons, %" PRIu64
			" of rare places.\n",
			t->more_reasons, t->more_places);
	(void)fclose(out);
	return text;
}
