/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What enter and unshare plan and refuse before anything runs. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/syscall.h>

#include "acting.h"

#include "../../src/apply_setup.h"
#include "../../src/apply_spawn.h"
#include "../../src/spawn_maps.h"

/* 65 bytes */
#define LONG "sixteen-bytes-xxsixteen-bytes-xxsixteen-bytes-xxsixteen-bytes-xx+"

static void put_link(unsigned pid, const char *type, unsigned id)
{
	vt_autofree char *dir = vt_asprintf("proc/%u/ns/x", pid);
	vt_autofree char *path = vt_asprintf("%s/proc/%u/ns/%s", tree_root, pid, type);
	vt_autofree char *to = vt_asprintf("%s:[%u]", type, id);

	tree_put(dir, "");
	cr_assert_eq(symlink(to, path), 0);
}

static void set_up(void)
{
	unsigned self = (unsigned)getpid();

	(void)acting_begin();
	put_cgroup("/shop");
	put_process(70, "inside", 'S', 0, 700, "/shop");
	put_process(71, "beside", 'S', 0, 701, "/shop");
	for (int t = 0; t < VT_NS_TYPES; t++) {
		put_link(70, vt_ns_names[t], t == VT_NS_NET || t == VT_NS_UTS ? 9 : 1);
		put_link(71, vt_ns_names[t], 1);
		put_link(self, vt_ns_names[t], 1);
	}
	tree_put("proc/70/root/bin/tool", "");
	acting_seal();
	(void)setenv("SHELL", "/bin/bash", 1);
}

TestSuite(enter, .init = set_up, .fini = acting_end);

static void need_root(void)
{
	if (geteuid() != 0)
		acting_skip("needs root, for CAP_SYS_ADMIN");
}

static void drop_privilege(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };

	cr_assert_eq(syscall(SYS_capset, &header, none), 0);
}

Test(enter, those_that_differ)
{
	struct vt_plan *plan;

	need_root();
	plan = plan_of("enter", "70", "--", "ip", "a", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_eq(plan->spawn->ns_flags, CLONE_NEWNET | CLONE_NEWUTS);
	cr_expect_str_eq(plan->title, "Enter process 70");
	cr_expect_eq(plan->steps[0].target.b, 700);
	cr_expect(strstr(plan->steps[0].says, "run ip a in the net"), "%s", plan->steps[0].says);
	cr_expect_str_eq(plan->steps[0].shell, "nsenter --target 70 --net --uts -- ip a");
	vt_plan_free(plan);
	plan = plan_of("enter", "70", "--net", "--mount", "id", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_eq(plan->spawn->ns_flags, CLONE_NEWNET);
	expect_effect(plan, "its mnt namespace is yours already");
	vt_plan_free(plan);
	plan = plan_of("enter", "70", "--join-cgroup", "id", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->spawn->cgroup, "/shop");
	cr_expect_eq(plan->spawn->ns_flags, 0);
	vt_plan_free(plan);
}

Test(enter, refusals)
{
	need_root();
	expect_refused(plan_of("enter", NULL), EINVAL, "needs a process");
	expect_refused(plan_of("enter", "--net", NULL), EINVAL, "TYPE=FILE");
	expect_refused(plan_of("enter", "--join-cgroup", NULL), EINVAL, "TYPE=FILE");
	expect_refused(plan_of("enter", "72", NULL), ESRCH, "no process 72");
	expect_refused(plan_of("enter", "71", NULL), EALREADY, "there is nothing to enter");
	expect_refused(plan_of("enter", "70@1", NULL), ESTALE, "another process now");
	expect_refused(plan_of("enter", "70", "-S", "me", "id", NULL), EINVAL,
		       "'me' is no number of a user");
	expect_refused(plan_of("enter", "70", "-G", "-1", "id", NULL), EINVAL,
		       "is no number of a group");
	put_process(73, "hidden", 'S', 0, 703, "/shop");
	tree_put("proc/73/cgroup", "0::/../elsewhere\n");
	expect_refused(plan_of("enter", "73", "--net", "id", NULL), ENOENT,
		       "cannot see the net namespace of process 73");
	expect_refused(plan_of("enter", "73", "--join-cgroup", "id", NULL), ENOENT,
		       "the cgroup of process 73 cannot be seen");
	expect_refused(plan_of("enter", "70", "--cgroup", "/none", "id", NULL), ENOENT,
		       "no cgroup /none");
	drop_privilege();
	expect_refused(plan_of("enter", "70", "--net", NULL), EPERM, "needs CAP_SYS_ADMIN");
}

Test(enter, the_root_of_the_process)
{
	struct vt_plan *plan;

	need_root();
	plan = plan_of("enter", "70", "--root", "--", "/bin/tool", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect(plan->spawn->target_root);
	cr_expect(strstr(plan->steps[0].says, "the root directory or cgroup of process 70"), "%s",
		  plan->steps[0].says);
	vt_plan_free(plan);
	expect_refused(plan_of("enter", "70", "--root", "--", "/bin/none", NULL), ENOENT,
		       "there is no /bin/none in the root directory of process 70");
	expect_refused(plan_of("enter", "71", "--root", "--", "/bin/tool", NULL), ENOENT,
		       "cannot see the root directory of process 71");
	tree_put("proc/71/root/bin/sh", "");
	cr_expect_not(vt_enter_wants_busybox(&tree_host, 71), "it has a shell");
	cr_expect_not(vt_enter_wants_busybox(&tree_host, 99), "there is none");
}

Test(enter, by_file)
{
	vt_autofree char *file = vt_asprintf("--net=%s/cg/cgroup.controllers", tree_root);
	struct vt_plan *plan;
	struct vt_request request = { .action = vt_action_find("enter") };

	need_root();
	plan = plan_of("enter", "--uts=/proc/self/ns/uts", "--", "id", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->title, "Enter uts namespace");
	cr_expect_eq(plan->spawn->ns_flags, CLONE_NEWUTS);
	cr_expect_neq(plan->spawn->ns_ids[VT_NS_UTS], 0);
	expect_effect(plan, "at /proc/self/ns/uts");
	vt_plan_free(plan);
	expect_refused(plan_of("enter", "--net=/proc/self/ns/uts", NULL), EINVAL,
		       "/proc/self/ns/uts is no net namespace");
	expect_refused(plan_of("enter", file, NULL), EINVAL, "is no net namespace");
	expect_refused(plan_of("enter", "--net=/virttop-unit/none", NULL), ENOENT,
		       "cannot open /virttop-unit/none");
	request.spawn.ns_flags = CLONE_NEWUTS;
	request.spawn.ns_files[VT_NS_UTS] = "/proc/self/ns/uts";
	request.spawn.ns_ids[VT_NS_UTS] = 1;
	request.spawn.argv = (const char *const[]){ "id", NULL };
	plan = NULL;
	(void)vt_action_plan(&acting, &request, &plan, &err);
	expect_refused(plan, ESTALE, "is another namespace now");
}

Test(enter, unshare_refusals)
{
	static const struct {
		const char *words[4];
		const char *says;
	} cases[] = {
		{ { "--hostname", LONG }, "a hostname has 1 to 64 bytes" },
		{ { "-m", "--propagation", "odd" }, "propagation is private, slave" },
		{ { "--monotonic", "soon" }, "the monotonic offset 'soon'" },
		{ { "--boottime", "99999999999" }, "the boottime offset '99999999999'" },
		{ { "-p", "--kill-child", "--background" }, "--kill-child is for the foreground" },
		{ { "-u", "--limit", "pids.max=1" }, "limits need a cgroup" },
		{ { "-u", "--keep", "a/../b" }, "no directory to keep namespaces in" },
		{ { "-U", "--setgroups", "maybe" }, "setgroups is allow or deny" },
		{ { "-r", "--map-users", "0:0:1" }, "exclude each other" },
	};

	need_root();
	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const char *const *w = cases[i].words;

		expect_refused(plan_of("unshare", w[0], w[1], w[2], w[3], NULL), EINVAL,
			       cases[i].says);
	}
	expect_refused(plan_of("unshare", "-m", "--root", "/virttop-unit/none", NULL), ENOENT,
		       "as the root directory");
	expect_refused(plan_of("unshare", "-m", "--root", tree_root, "--", "/bin/none", NULL),
		       ENOENT, "there is no /bin/none in");
}

Test(enter, unshare_with_limits)
{
	struct vt_plan *plan;

	need_root();
	plan = plan_of("unshare", "-u", "--cgroup", "/fresh", "--limit", "pids.max=7", "--", "id",
		       NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 3);
	cr_expect_eq(plan->steps[0].op, VT_OP_MKDIR);
	cr_expect_eq(plan->steps[1].op, VT_OP_WRITE);
	cr_expect_eq(plan->steps[2].op, VT_OP_SPAWN);
	vt_plan_free(plan);
	plan = plan_of("unshare", "-u", "--cgroup", "/shop", "--limit", "pids.max=7", "--", "id",
		       NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 2, "it is there");
	vt_plan_free(plan);
}

Test(enter, unshare_without_privilege)
{
	drop_privilege();
	expect_refused(plan_of("unshare", "--net", NULL), EPERM, "new network and other");
	expect_refused(plan_of("unshare", "--uts", NULL), EPERM, "add --user --map-root-user");
	expect_refused(plan_of("unshare", "-r", "--keep", "x", NULL), EPERM,
		       "keeping namespaces by bind mounts needs CAP_SYS_ADMIN");
	tree_put("proc/sys/kernel/unprivileged_userns_clone", "0\n");
	expect_refused(plan_of("unshare", "-r", NULL), EPERM, "unprivileged_userns_clone is 0");
}

/* Who may be mapped without privilege. */
Test(enter, maps_without_privilege)
{
	vt_autofree char *own = vt_asprintf("0:%u:1", geteuid());
	vt_autofree char *own_group = vt_asprintf("0:%u:1", getegid());
	struct vt_arena *arena = vt_arena_new();
	struct vt_spawn s = { .map_users = own };

	drop_privilege();
	(void)setenv("PATH", "/virttop-unit/none", 1);
	cr_expect_eq(vt_spawn_map(&tree_host, &s, arena, &err), 0, "%s", err.msg);
	s = (struct vt_spawn){ .map_users = own, .map_groups = own_group };
	cr_expect_eq(vt_spawn_map(&tree_host, &s, arena, &err), -EPERM);
	cr_expect(strstr(err.msg, "only with --setgroups deny"), "%s", err.msg);
	s.setgroups = "deny";
	cr_expect_eq(vt_spawn_map(&tree_host, &s, arena, &err), 0, "%s", err.msg);
	cr_expect(s.becomes_root);
	s = (struct vt_spawn){ .map_users = "0:100000:10" };
	cr_expect_eq(vt_spawn_map(&tree_host, &s, arena, &err), -EPERM);
	cr_expect(strstr(err.msg, "needs newuidmap and newgidmap"), "%s", err.msg);
	s = (struct vt_spawn){ .map_users = "0:1:1,1:2:1" };
	cr_expect_eq(vt_spawn_map(&tree_host, &s, arena, &err), -EPERM, "two lines");
	s = (struct vt_spawn){ .map_auto = true };
	cr_expect_eq(vt_spawn_map(&tree_host, &s, arena, &err), -ENOENT);
	cr_expect(strstr(err.msg, "cannot read /etc/subuid"), "%s", err.msg);
	tree_put("etc/subuid", "nobody-here:1:1\n");
	cr_expect_eq(vt_spawn_map(&tree_host, &s, arena, &err), -ENOENT);
	cr_expect(strstr(err.msg, "/etc/subuid gives no ids to "), "%s", err.msg);
	vt_arena_free(arena);
}

/* Each stage between start and command says what a person can do. */
Test(enter, what_failed_on_the_way)
{
	const char *argv[] = { "id", NULL };
	const struct vt_spawn unshare = { .argv = argv, .cgroup = "/c", .directory = "/d" };
	const struct vt_spawn enter = { .argv = argv,
					.entering = true,
					.ns_flags = CLONE_NEWNS,
					.hostname = "h",
					.keep_at = "/k",
					.uid = "7",
					.map_users = "0:1:1",
					.enter_target = { VT_KIND_PROCESS, 70, 0 } };
	static const struct {
		bool entering;
		struct vt_report report;
		int code;
		const char *says;
	} cases[] = {
		{ false, { VT_STAGE_UNSHARE, ENOSPC, VT_NS_NET }, ENOSPC, "user.max_net_namesp" },
		{ false,
		  { VT_STAGE_UNSHARE, EPERM, VT_NS_UTS },
		  EPERM,
		  "UTS namespace: that needs" },
		{ false, { VT_STAGE_UNSHARE, EINVAL, VT_NS_TIME }, EINVAL, "this kernel has none" },
		{ false, { VT_STAGE_UNSHARE, ENOMEM, VT_NS_IPC }, ENOMEM, "unshare the IPC" },
		{ true, { VT_STAGE_SETNS, ESRCH, -1 }, ESTALE, "process 70 has ended" },
		{ true, { VT_STAGE_SETNS, EPERM, VT_NS_USER }, EPERM, "cannot be entered again" },
		{ true, { VT_STAGE_SETNS, EINVAL, VT_NS_USER }, EINVAL, "is virttop's own" },
		{ true,
		  { VT_STAGE_SETNS, EPERM, -1 },
		  EPERM,
		  "enter the namespaces of process 70" },
		{ true, { VT_STAGE_SETNS, EIO, VT_NS_NET }, EIO, "the network namespace of" },
		{ true, { VT_STAGE_MAP, EPERM, 0 }, EPERM, "newuidmap allows only" },
		{ true, { VT_STAGE_MAP, EINVAL, 0 }, EINVAL, "ranges overlap" },
		{ false, { VT_STAGE_TERMINAL, EIO, 0 }, EIO, "pane's terminal to id" },
		{ false, { VT_STAGE_CGROUP, EBUSY, 0 }, EBUSY, "start in the cgroup /c" },
		{ true, { VT_STAGE_IDS, EINVAL, 0 }, EINVAL, "become user 7 there" },
		{ false, { VT_STAGE_OFFSETS, ERANGE, 0 }, ERANGE, "before its start" },
		{ true, { VT_STAGE_KEEP, EIO, 0 }, EIO, "keep the namespaces in /k" },
		{ false, { VT_STAGE_MOUNTS, EIO, 0 }, EIO, "make the mounts private" },
		{ true, { VT_STAGE_ROOT, EIO, 0 }, EIO, "to that of the process" },
		{ false, { VT_STAGE_DIRECTORY, EIO, 0 }, EIO, "go to the directory /d" },
		{ false, { VT_STAGE_PROC, EPERM, 0 }, EPERM, "it needs a PID namespace" },
		{ false, { VT_STAGE_PROC, ENOENT, 0 }, ENOENT, "root directory has no /proc" },
		{ true, { VT_STAGE_HOSTNAME, EIO, 0 }, EIO, "set the hostname 'h'" },
		{ true, { VT_STAGE_EXEC, ENOENT, 0 }, ENOENT, "there: --busybox brings" },
		{ false, { VT_STAGE_EXEC, EACCES, 0 }, EACCES, "cannot run id: " },
		{ false, { VT_STAGE_FORK, EAGAIN, 0 }, EAGAIN, "cannot start a process" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		int r = vt_spawn_explain(&tree_host, cases[i].entering ? &enter : &unshare,
					 &cases[i].report, &err);

		cr_expect_eq(r, -cases[i].code, "case %zu: %d", i, r);
		cr_expect(strstr(err.msg, cases[i].says), "case %zu: %s", i, err.msg);
	}
}
