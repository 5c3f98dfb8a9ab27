/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_APPLY_SPAWN_H
#define VT_APPLY_SPAWN_H

#include <sys/types.h>

#include "error.h"
#include "host.h"
#include "plan.h"

/* Starts a command in new or entered namespaces. Only apply.c may use this. */

struct vt_spawned {
	pid_t pid;       /* of the command */
	bool pid_one;    /* it is PID 1 of its PID namespace */
	pid_t child;     /* in a pane: our child, which ends as the command ends */
	int exit_status; /* in the foreground, when it has ended: as wait(2) says it */
};

/*
 * cgroup: the directory of the cgroup to be born in, or -1.
 * target: pidfd of the process to enter, or -1. Returns when the command runs
 * (background, pane) or has ended (foreground). On failure nothing is left.
 */
int vt_spawn_run(const struct vt_host *host, const struct vt_spawn *spawn, int cgroup, int target,
		 struct vt_spawned *ret, struct vt_error *err);

/* What failed on the way (apply_setup.h), in words; fills err and returns -errno. */
struct vt_report;
int vt_spawn_explain(const struct vt_host *host, const struct vt_spawn *spawn,
		     const struct vt_report *report, struct vt_error *err);

/* Which settings of the host forbid user namespaces, where they are; "" where none does. */
void vt_userns_hint(const struct vt_host *host, char *out, size_t size);

#endif
