/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_DIALOG_SPAWN_H
#define VT_DIALOG_SPAWN_H

#include "popup.h"

/* What the unshare and the enter dialog share. */

/* VT_NS_TYPES check boxes in one line. */
void vt_ns_fields_put(struct vt_field *fields);
/* Those that are checked, as CLONE_NEW* flags. */
int vt_ns_fields_flags(const struct vt_field *fields);

/* Where to run: value 0 is this terminal, 1 the background. */
struct vt_field vt_run_in_field(void);

/*
 * Cuts words at blanks, in place; the array ends with NULL, free() it. Quotes
 * are for a shell, which can be the command.
 */
const char **vt_split_words(char *words);

#endif
