/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_CGROUP_MOUNT_H
#define VT_CGROUP_MOUNT_H

#include "../src/host.h"
#include "parse.h"

/* Where the cgroup hierarchies of a host are; see cgroups(7). */
struct vt_cgroup_mounts {
	char v2[512];             /* "/sys/fs/cgroup", empty without one */
	char v2_options[256];     /* "nsdelegate memory_recursiveprot" */
	char v2_root[512];        /* the cgroup that the mount begins at: "/", empty where unknown */
	char v1_controllers[256]; /* "cpu cpuacct memory" */
	bool has_v1;
	bool known; /* from a list of mounts, so that the options are known */
};

/* Reads mountinfo, or looks at the known places of a tree that has none. */
void vt_cgroup_find_mounts(const struct vt_host *host, struct vt_cgroup_mounts *ret);

/*
 * Where the v1 hierarchy with the first of these controllers ("cpu,cpuacct") is
 * mounted whole; false when it is not.
 */
bool vt_cgroup_find_v1(const struct vt_host *host, struct vt_slice controllers, char *out,
		       size_t size);

#endif
