/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_MADE_H
#define VT_MADE_H

#include "action.h"
#include "journal.h"

/*
 * What virttop made and is still there: background processes, cgroups, kept
 * namespaces, named network namespaces and cables into them, mounts of debugfs and tracefs.
 * $XDG_STATE_HOME/virttop/made has a line for each, with identity: what is there
 * under the same name but is another is not ours. Undo takes back the last thing;
 * this is the list of all, also after a crash.
 */
struct vt_made {
	struct vt_step step; /* op, path, was as it ran */
	struct vt_outcome outcome;
	const char *title;     /* of its plan */
	const char *what;      /* "process 4242 (sleep)", "cgroup /demo" */
	uint64_t by, by_start; /* the virttop that made it */
	bool left;             /* the person said that it stays */
	bool elsewhere;        /* from another PID namespace: its pids say nothing here */
};

struct vt_made_list {
	struct vt_arena *arena;
	struct vt_made *made; /* oldest first */
	size_t n, cap;
};

/* Writes down what a step that was done has made, if anything. Never fails. */
void vt_made_note(const struct vt_action_env *env, const struct vt_plan *plan, size_t step,
		  const struct vt_outcome *outcome);

/* All that this process made stays, because the person wants it so. */
void vt_made_leave(const struct vt_action_env *env);

/* Those of the list stay too: their virttops ended without asking. */
void vt_made_adopt(const struct vt_action_env *env, const struct vt_made_list *list);

enum vt_made_whose {
	VT_MADE_ALL,
	VT_MADE_MINE,    /* of this process, not left */
	VT_MADE_ORPHANED /* of a virttop of this PID namespace that is gone, not left */
};
/* A list that is not there is empty; EPERM: somebody else can have written it (state_file.h). */
int vt_made_read(const struct vt_action_env *env, enum vt_made_whose whose,
		 struct vt_made_list *ret, struct vt_error *err);
void vt_made_list_finish(struct vt_made_list *list);

/* Makes it the plan that removes these, the newest first: a process before its cgroup. */
void vt_made_plan(const struct vt_action_env *env, struct vt_plan *plan, const struct vt_made *made,
		  size_t n);

#endif
