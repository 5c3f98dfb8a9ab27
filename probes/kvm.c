/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM: whether it can be used, its modules, and the machines that run. Machines
 * are found through debugfs, or else through the descriptors of processes.
 * Lockdown is looked at before debugfs files are tried, since each refused one
 * makes a line in the kernel's log.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../src/probe.h"
#include "kvm_modules.h"
#include "kvm_sources.h"
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

/* Opening it is the only honest answer: a device cgroup refuses what the mode allows. */
static int try_device(const struct vt_host *host)
{
	vt_autoclose int fd = vt_host_openat(host->root, "dev/kvm", O_RDWR | O_NONBLOCK);

	return fd < 0 ? fd : 0;
}

static const char *why_device(int error)
{
	switch (error) {
	case 0:
		return "/dev/kvm can be opened";
	case EACCES:
	case EPERM:
		return "no permission to open /dev/kvm (be root, or in the group kvm)";
	case ENODEV:
	case ENXIO:
		return "/dev/kvm is there but no KVM module serves it";
	default:
		return vt_errno_text(error);
	}
}

static const char *why_no_device(const struct kvm_state *k, const struct vt_host_row *row)
{
	if (k->modules.n_names)
		return "the KVM module is there, /dev/kvm is not (a container, or no udev)";
	if (VT_HAS(HOST, row, cpu_virtualization) && strcmp(row->cpu_virtualization, "none") == 0)
		return "the CPU shows neither VT-x nor AMD-V (off in the firmware, or a guest "
		       "without nested virtualization)";
	return "KVM is not loaded: modprobe kvm_intel or kvm_amd";
}

static void set_device(const struct kvm_state *k, struct vt_host_row *row)
{
	vt_autoclose int there = vt_host_openat(k->host->root, "dev/kvm", O_PATH);
	int r;

	VT_SET(HOST, row, kvm_device, there >= 0);
	if (there < 0) {
		VT_SET(HOST, row, kvm_usable, false);
		VT_SET(HOST, row, kvm_why, why_no_device(k, row));
	} else if (k->host->is_self) {
		r = try_device(k->host);
		VT_SET(HOST, row, kvm_usable, r == 0);
		VT_SET(HOST, row, kvm_why, why_device(-r));
	}
}

static bool is_locked(const struct vt_host_row *row)
{
	return VT_HAS(HOST, row, lockdown) && strcmp(row->lockdown, "none") != 0;
}

/* Tries one machine's counters; true when they are there. */
static bool fill(struct kvm_state *k, int dir, const struct vt_vm *vm, struct vt_machine *row)
{
	int r = dir < 0 || k->refused || !vm->dir[0] ? -ENOENT : vt_kvm_debugfs_fill(dir, vm, row);

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
	return r == 0;
}

static void add_machines(struct kvm_state *k, struct vt_builder *b, int dir)
{
	for (size_t i = 0; i < k->vms.n; i++) {
		struct vt_vm *vm = &k->vms.vms[i];
		struct vt_machine *row = vt_vm_add(&k->vms, vm, b);
		bool filled = fill(k, dir, vm, row);

		VT_SET(MACHINE, row, stats_source, filled ? "debugfs" : "none");
		if (!filled)
			VT_SET(MACHINE, row, stats_why,
			       vt_builder_intern(b, k->why_no_figures[0]
							    ? k->why_no_figures
							    : "debugfs holds no counters of it"));
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
	set_device(k, row);
	k->vms.scan++;
	dir = open_debugfs(k, row);
	if (dir >= 0)
		vt_kvm_debugfs_find(&k->vms, b, dir);
	else if (in_use)
		find_by_fds(k, b);
	vt_vms_forget_gone(&k->vms);
	add_machines(k, b, dir);
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
