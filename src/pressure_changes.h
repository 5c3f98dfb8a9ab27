/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PRESSURE_CHANGES_H
#define VT_PRESSURE_CHANGES_H

#include "snapshot.h"

/* Pressure of a cgroup or the host that began or ended, as an event says it. */
struct vt_pressure_change {
	struct vt_id subject;
	const char *kind, *name, *text; /* text in s->arena */
};

/*
 * Compares with who waited in prev, and notes in s who does now: what was said
 * would not tell, since much at once is said in one event, and old events go.
 * Returns how many changes there are; free() *ret. Linear.
 */
size_t vt_pressure_changes(struct vt_snapshot *s, const struct vt_snapshot *prev,
			   struct vt_pressure_change **ret);

#endif
