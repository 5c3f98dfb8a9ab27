/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machines by KVM's directory in debugfs: PID-FD/ holds the counters of one VM
 * summed over its vCPUs, PID-FD/vcpuN/pid the thread of one. A locked down
 * kernel lists the directories and refuses the counters (kernel_lockdown(7)).
 */
#include "kvm_sources.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "kvm_counters.h"
#include "parse_kvm.h"

static bool is_mounted(const struct vt_host *host)
{
	vt_autoclose int fd = vt_host_openat(host->sys, "kernel/debug", O_PATH | O_DIRECTORY);
	struct statfs fs;

	if (fd < 0)
		return false;
	return !host->is_self || (fstatfs(fd, &fs) == 0 && fs.f_type == DEBUGFS_MAGIC);
}

int vt_kvm_debugfs_open(const struct vt_host *host, char *ret_state, size_t size)
{
	int fd = vt_host_openat(host->sys, "kernel/debug/kvm", O_RDONLY | O_DIRECTORY);

	if (fd == -EACCES || fd == -EPERM)
		(void)snprintf(ret_state, size, "not permitted: only root may read debugfs");
	else if (fd < 0 && !is_mounted(host))
		(void)snprintf(ret_state, size, "not mounted%s",
			       host->is_self ? ": virttop do mount debugfs mounts it" : "");
	else if (fd < 0)
		(void)snprintf(ret_state, size, "no KVM directory: KVM is not loaded");
	else
		(void)snprintf(ret_state, size, "readable");
	return fd;
}

static int read_number(int dir, const char *path, uint64_t *ret)
{
	char text[64];
	ssize_t n = vt_host_read(dir, path, text, sizeof(text));

	if (n < 0)
		return (int)n;
	return vt_parse_value(text, ret) ? 0 : -EINVAL;
}

static struct vt_slice name_of(const struct dirent *e)
{
	return (struct vt_slice){ e->d_name, strlen(e->d_name) };
}

static void find_vcpus(struct vt_vm *vm, int dir)
{
	vt_autoclosedir DIR *d = vt_host_opendir(dir, vm->dir);
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		uint64_t index, tid = 0;
		char path[128];

		if (!vt_parse_vcpu_dir(name_of(e), &index))
			continue;
		(void)snprintf(path, sizeof(path), "%s/vcpu%llu/pid", vm->dir,
			       (unsigned long long)index);
		(void)read_number(dir, path, &tid);
		vt_vm_vcpu(vm, index, tid);
	}
}

static void find_machine(struct vt_vms *vms, struct vt_builder *b, const struct vt_process *p,
			 const struct dirent *e, int dir)
{
	struct vt_vm *vm = vt_vms_see(vms, p, b);
	size_t n = strlen(e->d_name);

	if (n >= sizeof(vm->dir))
		return;
	memcpy(vm->dir, e->d_name, n + 1);
	if (!vm->threads_known)
		find_vcpus(vm, dir);
}

static void index_processes(struct vt_builder *b, struct vt_idmap *by_pid)
{
	size_t n;
	const struct vt_process *procs = vt_process_added(b, &n);

	for (size_t i = 0; i < n; i++)
		vt_idmap_put(by_pid, procs[i].pid, (int32_t)i);
}

void vt_kvm_debugfs_find(struct vt_vms *vms, struct vt_builder *b, int dir)
{
	vt_autoclosedir DIR *d = vt_host_opendir(dir, ".");
	struct vt_idmap by_pid = { 0 };
	const struct dirent *e;
	unsigned strangers = 0;
	size_t n;
	const struct vt_process *procs = vt_process_added(b, &n);

	while (d && (e = readdir(d))) {
		uint64_t pid;
		int32_t at;

		if (!vt_parse_kvm_dir(name_of(e), &pid))
			continue;
		if (!by_pid.n)
			index_processes(b, &by_pid);
		at = vt_idmap_get(&by_pid, pid);
		if (at >= 0)
			find_machine(vms, b, &procs[at], e, dir);
		else
			strangers++;
	}
	vt_idmap_finish(&by_pid);
	/* The directories carry pids of the initial PID namespace. */
	if (strangers)
		vt_builder_note(b,
				"debugfs shows %u machines whose process is not seen: it ended, or "
				"belongs to another PID namespace",
				strangers);
}

int vt_kvm_debugfs_fill(int dir, const struct vt_vm *vm, struct vt_machine *row)
{
	char path[128];
	uint64_t value;
	int r;

	for (size_t i = 0; i < vt_kvm_counters_n; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", vm->dir, vt_kvm_counters[i].name);
		r = read_number(dir, path, &value);
		if (r == -EPERM || r == -EACCES)
			return r;
		if (r == 0)
			vt_kvm_counter_add(row, &vt_kvm_counters[i], value);
	}
	return VT_HAS(MACHINE, row, exits_total) ? 0 : -ENOENT;
}
