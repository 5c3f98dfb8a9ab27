/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal as a file that others may have touched, and undo made of it. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>

#include "../../src/state_file.h"
#include "../../src/text.h"
#include "journals.h"

TestSuite(journal, .init = set_up, .fini = acting_end);

static mode_t mode_of(const char *path)
{
	vt_autofree char *whole = vt_asprintf("%s/%s", tree_root, path);
	struct stat st;

	cr_assert_eq(stat(whole, &st), 0);
	return st.st_mode & 0777;
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

/* Undo does what it says, also as root. */
Test(journal, of_another_is_not_believed)
{
	struct vt_plan *plan = plan_write("/shop", "104857600", "max");
	vt_autofree char *path = vt_state_path("journal");
	struct vt_journal_log log;
	struct vt_journal j;
	struct stat st;
	off_t size;

	write_down(plan, "done");
	cr_assert_eq(chmod(path, 0660), 0);
	cr_expect_eq(vt_journal_read("this-boot", &log, &err), -EPERM);
	cr_expect(strstr(err.msg, "can be written by others"), "%s", err.msg);
	cr_expect_eq(log.n, 0);
	vt_journal_log_finish(&log);
	cr_assert_eq(chmod(path, 0600), 0);
	if (chown(path, geteuid() + 1, (gid_t)-1) == 0) {
		cr_assert_eq(stat(path, &st), 0);
		size = st.st_size;
		expect_refused(undo(), EPERM, "XDG_STATE_HOME");
		cr_expect(strstr(err.msg, path), "%s", err.msg);
		vt_journal_begin(&j, VT_NO_ID, acting_snapshot, plan);
		cr_expect_eq(j.fd, -1);
		cr_expect(strstr(j.why, "not in the journal"), "%s", j.why);
		cr_expect(strstr(j.why, path), "%s", j.why);
		vt_journal_close(&j);
		cr_assert_eq(stat(path, &st), 0);
		cr_expect_eq(st.st_size, size);
	}
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
		cr_expect_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), -ENOENT,
			     "%s: %s", lines[i], err.msg);
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
		r = vt_undo_plan(&tree_host, acting_snapshot, &undo, &err);
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

	cr_expect_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), -ENOENT);
	write_down(plan, "failed");
	cr_expect_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), -ENOENT,
		     "nothing of it is left");
	write_down(plan, NULL);
	write_down(nothing, "done");
	cr_assert_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), 0, "%s", err.msg);
	cr_expect_str_eq(undo->title, "Undo: Limit it");
	cr_assert_eq(undo->n_steps, 1);
	cr_expect_str_eq(undo->steps[0].value, "max");
	cr_expect_str_eq(undo->steps[0].was, "104857600");
	cr_expect_not_null(undo->undoes);
	/* Once it is undone there is nothing more. */
	{
		struct vt_journal j;

		vt_journal_begin(&j, VT_NO_ID, acting_snapshot, undo);
		vt_journal_undone(&j, undo->undoes);
		vt_journal_end(&j, "done", "");
		vt_journal_close(&j);
	}
	vt_plan_free(undo);
	undo = NULL;
	cr_expect_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), -ENOENT, "%s",
		     err.msg);
	vt_plan_free(plan);
	vt_plan_free(nothing);
}

Test(journal, undo_looks_at_what_is_now)
{
	struct vt_plan *plan = plan_write("/shop", "104857600", "max"), *undo = NULL;

	write_down(plan, "done");
	tree_put("cg/shop/memory.max", "5\n");
	cr_expect_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), -ESTALE);
	cr_expect(strstr(err.msg, "memory.max of /shop has been changed since, to 5"), "%s",
		  err.msg);
	cr_expect_null(undo);
	tree_host.is_self = false;
	cr_expect_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), -EROFS);
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
	vt_journal_begin(&j, VT_NO_ID, acting_snapshot, plan);
	cr_expect_lt(j.fd, 0);
	cr_expect(strstr(j.why, "undo does not know"), "%s", j.why);
	vt_journal_before(&j, 0);
	vt_journal_end(&j, "done", "");
	vt_journal_close(&j);
	cr_assert_eq(unlink(path), 0);
	cr_assert_eq(mkdir(path, 0700), 0);
	/* A link that somebody left there is not followed, a FIFO not waited for. */
	cr_assert_eq(symlink("/dev/null", file), 0);
	vt_journal_begin(&j, VT_NO_ID, acting_snapshot, plan);
	cr_expect_lt(j.fd, 0);
	cr_expect_lt(vt_journal_read("this-boot", &log, &err), 0);
	cr_expect(strstr(err.msg, file), "%s", err.msg);
	vt_journal_log_finish(&log);
	cr_assert_eq(unlink(file), 0);
	cr_assert_eq(mkfifo(file, 0600), 0);
	vt_journal_begin(&j, VT_NO_ID, acting_snapshot, plan);
	cr_expect_lt(j.fd, 0);
	vt_plan_free(plan);
}

Test(journal, path)
{
	vt_autofree char *one = NULL, *two = NULL, *three = NULL;

	(void)setenv("XDG_STATE_HOME", "/state", 1);
	one = vt_state_path("journal");
	cr_expect_str_eq(one, "/state/virttop/journal");
	(void)setenv("XDG_STATE_HOME", "relative", 1);
	(void)setenv("HOME", "/home/a", 1);
	two = vt_state_path("journal");
	cr_expect_str_eq(two, "/home/a/.local/state/virttop/journal");
	(void)unsetenv("HOME");
	three = vt_state_path("journal");
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
