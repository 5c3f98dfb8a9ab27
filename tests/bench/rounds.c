/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measuring by the middle of several rounds: one that was disturbed does not
 * count. CPU time of the whole process, as clock_gettime(2) has it.
 */
#include "rounds.h"

#include <stdlib.h>
#include <time.h>

enum {
	ROUNDS_MOST = 99
};

static double cpu_seconds(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double vt_rounds_measure(const char *times, void (*round)(void *arg), void *arg)
{
	double took[ROUNDS_MOST], before;
	char *end;
	unsigned long n = strtoul(times, &end, 10);

	if (*end || n < 1 || n > ROUNDS_MOST)
		return -1;
	for (unsigned long i = 0; i < n; i++) {
		before = cpu_seconds();
		round(arg);
		took[i] = cpu_seconds() - before;
	}
	qsort(took, n, sizeof(*took), compare);
	return took[n / 2];
}
