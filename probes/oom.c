/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who was killed for want of memory: the counters of memory.events tell how many,
 * the kernel log tells which process, where, by whose limit and how large it was.
 * The log is a ring, so that kills from before the start are in it too. A record
 * is read once and the kills are kept, the newest MOST of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "parse_kmsg.h"
#include "table.h"

enum {
	MOST = 100,
	RECORD = 8192, /* CONSOLE_EXT_LOG_MAX of the kernel */
	RECORDS_AT_ONCE = 20000,
};

struct kill {
	uint64_t seq, usec, pid, uid, rss_bytes;
	char comm[64];
	char holder[512], victim[512];
};

struct state {
	const struct vt_host *host;
	int log;
	int open_errno;
	struct kill kills[MOST]; /* a ring; the newest is n - 1 */
	size_t n;
};

static int open_log(const struct vt_host *host, void **ret_state, struct vt_error *err)
{
	struct state *s = vt_alloc(sizeof(*s));

	(void)err;
	s->host = host;
	s->log = vt_host_openat(host->root, "dev/kmsg", O_RDONLY | O_NONBLOCK | O_NOCTTY);
	s->open_errno = s->log < 0 ? -s->log : 0;
	*ret_state = s;
	return 0;
}

static void copy(char *out, size_t size, struct vt_slice s)
{
	(void)snprintf(out, size, "%.*s", (int)(s.n < size ? s.n : size - 1), s.at);
}

static void take_kill(struct state *s, const struct vt_kmsg *record, const struct vt_oom_kill *k)
{
	struct kill *kill = &s->kills[s->n++ % MOST];

	*kill = (struct kill){
		.seq = record->seq, .usec = record->usec, .pid = k->pid, .uid = k->uid
	};
	copy(kill->comm, sizeof(kill->comm), k->comm);
	copy(kill->holder, sizeof(kill->holder), k->holder);
	copy(kill->victim, sizeof(kill->victim), k->victim);
}

/* The size is in a record of its own, after the one that names the cgroups. */
static void take_size(struct state *s, uint64_t pid, uint64_t rss_bytes)
{
	struct kill *last = s->n ? &s->kills[(s->n - 1) % MOST] : NULL;

	if (last && last->pid == pid && !last->rss_bytes)
		last->rss_bytes = rss_bytes;
}

static void take_text(struct state *s, const char *text)
{
	struct vt_slice line;
	struct vt_kmsg record;
	struct vt_oom_kill kill;
	uint64_t pid, rss;

	while (vt_parse_line(&text, &line)) {
		if (!vt_parse_kmsg(line, &record))
			continue;
		if (vt_parse_oom_kill(record.text, &kill))
			take_kill(s, &record, &kill);
		else if (vt_parse_oom_killed(record.text, &pid, &rss))
			take_size(s, pid, rss);
	}
}

/* One record a read; EPIPE says that some were overwritten meanwhile. */
static void read_log(struct state *s)
{
	char text[RECORD + 1];

	for (int i = 0; i < RECORDS_AT_ONCE; i++) {
		ssize_t n = read(s->log, text, RECORD);

		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			return;
		text[n] = '\0';
		take_text(s, text);
	}
}

static void add(struct vt_builder *b, const struct kill *kill)
{
	struct vt_oom *row = vt_oom_add(b, kill->seq, 0);

	VT_SET(OOM, row, at_usec, kill->usec);
	VT_SET(OOM, row, pid, kill->pid);
	VT_SET(OOM, row, uid, kill->uid);
	VT_SET(OOM, row, comm, vt_builder_intern(b, kill->comm));
	if (kill->victim[0])
		VT_SET(OOM, row, cgroup, vt_builder_intern(b, kill->victim));
	if (kill->holder[0])
		VT_SET(OOM, row, holder, vt_builder_intern(b, kill->holder));
	if (kill->rss_bytes)
		VT_SET(OOM, row, rss_bytes, kill->rss_bytes);
}

static int scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	struct state *s = state;

	if (s->log < 0 && s->open_errno == ENOENT && !s->host->is_self)
		return 0;
	if (s->log < 0)
		return vt_fail(err, s->open_errno,
			       "the kernel log cannot be read, so who was killed for want of "
			       "memory is not known: /dev/kmsg: %s",
			       vt_errno_text(s->open_errno));
	read_log(s);
	for (size_t i = s->n > MOST ? s->n - MOST : 0; i < s->n; i++)
		add(b, &s->kills[i % MOST]);
	vt_builder_source(b, "kmsg");
	return 0;
}

static void close_log(void *state)
{
	struct state *s = state;

	if (s->log >= 0)
		(void)close(s->log);
	free(s);
}

const struct vt_probe vt_probe_oom = {
	.name = "oom",
	.summary = "processes killed for want of memory, from the kernel log",
	.open = open_log,
	.scan = scan,
	.close = close_log,
};
