/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interfaces of network namespaces through rtnetlink(7) (libnl-route-3). Our
 * own namespace is read in every scan; of the others a few in turn, since each
 * costs some system calls and two dumps. They are entered (setns(2)) by a thread
 * that lives for one scan and has nowhere to come back to.
 *
 * The two ends of a veth name each other by index, and the namespace of the
 * other end by a number that only the own namespace knows (IFLA_LINK_NETNSID).
 * For our own we ask which number is whose (RTM_GETNSID); elsewhere two ends
 * belong together when they name each other and no third one does.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/net_namespace.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
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
#include "table.h"

enum {
	OTHERS_A_SCAN = 16,
	LINKS_LIMIT = 4096, /* of one namespace */
	NSIDS_A_SCAN = 64,
	NO_NSID = -1,
};

struct iface {
	uint64_t index, mtu, rx_bytes, tx_bytes;
	uint64_t link, master; /* indices; 0 without */
	int link_nsid;         /* of the namespace that link is in; NO_NSID: this one */
	uint32_t peer_ns;      /* the same as an inode; 0 unknown */
	char name[32], kind[24], state[16];
	char addresses[256];
};

/* A namespace and what was read of it last. */
struct netns {
	uint32_t inode;
	uint64_t pid, start_ticks; /* the way in; 0 without */
	const char *where;         /* without a process: its first keeper; of this scan's builder */
	enum vt_keep how;
	uint64_t read_scan, seen_scan; /* 0: never */
	int error;
	int nsid; /* that our own namespace has for it; NO_NSID */
	struct iface *ifaces;
	size_t n, cap;
};

struct net_state {
	const struct vt_host *host;
	struct netns *spaces;
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

static void add_link(struct nl_object *object, void *arg)
{
	/* libnl's objects have no safe down-cast; the cache holds links only. */
	struct rtnl_link *link = (struct rtnl_link *)(void *)object;
	struct netns *ns = arg;
	struct iface *f;
	const char *name = rtnl_link_get_name(link), *kind = rtnl_link_get_type(link);
	int32_t nsid;

	if (ns->n >= LINKS_LIMIT)
		return;
	VT_GROW(ns->ifaces, ns->n, ns->cap);
	f = &ns->ifaces[ns->n++];
	*f = (struct iface){
		.index = (uint64_t)rtnl_link_get_ifindex(link),
		.mtu = rtnl_link_get_mtu(link),
		.rx_bytes = rtnl_link_get_stat(link, RTNL_LINK_RX_BYTES),
		.tx_bytes = rtnl_link_get_stat(link, RTNL_LINK_TX_BYTES),
		.link = (uint64_t)rtnl_link_get_link(link),
		.master = (uint64_t)rtnl_link_get_master(link),
		.link_nsid = rtnl_link_get_link_netnsid(link, &nsid) == 0 ? nsid : NO_NSID,
	};
	(void)snprintf(f->name, sizeof(f->name), "%s", name ? name : "");
	(void)snprintf(f->kind, sizeof(f->kind), "%s", kind ? kind : "");
	rtnl_link_operstate2str(rtnl_link_get_operstate(link), f->state, sizeof(f->state));
}

static int compare_ifaces(const void *a, const void *b)
{
	const struct iface *f = a, *g = b;

	return (f->index > g->index) - (f->index < g->index);
}

static struct iface *find_iface(struct netns *ns, uint64_t index)
{
	struct iface key = { .index = index };

	return ns->n ? bsearch(&key, ns->ifaces, ns->n, sizeof(key), compare_ifaces) : NULL;
}

static void add_address(struct nl_object *object, void *arg)
{
	struct rtnl_addr *address = (struct rtnl_addr *)(void *)object;
	struct iface *f = find_iface(arg, (uint64_t)rtnl_addr_get_ifindex(address));
	struct nl_addr *local = rtnl_addr_get_local(address);
	char text[64];
	size_t used;

	if (!f || !local)
		return;
	used = strlen(f->addresses);
	(void)nl_addr2str(local, text, sizeof(text));
	if (used + strlen(text) + 2 < sizeof(f->addresses))
		(void)snprintf(f->addresses + used, sizeof(f->addresses) - used, "%s%s",
			       used ? " " : "", text);
}

static void dump(struct net_state *s, struct netns *ns, struct nl_sock *sock)
{
	struct nl_cache *links = NULL, *addresses = NULL;

	if (rtnl_link_alloc_cache(sock, AF_UNSPEC, &links) < 0) {
		ns->error = EIO;
		return;
	}
	ns->n = 0;
	nl_cache_foreach(links, add_link, ns);
	nl_cache_free(links);
	if (ns->n)
		qsort(ns->ifaces, ns->n, sizeof(*ns->ifaces), compare_ifaces);
	if (rtnl_addr_alloc_cache(sock, &addresses) == 0) {
		nl_cache_foreach(addresses, add_address, ns);
		nl_cache_free(addresses);
	}
	ns->read_scan = s->scans;
	ns->error = 0;
}

static void read_own(struct net_state *s, struct netns *ns)
{
	int error = 0;

	if (!s->own_socket)
		s->own_socket = new_socket(&error);
	if (s->own_socket)
		dump(s, ns, s->own_socket);
	else
		ns->error = error;
}

static int open_netns(const struct net_state *s, const struct netns *ns)
{
	if (ns->pid)
		return vt_ns_open_process(s->host, ns->pid, VT_NS_NET, ns->inode);
	return ns->where ? vt_ns_open_where(s->host, ns->how, ns->where, VT_NS_NET, ns->inode)
			 : -ENOENT;
}

/* In a thread that may be anywhere. */
static void read_other(struct net_state *s, struct netns *ns)
{
	vt_autoclose int fd = open_netns(s, ns);
	struct nl_sock *sock = NULL;
	int error = 0;

	if (fd < 0)
		error = -fd;
	else if (setns(fd, CLONE_NEWNET) < 0)
		error = errno;
	else
		sock = new_socket(&error);
	if (sock)
		dump(s, ns, sock);
	else
		ns->error = error;
	nl_socket_free(sock);
}

/* Numbers of namespaces. */

static int on_nsid(struct nl_msg *msg, void *arg)
{
	struct nlattr *attrs[NETNSA_MAX + 1];

	if (nlmsg_parse(nlmsg_hdr(msg), sizeof(struct rtgenmsg), attrs, NETNSA_MAX, NULL) == 0 &&
	    attrs[NETNSA_NSID])
		*(int *)arg = (int)nla_get_u32(attrs[NETNSA_NSID]);
	return NL_OK;
}

/* NO_NSID where it has none yet. */
static int ask_nsid(int namespace)
{
	struct rtgenmsg family = { .rtgen_family = AF_UNSPEC };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETNSID, 0);
	struct nl_sock *sock;
	int error, nsid = NO_NSID;

	sock = new_socket(&error);
	if (msg && sock && nlmsg_append(msg, &family, sizeof(family), NLMSG_ALIGNTO) == 0 &&
	    nla_put_u32(msg, NETNSA_FD, (uint32_t) namespace) == 0) {
		(void)nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_nsid, &nsid);
		if (nl_send_auto(sock, msg) >= 0)
			(void)nl_recvmsgs_default(sock);
	}
	nlmsg_free(msg);
	nl_socket_free(sock);
	return nsid;
}

static bool has_foreign_links(const struct netns *ns)
{
	for (size_t i = 0; i < ns->n; i++)
		if (ns->ifaces[i].link_nsid != NO_NSID)
			return true;
	return false;
}

/* A number is given once, when something first needs it, and stays. */
static void learn_nsids(struct net_state *s, const struct netns *own)
{
	size_t asked = 0;

	if (!own || !has_foreign_links(own))
		return;
	for (size_t i = 0; i < s->n_spaces && asked < NSIDS_A_SCAN; i++) {
		struct netns *ns = &s->spaces[s->nsid_turn++ % s->n_spaces];
		vt_autoclose int fd = -1;

		if (ns->nsid != NO_NSID || ns == own)
			continue;
		fd = open_netns(s, ns);
		if (fd >= 0)
			ns->nsid = ask_nsid(fd);
		asked++;
	}
}

/* Peers. */

struct end {
	struct netns *ns;
	struct iface *f;
	bool ambiguous;
};

static void join_ends(struct netns *a, struct iface *f, struct netns *b, struct iface *g)
{
	f->peer_ns = b->inode;
	if (g->link == f->index && g->link_nsid != NO_NSID)
		g->peer_ns = a->inode;
}

/* Our own namespace's numbers are known. */
static void join_own(struct net_state *s, struct netns *own)
{
	struct vt_idmap by_nsid = { 0 };

	for (size_t i = 0; i < s->n_spaces; i++)
		if (s->spaces[i].nsid != NO_NSID)
			vt_idmap_put(&by_nsid, (uint64_t)s->spaces[i].nsid, (int32_t)i);
	for (size_t i = 0; i < own->n; i++) {
		struct iface *f = &own->ifaces[i], *g;
		int32_t at = f->link_nsid == NO_NSID
				     ? -1
				     : vt_idmap_get(&by_nsid, (uint64_t)f->link_nsid);

		g = at < 0 ? NULL : find_iface(&s->spaces[at], f->link);
		if (g)
			join_ends(own, f, &s->spaces[at], g);
	}
	vt_idmap_finish(&by_nsid);
}

static uint64_t end_key(uint64_t index, uint64_t link)
{
	return vt_hash_mix(index, link);
}

/* Two ends that name each other, when they are the only ones that do. */
static void join_others(struct net_state *s)
{
	struct vt_idmap by_key = { 0 };
	struct end *ends = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < s->n_spaces; i++)
		for (size_t k = 0; k < s->spaces[i].n; k++) {
			struct iface *f = &s->spaces[i].ifaces[k];
			int32_t same;

			if (f->link_nsid == NO_NSID || f->peer_ns || strcmp(f->kind, "veth") != 0)
				continue;
			same = vt_idmap_get(&by_key, end_key(f->index, f->link));
			if (same >= 0)
				ends[same].ambiguous = true;
			else
				vt_idmap_put(&by_key, end_key(f->index, f->link), (int32_t)n);
			VT_GROW(ends, n, cap);
			ends[n++] = (struct end){ &s->spaces[i], f, same >= 0 };
		}
	for (size_t i = 0; i < n; i++) {
		int32_t at = vt_idmap_get(&by_key, end_key(ends[i].f->link, ends[i].f->index));

		if (at >= 0 && !ends[i].ambiguous && !ends[at].ambiguous &&
		    ends[at].ns != ends[i].ns)
			ends[i].f->peer_ns = ends[at].ns->inode;
	}
	free(ends);
	vt_idmap_finish(&by_key);
}

static void join_all(struct net_state *s, struct netns *own)
{
	for (size_t i = 0; i < s->n_spaces; i++)
		for (size_t k = 0; k < s->spaces[i].n; k++) {
			struct iface *f = &s->spaces[i].ifaces[k];

			/* veth names itself when there is no other end; tunnels may say 0. */
			f->peer_ns = f->link && f->link != f->index && f->link_nsid == NO_NSID
					     ? s->spaces[i].inode
					     : 0;
		}
	if (own)
		join_own(s, own);
	join_others(s);
}

/* An inode number alone may name a newer namespace: another way in means forgetting. */
static void see(struct net_state *s, const struct netns *found)
{
	int32_t at = vt_idmap_get(&s->index, found->inode);
	struct netns *ns;

	if (at < 0) {
		vt_idmap_put(&s->index, found->inode, (int32_t)s->n_spaces);
		VT_GROW(s->spaces, s->n_spaces, s->cap_spaces);
		s->spaces[s->n_spaces] = *found;
		s->spaces[s->n_spaces++].nsid = NO_NSID;
		return;
	}
	ns = &s->spaces[at];
	if (ns->pid != found->pid || ns->start_ticks != found->start_ticks) {
		ns->n = ns->read_scan = 0;
		ns->nsid = NO_NSID;
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
		struct netns *ns = &s->spaces[s->turn++ % s->n_spaces];

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
static void add_iface(struct vt_builder *b, struct netns *ns, const struct iface *f, bool counters)
{
	struct vt_interface *row = vt_interface_add(b, ns->inode, f->index);
	const struct iface *master = f->master ? find_iface(ns, f->master) : NULL;

	VT_SET(INTERFACE, row, index, f->index);
	VT_SET(INTERFACE, row, name, vt_builder_intern(b, f->name));
	if (f->kind[0])
		VT_SET(INTERFACE, row, kind, vt_builder_intern(b, f->kind));
	VT_SET(INTERFACE, row, state, vt_builder_intern(b, f->state));
	VT_SET(INTERFACE, row, mtu, f->mtu);
	if (f->addresses[0])
		VT_SET(INTERFACE, row, addresses, vt_builder_intern(b, f->addresses));
	if (f->link && f->link != f->index)
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
		struct netns *ns = &s->spaces[i];
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

		if (at >= 0 && s->spaces[at].nsid != NO_NSID)
			VT_SET(NAMESPACE, &rows[i], nsid, (uint64_t)s->spaces[at].nsid);
	}
}

static int net_scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	struct net_state *s = state;
	struct netns *own;
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
	join_all(s, own);
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
