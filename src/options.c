/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line, getopt_long(3). One table is what is parsed, which options
 * go with which mode, and what --help prints. Options come before the words
 * explain and do; what follows do belongs to the action, whose options this
 * file does not know.
 */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <string.h>

#include "memory.h"
#include "near.h"
#include "save.h"
#include "units.h"

enum {
	FIRST_LONG = 256, /* getopt's value of the first option */
	SIDE_MOST = 1000, /* --size */
};
static const double interval_least = 0.1,
		    interval_most = 3600; /* the contract's, as the collector's */

#define M(mode) (1u << VT_MODE_##mode)
static const unsigned all_modes = ~0u;

struct option_row {
	const char *name; /* long; NULL: only a letter */
	char letter;      /* 0: only long */
	const char *arg;  /* NULL: takes none; "[=...]" may be left out */
	unsigned modes;   /* that it goes with */
	int mode;         /* that it chooses; -1 */
	int (*set)(struct vt_options *o, const char *arg, const char *const *views,
		   struct vt_error *err);
	const char *help;
};

static int set_view(struct vt_options *o, const char *arg, const char *const *views,
		    struct vt_error *err)
{
	int r = vt_options_check_view(arg, views, err);

	if (r < 0)
		return vt_wrap(err, "--view");
	o->view = arg;
	return 0;
}

static int parse_whole(const char *arg, unsigned long least, unsigned long most, unsigned long *ret)
{
	char *end;

	if (!isdigit((unsigned char)*arg))
		return -EINVAL;
	errno = 0;
	*ret = strtoul(arg, &end, 10);
	return errno || *end || *ret < least || *ret > most ? -EINVAL : 0;
}

static int set_count(struct vt_options *o, const char *arg, const char *const *views,
		     struct vt_error *err)
{
	(void)views;
	if (parse_whole(arg, 1, UINT32_MAX, &o->count) < 0)
		return vt_fail(err, EINVAL, "-n: '%s' is no number of snapshots: use 1 or more",
			       arg);
	return 0;
}

static int set_interval(struct vt_options *o, const char *arg, const char *const *views,
			struct vt_error *err)
{
	(void)views;
	if (vt_units_parse_seconds(arg, interval_least, interval_most, &o->interval, err) < 0)
		return vt_wrap(err, "-d");
	return 0;
}

static int set_size(struct vt_options *o, const char *arg, const char *const *views,
		    struct vt_error *err)
{
	const char *x = strchr(arg, 'x');
	vt_autofree char *left = x ? vt_strndup(arg, (size_t)(x - arg)) : NULL;
	unsigned long cols, rows;

	(void)views;
	if (!x || parse_whole(left, 1, SIDE_MOST, &cols) < 0 ||
	    parse_whole(x + 1, 1, SIDE_MOST, &rows) < 0)
		return vt_fail(err, EINVAL,
			       "--size: '%s' is no size: use COLSxROWS, 1x1 to %dx%d, as in 80x24",
			       arg, SIDE_MOST, SIDE_MOST);
	o->cols = (int)cols;
	o->rows = (int)rows;
	return 0;
}

static int set_dump(struct vt_options *o, const char *arg, const char *const *views,
		    struct vt_error *err)
{
	(void)views;
	if (arg && strcmp(arg, "roles") != 0)
		return vt_fail(err, EINVAL, "--dump: '%s' is unknown: use --dump or --dump=roles",
			       arg);
	o->roles = arg != NULL;
	return 0;
}

static int refuse_empty(const char *option, const char *arg, struct vt_error *err)
{
	return *arg ? 0 : vt_fail(err, EINVAL, "%s: the argument is empty", option);
}

#define SET_STRING(field, option)                                                                  \
	static int set_##field(struct vt_options *o, const char *arg, const char *const *views,    \
			       struct vt_error *err)                                               \
	{                                                                                          \
		(void)views;                                                                       \
		o->field = arg;                                                                    \
		return refuse_empty(option, arg, err);                                             \
	}
SET_STRING(root, "--root")
SET_STRING(theme, "--theme")
SET_STRING(config, "--config")

/* An empty script presses nothing. */
static int set_keys(struct vt_options *o, const char *arg, const char *const *views,
		    struct vt_error *err)
{
	(void)views;
	(void)err;
	o->keys = arg;
	return 0;
}

#define SET_FLAG(field)                                                                            \
	static int set_##field(struct vt_options *o, const char *arg, const char *const *views,    \
			       struct vt_error *err)                                               \
	{                                                                                          \
		(void)arg;                                                                         \
		(void)views;                                                                       \
		(void)err;                                                                         \
		o->field = true;                                                                   \
		return 0;                                                                          \
	}
SET_FLAG(read_only)
SET_FLAG(ascii)
SET_FLAG(no_mouse)
SET_FLAG(dry_run)
SET_FLAG(yes)
SET_FLAG(force)

static int set_format(struct vt_options *o, const char *arg, const char *const *views,
		      struct vt_error *err)
{
	(void)views;
	o->format = vt_save_find(arg);
	return o->format < 0 ? vt_fail(err, EINVAL,
				       "--as: there is no format '%s': use one of "
				       "systemd cgconfig shell",
				       arg)
			     : 0;
}

static const struct option_row rows[] = {
	{ "view", 0, "NAME", M(SCREEN) | M(TEXT) | M(DUMP), -1, set_view, "start in this view" },
	{ "text", 0, NULL, all_modes, VT_MODE_TEXT, NULL, "print text snapshots" },
	{ "json", 0, NULL, all_modes, VT_MODE_JSON, NULL,
	  "print snapshots as JSON, one document a line" },
	{ NULL, 'n', "COUNT", M(SCREEN) | M(TEXT) | M(JSON), -1, set_count,
	  "how many snapshots to print (1)" },
	{ NULL, 'd', "SECONDS", all_modes, -1, set_interval,
	  "time between refreshes, 0.1 to 3600 (1)" },
	{ "root", 0, "DIR", all_modes, -1, set_root,
	  "look at the tree below DIR in place of /; nothing is changed there" },
	{ "read-only", 0, NULL, all_modes, -1, set_read_only, "no action can be started" },
	{ "theme", 0, "NAME", M(SCREEN) | M(TEXT) | M(DUMP), -1, set_theme, "colours" },
	{ "ascii", 0, NULL, M(SCREEN) | M(TEXT) | M(DUMP), -1, set_ascii,
	  "draw with ASCII characters only" },
	{ "no-mouse", 0, NULL, M(SCREEN) | M(DUMP), -1, set_no_mouse,
	  "leave the mouse to the terminal" },
	{ "config", 0, "FILE", all_modes, -1, set_config,
	  "read this configuration in place of the own one" },
	{ "dump", 0, "[=roles]", all_modes, VT_MODE_DUMP, set_dump,
	  "print a screen without a terminal (or the roles of its cells)" },
	{ "size", 0, "COLSxROWS", M(DUMP), -1, set_size, "size of that screen (80x24)" },
	{ "keys", 0, "SCRIPT", M(DUMP), -1, set_keys,
	  "keys that are pressed before it is printed" },
	{ "dry-run", 0, NULL, M(DO), -1, set_dry_run, "do: show the plan and end" },
	{ "yes", 0, NULL, M(DO), -1, set_yes, "do: do not ask" },
	{ "as", 0, "FORMAT", M(SAVE), -1, set_format,
	  "save: systemd (a drop-in), cgconfig or shell" },
	{ "force", 0, NULL, M(SAVE), -1, set_force, "save: overwrite the file" },
	{ "version", 0, NULL, all_modes, VT_MODE_VERSION, NULL, "print the version" },
	{ "help", 0, NULL, all_modes, VT_MODE_HELP, NULL, "print this" },
};

static const char *const mode_names[] = {
	[VT_MODE_SCREEN] = "the screen", [VT_MODE_TEXT] = "--text",
	[VT_MODE_JSON] = "--json",       [VT_MODE_DUMP] = "--dump",
	[VT_MODE_EXPLAIN] = "explain",   [VT_MODE_EXITS] = "exits",
	[VT_MODE_DO] = "do",             [VT_MODE_SAVE] = "save",
	[VT_MODE_JOURNAL] = "journal",   [VT_MODE_VERSION] = "--version",
	[VT_MODE_HELP] = "--help",
};

/* "--view" or "-n" */
static const char *option_name(const struct option_row *row, char *out, size_t size)
{
	if (row->name)
		(void)snprintf(out, size, "--%s", row->name);
	else
		(void)snprintf(out, size, "-%c", row->letter);
	return out;
}

static void append(char *out, size_t size, const char *word)
{
	size_t n = strlen(out);

	(void)snprintf(out + n, size - n, "%s%s", n ? " " : "", word);
}

int vt_options_check_view(const char *name, const char *const *views, struct vt_error *err)
{
	char list[128] = "";

	for (size_t i = 0; views[i]; i++) {
		if (strcmp(views[i], name) == 0)
			return 0;
		append(list, sizeof(list), views[i]);
	}
	return vt_fail(err, EINVAL, "there is no view '%s': use one of %s", name, list);
}

/* getopt's own tables. */
struct tables {
	struct option longs[VT_LEN(rows) + 1];
	char shorts[2 * VT_LEN(rows) + 3];
};

static int argument_of(const struct option_row *row)
{
	return !row->arg ? no_argument : row->arg[0] == '[' ? optional_argument : required_argument;
}

static void make_tables(struct tables *t)
{
	size_t longs = 0, shorts = 0;

	*t = (struct tables){ 0 };
	/* Stop at the first word; say which argument is missing. */
	t->shorts[shorts++] = '+';
	t->shorts[shorts++] = ':';
	for (size_t i = 0; i < VT_LEN(rows); i++) {
		if (rows[i].name)
			t->longs[longs++] = (struct option){ rows[i].name, argument_of(&rows[i]),
							     NULL, FIRST_LONG + (int)i };
		if (!rows[i].letter)
			continue;
		t->shorts[shorts++] = rows[i].letter;
		if (rows[i].arg)
			t->shorts[shorts++] = ':';
	}
}

static const struct option_row *find_row(int value)
{
	if (value >= FIRST_LONG && value < FIRST_LONG + (int)VT_LEN(rows))
		return &rows[value - FIRST_LONG];
	for (size_t i = 0; i < VT_LEN(rows); i++)
		if (rows[i].letter && rows[i].letter == value)
			return &rows[i];
	return NULL;
}

static int fail_unknown(const char *word, struct vt_error *err)
{
	vt_autofree char *name = vt_strndup(word, strcspn(word, "="));
	struct vt_near near = { .word = name + strspn(name, "-") };
	char list[96];

	for (size_t i = 0; i < VT_LEN(rows); i++)
		if (rows[i].name)
			vt_near_try(&near, rows[i].name);
	vt_near_list(&near, list, sizeof(list));
	return vt_fail(err, EINVAL, "there is no option %s%s%s; virttop --help lists them", name,
		       list[0] ? ": did you mean --" : "", list);
}

/* What getopt answered '?' or ':' to. */
static int fail_option(int answer, char **argv, struct vt_error *err)
{
	const struct option_row *row = find_row(optopt);
	char letter[3] = { '-', (char)optopt, '\0' }, name[32];

	if (!row)
		return fail_unknown(optopt ? letter : argv[optind - 1], err);
	if (answer == ':')
		return vt_fail(err, EINVAL, "%s needs an argument: %s %s",
			       option_name(row, name, sizeof(name)), name, row->arg);
	return vt_fail(err, EINVAL, "%s takes no argument", option_name(row, name, sizeof(name)));
}

/* --help and --version win; any other two modes contradict each other. */
static int choose_mode(struct vt_options *o, enum vt_mode mode, struct vt_error *err)
{
	if (o->mode == VT_MODE_HELP || o->mode == VT_MODE_VERSION || o->mode == mode)
		return 0;
	if (o->mode != VT_MODE_SCREEN && mode != VT_MODE_HELP && mode != VT_MODE_VERSION)
		return vt_fail(err, EINVAL, "%s and %s do not go together: use one",
			       mode_names[o->mode], mode_names[mode]);
	o->mode = mode;
	return 0;
}

static int take_option(struct vt_options *o, const struct option_row *row, const char *arg,
		       const char *const *views, struct vt_error *err)
{
	int r = row->set ? row->set(o, arg, views, err) : 0;

	if (r == 0 && row->mode >= 0)
		r = choose_mode(o, (enum vt_mode)row->mode, err);
	return r;
}

/* Parses options up to the first word; given gets a bit for each row. */
static int take_options(struct vt_options *o, int argc, char **argv, const char *const *views,
			uint64_t *given, struct vt_error *err)
{
	struct tables t;
	int c;

	make_tables(&t);
	opterr = 0;
	optind = 0; /* glibc: start anew, with the new string of letters */
	while ((c = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1) {
		const struct option_row *row = c == '?' || c == ':' ? NULL : find_row(c);
		int r = row ? take_option(o, row, optarg, views, err) : fail_option(c, argv, err);

		if (r < 0)
			return r;
		if (row)
			*given |= 1ull << (row - rows);
	}
	return 0;
}

static int check_modes(const struct vt_options *o, uint64_t given, struct vt_error *err)
{
	char name[32], list[96];

	if (o->mode == VT_MODE_HELP || o->mode == VT_MODE_VERSION)
		return 0;
	for (size_t i = 0; i < VT_LEN(rows); i++) {
		if (!(given >> i & 1) || rows[i].modes >> o->mode & 1)
			continue;
		list[0] = '\0';
		for (size_t m = 0; m < VT_LEN(mode_names); m++)
			if (rows[i].modes >> m & 1) {
				if (list[0])
					append(list, sizeof(list), "or");
				append(list, sizeof(list), mode_names[m]);
			}
		return vt_fail(err, EINVAL, "%s does not go with %s: it is for %s",
			       option_name(&rows[i], name, sizeof(name)), mode_names[o->mode],
			       list);
	}
	return 0;
}

static int needs_word(enum vt_mode mode, struct vt_error *err)
{
	return vt_fail(err, EINVAL, "%s",
		       mode == VT_MODE_EXITS
			       ? "exits needs the PID of a machine: virttop exits PID [-d SEC]"
			       : "explain needs a PID or cgroup: virttop explain PID|CGROUP");
}

/* Options may stand behind what is explained too. */
static int take_explain(struct vt_options *o, int argc, char **argv, const char *const *views,
			uint64_t *given, struct vt_error *err)
{
	enum vt_mode mode = o->mode;
	int r;

	if (argc < 2)
		return needs_word(mode, err);
	/* Options may come first: then they are taken, and what is explained follows. */
	if (argv[1][0] == '-') {
		r = take_options(o, argc, argv, views, given, err);
		if (r < 0)
			return r;
		if (o->mode != mode)
			return 0; /* --help, --version */
		argc -= optind - 1;
		argv += optind - 1;
		if (argc < 2)
			return needs_word(mode, err);
	}
	o->what = argv[1];
	r = take_options(o, argc - 1, argv + 1, views, given, err);
	if (r < 0)
		return r;
	if (optind < argc - 1)
		return vt_fail(err, EINVAL, "%s takes one %s: '%s' is too much", mode_names[mode],
			       mode == VT_MODE_EXITS ? "PID" : "PID or cgroup", argv[1 + optind]);
	return 0;
}

/* A cgroup and perhaps a file; options may stand anywhere among them. */
static int take_save(struct vt_options *o, int argc, char **argv, const char *const *views,
		     uint64_t *given, struct vt_error *err)
{
	const char **const words[] = { &o->what, &o->file };
	size_t n = 0;

	while (argc > 1) {
		int r = take_options(o, argc, argv, views, given, err);

		if (r < 0)
			return r;
		argc -= optind;
		argv += optind;
		if (argc < 1)
			break;
		if (n == VT_LEN(words))
			return vt_fail(err, EINVAL,
				       "save takes a cgroup and a file: '%s' is too much", argv[0]);
		*words[n++] = argv[0];
	}
	if (!n && o->mode == VT_MODE_SAVE)
		return vt_fail(err, EINVAL,
			       "save needs a cgroup: virttop save CGROUP [--as FORMAT] [FILE]");
	return 0;
}

/* --dry-run and --yes are ours up to "--"; all other words are the action's. */
static int take_do(struct vt_options *o, int argc, char **argv, struct vt_error *err)
{
	bool ours = true;
	int n = 0;

	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return choose_mode(o, VT_MODE_HELP, err);
	for (int i = 1; i < argc; i++) {
		if (ours && strcmp(argv[i], "--dry-run") == 0)
			o->dry_run = true;
		else if (ours && strcmp(argv[i], "--yes") == 0)
			o->yes = true;
		else
			argv[n++] = argv[i];
		ours = ours && strcmp(argv[i], "--") != 0;
	}
	argv[n] = NULL;
	if (!n || argv[0][0] == '-')
		return vt_fail(err, EINVAL,
			       "do needs an action: virttop do ACTION ARG... [--dry-run] [--yes]");
	o->action = argv[0];
	o->argv = argv + 1;
	o->argc = n - 1;
	return 0;
}

/* All plans, or one by its id. */
static int take_journal(struct vt_options *o, int argc, char **argv, struct vt_error *err)
{
	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return choose_mode(o, VT_MODE_HELP, err);
	if (argc > 2 || (argc > 1 && argv[1][0] == '-'))
		return vt_fail(err, EINVAL, "journal takes an id, or nothing: '%s' is too much",
			       argv[argc - 1]);
	o->what = argc > 1 ? argv[1] : NULL;
	return 0;
}

static int find_command(const char *word, enum vt_mode *ret, struct vt_error *err)
{
	static const enum vt_mode modes[] = { VT_MODE_EXPLAIN, VT_MODE_EXITS, VT_MODE_DO,
					      VT_MODE_SAVE, VT_MODE_JOURNAL };

	for (size_t i = 0; i < VT_LEN(modes); i++) {
		*ret = modes[i];
		if (strcmp(mode_names[modes[i]], word) == 0)
			return 0;
	}
	return vt_fail(err, EINVAL,
		       "'%s' is no command: use explain, exits, do, save or journal; virttop --help "
		       "tells more",
		       word);
}

static int take_words(struct vt_options *o, int argc, char **argv, const char *const *views,
		      uint64_t *given, struct vt_error *err)
{
	enum vt_mode mode;
	int r = find_command(argv[0], &mode, err);

	if (r == 0)
		r = choose_mode(o, mode, err);
	if (r < 0 || o->mode == VT_MODE_HELP || o->mode == VT_MODE_VERSION)
		return r;
	switch (mode) {
	case VT_MODE_DO:
		return take_do(o, argc, argv, err);
	case VT_MODE_SAVE:
		return take_save(o, argc, argv, views, given, err);
	case VT_MODE_JOURNAL:
		return take_journal(o, argc, argv, err);
	default:
		return take_explain(o, argc, argv, views, given, err);
	}
}

int vt_options_parse(struct vt_options *o, int argc, char **argv, const char *const *views,
		     struct vt_error *err)
{
	uint64_t given = 0;
	int r, at;

	*o = (struct vt_options){ .root = "/", .count = 1, .cols = 80, .rows = 24 };
	r = take_options(o, argc, argv, views, &given, err);
	if (r < 0)
		return r;
	at = optind;
	if (at < argc) {
		r = take_words(o, argc - at, argv + at, views, &given, err);
		if (r < 0)
			return r;
	}
	return check_modes(o, given, err);
}

/* Help. */

static void put_option(FILE *out, const struct option_row *row)
{
	char name[32], left[64];
	bool attached = row->arg && row->arg[0] == '[';

	(void)snprintf(left, sizeof(left), "%s%s%s", option_name(row, name, sizeof(name)),
		       row->arg && !attached ? " " : "", row->arg ? row->arg : "");
	fprintf(out, "  %-20s  %s\n", left, row->help);
}

char *vt_options_usage(const char *const *views)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	fputs("usage: virttop [OPTION]...                    the screen, or text without a "
	      "terminal\n"
	      "       virttop [OPTION]... explain PID|CGROUP what limits a process or cgroup\n"
	      "       virttop [OPTION]... exits PID          why a machine exits, traced for a "
	      "while\n"
	      "       virttop [OPTION]... do ACTION ARG...   an action without the screen\n"
	      "       virttop [OPTION]... save CGROUP [FILE] write down the limits of a cgroup\n"
	      "       virttop [OPTION]... journal [ID]       what was done, before and after\n"
	      "\nOptions:\n",
	      out);
	for (size_t i = 0; i < VT_LEN(rows); i++)
		put_option(out, &rows[i]);
	fputs("\nViews:", out);
	for (size_t i = 0; views[i]; i++)
		fprintf(out, " %s", views[i]);
	fputs("\nSee virttop(1).\n", out);
	(void)fclose(out);
	return text;
}
