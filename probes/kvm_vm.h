/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_KVM_VM_H
#define VT_KVM_VM_H

#include "../src/builder.h"
#include "../src/host.h"
#include "../src/idmap.h"
#include "parse_kvm.h"
#include "parse_kvm_stats.h"

/* Statistics descriptors of a VMM; kvm_stats.h. */
struct vt_kvm_stats_fds {
	struct vt_kvm_stats_fd {
		enum vt_kvm_stats_link kind;
		uint64_t index; /* of the vCPU */
		int fd;         /* its number in the VMM */
	} * fds;
	size_t n, cap;
	bool listed;
};

/*
 * What is known of the machines between scans, however they were found. One
 * machine is one VMM process; identity is its pid and start time.
 */
struct vt_vm {
	uint64_t pid, start_ticks;
	char name[128], vmm[32], manager[16], uuid[48], accel[16];
	char disks[512], nets[256];  /* words */
	uint64_t memory_bytes, cpus; /* as its arguments say; 0: they do not */
	bool by_kvm;                 /* found by what KVM shows of it */
	char dir[48];                /* in KVM's debugfs directory; empty without */
	char fd[16];                 /* the descriptor of the VM; empty when not found that way */
	uint64_t seen_scan;
	bool threads_known;
	struct vt_vm_vcpu {
		uint64_t index, tid; /* tid 0: unknown */
		uint64_t first_tid;  /* since the vCPUs were made; 0: was never known */
		char cpus[64];       /* it may run on; read seldom */
	} * vcpus;
	size_t n_vcpus, cap_vcpus;
	uint64_t vcpus_remade; /* how often all of them were found to be new threads */
	struct vt_vm_worker {
		uint64_t tid, seen_scan;
		enum vt_worker_thread kind;
		bool kernel; /* a kernel thread, no thread of the VMM */
		char comm[16], cpus[64];
	} * workers;
	size_t n_workers, cap_workers;
	struct vt_kvm_stats_fds stats;
	struct vt_vm_tap {
		char name[16]; /* "": unknown, of a macvtap */
		uint64_t fd, queues, index; /* index: of a macvtap; 0 */
		uint32_t netns; /* inode; 0: the kernel did not tell */
	} * taps;
	size_t n_taps, cap_taps;
	unsigned tap_looks; /* how often they were looked for */
};

struct vt_vms {
	const struct vt_host *host;
	struct vt_vm *vms;
	size_t n, cap;
	struct vt_idmap index;
	uint64_t scan;
};

/* The machine of this process, new when it was not known; marks it as seen. */
struct vt_vm *vt_vms_see(struct vt_vms *v, const struct vt_process *p, struct vt_builder *b);
/* NULL when it is not known. */
struct vt_vm *vt_vms_find(const struct vt_vms *v, const struct vt_process *p);
/* Adds a vCPU unless it is there; tid 0 leaves what is known. */
void vt_vm_vcpu(struct vt_vm *vm, uint64_t index, uint64_t tid);
/* What its arguments and the processes above it say (vm_name.c). */
void vt_vm_name(const struct vt_host *host, struct vt_vm *vm, const struct vt_process *p,
		struct vt_builder *b);
/*
 * Machines that run without KVM, known by their command: QEMU that emulates,
 * VirtualBox, VMware. After those that KVM shows.
 */
void vt_vms_find_others(struct vt_vms *vms, struct vt_builder *b);
/*
 * Notes kernel threads "vhost-4242" (before Linux 6.4) as workers of the machine that they
 * work for. After all machines are found.
 */
void vt_vms_find_vhost(struct vt_vms *vms, struct vt_builder *b);
/* Forgets those that this scan did not see. */
void vt_vms_forget_gone(struct vt_vms *v);
void vt_vms_finish(struct vt_vms *v);

/*
 * Finds a machine's taps now and then, by the descriptors of /dev/net/tun that its VMM
 * holds, and adds their rows (vm_taps.c).
 */
void vt_vm_taps_add(const struct vt_vms *v, struct vt_vm *vm, struct vt_builder *b);

/* Adds the rows of a machine, of its vCPUs, workers and taps; the caller adds figures. */
struct vt_machine *vt_vm_add(const struct vt_vms *v, struct vt_vm *vm, struct vt_builder *b);

#endif
