/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_KVM_COUNTERS_H
#define VT_KVM_COUNTERS_H

#include "../src/model.h"
#include "parse.h"

/*
 * KVM's counters that are figures of a machine, by the name that both debugfs
 * and the statistics descriptors give them.
 */
struct vt_kvm_counter {
	const char *name;
	size_t offset; /* in struct vt_machine */
	unsigned bit;
};
extern const struct vt_kvm_counter vt_kvm_counters[];
extern const size_t vt_kvm_counters_n;

/* Adds to the figure; the first time makes it known. */
void vt_kvm_counter_add(struct vt_machine *row, const struct vt_kvm_counter *c, uint64_t value);

#endif
