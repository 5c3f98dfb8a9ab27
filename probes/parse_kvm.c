/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names: of KVM's descriptors and debugfs directories (virt/kvm/kvm_main.c in
 * the kernel), and of the threads of VMMs.
 */
#include "parse_kvm.h"

#include <string.h>

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
		{ "CPU ", "/KVM" }, { "CPU ", "/TCG" },    { "fc_vcpu ", "" },  { "fc_vcpu", "" },
		{ "vcpu", "" },     { "crosvm_vcpu", "" }, { "kvm-vcpu-", "" }, { "vcpu-", "" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (numbered(comm, names[i][0], names[i][1], ret_index))
			return true;
	return false;
}

enum vt_worker_thread vt_parse_worker_thread(struct vt_slice comm, uint64_t *ret_owner)
{
	if (comm.n > 3 && vt_slice_starts(comm, "IO "))
		return VT_WORKER_IOTHREAD;
	return numbered(comm, "vhost-", "", ret_owner) ? VT_WORKER_VHOST : VT_NO_WORKER;
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

/* "offset:8;": the number, when the word begins with the key. */
static bool keyed_number(struct vt_slice word, const char *key, size_t *ret)
{
	uint64_t value;

	if (!numbered(word, key, ";", &value) || value > UINT16_MAX)
		return false;
	*ret = (size_t)value;
	return true;
}

/* "	field:unsigned int exit_reason;	offset:8;	size:4;	signed:0;" */
bool vt_parse_trace_field(const char *text, const char *name, struct vt_trace_field *ret)
{
	struct vt_slice line, word;
	size_t n = strlen(name);

	while (vt_parse_line(&text, &line)) {
		struct vt_trace_field f = { 0 };
		bool is_it = false, has_offset = false;

		while (vt_parse_word(&line, &word)) {
			is_it |= word.n == n + 1 && vt_slice_starts(word, name) &&
				 word.at[n] == ';';
			has_offset |= keyed_number(word, "offset:", &f.offset);
			(void)keyed_number(word, "size:", &f.size);
		}
		if (!is_it || !has_offset || !f.size)
			continue;
		*ret = f;
		return true;
	}
	return false;
}

const char *vt_parse_vmm(struct vt_slice comm)
{
	/* Commands are cut at 15 bytes (TASK_COMM_LEN). */
	static const char *const vmms[][2] = {
		{ "qemu", "qemu" },
		{ "firecracker", "firecracker" },
		{ "cloud-hyperviso", "cloud-hypervisor" },
		{ "crosvm", "crosvm" },
		{ "lkvm", "kvmtool" },
		{ "libkrun", "libkrun" },
		{ "krunvm", "libkrun" },
		{ "dragonball", "dragonball" },
		{ "stratovirt", "stratovirt" },
	};

	if (vt_slice_is(comm, "kvm")) /* Debian called it so */
		return "qemu";
	for (size_t i = 0; i < sizeof(vmms) / sizeof(*vmms); i++)
		if (vt_slice_starts(comm, vmms[i][0]))
			return vmms[i][1];
	return NULL;
}
