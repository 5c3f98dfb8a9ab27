/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_INVERSE_H
#define VT_INVERSE_H

#include "journal.h"

/*
 * Adds to out the steps that take back one step that ran; nothing for what
 * cannot be taken back. Roll-back and undo are both made of these.
 */
void vt_plan_add_inverse(struct vt_plan *out, const struct vt_step *step,
			 const struct vt_outcome *outcome, const char *mount);

/*
 * The value that brings a file from what it says now back to what it was. Files
 * with a line for each device, and cgroup.subtree_control, are changed by
 * differences. NULL: it needs nothing.
 */
const char *vt_inverse_value(struct vt_arena *arena, const char *file, const char *written,
			     const char *was, const char *now);

/* A file with a line for each device: a write changes one line of it. */
bool vt_file_is_by_device(const char *file);
/* The line of text that a write of written is about; NULL: there is none. */
const char *vt_device_line(struct vt_arena *arena, const char *written, const char *text);

#endif
