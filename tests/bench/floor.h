/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_FLOOR_H
#define VT_FLOOR_H

#include <stddef.h>

struct vt_floor {
	const char *cgroup_mount;
	size_t processes, cgroups; /* what the last scan saw */
};

/* One scan, of a struct vt_floor; a round of rounds.h. */
void vt_floor_scan(void *floor);

#endif
