/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scans out of turn: what is new is told at once, rates are still taken over a while. */
#include <criterion/criterion.h>
#include <poll.h>
#include <unistd.h>

#include "../../src/collector.h"
#include "snapshots.h"

/* A cgroup whose CPU time is given, sealed at a time. */
static struct vt_snapshot *cgroup_at(const struct vt_snapshot *prev, const struct vt_snapshot *base,
				     double seconds, uint64_t usage_usec, bool second)
{
	struct vt_clock clock = {
		.taken_ns = 1000000000u + (uint64_t)(seconds * 1e9),
		.wall_ns = wall_start_ns,
		.live = true,
		.base = base,
	};
	struct vt_builder *b = vt_builder_new();
	struct vt_cgroup *root;
	struct vt_snapshot *s;

	vt_builder_begin(b);
	root = add_cgroup(b, 1, 0, "/");
	VT_SET(CGROUP, root, cpu_usage_usec, usage_usec);
	if (second)
		(void)add_cgroup(b, 2, 1, "/a");
	s = vt_builder_seal(b, prev, &clock);
	vt_builder_free(b);
	return s;
}

Test(early, rates_go_back_to_the_base)
{
	struct vt_snapshot *first = cgroup_at(NULL, NULL, 0, 0, false);
	struct vt_snapshot *second = cgroup_at(first, NULL, 1, 500000, false);
	/* 10 ms later, and the clock has just ticked: 100 % of that moment. */
	struct vt_snapshot *early = cgroup_at(second, first, 1.01, 510000, true);
	const struct vt_cgroup *root = vt_cgroup_at(early, 0), *new = vt_cgroup_at(early, 1);

	cr_expect_float_eq(vt_cgroup_at(second, 0)->cpu_percent, 50, 0.01);
	cr_expect(VT_HAS(CGROUP, root, cpu_percent));
	cr_expect_float_eq(root->cpu_percent, 100 * 0.51 / 1.01, 0.01);
	cr_expect_eq(early->interval_ns, 1010000000u);
	cr_expect_not(VT_HAS(CGROUP, new, cpu_percent));
	cr_expect_eq(new->head.first_seen_ns, early->taken_ns);
	cr_expect(find_event(early, "created", NULL));
	vt_snapshot_free(first);
	vt_snapshot_free(second);
	vt_snapshot_free(early);
}

static int count_scans(void *state, struct vt_builder *b, struct vt_error *err)
{
	(void)state;
	(void)err;
	(void)add_cgroup(b, 1, 0, "/");
	return 0;
}

static const struct vt_snapshot *next(struct vt_collector *c)
{
	struct pollfd p = { .fd = vt_collector_fd(c), .events = POLLIN };

	cr_assert_eq(poll(&p, 1, 30000), 1);
	return vt_collector_take(c);
}

static int scan_a_second(void *state, struct vt_builder *b, struct vt_error *err)
{
	(void)usleep(1000000);
	return count_scans(state, b, err);
}

/* What happens out of turn shows at once, even where a scan takes long; not so often, however. */
Test(early, nudge)
{
	static const struct vt_probe probe = { "slow", "counts", NULL, scan_a_second, NULL };
	static const struct vt_probe *const probes[] = { &probe, NULL };
	struct vt_host host = { .root = -1, .proc = -1, .sys = -1, .is_self = true };
	struct vt_collector *c = vt_collector_new(probes, &host);
	struct pollfd p = { .fd = vt_collector_fd(c), .events = POLLIN };
	uint64_t serial;

	cr_assert_eq(vt_collector_start(c, 3600, NULL), 0);
	serial = next(c)->serial;
	vt_collector_nudge(c);
	cr_expect_eq(poll(&p, 1, 8000), 1, "put off for what the first scan took");
	cr_expect_eq(vt_collector_take(c)->serial, serial + 1);
	vt_collector_nudge(c);
	cr_expect_eq(poll(&p, 1, 3000), 0, "scanning takes more than a tenth of the time");
	vt_collector_free(c);
}

/* A step right after a scan does not shorten the interval that rates are taken over. */
Test(early, step)
{
	static const struct vt_probe probe = { "fake", "counts", NULL, count_scans, NULL };
	static const struct vt_probe *const probes[] = { &probe, NULL };
	struct vt_host host = { .root = -1, .proc = -1, .sys = -1, .is_self = true };
	struct vt_collector *c = vt_collector_new(probes, &host);
	uint64_t before;

	cr_assert_eq(vt_collector_start(c, 0.6, NULL), 0);
	(void)next(c);
	(void)next(c);
	vt_collector_step(c);
	before = next(c)->interval_ns;
	cr_expect_geq(before, 300000000u, "rates over %g s", (double)before / 1e9);
	vt_collector_free(c);
}
