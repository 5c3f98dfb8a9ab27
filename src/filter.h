/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_FILTER_H
#define VT_FILTER_H

#include "error.h"
#include "metric.h"

/*
 * Which rows to show: words, all of which must hold.
 *
 *   api              the name has it (case is ignored)
 *   mem>100M cpu>=5  FIELD OP VALUE, with = != < > <= >= and ~ (has it)
 *   comm~bash        also "name" for the name that is shown
 *
 * A field is the name, JSON path or title of a metric, a title also without its
 * %, in any case; "cpu" and "mem" mean what each kind has of it. Values are in
 * the metric's unit: sizes take K M G T, times take us ms s m h, yes and no
 * stand for 1 and 0. A kind without that field, and a record that does not know
 * it, do not match. Double quotes keep blanks in a word.
 */
struct vt_filter;

/* NULL on failure: EINVAL; the message names what is wrong and what is accepted. */
struct vt_filter *vt_filter_new(const char *text, struct vt_error *err);
void vt_filter_free(struct vt_filter *f);

/*
 * record may be NULL (a heading): then only the name is asked. name is the one
 * that is shown.
 */
bool vt_filter_match(const struct vt_filter *f, enum vt_kind kind, const void *record,
		     const char *name);

/* The metric that a word means: its name, JSON path, title, or a short word; -1. */
int vt_filter_metric(enum vt_kind kind, const char *word);

#endif
