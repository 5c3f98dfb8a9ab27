/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps as they are applied, rolled back and undone: cgroups on a tree of plain
 * files, signals and commands on children of the test.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "acting.h"

static struct vt_host here;

static void set_up(void)
{
	(void)acting_begin();
	put_cgroup("/shop");
	put_cgroup("/to");
	acting_seal();
}

TestSuite(apply, .init = set_up, .fini = acting_end);

static bool exists(const char *path)
{
	return faccessat(tree_host.root, path, F_OK, 0) == 0;
}

static void make_directory(const char *path)
{
	cr_assert_eq(mkdirat(tree_host.root, path, 0755), 0, "%s", path);
}

/* A child that waits, which the tree shows as in /shop. */
static pid_t start(void)
{
	pid_t child = fork();

	cr_assert_geq(child, 0);
	while (child == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() != 1)
		(void)pause();
	if (child == 0)
		_exit(1);
	put_process((unsigned)child, "waiter", 'S', 0, 700, "/shop");
	return child;
}

/* The signal that ended it. */
static int end(pid_t child)
{
	int status = 0;

	cr_assert_eq(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static char *number(pid_t pid)
{
	static char text[2][16];
	static int turn;

	turn = !turn;
	(void)snprintf(text[turn], sizeof(text[turn]), "%d", (int)pid);
	return text[turn];
}

Test(apply, a_cgroup_is_made_and_undone)
{
	struct vt_result result;
	struct vt_plan *late = plan_of("create", "/shop/new", NULL);

	cr_assert_not_null(late, "%s", err.msg);
	cr_assert_eq(apply(plan_of("create", "/shop/new", NULL), &result), 0, "%s", err.msg);
	cr_expect(exists("cg/shop/new"));
	cr_expect_eq(apply(late, &result), -ESTALE);
	cr_expect(strstr(err.msg, "it is there already"), "%s", err.msg);
	cr_expect(exists("cg/shop/new"), "another's is not rolled back");
	cr_assert_eq(apply(undo(), &result), 0, "%s", err.msg);
	cr_expect_not(exists("cg/shop/new"));
}

/* The new directory of a tree has no files, so the limit fails. */
Test(apply, what_fails_takes_the_new_cgroup_back)
{
	struct vt_result result;

	tree_put("cg/shop/cgroup.subtree_control", "pids\n");
	cr_expect_lt(apply(plan_of("create", "/shop/new", "pids.max=5", NULL), &result), 0);
	cr_expect(strstr(err.msg, "; the step before it was rolled back"), "%s", err.msg);
	cr_expect_not(exists("cg/shop/new"));
	expect_refused(undo(), ENOENT, "nothing to undo");
}

Test(apply, a_cgroup_that_is_in_use_is_not_removed)
{
	struct vt_result result;
	struct vt_plan *plan, *late;

	make_directory("cg/shop/old");
	plan = plan_of("remove", "/shop/old", NULL);
	tree_put("cg/shop/old/cgroup.procs", "7\n8\n");
	cr_expect_eq(apply(plan, &result), -EBUSY);
	cr_expect(strstr(err.msg, "it has 2 processes now"), "%s", err.msg);
	(void)unlinkat(tree_host.root, "cg/shop/old/cgroup.procs", 0);
	plan = plan_of("remove", "/shop/old", NULL);
	late = plan_of("remove", "/shop/old", NULL);
	cr_assert_eq(apply(plan, &result), 0, "%s", err.msg);
	cr_expect_not(exists("cg/shop/old"));
	cr_expect_eq(apply(late, &result), -ESTALE);
	cr_assert_eq(apply(undo(), &result), 0, "%s", err.msg);
	cr_expect(exists("cg/shop/old"));
}

Test(apply, a_process_is_moved_and_brought_back)
{
	struct vt_result result;
	pid_t child = start();
	vt_autofree char *file = vt_asprintf("proc/%d/cgroup", (int)child);
	struct vt_plan *late = plan_of("move", number(child), "/to", NULL);

	cr_assert_eq(apply(plan_of("move", number(child), "/to", NULL), &result), 0, "%s", err.msg);
	cr_expect_eq(strtol(tree_get("cg/to/cgroup.procs"), NULL, 10), child);
	tree_put(file, "0::/to\n");
	cr_expect_eq(apply(late, &result), -ESTALE);
	cr_expect(strstr(err.msg, "is now in /to, the preview said /shop"), "%s", err.msg);
	cr_assert_eq(apply(undo(), &result), 0, "%s", err.msg);
	cr_expect_eq(strtol(tree_get("cg/shop/cgroup.procs"), NULL, 10), child);
	(void)kill(child, SIGKILL);
	(void)end(child);
}

Test(apply, a_move_of_what_has_ended)
{
	struct vt_result result;
	pid_t child = start();
	struct vt_plan *plan = plan_of("move", number(child), "/to", NULL), *all;

	tree_put("cg/shop/cgroup.procs", number(child));
	all = plan_of("move", "/shop", "/to", NULL);
	(void)kill(child, SIGKILL);
	(void)end(child);
	cr_expect_lt(apply(plan, &result), 0, "the process that was meant is gone");
	put_process((unsigned)child, "other", 'S', 0, 900, "/shop");
	cr_expect_eq(apply(all, &result), 0, "of a whole cgroup some may end: %s", err.msg);
	cr_expect_str_empty(tree_get("cg/to/cgroup.procs"));
}

Test(apply, a_move_of_all_but_what_has_left)
{
	struct vt_plan *plan;

	tree_put("cg/shop/cgroup.procs", "50\n51\n52\n");
	put_process(50, "stays", 'S', 0, 1, "/shop");
	put_process(51, "left", 'S', 0, 1, "/elsewhere");
	put_process(52, "threads", 'S', 0, 1, "/shop/below");
	plan = plan_of("move", "/shop", "/to", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_eq(plan->n_steps, 1);
	cr_expect_eq(plan->steps[0].target.a, 50);
	vt_plan_free(plan);
	tree_put("cg/shop/cgroup.type", "domain threaded\n");
	plan = plan_of("move", "/shop", "/to", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_eq(plan->n_steps, 2);
	vt_plan_free(plan);
}

Test(apply, a_signal_to_one)
{
	struct vt_result result;
	pid_t child = start();
	struct vt_plan *late = plan_of("kill", "-USR1", number(child), NULL);

	put_process((unsigned)child, "another", 'S', 0, 701, "/shop");
	cr_expect_eq(apply(late, &result), -ESTALE);
	put_process((unsigned)child, "waiter", 'S', 0, 700, "/shop");
	cr_assert_eq(apply(plan_of("kill", "-SIGUSR1", number(child), NULL), &result), 0, "%s",
		     err.msg);
	cr_expect_eq(end(child), SIGUSR1);
	expect_refused(undo(), ENOENT, "nothing to undo");
}

Test(apply, a_signal_to_several_of_which_some_have_ended)
{
	struct vt_result result;
	pid_t one = start(), ended = start(), reused = start(), last = start();
	struct vt_plan *plan;
	char a[16], b[16], c[16], d[16];

	(void)snprintf(a, sizeof(a), "%d", (int)one);
	(void)snprintf(b, sizeof(b), "%d", (int)ended);
	(void)snprintf(c, sizeof(c), "%d", (int)reused);
	(void)snprintf(d, sizeof(d), "%d", (int)last);
	plan = plan_of("kill", "-USR1", a, b, c, d, NULL);
	(void)kill(ended, SIGKILL);
	(void)end(ended);
	put_process((unsigned)reused, "another", 'S', 0, 701, "/shop");
	cr_assert_eq(apply(plan, &result), 0, "%s", err.msg);
	cr_expect_eq(end(one), SIGUSR1);
	cr_expect_eq(end(last), SIGUSR1);
	cr_expect_eq(waitpid(reused, NULL, WNOHANG), 0, "another process is never hit");
	(void)kill(reused, SIGKILL);
	(void)end(reused);
}

Test(apply, a_signal_to_all_below)
{
	struct vt_result result;
	pid_t one = start(), two = start(), elsewhere = start();
	vt_autofree char *deep = vt_asprintf("%d\n999999999\n0\n", (int)two);
	vt_autofree char *file = vt_asprintf("proc/%d/cgroup", (int)two);
	vt_autofree char *top = vt_asprintf("%d\n%d\n", (int)one, (int)elsewhere);
	vt_autofree char *out = vt_asprintf("proc/%d/cgroup", (int)elsewhere);

	put_cgroup("/shop/deep");
	tree_put("cg/shop/cgroup.procs", top);
	tree_put("cg/shop/deep/cgroup.procs", deep);
	tree_put(file, "0::/shop/deep\n");
	tree_put(out, "0::/shopping\n"); /* it left meanwhile */
	cr_assert_eq(apply(plan_of("kill", "-HUP", "/shop", NULL), &result), 0, "%s", err.msg);
	cr_expect_eq(end(one), SIGHUP);
	cr_expect_eq(end(two), SIGHUP);
	cr_expect_eq(waitpid(elsewhere, NULL, WNOHANG), 0, "not of the cgroup any more");
	(void)kill(elsewhere, SIGKILL);
	(void)end(elsewhere);
}

Test(apply, the_kill_after_a_signal_only_where_one_is_left)
{
	struct vt_result result;

	tree_put("cg/shop/cgroup.kill", "");
	tree_put("cg/shop/cgroup.events", "populated 0\nfrozen 0\n");
	cr_assert_eq(apply(plan_of("kill", "--then-kill", "/shop", NULL), &result), 0, "%s",
		     err.msg);
	cr_expect_str_empty(tree_get("cg/shop/cgroup.kill"), "all had ended");
	tree_put("cg/shop/cgroup.events", "populated 1\nfrozen 0\n");
	cr_assert_eq(apply(plan_of("kill", "/shop", NULL), &result), 0, "%s", err.msg);
	cr_expect_str_eq(tree_get("cg/shop/cgroup.kill"), "1");
}

Test(apply, who_takes_no_signal)
{
	put_process(50, "kthread", 'S', 0x200000, 1, "/shop");
	put_process(51, "dead", 'Z', 0, 1, "/shop");
	expect_refused(plan_of("kill", "50", NULL), EPERM, "it takes no signals");
	expect_refused(plan_of("kill", "51", NULL), ESRCH, "waits for its parent 1");
	expect_refused(plan_of("kill", "-0", "51", NULL), EINVAL, "not a signal");
	expect_refused(plan_of("kill", NULL), EINVAL, "needs processes or a cgroup");
	expect_refused(plan_of("kill", "/shop", "51", NULL), EINVAL, "no processes beside it");
}

Test(apply, thawed_below_a_frozen_one)
{
	struct vt_result result;
	struct vt_plan *plan;

	put_cgroup("/shop/deep");
	tree_put("cg/shop/cgroup.freeze", "1\n");
	tree_put("cg/shop/deep/cgroup.freeze", "1\n");
	plan = plan_of("thaw", "/shop/deep", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->title, "Thaw /shop/deep");
	expect_effect(plan, "it stays frozen as long as /shop is");
	cr_assert_eq(apply(plan, &result), 0, "%s", err.msg);
	cr_expect_str_eq(tree_get("cg/shop/deep/cgroup.freeze"), "0");
	expect_refused(plan_of("freeze", "/", NULL), EBUSY, "cannot be frozen");
	expect_refused(plan_of("freeze", "/shop", "/to", NULL), EINVAL, "needs one cgroup");
	(void)unlinkat(tree_host.root, "cg/to/cgroup.freeze", 0);
	expect_refused(plan_of("freeze", "/to", NULL), ENOENT, "has no cgroup.freeze");
}

/* Commands run on the host that the test runs on, as root or as root of a user namespace. */

static void act_here(void)
{
	if (geteuid() != 0)
		acting_skip("needs root, to make namespaces on any host");
	cr_assert_eq(vt_host_open(&here, "/", &err), 0, "%s", err.msg);
	acting.host = &here;
}

static void act_in_own_mounts(void)
{
	act_here();
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		acting_skip("no mounts can be made here");
}

static void act_there(void)
{
	vt_host_close(&here);
}

static struct vt_plan *run_command(const char *script)
{
	return plan_of("unshare", "--uts", "--", "sh", "-c", script, NULL);
}

Test(apply, a_command_ends)
{
	struct vt_result result;

	act_here();
	cr_assert_eq(apply(run_command("exit 3"), &result), 0, "%s", err.msg);
	cr_expect_str_eq(result.text, "sh ended with status 3");
	cr_expect_eq(WEXITSTATUS(result.exit_status), 3);
	cr_assert_eq(apply(run_command("kill -TERM $$"), &result), 0, "%s", err.msg);
	cr_expect_str_eq(result.text, "sh was ended by Terminated");
	cr_expect_eq(apply(plan_of("unshare", "--uts", "--", "/virttop-unit/none", NULL), &result),
		     -ENOENT);
	cr_expect(strstr(err.msg, "cannot run /virttop-unit/none: "), "%s", err.msg);
	act_there();
}

Test(apply, a_command_in_the_background)
{
	struct vt_result result;
	pid_t pid;

	act_here();
	cr_assert_eq(apply(plan_of("unshare", "--uts", "--background", "--", "sleep", "100", NULL),
			   &result),
		     0, "%s", err.msg);
	pid = result.pid;
	cr_assert_gt(pid, 1);
	cr_expect(strstr(result.text, "sleep runs in the background as process "), "%s",
		  result.text);
	cr_expect_eq(kill(pid, 0), 0);
	cr_expect_eq(apply(undo(), &result), 0, "%s", err.msg);
	for (int i = 0; i < 200 && kill(pid, 0) == 0; i++)
		(void)usleep(10000);
	(void)kill(pid, SIGKILL);
	expect_refused(undo(), ENOENT, "nothing to undo");
	act_there();
}

Test(apply, kept_namespaces_are_let_go)
{
	vt_autofree char *at = vt_asprintf("%s/kept", tree_root);
	vt_autofree char *file = vt_asprintf("%s/uts", at);
	struct vt_result result;
	struct vt_plan *late;

	act_in_own_mounts();
	cr_assert_eq(apply(plan_of("unshare", "--uts", "--keep", at, "--", "true", NULL), &result),
		     0, "%s", err.msg);
	cr_assert_eq(apply(undo(), &result), 0, "%s", err.msg);
	cr_expect_eq(access(at, F_OK), -1);
	cr_assert_eq(apply(plan_of("unshare", "--uts", "--keep", at, "--", "true", NULL), &result),
		     0, "%s", err.msg);
	cr_expect_eq(access(file, F_OK), 0);
	expect_refused(plan_of("unshare", "--uts", "--keep", at, NULL), EEXIST, "is there already");
	late = undo();
	cr_assert_not_null(late, "%s", err.msg);
	cr_expect_eq(late->steps[0].op, VT_OP_RELEASE);
	cr_assert_eq(umount2(file, MNT_DETACH), 0);
	cr_assert_eq(mount("/proc/self/ns/uts", file, NULL, MS_BIND, NULL), 0);
	cr_expect_eq(apply(late, &result), -ESTALE);
	cr_expect(strstr(err.msg, "is another namespace now: nothing was let go"), "%s", err.msg);
	(void)umount2(file, MNT_DETACH);
	(void)umount2(at, MNT_DETACH);
	act_there();
}

Test(apply, what_was_kept_for_a_command_that_cannot_run)
{
	vt_autofree char *at = vt_asprintf("%s/kept", tree_root);
	struct vt_result result;
	struct vt_plan *late;

	act_in_own_mounts();
	cr_expect_eq(
		apply(plan_of("unshare", "--uts", "--keep", at, "--", "/virttop-unit/none", NULL),
		      &result),
		-ENOENT);
	cr_expect(strstr(err.msg, "cannot run /virttop-unit/none: "), "%s", err.msg);
	cr_expect_eq(access(at, F_OK), -1, "nothing is left");
	cr_expect_eq(apply(plan_of("unshare", "--pid", "--fork", "--keep", at, "--background", "--",
				   "/virttop-unit/none", NULL),
			   &result),
		     -ENOENT);
	cr_expect_eq(access(at, F_OK), -1, "nor by a child");
	late = plan_of("unshare", "--uts", "--keep", at, "--", "/virttop-unit/none", NULL);
	cr_assert_eq(mkdir(at, 0755), 0);
	cr_expect_eq(apply(late, &result), -EEXIST);
	cr_expect_eq(access(at, F_OK), 0, "that is another's");
	act_there();
}

static int release(const char *path, const char *was)
{
	struct vt_plan *plan = vt_plan_new("Release");
	struct vt_step *step = vt_plan_add(plan, VT_OP_RELEASE);
	struct vt_result result;

	step->path = vt_arena_intern(plan->arena, path);
	step->was = vt_arena_intern(plan->arena, was);
	return apply(plan, &result);
}

/* What only looks like it, and what the step does not name, stays. */
Test(apply, only_namespaces_are_let_go)
{
	vt_autofree char *at = vt_asprintf("%s/kept", tree_root), *named = NULL;
	vt_autofree char *uts = vt_asprintf("%s/uts", at), *net = vt_asprintf("%s/net", at);
	struct vt_result result;
	struct stat st;

	act_in_own_mounts();
	cr_assert_eq(mkdir(at, 0755), 0);
	cr_assert_eq(mount("none", at, "tmpfs", 0, NULL), 0);
	cr_expect_eq(release(at, ""), -ESTALE);
	cr_expect_eq(release(at, "uts:1"), -ESTALE);
	cr_assert_eq(close(open(uts, O_CREAT | O_WRONLY, 0600)), 0);
	cr_assert_eq(stat(uts, &st), 0);
	named = vt_asprintf("uts:%llu", (unsigned long long)st.st_ino);
	cr_expect_eq(release(at, named), -ESTALE, "a file is no namespace");
	cr_expect_eq(access(uts, F_OK), 0, "the mount is there");
	cr_assert_eq(umount(at), 0);
	cr_assert_eq(rmdir(at), 0);
	cr_assert_eq(apply(plan_of("unshare", "--uts", "--keep", at, "--", "true", NULL), &result),
		     0, "%s", err.msg);
	cr_assert_eq(close(open(net, O_CREAT | O_WRONLY, 0600)), 0);
	cr_expect_eq(apply(undo(), &result), -EBUSY);
	cr_expect_eq(access(net, F_OK), 0, "another's file");
	act_there();
}

Test(apply, nothing_is_applied_to_a_recorded_tree)
{
	struct vt_result result;
	struct vt_plan *plan = plan_of("create", "/shop/new", NULL);

	tree_host.is_self = false;
	cr_expect_eq(apply(plan, &result), -EROFS);
	cr_expect_not(exists("cg/shop/new"));
}
