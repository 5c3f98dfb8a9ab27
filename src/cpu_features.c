/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flags as the kernel names them: arch/x86/include/asm/cpufeatures.h and
 * vmxfeatures.h. Intel's and AMD's names of the same idea stand side by side.
 */
#include "cpu_features.h"

#include <string.h>

#include "memory.h"

const struct vt_cpu_feature vt_cpu_features[] = {
	{ "vmx", "vmx", "Intel VT-x: root and non-root mode, VMCS", false },
	{ "svm", "svm", "AMD-V: VMRUN and the VMCB", false },
	{ "ept", "ept", "Intel: guest memory translated by hardware, no shadow pages", false },
	{ "ept_ad", "ept_ad", "Intel: accessed and dirty bits of guest pages kept by hardware",
	  false },
	{ "ept_1gb", "ept_1gb", "Intel: guest memory mapped by pages of 1 GB, shorter walks",
	  true },
	{ "npt", "npt", "AMD: guest memory translated by hardware, no shadow pages", false },
	{ "vpid", "vpid", "Intel: TLB entries are tagged, no flush at every entry and exit",
	  false },
	{ "asid", "svm", "AMD: TLB entries are tagged by guest, no flush at every entry and exit",
	  false },
	{ "flushbyasid", "flushbyasid", "AMD: TLB entries of one guest are flushed alone", false },
	{ "unrestricted_guest", "unrestricted_guest", "Intel: real mode runs without emulation",
	  true },
	{ "tpr_shadow", "tpr_shadow", "Intel: task priority changes without exits", false },
	{ "flexpriority", "flexpriority", "Intel: APIC priority accesses without exits", false },
	{ "apicv", "apicv", "Intel: interrupts delivered without exits", true },
	{ "vid", "vid", "Intel: pending interrupts chosen and delivered without exits", true },
	{ "vapic_reg", "vapic_reg", "Intel: most APIC registers read without exits", true },
	{ "avic", "avic", "AMD: interrupts delivered without exits", false },
	{ "x2avic", "x2avic", "AMD: the same for x2APIC guests", false },
	{ "posted_intr", "posted_intr", "Intel: interrupts posted to a running guest", true },
	{ "ipi_virt", "ipi_virt", "Intel: interrupts between vCPUs without exits", true },
	{ "vnmi", "vnmi", "NMIs delivered to the guest by hardware", false },
	{ "shadow_vmcs", "shadow_vmcs", "Intel: nested guests with fewer exits", true },
	{ "v_vmsave_vmload", "v_vmsave_vmload", "AMD: nested VMSAVE and VMLOAD without exits",
	  false },
	{ "vgif", "vgif", "AMD: nested global interrupt flag without exits", false },
	{ "pml", "pml", "Intel: dirty pages logged by hardware, for live migration", true },
	{ "tsc_scaling", "tsc_scaling", "Intel: guest time runs at another rate without exits",
	  true },
	{ "tsc_offset", "tsc_offset",
	  "Intel: guests read a time counter of their own without exits", true },
	{ "tscratemsr", "tsc_scale", "AMD: guest time runs at another rate without exits", false },
	{ "ple", "ple", "Intel: spinning vCPUs give way", true },
	{ "preemption_timer", "preemption_timer", "Intel: the guest's timer ends its run by itself",
	  true },
	{ "pausefilter", "pausefilter", "AMD: spinning vCPUs give way", false },
	{ "decodeassists", "decodeassists", "AMD: exits come with the decoded instruction", false },
	{ "nrip_save", "nrip_save", "AMD: exits come with the next instruction's address", false },
	{ "vmcb_clean", "vmcb_clean", "AMD: what did not change of the VMCB is not loaded again",
	  false },
	{ "sev", "sev", "AMD: guest memory encrypted", false },
	{ "sev_es", "sev_es", "AMD: guest registers encrypted too", false },
	{ "sev_snp", "sev_snp", "AMD: guest memory integrity protected", false },
	{ "tdx_host_platform", "tdx_host_platform", "Intel: can host trust domains (TDX)", false },
	{ "tdx_guest", "tdx_guest", "this host is a trust domain itself", false },
	{ "hypervisor", "hypervisor", "this host runs under a hypervisor itself", false },
};
const size_t vt_cpu_features_n = VT_LEN(vt_cpu_features);

bool vt_cpu_feature_present(const struct vt_cpu_feature *f, const char *flags)
{
	size_t n = strlen(f->flag);

	for (const char *at = flags; (at = strstr(at, f->flag)); at += n)
		if ((at == flags || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}
