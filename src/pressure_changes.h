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
 * Compares with what was said before: is_on tells whether the last event about
 * the subject was of the kind on, rather than off or none. Returns how many
 * changes there are; free() *ret. Linear.
 */
size_t vt_pressure_changes(struct vt_snapshot *s,
			   bool (*is_on)(const void *arg, const char *on, const char *off,
					 struct vt_id subject),
			   const void *arg, struct vt_pressure_change **ret);

#endif
