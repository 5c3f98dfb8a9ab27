/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of the process connector: netlink(7), then cn_msg, then proc_event. */
#include "parse_cn.h"

#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <netlink/msg.h>
#include <string.h>

static void take(const struct proc_event *e, struct vt_process_events *events)
{
	switch (e->what) {
	case PROC_EVENT_FORK:
		events->forks += e->event_data.fork.child_pid == e->event_data.fork.child_tgid;
		break;
	case PROC_EVENT_EXEC:
		events->execs++;
		break;
	case PROC_EVENT_EXIT:
		events->exits += e->event_data.exit.process_pid == e->event_data.exit.process_tgid;
		break;
	case PROC_EVENT_NONE:
		events->answers++;
		events->refused = (int)e->event_data.ack.err;
		break;
	default:
		break;
	}
}

void vt_parse_process_events(const void *datagram, size_t n, struct vt_process_events *events)
{
	const struct nlmsghdr *h = datagram;
	int left = n > INT32_MAX ? INT32_MAX : (int)n;

	while (nlmsg_ok(h, left)) {
		struct cn_msg message;
		/* Kernels end an event where its own data ends. */
		struct proc_event event = { 0 };
		const char *at = nlmsg_data(h);
		size_t size = (size_t)nlmsg_datalen(h);

		if (size > sizeof(message)) {
			memcpy(&message, at, sizeof(message));
			size -= sizeof(message);
			if (size > sizeof(event))
				size = sizeof(event);
			memcpy(&event, at + sizeof(message), size);
			if (message.id.idx == CN_IDX_PROC && message.id.val == CN_VAL_PROC &&
			    size >= offsetof(struct proc_event, event_data) +
					    sizeof(event.event_data.ack))
				take(&event, events);
		}
		h = nlmsg_next((struct nlmsghdr *)(uintptr_t)h, &left);
	}
}
