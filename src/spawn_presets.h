/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_SPAWN_PRESETS_H
#define VT_SPAWN_PRESETS_H

#include "plan.h"

/* The classic demonstrations, each one choice. */
struct vt_spawn_preset {
	const char *name; /* in the dialog */
	const char *word; /* for --preset */
	struct vt_spawn spawn;
};

/* Ends with one whose name is NULL. */
extern const struct vt_spawn_preset vt_spawn_presets[];
/* By word or name; NULL. */
const struct vt_spawn_preset *vt_spawn_preset_find(const char *name);

#endif
