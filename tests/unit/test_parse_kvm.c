/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that KVM and VMMs give. */
#include <criterion/criterion.h>
#include <string.h>

#include "../../probes/parse_kvm.h"
#include "../../src/memory.h"

static struct vt_slice slice(const char *text)
{
	return (struct vt_slice){ text, strlen(text) };
}

Test(parse_kvm, links)
{
	static const struct {
		const char *text;
		enum vt_kvm_link link;
		uint64_t index;
	} cases[] = {
		{ "anon_inode:kvm-vm", VT_KVM_VM, 0 },
		{ "anon_inode:kvm-vcpu:0", VT_KVM_VCPU, 0 },
		{ "anon_inode:kvm-vcpu:255", VT_KVM_VCPU, 255 },
		{ "anon_inode:kvm-vcpu:", VT_KVM_NO_LINK, 0 },
		{ "anon_inode:kvm-vcpu:-1", VT_KVM_NO_LINK, 0 },
		{ "anon_inode:kvm-vcpu:1x", VT_KVM_NO_LINK, 0 },
		{ "anon_inode:kvm-vcpu:18446744073709551616", VT_KVM_NO_LINK, 0 },
		{ "anon_inode:kvm-vcpu-stats:1", VT_KVM_NO_LINK, 0 },
		{ "anon_inode:kvm-vmx", VT_KVM_NO_LINK, 0 },
		{ "anon_inode:[kvm-vm]", VT_KVM_NO_LINK, 0 },
		{ "/tmp/anon_inode:kvm-vm", VT_KVM_NO_LINK, 0 },
		{ "/dev/kvm", VT_KVM_NO_LINK, 0 },
		{ "", VT_KVM_NO_LINK, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		uint64_t index = 0;

		cr_expect_eq(vt_parse_kvm_link(slice(cases[i].text), &index), cases[i].link, "'%s'",
			     cases[i].text);
		cr_expect_eq(index, cases[i].index, "'%s'", cases[i].text);
	}
}

/* What answers with a number or not at all; -1: not. */
struct numbered {
	const char *text;
	int value;
};

static void expect_numbers(bool (*parse)(struct vt_slice s, uint64_t *ret),
			   const struct numbered *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t value = 77;

		cr_expect_eq(parse(slice(cases[i].text), &value), cases[i].value >= 0, "'%s'",
			     cases[i].text);
		cr_expect_eq(value, cases[i].value < 0 ? 77 : (uint64_t)cases[i].value, "'%s'",
			     cases[i].text);
	}
}

Test(parse_kvm, threads_of_vcpus)
{
	static const struct numbered cases[] = {
		{ "CPU 0/KVM", 0 }, { "CPU 12/KVM", 12 },  { "fc_vcpu 3", 3 },   { "fc_vcpu3", 3 },
		{ "vcpu7", 7 },     { "crosvm_vcpu2", 2 }, { "kvm-vcpu-1", 1 },  { "vcpu-4", 4 },
		{ "CPU /KVM", -1 }, { "CPU 0/TCG", -1 },   { "CPU x/KVM", -1 },  { "vcpu", -1 },
		{ "vcpu-", -1 },    { "vcpu1a", -1 },      { "CPU -1/KVM", -1 }, { "worker", -1 },
		{ "", -1 },
	};

	expect_numbers(vt_parse_vcpu_thread, cases, VT_LEN(cases));
}

Test(parse_kvm, directories)
{
	static const struct numbered vms[] = {
		{ "4242-11", 4242 },
		{ "1-0", 1 },
		{ "4242", -1 },
		{ "4242-", -1 },
		{ "-11", -1 },
		{ "4242-x", -1 },
		{ "-1-2", -1 },
		{ "vcpu3", -1 },
		{ "1-2-3", -1 },
		{ "", -1 },
		{ "99999999999999999999-1", -1 },
	};
	static const struct numbered vcpus[] = {
		{ "vcpu0", 0 }, { "vcpu12", 12 }, { "vcpu", -1 }, { "vcpu-1", -1 }, { "exits", -1 },
	};

	expect_numbers(vt_parse_kvm_dir, vms, VT_LEN(vms));
	expect_numbers(vt_parse_vcpu_dir, vcpus, VT_LEN(vcpus));
}

Test(parse_kvm, names_of_machines)
{
	/* A | stands for the zero byte between arguments. */
	static const char *const cases[][2] = {
		{ "qemu|-name|web|-m|1G", "web" },
		{ "qemu|-name|guest=web,debug-threads=on", "web" },
		{ "qemu|-name|debug-threads=on,guest=web", "web" },
		{ "qemu|-name|web,process=x", "web" },
		{ "qemu|-name=web", "web" },
		{ "qemu|--name|web", "web" },
		{ "lkvm|run|--name|guest-1", "guest-1" },
		{ "firecracker|--id|fc-1|--api-sock|x", "fc-1" },
		{ "firecracker|--id=fc-1", "fc-1" },
		{ "firecracker|--identity|x", NULL },
		{ "qemu|-named|x", NULL },
		{ "qemu|-name", NULL },
		{ "qemu|-name|", NULL },
		{ "qemu|-name||-name|web", "web" },
		{ "qemu|-name=", NULL },
		{ "qemu|-name|guest=", NULL },
		{ "qemu|-name|\033]0;x\007", "\033]0;x\007" },
		{ "qemu", NULL },
		{ "", NULL },
		{ "||||", NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_slice name = { "?", 1 };
		size_t n = strlen(cases[i][0]);
		vt_autofree char *args = vt_strdup(cases[i][0]);

		for (size_t k = 0; k < n; k++)
			if (args[k] == '|')
				args[k] = '\0';
		cr_expect_eq(vt_parse_vm_name(args, n, &name), cases[i][1] != NULL, "'%s'",
			     cases[i][0]);
		cr_expect(vt_slice_is(name, cases[i][1] ? cases[i][1] : "?"), "'%s': '%.*s'",
			  cases[i][0], (int)name.n, name.at);
	}
}

/* Not terminated, and nothing behind it may be read. */
Test(parse_kvm, arguments_that_are_cut)
{
	static const char args[] = "qemu\0-name\0guest=web";

	for (size_t n = 0; n < sizeof(args); n++) {
		vt_autofree char *exact = n ? malloc(n) : NULL;
		struct vt_slice name;

		if (n)
			memcpy(exact, args, n);
		if (vt_parse_vm_name(exact, n, &name))
			cr_expect(name.at >= exact && name.at + name.n <= exact + n, "%zu", n);
	}
}

Test(parse_kvm, vmms)
{
	static const char *const cases[][2] = {
		{ "qemu-system-x86", "qemu" },
		{ "kvm", "qemu" },
		{ "firecracker", "firecracker" },
		{ "cloud-hyperviso", "cloud-hypervisor" },
		{ "crosvm", "crosvm" },
		{ "lkvm", "kvmtool" },
		{ "bash", NULL },
		{ "", NULL },
		{ "xqemu", NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const char *vmm = vt_parse_vmm(slice(cases[i][0]));

		if (cases[i][1])
			cr_expect(vmm && strcmp(vmm, cases[i][1]) == 0, "'%s'", cases[i][0]);
		else
			cr_expect_null(vmm, "'%s'", cases[i][0]);
	}
}
