/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine's network cards as the host has them: taps, which the VMM holds open as
 * descriptors of /dev/net/tun (Documentation/networking/tuntap.rst). fdinfo names the
 * interface; in which network namespace it is, which need not be the VMM's, the
 * kernel tells of a copy of the descriptor (TUNGETDEVNETNS, Linux 5.2), which needs what
 * pidfd_getfd(2) needs. Or macvtaps, each a device of its own, /dev/tapN, whose
 * number is the index of the interface (drivers/net/macvtap.c); the kernel tells a copy its
 * name (TUNGETIFF), but not its network namespace.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kvm_stats.h"
#include "parse_vmm.h"

enum {
	LOOK_EVERY_SCANS = 30,
	FIRST_LOOKS = 5, /* a VMM that has just begun opens them soon */
	FDS_LIMIT = 65536,
	TAPS_LIMIT = 256, /* of one machine */
};

/* Below a jail there is more before it. */
static bool is_tun(struct vt_slice link)
{
	size_t n = strlen("/net/tun");

	return link.n >= n && memcmp(link.at + link.n - n, "/net/tun", n) == 0;
}

/* What a descriptor is: a tun, a macvtap with its index, or neither. */
static bool look_at_link(int dir, const char *name, uint64_t *ret_index)
{
	char buf[PATH_MAX];
	ssize_t n = readlinkat(dir, name, buf, sizeof(buf));
	struct vt_slice link = { buf, n > 0 ? (size_t)n : 0 };
	struct stat st;

	*ret_index = 0;
	return is_tun(link) || (vt_parse_macvtap_path(link, ret_index) &&
				fstatat(dir, name, &st, 0) == 0 && S_ISCHR(st.st_mode));
}

/* A copy of the descriptor; its number may have become another file since it was looked at. */
static int copy_of(int pidfd, const struct vt_vm_tap *tap)
{
	vt_autoclose int copy = pidfd < 0 ? -1
					  : (int)syscall(SYS_pidfd_getfd, pidfd, (int)tap->fd, 0);
	char path[48];
	uint64_t index;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", copy);
	return copy >= 0 && look_at_link(AT_FDCWD, path, &index) && index == tap->index
		       ? vt_take_fd(&copy)
		       : -1;
}

static uint32_t ask_netns(int copy)
{
	vt_autoclose int ns = ioctl(copy, TUNGETDEVNETNS);
	struct stat st;

	return ns >= 0 && fstat(ns, &st) == 0 ? (uint32_t)st.st_ino : 0;
}

static void ask_name(int copy, struct vt_vm_tap *tap)
{
	struct ifreq req = { 0 };

	if (ioctl(copy, TUNGETIFF, &req) == 0)
		(void)snprintf(tap->name, sizeof(tap->name), "%.*s", IFNAMSIZ - 1, req.ifr_name);
}

/* A descriptor more of a tap that has several queues, or a new one. */
static void add_queue(struct vt_vm *vm, const struct vt_vm_tap *found)
{
	for (size_t i = 0; i < vm->n_taps; i++) {
		struct vt_vm_tap *tap = &vm->taps[i];

		if (strcmp(tap->name, found->name) != 0 || tap->netns != found->netns ||
		    tap->index != found->index)
			continue;
		tap->queues++;
		tap->fd = found->fd < tap->fd ? found->fd : tap->fd;
		return;
	}
	if (vm->n_taps >= TAPS_LIMIT)
		return;
	VT_GROW(vm->taps, vm->n_taps, vm->cap_taps);
	vm->taps[vm->n_taps++] = *found;
}

static bool read_name(const struct vt_host *host, const struct vt_vm *vm, struct vt_vm_tap *tap)
{
	char path[64], text[1024];
	struct vt_slice name;

	(void)snprintf(path, sizeof(path), "%u/fdinfo/%u", (unsigned)vm->pid, (unsigned)tap->fd);
	if (vt_host_read(host->proc, path, text, sizeof(text)) <= 0 ||
	    !vt_parse_tun_fdinfo(text, &name) || name.n >= sizeof(tap->name))
		return false;
	memcpy(tap->name, name.at, name.n);
	return true;
}

static void look_at(const struct vt_host *host, struct vt_vm *vm, int dir, const char *name,
		    int pidfd)
{
	struct vt_vm_tap found = { .queues = 1 };
	vt_autoclose int copy = -1;

	if (!look_at_link(dir, name, &found.index) ||
	    !vt_parse_u64((struct vt_slice){ name, strlen(name) }, &found.fd) ||
	    found.fd > INT32_MAX || (!found.index && !read_name(host, vm, &found)))
		return;
	copy = copy_of(pidfd, &found);
	if (copy >= 0 && found.index)
		ask_name(copy, &found);
	else if (copy >= 0)
		found.netns = ask_netns(copy);
	add_queue(vm, &found);
}

static void find(const struct vt_host *host, struct vt_vm *vm)
{
	vt_autoclose int pidfd = vt_kvm_stats_open(host, vm->pid, vm->start_ticks);
	vt_autoclosedir DIR *d = NULL;
	const struct dirent *e;
	char path[32];
	int seen = 0;

	vm->n_taps = 0;
	(void)snprintf(path, sizeof(path), "%u/fd", (unsigned)vm->pid);
	d = vt_host_opendir(host->proc, path);
	while (d && (e = readdir(d)) && seen++ < FDS_LIMIT)
		if (e->d_name[0] != '.')
			look_at(host, vm, dirfd(d), e->d_name, pidfd);
}

void vt_vm_taps_add(const struct vt_vms *v, struct vt_vm *vm, struct vt_builder *b)
{
	if ((!vm->n_taps && vm->tap_looks < FIRST_LOOKS) ||
	    (v->scan + vm->pid) % LOOK_EVERY_SCANS == 0) {
		vm->tap_looks++;
		find(v->host, vm);
	}
	for (size_t i = 0; i < vm->n_taps; i++) {
		struct vt_tap *row = vt_tap_add(b, vm->pid, vm->taps[i].fd);

		if (vm->taps[i].name[0])
			VT_SET(TAP, row, name, vt_builder_intern(b, vm->taps[i].name));
		if (vm->taps[i].index)
			VT_SET(TAP, row, index, vm->taps[i].index);
		VT_SET(TAP, row, queues, vm->taps[i].queues);
		if (vm->taps[i].netns)
			VT_SET(TAP, row, netns, vm->taps[i].netns);
	}
}
