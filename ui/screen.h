/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_SCREEN_H
#define VT_SCREEN_H

#include <stdio.h>

#include "app.h"

/* The three ways in which views leave the program. */

/* The interactive screen, until the person quits. app->term is set meanwhile. */
int vt_screen_run(struct vt_app *app, bool mouse, struct vt_error *err);

/*
 * Plays a key script against a canvas of cols x rows and prints it. The
 * collector must not have its thread running: <Wait> scans once more.
 */
int vt_screen_dump(struct vt_app *app, int cols, int rows, const char *script, bool roles,
		   FILE *out, struct vt_error *err);

/* One view as text, unfolded, every row. */
void vt_screen_text(struct vt_app *app, FILE *out);

#endif
