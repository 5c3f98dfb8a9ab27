/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine seen from outside: its VMM's name and the threads that run its
 * vCPUs (proc_pid_stat(5); field 43 is time in guest mode). Threads are known
 * by debugfs, by their names, or else by having run a guest.
 */
#include "kvm_vm.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../src/text.h"
#include "parse_kvm.h"
#include "parse_proc.h"

enum {
	ARGS_LIMIT = 32768,
	STAT_SIZE = 2048,
	VCPU_LIMIT = 4096,
	THREADS_EVERY_SCANS = 30,
};

static uint64_t key_of(const struct vt_process *p)
{
	return vt_hash_mix(p->pid, p->start_ticks);
}

struct vt_vm *vt_vms_find(const struct vt_vms *v, const struct vt_process *p)
{
	int32_t at = vt_idmap_get(&v->index, key_of(p));

	return at < 0 ? NULL : &v->vms[at];
}

/*
 * Arguments are read once in the life of a machine: /proc/PID/cmdline takes
 * the process's memory lock, which may be held for long.
 */
static void set_name(const struct vt_host *host, struct vt_vm *vm, const struct vt_process *p)
{
	char path[32], args[ARGS_LIMIT];
	const char *comm = p->comm ? p->comm : "";
	struct vt_slice name = { comm, strlen(comm) };
	const char *vmm = vt_parse_vmm(name);
	ssize_t n;

	(void)snprintf(vm->vmm, sizeof(vm->vmm), "%s", vmm ? vmm : comm);
	(void)snprintf(path, sizeof(path), "%u/cmdline", (unsigned)vm->pid);
	n = vt_host_read(host->proc, path, args, sizeof(args));
	if (n > 0)
		(void)vt_parse_vm_name(args, (size_t)n, &name);
	(void)snprintf(vm->name, sizeof(vm->name), "%.*s",
		       (int)(name.n < sizeof(vm->name) ? name.n : sizeof(vm->name) - 1), name.at);
}

struct vt_vm *vt_vms_see(struct vt_vms *v, const struct vt_process *p)
{
	struct vt_vm *vm = vt_vms_find(v, p);

	if (!vm) {
		vt_idmap_put(&v->index, key_of(p), (int32_t)v->n);
		VT_GROW(v->vms, v->n, v->cap);
		vm = &v->vms[v->n++];
		*vm = (struct vt_vm){ .pid = p->pid, .start_ticks = p->start_ticks };
		set_name(v->host, vm, p);
	}
	vm->seen_scan = v->scan;
	return vm;
}

void vt_vm_vcpu(struct vt_vm *vm, uint64_t index, uint64_t tid)
{
	for (size_t i = 0; i < vm->n_vcpus; i++)
		if (vm->vcpus[i].index == index) {
			vm->vcpus[i].tid = tid ? tid : vm->vcpus[i].tid;
			return;
		}
	if (vm->n_vcpus >= VCPU_LIMIT)
		return;
	VT_GROW(vm->vcpus, vm->n_vcpus, vm->cap_vcpus);
	vm->vcpus[vm->n_vcpus++] = (struct vt_vm_vcpu){ index, tid };
}

void vt_vms_forget_gone(struct vt_vms *v)
{
	size_t kept = 0;

	vt_idmap_clear(&v->index);
	for (size_t i = 0; i < v->n; i++) {
		if (v->vms[i].seen_scan != v->scan) {
			free(v->vms[i].vcpus);
			continue;
		}
		vt_idmap_put(&v->index, vt_hash_mix(v->vms[i].pid, v->vms[i].start_ticks),
			     (int32_t)kept);
		v->vms[kept++] = v->vms[i];
	}
	v->n = kept;
}

void vt_vms_finish(struct vt_vms *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->vms[i].vcpus);
	free(v->vms);
	vt_idmap_finish(&v->index);
}

static bool read_thread(const struct vt_host *host, uint64_t pid, uint64_t tid, char *text,
			struct vt_stat *st)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%u/task/%u/stat", (unsigned)pid, (unsigned)tid);
	return vt_host_read(host->proc, path, text, STAT_SIZE) > 0 && vt_parse_stat(text, st);
}

/* Threads that have been in guest mode, in the order in which they were made. */
struct guests {
	uint64_t tids[VCPU_LIMIT];
	size_t n;
};

static void look_at_thread(const struct vt_host *host, struct vt_vm *vm, uint64_t tid,
			   struct guests *guests)
{
	char text[STAT_SIZE];
	struct vt_stat st;
	uint64_t index;

	if (!read_thread(host, vm->pid, tid, text, &st))
		return;
	if (vt_parse_vcpu_thread(st.comm, &index))
		vt_vm_vcpu(vm, index, tid);
	else if (st.has_guest && st.guest_ticks && guests->n < VCPU_LIMIT)
		guests->tids[guests->n++] = tid;
}

static bool has_unknown(const struct vt_vm *vm)
{
	for (size_t i = 0; i < vm->n_vcpus; i++)
		if (!vm->vcpus[i].tid)
			return true;
	return false;
}

static int compare_indices(const void *a, const void *b)
{
	const struct vt_vm_vcpu *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

/*
 * VMMs make vCPU threads in order, so as many nameless threads that ran a
 * guest as there are vCPUs are those.
 */
static void match_guests(struct vt_vm *vm, const struct guests *guests)
{
	if (!has_unknown(vm) || guests->n != vm->n_vcpus)
		return;
	qsort(vm->vcpus, vm->n_vcpus, sizeof(*vm->vcpus), compare_indices);
	for (size_t i = 0; i < vm->n_vcpus; i++)
		vm->vcpus[i].tid = guests->tids[i];
}

static void find_threads(const struct vt_host *host, struct vt_vm *vm)
{
	struct guests *guests = vt_alloc(sizeof(*guests));
	vt_autoclosedir DIR *d = NULL;
	const struct dirent *e;
	char path[32];
	uint64_t tid;
	int fd;

	(void)snprintf(path, sizeof(path), "%u/task", (unsigned)vm->pid);
	fd = vt_host_openat(host->proc, path, O_RDONLY | O_DIRECTORY);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d && fd >= 0)
		(void)close(fd);
	while (d && (e = readdir(d)))
		if (vt_parse_u64((struct vt_slice){ e->d_name, strlen(e->d_name) }, &tid))
			look_at_thread(host, vm, tid, guests);
	match_guests(vm, guests);
	free(guests);
}

static void add_vcpu(const struct vt_vms *v, struct vt_vm *vm, struct vt_vm_vcpu *vcpu,
		     struct vt_builder *b)
{
	struct vt_vcpu *row = vt_vcpu_add(b, vm->pid, vcpu->index);
	uint64_t tick_usec = 1000000u / (uint64_t)sysconf(_SC_CLK_TCK);
	char text[STAT_SIZE];
	struct vt_stat st;

	VT_SET(VCPU, row, index, vcpu->index);
	if (!vcpu->tid)
		return;
	if (!read_thread(v->host, vm->pid, vcpu->tid, text, &st)) {
		vcpu->tid = 0;
		vm->threads_known = false;
		return;
	}
	VT_SET(VCPU, row, tid, vcpu->tid);
	VT_SET(VCPU, row, state, vt_builder_intern_n(b, &st.state, 1));
	VT_SET(VCPU, row, cpu_usec, (st.utime_ticks + st.stime_ticks) * tick_usec);
	if (st.has_processor)
		VT_SET(VCPU, row, host_cpu, st.processor);
	if (st.has_guest)
		VT_SET(VCPU, row, guest_usec, st.guest_ticks * tick_usec);
}

struct vt_machine *vt_vm_add(const struct vt_vms *v, struct vt_vm *vm, struct vt_builder *b)
{
	struct vt_machine *row;

	if (!vm->threads_known || (v->scan + vm->pid) % THREADS_EVERY_SCANS == 0) {
		find_threads(v->host, vm);
		vm->threads_known = vm->n_vcpus && !has_unknown(vm);
	}
	for (size_t i = 0; i < vm->n_vcpus; i++)
		add_vcpu(v, vm, &vm->vcpus[i], b);
	row = vt_machine_add(b, vm->pid, vm->start_ticks);
	VT_SET(MACHINE, row, pid, vm->pid);
	VT_SET(MACHINE, row, start_ticks, vm->start_ticks);
	VT_SET(MACHINE, row, name, vt_builder_intern(b, vm->name));
	VT_SET(MACHINE, row, vmm, vt_builder_intern(b, vm->vmm));
	if (vm->n_vcpus)
		VT_SET(MACHINE, row, vcpu_count, vm->n_vcpus);
	return row;
}
