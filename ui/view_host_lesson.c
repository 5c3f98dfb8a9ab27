/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How hardware virtualization works, told with what this host's CPU has: root and
 * non-root mode, entry and exit, the control structure, and what an exit costs here.
 * The fields are those of the Intel SDM volume 3, chapter 25, and the AMD APM volume
 * 2, appendix B.
 */
#include "view_host.h"

#include <inttypes.h>
#include <string.h>

#include "../src/cpu_features.h"
#include "../src/exit_cost.h"

/* What the two vendors call the same, and what is said where the CPU shows neither. */
static const struct lesson {
	const char *title, *intel, *amd, *neither;
} lessons[] = {
	{ "two modes",
	  "VT-x: root mode, for the hypervisor, and non-root mode, for its guests; each has rings "
	  "0 to 3, so that a guest's kernel has its ring 0 for itself",
	  "AMD-V: host mode and guest mode (text books: root and non-root); each has rings 0 to 3, "
	  "so that a guest's kernel has its ring 0 for itself",
	  "VT-x and AMD-V give a CPU two modes, root for the hypervisor and non-root for guests; "
	  "this CPU shows neither" },
	{ "VM entry",
	  "VMLAUNCH and VMRESUME load the guest's state from the VMCS and go to non-root mode",
	  "VMRUN loads the guest's state from the VMCB and goes to guest mode",
	  "VMLAUNCH and VMRESUME (VT-x) or VMRUN (AMD-V) go from the hypervisor to the guest" },
	{ "VM exit",
	  "what the guest may not do by itself, or an interrupt, stores its state in the VMCS with "
	  "the reason and goes back to root mode, to KVM; what KVM cannot answer goes on to the "
	  "VMM",
	  "what the guest may not do by itself (#VMEXIT), or an interrupt, stores its state in the "
	  "VMCB with the exit code and goes back to KVM; what KVM cannot answer goes on to the VMM",
	  "what a guest may not do by itself goes back to the hypervisor, which answers it or "
	  "hands "
	  "it to the VMM" },
	{ "control structure",
	  "VMCS, one a vCPU, opaque memory that only VMREAD and VMWRITE know: the guest's state, "
	  "the "
	  "host's state, and the fields below",
	  "VMCB, one a vCPU, a page of plain memory: a control area with the fields below, and the "
	  "area of the guest's saved state",
	  "VMCS (VT-x) or VMCB (AMD-V): memory that says what exits, and holds the guest's state" },
};

/* Fields of the control structure, and the feature that must be there to use each. */
static const struct field {
	const char *title, *feature, *says;
	bool amd;
} fields[] = {
	{ "pin-based controls", "vmx", "which interrupts exit", false },
	{ "posted interrupts", "posted_intr", "interrupts reach a running guest without an exit",
	  false },
	{ "preemption timer", "preemption_timer", "an exit when the guest's time is over", false },
	{ "processor-based controls", "vmx",
	  "which instructions exit: HLT, INVLPG, RDTSC, CR3 writes; I/O and MSR bitmaps say which "
	  "ports and MSRs",
	  false },
	{ "TSC offset", "tsc_offset", "added to what RDTSC says, so that it need not exit", false },
	{ "TSC multiplier", "tsc_scaling", "the guest's clock at another rate", false },
	{ "EPT pointer", "ept", "the tables from guest to host memory; without, KVM shadows them",
	  false },
	{ "VPID", "vpid", "tags TLB entries, so that entry and exit do not flush them", false },
	{ "unrestricted guest", "unrestricted_guest", "real mode and no paging in non-root mode",
	  false },
	{ "virtual APIC page", "tpr_shadow", "the guest's task priority without exits", false },
	{ "APICv", "apicv", "interrupts chosen and delivered by the CPU", false },
	{ "PLE gap and window", "ple", "an exit when a vCPU spins too long", false },
	{ "PML address", "pml", "the CPU logs which pages the guest writes", false },
	{ "VMCS link pointer", "shadow_vmcs", "a nested hypervisor's VMREAD without exits", false },
	{ "intercept vectors", "svm", "which instructions, exceptions, CR and DR accesses exit",
	  true },
	{ "IOPM and MSRPM", "svm", "bitmaps: which ports and MSRs exit", true },
	{ "TSC offset", "svm", "added to what RDTSC says, so that it need not exit", true },
	{ "TSC ratio", "tscratemsr", "the guest's clock at another rate", true },
	{ "ASID and TLB control", "asid", "tags TLB entries, so that they need not be flushed",
	  true },
	{ "nested CR3", "npt", "the tables from guest to host memory; without, KVM shadows them",
	  true },
	{ "next RIP", "nrip_save", "where to go on, so that KVM need not decode", true },
	{ "clean bits", "vmcb_clean", "what did not change is not loaded again", true },
	{ "AVIC pointers", "avic", "interrupts delivered by the CPU", true },
	{ "pause filter", "pausefilter", "an exit when a vCPU spins too long", true },
	{ "virtual GIF", "vgif", "a nested hypervisor's STGI and CLGI without exits", true },
	{ "SEV-ES VMSA", "sev_es", "the guest's registers, encrypted", true },
};

static bool has(const struct vt_host_row *host, const char *name, bool *ret_unknown)
{
	for (size_t i = 0; i < vt_cpu_features_n; i++)
		if (strcmp(vt_cpu_features[i].name, name) == 0) {
			bool present = vt_cpu_feature_present(&vt_cpu_features[i], host->cpu_flags);

			*ret_unknown = !present && vt_cpu_features[i].of_vmx_line &&
				       VT_HAS(HOST, host, cpu_features_unknown);
			return present;
		}
	*ret_unknown = false;
	return false;
}

static void add_fields(const struct vt_host_row *host, struct vt_rows *rows, int32_t head, bool amd)
{
	for (size_t i = 0; i < VT_LEN(fields); i++) {
		bool unknown, present;
		int32_t at;

		if (fields[i].amd != amd)
			continue;
		present = has(host, fields[i].feature, &unknown);
		at = vt_rows_heading(rows, head, fields[i].title,
				     vt_arena_printf(rows->arena, "%-4s %s",
						     present   ? "yes"
						     : unknown ? "?"
							       : "no",
						     fields[i].says));
		rows->rows[at].role = present ? VT_ROLE_GOOD : VT_ROLE_DIM;
	}
}

static double number(const struct vt_host_row *host, int metric)
{
	return vt_metric_number(&vt_kinds[VT_KIND_HOST].metrics[metric], host);
}

static bool known(const struct vt_host_row *host, int metric)
{
	return vt_valid(&host->head, (unsigned)metric);
}

/* The six rows of a kind in metric_rows.h: min, median, p99, cycles, samples, why. */
enum {
	MEDIAN = 1,
	P99 = 2,
	CYCLES = 3,
	SAMPLES = 4,
	WHY = 5,
	EACH = VT_HOST_cost_switch_min_ns - VT_HOST_cost_syscall_min_ns
};

static const char *cost(const struct vt_host_row *host, int first, struct vt_rows *rows, int kind)
{
	if (known(host, first + WHY))
		return vt_arena_printf(
			rows->arena, "not measured: %s",
			vt_metric_string(&vt_kinds[VT_KIND_HOST].metrics[first + WHY], host));
	if (!known(host, first))
		return NULL;
	return vt_arena_printf(rows->arena,
			       "%.0f ns (%.0f cycles); least %.0f, 99 of 100 below %.0f; %s",
			       number(host, first + MEDIAN), number(host, first + CYCLES),
			       number(host, first), number(host, first + P99), vt_cost_helps[kind]);
}

static const char *quoted(const struct vt_host_row *host, struct vt_rows *rows)
{
	int cpuid = VT_HOST_cost_syscall_min_ns + VT_COST_CPUID * EACH;
	int io = VT_HOST_cost_syscall_min_ns + VT_COST_IO * EACH;

	if (!known(host, cpuid + CYCLES) || !known(host, io + CYCLES))
		return "the bare way out and in, on a real CPU; what the kernel and the VMM do in "
		       "between comes on top. It was not measured here";
	return vt_arena_printf(
		rows->arena,
		"the bare way out and in, on a real CPU; here it is %.0f cycles when "
		"KVM answers (CPUID), %.0f when the VMM does (I/O port)",
		number(host, cpuid + CYCLES), number(host, io + CYCLES));
}

static void add_costs(const struct vt_view_env *env, struct vt_rows *rows)
{
	const struct vt_host_row *host = vt_snapshot_host(env->snapshot);
	bool any = false;
	int32_t head = vt_rows_heading(rows, -1, "WHAT AN EXIT COSTS",
				       env->snapshot->live ? "x measures it, for a second" : NULL);

	for (int i = 0; i < VT_COSTS; i++) {
		const char *text = cost(host, VT_HOST_cost_syscall_min_ns + i * EACH, rows, i);

		if (!text)
			continue;
		any = true;
		(void)vt_rows_heading(rows, head, vt_cost_names[i], text);
	}
	if (!any)
		(void)vt_rows_heading(rows, head, "not measured", "in this boot");
	(void)vt_rows_heading(rows, head, "\"about 1000 cycles\"", quoted(host, rows));
}

static const char *module_words(const struct vt_snapshot *s, struct vt_rows *rows)
{
	size_t n;
	const struct vt_module *modules = vt_module_rows(s, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(modules[i].name, "kvm") != 0)
			return vt_arena_printf(rows->arena, "%s is loaded: KVM is %s on this host",
					       modules[i].name,
					       VT_HAS(MODULE, &modules[i], refcount) &&
							       modules[i].refcount
						       ? "in use"
						       : "ready");
	return n ? "kvm alone is there, without a module for this CPU"
		 : "no module of KVM is loaded";
}

void vt_host_add_lesson(const struct vt_view_env *env, struct vt_rows *rows)
{
	const struct vt_host_row *host = vt_snapshot_host(env->snapshot);
	const char *flags = VT_HAS(HOST, host, cpu_virtualization) ? host->cpu_virtualization
								   : NULL;
	bool intel = flags && strcmp(flags, "VT-x") == 0,
	     amd = flags && strcmp(flags, "AMD-V") == 0;
	int32_t head, at = -1;

	add_costs(env, rows);
	if (!flags)
		return;
	head = vt_rows_heading(rows, -1, "HOW IT WORKS HERE", NULL);
	for (size_t i = 0; i < VT_LEN(lessons); i++)
		at = vt_rows_heading(rows, head, lessons[i].title,
				     intel ? lessons[i].intel
				     : amd ? lessons[i].amd
					   : lessons[i].neither);
	if (intel || amd) {
		add_fields(host, rows, at, amd);
		rows->rows[at].folded = true;
	}
	(void)vt_rows_heading(rows, head, "module", module_words(env->snapshot, rows));
}
