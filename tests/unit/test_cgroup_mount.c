/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the cgroup hierarchies are, from mountinfo of many layouts. */
#include <criterion/criterion.h>

#include "../../probes/cgroup_mount.h"
#include "tree.h"

TestSuite(cgroup_mount, .init = tree_make, .fini = tree_remove);

static void expect_mounts(const char *v2, const char *v1)
{
	struct vt_cgroup_mounts m;

	vt_cgroup_find_mounts(&tree_host, &m);
	cr_expect_str_eq(m.v2, v2);
	cr_expect_str_eq(m.v1_controllers, v1 ? v1 : "");
	cr_expect_eq(m.has_v1, v1 != NULL);
}

#define V1(name, options)                                                                          \
	"40 30 0:40 / /sys/fs/cgroup/" name " rw shared:1 - cgroup cgroup " options "\n"

Test(cgroup_mount, layouts)
{
	static const struct {
		const char *what, *mountinfo, *v2, *v1; /* v1 NULL: no v1 at all */
	} cases[] = {
		{ "unified",
		  "30 20 0:30 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw,nsdelegate\n",
		  "/sys/fs/cgroup", NULL },
		{ "hybrid",
		  "30 20 0:29 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755\n"
		  "31 30 0:30 / /sys/fs/cgroup/unified rw shared:10 - cgroup2 cgroup "
		  "rw,nsdelegate\n" V1("systemd", "rw,xattr,name=systemd")
			  V1("cpu,cpuacct", "rw,cpu,cpuacct") V1("memory", "rw,memory"),
		  "/sys/fs/cgroup/unified", "cpu cpuacct memory" },
		{ "legacy", V1("devices", "rw,devices") V1("freezer", "rw,freezer"), "",
		  "devices freezer" },
		{ "the same controller twice", V1("memory", "rw,memory") V1("again", "rw,memory"),
		  "", "memory" },
		{ "options are no controllers",
		  V1("cpuset",
		     "rw,cpuset,cpuset_v2_mode,noprefix,clone_children,favordynmods,release_agent=/"
		     "bin/x"),
		  "", "cpuset" },
		{ "a container's bind mount comes first",
		  "50 20 0:30 /docker/ab /var/lib/x/sys/fs/cgroup ro - cgroup2 cgroup rw\n"
		  "30 20 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
		  "/sys/fs/cgroup", NULL },
		{ "a second whole mount",
		  "30 20 0:30 / /a rw - cgroup2 cgroup2 rw\n"
		  "31 20 0:30 / /b rw - cgroup2 cgroup2 rw\n",
		  "/a", NULL },
		{ "blanks in the path", "30 20 0:30 / /mnt/a\\040b rw - cgroup2 cgroup2 rw\n",
		  "/mnt/a b", NULL },
		{ "without a source", "30 20 0:30 / /cg rw - cgroup2  rw\n", "/cg", NULL },
		{ "only a part is mounted, as in a container without a cgroup namespace",
		  "30 20 0:30 /docker/ab /sys/fs/cgroup ro - cgroup2 cgroup rw\n", "/sys/fs/cgroup",
		  NULL },
		{ "only a part beside v1",
		  "30 20 0:30 /docker/ab /sys/fs/cgroup/unified ro - cgroup2 cgroup rw\n" V1(
			  "memory", "rw,memory"),
		  "/sys/fs/cgroup/unified", "memory" },
		{ "no cgroups", "30 20 0:30 / / rw - ext4 /dev/a rw\n", "", NULL },
		{ "broken lines", "cgroup2\n\n30 20 0:30 / /sys/fs/cgroup rw - cgroup2\n", "",
		  NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_cgroup_mounts m;

		tree_put("proc/1/mountinfo", cases[i].mountinfo);
		vt_cgroup_find_mounts(&tree_host, &m);
		cr_expect_str_eq(m.v2, cases[i].v2, "%s: '%s'", cases[i].what, m.v2);
		cr_expect_str_eq(m.v1_controllers, cases[i].v1 ? cases[i].v1 : "", "%s: '%s'",
				 cases[i].what, m.v1_controllers);
		cr_expect_eq(m.has_v1, cases[i].v1 != NULL, "%s", cases[i].what);
	}
}

/* Another host's root is described by its own PID 1, this one's by ourselves. */
Test(cgroup_mount, whose_mountinfo)
{
	tree_put("proc/1/mountinfo", "30 20 0:30 / /one rw - cgroup2 cgroup2 rw\n");
	tree_put("proc/self/mountinfo", "30 20 0:30 / /self rw - cgroup2 cgroup2 rw\n");
	expect_mounts("/one", NULL);
	tree_host.is_self = true;
	expect_mounts("/self", NULL);
	tree_put("proc/self/mountinfo", "");
	expect_mounts("/one", NULL);
}

Test(cgroup_mount, falls_back_to_mounts_and_known_places)
{
	expect_mounts("", NULL);
	tree_put("sys/fs/cgroup/unified/cgroup.controllers", "\n");
	expect_mounts("/sys/fs/cgroup/unified", NULL);
	tree_put("sys/fs/cgroup/cgroup.controllers", "\n");
	expect_mounts("/sys/fs/cgroup", NULL);
	tree_put("proc/mounts", "cgroup2 /cg cgroup2 rw 0 0\ncgroup /v1 cgroup rw,cpu 0 0\n");
	expect_mounts("/cg", "cpu");
}

Test(cgroup_mount, what_does_not_fit)
{
	vt_autofree char *path = vt_alloc(100001), *text = NULL;
	struct vt_cgroup_mounts m;

	memset(path, 'x', 100000);
	text = vt_asprintf("1 1 0:3 / /%s rw - cgroup2 c rw\n40 30 0:40 / /v1 rw - cgroup c %s\n",
			   path, path);
	tree_put("proc/1/mountinfo", text);
	vt_cgroup_find_mounts(&tree_host, &m);
	cr_expect_str_eq(m.v2, "", "no half of a path");
	cr_expect_str_eq(m.v1_controllers, "");
	cr_expect(m.has_v1);
}
