/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PSI_TRIGGERS_H
#define VT_PSI_TRIGGERS_H

#include <stdbool.h>

/*
 * Triggers of the kernel's pressure files (Documentation/accounting/psi.rst): it
 * tells when tasks waited for 15 % of a second, or, without CAP_SYS_RESOURCE, of
 * two seconds. Bounded in number; what has none is found by polling. NULL is fine
 * everywhere.
 */
struct vt_triggers;

/* NULL where there is no epoll. */
struct vt_triggers *vt_triggers_new(void);
void vt_triggers_free(struct vt_triggers *t);

/* How many were set. None where the kernel has no PSI, or not of this cgroup. */
unsigned vt_triggers_add_host(struct vt_triggers *t, int proc);
/* path as seen below root: the cgroup's directory. */
unsigned vt_triggers_add_cgroup(struct vt_triggers *t, int root, const char *path);

/* Readable when one went off; -1 without triggers. */
int vt_triggers_fd(const struct vt_triggers *t);
/*
 * Takes what went off, without waiting. True when pressure began somewhere: while
 * it goes on the kernel tells each second, and polling sees that as well.
 */
bool vt_triggers_take(struct vt_triggers *t);

#endif
