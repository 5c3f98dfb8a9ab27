/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_HISTORY_H
#define VT_HISTORY_H

#include "snapshot.h"

/*
 * What some rows were in the last two minutes, for sparklines. The reader of
 * snapshots fills it and says which rows it shows; it is no part of a snapshot.
 *
 * It is bounded: at most VT_HISTORY_ROWS rows of VT_HISTORY seconds and a few
 * figures each, 750 KiB in all, however many cgroups there are. Small hosts are
 * kept whole; of others what is on the screen and what findings are about. A
 * row that nobody asked to keep for two minutes is dropped.
 */
struct vt_history;

enum {
	VT_HISTORY_ROWS = 512,
	VT_HISTORY_WHOLE = 128 /* so many rows of a kind are kept all */
};

struct vt_history *vt_history_new(void);
void vt_history_free(struct vt_history *h);

/*
 * A snapshot was taken: keeps what it has of findings' subjects and of small
 * hosts. The same snapshot again changes nothing.
 */
void vt_history_take(struct vt_history *h, const struct vt_snapshot *s);
/* This row is on the screen: keeps it too. Kinds without figures are ignored. */
void vt_history_keep(struct vt_history *h, const struct vt_snapshot *s, struct vt_id id);

/*
 * The figure of the last VT_HISTORY seconds, one a second, the newest last; -1
 * where it is not known. Returns how many seconds it reaches back, 0: nothing
 * is known. h may be NULL.
 */
size_t vt_history_get(const struct vt_history *h, struct vt_id id, int metric,
		      float out[VT_HISTORY]);

/* All of VT_HISTORY seconds in n values, each the most of its part; -1 where nothing is known. */
void vt_history_shrink(const float seconds[VT_HISTORY], float *out, size_t n);

#endif
