/* SPDX-License-Identifier: GPL-2.0-or-later */
/* KVM machines with their virtual CPUs and the threads that do their I/O. */
#include "view_machines.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "keys.h"

#define VM(field)                                                                                  \
	{                                                                                          \
		VT_KIND_MACHINE, VT_MACHINE_##field                                                \
	}
#define CPU(field)                                                                                 \
	{                                                                                          \
		VT_KIND_VCPU, VT_VCPU_##field                                                      \
	}
#define WORKER(field)                                                                              \
	{                                                                                          \
		VT_KIND_WORKER, VT_WORKER_##field                                                  \
	}

static const struct vt_column columns[] = {
	{ "VMM", 12, 3, 0, true, { VM(vmm), WORKER(kind) }, NULL, NULL },
	{ "PID/TID", 7, 2, 0, false, { VM(pid), CPU(tid), WORKER(tid) }, NULL, NULL },
	{ "STATE", 7, 4, 0, true, { VM(state), CPU(state), WORKER(state) }, NULL, NULL },
	{ "VCPUS", 5, 4, 0, false, { VM(vcpu_count) }, NULL, NULL },
	{ "CPU%",
	  5,
	  0,
	  0,
	  false,
	  { VM(cpu_percent), CPU(cpu_percent), WORKER(cpu_percent) },
	  vt_role_load,
	  NULL },
	{ "GUEST%", 6, 2, 0, false, { CPU(guest_percent) }, vt_role_load, NULL },
	{ "EXITS/s", 8, 1, 0, false, { VM(exits_rate), CPU(exits_rate) }, vt_role_zero_dim, NULL },
	{ "IO%", 4, 7, 0, false, { VM(io_share) }, vt_role_zero_dim, NULL },
	{ "MMIO%", 5, 8, 0, false, { VM(mmio_share) }, vt_role_zero_dim, NULL },
	{ "HLT%", 4, 7, 0, false, { VM(halt_share) }, vt_role_zero_dim, NULL },
	{ "IRQ%", 4, 8, 0, false, { VM(irq_share) }, vt_role_zero_dim, NULL },
	{ "WAIT%",
	  5,
	  4,
	  0,
	  false,
	  { CPU(wait_percent), WORKER(wait_percent) },
	  vt_role_pressure,
	  NULL },
	{ "ON CPU", 6, 5, 0, false, { CPU(host_cpu), WORKER(host_cpu) }, NULL, NULL },
	{ "PINNED", 8, 6, 4, true, { CPU(cpus), WORKER(cpus) }, NULL, NULL },
	{ "EXITS", 8, 5, 0, false, { VM(exits_total), CPU(exits) }, vt_role_zero_dim, NULL },
	{ "RSS", 5, 3, 0, false, { VM(memory_bytes) }, vt_role_zero_dim, NULL },
	{ "SOURCE", 10, 6, 4, true, { VM(stats_source) }, NULL, NULL },
	{ 0 },
};

static void add_threads(const struct vt_snapshot *s, struct vt_rows *rows, int32_t at,
			const struct vt_machine *vm)
{
	for (int32_t i = 0; i < vm->n_vcpus; i++) {
		const struct vt_vcpu *cpu = vt_vcpu_at(s, vm->first_vcpu + i);

		(void)vt_rows_add(rows, at, VT_KIND_VCPU, cpu,
				  vt_arena_printf(rows->arena, "vCPU %" PRIu64, cpu->index));
	}
	for (int32_t i = 0; i < vm->n_workers; i++) {
		const struct vt_worker *w = vt_worker_at(s, vm->first_worker + i);

		(void)vt_rows_add(rows, at, VT_KIND_WORKER, w,
				  VT_HAS(WORKER, w, name) ? w->name : "thread");
	}
}

static void build(const struct vt_view_env *env, struct vt_rows *rows)
{
	const struct vt_snapshot *s = env->snapshot;
	const struct vt_machine *gone = s->gone[VT_KIND_MACHINE].rows;
	size_t n;
	const struct vt_machine *vms = vt_machine_rows(s, &n);

	for (size_t i = 0; i < n; i++) {
		int32_t at = vt_rows_add(rows, -1, VT_KIND_MACHINE, &vms[i],
					 VT_HAS(MACHINE, &vms[i], name) ? vms[i].name : "machine");

		add_threads(s, rows, at, &vms[i]);
	}
	for (size_t i = 0; i < s->gone[VT_KIND_MACHINE].n; i++)
		(void)vt_rows_add(rows, -1, VT_KIND_MACHINE, &gone[i],
				  VT_HAS(MACHINE, &gone[i], name) ? gone[i].name : "machine");
}

/* Of a recorded tree there is no advice behind it. */
static bool is_unmounted(const char *state)
{
	return strncmp(state, "not mounted:", strlen("not mounted:")) == 0;
}

const char *vt_machine_unmounted(const struct vt_host_row *host)
{
	bool debugfs = VT_HAS(HOST, host, kvm_debugfs) && is_unmounted(host->kvm_debugfs);
	bool tracefs = VT_HAS(HOST, host, kvm_tracefs) && is_unmounted(host->kvm_tracefs);

	return debugfs && tracefs ? "debugfs and tracefs"
	       : debugfs          ? "debugfs"
	       : tracefs          ? "tracefs"
				  : NULL;
}

void vt_machine_put_mount(struct vt_pane *p, const struct vt_host_row *host)
{
	const char *what = vt_machine_unmounted(host);

	if (!what)
		return;
	vt_pane_put(p, VT_ROLE_DIM, "press ");
	vt_pane_put(p, VT_ROLE_KEY, "%s", vt_commands[VT_CMD_MOUNT].key);
	vt_pane_put(p, VT_ROLE_DIM, " to mount %s", what);
}

static void empty(const struct vt_view_env *env, struct vt_pane *p)
{
	const struct vt_host_row *host = vt_snapshot_host(env->snapshot);

	vt_pane_line(p);
	vt_pane_put(p, VT_ROLE_TITLE, "No KVM machines.");
	vt_pane_line(p);
	vt_pane_put(p, VT_ROLE_DIM, "/dev/kvm: ");
	vt_pane_wrap(p, VT_ROLE_TEXT, VT_HAS(HOST, host, kvm_why) ? host->kvm_why : "–");
	vt_pane_line(p);
	vt_pane_put(p, VT_ROLE_DIM, "the CPU offers: ");
	vt_pane_put(p, VT_ROLE_TEXT, "%s",
		    VT_HAS(HOST, host, cpu_virtualization) ? host->cpu_virtualization : "–");
	if (VT_HAS(HOST, host, hypervisor))
		vt_pane_put(p, VT_ROLE_TEXT, "; this host itself runs under: %s", host->hypervisor);
	if (VT_HAS(HOST, host, kvm_debugfs)) {
		vt_pane_line(p);
		vt_pane_put(p, VT_ROLE_DIM, "statistics: ");
		vt_pane_wrap(p, VT_ROLE_TEXT, host->kvm_debugfs);
	}
	if (vt_machine_unmounted(host)) {
		vt_pane_line(p);
		vt_machine_put_mount(p, host);
	}
	vt_pane_line(p);
	vt_pane_put(p, VT_ROLE_DIM, "Press ");
	vt_pane_put(p, VT_ROLE_KEY, "7");
	vt_pane_put(p, VT_ROLE_DIM, " for the CPU's features and KVM's modules.");
}

static const char *const variants[] = { "tree", NULL };

const struct vt_view vt_view_machines = {
	.name = "machines",
	.title = "Machines",
	.thing = "MACHINE / THREAD",
	.variants = variants,
	.columns = columns,
	.build = build,
	.detail = vt_machine_detail,
	.empty = empty,
};
