/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_STATE_FILE_H
#define VT_STATE_FILE_H

#include "error.h"

/*
 * Files that virttop keeps between two starts, in $XDG_STATE_HOME/virttop or
 * ~/.local/state/virttop: what was done (journal.h), what was made (made.h), what an
 * exit costs (exit_cost.h).
 */

/* Where the file of this name is; NULL where neither XDG_STATE_HOME nor HOME says. free() it. */
char *vt_state_path(const char *name);

/*
 * Opens it as open(2) does, close-on-exec and through no link; O_CREAT makes it mode 0600.
 * It is believed only when it is the caller's own and nobody else may write it: undo and
 * clean do as root what its lines say. Else -EPERM, with the way out in err. -ENOENT
 * without O_CREAT is for the caller to judge: err is untouched.
 */
int vt_state_open(const char *path, int flags, struct vt_error *err);

#endif
