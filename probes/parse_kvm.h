/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PARSE_KVM_H
#define VT_PARSE_KVM_H

#include "parse.h"

/* Pure parsers of names that KVM and VMMs give, with the promises of parse.h. */

/* A link below /proc/PID/fd: "anon_inode:kvm-vm", "anon_inode:kvm-vcpu:3". */
enum vt_kvm_link {
	VT_KVM_NO_LINK,
	VT_KVM_VM,
	VT_KVM_VCPU
};
enum vt_kvm_link vt_parse_kvm_link(struct vt_slice s, uint64_t *ret_index);

/* The number in a vCPU thread's name: "CPU 3/KVM" (QEMU), "fc_vcpu 3", "vcpu3". */
bool vt_parse_vcpu_thread(struct vt_slice comm, uint64_t *ret_index);

/*
 * A thread that does a machine's I/O: "IO iothread1" of QEMU (iothread.c there; only with
 * -name debug-threads=on, as libvirt has it), "vhost-4242" of the kernel (drivers/vhost/vhost.c),
 * where the number is the thread that it works for, in the initial PID namespace.
 */
enum vt_worker_thread {
	VT_NO_WORKER,
	VT_WORKER_IOTHREAD,
	VT_WORKER_VHOST
};
/* ret_owner is set for VT_WORKER_VHOST only. */
enum vt_worker_thread vt_parse_worker_thread(struct vt_slice comm, uint64_t *ret_owner);

/* A directory of KVM in debugfs: "4242-11" is a VM, "vcpu3" one of its vCPUs. */
bool vt_parse_kvm_dir(struct vt_slice s, uint64_t *ret_pid);
bool vt_parse_vcpu_dir(struct vt_slice s, uint64_t *ret_index);

/* Where a tracepoint has a field, from its file "format" in tracefs; size 0: it has not. */
struct vt_trace_field {
	size_t offset, size;
};
bool vt_parse_trace_field(const char *text, const char *name, struct vt_trace_field *ret);

/* The VMM that a command is: "qemu", "firecracker", ...; NULL for others. */
const char *vt_parse_vmm(struct vt_slice comm);

#endif
