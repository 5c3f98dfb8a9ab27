/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine is called and given: by the arguments of its VMM, and who
 * manages it, by libvirt's state files and the processes above it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kvm_vm.h"
#include "parse_kvm.h"
#include "parse_vmm.h"

enum {
	ARGS_LIMIT = 32768,
	LEVELS = 8
};

static void set_slice(char *out, size_t size, struct vt_slice s)
{
	(void)snprintf(out, size, "%.*s", (int)(s.n < size ? s.n : size - 1), s.at);
}

/* Words that blanks separate, so a blank within one becomes a question mark. */
static void set_words(char *out, size_t size, const struct vt_slice *words, size_t n)
{
	size_t used = 0;

	for (size_t i = 0; i < n && used + words[i].n + 2 < size; i++) {
		used += (size_t)snprintf(out + used, size - used, "%s", used ? " " : "");
		for (size_t k = 0; k < words[i].n; k++)
			out[used++] = words[i].at[k] == ' ' ? '?' : words[i].at[k];
		out[used] = '\0';
	}
}

static const struct vt_process *parent_of(struct vt_builder *b, const struct vt_process *p)
{
	size_t n;
	const struct vt_process *procs = vt_process_added(b, &n);

	for (size_t i = 0; VT_HAS(PROCESS, p, ppid) && i < n; i++)
		if (procs[i].pid == p->ppid)
			return &procs[i];
	return NULL;
}

/* Commands are cut at 15 bytes (TASK_COMM_LEN). */
static const char *manager_of(const char *comm)
{
	static const char *const managers[][2] = {
		{ "containerd-shim-kata", "kata" },
		{ "containerd-shim", "kata" }, /* only Kata's runs a VMM */
		{ "kata-runtime", "kata" },
		{ "incusd", "incus" },
		{ "lxd", "lxd" },
		{ "libvirtd", "libvirt" },
		{ "virtqemud", "libvirt" },
		{ "jailer", "jailer" },
		{ "pveproxy", "proxmox" },
		{ "pvedaemon", "proxmox" },
		{ "xl", "xl" },
	};

	for (size_t i = 0; i < VT_LEN(managers); i++)
		if (strcmp(comm, managers[i][0]) == 0)
			return managers[i][1];
	return NULL;
}

/* libvirt keeps a file for each machine that runs, also when its daemon does not. */
static bool is_libvirts(const struct vt_host *host, const char *name)
{
	char path[192];
	vt_autoclose int fd = -1;

	if (strchr(name, '/'))
		return false;
	(void)snprintf(path, sizeof(path), "run/libvirt/qemu/%s.xml", name);
	fd = vt_host_openat(host->root, path, O_PATH);
	return fd >= 0;
}

static void set_manager(const struct vt_host *host, struct vt_vm *vm, const struct vt_process *p,
			struct vt_builder *b)
{
	const char *manager = is_libvirts(host, vm->name) ||
					      (p->cgroup_path &&
					       strstr(p->cgroup_path, "/machine-qemu\\x2d"))
				      ? "libvirt"
				      : NULL;

	for (int i = 0; !manager && p && i < LEVELS; i++) {
		p = parent_of(b, p);
		manager = p && VT_HAS(PROCESS, p, comm) ? manager_of(p->comm) : NULL;
	}
	(void)snprintf(vm->manager, sizeof(vm->manager), "%s", manager ? manager : "");
}

/*
 * Arguments are read once in the life of a machine: /proc/PID/cmdline takes
 * the process's memory lock, which may be held for long.
 */
void vt_vm_name(const struct vt_host *host, struct vt_vm *vm, const struct vt_process *p,
		struct vt_builder *b)
{
	vt_autofree char *args = vt_alloc(ARGS_LIMIT);
	const char *comm = p->comm ? p->comm : "";
	struct vt_slice name = { comm, strlen(comm) };
	const char *vmm = vt_parse_vmm(name), *accel = vt_parse_vmm_other(name);
	struct vt_vmm_args a = { 0 };
	char path[32];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%u/cmdline", (unsigned)vm->pid);
	n = vt_host_read(host->proc, path, args, ARGS_LIMIT);
	if (n > 0)
		vt_parse_vmm_args(args, (size_t)n, &a);
	(void)snprintf(vm->vmm, sizeof(vm->vmm), "%s", vmm ? vmm : comm);
	set_slice(vm->name, sizeof(vm->name), a.name.n ? a.name : name);
	set_slice(vm->uuid, sizeof(vm->uuid), a.uuid);
	set_words(vm->disks, sizeof(vm->disks), a.disks, a.n_disks);
	set_words(vm->nets, sizeof(vm->nets), a.nets, a.n_nets);
	vm->memory_bytes = a.memory_bytes;
	vm->cpus = a.cpus;
	/* What QEMU was told to use; without a word it emulates. */
	if (a.accel.n)
		set_slice(vm->accel, sizeof(vm->accel), a.accel);
	if (!vm->accel[0])
		(void)snprintf(vm->accel, sizeof(vm->accel), "%s", accel ? accel : "kvm");
	set_manager(host, vm, p, b);
}

/* "kvm:tcg" may be either: without KVM's descriptors it is the other one. */
static bool is_other(const struct vt_process *p, const struct vt_vm *vm)
{
	const char *comm = VT_HAS(PROCESS, p, comm) ? p->comm : "";

	return vt_parse_vmm_other((struct vt_slice){ comm, strlen(comm) }) &&
	       strcmp(vm->accel, "kvm") != 0;
}

void vt_vms_find_others(struct vt_vms *vms, struct vt_builder *b)
{
	size_t n;
	const struct vt_process *procs = vt_process_added(b, &n);

	for (size_t i = 0; i < n; i++) {
		const struct vt_process *p = &procs[i];
		struct vt_vm *vm;

		if (p->kernel_thread || !VT_HAS(PROCESS, p, comm) ||
		    !vt_parse_vmm_other((struct vt_slice){ p->comm, strlen(p->comm) }))
			continue;
		vm = vt_vms_find(vms, p);
		if (vm && vm->seen_scan == vms->scan) {
			vm->by_kvm = true;
			continue;
		}
		vm = vt_vms_see(vms, p, b);
		vm->by_kvm = false;
		if (!is_other(p, vm))
			vm->seen_scan = 0; /* its KVM descriptors could not be seen */
	}
}
