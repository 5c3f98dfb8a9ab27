/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libcgroup does for virttop: setting a controller's file and attaching a
 * process to a cgroup that has a v2 controller. What it does not, and why
 * (seen with 2.0.2):
 *  - making a cgroup: it makes missing parents, takes one that exists for its
 *    own, and writes cgroup.subtree_control of all cgroups on the way, none of
 *    which a preview has shown. A cgroup without controllers it refuses.
 *  - removing one: with CGFLAG_DELETE_EMPTY_ONLY it reports success when the
 *    kernel said EBUSY; without, it moves the processes to the parent.
 *  - files named cgroup.*: no controller, so it does not know them.
 * Those are done below the cgroup's descriptor in apply.c.
 */
#include "apply_libcgroup.h"

#include <errno.h>
#include <libcgroup.h>
#include <stdlib.h>
#include <string.h>

static bool ready(void)
{
	static int state; /* 0: not tried, 1: ready, -1: not to be had */

	if (!state) {
		/* Its messages would go to the terminal that the screen is drawn on. */
		cgroup_set_logger(NULL, CGROUP_LOG_ERROR, NULL);
		state = cgroup_init() == 0 ? 1 : -1;
	}
	return state > 0;
}

bool vt_libcgroup_has(const char *mount, const char *controller)
{
	char *found = NULL;
	bool same;

	if (!mount || !ready() || cgroup_get_subsys_mount_point(controller, &found) != 0)
		return false;
	same = strcmp(found, mount) == 0;
	free(found);
	return same;
}

/* Only ECGOTHER comes with the kernel's answer to the write itself. */
static int result(int code)
{
	int number = code == ECGOTHER ? cgroup_get_last_errno() : 0;

	if (code == 0)
		return 0;
	return number > 0 ? -number : 1;
}

int vt_libcgroup_set(const char *path, const char *controller, const char *file, const char *value)
{
	struct cgroup *group = cgroup_new_cgroup(path + 1);
	struct cgroup_controller *c = group ? cgroup_add_controller(group, controller) : NULL;
	int r = 1;

	if (c && cgroup_add_value_string(c, file, value) == 0)
		r = result(cgroup_modify_cgroup(group));
	cgroup_free(&group);
	return r;
}

int vt_libcgroup_attach(const char *path, const char *controller, pid_t pid)
{
	struct cgroup *group = cgroup_new_cgroup(path + 1);
	int r = 1;

	/* Without a controller libcgroup would attach it in every hierarchy, v1 too. */
	if (group && cgroup_add_controller(group, controller))
		r = result(cgroup_attach_task_pid(group, pid));
	cgroup_free(&group);
	return r;
}
