/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ancestor's limit binds. */
#include <criterion/criterion.h>
#include <math.h>

#include "snapshots.h"

struct link {
	uint64_t max, current; /* 0 in current: the controller is off */
};

static struct vt_snapshot *chain(const struct link *links, size_t n)
{
	static const char *const paths[] = { "/", "/a", "/a/b", "/a/b/c" };
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s;

	vt_builder_begin(b);
	for (size_t i = 0; i < n; i++) {
		struct vt_cgroup *cg = add_cgroup(b, i + 1, i, paths[i]);

		if (!links[i].current)
			continue;
		VT_SET(CGROUP, cg, memory_max_bytes, links[i].max);
		VT_SET(CGROUP, cg, memory_current_bytes, links[i].current);
		VT_SET(CGROUP, cg, pids_max, links[i].max);
		VT_SET(CGROUP, cg, pids_current, links[i].current);
	}
	s = seal_at(b, NULL, 0);
	vt_builder_free(b);
	return s;
}

Test(limits, least_room_binds)
{
	static const struct {
		const char *what;
		struct link links[4];
		uint64_t max, room;
		const char *from;
	} cases[] = {
		{ "no limit",
		  { { 0, 0 }, { VT_MAX, 5 }, { VT_MAX, 3 }, { VT_MAX, 1 } },
		  VT_MAX,
		  VT_MAX,
		  NULL },
		{ "own", { { 0, 0 }, { VT_MAX, 5 }, { VT_MAX, 3 }, { 10, 1 } }, 10, 9, "/a/b/c" },
		{ "ancestor is smaller",
		  { { 0, 0 }, { 8, 5 }, { VT_MAX, 3 }, { 100, 1 } },
		  8,
		  3,
		  "/a" },
		{ "a sibling ate the ancestor's room",
		  { { 0, 0 }, { 1000, 999 }, { VT_MAX, 3 }, { 10, 1 } },
		  1000,
		  1,
		  "/a" },
		{ "the nearer of equal room",
		  { { 0, 0 }, { 10, 5 }, { 8, 3 }, { VT_MAX, 1 } },
		  8,
		  5,
		  "/a/b" },
		{ "above its limit",
		  { { 0, 0 }, { 4, 5 }, { VT_MAX, 3 }, { VT_MAX, 1 } },
		  4,
		  0,
		  "/a" },
		{ "controller off below", { { 0, 0 }, { 8, 5 }, { 0, 0 }, { 0, 0 } }, 8, 3, "/a" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_snapshot *s = chain(cases[i].links, 4);
		const struct vt_cgroup *cg = vt_snapshot_path(s, "/a/b/c");

		cr_assert(VT_HAS(CGROUP, cg, effective_memory_max), "%s", cases[i].what);
		cr_expect_eq(cg->effective_memory_max, cases[i].max, "%s", cases[i].what);
		cr_expect_eq(cg->effective_memory_headroom, cases[i].room, "%s", cases[i].what);
		cr_expect_eq(cg->effective_pids_max, cases[i].max, "%s", cases[i].what);
		cr_expect_eq(cg->effective_pids_headroom, cases[i].room, "%s", cases[i].what);
		cr_expect_eq(VT_HAS(CGROUP, cg, effective_memory_max_from), cases[i].from != NULL,
			     "%s", cases[i].what);
		if (cases[i].from) {
			cr_expect_str_eq(cg->effective_memory_max_from, cases[i].from, "%s",
					 cases[i].what);
			cr_expect_str_eq(cg->effective_pids_max_from, cases[i].from, "%s",
					 cases[i].what);
		}
		vt_snapshot_free(s);
	}
}

/* What is unknown at one link neither binds nor hides what is above it. */
Test(limits, gaps_in_the_chain)
{
	static const struct {
		const char *what;
		bool has_max, has_current;
		uint64_t max, room;
		const char *from;
	} cases[] = {
		{ "both", true, true, 6, 2, "/a/b" },
		{ "no usage", true, false, 100, 40, "/a" },
		{ "no limit", false, true, 100, 40, "/a" },
		{ "neither", false, false, 100, 40, "/a" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_builder *b = vt_builder_new();
		const struct vt_cgroup *cg;
		struct vt_cgroup *row;
		struct vt_snapshot *s;

		vt_builder_begin(b);
		add_cgroup(b, 1, 0, "/");
		row = add_cgroup(b, 2, 1, "/a");
		VT_SET(CGROUP, row, memory_max_bytes, 100);
		VT_SET(CGROUP, row, memory_current_bytes, 60);
		row = add_cgroup(b, 3, 2, "/a/b");
		if (cases[i].has_max)
			VT_SET(CGROUP, row, memory_max_bytes, 6);
		if (cases[i].has_current)
			VT_SET(CGROUP, row, memory_current_bytes, 4);
		s = seal_at(b, NULL, 0);
		cg = vt_snapshot_path(s, "/a/b");
		cr_expect_eq(cg->effective_memory_max, cases[i].max, "%s", cases[i].what);
		cr_expect_eq(cg->effective_memory_headroom, cases[i].room, "%s", cases[i].what);
		cr_expect_str_eq(cg->effective_memory_max_from, cases[i].from, "%s", cases[i].what);
		vt_snapshot_free(s);
		vt_builder_free(b);
	}
}

/* Siblings of different depth do not mix; ids in an order that is not the tree's. */
Test(limits, branches_are_apart)
{
	static const struct {
		const char *path;
		uint64_t id, parent, max, current, room;
		const char *from;
	} cgs[] = {
		{ "/a", 9, 1, 1000, 900, 100, "/a" },       { "/a/x", 3, 9, 500, 450, 50, "/a/x" },
		{ "/a/x/deep", 2, 3, 400, 10, 50, "/a/x" }, { "/a/y", 8, 9, 500, 10, 100, "/a" },
		{ "/b", 4, 1, VT_MAX, 50, VT_MAX, NULL },   { "/b/z", 7, 4, 0, 0, 0, "/b/z" },
	};
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s;

	vt_builder_begin(b);
	add_cgroup(b, 1, 0, "/");
	for (size_t i = 0; i < VT_LEN(cgs); i++) {
		struct vt_cgroup *cg = add_cgroup(b, cgs[i].id, cgs[i].parent, cgs[i].path);

		VT_SET(CGROUP, cg, memory_max_bytes, cgs[i].max);
		VT_SET(CGROUP, cg, memory_current_bytes, cgs[i].current);
	}
	s = seal_at(b, NULL, 0);
	cr_expect_not(VT_HAS(CGROUP, vt_snapshot_path(s, "/"), effective_memory_max));
	for (size_t i = 0; i < VT_LEN(cgs); i++) {
		const struct vt_cgroup *cg = vt_snapshot_path(s, cgs[i].path);

		cr_expect_eq(cg->effective_memory_headroom, cgs[i].room, "%s", cgs[i].path);
		cr_expect_eq(VT_HAS(CGROUP, cg, effective_memory_max_from), cgs[i].from != NULL,
			     "%s", cgs[i].path);
		if (cgs[i].from)
			cr_expect_str_eq(cg->effective_memory_max_from, cgs[i].from, "%s",
					 cgs[i].path);
	}
	vt_snapshot_free(s);
	vt_builder_free(b);
}

/* A chain as deep as nobody makes it: one pass, no recursion. */
Test(limits, deep_chain)
{
	enum {
		DEPTH = 500
	};
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s;
	char path[2 * DEPTH + 1] = "";
	const struct vt_cgroup *cg;

	vt_builder_begin(b);
	add_cgroup(b, 1, 0, "/");
	for (uint64_t i = 0; i < DEPTH; i++) {
		struct vt_cgroup *row;

		memcpy(path + 2 * i, "/d", 3);
		row = add_cgroup(b, i + 2, i + 1, path);
		VT_SET(CGROUP, row, memory_max_bytes, i == 3 ? 5000 : 10000 + i);
		VT_SET(CGROUP, row, memory_current_bytes, DEPTH - i);
	}
	s = seal_at(b, NULL, 0);
	cg = vt_snapshot_path(s, path);
	cr_expect_str_eq(cg->effective_memory_max_from, "/d/d/d/d");
	cr_expect_eq(cg->effective_memory_headroom, 5000 - (DEPTH - 3));
	cr_expect_eq(cg->depth, DEPTH);
	vt_snapshot_free(s);
	vt_builder_free(b);
}

Test(limits, unknown_stays_unknown)
{
	static const struct link links[] = { { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 } };
	struct vt_snapshot *s = chain(links, 4);
	const struct vt_cgroup *cg = vt_snapshot_path(s, "/a/b/c");

	cr_expect_not(VT_HAS(CGROUP, cg, effective_memory_max));
	cr_expect_not(VT_HAS(CGROUP, cg, effective_pids_max));
	cr_expect_not(VT_HAS(CGROUP, cg, effective_cpu_max_percent));
	vt_snapshot_free(s);
}

Test(limits, smallest_cpu_max_binds)
{
	static const struct {
		double a, b, c; /* below 0: unknown */
		double effective;
		const char *from;
	} cases[] = {
		{ INFINITY, INFINITY, INFINITY, INFINITY, NULL },
		{ 20, INFINITY, INFINITY, 20, "/a" },
		{ 20, 50, 100, 20, "/a" },
		{ 100, 50, INFINITY, 50, "/a/b" },
		{ 50, 50, 50, 50, "/a" },
		{ 20, -1, -1, 20, "/a" },
		{ 300, INFINITY, 150, 150, "/a/b/c" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const double own[] = { cases[i].a, cases[i].b, cases[i].c };
		static const char *const paths[] = { "/a", "/a/b", "/a/b/c" };
		struct vt_builder *b = vt_builder_new();
		const struct vt_cgroup *cg;
		struct vt_snapshot *s;

		vt_builder_begin(b);
		add_cgroup(b, 1, 0, "/");
		for (size_t k = 0; k < 3; k++) {
			struct vt_cgroup *row = add_cgroup(b, k + 2, k + 1, paths[k]);

			if (own[k] >= 0)
				VT_SET(CGROUP, row, cpu_max_percent, own[k]);
		}
		s = seal_at(b, NULL, 0);
		cg = vt_snapshot_path(s, "/a/b/c");
		cr_assert(VT_HAS(CGROUP, cg, effective_cpu_max_percent), "case %zu", i);
		cr_expect(cg->effective_cpu_max_percent == cases[i].effective, "case %zu", i);
		cr_expect_eq(VT_HAS(CGROUP, cg, effective_cpu_max_from), cases[i].from != NULL);
		if (cases[i].from)
			cr_expect_str_eq(cg->effective_cpu_max_from, cases[i].from, "case %zu", i);
		vt_snapshot_free(s);
		vt_builder_free(b);
	}
}

/* The cgroup order and all sums rely on it, and a recorded tree may say anything. */
Test(limits, takes_no_parent_whose_path_is_not_above)
{
	static const struct {
		uint64_t id, parent;
		const char *path;
	} cgs[] = {
		{ 1, 1, "/" }, { 2, 3, "/a" }, { 3, 2, "/b" }, { 4, 2, "/a/c" }, { 5, 2, "/ab" },
	};
	static const int32_t parents[] = { -1, -1, -1, 1, -1 };
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s;
	size_t n;
	const struct vt_cgroup *rows;

	vt_builder_begin(b);
	for (size_t i = 0; i < VT_LEN(cgs); i++)
		(void)add_cgroup(b, cgs[i].id, cgs[i].parent, cgs[i].path);
	s = seal_at(b, NULL, 0);
	rows = vt_cgroup_rows(s, &n);
	cr_assert_eq(n, VT_LEN(cgs));
	for (size_t i = 0; i < n; i++)
		cr_expect_eq(rows[i].parent, parents[i], "%s has parent %d", rows[i].path,
			     rows[i].parent);
	vt_snapshot_free(s);
	vt_builder_free(b);
}
