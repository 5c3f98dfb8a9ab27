/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this host runs under, machine and container. Marks are gathered here and
 * judged in parse_hypervisor.c. CPUID's leaves from 0x40000000 on (the kernel's
 * Documentation/virt/kvm/x86/cpuid.rst, Xen's and Hyper-V's likewise) are asked
 * only where this is the host that runs us; all else is files. None of it
 * changes while a host is up, so it is read seldom.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "../src/probe.h"
#include "parse_host.h"
#include "parse_hypervisor.h"
#include "parse_proc.h"
#include "table.h"

enum {
	READ_EVERY_SECONDS = 60,
	MOST_DEVICES = 256,
	VENDOR_BYTES = 12,
};
static const size_t text_limit = 1u << 20;
static const char first_pidns[] = "pid:[4026531836]"; /* PROC_PID_INIT_INO */

struct hypervisor_state {
	const struct vt_host *host;
	time_t read_at;
	bool read;
	enum vt_mark_flag flag;
	struct vt_marks marks;
	struct vt_under under;
	char features[256];
	int environ_errno;
};

static struct vt_slice whole(const char *text)
{
	return (struct vt_slice){ text, strlen(text) };
}

/* A small file's first line, or a NUL-terminated property of the device tree. */
static bool add_file(struct hypervisor_state *h, int dir, const char *path,
		     enum vt_mark_source source, const char *where)
{
	char text[512];
	ssize_t n = vt_host_read(dir, path, text, sizeof(text));

	if (n < 0 && n != -EFBIG)
		return false;
	vt_mark_add(&h->marks, source, where, vt_parse_trim(text));
	return true;
}

#if defined(__x86_64__) || defined(__i386__)
/* Bits of KVM's leaf 0x40000001, EAX. */
static const char *const kvm_features[] = {
	[0] = "clocksource",        [1] = "nop_io_delay",        [3] = "clocksource2",
	[4] = "async_pf",           [5] = "steal_time",          [6] = "pv_eoi",
	[7] = "pv_unhalt",          [9] = "pv_tlb_flush",        [10] = "async_pf_vmexit",
	[11] = "pv_send_ipi",       [12] = "poll_control",       [13] = "pv_sched_yield",
	[14] = "async_pf_int",      [15] = "msi_ext_dest_id",    [16] = "hc_map_gpa_range",
	[17] = "migration_control", [24] = "clocksource_stable",
};

static void set_features(struct hypervisor_state *h, unsigned eax)
{
	size_t used = 0;

	h->features[0] = '\0';
	for (size_t i = 0; i < VT_LEN(kvm_features) && used < sizeof(h->features); i++)
		if (kvm_features[i] && eax >> i & 1)
			used += (size_t)snprintf(h->features + used, sizeof(h->features) - used,
						 "%s%s", used ? " " : "", kvm_features[i]);
}

/* A hypervisor may show several: Hyper-V's leaves first, for Windows, its own behind. */
static void ask_cpuid(struct hypervisor_state *h)
{
	enum {
		FIRST = 0x40000000,
		LAST = 0x40000400,
		STEP = 0x100,
		NESTED = 1u << 12, /* leaf 4 of Hyper-V, EAX: it is in a partition itself */
	};
	unsigned eax, ebx, ecx, edx, regs[3], most;
	char vendor[VENDOR_BYTES + 1] = "", where[48];

	for (unsigned leaf = FIRST; leaf < LAST; leaf += STEP) {
		__cpuid(leaf, most, regs[0], regs[1], regs[2]);
		memcpy(vendor, regs, VENDOR_BYTES);
		/* Where there is no such leaf the CPU answers with numbers, not with letters. */
		if (vendor[0] < ' ' || vendor[0] > '~')
			continue;
		(void)snprintf(where, sizeof(where), "CPUID leaf 0x%x", leaf);
		vt_mark_add(&h->marks, VT_MARK_CPUID, where, whole(vendor));
		if (strncmp(vendor, "KVMKVMKVM", VENDOR_BYTES) == 0) {
			__cpuid(leaf + 1, eax, ebx, ecx, edx);
			set_features(h, eax);
		}
		if (strcmp(vendor, "Microsoft Hv") == 0 && most >= leaf + 4) {
			__cpuid(leaf + 4, eax, ebx, ecx, edx);
			if (eax & NESTED)
				vt_mark_add(&h->marks, VT_MARK_CPUID_NESTED, where,
					    whole("nested"));
		}
	}
}
#else
static void ask_cpuid(struct hypervisor_state *h)
{
	(void)h;
}
#endif

static void look_at_board(struct hypervisor_state *h)
{
	/* In the order in which systemd-detect-virt looks. */
	static const char *const dmi[] = { "product_name",     "sys_vendor",      "board_vendor",
					   "bios_vendor",      "product_version", "bios_version",
					   "chassis_asset_tag" };
	char path[64], where[48], header[64];
	ssize_t n;

	for (size_t i = 0; i < VT_LEN(dmi); i++) {
		(void)snprintf(path, sizeof(path), "class/dmi/id/%s", dmi[i]);
		(void)snprintf(where, sizeof(where), "DMI %s", dmi[i]);
		(void)add_file(h, h->host->sys, path, VT_MARK_DMI, where);
	}
	/* Bytes 10 to 15 of a table's header are the OEM id, padded with blanks. */
	n = vt_host_read(h->host->sys, "firmware/acpi/tables/FACP", header, sizeof(header));
	if (n == -EFBIG || n >= 16)
		vt_mark_add(&h->marks, VT_MARK_ACPI, "ACPI table FACP",
			    (struct vt_slice){ header + 10, strnlen(header + 10, 6) });
}

static void look_at_xen(struct hypervisor_state *h)
{
	vt_autoclose int xen = vt_host_openat(h->host->proc, "xen", O_PATH);

	(void)add_file(h, h->host->sys, "hypervisor/type", VT_MARK_SYS, "/sys/hypervisor/type");
	(void)add_file(h, h->host->sys, "hypervisor/guest_type", VT_MARK_XEN_MODE,
		       "/sys/hypervisor/guest_type");
	if (xen >= 0 &&
	    !add_file(h, h->host->proc, "xen/capabilities", VT_MARK_XEN, "/proc/xen/capabilities"))
		vt_mark_add(&h->marks, VT_MARK_XEN, "/proc/xen", whole(""));
}

/* Both places of the device tree: proc/device-tree is a link to the other. */
static void look_at_tree(struct hypervisor_state *h)
{
	static const char *const names[] = { "hypervisor/compatible", "compatible", "model" };
	char path[96], where[48];

	for (size_t i = 0; i < VT_LEN(names); i++) {
		(void)snprintf(where, sizeof(where), "device tree %s", names[i]);
		(void)snprintf(path, sizeof(path), "firmware/devicetree/base/%s", names[i]);
		if (add_file(h, h->host->sys, path, VT_MARK_TREE, where))
			continue;
		(void)snprintf(path, sizeof(path), "device-tree/%s", names[i]);
		(void)add_file(h, h->host->proc, path, VT_MARK_TREE, where);
	}
}

static const struct dirent *next_entry(DIR *d)
{
	const struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			return e;
	return NULL;
}

static void look_at_devices(struct hypervisor_state *h)
{
	static const char *const buses[] = { "vmbus", "xen" };
	vt_autoclosedir DIR *pci = vt_host_opendir(h->host->sys, "bus/pci/devices");
	const struct dirent *e;
	char path[320], where[48];

	for (size_t i = 0; i < VT_LEN(buses); i++) {
		vt_autoclosedir DIR *d = NULL;

		(void)snprintf(path, sizeof(path), "bus/%s/devices", buses[i]);
		d = vt_host_opendir(h->host->sys, path);
		if (next_entry(d))
			vt_mark_add(&h->marks, VT_MARK_BUS, "a bus with devices", whole(buses[i]));
	}
	for (int i = 0; i < MOST_DEVICES && (e = next_entry(pci)); i++) {
		(void)snprintf(path, sizeof(path), "bus/pci/devices/%s/vendor", e->d_name);
		(void)snprintf(where, sizeof(where), "PCI device %.20s", e->d_name);
		(void)add_file(h, h->host->sys, path, VT_MARK_PCI, where);
	}
}

static void look_at_cpuinfo(struct hypervisor_state *h, const struct vt_host_row *row)
{
	if (VT_HAS(HOST, row, cpu_vendor))
		vt_mark_add(&h->marks, VT_MARK_MODEL, "CPU vendor", whole(row->cpu_vendor));
	if (VT_HAS(HOST, row, cpu_model))
		vt_mark_add(&h->marks, VT_MARK_MODEL, "CPU model", whole(row->cpu_model));
}

static void look_at_sysinfo(struct hypervisor_state *h)
{
	vt_autofree char *text = NULL;
	const char *at;
	struct vt_slice line, key;

	if (vt_host_read_all(h->host->proc, "sysinfo", text_limit, &text) <= 0)
		return;
	for (at = text; vt_parse_line(&at, &line);) {
		if (!vt_parse_until(&line, ':', &key) || key.n < 15 ||
		    memcmp(key.at + key.n - 15, "Control Program", 15) != 0)
			continue;
		while (line.n && *line.at == ' ') {
			line.at++;
			line.n--;
		}
		vt_mark_add(&h->marks, VT_MARK_SYSINFO, "/proc/sysinfo Control Program", line);
	}
}

/* What an engine writes for whoever wants to know. */
static bool look_for_word(struct hypervisor_state *h)
{
	static const char *const signs[][2] = {
		{ "run/.containerenv", "podman" },
		{ ".dockerenv", "docker" },
	};
	char env[16384], where[48];
	struct vt_slice word;
	ssize_t n = vt_host_read(h->host->proc, "1/environ", env, sizeof(env));

	h->environ_errno = n < 0 && n != -EFBIG ? (int)-n : 0;
	if (add_file(h, h->host->root, "run/systemd/container", VT_MARK_CONTAINER,
		     "/run/systemd/container"))
		return true;
	if (vt_parse_container_env(env,
				   n == -EFBIG ? sizeof(env) - 1
				   : n < 0     ? 0
					       : (size_t)n,
				   &word)) {
		vt_mark_add(&h->marks, VT_MARK_CONTAINER, "container= of process 1", word);
		return true;
	}
	for (size_t i = 0; i < VT_LEN(signs); i++) {
		vt_autoclose int fd = vt_host_openat(h->host->root, signs[i][0], O_PATH);

		if (fd < 0)
			continue;
		(void)snprintf(where, sizeof(where), "the file /%s", signs[i][0]);
		vt_mark_add(&h->marks, VT_MARK_CONTAINER, where, whole(signs[i][1]));
		return true;
	}
	return false;
}

static void look_at_lines(struct hypervisor_state *h, const char *path, enum vt_mark_source source,
			  const char *where)
{
	vt_autofree char *text = NULL;
	const char *at, *engine;
	struct vt_slice line;

	if (vt_host_read_all(h->host->proc, path, text_limit, &text) <= 0)
		return;
	for (at = text; vt_parse_line(&at, &line);) {
		struct vt_slice rest = line, point;

		/* Of mounts only those that an engine makes for its container: / and below /proc.
		 */
		for (int i = 0; source == VT_MARK_MOUNT && i < 5; i++)
			if (!vt_parse_word(&rest, &point))
				point = (struct vt_slice){ "", 0 };
		if (source == VT_MARK_MOUNT && !vt_slice_is(point, "/") &&
		    !vt_slice_starts(point, "/proc/"))
			continue;
		engine = vt_parse_container_path(line);
		if (engine)
			vt_mark_add(&h->marks, source, where, whole(engine));
	}
}

static void look_at_pidns(struct hypervisor_state *h)
{
	char link[64];
	ssize_t n = -1;

	/* Our own is that of the proc which is looked at, where process 1 may not be asked. */
	if (h->host->proc >= 0)
		n = readlinkat(h->host->proc, "1/ns/pid", link, sizeof(link) - 1);
	if (n < 0 && h->host->is_self && h->host->proc >= 0)
		n = readlinkat(h->host->proc, "self/ns/pid", link, sizeof(link) - 1);
	if (n <= 0)
		return;
	link[n] = '\0';
	vt_mark_add(&h->marks, VT_MARK_PIDNS, "the PID namespace among first and other",
		    whole(strcmp(link, first_pidns) == 0 ? "first" : "other"));
}

static void look_for_container(struct hypervisor_state *h)
{
	static const char *const vz[] = { "vz", "bc" };
	bool there[2];

	for (size_t i = 0; i < VT_LEN(vz); i++) {
		vt_autoclose int fd = vt_host_openat(h->host->proc, vz[i], O_PATH);

		there[i] = fd >= 0;
	}
	/* OpenVZ's own host has both. */
	if (there[0] && !there[1])
		vt_mark_add(&h->marks, VT_MARK_CONTAINER, "/proc/vz without /proc/bc",
			    whole("openvz"));
	else if (!look_for_word(h)) {
		look_at_lines(h, "1/cgroup", VT_MARK_CGROUP, "the cgroup of process 1");
		look_at_lines(h, "1/mountinfo", VT_MARK_MOUNT, "a mount of process 1");
	}
	(void)add_file(h, h->host->proc, "sys/kernel/osrelease", VT_MARK_KERNEL, "kernel release");
	look_at_pidns(h);
}

/* x86 alone has a CPU flag for it; without, its absence says nothing. */
static enum vt_mark_flag flag_of(const struct vt_host_row *row)
{
	bool x86 = VT_HAS(HOST, row, arch)
			   ? strncmp(row->arch, "x86", 3) == 0 || strstr(row->arch, "86")
			   : VT_HAS(HOST, row, cpu_vendor) &&
				     strncmp(row->cpu_vendor, "0x", 2) != 0 &&
				     strncmp(row->cpu_vendor, "IBM", 3) != 0;

	if (!VT_HAS(HOST, row, cpu_flags) || !x86)
		return VT_FLAG_UNKNOWN;
	return vt_parse_has_word(row->cpu_flags, "hypervisor") ? VT_FLAG_PRESENT : VT_FLAG_ABSENT;
}

static void look(struct hypervisor_state *h, const struct vt_host_row *row)
{
	h->marks.n = 0;
	h->features[0] = '\0';
	h->flag = flag_of(row);
	if (h->host->is_self && h->flag == VT_FLAG_PRESENT)
		ask_cpuid(h);
	look_at_board(h);
	look_at_xen(h);
	look_at_cpuinfo(h, row);
	(void)add_file(h, h->host->sys,
		       "devices/system/clocksource/clocksource0/available_clocksource",
		       VT_MARK_CLOCK, "the list of clock sources");
	look_at_tree(h);
	look_at_sysinfo(h);
	look_for_container(h);
	(void)add_file(h, h->host->proc, "cmdline", VT_MARK_CMDLINE, "the kernel's command line");
	look_at_devices(h); /* last: there may be more of them than marks are kept */
	vt_under_decide(&h->marks, h->flag, &h->under);
}

/* Innermost first: a container is inside of its machine, and that of another. */
static const char *layers(const struct vt_under *u, struct vt_builder *b)
{
	char text[128] = "";
	const char *const all[] = { u->container, u->hypervisor, u->inside };
	size_t used = 0;

	for (size_t i = 0; i < VT_LEN(all) && used < sizeof(text); i++)
		if (all[i] && strcmp(all[i], "none") != 0)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
						 used ? " " : "", all[i]);
	return used ? vt_builder_intern(b, text) : NULL;
}

static void fill_container(const struct hypervisor_state *h, struct vt_builder *b,
			   struct vt_host_row *row)
{
	const struct vt_under *u = &h->under;
	char why[256];

	if (u->container) {
		VT_SET(HOST, row, hypervisor_container, u->container);
		VT_SET(HOST, row, hypervisor_container_evidence,
		       vt_builder_intern(b, u->container_evidence));
		return;
	}
	/* A tree without process 1 says nothing of containers, nor has it to say why. */
	if (!h->environ_errno || h->environ_errno == ENOENT)
		return;
	(void)snprintf(why, sizeof(why),
		       "no engine left a mark; which PID namespace this is and the environment of "
		       "process 1 cannot be read: %s",
		       vt_errno_text(h->environ_errno));
	VT_SET(HOST, row, hypervisor_container_evidence, vt_builder_intern(b, why));
}

static void fill(const struct hypervisor_state *h, struct vt_builder *b, struct vt_host_row *row)
{
	const struct vt_under *u = &h->under;
	const char *all = layers(u, b);

	fill_container(h, b, row);
	if (all)
		VT_SET(HOST, row, hypervisor_layers, all);
	if (h->features[0])
		VT_SET(HOST, row, hypervisor_features, vt_builder_intern(b, h->features));
	if (u->platform)
		VT_SET(HOST, row, hypervisor_platform, u->platform);
	if (!u->hypervisor)
		return;
	VT_SET(HOST, row, hypervisor, u->hypervisor);
	VT_SET(HOST, row, hypervisor_evidence, vt_builder_intern(b, u->evidence));
	if (u->type)
		VT_SET(HOST, row, hypervisor_type, (uint64_t)u->type);
	if (u->type_why)
		VT_SET(HOST, row, hypervisor_type_why, u->type_why);
	if (u->mode)
		VT_SET(HOST, row, hypervisor_mode, u->mode);
	if (u->also[0])
		VT_SET(HOST, row, hypervisor_also, vt_builder_intern(b, u->also));
	if (u->vmm)
		VT_SET(HOST, row, hypervisor_vmm, u->vmm);
}

static int hypervisor_open(const struct vt_host *host, void **ret_state, struct vt_error *err)
{
	struct hypervisor_state *h = vt_alloc(sizeof(*h));

	(void)err;
	h->host = host;
	*ret_state = h;
	return 0;
}

static void hypervisor_close(void *state)
{
	free(state);
}

static int hypervisor_scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	struct hypervisor_state *h = state;
	struct vt_host_row *row = vt_builder_host(b);
	struct timespec now;

	(void)err;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (!h->read || now.tv_sec - h->read_at >= READ_EVERY_SECONDS) {
		look(h, row);
		h->read = true;
		h->read_at = now.tv_sec;
	}
	fill(h, b, row);
	vt_builder_source(b, h->host->is_self ? "CPUID, DMI, files" : "files");
	return 0;
}

const struct vt_probe vt_probe_hypervisor = {
	.name = "hypervisor",
	.summary = "what this host runs under: hypervisor, cloud, container",
	.open = hypervisor_open,
	.scan = hypervisor_scan,
	.close = hypervisor_close,
};
