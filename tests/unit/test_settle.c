/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a virttop that was killed between two lines of its journal had done: asked of the system. */
#include <criterion/criterion.h>
#include <fcntl.h>

#include "../../src/settle.h"
#include "journals.h"

TestSuite(settle, .init = set_up, .fini = acting_end);

/* What a file says against what a step was to write into it. */
Test(settle, writes_settled)
{
	static const struct {
		const char *file, *value, *was, *now;
		enum vt_settled settled;
	} cases[] = {
		{ "memory.max", "104857600", "max", "104857600", VT_SETTLED_DONE },
		{ "memory.max", "104857600", "max", "max", VT_SETTLED_NOT_DONE },
		{ "memory.max", "104857600", "max", "5242880", VT_SETTLED_CHANGED },
		{ "memory.max", "104857601", "max", "104857600", VT_SETTLED_DONE },
		{ "memory.max", "max", "104857600", "max", VT_SETTLED_DONE },
		{ "memory.max", "104857600", NULL, "104857600", VT_SETTLED_UNKNOWN },
		{ "memory.max", "104857600", "max", NULL, VT_SETTLED_UNKNOWN },
		{ "cpu.max", "20000 100000", "max 100000", "20000 100000\n", VT_SETTLED_DONE },
		{ "cpu.max", "20000 100000", "max 100000", "max 100000\n", VT_SETTLED_NOT_DONE },
		{ "cpuset.cpus", "", "0-1", "", VT_SETTLED_DONE },
		{ "cgroup.subtree_control", "+memory +pids", "cpu", "cpu memory pids",
		  VT_SETTLED_DONE },
		{ "cgroup.subtree_control", "+memory", "cpu", "cpu", VT_SETTLED_NOT_DONE },
		{ "cgroup.subtree_control", "+memory", "cpu", "cpu pids", VT_SETTLED_CHANGED },
		{ "cgroup.subtree_control", "-memory", "cpu memory", "cpu", VT_SETTLED_DONE },
		{ "io.weight", "default 50", "default 100", "default 50", VT_SETTLED_DONE },
		{ "io.weight", "50", "default 100", "default 50\n8:0 7", VT_SETTLED_DONE },
		{ "io.weight", "8:0 default", "default 100\n8:0 7", "default 100",
		  VT_SETTLED_DONE },
		{ "io.max", "8:0 rbps=1048576", "", "8:0 rbps=1048576 wbps=max riops=max wiops=max",
		  VT_SETTLED_DONE },
		{ "io.max", "8:0 rbps=max", "8:0 rbps=1048576 wbps=max riops=max wiops=max", "",
		  VT_SETTLED_DONE },
		{ "io.max", "8:0 rbps=1048576", "", "8:0 rbps=5 wbps=max riops=max wiops=max",
		  VT_SETTLED_CHANGED },
		{ "io.max", "8:0 rbps=1048576", "8:16 rbps=5", "", VT_SETTLED_CHANGED },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++)
		cr_expect_eq(
			vt_settle_write(cases[i].file, cases[i].value, cases[i].was, cases[i].now),
			cases[i].settled, "case %zu: %s of %s", i, cases[i].value, cases[i].file);
}

/* The journal as a kill leaves it: the last line is that before a step. */
static void write_broken_off(const struct vt_plan *plan)
{
	struct vt_journal j;

	vt_journal_begin(&j, VT_NO_ID, acting_snapshot, plan);
	vt_journal_before(&j, 0);
	vt_journal_close(&j);
}

static bool has_effect(const struct vt_plan *plan, const char *text)
{
	for (size_t i = 0; i < plan->n_effects; i++)
		if (strstr(plan->effects[i], text))
			return true;
	return false;
}

Test(settle, killed_between_a_write_and_its_line)
{
	static const struct {
		const char *now;
		int result;
		const char *says;
	} cases[] = {
		{ "104857600\n", 0, "that was done, and is undone" },
		{ "max\n", -ENOENT, "nothing to undo" },
		{ "5\n", -ESTALE, "memory.max of /shop has been changed since, to 5" },
	};
	struct vt_plan *plan = plan_write("/shop", "104857600", "max");

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_plan *undo = NULL;

		tree_put("virttop/journal", "");
		write_broken_off(plan);
		tree_put("cg/shop/memory.max", cases[i].now);
		cr_assert_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err),
			     cases[i].result, "case %zu: %s", i, err.msg);
		if (cases[i].result < 0) {
			cr_expect(strstr(err.msg, cases[i].says), "case %zu: %s", i, err.msg);
			continue;
		}
		cr_assert_eq(undo->n_steps, 1);
		cr_expect_str_eq(undo->steps[0].value, "max");
		cr_expect_str_eq(undo->steps[0].was, "104857600");
		cr_expect(has_effect(undo, cases[i].says), "case %zu", i);
		vt_plan_free(undo);
	}
	vt_plan_free(plan);
}

Test(settle, killed_between_a_directory_and_its_line)
{
	struct vt_plan *plan = vt_plan_new("Create /shop/a"), *undo = NULL;
	struct vt_step *step = vt_plan_add(plan, VT_OP_MKDIR);

	step->target.kind = VT_KIND_CGROUP;
	step->path = "/shop/a";
	vt_step_describe(plan, step, "/cg");
	write_broken_off(plan);
	cr_expect_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), -ENOENT,
		     "it was not made");
	tree_put("cg/shop/a/cgroup.procs", "");
	cr_assert_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), 0, "%s", err.msg);
	cr_assert_eq(undo->n_steps, 1);
	cr_expect_eq(undo->steps[0].op, VT_OP_RMDIR);
	cr_expect_eq(undo->steps[0].target.a, inode_of("cg/shop/a"));
	cr_expect(has_effect(undo, "that was done, and is undone"));
	vt_plan_free(undo);
	vt_plan_free(plan);
}

Test(settle, killed_between_a_move_and_its_line)
{
	struct vt_plan *plan = vt_plan_new("Move 77"), *undo = NULL;
	struct vt_step *step = vt_plan_add(plan, VT_OP_MOVE);

	step->target = (struct vt_id){ VT_KIND_PROCESS, 77, 5 };
	step->path = "/shop";
	step->was = "/old";
	vt_step_describe(plan, step, "/cg");
	tree_put("cg/old/cgroup.procs", "");
	tree_put("proc/77/stat", "77 (sleep) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0\n");
	tree_put("proc/77/cgroup", "0::/old\n");
	write_broken_off(plan);
	cr_expect_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), -ENOENT,
		     "it did not move");
	tree_put("proc/77/cgroup", "0::/shop\n");
	cr_assert_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), 0, "%s", err.msg);
	cr_assert_eq(undo->n_steps, 1);
	cr_expect_str_eq(undo->steps[0].path, "/old");
	vt_plan_free(undo);
	vt_plan_free(plan);
}

/* An undo that broke off leaves some steps undone and some not: the rest is undone. */
Test(settle, undo_of_what_an_undo_left)
{
	struct vt_plan *plan = plan_write("/shop", "104857600", "max"), *undo = NULL;
	struct vt_step *second = vt_plan_add(plan, VT_OP_WRITE);

	*second = plan->steps[0];
	second->file = "pids.max";
	second->value = "104857600";
	tree_put("cg/shop/pids.max", "104857600\n");
	write_down(plan, "done");
	cr_assert_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), 0, "%s", err.msg);
	cr_expect_eq(undo->n_steps, 2);
	write_broken_off(undo);
	vt_plan_free(undo);
	undo = NULL;
	tree_put("cg/shop/pids.max", "max\n");
	cr_assert_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), 0, "%s", err.msg);
	cr_assert_eq(undo->n_steps, 1);
	cr_expect_str_eq(undo->steps[0].file, "memory.max");
	cr_expect(has_effect(undo, "pids.max of /shop is as it was already"));
	vt_plan_free(undo);
	undo = NULL;
	tree_put("cg/shop/memory.max", "max\n");
	cr_expect_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), -ENOENT,
		     "all is back");
	vt_plan_free(plan);
}
