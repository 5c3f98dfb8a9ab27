/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_KVM_SOURCES_H
#define VT_KVM_SOURCES_H

#include "kvm_vm.h"

/*
 * The two ways to find machines. Both mark machines as seen in vms; the caller
 * adds their rows then.
 */

/*
 * KVM's directory in debugfs (the kernel's Documentation/virt/kvm, "KVM
 * statistics"): one directory a VM. Opens it; -errno, with the state in words
 * ("not mounted") in ret_state, which holds size bytes.
 */
int vt_kvm_debugfs_open(const struct vt_host *host, char *ret_state, size_t size);
void vt_kvm_debugfs_find(struct vt_vms *vms, struct vt_builder *b, int dir);
/* Reads the counters of a machine; 0 or -errno when the kernel refused them. */
int vt_kvm_debugfs_fill(int dir, const struct vt_vm *vm, struct vt_machine *row);

/*
 * Descriptors of processes (proc_pid_fd(5)): a VMM holds "anon_inode:kvm-vm".
 * Looking at every descriptor of every process is dear, so in one scan only
 * known machines, young processes, those called like a VMM, and a share of the
 * others are looked at.
 */
struct vt_kvm_fds {
	uint64_t cursor; /* pid up to which the others were looked at */
	bool began;
	unsigned refused; /* processes whose descriptors we may not see, in this scan */
};
void vt_kvm_fds_find(struct vt_kvm_fds *f, struct vt_vms *vms, struct vt_builder *b);

#endif
