/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_DETAIL_READERS_H
#define VT_DETAIL_READERS_H

#include <sys/types.h>

#include "../src/detail.h"

/* What the files detail*.c share. */

/* One reader a kind; each is a vt_detail_fn. */
void vt_detail_process(const struct vt_host *host, struct vt_detail *d);
void vt_detail_machine(const struct vt_host *host, struct vt_detail *d);
void vt_detail_vcpu(const struct vt_host *host, struct vt_detail *d);
void vt_detail_cgroup(const struct vt_host *host, struct vt_detail *d);

enum {
	VT_DETAIL_TEXT = 65536
};

/* A file of a process; as vt_host_read. */
ssize_t vt_detail_read_pid(const struct vt_host *host, uint64_t pid, const char *file, char *text,
			   size_t size);

#endif
