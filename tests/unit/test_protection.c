/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What memory.min and memory.low are worth: the kernel's own cases. */
#include <criterion/criterion.h>

#include "../../src/limits.h"
#include "snapshots.h"

static const uint64_t M = 1 << 20;

Test(protection, one_cgroup)
{
	static const struct {
		const char *what;
		struct vt_protection p; /* in M */
		uint64_t effective;
	} cases[] = {
		{ "within what the parent has", { 50, 30, 100, 80, 60, false }, 30 },
		{ "only what is used counts", { 10, 30, 100, 80, 60, false }, 10 },
		{ "no protection", { 50, 0, 100, 80, 60, false }, 0 },
		{ "the parent has none", { 50, 30, 100, 0, 60, false }, 0 },
		{ "overcommitted: in proportion to use", { 50, 60, 100, 40, 80, false }, 25 },
		{ "overcommitted, half", { 20, 20, 100, 40, 80, false }, 10 },
		{ "no limit at all", { 50, VT_MAX, 100, VT_MAX, 60, false }, 50 },
		{ "recursive: unclaimed protection is shared", { 50, 0, 100, 40, 0, true }, 20 },
		{ "recursive: beside what is claimed", { 50, 20, 100, 60, 20, true }, 35 },
		{ "recursive: nothing above what is claimed", { 20, 20, 100, 60, 20, true }, 20 },
		{ "recursive: overcommitted", { 50, 60, 100, 40, 80, true }, 25 },
		{ "recursive: the parent uses less than is claimed",
		  { 50, 20, 20, 60, 20, true },
		  20 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const struct vt_protection *c = &cases[i].p;
		struct vt_protection p = {
			c->usage * M,
			c->setting == VT_MAX ? VT_MAX : c->setting * M,
			c->parent_usage * M,
			c->parent_effective == VT_MAX ? VT_MAX : c->parent_effective * M,
			c->siblings_protected * M,
			c->recursive,
		};

		cr_expect_eq(vt_protection_effective(&p), cases[i].effective * M, "%s: %llu",
			     cases[i].what, (unsigned long long)(vt_protection_effective(&p) / M));
	}
}

static void add(struct vt_builder *b, uint64_t id, uint64_t parent, const char *path,
		uint64_t usage, uint64_t min, uint64_t low)
{
	struct vt_cgroup *cg = add_cgroup(b, id, parent, path);

	VT_SET(CGROUP, cg, memory_current_bytes, usage * M);
	VT_SET(CGROUP, cg, memory_min_bytes, min * M);
	VT_SET(CGROUP, cg, memory_low_bytes, low * M);
}

/*
 * The tree of the kernel's own test (tools/testing/selftests/cgroup,
 * test_memcontrol.c): A 50M, A/B 50M, below it C 75M, D 25M, E 0, F 500M
 * without processes; C, D, E use 50M each.
 */
static struct vt_snapshot *kernel_tree(const char *options)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s;

	vt_builder_begin(b);
	if (options)
		VT_SET(HOST, vt_builder_host(b), cgroup_options, options);
	add_cgroup(b, 1, 0, "/");
	add(b, 2, 1, "/A", 150, 50, 50);
	add(b, 3, 2, "/A/B", 150, 50, 50);
	add(b, 4, 3, "/A/B/C", 50, 75, 75);
	add(b, 5, 3, "/A/B/D", 50, 25, 25);
	add(b, 6, 3, "/A/B/E", 50, 0, 0);
	add(b, 7, 3, "/A/B/F", 0, 500, 500);
	s = seal_at(b, NULL, 0);
	vt_builder_free(b);
	return s;
}

static void expect(const struct vt_snapshot *s, const char *path, uint64_t bytes)
{
	const struct vt_cgroup *cg = vt_snapshot_path(s, path);

	cr_assert(VT_HAS(CGROUP, cg, effective_memory_min), "%s", path);
	cr_expect_eq(cg->effective_memory_min, bytes, "%s: %llu", path,
		     (unsigned long long)cg->effective_memory_min);
	cr_expect_eq(cg->effective_memory_low, bytes, "%s", path);
}

Test(protection, the_kernels_own_test)
{
	static const char *const options[] = { NULL, "nsdelegate memory_recursiveprot" };

	for (size_t i = 0; i < VT_LEN(options); i++) {
		struct vt_snapshot *s = kernel_tree(options[i]);

		expect(s, "/A", 50 * M);
		expect(s, "/A/B", 50 * M);
		/* 50M of C and 25M of D claim 50M: two thirds and one third. */
		expect(s, "/A/B/C", 50 * M * 50 / 75);
		expect(s, "/A/B/D", 50 * M * 25 / 75);
		expect(s, "/A/B/E", 0);
		expect(s, "/A/B/F", 0);
		vt_snapshot_free(s);
	}
}

Test(protection, unknown_stays_unknown)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s;

	vt_builder_begin(b);
	add_cgroup(b, 1, 0, "/");
	add_cgroup(b, 2, 1, "/a");
	s = seal_at(b, NULL, 0);
	cr_expect_not(VT_HAS(CGROUP, vt_snapshot_path(s, "/a"), effective_memory_min));
	cr_expect_not(VT_HAS(CGROUP, vt_snapshot_path(s, "/"), effective_memory_low));
	vt_snapshot_free(s);
	vt_builder_free(b);
}
