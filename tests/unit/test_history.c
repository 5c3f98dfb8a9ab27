/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rows were the last two minutes: by time, by identity, and bounded. */
#include <criterion/criterion.h>

#include "../../src/history.h"
#include "snapshots.h"

static const struct vt_id one = { VT_KIND_CGROUP, 7, 0 };

/* A snapshot of n cgroups, 7 and on, each with this much memory; negative: not known. */
static struct vt_snapshot *make(struct vt_snapshot *prev, size_t n, double seconds, double memory)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s;
	char path[32] = "/";

	vt_builder_begin(b);
	for (size_t i = 0; i < n; i++) {
		struct vt_cgroup *cg = add_cgroup(b, 7 + i, i ? 7 : 0, path);

		if (memory >= 0)
			VT_SET(CGROUP, cg, memory_current_bytes, (uint64_t)memory + i);
		(void)snprintf(path, sizeof(path), "/%zu", i);
	}
	s = seal_at(b, prev, seconds);
	vt_builder_free(b);
	vt_snapshot_free(prev);
	return s;
}

static size_t get(const struct vt_history *h, struct vt_id id, float out[VT_HISTORY])
{
	return vt_history_get(h, id, VT_CGROUP_memory_current_bytes, out);
}

/* The last n values are these. */
static void expect_last(const float *values, size_t n, const float *expected)
{
	for (size_t i = 0; i < n; i++)
		cr_expect_eq(values[VT_HISTORY - n + i], expected[i], "%zu of %zu: %g", i, n,
			     (double)values[VT_HISTORY - n + i]);
}

Test(history, a_value_a_second)
{
	struct vt_history *h = vt_history_new();
	struct vt_snapshot *s = NULL;
	float out[VT_HISTORY];

	for (int i = 0; i < 4; i++) {
		s = make(s, 1, 10 + i, 100 * i);
		vt_history_take(h, s);
		vt_history_take(h, s);
	}
	cr_expect_eq(get(h, one, out), 4);
	expect_last(out, 5, (float[]){ -1, 0, 100, 200, 300 });
	cr_expect_eq(vt_history_get(h, one, VT_CGROUP_pids_current, out), 0, "is not kept");
	cr_expect_eq(get(h, (struct vt_id){ VT_KIND_CGROUP, 8, 0 }, out), 0);
	cr_expect_eq(get(NULL, one, out), 0);
	vt_snapshot_free(s);
	vt_history_free(h);
}

/* A long interval fills all of its seconds, a short one keeps the most, a lapse is a gap. */
Test(history, is_of_time_and_not_of_snapshots)
{
	static const struct {
		double at, memory;
	} samples[] = { { 10, 5 },    { 13, 8 },   { 13.2, 4 }, { 13.4, 9 },
			{ 14.1, -1 }, { 15.1, 3 }, { 16.9, 2 } };
	struct vt_history *h = vt_history_new();
	struct vt_snapshot *s = NULL;
	float out[VT_HISTORY];

	for (size_t i = 0; i < VT_LEN(samples); i++) {
		s = make(s, 1, samples[i].at, samples[i].memory);
		vt_history_take(h, s);
	}
	cr_expect_eq(get(h, one, out), 7);
	expect_last(out, 8, (float[]){ -1, 5, 8, 8, 9, -1, 3, 2 });
	vt_snapshot_free(s);
	vt_history_free(h);
}

Test(history, an_interval_longer_than_all_of_it)
{
	struct vt_history *h = vt_history_new();
	struct vt_snapshot *s = make(NULL, 1, 0, 5);
	float out[VT_HISTORY];

	vt_history_take(h, s);
	s = make(s, 1, 1000, 6);
	vt_history_take(h, s);
	cr_expect_eq(get(h, one, out), VT_HISTORY);
	cr_expect_eq(out[0], 6);
	vt_snapshot_free(s);
	vt_history_free(h);
}

/* Of ten thousand only what is shown, and no more than there is room for. */
Test(history, is_bounded)
{
	struct vt_history *h = vt_history_new();
	struct vt_snapshot *s = make(NULL, 10000, 1, 1000);
	float out[VT_HISTORY];
	size_t known = 0;

	vt_history_take(h, s);
	cr_expect_eq(get(h, one, out), 0, "nobody looks at it");
	for (uint64_t id = 7; id < 10007; id++)
		vt_history_keep(h, s, (struct vt_id){ VT_KIND_CGROUP, id, 0 });
	for (uint64_t id = 7; id < 10007; id++)
		known += get(h, (struct vt_id){ VT_KIND_CGROUP, id, 0 }, out) == 1;
	cr_expect_eq(known, VT_HISTORY_ROWS);

	/* What is on the screen now takes the place of what was. */
	s = make(s, 10000, 2, 2000);
	vt_history_take(h, s);
	for (uint64_t id = 9000; id < 9060; id++)
		vt_history_keep(h, s, (struct vt_id){ VT_KIND_CGROUP, id, 0 });
	for (uint64_t id = 9000; id < 9060; id++)
		cr_expect_eq(get(h, (struct vt_id){ VT_KIND_CGROUP, id, 0 }, out), 1);
	cr_expect_eq(out[VT_HISTORY - 1], 2000 + 9059 - 7);

	/* After two minutes out of sight it is dropped, and begins anew. */
	s = make(s, 10000, 2 + VT_HISTORY, 3000);
	vt_history_take(h, s);
	cr_expect_eq(get(h, (struct vt_id){ VT_KIND_CGROUP, 9000, 0 }, out), 0);
	vt_snapshot_free(s);
	vt_history_free(h);
}

/* The same path may be another cgroup: what is kept is kept by id. */
Test(history, is_of_the_thing)
{
	struct vt_history *h = vt_history_new();
	struct vt_snapshot *s = make(NULL, 2, 1, 50);
	struct vt_builder *b = vt_builder_new();
	struct vt_cgroup *cg;
	float out[VT_HISTORY];

	vt_history_take(h, s);
	vt_snapshot_free(s);
	vt_builder_begin(b);
	cg = add_cgroup(b, 99, 7, "/0");
	VT_SET(CGROUP, cg, memory_current_bytes, 4);
	(void)add_cgroup(b, 7, 0, "/");
	s = seal_at(b, NULL, 2);
	vt_builder_free(b);
	s->serial = 2;
	vt_history_take(h, s);
	cr_expect_eq(get(h, (struct vt_id){ VT_KIND_CGROUP, 99, 0 }, out), 1);
	expect_last(out, 2, (float[]){ -1, 4 });
	cr_expect_eq(get(h, (struct vt_id){ VT_KIND_CGROUP, 8, 0 }, out), 2, "it fades");
	expect_last(out, 2, (float[]){ 51, -1 });
	vt_snapshot_free(s);
	vt_history_free(h);
}

Test(history, shrinks_to_the_most_of_each_part)
{
	float seconds[VT_HISTORY], out[240];

	for (int i = 0; i < VT_HISTORY; i++)
		seconds[i] = i < 60 ? -1 : (float)i;
	vt_history_shrink(seconds, out, 4);
	cr_expect(out[0] < 0 && out[1] < 0);
	cr_expect_eq(out[2], 89);
	cr_expect_eq(out[3], 119);
	vt_history_shrink(seconds, out, 7);
	cr_expect_eq(out[6], 119);
	vt_history_shrink(seconds, out, 240);
	cr_expect_eq(out[239], 119);
	cr_expect_eq(out[120], 60);
}
