/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ACTING_H
#define ACTING_H

#include "snapshots.h"
#include "tree.h"

#include "../../src/action_table.h"
#include "../../src/apply.h"

/*
 * Plans and their application on the tree of tree.h, with the cgroup mount /cg.
 * The tree passes for this host, so that plans are applied to it.
 */

static struct vt_builder *acting_builder;
static struct vt_snapshot *acting_snapshot;
static struct vt_action_env acting;
static struct vt_error err;

/* The writer of a journal of which nothing is known. */
#define VT_NO_ID ((struct vt_id){ VT_KIND_PROCESS, 0, 0 })

/* Rows that a test adds go between these two. */
static inline struct vt_host_row *acting_begin(void)
{
	struct vt_host_row *row;

	tree_make();
	tree_host.is_self = true;
	tree_put("cg/cgroup.controllers", "cpu io memory pids\n");
	tree_put("cg/cgroup.subtree_control", "cpu io memory pids\n");
	acting_builder = vt_builder_new();
	vt_builder_begin(acting_builder);
	row = vt_builder_host(acting_builder);
	VT_SET(HOST, row, cgroup_mount, "/cg");
	VT_SET(HOST, row, boot_id, "this-boot");
	(void)setenv("XDG_STATE_HOME", tree_root, 1);
	return row;
}

static inline void acting_seal(void)
{
	acting_snapshot = seal_at(acting_builder, NULL, 0);
	acting = (struct vt_action_env){ &tree_host, acting_snapshot, false };
}

static inline void acting_end(void)
{
	vt_snapshot_free(acting_snapshot);
	vt_builder_free(acting_builder);
	tree_remove();
}

/* A test that is skipped does not get to its end. */
static inline void acting_skip(const char *why)
{
	(void)nftw(tree_root, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	cr_skip_test("%s", why);
}

/* flags: of its stat file, 0x200000 of a kernel thread; cgroup "/shop". */
static inline void put_process(unsigned pid, const char *name, char state, unsigned flags,
			       unsigned start, const char *cgroup)
{
	vt_autofree char *stat = vt_asprintf("proc/%u/stat", pid);
	vt_autofree char *file = vt_asprintf("proc/%u/cgroup", pid);
	vt_autofree char *lines = vt_asprintf("4:memory:%s\n0::%s\n", cgroup, cgroup);
	vt_autofree char *text = vt_asprintf(
		"%u (%s) %c 1 1 1 0 -1 %u 0 0 0 0 0 0 0 0 20 0 1 0 %u 0 0\n", pid, name, state,
		flags, start);

	tree_put(stat, text);
	tree_put(file, lines);
}

static inline void put_cgroup(const char *path)
{
	static const char *const files[][2] = {
		{ "memory.max", "max\n" },
		{ "memory.current", "325058560\n" },
		{ "cpu.max", "max 100000\n" },
		{ "pids.max", "max\n" },
		{ "io.max", "" },
		{ "cgroup.freeze", "0\n" },
		{ "cgroup.procs", "" },
		{ "cgroup.type", "domain\n" },
		{ "cgroup.subtree_control", "\n" },
		{ "cgroup.controllers", "cpu io memory pids\n" },
		{ "cgroup.max.depth", "max\n" },
	};

	for (size_t i = 0; i < VT_LEN(files); i++) {
		vt_autofree char *file = vt_asprintf("cg%s/%s", path, files[i][0]);

		tree_put(file, files[i][1]);
	}
}

/* "" where there is none. */
static inline const char *tree_get(const char *path)
{
	static char text[512];
	ssize_t n = vt_host_read(tree_host.root, path, text, sizeof(text));

	return n < 0 ? "" : text;
}

/* The plan of words that end with NULL, or NULL with err set. */
static inline struct vt_plan *plan_of(const char *name, ...)
{
	struct vt_request request = { .action = vt_action_find(name) };
	struct vt_arena *arena = vt_arena_new();
	struct vt_plan *plan = NULL;
	char *argv[16], *word;
	int argc = 0, r;
	va_list ap;

	va_start(ap, name);
	while ((word = va_arg(ap, char *)))
		argv[argc++] = word;
	va_end(ap);
	argv[argc] = NULL;
	err = (struct vt_error){ 0 };
	r = request.action->parse(&acting, argc, argv, arena, &request, &err);
	if (r == 0)
		(void)vt_action_plan(&acting, &request, &plan, &err);
	vt_arena_free(arena);
	return plan;
}

static inline void expect_refused(struct vt_plan *plan, int code, const char *says)
{
	cr_expect_null(plan);
	cr_expect_eq(err.code, code, "%d: %s", err.code, err.msg);
	cr_expect(strstr(err.msg, says), "no '%s' in: %s", says, err.msg);
	vt_plan_free(plan);
}

static inline void expect_effect(const struct vt_plan *plan, const char *says)
{
	for (size_t i = 0; i < plan->n_effects; i++)
		if (strstr(plan->effects[i], says))
			return;
	cr_expect_fail("no effect says '%s'", says);
}

/* Takes the plan. */
static inline int apply(struct vt_plan *plan, struct vt_result *result)
{
	int r;

	cr_assert_not_null(plan, "%s", err.msg);
	err = (struct vt_error){ 0 };
	r = vt_apply(acting.host, acting.snapshot, plan, result, &err);
	vt_plan_free(plan);
	return r;
}

static inline struct vt_plan *undo(void)
{
	struct vt_plan *plan = NULL;

	err = (struct vt_error){ 0 };
	(void)vt_undo_plan(acting.host, acting.snapshot, &plan, &err);
	return plan;
}

#endif
