/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PROBE_DETAIL_H
#define VT_PROBE_DETAIL_H

#include "../src/detail.h"

/*
 * Reads the details of a process, machine (its VMM), cgroup or namespace; a
 * vt_detail_fn. May block. Says so in a line when the thing is gone.
 */
void vt_probe_detail(const struct vt_host *host, struct vt_detail *d);

#endif
