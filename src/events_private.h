/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_EVENTS_PRIVATE_H
#define VT_EVENTS_PRIVATE_H

#include "derive.h"
#include "idmap.h"

/* What the files events*.c share: the events of the snapshot that is being sealed. */

struct vt_log {
	struct vt_snapshot *s;
	const struct vt_snapshot *prev;
	struct vt_event *events;
	size_t n, cap;
	size_t mark, in_batch; /* of what is being compared now */
	struct vt_idmap last;  /* kind and subject to index in events */
};

/* Adds one; strings live in the snapshot's arena, or are constant. */
void vt_log_say(struct vt_log *l, const char *kind, struct vt_id subject, const char *name,
		const char *text);

/* Much of one sort in one refresh becomes one line: "312 cgroups removed" in place of the first. */
void vt_log_begin(struct vt_log *l);
/* Asked before a text is made: false when there are too many to be told one by one. */
bool vt_log_has_room(struct vt_log *l);
void vt_log_end(struct vt_log *l, const char *kind, enum vt_kind subject, const char *what);

/* "machine web, process 4242 qemu", and its name alone. */
const char *vt_machine_words(struct vt_log *l, const void *machine);
const char *vt_machine_name(const void *machine);
/* What befell machines that were there before too (events_machine.c). */
void vt_say_machines(struct vt_log *l);

#endif
