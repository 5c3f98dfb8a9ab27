/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_GROWTH_H
#define VT_GROWTH_H

#include "snapshot.h"

/*
 * How much a counter of cgroups grew since prev at each cgroup itself. Counters
 * such as memory.events count what happened below too (cgroup-v2.rst), so the
 * growth of the children is taken off: what is left says where it happened, or
 * that it happened in a child that is gone. Where there is a *.events.local,
 * that says it: limits are hit at the cgroup that holds them. An OOM kill is
 * counted where its victim was, whoever held the limit, and must not get lost
 * with the victim's cgroup, so that the greater of both counts. pids.events
 * has no part from below before Linux 6.11 (there is no pids.events.local
 * then), nor has any with the mount options memory_localevents and
 * pids_localevents. 0 where it is unknown. A cgroup that prev does not have
 * began at 0; without prev every cgroup did.
 *
 * One number a cgroup, in the order of the table; free() it.
 */
uint64_t *vt_growth_own(const struct vt_snapshot *s, const struct vt_snapshot *prev, int metric);

/* The same with what is below, for what is counted at the user and not where the limit is. */
uint64_t *vt_growth_whole(const struct vt_snapshot *s, const struct vt_snapshot *prev, int metric);

/*
 * Whether pids.events counts a refused fork where the limit is. Otherwise it
 * counts where the fork was tried, and the limit may be an ancestor's.
 */
bool vt_growth_pids_at_holder(const struct vt_snapshot *s, const struct vt_cgroup *cg);

#endif
