/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The edit distance (Levenshtein's), in one row. A name that holds the word is
 * nearer than any other: people type a part of what they mean.
 */
#include "near.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

enum {
	LONGEST = 64 /* longer words are compared in their first part */
};

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned edits(const char *a, const char *b)
{
	size_t n = strnlen(b, LONGEST);
	unsigned row[LONGEST + 1];

	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; a[i] && i < LONGEST; i++) {
		unsigned corner = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 0; j < n; j++) {
			bool same = tolower((unsigned char)a[i]) == tolower((unsigned char)b[j]);
			unsigned up = row[j + 1];

			row[j + 1] = least(corner + !same, least(up, row[j]) + 1);
			corner = up;
		}
	}
	return row[n];
}

/* 0: no likeness worth showing. */
static unsigned distance(const char *word, const char *name)
{
	unsigned d;

	if (!*word)
		return 0;
	if (vt_text_find(name, word))
		return 1;
	d = edits(word, name);
	return d <= (strlen(word) + 2) / 3 ? d + 1 : 0;
}

void vt_near_try(struct vt_near *near, const char *name)
{
	unsigned d = distance(near->word, name);
	size_t at = near->n;

	if (!d)
		return;
	for (size_t i = 0; i < near->n; i++)
		if (strcmp(near->names[i], name) == 0)
			return;
	while (at && near->distance[at - 1] > d)
		at--;
	if (at == VT_NEAR_MOST)
		return;
	if (near->n < VT_NEAR_MOST)
		near->n++;
	for (size_t i = near->n - 1; i > at; i--) {
		near->names[i] = near->names[i - 1];
		near->distance[i] = near->distance[i - 1];
	}
	near->names[at] = name;
	near->distance[at] = d;
}

void vt_near_list(const struct vt_near *near, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < near->n && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s",
					 i == 0             ? ""
					 : i == near->n - 1 ? " or "
							    : ", ",
					 near->names[i]);
}
