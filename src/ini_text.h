/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_INI_TEXT_H
#define VT_INI_TEXT_H

#include "error.h"

/* The text of an INI file, for the configuration and for themes. */
struct vt_ini {
	const char *what; /* "FILE", "theme FILE": messages begin with it */
	const char *form; /* what a line can be: "[virttop] nor a line such as name = value" */
	/* Takes one setting: 0, or -errno with a message, which ends the reading. */
	int (*set)(void *arg, const char *section, const char *name, const char *value,
		   struct vt_error *err);
	void *arg;
};

enum {
	VT_INI_FILE_MOST = 64 * 1024,
	VT_INI_LINE_MOST = 190 /* libinih's own lines are 200 bytes; it cuts longer ones in two */
};

/* 0, or -errno with "WHAT, line N: ...", of the first line that is wrong. */
int vt_ini_parse(const struct vt_ini *ini, const char *text, struct vt_error *err);

#endif
