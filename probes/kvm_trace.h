/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_KVM_TRACE_H
#define VT_KVM_TRACE_H

#include "../src/detail.h"

/* vt_probe_exits for a second as a reader of details: one line, whose value is the text. */
void vt_probe_exits_detail(const struct vt_host *host, struct vt_detail *d);

#endif
