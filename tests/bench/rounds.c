/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measuring by the middle of several rounds: one that was disturbed does not
 * count. What is compared runs in turn, the one first that was last, since a
 * machine that others use is faster now and slower then. CPU time of the whole
 * process, as clock_gettime(2) has it.
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

static double cost(void (*round)(void *arg), void *arg)
{
	double before = cpu_seconds();

	round(arg);
	return cpu_seconds() - before;
}

static double middle(double *values, unsigned long n)
{
	qsort(values, n, sizeof(*values), compare);
	return values[n / 2];
}

int vt_rounds_compare(const char *times, void (*first)(void *arg), void *first_arg,
		      void (*second)(void *arg), void *second_arg, struct vt_rounds *ret)
{
	double a[ROUNDS_MOST], b[ROUNDS_MOST], ratio[ROUNDS_MOST];
	char *end;
	unsigned long n = strtoul(times, &end, 10);

	if (*end || n < 1 || n > ROUNDS_MOST)
		return -1;
	for (unsigned long i = 0; i < n; i++) {
		if (i % 2)
			b[i] = cost(second, second_arg);
		a[i] = cost(first, first_arg);
		if (i % 2 == 0)
			b[i] = cost(second, second_arg);
		ratio[i] = a[i] / b[i];
	}
	*ret = (struct vt_rounds){ middle(a, n), middle(b, n), middle(ratio, n) };
	return 0;
}
