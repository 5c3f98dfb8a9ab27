/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of what virttop made: who made it, whether it is still that, whether it stays. */
#include <criterion/criterion.h>
#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../src/action_cgroup.h"
#include "../../src/builder.h"
#include "../../src/made.h"

static char state[] = "/tmp/virttop-made-XXXXXX";
static struct vt_host host;
static struct vt_builder *builder;
static struct vt_action_env env;
static struct vt_plan *plan;
static pid_t child;
static uint64_t child_start;

static uint64_t start_of(pid_t pid)
{
	struct vt_process_now now;

	cr_assert_eq(vt_process_look(&host, (uint64_t)pid, &now, NULL), 0);
	return now.start_ticks;
}

static void begin(void)
{
	const struct vt_clock clock = { 0 };
	vt_autofree char *dir = NULL;

	(void)umask(022); /* what others can write is not believed */
	cr_assert_not_null(mkdtemp(state));
	(void)setenv("XDG_STATE_HOME", state, 1);
	dir = vt_asprintf("%s/virttop", state);
	cr_assert_eq(mkdir(dir, 0700), 0);
	cr_assert_eq(vt_host_open(&host, "/", NULL), 0);
	builder = vt_builder_new();
	vt_builder_begin(builder);
	VT_SET(HOST, vt_builder_host(builder), boot_id, "this-boot");
	env = (struct vt_action_env){ &host, vt_builder_seal(builder, NULL, &clock), false };
	plan = vt_plan_new("Unshare uts namespace");
	vt_plan_add(plan, VT_OP_SPAWN);
	child = fork();
	if (child == 0) {
		(void)pause();
		_exit(0);
	}
	child_start = start_of(child);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void end(void)
{
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	vt_plan_free(plan);
	vt_snapshot_free((struct vt_snapshot *)(uintptr_t)env.snapshot);
	vt_builder_free(builder);
	vt_host_close(&host);
	(void)nftw(state, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(made, .init = begin, .fini = end);

static size_t count(enum vt_made_whose whose)
{
	struct vt_made_list list;
	size_t n;

	cr_expect_eq(vt_made_read(&env, whose, &list, NULL), 0);
	n = list.n;
	vt_made_list_finish(&list);
	return n;
}

static void note(uint64_t start_ticks)
{
	struct vt_outcome o = { .pid = (uint64_t)child, .start_ticks = start_ticks };

	vt_made_note(&env, plan, 0, &o);
}

Test(made, nothing)
{
	cr_expect_eq(count(VT_MADE_ALL), 0);
	vt_made_leave(&env);
	cr_expect_eq(count(VT_MADE_ALL), 0);
}

/* That it is not there is nothing to tell; that it cannot be opened is. */
Test(made, what_cannot_be_opened)
{
	vt_autofree char *path = vt_asprintf("%s/virttop/made", state);
	struct vt_error err = { 0 };
	struct vt_made_list list;

	cr_expect_eq(vt_made_read(&env, VT_MADE_ALL, &list, &err), 0);
	cr_expect_eq(err.code, 0, "%s", err.msg);
	vt_made_list_finish(&list);
	note(child_start);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(symlink("elsewhere", path), 0);
	cr_expect_eq(vt_made_read(&env, VT_MADE_ALL, &list, &err), -ELOOP);
	cr_expect(strstr(err.msg, "cannot open") && strstr(err.msg, path), "%s", err.msg);
	vt_made_list_finish(&list);
}

Test(made, mine_until_it_is_left)
{
	note(child_start);
	cr_expect_eq(count(VT_MADE_ALL), 1);
	cr_expect_eq(count(VT_MADE_MINE), 1);
	cr_expect_eq(count(VT_MADE_ORPHANED), 0, "this process lives");
	vt_made_leave(&env);
	cr_expect_eq(count(VT_MADE_MINE), 0);
	cr_expect_eq(count(VT_MADE_ALL), 1);
	note(child_start);
	cr_expect_eq(count(VT_MADE_MINE), 1, "what is made later is asked about again");
}

/* The same pid with another start time is another process. */
Test(made, another_is_not_ours)
{
	note(child_start + 1);
	cr_expect_eq(count(VT_MADE_ALL), 0);
}

Test(made, what_has_ended_is_gone)
{
	note(child_start);
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	cr_expect_eq(count(VT_MADE_ALL), 0);
}

/* Of a virttop that died: offered, until the person says that it stays. */
Test(made, orphans)
{
	struct vt_made_list list;
	pid_t other = fork();

	if (other == 0) {
		note(child_start);
		_exit(0);
	}
	(void)waitpid(other, NULL, 0);
	cr_expect_eq(count(VT_MADE_MINE), 0);
	cr_expect_eq(count(VT_MADE_ORPHANED), 1);
	cr_assert_eq(vt_made_read(&env, VT_MADE_ORPHANED, &list, NULL), 0);
	cr_expect(strstr(list.made[0].what, "process "), "%s", list.made[0].what);
	vt_made_adopt(&env, &list);
	vt_made_list_finish(&list);
	cr_expect_eq(count(VT_MADE_ORPHANED), 0);
	cr_expect_eq(count(VT_MADE_ALL), 1);
}

/* A virttop in a container may have the same HOME: what it made is not ours to judge. */
Test(made, of_another_pid_namespace)
{
	vt_autofree char *path = vt_asprintf("%s/virttop/made", state);
	vt_autofree char *ours = vt_asprintf("\"pid_ns\":%" PRIu64, vt_host_pid_ns(&host));
	vt_autofree char *text = NULL;
	FILE *file;
	char *at;

	note(child_start);
	cr_assert_gt(vt_host_read_all(host.root, path + 1, 4096, &text), 0);
	at = strstr(text, ours);
	cr_assert_not_null(at, "%s", text);
	at[strlen(ours) - 1] ^= 1;
	file = fopen(path, "w");
	cr_assert_not_null(file);
	(void)fputs(text, file);
	(void)fclose(file);
	cr_expect_eq(count(VT_MADE_ALL), 0, "its pid is another's here");
	cr_expect_eq(count(VT_MADE_ORPHANED), 0);
	file = fopen(path, "r");
	cr_assert_not_null(file);
	cr_expect_eq(fgetc(file), '{', "the list is kept for who can judge it");
	(void)fclose(file);
}

Test(made, the_plan_ends_it)
{
	struct vt_plan *removal = vt_plan_new("");
	struct vt_made_list list;

	note(child_start);
	cr_assert_eq(vt_made_read(&env, VT_MADE_ALL, &list, NULL), 0);
	vt_made_plan(&env, removal, list.made, list.n);
	cr_assert_eq(removal->n_steps, 1);
	cr_expect_eq(removal->steps[0].op, VT_OP_SIGNAL);
	cr_expect_eq(removal->steps[0].target.a, (uint64_t)child);
	cr_expect_eq(removal->steps[0].target.b, child_start);
	vt_made_list_finish(&list);
	vt_plan_free(removal);
}

/* What another wrote could name any process, cgroup or mount as made by us. */
Test(made, a_list_of_another_is_not_believed)
{
	vt_autofree char *path = vt_asprintf("%s/virttop/made", state);
	struct vt_error err = { 0 };
	struct vt_made_list list;
	struct stat st;
	off_t size;

	note(child_start);
	cr_assert_eq(chmod(path, 0622), 0);
	cr_expect_eq(vt_made_read(&env, VT_MADE_ALL, &list, &err), -EPERM);
	cr_expect_eq(list.n, 0);
	vt_made_list_finish(&list);
	cr_expect(strstr(err.msg, "can be written by others"), "%s", err.msg);
	cr_assert_eq(chmod(path, 0600), 0);
	cr_expect_eq(count(VT_MADE_ALL), 1);
	if (chown(path, geteuid() + 1, (gid_t)-1) < 0)
		return; /* the rest needs root */
	cr_expect_eq(vt_made_read(&env, VT_MADE_ALL, &list, &err), -EPERM);
	cr_expect_eq(list.n, 0);
	vt_made_list_finish(&list);
	cr_expect(strstr(err.msg, path) && strstr(err.msg, "XDG_STATE_HOME"), "%s", err.msg);
	cr_assert_eq(stat(path, &st), 0);
	size = st.st_size;
	note(child_start);
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_size, size, "nor is it added to");
}

/* Lines that are torn, of another boot or make no sense. */
Test(made, hostile_lines)
{
	static const char *const lines[] = {
		"{",
		"[]",
		"null",
		"{\"boot_id\":\"this-boot\"}",
		"{\"boot_id\":\"this-boot\",\"op\":\"mkdir\",\"title\":\"x\"}",
		"{\"boot_id\":\"this-boot\",\"op\":\"mkdir\",\"title\":\"x\",\"path\":\"a\",\"id\":"
		"1}",
		"{\"boot_id\":\"this-boot\",\"op\":\"write\",\"title\":\"x\",\"path\":\"/"
		"\",\"pid\":1}",
		"{\"boot_id\":\"this-boot\",\"op\":\"spawn\",\"title\":\"x\",\"pid\":-1}",
		"{\"boot_id\":\"this-boot\",\"op\":\"spawn\",\"title\":\"x\",\"was\":\"/"
		"tmp\",\"now\":\"a:1\"}",
		"{\"boot_id\":\"this-boot\",\"op\":\"spawn\",\"title\":\"x\",\"was\":\"/"
		"\",\"now\":\"tmp\"}",
		"{\"boot_id\":\"other\",\"op\":\"spawn\",\"title\":\"x\",\"pid\":1,\"start_ticks\":"
		"1}",
		"{\"boot_id\":\"this-boot\",\"op\":\"spa",
		"{\"boot_id\":\"this-boot\",\"op\":\"netns-add\",\"title\":\"x\",\"path\":\"/..\","
		"\"id\":1}",
		"{\"boot_id\":\"this-boot\",\"op\":\"netns-add\",\"title\":\"x\",\"path\":"
		"\"/../../proc/self/ns/net\",\"id\":1}",
		"{\"boot_id\":\"this-boot\",\"op\":\"veth-add\",\"title\":\"x\",\"path\":\"/a\","
		"\"id\":1}",
		"{\"boot_id\":\"this-boot\",\"op\":\"mount\",\"title\":\"x\",\"path\":\"/"
		"\",\"id\":1}",
		"{\"boot_id\":\"this-boot\",\"op\":\"mount\",\"title\":\"x\",\"path\":\"debugfs\","
		"\"id\":1}",
		"{\"boot_id\":\"this-boot\",\"op\":\"mount\",\"title\":\"x\",\"path\":"
		"\"/sys/kernel/debug\",\"id\":1}",
	};
	vt_autofree char *path = vt_asprintf("%s/virttop/made", state);

	for (size_t i = 0; i < VT_LEN(lines); i++) {
		FILE *f = fopen(path, "w");

		cr_assert_not_null(f);
		(void)fputs(lines[i], f);
		(void)fclose(f);
		note(child_start);
		cr_expect_eq(count(VT_MADE_ALL), 1, "line %zu", i);
	}
}
