/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_NAMESPACE_SOURCES_H
#define VT_NAMESPACE_SOURCES_H

#include <stdatomic.h>

#include "../src/idmap.h"
#include "namespace_rel.h"

/*
 * Namespaces that the links of processes do not show: those of threads, those
 * that only a child will be in, those held by a descriptor, by a bind mount in
 * some mount namespace or by a socket. One pass over all of that takes longer
 * than a refresh may, so namespace_find.c makes it in a thread of its own.
 */
enum vt_keep {
	VT_KEEP_PROCESS,
	VT_KEEP_THREAD,
	VT_KEEP_DESCRIPTOR,
	VT_KEEP_BIND,
	VT_KEEP_SOCKET,
	VT_KEEP_CHILD,
	VT_KEEP_LISTED /* the kernel lists it; what keeps it cannot be seen */
};
extern const char *const vt_keep_names[];
/* By the name, which may be NULL; VT_KEEP_CHILD for what leads nowhere. */
enum vt_keep vt_keep_find(const char *name);

enum {
	VT_KEEPERS_MOST = 8 /* sightings of one namespace that are kept; more are counted */
};

struct vt_sighting {
	enum vt_ns_type type;
	uint32_t inode;
	enum vt_keep how;
	char *where; /* "/proc/12/fd/7", see vt_ns_open_where */
	char *link;  /* what readlink says there while it holds; NULL: cannot be asked */
};

/* Of a namespace that was sighted, or of a relative of one. */
struct vt_ns_known {
	enum vt_ns_type type;
	uint32_t inode;
	struct vt_ns_relations rel; /* without descriptors */
};

struct vt_sightings {
	struct vt_sighting *list;
	size_t n, cap;
	struct vt_ns_known *known;
	size_t n_known, cap_known;
	struct vt_idmap known_index; /* inode to index in known */
	struct vt_idmap times;       /* inode to how often it was sighted */
	unsigned refused;            /* processes whose descriptors or threads cannot be listed */
	int refused_errno;
	uint64_t passes; /* before this one */
};

/*
 * One pass. Sockets, and descriptors that a path hides, cost several system
 * calls each: with the pass before, those that it saw are only looked at again;
 * without (NULL) all are asked. own_mounts: the mounts that every scan reads
 * anyway, too. Ends early when *quit becomes true.
 */
struct vt_sightings *vt_sightings_new(const struct vt_host *host, const struct vt_sightings *before,
				      bool own_mounts, const atomic_bool *quit);
void vt_sightings_free(struct vt_sightings *s);

/* The relations of this namespace, NULL when it was not sighted. */
const struct vt_ns_known *vt_sightings_known(const struct vt_sightings *s, uint32_t inode);

/* Whether the link of a sighting still says the same. Cheap; true where it cannot be asked. */
bool vt_sighting_holds(const struct vt_host *host, const struct vt_sighting *s);

/*
 * Opens the namespace that something of this sort keeps there. -errno, ESRCH
 * when it is another one.
 */
int vt_ns_open_where(const struct vt_host *host, enum vt_keep how, const char *where,
		     enum vt_ns_type type, uint32_t inode);

#endif
