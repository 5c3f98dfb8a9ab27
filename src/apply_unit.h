/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_APPLY_UNIT_H
#define VT_APPLY_UNIT_H

#include "unit_bus.h"

/*
 * Sets the properties of these lines at once; lasting: beyond the next boot. Only for apply.c.
 * ret_unanswered: it failed since no answer came, so it may have been done, or be done yet.
 */
int vt_apply_unit(struct vt_unit_bus *bus, const char *lines, bool lasting, bool *ret_unanswered,
		  struct vt_error *err);

#endif
