/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Containers by the names that engines give their cgroups. */
#include <criterion/criterion.h>

#include "snapshots.h"

#define ID  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

/* Adds a path with all that is above it; ids in order. */
static void add_path(struct vt_builder *b, const char *path, uint64_t *next)
{
	vt_autofree char *copy = vt_strdup(path);
	uint64_t parent = 1;

	for (char *p = strchr(copy + 1, '/');; p = strchr(p + 1, '/')) {
		if (p)
			*p = '\0';
		(void)add_cgroup(b, *next, parent, copy);
		parent = (*next)++;
		if (!p)
			return;
		*p = '/';
	}
}

Test(containers, names_of_engines)
{
	static const struct {
		const char *path, *engine, *id, *name; /* id NULL: none; engine NULL: unknown */
	} cases[] = {
		{ "/system.slice/docker-" ID ".scope", "docker", ID, NULL },
		{ "/docker/" ID, "docker", ID, NULL },
		{ "/system.slice/docker-" ID ".scope/docker/" ID2, "docker", ID2, NULL },
		{ "/machine.slice/libpod-" ID ".scope", "podman", ID, NULL },
		{ "/machine.slice/libpod-" ID ".scope/container", NULL, NULL, NULL },
		{ "/libpod_parent/libpod-" ID, "podman", ID, NULL },
		{ "/machine.slice/libpod-conmon-" ID ".scope", NULL, NULL, NULL },
		{ "/libpod_parent/libpod-conmon-" ID, NULL, NULL, NULL },
		{ "/kubepods.slice/kubepods-pod12.slice/crio-" ID ".scope", "cri-o", ID, NULL },
		{ "/kubepods/pod12/crio-" ID, "cri-o", ID, NULL },
		{ "/kubepods/pod12/crio-conmon-" ID, NULL, NULL, NULL },
		{ "/kubepods.slice/crio-conmon-" ID ".scope", NULL, NULL, NULL },
		{ "/kubepods.slice/kubepods-pod12.slice/cri-containerd-" ID ".scope", "containerd",
		  ID, NULL },
		{ "/system.slice/nerdctl-" ID ".scope", "containerd", ID, NULL },
		{ "/kubepods/burstable/pod1-2-3/" ID, NULL, ID, NULL },
		{ "/kubepods/burstable/" ID, NULL, NULL, NULL },
		{ "/lxc.payload.web", "lxc", "web", "web" },
		{ "/lxc.payload/web", "lxc", "web", "web" },
		{ "/lxc.monitor.web", NULL, NULL, NULL },
		{ "/lxc.payload.", NULL, NULL, NULL },
		{ "/machine.slice/machine-web.scope", "nspawn", "web", "web" },
		{ "/machine.slice/machine-my\\x2dweb.scope", "nspawn", "my-web", "my-web" },
		{ "/machine.slice/systemd-nspawn@web.service", "nspawn", "web", "web" },
		{ "/machine.slice/machine-qemu\\x2d1\\x2dweb.scope", NULL, NULL, NULL },
		{ "/machine.slice/machine-qemu\\x2dweb.scope", "nspawn", "qemu-web", "qemu-web" },
		{ "/machine-web.scope", NULL, NULL, NULL },
		/* A broken escape, and one that would end the text. */
		{ "/machine.slice/machine-a\\x2.scope", "nspawn", "a\\x2", "a\\x2" },
		{ "/machine.slice/machine-a\\xzz.scope", "nspawn", "a\\xzz", "a\\xzz" },
		{ "/machine.slice/machine-a\\x00b.scope", "nspawn", "a\\x00b", "a\\x00b" },
		/* Too short, of other digits, without an end. */
		{ "/system.slice/docker-0123.scope", NULL, NULL, NULL },
		{ "/system.slice/docker-X" ID ".scope", NULL, NULL, NULL },
		{ "/system.slice/docker-.scope", NULL, NULL, NULL },
		{ "/system.slice/docker-" ID ".mount", NULL, NULL, NULL },
		{ "/system.slice/docker.service", NULL, NULL, NULL },
		{ "/docker", NULL, NULL, NULL },
		{ "/" ID, NULL, NULL, NULL },
		{ "/user.slice", NULL, NULL, NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_builder *b = vt_builder_new();
		const struct vt_container *c = NULL;
		const struct vt_cgroup *cg;
		uint64_t next = 2;
		struct vt_snapshot *s;

		vt_builder_begin(b);
		add_cgroup(b, 1, 0, "/");
		add_path(b, cases[i].path, &next);
		s = seal_at(b, NULL, 0);
		cg = vt_snapshot_path(s, cases[i].path);
		if (cg->container >= 0)
			c = vt_container_at(s, cg->container);
		/* What is in a container is not one itself. */
		if (c && c->cgroup_id != cg->id)
			c = NULL;
		cr_expect_eq(c != NULL, cases[i].id != NULL, "%s", cases[i].path);
		if (c && cases[i].id) {
			cr_expect_str_eq(c->id, cases[i].id, "%s", cases[i].path);
			cr_expect_eq(VT_HAS(CONTAINER, c, engine), cases[i].engine != NULL, "%s",
				     cases[i].path);
			if (cases[i].engine)
				cr_expect_str_eq(c->engine, cases[i].engine, "%s", cases[i].path);
			cr_expect_eq(VT_HAS(CONTAINER, c, name), cases[i].name != NULL, "%s",
				     cases[i].path);
			if (cases[i].name)
				cr_expect_str_eq(c->name, cases[i].name, "%s", cases[i].path);
		}
		vt_snapshot_free(s);
		vt_builder_free(b);
	}
}

Test(containers, names_of_any_length)
{
	struct vt_builder *b = vt_builder_new();
	const struct vt_container *c;
	char path[1024] = "/lxc.payload.";
	struct vt_snapshot *s;
	uint64_t next = 2;

	memset(path + strlen(path), 'x', 900);
	vt_builder_begin(b);
	add_cgroup(b, 1, 0, "/");
	add_path(b, path, &next);
	s = seal_at(b, NULL, 0);
	c = vt_container_at(s, 0);
	cr_expect(c && strlen(c->name) == 255);
	vt_snapshot_free(s);
	vt_builder_free(b);
}

Test(containers, members_and_leaders)
{
	struct vt_builder *b = vt_builder_new();
	const struct vt_container *outer, *inner, *nspawn;
	struct vt_cgroup *cg;
	struct vt_snapshot *s;
	uint64_t next = 10;

	vt_builder_begin(b);
	add_cgroup(b, 1, 0, "/");
	cg = add_cgroup(b, 2, 1, "/lxc.payload.out");
	VT_SET(CGROUP, cg, memory_current_bytes, 4096);
	add_cgroup(b, 3, 2, "/lxc.payload.out/docker");
	add_cgroup(b, 4, 3, "/lxc.payload.out/docker/" ID);
	add_cgroup(b, 5, 4, "/lxc.payload.out/docker/" ID "/app");
	add_path(b, "/machine.slice/machine-web.scope/supervisor", &next);
	(void)add_cgroup(b, 20, 11, "/machine.slice/machine-web.scope/payload");
	add_process(b, 1, 1, "init", "/");
	/* Only in the inner one, and older than any of the outer one's own. */
	add_process(b, 900, 100, "app", "/lxc.payload.out/docker/" ID "/app");
	add_process(b, 50, 200, "sh", "/lxc.payload.out");
	add_process(b, 60, 10, "systemd-nspawn", "/machine.slice/machine-web.scope/supervisor");
	add_process(b, 61, 11, "systemd", "/machine.slice/machine-web.scope/payload");
	s = seal_at(b, NULL, 0);
	cr_assert_eq(s->table[VT_KIND_CONTAINER].n, 3);
	outer = vt_container_at(s, vt_snapshot_path(s, "/lxc.payload.out")->container);
	inner = vt_container_at(
		s, vt_snapshot_path(s, "/lxc.payload.out/docker/" ID "/app")->container);
	nspawn = vt_container_at(
		s, vt_snapshot_path(s, "/machine.slice/machine-web.scope/payload")->container);
	cr_expect_str_eq(outer->name, "out");
	cr_expect_eq(outer->processes, 2);
	cr_expect_eq(outer->pid, 900);
	cr_expect_eq(outer->memory_bytes, 4096);
	cr_expect_not(VT_HAS(CONTAINER, outer, cpu_percent), "no rate yet");
	cr_expect_str_eq(inner->id, ID);
	cr_expect_eq(inner->pid, 900);
	cr_expect_eq(nspawn->pid, 61, "the supervisor is outside");
	cr_expect_eq(vt_snapshot_path(s, "/")->container, -1);
	vt_snapshot_free(s);
	vt_builder_free(b);
}

Test(containers, an_empty_one)
{
	struct vt_builder *b = vt_builder_new();
	const struct vt_container *c;
	struct vt_snapshot *s;

	vt_builder_begin(b);
	add_cgroup(b, 1, 0, "/");
	add_cgroup(b, 2, 1, "/lxc.payload.web");
	s = seal_at(b, NULL, 0);
	c = vt_container_at(s, 0);
	cr_assert_not_null(c);
	cr_expect_not(VT_HAS(CONTAINER, c, pid));
	cr_expect_not(VT_HAS(CONTAINER, c, processes), "no process could be read at all");
	cr_expect_eq(c->leader, -1);
	vt_snapshot_free(s);
	vt_builder_free(b);
}

/* The CPU rate of a container is that of its cgroup. */
Test(containers, rates)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s[2] = { NULL, NULL };

	for (int i = 0; i < 2; i++) {
		struct vt_cgroup *cg;

		vt_builder_begin(b);
		add_cgroup(b, 1, 0, "/");
		cg = add_cgroup(b, 2, 1, "/lxc.payload.web");
		VT_SET(CGROUP, cg, cpu_usage_usec, (uint64_t)i * 250000);
		s[i] = seal_at(b, s[0], i);
	}
	cr_expect_float_eq(vt_container_at(s[1], 0)->cpu_percent, 25, 1e-6);
	cr_expect_eq(vt_container_at(s[1], 0)->head.first_seen_ns, 0);
	vt_snapshot_free(s[0]);
	vt_snapshot_free(s[1]);
	vt_builder_free(b);
}
