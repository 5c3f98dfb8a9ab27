/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_NAMESPACE_FIND_H
#define VT_NAMESPACE_FIND_H

#include "../src/builder.h"
#include "namespace_sources.h"

/*
 * Makes passes over the slow sources in a thread of its own, on its own
 * cadence, and reads there what is inside the namespaces that the scan knows.
 * A recorded tree does not change: it gets one pass and no thread.
 */
struct vt_finder;

/* A namespace that the scan knows, and the way in. */
struct vt_wish {
	enum vt_ns_type type;
	uint32_t inode;
	uint64_t pid, start_ticks; /* its oldest process; 0 without */
	bool initial;
	enum vt_keep how; /* without a process: of its first keeper */
	char *where;      /* owned; NULL */
};

struct vt_finder *vt_finder_new(const struct vt_host *host);
/* Gives up on a pass that hangs. */
void vt_finder_free(struct vt_finder *f);

/*
 * The newest pass, NULL while there is none; valid until the next call. Waits
 * for the first one only where the host is to be looked at with patience.
 */
const struct vt_sightings *vt_finder_take(struct vt_finder *f);

/*
 * What the scan has found; takes the list and its strings. New ones are read at
 * once, all of them after each pass. Waits as above for what was never read.
 */
void vt_finder_wish(struct vt_finder *f, struct vt_wish *list, size_t n);

/* Sets what is known of the inside of these rows. */
void vt_finder_set_inside(struct vt_finder *f, struct vt_namespace *rows, size_t n,
			  struct vt_builder *b);

#endif
