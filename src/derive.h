/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_DERIVE_H
#define VT_DERIVE_H

#include "snapshot.h"

/*
 * What follows from several probes' rows, computed while a snapshot is sealed,
 * in this order. Each pass is linear. They write into the snapshot, which is
 * theirs until vt_builder_seal returns.
 */

/* Ids become indices; counts, leaders and sums over members (relate.c). */
void vt_relate(struct vt_snapshot *s);

/* Machines with their processes, vCPUs, workers and taps, and their state; of vt_relate (machines.c). */
void vt_machines_relate(struct vt_snapshot *s);

/* The root cgroup's row has the host's figures (identity.c). */
void vt_root_derive(struct vt_snapshot *s);

/* How fast usage grows (trend.c). prev may be NULL. */
void vt_trend_derive(struct vt_snapshot *s, const struct vt_snapshot *prev);

/* effective.*: which ancestor's limit binds each cgroup (limits.c). */
void vt_limits_derive(struct vt_snapshot *s);

/* The same of io.max of each device (limits_io.c). */
void vt_limits_io_derive(struct vt_snapshot *s);

/* What memory.min and memory.low are worth (protection.c). */
void vt_protection_derive(struct vt_snapshot *s);

/* Containers, by the names that engines give their cgroups (containers.c). */
void vt_containers_derive(struct vt_snapshot *s);

/* What each cgroup is: slice, session, container, ... (identity.c). */
void vt_identity_derive(struct vt_snapshot *s);

/* What hurts, ranked (findings.c). prev may be NULL: it keeps "since". */
void vt_findings_derive(struct vt_snapshot *s, const struct vt_snapshot *prev);

/* What happened since prev, after prev's own events (events.c). */
void vt_events_derive(struct vt_snapshot *s, const struct vt_snapshot *prev);

/* When a kill of the kernel log happened, by the wall clock. */
uint64_t vt_oom_wall_ns(const struct vt_snapshot *s, const struct vt_oom *kill);
/* "4242 stress, 98M", in s->arena. */
const char *vt_oom_words(struct vt_snapshot *s, const struct vt_oom *kill);

#endif
