/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_CONFIG_H
#define VT_CONFIG_H

#include <stdbool.h>

#include "error.h"

/*
 * $XDG_CONFIG_HOME/virttop/config, an INI file. What the command line says wins.
 *
 *   [virttop]
 *   theme = dark          a name, or a path with a slash
 *   interval = 1.0        seconds, 0.1 to 3600
 *   view = overview
 *   detail = 8            rows of the detail pane, 0 to 100
 *   mouse = yes
 *   ascii = no
 *   read_only = no
 *
 *   [cgroups]
 *   columns = cpu cpu-bar mem mem-bar psi now       own columns of that view
 *   set = memory          the columns it begins with
 */
struct vt_config {
	char theme[256]; /* empty: not given */
	char view[32];   /* empty: not given */
	double interval; /* 1 */
	int detail;      /* -1: not given */
	bool mouse;      /* true */
	bool ascii;      /* false */
	bool read_only;  /* false */
	char columns[192]; /* of cgroups; empty: not given */
	char set[16];      /* empty: not given */
	/*
	 * Checks a value of [cgroups], as the views know it: 0, or -errno with a message.
	 * NULL: any is taken.
	 */
	int (*check)(const char *name, const char *value, struct vt_error *err);
};

void vt_config_init(struct vt_config *c);

/*
 * file is what --config says: it must be there. NULL is the person's own file,
 * which may be missing, or in a home of another that may not be entered. views:
 * names that view takes, ended with NULL. On failure *c is untouched and the
 * message names file, line and accepted form.
 */
int vt_config_load(struct vt_config *c, const char *file, const char *const *views,
		   struct vt_error *err);

/* The same for the text of such a file; its name is for messages. */
int vt_config_parse(struct vt_config *c, const char *file, const char *text,
		    const char *const *views, struct vt_error *err);

/* The text of a file, for such a parser; 0 or -errno, free() *ret_text. */
int vt_config_read(const char *file, char **ret_text);
/* Makes the folders that a path needs, for its owner alone. The path is put back as it was. */
int vt_config_make_folders(char *path);

/*
 * Where the person's own files are: "$XDG_CONFIG_HOME/virttop/NAME", or below
 * ~/.config (XDG Base Directory Specification). free() it; NULL when neither
 * XDG_CONFIG_HOME nor HOME is an absolute path.
 */
char *vt_config_path(const char *name);
/* The same of another variable of the specification, whose default is in_home below HOME. */
char *vt_xdg_path(const char *variable, const char *in_home, const char *name);

#endif
