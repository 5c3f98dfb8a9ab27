/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM: whether it can be used, its modules, and the machines that run. Machines
 * are found through debugfs, or else through the descriptors of processes. Their
 * figures come from debugfs or else from statistics descriptors, which also have
 * them of each vCPU.
 * Lockdown is looked at before debugfs files are tried, since each refused one
 * makes a line in the kernel's log.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../src/probe.h"
#include "kvm_device.h"
#include "kvm_modules.h"
#include "kvm_sources.h"
#include "kvm_stats.h"
#include "kvm_trace.h"
#include "table.h"

enum {
	RETRY_SCANS = 60
};

struct kvm_state {
	const struct vt_host *host;
	struct vt_kvm_modules modules;
	struct vt_vms vms;
	struct vt_kvm_fds fds;
	bool refused;           /* counters are not to be tried */
	uint64_t retry_at_scan; /* after a refusal that lockdown did not announce */
	char debugfs[128], refusal[128], why_no_figures[192];
};

static int kvm_open(const struct vt_host *host, void **ret_state, struct vt_error *err)
{
	struct kvm_state *k = vt_alloc(sizeof(*k));

	(void)err;
	k->host = k->modules.host = k->vms.host = host;
	*ret_state = k;
	return 0;
}

static void kvm_close(void *state)
{
	struct kvm_state *k = state;

	vt_kvm_modules_finish(&k->modules);
	vt_vms_finish(&k->vms);
	free(k);
}

static bool is_locked(const struct vt_host_row *row)
{
	return VT_HAS(HOST, row, lockdown) && strcmp(row->lockdown, "none") != 0;
}

/* Remembers that counters may not be read, so that they are not tried each time. */
static void note_refusal(struct kvm_state *k, int r)
{
	if (r == -EPERM || r == -EACCES) {
		k->refused = true;
		k->retry_at_scan = k->vms.scan + RETRY_SCANS;
		(void)snprintf(k->refusal, sizeof(k->refusal), "refused: %s (%s)",
			       vt_errno_text(-r),
			       r == -EPERM ? "the kernel is locked down" : "only root may read it");
		(void)snprintf(k->debugfs, sizeof(k->debugfs), "%s", k->refusal);
		(void)snprintf(k->why_no_figures, sizeof(k->why_no_figures), "debugfs is %s",
			       k->debugfs);
	}
}

/* Tries one machine's counters; true when they are there. */
static bool fill(struct kvm_state *k, int dir, const struct vt_vm *vm, struct vt_machine *row)
{
	int r = dir < 0 || k->refused || !vm->dir[0] ? -ENOENT : vt_kvm_debugfs_fill(dir, vm, row);

	note_refusal(k, r);
	return r == 0;
}

/* error: of the statistics descriptors. */
static void say_why(const struct kvm_state *k, struct vt_builder *b, struct vt_machine *row,
		    int error)
{
	const char *text = error == -ENOENT  ? ""
			   : error == -EXDEV ? "/proc is of another PID namespace"
					     : vt_errno_text(-error);
	char why[384];

	(void)snprintf(why, sizeof(why), "%s; %s%s",
		       k->why_no_figures[0] ? k->why_no_figures : "debugfs holds no counters of it",
		       error == -ENOENT ? "the VMM holds no statistics descriptor of each vCPU"
					: "its statistics descriptors may not be taken: ",
		       text);
	VT_SET(MACHINE, row, stats_why, vt_builder_intern(b, why));
}

static void add_machines(struct kvm_state *k, struct vt_builder *b, int dir)
{
	for (size_t i = 0; i < k->vms.n; i++) {
		struct vt_vm *vm = &k->vms.vms[i];
		struct vt_machine *row = vt_vm_add(&k->vms, vm, b);
		bool filled = vm->by_kvm && fill(k, dir, vm, row);
		int r = vm->by_kvm ? vt_kvm_stats_fill(&k->vms, vm, b, row) : -ENOENT;

		VT_SET(MACHINE, row, stats_source,
		       filled   ? "debugfs"
		       : r == 0 ? "descriptor"
				: "none");
		if (!vm->by_kvm)
			VT_SET(MACHINE, row, stats_why,
			       strcmp(row->accel, "tcg") == 0
				       ? "QEMU emulates it in software (TCG): it has no VM exits"
				       : "it does not run by KVM, whose statistics these are");
		else if (!filled && r < 0)
			say_why(k, b, row, r);
	}
}

/* Says in words how debugfs is, and opens KVM's directory in it. */
static int open_debugfs(struct kvm_state *k, const struct vt_host_row *row)
{
	int dir = vt_kvm_debugfs_open(k->host, k->debugfs, sizeof(k->debugfs));

	k->refused = dir >= 0 && k->vms.scan < k->retry_at_scan;
	k->why_no_figures[0] = '\0';
	if (k->refused)
		(void)snprintf(k->debugfs, sizeof(k->debugfs), "%s", k->refusal);
	if (dir >= 0 && is_locked(row)) {
		k->refused = true;
		(void)snprintf(k->debugfs, sizeof(k->debugfs),
			       "locked down: %.32s (the kernel refuses KVM's counters)",
			       row->lockdown);
	}
	if (dir < 0 || k->refused)
		(void)snprintf(k->why_no_figures, sizeof(k->why_no_figures), "debugfs is %s",
			       k->debugfs);
	return dir;
}

static void find_by_fds(struct kvm_state *k, struct vt_builder *b)
{
	vt_kvm_fds_find(&k->fds, &k->vms, b);
	if (k->fds.refused)
		vt_builder_note(b, "machines of other users may be missing: their descriptors are "
				   "for root only");
}

static int kvm_scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	struct kvm_state *k = state;
	struct vt_host_row *row = vt_builder_host(b);
	bool in_use = vt_kvm_modules_add(&k->modules, b);
	vt_autoclose int dir = -1;

	(void)err;
	vt_kvm_device_add(k->host, k->modules.n_names > 0, b);
	vt_kvm_costs_add(k->host, b);
	k->vms.scan++;
	dir = open_debugfs(k, row);
	if (dir >= 0)
		vt_kvm_debugfs_find(&k->vms, b, dir);
	else if (in_use)
		find_by_fds(k, b);
	if (dir >= 0 && !k->refused)
		note_refusal(k, vt_kvm_totals_add(dir, b));
	vt_vms_find_others(&k->vms, b);
	vt_vms_find_vhost(&k->vms, b);
	vt_vms_forget_gone(&k->vms);
	add_machines(k, b, dir);
	vt_kvm_tracefs_add(k->host, b);
	VT_SET(HOST, row, kvm_debugfs, vt_builder_intern(b, k->debugfs));
	vt_builder_source(b, dir >= 0 ? "debugfs" : in_use ? "descriptors" : "none");
	return 0;
}

const struct vt_probe vt_probe_kvm = {
	.name = "kvm",
	.summary = "KVM, its modules, and the virtual machines that run",
	.open = kvm_open,
	.scan = kvm_scan,
	.close = kvm_close,
};
