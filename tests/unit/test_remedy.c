/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The change that a finding offers: where it is made, and to what. */
#include <criterion/criterion.h>

#include "snapshots.h"

struct pair {
	struct vt_snapshot *before, *after;
};

/* /shop with a parent's limits, /shop/api below it; what grows between the two is hurt. */
struct hurt {
	double cpu_max;
	uint64_t throttled, periods;
	uint64_t memory_max, kills;
	uint64_t pids_max, refused;
	bool frozen;
};

static void add(struct vt_builder *b, const struct hurt *h, bool later)
{
	struct vt_cgroup *shop, *api;

	VT_SET(HOST, vt_builder_host(b), cpu_threads, 4);
	(void)add_cgroup(b, 1, 0, "/");
	shop = add_cgroup(b, 2, 1, "/shop");
	api = add_cgroup(b, 3, 2, "/shop/a b");
	if (h->cpu_max > 0) {
		VT_SET(CGROUP, shop, cpu_max_percent, h->cpu_max);
		VT_SET(CGROUP, shop, nr_periods, later ? h->periods : 0);
		VT_SET(CGROUP, shop, nr_throttled, later ? h->throttled : 0);
	}
	if (h->memory_max) {
		VT_SET(CGROUP, shop, memory_max_bytes, h->memory_max);
		VT_SET(CGROUP, shop, memory_current_bytes, h->memory_max / 2);
		VT_SET(CGROUP, api, memory_max_bytes, VT_MAX);
		VT_SET(CGROUP, api, memory_current_bytes, 1 << 20);
		VT_SET(CGROUP, shop, memory_events_oom_kill, later ? h->kills : 0);
		VT_SET(CGROUP, api, memory_events_oom_kill, later ? h->kills : 0);
	}
	if (h->pids_max) {
		VT_SET(CGROUP, shop, pids_max, h->pids_max);
		VT_SET(CGROUP, shop, pids_current, h->pids_max);
		VT_SET(CGROUP, shop, pids_events_max, later ? h->refused : 0);
	}
	if (h->frozen) {
		VT_SET(CGROUP, shop, frozen, 1);
		(void)add_process(b, 100, 1, "sleeper", "/shop");
	}
}

static struct pair make(const struct hurt *h)
{
	struct pair p;
	struct vt_builder *b = vt_builder_new();

	vt_builder_begin(b);
	add(b, h, false);
	p.before = seal_at(b, NULL, 0);
	vt_builder_begin(b);
	add(b, h, true);
	p.after = seal_at(b, p.before, 1);
	vt_builder_free(b);
	return p;
}

Test(remedy, table)
{
	static const struct {
		const char *what, *kind;
		uint64_t subject;
		struct hurt hurt;
		const char *command;
	} cases[] = {
		{ "twice the CPU",
		  "throttled",
		  2,
		  { .cpu_max = 20, .throttled = 8, .periods = 10 },
		  "virttop do limit /shop cpu.max=40%" },
		{ "more than there are CPUs is no limit",
		  "throttled",
		  2,
		  { .cpu_max = 200, .throttled = 8, .periods = 10 },
		  "virttop do limit /shop cpu.max=max" },
		{ "memory where the limit is, not where the victim was",
		  "oom-killed",
		  3,
		  { .memory_max = 100ull << 20, .kills = 2 },
		  "virttop do limit /shop memory.max=152M" },
		{ "large memory in large steps",
		  "oom-killed",
		  3,
		  { .memory_max = 4ull << 30, .kills = 1 },
		  "virttop do limit /shop memory.max=6144M" },
		{ "twice the tasks",
		  "pids-limit",
		  2,
		  { .pids_max = 50, .refused = 3 },
		  "virttop do limit /shop pids.max=100" },
		{ "thaw", "frozen", 2, { .frozen = true }, "virttop do thaw /shop" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct pair p = make(&cases[i].hurt);
		const struct vt_finding *f = find_finding(p.after, cases[i].kind, cases[i].subject);

		cr_assert(f, "%s: no finding", cases[i].what);
		cr_expect_str_eq(f->fix.command ? f->fix.command : "none", cases[i].command, "%s",
				 cases[i].what);
		cr_expect_eq(f->fix.path_id, 2, "%s", cases[i].what);
		vt_snapshot_free(p.after);
		vt_snapshot_free(p.before);
	}
}

/* A host that is short of memory has no limit that could be raised. */
Test(remedy, none)
{
	struct vt_builder *b = vt_builder_new();
	const struct vt_finding *f;
	struct vt_snapshot *s;

	vt_builder_begin(b);
	VT_SET(HOST, vt_builder_host(b), mem_total_bytes, 1000);
	VT_SET(HOST, vt_builder_host(b), mem_available_bytes, 10);
	s = seal_at(b, NULL, 0);
	vt_builder_free(b);
	f = find_finding(s, "host-memory", 0);
	cr_assert(f);
	cr_expect_null(f->fix.action);
	cr_expect_null(f->fix.command);
	vt_snapshot_free(s);
}
