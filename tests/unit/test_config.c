/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration file: what it says, and what is wrong with it where. */
#include <criterion/criterion.h>
#include <errno.h>

#include "../../src/config.h"
#include "tree.h"

static const char *const views[] = { "overview", "cgroups", NULL };

Test(config, settings)
{
	static const char text[] = "# comment\n[virttop]\ntheme = dark\ninterval=0.5\n"
				   "view: cgroups\ndetail = 0 ; rows\nmouse = OFF\nascii = yes\n"
				   "\n; comment\nread_only = true\n";
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
		{ "[other]\ntheme = dark\n", "line 2: 'theme' stands below [other]", "" },
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
