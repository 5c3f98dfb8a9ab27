/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_ROUNDS_H
#define VT_ROUNDS_H

/*
 * Runs a round so many times (a number of 1 to 99 as text) and returns the CPU
 * seconds, user and system, of the middle one; a negative number when the text
 * is no such number.
 */
double vt_rounds_measure(const char *times, void (*round)(void *arg), void *arg);

#endif
