/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_EXIT_GUEST_H
#define VT_EXIT_GUEST_H

#include "exit_cost.h"

/*
 * Runs in the process that exit_cost.c made for it: samples, in cycles, of what each
 * kind costs. Memory is of the caller.
 */
enum {
	VT_SAMPLES = 65536
};
struct vt_samples {
	size_t n[VT_COSTS];
	char why[VT_COSTS][96];
	uint64_t cycles[VT_COSTS][VT_SAMPLES];
	double ns_per_cycle;
};

/* kvm: /dev/kvm opened, or -errno. seconds: for all of it. */
void vt_exit_guest_run(int kvm, double seconds, struct vt_samples *ret);

#endif
