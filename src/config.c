/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration, an INI file. One table of settings is what is accepted and
 * what messages list.
 */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ini_text.h"
#include "memory.h"
#include "options.h"
#include "units.h"

enum {
	DETAIL_MOST = 100
};

struct parsing {
	struct vt_config config;
	const char *const *views;
	struct vt_error *err;
};

static int set_theme(struct parsing *p, const char *value)
{
	if (!*value || strlen(value) >= sizeof(p->config.theme))
		return vt_fail(p->err, EINVAL, "theme needs a name, or a path with a slash");
	(void)snprintf(p->config.theme, sizeof(p->config.theme), "%s", value);
	return 0;
}

static int set_view(struct parsing *p, const char *value)
{
	int r = vt_options_check_view(value, p->views, p->err);

	if (r == 0)
		(void)snprintf(p->config.view, sizeof(p->config.view), "%s", value);
	return r;
}

static int set_interval(struct parsing *p, const char *value)
{
	if (vt_units_parse_seconds(value, 0.1, 3600, &p->config.interval, p->err) < 0)
		return vt_wrap(p->err, "interval");
	return 0;
}

static int set_detail(struct parsing *p, const char *value)
{
	uint64_t rows;

	if (vt_units_parse_count(value, &rows, NULL) < 0 || rows > DETAIL_MOST)
		return vt_fail(p->err, EINVAL, "detail: '%s' is no number of rows from 0 to %d",
			       value, DETAIL_MOST);
	p->config.detail = (int)rows;
	return 0;
}

static int parse_bool(struct parsing *p, const char *name, const char *value, bool *ret)
{
	static const char *const words[] = { "no", "yes", "false", "true", "off", "on" };

	for (size_t i = 0; i < VT_LEN(words); i++)
		if (strcasecmp(words[i], value) == 0) {
			*ret = i % 2;
			return 0;
		}
	return vt_fail(p->err, EINVAL, "%s: '%s' is neither yes nor no", name, value);
}

static int set_mouse(struct parsing *p, const char *value)
{
	return parse_bool(p, "mouse", value, &p->config.mouse);
}

static int set_ascii(struct parsing *p, const char *value)
{
	return parse_bool(p, "ascii", value, &p->config.ascii);
}

static int set_read_only(struct parsing *p, const char *value)
{
	return parse_bool(p, "read_only", value, &p->config.read_only);
}

static int set_words(struct parsing *p, const char *name, const char *value, char *out, size_t size)
{
	if (p->config.check && p->config.check(name, value, p->err) < 0)
		return vt_wrap(p->err, "%s", name);
	if (strlen(value) >= size)
		return vt_fail(p->err, EINVAL, "%s: '%s' is too long", name, value);
	(void)snprintf(out, size, "%s", value);
	return 0;
}

static int set_columns(struct parsing *p, const char *value)
{
	return set_words(p, "columns", value, p->config.columns, sizeof(p->config.columns));
}

static int set_set(struct parsing *p, const char *value)
{
	return set_words(p, "set", value, p->config.set, sizeof(p->config.set));
}

static const struct {
	const char *section, *name;
	int (*set)(struct parsing *p, const char *value);
} settings[] = {
	{ "virttop", "theme", set_theme },
	{ "virttop", "interval", set_interval },
	{ "virttop", "view", set_view },
	{ "virttop", "detail", set_detail },
	{ "virttop", "mouse", set_mouse },
	{ "virttop", "ascii", set_ascii },
	{ "virttop", "read_only", set_read_only },
	{ "cgroups", "columns", set_columns },
	{ "cgroups", "set", set_set },
};

static int fail_name(struct parsing *p, const char *section, const char *name)
{
	char list[128] = "";

	for (size_t i = 0; i < VT_LEN(settings); i++) {
		size_t n = strlen(list);

		if (strcmp(settings[i].section, section) == 0)
			(void)snprintf(list + n, sizeof(list) - n, "%s%s", n ? " " : "",
				       settings[i].name);
	}
	if (list[0])
		return vt_fail(p->err, EINVAL, "there is no setting '%s' in [%s]: use %s", name,
			       section, list);
	return vt_fail(p->err, EINVAL,
		       "'%s' stands %s%s%s: settings belong below [virttop] or [cgroups]", name,
		       *section ? "below [" : "before any section", section, *section ? "]" : "");
}

static int set(void *arg, const char *section, const char *name, const char *value,
	       struct vt_error *err)
{
	struct parsing *p = arg;

	p->err = err;
	for (size_t i = 0; i < VT_LEN(settings); i++)
		if (strcmp(settings[i].section, section) == 0 &&
		    strcmp(settings[i].name, name) == 0)
			return settings[i].set(p, value);
	return fail_name(p, section, name);
}

int vt_config_parse(struct vt_config *c, const char *file, const char *text,
		    const char *const *views, struct vt_error *err)
{
	struct parsing p = { .config = *c, .views = views };
	const struct vt_ini ini = { file, "[virttop], [cgroups] nor a line such as name = value",
				    set, &p };
	int r = vt_ini_parse(&ini, text, err);

	if (r == 0)
		*c = p.config;
	return r;
}

/* A zero byte ends the text, as everywhere here. */
int vt_config_read(const char *file, char **ret_text)
{
	vt_autofclose FILE *in = fopen(file, "re");
	vt_autofree char *text = NULL;
	size_t n;

	if (!in)
		return -errno;
	text = vt_alloc(VT_INI_FILE_MOST + 1);
	n = fread(text, 1, VT_INI_FILE_MOST + 1, in);
	if (ferror(in))
		return errno ? -errno : -EIO;
	if (n > VT_INI_FILE_MOST)
		return -EFBIG;
	text[n] = '\0';
	*ret_text = text;
	text = NULL;
	return 0;
}

int vt_config_make_folders(char *path)
{
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		int r;

		*p = '\0';
		r = mkdir(path, 0700);
		*p = '/';
		if (r < 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

char *vt_xdg_path(const char *variable, const char *in_home, const char *name)
{
	const char *base = getenv(variable), *home = getenv("HOME");

	if (base && base[0] == '/')
		return vt_asprintf("%s/virttop/%s", base, name);
	if (home && home[0] == '/')
		return vt_asprintf("%s/%s/virttop/%s", home, in_home, name);
	return NULL;
}

char *vt_config_path(const char *name)
{
	return vt_xdg_path("XDG_CONFIG_HOME", ".config", name);
}

void vt_config_init(struct vt_config *c)
{
	*c = (struct vt_config){ .interval = 1, .detail = -1, .mouse = true };
}

int vt_config_load(struct vt_config *c, const char *file, const char *const *views,
		   struct vt_error *err)
{
	vt_autofree char *own = file ? NULL : vt_config_path("config"), *text = NULL;
	const char *path = file ? file : own;
	int r;

	if (!path)
		return 0;
	r = vt_config_read(path, &text);
	if (!file && (r == -ENOENT || r == -ENOTDIR))
		return 0;
	/* HOME may be another's: of a folder that may not be entered nothing is known. */
	if (!file && r == -EACCES && access(path, F_OK) < 0)
		return 0;
	if (r < 0)
		return vt_fail(err, -r, "cannot read the configuration %s: %s", path,
			       vt_errno_text(-r));
	return vt_config_parse(c, path, text, views, err);
}
