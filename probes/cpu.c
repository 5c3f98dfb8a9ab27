/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPU and what it offers to virtual machines, from /proc/cpuinfo, and the
 * hypervisor below this host: the CPUID leaf 0x40000000 (the kernel's
 * Documentation/virt/kvm/x86/cpuid.rst) where this is the host that runs us,
 * else sys/hypervisor and DMI. It hardly ever changes, so it is read once a
 * minute.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "../src/probe.h"
#include "parse_host.h"
#include "table.h"

enum {
	READ_EVERY_SECONDS = 60,
	VENDOR_BYTES = 12,
};
static const size_t cpuinfo_limit = 16u << 20; /* 1.5 KB a thread, more on some */

struct cpu_state {
	const struct vt_host *host;
	time_t read_at;
	char *text; /* /proc/cpuinfo, which info points into */
	struct vt_cpuinfo info;
	char flags[1024];
	const char *virtualization;
	const char *hypervisor; /* NULL unknown */
	int type;               /* 1, 2, 0 unknown */
	char evidence[256];
};

/* Flags of /proc/cpuinfo that concern virtualization, of both its lines. */
static const char *const virtualization_flags[] = {
	"vmx",
	"svm",
	"hypervisor",
	"ept",
	"ept_ad",
	"vpid",
	"vnmi",
	"tpr_shadow",
	"flexpriority",
	"invvpid",
	"ept_x_only",
	"ept_1gb",
	"apicv",
	"posted_intr",
	"unrestricted_guest",
	"vapic",
	"vapic_reg",
	"vid",
	"ple",
	"shadow_vmcs",
	"pml",
	"ept_violation_ve",
	"ept_mode_based_exec",
	"tsc_scaling",
	"preemption_timer",
	"npt",
	"nrip_save",
	"tsc_scale",
	"vmcb_clean",
	"flushbyasid",
	"decodeassists",
	"pausefilter",
	"pfthreshold",
	"avic",
	"x2avic",
	"v_vmsave_vmload",
	"vgif",
	"v_spec_ctrl",
	"lbrv",
	"svm_lock",
	"sev",
	"sev_es",
	"sev_snp",
	"tdx_host_platform",
	"tdx_guest",
	"vmmcall",
	"x2apic",
	"tsc_deadline_timer",
};

/* CPUID's twelve letters, and what DMI or sys/hypervisor call the same. */
static const struct hypervisor {
	const char *cpuid, *name;
	int type;
} hypervisors[] = {
	{ "KVMKVMKVM", "kvm", 1 },          { "Linux KVM Hv", "kvm", 1 },
	{ "TCGTCGTCGTCG", "qemu", 2 },      { "Microsoft Hv", "microsoft", 1 },
	{ "VMwareVMware", "vmware", 0 },    { "XenVMMXenVMM", "xen", 1 },
	{ "VBoxVBoxVBox", "oracle", 2 },    { "bhyve bhyve ", "bhyve", 2 },
	{ "ACRNACRNACRN", "acrn", 1 },      { "QNXQVMBSQG", "qnx", 1 },
	{ " lrpepyh  vr", "parallels", 2 }, { "SRESRESRESRE", "sre", 1 },
	{ "Jailhouse", "jailhouse", 1 },    { "HAXMHAXMHAXM", "haxm", 2 },
	{ "___ NVMM ___", "nvmm", 2 },      { "OpenBSDVMM58", "vmm", 2 },
	{ "UnisysSpar64", "spar", 1 },
};

static const struct dmi_name {
	const char *text, *name;
	int type;
} dmi_names[] = {
	{ "KVM", "kvm", 1 },
	{ "Amazon EC2", "kvm", 1 },
	{ "Google Compute Engine", "kvm", 1 },
	{ "OpenStack", "kvm", 1 },
	{ "QEMU", "qemu", 0 }, /* QEMU's board, with KVM below it or without */
	{ "VMware", "vmware", 0 },
	{ "innotek GmbH", "oracle", 2 },
	{ "VirtualBox", "oracle", 2 },
	{ "Xen", "xen", 1 },
	{ "Microsoft Corporation", "microsoft", 1 },
	{ "BHYVE", "bhyve", 2 },
	{ "Parallels", "parallels", 2 },
	{ "Apple Virtualization", "apple", 2 },
};

static bool has_flag(struct vt_slice list, const char *flag)
{
	struct vt_slice word;

	while (vt_parse_word(&list, &word))
		if (vt_slice_is(word, flag))
			return true;
	return false;
}

static bool cpu_has(const struct cpu_state *c, const char *flag)
{
	return has_flag(c->info.flags, flag) || has_flag(c->info.vmx_flags, flag);
}

static void set_flags(struct cpu_state *c)
{
	size_t used = 0;

	c->flags[0] = '\0';
	for (size_t i = 0; i < VT_LEN(virtualization_flags) && used < sizeof(c->flags); i++)
		if (cpu_has(c, virtualization_flags[i]))
			used += (size_t)snprintf(c->flags + used, sizeof(c->flags) - used, "%s%s",
						 used ? " " : "", virtualization_flags[i]);
	c->virtualization = cpu_has(c, "vmx") ? "VT-x" : cpu_has(c, "svm") ? "AMD-V" : "none";
}

static void found(struct cpu_state *c, const char *name, int type)
{
	c->hypervisor = name;
	c->type = type;
}

/* True when there is an answer, also for a hypervisor that we do not know. */
static bool ask_cpuid(struct cpu_state *c)
{
#if defined(__x86_64__) || defined(__i386__)
	unsigned eax, regs[3];
	char vendor[VENDOR_BYTES + 1] = "";

	__cpuid(0x40000000, eax, regs[0], regs[1], regs[2]);
	memcpy(vendor, regs, VENDOR_BYTES);
	if (!vendor[0])
		return false;
	(void)snprintf(c->evidence, sizeof(c->evidence), "CPUID leaf 0x40000000 says \"%s\"",
		       vendor);
	found(c, "unknown", 0);
	for (size_t i = 0; i < VT_LEN(hypervisors); i++)
		if (strncmp(vendor, hypervisors[i].cpuid, VENDOR_BYTES) == 0)
			found(c, hypervisors[i].name, hypervisors[i].type);
	return true;
#else
	(void)c;
	return false;
#endif
}

static bool ask_sys_hypervisor(struct cpu_state *c)
{
	char text[64];
	struct vt_slice s;

	if (vt_host_read(c->host->sys, "hypervisor/type", text, sizeof(text)) <= 0)
		return false;
	s = vt_parse_trim(text);
	if (!vt_slice_is(s, "xen"))
		return false;
	(void)snprintf(c->evidence, sizeof(c->evidence), "/sys/hypervisor/type says \"xen\"");
	found(c, "xen", 1);
	return true;
}

static bool ask_dmi_file(struct cpu_state *c, const char *file)
{
	char path[64], text[256];
	struct vt_slice s;

	(void)snprintf(path, sizeof(path), "class/dmi/id/%s", file);
	/* class/dmi/id is a link within sys, so it stays beneath. */
	if (vt_host_read(c->host->sys, path, text, sizeof(text)) <= 0)
		return false;
	s = vt_parse_trim(text);
	for (size_t i = 0; i < VT_LEN(dmi_names); i++)
		if (vt_slice_starts(s, dmi_names[i].text)) {
			(void)snprintf(c->evidence, sizeof(c->evidence), "DMI %s says \"%.*s\"",
				       file, (int)s.n, s.at);
			found(c, dmi_names[i].name, dmi_names[i].type);
			return true;
		}
	return false;
}

static void set_hypervisor(struct cpu_state *c)
{
	c->evidence[0] = '\0';
	found(c, NULL, 0);
	if (!cpu_has(c, "hypervisor")) {
		/* CPUs without that flag (not x86) may have a hypervisor below all the same. */
		if (ask_sys_hypervisor(c) || !c->info.flags.n)
			return;
		(void)snprintf(c->evidence, sizeof(c->evidence),
			       "the CPU flags lack \"hypervisor\"");
		found(c, "none", 0);
		return;
	}
	if (c->host->is_self && ask_cpuid(c))
		return;
	if (ask_sys_hypervisor(c) || ask_dmi_file(c, "product_name") ||
	    ask_dmi_file(c, "sys_vendor"))
		return;
	(void)snprintf(c->evidence, sizeof(c->evidence),
		       "the CPU flag \"hypervisor\" is set, nothing tells which");
	found(c, "unknown", 0);
}

static int cpu_read(struct cpu_state *c, struct vt_error *err)
{
	vt_autofree char *text = NULL;
	ssize_t r = vt_host_read_all(c->host->proc, "cpuinfo", cpuinfo_limit, &text);

	if (r < 0)
		return vt_fail(err, (int)-r, "cannot read /proc/cpuinfo: %s",
			       vt_errno_text((int)-r));
	if (!vt_parse_cpuinfo(text, &c->info))
		return vt_fail(err, EINVAL, "cannot understand /proc/cpuinfo");
	free(c->text);
	c->text = text;
	text = NULL;
	set_flags(c);
	set_hypervisor(c);
	return 0;
}

static int cpu_open(const struct vt_host *host, void **ret_state, struct vt_error *err)
{
	struct cpu_state *c = vt_alloc(sizeof(*c));

	(void)err;
	c->host = host;
	*ret_state = c;
	return 0;
}

static void cpu_close(void *state)
{
	struct cpu_state *c = state;

	free(c->text);
	free(c);
}

static const char *words(struct vt_builder *b, struct vt_slice s)
{
	return vt_builder_intern_n(b, s.at, s.n);
}

static void cpu_fill(const struct cpu_state *c, struct vt_builder *b)
{
	struct vt_host_row *row = vt_builder_host(b);

	if (c->info.vendor.n)
		VT_SET(HOST, row, cpu_vendor, words(b, c->info.vendor));
	if (c->info.model.n)
		VT_SET(HOST, row, cpu_model, words(b, c->info.model));
	if (c->info.threads)
		VT_SET(HOST, row, cpu_threads, c->info.threads);
	if (c->info.flags.n) {
		VT_SET(HOST, row, cpu_flags, vt_builder_intern(b, c->flags));
		VT_SET(HOST, row, cpu_virtualization, c->virtualization);
	}
	if (!c->hypervisor)
		return;
	VT_SET(HOST, row, hypervisor, c->hypervisor);
	VT_SET(HOST, row, hypervisor_evidence, vt_builder_intern(b, c->evidence));
	if (c->type)
		VT_SET(HOST, row, hypervisor_type, (uint64_t)c->type);
}

static int cpu_scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	struct cpu_state *c = state;
	struct timespec now;
	int r;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (!c->text || now.tv_sec - c->read_at >= READ_EVERY_SECONDS) {
		r = cpu_read(c, err);
		if (r < 0)
			return r;
		c->read_at = now.tv_sec;
	}
	cpu_fill(c, b);
	vt_builder_source(b, c->host->is_self ? "procfs, CPUID" : "procfs");
	return 0;
}

const struct vt_probe vt_probe_cpu = {
	.name = "cpu",
	.summary = "CPU, its virtualization flags, and the hypervisor that this host runs on",
	.open = cpu_open,
	.scan = cpu_scan,
	.close = cpu_close,
};
