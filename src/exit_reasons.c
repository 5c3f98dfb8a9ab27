/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VM exit reasons by name; a code that no manual has stays a code. */
#include "exit_reasons.h"

#include <stdio.h>

#include "memory.h"

enum {
	VMX_BASIC = 0xffff,
	VMX_IO = 30,
	SVM_IO = 0x7b,
	SVM_NPF = 0x400
};
static const uint32_t vmx_failed_entry = 0x80000000;

static const char *const vmx[] = {
	[0] = "Exception or NMI",
	[1] = "External interrupt",
	[2] = "Triple fault",
	[3] = "INIT signal",
	[4] = "Start-up IPI",
	[5] = "I/O SMI",
	[6] = "Other SMI",
	[7] = "Interrupt window",
	[8] = "NMI window",
	[9] = "Task switch",
	[10] = "CPUID",
	[11] = "GETSEC",
	[12] = "HLT",
	[13] = "INVD",
	[14] = "INVLPG",
	[15] = "RDPMC",
	[16] = "RDTSC",
	[17] = "RSM",
	[18] = "VMCALL",
	[19] = "VMCLEAR",
	[20] = "VMLAUNCH",
	[21] = "VMPTRLD",
	[22] = "VMPTRST",
	[23] = "VMREAD",
	[24] = "VMRESUME",
	[25] = "VMWRITE",
	[26] = "VMXOFF",
	[27] = "VMXON",
	[28] = "Control-register accesses",
	[29] = "MOV DR",
	[30] = "I/O instruction",
	[31] = "RDMSR",
	[32] = "WRMSR",
	[33] = "VM-entry failure: invalid guest state",
	[34] = "VM-entry failure: MSR loading",
	[36] = "MWAIT",
	[37] = "Monitor trap flag",
	[39] = "MONITOR",
	[40] = "PAUSE",
	[41] = "VM-entry failure: machine check",
	[43] = "TPR below threshold",
	[44] = "APIC access",
	[45] = "Virtualized EOI",
	[46] = "Access to GDTR or IDTR",
	[47] = "Access to LDTR or TR",
	[48] = "EPT violation",
	[49] = "EPT misconfiguration",
	[50] = "INVEPT",
	[51] = "RDTSCP",
	[52] = "VMX-preemption timer expired",
	[53] = "INVVPID",
	[54] = "WBINVD or WBNOINVD",
	[55] = "XSETBV",
	[56] = "APIC write",
	[57] = "RDRAND",
	[58] = "INVPCID",
	[59] = "VMFUNC",
	[60] = "ENCLS",
	[61] = "RDSEED",
	[62] = "Page-modification log full",
	[63] = "XSAVES",
	[64] = "XRSTORS",
	[65] = "PCONFIG",
	[66] = "SPP-related event",
	[67] = "UMWAIT",
	[68] = "TPAUSE",
	[69] = "LOADIWKEY",
	[70] = "ENCLV",
	[72] = "ENQCMD PASID translation failure",
	[73] = "ENQCMDS PASID translation failure",
	[74] = "Bus lock",
	[75] = "Instruction timeout",
	[76] = "SEAMCALL",
	[77] = "TDCALL",
};

static const char *const svm[] = {
	[0x60] = "INTR",
	[0x61] = "NMI",
	[0x62] = "SMI",
	[0x63] = "INIT",
	[0x64] = "VINTR",
	[0x65] = "CR0_SEL_WRITE",
	[0x66] = "IDTR_READ",
	[0x67] = "GDTR_READ",
	[0x68] = "LDTR_READ",
	[0x69] = "TR_READ",
	[0x6a] = "IDTR_WRITE",
	[0x6b] = "GDTR_WRITE",
	[0x6c] = "LDTR_WRITE",
	[0x6d] = "TR_WRITE",
	[0x6e] = "RDTSC",
	[0x6f] = "RDPMC",
	[0x70] = "PUSHF",
	[0x71] = "POPF",
	[0x72] = "CPUID",
	[0x73] = "RSM",
	[0x74] = "IRET",
	[0x75] = "SWINT",
	[0x76] = "INVD",
	[0x77] = "PAUSE",
	[0x78] = "HLT",
	[0x79] = "INVLPG",
	[0x7a] = "INVLPGA",
	[0x7b] = "IOIO",
	[0x7c] = "MSR",
	[0x7d] = "TASK_SWITCH",
	[0x7e] = "FERR_FREEZE",
	[0x7f] = "SHUTDOWN",
	[0x80] = "VMRUN",
	[0x81] = "VMMCALL",
	[0x82] = "VMLOAD",
	[0x83] = "VMSAVE",
	[0x84] = "STGI",
	[0x85] = "CLGI",
	[0x86] = "SKINIT",
	[0x87] = "RDTSCP",
	[0x88] = "ICEBP",
	[0x89] = "WBINVD",
	[0x8a] = "MONITOR",
	[0x8b] = "MWAIT",
	[0x8c] = "MWAIT_CONDITIONAL",
	[0x8d] = "XSETBV",
	[0x8e] = "RDPRU",
	[0x8f] = "EFER_WRITE_TRAP",
	[0xa0] = "INVLPGB",
	[0xa1] = "INVLPGB_ILLEGAL",
	[0xa2] = "INVPCID",
	[0xa3] = "MCOMMIT",
	[0xa4] = "TLBSYNC",
	[0xa5] = "BUSLOCK",
	[0xa6] = "IDLE_HLT",
	[0x400] = "NPF",
	[0x401] = "AVIC_INCOMPLETE_IPI",
	[0x402] = "AVIC_NOACCEL",
	[0x403] = "VMGEXIT",
};

/* Runs of codes that are numbered: VMEXIT_CR0_READ, ... */
static const struct run {
	uint32_t first, n;
	const char *before, *behind;
} svm_runs[] = {
	{ 0x00, 16, "CR", "_READ" }, { 0x10, 16, "CR", "_WRITE" },
	{ 0x20, 16, "DR", "_READ" }, { 0x30, 16, "DR", "_WRITE" },
	{ 0x40, 32, "EXCP", "" },    { 0x90, 16, "CR", "_WRITE_TRAP" },
};

static bool name_vmx(char *out, size_t size, uint32_t reason)
{
	uint32_t basic = reason & VMX_BASIC;

	if (basic >= VT_LEN(vmx) || !vmx[basic])
		return false;
	(void)snprintf(out, size, "%s%s", vmx[basic],
		       reason & vmx_failed_entry && basic < 33 ? " (VM-entry failure)" : "");
	return true;
}

static bool name_svm(char *out, size_t size, uint32_t reason)
{
	if (reason == UINT32_MAX) {
		(void)snprintf(out, size, "VMEXIT_INVALID");
		return true;
	}
	for (size_t i = 0; i < VT_LEN(svm_runs); i++) {
		const struct run *r = &svm_runs[i];

		if (reason < r->first || reason - r->first >= r->n)
			continue;
		(void)snprintf(out, size, "VMEXIT_%s%u%s", r->before, reason - r->first, r->behind);
		return true;
	}
	if (reason >= VT_LEN(svm) || !svm[reason])
		return false;
	(void)snprintf(out, size, "VMEXIT_%s", svm[reason]);
	return true;
}

void vt_exit_reason_name(char *out, size_t size, uint32_t isa, uint32_t reason)
{
	bool known = isa == VT_EXIT_VMX   ? name_vmx(out, size, reason)
		     : isa == VT_EXIT_SVM ? name_svm(out, size, reason)
					  : false;

	if (!known)
		(void)snprintf(out, size, "reason %#x", reason);
}

bool vt_exit_io_port(uint32_t isa, uint32_t reason, uint64_t info1, uint16_t *ret_port,
		     bool *ret_in)
{
	if (isa == VT_EXIT_VMX && (reason & VMX_BASIC) == VMX_IO)
		*ret_in = info1 >> 3 & 1;
	else if (isa == VT_EXIT_SVM && reason == SVM_IO)
		*ret_in = info1 & 1;
	else
		return false;
	*ret_port = (uint16_t)(info1 >> 16);
	return true;
}

bool vt_exit_address(uint32_t isa, uint32_t reason, uint64_t info2, uint64_t *ret)
{
	if (isa != VT_EXIT_SVM || reason != SVM_NPF)
		return false;
	*ret = info2;
	return true;
}
