/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel log's words about OOM kills. Names in it are hostile: a command or a
 * cgroup may hold commas and what looks like other keys, so that the fixed part
 * at the end is taken first.
 */
#include "parse_kmsg.h"

#include <string.h>

static struct vt_slice tail(struct vt_slice s, size_t from)
{
	return (struct vt_slice){ s.at + from, s.n - from };
}

bool vt_parse_kmsg(struct vt_slice line, struct vt_kmsg *ret)
{
	struct vt_slice priority, seq, usec, flags;
	uint64_t number, time;

	if (!vt_parse_until(&line, ',', &priority) || !vt_parse_until(&line, ',', &seq) ||
	    !vt_parse_until(&line, ',', &usec) || !vt_parse_until(&line, ';', &flags) ||
	    !vt_parse_u64(seq, &number) || !vt_parse_u64(usec, &time))
		return false;
	*ret = (struct vt_kmsg){ number, time, line };
	return true;
}

/* The last (or first) place of a key in the text; -1. */
static long find(struct vt_slice s, const char *key, bool last)
{
	size_t n = strlen(key);
	long at = -1;

	for (size_t i = 0; i + n <= s.n; i++) {
		if (memcmp(s.at + i, key, n) != 0)
			continue;
		at = (long)i;
		if (!last)
			break;
	}
	return at;
}

/* Cuts "KEY=VALUE" off the end: VALUE into ret, what is before stays. */
static bool cut_last(struct vt_slice *s, const char *key, struct vt_slice *ret)
{
	long at = find(*s, key, true);

	if (at < 0)
		return false;
	*ret = tail(*s, (size_t)at + strlen(key));
	s->n = (size_t)at;
	return true;
}

bool vt_parse_oom_kill(struct vt_slice text, struct vt_oom_kill *ret)
{
	struct vt_oom_kill kill = { 0 };
	struct vt_slice pid, uid;
	long at;

	if (!vt_slice_starts(text, "oom-kill:") || !cut_last(&text, ",uid=", &uid) ||
	    !cut_last(&text, ",pid=", &pid) || !cut_last(&text, ",task=", &kill.comm) ||
	    !vt_parse_u64(uid, &kill.uid) || !vt_parse_u64(pid, &kill.pid))
		return false;
	at = find(text, ",task_memcg=", false);
	if (at >= 0) {
		kill.victim = tail(text, (size_t)at + strlen(",task_memcg="));
		text.n = (size_t)at;
	}
	at = find(text, ",oom_memcg=", false);
	if (at >= 0)
		kill.holder = tail(text, (size_t)at + strlen(",oom_memcg="));
	*ret = kill;
	return true;
}

/* "anon-rss:19584kB" in bytes; 0 where it is not there. */
static uint64_t kilobytes(struct vt_slice text, const char *key)
{
	long at = find(text, key, false);
	struct vt_slice number;
	uint64_t value = 0;

	if (at < 0)
		return 0;
	text = tail(text, (size_t)at + strlen(key));
	if (!vt_parse_until(&text, 'k', &number) || !vt_parse_u64(number, &value) ||
	    value > UINT64_MAX / 4096)
		return 0;
	return value * 1024;
}

bool vt_parse_oom_killed(struct vt_slice text, uint64_t *ret_pid, uint64_t *ret_rss_bytes)
{
	static const char killed[] = "Killed process ";
	long at = find(text, killed, false), name_end;
	struct vt_slice number;
	uint64_t pid;

	if (at < 0)
		return false;
	text = tail(text, (size_t)at + sizeof(killed) - 1);
	if (!vt_parse_until(&text, ' ', &number) || !vt_parse_u64(number, &pid))
		return false;
	name_end = find(text, ") total-vm:", true);
	if (name_end < 0)
		return false;
	text = tail(text, (size_t)name_end);
	*ret_pid = pid;
	*ret_rss_bytes = kilobytes(text, " anon-rss:") + kilobytes(text, " file-rss:") +
			 kilobytes(text, " shmem-rss:");
	return true;
}
