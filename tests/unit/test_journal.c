/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal as a file that others may have touched, and undo made of it. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>

#include "../../src/apply.h"
#include "../../src/inverse.h"
#include "../../src/journal.h"
#include "../../src/journal_text.h"
#include "../../src/settle.h"
#include "../../src/text.h"
#include "snapshots.h"
#include "tree.h"

static struct vt_builder *builder;
static struct vt_snapshot *snapshot;
static struct vt_error err;

static void set_up(void)
{
	struct vt_host_row *host;

	tree_make();
	tree_host.is_self = true;
	tree_put("cg/shop/memory.max", "104857600\n");
	tree_put("cg/shop/cgroup.procs", "");
	(void)setenv("XDG_STATE_HOME", tree_root, 1);
	builder = vt_builder_new();
	vt_builder_begin(builder);
	host = vt_builder_host(builder);
	VT_SET(HOST, host, cgroup_mount, "/cg");
	VT_SET(HOST, host, boot_id, "this-boot");
	snapshot = seal_at(builder, NULL, 0);
	err = (struct vt_error){ 0 };
}

static void tear_down(void)
{
	vt_snapshot_free(snapshot);
	vt_builder_free(builder);
	tree_remove();
}

TestSuite(journal, .init = set_up, .fini = tear_down);

static struct vt_journal_log read_log(const char *boot)
{
	struct vt_journal_log log;

	cr_assert_eq(vt_journal_read(boot, &log, &err), 0, "%s", err.msg);
	return log;
}

static uint64_t inode_of(const char *path)
{
	vt_autofree char *whole = vt_asprintf("%s/%s", tree_root, path);
	struct stat st;

	cr_assert_eq(stat(whole, &st), 0);
	return st.st_ino;
}

static mode_t mode_of(const char *path)
{
	vt_autofree char *whole = vt_asprintf("%s/%s", tree_root, path);
	struct stat st;

	cr_assert_eq(stat(whole, &st), 0);
	return st.st_mode & 0777;
}

static struct vt_plan *plan_write(const char *path, const char *value, const char *was)
{
	struct vt_plan *plan = vt_plan_new("Limit it");
	struct vt_step *step = vt_plan_add(plan, VT_OP_WRITE);

	step->target.kind = VT_KIND_CGROUP;
	step->target.a = inode_of("cg/shop");
	step->path = vt_arena_intern(plan->arena, path);
	step->file = "memory.max";
	step->value = vt_arena_intern(plan->arena, value);
	step->was = vt_arena_intern(plan->arena, was);
	vt_step_describe(plan, step, "/cg");
	return plan;
}

/* Writes a whole plan down, as applying does; ended NULL: it was killed then. */
static void write_down(const struct vt_plan *plan, const char *ended)
{
	struct vt_journal j;
	struct vt_outcome done = { .before = true, .done = true, .now = "104857600" };

	vt_journal_begin(&j, snapshot, plan);
	cr_assert_geq(j.fd, 0, "%s", j.why);
	for (size_t i = 0; i < plan->n_steps; i++) {
		vt_journal_before(&j, i);
		vt_journal_after(&j, i, &done);
	}
	if (ended)
		vt_journal_end(&j, ended, "text");
	vt_journal_close(&j);
}

Test(journal, there_and_back)
{
	struct vt_plan *plan = plan_write("/shop", "104857600", "max");
	struct vt_journal_log log;
	const struct vt_step *step;

	log = read_log("this-boot");
	cr_expect_eq(log.n, 0, "no file is an empty journal");
	vt_journal_log_finish(&log);
	write_down(plan, "done");
	log = read_log("this-boot");
	cr_assert_eq(log.n, 1);
	cr_expect_str_eq(log.entries[0].title, "Limit it");
	cr_expect_str_eq(log.entries[0].how, "done");
	cr_expect_null(log.entries[0].undoes);
	cr_expect_not(log.entries[0].undone);
	cr_assert_eq(log.entries[0].n_steps, 1);
	step = &log.entries[0].steps[0];
	cr_expect_eq(step->op, VT_OP_WRITE);
	cr_expect_str_eq(step->path, "/shop");
	cr_expect_str_eq(step->value, "104857600");
	cr_expect_str_eq(step->was, "max");
	cr_expect_eq(step->target.a, inode_of("cg/shop"));
	cr_expect(log.entries[0].outcomes[0].done);
	cr_expect_str_eq(log.entries[0].outcomes[0].now, "104857600");
	vt_journal_log_finish(&log);
	cr_expect_eq(mode_of("virttop/journal"), 0600, "it names processes");
	cr_expect_eq(mode_of("virttop"), 0700);
	log = read_log("another-boot");
	cr_expect_eq(log.n, 0, "nothing of another boot is left to undo");
	vt_journal_log_finish(&log);
	vt_plan_free(plan);
}

/* Cut anywhere, no line is misread and the next one is whole. */
Test(journal, torn_anywhere)
{
	struct vt_plan *plan = plan_write("/shop", "104857600", "max");
	vt_autofree char *whole = NULL;
	struct vt_journal_log log;
	ssize_t n;

	write_down(plan, "done");
	n = vt_host_read_all(tree_host.root, "virttop/journal", 1 << 20, &whole);
	cr_assert_gt(n, 0);
	for (ssize_t cut = 0; cut < n; cut += 7) {
		tree_put_n("virttop/journal", whole, (size_t)cut);
		write_down(plan, "stuck");
		log = read_log("this-boot");
		cr_assert(log.n == 1 || log.n == 2, "cut at %zd: %zu", cut, log.n);
		cr_expect_str_eq(log.entries[log.n - 1].how, "stuck", "cut at %zd", cut);
		vt_journal_log_finish(&log);
	}
	vt_plan_free(plan);
}

/* Nothing of it may crash or be taken for a plan of ours. */
Test(journal, lines_that_make_no_sense)
{
	static const char *const lines[] = {
		"",
		"null",
		"[]",
		"{}",
		"nonsense",
		"{\"event\":\"begin\"}",
		"{\"event\":5,\"plan\":\"x\"}",
		"{\"event\":\"begin\",\"plan\":\"x\",\"boot_id\":\"this-boot\"}",
		"{\"event\":\"begin\",\"plan\":5,\"boot_id\":\"this-boot\",\"title\":\"t\"}",
		"{\"event\":\"begin\",\"plan\":\"x\",\"boot_id\":\"this-boot\",\"title\":\"t\","
		"\"steps\":[5]}",
		"{\"event\":\"begin\",\"plan\":\"x\",\"boot_id\":\"this-boot\",\"title\":\"t\","
		"\"steps\":[{\"op\":\"nonsense\"}]}",
		"{\"event\":\"begin\",\"plan\":\"x\",\"boot_id\":\"this-boot\",\"title\":\"t\","
		"\"steps\":[{\"op\":\"write\",\"path\":\"/a\"}]}",
		"{\"event\":\"begin\",\"plan\":\"x\",\"boot_id\":\"this-boot\",\"title\":\"t\","
		"\"steps\":[{\"op\":\"mkdir\"}]}",
		"{\"event\":\"after\",\"plan\":\"unknown\",\"step\":0}",
		"{\"event\":\"undone\",\"plan\":null}",
		"{\"event\":\"end\"}",
		"\xff\xfe\x01",
	};
	struct vt_plan *undo = NULL;

	for (size_t i = 0; i < VT_LEN(lines); i++) {
		struct vt_journal_log log;

		tree_put("virttop/journal", lines[i]);
		log = read_log("this-boot");
		for (size_t k = 0; k < log.n; k++)
			cr_expect_eq(log.entries[k].n_steps, 0, "%s", lines[i]);
		vt_journal_log_finish(&log);
		cr_expect_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), -ENOENT, "%s: %s",
			     lines[i], err.msg);
		cr_expect_null(undo);
	}
}

#define BEGIN(steps)                                                                               \
	"{\"event\":\"begin\",\"plan\":\"x\",\"boot_id\":\"this-boot\",\"title\":\"t\",\"steps\":" \
	"[" steps "]}\n"
#define AFTER(more) "{\"event\":\"after\",\"plan\":\"x\",\"step\":0" more "}\n"

/* Plans that say odd things: refused or harmless, and never acted on in haste. */
Test(journal, odd_plans)
{
	static const char *const texts[] = {
		BEGIN("{\"op\":\"write\",\"path\":\"/shop\",\"file\":\"../../x\",\"value\":\"1\","
		      "\"was\":\"2\"}") AFTER(""),
		BEGIN("{\"op\":\"write\",\"path\":\"/../..\",\"file\":\"x\",\"value\":\"1\","
		      "\"was\":\"2\"}") AFTER(""),
		BEGIN("{\"op\":\"move\",\"path\":\"/shop\",\"was\":\"/\"}") AFTER(""),
		BEGIN("{\"op\":\"move\",\"pid\":-5,\"path\":\"/shop\",\"was\":\"/\"}") AFTER(""),
		BEGIN("{\"op\":\"move\",\"pid\":4242,\"start_ticks\":1,\"path\":\"/shop\"}")
			AFTER(""),
		BEGIN("{\"op\":\"mkdir\",\"path\":\"/nowhere\"}") AFTER(",\"cgroup_id\":7"),
		BEGIN("{\"op\":\"rmdir\",\"path\":\"/shop\",\"was\":\"no equals\\n=x\\n=\"}")
			AFTER(""),
		BEGIN("{\"op\":\"spawn\"}") AFTER(",\"pid\":1,\"start_ticks\":1"),
		BEGIN("{\"op\":\"signal\"}") AFTER(""),
		BEGIN("{\"op\":\"signal\",\"pid\":1,\"value\":\"9\"}") AFTER(""),
		BEGIN("{\"op\":\"write\",\"path\":\"/shop\",\"file\":\"memory.max\","
		      "\"value\":\"1\",\"was\":{\"latin1\":\"\xc3\xbf\"}}") AFTER(",\"now\":{}"),
		BEGIN("{\"op\":\"write\",\"path\":\"\\u001b]0;x\\u0007\",\"file\":\"memory.max\","
		      "\"value\":\"1\",\"was\":\"2\"}") AFTER(""),
		BEGIN("{\"op\":\"write\",\"path\":\"/"
		      "shop\",\"file\":\"memory.max\",\"value\":\"1\","
		      "\"was\":\"2\"}") AFTER("") AFTER(",\"step\":99999999999"),
	};

	for (size_t i = 0; i < VT_LEN(texts); i++) {
		struct vt_plan *undo = NULL;
		int r;

		tree_put("virttop/journal", texts[i]);
		err = (struct vt_error){ 0 };
		r = vt_undo_plan(&tree_host, snapshot, &undo, &err);
		cr_expect_eq(r == 0, undo != NULL, "case %zu", i);
		if (undo) {
			vt_autofree char *preview = vt_plan_preview(undo);

			for (char *p = preview; (p = strchr(p, '\n')); p++)
				*p = ' ';
			cr_expect(vt_text_clean(preview), "case %zu: %s", i, preview);
			/* Whatever it wants is in the tree and not in what is above. */
			for (size_t k = 0; k < undo->n_steps; k++)
				cr_expect_not(undo->steps[k].path &&
						      strstr(undo->steps[k].path, ".."),
					      "case %zu", i);
		} else {
			cr_expect(err.msg[0] && vt_text_clean(err.msg), "case %zu: %s", i, err.msg);
		}
		vt_plan_free(undo);
	}
}

Test(journal, undo_takes_the_newest_that_can_be)
{
	struct vt_plan *plan = plan_write("/shop", "104857600", "max"), *undo = NULL;
	struct vt_plan *nothing = vt_plan_new("Nothing");

	cr_expect_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), -ENOENT);
	write_down(plan, "failed");
	cr_expect_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), -ENOENT,
		     "nothing of it is left");
	write_down(plan, NULL);
	write_down(nothing, "done");
	cr_assert_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), 0, "%s", err.msg);
	cr_expect_str_eq(undo->title, "Undo: Limit it");
	cr_assert_eq(undo->n_steps, 1);
	cr_expect_str_eq(undo->steps[0].value, "max");
	cr_expect_str_eq(undo->steps[0].was, "104857600");
	cr_expect_not_null(undo->undoes);
	/* Once it is undone there is nothing more. */
	{
		struct vt_journal j;

		vt_journal_begin(&j, snapshot, undo);
		vt_journal_undone(&j, undo->undoes);
		vt_journal_end(&j, "done", "");
		vt_journal_close(&j);
	}
	vt_plan_free(undo);
	undo = NULL;
	cr_expect_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), -ENOENT, "%s", err.msg);
	vt_plan_free(plan);
	vt_plan_free(nothing);
}

Test(journal, undo_looks_at_what_is_now)
{
	struct vt_plan *plan = plan_write("/shop", "104857600", "max"), *undo = NULL;

	write_down(plan, "done");
	tree_put("cg/shop/memory.max", "5\n");
	cr_expect_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), -ESTALE);
	cr_expect(strstr(err.msg, "memory.max of /shop has been changed since, to 5"), "%s",
		  err.msg);
	cr_expect_null(undo);
	tree_host.is_self = false;
	cr_expect_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), -EROFS);
	vt_plan_free(plan);
}

/* Acting goes on without it, and says that undo will not know. */
Test(journal, where_it_cannot_be_written)
{
	vt_autofree char *path = vt_asprintf("%s/virttop", tree_root);
	vt_autofree char *file = vt_asprintf("%s/virttop/journal", tree_root);
	struct vt_plan *plan = plan_write("/shop", "104857600", "max");
	struct vt_journal_log log;
	struct vt_journal j;

	tree_put("virttop", "a file where the directory should be");
	vt_journal_begin(&j, snapshot, plan);
	cr_expect_lt(j.fd, 0);
	cr_expect(strstr(j.why, "undo does not know"), "%s", j.why);
	vt_journal_before(&j, 0);
	vt_journal_end(&j, "done", "");
	vt_journal_close(&j);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(mkdir(path, 0700), 0);
	/* A link that somebody left there is not followed, a FIFO not waited for. */
	cr_assert_eq(symlink("/dev/null", file), 0);
	vt_journal_begin(&j, snapshot, plan);
	cr_expect_lt(j.fd, 0);
	cr_expect_lt(vt_journal_read("this-boot", &log, &err), 0);
	cr_expect(strstr(err.msg, file), "%s", err.msg);
	vt_journal_log_finish(&log);
	cr_assert_eq(unlink(file), 0);
	cr_assert_eq(mkfifo(file, 0600), 0);
	vt_journal_begin(&j, snapshot, plan);
	cr_expect_lt(j.fd, 0);
	vt_plan_free(plan);
}

Test(journal, path)
{
	vt_autofree char *one = NULL, *two = NULL, *three = NULL;

	(void)setenv("XDG_STATE_HOME", "/state", 1);
	one = vt_journal_path();
	cr_expect_str_eq(one, "/state/virttop/journal");
	(void)setenv("XDG_STATE_HOME", "relative", 1);
	(void)setenv("HOME", "/home/a", 1);
	two = vt_journal_path();
	cr_expect_str_eq(two, "/home/a/.local/state/virttop/journal");
	(void)unsetenv("HOME");
	three = vt_journal_path();
	cr_expect_null(three);
	(void)setenv("XDG_STATE_HOME", tree_root, 1);
}

/* Each kind of step, taken back. */
Test(journal, inverses)
{
	static const struct {
		const char *what;
		struct vt_step step;
		struct vt_outcome outcome;
		size_t n;
		enum vt_op op;
		const char *path, *value;
	} cases[] = {
		{ "a value",
		  { .op = VT_OP_WRITE,
		    .path = "/a",
		    .file = "memory.max",
		    .value = "1",
		    .was = "max" },
		  { .done = true },
		  1,
		  VT_OP_WRITE,
		  "/a",
		  "max" },
		{ "a value that was unknown",
		  { .op = VT_OP_WRITE, .path = "/a", .file = "memory.max", .value = "1" },
		  { .done = true },
		  0,
		  0,
		  NULL,
		  NULL },
		{ "a directory",
		  { .op = VT_OP_MKDIR, .path = "/a" },
		  { .done = true, .made_id = 7 },
		  1,
		  VT_OP_RMDIR,
		  "/a",
		  NULL },
		{ "a directory that went",
		  { .op = VT_OP_RMDIR, .path = "/a", .was = "memory.max=5\npids.max=7\nbroken" },
		  { .done = true },
		  3,
		  VT_OP_MKDIR,
		  "/a",
		  NULL },
		{ "a directory without settings",
		  { .op = VT_OP_RMDIR, .path = "/a" },
		  { .done = true },
		  1,
		  VT_OP_MKDIR,
		  "/a",
		  NULL },
		{ "a move",
		  { .op = VT_OP_MOVE,
		    .path = "/a",
		    .was = "/b",
		    .target = { VT_KIND_PROCESS, 5, 1 } },
		  { .done = true },
		  1,
		  VT_OP_MOVE,
		  "/b",
		  NULL },
		{ "a move from nowhere",
		  { .op = VT_OP_MOVE, .path = "/a", .target = { VT_KIND_PROCESS, 5, 1 } },
		  { .done = true },
		  0,
		  0,
		  NULL,
		  NULL },
		{ "a process in the background",
		  { .op = VT_OP_SPAWN },
		  { .done = true, .pid = 5, .start_ticks = 1 },
		  1,
		  VT_OP_SIGNAL,
		  NULL,
		  "15" },
		{ "PID 1 of a namespace",
		  { .op = VT_OP_SPAWN },
		  { .done = true, .pid = 5, .start_ticks = 1, .pid_one = true },
		  1,
		  VT_OP_SIGNAL,
		  NULL,
		  "9" },
		{ "a shell that has ended",
		  { .op = VT_OP_SPAWN },
		  { .done = true },
		  0,
		  0,
		  NULL,
		  NULL },
		{ "a signal",
		  { .op = VT_OP_SIGNAL, .value = "9", .target = { VT_KIND_PROCESS, 5, 1 } },
		  { .done = true },
		  0,
		  0,
		  NULL,
		  NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_plan *out = vt_plan_new("x");

		vt_plan_add_inverse(out, &cases[i].step, &cases[i].outcome, "/cg");
		cr_assert_eq(out->n_steps, cases[i].n, "%s: %zu", cases[i].what, out->n_steps);
		if (cases[i].n) {
			cr_expect_eq(out->steps[0].op, cases[i].op, "%s", cases[i].what);
			if (cases[i].path)
				cr_expect_str_eq(out->steps[0].path, cases[i].path, "%s",
						 cases[i].what);
			if (cases[i].value)
				cr_expect_str_eq(out->steps[0].value, cases[i].value, "%s",
						 cases[i].what);
			cr_expect(out->steps[0].says && *out->steps[0].says, "%s", cases[i].what);
		}
		vt_plan_free(out);
	}
}

/* What a file says against what a step was to write into it. */
Test(journal, writes_settled)
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

	vt_journal_begin(&j, snapshot, plan);
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

Test(journal, killed_between_a_write_and_its_line)
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
		cr_assert_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), cases[i].result,
			     "case %zu: %s", i, err.msg);
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

Test(journal, killed_between_a_directory_and_its_line)
{
	struct vt_plan *plan = vt_plan_new("Create /shop/a"), *undo = NULL;
	struct vt_step *step = vt_plan_add(plan, VT_OP_MKDIR);

	step->target.kind = VT_KIND_CGROUP;
	step->path = "/shop/a";
	vt_step_describe(plan, step, "/cg");
	write_broken_off(plan);
	cr_expect_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), -ENOENT, "it was not made");
	tree_put("cg/shop/a/cgroup.procs", "");
	cr_assert_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), 0, "%s", err.msg);
	cr_assert_eq(undo->n_steps, 1);
	cr_expect_eq(undo->steps[0].op, VT_OP_RMDIR);
	cr_expect_eq(undo->steps[0].target.a, inode_of("cg/shop/a"));
	cr_expect(has_effect(undo, "that was done, and is undone"));
	vt_plan_free(undo);
	vt_plan_free(plan);
}

Test(journal, killed_between_a_move_and_its_line)
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
	cr_expect_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), -ENOENT, "it did not move");
	tree_put("proc/77/cgroup", "0::/shop\n");
	cr_assert_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), 0, "%s", err.msg);
	cr_assert_eq(undo->n_steps, 1);
	cr_expect_str_eq(undo->steps[0].path, "/old");
	vt_plan_free(undo);
	vt_plan_free(plan);
}

/* An undo that broke off leaves some steps undone and some not: the rest is undone. */
Test(journal, undo_of_what_an_undo_left)
{
	struct vt_plan *plan = plan_write("/shop", "104857600", "max"), *undo = NULL;
	struct vt_step *second = vt_plan_add(plan, VT_OP_WRITE);

	*second = plan->steps[0];
	second->file = "pids.max";
	second->value = "104857600";
	tree_put("cg/shop/pids.max", "104857600\n");
	write_down(plan, "done");
	cr_assert_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), 0, "%s", err.msg);
	cr_expect_eq(undo->n_steps, 2);
	write_broken_off(undo);
	vt_plan_free(undo);
	undo = NULL;
	tree_put("cg/shop/pids.max", "max\n");
	cr_assert_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), 0, "%s", err.msg);
	cr_assert_eq(undo->n_steps, 1);
	cr_expect_str_eq(undo->steps[0].file, "memory.max");
	cr_expect(has_effect(undo, "pids.max of /shop is as it was already"));
	vt_plan_free(undo);
	undo = NULL;
	tree_put("cg/shop/memory.max", "max\n");
	cr_expect_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), -ENOENT, "all is back");
	vt_plan_free(plan);
}

/* The journal for people, and one plan of it by its id. */

#define PLAN(id, boot, title, more)                                                                \
	"{\"plan\":\"" id "\",\"event\":\"begin\",\"boot_id\":\"" boot                             \
	"\",\"time\":\"2026-01-02T03:04:05Z\",\"uid\":1000,\"pid\":42,\"title\":\"" title          \
	"\"" more ",\"steps\":[{\"op\":\"write\",\"path\":\"/shop\",\"file\":\"memory.max\","      \
	"\"value\":\"104857600\",\"was\":\"max\",\"says\":\"set memory.max\"}]}\n"
#define EVENT(id, event, more) "{\"plan\":\"" id "\",\"event\":\"" event "\"" more "}\n"
#define STEP                   ",\"step\":0"
#define HOW(how)               ",\"how\":\"" how "\",\"text\":\"as it went\""

static const char journal[] = PLAN("a1", "old-boot", "Old", "") EVENT("a1", "before", STEP) EVENT(
	"a1", "after", STEP) EVENT("a1", "end", HOW("done")) PLAN("b2", "this-boot", "Failed",
								  "") EVENT("b2", "before", STEP)
	EVENT("b2", "end", HOW("failed")) PLAN("c3", "this-boot", "Applied", "") EVENT(
		"c3", "before", STEP) EVENT("c3", "after", STEP) EVENT("c3", "end", HOW("done"))
		PLAN("d4", "this-boot", "Undone", "") EVENT("d4", "before", STEP)
			EVENT("d4", "after", STEP) EVENT("d4", "end", HOW("done"))
				EVENT("d4", "undone", ",\"by\":\"e5\"") PLAN(
					"e5", "this-boot", "Undo: Undone",
					",\"undoes\":\"d4\"") EVENT("e5", "before", STEP)
					EVENT("e5", "after", STEP) EVENT("e5", "end", HOW("done"))
						PLAN("f6", "this-boot", "Stuck\\u001b",
						     "") EVENT("f6", "before",
							       STEP) EVENT("f6", "after", STEP)
							EVENT("f6", "end", HOW("stuck")) PLAN(
								"g7", "this-boot", "Killed", "")
								EVENT("g7", "before", STEP);

Test(journal, list_for_people)
{
	static const char *const lines[] = {
		"g7                 2026-01-02T03:04:05Z  uid 1000   broken off  Killed\n",
		"f6                 2026-01-02T03:04:05Z  uid 1000   partly      Stuck\\x1b\n",
		"  applied     Undo: Undone\n",
		"  undone      Undone\n",
		"  applied     Applied\n",
		"  failed      Failed\n",
		"  applied     Old\n",
	};
	struct vt_journal_log log;
	vt_autofree char *text = NULL;
	const char *at;

	tree_put("virttop/journal", journal);
	cr_assert_eq(vt_journal_read_all("this-boot", &log, &err), 0, "%s", err.msg);
	cr_assert_eq(log.n, 7);
	at = text = vt_journal_list(&log);
	for (size_t i = 0; i < VT_LEN(lines) && at; i++) {
		at = strstr(at, lines[i]);
		cr_expect_not_null(at, "no '%s' in its place: %s", lines[i], text);
	}
	vt_journal_log_finish(&log);
	log = read_log("this-boot");
	cr_expect_eq(log.n, 6, "the old boot's is for reading only");
	vt_journal_log_finish(&log);
}

Test(journal, steps_for_people)
{
	static const struct {
		const char *id, *says[4];
	} cases[] = {
		{ "c3",
		  { "who     uid 1000, process 42\n", "state   applied\n",
		    "  1. set memory.max\n     done\n     before  max\n     after   100M\n",
		    "says    as it went\n" } },
		{ "b2", { "state   failed\n", "     failed\n" } },
		{ "g7", { "state   broken off\n", "killed at it: undo looks" } },
		{ "a", { "state   applied, before the last boot\n" } },
		{ "e5", { "undoes  d4\n" } },
	};
	struct vt_journal_log log;
	char *text = NULL;

	tree_put("virttop/journal", journal);
	cr_assert_eq(vt_journal_read_all("this-boot", &log, &err), 0, "%s", err.msg);
	for (size_t i = 0; i < VT_LEN(cases); i++) {
		cr_assert_eq(vt_journal_detail(&log, cases[i].id, &text, &err), 0, "%s", err.msg);
		for (size_t k = 0; k < 4 && cases[i].says[k]; k++)
			cr_expect(strstr(text, cases[i].says[k]), "no '%s' in: %s",
				  cases[i].says[k], text);
		free(text);
	}
	cr_expect_eq(vt_journal_detail(&log, "nope", &text, &err), -ENOENT);
	cr_expect_eq(vt_journal_detail(&log, "", &text, &err), -ENOENT);
	vt_journal_log_finish(&log);
}

Test(journal, undo_of_a_chosen_one)
{
	static const struct {
		const char *id;
		int result;
		const char *says;
	} cases[] = {
		{ "a1", -ENOENT, "before the last boot" },
		{ "b2", -ENOENT, "nothing of it was left" },
		{ "c", 0, "" },
		{ "d4", -EALREADY, "undone already" },
		{ "e5", -ENOENT, "is an undo itself" },
		{ "f6", 0, "" },
		{ "g7", -ENOENT, "it broke off, and nothing" },
		{ "x", -ENOENT, "virttop journal lists them" },
		{ "", -ENOENT, "no plan" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_plan *undo = NULL;

		tree_put("virttop/journal", journal);
		err = (struct vt_error){ 0 };
		cr_expect_eq(vt_undo_plan_of(&tree_host, snapshot, cases[i].id, &undo, &err),
			     cases[i].result, "%s: %s", cases[i].id, err.msg);
		cr_expect(strstr(err.msg, cases[i].says), "%s: %s", cases[i].id, err.msg);
		vt_plan_free(undo);
	}
	tree_put("cg/shop/memory.max", "5\n");
	{
		struct vt_plan *undo = NULL;
		struct vt_plan *mine = plan_write("/shop", "104857600", "max");

		tree_put("virttop/journal", "");
		write_down(mine, "done");
		cr_expect_eq(vt_undo_plan(&tree_host, snapshot, &undo, &err), -ESTALE);
		cr_expect(strstr(err.msg, "changed since, to 5"), "%s", err.msg);
		vt_plan_free(mine);
	}
}
