/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines between scans, known by pid and start time, and their rows. */
#include "kvm_vm.h"

#include <stdio.h>
#include <string.h>

#include "../src/text.h"
#include "kvm_stats.h"
#include "vm_threads.h"

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
	if (vm->n_vcpus >= VT_VCPU_LIMIT)
		return;
	VT_GROW(vm->vcpus, vm->n_vcpus, vm->cap_vcpus);
	vm->vcpus[vm->n_vcpus++] = (struct vt_vm_vcpu){ .index = index, .tid = tid };
}

static void finish_vm(struct vt_vm *vm)
{
	free(vm->vcpus);
	free(vm->workers);
	free(vm->taps);
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

struct vt_machine *vt_vm_add(const struct vt_vms *v, struct vt_vm *vm, struct vt_builder *b)
{
	struct vt_machine *row;

	vt_vm_threads_add(v, vm, b);
	vt_vm_taps_add(v, vm, b);
	row = vt_machine_add(b, vm->pid, vm->start_ticks);
	row->vcpus_remade = vm->vcpus_remade;
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
