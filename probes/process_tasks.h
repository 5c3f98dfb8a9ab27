/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PROCESS_TASKS_H
#define VT_PROCESS_TASKS_H

#include "process_files.h"

/* Rows of processes from the kernel's task iterator (task_iter.h). */
struct vt_tasks;

/*
 * NULL: not here, err says why: EPERM, EACCES and ENOTSUP where it is not to be expected, anything
 * else where it is. It is for this host as it is seen from its initial PID and
 * user namespaces, and only where what it says of virttop itself is what procfs says.
 */
struct vt_tasks *vt_tasks_open(struct vt_process_files *files, struct vt_error *err);
void vt_tasks_close(struct vt_tasks *t);

/*
 * Adds a row for each process. 0; -errno: nothing was added. ret_missing: processes that
 * procfs lists and the iterator does not tell, for the caller to add; they are t's.
 */
int vt_tasks_scan(struct vt_tasks *t, struct vt_builder *b, const unsigned **ret_missing,
		  size_t *ret_n);

#endif
