/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_GROWTH_H
#define VT_GROWTH_H

#include "snapshot.h"

/*
 * How much a counter of cgroups grew since prev at each cgroup itself. Counters
 * such as memory.events and pids.events count what happened below too
 * (cgroup-v2.rst), so the growth of the children is taken off: what is left
 * says where it happened. 0 where it is unknown. A cgroup that prev does not
 * have began at 0; without prev every cgroup did.
 *
 * One number a cgroup, in the order of the table; free() it.
 */
uint64_t *vt_growth_own(const struct vt_snapshot *s, const struct vt_snapshot *prev, int metric);

#endif
