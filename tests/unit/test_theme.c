/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theme files and their errors, every shipped theme, and colours where there are fewer. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "../../ui/theme.h"

static struct vt_style role_of(const char *value)
{
	vt_autofree char *text = vt_asprintf("[roles]\nwarn = %s\n", value);
	struct vt_theme theme = { 0 };
	struct vt_error err = { 0 };

	cr_assert_eq(vt_theme_parse(&theme, "file", text, &err), 0, "%s: %s", value, err.msg);
	return theme.roles[VT_ROLE_WARN];
}

Test(theme, styles)
{
	static const struct {
		const char *text;
		struct vt_style style;
	} cases[] = {
		{ "default", { -1, -1, 0 } },
		{ "red", { 1, -1, 0 } },
		{ "bright-white", { 15, -1, 0 } },
		{ "0", { 0, -1, 0 } },
		{ "255", { 255, -1, 0 } },
		{ "#d7AF00", { 0x1d7af00, -1, 0 } },
		{ "#000000", { 0x1000000, -1, 0 } },
		{ "red on blue", { 1, 4, 0 } },
		{ "on blue", { -1, 4, 0 } },
		{ "bold", { -1, -1, VT_ATTR_BOLD } },
		{ "bold red  underline\ton 7 reverse",
		  { 1, 7, VT_ATTR_BOLD | VT_ATTR_UNDERLINE | VT_ATTR_REVERSE } },
		{ "default on default dim italic", { -1, -1, VT_ATTR_DIM | VT_ATTR_ITALIC } },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_style style = role_of(cases[i].text);

		cr_expect_eq(style.fg, cases[i].style.fg, "%s", cases[i].text);
		cr_expect_eq(style.bg, cases[i].style.bg, "%s", cases[i].text);
		cr_expect_eq(style.attrs, cases[i].style.attrs, "%s", cases[i].text);
	}
}

/* A message says the file, the line, what is wrong and what would be accepted. */
Test(theme, errors)
{
	static const struct {
		const char *text, *line, *names, *accepts;
	} cases[] = {
		{ "[roles]\nwarn = reddish\n", "line 2", "warn: 'reddish'", "#rrggbb" },
		{ "[roles]\n\n; a comment\nbad = red\nwarn = 256\n", "line 5", "warn: '256'",
		  "0 to 255" },
		{ "[roles]\nwarn = -1\n", "line 2", "'-1'", "0 to 255" },
		{ "[roles]\nwarn = #12345\n", "line 2", "'#12345'", "#rrggbb" },
		{ "[roles]\nwarn = #12345g\n", "line 2", "'#12345g'", "#rrggbb" },
		{ "[roles]\nwarn = red blue\n", "line 2", "'blue'", "bold" },
		{ "[roles]\nwarn = red on\n", "line 2", "warn", "'on'" },
		{ "[roles]\nwarn = red on blue on red\n", "line 2", "'on'", "bold" },
		{ "[roles]\nwarn =\n", "line 2", "warn", "#d7af00 bold" },
		{ "[roles]\nwarning = red\n", "line 2", "'warning'", " frozen " },
		{ "[theme]\nauthor = me\n", "line 2", "'author'", "summary" },
		{ "[colours]\nwarn = red\n", "line 2", "[colours]", "[roles]" },
		{ "warn = red\n", "line 1", "'warn'", "[roles]" },
		{ "[roles]\nwarn red\n", "line 2", "", "warn = yellow bold" },
		{ "[roles\nwarn = red\n", "line 1", "", "[roles]" },
		{ "[roles]\n  bad = red\n  warn = nope\n", "line 3", "'nope'", "bold" },
		{ "[roles]\nwarn = \033[31m\n", "line 2", "\\x1b[31m", "bold" },
		{ "\177ELF\002\n", "line 1", "", "[theme]" },
		/* The first of two errors. */
		{ "[roles]\nwarn = one\nbad = two\n", "line 2", "'one'", "bold" },
		{ "[roles]\nnonsense\nbad = two\n", "line 2", "", "[roles]" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_theme theme, before;
		struct vt_error err = { 0 };

		memset(&theme, 0x5a, sizeof(theme));
		before = theme;
		cr_expect_lt(vt_theme_parse(&theme, "/x/my.theme", cases[i].text, &err), 0,
			     "case %zu", i);
		cr_expect_not_null(strstr(err.msg, "/x/my.theme"), "case %zu: %s", i, err.msg);
		cr_expect_not_null(strstr(err.msg, cases[i].line), "case %zu: %s", i, err.msg);
		cr_expect_not_null(strstr(err.msg, cases[i].names), "case %zu: %s", i, err.msg);
		cr_expect_not_null(strstr(err.msg, cases[i].accepts), "case %zu: %s", i, err.msg);
		cr_expect_arr_eq(&theme, &before, sizeof(theme), "case %zu: untouched", i);
	}
}

Test(theme, long_line)
{
	vt_autofree char *text = vt_asprintf("[roles]\nwarn = red%400sbold\n", "");
	struct vt_theme theme;
	struct vt_error err = { 0 };

	cr_expect_lt(vt_theme_parse(&theme, "file", text, &err), 0);
	cr_expect_not_null(strstr(err.msg, "line 2"), "%s", err.msg);
	cr_expect_not_null(strstr(err.msg, "190 bytes"), "%s", err.msg);
}

Test(theme, roles_that_are_left_out_have_a_look)
{
	struct vt_theme theme;
	struct vt_error err = { 0 };

	cr_assert_eq(vt_theme_parse(&theme, "file", "", &err), 0, "%s", err.msg);
	cr_expect_eq(theme.roles[VT_ROLE_WARN].fg, 3);
	cr_expect_eq(theme.roles[VT_ROLE_CURSOR].attrs, VT_ATTR_REVERSE);
}

/* --- files --- */

static char *folder;

static void make_folder(void)
{
	const char *tmp = getenv("TMPDIR");

	folder = vt_asprintf("%s/virttop-theme-XXXXXX", tmp ? tmp : "/tmp");
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(setenv("XDG_CONFIG_HOME", folder, 1), 0);
}

static char *own_path(const char *name)
{
	return vt_asprintf("%s/virttop/themes/%s", folder, name);
}

static void put_theme(const char *name, const char *text)
{
	vt_autofree char *up = vt_asprintf("%s/virttop", folder), *dir = own_path(""),
			 *path = own_path(name);
	FILE *f;

	(void)mkdir(up, 0755);
	(void)mkdir(dir, 0755);
	f = fopen(path, "w");
	cr_assert_not_null(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static void remove_folder(void)
{
	static const char *const paths[] = { "themes/own.theme",
					     "themes/dark.theme",
					     "themes/pipe.theme",
					     "themes/dir.theme",
					     "themes/big.theme",
					     "themes/.hidden.theme",
					     "themes",
					     "." };

	for (size_t i = 0; i < VT_LEN(paths); i++) {
		vt_autofree char *path = vt_asprintf("%s/virttop/%s", folder, paths[i]);

		if (unlink(path) < 0)
			(void)rmdir(path);
	}
	(void)rmdir(folder);
	free(folder);
}

TestSuite(theme_files, .init = make_folder, .fini = remove_folder);

Test(theme_files, own_theme_goes_before_the_shipped_one)
{
	struct vt_theme theme;
	struct vt_error err = { 0 };
	char **names;
	size_t n, darks = 0, owns = 0;

	put_theme("dark.theme", "[theme]\nname = other\nsummary = mine\n");
	put_theme("own.theme", "[roles]\nwarn = 99\n");
	put_theme(".hidden.theme", "");
	cr_assert_eq(vt_theme_load(&theme, "dark", &err), 0, "%s", err.msg);
	cr_expect_str_eq(theme.summary, "mine");
	cr_expect_str_eq(theme.name, "dark", "called what its file is called");
	cr_assert_eq(vt_theme_load(&theme, "own", &err), 0, "%s", err.msg);
	cr_expect_eq(theme.roles[VT_ROLE_WARN].fg, 99);
	names = vt_theme_list(&n);
	for (size_t i = 0; i < n; i++) {
		cr_expect(i == 0 || strcmp(names[i - 1], names[i]) < 0, "sorted, each once");
		darks += strcmp(names[i], "dark") == 0;
		owns += strcmp(names[i], "own") == 0;
		cr_expect_neq(names[i][0], '.');
	}
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
	cr_expect_eq(darks, 1);
	cr_expect_eq(owns, 1);
}

Test(theme_files, by_path)
{
	vt_autofree char *path = own_path("own.theme");
	struct vt_theme theme;
	struct vt_error err = { 0 };

	put_theme("own.theme", "[roles]\nwarn = 99\n");
	cr_assert_eq(vt_theme_load(&theme, path, &err), 0, "%s", err.msg);
	cr_expect_eq(theme.roles[VT_ROLE_WARN].fg, 99);
	cr_expect_str_eq(theme.name, "own");
}

static void expect_failure(const char *name, const char *said, const char *also)
{
	struct vt_theme theme, before;
	struct vt_error err = { 0 };

	memset(&theme, 0x5a, sizeof(theme));
	before = theme;
	cr_expect_lt(vt_theme_load(&theme, name, &err), 0, "%s", name);
	cr_expect_not_null(strstr(err.msg, said), "%s: %s", name, err.msg);
	cr_expect_not_null(strstr(err.msg, also), "%s: %s", name, err.msg);
	cr_expect_arr_eq(&theme, &before, sizeof(theme), "%s: untouched", name);
}

/* A pipe that nobody writes to must not hang the program. */
Test(theme_files, what_is_no_theme, .timeout = 10)
{
	vt_autofree char *pipe_path = own_path("pipe.theme"), *dir_path = own_path("dir.theme"),
			 *big = vt_alloc(70001);

	put_theme("own.theme", "[roles]\nwarn = nope\n");
	cr_assert_eq(mkfifo(pipe_path, 0600), 0);
	cr_assert_eq(mkdir(dir_path, 0700), 0);
	memset(big, ';', 70000);
	put_theme("big.theme", big);
	expect_failure("nowhere", "'nowhere'", " dark");
	expect_failure("", "''", " dark");
	expect_failure(".hidden", "'.hidden'", " dark");
	expect_failure("no/where", "no/where", "No such file");
	expect_failure("own", "own.theme, line 2", "'nope'");
	expect_failure("dir", "dir.theme", "directory");
	expect_failure("pipe", "pipe.theme", "");
	expect_failure("big", "big.theme", "");
}

Test(theme_files, none_anywhere)
{
	cr_assert_eq(setenv("VIRTTOP_THEMES", "/nonexistent", 1), 0);
	expect_failure("dark", "'dark'", "VIRTTOP_THEMES");
}

/* --- the shipped ones --- */

static bool same_style(const struct vt_style *a, const struct vt_style *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->attrs == b->attrs;
}

static void load_shipped(struct vt_theme *theme, const char *name)
{
	struct vt_error err = { 0 };

	cr_assert_eq(unsetenv("XDG_CONFIG_HOME"), 0);
	cr_assert_eq(setenv("HOME", "/nonexistent", 1), 0);
	cr_assert_eq(vt_theme_load(theme, name, &err), 0, "%s: %s", name, err.msg);
}

/* Each role is in each file: none falls back on a colour that does not go with the others. */
Test(themes, every_role_is_in_every_file)
{
	size_t n;
	char **names = vt_theme_list(&n);

	cr_assert_geq(n, 5);
	for (size_t i = 0; i < n; i++) {
		vt_autofree char *path = vt_asprintf("%s/%s.theme", getenv("VIRTTOP_THEMES"),
						     names[i]);
		vt_autofclose FILE *f = fopen(path, "re");
		bool seen[VT_ROLE_COUNT] = { false };
		char line[256], role[32];

		cr_assert_not_null(f, "%s", path);
		while (fgets(line, sizeof(line), f))
			for (int k = 0; k < VT_ROLE_COUNT; k++)
				if (sscanf(line, "%31[a-z] =", role) == 1 &&
				    strcmp(role, vt_role_names[k]) == 0)
					seen[k] = true;
		for (int k = 0; k < VT_ROLE_COUNT; k++)
			cr_expect(seen[k], "%s has no %s", names[i], vt_role_names[k]);
	}
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

static const int depths[] = { 8, 16, 256, 1 << 24 };

/* What may stand in one row is told apart, at every depth, on the cursor's row or not. */
Test(themes, roles_of_one_row_differ)
{
	static const enum vt_role roles[] = { VT_ROLE_TEXT, VT_ROLE_DIM, VT_ROLE_WARN, VT_ROLE_BAD,
					      VT_ROLE_NEW };
	size_t n;
	char **names = vt_theme_list(&n);

	for (size_t i = 0; i < n; i++) {
		struct vt_theme theme;

		load_shipped(&theme, names[i]);
		for (size_t d = 0; d < VT_LEN(depths); d++)
			for (size_t a = 0; a < VT_LEN(roles); a++)
				for (size_t b = a + 1; b < VT_LEN(roles); b++) {
					struct vt_style x = vt_theme_look(&theme, roles[a], false,
									  depths[d]);
					struct vt_style y = vt_theme_look(&theme, roles[b], false,
									  depths[d]);

					cr_expect_not(same_style(&x, &y), "%s, %d colours: %s, %s",
						      names[i], depths[d], vt_role_names[roles[a]],
						      vt_role_names[roles[b]]);
				}
		free(names[i]);
	}
	free(names);
}

/* The cursor is seen on each role, and no text has the colour of its own background. */
Test(themes, nothing_is_invisible)
{
	size_t n;
	char **names = vt_theme_list(&n);

	for (size_t i = 0; i < n; i++) {
		struct vt_theme theme;

		load_shipped(&theme, names[i]);
		for (size_t d = 0; d < VT_LEN(depths); d++)
			for (int r = 0; r < VT_ROLE_COUNT; r++) {
				struct vt_style plain = vt_theme_look(&theme, (enum vt_role)r,
								      false, depths[d]);
				struct vt_style there = vt_theme_look(&theme, (enum vt_role)r, true,
								      depths[d]);

				cr_expect(plain.fg == VT_COLOUR_DEFAULT || plain.fg != plain.bg,
					  "%s, %d colours: %s", names[i], depths[d],
					  vt_role_names[r]);
				cr_expect(there.fg == VT_COLOUR_DEFAULT || there.fg != there.bg,
					  "%s, %d colours: %s on the cursor", names[i], depths[d],
					  vt_role_names[r]);
				/* A form's field has the cursor's background in some: it has its
				 * own cursor. */
				if (r != VT_ROLE_CURSOR && r != VT_ROLE_FIELD)
					cr_expect_not(same_style(&plain, &there),
						      "%s, %d colours: %s on the cursor", names[i],
						      depths[d], vt_role_names[r]);
			}
		free(names[i]);
	}
	free(names);
}

Test(themes, mono_uses_no_colour)
{
	struct vt_theme made, file;

	vt_theme_mono(&made);
	load_shipped(&file, "mono");
	for (int r = 0; r < VT_ROLE_COUNT; r++) {
		cr_expect_eq(made.roles[r].fg, VT_COLOUR_DEFAULT);
		cr_expect_eq(made.roles[r].bg, VT_COLOUR_DEFAULT);
		cr_expect(same_style(&made.roles[r], &file.roles[r]), "%s: file and program agree",
			  vt_role_names[r]);
	}
}

/* --- fewer colours --- */

Test(degrade, cases)
{
	static const struct {
		int32_t colour;
		int colours, to;
	} cases[] = {
		{ VT_COLOUR_DEFAULT, 8, VT_COLOUR_DEFAULT },
		{ VT_COLOUR_DEFAULT, 1 << 24, VT_COLOUR_DEFAULT },
		{ 3, 8, 3 },
		{ 3, 1 << 24, 3 }, /* a terminal's own yellow stays that */
		{ 11, 8, 3 },      /* no bright ones */
		{ 11, 16, 11 },
		{ 196, 256, 196 },
		{ 0x1ff0000, 1 << 24, 0x1ff0000 },
		{ 196, 1 << 24, 0x1ff0000 },
		{ 232, 1 << 24, 0x1080808 },
		{ 0x1ff0000, 256, 196 },
		{ 0x1000000, 256, 16 },
		{ 0x1ffffff, 256, 231 },
		{ 0x1080808, 256, 232 },
		{ 0x15f87af, 256, 67 }, /* a corner of the cube, exactly */
		{ 0x1f7768e, 16, 9 },   /* a pale red is red and not white */
		{ 0x1f7768e, 8, 1 },
		{ 0x19ece6a, 8, 2 },
		{ 0x1e0af68, 8, 3 },
		{ 0x17aa2f7, 8, 4 },
		{ 0x1bb9af7, 8, 5 },
		{ 0x17dcfff, 8, 6 },
		{ 0x1808080, 8, 0 },
		{ 0x1808080, 16, 8 },
		{ 0x1ffffff, 8, 7 },
		{ 0x1ffffff, 16, 15 },
		{ 0x1101010, 16, 0 },
		{ 196, 8, 1 },
		{ 244, 16, 8 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++)
		cr_expect_eq(vt_theme_degrade(cases[i].colour, cases[i].colours), cases[i].to,
			     "%x with %d: %d", (unsigned)cases[i].colour, cases[i].colours,
			     vt_theme_degrade(cases[i].colour, cases[i].colours));
}

Test(degrade, result_is_one_that_the_terminal_has)
{
	static const int few[] = { 8, 16, 256 };

	for (size_t d = 0; d < VT_LEN(few); d++) {
		for (int32_t c = -1; c < 256; c++)
			cr_expect_lt(vt_theme_degrade(c, few[d]), few[d], "%d with %d", c, few[d]);
		for (int32_t rgb = 0; rgb < 0x1000000; rgb += 0x30509) {
			int to = vt_theme_degrade(0x1000000 | rgb, few[d]);

			cr_expect(to >= 0 && to < few[d], "%x with %d: %d", (unsigned)rgb, few[d],
				  to);
		}
	}
}
