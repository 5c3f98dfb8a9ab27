/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options, presets, id maps and the composed line of unshare and enter. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../src/action_table.h"
#include "../../src/apply_setup.h"
#include "../../src/apply_spawn.h"
#include "../../src/busybox.h"
#include "../../src/spawn_line.h"
#include "../../src/spawn_maps.h"
#include "../../src/spawn_presets.h"

enum {
	MOST_WORDS = 24
};

static struct vt_arena *arena;
static struct vt_error err;

static void begin(void)
{
	arena = vt_arena_new();
	(void)setenv("SHELL", "/bin/bash", 1);
	err = (struct vt_error){ 0 };
}

static void end(void)
{
	vt_arena_free(arena);
}

TestSuite(spawn, .init = begin, .fini = end);

static int parse(bool entering, const char *const *words, struct vt_spawn *ret)
{
	char *argv[MOST_WORDS];
	int argc = 0, at;

	while (argc < MOST_WORDS && words[argc]) {
		argv[argc] = (char *)(uintptr_t)words[argc];
		argc++;
	}
	*ret = (struct vt_spawn){ 0 };
	at = vt_spawn_options(argc, argv, entering, ret, &err);
	if (at < 0)
		return at;
	ret->argv = vt_spawn_command(argc - at, argv + at, ret, arena);
	vt_spawn_complete(ret);
	return at;
}

Test(spawn, lines)
{
	static const struct {
		bool entering;
		const char *words[MOST_WORDS], *line, *lacks;
	} cases[] = {
		{ false,
		  { "--pid", "--mount-proc" },
		  "unshare --mount --pid --fork --mount-proc -- /bin/bash",
		  "" },
		{ false, { "-r", "id", "-u" }, "unshare --map-root-user -- id -u", "" },
		{ false,
		  { "--map-root-user", "--map-auto", "id" },
		  "unshare --map-root-user --map-auto -- id",
		  "" },
		{ false,
		  { "--map-users", "0:1000:1", "--map-groups=0:100", "--setgroups", "deny", "id" },
		  "unshare --user --map-users=1000,0,1 --map-groups=100,0,1 --setgroups deny -- id",
		  "" },
		{ false,
		  { "--map-users", "0:1000:1,1:100000:65536", "id" },
		  "unshare --user --map-users=1000,0,1 --map-users=100000,1,65536 -- id",
		  "several ranges before util-linux 2.40" },
		{ false,
		  { "--monotonic", "-5", "--boottime", "100", "true" },
		  "unshare --time --fork --monotonic -5 --boottime 100 -- true",
		  "" },
		{ false,
		  { "--kill-child", "--uts", "--propagation", "slave", "true" },
		  "unshare --mount --uts --fork --kill-child --propagation slave -- true",
		  "" },
		{ false,
		  { "-m", "-R", "/a b", "--wd", "/x", "true" },
		  "unshare --mount --root '/a b' --wd /x -- true",
		  "" },
		{ false, { "-m", "--root", "/r" }, "unshare --mount --root /r -- /bin/sh", "" },
		{ false,
		  { "-m", "--root", "/r", "--busybox" },
		  "unshare --mount --root /r -- busybox sh",
		  "the host's busybox" },
		{ false,
		  { "--net", "--uts", "--keep", "/run/x", "true" },
		  "unshare --net=/run/x/net --uts=/run/x/uts -- true",
		  "" },
		{ false,
		  { "--hostname", "h", "--cgroup", "/c", "--limit", "pids.max=5", "true" },
		  "unshare --uts -- sh -c 'hostname \"$0\" && exec \"$@\"' h true",
		  "the hostname, the cgroup and its limits" },
		{ false, { "--preset", "own IPC", "true" }, "unshare --ipc -- true", "" },
		{ true,
		  { "--net=/run/netns/a", "ip", "a" },
		  "nsenter --net=/run/netns/a -- ip a",
		  "" },
		{ true,
		  { "-m", "--root", "-S", "1000", "-G", "100", "--wd", "/", "id" },
		  "nsenter --mount --root --wdns / --setuid 1000 --setgid 100 -- id",
		  "" },
		{ true, { "-n", "--join-cgroup" }, "nsenter --net -- /bin/sh", "the cgroup" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_spawn s;

		cr_assert_geq(parse(cases[i].entering, cases[i].words, &s), 0, "case %zu: %s", i,
			      err.msg);
		cr_expect_str_eq(vt_spawn_line(arena, &s), cases[i].line, "case %zu: %s", i,
				 vt_spawn_line(arena, &s));
		cr_expect_str_eq(vt_spawn_lacks(arena, &s), cases[i].lacks, "case %zu: %s", i,
				 vt_spawn_lacks(arena, &s));
	}
}

Test(spawn, options_that_are_none)
{
	static const struct {
		bool entering;
		const char *words[MOST_WORDS], *says;
	} cases[] = {
		{ false, { "--net=/run/netns/a" }, "takes no value" },
		{ false, { "--join-cgroup" }, "not an option of unshare" },
		{ true, { "--keep", "x" }, "not an option of enter" },
		{ true, { "--fork" }, "not an option of enter" },
		{ false, { "--keep" }, "needs a value" },
		{ false, { "-wx" }, "needs a value after it" },
		{ false, { "--preset", "nothing" }, "not a preset; there are: pid1 hostname" },
		{ false,
		  { "--limit", "1", "--limit", "2", "--limit", "3", "--limit", "4", "--limit", "5",
		    "--limit", "6", "--limit", "7", "--limit", "8", "--limit", "9" },
		  "at most 8 limits" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_spawn s;

		cr_expect_eq(parse(cases[i].entering, cases[i].words, &s), -EINVAL, "case %zu", i);
		cr_expect(strstr(err.msg, cases[i].says), "case %zu: %s", i, err.msg);
	}
}

/* A word of a preset beside other options adds to them and takes nothing away. */
Test(spawn, preset_with_more)
{
	static const char *const words[] = { "--hostname", "mine",     "--preset", "container",
					     "--time",     "--preset", "ipc",      NULL };
	struct vt_spawn s;

	cr_assert_geq(parse(false, words, &s), 0, "%s", err.msg);
	cr_expect_str_eq(s.hostname, "mine");
	cr_expect(s.map_root && s.mount_proc && s.fork);
	cr_expect_eq(s.ns_flags, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS |
					 CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWCGROUP |
					 vt_ns_clone_flags[VT_NS_TIME]);
	cr_expect_null(vt_spawn_preset_find("no such thing"));
}

Test(spawn, maps)
{
	static const struct {
		const char *typed, *lines;
		bool zero;
	} cases[] = {
		{ "0:1000:1", "0 1000 1\n", true },
		{ " 0:1000 , 1:100000:65536 ", "0 1000 1\n1 100000 65536\n", true },
		{ "5:5:10", "5 5 10\n", false },
		{ "0:0:4294967295", "0 0 4294967295\n", true },
		{ "", NULL, false },
		{ "0", NULL, false },
		{ "0:", NULL, false },
		{ ":1:1", NULL, false },
		{ "0:1:0", NULL, false },
		{ "0:1:2:3", NULL, false },
		{ "-1:1:1", NULL, false },
		{ "0:1:4294967295", NULL, false },
		{ "0:99999999999999999999:1", NULL, false },
		{ "0 1000 1", NULL, false },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const char *lines = NULL;
		bool zero = false;
		int r = vt_map_lines(arena, cases[i].typed, &lines, &zero, &err);

		cr_expect_eq(r, cases[i].lines ? 0 : -EINVAL, "'%s': %d", cases[i].typed, r);
		if (r < 0)
			continue;
		cr_expect_str_eq(lines, cases[i].lines);
		cr_expect_eq(zero, cases[i].zero);
	}
}

Test(spawn, subordinate_ids)
{
	static const char text[] = "# comment\nann:100000:65536\nbob:broken\n1002:300000:10\n"
				   "bob:200000:20\nanna:1:1";
	static const struct {
		const char *name;
		unsigned uid, start, count;
	} cases[] = {
		{ "ann", 1000, 100000, 65536 },
		{ "bob", 1001, 200000, 20 },
		{ "carl", 1002, 300000, 10 },
		{ NULL, 1002, 300000, 10 },
		{ "anna", 7, 1, 1 },
		{ "dora", 9, 0, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		unsigned start = 0, count = 0;

		cr_expect_eq(vt_subid_find(text, cases[i].name, cases[i].uid, &start, &count),
			     cases[i].count > 0, "case %zu", i);
		cr_expect_eq(start, cases[i].start, "case %zu", i);
		cr_expect_eq(count, cases[i].count, "case %zu", i);
	}
}

static void put(const char *root, const char *path, const char *text)
{
	vt_autofree char *whole = vt_asprintf("%s/%s", root, path);
	vt_autofclose FILE *f = NULL;

	for (char *p = strchr(whole + strlen(root) + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		(void)mkdir(whole, 0755);
		*p = '/';
	}
	f = fopen(whole, "w");
	cr_assert_not_null(f, "%s", whole);
	(void)fputs(text, f);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_tree(const char *root)
{
	(void)nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Each setting that forbids user namespaces is named with its place. */
Test(spawn, who_forbids_user_namespaces)
{
	char root[] = "/tmp/virttop-spawn-XXXXXX", text[512];
	struct vt_host host = { .root = -1, .sys = -1 };

	cr_assert_not_null(mkdtemp(root));
	put(root, "sys/kernel/apparmor_restrict_unprivileged_userns", "0\n");
	put(root, "sys/kernel/unprivileged_userns_clone", "1\n");
	put(root, "sys/user/max_user_namespaces", "10\n");
	host.proc = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	vt_userns_hint(&host, text, sizeof(text));
	cr_expect_str_empty(text);
	put(root, "sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
	vt_userns_hint(&host, text, sizeof(text));
	cr_expect_eq(
		strstr(text, "kernel.apparmor_restrict_unprivileged_userns is 1 in /proc/sys/"),
		text, "%s", text);
	put(root, "sys/user/max_user_namespaces", "0\n");
	put(root, "sys/kernel/unprivileged_userns_clone", "0\n");
	vt_userns_hint(&host, text, sizeof(text));
	cr_expect(strstr(text, "user.max_user_namespaces is 0 in /proc/sys/user/"), "%s", text);
	cr_expect(strstr(text, "; kernel.unprivileged_userns_clone is 0"), "%s", text);
	vt_userns_hint(&host, text, 20);
	cr_expect_eq(strlen(text), 19);
	(void)close(host.proc);
	remove_tree(root);
}

/* Ubuntu: unshare works, and only writing uid_map is refused. */
Test(spawn, both_steps_are_explained)
{
	struct vt_host host = { .root = -1, .sys = -1 };
	char root[] = "/tmp/virttop-spawn-XXXXXX";
	const char *argv[] = { "id", NULL };
	struct vt_spawn s = { .ns_flags = CLONE_NEWUSER, .map_root = true, .argv = argv };
	static const struct {
		struct vt_report report;
		const char *says;
	} cases[] = {
		{ { VT_STAGE_UNSHARE, EPERM, VT_NS_USER }, "cannot unshare the user namespace: " },
		{ { VT_STAGE_MAP, EPERM, 0 }, "nobody can be mapped into it: " },
		{ { VT_STAGE_UNSHARE, EPERM, VT_NS_NET }, "in the user namespace: " },
	};

	cr_assert_not_null(mkdtemp(root));
	put(root, "restrict", "");
	host.proc = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < VT_LEN(cases); i++) {
		cr_expect_eq(vt_spawn_explain(&host, &s, &cases[i].report, &err), -EPERM);
		cr_expect(strstr(err.msg, cases[i].says), "case %zu: %s", i, err.msg);
		cr_expect(strstr(err.msg, "no sysctl says so"), "case %zu: %s", i, err.msg);
	}
	(void)close(host.proc);
	remove_tree(root);
}

Test(spawn, a_root_has_what_is_in_it)
{
	char root[] = "/tmp/virttop-spawn-XXXXXX";
	vt_autofree char *link = NULL;
	vt_autoclose int fd = -1;

	cr_assert_not_null(mkdtemp(root));
	put(root, "bin/there", "");
	link = vt_asprintf("%s/bin/sh", root);
	cr_assert_eq(symlink("/bin/there", link), 0);
	fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cr_expect(vt_root_has(fd, "/bin/there"));
	cr_expect(vt_root_has(fd, "/bin/sh"), "links are followed inside");
	cr_expect_not(vt_root_has(fd, "/bin/ls"));
	cr_expect_not(vt_root_has(fd, "/../../bin/ls"), "no way leads out");
	remove_tree(root);
}

/* From now on the call ends so in this process and its children. */
static void answer(unsigned call, unsigned with)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, with),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { VT_LEN(filter), filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		cr_skip_test("no filter of system calls can be set here");
}

/* Where clone3 is not there, the process moves itself, and may be refused. */
Test(spawn, a_cgroup_that_it_cannot_move_itself_into)
{
	static const char *const argv[] = { "true", NULL };
	struct vt_spawn s = { .argv = argv, .cgroup = "/shop" };
	const struct vt_host host = { .proc = -1 };
	struct vt_spawned spawned = { 0 };
	vt_autoclose int no_cgroup = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	answer(SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
	for (int background = 0; background < 2; background++) {
		s.background = background;
		cr_expect_eq(vt_spawn_run(&host, &s, no_cgroup, -1, &spawned, &err), -ENOENT);
		cr_expect(strstr(err.msg, "cannot start in the cgroup /shop: "), "%s", err.msg);
	}
}

Test(spawn, ended_before_it_could_begin)
{
	static const char *const argv[] = { "true", NULL };
	const struct vt_spawn s = { .argv = argv, .background = true };
	const struct vt_host host = { .proc = -1 };
	struct vt_spawned spawned = { 0 };

	answer(SYS_setsid, SECCOMP_RET_KILL_PROCESS);
	cr_expect_eq(vt_spawn_run(&host, &s, -1, -1, &spawned, &err), -ECHILD);
	cr_expect(strstr(err.msg, "true was ended before it could begin"), "%s", err.msg);
}
