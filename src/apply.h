/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_APPLY_H
#define VT_APPLY_H

#include "action.h"

/* The only module that changes the system. */

struct vt_result {
	size_t done; /* steps that ran (and were not rolled back) */
	pid_t pid;   /* VT_OP_SPAWN: the process started */
	uint64_t pid_start_ticks;
	pid_t child; /* of a pane: what is the caller's to wait for */
	int exit_status; /* foreground spawn: as wait(2) says it */
	char text[256];  /* one line for people: what was done */
};

/*
 * Runs the steps in order. Each target and each value before (was) is checked
 * again first; a stale step stops with ESTALE before it changes anything. A
 * step that fails rolls back those before it; err says what failed and what
 * the roll-back did. Written to the journal before and after every step.
 */
int vt_apply(const struct vt_host *host, const struct vt_snapshot *snapshot,
	     const struct vt_plan *plan, struct vt_result *ret_result, struct vt_error *err);

/*
 * How many plans were applied so far, also those that failed. A probe that
 * keeps what hardly ever changes reads it again when this has grown.
 */
unsigned vt_apply_changes(void);

/*
 * The plan that undoes the newest journalled plan of this boot that is done and
 * not yet undone. ENOENT: nothing to undo. ESTALE: something changed since.
 */
int vt_undo_plan(const struct vt_host *host, const struct vt_snapshot *snapshot,
		 struct vt_plan **ret_plan, struct vt_error *err);

/*
 * The same for one plan by its id in the journal, or the beginning of it. ENOENT:
 * there is none, or nothing of it can be taken back; EALREADY: it is undone.
 */
int vt_undo_plan_of(const struct vt_host *host, const struct vt_snapshot *snapshot, const char *id,
		    struct vt_plan **ret_plan, struct vt_error *err);

#endif
