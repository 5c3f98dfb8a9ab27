/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a counter that includes descendants really grew. */
#include <criterion/criterion.h>

#include "../../src/growth.h"
#include "snapshots.h"

enum {
	UNKNOWN = -1, /* the counter */
	GONE = -2,    /* the cgroup */
	CGROUPS = 4,
};

/* "/", "/a", "/a/b", "/a/c" */
static struct vt_snapshot *with_kills(struct vt_builder *b, const struct vt_snapshot *prev,
				      const int *kills)
{
	static const char *const paths[] = { "/", "/a", "/a/b", "/a/c" };
	static const uint64_t parents[] = { 0, 1, 2, 2 };

	vt_builder_begin(b);
	for (uint64_t i = 0; i < CGROUPS; i++) {
		struct vt_cgroup *cg;

		if (kills[i] == GONE)
			continue;
		cg = add_cgroup(b, i + 1, parents[i], paths[i]);
		if (kills[i] >= 0)
			VT_SET(CGROUP, cg, memory_events_oom_kill, (uint64_t)kills[i]);
	}
	return seal_at(b, prev, prev ? 1 : 0);
}

Test(growth, own_part)
{
	static const struct {
		const char *what;
		int before[CGROUPS], after[CGROUPS], own[CGROUPS];
	} cases[] = {
		{ "nothing", { UNKNOWN, 3, 2, 1 }, { UNKNOWN, 3, 2, 1 }, { 0, 0, 0, 0 } },
		{ "in a leaf", { UNKNOWN, 3, 2, 1 }, { UNKNOWN, 5, 4, 1 }, { 0, 0, 2, 0 } },
		{ "in both leaves", { UNKNOWN, 3, 2, 1 }, { UNKNOWN, 8, 4, 4 }, { 0, 0, 2, 3 } },
		{ "above", { UNKNOWN, 3, 2, 1 }, { UNKNOWN, 5, 3, 1 }, { 0, 1, 1, 0 } },
		{ "in a new one", { UNKNOWN, 3, 2, GONE }, { UNKNOWN, 5, 2, 2 }, { 0, 0, 0, 2 } },
		{ "in one that is gone",
		  { UNKNOWN, 3, 2, 1 },
		  { UNKNOWN, 5, 2, GONE },
		  { 0, 2, 0, 0 } },
		{ "backwards", { UNKNOWN, 3, 2, 1 }, { UNKNOWN, 3, 1, 1 }, { 0, 0, 0, 0 } },
		{ "was unknown", { UNKNOWN, UNKNOWN, 2, 1 }, { UNKNOWN, 9, 3, 1 }, { 0, 0, 1, 0 } },
		{ "is unknown", { UNKNOWN, 3, 2, 1 }, { UNKNOWN, UNKNOWN, 3, 1 }, { 0, 0, 1, 0 } },
		/* Read one after the other: the child's may be ahead. */
		{ "the child is ahead",
		  { UNKNOWN, 3, 2, 1 },
		  { UNKNOWN, 4, 4, 1 },
		  { 0, 0, 2, 0 } },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_builder *b = vt_builder_new();
		struct vt_snapshot *prev = with_kills(b, NULL, cases[i].before);
		struct vt_snapshot *s = with_kills(b, prev, cases[i].after);
		uint64_t *own = vt_growth_own(s, prev, VT_CGROUP_memory_events_oom_kill);
		size_t n;
		const struct vt_cgroup *cgs = vt_cgroup_rows(s, &n);

		for (size_t k = 0; k < n; k++)
			cr_expect_eq(own[k], (uint64_t)cases[i].own[cgs[k].id - 1], "%s: %s: %d",
				     cases[i].what, cgs[k].path, (int)own[k]);
		free(own);
		vt_snapshot_free(prev);
		vt_snapshot_free(s);
		vt_builder_free(b);
	}
}

Test(growth, ever)
{
	static const int kills[] = { UNKNOWN, 7, 4, 1 };
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s = with_kills(b, NULL, kills), *empty;
	uint64_t *own = vt_growth_own(s, NULL, VT_CGROUP_memory_events_oom_kill);

	cr_expect(own[0] == 0 && own[1] == 2 && own[2] == 4 && own[3] == 1);
	free(own);
	/* A snapshot that has no cgroups at all is not one from which they grew. */
	vt_builder_begin(b);
	empty = seal_at(b, NULL, 0);
	own = vt_growth_own(s, empty, VT_CGROUP_memory_events_oom_kill);
	cr_expect(own[1] == 0 && own[2] == 0);
	free(own);
	free(vt_growth_own(empty, s, VT_CGROUP_memory_events_oom_kill));
	vt_snapshot_free(empty);
	vt_snapshot_free(s);
	vt_builder_free(b);
}
