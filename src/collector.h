/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_COLLECTOR_H
#define VT_COLLECTOR_H

#include "probe.h"

/*
 * Runs the probes and publishes sealed snapshots, from its own thread or, for
 * text and JSON, from the caller's. A reader never waits for a scan.
 */
struct vt_collector;

#define VT_INTERVAL_LEAST 0.1
#define VT_INTERVAL_MOST  3600.0

/* probes: a list that ends with NULL; host must outlive the collector. */
struct vt_collector *vt_collector_new(const struct vt_probe *const *probes,
				      const struct vt_host *host);
/* Ends the thread (after its present scan) and frees everything. */
void vt_collector_free(struct vt_collector *c);

/* One scan in the caller's thread; not while the own thread runs. */
void vt_collector_scan(struct vt_collector *c);

/* Starts the thread; the first scan begins at once. Returns 0 or -errno. */
int vt_collector_start(struct vt_collector *c, double interval_seconds, struct vt_error *err);
void vt_collector_set_interval(struct vt_collector *c, double interval_seconds);
double vt_collector_interval(struct vt_collector *c);
void vt_collector_pause(struct vt_collector *c, bool paused);
bool vt_collector_paused(struct vt_collector *c);
/* Scans once, as soon as possible, paused or not. */
void vt_collector_step(struct vt_collector *c);

/*
 * Something happened: scans at once instead of when the interval is over, but not while
 * paused, and never so often that such scans take more than a tenth of the time.
 */
void vt_collector_nudge(struct vt_collector *c);

/* Readable when a new snapshot may be taken. */
int vt_collector_fd(const struct vt_collector *c);

/*
 * The newest snapshot, NULL before the first. It stays valid until the next
 * call of this function by the (one) reader.
 */
const struct vt_snapshot *vt_collector_take(struct vt_collector *c);

/* Seconds that the present scan has been running; 0 between scans. */
double vt_collector_busy(struct vt_collector *c);

#endif
