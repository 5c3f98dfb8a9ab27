/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_KVM_TRACE_H
#define VT_KVM_TRACE_H

#include "../src/builder.h"
#include "../src/detail.h"

/* vt_probe_exits for a second as a reader of details: one line, whose value is the text. */
void vt_probe_exits_detail(const struct vt_host *host, struct vt_detail *d);

/*
 * How tracefs is, whose tracepoints are traced; nothing where the kernel has none. That
 * debugfs would show it too is not looked at: the kernel would mount it there.
 */
void vt_kvm_tracefs_add(const struct vt_host *host, struct vt_builder *b);

#endif
