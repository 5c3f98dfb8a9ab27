/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of KVM's counters are figures (kvm_vcpu_stats_desc, kvm_vm_stats_desc in the kernel). */
#include "kvm_counters.h"

#include "../src/memory.h"

#define COUNTER(name, field)                                                                       \
	{                                                                                          \
		name, offsetof(struct vt_machine, field), VT_MACHINE_##field                       \
	}

const struct vt_kvm_counter vt_kvm_counters[] = {
	COUNTER("exits", exits_total),
	COUNTER("io_exits", exits_io),
	COUNTER("mmio_exits", exits_mmio),
	COUNTER("halt_exits", exits_halt),
	COUNTER("irq_exits", exits_irq),
	COUNTER("irq_window_exits", exits_irq_window),
	COUNTER("hypercalls", exits_hypercall),
	COUNTER("signal_exits", exits_signal),
	COUNTER("insn_emulation", exits_emulation),
	COUNTER("pf_taken", exits_page_fault),
	COUNTER("pages_4k", pages_4k),
	COUNTER("pages_2m", pages_2m),
	COUNTER("pages_1g", pages_1g),
};
const size_t vt_kvm_counters_n = VT_LEN(vt_kvm_counters);

void vt_kvm_counter_add(struct vt_machine *row, const struct vt_kvm_counter *c, uint64_t value)
{
	uint64_t *figure = (uint64_t *)(void *)((char *)row + c->offset);

	*figure = vt_valid(&row->head, c->bit) ? *figure + value : value;
	vt_valid_set(&row->head, c->bit);
}
