/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_UNITS_H
#define VT_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* What a limit file says as "max": no limit. Infinity where the value is a double. */
#define VT_MAX UINT64_MAX

/* What a metric's number means; decides how it is shown and exported. */
enum vt_unit {
	VT_UNIT_COUNT,         /* 1,204 */
	VT_UNIT_ID,            /* 4026531837: never grouped or shortened */
	VT_UNIT_BOOL,          /* yes, no */
	VT_UNIT_BYTES,         /* powers of 1024: 96M, 1.5G */
	VT_UNIT_USEC,          /* microseconds: 1.2s, 3h04 */
	VT_UNIT_NSEC,          /* nanoseconds */
	VT_UNIT_TICKS,         /* clock ticks since boot */
	VT_UNIT_PERCENT,       /* 0 to 100 times the number of CPUs */
	VT_UNIT_PER_SEC,       /* 18.2k */
	VT_UNIT_BYTES_PER_SEC, /* 1.5M/s */
	VT_UNIT_TEXT,          /* a string */
	VT_UNIT_WORDS,         /* a string of words, an array in JSON */
};

/*
 * Short, for columns: at most 5 characters up to the unit's natural range
 * (999, 1204, 18.2k; 96M, 1.5G; 38, 100; 1.2s, 3m20, 5h04, 12d). VT_MAX and
 * infinity are "max". Always terminated.
 */
void vt_units_short(char *out, size_t size, enum vt_unit unit, uint64_t value);
void vt_units_short_double(char *out, size_t size, enum vt_unit unit, double value);

/* Long, for the detail pane: both forms, "96.4M (101,085,184 bytes)". */
void vt_units_long(char *out, size_t size, enum vt_unit unit, uint64_t value);

/*
 * "100M", "1.5G", "4096", "max": powers of 1024, K M G T P, any case, an
 * optional iB or B behind the letter. Refuses signs, blanks, overflow.
 */
int vt_units_parse_size(const char *text, uint64_t *ret_bytes, struct vt_error *err);

/* A whole number or "max". */
int vt_units_parse_count(const char *text, uint64_t *ret, struct vt_error *err);

/*
 * cpu.max: "50%" (of one CPU), "1.5" (CPUs), "QUOTA PERIOD" (microseconds,
 * also with a comma), "max". The period stays period_usec where the text
 * names none (kernel default 100000; it accepts 1000 to 1000000, and quotas
 * from 1000). ret_quota_usec is VT_MAX for "max".
 */
int vt_units_parse_cpu(const char *text, uint64_t period_usec, uint64_t *ret_quota_usec,
		       uint64_t *ret_period_usec, struct vt_error *err);

/* Seconds with a fraction, between least and most. */
int vt_units_parse_seconds(const char *text, double least, double most, double *ret,
			   struct vt_error *err);

#endif
