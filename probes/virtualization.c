/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPU's virtualization beyond its flags: MSRs through /dev/cpu/0/msr (msr(4),
 * which asks for CAP_SYS_RAWIO and the module msr), CPUID where this host runs us,
 * /sys/class/iommu, /sys/kernel/iommu_groups, and the files of
 * Documentation/admin-guide/hw-vuln in /sys/devices/system/cpu/vulnerabilities.
 */
#include "virtualization.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "parse_virtualization.h"

static bool has_flag(struct vt_slice list, const char *flag)
{
	struct vt_slice word;

	while (vt_parse_word(&list, &word))
		if (vt_slice_is(word, flag))
			return true;
	return false;
}

static enum vt_answer ask_cpuid(bool intel)
{
#if defined(__x86_64__) || defined(__i386__)
	enum {
		VMX = 1u << 5, /* leaf 1, ECX */
		SVM = 1u << 2, /* leaf 0x80000001, ECX */
	};
	unsigned eax, ebx, ecx, edx;

	if (!__get_cpuid(intel ? 1 : 0x80000001, &eax, &ebx, &ecx, &edx))
		return VT_NOT_KNOWN;
	return ecx & (intel ? VMX : SVM) ? VT_YES : VT_NO;
#else
	(void)intel;
	return VT_NOT_KNOWN;
#endif
}

static void read_msr(const struct vt_host *host, struct vt_virtualization_facts *f)
{
	vt_autoclose int fd = vt_host_openat(host->root, "dev/cpu/0/msr", O_RDONLY | O_NONBLOCK);
	ssize_t n;

	if (fd < 0) {
		f->msr_errno = -fd;
		return;
	}
	n = pread(fd, &f->msr, sizeof(f->msr), f->intel ? VT_MSR_FEATURE_CONTROL : VT_MSR_VM_CR);
	f->has_msr = n == (ssize_t)sizeof(f->msr);
	/* A CPU without that register, or a hypervisor that refuses it, answers EIO. */
	f->msr_errno = f->has_msr ? 0 : n < 0 ? errno : EIO;
}

static void read_state(const struct vt_host *host, const struct vt_cpuinfo *info, bool x86,
		       struct vt_virtualization *v)
{
	vt_autoclose int device = vt_host_openat(host->root, "dev/kvm", O_PATH);
	struct vt_virtualization_facts f = {
		.x86 = x86,
		.vmx = has_flag(info->flags, "vmx"),
		.svm = has_flag(info->flags, "svm"),
		.vmx_line = info->has_vmx_line,
		.hypervisor = has_flag(info->flags, "hypervisor"),
		.device = device >= 0 ? VT_YES : VT_NO,
	};

	f.intel = f.vmx || (!f.svm && !vt_slice_is(info->vendor, "AuthenticAMD") &&
			    !vt_slice_is(info->vendor, "HygonGenuine"));
	if (x86)
		read_msr(host, &f);
	if (x86 && host->is_self)
		f.cpuid = ask_cpuid(f.intel);
	v->state = vt_virtualization_state(&f, v->why, sizeof(v->why));
	v->vmx_unknown = f.vmx && !f.vmx_line;
}

static void count_groups(const struct vt_host *host, struct vt_virtualization *v)
{
	vt_autoclosedir DIR *d = vt_host_opendir(host->sys, "kernel/iommu_groups");
	const struct dirent *e;

	v->has_iommu_groups = d != NULL;
	while (d && (e = readdir(d)))
		v->iommu_groups += e->d_name[0] != '.';
}

static void read_iommu(const struct vt_host *host, struct vt_virtualization *v)
{
	vt_autoclosedir DIR *d = vt_host_opendir(host->sys, "class/iommu");
	const struct dirent *e;
	const char *kind = NULL;

	count_groups(host, v);
	if (!d) {
		(void)snprintf(v->iommu_why, sizeof(v->iommu_why),
			       "/sys/class/iommu is not there: a kernel without IOMMU drivers, or "
			       "/sys cannot be read");
		return;
	}
	while (!kind && (e = readdir(d)))
		kind = e->d_name[0] == '.' ? NULL : vt_iommu_kind(e->d_name);
	(void)snprintf(v->iommu, sizeof(v->iommu), "%s", kind ? kind : "none");
	if (!kind)
		(void)snprintf(v->iommu_why, sizeof(v->iommu_why),
			       "no unit in /sys/class/iommu: there is none, the firmware or the "
			       "kernel's command line leaves it off, or this is a guest");
}

static void read_mitigations(const struct vt_host *host, struct vt_virtualization *v)
{
	static const char prefix[] = "cpu.mitigations.";

	for (int i = 0; i < VT_MITIGATIONS; i++) {
		const struct vt_metric *m =
			&vt_kinds[VT_KIND_HOST].metrics[VT_HOST_mitigation_meltdown + i];
		char path[96], text[256];
		ssize_t n;
		struct vt_slice s;

		(void)snprintf(path, sizeof(path), "devices/system/cpu/vulnerabilities/%s",
			       m->json + sizeof(prefix) - 1);
		n = vt_host_read(host->sys, path, text, sizeof(text));
		if (n <= 0)
			continue;
		s = vt_parse_trim(text);
		(void)snprintf(v->mitigations[i], sizeof(v->mitigations[i]), "%.*s", (int)s.n,
			       s.at);
	}
}

void vt_virtualization_read(const struct vt_host *host, const struct vt_cpuinfo *info, bool x86,
			    struct vt_virtualization *ret)
{
	*ret = (struct vt_virtualization){ .state = NULL };
	read_state(host, info, x86, ret);
	read_iommu(host, ret);
	read_mitigations(host, ret);
}

void vt_virtualization_fill(const struct vt_virtualization *v, struct vt_builder *b)
{
	struct vt_host_row *row = vt_builder_host(b);

	VT_SET(HOST, row, cpu_virtualization_state, v->state);
	VT_SET(HOST, row, cpu_virtualization_why, vt_builder_intern(b, v->why));
	if (v->vmx_unknown)
		VT_SET(HOST, row, cpu_features_unknown,
		       "the kernel has no line \"vmx flags\" in /proc/cpuinfo (before 5.6)");
	if (v->iommu[0])
		VT_SET(HOST, row, iommu, vt_builder_intern(b, v->iommu));
	if (v->iommu_why[0])
		VT_SET(HOST, row, iommu_why, vt_builder_intern(b, v->iommu_why));
	if (v->has_iommu_groups)
		VT_SET(HOST, row, iommu_groups, v->iommu_groups);
	for (int i = 0; i < VT_MITIGATIONS; i++) {
		int metric = VT_HOST_mitigation_meltdown + i;
		const char *text = vt_builder_intern(b, v->mitigations[i]);

		if (!v->mitigations[i][0])
			continue;
		memcpy((char *)row + vt_kinds[VT_KIND_HOST].metrics[metric].offset, &text,
		       sizeof(text));
		vt_valid_set(&row->head, (unsigned)metric);
	}
}
