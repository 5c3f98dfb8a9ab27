/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_JUMP_H
#define VT_JUMP_H

#include "app.h"

/* From any thing to the related ones, and back. */

/* The cgroup that a thing is in (or is); NULL. */
const struct vt_cgroup *vt_related_cgroup(const struct vt_snapshot *s, struct vt_id id);
/* The process that a thing is, or that leads it; NULL. */
const struct vt_process *vt_related_process(const struct vt_snapshot *s, struct vt_id id);

void vt_jump_go(struct vt_app *app);   /* Enter: the most likely one */
void vt_jump_menu(struct vt_app *app); /* all of them to choose from */
void vt_jump_back(struct vt_app *app);
void vt_jump_search_all(struct vt_app *app); /* search every kind at once */

#endif
