/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_VM_THREADS_H
#define VT_VM_THREADS_H

#include "kvm_vm.h"

enum {
	VT_VCPU_LIMIT = 4096,
	VT_WORKER_LIMIT = 1024 /* of one machine */
};

/*
 * Finds a machine's threads now and then, and adds the rows of its vCPUs and workers.
 * What cannot be read stays unknown in a vCPU's row; a worker that is gone has none.
 */
void vt_vm_threads_add(const struct vt_vms *v, struct vt_vm *vm, struct vt_builder *b);

#endif
