/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_DO_EXIT_COST_H
#define VT_DO_EXIT_COST_H

#include "action.h"

extern const char vt_exit_cost_usage[], vt_exit_cost_summary[];

/*
 * `virttop do exit-cost [--seconds N]`: measures and prints. It changes nothing, so
 * that it neither asks nor is journalled. argv are the words behind the name. 0, or
 * -EINVAL (usage), -EROFS (refused), or another error.
 */
int vt_do_exit_cost(const struct vt_action_env *env, int argc, char **argv, bool dry_run,
		    struct vt_error *err);

#endif
