/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network lab in a network and mount namespace of the test's own, with an
 * empty /run: what is made is there, is refused twice, and goes again.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "acting.h"

#include "../../src/action_net.h"

static void write_line(const char *path, const char *text)
{
	vt_autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		(void)!write(fd, text, strlen(text));
}

/* Away from the host: as root, or as root of a user namespace of one's own. */
static bool go_away(void)
{
	int flags = CLONE_NEWNS | CLONE_NEWNET;
	vt_autofree char *users = vt_asprintf("0 %u 1\n", geteuid());
	vt_autofree char *groups = vt_asprintf("0 %u 1\n", getegid());

	if (unshare(flags) < 0) {
		if (unshare(flags | CLONE_NEWUSER) < 0)
			return false;
		write_line("/proc/self/setgroups", "deny");
		write_line("/proc/self/uid_map", users);
		write_line("/proc/self/gid_map", groups);
	}
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", "/run", "tmpfs", 0, NULL) == 0;
}

static void set_up(void)
{
	(void)acting_begin();
	acting_seal();
}

TestSuite(net_acts, .init = set_up, .fini = acting_end);

static void away(void)
{
	if (!go_away())
		acting_skip("no namespaces are to be had here");
}

static int apply_cable(struct vt_plan *plan)
{
	struct vt_result result;
	int r = apply(plan, &result);

	if (r == -EOPNOTSUPP)
		acting_skip("this kernel has no veth");
	return r;
}

static bool is_there(const char *name)
{
	uint64_t id = 0;
	int fd = vt_netns_open(name, &id);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0 && id;
}

Test(net_acts, words_of_the_command_line)
{
	expect_refused(plan_of("netns-add", NULL), EINVAL, "needs a name");
	expect_refused(plan_of("netns-add", "a", "10.0.0.1/24", NULL), EINVAL, "two addresses");
	expect_refused(plan_of("netns-add", "a", "b", "c", "d", "e", "f", NULL), EINVAL,
		       "two addresses");
	expect_refused(plan_of("netns-del", NULL), EINVAL, "needs one name");
	expect_refused(plan_of("netns-del", "a", "b", NULL), EINVAL, "needs one name");
	expect_refused(plan_of("veth-add", "a", "10.0.0.1/24", NULL), EINVAL, "two addresses");
	expect_refused(plan_of("veth-del", NULL), EINVAL, "needs one device");
	expect_refused(plan_of("netns-add", "", NULL), EINVAL, "needs a name");
}

Test(net_acts, names_that_are_none)
{
	static const char *const names[] = { "a/b", ".", "..", "-n", "a\nb", "\033[2J" };
	static const char *const devices[] = {
		"", "sixteen-bytes-xx", "a/b", "a:b", "a b", "-dev", "..", "."
	};

	for (size_t i = 0; i < VT_LEN(names); i++) {
		expect_refused(plan_of("netns-add", names[i], NULL), EINVAL,
			       "no name for a network namespace");
		expect_refused(plan_of("netns-del", names[i], NULL), EINVAL,
			       "no name for a network namespace");
	}
	for (size_t i = 0; i < VT_LEN(devices); i++)
		expect_refused(plan_of("veth-del", devices[i], NULL), EINVAL,
			       "no name for a device");
}

Test(net_acts, without_privilege)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };

	cr_assert_eq(syscall(SYS_capset, &header, none), 0);
	expect_refused(plan_of("netns-add", "virttop-unit", NULL), EPERM, "needs CAP_SYS_ADMIN");
	expect_refused(plan_of("veth-del", "v0", NULL), EPERM, "needs CAP_NET_ADMIN");
}

Test(net_acts, a_namespace_with_a_cable)
{
	struct vt_result result;
	struct vt_plan *plan;

	away();
	plan = plan_of("netns-add", "lab", "10.0.0.1/24", "10.0.1.2/24", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->title, "New network namespace lab");
	cr_assert_eq(plan->n_steps, 2);
	cr_expect_str_eq(plan->steps[1].file, "v-lab");
	cr_expect_str_eq(plan->steps[1].value, "eth0 10.0.0.1/24 10.0.1.2/24");
	expect_effect(plan, "are not in one network");
	cr_assert_eq(apply_cable(plan), 0, "%s", err.msg);
	cr_expect(is_there("lab"));
	cr_expect_gt(vt_cable_find("v-lab"), 0);
	cr_expect_eq(vt_cable_find("lo"), -EINVAL, "no cable");
	cr_expect_eq(vt_cable_find("v-none"), -ENODEV);
	expect_refused(plan_of("netns-add", "lab", NULL), EEXIST, "is there already");
	expect_refused(plan_of("veth-add", "lab", "10.0.0.1/24", "10.0.0.2/24", NULL), EEXIST,
		       "a device called v-lab already");
	expect_refused(plan_of("veth-del", "lo", NULL), EINVAL, "no end of a cable");
	expect_refused(plan_of("veth-del", "v-none", NULL), ENODEV, "no device called v-none");
	cr_assert_eq(apply(undo(), &result), 0, "%s", err.msg);
	cr_expect_not(is_there("lab"));
	cr_expect_eq(if_nametoindex("v-lab"), 0);
	expect_refused(undo(), ENOENT, "nothing to undo");
}

Test(net_acts, a_cable_alone)
{
	struct vt_result result;
	struct vt_plan *plan, *second;

	away();
	expect_refused(plan_of("veth-add", "lab", "", "", NULL), ENOENT, "netns-add makes one");
	cr_assert_eq(apply(plan_of("netns-add", "lab", NULL), &result), 0, "%s", err.msg);
	plan = plan_of("veth-add", "lab", "fd00::1/64", "fd00::2/64", "cable", "up0", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_eq(plan->n_effects, 0, "one network");
	second = plan_of("veth-add", "lab", "", "", "other", "up0", NULL);
	cr_assert_eq(apply_cable(plan), 0, "%s", err.msg);
	cr_expect_eq(apply(second, &result), -EEXIST);
	cr_expect(strstr(err.msg, "one of the two names is taken"), "%s", err.msg);
	cr_expect_eq(if_nametoindex("other"), 0);
	plan = plan_of("veth-del", "cable", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].shell, "ip link delete cable");
	second = plan_of("veth-del", "cable", NULL);
	cr_assert_eq(apply(plan, &result), 0, "%s", err.msg);
	cr_expect_eq(if_nametoindex("cable"), 0);
	cr_expect_eq(apply(second, &result), -ESTALE);
	cr_expect(strstr(err.msg, "no device called cable any more"), "%s", err.msg);
}

Test(net_acts, addresses)
{
	static const struct {
		const char *here, *inside, *says;
	} cases[] = {
		{ "10.0.0.1", "10.0.0.2/24", "'10.0.0.1' is no address" },
		{ "10.0.0.1/24", "10.0.0.300/24", "'10.0.0.300/24' is no address" },
		{ "10.0.0.1/33", "10.0.0.2/24", "is no address" },
		{ "10.0.0.1/0", "10.0.0.2/24", "is no address" },
		{ "10.0.0.1/24", "10.0.0.1/24", "both ends of the cable have the address" },
	};
	struct vt_result result;

	away();
	cr_assert_eq(apply(plan_of("netns-add", "lab", NULL), &result), 0, "%s", err.msg);
	for (size_t i = 0; i < VT_LEN(cases); i++)
		expect_refused(plan_of("veth-add", "lab", cases[i].here, cases[i].inside, NULL),
			       EINVAL, cases[i].says);
}

/* An address that the kernel refuses takes the pair back. */
Test(net_acts, a_cable_that_fails_is_taken_back)
{
	struct vt_result result;

	away();
	cr_assert_eq(apply(plan_of("netns-add", "lab", NULL), &result), 0, "%s", err.msg);
	cr_expect_lt(apply_cable(plan_of("veth-add", "lab", "nonsense", "", NULL)), 0);
	cr_expect(strstr(err.msg, "cannot give an address to v-lab with nonsense"), "%s", err.msg);
	cr_expect_eq(if_nametoindex("v-lab"), 0);
	cr_expect_lt(apply(plan_of("veth-add", "lab", "", "nonsense", NULL), &result), 0);
	cr_expect(strstr(err.msg, "cannot give an address to eth0 with nonsense"), "%s", err.msg);
	cr_expect_eq(if_nametoindex("v-lab"), 0);
}

Test(net_acts, removal_of_what_was_made_again)
{
	struct vt_result result;
	struct vt_plan *plan, *late;
	vt_autoclose int fd = -1;

	away();
	cr_assert_eq(apply(plan_of("netns-add", "lab", NULL), &result), 0, "%s", err.msg);
	plan = plan_of("netns-del", "lab", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->title, "Remove the network namespace lab");
	cr_expect_not_null(plan->steps[0].cannot_undo);
	expect_effect(plan, "with it go the devices in it");
	late = plan_of("netns-del", "lab", NULL);
	fd = vt_netns_open("lab", &(uint64_t){ 0 }); /* keeps its number from being used again */
	cr_assert_eq(apply(plan, &result), 0, "%s", err.msg);
	cr_expect_not(is_there("lab"));
	cr_assert_eq(apply(plan_of("netns-add", "lab", NULL), &result), 0, "%s", err.msg);
	cr_expect_eq(apply(late, &result), -ESTALE);
	cr_expect(strstr(err.msg, "another network namespace now"), "%s", err.msg);
	cr_expect(is_there("lab"));
}

Test(net_acts, a_file_is_no_namespace)
{
	away();
	cr_assert_eq(mkdir("/run/netns", 0755), 0);
	cr_assert_eq(mknod("/run/netns/file", S_IFREG | 0600, 0), 0);
	expect_refused(plan_of("netns-del", "file", NULL), EINVAL, "and no network namespace");
	expect_refused(plan_of("netns-add", "file", NULL), EEXIST, "is there already");
	cr_expect_eq(vt_netns_del("file", 0, &err), -EINVAL);
	cr_expect_eq(vt_netns_add("file", &(uint64_t){ 0 }, &err), -EEXIST);
	cr_expect(strstr(err.msg, "choose another name"), "%s", err.msg);
	cr_expect_eq(vt_netns_del("none", 0, &err), -ESTALE);
}
