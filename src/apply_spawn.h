/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_APPLY_SPAWN_H
#define VT_APPLY_SPAWN_H

#include <sys/types.h>

#include "plan.h"
#include "error.h"

/* Starts a command in new or entered namespaces. Only apply.c may use this. */

struct vt_spawned {
	pid_t pid;       /* of the command */
	bool pid_one;    /* it is PID 1 of its PID namespace */
	int exit_status; /* in the foreground, when it has ended: as wait(2) says it */
};

/*
 * procs: cgroup.procs of the cgroup to start in, open for writing, or -1.
 * target: pidfd of the process to enter, or -1. Returns when the command runs
 * (background) or has ended (foreground). On failure nothing is left.
 */
int vt_spawn_run(const struct vt_spawn *spawn, int procs, int target, struct vt_spawned *ret,
		 struct vt_error *err);

#endif
