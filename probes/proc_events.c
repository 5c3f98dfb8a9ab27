/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many processes are made, become another program and end: the kernel's
 * process connector (linux/cn_proc.h) tells each, also those too short-lived for
 * any refresh to see. The socket's buffer collects them between scans; what did
 * not fit is counted as an overrun and told, nobody waits for us or we for them.
 */
#include <errno.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <string.h>
#include <sys/socket.h>

#include "parse_cn.h"
#include "table.h"

enum {
	BUFFER = 8 << 20, /* for about ten thousand events */
	DATAGRAM = 8192,
	MOST_AT_ONCE = 200000,
};

struct state {
	const struct vt_host *host;
	struct nl_sock *sock; /* NULL: not allowed */
	char why[160];
	struct vt_process_events seen;
	uint64_t overruns;
};

struct wish {
	struct cn_msg message;
	enum proc_cn_mcast_op op;
} __attribute__((packed));

static void drain(struct state *s)
{
	char datagram[DATAGRAM] __attribute__((aligned(__alignof__(struct nlmsghdr))));

	for (int i = 0; i < MOST_AT_ONCE; i++) {
		ssize_t n = recv(nl_socket_get_fd(s->sock), datagram, sizeof(datagram),
				 MSG_DONTWAIT);

		if (n >= 0)
			vt_parse_process_events(datagram, (size_t)n, &s->seen);
		else if (errno == ENOBUFS)
			s->overruns++;
		else if (errno != EINTR)
			return;
	}
}

static bool send_wish(struct state *s, enum proc_cn_mcast_op op)
{
	struct wish wish = {
		.message = { .id = { CN_IDX_PROC, CN_VAL_PROC }, .len = sizeof(wish.op) },
		.op = op,
	};

	return nl_send_simple(s->sock, NLMSG_DONE, 0, &wish, sizeof(wish)) >= 0;
}

static const char *listen_to_kernel(struct state *s)
{
	int size = BUFFER;

	nl_join_groups(s->sock, CN_IDX_PROC);
	if (nl_connect(s->sock, NETLINK_CONNECTOR) < 0)
		return "needs CAP_NET_ADMIN, and a kernel with CONFIG_PROC_EVENTS";
	(void)setsockopt(nl_socket_get_fd(s->sock), SOL_SOCKET, SO_RCVBUFFORCE, &size,
			 sizeof(size));
	if (!send_wish(s, PROC_CN_MCAST_LISTEN))
		return "the kernel does not take the wish to listen";
	/* It answers before sending returns, or, from other namespaces than the first, never. */
	drain(s);
	if (!s->seen.answers)
		return "the kernel tells only the initial PID and user namespaces";
	return s->seen.refused ? "needs CAP_NET_ADMIN" : NULL;
}

static int open_events(const struct vt_host *host, void **ret_state, struct vt_error *err)
{
	struct state *s = vt_alloc(sizeof(*s));
	const char *why;

	(void)err;
	s->host = host;
	*ret_state = s;
	if (!host->is_self)
		return 0;
	s->sock = nl_socket_alloc();
	why = s->sock ? listen_to_kernel(s) : "no socket";
	if (!why)
		return 0;
	(void)snprintf(s->why, sizeof(s->why), "%s", why);
	nl_socket_free(s->sock);
	s->sock = NULL;
	return 0;
}

static int scan_events(void *state, struct vt_builder *b, struct vt_error *err)
{
	struct state *s = state;
	struct vt_host_row *row = vt_builder_host(b);

	if (!s->host->is_self)
		return 0;
	if (!s->sock)
		return vt_fail(err, EPERM, "forks, execs and exits are not counted: %s", s->why);
	drain(s);
	VT_SET(HOST, row, forks, s->seen.forks);
	VT_SET(HOST, row, execs, s->seen.execs);
	VT_SET(HOST, row, exits, s->seen.exits);
	VT_SET(HOST, row, process_event_overruns, s->overruns);
	if (s->overruns)
		vt_builder_note(b,
				"forks, execs and exits came faster than they were read, so that "
				"some are not counted");
	vt_builder_source(b, "process connector");
	return 0;
}

static void close_events(void *state)
{
	struct state *s = state;

	if (s->sock)
		(void)send_wish(s, PROC_CN_MCAST_IGNORE);
	nl_socket_free(s->sock);
	free(s);
}

const struct vt_probe vt_probe_proc_events = {
	.name = "process-events",
	.summary = "how many processes fork, exec and exit",
	.open = open_events,
	.scan = scan_events,
	.close = close_events,
};
