/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PARSE_VIRTUALIZATION_H
#define VT_PARSE_VIRTUALIZATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the CPU's virtualization can be used, and how that is known. Pure. */

enum vt_answer {
	VT_NOT_KNOWN,
	VT_NO,
	VT_YES
};

struct vt_virtualization_facts {
	bool x86, intel;       /* the vendor's MSRs and CPUID leaves */
	bool vmx, svm;         /* flags of /proc/cpuinfo */
	bool vmx_line;         /* it has the line "vmx flags", so a kernel from 5.6 on */
	bool hypervisor;       /* the flag */
	enum vt_answer cpuid;  /* what CPUID itself says of the vendor's feature */
	enum vt_answer device; /* /dev/kvm is there */
	bool has_msr;          /* msr was read: IA32_FEATURE_CONTROL or VM_CR */
	uint64_t msr;
	int msr_errno; /* why it was not */
};

enum {
	VT_MSR_FEATURE_CONTROL = 0x3a,
};
#define VT_MSR_VM_CR 0xc0010114ll

/* "usable", "off in firmware", "masked", "absent", "unknown"; the reason into why. */
const char *vt_virtualization_state(const struct vt_virtualization_facts *f, char *why, size_t n);

/* What a unit in /sys/class/iommu is: "VT-d" for "dmar0", ...; NULL. */
const char *vt_iommu_kind(const char *name);

#endif
