/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names: of KVM's descriptors and debugfs directories (virt/kvm/kvm_main.c in
 * the kernel), of the threads and arguments of VMMs.
 */
#include "parse_kvm.h"

#include <string.h>

static struct vt_slice behind(struct vt_slice s, size_t n)
{
	return (struct vt_slice){ s.at + n, s.n - n };
}

/* "PREFIX3SUFFIX": the number between. */
static bool numbered(struct vt_slice s, const char *prefix, const char *suffix, uint64_t *ret)
{
	size_t p = strlen(prefix), q = strlen(suffix);

	if (s.n <= p + q || !vt_slice_starts(s, prefix) || memcmp(s.at + s.n - q, suffix, q) != 0)
		return false;
	return vt_parse_u64((struct vt_slice){ s.at + p, s.n - p - q }, ret);
}

enum vt_kvm_link vt_parse_kvm_link(struct vt_slice s, uint64_t *ret_index)
{
	if (vt_slice_is(s, "anon_inode:kvm-vm"))
		return VT_KVM_VM;
	return numbered(s, "anon_inode:kvm-vcpu:", "", ret_index) ? VT_KVM_VCPU : VT_KVM_NO_LINK;
}

bool vt_parse_vcpu_thread(struct vt_slice comm, uint64_t *ret_index)
{
	static const char *const names[][2] = {
		{ "CPU ", "/KVM" },    { "fc_vcpu ", "" },  { "fc_vcpu", "" }, { "vcpu", "" },
		{ "crosvm_vcpu", "" }, { "kvm-vcpu-", "" }, { "vcpu-", "" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (numbered(comm, names[i][0], names[i][1], ret_index))
			return true;
	return false;
}

bool vt_parse_kvm_dir(struct vt_slice s, uint64_t *ret_pid)
{
	struct vt_slice pid;
	uint64_t value, fd;

	if (!vt_parse_until(&s, '-', &pid) || !vt_parse_u64(pid, &value) || !vt_parse_u64(s, &fd))
		return false;
	*ret_pid = value;
	return true;
}

bool vt_parse_vcpu_dir(struct vt_slice s, uint64_t *ret_index)
{
	return numbered(s, "vcpu", "", ret_index);
}

static bool next_arg(const char **at, const char *end, struct vt_slice *ret)
{
	const char *nul;

	if (*at >= end)
		return false;
	nul = memchr(*at, '\0', (size_t)(end - *at));
	*ret = (struct vt_slice){ *at, (size_t)((nul ? nul : end) - *at) };
	*at = nul ? nul + 1 : end;
	return true;
}

/* "guest=web,debug-threads=on" or "web,process=x": QEMU's -name. */
static struct vt_slice qemu_name(struct vt_slice value)
{
	struct vt_slice rest = value, part, first = value;
	bool more;

	if (vt_parse_until(&rest, ',', &part))
		first = part;
	rest = value;
	do {
		more = vt_parse_until(&rest, ',', &part);
		if (!more)
			part = rest;
		if (vt_slice_starts(part, "guest="))
			return behind(part, strlen("guest="));
	} while (more);
	return first;
}

/* The value of an option that names the machine, in the same argument or the next. */
static bool name_option(struct vt_slice arg, const char **at, const char *end,
			struct vt_slice *ret_value)
{
	static const char *const options[] = { "-name", "--name", "--id" };

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		size_t n = strlen(options[i]);

		if (!vt_slice_starts(arg, options[i]))
			continue;
		if (arg.n == n)
			return next_arg(at, end, ret_value);
		if (arg.at[n] == '=') {
			*ret_value = behind(arg, n + 1);
			return true;
		}
	}
	return false;
}

bool vt_parse_vm_name(const char *args, size_t n, struct vt_slice *ret)
{
	const char *at = args, *end = args + n;
	struct vt_slice arg, value;

	while (next_arg(&at, end, &arg)) {
		if (!name_option(arg, &at, end, &value))
			continue;
		value = qemu_name(value);
		if (!value.n)
			continue;
		*ret = value;
		return true;
	}
	return false;
}

const char *vt_parse_vmm(struct vt_slice comm)
{
	/* Commands are cut at 15 bytes (TASK_COMM_LEN). */
	static const char *const vmms[][2] = {
		{ "qemu", "qemu" },
		{ "kvm", "qemu" }, /* Debian called it so */
		{ "firecracker", "firecracker" },
		{ "cloud-hyperviso", "cloud-hypervisor" },
		{ "crosvm", "crosvm" },
		{ "lkvm", "kvmtool" },
		{ "libkrun", "libkrun" },
		{ "krunvm", "libkrun" },
		{ "dragonball", "dragonball" },
		{ "stratovirt", "stratovirt" },
	};

	for (size_t i = 0; i < sizeof(vmms) / sizeof(*vmms); i++)
		if (vt_slice_starts(comm, vmms[i][0]))
			return vmms[i][1];
	return NULL;
}
