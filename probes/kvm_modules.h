/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_KVM_MODULES_H
#define VT_KVM_MODULES_H

#include "../src/builder.h"
#include "../src/host.h"

/* KVM's modules and their parameters, kept between scans since they hardly change. */
struct vt_kvm_modules {
	const struct vt_host *host;
	uint64_t scans;
	struct vt_kvm_parameter {
		char module[32], name[48], value[64];
	} * parameters;
	size_t n_parameters, cap_parameters;
	char names[16][32]; /* modules, loaded or built in */
	size_t n_names;
	bool nested_known, nested;
	bool halt_poll_known;
	uint64_t halt_poll_ns;
};

void vt_kvm_modules_finish(struct vt_kvm_modules *m);
/* Adds their rows. Returns whether KVM may be in use: a vendor module has users, or is built in. */
bool vt_kvm_modules_add(struct vt_kvm_modules *m, struct vt_builder *b);

#endif
