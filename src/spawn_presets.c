/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a demonstration of namespaces shows, one thing at a time, and then all at once. */
#include "spawn_presets.h"

#include <sched.h>
#include <string.h>

const struct vt_spawn_preset vt_spawn_presets[] = {
	{ "new PID 1", "pid1", { .ns_flags = CLONE_NEWPID | CLONE_NEWNS, .mount_proc = true } },
	{ "own hostname", "hostname", { .ns_flags = CLONE_NEWUTS, .hostname = "demo" } },
	{ "no network", "network", { .ns_flags = CLONE_NEWNET } },
	{ "fake root", "root", { .ns_flags = CLONE_NEWUSER, .map_root = true } },
	{ "private mounts", "mounts", { .ns_flags = CLONE_NEWNS } },
	{ "own IPC", "ipc", { .ns_flags = CLONE_NEWIPC } },
	{ "cgroup root", "cgroup", { .ns_flags = CLONE_NEWCGROUP } },
	{ "everything: a container",
	  "container",
	  { .ns_flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC |
			CLONE_NEWUSER | CLONE_NEWCGROUP,
	    .mount_proc = true,
	    .map_root = true,
	    .hostname = "demo" } },
	{ 0 },
};

const struct vt_spawn_preset *vt_spawn_preset_find(const char *name)
{
	for (const struct vt_spawn_preset *p = vt_spawn_presets; p->name; p++)
		if (strcmp(p->word, name) == 0 || strcmp(p->name, name) == 0)
			return p;
	return NULL;
}
