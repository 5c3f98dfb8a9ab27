/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mount and what takes it back, in a mount namespace of the test's own, where neither debugfs
 * nor tracefs is mounted at first.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "acting.h"

#include "../../src/action_mount.h"
#include "../../src/apply_mount.h"
#include "../../src/inverse.h"
#include "../../src/made.h"

static void set_up(void)
{
	struct vt_host_row *row = acting_begin();

	VT_SET(HOST, row, lockdown, "integrity");
	acting_seal();
}

TestSuite(mount_acts, .init = set_up, .fini = acting_end);

/* The file systems can be mounted by root of the host only. */
static void away(void)
{
	uint64_t id;

	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		acting_skip("no mount namespace is to be had here");
	for (const struct vt_mount_place *p = vt_mount_places; p->type; p++) {
		int tries = 16;

		while (vt_mount_look(p, &id) == 0 && tries-- > 0)
			(void)umount2(p->path, MNT_DETACH);
		if (vt_mount_look(p, &id) != -ENODEV)
			acting_skip("this kernel lacks debugfs or tracefs");
	}
}

static int look(const char *type)
{
	uint64_t id = 0;
	int r = vt_mount_look(vt_mount_place_find(type), &id);

	return r == 0 && !id ? -EINVAL : r;
}

Test(mount_acts, places)
{
	cr_expect_str_eq(vt_mount_place_find("tracefs")->path, "/sys/kernel/tracing");
	cr_expect_str_eq(vt_mount_place_find("/sys/kernel/debug")->type, "debugfs");
	cr_expect_null(vt_mount_place_find("/sys/kernel/debug/"));
	cr_expect_null(vt_mount_place_find("/"));
	cr_expect_null(vt_mount_place_find(""));
	cr_expect_null(vt_mount_place_find(NULL));
}

Test(mount_acts, words_of_the_command_line)
{
	expect_refused(plan_of("mount", "proc", NULL), EINVAL, "'proc' cannot be mounted");
	expect_refused(plan_of("mount", "debugfs", "/sys/kernel/tracing", NULL), EINVAL,
		       "cannot be mounted: debugfs and tracefs can");
}

Test(mount_acts, without_privilege)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };

	cr_assert_eq(syscall(SYS_capset, &header, none), 0);
	expect_refused(plan_of("mount", NULL), EPERM, "mounting needs CAP_SYS_ADMIN");
}

Test(mount_acts, read_only)
{
	acting.read_only = true;
	expect_refused(plan_of("mount", NULL), EROFS, "--read-only");
}

Test(mount_acts, words)
{
	struct vt_plan *plan = vt_plan_new("a");
	struct vt_step *step = vt_plan_add(plan, VT_OP_MOUNT);

	step->path = "/sys/kernel/debug";
	vt_step_describe(plan, step, NULL);
	cr_expect_str_eq(step->says, "mount debugfs at /sys/kernel/debug");
	cr_expect_str_eq(step->shell,
			 "mount -t debugfs -o nosuid,nodev,noexec debugfs /sys/kernel/debug");
	step = vt_plan_add(plan, VT_OP_UMOUNT);
	step->path = "/sys/kernel/tracing";
	vt_step_describe(plan, step, NULL);
	cr_expect_str_eq(step->says, "unmount tracefs from /sys/kernel/tracing");
	cr_expect_str_eq(step->shell, "umount /sys/kernel/tracing");
	vt_plan_free(plan);
}

/* Whatever the journal says: only what was mounted, and only at a place of ours. */
Test(mount_acts, inverses)
{
	static const struct {
		enum vt_op op;
		const char *path;
		uint64_t made;
		size_t steps;
	} cases[] = {
		{ VT_OP_MOUNT, "/sys/kernel/debug", 17, 1 },
		{ VT_OP_MOUNT, "/sys/kernel/debug", 0, 0 },
		{ VT_OP_MOUNT, "/home", 17, 0 },
		{ VT_OP_MOUNT, "debugfs", 17, 0 },
		{ VT_OP_UMOUNT, "/sys/kernel/debug", 17, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_step step = { .op = cases[i].op, .path = cases[i].path };
		struct vt_outcome outcome = { .done = true, .made_id = cases[i].made };
		struct vt_plan *plan = vt_plan_new("back");

		vt_plan_add_inverse(plan, &step, &outcome, "/mnt");
		cr_assert_eq(plan->n_steps, cases[i].steps, "case %zu", i);
		if (plan->n_steps) {
			cr_expect_eq(plan->steps[0].op, VT_OP_UMOUNT);
			cr_expect_eq(plan->steps[0].target.a, cases[i].made);
		}
		vt_plan_free(plan);
	}
}

Test(mount_acts, both_and_undone)
{
	struct vt_result result;
	struct vt_plan *plan;
	struct vt_made_list list;

	away();
	plan = plan_of("mount", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->title, "Mount debugfs and tracefs");
	cr_assert_eq(plan->n_steps, 2);
	expect_effect(plan, "locked down (integrity)");
	cr_expect_eq(look("debugfs"), -ENODEV, "a plan mounts nothing");
	cr_assert_eq(apply(plan, &result), 0, "%s", err.msg);
	cr_expect_eq(look("debugfs"), 0);
	cr_expect_eq(look("tracefs"), 0);
	expect_refused(plan_of("mount", NULL), EALREADY, "mounted already");
	cr_assert_eq(vt_made_read(&acting, VT_MADE_ALL, &list, NULL), 0);
	cr_assert_eq(list.n, 2);
	cr_expect_str_eq(list.made[0].what, "debugfs at /sys/kernel/debug");
	cr_expect_str_eq(list.made[1].what, "tracefs at /sys/kernel/tracing");
	vt_made_list_finish(&list);
	plan = undo();
	cr_assert_eq(apply(plan, &result), 0, "%s", err.msg);
	cr_expect_eq(look("debugfs"), -ENODEV);
	cr_expect_eq(look("tracefs"), -ENODEV);
}

/* One alone; another mount that took its place is not ours to take away. */
Test(mount_acts, what_is_another_stays)
{
	struct vt_result result;
	struct vt_plan *plan;
	struct vt_made_list list;

	away();
	plan = plan_of("mount", "debugfs", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->title, "Mount debugfs");
	cr_assert_eq(apply(plan, &result), 0, "%s", err.msg);
	cr_expect_eq(look("tracefs"), -ENODEV);
	cr_assert_eq(umount2("/sys/kernel/debug", 0), 0);
	cr_assert_eq(mount("other", "/sys/kernel/debug", "debugfs", 0, NULL), 0);
	cr_assert_eq(vt_made_read(&acting, VT_MADE_ALL, &list, NULL), 0);
	cr_expect_eq(list.n, 0, "it is another one");
	vt_made_list_finish(&list);
	plan = undo();
	cr_expect_eq(apply(plan, &result), -ESTALE);
	cr_expect(strstr(err.msg, "is not there any more"), "%s", err.msg);
	cr_expect_eq(look("debugfs"), 0);
}

Test(mount_acts, somebody_was_first)
{
	struct vt_result result;
	struct vt_plan *plan;

	away();
	plan = plan_of("mount", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(mount("other", "/sys/kernel/tracing", "tracefs", 0, NULL), 0);
	cr_expect_eq(apply(plan, &result), -ESTALE);
	cr_expect(strstr(err.msg, "mounted at /sys/kernel/tracing meanwhile"), "%s", err.msg);
	cr_expect_eq(look("debugfs"), -ENODEV, "the step before is rolled back");
	cr_expect_eq(look("tracefs"), 0);
}

Test(mount_acts, what_is_used_stays)
{
	struct vt_result result;
	struct vt_plan *plan;

	away();
	plan = plan_of("mount", "tracefs", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(apply(plan, &result), 0, "%s", err.msg);
	cr_assert_eq(chdir("/sys/kernel/tracing"), 0);
	plan = undo();
	cr_expect_eq(apply(plan, &result), -EBUSY);
	cr_expect(strstr(err.msg, "somebody uses it"), "%s", err.msg);
	cr_expect_eq(look("tracefs"), 0);
	cr_assert_eq(chdir("/"), 0);
	plan = undo();
	cr_expect_eq(apply(plan, &result), 0, "%s", err.msg);
	cr_expect_eq(look("tracefs"), -ENODEV);
}
