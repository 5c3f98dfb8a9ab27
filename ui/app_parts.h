/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_APP_PARTS_H
#define VT_APP_PARTS_H

#include "app.h"

/* What the files app_*.c share, and nobody else uses. */

/* Why a command that does not work here does not. */
const char *vt_app_why_not(const struct vt_app *app, enum vt_command command);

/* Order, arrangement and columns of the present view (app_order.c). column: VT_SORT_* or its index.
 */
void vt_order_sort_by(struct vt_app *app, int column);
/* The view's own order, then by name, then by each column; by: 1 or -1. */
void vt_order_sort_next(struct vt_app *app, int by);
void vt_order_reverse(struct vt_app *app);
void vt_order_next_variant(struct vt_app *app);
void vt_order_next_columns(struct vt_app *app);

/* The bottom line while something is typed into it (app_prompt.c). */
void vt_prompt_start(struct vt_app *app, enum vt_prompt prompt);
void vt_prompt_key(struct vt_app *app, const struct vt_event_in *e);
void vt_prompt_search_next(struct vt_app *app);
/* "" shows all again. A filter that cannot be read is told and changes nothing. */
void vt_app_set_filter(struct vt_app *app, const char *text);

#endif
