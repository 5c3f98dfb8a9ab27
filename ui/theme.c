/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Themes: INI files (virttop-theme(5)) that say what each role looks like. */
#include "theme.h"

#include <dirent.h>
#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../src/text.h"

#ifndef VT_DATADIR
#define VT_DATADIR "/usr/local/share/virttop"
#endif

static const char *const colour_names[] = {
	"black",	"red",		"green",	"yellow",	 "blue",	"magenta",
	"cyan",		"white",	"bright-black", "bright-red",	 "bright-green", "bright-yellow",
	"bright-blue",	"bright-magenta", "bright-cyan", "bright-white",
};

static const struct {
	const char *name;
	uint32_t bit;
} attr_names[] = {
	{ "bold", VT_ATTR_BOLD },	    { "dim", VT_ATTR_DIM },
	{ "italic", VT_ATTR_ITALIC },	    { "underline", VT_ATTR_UNDERLINE },
	{ "reverse", VT_ATTR_REVERSE },
};

/* Used for roles that a file leaves out: the 16 colours every terminal has. */
static const struct vt_style defaults[VT_ROLE_COUNT] = {
	[VT_ROLE_TEXT] = { -1, -1, 0 },
	[VT_ROLE_DIM] = { 8, -1, 0 },
	[VT_ROLE_TITLE] = { -1, -1, VT_ATTR_BOLD },
	[VT_ROLE_ACCENT] = { 6, -1, VT_ATTR_BOLD },
	[VT_ROLE_CURSOR] = { -1, -1, VT_ATTR_REVERSE },
	[VT_ROLE_GOOD] = { 2, -1, 0 },
	[VT_ROLE_WARN] = { 3, -1, 0 },
	[VT_ROLE_BAD] = { 1, -1, VT_ATTR_BOLD },
	[VT_ROLE_FROZEN] = { 4, -1, 0 },
	[VT_ROLE_NEW] = { 2, -1, VT_ATTR_BOLD },
	[VT_ROLE_GONE] = { 8, -1, 0 },
	[VT_ROLE_MARKED] = { 5, -1, VT_ATTR_BOLD },
	[VT_ROLE_BAR] = { 2, -1, 0 },
	[VT_ROLE_TRACK] = { 8, -1, 0 },
	[VT_ROLE_TICK] = { -1, -1, VT_ATTR_BOLD },
	[VT_ROLE_KEY] = { 6, -1, 0 },
	[VT_ROLE_MATCH] = { 0, 3, 0 },
	[VT_ROLE_ERROR] = { 1, -1, VT_ATTR_BOLD },
	[VT_ROLE_DIALOG] = { -1, -1, 0 },
	[VT_ROLE_FIELD] = { -1, -1, VT_ATTR_UNDERLINE },
};

void vt_theme_mono(struct vt_theme *theme)
{
	static const uint32_t attrs[VT_ROLE_COUNT] = {
		[VT_ROLE_DIM] = VT_ATTR_DIM,	   [VT_ROLE_TITLE] = VT_ATTR_BOLD,
		[VT_ROLE_ACCENT] = VT_ATTR_BOLD | VT_ATTR_UNDERLINE,
		[VT_ROLE_CURSOR] = VT_ATTR_REVERSE, [VT_ROLE_WARN] = VT_ATTR_UNDERLINE,
		[VT_ROLE_BAD] = VT_ATTR_BOLD | VT_ATTR_UNDERLINE,
		[VT_ROLE_NEW] = VT_ATTR_BOLD,	   [VT_ROLE_GONE] = VT_ATTR_DIM,
		[VT_ROLE_MARKED] = VT_ATTR_BOLD,   [VT_ROLE_TICK] = VT_ATTR_BOLD,
		[VT_ROLE_KEY] = VT_ATTR_BOLD,	   [VT_ROLE_MATCH] = VT_ATTR_REVERSE,
		[VT_ROLE_ERROR] = VT_ATTR_BOLD,	   [VT_ROLE_FIELD] = VT_ATTR_UNDERLINE,
		[VT_ROLE_TRACK] = VT_ATTR_DIM,
	};

	*theme = (struct vt_theme){ .name = "mono", .summary = "no colours" };
	for (int i = 0; i < VT_ROLE_COUNT; i++)
		theme->roles[i] = (struct vt_style){ VT_COLOUR_DEFAULT, VT_COLOUR_DEFAULT, attrs[i] };
}

static int parse_colour(const char *word, int32_t *ret)
{
	char *end;
	unsigned long n;

	if (strcmp(word, "default") == 0) {
		*ret = VT_COLOUR_DEFAULT;
		return 0;
	}
	for (size_t i = 0; i < VT_LEN(colour_names); i++)
		if (strcmp(word, colour_names[i]) == 0) {
			*ret = (int32_t)i;
			return 0;
		}
	if (word[0] == '#') {
		n = strtoul(word + 1, &end, 16);
		if (strlen(word) != 7 || *end || strspn(word + 1, "0123456789abcdefABCDEF") != 6)
			return -EINVAL;
		*ret = (int32_t)(0x1000000 | n);
		return 0;
	}
	if (!*word || strspn(word, "0123456789") != strlen(word) || strlen(word) > 3)
		return -EINVAL;
	n = strtoul(word, &end, 10);
	*ret = (int32_t)n;
	return n <= 255 ? 0 : -EINVAL;
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

static int parse_style(const char *text, struct vt_style *ret, struct vt_error *err)
{
	vt_autofree char *copy = vt_strdup(text);
	struct vt_style style = { VT_COLOUR_DEFAULT, VT_COLOUR_DEFAULT, 0 };
	char *save = NULL;
	bool fg_seen = false, on = false;

	for (char *w = strtok_r(copy, " \t", &save); w; w = strtok_r(NULL, " \t", &save)) {
		if (strcmp(w, "on") == 0 && !on) {
			on = true;
			w = strtok_r(NULL, " \t", &save);
			if (!w || parse_colour(w, &style.bg) < 0)
				return vt_fail(err, EINVAL, "'%s' is not a colour after 'on'", w ? w : "");
		} else if (parse_attr(w, &style.attrs)) {
			continue;
		} else if (fg_seen || parse_colour(w, &style.fg) < 0) {
			return vt_fail(err, EINVAL,
				       "'%s' is not a colour (a name, 0 to 255, #rrggbb, default) nor bold, "
				       "dim, italic, underline, reverse",
				       w);
		} else {
			fg_seen = true;
		}
	}
	*ret = style;
	return 0;
}

struct parser {
	struct vt_theme theme;
	struct vt_error err;
	const char *file;
};

static int find_role(const char *name)
{
	for (int i = 0; i < VT_ROLE_COUNT; i++)
		if (strcmp(vt_role_names[i], name) == 0)
			return i;
	return -1;
}

static int set_role(struct parser *p, const char *name, const char *value)
{
	int role = find_role(name);

	if (role < 0) {
		char list[256] = "";
		size_t n = 0;

		for (int i = 0; i < VT_ROLE_COUNT && n < sizeof(list); i++)
			n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", i ? " " : "",
					      vt_role_names[i]);
		return vt_fail(&p->err, EINVAL, "there is no role '%s'; roles are %s", name, list);
	}
	if (parse_style(value, &p->theme.roles[role], &p->err) < 0)
		return vt_wrap(&p->err, "role %s", name);
	return 0;
}

/* For inih: 1 goes on, 0 is an error on this line. */
static int take_line(void *user, const char *section, const char *name, const char *value)
{
	struct parser *p = user;

	if (p->err.code)
		return 0;
	if (strcmp(section, "theme") == 0 && strcmp(name, "name") == 0)
		(void)vt_text_escape(p->theme.name, sizeof(p->theme.name), value);
	else if (strcmp(section, "theme") == 0 && strcmp(name, "summary") == 0)
		(void)vt_text_escape(p->theme.summary, sizeof(p->theme.summary), value);
	else if (strcmp(section, "roles") == 0)
		(void)set_role(p, name, value);
	else
		(void)vt_fail(&p->err, EINVAL,
			      "'%s' in [%s] is not known: [theme] has name and summary, [roles] has the "
			      "roles",
			      name, section);
	return p->err.code == 0;
}

int vt_theme_parse(struct vt_theme *theme, const char *file, const char *text, struct vt_error *err)
{
	struct parser p = { .file = file };
	int line;

	memcpy(p.theme.roles, defaults, sizeof(defaults));
	line = ini_parse_string(text, take_line, &p);
	if (line) {
		*err = p.err;
		if (!p.err.code)
			(void)vt_fail(err, EINVAL, "this is no [section] and no name = value");
		return vt_wrap(err, "theme file %s, line %d", file, line > 0 ? line : 1);
	}
	*theme = p.theme;
	return 0;
}

/* Folders that themes are looked for in, the person's own first; "" where there is none. */
static void folders(char out[2][PATH_MAX])
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	const char *data = getenv("VIRTTOP_THEMES");

	out[0][0] = '\0';
	if (config && config[0] == '/')
		(void)snprintf(out[0], PATH_MAX, "%s/virttop/themes", config);
	else if (home && home[0] == '/')
		(void)snprintf(out[0], PATH_MAX, "%s/.config/virttop/themes", home);
	(void)snprintf(out[1], PATH_MAX, "%s", data && data[0] ? data : VT_DATADIR "/themes");
}

enum { MOST_BYTES = 64 * 1024 };

static int load_file(struct vt_theme *theme, const char *path, struct vt_error *err)
{
	vt_autofclose FILE *f = fopen(path, "re");
	vt_autofree char *text = NULL;
	struct stat st;
	size_t n;

	if (!f)
		return vt_fail(err, errno, "cannot read the theme %s: %s", path, vt_errno_text(errno));
	if (fstat(fileno(f), &st) < 0 || !S_ISREG(st.st_mode))
		return vt_fail(err, EINVAL, "cannot read the theme %s: it is not a file", path);
	text = vt_alloc(MOST_BYTES + 1);
	n = fread(text, 1, MOST_BYTES + 1, f);
	if (n > MOST_BYTES)
		return vt_fail(err, EFBIG, "the theme %s is larger than 64 KiB", path);
	text[n] = '\0';
	return vt_theme_parse(theme, path, text, err);
}

static int unknown(const char *name, struct vt_error *err)
{
	char list[160] = "";
	size_t n, used = 0;
	char **names = vt_theme_list(&n);

	for (size_t i = 0; i < n; i++) {
		if (used < sizeof(list))
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
						 i ? " " : "", names[i]);
		free(names[i]);
	}
	free(names);
	return vt_fail(err, ENOENT, "there is no theme '%s'; there are: %s", name,
		       n ? list : "none (VIRTTOP_THEMES names another folder)");
}

int vt_theme_load(struct vt_theme *theme, const char *name, struct vt_error *err)
{
	char dirs[2][PATH_MAX];

	if (strchr(name, '/'))
		return load_file(theme, name, err);
	if (name[0] == '.' || strlen(name) > 200)
		return unknown(name, err);
	folders(dirs);
	for (int i = 0; i < 2; i++) {
		vt_autofree char *path = vt_asprintf("%s/%s.theme", dirs[i], name);

		if (dirs[i][0] && access(path, F_OK) == 0) {
			int r = load_file(theme, path, err);

			/* T goes by file names: the name inside may be another. */
			if (r == 0)
				(void)vt_text_escape(theme->name, sizeof(theme->name), name);
			return r;
		}
	}
	return unknown(name, err);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **vt_theme_list(size_t *ret_n)
{
	char dirs[2][PATH_MAX], **names = NULL;
	size_t n = 0, cap = 0, kept = 0;

	folders(dirs);
	for (int i = 0; i < 2; i++) {
		vt_autoclosedir DIR *d = dirs[i][0] ? opendir(dirs[i]) : NULL;
		const struct dirent *e;

		while (d && (e = readdir(d))) {
			size_t len = strlen(e->d_name);

			if (len <= 6 || e->d_name[0] == '.' ||
			    strcmp(e->d_name + len - 6, ".theme") != 0)
				continue;
			VT_GROW(names, n, cap);
			names[n++] = vt_strndup(e->d_name, len - 6);
		}
	}
	if (n)
		qsort(names, n, sizeof(*names), compare_names);
	for (size_t i = 0; i < n; i++) {
		if (kept && strcmp(names[kept - 1], names[i]) == 0)
			free(names[i]);
		else
			names[kept++] = names[i];
	}
	*ret_n = kept;
	return names;
}

/* xterm's palette: 16 names, a 6x6x6 cube, 24 greys. */
static int32_t palette_rgb(int i)
{
	static const int32_t first[16] = {
		0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
		0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
	};
	static const int32_t steps[6] = { 0, 95, 135, 175, 215, 255 };

	if (i < 16)
		return first[i];
	if (i >= 232)
		return (8 + 10 * (i - 232)) * 0x010101;
	i -= 16;
	return steps[i / 36] << 16 | steps[i / 6 % 6] << 8 | steps[i % 6];
}

static int distance(int32_t a, int32_t b)
{
	int r = (a >> 16 & 255) - (b >> 16 & 255), g = (a >> 8 & 255) - (b >> 8 & 255);
	int u = (a & 255) - (b & 255);

	return 3 * r * r + 4 * g * g + 2 * u * u;
}

static int nearest(int32_t rgb, int from, int to)
{
	int best = from;

	for (int i = from; i < to; i++)
		if (distance(rgb, palette_rgb(i)) < distance(rgb, palette_rgb(best)))
			best = i;
	return best;
}

int vt_theme_degrade(int32_t colour, int colours)
{
	if (colour == VT_COLOUR_DEFAULT || colours >= 1 << 24)
		return colour;
	if (colour < colours)
		return colour;
	if (colour < 0x1000000 && colour >= 8 && colour < 16)
		return colour - 8;
	if (colour < 0x1000000)
		colour = palette_rgb(colour);
	colour &= 0xffffff;
	/* The first 16 are whatever the terminal's owner made of them: the rest is exact. */
	if (colours >= 256)
		return nearest(colour, 16, 256);
	return nearest(colour, 0, colours < 16 ? 8 : 16);
}
