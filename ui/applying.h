/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_APPLYING_H
#define VT_APPLYING_H

#include "../src/plan.h"
#include "app.h"

/*
 * A change that waits for something, such as for processes to heed SIGTERM, is made by
 * a thread, so that keys are answered. Meanwhile the snapshot that it was planned from
 * stays on the screen, and nothing else is changed: app->applying is set.
 */

/* The plan waits somewhere. */
bool vt_applying_takes_long(const struct vt_plan *plan);

/* Begins, and takes the plan over; 0, or -errno: it is the caller's still. */
int vt_applying_begin(struct vt_app *app, struct vt_plan *plan);

/* To poll for its end; -1: nothing is being done. */
int vt_applying_fd(const struct vt_app *app);

/* When it has ended: says what became of it. At the end of the screen it is waited for. */
void vt_applying_take(struct vt_app *app, bool wait);

#endif
