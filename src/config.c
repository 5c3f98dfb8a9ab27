/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration, read with libinih. One table of settings is what is
 * accepted and what messages list. libinih goes on behind an error and does not
 * tell handlers their line, so lines are handed to it one by one and counted.
 */
#include "config.h"

#include <errno.h>
#include <ini.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "memory.h"
#include "options.h"
#include "units.h"

enum {
	DETAIL_MOST = 100,
	FILE_MOST = 64 * 1024,
	LINE_MOST = 190, /* libinih's own lines are 200 bytes; it would cut longer ones in two */
};

struct parsing {
	struct vt_config config;
	const char *const *views;
	struct vt_error *err; /* the first one */
	const char *at;       /* the text that is left */
	int line;
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

static const struct {
	const char *name;
	int (*set)(struct parsing *p, const char *value);
} settings[] = {
	{ "theme", set_theme },         { "interval", set_interval }, { "view", set_view },
	{ "detail", set_detail },       { "mouse", set_mouse },       { "ascii", set_ascii },
	{ "read_only", set_read_only },
};

static int fail_name(struct parsing *p, const char *name)
{
	char list[128] = "";

	for (size_t i = 0; i < VT_LEN(settings); i++) {
		size_t n = strlen(list);

		(void)snprintf(list + n, sizeof(list) - n, "%s%s", n ? " " : "", settings[i].name);
	}
	return vt_fail(p->err, EINVAL, "there is no setting '%s': use %s", name, list);
}

static int set(struct parsing *p, const char *section, const char *name, const char *value)
{
	if (strcmp(section, "virttop") != 0)
		return vt_fail(
			p->err, EINVAL, "'%s' stands %s%s%s: settings belong below [virttop]", name,
			*section ? "below [" : "before any section", section, *section ? "]" : "");
	for (size_t i = 0; i < VT_LEN(settings); i++)
		if (strcmp(settings[i].name, name) == 0)
			return settings[i].set(p, value);
	return fail_name(p, name);
}

/* For libinih: 1 goes on, 0 is an error. */
static int handle(void *user, const char *section, const char *name, const char *value)
{
	struct parsing *p = user;

	return !p->err->code && set(p, section, name, value) == 0;
}

/* Gives libinih the next line, as fgets would. Ends at the first error. */
static char *give_line(char *out, int size, void *user)
{
	struct parsing *p = user;
	const char *start = p->at;
	size_t len = strcspn(start, "\n");

	if (p->err->code || !*start)
		return NULL;
	p->line++;
	if (len > LINE_MOST) {
		(void)vt_fail(p->err, EINVAL, "longer than %d bytes", LINE_MOST);
		return NULL;
	}
	p->at += len + (start[len] == '\n');
	/* An indented line would go on with the value before it. */
	while (len && (*start == ' ' || *start == '\t')) {
		start++;
		len--;
	}
	(void)snprintf(out, (size_t)size, "%.*s\n", (int)len, start);
	return out;
}

int vt_config_parse(struct vt_config *c, const char *file, const char *text,
		    const char *const *views, struct vt_error *err)
{
	struct vt_error first = { 0 };
	struct parsing p = { .config = *c, .views = views, .err = &first, .at = text };
	int line = ini_parse_stream(give_line, &p, handle, &p);

	if (line < 0)
		return vt_fail(err, ENOMEM, "cannot read the configuration %s", file);
	/* What is no setting at all reaches no handler; its line is all there is. */
	if (line > 0 && (!first.code || line < p.line))
		return vt_fail(err, EINVAL,
			       "%s, line %d: neither [virttop] nor a line such as name = value",
			       file, line);
	if (first.code)
		return vt_fail(err, EINVAL, "%s, line %d: %s", file, p.line, first.msg);
	*c = p.config;
	return 0;
}

/* 0 or -errno; free() *ret. A zero byte ends the text, as everywhere here. */
static int read_text(const char *file, char **ret)
{
	vt_autofclose FILE *in = fopen(file, "re");
	vt_autofree char *text = NULL;
	size_t n;

	if (!in)
		return -errno;
	text = vt_alloc(FILE_MOST + 1);
	n = fread(text, 1, FILE_MOST + 1, in);
	if (ferror(in))
		return errno ? -errno : -EIO;
	if (n > FILE_MOST)
		return -EFBIG;
	text[n] = '\0';
	*ret = text;
	text = NULL;
	return 0;
}

char *vt_config_path(const char *name)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (base && base[0] == '/')
		return vt_asprintf("%s/virttop/%s", base, name);
	if (home && home[0] == '/')
		return vt_asprintf("%s/.config/virttop/%s", home, name);
	return NULL;
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
	r = read_text(path, &text);
	if (!file && (r == -ENOENT || r == -ENOTDIR))
		return 0;
	if (r < 0)
		return vt_fail(err, -r, "cannot read the configuration %s: %s", path,
			       vt_errno_text(-r));
	return vt_config_parse(c, path, text, views, err);
}
