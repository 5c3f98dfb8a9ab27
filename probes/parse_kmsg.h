/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PARSE_KMSG_H
#define VT_PARSE_KMSG_H

#include "parse.h"

/*
 * Pure parsers of the kernel log as /dev/kmsg gives it (Documentation/ABI/testing/
 * dev-kmsg) and of what the OOM killer writes there (mm/oom_kill.c), with the
 * promises of parse.h.
 */

/* "6,422,2097918733,-;text": one record; lines of keys that follow are not its text. */
struct vt_kmsg {
	uint64_t seq, usec; /* number of the record; microseconds since boot */
	struct vt_slice text;
};
bool vt_parse_kmsg(struct vt_slice line, struct vt_kmsg *ret);

/* "oom-kill:constraint=...,oom_memcg=/a,task_memcg=/a/b,task=stress,pid=4242,uid=0" */
struct vt_oom_kill {
	struct vt_slice holder; /* cgroup whose limit was hit; n is 0: the host's memory */
	struct vt_slice victim; /* cgroup of the task, */
	struct vt_slice comm;   /* its command, pid and user */
	uint64_t pid, uid;
};
bool vt_parse_oom_kill(struct vt_slice text, struct vt_oom_kill *ret);

/* "...: Killed process 4242 (stress) total-vm:23804kB, anon-rss:19584kB, file-rss:..." */
bool vt_parse_oom_killed(struct vt_slice text, uint64_t *ret_pid, uint64_t *ret_rss_bytes);

#endif
