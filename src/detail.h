/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_DETAIL_H
#define VT_DETAIL_H

#include "arena.h"
#include "error.h"
#include "host.h"
#include "model.h"
#include "units.h"

/*
 * Details of the one thing that is selected, read on demand by a thread of
 * their own: what is read here can hang (the command line of a stuck process).
 */
struct vt_detail_line {
	const char *label, *value; /* raw */
};

/* How often a value lay in each of n ranges, from[i] up to from[i + 1]. */
struct vt_detail_hist {
	const char *label;
	enum vt_unit unit;
	size_t n;
	const uint64_t *from, *counts;
};

struct vt_process_limits;

struct vt_detail {
	struct vt_arena *arena;
	struct vt_id subject;
	struct vt_detail_line *lines;
	size_t n_lines, cap_lines;
	struct vt_detail_hist *hists;
	size_t n_hists, cap_hists;
	/* Of a process, in the arena; NULL: it has ended, or this is no process. */
	const struct vt_process_limits *limits;
};

/* Reads; supplied by the probes. May block. */
typedef void (*vt_detail_fn)(const struct vt_host *host, struct vt_detail *d);

void vt_detail_add(struct vt_detail *d, const char *label, const char *fmt, ...) VT_PRINTF(3, 4);

/* Copies the arrays; left out when nothing was counted. */
void vt_detail_add_hist(struct vt_detail *d, const char *label, enum vt_unit unit,
			const uint64_t *from, const uint64_t *counts, size_t n);

/* What hangs is not waited for longer by who needs an answer now. */
enum {
	VT_DETAIL_WAIT_MS = 5000
};

struct vt_detailer;
struct vt_detailer *vt_detailer_new(vt_detail_fn fn, const struct vt_host *host);
/* Gives up on a reader that hangs: it must not hold up the end of the program. */
void vt_detailer_free(struct vt_detailer *d);
/* Asks for this thing's details; a newer wish replaces an older one. Never blocks. */
void vt_detailer_ask(struct vt_detailer *d, struct vt_id subject);
/*
 * The newest details of this thing, NULL while there are none. Valid until the
 * next call. ret_stalled_seconds: how long its reader has been silent, 0 if not.
 */
const struct vt_detail *vt_detailer_take(struct vt_detailer *d, struct vt_id subject,
					 double *ret_stalled_seconds);
/* Readable when there may be something to take. */
int vt_detailer_fd(const struct vt_detailer *d);

#endif
