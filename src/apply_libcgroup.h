/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_APPLY_LIBCGROUP_H
#define VT_APPLY_LIBCGROUP_H

#include <stdbool.h>
#include <sys/types.h>

/* libcgroup, kept to cgroup v2. Only apply.c may use this. */

/* libcgroup finds this controller at this mount, so that it will not act on v1. */
bool vt_libcgroup_has(const char *mount, const char *controller);

/*
 * 0, -errno as the kernel said it, or 1 where libcgroup cannot tell: nothing
 * was changed then. The path is below the mount, and not the root.
 */
int vt_libcgroup_set(const char *path, const char *controller, const char *file, const char *value);
int vt_libcgroup_attach(const char *path, const char *controller, pid_t pid);

#endif
