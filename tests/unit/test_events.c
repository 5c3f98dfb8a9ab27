/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happened between two snapshots. */
#include <criterion/criterion.h>
#include <math.h>

#include "series.h"

TestSuite(events, .init = set_up, .fini = tear_down);

static void expect_event(const char *kind, const char *text)
{
	cr_expect(find_event(snapshot, kind, text), "no %s: %s", kind, text);
}

Test(events, nothing_happens)
{
	for (int i = 0; i < 3; i++) {
		vt_builder_begin(builder);
		add_cgroup(builder, 1, 0, "/");
		add_process(builder, 1, 1, "init", "/");
		(void)add_namespace(builder, VT_NS_NET, 40);
		seal(i);
		cr_expect_eq(snapshot->n_events, 0, "what was there at first is not new");
	}
}

Test(events, what_comes_and_goes)
{
	for (int i = 0; i < 3; i++) {
		struct vt_namespace *ns;
		struct vt_machine *vm;
		struct vt_process *p;

		vt_builder_begin(builder);
		add_cgroup(builder, 1, 0, "/");
		if (i == 1) {
			add_cgroup(builder, 2, 1, "/lxc.payload.web");
			(void)add_namespace(builder, VT_NS_NET, 40);
			ns = add_namespace(builder, VT_NS_UTS, 41);
			ns->kept_where = vt_builder_intern(builder, "/run/uts");
			(void)add_namespace(builder, VT_NS_PID, 42);
			p = add_process(builder, 5, 9, "sh", "/");
			put_in(builder, p, VT_NS_NET, 40);
			vm = vt_machine_add(builder, 5, 9);
			VT_SET(MACHINE, vm, vmm, vt_builder_intern(builder, "qemu"));
			VT_SET(MACHINE, vm, name, vt_builder_intern(builder, "guest"));
		}
		seal(i);
	}
	expect_event("created", "new cgroup /lxc.payload.web");
	expect_event("removed", "cgroup /lxc.payload.web removed");
	expect_event("created", "new net namespace 40 of 5 sh");
	expect_event("removed", "net namespace 40 of 5 sh is gone");
	expect_event("created", "new uts namespace 41 at /run/uts");
	expect_event("created", "new pid namespace 42");
	expect_event("created", "new container web of lxc");
	expect_event("removed", "container web of lxc is gone");
	expect_event("created", "new machine guest, process 5 qemu");
	expect_event("removed", "machine guest, process 5 qemu is gone");
	cr_expect_eq(snapshot->n_events, 12);
	for (size_t i = 1; i < snapshot->n_events; i++)
		cr_expect_leq(snapshot->events[i - 1].at_ns, snapshot->events[i].at_ns,
			      "oldest first");
	cr_expect_eq(snapshot->events[0].at_ns, wall_start_ns + 1000000000u);
}

/* A storm is one line. */
Test(events, many_at_once)
{
	static const struct {
		int n;
		size_t created;
		const char *text; /* NULL: each is told */
	} cases[] = { { 50, 50, NULL }, { 51, 1, "51 new cgroups" } };

	for (size_t c = 0; c < VT_LEN(cases); c++) {
		vt_snapshot_free(snapshot);
		snapshot = NULL;
		for (int round = 0; round < 3; round++) {
			vt_builder_begin(builder);
			add_cgroup(builder, 1, 0, "/");
			for (int i = 0; round == 1 && i < cases[c].n; i++) {
				char path[16];

				(void)snprintf(path, sizeof(path), "/c%d", i);
				add_cgroup(builder, 100 + (uint64_t)i, 1, path);
			}
			seal(round);
		}
		cr_expect_eq(count_events("created"), cases[c].created, "%zu",
			     count_events("created"));
		cr_expect_eq(count_events("removed"), cases[c].created);
		if (cases[c].text) {
			expect_event("created", cases[c].text);
			expect_event("removed", "51 cgroups removed");
		}
	}
}

Test(events, only_so_many_are_kept)
{
	for (int round = 0; round < 30; round++) {
		vt_builder_begin(builder);
		add_cgroup(builder, 1, 0, "/");
		for (int i = 0; i < 20; i++) {
			char path[24];

			(void)snprintf(path, sizeof(path), "/r%dc%d", round, i);
			add_cgroup(builder, 100 + (uint64_t)(round * 20 + i), 1, path);
		}
		seal(round);
	}
	cr_expect_eq(snapshot->n_events, VT_EVENTS);
	/* The newest are among them. */
	expect_event("created", "new cgroup /r29c19");
	cr_expect_null(find_event(snapshot, "created", "new cgroup /r1c0"));
}

Test(events, moves)
{
	for (int round = 0; round < 2; round++) {
		vt_builder_begin(builder);
		add_cgroup(builder, 1, 0, "/");
		add_cgroup(builder, 2, 1, "/a");
		add_process(builder, 5, 9, "sh", round ? "/a" : "/");
		/* The same pid, another process. */
		add_process(builder, 6, 9 + (uint64_t)round, "reused", round ? "/a" : "/");
		add_process(builder, 7, 9, "stays", "/a");
		/* Its cgroup is not in the tree now. */
		add_process(builder, 8, 9, "unknown", round ? "/x" : "/a");
		seal(round);
	}
	cr_expect_eq(count_events("moved"), 1);
	expect_event("moved", "5 sh moved from / to /a");
}

Test(events, limits_that_somebody_changed)
{
	for (int round = 0; round < 2; round++) {
		struct vt_cgroup *cg;
		struct vt_hugetlb *h;

		vt_builder_begin(builder);
		add_cgroup(builder, 1, 0, "/");
		cg = add_cgroup(builder, 2, 1, "/a");
		VT_SET(CGROUP, cg, memory_max_bytes, round ? 100u << 20 : VT_MAX);
		/* They look alike in short. */
		VT_SET(CGROUP, cg, memory_high_bytes, (100ull << 20) + (round ? 4096 : 0));
		VT_SET(CGROUP, cg, cpu_max_percent, round ? 20 : (double)INFINITY);
		VT_SET(CGROUP, cg, cpu_weight, 100);
		VT_SET(CGROUP, cg, cpuset_cpus, vt_builder_intern(builder, round ? "0-1" : ""));
		if (round)
			VT_SET(CGROUP, cg, pids_max, 5);
		h = vt_hugetlb_add(builder, 2, 1 << 21);
		VT_SET(HUGETLB, h, page_size, vt_builder_intern(builder, "2MB"));
		VT_SET(HUGETLB, h, max_bytes, round ? 0 : VT_MAX);
		seal(round);
	}
	expect_event("limit", "memory.max of /a: max → 100M");
	expect_event("limit",
		     "memory.high of /a: 100M (104,857,600 bytes) → 100M (104,861,696 bytes)");
	expect_event("limit", "cpu.max of /a: max → 20%");
	expect_event("limit", "cpuset.cpus of /a:  → 0-1");
	expect_event("limit", "hugetlb.2MB.max of /a: max → 0");
	cr_expect_eq(count_events("limit"), 5, "what was unknown has not changed: %zu",
		     count_events("limit"));
}

Test(events, frozen_and_thawed)
{
	for (int round = 0; round < 3; round++) {
		vt_builder_begin(builder);
		add_cgroup(builder, 1, 0, "/");
		for (uint64_t i = 2; i < 4; i++) {
			struct vt_cgroup *cg = add_cgroup(builder, i, i - 1,
							  i == 2 ? "/a" : "/a/b");

			VT_SET(CGROUP, cg, frozen, round == 1);
		}
		seal(round);
	}
	expect_event("frozen", "/a was frozen");
	expect_event("thawed", "/a was thawed");
	cr_expect_eq(snapshot->n_events, 2, "what is below goes with it");
}

static struct vt_machine *add_machine(const char *state)
{
	struct vt_machine *vm = vt_machine_add(builder, 5, 9);
	struct vt_vcpu *vcpu = vt_vcpu_add(builder, 5, 0);
	struct vt_process *p = add_process(builder, 5, 9, "qemu", "/");

	VT_SET(PROCESS, p, cpu_usec, 1000);
	VT_SET(MACHINE, vm, vmm, vt_builder_intern(builder, "qemu"));
	VT_SET(MACHINE, vm, name, vt_builder_intern(builder, "guest"));
	VT_SET(VCPU, vcpu, state, vt_builder_intern(builder, state));
	return vm;
}

Test(events, machines)
{
	static const struct {
		const char *state;
		uint64_t remade;
	} snapshots[] = { { "S", 4 }, { "S", 4 }, { "T", 4 }, { "T", 4 },
			  { "R", 4 }, { "R", 5 }, { "R", 5 } };
	static const char *const told[] = { "paused", "resumed", "reset" };

	for (size_t i = 0; i < VT_LEN(snapshots); i++) {
		vt_builder_begin(builder);
		add_cgroup(builder, 1, 0, "/");
		add_machine(snapshots[i].state)->vcpus_remade = snapshots[i].remade;
		seal((int)i);
	}
	expect_event("paused", "machine guest, process 5 qemu is stopped");
	expect_event("resumed", "machine guest, process 5 qemu goes on");
	expect_event("reset", "machine guest, process 5 qemu was reset, or started again within "
			      "its VMM: all its vCPUs are new threads");
	cr_assert_eq(snapshot->n_events, VT_LEN(told));
	for (size_t i = 0; i < VT_LEN(told); i++)
		cr_expect_str_eq(snapshot->events[i].kind, told[i]);
}

Test(events, throttling)
{
	static const uint64_t throttled[] = { 0, 0, 5, 10, 10, 10 };
	static const uint64_t periods[] = { 0, 10, 20, 30, 40, 50 };

	for (int round = 0; round < 6; round++) {
		struct vt_cgroup *cg;

		vt_builder_begin(builder);
		cg = add_cgroup(builder, 1, 0, "/");
		VT_SET(CGROUP, cg, nr_throttled, throttled[round]);
		VT_SET(CGROUP, cg, nr_periods, periods[round]);
		seal(round);
	}
	expect_event("throttling", "/ is throttled by its cpu.max: 50% of periods");
	expect_event("throttling-ended", "/ is no longer throttled");
	cr_expect_eq(snapshot->n_events, 2);
}

Test(events, misfortunes)
{
	static const struct {
		double seconds;
		uint64_t kills, refused;
		size_t told_kills, told_refused;
	} rounds[] = {
		{ 0, 3, 3, 0, 0 },  { 1, 4, 4, 1, 1 },   { 2, 6, 9, 2, 1 }, /* said lately */
		{ 30, 6, 9, 2, 1 }, { 62, 6, 12, 2, 2 }, { 63, 5, 5, 2, 2 },
	};

	for (size_t i = 0; i < VT_LEN(rounds); i++) {
		struct vt_cgroup *cg;

		vt_builder_begin(builder);
		add_cgroup(builder, 1, 0, "/");
		cg = add_cgroup(builder, 2, 1, "/a");
		VT_SET(CGROUP, cg, memory_events_oom_kill, rounds[i].kills);
		VT_SET(CGROUP, cg, pids_events_max, rounds[i].refused);
		VT_SET(CGROUP, cg, pids_events_local_max, 0);
		/* The counters of the child are in those of its parent. */
		cg = add_cgroup(builder, 3, 2, "/a/b");
		VT_SET(CGROUP, cg, memory_events_oom_kill, rounds[i].kills);
		VT_SET(CGROUP, cg, pids_events_max, rounds[i].refused);
		VT_SET(CGROUP, cg, pids_events_local_max, rounds[i].refused);
		seal(rounds[i].seconds);
		cr_expect_eq(count_events("oom-kill"), rounds[i].told_kills, "round %zu: %zu", i,
			     count_events("oom-kill"));
		cr_expect_eq(count_events("pids-refused"), rounds[i].told_refused, "round %zu: %zu",
			     i, count_events("pids-refused"));
	}
	expect_event("oom-kill", "1 process killed by the OOM killer in /a/b");
	expect_event("oom-kill", "2 processes killed by the OOM killer in /a/b");
	expect_event("pids-refused", "1 fork refused by pids.max in /a/b");
	cr_expect_null(
		find_event(snapshot, "oom-kill", "1 process killed by the OOM killer in /a"));
}
