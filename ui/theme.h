/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_THEME_H
#define VT_THEME_H

#include <stdbool.h>
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
struct vt_theme {
	char name[32];
	char summary[80];
	struct vt_style roles[VT_ROLE_COUNT];
};

/*
 * Loads a theme by name (from $XDG_CONFIG_HOME/virttop/themes, then the data
 * folder) or by path (when it has a slash). Errors name file and line, and what
 * would be accepted. On failure *theme is untouched. The environment variable
 * VIRTTOP_THEMES names another data folder, for running from a build tree.
 */
int vt_theme_load(struct vt_theme *theme, const char *name, struct vt_error *err);

/* Parses the text of a theme file; the file's name is for messages. */
int vt_theme_parse(struct vt_theme *theme, const char *file, const char *text,
		   struct vt_error *err);

/* A theme that needs no file: attributes only. Used with NO_COLOR and as the last resort. */
void vt_theme_mono(struct vt_theme *theme);

/* Names of all themes that can be loaded, sorted, each once; free() the array and each name. */
char **vt_theme_list(size_t *ret_n);

/* A style as it is shown with this many colours: what degrading would hide becomes an attribute. */
struct vt_style vt_theme_fit(struct vt_style style, int colours);

/*
 * The nearest colour of a terminal with this many colours (8, 16, 256, 1<<24); -1 stays.
 * Below 256 near means of the same hue: a pale red is red and not white.
 */
int vt_theme_degrade(int32_t colour, int colours);

/*
 * How a role's text looks on a terminal with this many colours, on the cursor's
 * row or not: a cursor with a colour of its own gives it to all of the row, one
 * without lets roles keep theirs. What degrading would hide becomes an
 * attribute: a bar too dark to be seen is reversed, grey text is dim where
 * there is no grey, bright text bold where nothing is bright.
 */
struct vt_style vt_theme_look(const struct vt_theme *theme, enum vt_role role, bool on_cursor,
			      int colours);

#endif
