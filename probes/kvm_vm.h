/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_KVM_VM_H
#define VT_KVM_VM_H

#include "../src/builder.h"
#include "../src/host.h"
#include "../src/idmap.h"

/*
 * What is known of the machines between scans, however they were found. One
 * machine is one VMM process; identity is its pid and start time.
 */
struct vt_vm {
	uint64_t pid, start_ticks;
	char name[128], vmm[32];
	char dir[48]; /* in KVM's debugfs directory; empty without */
	char fd[16];  /* the descriptor of the VM; empty when not found that way */
	uint64_t seen_scan;
	bool threads_known;
	struct vt_vm_vcpu {
		uint64_t index, tid; /* tid 0: unknown */
	} * vcpus;
	size_t n_vcpus, cap_vcpus;
};

struct vt_vms {
	const struct vt_host *host;
	struct vt_vm *vms;
	size_t n, cap;
	struct vt_idmap index;
	uint64_t scan;
};

/* The machine of this process, new when it was not known; marks it as seen. */
struct vt_vm *vt_vms_see(struct vt_vms *v, const struct vt_process *p);
/* NULL when it is not known. */
struct vt_vm *vt_vms_find(const struct vt_vms *v, const struct vt_process *p);
/* Adds a vCPU unless it is there; tid 0 leaves what is known. */
void vt_vm_vcpu(struct vt_vm *vm, uint64_t index, uint64_t tid);
/* Forgets those that this scan did not see. */
void vt_vms_forget_gone(struct vt_vms *v);
void vt_vms_finish(struct vt_vms *v);

/* Adds the rows of a machine and of its vCPUs; the caller adds figures. */
struct vt_machine *vt_vm_add(const struct vt_vms *v, struct vt_vm *vm, struct vt_builder *b);

#endif
