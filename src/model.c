/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and flags of the namespace types: namespaces(7), unshare(1). */
#include "model.h"

#include <sched.h>
#include <string.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

const char *const vt_ns_names[VT_NS_TYPES] = { "mnt", "pid",  "net",    "uts",
					       "ipc", "user", "cgroup", "time" };

const int vt_ns_clone_flags[VT_NS_TYPES] = { CLONE_NEWNS,     CLONE_NEWPID, CLONE_NEWNET,
					     CLONE_NEWUTS,    CLONE_NEWIPC, CLONE_NEWUSER,
					     CLONE_NEWCGROUP, CLONE_NEWTIME };

const char *const vt_ns_options[VT_NS_TYPES] = { "--mount", "--pid",  "--net",    "--uts",
						 "--ipc",   "--user", "--cgroup", "--time" };

int vt_ns_type_find(const char *name)
{
	for (int i = 0; i < VT_NS_TYPES; i++)
		if (strcmp(vt_ns_names[i], name) == 0)
			return i;
	if (strcmp(name, "mount") == 0)
		return VT_NS_MNT;
	return strcmp(name, "network") == 0 ? VT_NS_NET : -1;
}
