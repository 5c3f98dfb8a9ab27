/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PARSE_VMM_H
#define VT_PARSE_VMM_H

#include "parse.h"

/*
 * What a VMM's arguments say of its machine: those of QEMU, Firecracker,
 * cloud-hypervisor, crosvm, kvmtool, VirtualBox and VMware. Pure, with the
 * promises of parse.h; slices lie in the arguments.
 */
enum {
	VT_VMM_PLACES = 8
};

struct vt_vmm_args {
	struct vt_slice name, uuid, accel;
	struct vt_slice disks[VT_VMM_PLACES], nets[VT_VMM_PLACES];
	size_t n_disks, n_nets;
	uint64_t memory_bytes, cpus; /* 0: not said */
};

/* args: n bytes, each argument ends with a NUL. */
void vt_parse_vmm_args(const char *args, size_t n, struct vt_vmm_args *ret);

/*
 * The interface of a descriptor of /dev/net/tun, by its fdinfo: "iff:	tap0"
 * (drivers/net/tun.c). False where it has none.
 */
bool vt_parse_tun_fdinfo(const char *text, struct vt_slice *ret_name);

/*
 * The interface index of a descriptor of a macvtap, by the path of its device:
 * "/dev/tap12" (drivers/net/macvtap.c). False where it is none.
 */
bool vt_parse_macvtap_path(struct vt_slice path, uint64_t *ret_index);

/* A VMM that runs guests without KVM: what it runs them by ("tcg", "vboxdrv"); NULL. */
const char *vt_parse_vmm_other(struct vt_slice comm);

#endif
