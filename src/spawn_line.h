/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_SPAWN_LINE_H
#define VT_SPAWN_LINE_H

#include "plan.h"

/*
 * What unshare and enter imply, and the line of unshare(1) or nsenter(1) that
 * does the same: for the plan's preview and for the dialogs while one chooses.
 */

/* Fills what the options imply: mount_proc the mount namespace, and so on. */
void vt_spawn_complete(struct vt_spawn *spawn);

/* The command, or a shell, or in the background something that waits; in the arena. */
const char *const *vt_spawn_command(int argc, char **argv, const struct vt_spawn *spawn,
				    struct vt_arena *arena);

/* "bash -c 'a b'": the command as a shell reads it. */
const char *vt_spawn_words(struct vt_arena *arena, const struct vt_spawn *spawn);

/* The whole line, for a completed spawn, without the cgroup and what makes it a background job. */
const char *vt_spawn_line(struct vt_arena *arena, const struct vt_spawn *spawn);

/* "the hostname and the cgroup": what unshare(1) or nsenter(1) have no option for; "" nothing. */
const char *vt_spawn_lacks(struct vt_arena *arena, const struct vt_spawn *spawn);

#endif
