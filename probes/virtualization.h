/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_VIRTUALIZATION_H
#define VT_VIRTUALIZATION_H

#include "../src/builder.h"
#include "../src/host.h"
#include "parse_host.h"

/*
 * What is around the CPU's flags: whether its virtualization can be used, the IOMMU,
 * and the mitigations that cost exits. Read once in a while and kept.
 */
enum {
	VT_MITIGATIONS = VT_HOST_mitigation_vmscape - VT_HOST_mitigation_meltdown + 1
};
struct vt_virtualization {
	const char *state; /* NULL: not known to be x86 or not */
	char why[320];
	char iommu[32], iommu_why[128];
	bool has_iommu_groups;
	uint64_t iommu_groups;
	bool vmx_unknown; /* what the line "vmx flags" would tell is not known */
	char mitigations[VT_MITIGATIONS][128];
};

/* x86: of the host that is looked at. */
void vt_virtualization_read(const struct vt_host *host, const struct vt_cpuinfo *info, bool x86,
			    struct vt_virtualization *ret);
void vt_virtualization_fill(const struct vt_virtualization *v, struct vt_builder *b);

#endif
