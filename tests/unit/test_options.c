/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: each option, each error. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "../../src/memory.h"
#include "../../src/options.h"

enum {
	MOST_WORDS = 30
};

static const char *const views[] = { "overview",  "namespaces", "cgroups", "containers", "machines",
				     "processes", "host",       "events",  NULL };
static struct vt_options o;
static struct vt_error err;
static char *argv_now[MOST_WORDS + 2];

/* Words that blanks separate; _ stands for an empty word. */
static int parse(const char *line)
{
	static char copy[1024];
	char *save = NULL;
	int argc = 0;

	(void)snprintf(copy, sizeof(copy), "virttop %s", line);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv_now[argc++] = strcmp(w, "_") == 0 ? w + 1 : w;
	argv_now[argc] = NULL;
	err = (struct vt_error){ 0 };
	return vt_options_parse(&o, argc, argv_now, views, &err);
}

Test(options, defaults)
{
	cr_assert_eq(parse(""), 0, "%s", err.msg);
	cr_expect_eq(o.mode, VT_MODE_SCREEN);
	cr_expect_str_eq(o.root, "/");
	cr_expect_eq(o.count, 1);
	cr_expect_eq(o.interval, 0);
	cr_expect(o.cols == 80 && o.rows == 24);
	cr_expect(!o.view && !o.theme && !o.config && !o.keys && !o.what && !o.action);
	cr_expect(!o.read_only && !o.ascii && !o.no_mouse && !o.roles && !o.dry_run && !o.yes);
}

Test(options, modes)
{
	static const struct {
		const char *line;
		enum vt_mode mode;
	} cases[] = {
		{ "--text", VT_MODE_TEXT },
		{ "--json", VT_MODE_JSON },
		{ "exits 42", VT_MODE_EXITS },
		{ "exits -d 2 42", VT_MODE_EXITS },
		{ "exits 42 -d 2", VT_MODE_EXITS },
		{ "--json --json", VT_MODE_JSON },
		{ "--dump", VT_MODE_DUMP },
		{ "--version", VT_MODE_VERSION },
		{ "--help", VT_MODE_HELP },
		{ "--text --help", VT_MODE_HELP },
		{ "--help --text", VT_MODE_HELP },
		{ "--help --size 1x1", VT_MODE_HELP },
		{ "--help explain", VT_MODE_HELP },
		{ "--version do", VT_MODE_VERSION },
		{ "explain 5", VT_MODE_EXPLAIN },
		{ "explain --help", VT_MODE_HELP },
		{ "explain --root /x --help", VT_MODE_HELP },
		{ "explain 5 --version", VT_MODE_VERSION },
		{ "do --help", VT_MODE_HELP },
		{ "-- explain 5", VT_MODE_EXPLAIN },
		{ "do limit", VT_MODE_DO },
		{ "--te", VT_MODE_TEXT }, /* getopt_long(3) takes what is not ambiguous */
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		int r = parse(cases[i].line);

		cr_expect_eq(r, 0, "'%s': %s", cases[i].line, err.msg);
		cr_expect_eq(o.mode, cases[i].mode, "'%s': %d", cases[i].line, o.mode);
	}
}

Test(options, values)
{
	cr_assert_eq(parse("--text --view cgroups -n 3 -d 0.1 --root /x --theme dark --config c "
			   "--ascii --read-only"),
		     0, "%s", err.msg);
	cr_expect_str_eq(o.view, "cgroups");
	cr_expect_eq(o.count, 3);
	cr_expect_float_eq(o.interval, 0.1, 1e-9);
	cr_expect_str_eq(o.root, "/x");
	cr_expect_str_eq(o.theme, "dark");
	cr_expect_str_eq(o.config, "c");
	cr_expect(o.ascii && o.read_only);
	cr_assert_eq(parse("--dump=roles --size=20x5 --keys jj<Enter> --no-mouse -d3600"), 0, "%s",
		     err.msg);
	cr_expect(o.roles && o.cols == 20 && o.rows == 5 && o.no_mouse);
	cr_expect_str_eq(o.keys, "jj<Enter>");
	cr_expect_float_eq(o.interval, 3600, 1e-9);
	cr_assert_eq(parse("--dump --keys _ --size 1000x1000"), 0, "%s", err.msg);
	cr_expect(!o.roles && o.keys && !*o.keys);
	for (size_t i = 0; views[i]; i++) {
		vt_autofree char *line = vt_asprintf("--view=%s", views[i]);

		cr_expect_eq(parse(line), 0, "%s", err.msg);
		cr_expect_str_eq(o.view, views[i]);
	}
}

Test(options, explain)
{
	static const char *const lines[] = {
		"explain /a/b",           "explain /a/b --root /x", "explain --root /x /a/b",
		"--root /x explain /a/b", "explain -- /a/b",        "explain -d 1 /a/b --config y",
	};

	for (size_t i = 0; i < VT_LEN(lines); i++) {
		cr_expect_eq(parse(lines[i]), 0, "'%s': %s", lines[i], err.msg);
		cr_expect_eq(o.mode, VT_MODE_EXPLAIN, "'%s'", lines[i]);
		cr_assert_not_null(o.what, "'%s'", lines[i]);
		cr_expect_str_eq(o.what, "/a/b", "'%s'", lines[i]);
	}
}

Test(options, actions)
{
	static const struct {
		const char *line, *action, *words[4];
		bool dry_run, yes;
	} cases[] = {
		{ "do limit /a memory.max=1M", "limit", { "/a", "memory.max=1M" }, false, false },
		{ "do limit --yes /a x=1 --dry-run", "limit", { "/a", "x=1" }, true, true },
		{ "do --dry-run limit /a", "limit", { "/a" }, true, false },
		{ "--yes do limit /a", "limit", { "/a" }, false, true },
		{ "--read-only do kill 5", "kill", { "5" }, false, false },
		{ "do unshare --pid --yes -- sh --yes",
		  "unshare",
		  { "--pid", "--", "sh", "--yes" },
		  false,
		  true },
		{ "do unshare -- --dry-run", "unshare", { "--", "--dry-run" }, false, false },
		{ "do freeze", "freeze", { NULL }, false, false },
		/* What the action does not know is for it to say. */
		{ "do limit --nonsense", "limit", { "--nonsense" }, false, false },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		int n = 0;

		cr_assert_eq(parse(cases[i].line), 0, "'%s': %s", cases[i].line, err.msg);
		cr_expect_eq(o.mode, VT_MODE_DO);
		cr_expect_str_eq(o.action, cases[i].action);
		cr_expect_eq(o.dry_run, cases[i].dry_run, "'%s'", cases[i].line);
		cr_expect_eq(o.yes, cases[i].yes, "'%s'", cases[i].line);
		while (n < 4 && cases[i].words[n])
			n++;
		cr_assert_eq(o.argc, n, "'%s': %d words", cases[i].line, o.argc);
		for (int k = 0; k < n; k++)
			cr_expect_str_eq(o.argv[k], cases[i].words[k], "'%s'", cases[i].line);
		cr_expect_null(o.argv[n]);
	}
}

/* The message names the argument, and what is accepted. */
Test(options, errors)
{
	static const struct {
		const char *line, *says, *also;
	} cases[] = {
		{ "--nonsense", "no option --nonsense", "--help" },
		{ "--nonsense=5", "no option --nonsense;", "" },
		{ "--jsn", "--jsn", "--json" },
		{ "--th=x --jso=1", "--json takes no argument", "" },
		{ "-x", "no option -x", "" },
		{ "-xn", "no option -x", "" },
		{ "--r /x", "--r", "" },
		{ "--view", "--view needs an argument", "NAME" },
		{ "--view nonsense", "--view", "'nonsense'" },
		{ "--view nonsense", "overview namespaces cgroups", "events" },
		{ "--view=", "--view", "''" },
		{ "-n", "-n needs an argument", "COUNT" },
		{ "-n 0", "-n: '0'", "1 or more" },
		{ "-n -1", "-n: '-1'", "" },
		{ "-n 5x", "-n: '5x'", "" },
		{ "-n _", "-n: ''", "" },
		{ "-n 4294967296", "-n: '4294967296'", "" },
		{ "-n 99999999999999999999999", "-n: '9999", "" },
		{ "-d 0.09", "-d: '0.09'", "0.1 to 3600" },
		{ "-d 3600.1", "-d: '3600.1'", "" },
		{ "-d 0", "-d: '0'", "" },
		{ "-d -1", "-d: '-1'", "" },
		{ "-d nan", "-d: 'nan'", "" },
		{ "-d inf", "-d: 'inf'", "" },
		{ "-d 1e2", "-d: '1e2'", "" },
		{ "-d 0x10", "-d: '0x10'", "" },
		{ "-d 1s", "-d: '1s'", "" },
		{ "-d 1,5", "-d: '1,5'", "" },
		{ "-d _", "-d: ''", "" },
		{ "-d", "-d needs an argument", "SECONDS" },
		{ "--root", "--root needs an argument", "DIR" },
		{ "--root _", "--root", "empty" },
		{ "--theme _", "--theme", "empty" },
		{ "--config=", "--config", "empty" },
		{ "--dump=xyz", "--dump: 'xyz'", "--dump=roles" },
		{ "--dump --size 80", "--size: '80'", "80x24" },
		{ "--dump --size 80x", "--size: '80x'", "" },
		{ "--dump --size x24", "--size: 'x24'", "" },
		{ "--dump --size 0x24", "--size: '0x24'", "" },
		{ "--dump --size 80x-1", "--size: '80x-1'", "" },
		{ "--dump --size 1001x24", "--size: '1001x24'", "1000" },
		{ "--dump --size 80x24x1", "--size: '80x24x1'", "" },
		{ "--dump --size 80X24", "--size: '80X24'", "" },
		{ "--dump --size 99999999999999999999x1", "--size", "" },
		{ "--size 80x24", "--size does not go with the screen", "--dump" },
		{ "--text --size 80x24", "--size does not go with --text", "--dump" },
		{ "--text --keys j", "--keys does not go with --text", "" },
		{ "--json --view host", "--view does not go with --json", "--text" },
		{ "--dump -n 2", "-n does not go with --dump", "" },
		{ "--json --theme dark", "--theme does not go with --json", "" },
		{ "--text --no-mouse", "--no-mouse does not go with --text", "" },
		{ "--text --yes", "--yes does not go with --text", "do" },
		{ "--dry-run", "--dry-run does not go with the screen", "do" },
		{ "--text --json", "--text and --json", "" },
		{ "--json --dump", "--json and --dump", "" },
		{ "--text explain 5", "--text and explain", "" },
		{ "--json do limit", "--json and do", "" },
		{ "nonsense", "'nonsense' is no command", "explain, exits, do, save or journal" },
		{ "journal a b", "'b' is too much", "" },
		{ "save", "save needs a cgroup", "--as FORMAT" },
		{ "save --as", "--as needs an argument", "" },
		{ "save /a --as x", "no format 'x'", "systemd cgconfig shell" },
		{ "save /a f g", "'g' is too much", "" },
		{ "--force --text", "--force does not go with --text", "" },
		{ "5", "'5' is no command", "" },
		{ "--text cgroups", "'cgroups' is no command", "" },
		{ "explain", "explain needs", "PID|CGROUP" },
		{ "explain --root /x", "explain needs", "" },
		{ "exits", "exits needs", "virttop exits PID" },
		{ "exits 5 6", "exits takes one PID: '6'", "" },
		{ "explain 5 6", "'6' is too much", "" },
		{ "explain 5 --nonsense", "--nonsense", "" },
		{ "explain 5 -n 2", "-n does not go with explain", "" },
		{ "do", "do needs an action", "ACTION" },
		{ "do --yes", "do needs an action", "" },
		{ "do --pid", "do needs an action", "" },
		{ "--\033[31m", "\\x1b[31m", "" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		cr_expect_eq(parse(cases[i].line), -EINVAL, "'%s'", cases[i].line);
		cr_expect_eq(err.code, EINVAL, "'%s'", cases[i].line);
		cr_expect(strstr(err.msg, cases[i].says), "'%s': %s", cases[i].line, err.msg);
		cr_expect(strstr(err.msg, cases[i].also), "'%s': %s", cases[i].line, err.msg);
	}
}

Test(options, save)
{
	cr_expect_eq(parse("save --as shell /a --force out"), 0, "%s", err.msg);
	cr_expect_eq(o.mode, VT_MODE_SAVE);
	cr_expect_str_eq(o.what, "/a");
	cr_expect_str_eq(o.file, "out");
	cr_expect_eq(o.format, 2);
	cr_expect(o.force);
	cr_expect_eq(parse("save /a"), 0, "%s", err.msg);
	cr_expect_null(o.file);
	cr_expect_eq(o.format, 0);
	cr_expect_eq(parse("save --help"), 0, "%s", err.msg);
	cr_expect_eq(o.mode, VT_MODE_HELP);
}

Test(options, usage)
{
	static const char *const said[] = { "--view NAME",  "--text",        "--json",
					    "-n COUNT",     "-d SECONDS",    "--root DIR",
					    "--read-only",  "--theme NAME",  "--ascii",
					    "--no-mouse",   "--config FILE", "--dump[=roles]",
					    "--size COLSx", "--keys SCRIPT", "--dry-run",
					    "--yes",        "--version",     "--help" };
	vt_autofree char *text = vt_options_usage(views);

	for (size_t i = 0; i < VT_LEN(said); i++)
		cr_expect(strstr(text, said[i]), "%s", said[i]);
	for (size_t i = 0; views[i]; i++)
		cr_expect(strstr(text, views[i]), "%s", views[i]);
}
