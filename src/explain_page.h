/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_EXPLAIN_PAGE_H
#define VT_EXPLAIN_PAGE_H

#include <stdio.h>

#include "process_limits.h"
#include "snapshot.h"

/* What the files explain*.c share, and nobody else: the page that is being written. */
struct vt_page {
	const struct vt_snapshot *s;
	const struct vt_host_row *host;
	const struct vt_process_limits *limits; /* of the process; NULL: not read */
	struct vt_arena *arena;
	FILE *out;
	unsigned n_lines;
};

enum {
	VT_PAGE_LINES = 39, /* what goes beyond is left out, the least important last */
};

/* Text of the system, escaped, so that a hostile name cannot add lines of its own. */
const char *vt_page_clean(const struct vt_page *p, const char *raw);
void vt_page_line(struct vt_page *p, const char *label, const char *fmt, ...) VT_PRINTF(3, 4);
/* A figure with its unit, or "unknown". */
const char *vt_page_figure(const struct vt_page *p, enum vt_kind kind, int metric,
			   const void *record);
const char *vt_page_value(const struct vt_page *p, enum vt_unit unit, uint64_t value);

/* All that is said of a cgroup (explain_cgroup.c), and of a process without its cgroup. */
void vt_page_cgroup(struct vt_page *p, const struct vt_cgroup *cg);
void vt_page_process(struct vt_page *p, const struct vt_process *proc);

#endif
