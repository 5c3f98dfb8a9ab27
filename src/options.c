/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One table of options: what parses, what --help says. `do` and `explain` are
 * words, everything after an action's name is the action's.
 */
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector.h"
#include "units.h"

struct option {
	const char *name, *letter; /* "--view", "-d" or NULL */
	const char *value;         /* what it takes, or NULL */
	const char *help;
	int (*set)(struct vt_options *o, const char *value, struct vt_error *err);
};

static int set_mode(struct vt_options *o, enum vt_mode mode, const char *name, struct vt_error *err)
{
	if (o->mode != VT_MODE_SCREEN && o->mode != mode)
		return vt_fail(err, EINVAL,
			       "%s does not go with another of --text, --json, --dump, explain, do", name);
	o->mode = mode;
	return 0;
}

static int set_text(struct vt_options *o, const char *value, struct vt_error *err)
{
	(void)value;
	return set_mode(o, VT_MODE_TEXT, "--text", err);
}

static int set_json(struct vt_options *o, const char *value, struct vt_error *err)
{
	(void)value;
	return set_mode(o, VT_MODE_JSON, "--json", err);
}

static int set_dump(struct vt_options *o, const char *value, struct vt_error *err)
{
	(void)value;
	return set_mode(o, VT_MODE_DUMP, "--dump", err);
}

static int set_dump_roles(struct vt_options *o, const char *value, struct vt_error *err)
{
	(void)value;
	o->roles = true;
	return set_mode(o, VT_MODE_DUMP, "--dump-roles", err);
}

static int set_version(struct vt_options *o, const char *value, struct vt_error *err)
{
	(void)value, (void)err;
	o->mode = VT_MODE_VERSION;
	return 0;
}

static int set_help(struct vt_options *o, const char *value, struct vt_error *err)
{
	(void)value, (void)err;
	o->mode = VT_MODE_HELP;
	return 0;
}

static int set_view(struct vt_options *o, const char *value, struct vt_error *err)
{
	(void)err;
	o->view = value;
	return 0;
}

static int set_root(struct vt_options *o, const char *value, struct vt_error *err)
{
	(void)err;
	o->root = value;
	return 0;
}

static int set_theme(struct vt_options *o, const char *value, struct vt_error *err)
{
	(void)err;
	o->theme = value;
	return 0;
}

static int set_config(struct vt_options *o, const char *value, struct vt_error *err)
{
	(void)err;
	o->config = value;
	return 0;
}

static int set_keys(struct vt_options *o, const char *value, struct vt_error *err)
{
	(void)err;
	o->keys = value;
	return 0;
}

static int set_size(struct vt_options *o, const char *value, struct vt_error *err)
{
	char *end;
	long cols = strtol(value, &end, 10), rows = 0;

	if (end != value && *end == 'x' && end[1] >= '0' && end[1] <= '9')
		rows = strtol(end + 1, &end, 10);
	if (*end || cols < 1 || rows < 1 || cols > 1000 || rows > 1000)
		return vt_fail(err, EINVAL,
			       "--size %s: use COLUMNSxROWS from 1x1 to 1000x1000, such as 80x24", value);
	o->cols = (int)cols;
	o->rows = (int)rows;
	return 0;
}

static int set_n(struct vt_options *o, const char *value, struct vt_error *err)
{
	char *end;

	errno = 0;
	o->n = strtol(value, &end, 10);
	if (errno || end == value || *end || o->n < 1)
		return vt_fail(err, EINVAL, "-n %s: use a whole number of snapshots, 1 or more", value);
	return 0;
}

static int set_interval(struct vt_options *o, const char *value, struct vt_error *err)
{
	if (vt_units_parse_seconds(value, VT_INTERVAL_LEAST, VT_INTERVAL_MOST, &o->interval, err) < 0)
		return vt_wrap(err, "-d");
	return 0;
}

#define FLAG(field)                                                                                \
	static int flag_##field(struct vt_options *o, const char *value, struct vt_error *err)     \
	{                                                                                          \
		(void)value, (void)err;                                                            \
		o->field = true;                                                                   \
		return 0;                                                                          \
	}
FLAG(read_only)
FLAG(ascii)
FLAG(no_mouse)
FLAG(dry_run)
FLAG(yes)

static const struct option options[] = {
	{ "--view", NULL, "NAME", "start in a view: overview namespaces cgroups containers machines\n"
				  "processes host events", set_view },
	{ "--text", NULL, NULL, "print snapshots as text", set_text },
	{ "--json", NULL, NULL, "print snapshots as JSON, one document a line", set_json },
	{ "--number", "-n", "N", "print N snapshots (1)", set_n },
	{ "--delay", "-d", "SEC", "seconds between refreshes, 0.1 to 3600 (1)", set_interval },
	{ "--root", NULL, "DIR", "look at proc, sys, run, var and etc below DIR; never acts there", set_root },
	{ "--read-only", NULL, NULL, "no action can be started", flag_read_only },
	{ "--dry-run", NULL, NULL, "do: print the preview and change nothing", flag_dry_run },
	{ "--yes", "-y", NULL, "do: apply without asking", flag_yes },
	{ "--theme", NULL, "NAME", "colours: the name of a theme, or a file with a / in its name", set_theme },
	{ "--ascii", NULL, NULL, "draw with ASCII characters only", flag_ascii },
	{ "--no-mouse", NULL, NULL, "leave the mouse to the terminal", flag_no_mouse },
	{ "--config", NULL, "FILE", "read FILE instead of the user's configuration", set_config },
	{ "--size", NULL, "COLSxROWS", "dump: the size of the screen (80x24)", set_size },
	{ "--keys", NULL, "SCRIPT", "dump: keys to play before, such as 'jj<Enter>'", set_keys },
	{ "--dump", NULL, NULL, "print the screen as text, without a terminal", set_dump },
	{ "--dump-roles", NULL, NULL, "the same, with the role of every part", set_dump_roles },
	{ "--version", "-V", NULL, "print the version", set_version },
	{ "--help", "-h", NULL, "print this help", set_help },
};

static const struct option *find_option(const char *arg, const char **ret_value)
{
	for (size_t i = 0; i < VT_LEN(options); i++) {
		const struct option *o = &options[i];
		size_t n = strlen(o->name);

		*ret_value = NULL;
		if (strcmp(arg, o->name) == 0 || (o->letter && strcmp(arg, o->letter) == 0))
			return o;
		if (strncmp(arg, o->name, n) == 0 && arg[n] == '=') {
			*ret_value = arg + n + 1;
			return o;
		}
		if (o->letter && o->value && strncmp(arg, o->letter, 2) == 0) {
			*ret_value = arg + 2;
			return o;
		}
	}
	return NULL;
}

/* One option at argv[*i]; moves *i over its value. */
static int take_option(struct vt_options *ret, int argc, char **argv, int *i, struct vt_error *err)
{
	const char *value;
	const struct option *o = find_option(argv[*i], &value);

	if (!o)
		return vt_fail(err, EINVAL, "unknown option '%s': virttop --help lists them", argv[*i]);
	if (value && !o->value)
		return vt_fail(err, EINVAL, "%s takes no value", o->name);
	if (o->value && !value) {
		if (*i + 1 >= argc)
			return vt_fail(err, EINVAL, "%s needs a value: %s", argv[*i], o->value);
		value = argv[++*i];
	}
	return o->set(ret, value, err);
}

/* --dry-run and --yes may stand behind the action's name too, but not behind --. */
static void take_do_flags(struct vt_options *o)
{
	int kept = 0;
	bool own = false;

	for (int i = 0; i < o->action_argc; i++) {
		char *arg = o->action_argv[i];

		own |= strcmp(arg, "--") == 0;
		if (!own && strcmp(arg, "--dry-run") == 0)
			o->dry_run = true;
		else if (!own && (strcmp(arg, "--yes") == 0 || strcmp(arg, "-y") == 0))
			o->yes = true;
		else
			o->action_argv[kept++] = arg;
	}
	o->action_argv[kept] = NULL;
	o->action_argc = kept;
}

static int take_word(struct vt_options *ret, int argc, char **argv, int *i, struct vt_error *err)
{
	const char *word = argv[*i];
	int r;

	if (strcmp(word, "do") == 0) {
		r = set_mode(ret, VT_MODE_DO, "do", err);
		ret->action_argc = argc - *i - 1;
		ret->action_argv = argv + *i + 1;
		take_do_flags(ret);
		*i = argc;
		if (r == 0 && ret->action_argc < 1)
			return vt_fail(err, EINVAL, "do needs an action: virttop --help lists them");
		return r;
	}
	if (strcmp(word, "explain") == 0) {
		if (*i + 1 >= argc)
			return vt_fail(err, EINVAL, "explain needs a PID or the path of a cgroup");
		ret->subject = argv[++*i];
		return set_mode(ret, VT_MODE_EXPLAIN, "explain", err);
	}
	return vt_fail(err, EINVAL, "unknown argument '%s': the words are do and explain", word);
}

static int check(const struct vt_options *o, struct vt_error *err)
{
	if (o->keys && o->mode != VT_MODE_DUMP)
		return vt_fail(err, EINVAL, "--keys goes with --dump");
	if ((o->dry_run || o->yes) && o->mode != VT_MODE_DO)
		return vt_fail(err, EINVAL, "--dry-run and --yes go with do");
	if (o->n && o->mode != VT_MODE_TEXT && o->mode != VT_MODE_JSON)
		return vt_fail(err, EINVAL, "-n goes with --text or --json");
	return 0;
}

int vt_options_parse(int argc, char **argv, struct vt_options *ret, struct vt_error *err)
{
	struct vt_options o = { .cols = 80, .rows = 24 };
	int r = 0;

	for (int i = 1; i < argc && r == 0; i++) {
		if (argv[i][0] == '-' && argv[i][1])
			r = take_option(&o, argc, argv, &i, err);
		else
			r = take_word(&o, argc, argv, &i, err);
		if (r == 0 && (o.mode == VT_MODE_HELP || o.mode == VT_MODE_VERSION)) {
			*ret = o;
			return 0;
		}
	}
	if (r == 0)
		r = check(&o, err);
	if (r == 0)
		*ret = o;
	return r;
}

char *vt_options_help(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	(void)fputs("usage: virttop [OPTION]...\n"
		    "       virttop explain PID|CGROUP\n"
		    "       virttop do ACTION ARG... [--dry-run] [--yes]\n\n",
		    f);
	for (size_t i = 0; i < VT_LEN(options); i++) {
		const struct option *o = &options[i];
		char left[48];
		const char *line = o->help;

		(void)snprintf(left, sizeof(left), "%s%s%s%s%s", o->letter ? o->letter : "",
			       o->letter ? ", " : "    ", o->name, o->value ? " " : "",
			       o->value ? o->value : "");
		for (; line; left[0] = '\0') {
			int n = (int)strcspn(line, "\n");

			(void)fprintf(f, "  %-24s %.*s\n", left, n, line);
			line = line[n] ? line + n + 1 : NULL;
		}
	}
	(void)fclose(f);
	return text;
}
