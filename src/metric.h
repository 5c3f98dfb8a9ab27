/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_METRIC_H
#define VT_METRIC_H

#include "model.h"
#include "units.h"

/* The metric tables made from metric_rows.h, and generic access through them. */

enum vt_metric_class {
	VT_GAUGE,
	VT_COUNTER,
	VT_RATE,
	VT_SHARE,
	VT_STRING
};

struct vt_metric {
	const char *name, *json, *title, *help;
	enum vt_unit unit;
	enum vt_metric_class class;
	bool real;     /* a double; otherwise uint64_t, or const char * for VT_STRING */
	size_t offset; /* in the kind's record */
	int from, per; /* counters that a rate or share is made from; -1 */
	double scale;  /* of a rate */
};

struct vt_kind_info {
	const char *name;                /* plural, as in JSON */
	size_t size;                     /* of the record */
	const struct vt_metric *metrics; /* index is the validity bit */
	int n_metrics;
};

extern const struct vt_kind_info vt_kinds[VT_KIND_COUNT];

/* The index of the metric with this name or JSON path, -1. */
int vt_metric_find(enum vt_kind kind, const char *name);

/* Values of known metrics. Strings answer 0 to number. VT_MAX is infinity as a number. */
double vt_metric_number(const struct vt_metric *m, const void *record);
const char *vt_metric_string(const struct vt_metric *m, const void *record);

/*
 * The value as a column or the detail pane shows it. Unknown is "–" (or "-"
 * when ascii). Strings are escaped.
 */
void vt_metric_short(char *out, size_t size, enum vt_kind kind, int metric, const void *record,
		     bool ascii);
void vt_metric_long(char *out, size_t size, enum vt_kind kind, int metric, const void *record,
		    bool ascii);

/*
 * Orders two records by a metric, smaller first, unknown before everything.
 * Strings in byte order.
 */
int vt_metric_compare(enum vt_kind kind, int metric, const void *a, const void *b);

#endif
