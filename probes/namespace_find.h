/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_NAMESPACE_FIND_H
#define VT_NAMESPACE_FIND_H

#include "namespace_sources.h"

/*
 * Makes passes over the slow sources in a thread of its own, on its own
 * cadence. A recorded tree does not change: it gets one pass and no thread.
 */
struct vt_finder;

struct vt_finder *vt_finder_new(const struct vt_host *host);
/* Gives up on a pass that hangs. */
void vt_finder_free(struct vt_finder *f);

/*
 * The newest pass, NULL while there is none; valid until the next call. Waits
 * for the first one only where the host is to be looked at with patience.
 */
const struct vt_sightings *vt_finder_take(struct vt_finder *f);

#endif
