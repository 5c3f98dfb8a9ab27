/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interfaces of network namespaces through rtnetlink(7) (libnl-route-3). A
 * netlink socket belongs to the namespace in which it was made, so the
 * collector's thread enters a namespace (setns(2)) only to make the socket and
 * comes back before it asks. Our own namespace is read in every scan; of the
 * others a few in turn, since each costs some system calls and a dump.
 */
#include <errno.h>
#include <fcntl.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../src/idmap.h"
#include "../src/probe.h"
#include "namespace_rel.h"
#include "table.h"

enum {
	OTHERS_A_SCAN = 16,
	LINKS_LIMIT = 4096, /* of one namespace */
};

struct iface {
	uint64_t index, mtu, rx_bytes, tx_bytes;
	char name[32], kind[24], state[16];
};

/* A namespace and what was read of it last. */
struct netns {
	uint32_t inode;
	uint64_t pid, start_ticks;     /* the way in; 0 where it is a bind mount */
	const char *where;             /* of a bind mount; of this scan's builder */
	uint64_t read_scan, seen_scan; /* 0: never */
	int error;
	struct iface *ifaces;
	size_t n, cap;
};

struct net_state {
	const struct vt_host *host;
	struct netns *spaces;
	size_t n_spaces, cap_spaces;
	struct vt_idmap index;
	struct nl_sock *own_socket;
	int own; /* our namespace, to come back to */
	uint32_t own_inode;
	size_t turn;
	uint64_t scans;
	bool lost; /* could not come back */
};

static int net_open(const struct vt_host *host, void **ret_state, struct vt_error *err)
{
	vt_autoclose int own = -1;
	struct net_state *s;
	struct stat st;

	/* Interfaces are asked from the kernel, which a recorded tree is not. */
	if (!host->proc_live)
		return 0;
	own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (own < 0 || fstat(own, &st) < 0)
		return vt_fail(err, errno,
			       "no network interfaces: cannot open /proc/self/ns/net: %s",
			       vt_errno_text(errno));
	s = vt_alloc(sizeof(*s));
	s->host = host;
	s->own = vt_take_fd(&own);
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
	vt_closep(&s->own);
	free(s);
}

static struct nl_sock *new_socket(int *ret_error)
{
	struct nl_sock *sock = nl_socket_alloc();
	int r = sock ? nl_connect(sock, NETLINK_ROUTE) : -NLE_NOMEM;

	if (r == 0)
		return sock;
	*ret_error = errno ? errno : EIO;
	nl_socket_free(sock);
	return NULL;
}

/* A socket of that namespace. Coming back cannot be retried, so its failure ends this probe. */
static struct nl_sock *socket_in(struct net_state *s, int ns, int *ret_error)
{
	struct nl_sock *sock;

	if (setns(ns, CLONE_NEWNET) < 0) {
		*ret_error = errno;
		return NULL;
	}
	sock = new_socket(ret_error);
	if (setns(s->own, CLONE_NEWNET) < 0) {
		s->lost = true;
		*ret_error = errno;
	}
	return sock;
}

static void add_link(struct nl_object *object, void *arg)
{
	/* libnl's objects have no safe down-cast; the cache holds links only. */
	struct rtnl_link *link = (struct rtnl_link *)(void *)object;
	struct netns *ns = arg;
	struct iface *f;
	const char *name = rtnl_link_get_name(link), *kind = rtnl_link_get_type(link);

	if (ns->n >= LINKS_LIMIT)
		return;
	VT_GROW(ns->ifaces, ns->n, ns->cap);
	f = &ns->ifaces[ns->n++];
	*f = (struct iface){
		.index = (uint64_t)rtnl_link_get_ifindex(link),
		.mtu = rtnl_link_get_mtu(link),
		.rx_bytes = rtnl_link_get_stat(link, RTNL_LINK_RX_BYTES),
		.tx_bytes = rtnl_link_get_stat(link, RTNL_LINK_TX_BYTES),
	};
	(void)snprintf(f->name, sizeof(f->name), "%s", name ? name : "");
	(void)snprintf(f->kind, sizeof(f->kind), "%s", kind ? kind : "");
	rtnl_link_operstate2str(rtnl_link_get_operstate(link), f->state, sizeof(f->state));
}

static void dump_links(struct net_state *s, struct netns *ns, struct nl_sock *sock)
{
	struct nl_cache *cache = NULL;
	int r = rtnl_link_alloc_cache(sock, AF_UNSPEC, &cache);

	if (r < 0) {
		ns->error = EIO;
		return;
	}
	ns->n = 0;
	nl_cache_foreach(cache, add_link, ns);
	nl_cache_free(cache);
	ns->read_scan = s->scans;
	ns->error = 0;
}

static void read_own(struct net_state *s, struct netns *ns)
{
	int error = 0;

	if (!s->own_socket)
		s->own_socket = new_socket(&error);
	if (s->own_socket)
		dump_links(s, ns, s->own_socket);
	else
		ns->error = error;
}

static void read_other(struct net_state *s, struct netns *ns)
{
	vt_autoclose int fd = -1;
	struct nl_sock *sock;
	int error = 0;

	if (ns->pid)
		fd = vt_ns_open_process(s->host, ns->pid, VT_NS_NET, ns->inode);
	else if (ns->where)
		fd = vt_ns_open_path(s->host, ns->where, ns->inode);
	else
		fd = -ENOENT;
	if (fd < 0) {
		ns->error = -fd;
		return;
	}
	sock = socket_in(s, fd, &error);
	if (sock)
		dump_links(s, ns, sock);
	else
		ns->error = error;
	nl_socket_free(sock);
}

/* An inode number alone may name a newer namespace: another way in means forgetting. */
static void see(struct net_state *s, const struct netns *found)
{
	int32_t at = vt_idmap_get(&s->index, found->inode);
	struct netns *ns;

	if (at < 0) {
		vt_idmap_put(&s->index, found->inode, (int32_t)s->n_spaces);
		VT_GROW(s->spaces, s->n_spaces, s->cap_spaces);
		s->spaces[s->n_spaces++] = *found;
		return;
	}
	ns = &s->spaces[at];
	if (ns->pid != found->pid || ns->start_ticks != found->start_ticks)
		ns->n = ns->read_scan = 0;
	ns->pid = found->pid;
	ns->start_ticks = found->start_ticks;
	ns->where = found->where;
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
		uint32_t inode = procs[i].ns_id[VT_NS_NET];

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
		struct netns found = { .inode = (uint32_t)rows[i].id,
				       .seen_scan = s->scans,
				       .where = rows[i].kept_where };
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

	for (size_t i = 0; i < s->n_spaces && left > 0 && !s->lost; i++)
		if (!s->spaces[i].read_scan && !s->spaces[i].error &&
		    s->spaces[i].inode != s->own_inode) {
			read_other(s, &s->spaces[i]);
			left--;
		}
	for (size_t i = 0; i < s->n_spaces && left > 0 && !s->lost; i++) {
		struct netns *ns = &s->spaces[s->turn++ % s->n_spaces];

		if (ns->inode == s->own_inode || ns->read_scan == s->scans)
			continue;
		read_other(s, ns);
		left--;
	}
}

/* Counters only where they are of this scan: an old value would make a rate of 0. */
static void add_iface(struct vt_builder *b, const struct netns *ns, const struct iface *f,
		      bool counters)
{
	struct vt_interface *row = vt_interface_add(b, ns->inode, f->index);

	VT_SET(INTERFACE, row, index, f->index);
	VT_SET(INTERFACE, row, name, vt_builder_intern(b, f->name));
	if (f->kind[0])
		VT_SET(INTERFACE, row, kind, vt_builder_intern(b, f->kind));
	VT_SET(INTERFACE, row, state, vt_builder_intern(b, f->state));
	VT_SET(INTERFACE, row, mtu, f->mtu);
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
		const struct netns *ns = &s->spaces[i];
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

static int net_scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	struct net_state *s = state;
	int32_t own;

	if (!s) {
		vt_builder_source(b, "none");
		return 0;
	}
	if (s->lost)
		return vt_fail(err, EPERM,
			       "network interfaces are no longer read: could not come "
			       "back from another network namespace");
	s->scans++;
	see_all(s, b);
	forget_gone(s);
	own = vt_idmap_get(&s->index, s->own_inode);
	if (own >= 0)
		read_own(s, &s->spaces[own]);
	read_some(s);
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
