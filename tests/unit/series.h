/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SERIES_H
#define SERIES_H

#include "snapshots.h"

/*
 * Snapshots one after the other, as the collector makes them: each is sealed
 * after the one before, which is dropped then. set_up and tear_down are for
 * TestSuite(.init, .fini).
 */

static struct vt_builder *builder;
static struct vt_snapshot *snapshot; /* the newest; NULL: none yet */

static inline void set_up(void)
{
	builder = vt_builder_new();
	snapshot = NULL;
}

static inline void tear_down(void)
{
	vt_snapshot_free(snapshot);
	vt_builder_free(builder);
}

static inline void seal(double seconds)
{
	struct vt_snapshot *next = seal_at(builder, snapshot, seconds);

	vt_snapshot_free(snapshot);
	snapshot = next;
}

static inline size_t count_events(const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < snapshot->n_events; i++)
		n += strcmp(snapshot->events[i].kind, kind) == 0;
	return n;
}

/* "/", "/a", "/a/b", "/a/c", "/d"; ids count from 1. */
enum cgroup {
	ROOT,
	A,
	B,
	C,
	D,
	CGROUPS
};

/* Their rows, of the snapshot in the making. */
static inline void add_cgroups(struct vt_cgroup *rows[CGROUPS])
{
	static const char *const paths[] = { "/", "/a", "/a/b", "/a/c", "/d" };
	static const uint64_t parents[] = { 0, 1, 2, 2, 1 };
	size_t n;

	for (uint64_t i = 0; i < CGROUPS; i++)
		(void)add_cgroup(builder, i + 1, parents[i], paths[i]);
	for (size_t i = 0; i < CGROUPS; i++)
		rows[i] = vt_cgroup_added(builder, &n) + i;
}

static inline const struct vt_finding *find(const char *kind, enum cgroup at)
{
	return find_finding(snapshot, kind, (uint64_t)at + 1);
}

#endif
