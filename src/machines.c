/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What belongs to a machine: its VMM's process with cgroup and memory, and the threads
 * that run its vCPUs or do its I/O, whose rows are sorted by the VMM's pid first. Its taps
 * are found among the interfaces of their network namespace.
 */
#include <string.h>

#include "derive.h"
#include "idmap.h"
#include "memory.h"
#include "text.h"

/* Rows of one kind that lie together: each machine gets its run. */
struct run {
	enum vt_kind kind;
	size_t machine;      /* offset of the machine's index in the row */
	size_t first, count; /* and of the run in the machine */
};

#define RUN(KIND, name)                                                                            \
	{                                                                                          \
		VT_KIND_##KIND, offsetof(struct vt_##name, machine),                               \
			offsetof(struct vt_machine, first_##name),                                 \
			offsetof(struct vt_machine, n_##name##s)                                   \
	}
static const struct run runs[] = { RUN(VCPU, vcpu), RUN(WORKER, worker), RUN(TAP, tap) };

static int32_t *at_offset(void *record, size_t offset)
{
	return (int32_t *)(void *)((char *)record + offset);
}

static void relate_run(struct vt_snapshot *s, const struct run *run)
{
	size_t n = s->table[VT_KIND_MACHINE].n, size = vt_kinds[run->kind].size;
	struct vt_machine *vms = s->table[VT_KIND_MACHINE].rows;
	char *rows = s->table[run->kind].rows;

	for (size_t i = 0; i < n; i++)
		*at_offset(&vms[i], run->count) = 0;
	for (size_t k = 0, i = 0; k < s->table[run->kind].n; k++) {
		void *row = rows + k * size;
		uint64_t pid = ((const struct vt_head *)row)->a;
		bool is_its;

		while (i < n && vms[i].head.a < pid)
			i++;
		is_its = i < n && vms[i].head.a == pid;
		*at_offset(row, run->machine) = is_its ? (int32_t)i : -1;
		if (is_its && !(*at_offset(&vms[i], run->count))++)
			*at_offset(&vms[i], run->first) = (int32_t)k;
	}
}

/* What its VMM's process has is its own. */
static void relate_process(struct vt_snapshot *s, struct vt_machine *vm, int32_t at)
{
	struct vt_process *p;

	vm->process = vt_snapshot_index(s,
					(struct vt_id){ VT_KIND_PROCESS, vm->head.a, vm->head.b });
	vm->cgroup = -1;
	if (vm->process < 0)
		return;
	p = (struct vt_process *)s->table[VT_KIND_PROCESS].rows + vm->process;
	p->machine = at;
	vm->cgroup = p->cgroup;
	if (VT_HAS(PROCESS, p, cgroup_id))
		VT_SET(MACHINE, vm, cgroup_id, p->cgroup_id);
	if (VT_HAS(PROCESS, p, rss_bytes))
		VT_SET(MACHINE, vm, memory_bytes, p->rss_bytes);
	if (VT_HAS(PROCESS, p, cpu_percent))
		VT_SET(MACHINE, vm, cpu_percent, p->cpu_percent);
}

/* Stopped by a signal, a debugger or the freezer; a guest that sleeps is only idle. */
static void set_state(const struct vt_snapshot *s, struct vt_machine *vm)
{
	const struct vt_cgroup *cg = vt_cgroup_at(s, vm->cgroup);
	bool frozen = cg && VT_HAS(CGROUP, cg, frozen) && cg->frozen;
	int32_t known = 0, stopped = 0;

	for (int32_t i = 0; i < vm->n_vcpus; i++) {
		const struct vt_vcpu *v = vt_vcpu_at(s, vm->first_vcpu + i);

		known += VT_HAS(VCPU, v, state);
		stopped += VT_HAS(VCPU, v, state) && (v->state[0] == 'T' || v->state[0] == 't');
	}
	if (frozen || (known && stopped == known))
		VT_SET(MACHINE, vm, state, "stopped");
	else if (VT_HAS(MACHINE, vm, exits_rate) && VT_HAS(MACHINE, vm, cpu_percent))
		VT_SET(MACHINE, vm, state,
		       vm->exits_rate > 0 || vm->cpu_percent > 0 ? "running" : "idle");
	else if (VT_HAS(MACHINE, vm, cpu_percent))
		VT_SET(MACHINE, vm, state, vm->cpu_percent > 0 ? "running" : "idle");
}

static uint64_t key_of(uint64_t netns, const char *name)
{
	return vt_hash_mix(netns, vt_hash_bytes(name, strlen(name)));
}

static void index_interfaces(const struct vt_snapshot *s, struct vt_idmap *index)
{
	size_t n;
	const struct vt_interface *rows = vt_interface_rows(s, &n);

	for (size_t i = 0; i < n; i++)
		if (VT_HAS(INTERFACE, &rows[i], name))
			vt_idmap_put(index, key_of(rows[i].head.a, rows[i].name), (int32_t)i);
}

/* The interface of this name in a namespace, unless it is of another kind; NULL. */
static const struct vt_interface *find_tun(const struct vt_snapshot *s,
					   const struct vt_idmap *index, uint64_t netns,
					   const char *name)
{
	const struct vt_interface *nic = vt_interface_at(s,
							 vt_idmap_get(index, key_of(netns, name)));

	return nic && nic->head.a == netns && strcmp(nic->name, name) == 0 &&
			       VT_HAS(INTERFACE, nic, kind) && strcmp(nic->kind, "tun") == 0
		       ? nic
		       : NULL;
}

/* Where the kernel did not tell, a tap of that name where the VMM is. */
static uint64_t netns_of(const struct vt_snapshot *s, const struct vt_tap *tap)
{
	const struct vt_machine *vm = vt_machine_at(s, tap->machine);
	const struct vt_process *p = vm ? vt_process_at(s, vm->process) : NULL;

	return VT_HAS(TAP, tap, netns) ? tap->netns : p ? vt_process_ns_id(p, VT_NS_NET) : 0;
}

/* The macvtap of this index in a namespace, unless it has another name; NULL. */
static const struct vt_interface *find_macvtap(const struct vt_snapshot *s, uint64_t netns,
					       const struct vt_tap *tap)
{
	struct vt_id id = { VT_KIND_INTERFACE, netns, tap->index };
	const struct vt_interface *nic = vt_interface_at(s, vt_snapshot_index(s, id));

	if (!nic || !VT_HAS(INTERFACE, nic, name) || !VT_HAS(INTERFACE, nic, kind) ||
	    (strcmp(nic->kind, "macvtap") != 0 && strcmp(nic->kind, "ipvtap") != 0))
		return NULL;
	return VT_HAS(TAP, tap, name) && strcmp(tap->name, nic->name) != 0 ? NULL : nic;
}

static const struct vt_interface *find_nic(const struct vt_snapshot *s,
					   const struct vt_idmap *index, uint64_t netns,
					   const struct vt_tap *tap)
{
	if (!netns)
		return NULL;
	if (VT_HAS(TAP, tap, index))
		return find_macvtap(s, netns, tap);
	return VT_HAS(TAP, tap, name) ? find_tun(s, index, netns, tap->name) : NULL;
}

static void relate_tap(const struct vt_snapshot *s, const struct vt_idmap *index,
		       struct vt_tap *tap)
{
	uint64_t netns = netns_of(s, tap);
	const struct vt_interface *nic = find_nic(s, index, netns, tap), *lower;

	tap->interface = -1;
	if (!nic)
		return;
	VT_SET(TAP, tap, name, nic->name);
	lower = vt_snapshot_peer(s, nic);
	if (lower && VT_HAS(INTERFACE, lower, name))
		VT_SET(TAP, tap, lower, lower->name);
	tap->interface = (int32_t)(nic -
				   (const struct vt_interface *)s->table[VT_KIND_INTERFACE].rows);
	VT_SET(TAP, tap, netns, netns);
	VT_SET(TAP, tap, index, nic->head.b);
	if (VT_HAS(INTERFACE, nic, state))
		VT_SET(TAP, tap, state, nic->state);
	if (VT_HAS(INTERFACE, nic, master))
		VT_SET(TAP, tap, master, nic->master);
}

static void relate_taps(struct vt_snapshot *s)
{
	struct vt_tap *taps = s->table[VT_KIND_TAP].rows;
	struct vt_idmap index = { 0 };

	if (s->table[VT_KIND_TAP].n)
		index_interfaces(s, &index);
	for (size_t i = 0; i < s->table[VT_KIND_TAP].n; i++)
		relate_tap(s, &index, &taps[i]);
	vt_idmap_finish(&index);
}

void vt_machines_relate(struct vt_snapshot *s)
{
	size_t n = s->table[VT_KIND_MACHINE].n;
	struct vt_machine *vms = s->table[VT_KIND_MACHINE].rows;

	for (size_t i = 0; i < VT_LEN(runs); i++)
		relate_run(s, &runs[i]);
	for (size_t i = 0; i < n; i++) {
		relate_process(s, &vms[i], (int32_t)i);
		set_state(s, &vms[i]);
		if (!VT_HAS(MACHINE, &vms[i], vcpu_count))
			VT_SET(MACHINE, &vms[i], vcpu_count, (uint64_t)vms[i].n_vcpus);
	}
	relate_taps(s);
}
