/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPU and what it offers to virtual machines, from /proc/cpuinfo. It hardly
 * ever changes, so it is read once a minute.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "../src/probe.h"
#include "parse_host.h"
#include "table.h"
#include "virtualization.h"

enum {
	READ_EVERY_SECONDS = 60,
};
static const size_t cpuinfo_limit = 16u << 20; /* 1.5 KB a thread, more on some */

struct cpu_state {
	const struct vt_host *host;
	time_t read_at;
	char *text; /* /proc/cpuinfo, which info points into */
	struct vt_cpuinfo info;
	char flags[1024];
	const char *virtualization;
	struct vt_virtualization around;
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
	"tsc_offset",
	"ipi_virt",
	"notify_vm_exiting",
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
	vt_virtualization_read(c->host, &c->info, vt_cpuinfo_is_x86(&c->info), &c->around);
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
		vt_virtualization_fill(&c->around, b);
	}
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
	vt_builder_source(b, c->host->is_self ? "procfs, CPUID, sysfs" : "procfs, sysfs");
	return 0;
}

const struct vt_probe vt_probe_cpu = {
	.name = "cpu",
	.summary = "CPU, its virtualization and whether it can be used, IOMMU, mitigations",
	.open = cpu_open,
	.scan = cpu_scan,
	.close = cpu_close,
};
