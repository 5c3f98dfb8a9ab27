/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_CGROUP_V1_H
#define VT_CGROUP_V1_H

#include "../src/arena.h"
#include "../src/host.h"
#include "../src/process_limits.h"

/* Why what v1 holds can be read here and not be set. */
extern const char vt_v1_why[];

/*
 * Where a process is in cgroup v1, and the main limits there, with the one of
 * its ancestors that binds: fills v1 and n_v1 of ret, in the arena. See
 * cgroups(7) and the kernel's cgroup-v1 documents.
 */
void vt_cgroup_v1_read(const struct vt_host *host, uint64_t pid, struct vt_arena *arena,
		       struct vt_process_limits *ret);

#endif
