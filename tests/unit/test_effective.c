/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits of the host, of cpusets and devices, throttling from above, trends, and who is hit. */
#include <criterion/criterion.h>
#include <math.h>

#include "../../src/growth.h"
#include "../../src/limits.h"
#include "snapshots.h"

static struct vt_builder *b;
static struct vt_snapshot *s;

static void begin(void)
{
	b = vt_builder_new();
	vt_builder_begin(b);
}

static void end(void)
{
	vt_snapshot_free(s);
	vt_builder_free(b);
	s = NULL;
}

static void set_host(void)
{
	struct vt_host_row *h = vt_builder_host(b);

	VT_SET(HOST, h, mem_total_bytes, 1000);
	VT_SET(HOST, h, mem_available_bytes, 300);
	VT_SET(HOST, h, swap_total_bytes, 100);
	VT_SET(HOST, h, swap_free_bytes, 60);
	VT_SET(HOST, h, cpu_threads, 4);
	VT_SET(HOST, h, threads_max, 500);
	VT_SET(HOST, h, pid_max, 401);
	VT_SET(HOST, h, tasks, 100);
}

static struct vt_cgroup *limited(uint64_t id, uint64_t parent, const char *path, uint64_t max,
				 uint64_t current)
{
	struct vt_cgroup *cg = add_cgroup(b, id, parent, path);

	VT_SET(CGROUP, cg, memory_max_bytes, max);
	VT_SET(CGROUP, cg, memory_current_bytes, current);
	VT_SET(CGROUP, cg, pids_max, max);
	VT_SET(CGROUP, cg, pids_current, current);
	return cg;
}

Test(effective, the_host_counts, .init = begin, .fini = end)
{
	const struct vt_cgroup *cg;

	set_host();
	add_cgroup(b, 1, 0, "/");
	limited(2, 1, "/none", VT_MAX, 10);
	limited(3, 1, "/loose", 900, 100);
	limited(4, 1, "/tight", 200, 100);
	s = seal_at(b, NULL, 0);
	cg = vt_snapshot_path(s, "/none");
	cr_expect_eq(cg->effective_memory_max, 1000);
	cr_expect_eq(cg->effective_memory_headroom, 300);
	cr_expect_str_eq(cg->effective_memory_max_from, vt_from_host);
	cr_expect_float_eq(cg->memory_of_limit_percent, 70, 1e-9);
	cr_expect_eq(cg->effective_pids_max, 400, "a pid of 0 is not given out");
	cr_expect_eq(cg->effective_pids_headroom, 300);
	cr_expect_eq(cg->effective_swap_headroom, 60);
	cr_expect_float_eq(cg->effective_cpu_max_percent, 400, 1e-9);
	cr_expect_str_eq(cg->effective_cpu_max_by, vt_from_host);
	cg = vt_snapshot_path(s, "/loose");
	cr_expect_str_eq(cg->effective_memory_max_from, vt_from_host,
			 "800 are left to it, not to us");
	cg = vt_snapshot_path(s, "/tight");
	cr_expect_str_eq(cg->effective_memory_max_from, "/tight");
	cr_expect_eq(cg->effective_memory_headroom, 100);
	cg = vt_snapshot_path(s, "/");
	cr_expect(VT_HAS(CGROUP, cg, host_figures) && cg->host_figures);
	cr_expect_eq(cg->memory_current_bytes, 700);
	cr_expect_eq(cg->pids_current, 100);
	cr_expect_str_eq(cg->kind, "root");
}

Test(effective, what_v1_holds_is_unknown, .init = begin, .fini = end)
{
	const struct vt_cgroup *cg;

	set_host();
	VT_SET(HOST, vt_builder_host(b), cgroup_v1_controllers, "memory cpu pids");
	add_cgroup(b, 1, 0, "/");
	add_cgroup(b, 2, 1, "/a");
	s = seal_at(b, NULL, 0);
	cg = vt_snapshot_path(s, "/a");
	cr_expect_not(VT_HAS(CGROUP, cg, effective_memory_max));
	cr_expect_not(VT_HAS(CGROUP, cg, effective_cpu_max_percent));
	cr_expect_not(VT_HAS(CGROUP, cg, effective_pids_max));
}

Test(effective, the_top_of_a_namespace_is_no_root, .init = begin, .fini = end)
{
	struct vt_cgroup *cg;

	set_host();
	cg = limited(1, 0, "/", 200, 150);
	VT_SET(CGROUP, cg, type, "domain");
	limited(2, 1, "/a", VT_MAX, 50);
	s = seal_at(b, NULL, 0);
	cr_expect_eq(vt_snapshot_path(s, "/")->memory_current_bytes, 150);
	cr_expect_not(VT_HAS(CGROUP, vt_snapshot_path(s, "/"), host_figures));
	cr_expect_str_eq(vt_snapshot_path(s, "/a")->effective_memory_max_from, "/");
}

Test(effective, cpusets_and_quotas, .init = begin, .fini = end)
{
	static const struct {
		uint64_t cpus; /* 0: unknown */
		double quota;  /* below 0: unknown */
		double effective;
		const char *from, *by;
	} cases[] = {
		{ 0, -1, 400, "host", "host" },
		{ 4, INFINITY, 400, "host", "host" },
		{ 2, INFINITY, 200, "/a", "cpuset.cpus" },
		{ 2, 150, 150, "/a", "cpu.max" },
		{ 1, 150, 100, "/a", "cpuset.cpus" },
		{ 4, 800, 400, "host", "host" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_cgroup *row;
		const struct vt_cgroup *cg;

		vt_builder_begin(b);
		set_host();
		add_cgroup(b, 1, 0, "/");
		row = add_cgroup(b, 2, 1, "/a");
		if (cases[i].cpus)
			VT_SET(CGROUP, row, cpuset_cpus_count, cases[i].cpus);
		if (cases[i].quota >= 0)
			VT_SET(CGROUP, row, cpu_max_percent, cases[i].quota);
		add_cgroup(b, 3, 2, "/a/b");
		vt_snapshot_free(s);
		s = seal_at(b, NULL, 0);
		cg = vt_snapshot_path(s, "/a/b");
		cr_expect_float_eq(cg->effective_cpu_max_percent, cases[i].effective, 1e-9, "%zu",
				   i);
		cr_expect_str_eq(cg->effective_cpu_max_from, cases[i].from, "%zu", i);
		cr_expect_str_eq(cg->effective_cpu_max_by, cases[i].by, "%zu", i);
		cr_expect_float_eq(cg->effective_cpu_cores, cases[i].effective / 100, 1e-9, "%zu",
				   i);
	}
}

/* What a partition takes is not left to those above it, and yet it has it. */
Test(effective, partitions, .init = begin, .fini = end)
{
	static const struct {
		const char *partition;
		double above, effective; /* cpu.max of /a */
		const char *from, *by;
	} cases[] = {
		{ "member", INFINITY, 100, "/a", "cpuset.cpus" },
		{ "root", INFINITY, 300, "/a/b", "cpuset.cpus" },
		{ "isolated", 250, 250, "/a", "cpu.max" },
		{ "root invalid (Cpu list in cpuset.cpus not exclusive)", INFINITY, 100, "/a",
		  "cpuset.cpus" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_cgroup *row;
		const struct vt_cgroup *cg;

		vt_builder_begin(b);
		VT_SET(HOST, vt_builder_host(b), cpu_threads, 4);
		row = add_cgroup(b, 1, 0, "/");
		VT_SET(CGROUP, row, cpuset_cpus_count, 1);
		row = add_cgroup(b, 2, 1, "/a");
		VT_SET(CGROUP, row, cpuset_partition, "root");
		VT_SET(CGROUP, row, cpuset_cpus_count, 1);
		VT_SET(CGROUP, row, cpu_max_percent, cases[i].above);
		row = add_cgroup(b, 3, 2, "/a/b");
		VT_SET(CGROUP, row, cpuset_partition, cases[i].partition);
		VT_SET(CGROUP, row, cpuset_cpus_count, 3);
		row = add_cgroup(b, 4, 1, "/c");
		VT_SET(CGROUP, row, cpuset_cpus_count, 1);
		vt_snapshot_free(s);
		s = seal_at(b, NULL, 0);
		cg = vt_snapshot_path(s, "/c");
		cr_expect_float_eq(cg->effective_cpu_max_percent, 100, 1e-9, "what is left");
		cr_expect_str_eq(cg->effective_cpu_max_from, "/", "no set of its own");
		cg = vt_snapshot_path(s, "/a/b");
		cr_expect_float_eq(cg->effective_cpu_max_percent, cases[i].effective, 1e-9, "%s",
				   cases[i].partition);
		cr_expect_str_eq(cg->effective_cpu_max_from, cases[i].from, "%s",
				 cases[i].partition);
		cr_expect_str_eq(cg->effective_cpu_max_by, cases[i].by, "%s", cases[i].partition);
		cg = vt_snapshot_path(s, "/");
		cr_expect_float_eq(cg->effective_cpu_max_percent, 400, 1e-9, "the root has all");
	}
}

static void add_device(uint64_t cgroup, uint64_t read, uint64_t rbps)
{
	struct vt_iodev *d = vt_iodev_add(b, cgroup, 8ull << 32);

	VT_SET(IODEV, d, device, "8:0");
	VT_SET(IODEV, d, rbytes, read);
	if (rbps)
		VT_SET(IODEV, d, max_rbps, rbps);
}

Test(effective, devices, .init = begin, .fini = end)
{
	struct vt_snapshot *prev = NULL;
	const struct vt_cgroup *cg;
	const struct vt_iodev *d;

	for (int round = 0; round < 2; round++) {
		vt_builder_begin(b);
		add_cgroup(b, 1, 0, "/");
		add_cgroup(b, 2, 1, "/a");
		add_cgroup(b, 3, 2, "/a/b");
		add_cgroup(b, 4, 3, "/a/b/c");
		add_device(2, (uint64_t)round * 900, 1000);
		/* No row in between: nothing was read there by this device. */
		add_device(4, (uint64_t)round * 100, 2000);
		prev = s;
		s = seal_at(b, prev, round);
	}
	cg = vt_snapshot_path(s, "/a/b/c");
	d = vt_iodev_at(s, cg->first_iodev);
	cr_expect_eq(d->effective_rbps, 1000);
	cr_expect_str_eq(d->effective_rbps_from, "/a");
	cr_expect_float_eq(cg->io_of_limit_percent, 90, 1e-6, "what its holder does counts");
	cr_expect_str_eq(cg->io_of_limit_from, "/a");
	cr_expect_not(VT_HAS(CGROUP, vt_snapshot_path(s, "/a/b"), io_of_limit_percent));
	vt_snapshot_free(prev);
}

Test(effective, throttled_from_above, .init = begin, .fini = end)
{
	struct vt_snapshot *prev = NULL;
	const struct vt_cgroup *cg;

	for (uint64_t round = 0; round < 2; round++) {
		struct vt_cgroup *row;

		vt_builder_begin(b);
		add_cgroup(b, 1, 0, "/");
		row = add_cgroup(b, 2, 1, "/a");
		VT_SET(CGROUP, row, nr_periods, 10 * round);
		VT_SET(CGROUP, row, nr_throttled, 8 * round);
		VT_SET(CGROUP, row, throttled_usec, 250000 * round);
		row = add_cgroup(b, 3, 2, "/a/b");
		VT_SET(CGROUP, row, nr_periods, 10 * round);
		VT_SET(CGROUP, row, nr_throttled, 1 * round);
		VT_SET(CGROUP, row, throttled_local_usec, 300000 * round);
		prev = s;
		s = seal_at(b, prev, (double)round);
	}
	cg = vt_snapshot_path(s, "/a/b");
	cr_expect_float_eq(cg->throttled_percent, 10, 1e-6);
	cr_expect_float_eq(cg->effective_throttled_percent, 80, 1e-6);
	cr_expect_str_eq(cg->effective_throttled_from, "/a");
	cr_expect_float_eq(cg->throttled_local_percent, 30, 1e-6);
	/* Share of periods and share of time are two figures. */
	cg = vt_snapshot_path(s, "/a");
	cr_expect_float_eq(cg->throttled_percent, 80, 1e-6);
	cr_expect_float_eq(cg->throttled_time_percent, 25, 1e-6);
	vt_snapshot_free(prev);
}

Test(effective, when_it_is_hit, .init = begin, .fini = end)
{
	const struct vt_cgroup *cg;

	/* The parent grows by 10 a second, the child by nothing: a sibling eats the room. */
	for (int round = 0; round < 6; round++) {
		struct vt_snapshot *prev = s;

		vt_builder_begin(b);
		add_cgroup(b, 1, 0, "/");
		limited(2, 1, "/a", 1000, 500 + 10 * (uint64_t)round);
		limited(3, 2, "/a/b", VT_MAX, 5);
		s = seal_at(b, prev, round);
		vt_snapshot_free(prev);
		cg = vt_snapshot_path(s, "/a/b");
		cr_expect_eq(VT_HAS(CGROUP, cg, effective_memory_hit_usec), round >= 3,
			     "round %d: a trend takes a while", round);
	}
	cr_expect_float_eq(vt_snapshot_path(s, "/a")->memory_growth_rate, 10, 1e-6);
	cr_expect_float_eq(cg->memory_growth_rate, 0, 1e-6);
	cr_expect_eq(cg->effective_memory_headroom, 450);
	cr_expect_eq(cg->effective_memory_hit_usec, 45000000);
	cr_expect_eq(cg->effective_pids_hit_usec, 45000000);
}

static void count(uint64_t id, uint64_t parent, const char *path, uint64_t all, uint64_t local)
{
	struct vt_cgroup *cg = add_cgroup(b, id, parent, path);

	VT_SET(CGROUP, cg, memory_events_max, all);
	VT_SET(CGROUP, cg, memory_events_oom_kill, all);
	VT_SET(CGROUP, cg, pids_events_max, all);
	if (local == VT_MAX)
		return;
	VT_SET(CGROUP, cg, memory_events_local_max, local);
	VT_SET(CGROUP, cg, memory_events_local_oom_kill, local);
	VT_SET(CGROUP, cg, pids_events_local_max, local);
}

/* "/a" 7 in all, 2 of them here; "/a/b" 3; the others were in a cgroup that is gone. */
static void fill(bool has_local, const char *options)
{
	vt_builder_begin(b);
	if (options)
		VT_SET(HOST, vt_builder_host(b), cgroup_options, options);
	add_cgroup(b, 1, 0, "/");
	count(2, 1, "/a", 7, has_local ? 2 : VT_MAX);
	count(3, 2, "/a/b", 3, has_local ? 3 : VT_MAX);
	vt_snapshot_free(s);
	s = seal_at(b, NULL, 0);
}

static uint64_t own(int metric)
{
	uint64_t *grown = vt_growth_own(s, NULL, metric), found = grown[1];

	free(grown);
	return found;
}

Test(effective, where_it_happened, .init = begin, .fini = end)
{
	fill(true, NULL);
	cr_expect_eq(own(VT_CGROUP_memory_events_max), 2, "hit at the holder of the limit");
	cr_expect_eq(own(VT_CGROUP_memory_events_oom_kill), 4, "and victims that are gone");
	cr_expect_eq(own(VT_CGROUP_pids_events_max), 2);
	cr_expect(vt_growth_pids_at_holder(s, vt_snapshot_path(s, "/a")));
	fill(false, NULL);
	cr_expect_eq(own(VT_CGROUP_memory_events_max), 4);
	cr_expect_eq(own(VT_CGROUP_pids_events_max), 7,
		     "before Linux 6.11 it has no part from below");
	cr_expect_not(vt_growth_pids_at_holder(s, vt_snapshot_path(s, "/a")));
	fill(true, "memory_localevents pids_localevents");
	cr_expect_eq(own(VT_CGROUP_memory_events_oom_kill), 7, "nor has any with these options");
	cr_expect_eq(own(VT_CGROUP_pids_events_max), 7);
	cr_expect_not(vt_growth_pids_at_holder(s, vt_snapshot_path(s, "/a")));
}

Test(effective, what_was_left_out_is_kept, .init = begin, .fini = end)
{
	static uint64_t kept[VT_VALID_WORDS];
	struct vt_snapshot *prev;
	struct vt_cgroup *row;
	const struct vt_cgroup *cg;

	kept[VT_CGROUP_memory_max_bytes / 64] |= 1ull << (VT_CGROUP_memory_max_bytes % 64);
	kept[VT_CGROUP_cpuset_cpus / 64] |= 1ull << (VT_CGROUP_cpuset_cpus % 64);
	row = limited(1, 0, "/a", 100, 40);
	VT_SET(CGROUP, row, cpuset_cpus, vt_builder_intern(b, "0-3"));
	prev = seal_at(b, NULL, 0);
	vt_builder_begin(b);
	row = add_cgroup(b, 1, 0, "/a");
	VT_SET(CGROUP, row, memory_current_bytes, 60);
	row->head.kept = kept;
	row = add_cgroup(b, 2, 0, "/new");
	row->head.kept = kept;
	s = seal_at(b, prev, 1);
	vt_snapshot_free(prev);
	cg = vt_snapshot_path(s, "/a");
	cr_expect_eq(cg->memory_max_bytes, 100);
	cr_expect_str_eq(cg->cpuset_cpus, "0-3");
	cr_expect_eq(cg->effective_memory_headroom, 40);
	cr_expect_not(VT_HAS(CGROUP, cg, pids_max), "that was not kept");
	cr_expect_not(VT_HAS(CGROUP, vt_snapshot_path(s, "/new"), memory_max_bytes));
}
