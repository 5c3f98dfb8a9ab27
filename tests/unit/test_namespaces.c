/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What follows from the rows of namespaces: keepers, wiring, words about the inside. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "../../src/namespace_words.h"
#include "snapshots.h"

static struct vt_builder *begin(void)
{
	struct vt_builder *b = vt_builder_new();

	vt_builder_begin(b);
	return b;
}

static const struct vt_namespace *at(const struct vt_snapshot *s, uint64_t id)
{
	return vt_snapshot_find(s, (struct vt_id){ VT_KIND_NAMESPACE, id, 0 });
}

static void keep(struct vt_builder *b, uint64_t ns, uint64_t order, const char *how,
		 const char *where)
{
	struct vt_keeper *k = vt_keeper_add(b, ns, order);

	VT_SET(KEEPER, k, how, how);
	VT_SET(KEEPER, k, where, where);
}

Test(namespaces, each_has_its_run_of_keepers)
{
	struct vt_builder *b = begin();
	struct vt_snapshot *s, *next;

	(void)add_namespace(b, VT_NS_NET, 10);
	(void)add_namespace(b, VT_NS_NET, 20);
	(void)add_namespace(b, VT_NS_NET, 30);
	keep(b, 30, 1, "descriptor", "/proc/1/fd/3");
	keep(b, 10, 2, "bind", "/run/netns/b");
	keep(b, 10, 1, "bind", "/run/netns/a");
	keep(b, 99, 1, "bind", "/nowhere");
	s = seal_at(b, NULL, 0);
	cr_expect_eq(at(s, 10)->n_keepers, 2);
	cr_expect_str_eq(vt_keeper_at(s, at(s, 10)->first_keeper)->where, "/run/netns/a");
	cr_expect_eq(at(s, 20)->n_keepers, 0);
	cr_expect_eq(at(s, 30)->n_keepers, 1);
	cr_expect_str_eq(vt_keeper_at(s, at(s, 30)->first_keeper)->how, "descriptor");
	/* One that is gone has none: its keepers were rows of another snapshot. */
	vt_builder_begin(b);
	next = seal_at(b, s, 1);
	cr_assert_not_null(at(next, 10));
	cr_expect_eq(at(next, 10)->n_keepers, 0);
	vt_snapshot_free(next);
	vt_snapshot_free(s);
	vt_builder_free(b);
}

Test(namespaces, found_late_is_not_new)
{
	struct vt_builder *b = begin();
	struct vt_snapshot *s = seal_at(b, NULL, 10), *next;

	vt_builder_begin(b);
	add_namespace(b, VT_NS_UTS, 10)->head.first_seen_ns = VT_SEEN_BEFORE;
	(void)add_namespace(b, VT_NS_UTS, 20);
	next = seal_at(b, s, 11);
	cr_expect_not(vt_snapshot_is_new(next, &at(next, 10)->head));
	cr_expect(vt_snapshot_is_new(next, &at(next, 20)->head));
	cr_expect_not_null(find_event(next, "created", "new uts namespace 20"));
	cr_expect_null(find_event(next, "created", "new uts namespace 10"));
	vt_snapshot_free(next);
	vt_snapshot_free(s);
	vt_builder_free(b);
}

Test(namespaces, events_say_who_made_it)
{
	struct vt_builder *b = begin();
	struct vt_snapshot *s = seal_at(b, NULL, 10), *next;
	struct vt_process *p;
	struct vt_namespace *ns;

	vt_builder_begin(b);
	(void)add_process(b, 100, 1, "sshd", NULL);
	p = add_process(b, 200, 2, "bash", NULL);
	VT_SET(PROCESS, p, ppid, 100);
	VT_SET(PROCESS, p, uid, 1000);
	put_in(b, p, VT_NS_UTS, 10);
	put_in(b, p, VT_NS_USER, 20);
	(void)add_namespace(b, VT_NS_UTS, 10);
	ns = add_namespace(b, VT_NS_USER, 20);
	VT_SET(NAMESPACE, ns, owner_uid, 1001);
	(void)add_namespace(b, VT_NS_NET, 30);
	next = seal_at(b, s, 11);
	cr_expect_not_null(find_event(
		next, "created", "new uts namespace 10 of 200 bash, uid 1000, child of 100 sshd"));
	cr_expect_not_null(find_event(
		next, "created",
		"new user namespace 20 of 200 bash, made by uid 1001, child of 100 sshd"));
	cr_expect_not_null(find_event(next, "created", "new net namespace 30"));
	vt_snapshot_free(next);
	vt_snapshot_free(s);
	vt_builder_free(b);
}

static struct vt_interface *add_interface(struct vt_builder *b, uint64_t ns, uint64_t index,
					  const char *name)
{
	struct vt_interface *f = vt_interface_add(b, ns, index);

	VT_SET(INTERFACE, f, index, index);
	VT_SET(INTERFACE, f, name, name);
	return f;
}

/* The host's docker0 with a port, and the other end of that in a container. */
Test(namespaces, wiring_follows_the_cable)
{
	struct vt_builder *b = begin();
	struct vt_namespace *host = add_namespace(b, VT_NS_NET, 10);
	struct vt_interface *f;
	struct vt_snapshot *s;

	VT_SET(NAMESPACE, host, initial, 1);
	(void)add_namespace(b, VT_NS_NET, 20);
	(void)add_namespace(b, VT_NS_NET, 30);
	(void)add_interface(b, 10, 1, "lo");
	(void)add_interface(b, 10, 3, "docker0");
	f = add_interface(b, 10, 5, "veth3a");
	VT_SET(INTERFACE, f, master, "docker0");
	VT_SET(INTERFACE, f, link, 2);
	VT_SET(INTERFACE, f, peer_ns, 20);
	f = add_interface(b, 20, 2, "eth0");
	VT_SET(INTERFACE, f, addresses, "10.0.0.2/24 fe80::1/64");
	VT_SET(INTERFACE, f, link, 5);
	VT_SET(INTERFACE, f, peer_ns, 10);
	(void)add_interface(b, 30, 1, "lo");
	s = seal_at(b, NULL, 0);
	cr_expect_str_eq(at(s, 20)->wiring, "eth0 10.0.0.2/24 - veth3a - docker0 (host)");
	cr_expect_str_eq(at(s, 20)->inside, "eth0 10.0.0.2/24 - veth3a - docker0 (host)");
	cr_expect_str_eq(at(s, 10)->wiring, "docker0, veth3a - docker0 - eth0 (net 20)");
	cr_expect_str_eq(at(s, 10)->inside, "docker0, lo, veth3a");
	cr_expect_not(VT_HAS(NAMESPACE, at(s, 30), wiring));
	cr_expect_str_eq(at(s, 30)->inside, "lo");
	vt_snapshot_free(s);
	vt_builder_free(b);
}

Test(namespaces, a_peer_that_is_not_seen_is_left_out)
{
	struct vt_builder *b = begin();
	struct vt_interface *f;
	struct vt_snapshot *s;

	(void)add_namespace(b, VT_NS_NET, 20);
	f = add_interface(b, 20, 2, "eth0");
	VT_SET(INTERFACE, f, link, 5);
	VT_SET(INTERFACE, f, peer_ns, 77);
	s = seal_at(b, NULL, 0);
	cr_expect_str_eq(at(s, 20)->wiring, "eth0");
	vt_snapshot_free(s);
	vt_builder_free(b);
}

Test(namespaces, words_about_the_inside)
{
	struct vt_builder *b = begin();
	struct vt_namespace *ns;
	struct vt_snapshot *s;

	(void)add_process(b, 4242, 1, "bash", NULL);
	ns = add_namespace(b, VT_NS_USER, 10);
	VT_SET(NAMESPACE, ns, root_uid, 100000);
	VT_SET(NAMESPACE, ns, mapped_uids, 65536);
	VT_SET(NAMESPACE, ns, setgroups, "deny");
	ns = add_namespace(b, VT_NS_USER, 11);
	VT_SET(NAMESPACE, ns, mapped_uids, 0);
	ns = add_namespace(b, VT_NS_PID, 20);
	VT_SET(NAMESPACE, ns, init_pid, 4242);
	ns = add_namespace(b, VT_NS_UTS, 30);
	VT_SET(NAMESPACE, ns, hostname, "demo");
	ns = add_namespace(b, VT_NS_IPC, 40);
	VT_SET(NAMESPACE, ns, shm_segments, 1);
	VT_SET(NAMESPACE, ns, posix_queues, 2);
	ns = add_namespace(b, VT_NS_IPC, 41);
	VT_SET(NAMESPACE, ns, shm_segments, 0);
	ns = add_namespace(b, VT_NS_TIME, 50);
	VT_SET(NAMESPACE, ns, monotonic_offset, 0);
	VT_SET(NAMESPACE, ns, boottime_offset, 86400);
	ns = add_namespace(b, VT_NS_TIME, 51);
	VT_SET(NAMESPACE, ns, monotonic_offset, -90.5);
	ns = add_namespace(b, VT_NS_MNT, 60);
	VT_SET(NAMESPACE, ns, root_fs, "overlay");
	VT_SET(NAMESPACE, ns, root_read_only, 1);
	VT_SET(NAMESPACE, ns, overlay_layers, 7);
	VT_SET(NAMESPACE, ns, mounts, 1);
	VT_SET(NAMESPACE, ns, propagation, "slave");
	ns = add_namespace(b, VT_NS_CGROUP, 70);
	VT_SET(NAMESPACE, ns, cgroup_root, "/docker/abc");
	(void)add_namespace(b, VT_NS_CGROUP, 71);
	s = seal_at(b, NULL, 0);
	cr_expect_str_eq(at(s, 10)->inside,
			 "root here is host uid 100000, 65536 ids, setgroups denied");
	cr_expect_str_eq(at(s, 11)->inside, "no ids are mapped: all are nobody");
	cr_expect_str_eq(at(s, 20)->inside, "PID 1 inside is 4242 here bash");
	cr_expect_str_eq(at(s, 30)->inside, "host name demo");
	cr_expect_str_eq(at(s, 40)->inside, "1 shared memory segment, 2 POSIX queues");
	cr_expect_str_eq(at(s, 41)->inside, "empty");
	cr_expect_str_eq(at(s, 50)->inside, "boot time 1 day ahead");
	cr_expect_str_eq(at(s, 51)->inside, "monotonic 90.5 s behind");
	cr_expect_str_eq(at(s, 60)->inside, "root overlay read-only, 7 layers, 1 mount, slave");
	cr_expect_str_eq(at(s, 70)->inside, "/ is /docker/abc");
	cr_expect_not(VT_HAS(NAMESPACE, at(s, 71), inside));
	vt_snapshot_free(s);
	vt_builder_free(b);
}

Test(namespaces, where_two_processes_differ)
{
	struct vt_ns_set in_a = { .id = { 1, 2, 3, 4, 5, 6, 7, 8 } }, in_b = in_a;
	struct vt_process a = { .ns = &in_a }, b = { .ns = &in_b };
	char text[80];
	int differ, unknown;

	vt_namespaces_differ(&a, &b, text, sizeof(text), &differ, &unknown);
	cr_expect_str_eq(text, "");
	cr_expect_eq(differ, 0);
	in_b.id[VT_NS_PID] = 20;
	in_b.id[VT_NS_TIME] = 80;
	in_b.id[VT_NS_NET] = 0;
	vt_namespaces_differ(&a, &b, text, sizeof(text), &differ, &unknown);
	cr_expect_str_eq(text, "pid, time");
	cr_expect_eq(differ, 2);
	cr_expect_eq(unknown, 1);
}
