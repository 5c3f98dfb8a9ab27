/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_BUILDER_PRIVATE_H
#define VT_BUILDER_PRIVATE_H

#include "builder.h"
#include "idmap.h"

/* What builder.c and seal.c share, and nobody else. */
struct raw_rows {
	char *rows;
	size_t n, cap;
	size_t expected; /* as many as the last snapshot had */
};

struct vt_builder {
	struct vt_arena *arena;
	struct raw_rows raw[VT_KIND_COUNT];
	struct vt_ns_set **ns_sets; /* in the arena */
	size_t n_ns_sets, cap_ns_sets;
	struct vt_idmap ns_set_index; /* hash of the ids to its index */
	struct vt_note *notes;
	size_t n_notes, cap_notes;
	struct vt_idmap note_index; /* hash of the text to its index */
	struct vt_probe_run *probes;
	size_t n_probes, cap_probes;
	const char *probe;
	uint64_t probe_began_usec;
};

#endif
