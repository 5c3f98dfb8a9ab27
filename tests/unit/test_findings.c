/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule fires where it should, and nowhere else. */
#include <criterion/criterion.h>
#include <math.h>

#include "series.h"

static struct vt_cgroup *rows[CGROUPS]; /* of the snapshot in the making */

TestSuite(findings, .init = set_up, .fini = tear_down);

static void begin(void)
{
	vt_builder_begin(builder);
	add_cgroups(rows);
}

/* severity -1: there is none */
static void expect(const char *what, const char *kind, enum cgroup at, int severity,
		   const char *evidence)
{
	const struct vt_finding *f = find(kind, at);

	cr_expect_eq(f != NULL, severity >= 0, "%s: %s", what, f ? f->evidence : "not found");
	if (!f || severity < 0)
		return;
	cr_expect_eq((int)f->severity, severity, "%s: severity %d", what, f->severity);
	cr_expect(strstr(f->evidence, evidence), "%s: no '%s' in: %s", what, evidence, f->evidence);
	cr_expect(*f->advice && *f->name, "%s", what);
}

Test(findings, nothing_known_is_nothing_found)
{
	begin();
	seal(0);
	cr_expect_eq(snapshot->n_findings, 0);
	begin();
	seal(1);
	cr_expect_eq(snapshot->n_findings, 0);
}

Test(findings, throttled)
{
	static const struct {
		const char *what;
		uint64_t throttled, periods; /* growth in a second */
		int severity;
	} cases[] = {
		{ "never", 0, 10, -1 },
		{ "a little", 9, 100, -1 },
		{ "often", 10, 100, VT_WARNING },
		{ "below a half", 49, 100, VT_WARNING },
		{ "in a half", 50, 100, VT_CRITICAL },
		{ "always", 10, 10, VT_CRITICAL },
		{ "idle", 0, 0, -1 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_snapshot_free(snapshot);
		snapshot = NULL;
		for (int round = 0; round < 2; round++) {
			begin();
			VT_SET(CGROUP, rows[A], cpu_max_percent, 20);
			VT_SET(CGROUP, rows[A], nr_periods,
			       1000 + cases[i].periods * (unsigned)round);
			VT_SET(CGROUP, rows[A], nr_throttled,
			       500 + cases[i].throttled * (unsigned)round);
			VT_SET(CGROUP, rows[B], cpu_usage_usec, 190000 * (unsigned)round);
			VT_SET(CGROUP, rows[C], cpu_usage_usec, 10000 * (unsigned)round);
			seal(round);
			if (round == 0)
				cr_expect_null(find("throttled", A), "long ago is not now");
		}
		expect(cases[i].what, "throttled", A, cases[i].severity, "cpu.max 20%");
		expect(cases[i].what, "throttled", A, cases[i].severity, "busiest below: b 19%");
		expect("below", "throttled", B, -1, "");
	}
}

/* A machine in a throttled group, or below it, is named: its guest stalls. */
Test(findings, throttled_machine)
{
	for (int round = 0; round < 2; round++) {
		struct vt_machine *vm;

		begin();
		VT_SET(CGROUP, rows[A], nr_periods, 1000 + 100 * (unsigned)round);
		VT_SET(CGROUP, rows[A], nr_throttled, 500 + 60 * (unsigned)round);
		(void)add_process(builder, 77, 7, "qemu", rows[B]->path);
		vm = vt_machine_add(builder, 77, 7);
		VT_SET(MACHINE, vm, name, "web");
		seal(round);
	}
	expect("below", "throttled", A, VT_CRITICAL, "the guest stalls with it: machine web");
}

static void set_kills(uint64_t a, uint64_t b)
{
	VT_SET(CGROUP, rows[A], memory_events_oom_kill, a);
	VT_SET(CGROUP, rows[B], memory_events_oom_kill, b);
	VT_SET(CGROUP, rows[A], memory_max_bytes, 512u << 20);
	VT_SET(CGROUP, rows[A], memory_current_bytes, 1u << 20);
	VT_SET(CGROUP, rows[B], memory_max_bytes, VT_MAX);
	VT_SET(CGROUP, rows[B], memory_current_bytes, 1u << 20);
}

Test(findings, oom_killed)
{
	const struct vt_finding *f;

	begin();
	set_kills(0, 0);
	seal(0);
	expect("never", "oom-killed", B, -1, "");
	begin();
	set_kills(2, 2);
	seal(1);
	/* Counted in each ancestor too, but it happened in the leaf. */
	expect("the ancestor", "oom-killed", A, -1, "");
	expect("now", "oom-killed", B, VT_CRITICAL, "2 killed");
	expect("now", "oom-killed", B, VT_CRITICAL, "the last 0s ago");
	expect("whose limit", "oom-killed", B, VT_CRITICAL, "memory.max 512M of /a binds");
	begin();
	set_kills(2, 2);
	seal(301);
	expect("five minutes later", "oom-killed", B, VT_CRITICAL, "the last 5m00 ago");
	f = find("oom-killed", B);
	cr_expect_eq(f->since_ns, wall_start_ns + 1000000000u);
	begin();
	set_kills(2, 2);
	seal(602);
	expect("ten minutes later", "oom-killed", B, VT_NOTICE, "2 killed");
	begin();
	set_kills(3, 3);
	seal(603);
	expect("again", "oom-killed", B, VT_CRITICAL, "3 killed");
}

Test(findings, oom_killed_before_we_looked)
{
	begin();
	set_kills(1, 1);
	VT_SET(CGROUP, rows[D], memory_events_oom_kill, 1);
	seal(0);
	expect("who knows when", "oom-killed", B, VT_NOTICE, "1 killed");
	expect("limits unknown", "oom-killed", D, VT_NOTICE, "binds is unknown");
	begin();
	VT_SET(CGROUP, rows[D], memory_events_oom_kill, 1);
	VT_SET(CGROUP, rows[D], memory_max_bytes, VT_MAX);
	VT_SET(CGROUP, rows[D], memory_current_bytes, 1);
	seal(1);
	expect("without a limit", "oom-killed", D, VT_NOTICE, "the host ran out");
}

/* Both have a memory.max; the one below is nearer and has less room. */
static void set_two_limits(uint64_t kills, uint64_t oom_a, uint64_t oom_b)
{
	set_kills(kills, kills);
	VT_SET(CGROUP, rows[A], memory_events_oom, oom_a);
	VT_SET(CGROUP, rows[A], memory_events_local_oom, oom_a - oom_b);
	VT_SET(CGROUP, rows[B], memory_events_oom, oom_b);
	VT_SET(CGROUP, rows[B], memory_events_local_oom, oom_b);
	VT_SET(CGROUP, rows[B], memory_max_bytes, 64u << 20);
	VT_SET(HOST, vt_builder_host(builder), uptime_usec, 1000000000u);
}

static void add_kill(uint64_t seq, uint64_t at_usec, const char *holder)
{
	struct vt_oom *kill = vt_oom_add(builder, seq, 0);

	VT_SET(OOM, kill, at_usec, at_usec);
	VT_SET(OOM, kill, pid, 42);
	VT_SET(OOM, kill, comm, "w");
	VT_SET(OOM, kill, cgroup, "/a/b");
	if (holder)
		VT_SET(OOM, kill, holder, holder);
}

static void expect_fix(const char *what, const char *command)
{
	const struct vt_finding *f = find("oom-killed", B);

	cr_assert(f, "%s", what);
	cr_expect_str_eq(f->fix.command ? f->fix.command : "none", command, "%s", what);
}

/* "oom" grows in one refresh only; whose limit it was is still known in the next ones. */
Test(findings, oom_killed_goes_on_naming_the_holder)
{
	for (unsigned round = 0; round < 4; round++) {
		begin();
		set_two_limits(round ? 2 : 1, round ? 2 : 1, 1);
		seal(round);
		if (!round)
			continue;
		expect("the ancestor's", "oom-killed", B, VT_CRITICAL,
		       "memory.max 512M of /a binds");
		expect_fix("the ancestor's", "virttop do limit /a memory.max=768M");
	}
}

/* The counter of the ancestor was read before the kill, that of the victim after it. */
Test(findings, oom_counted_a_refresh_late)
{
	for (unsigned round = 0; round < 4; round++) {
		begin();
		set_two_limits(round ? 1 : 0, round > 1 ? 1 : 0, 0);
		seal(round);
		if (round)
			expect("late", "oom-killed", B, VT_CRITICAL,
			       round == 1 ? "the host ran out" : "memory.max 512M of /a binds");
	}
}

Test(findings, oom_of_the_host)
{
	for (unsigned round = 0; round < 3; round++) {
		begin();
		set_two_limits(round ? 1 : 0, 0, 0);
		seal(round);
		if (!round)
			continue;
		expect("no limit was hit", "oom-killed", B, VT_CRITICAL, "the host ran out");
		expect_fix("no limit was hit", "none");
	}
}

/* A limit that was hit once and is no more: what binds now is likelier. */
Test(findings, oom_of_a_limit_that_was_lifted)
{
	begin();
	set_two_limits(1, 1, 1);
	VT_SET(CGROUP, rows[B], memory_max_bytes, VT_MAX);
	seal(0);
	expect("lifted", "oom-killed", B, VT_NOTICE, "memory.max 512M of /a binds");
}

/* The kernel log knows who it was, also where a counter suggests another. */
Test(findings, oom_in_the_kernel_log)
{
	for (unsigned round = 0; round < 6; round++) {
		begin();
		set_two_limits(round < 4 ? round > 0 : 2, 1, 1);
		if (round >= 2)
			add_kill(7, 999000000, NULL);
		if (round >= 5)
			add_kill(8, 1000000000, "/a");
		seal(round);
		if (round == 1)
			expect_fix("the log is late", "virttop do limit /a/b memory.max=96M");
		if (round == 2 || round == 3) {
			expect("the log", "oom-killed", B, VT_CRITICAL, "the host ran out");
			expect_fix("the log", "none");
		}
		if (round == 5)
			expect_fix("the next kill", "virttop do limit /a memory.max=768M");
	}
}

Test(findings, memory_limit)
{
	static const uint64_t m = 1u << 20;
	static const struct {
		const char *what;
		uint64_t max, current, file, shmem, hits; /* MiB but hits */
		int severity;
		const char *evidence;
	} cases[] = {
		{ "far", 100, 89, 0, 0, 0, -1, "" },
		{ "near", 100, 90, 0, 0, 0, VT_WARNING, "90% of its memory.max 100M" },
		{ "at it", 100, 98, 0, 0, 0, VT_CRITICAL, "98%" },
		{ "above it", 100, 120, 0, 0, 0, VT_CRITICAL, "120%" },
		{ "no limit", VT_MAX, 90, 0, 0, 0, -1, "" },
		{ "page cache", 100, 99, 60, 0, 0, VT_NOTICE,
		  "page cache that can be reclaimed 60M" },
		{ "page cache, hit", 100, 99, 60, 0, 3, VT_WARNING, "hit 3 times" },
		{ "shared memory is no cache", 100, 99, 60, 50, 0, VT_CRITICAL, "99%" },
		{ "not cache enough", 100, 99, 15, 0, 0, VT_CRITICAL, "99%" },
		{ "nothing may be used", 0, 1, 0, 0, 0, VT_CRITICAL, "100%" },
		{ "nothing is used", 0, 0, 0, 0, 0, -1, "" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_snapshot_free(snapshot);
		snapshot = NULL;
		for (unsigned round = 0; round < 2; round++) {
			begin();
			VT_SET(CGROUP, rows[A], memory_max_bytes,
			       cases[i].max == VT_MAX ? VT_MAX : cases[i].max * m);
			VT_SET(CGROUP, rows[A], memory_current_bytes, cases[i].current * m);
			VT_SET(CGROUP, rows[A], memory_file_bytes, cases[i].file * m);
			VT_SET(CGROUP, rows[A], memory_shmem_bytes, cases[i].shmem * m);
			VT_SET(CGROUP, rows[A], memory_events_max, 5 + round * cases[i].hits);
			VT_SET(CGROUP, rows[B], memory_current_bytes, 40 * m);
			VT_SET(CGROUP, rows[C], memory_current_bytes, 30 * m);
			seal(round);
		}
		expect(cases[i].what, "memory-limit", A, cases[i].severity, cases[i].evidence);
		expect(cases[i].what, "memory-limit", A, cases[i].severity, "largest below: b 40M");
	}
}

Test(findings, memory_high)
{
	for (unsigned round = 0; round < 3; round++) {
		begin();
		VT_SET(CGROUP, rows[A], memory_high_bytes, 64u << 20);
		VT_SET(CGROUP, rows[A], memory_events_high, 10 + (round == 1 ? 7 : round * 7 / 2));
		VT_SET(CGROUP, rows[D], memory_high_bytes, VT_MAX);
		VT_SET(CGROUP, rows[D], memory_events_high, round);
		seal(round);
		expect("round", "memory-high", A, round == 1 ? VT_WARNING : -1, "passed 7 times");
		expect("no limit", "memory-high", D, -1, "");
	}
}

Test(findings, pids_limit)
{
	static const struct {
		const char *what;
		uint64_t max, current, refused;
		int severity;
		const char *evidence;
	} cases[] = {
		{ "far", 100, 89, 0, -1, "" },
		{ "near", 100, 90, 0, VT_WARNING, "90 tasks, 90% of its pids.max 100" },
		{ "at it", 100, 100, 0, VT_CRITICAL, "100%" },
		{ "refused", 100, 50, 3, VT_CRITICAL, "3 forks refused" },
		{ "refused at it", 100, 100, 3, VT_CRITICAL, "by pids.max of itself" },
		{ "no limit", VT_MAX, 1000, 0, -1, "" },
		{ "an ancestor's", VT_MAX, 1000, 1, VT_CRITICAL, "an ancestor" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_snapshot_free(snapshot);
		snapshot = NULL;
		for (unsigned round = 0; round < 2; round++) {
			begin();
			VT_SET(CGROUP, rows[B], pids_max, cases[i].max);
			VT_SET(CGROUP, rows[B], pids_current, cases[i].current);
			VT_SET(CGROUP, rows[B], pids_events_max, 5 + round * cases[i].refused);
			seal(round);
		}
		expect(cases[i].what, "pids-limit", B, cases[i].severity, cases[i].evidence);
	}
}

Test(findings, pids_limit_of_an_ancestor)
{
	for (unsigned round = 0; round < 2; round++) {
		begin();
		VT_SET(CGROUP, rows[A], pids_max, 20);
		VT_SET(CGROUP, rows[A], pids_current, 10);
		VT_SET(CGROUP, rows[B], pids_max, VT_MAX);
		VT_SET(CGROUP, rows[B], pids_current, 10);
		VT_SET(CGROUP, rows[B], pids_events_max, round);
		seal(round);
	}
	expect("whose", "pids-limit", B, VT_CRITICAL, "pids.max of /a");
}

Test(findings, frozen)
{
	for (int populated = 0; populated < 2; populated++) {
		begin();
		for (int i = A; i <= C; i++)
			VT_SET(CGROUP, rows[i], frozen, 1);
		VT_SET(CGROUP, rows[D], frozen, 0);
		(void)add_process(builder, 1, 1, "init", "/d");
		if (populated)
			(void)add_process(builder, 9, 1, "w", "/a/b");
		seal(populated);
		expect("topmost", "frozen", A, populated ? VT_NOTICE : -1, "1 process in it");
		expect("with its ancestor", "frozen", B, -1, "");
		expect("not frozen", "frozen", D, -1, "");
	}
}

static void press(int at, double some, double full)
{
	VT_SET(CGROUP, rows[at], psi_io_some_avg10, some);
	VT_SET(CGROUP, rows[at], psi_io_full_avg10, full);
}

Test(findings, pressure)
{
	static const struct {
		const char *what;
		double a, b, b_full, host;
		bool found_a, found_b, found_host;
	} cases[] = {
		{ "none", 0, 0, 0, 0, false, false, false },
		{ "a little", 19, 19, 9, 19, false, false, false },
		{ "the lowest is named", 40, 30, 0, 0, false, true, false },
		{ "only above", 40, 0, 0, 0, true, false, false },
		{ "all tasks", 0, 0, 10, 0, false, true, false },
		{ "the host", 0, 0, 0, 20, false, false, true },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_host_row *host;

		begin();
		host = vt_builder_host(builder);
		VT_SET(HOST, host, psi_io_some_avg10, cases[i].host);
		press(A, cases[i].a, 0);
		press(B, cases[i].b, cases[i].b_full);
		press(ROOT, 99, 99); /* that is the host's own */
		seal((double)i);
		expect(cases[i].what, "pressure-io", A, cases[i].found_a ? VT_WARNING : -1, "io");
		expect(cases[i].what, "pressure-io", B, cases[i].found_b ? VT_WARNING : -1, "io");
		expect(cases[i].what, "pressure-io", ROOT, -1, "");
		cr_expect_eq(find_finding(snapshot, "pressure-io", 0) != NULL, cases[i].found_host,
			     "%s", cases[i].what);
	}
}

/* At the top of a cgroup namespace pressure is its own, not the host's. */
Test(findings, pressure_of_the_top_of_a_namespace)
{
	begin();
	VT_SET(CGROUP, rows[ROOT], type, "domain");
	press(ROOT, 40, 0);
	seal(0);
	expect("the top", "pressure-io", ROOT, VT_WARNING, "io 40%");
}

/* Where a limit makes it wait, the rules on limits speak. */
Test(findings, pressure_that_a_limit_makes)
{
	begin();
	for (int i = A; i <= D; i += 3) {
		VT_SET(CGROUP, rows[i], psi_cpu_some_avg10, 50);
		VT_SET(CGROUP, rows[i], psi_memory_some_avg10, 50);
		VT_SET(CGROUP, rows[i], memory_max_bytes, i == A ? 1u << 20 : VT_MAX);
		VT_SET(CGROUP, rows[i], memory_current_bytes, 1);
		VT_SET(CGROUP, rows[i], cpu_max_percent, i == A ? 20 : (double)INFINITY);
	}
	seal(0);
	expect("limited", "pressure-cpu", A, -1, "");
	expect("limited", "pressure-memory", A, -1, "");
	expect("free", "pressure-cpu", D, VT_WARNING, "cpu 50%");
	expect("free", "pressure-memory", D, VT_WARNING, "memory 50%");
}

/* memory.high slows down what is below it too. */
Test(findings, pressure_that_an_ancestor_makes)
{
	begin();
	VT_SET(CGROUP, rows[A], memory_high_bytes, 1u << 20);
	VT_SET(CGROUP, rows[A], memory_current_bytes, 1u << 20);
	for (int i = B; i <= D; i++) {
		VT_SET(CGROUP, rows[i], psi_memory_some_avg10, i == C ? 0 : 50);
		VT_SET(CGROUP, rows[i], memory_high_bytes, VT_MAX);
		VT_SET(CGROUP, rows[i], memory_current_bytes, 1);
	}
	seal(0);
	expect("below it", "pressure-memory", B, -1, "");
	expect("free", "pressure-memory", D, VT_WARNING, "memory 50%");
}

Test(findings, pressure_everywhere_names_the_worst)
{
	enum {
		MANY = 40
	};
	size_t told = 0;

	begin();
	for (uint64_t i = 0; i < MANY; i++) {
		char path[16];
		struct vt_cgroup *cg;

		(void)snprintf(path, sizeof(path), "/p%d", (int)i);
		cg = add_cgroup(builder, 100 + i, 1, path);
		VT_SET(CGROUP, cg, psi_io_some_avg10, 30 + (double)i);
	}
	seal(0);
	for (size_t i = 0; i < snapshot->n_findings; i++)
		told += strcmp(snapshot->findings[i].kind, "pressure-io") == 0;
	cr_expect_eq(told, 5);
	cr_expect_not_null(find_finding(snapshot, "pressure-io", 100 + MANY - 1));
	cr_expect_null(find_finding(snapshot, "pressure-io", 100));
}

Test(findings, memory_of_the_host)
{
	static const struct {
		uint64_t available, total;
		bool found;
	} cases[] = { { 50, 1000, false }, { 49, 1000, true }, { 0, 1000, true }, { 0, 0, false } };

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_host_row *host;
		const struct vt_finding *f;

		begin();
		host = vt_builder_host(builder);
		VT_SET(HOST, host, hostname, "box");
		VT_SET(HOST, host, mem_available_bytes, cases[i].available);
		VT_SET(HOST, host, mem_total_bytes, cases[i].total);
		seal((double)i);
		f = find_finding(snapshot, "host-memory", 0);
		cr_expect_eq(f != NULL, cases[i].found, "case %zu", i);
		if (f) {
			cr_expect_eq(f->severity, VT_CRITICAL);
			cr_expect_str_eq(f->name, "box");
		}
	}
	/* Half of the figures is not enough. */
	begin();
	VT_SET(HOST, vt_builder_host(builder), mem_available_bytes, 0);
	seal(9);
	cr_expect_null(find_finding(snapshot, "host-memory", 0));
}

Test(findings, the_worst_come_first)
{
	begin();
	VT_SET(CGROUP, rows[A], frozen, 1);
	(void)add_process(builder, 9, 1, "w", "/a");
	press(D, 50, 0);
	VT_SET(CGROUP, rows[B], pids_max, 10);
	VT_SET(CGROUP, rows[B], pids_current, 10);
	VT_SET(CGROUP, rows[C], memory_max_bytes, 100);
	VT_SET(CGROUP, rows[C], memory_current_bytes, 95);
	seal(0);
	cr_assert_eq(snapshot->n_findings, 4);
	for (size_t i = 1; i < snapshot->n_findings; i++)
		cr_expect_geq(snapshot->findings[i - 1].severity, snapshot->findings[i].severity);
	cr_expect_str_eq(snapshot->findings[0].kind, "pids-limit");
	cr_expect_str_eq(snapshot->findings[3].kind, "frozen");
}

/* Since when: kept over refreshes, begun anew when it had ceased. */
Test(findings, since)
{
	static const bool near_limit[] = { true, true, false, true };
	static const unsigned since[] = { 0, 0, 0, 3 };

	for (unsigned round = 0; round < VT_LEN(near_limit); round++) {
		begin();
		VT_SET(CGROUP, rows[B], pids_max, 10);
		VT_SET(CGROUP, rows[B], pids_current, near_limit[round] ? 10 : 1);
		seal(round);
		if (near_limit[round])
			cr_expect_eq(find("pids-limit", B)->since_ns,
				     wall_start_ns + since[round] * 1000000000ull, "round %u",
				     round);
		else
			cr_expect_null(find("pids-limit", B));
	}
}

/* A cgroup made anew under the same path begins without the sins of the old one. */
Test(findings, another_cgroup_under_the_path)
{
	struct vt_cgroup *cg;

	begin();
	VT_SET(CGROUP, rows[D], memory_events_oom_kill, 1);
	seal(0);
	expect("the old one", "oom-killed", D, VT_NOTICE, "1 killed");
	vt_builder_begin(builder);
	(void)add_cgroup(builder, 1, 0, "/");
	cg = add_cgroup(builder, 77, 1, "/d");
	VT_SET(CGROUP, cg, memory_events_oom_kill, 0);
	seal(1);
	cr_expect_eq(snapshot->n_findings, 0);
}
