/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces, addresses and namespace numbers, as rtnetlink(7) tells them (libnl-route-3). */
#include "net_links.h"

#include <errno.h>
#include <linux/net_namespace.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <string.h>

#include "../src/memory.h"

enum {
	LINKS_LIMIT = 4096 /* of one namespace */
};

struct nl_sock *vt_net_socket(int *ret_error)
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
	struct vt_netns *ns = arg;
	struct vt_iface *f;
	const char *name = rtnl_link_get_name(link), *kind = rtnl_link_get_type(link);
	int32_t nsid;

	if (ns->n >= LINKS_LIMIT)
		return;
	f = &ns->ifaces[ns->n++];
	*f = (struct vt_iface){
		.index = (uint64_t)rtnl_link_get_ifindex(link),
		.mtu = rtnl_link_get_mtu(link),
		.rx_bytes = rtnl_link_get_stat(link, RTNL_LINK_RX_BYTES),
		.tx_bytes = rtnl_link_get_stat(link, RTNL_LINK_TX_BYTES),
		.link = (uint64_t)rtnl_link_get_link(link),
		.master = (uint64_t)rtnl_link_get_master(link),
		.link_nsid = rtnl_link_get_link_netnsid(link, &nsid) == 0 ? nsid : VT_NO_NSID,
	};
	(void)snprintf(f->name, sizeof(f->name), "%s", name ? name : "");
	(void)snprintf(f->kind, sizeof(f->kind), "%s", kind ? kind : "");
	rtnl_link_operstate2str(rtnl_link_get_operstate(link), f->state, sizeof(f->state));
}

static int compare_ifaces(const void *a, const void *b)
{
	const struct vt_iface *f = a, *g = b;

	return (f->index > g->index) - (f->index < g->index);
}

struct vt_iface *vt_net_find(struct vt_netns *ns, uint64_t index)
{
	struct vt_iface key = { .index = index };

	return ns->n ? bsearch(&key, ns->ifaces, ns->n, sizeof(key), compare_ifaces) : NULL;
}

static void add_address(struct nl_object *object, void *arg)
{
	struct rtnl_addr *address = (struct rtnl_addr *)(void *)object;
	struct vt_iface *f = vt_net_find(arg, (uint64_t)rtnl_addr_get_ifindex(address));
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

void vt_net_dump(struct nl_sock *sock, struct vt_netns *ns, uint64_t scan)
{
	struct nl_cache *links = NULL, *addresses = NULL;
	size_t n;

	if (rtnl_link_alloc_cache(sock, AF_UNSPEC, &links) < 0) {
		ns->error = EIO;
		return;
	}
	/* Thousands of namespaces have one interface: room for those that there are, no more. */
	n = (size_t)nl_cache_nitems(links);
	ns->ifaces = vt_realloc_array(ns->ifaces, n < LINKS_LIMIT ? n : LINKS_LIMIT,
				      sizeof(*ns->ifaces));
	ns->n = 0;
	nl_cache_foreach(links, add_link, ns);
	nl_cache_free(links);
	if (ns->n)
		qsort(ns->ifaces, ns->n, sizeof(*ns->ifaces), compare_ifaces);
	if (rtnl_addr_alloc_cache(sock, &addresses) == 0) {
		nl_cache_foreach(addresses, add_address, ns);
		nl_cache_free(addresses);
	}
	ns->read_scan = scan;
	ns->error = 0;
}

static int on_nsid(struct nl_msg *msg, void *arg)
{
	struct nlattr *attrs[NETNSA_MAX + 1];

	if (nlmsg_parse(nlmsg_hdr(msg), sizeof(struct rtgenmsg), attrs, NETNSA_MAX, NULL) == 0 &&
	    attrs[NETNSA_NSID])
		*(int *)arg = (int)nla_get_u32(attrs[NETNSA_NSID]);
	return NL_OK;
}

int vt_net_nsid(int namespace)
{
	struct rtgenmsg family = { .rtgen_family = AF_UNSPEC };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETNSID, 0);
	struct nl_sock *sock;
	int error, nsid = VT_NO_NSID;

	sock = vt_net_socket(&error);
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
