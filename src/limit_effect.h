/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_LIMIT_EFFECT_H
#define VT_LIMIT_EFFECT_H

#include "plan.h"
#include "snapshot.h"

/*
 * cpu.max, memory.max and pids.max as numbers of one kind: percent of one CPU,
 * bytes, tasks. What binds a cgroup of them once its own limit is another one.
 */
enum vt_limited {
	VT_LIMITED_NOT = -1,
	VT_LIMITED_CPU,
	VT_LIMITED_MEMORY,
	VT_LIMITED_PIDS
};

/* By the file's name; VT_LIMITED_NOT for any other file. */
enum vt_limited vt_limited_find(const char *file);
/* The number of a value as the kernel takes it; infinite for max, -1 where it is none. */
double vt_limited_number(enum vt_limited what, const char *value);
/* "50% of one CPU", "96M", "12" */
void vt_limited_words(enum vt_limited what, double number, char *out, size_t size);

/* What it uses now, and how much it could at most if it had no limit of its own. */
struct vt_limited_now {
	double usage;     /* -1: not known */
	double bound;     /* infinite: nothing above it limits it, or it is not known */
	const char *from; /* the cgroup that sets bound, or vt_from_host; NULL: not known */
};
struct vt_limited_now vt_limited_look(const struct vt_snapshot *s, const struct vt_cgroup *cg,
				      enum vt_limited what);

/*
 * Adds to the plan what will bind the cgroup once the file has this value, and
 * who suffers. False: nothing is known of it.
 */
bool vt_limit_effect(struct vt_plan *plan, const struct vt_snapshot *s, const struct vt_cgroup *cg,
		     const char *file, const char *value);

#endif
