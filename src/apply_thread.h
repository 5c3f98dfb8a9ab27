/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_APPLY_THREAD_H
#define VT_APPLY_THREAD_H

#include "error.h"
#include "host.h"
#include "plan.h"

/*
 * Steps on one thread: the CPUs that it may run on (sched_setaffinity(2)) and
 * its nice value (setpriority(2)). A thread has no pidfd on all kernels, so its
 * start time is compared right before.
 */

/* "0-3,8" as the kernel writes it now, or the nice value; in arena. -errno. */
int vt_thread_cpus(const struct vt_host *host, uint64_t tid, struct vt_arena *arena,
		   const char **ret, struct vt_error *err);
int vt_thread_nice(const struct vt_host *host, uint64_t tid, struct vt_arena *arena,
		   const char **ret, struct vt_error *err);

/* The list as the kernel writes it ("0,1" is "0-1"), in arena; EINVAL for what is no list and
 * for a CPU that is not online. */
int vt_cpus_parse(const struct vt_host *host, const char *list, struct vt_arena *arena,
		  const char **ret, struct vt_error *err);
/* The next CPU of a list; false at its end, or where it is none. */
bool vt_cpus_next(const char **list, unsigned *ret_first, unsigned *ret_last);

/*
 * Runs a step of VT_OP_PIN or VT_OP_NICE; ESTALE when its value before is another now.
 * ret_now: what the thread has then, in arena; the kernel leaves out CPUs that its cpuset
 * does not have. NULL where that cannot be read.
 */
int vt_thread_run(const struct vt_host *host, const struct vt_step *step, struct vt_arena *arena,
		  const char **ret_now, struct vt_error *err);

#endif
