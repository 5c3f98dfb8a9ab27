/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_SETTLE_H
#define VT_SETTLE_H

#include "action_cgroup.h"
#include "journal.h"

/* What became of a step that virttop was killed at, by what the system has now. */
enum vt_settled {
	VT_SETTLED_NOT_DONE, /* it still has what was there before */
	VT_SETTLED_DONE,     /* it has what the step brings about */
	VT_SETTLED_CHANGED,  /* neither: somebody else was there since */
	VT_SETTLED_UNKNOWN,  /* nothing tells */
};

/* A file that says now, was said to say was, and was to become value. */
enum vt_settled vt_settle_write(const char *file, const char *value, const char *was,
				const char *now);

/*
 * Looks at the system. Where the step was done, or somebody else's change has
 * to make undoing it stale, outcome becomes what the journal would have said
 * after it; strings are in arena.
 */
enum vt_settled vt_settle_step(const struct vt_action_env *env, const struct vt_step *step,
			       struct vt_arena *arena, struct vt_outcome *outcome);

#endif
