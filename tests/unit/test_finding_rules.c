/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules on settings, swap, io, CPU sets: each holds where it should, and offers its cure. */
#include <criterion/criterion.h>
#include <math.h>

#include "../../src/idmap.h"
#include "series.h"

static const uint64_t m = 1u << 20;

static struct vt_cgroup *rows[CGROUPS]; /* of the snapshot in the making */
static struct vt_host_row *host;

TestSuite(rules, .init = set_up, .fini = tear_down);

/* Two CPUs more than any set here. */
static void begin(void)
{
	vt_builder_begin(builder);
	host = vt_builder_host(builder);
	VT_SET(HOST, host, cpu_threads, 4);
	add_cgroups(rows);
}

static void anew(void)
{
	vt_snapshot_free(snapshot);
	snapshot = NULL;
}

/* severity -1: there is none; fix NULL: none is offered */
static void expect(const char *what, const char *kind, enum cgroup at, int severity,
		   const char *evidence, const char *fix)
{
	const struct vt_finding *f = find(kind, at);

	cr_expect_eq(f != NULL, severity >= 0, "%s: %s", what, f ? f->evidence : "not found");
	if (!f || severity < 0)
		return;
	cr_expect_eq((int)f->severity, severity, "%s: severity %d", what, f->severity);
	cr_expect(strstr(f->evidence, evidence), "%s: no '%s' in: %s", what, evidence, f->evidence);
	cr_expect(*f->advice && *f->name, "%s", what);
	if (fix)
		cr_expect_str_eq(f->fix.command ? f->fix.command : "none", fix, "%s", what);
	else
		cr_expect_null(f->fix.command, "%s: %s", what, f->fix.command);
}

Test(rules, swap_of_the_host)
{
	static const struct {
		const char *what;
		uint64_t total, left, available;
		double pressure;
		int severity;
	} cases[] = {
		{ "none", 0, 0, 500, 0, -1 },
		{ "half", 100, 50, 500, 0, -1 },
		{ "nearly", 100, 6, 500, 50, -1 },
		{ "full, but there is memory", 100, 5, 500, 0, VT_NOTICE },
		{ "full and memory is short", 100, 0, 149, 0, VT_WARNING },
		{ "full and tasks wait", 100, 0, 500, 10, VT_WARNING },
		{ "nonsense", 100, 101, 10, 50, -1 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const struct vt_finding *f;

		anew();
		begin();
		VT_SET(HOST, host, swap_total_bytes, cases[i].total * m);
		VT_SET(HOST, host, swap_free_bytes, cases[i].left * m);
		VT_SET(HOST, host, mem_total_bytes, 1000 * m);
		VT_SET(HOST, host, mem_available_bytes, cases[i].available * m);
		VT_SET(HOST, host, psi_memory_some_avg10, cases[i].pressure);
		seal(0);
		f = find_finding(snapshot, "swap-full", 0);
		cr_expect_eq(f ? (int)f->severity : -1, cases[i].severity, "%s", cases[i].what);
	}
}

Test(rules, swap_of_a_cgroup)
{
	static const struct {
		const char *what;
		uint64_t max, current, failed;
		int severity;
		const char *evidence;
	} cases[] = {
		{ "none allowed", 0, 0, 9, -1, "" },
		{ "no limit", VT_MAX, 100, 9, -1, "" },
		{ "room", 100, 94, 0, -1, "" },
		{ "full", 100, 95, 0, VT_NOTICE, "95% of its memory.swap.max 100M" },
		{ "full and refused", 100, 100, 4, VT_WARNING, "could not swap 4 times" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		anew();
		for (unsigned round = 0; round < 2; round++) {
			begin();
			VT_SET(CGROUP, rows[B], swap_max_bytes,
			       cases[i].max == VT_MAX ? VT_MAX : cases[i].max * m);
			VT_SET(CGROUP, rows[B], swap_current_bytes, cases[i].current * m);
			VT_SET(CGROUP, rows[B], swap_events_fail, 3 + round * cases[i].failed);
			seal(round);
		}
		expect(cases[i].what, "swap-full", B, cases[i].severity, cases[i].evidence,
		       "virttop do limit /a/b memory.swap.max=152M");
	}
}

/* The kernel counts at the cgroup whose page it is, and at those above. */
Test(rules, swap_refused_below)
{
	for (unsigned round = 0; round < 2; round++) {
		begin();
		VT_SET(CGROUP, rows[A], swap_max_bytes, 100 * m);
		VT_SET(CGROUP, rows[A], swap_current_bytes, 100 * m);
		VT_SET(CGROUP, rows[B], swap_max_bytes, VT_MAX);
		VT_SET(CGROUP, rows[B], swap_current_bytes, 100 * m);
		for (int k = A; k <= B; k++)
			VT_SET(CGROUP, rows[k], swap_events_fail, 3 + round * 4);
		seal(round);
	}
	expect("at the holder", "swap-full", A, VT_WARNING, "could not swap 4 times",
	       "virttop do limit /a memory.swap.max=152M");
	expect("no limit", "swap-full", B, -1, "", NULL);
}

static void add_device(int at, uint64_t wbps, uint64_t written)
{
	struct vt_iodev *dev = vt_iodev_add(builder, (uint64_t)at + 1, 8ull << 32 | 16);

	VT_SET(IODEV, dev, device, "8:16");
	VT_SET(IODEV, dev, name, "sdb");
	VT_SET(IODEV, dev, max_wbps, wbps);
	VT_SET(IODEV, dev, max_riops, VT_MAX);
	VT_SET(IODEV, dev, wbytes, written);
	VT_SET(IODEV, dev, rios, 0);
}

Test(rules, io_limit)
{
	static const struct {
		const char *what;
		uint64_t max, rate;
		double pressure; /* -1: unknown */
		int severity;
	} cases[] = {
		{ "room", 10, 8, 50, -1 },
		{ "no limit", VT_MAX, 1000, 50, -1 },
		{ "full, waits", 10, 9, 50, VT_WARNING },
		{ "full, pressure unknown", 10, 10, -1, VT_WARNING },
		{ "full, hardly waits", 10, 10, 4, VT_NOTICE },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		anew();
		for (unsigned round = 0; round < 2; round++) {
			begin();
			add_device(A, cases[i].max == VT_MAX ? VT_MAX : cases[i].max * m,
				   round * cases[i].rate * m);
			add_device(B, VT_MAX, round * cases[i].rate * m);
			if (cases[i].pressure >= 0)
				VT_SET(CGROUP, rows[A], psi_io_some_avg10, cases[i].pressure);
			VT_SET(CGROUP, rows[B], psi_io_some_avg10, 50);
			seal(round);
		}
		expect(cases[i].what, "io-limit", A, cases[i].severity,
		       "of wbps of its io.max for sdb",
		       "virttop do limit /a 'io.max=8:16 wbps=20971520'");
		expect("who has no limit itself", "io-limit", B, -1, "", NULL);
		/* The rule on the limit speaks; what waits below it is not told again. */
		cr_expect_eq(find_finding(snapshot, "pressure-io", B + 1) != NULL,
			     cases[i].severity < 0, "%s", cases[i].what);
	}
}

Test(rules, cpuset_small)
{
	static const struct {
		const char *what;
		double pressure, max;
		uint64_t cpus, used; /* percent */
		int severity;
	} cases[] = {
		{ "idle", 0, INFINITY, 1, 5, -1 },
		{ "busy alone", 10, INFINITY, 1, 99, -1 },
		{ "more wants to run", 60, INFINITY, 1, 95, VT_WARNING },
		{ "of two", 60, INFINITY, 2, 150, -1 },
		{ "both of two", 60, INFINITY, 2, 199, VT_WARNING },
		{ "cpu.max is tighter", 60, 50, 1, 95, -1 },
		{ "all CPUs", 60, INFINITY, 4, 399, -1 },
		{ "pressure unknown", -1, INFINITY, 1, 97, -1 },
		{ "pressure unknown, full", -1, INFINITY, 1, 99, VT_WARNING },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		static const char *const lists[] = { "", "0", "0-1", "0-2", "0-3" };

		anew();
		for (unsigned round = 0; round < 2; round++) {
			begin();
			VT_SET(CGROUP, rows[ROOT], cpuset_cpus_effective, "0-3");
			VT_SET(CGROUP, rows[A], cpuset_cpus_effective, lists[cases[i].cpus]);
			VT_SET(CGROUP, rows[A], cpuset_cpus_count, cases[i].cpus);
			VT_SET(CGROUP, rows[A], cpu_max_percent, cases[i].max);
			VT_SET(CGROUP, rows[A], cpu_usage_usec, round * cases[i].used * 10000);
			if (cases[i].pressure >= 0)
				VT_SET(CGROUP, rows[A], psi_cpu_some_avg10, cases[i].pressure);
			seal(round);
		}
		expect(cases[i].what, "cpuset-small", A, cases[i].severity,
		       cases[i].cpus == 1 ? "1 CPU (cpuset.cpus 0)" : "2 CPUs (cpuset.cpus 0-1)",
		       "virttop do limit /a cpuset.cpus=0-3");
	}
}

Test(rules, resources_refused)
{
	for (unsigned round = 0; round < 2; round++) {
		struct vt_hugetlb *h;
		struct vt_resource *r;

		begin();
		for (int i = A; i <= B; i++) {
			h = vt_hugetlb_add(builder, (uint64_t)i + 1, 2 * m);
			VT_SET(HUGETLB, h, page_size, "2MB");
			VT_SET(HUGETLB, h, max_bytes, i == A ? 4 * m : VT_MAX);
			VT_SET(HUGETLB, h, events_max, 7 + 3 * round);
		}
		r = vt_resource_add(builder, D + 1, 77);
		VT_SET(RESOURCE, r, controller, "misc");
		VT_SET(RESOURCE, r, name, "sev");
		VT_SET(RESOURCE, r, max, 2);
		VT_SET(RESOURCE, r, events_max, round);
		seal(round);
		expect("hugetlb", "resource-limit", A, round ? VT_CRITICAL : -1,
		       "huge pages of 2MB refused 3 times", NULL);
		expect("no limit of its own", "resource-limit", B, -1, "", NULL);
		expect("misc", "resource-limit", D, round ? VT_CRITICAL : -1,
		       "sev of misc refused 1 times", NULL);
	}
}

/* misc.events has the refusals of descendants in it. */
Test(rules, resources_refused_below)
{
	for (unsigned local = 0; local < 2; local++) {
		anew();
		for (unsigned round = 0; round < 2; round++) {
			begin();
			for (int i = A; i <= C; i++) {
				struct vt_resource *r = vt_resource_add(builder, (uint64_t)i + 1,
									77);
				unsigned own = i == A ? 0 : i == B ? 2 : 3;

				VT_SET(RESOURCE, r, controller, "misc");
				VT_SET(RESOURCE, r, name, "sev");
				VT_SET(RESOURCE, r, max, i == C ? VT_MAX : 9);
				VT_SET(RESOURCE, r, events_max, 7 + round * (i == A ? 5 : own));
				if (local)
					VT_SET(RESOURCE, r, events_local_max, 7 + round * own);
			}
			seal(round);
		}
		expect("the holder", "resource-limit", B, VT_CRITICAL, "refused 2 times", NULL);
		expect("above it", "resource-limit", A, -1, "", NULL);
	}
}

Test(rules, cannot_bind)
{
	static const struct {
		const char *what;
		uint64_t above, own; /* MiB, CPU percent, tasks */
		bool found;
	} cases[] = {
		{ "looser than its parent's", 100, 200, true },
		{ "the same", 100, 100, false },
		{ "tighter", 100, 50, false },
		{ "none", 100, VT_MAX, false },
		{ "none above", VT_MAX, 100, false },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		bool up = cases[i].above != VT_MAX, here = cases[i].own != VT_MAX;
		int severity = cases[i].found ? VT_NOTICE : -1;

		anew();
		begin();
		VT_SET(CGROUP, rows[A], cpu_max_percent,
		       up ? (double)cases[i].above : (double)INFINITY);
		VT_SET(CGROUP, rows[A], memory_max_bytes, up ? cases[i].above * m : VT_MAX);
		VT_SET(CGROUP, rows[A], pids_max, cases[i].above);
		VT_SET(CGROUP, rows[B], cpu_max_percent,
		       here ? (double)cases[i].own : (double)INFINITY);
		VT_SET(CGROUP, rows[C], memory_high_bytes, here ? cases[i].own * m : VT_MAX);
		VT_SET(CGROUP, rows[B], pids_max, cases[i].own);
		seal(0);
		expect(cases[i].what, "cannot-bind", B, severity,
		       "cpu.max 200% cannot bind: cpu.max of /a is 100%", NULL);
		expect(cases[i].what, "cannot-bind", B, severity,
		       "pids.max 200 cannot bind: pids.max of /a is 100", NULL);
		expect(cases[i].what, "cannot-bind", C, severity,
		       "memory.high 200M cannot bind: memory.max of /a is 100M", NULL);
		expect("the holder", "cannot-bind", A, -1, "", NULL);
	}
	anew();
	begin();
	VT_SET(CGROUP, rows[D], memory_max_bytes, 100 * m);
	VT_SET(CGROUP, rows[D], memory_high_bytes, 200 * m);
	seal(0);
	expect("of itself", "cannot-bind", D, VT_NOTICE, "memory.max of itself is 100M", NULL);
}

/* The kubelet sets limits and weights everywhere, whether they count or not. */
Test(rules, kubelets_settings_are_its_own)
{
	struct vt_cgroup *top, *pod;

	begin();
	top = add_cgroup(builder, 10, 1, "/kubepods.slice");
	VT_SET(CGROUP, top, memory_max_bytes, 100 * m);
	pod = add_cgroup(builder, 11, 10, "/kubepods.slice/pod");
	VT_SET(CGROUP, pod, memory_max_bytes, 200 * m);
	VT_SET(CGROUP, pod, cpu_weight, 7);
	(void)add_process(builder, 9, 1, "w", "/kubepods.slice/pod");
	seal(0);
	cr_expect_eq(snapshot->n_findings, 0);
}

Test(rules, weight_idle)
{
	static const struct {
		const char *what;
		uint64_t weight;
		const char *others; /* where another process is */
		bool idle;
		int severity;
	} cases[] = {
		{ "born", 100, "/d", false, -1 },
		{ "alone", 300, "/d", false, VT_NOTICE },
		{ "a sibling", 300, "/a/c", false, -1 },
		{ "the parent's own tasks", 300, "/a", false, -1 },
		{ "only when nothing else runs", 0, "/d", true, -1 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		anew();
		begin();
		VT_SET(CGROUP, rows[B], cpu_weight, cases[i].weight);
		VT_SET(CGROUP, rows[B], cpu_idle, cases[i].idle);
		VT_SET(CGROUP, rows[C], cpu_weight, 300); /* nothing in it: nobody minds */
		(void)add_process(builder, 9, 1, "w", "/a/b");
		(void)add_process(builder, 10, 1, "w", cases[i].others);
		seal(0);
		expect(cases[i].what, "weight-idle", B, cases[i].severity,
		       "cpu.weight 300 does nothing", NULL);
		if (strcmp(cases[i].others, "/a/c") != 0)
			expect("empty", "weight-idle", C, -1, "", NULL);
	}
}

/* With hidepid a sibling's processes are not seen, but it has them. */
Test(rules, weight_among_hidden_processes)
{
	for (uint64_t hidden = 0; hidden < 2; hidden++) {
		anew();
		begin();
		VT_SET(CGROUP, rows[B], cpu_weight, 300);
		VT_SET(CGROUP, rows[B], populated, 1);
		VT_SET(CGROUP, rows[C], populated, hidden);
		(void)add_process(builder, 9, 1, "w", "/a/b");
		seal(0);
		expect("siblings", "weight-idle", B, hidden ? -1 : VT_NOTICE, "does nothing", NULL);
	}
}

Test(rules, no_controller)
{
	static const struct {
		const char *what, *offered, *enabled;
		int severity;
		const char *fix;
	} cases[] = {
		{ "all", "cpu memory pids", "cpu memory pids", -1, NULL },
		{ "no memory", "cpu memory pids", "pids", VT_NOTICE,
		  "virttop do controllers / +memory" },
		{ "no pids", "cpu memory pids", "memory", VT_NOTICE,
		  "virttop do controllers / +pids" },
		{ "v1 holds them", "hugetlb", "hugetlb", -1, NULL },
	};
	static const char path[] =
		"/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope";

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_cgroup *cg;
		const struct vt_finding *f;

		anew();
		begin();
		VT_SET(HOST, host, cgroup_controllers, cases[i].offered);
		cg = add_cgroup(builder, 20, 1, path);
		VT_SET(CGROUP, cg, controllers, cases[i].enabled);
		VT_SET(CGROUP, rows[ROOT], controllers, cases[i].offered);
		seal(0);
		f = find_finding(snapshot, "no-controller", 20);
		cr_expect_eq(f ? (int)f->severity : -1, cases[i].severity, "%s", cases[i].what);
		if (f && cases[i].fix)
			cr_expect_str_eq(f->fix.command, cases[i].fix, "%s", cases[i].what);
	}
}

Test(rules, partition_invalid)
{
	begin();
	VT_SET(CGROUP, rows[A], cpuset_partition,
	       "root invalid (Cpu list in cpuset.cpus not exclusive)");
	VT_SET(CGROUP, rows[B], cpuset_partition, "member");
	VT_SET(CGROUP, rows[D], cpuset_partition, "isolated");
	seal(0);
	expect("invalid", "partition-invalid", A, VT_WARNING, "not exclusive", NULL);
	expect("member", "partition-invalid", B, -1, "", NULL);
	expect("valid", "partition-invalid", D, -1, "", NULL);
}

Test(rules, dying_cgroups)
{
	begin();
	VT_SET(CGROUP, rows[ROOT], dying_descendants, 2500);
	VT_SET(CGROUP, rows[A], dying_descendants, 2400);
	VT_SET(CGROUP, rows[A], descendants, 2);
	VT_SET(CGROUP, rows[B], dying_descendants, 900);
	VT_SET(CGROUP, rows[D], dying_descendants, 100);
	seal(0);
	expect("most are below it", "dying-cgroups", ROOT, -1, "", NULL);
	expect("the lowest", "dying-cgroups", A, VT_NOTICE, "2400 removed cgroups", NULL);
	expect("some", "dying-cgroups", B, -1, "", NULL);
	expect("normal", "dying-cgroups", D, -1, "", NULL);
	begin();
	VT_SET(CGROUP, rows[A], dying_descendants, 20000);
	seal(1);
	expect("very many", "dying-cgroups", A, VT_WARNING, "20000", NULL);
}

Test(rules, cgroups_limit)
{
	begin();
	for (int i = A; i <= D; i++)
		VT_SET(CGROUP, rows[i], descendants, 2);
	VT_SET(CGROUP, rows[A], max_descendants, 2);
	VT_SET(CGROUP, rows[B], max_descendants, 3);
	VT_SET(CGROUP, rows[C], max_descendants, VT_MAX);
	seal(0);
	expect("full", "cgroups-limit", A, VT_WARNING, "cgroup.max.descendants 2",
	       "virttop do limit /a cgroup.max.descendants=4");
	expect("room", "cgroups-limit", B, -1, "", NULL);
	expect("no limit", "cgroups-limit", C, -1, "", NULL);
}

Test(rules, overcommitted)
{
	static const struct {
		const char *what;
		uint64_t parent, b, c, reclaimed;
		int severity;
		const char *evidence;
	} cases[] = {
		{ "enough", 100, 40, 60, 0, -1, "" },
		{ "too much", 100, 80, 60, 0, VT_NOTICE, "140M of memory.low, it has 100M" },
		{ "nothing above", 0, 80, 60, 0, VT_NOTICE, "counts for nothing" },
		{ "it hurts", 100, 80, 60, 5, VT_WARNING, "reclaim took memory" },
		{ "nobody asks", 0, 0, 0, 0, -1, "" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		anew();
		for (unsigned round = 0; round < 2; round++) {
			begin();
			for (int k = A; k <= D; k++)
				VT_SET(CGROUP, rows[k], memory_min_bytes, 0);
			VT_SET(CGROUP, rows[A], memory_low_bytes, cases[i].parent * m);
			VT_SET(CGROUP, rows[B], memory_low_bytes, cases[i].b * m);
			VT_SET(CGROUP, rows[C], memory_low_bytes, cases[i].c * m);
			/* Those right below the root have what they ask for. */
			VT_SET(CGROUP, rows[D], memory_low_bytes, 1000 * m);
			VT_SET(CGROUP, rows[A], memory_events_low, round * cases[i].reclaimed);
			seal(round);
		}
		expect(cases[i].what, "overcommitted", A, cases[i].severity, cases[i].evidence,
		       "virttop do limit /a memory.low=146800640");
		expect("the root", "overcommitted", ROOT, -1, "", NULL);
	}
}

/* With memory_recursiveprot the protection of /a counts for what is below /a/b too. */
Test(rules, overcommitted_with_recursive_protection)
{
	for (unsigned i = 0; i < 2; i++) {
		struct vt_cgroup *below;

		anew();
		begin();
		VT_SET(HOST, host, cgroup_options, "rw memory_recursiveprot");
		for (int k = A; k <= B; k++) {
			VT_SET(CGROUP, rows[k], memory_min_bytes, i || k == B ? 0 : 100 * m);
			VT_SET(CGROUP, rows[k], memory_low_bytes, k == B ? 0 : 100 * m);
			VT_SET(CGROUP, rows[k], memory_current_bytes, 200 * m);
		}
		below = add_cgroup(builder, 20, 3, "/a/b/x");
		VT_SET(CGROUP, below, memory_min_bytes, i ? 0 : 90 * m);
		VT_SET(CGROUP, below, memory_low_bytes, i ? 120 * m : 90 * m);
		VT_SET(CGROUP, below, memory_current_bytes, 200 * m);
		seal(0);
		expect(i ? "more than /a has" : "less than /a has", "overcommitted", B,
		       i ? VT_NOTICE : -1, "120M of memory.low, it has 100M from above",
		       "virttop do limit /a/b memory.low=125829120");
	}
}

/* The top of a cgroup namespace has protection that its children share. */
Test(rules, overcommitted_top_of_a_namespace)
{
	begin();
	VT_SET(CGROUP, rows[ROOT], type, "domain");
	for (int k = ROOT; k <= D; k++) {
		VT_SET(CGROUP, rows[k], memory_min_bytes, 0);
		VT_SET(CGROUP, rows[k], memory_low_bytes, k == D ? 150 * m : 100 * m);
	}
	seal(0);
	expect("the top", "overcommitted", ROOT, VT_NOTICE, "250M of memory.low, it has 100M",
	       "virttop do limit / memory.low=262144000");
}
