/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What marks of hypervisors and containers say together; CPUID, which no tree holds. */
#include <criterion/criterion.h>
#include <string.h>

#include "../../probes/parse_hypervisor.h"
#include "../../src/memory.h"

static struct vt_slice whole(const char *text)
{
	return (struct vt_slice){ text, strlen(text) };
}

static void same_text(const char *is, const char *expected, const char *what)
{
	if (!expected)
		cr_expect_null(is, "%s: %s", what, is);
	else
		cr_expect(is && strcmp(is, expected) == 0, "%s: %s, not %s", what, is ? is : "-",
			  expected);
}

Test(parse_hypervisor, cpuid)
{
	static const struct {
		const char *first, *second; /* leaves 0x40000000 and 0x40000100 */
		const char *board;          /* DMI sys_vendor */
		const char *hypervisor, *vmm, *also;
		int type;
	} cases[] = {
		{ "KVMKVMKVM", NULL, "QEMU", "kvm", "QEMU", "", 1 },
		{ "KVMKVMKVM", NULL, NULL, "kvm", NULL, "", 1 },
		{ "Linux KVM Hv", NULL, NULL, "kvm", NULL, "", 1 },
		/* QEMU's hv_* options: for Windows, with KVM's own leaves behind. */
		{ "Microsoft Hv", "KVMKVMKVM", "QEMU", "kvm", "QEMU", "microsoft", 1 },
		{ "Microsoft Hv", "XenVMMXenVMM", "Xen", "xen", NULL, "microsoft", 1 },
		{ "Microsoft Hv", NULL, "Microsoft Corporation", "microsoft", "Hyper-V", "", 1 },
		{ "TCGTCGTCGTCG", NULL, "QEMU", "qemu", "QEMU", "", 2 },
		{ "VMwareVMware", NULL, "VMware, Inc.", "vmware", "VMware", "", 0 },
		{ "XenVMMXenVMM", NULL, "Xen", "xen", NULL, "", 1 },
		{ "KVMKVMKVM", NULL, "innotek GmbH", "oracle", "VirtualBox", "kvm", 2 },
		{ "VBoxVBoxVBox", NULL, NULL, "oracle", "VirtualBox", "", 2 },
		{ "bhyve bhyve ", NULL, NULL, "bhyve", "bhyve", "", 2 },
		{ " lrpepyh  vr", NULL, NULL, "parallels", "Parallels", "", 2 },
		{ "KVMKVMKVM", NULL, "Amazon EC2", "kvm", "Nitro", "", 1 },
		{ "never heard", NULL, NULL, "unknown", NULL, "", 0 },
		{ NULL, NULL, NULL, "unknown", NULL, "", 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_marks marks = { .n = 0 };
		struct vt_under u;

		if (cases[i].first)
			vt_mark_add(&marks, VT_MARK_CPUID, "leaf 0", whole(cases[i].first));
		if (cases[i].second)
			vt_mark_add(&marks, VT_MARK_CPUID, "leaf 1", whole(cases[i].second));
		if (cases[i].board)
			vt_mark_add(&marks, VT_MARK_DMI, "DMI", whole(cases[i].board));
		vt_under_decide(&marks, VT_FLAG_PRESENT, &u);
		same_text(u.hypervisor, cases[i].hypervisor, "hypervisor");
		same_text(u.vmm, cases[i].vmm, cases[i].hypervisor);
		same_text(u.also, cases[i].also, "also");
		cr_expect_eq(u.type, cases[i].type, "case %zu: type %d", i, u.type);
		cr_expect(u.evidence[0], "case %zu: no evidence", i);
		cr_expect((u.type == 0) == (!u.type_why || !strcmp(u.hypervisor, "vmware")),
			  "case %zu: a type says why", i);
	}
}

Test(parse_hypervisor, hyperv_that_is_nested)
{
	struct vt_marks marks = { .n = 0 };
	struct vt_under u;

	vt_mark_add(&marks, VT_MARK_CPUID, "leaf", whole("Microsoft Hv"));
	vt_mark_add(&marks, VT_MARK_CPUID_NESTED, "leaf", whole("nested"));
	vt_under_decide(&marks, VT_FLAG_PRESENT, &u);
	same_text(u.inside, "microsoft", "inside");
}

Test(parse_hypervisor, the_flag)
{
	static const struct {
		enum vt_mark_flag flag;
		const char *board, *hypervisor, *platform;
	} cases[] = {
		{ VT_FLAG_ABSENT, "Dell Inc.", "none", NULL },
		{ VT_FLAG_ABSENT, "Microsoft Corporation", "none", NULL },
		{ VT_FLAG_ABSENT, "Amazon EC2", "none", "Amazon EC2" },
		/* A CPU that hides it, on a board that no real machine has. */
		{ VT_FLAG_ABSENT, "QEMU", "qemu", NULL },
		{ VT_FLAG_UNKNOWN, "Dell Inc.", NULL, NULL },
		{ VT_FLAG_UNKNOWN, "QEMU", "qemu", NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_marks marks = { .n = 0 };
		struct vt_under u;

		vt_mark_add(&marks, VT_MARK_DMI, "DMI", whole(cases[i].board));
		vt_under_decide(&marks, cases[i].flag, &u);
		same_text(u.hypervisor, cases[i].hypervisor, cases[i].board);
		same_text(u.platform, cases[i].platform, cases[i].board);
	}
}

Test(parse_hypervisor, more_marks_than_are_kept)
{
	struct vt_marks marks = { .n = 0 };
	char text[600];
	struct vt_under u;

	memset(text, 'x', sizeof(text));
	for (int i = 0; i < 1000; i++)
		vt_mark_add(&marks, VT_MARK_DMI, "DMI", (struct vt_slice){ text, sizeof(text) });
	vt_mark_add(&marks, VT_MARK_CPUID, "leaf", whole("KVMKVMKVM"));
	cr_expect_eq(marks.n, VT_MARKS);
	vt_under_decide(&marks, VT_FLAG_PRESENT, &u);
	same_text(u.hypervisor, "unknown", "hypervisor");
}

/* Evidence is cut at a whole mark, however many there are. */
Test(parse_hypervisor, much_evidence)
{
	struct vt_marks marks = { .n = 0 };
	struct vt_under u;
	char text[160];

	for (int i = 0; i < VT_MARKS; i++) {
		(void)snprintf(text, sizeof(text), "QEMU %d %0100d", i, 0);
		vt_mark_add(&marks, VT_MARK_DMI, "DMI", whole(text));
	}
	vt_under_decide(&marks, VT_FLAG_PRESENT, &u);
	cr_expect_lt(strlen(u.evidence), sizeof(u.evidence));
	cr_expect_eq(u.evidence[strlen(u.evidence) - 1], '"');
}

Test(parse_hypervisor, containers)
{
	static const struct {
		enum vt_mark_source source;
		const char *text, *container;
	} cases[] = {
		{ VT_MARK_CONTAINER, "docker", "docker" },
		{ VT_MARK_CONTAINER, "oci", "container-other" },
		{ VT_MARK_CONTAINER, "\033[2J", "container-other" },
		{ VT_MARK_KERNEL, "5.15.133.1-microsoft-standard-WSL2", "wsl" },
		{ VT_MARK_KERNEL, "6.1.0-18-amd64", NULL },
		{ VT_MARK_CGROUP, "kubernetes", "kubernetes" },
		{ VT_MARK_PIDNS, "first", "none" },
		{ VT_MARK_PIDNS, "other", "container-other" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_marks marks = { .n = 0 };
		struct vt_under u;

		vt_mark_add(&marks, cases[i].source, "mark", whole(cases[i].text));
		vt_under_decide(&marks, VT_FLAG_ABSENT, &u);
		same_text(u.container, cases[i].container, cases[i].text);
	}
}

Test(parse_hypervisor, environment)
{
	static const struct {
		const char *text;
		size_t n;
		const char *value; /* NULL: none */
	} cases[] = {
		{ "TERM=x\0container=lxc\0A=b", 25, "lxc" },
		{ "container=podman", 16, "podman" },
		{ "container=\0A=b", 14, NULL },
		{ "xcontainer=lxc", 14, NULL },
		{ "container", 9, NULL },
		{ "", 0, NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_slice s = { "", 0 };

		cr_expect_eq(vt_parse_container_env(cases[i].text, cases[i].n, &s),
			     cases[i].value != NULL, "case %zu", i);
		if (cases[i].value)
			cr_expect(vt_slice_is(s, cases[i].value), "case %zu", i);
	}
}

Test(parse_hypervisor, paths)
{
	static const char *const cases[][2] = {
		{ "0::/kubepods/burstable/pod1/2", "kubernetes" },
		{ "0::/system.slice/docker-0123.scope", "docker" },
		{ "12:pids:/docker/0123", "docker" },
		{ "0::/machine.slice/libpod-0123.scope", "podman" },
		{ "0::/lxc.payload.box/init.scope", "lxc" },
		{ "0::/init.scope", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++)
		same_text(vt_parse_container_path(whole(cases[i][0])), cases[i][1], cases[i][0]);
}
