/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_FILTER_H
#define VT_FILTER_H

#include "error.h"
#include "model.h"

/*
 * What `f` takes: words, all of which must hold. "api" is in the name;
 * "mem>100M", "cpu>=5", "state=D", "comm~ssh" compare a metric, called by its
 * name, its column's title or its JSON key, any case. Operators: = != > < >= <=
 * and ~ (contains). An unknown value matches nothing but "!=".
 */
struct vt_filter;

/* NULL on error: EINVAL names the field or value and what is accepted. */
struct vt_filter *vt_filter_new(const char *text, struct vt_error *err);
void vt_filter_free(struct vt_filter *f);

/* record is NULL for rows that are no things: those match by name only. */
bool vt_filter_match(const struct vt_filter *f, enum vt_kind kind, const void *record,
		     const char *name);

#endif
