/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_DIALOG_SPAWN_H
#define VT_DIALOG_SPAWN_H

#include "../src/plan.h"
#include "popup.h"

/* What the unshare and the enter dialog share. */

/* VT_NS_TYPES check boxes in one line. */
void vt_ns_fields_put(struct vt_field *fields);
/* Those that are checked, as CLONE_NEW* flags. */
int vt_ns_fields_flags(const struct vt_field *fields);

/* Where to run. A pane is what it starts with where the screen has room for one. */
enum vt_run_in {
	VT_RUN_PANE,
	VT_RUN_SCREEN,
	VT_RUN_BACKGROUND
};
struct vt_field vt_run_in_field(const struct vt_app *app);
void vt_run_in_take(const struct vt_field *field, struct vt_spawn *spawn);

/*
 * Cuts words at blanks, in place; the array ends with NULL, free() it. Quotes
 * are for a shell, which can be the command.
 */
const char **vt_split_words(char *words);

#endif
