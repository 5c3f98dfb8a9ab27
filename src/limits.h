/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_LIMITS_H
#define VT_LIMITS_H

#include "snapshot.h"

/*
 * In effective_*_from: no cgroup sets the limit, but what the host has of it.
 * Paths of cgroups begin with a slash, so it is none.
 */
extern const char vt_from_host[];

/* The usage has been watched for long enough that its growth is a trend (trend.c). */
bool vt_trend_is_told(const struct vt_cgroup *cg);

/*
 * What reclaim leaves to a cgroup, as the kernel distributes it: min(usage,
 * setting) unless the siblings claim together more than the parent has, then a
 * part of that in proportion; with memory_recursiveprot a part of what nobody
 * claims is added. See effective_protection() in the kernel's page_counter.c.
 */
struct vt_protection {
	uint64_t usage, setting;
	uint64_t parent_usage, parent_effective;
	uint64_t siblings_protected; /* min(usage, setting) of all children of the parent */
	bool recursive;              /* mounted with memory_recursiveprot */
};
uint64_t vt_protection_effective(const struct vt_protection *p);

#endif
