/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_MEMORY_H
#define VT_MEMORY_H

#include <dirent.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Allocation that cannot fail (it aborts; the terminal is restored by the
 * abort handler) and cleanup attributes.
 */

#define vt_cleanup(f)   __attribute__((cleanup(f)))
#define VT_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define VT_LEN(a)       (sizeof(a) / sizeof((a)[0]))

/*
 * To be called first. The tables of a snapshot come and go whole: their memory goes
 * back to the kernel at once rather than staying in the heap of the thread that made them.
 */
void vt_memory_init(void);

void *vt_alloc(size_t size); /* zeroed */
void *vt_realloc_array(void *p, size_t n, size_t size);
char *vt_strdup(const char *s);
char *vt_strndup(const char *s, size_t n);
char *vt_asprintf(const char *fmt, ...) VT_PRINTF(1, 2);

/* Makes room for one more in a growing array: capacity grows by half. */
#define VT_GROW(array, n, cap)                                                                     \
	do {                                                                                       \
		if ((n) == (cap)) {                                                                \
			(cap) = (cap) ? (cap) + (cap) / 2 : 16;                                    \
			(array) = vt_realloc_array((array), (cap), sizeof(*(array)));              \
		}                                                                                  \
	} while (0)

static inline void vt_freep(void *p)
{
	free(*(void **)p);
}

static inline void vt_closep(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static inline void vt_closedirp(DIR **d)
{
	if (*d)
		(void)closedir(*d);
}

static inline void vt_fclosep(FILE **f)
{
	if (*f)
		(void)fclose(*f);
}

#define vt_autofree     vt_cleanup(vt_freep)
#define vt_autoclose    vt_cleanup(vt_closep)
#define vt_autoclosedir vt_cleanup(vt_closedirp)
#define vt_autofclose   vt_cleanup(vt_fclosep)

static inline int vt_take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#endif
