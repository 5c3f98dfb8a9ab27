/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Applied plans taken back, by what the journal says of them; on a tree of plain files. */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "../../src/inverse.h"
#include "../../src/state_file.h"
#include "acting.h"

static void set_up(void)
{
	(void)acting_begin();
	put_cgroup("/shop");
	acting_seal();
}

TestSuite(undo, .init = set_up, .fini = acting_end);

Test(undo, applies_and_undoes)
{
	struct vt_result result;

	cr_assert_eq(apply(plan_of("limit", "/shop", "memory.max=1M", "pids.max=9", NULL), &result),
		     0);
	cr_expect_str_eq(tree_get("cg/shop/memory.max"), "1048576");
	cr_expect_str_eq(tree_get("cg/shop/pids.max"), "9");
	cr_expect_eq(result.done, 2);
	cr_expect_str_eq(result.text, "Limit /shop: done");
	cr_assert_eq(apply(plan_of("freeze", "/shop", NULL), &result), 0);
	cr_assert_eq(apply(undo(), &result), 0);
	cr_expect_str_eq(tree_get("cg/shop/cgroup.freeze"), "0");
	cr_assert_eq(apply(undo(), &result), 0, "%s", err.msg);
	cr_expect_str_eq(tree_get("cg/shop/memory.max"), "max");
	cr_expect_str_eq(tree_get("cg/shop/pids.max"), "max");
	expect_refused(undo(), ENOENT, "nothing to undo");
}

Test(undo, stale_values_are_not_written_and_steps_before_are_taken_back)
{
	struct vt_plan *plan = plan_of("limit", "/shop", "memory.max=100M", "pids.max=9", NULL);
	struct vt_result result;

	tree_put("cg/shop/pids.max", "5\n");
	cr_expect_eq(apply(plan, &result), -ESTALE);
	cr_expect_str_eq(err.msg, "pids.max of /shop is now 5, the preview said max: nothing was "
				  "written; look again; the step before it was rolled back");
	cr_expect_str_eq(tree_get("cg/shop/memory.max"), "max");
	cr_expect_str_eq(tree_get("cg/shop/pids.max"), "5\n");
	expect_refused(undo(), ENOENT, "nothing to undo");
}

Test(undo, a_change_by_others_is_not_undone)
{
	struct vt_result result;

	cr_assert_eq(apply(plan_of("limit", "/shop", "pids.max=9", NULL), &result), 0);
	tree_put("cg/shop/pids.max", "7\n");
	expect_refused(undo(), ESTALE, "changed since, to 7");
	tree_put("cg/shop/pids.max", "9\n");
	cr_assert_eq(apply(undo(), &result), 0);
}

Test(undo, a_cgroup_that_was_replaced_is_refused)
{
	struct vt_plan *plan = plan_of("limit", "/shop", "pids.max=9", NULL);
	vt_autofree char *from = vt_asprintf("%s/cg/shop", tree_root),
			 *to = vt_asprintf("%s/cg/old", tree_root);
	struct vt_result result;

	cr_assert_eq(rename(from, to), 0);
	put_cgroup("/shop");
	cr_expect_eq(apply(plan, &result), -ESTALE);
	cr_expect_str_eq(tree_get("cg/shop/pids.max"), "max\n");
}

/* What a plan wrote itself is no change by others. */
Test(undo, a_file_that_two_steps_write)
{
	struct vt_result result;

	tree_put("cg/shop/pids.max", "9\n");
	cr_assert_eq(apply(plan_of("limit", "/shop", "pids.max=5", "pids.max=9", NULL), &result), 0,
		     "%s", err.msg);
	cr_assert_eq(apply(undo(), &result), 0, "%s", err.msg);
	cr_expect_eq(result.done, 2);
	cr_expect_str_eq(tree_get("cg/shop/pids.max"), "9");
	cr_assert_eq(apply(plan_of("limit", "/shop", "pids.max=5", "pids.max=7", NULL), &result), 0,
		     "%s", err.msg);
	cr_expect_str_eq(tree_get("cg/shop/pids.max"), "7");
	cr_assert_eq(apply(undo(), &result), 0, "%s", err.msg);
	cr_expect_str_eq(tree_get("cg/shop/pids.max"), "9");
}

Test(undo, a_file_that_two_steps_write_and_a_kill_between)
{
	struct vt_plan *plan = plan_of("limit", "/shop", "pids.max=5", "pids.max=7", NULL);
	struct vt_outcome outcome = { .now = "5" };
	struct vt_journal journal;
	struct vt_result result;

	vt_journal_begin(&journal, VT_NO_ID, acting_snapshot, plan);
	vt_journal_before(&journal, 0);
	vt_journal_after(&journal, 0, &outcome);
	vt_journal_before(&journal, 1);
	vt_journal_close(&journal);
	vt_plan_free(plan);
	tree_put("cg/shop/pids.max", "5\n");
	plan = undo();
	cr_assert_not_null(plan, "%s", err.msg);
	expect_effect(plan, "to set pids.max of /shop to 7 (now max): that was not done");
	cr_assert_eq(apply(plan, &result), 0, "%s", err.msg);
	cr_expect_str_eq(tree_get("cg/shop/pids.max"), "max");
}

Test(undo, controllers_on_and_off_in_one)
{
	struct vt_result result;
	struct vt_plan *back;

	tree_put("cg/shop/cgroup.subtree_control", "pids\n");
	cr_assert_eq(apply(plan_of("controllers", "/shop", "+memory", "-pids", NULL), &result), 0,
		     "%s", err.msg);
	cr_expect_str_eq(tree_get("cg/shop/cgroup.subtree_control"), "-pids");
	back = undo();
	cr_assert_not_null(back, "%s", err.msg);
	cr_expect_eq(back->n_steps, 2);
	/* The tree's file says just what was written to it last. */
	cr_expect_str_eq(back->steps[0].was, "-pids");
	cr_expect_str_eq(back->steps[0].value, "--pids ++memory");
	vt_plan_free(back);
}

Test(undo, a_step_that_fails_after_two_on_one_file)
{
	struct vt_plan *plan = plan_of("limit", "/shop", "pids.max=5", "pids.max=7",
				       "memory.max=1M", NULL);
	struct vt_result result;

	tree_put("cg/shop/memory.max", "4096\n");
	cr_expect_eq(apply(plan, &result), -ESTALE);
	cr_expect(strstr(err.msg, "memory.max of /shop is now 4K"), "%s", err.msg);
	cr_expect(strstr(err.msg, "the steps before it were rolled back"), "%s", err.msg);
	cr_expect_str_eq(tree_get("cg/shop/pids.max"), "max");
}

/* The journal. */

static void append(const char *text)
{
	vt_autofree char *path = vt_state_path("journal");
	vt_autofclose FILE *f = fopen(path, "a");

	cr_assert_not_null(f);
	(void)fputs(text, f);
}

Test(undo, journal_survives_torn_and_foreign_lines)
{
	struct vt_result result;
	struct vt_journal_log log;

	cr_assert_eq(apply(plan_of("limit", "/shop", "pids.max=9", NULL), &result), 0);
	append("\n[1]\nnull\n{}\n{\"event\":1}\n{\"event\":\"after\",\"plan\":\"?\",\"step\":9}\n"
	       "{\"plan\":\"o\",\"event\":\"begin\",\"boot_id\":\"other-boot\",\"title\":\"old\","
	       "\"steps\":[]}\n"
	       "{\"plan\":\"b\",\"event\":\"begin\",\"boot_id\":\"this-boot\",\"title\":\"t\","
	       "\"steps\":[7]}\n"
	       "{\"plan\":\"torn\",\"event\":\"beg");
	cr_assert_eq(vt_journal_read("this-boot", &log, &err), 0);
	cr_expect_eq(log.n, 1, "%zu", log.n);
	cr_expect_str_eq(log.entries[0].how, "done");
	vt_journal_log_finish(&log);
	cr_assert_eq(apply(plan_of("freeze", "/shop", NULL), &result), 0);
	cr_assert_eq(vt_journal_read("this-boot", &log, &err), 0);
	cr_expect_eq(log.n, 2, "the torn line does not swallow the next");
	vt_journal_log_finish(&log);
	cr_assert_eq(apply(undo(), &result), 0);
	cr_assert_eq(apply(undo(), &result), 0);
	cr_expect_str_eq(tree_get("cg/shop/pids.max"), "max");
}

Test(undo, journal_keeps_bytes_that_are_no_utf8)
{
	struct vt_result result;
	struct vt_plan *plan;

	put_cgroup("/caf\xe9");
	cr_assert_eq(apply(plan_of("freeze", "/caf\xe9", NULL), &result), 0, "%s", err.msg);
	plan = undo();
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].path, "/caf\xe9");
	vt_plan_free(plan);
}

Test(undo, what_a_killed_virttop_had_done_can_be_undone)
{
	struct vt_plan *plan = plan_of("limit", "/shop", "pids.max=9", "cgroup.freeze=1", NULL);
	struct vt_outcome outcome = { .now = "9" };
	struct vt_journal journal;

	vt_journal_begin(&journal, VT_NO_ID, acting_snapshot, plan);
	vt_journal_before(&journal, 0);
	tree_put("cg/shop/pids.max", "9\n");
	vt_journal_after(&journal, 0, &outcome);
	vt_journal_before(&journal, 1);
	vt_journal_close(&journal);
	vt_plan_free(plan);
	plan = undo();
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 1);
	cr_expect_str_eq(plan->steps[0].value, "max");
	expect_effect(plan, "to set cgroup.freeze of /shop to 1 (now 0): that was not done");
	vt_plan_free(plan);
}

/* What got no answer may be done at any time: who undoes what came before is told. */
Test(undo, what_got_no_answer_is_told)
{
	struct vt_plan *plan = plan_of("limit", "/shop", "memory.max=1M", NULL);
	struct vt_journal journal;
	struct vt_result result;

	cr_assert_eq(apply(plan, &result), 0, "%s", err.msg);
	plan = plan_of("limit", "/shop", "pids.max=9", NULL);
	vt_journal_begin(&journal, VT_NO_ID, acting_snapshot, plan);
	vt_journal_before(&journal, 0);
	vt_journal_end(&journal, "unknown", "no answer");
	vt_journal_close(&journal);
	vt_plan_free(plan);
	plan = undo();
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].file, "memory.max");
	expect_effect(plan, "'Limit /shop' came after it, got no answer and may be done yet");
	vt_plan_free(plan);
	tree_put("cg/shop/pids.max", "9\n");
	plan = undo();
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].file, "pids.max");
	expect_effect(plan, "nobody answered when asked to set pids.max");
	vt_plan_free(plan);
}

/* The writer and what it began are of a child, which lives until it is told. */
static pid_t begin_elsewhere(struct vt_plan *plan, unsigned start)
{
	int ready[2];
	char byte;
	pid_t child;

	cr_assert_eq(pipe(ready), 0);
	child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		const struct vt_id writer = { VT_KIND_PROCESS, (uint64_t)getpid(), start };
		struct vt_journal journal;

		vt_journal_begin(&journal, writer, acting_snapshot, plan);
		vt_journal_before(&journal, 0);
		vt_journal_close(&journal);
		(void)!write(ready[1], "r", 1);
		(void)pause();
		_exit(0);
	}
	cr_assert_eq(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	(void)close(ready[1]);
	vt_plan_free(plan);
	put_process((unsigned)child, "virttop", 'S', 0, 700, "/");
	return child;
}

static void end_it(pid_t child)
{
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
}

Test(undo, what_another_virttop_is_at_is_left_to_it)
{
	struct vt_plan *plan = plan_of("limit", "/shop", "pids.max=9", NULL);
	pid_t child = begin_elsewhere(plan, 700);

	tree_put("cg/shop/pids.max", "9\n");
	expect_refused(undo(), EBUSY, "'Limit /shop' is still being done by the virttop of");
	/* Another process has its pid: then it broke off. */
	put_process((unsigned)child, "other", 'S', 0, 701, "/");
	plan = undo();
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_eq(plan->n_steps, 1);
	vt_plan_free(plan);
	end_it(child);
}

Test(undo, what_came_before_it_can_be_undone_meanwhile)
{
	struct vt_result result;
	struct vt_plan *plan;
	pid_t child;

	cr_assert_eq(apply(plan_of("limit", "/shop", "memory.max=1M", NULL), &result), 0);
	child = begin_elsewhere(plan_of("limit", "/shop", "pids.max=9", NULL), 700);
	plan = undo();
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].file, "memory.max");
	expect_effect(plan, "'Limit /shop' is still being done by process");
	/* An undo that runs elsewhere is not begun twice. */
	end_it(child);
	put_process((unsigned)child, "other", 'S', 0, 701, "/");
	child = begin_elsewhere(plan, 700);
	expect_refused(undo(), EBUSY, "'Undo: Limit /shop' is still being done by");
	end_it(child);
}

Test(undo, undo_of_a_background_process_checks_who_it_is)
{
	struct vt_step step = { .op = VT_OP_SPAWN };
	struct vt_outcome outcome = {
		.done = true, .pid = 50, .start_ticks = 700, .pid_one = true
	};
	struct vt_plan *plan = vt_plan_new("x");

	vt_plan_add_inverse(plan, &step, &outcome, "/cg");
	cr_assert_eq(plan->n_steps, 1);
	cr_expect_eq(plan->steps[0].target.b, 700);
	cr_expect_eq(strtol(plan->steps[0].value, NULL, 10), SIGKILL);
	outcome.pid_one = false;
	vt_plan_add_inverse(plan, &step, &outcome, "/cg");
	cr_expect_eq(strtol(plan->steps[1].value, NULL, 10), SIGTERM);
	vt_plan_free(plan);
}
