/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_TASK_ITER_H
#define VT_TASK_ITER_H

#include "../src/error.h"
#include "../src/host.h"
#include "../src/model.h"

/*
 * Every task of the host by one read, through a BPF iterator: a program that the kernel
 * runs for each task and that writes what it knows of it (the kernel's
 * Documentation/bpf/bpf_iterators.rst). About twenty times cheaper than procfs, and PID
 * 1's namespaces are seen too where root may not open them. Linux 5.8 and newer with BTF;
 * CAP_BPF and CAP_PERFMON. Numbers are those of the initial namespaces.
 */

/* One task; threads come too, with their own pid and their leader's tgid. */
struct vt_task {
	uint64_t pid, tgid, ppid, start_ns; /* since boot */
	uint64_t flags, state, exit_state;  /* of include/linux/sched.h */
	uint64_t threads, uid, real_uid;
	uint64_t runtime_ns, dead_runtime_ns; /* of this thread; of the process's that have ended */
	uint64_t cgroup;                      /* id in the v2 tree */
	uint64_t ns[VT_NS_TYPES];             /* inode numbers, 0 unknown */
	/* File, anonymous and shared pages, as the kernel counts them between two sums. */
	uint64_t pages[3];
	char comm[16];
};

struct vt_task_iter;

/* NULL: not possible here, err says why. */
struct vt_task_iter *vt_task_iter_new(struct vt_error *err);
void vt_task_iter_free(struct vt_task_iter *it);

/* Calls take for every task, in ascending order of pid. 0, or -errno. */
int vt_task_iter_run(struct vt_task_iter *it, void (*take)(const struct vt_task *task, void *arg),
		     void *arg);

#endif
