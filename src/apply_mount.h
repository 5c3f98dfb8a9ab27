/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_APPLY_MOUNT_H
#define VT_APPLY_MOUNT_H

#include <stdint.h>

#include "error.h"

/*
 * The kernel's own file systems that figures come from, each where it belongs: sysfs has an
 * empty directory for each that the kernel has. Nothing else is mounted or unmounted here.
 * Only apply.c may use what changes something.
 */
struct vt_mount_place {
	const char *type, *path; /* "debugfs", "/sys/kernel/debug" */
	long magic;              /* of statfs(2) */
	const char *buys;        /* what is read from it */
};
extern const struct vt_mount_place vt_mount_places[]; /* ends with a type of NULL */

/* By its type or by its path; NULL. */
const struct vt_mount_place *vt_mount_place_find(const char *word);

/*
 * 0 when it is mounted; ret_id tells this mount from a later one: its number is never given
 * again (statx(2), Linux 6.8; before, it may be). -ENODEV: it is not mounted; -ENOENT: this
 * kernel has none; other -errno of open(2).
 */
int vt_mount_look(const struct vt_mount_place *place, uint64_t *ret_id);

/* Mounts it with nosuid, nodev and noexec, as systemd does. EBUSY: somebody else was first. */
int vt_mount_make(const struct vt_mount_place *place, uint64_t *ret_id, struct vt_error *err);
/*
 * Unmounts it. id: what is there now must be this mount, else ESTALE; 0: not checked.
 * EBUSY: somebody uses it, for longer than a second; it stays.
 */
int vt_mount_drop(const struct vt_mount_place *place, uint64_t id, struct vt_error *err);

#endif
