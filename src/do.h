/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_DO_H
#define VT_DO_H

#include "action.h"

/*
 * `virttop do ACTION ARG...`: argv[0] is the action's name, or "undo". Prints
 * the preview to stdout, asks on the terminal unless yes, applies, prints the
 * result. --dry-run and --yes are also taken among the words, before a command.
 * Returns the exit status: 0 done, 1 it failed, 2 usage, 3 refused.
 */
int vt_do(const struct vt_action_env *env, int argc, char **argv, bool dry_run, bool yes);

#endif
