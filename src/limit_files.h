/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_LIMIT_FILES_H
#define VT_LIMIT_FILES_H

#include "action.h"

/*
 * The table of files that can be set, by the kernel's cgroup-v2.rst. For the
 * dialog's list of one cgroup's files see vt_limit_files_list in action.h.
 */
struct vt_limit_row {
	const char *name; /* a star stands for a page size: "hugetlb.*.max" */
	enum vt_limit_syntax syntax;
	const char *help;
	const char *accepts;  /* VT_LIMIT_TEXT: in words */
	uint64_t least, most; /* VT_LIMIT_COUNT */
	bool no_max;          /* "max" is refused */
	const char *fallback; /* the value at birth; NULL: it differs */
	const char *current;  /* the file that says what is used now */
	const char *below;    /* what happens when the limit goes below that */
};

/* NULL: not a file that can be set. */
const struct vt_limit_row *vt_limit_row_find(const char *file);

/*
 * Turns what a person typed into what the kernel wants: "100M" into
 * "104857600", "50%" into "50000 100000". now is the present value, for what
 * the text does not name. Fails with what the file accepts.
 */
int vt_limit_value(const struct vt_limit_row *row, const char *file, const char *typed,
		   const char *now, char *out, size_t size, struct vt_error *err);

/* What the file accepts, in words. */
void vt_limit_accepts(const struct vt_limit_row *row, char *out, size_t size);

/* A value for people: "104857600" is "100M", "50000 100000" is "50%". */
void vt_limit_show(const char *file, const char *value, char *out, size_t size);

/* The values that differ from those at birth, as lines "file=value"; free() it, NULL: none. */
char *vt_limit_settings(int dir);

#endif
