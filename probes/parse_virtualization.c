/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the firmware allows is in one MSR of each vendor: IA32_FEATURE_CONTROL
 * (Intel SDM volume 3, 24.7: VMXON needs bit 2 once bit 0 locks it) and VM_CR (AMD
 * APM volume 2, 15.30.1: SVMDIS). A Linux from 5.6 on hides the flag vmx where the
 * firmware forbids it, so that CPUID and the flag differ then.
 */
#include "parse_virtualization.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../src/error.h"

enum {
	FEATURE_CONTROL_LOCKED = 1u << 0,
	FEATURE_CONTROL_VMX = 1u << 2,
	VM_CR_LOCK = 1u << 3,
	VM_CR_SVMDIS = 1u << 4,
};

static const char *msr_name(const struct vt_virtualization_facts *f)
{
	return f->intel ? "IA32_FEATURE_CONTROL (MSR 0x3a)" : "VM_CR (MSR 0xc0010114)";
}

static bool msr_forbids(const struct vt_virtualization_facts *f)
{
	if (!f->has_msr)
		return false;
	if (f->intel)
		return (f->msr & FEATURE_CONTROL_LOCKED) && !(f->msr & FEATURE_CONTROL_VMX);
	return f->msr & VM_CR_SVMDIS;
}

static const char *forbidden(const struct vt_virtualization_facts *f, char *why, size_t n)
{
	if (f->intel)
		(void)snprintf(why, n,
			       "%s is 0x%" PRIx64 ": locked, without VMX (turn VT-x on in the "
			       "firmware's setup)",
			       msr_name(f), f->msr);
	else
		(void)snprintf(why, n,
			       "%s is 0x%" PRIx64 ": SVM is disabled%s (turn SVM on in the "
			       "firmware's setup)",
			       msr_name(f), f->msr, f->msr & VM_CR_LOCK ? " and locked" : "");
	return "off in firmware";
}

/* The flag is there: does the firmware let it be used? */
static const char *with_flag(const struct vt_virtualization_facts *f, char *why, size_t n)
{
	const char *in_guest = f->hypervisor ? "; the hypervisor below offers it to this guest, so "
					       "that its guests are nested"
					     : "";

	if (f->has_msr)
		(void)snprintf(why, n, "%s is 0x%" PRIx64 ": allowed%s", msr_name(f), f->msr,
			       in_guest);
	else if (f->device == VT_YES)
		(void)snprintf(why, n, "KVM has taken it: /dev/kvm is there%s", in_guest);
	else if (f->vmx && f->vmx_line)
		(void)snprintf(why, n, "this kernel hides the flag where the firmware forbids it%s",
			       in_guest);
	else {
		(void)snprintf(why, n,
			       "the CPU has it; whether the firmware allows it %s would tell: "
			       "/dev/cpu/0/msr: %s%s",
			       msr_name(f), vt_errno_text(f->msr_errno), in_guest);
		return "unknown";
	}
	return "usable";
}

static const char *without_flag(const struct vt_virtualization_facts *f, char *why, size_t n)
{
	if (f->cpuid == VT_YES) {
		(void)snprintf(why, n,
			       "CPUID has it and the CPU flags do not: the kernel hides what the "
			       "firmware forbids");
		return "off in firmware";
	}
	if (f->hypervisor) {
		(void)snprintf(why, n,
			       "this is a guest whose hypervisor does not offer it (no nested "
			       "virtualization)");
		return "masked";
	}
	if (f->cpuid == VT_NO) {
		(void)snprintf(why, n, "neither CPUID nor the CPU flags have it");
		return "absent";
	}
	if (f->has_msr) {
		(void)snprintf(why, n, "the CPU flags lack it, and %s does not forbid it",
			       msr_name(f));
		return "absent";
	}
	(void)snprintf(
		why, n,
		"the CPU flags lack it: the CPU has none, or the firmware forbids it and the "
		"kernel hides it; %s would tell: /dev/cpu/0/msr: %s",
		msr_name(f), vt_errno_text(f->msr_errno));
	return "unknown";
}

const char *vt_virtualization_state(const struct vt_virtualization_facts *f, char *why, size_t n)
{
	if (!f->x86) {
		(void)snprintf(why, n,
			       f->device == VT_YES
				       ? "/dev/kvm is there"
				       : "no flag tells on this architecture, and there "
					 "is no /dev/kvm");
		return f->device == VT_YES ? "usable" : "unknown";
	}
	if (msr_forbids(f))
		return forbidden(f, why, n);
	return f->vmx || f->svm ? with_flag(f, why, n) : without_flag(f, why, n);
}

const char *vt_iommu_kind(const char *name)
{
	static const char *const kinds[][2] = {
		{ "dmar", "VT-d" },
		{ "ivhd", "AMD-Vi" },
		{ "smmu", "SMMU" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strncmp(name, kinds[i][0], strlen(kinds[i][0])) == 0)
			return kinds[i][1];
	return NULL;
}
