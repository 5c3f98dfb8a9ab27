/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_APP_PARTS_H
#define VT_APP_PARTS_H

#include "app.h"

/* What the files app_*.c share, and nobody else uses. */

/* Why a command that does not work here does not. */
const char *vt_app_why_not(const struct vt_app *app, enum vt_command command);

/* The bottom line while something is typed into it (app_prompt.c). */
void vt_prompt_start(struct vt_app *app, enum vt_prompt prompt);
void vt_prompt_key(struct vt_app *app, uint32_t key);
void vt_prompt_search_next(struct vt_app *app);
/* "" shows all again. A filter that cannot be read is told and changes nothing. */
void vt_app_set_filter(struct vt_app *app, const char *text);

#endif
