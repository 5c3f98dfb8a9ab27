/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocation that aborts when memory is out: a monitor has nothing useful to
 * do without memory, and a path for it in every caller would never be tested.
 */
#include "memory.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void *check(void *p)
{
	if (!p) {
		fputs("virttop: out of memory\n", stderr);
		abort();
	}
	return p;
}

void vt_memory_init(void)
{
#ifdef M_MMAP_THRESHOLD
	/* The default grows with what is freed; a threshold that was set stays: mallopt(3). */
	(void)mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
}

void *vt_alloc(size_t size)
{
	return check(calloc(1, size ? size : 1));
}

void *vt_realloc_array(void *p, size_t n, size_t size)
{
	return check(reallocarray(p, n ? n : 1, size ? size : 1));
}

char *vt_strdup(const char *s)
{
	return check(strdup(s));
}

char *vt_strndup(const char *s, size_t n)
{
	return check(strndup(s, n));
}

char *vt_asprintf(const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	return check(s);
}
