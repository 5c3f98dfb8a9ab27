/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flags as the kernel names them: arch/x86/include/asm/cpufeatures.h and
 * vmxfeatures.h. Intel's and AMD's names of the same idea stand side by side.
 */
#include "cpu_features.h"

#include <string.h>

#include "memory.h"

const struct vt_cpu_feature vt_cpu_features[] = {
	{ "vmx", "vmx", "Intel VT-x: root and non-root mode, VMCS" },
	{ "svm", "svm", "AMD-V: VMRUN and the VMCB" },
	{ "ept", "ept", "Intel: guest memory translated by hardware, no shadow pages" },
	{ "npt", "npt", "AMD: guest memory translated by hardware, no shadow pages" },
	{ "vpid", "vpid", "Intel: TLB entries are tagged, no flush at every entry and exit" },
	{ "flushbyasid", "flushbyasid", "AMD: TLB entries of one guest are flushed alone" },
	{ "unrestricted_guest", "unrestricted_guest", "Intel: real mode runs without emulation" },
	{ "tpr_shadow", "tpr_shadow", "Intel: task priority changes without exits" },
	{ "flexpriority", "flexpriority", "Intel: APIC priority accesses without exits" },
	{ "apicv", "apicv", "Intel: interrupts delivered without exits" },
	{ "avic", "avic", "AMD: interrupts delivered without exits" },
	{ "posted_intr", "posted_intr", "Intel: interrupts posted to a running guest" },
	{ "vnmi", "vnmi", "NMIs delivered to the guest by hardware" },
	{ "shadow_vmcs", "shadow_vmcs", "Intel: nested guests with fewer exits" },
	{ "v_vmsave_vmload", "v_vmsave_vmload", "AMD: nested VMSAVE and VMLOAD without exits" },
	{ "vgif", "vgif", "AMD: nested global interrupt flag without exits" },
	{ "pml", "pml", "Intel: dirty pages logged by hardware, for live migration" },
	{ "tsc_scaling", "tsc_scaling", "Intel: guest time runs at another rate without exits" },
	{ "tscratemsr", "tsc_scale", "AMD: guest time runs at another rate without exits" },
	{ "ple", "ple", "Intel: spinning vCPUs give way" },
	{ "pausefilter", "pausefilter", "AMD: spinning vCPUs give way" },
	{ "decodeassists", "decodeassists", "AMD: exits come with the decoded instruction" },
	{ "nrip_save", "nrip_save", "AMD: exits come with the next instruction's address" },
	{ "sev", "sev", "AMD: guest memory encrypted" },
	{ "sev_es", "sev_es", "AMD: guest registers encrypted too" },
	{ "sev_snp", "sev_snp", "AMD: guest memory integrity protected" },
	{ "tdx_host_platform", "tdx_host_platform", "Intel: can host trust domains (TDX)" },
	{ "hypervisor", "hypervisor", "this host runs under a hypervisor itself" },
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
