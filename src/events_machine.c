/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What befalls a machine in its life: its threads are stopped or frozen, which the guest
 * cannot know, and go on; its vCPUs are made anew within the same VMM. A guest that QEMU
 * resets keeps its threads, and KVM its counters: the kernel has no trace of that, so
 * nothing is said of it.
 */
#include <inttypes.h>
#include <string.h>

#include "events_private.h"
#include "memory.h"

const char *vt_machine_words(struct vt_log *l, const void *machine)
{
	const struct vt_machine *vm = machine;

	return vt_arena_printf(l->s->arena, "machine %s, process %" PRIu64 " %s",
			       VT_HAS(MACHINE, vm, name) ? vm->name : "without a name", vm->head.a,
			       VT_HAS(MACHINE, vm, vmm) ? vm->vmm : "");
}

const char *vt_machine_name(const void *machine)
{
	const struct vt_machine *vm = machine;

	return VT_HAS(MACHINE, vm, name) ? vm->name : "";
}

static void tell(struct vt_log *l, const char *kind, const struct vt_machine *vm, const char *what)
{
	if (vt_log_has_room(l))
		vt_log_say(l, kind, vt_record_id(VT_KIND_MACHINE, vm), vt_machine_name(vm),
			   vt_arena_printf(l->s->arena, "%s %s", vt_machine_words(l, vm), what));
}

static void compare_state(struct vt_log *l, const struct vt_machine *old,
			  const struct vt_machine *vm)
{
	bool was, is;

	if (!VT_HAS(MACHINE, old, state) || !VT_HAS(MACHINE, vm, state))
		return;
	was = strcmp(old->state, "stopped") == 0;
	is = strcmp(vm->state, "stopped") == 0;
	if (was != is)
		tell(l, is ? "paused" : "resumed", vm, is ? "is stopped" : "goes on");
}

static void compare_vcpus(struct vt_log *l, const struct vt_machine *old,
			  const struct vt_machine *vm)
{
	if (vm->vcpus_remade > old->vcpus_remade)
		tell(l, "reset", vm,
		     "was reset, or started again within its VMM: all its vCPUs are new threads");
}

static const struct comparison {
	void (*compare)(struct vt_log *l, const struct vt_machine *old,
			const struct vt_machine *vm);
	const char *kind, *many;
} comparisons[] = {
	{ compare_state, "paused", "machines were stopped or went on" },
	{ compare_vcpus, "reset", "machines were reset or started again" },
};

void vt_say_machines(struct vt_log *l)
{
	size_t n;
	const struct vt_machine *vms = vt_machine_rows(l->s, &n);

	for (size_t c = 0; c < VT_LEN(comparisons); c++) {
		vt_log_begin(l);
		for (size_t i = 0; i < n; i++) {
			struct vt_id id = vt_record_id(VT_KIND_MACHINE, &vms[i]);
			const struct vt_machine *old = vt_machine_at(
				l->prev, vt_snapshot_index(l->prev, id));

			if (old)
				comparisons[c].compare(l, old, &vms[i]);
		}
		vt_log_end(l, comparisons[c].kind, VT_KIND_MACHINE, comparisons[c].many);
	}
}
