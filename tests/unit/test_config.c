/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration file: what it says, and what is wrong with it where. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/config_write.h"
#include "tree.h"

static const char *const views[] = { "overview", "cgroups", NULL };

static int check(const char *name, const char *value, struct vt_error *err)
{
	(void)name;
	return strcmp(value, "wrong") == 0 ? vt_fail(err, EINVAL, "not that") : 0;
}

Test(config, settings)
{
	static const char text[] = "# comment\n[virttop]\ntheme = dark\ninterval=0.5\n"
				   "view: cgroups\ndetail = 0 ; rows\nmouse = OFF\nascii = yes\n"
				   "\n; comment\nread_only = true\n[cgroups]\n"
				   "set = memory\ncolumns = cpu mem now\n";
	struct vt_config c;
	struct vt_error err = { 0 };

	vt_config_init(&c);
	cr_expect(c.mouse && !c.ascii && !c.read_only && c.interval == 1 && c.detail == -1);
	cr_expect(!*c.theme && !*c.view);
	cr_assert_eq(vt_config_parse(&c, "f", text, views, &err), 0, "%s", err.msg);
	cr_expect_str_eq(c.theme, "dark");
	cr_expect_float_eq(c.interval, 0.5, 1e-9);
	cr_expect_str_eq(c.view, "cgroups");
	cr_expect_eq(c.detail, 0);
	cr_expect(!c.mouse && c.ascii && c.read_only);
	cr_expect_str_eq(c.set, "memory");
	cr_expect_str_eq(c.columns, "cpu mem now");
}

Test(config, texts_that_are_well)
{
	static const struct {
		const char *text;
		double interval;
	} cases[] = {
		{ "", 1 },
		{ "\n\n", 1 },
		{ "[virttop]", 1 },
		{ "[virttop]\ninterval = 2", 2 },
		{ "[virttop]\r\ninterval = 2\r\n", 2 },
		{ "\xef\xbb\xbf[virttop]\ninterval = 2\n", 2 },
		{ "[virttop]\ninterval = 2\ninterval = 3\n", 3 },
		{ "[virttop]\n\tinterval = 2\n", 2 },
		/* Indented lines are settings of their own. */
		{ "[virttop]\n  theme = dark\n  interval = 2\n", 2 },
		{ "[virttop]\ntheme = dark\n\tinterval = 2\n", 2 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_error err = { 0 };
		struct vt_config c;

		vt_config_init(&c);
		cr_expect_eq(vt_config_parse(&c, "f", cases[i].text, views, &err), 0,
			     "case %zu: %s", i, err.msg);
		cr_expect_float_eq(c.interval, cases[i].interval, 1e-9, "case %zu", i);
		cr_expect(!*c.theme || strcmp(c.theme, "dark") == 0, "case %zu: '%s'", i, c.theme);
	}
}

Test(config, errors)
{
	static const struct {
		const char *text, *says, *also;
	} cases[] = {
		{ "[virttop]\nthem = dark\n", "f, line 2: there is no setting 'them'", "theme" },
		{ "[virttop]\n\ninterval = 0\n", "f, line 3: interval: '0'", "0.1 to 3600" },
		{ "[virttop]\ninterval = fast\n", "line 2: interval: 'fast'", "" },
		{ "[virttop]\ninterval =\n", "line 2: interval: ''", "" },
		{ "[virttop]\nview = nonsense\n", "line 2: there is no view 'nonsense'",
		  "overview cgroups" },
		{ "[virttop]\nmouse = maybe\n", "line 2: mouse: 'maybe'", "yes nor no" },
		{ "[virttop]\nascii = 1\n", "line 2: ascii: '1'", "" },
		{ "[virttop]\nread_only =\n", "line 2: read_only: ''", "" },
		{ "[virttop]\ndetail = 101\n", "line 2: detail: '101'", "0 to 100" },
		{ "[virttop]\ndetail = -1\n", "line 2: detail: '-1'", "" },
		{ "[virttop]\ndetail = max\n", "line 2: detail: 'max'", "" },
		{ "[virttop]\ntheme =\n", "line 2: theme needs a name", "" },
		{ "theme = dark\n", "line 1: 'theme' stands before any section", "[virttop]" },
		{ "[other]\ntheme = dark\n", "line 2: 'theme' stands below [other]", "[cgroups]" },
		{ "[cgroups]\ntheme = dark\n", "line 2: there is no setting 'theme' in [cgroups]",
		  "columns set" },
		{ "[cgroups]\nset = wrong\n", "line 2: set: not that", "" },
		{ "[virttop]\nnonsense\n", "line 2: neither", "name = value" },
		{ "[virttop\ntheme = dark\n", "line 1: neither", "[virttop]" },
		{ "[virttop]\n\033]0;x\007 = 1\n", "line 2: there is no setting '\\x1b]0;x\\x07'",
		  "" },
		/* The first is told. */
		{ "[virttop]\nx = 1\ny = 2\n", "line 2: there is no setting 'x'", "" },
		{ "[virttop]\nbroken\ny = 2\n", "line 2: ", "" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_error err = { 0 };
		struct vt_config c;

		vt_config_init(&c);
		c.check = check;
		c.interval = 77;
		cr_expect_eq(vt_config_parse(&c, "f", cases[i].text, views, &err), -EINVAL,
			     "case %zu", i);
		cr_expect(strstr(err.msg, cases[i].says), "case %zu: %s", i, err.msg);
		cr_expect(strstr(err.msg, cases[i].also), "case %zu: %s", i, err.msg);
		cr_expect_eq(c.interval, 77, "case %zu: touched", i);
	}
}

Test(config, long_lines)
{
	static const size_t lengths[] = { 189, 190, 191, 199, 200, 201, 100000 };

	for (size_t i = 0; i < VT_LEN(lengths); i++) {
		vt_autofree char *text = vt_alloc(lengths[i] + 32);
		struct vt_error err = { 0 };
		struct vt_config c;
		int r;

		(void)snprintf(text, 32, "[virttop]\n#");
		memset(text + 11, 'x', lengths[i] - 1);
		vt_config_init(&c);
		r = vt_config_parse(&c, "f", text, views, &err);
		cr_expect_eq(r, lengths[i] > 190 ? -EINVAL : 0, "%zu: %s", lengths[i], err.msg);
		if (r < 0)
			cr_expect(strstr(err.msg, "f, line 2: longer"), "%s", err.msg);
	}
}

Test(config, files, .init = tree_make, .fini = tree_remove)
{
	vt_autofree char *file = vt_asprintf("%s/virttop/config", tree_root);
	vt_autofree char *big = vt_alloc((64u << 10) + 2);
	struct vt_error err = { 0 };
	struct vt_config c;

	(void)setenv("XDG_CONFIG_HOME", tree_root, 1);
	vt_config_init(&c);
	cr_expect_eq(vt_config_load(&c, NULL, views, &err), 0, "the own one may be missing");
	cr_expect_eq(vt_config_load(&c, file, views, &err), -ENOENT, "a given one may not");
	cr_expect(strstr(err.msg, file), "%s", err.msg);
	tree_put("virttop/config", "[virttop]\ninterval = 5\n");
	cr_expect_eq(vt_config_load(&c, NULL, views, &err), 0);
	cr_expect_float_eq(c.interval, 5, 1e-9);
	tree_put("virttop/config", "[virttop]\nbroken\n");
	cr_expect_eq(vt_config_load(&c, NULL, views, &err), -EINVAL);
	cr_expect(strstr(err.msg, file) && strstr(err.msg, "line 2"), "%s", err.msg);
	memset(big, '\n', (64u << 10) + 1);
	tree_put("virttop/config", big);
	cr_expect_eq(vt_config_load(&c, NULL, views, &err), -EFBIG);
	cr_expect_lt(vt_config_load(&c, tree_root, views, &err), 0, "a directory");
}

/* One line changes; whatever else is there stays. */
Test(config, editing_a_text)
{
	static const struct {
		const char *text, *result;
	} cases[] = {
		{ "", "[cgroups]\nset = io\n" },
		{ "[virttop]\nmouse = no\n", "[virttop]\nmouse = no\n\n[cgroups]\nset = io\n" },
		{ "[virttop]", "[virttop]\n\n[cgroups]\nset = io\n" },
		{ "[cgroups]", "[cgroups]\nset = io\n" },
		{ "[cgroups]\n# mine\n", "[cgroups]\nset = io\n# mine\n" },
		{ "[cgroups]\nset = cpu", "[cgroups]\nset = io" },
		{ "[cgroups]\nset=\n", "[cgroups]\nset= io\n" },
		{ "[cgroups]\n  set:cpu  ; why\n", "[cgroups]\n  set: io  ; why\n" },
		{ "[cgroups]\r\nset = cpu\r\nx = 1\r\n", "[cgroups]\r\nset = io\r\nx = 1\r\n" },
		/* The last one counts; a comment and another section do not. */
		{ "[cgroups]\nset = a\nset = b\n#set = c\n[virttop]\nset = d\n",
		  "[cgroups]\nset = a\nset = io\n#set = c\n[virttop]\nset = d\n" },
		{ "[virttop]\nset = d\n\n[cgroups]\n\n[other]\n",
		  "[virttop]\nset = d\n\n[cgroups]\nset = io\n\n[other]\n" },
		{ "[cgroups]\nset = cpu;not a comment\n", "[cgroups]\nset = io\n" },
		{ "[cgroups]\nsets = 1\n", "[cgroups]\nset = io\nsets = 1\n" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_autofree char *text = vt_config_edit(cases[i].text, "cgroups", "set", "io");

		cr_expect_str_eq(text, cases[i].result, "case %zu: %s", i, text);
	}
}

static int save(const char *file, struct vt_error *err)
{
	struct vt_config c;

	vt_config_init(&c);
	return vt_config_save(&c, file, views, "cgroups", "set", "io", err);
}

static void expect_text(const char *file, const char *expected)
{
	vt_autofree char *text = NULL;

	cr_assert_eq(vt_config_read(file, &text), 0, "%s", file);
	cr_expect_str_eq(text, expected, "%s: %s", file, text);
}

static size_t count_files(const char *dir)
{
	vt_autoclosedir DIR *d = opendir(dir);
	size_t n = 0;

	while (d && readdir(d))
		n++;
	return n - 2;
}

Test(config, saving, .init = tree_make, .fini = tree_remove)
{
	vt_autofree char *dir = vt_asprintf("%s/new/virttop", tree_root);
	vt_autofree char *file = vt_asprintf("%s/config", dir), *home = NULL;
	vt_autofree char *link = vt_asprintf("%s/link", tree_root);
	struct vt_error err = { 0 };
	struct stat st;

	/* Folders are made; a second time nothing is written. */
	home = vt_asprintf("%s/new", tree_root);
	(void)setenv("XDG_CONFIG_HOME", home, 1);
	cr_assert_eq(save(NULL, &err), 0, "%s", err.msg);
	expect_text(file, "[cgroups]\nset = io\n");
	cr_expect_eq(count_files(dir), 1, "nothing else is left there");

	/* The person's mode and lines stay, and a link stays a link. */
	tree_put("new/virttop/config", "# mine\n[virttop]\nmouse = no\n");
	cr_assert_eq(chmod(file, 0640), 0);
	cr_assert_eq(symlink(file, link), 0);
	cr_expect_eq(save(link, &err), 0, "%s", err.msg);
	expect_text(file, "# mine\n[virttop]\nmouse = no\n\n[cgroups]\nset = io\n");
	cr_assert_eq(lstat(link, &st), 0);
	cr_expect(S_ISLNK(st.st_mode));
	cr_assert_eq(stat(file, &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0640);

	/* It stays theirs when root writes it for them. */
	if (geteuid() == 0) {
		cr_assert_eq(chown(file, 65534, 65534), 0);
		tree_put("new/virttop/config", "[virttop]\nmouse = no\n");
		cr_expect_eq(save(file, &err), 0, "%s", err.msg);
		cr_assert_eq(stat(file, &st), 0);
		cr_expect(st.st_uid == 65534 && st.st_gid == 65534);
		cr_expect_eq(st.st_mode & 07777, 0640);
	}

	/* A broken one is not made worse, and is left as it is. */
	tree_put("new/virttop/config", "[virttop]\nnonsense\n");
	cr_expect_eq(save(file, &err), -EINVAL);
	cr_expect(strstr(err.msg, "cannot save set = io") && strstr(err.msg, "line 2"), "%s",
		  err.msg);
	expect_text(file, "[virttop]\nnonsense\n");
	cr_expect_lt(save(dir, &err), 0, "a folder");
	cr_expect_eq(count_files(dir), 1, "nothing else is left there");
}

Test(config, where_it_is)
{
	static const struct {
		const char *xdg, *home, *path; /* path NULL: nowhere */
	} cases[] = {
		{ "/x", "/home/a", "/x/virttop/config" },
		{ "relative", "/home/a", "/home/a/.config/virttop/config" },
		{ "", "/home/a", "/home/a/.config/virttop/config" },
		{ NULL, "/home/a", "/home/a/.config/virttop/config" },
		{ NULL, "relative", NULL },
		{ NULL, NULL, NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_autofree char *path = NULL;

		(void)(cases[i].xdg ? setenv("XDG_CONFIG_HOME", cases[i].xdg, 1)
				    : unsetenv("XDG_CONFIG_HOME"));
		(void)(cases[i].home ? setenv("HOME", cases[i].home, 1) : unsetenv("HOME"));
		path = vt_config_path("config");
		if (cases[i].path)
			cr_expect(path && strcmp(path, cases[i].path) == 0, "case %zu", i);
		else
			cr_expect_null(path, "case %zu", i);
	}
}
