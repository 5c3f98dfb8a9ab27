/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_KVM_DEVICE_H
#define VT_KVM_DEVICE_H

#include "../src/builder.h"
#include "../src/host.h"

/*
 * /dev/kvm: whether it is there, whether we may use it, and why; has_module: KVM is
 * loaded or built in.
 */
void vt_kvm_device_add(const struct vt_host *host, bool has_module, struct vt_builder *b);

/*
 * Counters of KVM as a whole, sums over all VMs since each was made; dir is its
 * directory in debugfs. 0, or -EPERM, -EACCES at the first that is refused.
 */
int vt_kvm_totals_add(int dir, struct vt_builder *b);

/* What an exit costs, when that was measured in this boot. Of this host only. */
void vt_kvm_costs_add(const struct vt_host *host, struct vt_builder *b);

#endif
