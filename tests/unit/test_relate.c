/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ids become indices; what is a sum over members is summed. */
#include <criterion/criterion.h>

#include "snapshots.h"

static struct vt_builder *b;
static struct vt_snapshot *s;

static void set_up(void)
{
	b = vt_builder_new();
	vt_builder_begin(b);
}

static void tear_down(void)
{
	vt_snapshot_free(s);
	vt_builder_free(b);
}

TestSuite(relate, .init = set_up, .fini = tear_down);

Test(relate, the_tree_of_cgroups)
{
	/* A subtree stays together although '-' sorts before '/'. */
	static const char *const order[] = { "/", "/a", "/a/b", "/a/b/c", "/a-b", "/a-b/x", "/b" };
	static const int depth[] = { 0, 1, 2, 3, 1, 2, 1 };
	const struct vt_cgroup *cg;

	add_cgroup(b, 70, 1, "/b");
	add_cgroup(b, 60, 50, "/a-b/x");
	add_cgroup(b, 50, 1, "/a-b");
	add_cgroup(b, 40, 30, "/a/b/c");
	add_cgroup(b, 30, 90, "/a/b");
	add_cgroup(b, 90, 1, "/a");
	add_cgroup(b, 1, 0, "/");
	s = seal_at(b, NULL, 0);
	for (size_t i = 0; i < VT_LEN(order); i++) {
		cg = vt_cgroup_at(s, s->cgroup_order[i]);
		cr_expect_str_eq(cg->path, order[i]);
		cr_expect_eq(cg->depth, depth[i], "%s", cg->path);
	}
	cg = vt_snapshot_path(s, "/a/b/c");
	cr_expect_str_eq(cg->name, "c");
	cr_expect_str_eq(vt_cgroup_at(s, cg->parent)->path, "/a/b");
	cr_expect_str_eq(vt_snapshot_path(s, "/")->name, "/");
	cr_expect_eq(vt_snapshot_path(s, "/")->parent, -1);
}

/* It was removed between our reading it and its child. */
Test(relate, a_parent_that_is_missing)
{
	add_cgroup(b, 1, 0, "/");
	add_cgroup(b, 5, 4, "/a/b");
	s = seal_at(b, NULL, 0);
	cr_expect_eq(vt_snapshot_path(s, "/a/b")->parent, -1);
	cr_expect_eq(vt_snapshot_path(s, "/a/b")->depth, 0);
}

Test(relate, members_are_counted)
{
	static const struct {
		const char *path;
		uint64_t here, below;
	} wanted[] = { { "/", 1, 5 }, { "/a", 0, 3 }, { "/a/b", 3, 3 }, { "/c", 0, 0 } };

	add_cgroup(b, 1, 0, "/");
	add_cgroup(b, 2, 1, "/a");
	add_cgroup(b, 3, 2, "/a/b");
	add_cgroup(b, 4, 1, "/c");
	add_cgroup(b, 5, 1, "/d");
	add_process(b, 1, 1, "init", "/");
	for (uint64_t pid = 10; pid < 13; pid++)
		add_process(b, pid, 5, "w", "/a/b");
	add_process(b, 20, 5, "d", "/d");
	add_process(b, 21, 5, "nowhere", "/gone (deleted)");
	add_process(b, 22, 5, "unknown", NULL);
	s = seal_at(b, NULL, 0);
	for (size_t i = 0; i < VT_LEN(wanted); i++) {
		const struct vt_cgroup *cg = vt_snapshot_path(s, wanted[i].path);

		cr_expect(VT_HAS(CGROUP, cg, processes) && VT_HAS(CGROUP, cg, processes_below));
		cr_expect_eq(cg->processes, wanted[i].here, "%s", wanted[i].path);
		cr_expect_eq(cg->processes_below, wanted[i].below, "%s", wanted[i].path);
	}
	cr_expect_eq(vt_snapshot_pid(s, 10)->cgroup_id, 3);
	cr_expect_not(VT_HAS(PROCESS, vt_snapshot_pid(s, 21), cgroup_id));
	cr_expect_eq(vt_snapshot_pid(s, 21)->cgroup, -1);
	cr_expect_eq(vt_snapshot_pid(s, 22)->cgroup, -1);
	cr_expect_eq(vt_snapshot_host(s)->processes, 7);
}

Test(relate, without_processes_nothing_is_counted)
{
	add_cgroup(b, 1, 0, "/");
	add_namespace(b, VT_NS_NET, 40);
	s = seal_at(b, NULL, 0);
	cr_expect_not(VT_HAS(CGROUP, vt_cgroup_at(s, 0), processes), "unknown is not zero");
	cr_expect_not(VT_HAS(HOST, vt_snapshot_host(s), processes));
	cr_expect_not(VT_HAS(NAMESPACE, vt_namespace_at(s, 0), leader_pid));
}

Test(relate, parents_of_processes)
{
	struct vt_process *p = add_process(b, 1, 1, "init", "/");

	VT_SET(PROCESS, p, ppid, 0);
	p = add_process(b, 5, 2, "child", "/");
	VT_SET(PROCESS, p, ppid, 1);
	p = add_process(b, 6, 3, "orphan", "/");
	VT_SET(PROCESS, p, ppid, 99);
	s = seal_at(b, NULL, 0);
	cr_expect_eq(vt_snapshot_pid(s, 1)->parent, -1);
	cr_expect_eq(vt_process_at(s, vt_snapshot_pid(s, 5)->parent)->pid, 1);
	cr_expect_eq(vt_snapshot_pid(s, 6)->parent, -1);
}

static struct vt_process *in_namespace(uint64_t pid, uint64_t start, uint32_t net)
{
	struct vt_process *p = add_process(b, pid, start, "p", "/");

	put_in(b, p, VT_NS_NET, net);
	return p;
}

Test(relate, namespaces)
{
	const struct vt_namespace *ns;
	struct vt_process *p;

	add_namespace(b, VT_NS_NET, 40);
	add_namespace(b, VT_NS_NET, 41)->kept_by = vt_builder_intern(b, "bind");
	add_namespace(b, VT_NS_NET, 42);
	/* The oldest leads, not the one with the smallest pid. */
	p = in_namespace(10, 500, 40);
	VT_SET(PROCESS, p, rss_bytes, 100);
	p = in_namespace(30, 300, 40);
	VT_SET(PROCESS, p, rss_bytes, 11);
	(void)in_namespace(31, 300, 40);
	(void)in_namespace(50, 900, 42);
	s = seal_at(b, NULL, 0);
	ns = vt_snapshot_find(s, (struct vt_id){ VT_KIND_NAMESPACE, 40, 0 });
	cr_expect_eq(ns->processes, 3);
	cr_expect_eq(ns->leader_pid, 30);
	cr_expect_str_eq(ns->leader_comm, "p");
	cr_expect_str_eq(ns->kept_by, "process");
	cr_expect_eq(ns->rss_bytes, 111);
	cr_expect_not(VT_HAS(NAMESPACE, ns, cpu_percent), "nobody's CPU is known");
	ns = vt_snapshot_find(s, (struct vt_id){ VT_KIND_NAMESPACE, 41, 0 });
	cr_expect(VT_HAS(NAMESPACE, ns, processes) && ns->processes == 0);
	cr_expect_str_eq(ns->kept_by, "bind");
	cr_expect_not(VT_HAS(NAMESPACE, ns, leader_pid));
	ns = vt_snapshot_find(s, (struct vt_id){ VT_KIND_NAMESPACE, 42, 0 });
	cr_expect_not(VT_HAS(NAMESPACE, ns, rss_bytes));
	cr_expect_eq(vt_process_ns(vt_snapshot_pid(s, 50), VT_NS_NET),
		     vt_snapshot_index(s, (struct vt_id){ VT_KIND_NAMESPACE, 42, 0 }));
	cr_expect_eq(vt_process_ns(vt_snapshot_pid(s, 50), VT_NS_PID), -1);
}

static struct vt_namespace *level(enum vt_ns_type type, uint64_t id, uint64_t parent)
{
	struct vt_namespace *ns = add_namespace(b, type, id);

	if (parent)
		VT_SET(NAMESPACE, ns, parent_id, parent);
	return ns;
}

Test(relate, levels_of_namespaces)
{
	static const struct {
		uint64_t id;
		int level; /* -1: unknown */
	} wanted[] = { { 10, 0 },  { 11, 1 },  { 12, 2 },  { 20, -1 },
		       { 21, -1 }, { 30, -1 }, { 40, -1 }, { 41, -1 } };
	struct vt_namespace *ns = level(VT_NS_PID, 10, 0);

	VT_SET(NAMESPACE, ns, initial, 1);
	(void)level(VT_NS_PID, 11, 10);
	ns = level(VT_NS_PID, 12, 11);
	VT_SET(NAMESPACE, ns, owner_id, 21);
	(void)level(VT_NS_USER, 20, 99); /* its parent is out of sight */
	(void)level(VT_NS_USER, 21, 20);
	ns = level(VT_NS_NET, 30, 0);
	VT_SET(NAMESPACE, ns, initial, 1);
	(void)level(VT_NS_PID, 40, 41); /* a circle, which a recorded tree may claim */
	(void)level(VT_NS_PID, 41, 40);
	s = seal_at(b, NULL, 0);
	for (size_t i = 0; i < VT_LEN(wanted); i++) {
		ns = (struct vt_namespace *)s->table[VT_KIND_NAMESPACE].rows + i;
		cr_assert_eq(ns->id, wanted[i].id);
		cr_expect_eq(VT_HAS(NAMESPACE, ns, level), wanted[i].level >= 0, "%zu", i);
		if (wanted[i].level >= 0)
			cr_expect_eq(ns->level, (uint64_t)wanted[i].level);
	}
	ns = (struct vt_namespace *)s->table[VT_KIND_NAMESPACE].rows + 2;
	cr_expect_eq(vt_namespace_at(s, ns->owner)->id, 21);
	cr_expect_eq(vt_namespace_at(s, ns->parent)->id, 11);
}

Test(relate, machines)
{
	const struct vt_machine *vm;
	struct vt_process *p;

	add_cgroup(b, 1, 0, "/");
	add_cgroup(b, 2, 1, "/vm");
	p = add_process(b, 5, 100, "qemu", "/vm");
	VT_SET(PROCESS, p, rss_bytes, 4096);
	(void)vt_machine_add(b, 5, 100);
	(void)vt_machine_add(b, 6, 100); /* its process is gone */
	(void)vt_vcpu_add(b, 5, 1);
	(void)vt_vcpu_add(b, 5, 0);
	(void)vt_vcpu_add(b, 4, 0);
	(void)vt_worker_add(b, 4, 9);
	(void)vt_worker_add(b, 5, 52);
	(void)vt_worker_add(b, 5, 51);
	s = seal_at(b, NULL, 0);
	vm = vt_machine_at(s, 0);
	cr_expect_eq(vt_process_at(s, vm->process)->pid, 5);
	cr_expect_eq(vt_snapshot_pid(s, 5)->machine, 0);
	cr_expect_eq(vm->cgroup_id, 2);
	cr_expect_eq(vm->memory_bytes, 4096);
	cr_expect_eq(vm->n_vcpus, 2);
	cr_expect_eq(vm->vcpu_count, 2);
	cr_expect_eq(vt_vcpu_at(s, vm->first_vcpu)->head.b, 0);
	cr_expect_eq(vt_vcpu_at(s, vm->first_vcpu + 1)->machine, 0);
	cr_expect_eq(vt_vcpu_at(s, 0)->machine, -1, "a vCPU without its machine");
	cr_expect_eq(vm->n_workers, 2);
	cr_expect_eq(vt_worker_at(s, vm->first_worker)->head.b, 51);
	cr_expect_eq(vt_worker_at(s, vm->first_worker + 1)->machine, 0);
	cr_expect_eq(vt_worker_at(s, 0)->machine, -1, "a worker without its machine");
	vm = vt_machine_at(s, 1);
	cr_expect_eq(vm->n_workers, 0);
	cr_expect_eq(vm->process, -1);
	cr_expect_not(VT_HAS(MACHINE, vm, memory_bytes));
	cr_expect_eq(vm->n_vcpus, 0);
}

static void add_interface(uint64_t ns, uint64_t index, const char *name)
{
	struct vt_interface *nic = vt_interface_add(b, ns, index);

	VT_SET(INTERFACE, nic, name, vt_builder_intern(b, name));
}

Test(relate, interfaces)
{
	const struct vt_namespace *ns;

	add_namespace(b, VT_NS_NET, 40);
	add_namespace(b, VT_NS_NET, 41);
	add_namespace(b, VT_NS_NET, 42);
	for (uint64_t i = 0; i < 9; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "eth%d", (int)i);
		add_interface(40, 9 - i, name);
	}
	add_interface(41, 1, "lo");
	add_interface(99, 1, "elsewhere");
	s = seal_at(b, NULL, 0);
	ns = vt_namespace_at(s, 0);
	cr_expect_str_eq(ns->interfaces, "eth3, eth4, eth5, eth6, eth7, eth8 and 3 more");
	cr_expect_str_eq(vt_namespace_at(s, 1)->interfaces, "lo");
	cr_expect_not(VT_HAS(NAMESPACE, vt_namespace_at(s, 2), interfaces));
	cr_expect_eq(vt_interface_at(s, (int32_t)s->table[VT_KIND_INTERFACE].n - 1)->namespace, -1);
}

static void add_tun(uint64_t ns, uint64_t index, const char *name, const char *kind,
		    const char *master)
{
	struct vt_interface *nic = vt_interface_add(b, ns, index);

	VT_SET(INTERFACE, nic, name, vt_builder_intern(b, name));
	VT_SET(INTERFACE, nic, kind, vt_builder_intern(b, kind));
	VT_SET(INTERFACE, nic, state, vt_builder_intern(b, "up"));
	if (master)
		VT_SET(INTERFACE, nic, master, vt_builder_intern(b, master));
}

/* netns 0: the kernel did not tell. */
static void add_tap(uint64_t fd, const char *name, uint64_t netns)
{
	struct vt_tap *tap = vt_tap_add(b, 5, fd);

	VT_SET(TAP, tap, name, vt_builder_intern(b, name));
	if (netns)
		VT_SET(TAP, tap, netns, netns);
}

/* The same name is in two namespaces, and one in the VMM's that is no tap. */
Test(relate, taps)
{
	static const struct {
		uint64_t netns, index; /* 0: unknown */
		const char *master;
	} expected[] = {
		{ 40, 3, "virbr0" }, { 41, 9, NULL }, { 0, 0, NULL },
		{ 0, 0, NULL },      { 42, 0, NULL },
	};
	struct vt_process *p = add_process(b, 5, 100, "qemu", "/");

	put_in(b, p, VT_NS_NET, 40);
	add_namespace(b, VT_NS_NET, 40);
	add_namespace(b, VT_NS_NET, 41);
	(void)vt_machine_add(b, 5, 100);
	add_tun(40, 3, "tap0", "tun", "virbr0");
	add_tun(41, 9, "tap0", "tun", NULL);
	add_tun(40, 4, "veth0", "veth", "virbr0");
	add_tun(41, 5, "tap1", "tun", "virbr0");
	add_tap(10, "tap0", 0);
	add_tap(11, "tap0", 41);
	add_tap(12, "veth0", 0);
	add_tap(13, "tap1", 0);  /* the VMM's namespace has none of that name */
	add_tap(14, "tap1", 42); /* a namespace whose interfaces are unknown */
	s = seal_at(b, NULL, 0);
	cr_assert_eq(vt_machine_at(s, 0)->n_taps, (int32_t)VT_LEN(expected));
	for (size_t i = 0; i < VT_LEN(expected); i++) {
		const struct vt_tap *tap = vt_tap_at(s, (int32_t)i);

		cr_expect_eq(VT_HAS(TAP, tap, netns) ? tap->netns : 0, expected[i].netns, "%zu", i);
		cr_expect_eq(VT_HAS(TAP, tap, index) ? tap->index : 0, expected[i].index, "%zu", i);
		cr_expect_eq(VT_HAS(TAP, tap, state), expected[i].index != 0, "%zu", i);
		cr_expect_eq(tap->interface >= 0, expected[i].index != 0, "%zu", i);
		cr_expect_str_eq(VT_HAS(TAP, tap, master) ? tap->master : "-",
				 expected[i].master ? expected[i].master : "-", "%zu", i);
	}
}

/* index: of the device's path; name: NULL, the kernel may not be asked. */
static void add_macvtap(uint64_t fd, uint64_t index, const char *name)
{
	struct vt_tap *tap = vt_tap_add(b, 5, fd);

	VT_SET(TAP, tap, index, index);
	if (name)
		VT_SET(TAP, tap, name, vt_builder_intern(b, name));
}

Test(relate, macvtaps)
{
	static const struct {
		const char *name, *lower;
	} expected[] = {
		{ "macvtap0", "eth0" }, { "macvtap0", "eth0" }, { "macvtap7", NULL },
		{ "-", NULL },          { "-", NULL },
	};
	struct vt_process *p = add_process(b, 5, 100, "qemu", "/");
	struct vt_interface *nic;

	put_in(b, p, VT_NS_NET, 40);
	add_namespace(b, VT_NS_NET, 40);
	(void)vt_machine_add(b, 5, 100);
	add_tun(40, 2, "eth0", "veth", NULL);
	nic = vt_interface_add(b, 40, 3);
	VT_SET(INTERFACE, nic, name, vt_builder_intern(b, "macvtap0"));
	VT_SET(INTERFACE, nic, kind, vt_builder_intern(b, "macvtap"));
	VT_SET(INTERFACE, nic, link, 2);
	VT_SET(INTERFACE, nic, peer_ns, 40);
	add_macvtap(10, 3, "macvtap0");
	add_macvtap(11, 3, NULL);
	add_macvtap(12, 3, "macvtap7"); /* of another network namespace, with the same number */
	add_macvtap(13, 2, NULL);       /* that is none */
	add_macvtap(14, 9, NULL);
	s = seal_at(b, NULL, 0);
	cr_assert_eq(vt_machine_at(s, 0)->n_taps, (int32_t)VT_LEN(expected));
	for (size_t i = 0; i < VT_LEN(expected); i++) {
		const struct vt_tap *tap = vt_tap_at(s, (int32_t)i);

		cr_expect_str_eq(VT_HAS(TAP, tap, name) ? tap->name : "-", expected[i].name, "%zu",
				 i);
		cr_expect_str_eq(VT_HAS(TAP, tap, lower) ? tap->lower : "-",
				 expected[i].lower ? expected[i].lower : "-", "%zu", i);
		cr_expect_eq(VT_HAS(TAP, tap, netns), expected[i].lower != NULL, "%zu", i);
		cr_expect(VT_HAS(TAP, tap, index), "%zu", i);
	}
}

Test(relate, devices_and_huge_pages_of_cgroups)
{
	const struct vt_cgroup *cg;

	add_cgroup(b, 1, 0, "/");
	add_cgroup(b, 2, 1, "/a");
	add_cgroup(b, 3, 1, "/b");
	(void)vt_iodev_add(b, 3, 1);
	(void)vt_iodev_add(b, 1, 2);
	(void)vt_iodev_add(b, 3, 0);
	(void)vt_iodev_add(b, 9, 0); /* of a cgroup that vanished */
	(void)vt_hugetlb_add(b, 2, 1 << 21);
	s = seal_at(b, NULL, 0);
	cg = vt_snapshot_path(s, "/b");
	cr_expect_eq(cg->n_iodevs, 2);
	cr_expect_eq(vt_iodev_at(s, cg->first_iodev)->head.b, 0);
	cr_expect_eq(vt_snapshot_path(s, "/")->n_iodevs, 1);
	cr_expect_eq(vt_snapshot_path(s, "/a")->n_iodevs, 0);
	cr_expect_eq(vt_snapshot_path(s, "/a")->n_hugetlbs, 1);
}
