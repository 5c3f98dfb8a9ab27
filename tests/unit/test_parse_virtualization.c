/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the CPU's virtualization can be used, by what is known. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "../../probes/parse_virtualization.h"
#include "../../src/memory.h"

Test(parse_virtualization, state)
{
	static const struct {
		struct vt_virtualization_facts f;
		const char *state, *why;
	} cases[] = {
		{ { .x86 = true, .intel = true, .vmx = true, .has_msr = true, .msr = 5 },
		  "usable",
		  "is 0x5: allowed" },
		/* Not locked: the kernel turns it on and locks it itself. */
		{ { .x86 = true, .intel = true, .vmx = true, .has_msr = true, .msr = 0 },
		  "usable",
		  "is 0x0: allowed" },
		{ { .x86 = true, .intel = true, .has_msr = true, .msr = 1 },
		  "off in firmware",
		  "IA32_FEATURE_CONTROL (MSR 0x3a) is 0x1: locked" },
		/* Within SMX only is not enough. */
		{ { .x86 = true, .intel = true, .vmx = true, .has_msr = true, .msr = 3 },
		  "off in firmware",
		  "is 0x3" },
		{ { .x86 = true, .svm = true, .has_msr = true, .msr = 0 }, "usable", "VM_CR" },
		{ { .x86 = true, .svm = true, .has_msr = true, .msr = 0x18 },
		  "off in firmware",
		  "disabled and locked" },
		{ { .x86 = true, .svm = true, .has_msr = true, .msr = 0x10 },
		  "off in firmware",
		  "SVM is disabled (turn" },
		{ { .x86 = true, .svm = true, .device = VT_YES, .msr_errno = ENOENT },
		  "usable",
		  "KVM has taken it" },
		{ { .x86 = true, .svm = true, .hypervisor = true, .device = VT_YES },
		  "usable",
		  "nested" },
		{ { .x86 = true, .intel = true, .vmx = true, .vmx_line = true, .msr_errno = EPERM },
		  "usable",
		  "this kernel hides the flag" },
		{ { .x86 = true, .svm = true, .msr_errno = EACCES },
		  "unknown",
		  "Permission denied" },
		{ { .x86 = true, .intel = true, .cpuid = VT_YES, .msr_errno = ENOENT },
		  "off in firmware",
		  "CPUID has it" },
		{ { .x86 = true, .intel = true, .cpuid = VT_NO }, "absent", "neither CPUID" },
		{ { .x86 = true, .intel = true, .has_msr = true, .msr = 5 },
		  "absent",
		  "does not forbid" },
		{ { .x86 = true, .hypervisor = true, .cpuid = VT_NO }, "masked", "guest" },
		{ { .x86 = true, .intel = true, .msr_errno = ENOENT },
		  "unknown",
		  "No such file or directory" },
		{ { .x86 = false, .device = VT_YES }, "usable", "/dev/kvm is there" },
		{ { .x86 = false }, "unknown", "no flag" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		char why[320] = "";
		const char *state = vt_virtualization_state(&cases[i].f, why, sizeof(why));

		cr_expect_str_eq(state, cases[i].state, "case %zu: %s", i, state);
		cr_expect(strstr(why, cases[i].why) != NULL, "case %zu: %s", i, why);
	}
}

Test(parse_virtualization, iommu)
{
	static const char *const cases[][2] = {
		{ "dmar0", "VT-d" }, { "ivhd1", "AMD-Vi" }, { "smmu3.0x000000", "SMMU" },
		{ "x", NULL },       { "", NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const char *kind = vt_iommu_kind(cases[i][0]);

		cr_expect(kind == cases[i][1] ||
				  (kind && cases[i][1] && !strcmp(kind, cases[i][1])),
			  "%s", cases[i][0]);
	}
}
