/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_WATCH_H
#define VT_WATCH_H

#include "../src/host.h"

/*
 * Tells at once when something happened in the cgroup v2 tree that should not
 * wait for the next refresh: an OOM kill, a refused fork, a cgroup that was
 * made, removed, emptied, filled, frozen or thawed, pressure that begins. It reads nothing into the
 * model; polling finds the same later where there is no watch.
 */
struct vt_watch;

/*
 * Calls wake(arg) from a thread of its own. NULL where nothing can be watched:
 * a recorded tree, no cgroup v2, no inotify. The tree is walked in the thread,
 * so this returns at once.
 */
struct vt_watch *vt_watch_new(const struct vt_host *host, void (*wake)(void *arg), void *arg);
void vt_watch_free(struct vt_watch *w); /* NULL is fine */

#endif
