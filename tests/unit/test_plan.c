/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plans and their preview, on a small tree of plain files that plays a host. What
 * only a kernel can answer is in tests/host/.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>

#include "../../src/inverse.h"
#include "../../src/limit_files.h"
#include "acting.h"

static void set_up(void)
{
	struct vt_host_row *row = acting_begin();
	struct vt_cgroup *cg;

	put_cgroup("/shop");
	put_cgroup("/shop.service");
	tree_put("cg/cgroup.controllers", "cpu io memory pids hugetlb\n");
	VT_SET(HOST, row, cgroup_v1_controllers, "devices cpuset");
	cg = vt_cgroup_add(acting_builder, 7, 0);
	VT_SET(CGROUP, cg, path, "/shop");
	VT_SET(CGROUP, cg, unit, "shop.service");
	cg = vt_cgroup_add(acting_builder, 8, 0);
	VT_SET(CGROUP, cg, path, "/shop.service");
	VT_SET(CGROUP, cg, unit, "shop.service");
	acting_seal();
}

TestSuite(plan, .init = set_up, .fini = acting_end);

Test(plan, options_of_unshare)
{
	static const struct {
		const char *words[8];
		int at, flags;
		const char *cgroup, *hostname;
	} cases[] = {
		{ { "--pid", "--mount-proc", "--uts", "--cgroup", "/demo", "--", "bash" },
		  6,
		  CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWNS,
		  "/demo",
		  NULL },
		{ { "--cgroup", "bash" }, 1, CLONE_NEWCGROUP, NULL, NULL },
		{ { "--cgroup", "--", "bash" }, 2, CLONE_NEWCGROUP, NULL, NULL },
		{ { "--cgroup=/x", "-C" }, 2, CLONE_NEWCGROUP, "/x", NULL },
		{ { "--cgroup" }, 1, CLONE_NEWCGROUP, NULL, NULL },
		{ { "-mnr", "id", "-u" },
		  1,
		  CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUSER,
		  NULL,
		  NULL },
		{ { "--hostname", "h", "sh" }, 2, CLONE_NEWUTS, NULL, "h" },
		{ { "--ipc", "--yes", "sh", "--yes" }, 2, CLONE_NEWIPC, NULL, NULL },
		{ { "--nonsense" }, -EINVAL, 0, NULL, NULL },
		{ { "--pid=1" }, -EINVAL, 0, NULL, NULL },
		{ { "--hostname" }, -EINVAL, 0, NULL, NULL },
		{ { "-px" }, -EINVAL, 0, NULL, NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_spawn s = { 0 };
		char *argv[8];
		int argc = 0, at;

		while (argc < 8 && cases[i].words[argc]) {
			argv[argc] = (char *)(uintptr_t)cases[i].words[argc];
			argc++;
		}
		at = vt_spawn_options(argc, argv, false, &s, &err);
		vt_spawn_complete(&s);
		cr_expect_eq(at, cases[i].at, "case %zu: %d", i, at);
		if (at < 0)
			continue;
		cr_expect_eq(s.ns_flags, cases[i].flags, "case %zu: %x", i, s.ns_flags);
		cr_expect_eq(s.fork, !!(s.ns_flags & CLONE_NEWPID), "case %zu", i);
		cr_expect(cases[i].cgroup ? s.cgroup && !strcmp(s.cgroup, cases[i].cgroup)
					  : !s.cgroup,
			  "case %zu", i);
		cr_expect(cases[i].hostname ? s.hostname && !strcmp(s.hostname, cases[i].hostname)
					    : !s.hostname,
			  "case %zu", i);
	}
}

/* Plans. */

Test(plan, limit_says_what_it_will_do)
{
	struct vt_plan *plan = plan_of("limit", "/shop/", "memory.max=100M", "cpu.max=20%", NULL);
	vt_autofree char *text = NULL;

	cr_assert_not_null(plan, "%s", err.msg);
	text = vt_plan_preview(plan);
	cr_expect_str_eq(
		text,
		"1. set memory.max of /shop to 100M (now max)\n"
		"   $ echo 104857600 > /cg/shop/memory.max\n"
		"2. set cpu.max of /shop to 20% of one CPU (now max)\n"
		"   $ echo '20000 100000' > /cg/shop/cpu.max\n"
		"\n"
		"- memory.current is 310M, the new limit is 100M: reclaim or OOM kill at once\n"
		"- at most 20 ms of CPU time in each 100 ms, all CPUs together\n");
	cr_expect_str_eq(plan->title, "Limit /shop");
	cr_expect_str_eq(tree_get("cg/shop/memory.max"), "max\n", "a plan changes nothing");
	vt_plan_free(plan);
}

Test(plan, what_systemd_manages_is_said)
{
	struct vt_plan *plan;

	tree_put("run/systemd/system/x", "");
	plan = plan_of("limit", "/shop", "memory.max=1M", "cpu.max=150%", "cgroup.freeze=1", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	expect_effect(plan, "written directly: it is inside the unit shop.service");
	vt_plan_free(plan);
	plan = plan_of("limit", "/shop.service", "memory.max=1M", "cpu.max=150%", "cgroup.freeze=1",
		       NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	expect_effect(plan, "systemd cannot be reached");
	expect_effect(plan, "set-property --runtime shop.service MemoryMax=1048576 is the lasting");
	expect_effect(plan, "set-property --runtime shop.service CPUQuota=150% is the lasting");
	expect_effect(plan, "systemd manages shop.service and does not expect");
	vt_plan_free(plan);
	expect_refused(plan_of("limit", "--persistent", "/shop.service", "memory.max=1M", NULL),
		       ENOTSUP, "cannot be set for good");
}

Test(plan, limit_is_refused_with_a_reason)
{
	expect_refused(plan_of("limit", "/shop", "memory.max=lots", NULL), EINVAL,
		       "a size such as");
	expect_refused(plan_of("limit", "/shop", "memory.mad=1", NULL), EINVAL, "not a file");
	expect_refused(plan_of("limit", "/none", "memory.max=1", NULL), ENOENT, "no cgroup /none");
	expect_refused(plan_of("limit", "shop", "memory.max=1", NULL), EINVAL, "such as /shop");
	expect_refused(plan_of("limit", "/shop/../x", "memory.max=1", NULL), EINVAL,
		       "not a cgroup");
	expect_refused(plan_of("limit", "/shop", "memory.max", NULL), EINVAL, "FILE=VALUE");
	expect_refused(plan_of("limit", "/shop", NULL), EINVAL, "needs");
	expect_refused(plan_of("limit", "/shop", "hugetlb.2MB.max=1", NULL), ENOENT,
		       "controllers / +hugetlb");
	expect_refused(plan_of("limit", "/shop", "cpuset.cpus=1", NULL), ENOENT, "v1 holds");
	expect_refused(plan_of("limit", "/shop", "rdma.max=x", NULL), ENOENT, "no rdma controller");
	expect_refused(plan_of("limit", "/", "memory.max=1", NULL), ENOENT, "root cgroup");
	acting.read_only = true;
	expect_refused(plan_of("limit", "/shop", "memory.max=1", NULL), EROFS, "--read-only");
	acting.read_only = false;
	tree_host.is_self = false;
	expect_refused(plan_of("limit", "/shop", "memory.max=1", NULL), EROFS, "recorded");
}

Test(plan, another_cgroup_under_the_path_is_stale)
{
	struct vt_setting setting = { "memory.max", "1M" };
	struct vt_request request = {
		.action = vt_action_find("limit"),
		.path = "/shop",
		.path_id = 1,
		.settings = &setting,
		.n_settings = 1,
	};
	struct vt_plan *plan = NULL;

	(void)vt_action_plan(&acting, &request, &plan, &err);
	expect_refused(plan, ESTALE, "another cgroup now");
}

Test(plan, move)
{
	struct vt_plan *plan;

	put_process(50, "a b) Z", 'S', 0, 700, "/old");
	put_process(51, "kthread", 'S', 0x200000, 700, "/old");
	put_process(52, "dead", 'Z', 0, 700, "/old");
	tree_put("proc/53/stat", "53 (there) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 9 0 0\n");
	tree_put("proc/53/cgroup", "0::/shop\n");
	plan = plan_of("move", "50", "53", "50", "/shop", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 1);
	cr_expect_eq(plan->steps[0].target.b, 700);
	cr_expect_str_eq(plan->steps[0].was, "/old");
	cr_expect_str_eq(plan->steps[0].shell, "echo 50 > /cg/shop/cgroup.procs");
	expect_effect(plan, "is there already");
	expect_effect(plan, "cgroup v1 keeps limiting");
	vt_plan_free(plan);
	expect_refused(plan_of("move", "53", "/shop", NULL), EALREADY, "already");
	expect_refused(plan_of("move", "50@701", "/shop", NULL), ESTALE, "another process now");
	expect_refused(plan_of("move", "51", "/shop", NULL), EPERM, "kernel thread");
	expect_refused(plan_of("move", "52", "/shop", NULL), ESRCH, "has ended");
	expect_refused(plan_of("move", "99", "/shop", NULL), ESRCH, "no process 99");
	expect_refused(plan_of("move", "5x", "/shop", NULL), EINVAL, "PID@START_TICKS");
	expect_refused(plan_of("move", "-1", "/shop", NULL), EINVAL, "not a process");
	tree_put("cg/shop/cgroup.subtree_control", "cpu memory\n");
	expect_refused(plan_of("move", "50", "/shop", NULL), EBUSY, "no processes of its own");
	tree_put("cg/shop/cgroup.type", "threaded\n");
	expect_refused(plan_of("move", "50", "/shop", NULL), EOPNOTSUPP, "is threaded");
}

Test(plan, create_and_remove)
{
	struct vt_plan *plan = plan_of("create", "/shop/new", NULL);

	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].shell, "mkdir /cg/shop/new");
	vt_plan_free(plan);
	plan = plan_of("create", "/a b", "memory.max=1G", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 2);
	cr_expect_str_eq(plan->steps[0].shell, "mkdir '/cg/a b'");
	cr_expect_str_eq(plan->steps[1].shell, "echo 1073741824 > '/cg/a b/memory.max'");
	cr_expect_eq(plan->steps[1].target.a, 0, "an earlier step makes it");
	vt_plan_free(plan);
	expect_refused(plan_of("create", "/shop", NULL), EEXIST, "already");
	expect_refused(plan_of("create", "/x/y", NULL), ENOENT, "no cgroup /x");
	expect_refused(plan_of("create", "/shop/x", "memory.max=1", NULL), ENOENT,
		       "controllers /shop +memory");
	put_cgroup("/shop/deep");
	tree_put("cg/shop/deep/memory.max", "4096\n");
	plan = plan_of("remove", "/shop", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 2);
	cr_expect_str_eq(plan->steps[0].path, "/shop/deep", "children first");
	cr_expect_str_eq(plan->steps[0].was, "memory.max=4096\n");
	vt_plan_free(plan);
	tree_put("cg/shop/deep/cgroup.procs", "1\n2\n3\n");
	expect_refused(plan_of("remove", "/shop", NULL), EBUSY,
		       "has 3 processes, some in /shop/deep");
	expect_refused(plan_of("remove", "/", NULL), EBUSY, "root cgroup");
}

Test(plan, controllers_go_down_and_up)
{
	struct vt_plan *plan;

	put_cgroup("/shop/deep");
	plan = plan_of("controllers", "/shop/deep", "+hugetlb", "+memory", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 3);
	cr_expect_str_eq(plan->steps[0].shell, "echo +hugetlb > /cg/cgroup.subtree_control");
	cr_expect_str_eq(plan->steps[1].path, "/shop");
	cr_expect_str_eq(plan->steps[1].value, "+hugetlb +memory");
	cr_expect_str_eq(plan->steps[2].path, "/shop/deep");
	vt_plan_free(plan);
	tree_put("cg/shop/cgroup.subtree_control", "memory\n");
	tree_put("cg/shop/deep/cgroup.subtree_control", "memory\n");
	plan = plan_of("controllers", "/shop", "-memory", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 2);
	cr_expect_str_eq(plan->steps[0].path, "/shop/deep", "from the leaves up");
	vt_plan_free(plan);
	expect_refused(plan_of("controllers", "/shop", "+rdma", NULL), ENOENT, "no rdma");
	expect_refused(plan_of("controllers", "/shop", "memory", NULL), EINVAL, "+memory");
	expect_refused(plan_of("controllers", "/shop", "+memory", NULL), EALREADY, "so already");
	tree_put("cg/shop/cgroup.procs", "7\n");
	expect_refused(plan_of("controllers", "/shop", "+io", NULL), EBUSY, "it has 1 process");
}

Test(plan, freeze_and_kill)
{
	struct vt_plan *plan = plan_of("freeze", "/shop", NULL);

	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].shell, "echo 1 > /cg/shop/cgroup.freeze");
	vt_plan_free(plan);
	expect_refused(plan_of("thaw", "/shop", NULL), EALREADY, "is 0 already");
	expect_refused(plan_of("kill", "/shop", NULL), EOPNOTSUPP, "Linux 5.14");
	expect_refused(plan_of("kill", "-NONSENSE", "/shop", NULL), EINVAL, "not a signal");
	expect_refused(plan_of("kill", "--then-kill", "7", NULL), EINVAL, "is for a cgroup");
	put_process(1, "init", 'S', 0, 1, "/old");
	expect_refused(plan_of("kill", "1", NULL), EPERM, "process 1");
	tree_put("cg/shop/cgroup.kill", "");
	plan = plan_of("kill", "/shop", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_not_null(plan->steps[0].cannot_undo);
	cr_expect_str_eq(plan->steps[0].shell, "echo 1 > /cg/shop/cgroup.kill");
	cr_expect_eq(plan->steps[0].patience_ms, 0);
	vt_plan_free(plan);
}

Test(plan, kill_in_order)
{
	struct vt_plan *plan = plan_of("kill", "-HUP", "/shop", NULL);

	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 1);
	cr_expect_eq(plan->steps[0].op, VT_OP_SIGNAL);
	cr_expect_eq(plan->steps[0].target.kind, VT_KIND_CGROUP);
	cr_expect_str_eq(plan->steps[0].says, "send SIGHUP to every process in /shop and below");
	cr_expect_str_eq(plan->steps[0].shell,
			 "find /cg/shop -name cgroup.procs -exec cat {} + | xargs -r kill -HUP");
	vt_plan_free(plan);
	expect_refused(plan_of("kill", "--then-kill", "/shop", NULL), EOPNOTSUPP, "Linux 5.14");
	tree_put("cg/shop/cgroup.kill", "");
	tree_put("cg/shop/cgroup.freeze", "1\n");
	plan = plan_of("kill", "--then-kill", "/shop", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 2);
	cr_expect_str_eq(plan->steps[0].value, "15");
	cr_expect_gt(plan->steps[1].patience_ms, 0);
	cr_expect_str_eq(plan->steps[1].says,
			 "kill what is left in /shop and below after up to 5 s");
	cr_expect_str_eq(plan->steps[1].shell, "sleep 5; echo 1 > /cg/shop/cgroup.kill");
	expect_effect(plan, "it is frozen");
	vt_plan_free(plan);
	expect_refused(plan_of("kill", "-TERM", "/", NULL), EPERM, "whole host");
}

Test(plan, move_all_of_a_cgroup)
{
	struct vt_plan *plan;

	put_cgroup("/old");
	tree_put("cg/old/cgroup.procs", "50\n52\n99\n54\n");
	put_process(50, "one", 'S', 0, 700, "/old");
	put_process(52, "dead", 'Z', 0, 700, "/old");
	put_process(54, "two", 'S', 0, 701, "/old");
	plan = plan_of("move", "/old", "/shop", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 2, "neither what has ended nor what is a zombie");
	cr_expect_eq(plan->steps[1].target.a, 54);
	cr_expect(plan->steps[1].may_end);
	cr_expect_str_eq(plan->title, "Move 2 processes to /shop");
	expect_effect(plan, "what they fork meanwhile stays in /old");
	vt_plan_free(plan);
	tree_put("cg/old/cgroup.procs", "");
	expect_refused(plan_of("move", "/old", "/shop", NULL), EALREADY, "no processes of its own");
	expect_refused(plan_of("move", "/old", "/old", NULL), EALREADY, "where they are");
	expect_refused(plan_of("move", "/none", "/shop", NULL), ENOENT, "no cgroup /none");
	expect_refused(plan_of("move", "/old", "5", "/shop", NULL), EINVAL, "one cgroup whose");
}

Test(plan, reclaim)
{
	struct vt_plan *plan;

	expect_refused(plan_of("reclaim", "/shop", "1M", NULL), ENOENT, "no memory.reclaim");
	tree_put("cg/shop/memory.reclaim", "");
	plan = plan_of("reclaim", "/shop", "1M", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].shell, "echo 1048576 > /cg/shop/memory.reclaim");
	cr_expect_not_null(plan->steps[0].cannot_undo);
	cr_expect_str_eq(plan->title, "Reclaim memory of /shop");
	expect_effect(plan, "memory.current is 310M");
	vt_plan_free(plan);
	expect_refused(plan_of("reclaim", "/shop", "lots", NULL), EINVAL, "a size such as 100M");
	expect_refused(plan_of("reclaim", "/shop", NULL), EINVAL, "needs a cgroup");
}

Test(plan, threaded_where_that_is_legal)
{
	struct vt_plan *plan;

	put_cgroup("/shop/a");
	plan = plan_of("threaded", "/shop/a", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].shell, "echo threaded > /cg/shop/a/cgroup.type");
	cr_expect_not_null(plan->steps[0].cannot_undo);
	vt_plan_free(plan);
	tree_put("cg/shop/cgroup.subtree_control", "cpu memory\n");
	expect_refused(plan_of("threaded", "/shop/a", NULL), EOPNOTSUPP,
		       "its parent /shop passes on cpu memory");
	tree_put("cg/shop/cgroup.subtree_control", "cpu pids\n");
	tree_put("cg/shop/cgroup.type", "domain invalid\n");
	expect_refused(plan_of("threaded", "/shop/a", NULL), EOPNOTSUPP, "is domain invalid");
	tree_put("cg/shop/cgroup.type", "domain threaded\n");
	tree_put("cg/shop/a/cgroup.subtree_control", "memory\n");
	expect_refused(plan_of("threaded", "/shop/a", NULL), EOPNOTSUPP, "it passes on memory");
	tree_put("cg/shop/a/cgroup.subtree_control", "\n");
	tree_put("cg/shop/a/cgroup.events", "populated 1\nfrozen 0\n");
	expect_refused(plan_of("limit", "/shop/a", "cgroup.type=threaded", NULL), EOPNOTSUPP,
		       "it has processes");
}

Test(plan, partitions_where_they_are_legal)
{
	struct vt_plan *plan;

	tree_put("cg/shop/cpuset.cpus.partition", "member\n");
	tree_put("cg/shop/cpuset.cpus", "\n");
	expect_refused(plan_of("partition", "/shop", "root", NULL), EINVAL,
		       "set its cpuset.cpus first");
	tree_put("cg/shop/cpuset.cpus", "0-1\n");
	plan = plan_of("partition", "/shop", "isolated", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].shell, "echo isolated > /cg/shop/cpuset.cpus.partition");
	vt_plan_free(plan);
	put_cgroup("/shop/a");
	tree_put("cg/shop/a/cpuset.cpus.partition", "member\n");
	tree_put("cg/shop/a/cpuset.cpus", "0\n");
	expect_refused(plan_of("partition", "/shop/a", "root", NULL), EINVAL,
		       "its parent /shop is none");
	tree_put("cg/shop/cpuset.cpus.partition", "root\n");
	plan = plan_of("partition", "/shop/a", "root", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	vt_plan_free(plan);
	expect_refused(plan_of("partition", "/shop", "half", NULL), EINVAL, "no kind of partition");
}

/* What the file says of an invalid partition is no word that it takes. */
Test(plan, an_invalid_partition_put_back)
{
	struct vt_arena *arena = vt_arena_new();

	cr_expect_str_eq(vt_inverse_value(arena, "cpuset.cpus.partition", "member",
					  "root invalid (Cpu list in cpuset.cpus not exclusive)",
					  "member"),
			 "root");
	vt_arena_free(arena);
}

Test(plan, unshare_shows_the_same_as_a_shell_line)
{
	struct vt_plan *plan = plan_of("unshare", "--pid", "--mount-proc", "--uts", "-r", "--",
				       "sh", "-c", "a b", NULL);

	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(
		plan->steps[0].shell,
		"unshare --mount --pid --uts --fork --mount-proc --map-root-user -- sh -c 'a b'");
	cr_expect_not_null(plan->steps[0].cannot_undo);
	vt_plan_free(plan);
	plan = plan_of("unshare", "-r", "--background", "--cgroup", "/shop", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].shell,
			 "setsid -f sh -c 'echo $$ > /cg/shop/cgroup.procs && exec unshare "
			 "--map-root-user -- sleep infinity' </dev/null >/dev/null 2>&1");
	cr_expect_null(plan->steps[0].cannot_undo);
	vt_plan_free(plan);
	expect_refused(plan_of("unshare", "--", "sh", NULL), EINVAL, "at least one");
	expect_refused(plan_of("unshare", "-r", "--cgroup", "/none", NULL), ENOENT, "no cgroup");
	tree_put("proc/sys/user/max_net_namespaces", "0\n");
	expect_refused(plan_of("unshare", "-r", "--net", NULL), EPERM, "max_net_namespaces is 0");
}

Test(plan, hostile_names_are_escaped)
{
	struct vt_plan *plan;
	vt_autofree char *text = NULL;

	put_process(50, "\033]0;x\007", 'S', 0, 700, "/old");
	put_cgroup("/\033[2J");
	plan = plan_of("move", "50", "/\033[2J", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	text = vt_plan_preview(plan);
	cr_expect(!strchr(text, '\033') && !strchr(text, '\007'), "%s", text);
	vt_plan_free(plan);
}

Test(plan, lists_the_files_of_a_cgroup)
{
	struct vt_limit_file *files;
	size_t n;

	cr_assert_eq(vt_limit_files_list(&tree_host, acting_snapshot, "/shop", &files, &n, &err),
		     0);
	cr_expect_eq(n, 7, "%zu", n);
	cr_expect_str_eq(files[0].name, "memory.max");
	cr_expect_str_eq(files[0].value, "max");
	vt_limit_files_free(files, n);
	cr_expect_eq(vt_limit_files_list(&tree_host, acting_snapshot, "/none", &files, &n, &err),
		     -ENOENT);
}
