/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PROCESS_FILES_H
#define VT_PROCESS_FILES_H

#include "../src/probe.h"

/* What is read of a process from its directory in procfs (proc(5)), one file after another. */
struct vt_process_files {
	const struct vt_host *host;
	uint64_t page_bytes;
	unsigned unplaced; /* processes whose cgroup is not below the one that is shown */
	char text[65536];  /* of the file that was read last */
};

/* "42/stat" into text. 0, or -errno: ESRCH for a process that has no such file any more. */
int vt_process_read(struct vt_process_files *p, const char *path);

/* From statm. Without it (a recorded tree) what is set stays. A kernel thread has no memory. */
void vt_process_set_resident(struct vt_process_files *p, struct vt_process *row);

/* From cgroup. */
void vt_process_set_cgroup(struct vt_process_files *p, struct vt_builder *b,
			   struct vt_process *row);

#endif
