/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_SNAPSHOT_H
#define VT_SNAPSHOT_H

#include <string.h>

#include "arena.h"
#include "metric.h"
#include "model.h"
#include "text.h"

/*
 * Everything known at one instant, immutable once sealed. Tables are sorted by
 * identity. Strings live in the arena and are raw: escape before showing.
 */
struct vt_table {
	void *rows;
	size_t n;
};

struct vt_snapshot {
	struct vt_arena *arena;
	uint64_t serial;      /* 1, 2, 3, ... within one collector */
	uint64_t taken_ns;    /* CLOCK_MONOTONIC when the scan began */
	uint64_t wall_ns;     /* CLOCK_REALTIME when the scan began */
	uint64_t interval_ns; /* that rates are taken over; 0: there was none before */
	uint64_t duration_ns; /* of the scan, wall time */
	uint64_t cpu_ns;      /* of the scan, CPU time of the collector */
	bool live;            /* of this host, not of a recorded tree */
	struct vt_table table[VT_KIND_COUNT];
	/* What vanished within VT_GONE_NS; relations there are ids only. */
	struct vt_table gone[VT_KIND_COUNT];
	int32_t *cgroup_order; /* indices of cgroups, parents first, siblings by path */
	struct vt_note *notes;
	size_t n_notes;
	struct vt_probe_run *probes;
	size_t n_probes;
	struct vt_finding *findings; /* worst first */
	size_t n_findings;
	struct vt_event *events; /* oldest first, at most VT_EVENTS */
	size_t n_events;
	uint64_t *pressed; /* who waits for what, for pressure_changes.c of the next one */
	size_t n_pressed;
};

#define VT_NEW_NS  3000000000ull /* so long a row counts as new */
#define VT_GONE_NS 3000000000ull /* so long a row that vanished is kept */
enum {
	VT_EVENTS = 500
};

void vt_snapshot_free(struct vt_snapshot *s);

/* Index in the kind's table, or -1. Logarithmic. */
int32_t vt_snapshot_index(const struct vt_snapshot *s, struct vt_id id);
/* The record, also one that is gone; NULL. */
const void *vt_snapshot_find(const struct vt_snapshot *s, struct vt_id id);
/*
 * The other end of a veth, what a macvtap or VLAN lies on (IFLA_LINK, IFLA_LINK_NETNSID of
 * rtnetlink(7)); NULL where there is none, or it is not known.
 */
const struct vt_interface *vt_snapshot_peer(const struct vt_snapshot *s,
					    const struct vt_interface *f);
/* The process with this pid (there is one at most), or NULL. */
const struct vt_process *vt_snapshot_pid(const struct vt_snapshot *s, uint64_t pid);
/* The cgroup at this path ("/a/b"), or NULL. Linear. */
const struct vt_cgroup *vt_snapshot_path(const struct vt_snapshot *s, const char *path);

/* Appeared within VT_NEW_NS before the snapshot was taken. */
bool vt_snapshot_is_new(const struct vt_snapshot *s, const struct vt_head *h);

static inline struct vt_id vt_record_id(enum vt_kind kind, const void *record)
{
	const struct vt_head *h = record;

	return (struct vt_id){ kind, h->a, h->b };
}

static inline bool vt_id_equal(struct vt_id x, struct vt_id y)
{
	return x.kind == y.kind && x.a == y.a && x.b == y.b;
}

static inline uint64_t vt_id_hash(struct vt_id id)
{
	return vt_hash_mix(vt_hash_mix((uint64_t)id.kind, id.a), id.b);
}

/* Of a thing and a word about it: the kind of an event or a finding. */
static inline uint64_t vt_id_hash_word(struct vt_id id, const char *word)
{
	return vt_hash_mix(vt_id_hash(id), vt_hash_bytes(word, strlen(word)));
}

/* vt_process_rows(s, &n), vt_process_at(s, i): NULL where i is -1. */
#define VT_KIND_ACCESS(KIND, name, plural)                                                         \
	static inline const struct vt_##name *vt_##name##_rows(const struct vt_snapshot *s,        \
							       size_t *ret_n)                      \
	{                                                                                          \
		*ret_n = s->table[VT_KIND_##KIND].n;                                               \
		return s->table[VT_KIND_##KIND].rows;                                              \
	}                                                                                          \
	static inline const struct vt_##name *vt_##name##_at(const struct vt_snapshot *s,          \
							     int32_t i)                            \
	{                                                                                          \
		return i < 0 ? NULL : (const struct vt_##name *)s->table[VT_KIND_##KIND].rows + i; \
	}
VT_KINDS(VT_KIND_ACCESS)

/* The top of what a cgroup namespace shows is no root: only the real one has no type. */
static inline bool vt_is_real_root(const struct vt_cgroup *cg)
{
	return cg->parent < 0 && !VT_HAS(CGROUP, cg, type);
}

/* The host's row; always there. */
static inline const struct vt_host_row *vt_snapshot_host(const struct vt_snapshot *s)
{
	return s->table[VT_KIND_HOST].rows;
}

#endif
