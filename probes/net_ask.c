/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dumps of sockets and routes through libnl, an item at a time: a router may
 * have a million routes, of which nobody wants a list.
 */
#include "net_ask.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

struct dump {
	size_t n, most;
	vt_net_socket_fn socket_fn;
	vt_net_route_fn route_fn;
	void *arg;
};

static struct nl_sock *open_socket(int family)
{
	struct nl_sock *sock = nl_socket_alloc();

	if (sock && nl_connect(sock, family) < 0) {
		nl_socket_free(sock);
		return NULL;
	}
	return sock;
}

/* Sends the question and hands every message of the answer to fn. */
static int ask(int family, int type, void *question, size_t size, nl_recvmsg_msg_cb_t fn,
	       struct dump *d)
{
	struct nl_sock *sock = open_socket(family);
	int r;

	if (!sock)
		return errno ? -errno : -EIO;
	(void)nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, fn, d);
	r = nl_send_simple(sock, type, NLM_F_DUMP, question, size);
	if (r >= 0)
		r = nl_recvmsgs_default(sock);
	nl_socket_free(sock);
	return r < 0 ? -EIO : 0;
}

static int on_socket(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);
	struct dump *d = arg;

	if (!nlmsg_valid_hdr(h, sizeof(struct inet_diag_msg)))
		return NL_SKIP;
	if (d->n++ >= d->most)
		return NL_STOP;
	d->socket_fn(nlmsg_data(h), d->arg);
	return NL_OK;
}

int vt_net_sockets(int protocol, size_t most, vt_net_socket_fn fn, void *arg)
{
	static const unsigned char families[] = { AF_INET, AF_INET6 };
	struct dump d = { .most = most, .socket_fn = fn, .arg = arg };
	int r = 0;

	for (size_t i = 0; i < sizeof(families) && r == 0; i++) {
		struct inet_diag_req_v2 q = { .sdiag_family = families[i],
					      .sdiag_protocol = (unsigned char)protocol,
					      .idiag_states = UINT32_MAX };

		r = ask(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, &q, sizeof(q), on_socket, &d);
	}
	return r;
}

static int on_route(struct nl_msg *msg, void *arg)
{
	struct nlattr *attrs[RTA_MAX + 1];
	struct nlmsghdr *h = nlmsg_hdr(msg);
	struct dump *d = arg;
	struct rtmsg *m;

	if (nlmsg_parse(h, sizeof(*m), attrs, RTA_MAX, NULL) < 0)
		return NL_SKIP;
	m = nlmsg_data(h);
	if (m->rtm_table == RT_TABLE_LOCAL || (m->rtm_flags & RTM_F_CLONED))
		return NL_OK;
	if (d->n++ >= d->most)
		return NL_STOP;
	d->route_fn(m, attrs, d->arg);
	return NL_OK;
}

int vt_net_routes(size_t most, vt_net_route_fn fn, void *arg)
{
	struct dump d = { .most = most, .route_fn = fn, .arg = arg };
	struct rtmsg q = { .rtm_family = AF_UNSPEC };

	return ask(NETLINK_ROUTE, RTM_GETROUTE, &q, sizeof(q), on_route, &d);
}
