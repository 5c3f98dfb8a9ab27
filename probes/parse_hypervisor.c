/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which hypervisor, from which mark. The rules are those that systemd-detect-virt(1)
 * (src/basic/virt.c) and virt-what(1) document, in one table: the first rule that
 * holds names the hypervisor, the others add what they say of the VMM, of the
 * cloud, and of what lies below. Where the two tools name the cloud (amazon,
 * google) the hypervisor is named here and the cloud beside it.
 */
#include "parse_hypervisor.h"

#include <stdio.h>
#include <string.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Why each is of its type; text books from Goldberg (1973) on know two. */
static const struct hypervisor {
	const char *name;
	int type;
	const char *why;
} hypervisors[] = {
	{ "kvm", 1,
	  "KVM is both: its module makes Linux itself the hypervisor, on the bare CPU in root "
	  "mode (type 1), and that Linux goes on running programs, of which each VM is one "
	  "(type 2)" },
	{ "qemu", 2, "QEMU is a program on a host system; without KVM it translates all code" },
	{ "xen", 1, "Xen boots first; even dom0, which has the drivers, is one of its guests" },
	{ "microsoft", 1,
	  "Hyper-V lies below Windows, which becomes its root partition, as Xen's dom0" },
	{ "vmware", 0,
	  "VMware's ESXi is type 1, Workstation and Fusion are type 2; a guest cannot tell them "
	  "apart" },
	{ "oracle", 2, "VirtualBox is a program with a driver on a host system" },
	{ "parallels", 2, "Parallels is a program with a driver on a host system" },
	{ "apple", 2, "Apple's framework is a program's, with the hypervisor in the macOS kernel" },
	{ "bhyve", 2, "bhyve is a program on FreeBSD, whose vmm module does KVM's part" },
	{ "acrn", 1, "ACRN boots first, for devices" },
	{ "qnx", 1, "QNX's hypervisor is its microkernel" },
	{ "sre", 1, "the LMHS hypervisor boots first" },
	{ "jailhouse", 1, "Jailhouse takes the machine over from the Linux that started it" },
	{ "haxm", 2, "HAXM is a driver on a host system" },
	{ "nvmm", 2, "NVMM is a driver on NetBSD" },
	{ "vmm", 2, "vmm is part of OpenBSD" },
	{ "spar", 1, "s-Par boots first" },
	{ "powervm", 1, "PowerVM is in the firmware" },
	{ "zvm", 1, "z/VM boots first, itself in a partition of the machine" },
	{ "uml", 2, "User Mode Linux is a program on Linux" },
	{ "bochs", 2, "Bochs is a program that interprets each instruction" },
};

enum {
	PREFIX = 0,
	CONTAINS = 1,
	EXACT = 2,
	FLAGGED = 4, /* believed only when the CPU says that a hypervisor is there */
};

/*
 * The order is that of belief. VirtualBox and Parallels show KVM's or Hyper-V's
 * CPUID to their guests, so their boards go first; so does what only Xen has,
 * since a dom0 sees the real board. QEMU's board is last: KVM may be below it.
 */
static const struct rule {
	enum vt_mark_source source;
	int match;
	const char *text;
	const char *hypervisor, *vmm, *platform;
} rules[] = {
	{ VT_MARK_DMI, PREFIX, "innotek GmbH", "oracle", "VirtualBox", NULL },
	{ VT_MARK_DMI, PREFIX, "VirtualBox", "oracle", "VirtualBox", NULL },
	{ VT_MARK_DMI, PREFIX, "Parallels", "parallels", "Parallels", NULL },
	{ VT_MARK_MODEL, PREFIX, "User Mode Linux", "uml", NULL, NULL },
	{ VT_MARK_SYS, EXACT, "xen", "xen", NULL, NULL },
	{ VT_MARK_XEN, PREFIX, "", "xen", NULL, NULL },
	/* KVM may show Hyper-V's leaves first and its own behind. */
	{ VT_MARK_CPUID, PREFIX, "KVMKVMKVM", "kvm", NULL, NULL },
	{ VT_MARK_CPUID, PREFIX, "Linux KVM Hv", "kvm", NULL, NULL },
	{ VT_MARK_CPUID, PREFIX, "XenVMMXenVMM", "xen", NULL, NULL },
	{ VT_MARK_CPUID, PREFIX, "TCGTCGTCGTCG", "qemu", "QEMU", NULL },
	{ VT_MARK_CPUID, PREFIX, "VMwareVMware", "vmware", "VMware", NULL },
	{ VT_MARK_CPUID, PREFIX, "Microsoft Hv", "microsoft", "Hyper-V", NULL },
	{ VT_MARK_CPUID, PREFIX, "VBoxVBoxVBox", "oracle", "VirtualBox", NULL },
	{ VT_MARK_CPUID, PREFIX, "bhyve bhyve ", "bhyve", "bhyve", NULL },
	{ VT_MARK_CPUID, PREFIX, "Apple VZ", "apple", NULL, NULL },
	{ VT_MARK_CPUID, PREFIX, "ACRNACRNACRN", "acrn", NULL, NULL },
	{ VT_MARK_CPUID, PREFIX, "QNXQVMBSQG", "qnx", NULL, NULL },
	{ VT_MARK_CPUID, PREFIX, " lrpepyh  vr", "parallels", "Parallels", NULL },
	{ VT_MARK_CPUID, PREFIX, "prl hyperv  ", "parallels", "Parallels", NULL },
	{ VT_MARK_CPUID, PREFIX, "SRESRESRESRE", "sre", NULL, NULL },
	{ VT_MARK_CPUID, PREFIX, "Jailhouse", "jailhouse", NULL, NULL },
	{ VT_MARK_CPUID, PREFIX, "HAXMHAXMHAXM", "haxm", NULL, NULL },
	{ VT_MARK_CPUID, PREFIX, "___ NVMM ___", "nvmm", NULL, NULL },
	{ VT_MARK_CPUID, PREFIX, "OpenBSDVMM58", "vmm", NULL, NULL },
	{ VT_MARK_CPUID, PREFIX, "UnisysSpar64", "spar", NULL, NULL },
	/* Without CPUID: a clock that only a guest has tells what QEMU's board does not. */
	{ VT_MARK_CLOCK, CONTAINS, "kvm-clock", "kvm", NULL, NULL },
	{ VT_MARK_CLOCK, CONTAINS, "hyperv_clocksource", "microsoft", "Hyper-V", NULL },
	{ VT_MARK_MODEL, CONTAINS, "QEMU TCG CPU", "qemu", "QEMU", NULL },
	{ VT_MARK_DMI, PREFIX, "KVM", "kvm", "QEMU", NULL },
	{ VT_MARK_DMI, PREFIX, "OpenStack", "kvm", NULL, "OpenStack" },
	{ VT_MARK_DMI, PREFIX, "KubeVirt", "kvm", "QEMU", "KubeVirt" },
	{ VT_MARK_DMI, PREFIX | FLAGGED, "Amazon EC2", "kvm", "Nitro", NULL },
	{ VT_MARK_DMI, PREFIX | FLAGGED, "Google Compute Engine", "kvm", NULL, NULL },
	{ VT_MARK_DMI, PREFIX, "Cloud Hypervisor", "kvm", "Cloud Hypervisor", NULL },
	{ VT_MARK_DMI, PREFIX, "crosvm", "kvm", "crosvm", NULL },
	{ VT_MARK_DMI, PREFIX, "VMware", "vmware", "VMware", NULL },
	{ VT_MARK_DMI, PREFIX, "VMW", "vmware", "VMware", NULL },
	{ VT_MARK_DMI, PREFIX, "Xen", "xen", NULL, NULL },
	/* Microsoft makes laptops too. */
	{ VT_MARK_DMI, PREFIX, "Hyper-V", "microsoft", "Hyper-V", NULL },
	{ VT_MARK_DMI, PREFIX | FLAGGED, "Microsoft Corporation", "microsoft", "Hyper-V", NULL },
	{ VT_MARK_DMI, PREFIX, "BHYVE", "bhyve", "bhyve", NULL },
	{ VT_MARK_DMI, PREFIX, "Bochs", "bochs", "Bochs", NULL },
	{ VT_MARK_DMI, PREFIX, "Apple Virtualization", "apple", NULL, NULL },
	{ VT_MARK_ACPI, PREFIX, "FIRECK", "kvm", "Firecracker", NULL },
	{ VT_MARK_ACPI, PREFIX, "CLOUDH", "kvm", "Cloud Hypervisor", NULL },
	{ VT_MARK_ACPI, PREFIX, "VBOX", "oracle", "VirtualBox", NULL },
	{ VT_MARK_TREE, CONTAINS, "linux,kvm", "kvm", NULL, NULL },
	{ VT_MARK_TREE, CONTAINS, "vmware", "vmware", "VMware", NULL },
	{ VT_MARK_TREE, CONTAINS, "xen", "xen", NULL, NULL },
	{ VT_MARK_TREE, CONTAINS, "IBM,Power", "powervm", NULL, NULL },
	{ VT_MARK_SYSINFO, PREFIX, "KVM", "kvm", NULL, NULL },
	{ VT_MARK_SYSINFO, PREFIX, "z/VM", "zvm", NULL, NULL },
	{ VT_MARK_BUS, EXACT, "vmbus", "microsoft", "Hyper-V", NULL },
	{ VT_MARK_BUS, EXACT, "xen", "xen", NULL, NULL },
	{ VT_MARK_PCI, EXACT, "0x15ad", "vmware", "VMware", NULL },
	{ VT_MARK_PCI, EXACT, "0x80ee", "oracle", "VirtualBox", NULL },
	{ VT_MARK_PCI, EXACT, "0x5853", "xen", NULL, NULL },
	{ VT_MARK_PCI, EXACT, "0x1ab8", "parallels", "Parallels", NULL },
	{ VT_MARK_DMI, PREFIX, "QEMU", "qemu", "QEMU", NULL },
	{ VT_MARK_TREE, CONTAINS, "linux,dummy-virt", "qemu", "QEMU", NULL },
	{ VT_MARK_TREE, CONTAINS, "qemu", "qemu", "QEMU", NULL },
	/* What says nothing of the hypervisor, but of what is around it. */
	{ VT_MARK_ACPI, PREFIX, "BOCHS", NULL, "QEMU", NULL },
	{ VT_MARK_CMDLINE, CONTAINS, "virtio_mmio.device=", NULL, "a microVM", NULL },
	{ VT_MARK_DMI, PREFIX, "Amazon EC2", NULL, NULL, "Amazon EC2" },
	{ VT_MARK_DMI, CONTAINS, ".amazon", NULL, NULL, "Amazon EC2" },
	{ VT_MARK_DMI, PREFIX, "Google", NULL, NULL, "Google Compute Engine" },
	{ VT_MARK_DMI, EXACT, "7783-7084-3265-9085-8269-3286-77", NULL, NULL, "Microsoft Azure" },
	{ VT_MARK_DMI, EXACT, "OracleCloud.com", NULL, NULL, "Oracle Cloud" },
	{ VT_MARK_DMI, PREFIX, "DigitalOcean", NULL, NULL, "DigitalOcean" },
	{ VT_MARK_DMI, PREFIX, "Hetzner", NULL, NULL, "Hetzner" },
	{ VT_MARK_DMI, PREFIX, "Alibaba", NULL, NULL, "Alibaba Cloud" },
	{ VT_MARK_DMI, PREFIX, "Scaleway", NULL, NULL, "Scaleway" },
};

void vt_mark_add(struct vt_marks *m, enum vt_mark_source source, const char *where,
		 struct vt_slice text)
{
	struct vt_mark *mark;

	/* That proc/xen is there counts without a text. */
	if (m->n == VT_MARKS || (!text.n && source != VT_MARK_XEN))
		return;
	mark = &m->list[m->n++];
	mark->source = source;
	(void)snprintf(mark->where, sizeof(mark->where), "%s", where);
	(void)snprintf(mark->text, sizeof(mark->text), "%.*s", (int)(text.n < 512 ? text.n : 512),
		       text.at);
}

static bool holds(const struct rule *r, const struct vt_mark *m, enum vt_mark_flag flag)
{
	if (r->source != m->source || ((r->match & FLAGGED) && flag != VT_FLAG_PRESENT))
		return false;
	switch (r->match & ~FLAGGED) {
	case EXACT:
		return strcmp(m->text, r->text) == 0;
	case CONTAINS:
		return strstr(m->text, r->text) != NULL;
	default:
		return strncmp(m->text, r->text, strlen(r->text)) == 0;
	}
}

static void say(char *text, size_t size, const char *where, const char *what)
{
	size_t used = strlen(text);
	char one[256];
	int n = *what ? snprintf(one, sizeof(one), "%s says \"%s\"", where, what)
		      : snprintf(one, sizeof(one), "%s is there", where);

	if (n < 0 || used + (size_t)n + 3 > size || strstr(text, one))
		return;
	(void)snprintf(text + used, size - used, "%s%s", used ? "; " : "", one);
}

/*
 * A mark of another hypervisor than the one found: only where the marks cannot be of
 * one machine, as a dom0 on a virtual board, is the finder itself in a guest.
 */
static const char *below(const struct vt_under *u, const struct rule *r)
{
	bool dom0 = u->mode && strcmp(u->mode, "dom0") == 0;

	if (!dom0 || !r->hypervisor || strcmp(r->hypervisor, "xen") == 0)
		return NULL;
	return r->source == VT_MARK_DMI || r->source == VT_MARK_ACPI ? r->hypervisor : NULL;
}

/* QEMU's board may have any hypervisor below it; other VMMs come with their own. */
static bool fits(const struct vt_under *u, const struct rule *r)
{
	return !r->hypervisor || strcmp(r->hypervisor, "qemu") == 0 ||
	       (u->hypervisor && strcmp(r->hypervisor, u->hypervisor) == 0);
}

/* One may show another's interface, or a mark may lie: both are told. */
static void add_other(struct vt_under *u, const char *name)
{
	size_t used = strlen(u->also);

	if (!name || strcmp(name, u->hypervisor) == 0 || strstr(u->also, name) ||
	    strcmp(name, "qemu") == 0)
		return;
	(void)snprintf(u->also + used, sizeof(u->also) - used, "%s%s", used ? " " : "", name);
}

static void believe(struct vt_under *u, const struct rule *r, const struct vt_mark *m)
{
	if (!u->hypervisor)
		u->hypervisor = r->hypervisor;
	if (u->hypervisor)
		add_other(u, r->hypervisor);
	if (!u->inside)
		u->inside = below(u, r);
	if (!u->vmm && !u->inside && fits(u, r))
		u->vmm = r->vmm;
	if (!u->platform)
		u->platform = r->platform;
	say(u->evidence, sizeof(u->evidence), m->where, m->text);
}

static void set_mode(const struct vt_marks *marks, struct vt_under *u)
{
	static const char *const modes[] = { "PVH", "HVM", "PV" };

	for (size_t i = 0; i < marks->n; i++) {
		const struct vt_mark *m = &marks->list[i];

		if (m->source == VT_MARK_XEN && strstr(m->text, "control_d"))
			u->mode = "dom0";
		for (size_t k = 0; m->source == VT_MARK_XEN_MODE && !u->mode && k < LEN(modes); k++)
			if (strcmp(m->text, modes[k]) == 0)
				u->mode = modes[k];
	}
}

static void set_type(struct vt_under *u)
{
	for (size_t i = 0; i < LEN(hypervisors); i++)
		if (strcmp(u->hypervisor, hypervisors[i].name) == 0) {
			u->type = hypervisors[i].type;
			u->type_why = hypervisors[i].why;
		}
}

/* An unnamed one of CPUID is told with its letters. */
static void name_unknown(const struct vt_marks *marks, struct vt_under *u)
{
	u->hypervisor = "unknown";
	for (size_t i = 0; i < marks->n; i++)
		if (marks->list[i].source == VT_MARK_CPUID)
			say(u->evidence, sizeof(u->evidence), marks->list[i].where,
			    marks->list[i].text);
	if (!u->evidence[0])
		(void)snprintf(u->evidence, sizeof(u->evidence),
			       "the CPU flag \"hypervisor\" is set, nothing tells which");
}

static void name_none(struct vt_under *u)
{
	char rest[sizeof(u->evidence)];

	u->hypervisor = "none";
	u->vmm = NULL;
	memcpy(rest, u->evidence, sizeof(rest));
	(void)snprintf(u->evidence, sizeof(u->evidence),
		       "the CPU flags lack \"hypervisor\"%s%.400s", rest[0] ? "; " : "", rest);
}

static void decide_machine(const struct vt_marks *marks, enum vt_mark_flag flag, struct vt_under *u)
{
	set_mode(marks, u);
	for (size_t r = 0; r < LEN(rules); r++)
		for (size_t i = 0; i < marks->n; i++)
			if (holds(&rules[r], &marks->list[i], flag))
				believe(u, &rules[r], &marks->list[i]);
	if (!u->hypervisor && flag == VT_FLAG_PRESENT)
		name_unknown(marks, u);
	else if (!u->hypervisor && flag == VT_FLAG_ABSENT)
		name_none(u);
	if (!u->hypervisor || strcmp(u->hypervisor, "xen") != 0)
		u->mode = NULL;
	for (size_t i = 0; i < marks->n && !u->inside; i++)
		if (marks->list[i].source == VT_MARK_CPUID_NESTED)
			u->inside = "microsoft";
	if (u->hypervisor)
		set_type(u);
}

/* Containers: the engine's own word, then what it leaves behind. */
static const struct vt_mark *mark_of(const struct vt_marks *marks, enum vt_mark_source source)
{
	for (size_t i = 0; i < marks->n; i++)
		if (marks->list[i].source == source)
			return &marks->list[i];
	return NULL;
}

static const char *engine(const char *word)
{
	static const char *const names[] = { "lxc",    "lxc-libvirt", "systemd-nspawn",
					     "docker", "podman",      "rkt",
					     "wsl",    "proot",       "pouch",
					     "openvz", "kubernetes" };

	/* LXD and Incus call themselves lxc; crio and containerd say nothing or "oci". */
	for (size_t i = 0; i < LEN(names); i++)
		if (strcmp(word, names[i]) == 0)
			return names[i];
	return "container-other";
}

static bool is_wsl(const struct vt_mark *kernel)
{
	return strstr(kernel->text, "Microsoft") || strstr(kernel->text, "microsoft") ||
	       strstr(kernel->text, "WSL");
}

static void decide_container(const struct vt_marks *marks, struct vt_under *u)
{
	const struct vt_mark *word = mark_of(marks, VT_MARK_CONTAINER);
	const struct vt_mark *kernel = mark_of(marks, VT_MARK_KERNEL);
	const struct vt_mark *path = mark_of(marks, VT_MARK_CGROUP);
	const struct vt_mark *pidns = mark_of(marks, VT_MARK_PIDNS), *by = NULL;

	if (!path)
		path = mark_of(marks, VT_MARK_MOUNT);
	if (word) {
		u->container = engine(word->text);
		by = word;
	} else if (kernel && is_wsl(kernel)) {
		u->container = "wsl";
		by = kernel;
	} else if (path) {
		u->container = engine(path->text);
		by = path;
	} else if (pidns) {
		u->container = strcmp(pidns->text, "first") == 0 ? "none" : "container-other";
		by = pidns;
	}
	if (by)
		say(u->container_evidence, sizeof(u->container_evidence), by->where, by->text);
}

void vt_under_decide(const struct vt_marks *marks, enum vt_mark_flag flag, struct vt_under *ret)
{
	struct vt_under u = { 0 };

	decide_machine(marks, flag, &u);
	decide_container(marks, &u);
	*ret = u;
}

bool vt_parse_container_env(const char *text, size_t n, struct vt_slice *ret)
{
	static const char key[] = "container=";

	for (const char *at = text, *end = text + n; at < end;) {
		const char *nul = memchr(at, '\0', (size_t)(end - at));
		struct vt_slice word = { at, (size_t)((nul ? nul : end) - at) };

		if (vt_slice_starts(word, key) && word.n > sizeof(key) - 1) {
			*ret = (struct vt_slice){ word.at + sizeof(key) - 1,
						  word.n - (sizeof(key) - 1) };
			return true;
		}
		at = nul ? nul + 1 : end;
	}
	return false;
}

static bool has_text(struct vt_slice s, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; n <= s.n && i <= s.n - n; i++)
		if (memcmp(s.at + i, text, n) == 0)
			return true;
	return false;
}

const char *vt_parse_container_path(struct vt_slice line)
{
	static const char *const marks[][2] = {
		{ "/kubepods", "kubernetes" },
		{ "/docker/", "docker" },
		{ "/docker-", "docker" },
		{ "/libpod-", "podman" },
		{ "/lxc.payload", "lxc" },
		{ "/lxc/", "lxc" },
		{ "/machine.slice/machine-", "systemd-nspawn" },
		{ "/docker/overlay2/", "docker" },
		{ "/containers/storage/overlay/", "podman" },
		{ "lxcfs", "lxc" },
	};

	for (size_t i = 0; i < LEN(marks); i++)
		if (has_text(line, marks[i][0]))
			return marks[i][1];
	return NULL;
}
