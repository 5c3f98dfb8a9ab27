/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_OPTIONS_H
#define VT_OPTIONS_H

#include <stdbool.h>

#include "error.h"

/* The command line (virttop(1)). Strings point into argv. */
enum vt_mode {
	VT_MODE_SCREEN, /* or text, when there is no terminal */
	VT_MODE_TEXT,
	VT_MODE_JSON,
	VT_MODE_DUMP,
	VT_MODE_EXPLAIN,
	VT_MODE_DO,
	VT_MODE_VERSION,
	VT_MODE_HELP,
};

struct vt_options {
	enum vt_mode mode;
	const char *view, *root, *theme, *config, *keys; /* NULL: not given */
	int cols, rows;                                   /* of --size; 80x24 */
	long n;                                           /* snapshots; 0: not given */
	double interval;                                  /* seconds; 0: not given */
	bool read_only, ascii, no_mouse, dry_run, yes, roles;
	const char *subject;                              /* of explain */
	int action_argc;                                  /* words after `do` */
	char **action_argv;
};

/* EINVAL names the argument and what is accepted. */
int vt_options_parse(int argc, char **argv, struct vt_options *ret, struct vt_error *err);

/* The text of --help, made from the same table; free() it. */
char *vt_options_help(void);

#endif
