/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /dev/kvm and who may open it, and KVM's counters for the whole host
 * (Documentation/virt/kvm/api.rst; virt/kvm/kvm_main.c, kvm_init_debug).
 */
#include "kvm_device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../src/exit_cost.h"
#include "parse.h"

/* Opening it is the only honest answer: a device cgroup refuses what the mode allows. */
static int try_device(const struct vt_host *host)
{
	vt_autoclose int fd = vt_host_openat(host->root, "dev/kvm", O_RDWR | O_NONBLOCK);

	return fd < 0 ? fd : 0;
}

static bool in_group(gid_t gid)
{
	enum {
		MOST = 65536 /* NGROUPS_MAX */
	};
	vt_autofree gid_t *groups = NULL;
	int n = getgroups(0, NULL);

	if (getegid() == gid)
		return true;
	if (n <= 0 || n > MOST)
		return false;
	groups = vt_alloc((size_t)n * sizeof(*groups));
	n = getgroups(n, groups);
	for (int i = 0; i < n; i++)
		if (groups[i] == gid)
			return true;
	return false;
}

/* The mode would let us in, so that something else does not. */
static bool mode_allows(const struct stat *st)
{
	mode_t need = geteuid() == st->st_uid ? S_IRUSR | S_IWUSR
		      : in_group(st->st_gid)  ? S_IRGRP | S_IWGRP
					      : S_IROTH | S_IWOTH;

	return geteuid() == 0 || (st->st_mode & need) == need;
}

/* A descriptor by O_PATH has no attributes itself; its link has. */
static bool has_acl(int fd)
{
	char path[48];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return getxattr(path, "system.posix_acl_access", NULL, 0) > 0;
}

static const char *why(int error, const struct stat *st, struct vt_builder *b)
{
	char text[192];

	switch (error) {
	case 0:
		return "/dev/kvm can be opened";
	case EACCES:
	case EPERM:
		if (mode_allows(st))
			return "its mode allows it, but the device controller of our cgroup, a "
			       "security module or the mount (nodev) does not";
		(void)snprintf(text, sizeof(text),
			       "no permission to open /dev/kvm: be root, or in its group %u "
			       "(usually kvm), or have an ACL (setfacl -m u:%u:rw /dev/kvm)",
			       st->st_gid, geteuid());
		return vt_builder_intern(b, text);
	case ENODEV:
	case ENXIO:
		return "/dev/kvm is there but no KVM module serves it";
	default:
		return vt_errno_text(error);
	}
}

static const char *why_none(bool has_module, const struct vt_host_row *row)
{
	if (has_module)
		return "the KVM module is there, /dev/kvm is not (a container, or no udev)";
	if (VT_HAS(HOST, row, cpu_virtualization_state) &&
	    strcmp(row->cpu_virtualization_state, "off in firmware") == 0)
		return "the firmware forbids the CPU's virtualization";
	if (VT_HAS(HOST, row, cpu_virtualization) && strcmp(row->cpu_virtualization, "none") == 0)
		return "the CPU shows neither VT-x nor AMD-V (off in the firmware, or a guest "
		       "without nested virtualization)";
	return "KVM is not loaded: modprobe kvm_intel or kvm_amd";
}

static void add_there(const struct vt_host *host, int fd, const struct stat *st,
		      struct vt_builder *b)
{
	struct vt_host_row *row = vt_builder_host(b);
	bool acl = host->is_self && has_acl(fd);
	char text[96];
	int r;

	(void)snprintf(text, sizeof(text), "mode %04o, uid %u, gid %u%s",
		       (unsigned)st->st_mode & 07777, st->st_uid, st->st_gid,
		       acl ? ", with an ACL" : "");
	if (!host->is_self)
		return;
	VT_SET(HOST, row, kvm_permissions, vt_builder_intern(b, text));
	if (!S_ISCHR(st->st_mode)) {
		VT_SET(HOST, row, kvm_usable, false);
		VT_SET(HOST, row, kvm_why, "/dev/kvm is a file, not the device");
		return;
	}
	r = try_device(host);
	VT_SET(HOST, row, kvm_usable, r == 0);
	VT_SET(HOST, row, kvm_why, why(-r, st, b));
}

void vt_kvm_device_add(const struct vt_host *host, bool has_module, struct vt_builder *b)
{
	vt_autoclose int fd = vt_host_openat(host->root, "dev/kvm", O_PATH);
	struct vt_host_row *row = vt_builder_host(b);
	struct stat st;
	/* A recorded tree has a file for the device; this host has the device itself. */
	bool there = fd >= 0 && fstat(fd, &st) == 0;

	VT_SET(HOST, row, kvm_device, there && (!host->is_self || S_ISCHR(st.st_mode)));
	if (there) {
		add_there(host, fd, &st, b);
		return;
	}
	VT_SET(HOST, row, kvm_usable, false);
	VT_SET(HOST, row, kvm_why, why_none(has_module, row));
}

int vt_kvm_totals_add(int dir, struct vt_builder *b)
{
	static const struct {
		const char *file;
		int metric;
	} totals[] = {
		{ "exits", VT_HOST_kvm_exits },
		{ "io_exits", VT_HOST_kvm_io_exits },
		{ "mmio_exits", VT_HOST_kvm_mmio_exits },
		{ "halt_exits", VT_HOST_kvm_halt_exits },
		{ "irq_exits", VT_HOST_kvm_irq_exits },
		{ "halt_successful_poll", VT_HOST_kvm_halt_polls },
	};
	struct vt_host_row *row = vt_builder_host(b);
	char text[32];

	for (size_t i = 0; i < VT_LEN(totals); i++) {
		ssize_t n = vt_host_read(dir, totals[i].file, text, sizeof(text));
		uint64_t value;

		if (n == -EPERM || n == -EACCES)
			return (int)n;
		if (n <= 0 || !vt_parse_u64(vt_parse_trim(text), &value))
			continue;
		memcpy((char *)row + vt_kinds[VT_KIND_HOST].metrics[totals[i].metric].offset,
		       &value, sizeof(value));
		vt_valid_set(&row->head, (unsigned)totals[i].metric);
	}
	return 0;
}

static void add_real(struct vt_host_row *row, int metric, double value)
{
	memcpy((char *)row + vt_kinds[VT_KIND_HOST].metrics[metric].offset, &value, sizeof(value));
	vt_valid_set(&row->head, (unsigned)metric);
}

/* The six rows of a kind, in the order of VT_EXIT_COST_ROW. */
static void add_cost(const struct vt_cost *c, int first, struct vt_builder *b)
{
	struct vt_host_row *row = vt_builder_host(b);
	const double reals[] = { c->min_ns, c->median_ns, c->p99_ns, c->median_cycles };
	const char *why = vt_builder_intern(b, c->why);
	const int samples = first + (int)VT_LEN(reals);
	const struct vt_metric *m = vt_kinds[VT_KIND_HOST].metrics;

	if (!c->n && !c->why[0])
		return;
	if (!c->n) {
		memcpy((char *)row + m[samples + 1].offset, &why, sizeof(why));
		vt_valid_set(&row->head, (unsigned)samples + 1);
		return;
	}
	for (size_t i = 0; i < VT_LEN(reals); i++)
		add_real(row, first + (int)i, reals[i]);
	memcpy((char *)row + m[samples].offset, &c->n, sizeof(c->n));
	vt_valid_set(&row->head, (unsigned)samples);
}

void vt_kvm_costs_add(const struct vt_host *host, struct vt_builder *b)
{
	enum {
		EACH = VT_HOST_cost_switch_min_ns - VT_HOST_cost_syscall_min_ns
	};
	struct vt_host_row *row = vt_builder_host(b);
	struct vt_exit_costs costs;

	if (!host->is_self || !VT_HAS(HOST, row, boot_id) ||
	    !vt_exit_cost_latest(row->boot_id, &costs))
		return;
	for (int i = 0; i < VT_COSTS; i++)
		add_cost(&costs.costs[i], VT_HOST_cost_syscall_min_ns + i * EACH, b);
}
