/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_ROUNDS_H
#define VT_ROUNDS_H

struct vt_rounds {
	double first, second; /* CPU seconds, user and system, of the middle round */
	double ratio;         /* the middle of what each pair of rounds gave */
};

/*
 * Measures two things against each other, in turn, so many times (a number of 1
 * to 99 as text). Returns 0, or -1 when the text is no such number.
 */
int vt_rounds_compare(const char *times, void (*first)(void *arg), void *first_arg,
		      void (*second)(void *arg), void *second_arg, struct vt_rounds *ret);

#endif
