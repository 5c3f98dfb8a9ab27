/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PROBE_PROCESS_LIMITS_H
#define VT_PROBE_PROCESS_LIMITS_H

#include "../src/arena.h"
#include "../src/host.h"
#include "../src/process_limits.h"

/*
 * Reads the resource limits of a process and what it uses of them, its
 * capabilities, OOM score, CPU affinity and v1 cgroups, from files of proc(5).
 * What cannot be read is left unknown. Everything lives in the arena.
 */
struct vt_process_limits *vt_process_limits_read(const struct vt_host *host, uint64_t pid,
						 struct vt_arena *arena);

#endif
