/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPSHOTS_H
#define SNAPSHOTS_H

#include <string.h>

#include "../../src/builder.h"
#include "../../src/snapshot.h"

/* Rows for tests of the model, in one line each, and time that tests decide. */

static const uint64_t wall_start_ns = 1700000000ull * 1000000000u;

static inline struct vt_snapshot *seal_at(struct vt_builder *b, const struct vt_snapshot *prev,
					  double seconds)
{
	struct vt_clock clock = {
		.taken_ns = 1000000000u + (uint64_t)(seconds * 1e9),
		.wall_ns = wall_start_ns + (uint64_t)(seconds * 1e9),
		.live = true,
	};

	return vt_builder_seal(b, prev, &clock);
}

/* parent 0: the root. */
static inline struct vt_cgroup *add_cgroup(struct vt_builder *b, uint64_t id, uint64_t parent,
					   const char *path)
{
	struct vt_cgroup *cg = vt_cgroup_add(b, id, 0);

	VT_SET(CGROUP, cg, id, id);
	VT_SET(CGROUP, cg, path, vt_builder_intern(b, path));
	if (parent)
		VT_SET(CGROUP, cg, parent_id, parent);
	return cg;
}

static inline struct vt_process *add_process(struct vt_builder *b, uint64_t pid, uint64_t start,
					     const char *comm, const char *cgroup)
{
	struct vt_process *p = vt_process_add(b, pid, start);

	VT_SET(PROCESS, p, pid, pid);
	VT_SET(PROCESS, p, start_ticks, start);
	VT_SET(PROCESS, p, comm, vt_builder_intern(b, comm));
	p->cgroup_path = vt_builder_intern(b, cgroup);
	return p;
}

static inline void put_in(struct vt_builder *b, struct vt_process *p, enum vt_ns_type type,
			  uint32_t inode)
{
	uint32_t ids[VT_NS_TYPES] = { 0 };

	for (int t = 0; t < VT_NS_TYPES; t++)
		ids[t] = vt_process_ns_id(p, t);
	ids[type] = inode;
	p->ns = vt_builder_ns_set(b, ids);
}

static inline struct vt_namespace *add_namespace(struct vt_builder *b, enum vt_ns_type type,
						 uint64_t id)
{
	struct vt_namespace *ns = vt_namespace_add(b, id, 0);

	ns->ns_type = type;
	VT_SET(NAMESPACE, ns, type, vt_ns_names[type]);
	VT_SET(NAMESPACE, ns, id, id);
	return ns;
}

static inline const struct vt_finding *find_finding(const struct vt_snapshot *s, const char *kind,
						    uint64_t subject)
{
	for (size_t i = 0; i < s->n_findings; i++)
		if (strcmp(s->findings[i].kind, kind) == 0 && s->findings[i].subject.a == subject)
			return &s->findings[i];
	return NULL;
}

static inline const struct vt_event *find_event(const struct vt_snapshot *s, const char *kind,
						const char *text)
{
	for (size_t i = 0; i < s->n_events; i++)
		if (strcmp(s->events[i].kind, kind) == 0 &&
		    (!text || strcmp(s->events[i].text, text) == 0))
			return &s->events[i];
	return NULL;
}

#endif
