/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virttop do`: its exit statuses, and what it asks, says and leaves alone. */
#include <errno.h>
#include <fcntl.h>

#include "acting.h"

#include "../../src/action_explain.h"
#include "../../src/do.h"

enum {
	DONE,
	FAILED,
	USAGE,
	REFUSED
};

static char said[8192]; /* by the last run, on both streams */

static void set_up(void)
{
	(void)acting_begin();
	put_cgroup("/shop");
	acting_seal();
}

TestSuite(do_acts, .init = set_up, .fini = acting_end);

/* Words end with NULL. Nobody is at the terminal. */
static int run(const char *first, ...)
{
	vt_autofree char *path = vt_asprintf("%s/said", tree_root);
	int out = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int outs[2] = { dup(1), dup(2) }, argc = 0, status;
	char *argv[16];
	ssize_t n;
	va_list ap;

	va_start(ap, first);
	for (const char *w = first; w; w = va_arg(ap, const char *))
		argv[argc++] = (char *)(uintptr_t)w;
	va_end(ap);
	argv[argc] = NULL;
	(void)fflush(NULL);
	(void)dup2(out, 1);
	(void)dup2(out, 2);
	status = vt_do(&acting, argc, argv, false, false);
	(void)fflush(NULL);
	(void)dup2(outs[0], 1);
	(void)dup2(outs[1], 2);
	n = pread(out, said, sizeof(said) - 1, 0);
	said[n > 0 ? n : 0] = '\0';
	(void)close(out);
	(void)close(outs[0]);
	(void)close(outs[1]);
	return status;
}

static void expect_said(const char *what)
{
	cr_expect(strstr(said, what), "no '%s' in: %s", what, said);
}

Test(do_acts, done_and_undone)
{
	cr_expect_eq(run("limit", "/shop", "pids.max=9", "--yes", NULL), DONE);
	expect_said("Limit /shop\n\n1. set pids.max of /shop to 9 (now max)");
	expect_said("Limit /shop: done\n");
	cr_expect_str_eq(tree_get("cg/shop/pids.max"), "9");
	cr_expect_eq(run("thaw", "/shop", "--yes", NULL), DONE, "what is so needs no doing");
	expect_said("virttop: do thaw: nothing to do: ");
	cr_expect_eq(run("undo", "--dry-run", NULL), DONE);
	cr_expect_str_eq(tree_get("cg/shop/pids.max"), "9");
	cr_expect_eq(run("undo", "--yes", NULL), DONE);
	cr_expect_str_eq(tree_get("cg/shop/pids.max"), "max");
	cr_expect_eq(run("undo", "--yes", NULL), FAILED);
	expect_said("virttop: do undo: there is nothing to undo");
}

Test(do_acts, not_done)
{
	cr_expect_eq(run("limit", "/shop", "pids.max=9", "--dry-run", "--yes", NULL), DONE);
	cr_expect_str_eq(tree_get("cg/shop/pids.max"), "max\n");
	(void)setsid(); /* no terminal to ask at */
	cr_expect_eq(run("limit", "/shop", "pids.max=9", NULL), REFUSED);
	expect_said("not confirmed: nothing was done (--yes does not ask)");
	cr_expect_str_eq(tree_get("cg/shop/pids.max"), "max\n");
}

Test(do_acts, usage)
{
	cr_expect_eq(run(NULL, NULL), USAGE);
	expect_said("'' is not an action; actions are: ");
	cr_expect_eq(run("fr\033eeze", NULL), USAGE);
	expect_said(" exit-cost undo\n");
	cr_expect_null(strchr(said, '\033'));
	cr_expect_eq(run("limit", "/shop", NULL), USAGE);
	expect_said("usage: virttop do limit ");
	cr_expect_eq(run("limit", "/shop", "pids.max=some", NULL), USAGE);
	cr_expect_eq(run("undo", "a", "b", NULL), USAGE);
	cr_expect_eq(run("exit-cost", "--seconds", "0", NULL), USAGE);
	expect_said("usage: virttop do exit-cost [--seconds N]");
	cr_expect_eq(run("exit-cost", "often", NULL), USAGE);
}

Test(do_acts, refused_and_failed)
{
	put_process(1, "init", 'S', 0, 1, "/shop");
	cr_expect_eq(run("kill", "1", NULL), FAILED);
	expect_said("process 1 runs this host");
	cr_expect_eq(run("undo", "nosuchid", NULL), FAILED);
	acting.read_only = true;
	cr_expect_eq(run("limit", "/shop", "pids.max=9", "--yes", NULL), REFUSED);
	cr_expect_eq(run("undo", "--yes", NULL), REFUSED);
	cr_expect_eq(run("exit-cost", NULL), REFUSED);
	acting.read_only = false;
	tree_host.is_self = false;
	cr_expect_eq(run("exit-cost", NULL), REFUSED);
	expect_said("this is a recorded tree");
}

Test(do_acts, words_of_a_command_are_its_own)
{
	if (geteuid() != 0)
		acting_skip("needs root, for CAP_SYS_ADMIN");
	cr_expect_eq(run("unshare", "--uts", "--dry-run", "echo", "--yes", NULL), DONE);
	expect_said("run echo --yes in new uts namespace");
}

/* Without /dev/kvm the system call and the switch are still measured. */
Test(do_acts, exit_cost)
{
	cr_expect_eq(run("exit-cost", "--dry-run", NULL), DONE);
	expect_said("runs through /dev/kvm for about 1 s");
	cr_expect_eq(run("exit-cost", "--seconds=0.2", NULL), DONE);
	expect_said("syscall ");
	expect_said("not measured: ");
	cr_expect_eq(faccessat(tree_host.root, "virttop/exit-cost", F_OK, 0), 0, "it is kept");
}

/* The kernel's errno in terms of what a person can do. */
Test(do_acts, moves_and_directories_explained)
{
	static const struct {
		int code, is;
		const char *says;
	} moves[] = {
		{ EBUSY, EBUSY, "/shop passes on the controllers memory to its children" },
		{ EOPNOTSUPP, EOPNOTSUPP, "in a threaded subtree" },
		{ ESRCH, ESTALE, "cannot move process 7 to /shop: the process has ended" },
		{ EINVAL, EINVAL, "kernel threads and processes bound" },
		{ ENOENT, ENOENT, "outside of what this cgroup namespace" },
		{ EPERM, EPERM, "to the common ancestor of both" },
		{ EAGAIN, EAGAIN, "pids.max or an rt budget" },
		{ EIO, EIO, "cannot move process 7 to /shop: " },
	},
	  directories[] = {
		  { EEXIST, ESTALE, "cannot make /a: it is there already" },
		  { EBUSY, EBUSY, "has processes or cgroups below it" },
		  { EAGAIN, EAGAIN, "cgroup.max.depth" },
		  { EACCES, EACCES, "the parent cgroup is not yours" },
		  { EROFS, EPERM, "mounted read-only here" },
		  { ENOENT, ESTALE, "it or its parent is gone" },
		  { EIO, EIO, "cannot make /a: " },
	  };
	struct vt_cgroup_dir d = VT_NO_CGROUP;

	tree_put("cg/shop/cgroup.subtree_control", "memory\n");
	cr_assert_eq(vt_cgroup_hold(&acting, "/shop", 0, &d, &err), 0, "%s", err.msg);
	for (size_t i = 0; i < VT_LEN(moves); i++) {
		cr_expect_eq(vt_explain_move(&d, 7, moves[i].code, &err), -moves[i].is);
		cr_expect(strstr(err.msg, moves[i].says), "move %zu: %s", i, err.msg);
	}
	for (size_t i = 0; i < VT_LEN(directories); i++) {
		cr_expect_eq(vt_explain_dir("/a", "make", directories[i].code, &err),
			     -directories[i].is);
		cr_expect(strstr(err.msg, directories[i].says), "directory %zu: %s", i, err.msg);
	}
	tree_put("cg/shop/cgroup.subtree_control", "\n");
	tree_put("cg/shop/cgroup.type", "domain invalid\n");
	cr_expect_eq(vt_check_takes_processes(&d, &err), -EOPNOTSUPP);
	tree_put("cg/shop/cgroup.type", "threaded\n");
	cr_expect_eq(vt_check_takes_processes(&d, &err), -EOPNOTSUPP);
	cr_expect(strstr(err.msg, "choose a cgroup whose cgroup.type is domain"), "%s", err.msg);
	vt_cgroup_close(&d);
}
