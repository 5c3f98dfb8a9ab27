/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_NEAR_H
#define VT_NEAR_H

#include <stddef.h>

/*
 * What a person may have meant: the names most like a word that is unknown.
 * Start with { .word = w }, try every name, then ask for the list.
 */
enum {
	VT_NEAR_MOST = 3
};

struct vt_near {
	const char *word;
	const char *names[VT_NEAR_MOST]; /* best first; borrowed */
	unsigned distance[VT_NEAR_MOST];
	size_t n;
};

/* Case is ignored; equal names count once. */
void vt_near_try(struct vt_near *near, const char *name);

/* "a, b or c"; empty when nothing is like it. Always terminated. */
void vt_near_list(const struct vt_near *near, char *out, size_t size);

#endif
