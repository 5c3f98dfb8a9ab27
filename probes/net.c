/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interfaces of network namespaces through rtnetlink(7) (libnl-route-3). Our
 * own namespace is read in every scan; of the others a few in turn, since each
 * costs some system calls and two dumps. They are entered (setns(2)) by a thread
 * that lives for one scan and has nowhere to come back to.
 * What is asked is in net_links.c, which ends belong together in net_join.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <netlink/netlink.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../src/idmap.h"
#include "../src/probe.h"
#include "../src/text.h"
#include "namespace_sources.h"
#include "net_links.h"
#include "table.h"

enum {
	OTHERS_A_SCAN = 16,
	NSIDS_A_SCAN = 64,
};

struct net_state {
	const struct vt_host *host;
	struct vt_netns *spaces;
	size_t n_spaces, cap_spaces;
	struct vt_idmap index;
	struct nl_sock *own_socket;
	uint32_t own_inode;
	size_t turn, nsid_turn;
	uint64_t scans;
};

static int net_open(const struct vt_host *host, void **ret_state, struct vt_error *err)
{
	struct net_state *s;
	struct stat st;

	/* Interfaces are asked from the kernel, which a recorded tree is not. */
	if (!host->proc_live)
		return 0;
	if (stat("/proc/self/ns/net", &st) < 0)
		return vt_fail(err, errno,
			       "no network interfaces: cannot look at /proc/self/ns/net: %s",
			       vt_errno_text(errno));
	s = vt_alloc(sizeof(*s));
	s->host = host;
	s->own_inode = (uint32_t)st.st_ino;
	*ret_state = s;
	return 0;
}

static void net_close(void *state)
{
	struct net_state *s = state;

	if (!s)
		return;
	for (size_t i = 0; i < s->n_spaces; i++)
		free(s->spaces[i].ifaces);
	free(s->spaces);
	nl_socket_free(s->own_socket);
	vt_idmap_finish(&s->index);
	free(s);
}

static void read_own(struct net_state *s, struct vt_netns *ns)
{
	int error = 0;

	if (!s->own_socket)
		s->own_socket = vt_net_socket(&error);
	if (s->own_socket)
		vt_net_dump(s->own_socket, ns, s->scans);
	else
		ns->error = error;
}

static int open_netns(const struct net_state *s, const struct vt_netns *ns)
{
	if (ns->pid)
		return vt_ns_open_process(s->host, ns->pid, VT_NS_NET, ns->inode);
	return ns->where ? vt_ns_open_where(s->host, ns->how, ns->where, VT_NS_NET, ns->inode)
			 : -ENOENT;
}

/* In a thread that may be anywhere. */
static void read_other(struct net_state *s, struct vt_netns *ns)
{
	vt_autoclose int fd = open_netns(s, ns);
	struct nl_sock *sock = NULL;
	int error = 0;

	if (fd < 0)
		error = -fd;
	else if (setns(fd, CLONE_NEWNET) < 0)
		error = errno;
	else
		sock = vt_net_socket(&error);
	if (sock)
		vt_net_dump(sock, ns, s->scans);
	else
		ns->error = error;
	nl_socket_free(sock);
}

static bool has_foreign_links(const struct vt_netns *ns)
{
	for (size_t i = 0; i < ns->n; i++)
		if (ns->ifaces[i].link_nsid != VT_NO_NSID)
			return true;
	return false;
}

/* A number is given once, when something first needs it, and stays. */
static void learn_nsids(struct net_state *s, const struct vt_netns *own)
{
	size_t asked = 0;

	if (!own || !has_foreign_links(own))
		return;
	for (size_t i = 0; i < s->n_spaces && asked < NSIDS_A_SCAN; i++) {
		struct vt_netns *ns = &s->spaces[s->nsid_turn++ % s->n_spaces];
		vt_autoclose int fd = -1;

		if (ns->nsid != VT_NO_NSID || ns == own)
			continue;
		fd = open_netns(s, ns);
		if (fd >= 0)
			ns->nsid = vt_net_nsid(fd);
		asked++;
	}
}

/* An inode number alone may name a newer namespace: another way in means forgetting. */
static void see(struct net_state *s, const struct vt_netns *found)
{
	int32_t at = vt_idmap_get(&s->index, found->inode);
	struct vt_netns *ns;

	if (at < 0) {
		vt_idmap_put(&s->index, found->inode, (int32_t)s->n_spaces);
		VT_GROW(s->spaces, s->n_spaces, s->cap_spaces);
		s->spaces[s->n_spaces] = *found;
		s->spaces[s->n_spaces++].nsid = VT_NO_NSID;
		return;
	}
	ns = &s->spaces[at];
	if (ns->pid != found->pid || ns->start_ticks != found->start_ticks) {
		ns->n = ns->read_scan = 0;
		ns->nsid = VT_NO_NSID;
	}
	ns->pid = found->pid;
	ns->start_ticks = found->start_ticks;
	ns->where = found->where;
	ns->how = found->how;
	ns->seen_scan = found->seen_scan;
}

static bool is_older(const struct vt_process *a, const struct vt_process *b)
{
	return a->start_ticks != b->start_ticks ? a->start_ticks < b->start_ticks : a->pid < b->pid;
}

/* The oldest process of each network namespace: index of the process by inode. */
static void find_leaders(struct vt_builder *b, struct vt_idmap *leaders)
{
	size_t n;
	const struct vt_process *procs = vt_process_added(b, &n);
	uint32_t last = 0;
	int32_t at = -1;

	for (size_t i = 0; i < n; i++) {
		uint32_t inode = vt_process_ns_id(&procs[i], VT_NS_NET);

		if (!inode)
			continue;
		if (inode != last)
			at = vt_idmap_get(leaders, inode);
		last = inode;
		if (at >= 0 && !is_older(&procs[i], &procs[at]))
			continue;
		vt_idmap_put(leaders, inode, (int32_t)i);
		at = (int32_t)i;
	}
}

static void see_all(struct net_state *s, struct vt_builder *b)
{
	struct vt_idmap leaders = { 0 };
	size_t n, n_procs;
	const struct vt_namespace *rows = vt_namespace_added(b, &n);
	const struct vt_process *procs = vt_process_added(b, &n_procs);

	find_leaders(b, &leaders);
	for (size_t i = 0; i < n; i++) {
		struct vt_netns found = { .inode = (uint32_t)rows[i].id,
					  .seen_scan = s->scans,
					  .where = rows[i].kept_where,
					  .how = vt_keep_find(rows[i].kept_by) };
		int32_t at;

		if (rows[i].ns_type != VT_NS_NET)
			continue;
		at = vt_idmap_get(&leaders, found.inode);
		if (at >= 0) {
			found.pid = procs[at].pid;
			found.start_ticks = procs[at].start_ticks;
		}
		see(s, &found);
	}
	vt_idmap_finish(&leaders);
}

/* Forgets what was not seen in this scan. */
static void forget_gone(struct net_state *s)
{
	size_t kept = 0;

	vt_idmap_clear(&s->index);
	for (size_t i = 0; i < s->n_spaces; i++) {
		if (s->spaces[i].seen_scan != s->scans) {
			free(s->spaces[i].ifaces);
			continue;
		}
		vt_idmap_put(&s->index, s->spaces[i].inode, (int32_t)kept);
		s->spaces[kept++] = s->spaces[i];
	}
	s->n_spaces = kept;
}

/* Those never read first, then in turn. */
static void read_some(struct net_state *s)
{
	int left = OTHERS_A_SCAN;

	for (size_t i = 0; i < s->n_spaces && left > 0; i++)
		if (!s->spaces[i].read_scan && !s->spaces[i].error &&
		    s->spaces[i].inode != s->own_inode) {
			read_other(s, &s->spaces[i]);
			left--;
		}
	for (size_t i = 0; i < s->n_spaces && left > 0; i++) {
		struct vt_netns *ns = &s->spaces[s->turn++ % s->n_spaces];

		if (ns->inode == s->own_inode || ns->read_scan == s->scans)
			continue;
		read_other(s, ns);
		left--;
	}
}

static void *read_in_thread(void *state)
{
	(void)pthread_setname_np(pthread_self(), "netns");
	read_some(state);
	return NULL;
}

/* The scan waits for it: what is read belongs to this snapshot. Signals belong to the screen. */
static void read_others(struct net_state *s)
{
	sigset_t all, old;
	pthread_t thread;
	int failed;

	if (s->n_spaces < 2)
		return;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	failed = pthread_create(&thread, NULL, read_in_thread, s);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!failed)
		(void)pthread_join(thread, NULL);
}

/* Counters only where they are of this scan: an old value would make a rate of 0. */
static void add_iface(struct vt_builder *b, struct vt_netns *ns, const struct vt_iface *f,
		      bool counters)
{
	struct vt_interface *row = vt_interface_add(b, ns->inode, f->index);
	const struct vt_iface *master = f->master ? vt_net_find(ns, f->master) : NULL;

	VT_SET(INTERFACE, row, index, f->index);
	VT_SET(INTERFACE, row, name, vt_builder_intern(b, f->name));
	if (f->kind[0])
		VT_SET(INTERFACE, row, kind, vt_builder_intern(b, f->kind));
	VT_SET(INTERFACE, row, state, vt_builder_intern(b, f->state));
	VT_SET(INTERFACE, row, mtu, f->mtu);
	if (f->addresses[0])
		VT_SET(INTERFACE, row, addresses, vt_builder_intern(b, f->addresses));
	/* The other end may have the same number in its namespace. */
	if (f->link && (f->link != f->index || f->link_nsid != VT_NO_NSID))
		VT_SET(INTERFACE, row, link, f->link);
	if (f->peer_ns)
		VT_SET(INTERFACE, row, peer_ns, f->peer_ns);
	if (master)
		VT_SET(INTERFACE, row, master, vt_builder_intern(b, master->name));
	if (!counters)
		return;
	VT_SET(INTERFACE, row, rx_bytes, f->rx_bytes);
	VT_SET(INTERFACE, row, tx_bytes, f->tx_bytes);
}

static void add_rows(const struct net_state *s, struct vt_builder *b)
{
	bool all = s->n_spaces <= OTHERS_A_SCAN + 1;
	unsigned refused = 0;
	int error = 0;

	for (size_t i = 0; i < s->n_spaces; i++) {
		struct vt_netns *ns = &s->spaces[i];
		bool counters = ns->read_scan == s->scans && (all || ns->inode == s->own_inode);

		if (ns->error && ns->error != ESRCH && ns->error != ENOENT) {
			refused++;
			error = ns->error;
		}
		for (size_t k = 0; k < ns->n; k++)
			add_iface(b, ns, &ns->ifaces[k], counters);
	}
	if (refused)
		vt_builder_note(b, "the interfaces of %u network namespaces are unknown: %s",
				refused, vt_errno_text(error));
	if (!all)
		vt_builder_note(b,
				"there are %zu network namespaces: %d of them are read in each "
				"scan, and only our own shows traffic",
				s->n_spaces, OTHERS_A_SCAN);
}

static void add_nsids(const struct net_state *s, struct vt_builder *b)
{
	size_t n;
	struct vt_namespace *rows = vt_namespace_added(b, &n);

	for (size_t i = 0; i < n; i++) {
		int32_t at = rows[i].ns_type == VT_NS_NET
				     ? vt_idmap_get(&s->index, (uint32_t)rows[i].id)
				     : -1;

		if (at >= 0 && s->spaces[at].nsid != VT_NO_NSID)
			VT_SET(NAMESPACE, &rows[i], nsid, (uint64_t)s->spaces[at].nsid);
	}
}

static int net_scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	struct net_state *s = state;
	struct vt_netns *own;
	int32_t at;

	(void)err;
	if (!s) {
		vt_builder_source(b, "none");
		return 0;
	}
	s->scans++;
	see_all(s, b);
	forget_gone(s);
	at = vt_idmap_get(&s->index, s->own_inode);
	own = at < 0 ? NULL : &s->spaces[at];
	if (own)
		read_own(s, own);
	read_others(s);
	learn_nsids(s, own);
	vt_net_join(s->spaces, s->n_spaces, own);
	add_nsids(s, b);
	add_rows(s, b);
	vt_builder_source(b, "rtnetlink");
	return 0;
}

const struct vt_probe vt_probe_net = {
	.name = "net",
	.summary = "interfaces of network namespaces",
	.open = net_open,
	.scan = net_scan,
	.close = net_close,
};
