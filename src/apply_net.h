/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_APPLY_NET_H
#define VT_APPLY_NET_H

#include <stdint.h>

#include "error.h"
#include "plan.h"

/*
 * Network namespaces with a name, as `ip netns` has them, and cables into them.
 * Only apply.c may use what changes something; names and devices have been
 * checked (action_net.c).
 */

/* Where a name is kept: below /run/netns, mounted there. */
const char *vt_netns_folder(void);

/*
 * The namespace with this name, open. ret_id tells it from any other that has the
 * name later: the number of its mount, which is never given again (statx(2),
 * Linux 6.8), else its inode, which is, and soon. -ENOENT: there is none, -EINVAL:
 * what has the name is no network namespace.
 */
int vt_netns_open(const char *name, uint64_t *ret_id);

int vt_netns_add(const char *name, uint64_t *ret_id, struct vt_error *err);
/* id: what has the name now must be this one; 0: not checked. */
int vt_netns_del(const char *name, uint64_t id, struct vt_error *err);

/* A pair of veth devices: one here, one in the namespace, both up, each with an address. */
struct vt_cable {
	const char *device, *inside;          /* names of the two */
	const char *address, *inside_address; /* "10.0.0.1/24"; NULL without */
};
/* id as above; ret_index: of the device here. What fails half-way leaves nothing. */
int vt_cable_add(const char *name, uint64_t id, const struct vt_cable *cable,
		 uint64_t *ret_index, struct vt_error *err);
/* The index of a veth here; -ENODEV: there is no such device, -EINVAL: it is no veth. */
int vt_cable_find(const char *device);
/* index: what has the name now must be this one; 0: not checked. */
int vt_cable_del(const char *device, uint64_t index, struct vt_error *err);

#endif
