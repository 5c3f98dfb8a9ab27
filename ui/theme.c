/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Themes: INI files (virttop-theme(5)) that say what each role looks like, and
 * how their colours look where there are fewer.
 */
#include "theme.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../src/config.h"
#include "../src/ini_text.h"
#include "../src/text.h"

#ifndef VT_DATADIR
#define VT_DATADIR "/usr/local/share/virttop"
#endif

enum {
	RGB = 0x1000000
};

static const char *const colour_names[] = {
	"black",        "red",           "green",       "yellow",         "blue",
	"magenta",      "cyan",          "white",       "bright-black",   "bright-red",
	"bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
	"bright-white",
};
enum {
	BLACK,
	RED,
	GREEN,
	YELLOW,
	BLUE,
	MAGENTA,
	CYAN,
	WHITE,
	BRIGHT_BLACK,
	BRIGHT_WHITE = 15
};

static const struct {
	const char *name;
	uint32_t bit;
} attr_names[] = {
	{ "bold", VT_ATTR_BOLD },       { "dim", VT_ATTR_DIM },
	{ "italic", VT_ATTR_ITALIC },   { "underline", VT_ATTR_UNDERLINE },
	{ "reverse", VT_ATTR_REVERSE },
};

/* Used for roles that a file leaves out: the 16 colours every terminal has. */
static const struct vt_style defaults[VT_ROLE_COUNT] = {
	[VT_ROLE_TEXT] = { -1, -1, 0 },
	[VT_ROLE_DIM] = { BRIGHT_BLACK, -1, 0 },
	[VT_ROLE_TITLE] = { -1, -1, VT_ATTR_BOLD },
	[VT_ROLE_ACCENT] = { CYAN, -1, VT_ATTR_BOLD },
	[VT_ROLE_CURSOR] = { -1, -1, VT_ATTR_REVERSE },
	[VT_ROLE_GOOD] = { GREEN, -1, 0 },
	[VT_ROLE_WARN] = { YELLOW, -1, 0 },
	[VT_ROLE_BAD] = { RED, -1, VT_ATTR_BOLD },
	[VT_ROLE_FROZEN] = { BLUE, -1, 0 },
	[VT_ROLE_NEW] = { GREEN, -1, VT_ATTR_BOLD },
	[VT_ROLE_GONE] = { BRIGHT_BLACK, -1, VT_ATTR_ITALIC },
	[VT_ROLE_MARKED] = { MAGENTA, -1, VT_ATTR_BOLD },
	[VT_ROLE_BAR] = { GREEN, -1, 0 },
	[VT_ROLE_TRACK] = { BRIGHT_BLACK, -1, 0 },
	[VT_ROLE_TICK] = { -1, -1, VT_ATTR_BOLD },
	[VT_ROLE_KEY] = { CYAN, -1, 0 },
	[VT_ROLE_MATCH] = { BLACK, YELLOW, 0 },
	[VT_ROLE_ERROR] = { RED, -1, VT_ATTR_BOLD },
	[VT_ROLE_DIALOG] = { -1, -1, 0 },
	[VT_ROLE_FIELD] = { -1, -1, VT_ATTR_UNDERLINE },
};

/* Roles that can meet in one row differ; themes/mono.theme says the same. */
void vt_theme_mono(struct vt_theme *theme)
{
	static const uint32_t attrs[VT_ROLE_COUNT] = {
		[VT_ROLE_DIM] = VT_ATTR_DIM,
		[VT_ROLE_TITLE] = VT_ATTR_BOLD,
		[VT_ROLE_ACCENT] = VT_ATTR_BOLD | VT_ATTR_REVERSE,
		[VT_ROLE_CURSOR] = VT_ATTR_REVERSE,
		[VT_ROLE_WARN] = VT_ATTR_UNDERLINE,
		[VT_ROLE_BAD] = VT_ATTR_BOLD | VT_ATTR_UNDERLINE,
		[VT_ROLE_FROZEN] = VT_ATTR_DIM | VT_ATTR_UNDERLINE,
		[VT_ROLE_NEW] = VT_ATTR_BOLD | VT_ATTR_ITALIC,
		[VT_ROLE_GONE] = VT_ATTR_DIM | VT_ATTR_ITALIC,
		[VT_ROLE_MARKED] = VT_ATTR_UNDERLINE | VT_ATTR_REVERSE,
		[VT_ROLE_TRACK] = VT_ATTR_DIM,
		[VT_ROLE_TICK] = VT_ATTR_BOLD,
		[VT_ROLE_KEY] = VT_ATTR_BOLD,
		[VT_ROLE_MATCH] = VT_ATTR_REVERSE,
		[VT_ROLE_ERROR] = VT_ATTR_BOLD | VT_ATTR_UNDERLINE | VT_ATTR_REVERSE,
		[VT_ROLE_FIELD] = VT_ATTR_UNDERLINE,
	};

	*theme = (struct vt_theme){ .name = "mono", .summary = "no colours" };
	for (int i = 0; i < VT_ROLE_COUNT; i++)
		theme->roles[i] = (struct vt_style){ VT_COLOUR_DEFAULT, VT_COLOUR_DEFAULT,
						     attrs[i] };
}

static bool parse_rgb(const char *word, int32_t *ret)
{
	if (word[0] != '#' || strlen(word) != 7 || strspn(word + 1, "0123456789abcdefABCDEF") != 6)
		return false;
	*ret = (int32_t)(RGB | strtoul(word + 1, NULL, 16));
	return true;
}

static bool parse_number(const char *word, int32_t *ret)
{
	size_t digits = strspn(word, "0123456789");
	long n = strtol(word, NULL, 10);

	if (!digits || digits > 3 || word[digits] || n > 255)
		return false;
	*ret = (int32_t)n;
	return true;
}

static bool parse_colour(const char *word, int32_t *ret)
{
	if (strcmp(word, "default") == 0) {
		*ret = VT_COLOUR_DEFAULT;
		return true;
	}
	for (size_t i = 0; i < VT_LEN(colour_names); i++)
		if (strcmp(word, colour_names[i]) == 0) {
			*ret = (int32_t)i;
			return true;
		}
	return parse_rgb(word, ret) || parse_number(word, ret);
}

static bool parse_attr(const char *word, uint32_t *attrs)
{
	for (size_t i = 0; i < VT_LEN(attr_names); i++)
		if (strcmp(word, attr_names[i].name) == 0) {
			*attrs |= attr_names[i].bit;
			return true;
		}
	return false;
}

static int fail_word(const char *word, struct vt_error *err)
{
	return vt_fail(err, EINVAL,
		       "'%s' is neither a colour (default, black red green yellow blue magenta "
		       "cyan white, bright-black ..., 0 to 255, #rrggbb) nor bold, dim, italic, "
		       "underline, reverse",
		       word);
}

/* "COLOUR [on COLOUR] [attributes]"; a colour that is left out is the default. */
static int parse_style(const char *text, struct vt_style *ret, struct vt_error *err)
{
	vt_autofree char *copy = vt_strdup(text);
	struct vt_style style = { VT_COLOUR_DEFAULT, VT_COLOUR_DEFAULT, 0 };
	char *save = NULL;
	bool fg = false, bg = false;

	for (char *w = strtok_r(copy, " \t", &save); w; w = strtok_r(NULL, " \t", &save)) {
		if (parse_attr(w, &style.attrs))
			continue;
		if (!bg && strcmp(w, "on") == 0) {
			w = strtok_r(NULL, " \t", &save);
			if (!w)
				return vt_fail(err, EINVAL, "a colour is missing after 'on'");
			bg = parse_colour(w, &style.bg);
			if (!bg)
				return fail_word(w, err);
		} else if (!fg && !bg && parse_colour(w, &style.fg)) {
			fg = true;
		} else {
			return fail_word(w, err);
		}
	}
	if (!fg && !bg && !style.attrs)
		return vt_fail(err, EINVAL, "a colour is missing, such as default or #d7af00 bold");
	*ret = style;
	return 0;
}

static int find_role(const char *name)
{
	for (int i = 0; i < VT_ROLE_COUNT; i++)
		if (strcmp(vt_role_names[i], name) == 0)
			return i;
	return -1;
}

static int fail_role(const char *name, struct vt_error *err)
{
	char list[VT_ROLE_COUNT * 10] = "";

	for (int i = 0; i < VT_ROLE_COUNT; i++) {
		size_t n = strlen(list);

		(void)snprintf(list + n, sizeof(list) - n, " %s", vt_role_names[i]);
	}
	return vt_fail(err, EINVAL, "there is no role '%s'; the roles are%s", name, list);
}

static int set_role(struct vt_theme *theme, const char *name, const char *value,
		    struct vt_error *err)
{
	int role = find_role(name);

	if (role < 0)
		return fail_role(name, err);
	if (parse_style(value, &theme->roles[role], err) < 0)
		return vt_wrap(err, "role %s", name);
	return 0;
}

static int set(void *arg, const char *section, const char *name, const char *value,
	       struct vt_error *err)
{
	struct vt_theme *theme = arg;

	if (strcmp(section, "roles") == 0)
		return set_role(theme, name, value, err);
	if (strcmp(section, "theme") == 0 && strcmp(name, "name") == 0)
		(void)vt_text_escape(theme->name, sizeof(theme->name), value);
	else if (strcmp(section, "theme") == 0 && strcmp(name, "summary") == 0)
		(void)vt_text_escape(theme->summary, sizeof(theme->summary), value);
	else
		return vt_fail(err, EINVAL,
			       "'%s' in [%s] is not known: [theme] takes name and summary, [roles] "
			       "takes the roles",
			       name, section);
	return 0;
}

int vt_theme_parse(struct vt_theme *theme, const char *file, const char *text, struct vt_error *err)
{
	vt_autofree char *what = vt_asprintf("theme %s", file);
	struct vt_theme read = { 0 };
	const struct vt_ini ini = { what, "[theme], [roles] nor a line such as warn = yellow bold",
				    set, &read };
	int r;

	memcpy(read.roles, defaults, sizeof(defaults));
	r = vt_ini_parse(&ini, text, err);
	if (r == 0)
		*theme = read;
	return r;
}

enum {
	N_FOLDERS = 2
};

/* Folders that themes are looked for in, the person's own first; NULL where there is none. */
static void find_folders(char *out[N_FOLDERS])
{
	const char *data = getenv("VIRTTOP_THEMES");

	out[0] = vt_config_path("themes");
	out[1] = vt_strdup(data && data[0] ? data : VT_DATADIR "/themes");
}

static void free_folders(char *folders[N_FOLDERS])
{
	for (int i = 0; i < N_FOLDERS; i++)
		free(folders[i]);
}

/* 0 or -errno; free() *ret. A zero byte ends the text. */
static int read_text(const char *path, char **ret)
{
	/* A pipe that nobody writes to must not hold the program up. */
	vt_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	vt_autofclose FILE *f = NULL;
	struct stat st;
	char *text;
	size_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	f = fdopen(fd, "r");
	if (!f)
		return -errno;
	(void)vt_take_fd(&fd);
	text = vt_alloc(VT_INI_FILE_MOST + 1);
	n = fread(text, 1, VT_INI_FILE_MOST + 1, f);
	if (n > VT_INI_FILE_MOST) {
		free(text);
		return -EFBIG;
	}
	text[n] = '\0';
	*ret = text;
	return 0;
}

static int load_file(struct vt_theme *theme, const char *path, const char *name,
		     struct vt_error *err)
{
	vt_autofree char *text = NULL;
	int r = read_text(path, &text);

	if (r < 0)
		return vt_fail(err, -r, "cannot read the theme %s: %s", path, vt_errno_text(-r));
	r = vt_theme_parse(theme, path, text, err);
	/* Themes are chosen by the names of their files: what is inside may be another. */
	if (r == 0)
		(void)vt_text_escape(theme->name, sizeof(theme->name), name);
	return r;
}

/* By path: called what its file is called. */
static int load_path(struct vt_theme *theme, const char *path, struct vt_error *err)
{
	vt_autofree char *name = vt_strdup(strrchr(path, '/') + 1);
	size_t len = strlen(name);

	if (len > 6 && strcmp(name + len - 6, ".theme") == 0)
		name[len - 6] = '\0';
	return load_file(theme, path, name, err);
}

static int fail_name(const char *name, struct vt_error *err)
{
	char list[160] = "";
	size_t n;
	char **names = vt_theme_list(&n);

	for (size_t i = 0; i < n; i++) {
		size_t used = strlen(list);

		(void)snprintf(list + used, sizeof(list) - used, " %s", names[i]);
		free(names[i]);
	}
	free(names);
	if (!n)
		return vt_fail(err, ENOENT,
			       "there is no theme '%s', nor any other; VIRTTOP_THEMES can name "
			       "their folder",
			       name);
	return vt_fail(err, ENOENT, "there is no theme '%s'; there are%s", name, list);
}

int vt_theme_load(struct vt_theme *theme, const char *name, struct vt_error *err)
{
	char *folders[N_FOLDERS];
	bool found = false;
	int r = 0;

	if (strchr(name, '/'))
		return load_path(theme, name, err);
	find_folders(folders);
	for (int i = 0; i < N_FOLDERS && !found && name[0] != '.'; i++) {
		vt_autofree char *path = folders[i] ? vt_asprintf("%s/%s.theme", folders[i], name)
						    : NULL;

		found = path && access(path, F_OK) == 0;
		if (found)
			r = load_file(theme, path, name, err);
	}
	free_folders(folders);
	return found ? r : fail_name(name, err);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names {
	char **all;
	size_t n, cap;
};

static void add_folder(struct names *names, const char *folder)
{
	vt_autoclosedir DIR *d = folder ? opendir(folder) : NULL;
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		size_t len = strlen(e->d_name);

		if (len <= 6 || e->d_name[0] == '.' || strcmp(e->d_name + len - 6, ".theme") != 0)
			continue;
		VT_GROW(names->all, names->n, names->cap);
		names->all[names->n++] = vt_strndup(e->d_name, len - 6);
	}
}

static void drop_doubles(struct names *names)
{
	size_t kept = 0;

	for (size_t i = 0; i < names->n; i++) {
		if (kept && strcmp(names->all[kept - 1], names->all[i]) == 0)
			free(names->all[i]);
		else
			names->all[kept++] = names->all[i];
	}
	names->n = kept;
}

char **vt_theme_list(size_t *ret_n)
{
	char *folders[N_FOLDERS];
	struct names names = { 0 };

	find_folders(folders);
	for (int i = 0; i < N_FOLDERS; i++)
		add_folder(&names, folders[i]);
	free_folders(folders);
	if (names.n)
		qsort(names.all, names.n, sizeof(*names.all), compare_names);
	drop_doubles(&names);
	*ret_n = names.n;
	return names.all;
}
