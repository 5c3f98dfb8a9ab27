/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that KVM and VMMs give. */
#include <criterion/criterion.h>
#include <string.h>

#include "../../probes/parse_kvm.h"
#include "../../probes/parse_vmm.h"
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
		{ "CPU /KVM", -1 }, { "CPU 0/TCG", 0 },    { "CPU x/KVM", -1 },  { "vcpu", -1 },
		{ "vcpu-", -1 },    { "vcpu1a", -1 },      { "CPU -1/KVM", -1 }, { "worker", -1 },
		{ "", -1 },
	};

	expect_numbers(vt_parse_vcpu_thread, cases, VT_LEN(cases));
}

Test(parse_kvm, threads_that_do_io)
{
	static const struct {
		const char *text;
		enum vt_worker_thread kind;
		uint64_t owner;
	} cases[] = {
		{ "IO iothread1", VT_WORKER_IOTHREAD, 77 },
		{ "IO mon_iothread", VT_WORKER_IOTHREAD, 77 },
		{ "IO ", VT_NO_WORKER, 77 },
		{ "IOx", VT_NO_WORKER, 77 },
		{ "vhost-4242", VT_WORKER_VHOST, 4242 },
		{ "vhost-", VT_NO_WORKER, 77 },
		{ "vhost-4242x", VT_NO_WORKER, 77 },
		{ "vhost-user", VT_NO_WORKER, 77 },
		{ "vhost_task", VT_NO_WORKER, 77 },
		{ "CPU 0/KVM", VT_NO_WORKER, 77 },
		{ "", VT_NO_WORKER, 77 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		uint64_t owner = 77;

		cr_expect_eq(vt_parse_worker_thread(slice(cases[i].text), &owner), cases[i].kind,
			     "'%s'", cases[i].text);
		cr_expect_eq(owner, cases[i].owner, "'%s'", cases[i].text);
	}
}

Test(parse_kvm, taps)
{
	static const struct {
		const char *text, *name; /* NULL: none */
	} cases[] = {
		{ "pos:\t0\nflags:\t0104002\nmnt_id:\t29\niff:\tvnet0\n", "vnet0" },
		{ "iff:\ttap0", "tap0" },
		{ "iff:\t\n", NULL }, /* opened, and no interface yet */
		{ "iff:\t\npos:\t0\n", NULL },
		{ "xiff:\ttap0\n", NULL },
		{ "pos:\tiff:\n", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_slice name = { "-", 1 };
		bool found = vt_parse_tun_fdinfo(cases[i].text, &name);

		cr_expect_eq(found, cases[i].name != NULL, "'%s'", cases[i].text);
		cr_expect(vt_slice_is(name, cases[i].name ? cases[i].name : "-"), "'%s'",
			  cases[i].text);
	}
}

Test(parse_kvm, macvtaps)
{
	static const struct numbered paths[] = {
		{ "/dev/tap4", 4 },
		{ "/jail/dev/tap12", 12 },
		{ "/dev/tap2147483647", 2147483647 },
		{ "/dev/tap2147483648", 0 },
		{ "/dev/tap99999999999999999999", 0 },
		{ "/dev/tap0", 0 },
		{ "/dev/tap", 0 },
		{ "/dev/tap4 (deleted)", 0 },
		{ "/home/x/tap4", 0 },
		{ "/dev/mytap4", 0 },
		{ "dev/tap4", 0 },
		{ "4", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < VT_LEN(paths); i++) {
		struct vt_slice path = { paths[i].text, strlen(paths[i].text) };
		uint64_t index = 0;

		cr_expect_eq(vt_parse_macvtap_path(path, &index), paths[i].value != 0, "%s",
			     paths[i].text);
		if (paths[i].value)
			cr_expect_eq(index, (uint64_t)paths[i].value, "%s", paths[i].text);
	}
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

static bool name_in(const char *args, size_t n, struct vt_slice *ret)
{
	struct vt_vmm_args a;

	vt_parse_vmm_args(args, n, &a);
	if (a.name.n)
		*ret = a.name;
	return a.name.n > 0;
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
		cr_expect_eq(name_in(args, n, &name), cases[i][1] != NULL, "'%s'", cases[i][0]);
		cr_expect(vt_slice_is(name, cases[i][1] ? cases[i][1] : "?"), "'%s': '%.*s'",
			  cases[i][0], (int)name.n, name.at);
	}
}

/* name, uuid, memory in MiB, CPUs, accelerator, disks, networks; - for what is not said */
Test(parse_kvm, arguments_of_vmms)
{
	static const char *const cases[][2] = {
		{ "qemu|-name|web|-uuid|1-2|-m|2048|-smp|4|-enable-kvm|-drive|file=/v/"
		  "a.img,if=virtio",
		  "web 1-2 2048 4 kvm /v/a.img -" },
		{ "qemu|-name|guest=db,debug-threads=on|-machine|pc-q35-7.2,accel=kvm,usb=off|-m|"
		  "size=4194304k,slots=16|-smp|2,sockets=2,cores=1|-blockdev|"
		  "{\"driver\":\"file\",\"filename\":\"/v/db.qcow2\",\"node-name\":\"x\"}|-netdev|"
		  "tap,fd=31,ifname=vnet0,id=n|-netdev|user,id=u",
		  "db - 4096 2 kvm /v/db.qcow2 vnet0,user" },
		{ "qemu|-M|q35|-accel|tcg,thread=multi|-m|1G|-smp|cpus=3|-hda|x|-cdrom|y|-net|none",
		  "- - 1024 3 tcg x,y -" },
		{ "qemu|-M|accel=kvm:tcg|-m|bogus|-smp|x|-drive|if=none,id=a",
		  "- - 0 0 kvm:tcg - -" },
		{ "qemu|-xen-domid|7|-name|dom", "dom - 0 0 xen - -" },
		{ "cloud-hypervisor|--cpus|boot=2,max=8|--memory|size=512M|--disk|path=/"
		  "d,readonly=on|"
		  "--net|tap=tap3,mac=x",
		  "- - 512 2 - /d tap3" },
		{ "crosvm|run|--mem=256|--cpus=1|--rwdisk|r.img", "- - 256 1 - r.img -" },
		{ "lkvm|run|--name|k|--mem|64|--cpus|2|--disk|d.img", "k - 64 2 - d.img -" },
		{ "VBoxHeadless|--comment|win|--startvm|aa-bb", "win aa-bb 0 0 - - -" },
		{ "vmware-vmx|-s|vmx.x=y|/vms/web/web.vmx", "web - 0 0 - - -" },
		{ "qemu|-m|99999999999999T", "- - 0 0 - - -" },
		{ "qemu|-blockdev|{\"filename\":\"|-blockdev|{", "- - 0 0 - - -" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		size_t n = strlen(cases[i][0]), size;
		vt_autofree char *args = vt_strdup(cases[i][0]), *got = NULL;
		struct vt_vmm_args a;
		FILE *out = open_memstream(&got, &size);

		for (size_t k = 0; k < n; k++)
			args[k] = (char)(args[k] == '|' ? '\0' : args[k]);
		vt_parse_vmm_args(args, n, &a);
		fprintf(out, "%.*s %.*s %d %d %.*s ", (int)(a.name.n ? a.name.n : 1),
			a.name.n ? a.name.at : "-", (int)(a.uuid.n ? a.uuid.n : 1),
			a.uuid.n ? a.uuid.at : "-", (int)(a.memory_bytes >> 20), (int)a.cpus,
			(int)(a.accel.n ? a.accel.n : 1), a.accel.n ? a.accel.at : "-");
		for (size_t k = 0; k < a.n_disks; k++)
			fprintf(out, "%s%.*s", k ? "," : "", (int)a.disks[k].n, a.disks[k].at);
		fprintf(out, "%s ", a.n_disks ? "" : "-");
		for (size_t k = 0; k < a.n_nets; k++)
			fprintf(out, "%s%.*s", k ? "," : "", (int)a.nets[k].n, a.nets[k].at);
		fprintf(out, "%s", a.n_nets ? "" : "-");
		(void)fclose(out);
		cr_expect_str_eq(got, cases[i][1], "%s", cases[i][0]);
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
		if (name_in(exact, n, &name))
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

Test(parse_kvm, fields_of_a_tracepoint)
{
	static const char format[] =
		"name: kvm_exit\nID: 1201\nformat:\n"
		"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\n"
		"\tfield:unsigned int exit_reason;\toffset:8;\tsize:4;\tsigned:0;\n"
		"\tfield:u32 isa;\toffset:24;\tsize:4;\tsigned:0;\n"
		"\tfield:u64 info1;\toffset:99999999999;\tsize:8;\tsigned:0;\n"
		"\tfield:u64 info2;\toffset:40;\tsigned:0;\n"
		"print fmt: \"reason %s\", isa;\n";
	struct vt_trace_field f = { 7, 7 };

	cr_assert(vt_parse_trace_field(format, "exit_reason", &f));
	cr_expect(f.offset == 8 && f.size == 4);
	cr_assert(vt_parse_trace_field(format, "isa", &f));
	cr_expect(f.offset == 24 && f.size == 4);
	cr_expect_not(vt_parse_trace_field(format, "info1", &f));
	cr_expect_not(vt_parse_trace_field(format, "info2", &f));
	cr_expect_not(vt_parse_trace_field(format, "reason", &f));
	cr_expect_not(vt_parse_trace_field("", "isa", &f));
	cr_expect(f.offset == 24 && f.size == 4);
}
