/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_COMPARE_H
#define VT_COMPARE_H

#include "app.h"

/* Choosing the process that namespaces are compared with; views ask vt_compare_process. */

/* Takes the process of the row, or none when it is that one already. */
void vt_compare_choose(struct vt_app *app);

#endif
