/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_LIMIT_SCALE_H
#define VT_LIMIT_SCALE_H

#include "limit_files.h"
#include "snapshot.h"

/*
 * The values of a limit that make sense, for a slider: sizes in steps of half a
 * power of two, CPU in percent and then whole CPUs, counts as 1 2 3 5 10.
 */
struct vt_limit_scale {
	const struct vt_limit_row *row;
	double least, most; /* of the scale; what is above is max */
};

/* For a file that has such values; false otherwise. Host sizes bound the scale. */
bool vt_limit_scale_make(const char *file, const struct vt_snapshot *s, struct vt_limit_scale *ret);

/* The number that was typed, as the scale has it: bytes, percent, count; infinite: max; -1: none.
 */
double vt_limit_scale_number(const struct vt_limit_scale *scale, const char *typed);

/* Where a number is, 0 to 1, by its logarithm; max is 1. */
double vt_limit_scale_place(const struct vt_limit_scale *scale, double number);

/* The next value up (by 1) or down (-1) from what was typed, as it would be typed. */
void vt_limit_scale_step(const struct vt_limit_scale *scale, const char *typed, int by, char *out,
			 size_t size);
/* The value nearest to a place. */
void vt_limit_scale_at(const struct vt_limit_scale *scale, double place, char *out, size_t size);

/*
 * What a person may be about to type: units behind a number, max, the words
 * that the file accepts. Each call offers the next one; false: nothing fits.
 */
bool vt_limit_complete(const struct vt_limit_row *row, const char *typed, char *out, size_t size);

#endif
