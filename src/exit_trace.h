/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_EXIT_TRACE_H
#define VT_EXIT_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "host.h"

/*
 * What the tracepoints kvm:kvm_exit and kvm:kvm_entry said of a machine for a
 * while: exits by reason, and the time from an exit to the next entry of the
 * same vCPU, in which the guest stood still.
 */
struct vt_exit_trace;

struct vt_exit_sample {
	uint64_t time_ns;
	bool is_entry; /* the rest is of exits only */
	uint32_t isa, reason;
	uint64_t info1, info2;
};

struct vt_exit_trace *vt_exit_trace_new(void);
void vt_exit_trace_free(struct vt_exit_trace *t);
/* In order of time within a vCPU; thread numbers vCPUs from 0. */
void vt_exit_trace_add(struct vt_exit_trace *t, size_t thread, const struct vt_exit_sample *s);
/* So many records did not fit: no time may span the gap. */
void vt_exit_trace_lost(struct vt_exit_trace *t, size_t thread, uint64_t n);

/* The whole as lines of clean text; cpu_ns is what tracing cost virttop. free() it. */
char *vt_exit_trace_text(const struct vt_exit_trace *t, uint64_t wall_ns, uint64_t cpu_ns);

/* Longest time that a trace may take: it costs at every exit. */
#define VT_EXIT_TRACE_MOST 60.0

/*
 * Traces the machine of this VMM for some seconds and stops; supplied by the probes.
 * free() *ret_text.
 */
int vt_probe_exits(const struct vt_host *host, uint64_t pid, double seconds, char **ret_text,
		   struct vt_error *err);

#endif
