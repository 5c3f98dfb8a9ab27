/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PARSE_CN_H
#define VT_PARSE_CN_H

#include <stddef.h>
#include <stdint.h>

/* What the process connector told (linux/cn_proc.h): processes, threads are left out. */
struct vt_process_events {
	uint64_t forks, execs, exits;
	uint64_t answers; /* to our wish to listen */
	int refused;      /* errno of the last answer, 0 */
};

/* Adds the messages of one datagram of n bytes. Any bytes are safe. */
void vt_parse_process_events(const void *datagram, size_t n, struct vt_process_events *events);

#endif
