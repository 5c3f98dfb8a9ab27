/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_BUILDER_H
#define VT_BUILDER_H

#include "memory.h"
#include "snapshot.h"

/*
 * A snapshot in the making. Probes add rows in any order; relations are ids.
 * vt_builder_seal sorts, computes rates, resolves relations, derives what
 * follows from several probes (counts, effective limits, findings, events)
 * and hands out the immutable snapshot, which takes the rows along.
 */
struct vt_builder;

struct vt_builder *vt_builder_new(void);
void vt_builder_free(struct vt_builder *b);

/* Starts a snapshot: drops what was added and not sealed. Adds the host's row. */
void vt_builder_begin(struct vt_builder *b);

/*
 * Adds a row with this identity, zeroed. The pointer holds until the next row
 * of the same kind is added. An identity that is already there is added twice
 * at the caller's peril: seal keeps the first.
 */
void *vt_builder_add(struct vt_builder *b, enum vt_kind kind, uint64_t id_a, uint64_t id_b);

/* Rows added so far, in order of addition. */
void *vt_builder_rows(struct vt_builder *b, enum vt_kind kind, size_t *ret_n);

#define VT_KIND_ADD(KIND, name, plural)                                                            \
	static inline struct vt_##name *vt_##name##_add(struct vt_builder *b, uint64_t id_a,       \
							uint64_t id_b)                             \
	{                                                                                          \
		return vt_builder_add(b, VT_KIND_##KIND, id_a, id_b);                              \
	}                                                                                          \
	static inline struct vt_##name *vt_##name##_added(struct vt_builder *b, size_t *ret_n)     \
	{                                                                                          \
		return vt_builder_rows(b, VT_KIND_##KIND, ret_n);                                  \
	}
VT_KINDS(VT_KIND_ADD)

/* The set of these namespaces, the same for equal ones; lives as long as the snapshot. */
const struct vt_ns_set *vt_builder_ns_set(struct vt_builder *b, const uint32_t id[VT_NS_TYPES]);

/* The host's row. */
struct vt_host_row *vt_builder_host(struct vt_builder *b);

/* A string that lives as long as the snapshot; NULL stays NULL. */
const char *vt_builder_intern(struct vt_builder *b, const char *s);
const char *vt_builder_intern_n(struct vt_builder *b, const char *s, size_t n);

/*
 * Which probe is adding, for notes. Ends the run of the one before; NULL ends
 * the last. The source is which back end served it ("procfs").
 */
void vt_builder_probe(struct vt_builder *b, const char *name);
void vt_builder_source(struct vt_builder *b, const char *source);
/* Something that could not be read or should be known. Equal notes are counted. */
void vt_builder_note(struct vt_builder *b, const char *fmt, ...) VT_PRINTF(2, 3);

struct vt_clock {
	uint64_t taken_ns, wall_ns; /* see struct vt_snapshot */
	bool live;
	/*
	 * What rates are computed against, where that is not prev: right after it they
	 * would be noise. NULL: prev.
	 */
	const struct vt_snapshot *base;
};

/* prev may be NULL. The caller owns the result, which refers to neither prev nor base. */
struct vt_snapshot *vt_builder_seal(struct vt_builder *b, const struct vt_snapshot *prev,
				    const struct vt_clock *clock);

#endif
