/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_NET_ASK_H
#define VT_NET_ASK_H

#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>

struct nlattr;

/*
 * Questions to the network namespace that the calling thread is in. Each makes
 * a netlink socket of its own. 0 or -errno; answers end after most items.
 */

/* Every TCP (or UDP) socket, sock_diag(7). */
typedef void (*vt_net_socket_fn)(const struct inet_diag_msg *m, void *arg);
int vt_net_sockets(int protocol, size_t most, vt_net_socket_fn fn, void *arg);

/* Every route but those of the local table, rtnetlink(7). attrs: by RTA_ number, up to RTA_MAX. */
typedef void (*vt_net_route_fn)(const struct rtmsg *m, struct nlattr **attrs, void *arg);
int vt_net_routes(size_t most, vt_net_route_fn fn, void *arg);

#endif
