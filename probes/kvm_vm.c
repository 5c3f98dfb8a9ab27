/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine seen from outside: the threads that run its
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
#include "kvm_stats.h"
#include "parse_kvm.h"
#include "parse_proc.h"

enum {
	STAT_SIZE = 2048,
	VCPU_LIMIT = 4096,
	THREADS_EVERY_SCANS = 30,
	CPUS_EVERY_SCANS = 5,
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

struct vt_vm *vt_vms_see(struct vt_vms *v, const struct vt_process *p, struct vt_builder *b)
{
	struct vt_vm *vm = vt_vms_find(v, p);

	if (!vm) {
		vt_idmap_put(&v->index, key_of(p), (int32_t)v->n);
		VT_GROW(v->vms, v->n, v->cap);
		vm = &v->vms[v->n++];
		*vm = (struct vt_vm){ .pid = p->pid, .start_ticks = p->start_ticks };
		vt_vm_name(v->host, vm, p, b);
	}
	vm->seen_scan = v->scan;
	vm->by_kvm = true;
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
	vm->vcpus[vm->n_vcpus++] = (struct vt_vm_vcpu){ .index = index, .tid = tid };
}

static void finish_vm(struct vt_vm *vm)
{
	free(vm->vcpus);
	vt_kvm_stats_finish(&vm->stats);
}

void vt_vms_forget_gone(struct vt_vms *v)
{
	size_t kept = 0;

	vt_idmap_clear(&v->index);
	for (size_t i = 0; i < v->n; i++) {
		if (v->vms[i].seen_scan != v->scan) {
			finish_vm(&v->vms[i]);
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
		finish_vm(&v->vms[i]);
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

static ssize_t read_task(const struct vt_host *host, const struct vt_vm *vm, uint64_t tid,
			 const char *file, char *text)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%u/task/%u/%s", (unsigned)vm->pid, (unsigned)tid, file);
	return vt_host_read(host->proc, path, text, STAT_SIZE);
}

/* "run_ns wait_ns timeslices": how long it was kept waiting for a CPU. */
static void set_wait(const struct vt_vms *v, const struct vt_vm *vm, struct vt_vcpu *row,
		     char *text)
{
	struct vt_slice rest, word;
	ssize_t n = read_task(v->host, vm, row->tid, "schedstat", text);
	uint64_t ns;

	rest = (struct vt_slice){ text, n > 0 ? (size_t)n : 0 };
	if (vt_parse_word(&rest, &word) && vt_parse_word(&rest, &word) && vt_parse_u64(word, &ns))
		VT_SET(VCPU, row, wait_usec, ns / 1000);
}

/* Where it is pinned to hardly ever changes, except by us. */
static void set_cpus(const struct vt_vms *v, const struct vt_vm *vm, struct vt_vm_vcpu *vcpu,
		     struct vt_vcpu *row, struct vt_builder *b, char *text)
{
	struct vt_slice s;

	if ((!vcpu->cpus[0] || (v->scan + vcpu->tid) % CPUS_EVERY_SCANS == 0) &&
	    read_task(v->host, vm, vcpu->tid, "status", text) > 0 &&
	    vt_parse_status_line(text, "Cpus_allowed_list:", &s))
		(void)snprintf(vcpu->cpus, sizeof(vcpu->cpus), "%.*s", (int)(s.n < 64 ? s.n : 63),
			       s.at);
	if (vcpu->cpus[0])
		VT_SET(VCPU, row, cpus, vt_builder_intern(b, vcpu->cpus));
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
	set_wait(v, vm, row, text);
	set_cpus(v, vm, vcpu, row, b, text);
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
	VT_SET(MACHINE, row, accel,
	       vm->by_kvm                 ? "kvm"
	       : strstr(vm->accel, "tcg") ? "tcg"
					  : vt_builder_intern(b, vm->accel));
	if (vm->manager[0])
		VT_SET(MACHINE, row, manager, vt_builder_intern(b, vm->manager));
	if (vm->uuid[0])
		VT_SET(MACHINE, row, uuid, vt_builder_intern(b, vm->uuid));
	if (vm->disks[0])
		VT_SET(MACHINE, row, disks, vt_builder_intern(b, vm->disks));
	if (vm->nets[0])
		VT_SET(MACHINE, row, nets, vt_builder_intern(b, vm->nets));
	if (vm->memory_bytes)
		VT_SET(MACHINE, row, given_bytes, vm->memory_bytes);
	if (vm->n_vcpus || vm->cpus)
		VT_SET(MACHINE, row, vcpu_count, vm->n_vcpus ? vm->n_vcpus : vm->cpus);
	return row;
}
