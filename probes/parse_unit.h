/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PARSE_UNIT_H
#define VT_PARSE_UNIT_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "../src/units.h"

/*
 * The limits in a unit file or drop-in of systemd (systemd.resource-control(5)).
 * Pure: a text in, what it sets over what was set before. VT_MAX and infinity
 * are "no limit", which is also what systemd sets where nothing is said.
 */
struct vt_unit_limits {
	uint64_t memory_max, memory_high, pids_max;
	double cpu_max_percent;
	bool pids_said; /* otherwise the manager's DefaultTasksMax= counts */
	/* Set in a way that only systemd can compute: a share of the host's memory or tasks. */
	bool memory_max_odd, memory_high_odd, pids_odd;
};

#define VT_UNIT_LIMITS_NONE                                                                        \
	{                                                                                          \
		.memory_max = VT_MAX, .memory_high = VT_MAX, .pids_max = VT_MAX,                   \
		.cpu_max_percent = (double)INFINITY                                                \
	}

/* Files are read in the order of systemd: what comes later counts. */
void vt_parse_unit(const char *text, struct vt_unit_limits *limits);

#endif
