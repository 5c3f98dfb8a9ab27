/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Choosing a limit: sensible values, what completes one, and what it would do. */
#include <criterion/criterion.h>
#include <math.h>

#include "../../src/limit_effect.h"
#include "../../src/limit_scale.h"
#include "snapshots.h"

/*
 * A host of 4 CPUs and 8G with /a (1G, 600M used, half a CPU) and in it /a/b,
 * which uses 310M, 80 % of a CPU and 12 tasks, and has no limit.
 */
static struct vt_snapshot *snapshot;
static struct vt_plan *plan;

static void set_up(void)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_host_row *host;
	struct vt_cgroup *cg;

	vt_builder_begin(b);
	host = vt_builder_host(b);
	VT_SET(HOST, host, mem_total_bytes, 8ull << 30);
	VT_SET(HOST, host, cpu_threads, 4);
	VT_SET(HOST, host, swap_free_bytes, 10ull << 20);
	(void)add_cgroup(b, 1, 0, "/");
	cg = add_cgroup(b, 2, 1, "/a");
	VT_SET(CGROUP, cg, memory_max_bytes, 1ull << 30);
	VT_SET(CGROUP, cg, memory_current_bytes, 600ull << 20);
	VT_SET(CGROUP, cg, cpu_max_percent, 50);
	VT_SET(CGROUP, cg, pids_max, 20);
	VT_SET(CGROUP, cg, pids_current, 15);
	cg = add_cgroup(b, 3, 2, "/a/b");
	VT_SET(CGROUP, cg, memory_max_bytes, VT_MAX);
	VT_SET(CGROUP, cg, memory_current_bytes, 310ull << 20);
	VT_SET(CGROUP, cg, memory_anon_bytes, 200ull << 20);
	VT_SET(CGROUP, cg, cpu_max_percent, INFINITY);
	VT_SET(CGROUP, cg, cpu_percent, 80);
	VT_SET(CGROUP, cg, pids_max, VT_MAX);
	VT_SET(CGROUP, cg, pids_current, 12);
	snapshot = seal_at(b, NULL, 1);
	vt_builder_free(b);
	plan = vt_plan_new("Limit");
}

static void tear_down(void)
{
	vt_plan_free(plan);
	vt_snapshot_free(snapshot);
}
TestSuite(limit_edit, .init = set_up, .fini = tear_down);

Test(limit_edit, what_it_would_do)
{
	static const struct {
		const char *file, *value, *effects[2];
	} cases[] = {
		{ "memory.max", "629145600", { "effective then: 600M, its own limit" } },
		/* Of the parent's 1G a sibling uses 290M. */
		{ "memory.max",
		  "1073741824",
		  { "effective then: 734M, all that the tighter memory.max of /a leaves it" } },
		{ "memory.max",
		  "max",
		  { "effective then: 734M, all that the tighter memory.max of /a leaves it" } },
		{ "memory.max",
		  "104857600",
		  { "200M of it is anonymous, and swap has room for 10M: the OOM killer comes at "
		    "once, for one or more of its 0 processes",
		    "effective then: 100M, its own limit" } },
		{ "memory.max",
		  "204472320",
		  { "200M of it is anonymous: some goes to swap",
		    "effective then: 195M, its own limit" } },
		{ "memory.max", "314572800", { "effective then: 300M, its own limit" } },
		{ "cpu.max",
		  "20000 100000",
		  { "it uses 80% of one CPU now: it will be throttled",
		    "effective then: 20% of one CPU, its own limit" } },
		{ "cpu.max",
		  "100000 100000",
		  { "effective then: the tighter cpu.max of /a keeps it at 50% of one CPU" } },
		{ "cpu.max",
		  "max 100000",
		  { "effective then: the tighter cpu.max of /a keeps it at 50% of one CPU" } },
		{ "pids.max", "15", { "effective then: 15, its own limit" } },
		{ "pids.max",
		  "100",
		  { "effective then: 17, all that the tighter pids.max of /a leaves it" } },
	};
	const struct vt_cgroup *cg = vt_snapshot_path(snapshot, "/a/b");

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		plan->n_effects = 0;
		cr_expect(vt_limit_effect(plan, snapshot, cg, cases[i].file, cases[i].value));
		for (size_t k = 0; k < 2; k++) {
			const char *says = k < plan->n_effects ? plan->effects[k] : NULL;

			if (cases[i].effects[k])
				cr_expect(says && strcmp(says, cases[i].effects[k]) == 0,
					  "case %zu: %s", i, says ? says : "nothing");
			else
				cr_expect_null(says, "case %zu: %s", i, says);
		}
	}
}

Test(limit_edit, nothing_is_said_of_what_is_not_known)
{
	struct vt_cgroup unknown = { .head = { .a = 9 }, .parent = -1 };

	cr_expect_not(vt_limit_effect(plan, snapshot, &unknown, "memory.max", "4096"));
	cr_expect_not(vt_limit_effect(plan, snapshot, vt_snapshot_path(snapshot, "/a/b"),
				      "memory.high", "4096"));
	cr_expect_eq(plan->n_effects, 0);
}

Test(limit_edit, steps)
{
	static const struct {
		const char *file, *typed, *up, *down;
	} cases[] = {
		{ "memory.max", "100M", "128M", "96M" },
		{ "memory.max", "128M", "192M", "96M" },
		{ "memory.max", "1536M", "2G", "1G" },
		{ "memory.max", "0", "1M", "1M" },
		{ "memory.max", "6G", "8G", "4G" },
		{ "memory.max", "8G", "max", "6G" },
		{ "memory.max", "max", "max", "8G" },
		{ "memory.max", "nonsense", "1M", "1M" },
		{ "cpu.max", "20%", "25%", "15%" },
		{ "cpu.max", "100%", "150%", "75%" },
		{ "cpu.max", "1.5", "200%", "100%" },
		{ "cpu.max", "30000 100000", "40%", "25%" },
		{ "cpu.max", "400%", "max", "300%" },
		{ "cpu.max", "max", "max", "400%" },
		{ "pids.max", "4", "5", "3" },
		{ "pids.max", "100", "200", "50" },
		{ "cpu.weight", "100", "200", "50" },
		{ "cpu.weight", "10000", "10000", "5000" },
		{ "cpu.weight", "1", "2", "1" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_limit_scale scale;
		char out[32];

		cr_assert(vt_limit_scale_make(cases[i].file, snapshot, &scale));
		vt_limit_scale_step(&scale, cases[i].typed, 1, out, sizeof(out));
		cr_expect_str_eq(out, cases[i].up, "%s up: %s", cases[i].typed, out);
		vt_limit_scale_step(&scale, cases[i].typed, -1, out, sizeof(out));
		cr_expect_str_eq(out, cases[i].down, "%s down: %s", cases[i].typed, out);
	}
}

/* Whatever a step or a place gives is taken by the file, and steps reach both ends. */
Test(limit_edit, all_values_are_accepted)
{
	static const char *const files[] = { "memory.max", "memory.low", "cpu.max",
					     "pids.max",   "cpu.weight", "cgroup.max.depth" };

	for (size_t i = 0; i < VT_LEN(files); i++) {
		struct vt_limit_scale scale;
		char typed[32] = "1", next[32] = "", value[64];
		int steps = 0;

		cr_assert(vt_limit_scale_make(files[i], snapshot, &scale), "%s", files[i]);
		for (; steps < 100; steps++) {
			vt_limit_scale_step(&scale, typed, 1, next, sizeof(next));
			cr_expect_eq(vt_limit_value(scale.row, files[i], next, NULL, value,
						    sizeof(value), NULL),
				     0, "%s %s", files[i], next);
			if (strcmp(next, typed) == 0)
				break;
			(void)snprintf(typed, sizeof(typed), "%s", next);
		}
		cr_expect(steps > 3 && steps < 100, "%s: %d", files[i], steps);
		cr_expect_eq(vt_limit_scale_place(&scale, vt_limit_scale_number(&scale, next)), 1);
		for (int k = 0; k <= 20; k++) {
			vt_limit_scale_at(&scale, k / 20.0, next, sizeof(next));
			cr_expect_eq(vt_limit_value(scale.row, files[i], next, NULL, value,
						    sizeof(value), NULL),
				     0, "%s %s", files[i], next);
		}
		cr_expect_str_eq(next, typed, "%s: the end is the last step: %s", files[i], next);
	}
	cr_expect_not(
		vt_limit_scale_make("cgroup.freeze", snapshot, &(struct vt_limit_scale){ 0 }));
	cr_expect_not(vt_limit_scale_make("io.max", snapshot, &(struct vt_limit_scale){ 0 }));
}

Test(limit_edit, completion)
{
	static const struct {
		const char *file, *typed, *out;
	} cases[] = {
		{ "memory.max", "10", "10M" },
		{ "memory.max", "10M", "10G" },
		{ "memory.max", "10G", "10K" },
		{ "memory.max", "10K", "10M" },
		{ "memory.max", "1.5g", "1.5G" },
		{ "memory.max", "m", "max" },
		{ "memory.max", "", NULL },
		{ "cpu.max", "50", "50%" },
		{ "cpu.max", "ma", "max" },
		{ "pids.max", "5", NULL },
		{ "cpu.weight", "m", NULL },
		{ "io.max", "8:0 r", "8:0 rbps=" },
		{ "io.max", "8:0 rbps=1M wi", "8:0 rbps=1M wiops=" },
		{ "io.max", "8:0 rbps=", "8:0 wbps=" },
		{ "cpuset.cpus.partition", "", "member" },
		{ "cpuset.cpus.partition", "r", "root" },
		{ "cpuset.cpus.partition", "root", "isolated" },
		{ "io.prio.class", "p", "promote-to-rt" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const struct vt_limit_row *row = vt_limit_row_find(cases[i].file);
		char out[64] = "";
		bool found = vt_limit_complete(row, cases[i].typed, out, sizeof(out));

		cr_expect_eq(found, cases[i].out != NULL, "%s %s: %s", cases[i].file,
			     cases[i].typed, out);
		if (cases[i].out)
			cr_expect_str_eq(out, cases[i].out, "%s %s: %s", cases[i].file,
					 cases[i].typed, out);
	}
}
