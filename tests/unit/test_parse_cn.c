/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process connector's messages. */
#include <criterion/criterion.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <string.h>

#include "../../probes/parse_cn.h"

struct datagram {
	char bytes[1024] __attribute__((aligned(8)));
	size_t n;
};

static void add(struct datagram *d, uint32_t idx, const struct proc_event *e, size_t size)
{
	struct nlmsghdr h = { .nlmsg_len = (uint32_t)(NLMSG_HDRLEN + sizeof(struct cn_msg) + size),
			      .nlmsg_type = NLMSG_DONE };
	struct cn_msg m = { .id = { idx, CN_VAL_PROC }, .len = (uint16_t)size };
	char *at = d->bytes + d->n;

	memcpy(at, &h, sizeof(h));
	memcpy(at + NLMSG_HDRLEN, &m, sizeof(m));
	memcpy(at + NLMSG_HDRLEN + sizeof(m), e, size);
	d->n += NLMSG_ALIGN(h.nlmsg_len);
}

static struct proc_event fork_of(int pid, int tgid)
{
	struct proc_event e = { .what = PROC_EVENT_FORK };

	e.event_data.fork.child_pid = pid;
	e.event_data.fork.child_tgid = tgid;
	return e;
}

static struct proc_event exit_of(int pid, int tgid)
{
	struct proc_event e = { .what = PROC_EVENT_EXIT };

	e.event_data.exit.process_pid = pid;
	e.event_data.exit.process_tgid = tgid;
	return e;
}

Test(parse_cn, counts_processes_and_no_threads)
{
	struct proc_event all[] = {
		fork_of(5, 5), fork_of(6, 5), { .what = PROC_EVENT_EXEC },
		exit_of(6, 5), exit_of(5, 5), { .what = PROC_EVENT_COMM },
		fork_of(7, 7),
	};
	struct vt_process_events seen = { 0 };
	struct datagram d = { .n = 0 };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		add(&d, CN_IDX_PROC, &all[i], sizeof(all[i]));
	vt_parse_process_events(d.bytes, d.n, &seen);
	cr_expect_eq(seen.forks, 2);
	cr_expect_eq(seen.execs, 1);
	cr_expect_eq(seen.exits, 1);
	cr_expect_eq(seen.answers, 0);
}

Test(parse_cn, answers)
{
	struct proc_event e = { .what = PROC_EVENT_NONE };
	struct vt_process_events seen = { 0 };
	struct datagram d = { .n = 0 };

	e.event_data.ack.err = 1;
	add(&d, CN_IDX_PROC, &e, sizeof(e));
	vt_parse_process_events(d.bytes, d.n, &seen);
	cr_expect_eq(seen.answers, 1);
	cr_expect_eq(seen.refused, 1);
}

Test(parse_cn, others_and_what_is_cut)
{
	struct proc_event e = fork_of(5, 5);
	struct vt_process_events seen = { 0 };
	struct datagram d = { .n = 0 };

	add(&d, CN_IDX_PROC + 1, &e, sizeof(e));
	add(&d, CN_IDX_PROC, &e, 4);
	vt_parse_process_events(d.bytes, d.n, &seen);
	d.n = 0;
	add(&d, CN_IDX_PROC, &e, sizeof(e));
	for (size_t n = 0; n < d.n; n++)
		vt_parse_process_events(d.bytes, n, &seen);
	cr_expect_eq(seen.forks, 0);
	vt_parse_process_events(d.bytes, d.n, &seen);
	cr_expect_eq(seen.forks, 1);
}
