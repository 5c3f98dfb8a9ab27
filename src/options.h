/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_OPTIONS_H
#define VT_OPTIONS_H

#include <stdbool.h>

#include "error.h"

enum vt_mode {
	VT_MODE_SCREEN, /* the screen, or text where there is no terminal */
	VT_MODE_TEXT,
	VT_MODE_JSON,
	VT_MODE_DUMP,
	VT_MODE_EXPLAIN,
	VT_MODE_DO,
	VT_MODE_EXITS,
	VT_MODE_SAVE,
	VT_MODE_JOURNAL,
	VT_MODE_VERSION,
	VT_MODE_HELP,
};

/* The command line. Strings are those of argv; NULL and 0: not given. */
struct vt_options {
	enum vt_mode mode;
	const char *view, *theme, *config, *keys;
	const char *root;    /* "/" when not given */
	unsigned long count; /* -n; 1 when not given */
	double interval;     /* -d, in seconds */
	bool read_only, ascii, no_mouse;
	bool roles;        /* --dump=roles: the roles of cells in place of text */
	int cols, rows;    /* --size; 80x24 when not given */
	const char *what;  /* explain: a PID or cgroup; exits: a PID; save: a cgroup; journal: an id */
	const char *file;  /* save: NULL and "-": standard output */
	int format;        /* save: enum vt_save_format */
	bool force;        /* save */
	bool dry_run, yes; /* do */
	/*
	 * do: the action's name and its words as vt_action.parse takes them, without
	 * --dry-run and --yes that stand before a "--"; "--" itself stays.
	 */
	const char *action;
	int argc;
	char **argv; /* ends with NULL; in argv's own memory, reordered */
};

/*
 * Parses the command line; views are the names that --view takes, ended with
 * NULL. EINVAL: what is unknown, malformed, out of range, missing or does not
 * go together; the message names the argument and the accepted form (exit 2).
 */
int vt_options_parse(struct vt_options *o, int argc, char **argv, const char *const *views,
		     struct vt_error *err);

/* What --help prints, made from the table of options; free() it. */
char *vt_options_usage(const char *const *views);

/* The named view is one of these; EINVAL with the accepted ones. For config files too. */
int vt_options_check_view(const char *name, const char *const *views, struct vt_error *err);

#endif
