/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_KVM_STATS_H
#define VT_KVM_STATS_H

#include "kvm_vm.h"
#include "parse_kvm_stats.h"

/*
 * Statistics descriptors that a VMM holds (KVM_GET_STATS_FD in the kernel's
 * api.rst). A copy of one is taken with pidfd_getfd(2), read whole and closed
 * at once: held for longer it would keep a machine in memory that has ended.
 * Needs what ptrace needs; a locked down kernel allows it.
 */
enum {
	VT_KVM_STATS_BLOCK = 65536
};

/* Which ones a process holds, into fds (which is emptied first). */
void vt_kvm_stats_list(const struct vt_host *host, uint64_t pid, struct vt_kvm_stats_fds *fds);
void vt_kvm_stats_finish(struct vt_kvm_stats_fds *fds);

/*
 * Reads one through the VMM's pidfd into block, of VT_KVM_STATS_BLOCK bytes,
 * that *ret then points into. -EBADF: it is another file now; -EBADMSG: the
 * block is not sound.
 */
int vt_kvm_stats_read(int pidfd, const struct vt_kvm_stats_fd *fd, char *block,
		      struct vt_kvm_stats *ret);

/* A pidfd of the VMM, checked against its start time; -errno. This host only. */
int vt_kvm_stats_open(const struct vt_host *host, uint64_t pid, uint64_t start_ticks);

/*
 * The figures of a machine whose rows were just added: exits of each vCPU, and of the
 * machine what it has not yet. 0 when every vCPU was read; -ENOENT: the VMM holds none.
 */
int vt_kvm_stats_fill(const struct vt_vms *vms, struct vt_vm *vm, struct vt_builder *b,
		      struct vt_machine *row);

#endif
