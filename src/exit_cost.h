/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_EXIT_COST_H
#define VT_EXIT_COST_H

#include "error.h"
#include "host.h"

#include <stdint.h>

/*
 * What one VM exit costs on this host, measured by a tiny guest of our own that does
 * nothing but exit, beside a system call and a context switch. The last result of this
 * boot is kept in $XDG_STATE_HOME/virttop/exit-cost.
 */
enum vt_cost_kind {
	VT_COST_SYSCALL,   /* getppid */
	VT_COST_SWITCH,    /* to another process and its pipe's read and write */
	VT_COST_IO,        /* out: to the VMM and back */
	VT_COST_MMIO,      /* a write to a device's memory: to the VMM and back */
	VT_COST_HLT,       /* hlt: to the VMM and back */
	VT_COST_CPUID,     /* cpuid: KVM answers it within the kernel */
	VT_COST_HYPERCALL, /* one that KVM does not know: within the kernel */
	VT_COSTS
};
/* "syscall", "switch", ... and what each is. */
extern const char *const vt_cost_names[VT_COSTS], *const vt_cost_helps[VT_COSTS];

struct vt_cost {
	uint64_t n; /* samples; 0: not measured, why says why */
	double min_ns, median_ns, p99_ns, median_cycles;
	char why[96];
};
struct vt_exit_costs {
	struct vt_cost costs[VT_COSTS];
};

/*
 * Takes about so many seconds, in a process of its own on one CPU. Fails when nothing
 * could be measured; without /dev/kvm the exits have a why and the others a result.
 */
int vt_exit_cost_measure(const struct vt_host *host, double seconds, struct vt_exit_costs *ret,
			 struct vt_error *err);

/* The same in a thread; -EBUSY while one runs. Its result is what latest says. */
int vt_exit_cost_start(const struct vt_host *host, double seconds, const char *boot_id,
		       struct vt_error *err);

/* What was measured in this boot, by this program or one before it. */
bool vt_exit_cost_latest(const char *boot_id, struct vt_exit_costs *ret);
int vt_exit_cost_save(const struct vt_exit_costs *c, const char *boot_id, struct vt_error *err);

/* One line a cost, for people; free() it. */
char *vt_exit_cost_text(const struct vt_exit_costs *c);

/* Sorts the samples, which are in cycles of which ns_per_cycle tells the length. */
void vt_cost_from_samples(struct vt_cost *c, uint64_t *samples, size_t n, double ns_per_cycle);
bool vt_exit_cost_parse(const char *text, const char *boot_id, struct vt_exit_costs *ret);

#endif
