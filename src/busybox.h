/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_BUSYBOX_H
#define VT_BUSYBOX_H

#include "host.h"

/*
 * A root without a shell: the host's static busybox, run by its descriptor,
 * needs no file there at all.
 */

/* A descriptor of a busybox that needs no loader and no library; -ENOENT: none here. */
int vt_busybox_open(const char **ret_path);

/* root (a descriptor) has the program at an absolute path, as one would find it from inside. */
bool vt_root_has(int root, const char *path);

#endif
