/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_THEME_H
#define VT_THEME_H

#include <stdint.h>

#include "../src/error.h"
#include "canvas.h"

/*
 * What roles look like. A theme is an INI file (virttop-theme(5)):
 *
 *   [theme]
 *   name = dark
 *   summary = for dark terminals
 *   [roles]
 *   text = default on default
 *   warn = #d7af00 bold
 *   cursor = default on #303030
 *
 * "COLOUR [on COLOUR] [bold dim italic underline reverse]". A colour is a name
 * of the 16 (black red green yellow blue magenta cyan white, bright-...),
 * default, 0 to 255, or #rrggbb; it degrades to what the terminal has.
 */
enum { VT_COLOUR_DEFAULT = -1 };
enum { VT_ATTR_BOLD = 1, VT_ATTR_DIM = 2, VT_ATTR_ITALIC = 4, VT_ATTR_UNDERLINE = 8,
       VT_ATTR_REVERSE = 16 };

struct vt_style {
	int32_t fg, bg; /* VT_COLOUR_DEFAULT, 0..255 (palette), or 0x1000000 | rgb */
	uint32_t attrs;
};

struct vt_theme {
	char name[32];
	char summary[80];
	struct vt_style roles[VT_ROLE_COUNT];
};

/*
 * Loads a theme by name (from $XDG_CONFIG_HOME/virttop/themes, then the data
 * folder) or by path (when it has a slash). Errors name file and line, and what
 * would be accepted. On failure *theme is untouched.
 */
int vt_theme_load(struct vt_theme *theme, const char *name, struct vt_error *err);

/* Parses the text of a theme file; the file's name is for messages. */
int vt_theme_parse(struct vt_theme *theme, const char *file, const char *text, struct vt_error *err);

/* A theme that needs no file: attributes only. Used with NO_COLOR and as the last resort. */
void vt_theme_mono(struct vt_theme *theme);

/* Names of all themes that can be loaded, sorted, each once; free() the array and each name. */
char **vt_theme_list(size_t *ret_n);

/* The nearest colour of a terminal with this many colours (8, 16, 256, 1<<24); -1 stays. */
int vt_theme_degrade(int32_t colour, int colours);

#endif
