/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine's network cards as the host has them: taps, which the VMM holds open as
 * descriptors of /dev/net/tun (Documentation/networking/tuntap.rst). fdinfo names the
 * interface; in which network namespace it is, which need not be the VMM's, the
 * kernel tells of a copy of the descriptor (TUNGETDEVNETNS, Linux 5.2), which needs what
 * pidfd_getfd(2) needs.
 */
#include <dirent.h>
#include <fcntl.h>
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

static bool links_to_tun(int dir, const char *name)
{
	char buf[PATH_MAX];
	ssize_t n = readlinkat(dir, name, buf, sizeof(buf));

	return n > 0 && is_tun((struct vt_slice){ buf, (size_t)n });
}

/* The number may have become another file since its name was read. */
static uint32_t ask_netns(int pidfd, uint64_t fd)
{
	vt_autoclose int copy = (int)syscall(SYS_pidfd_getfd, pidfd, (int)fd, 0);
	vt_autoclose int ns = -1;
	char path[48];
	struct stat st;

	if (copy < 0)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", copy);
	if (!links_to_tun(AT_FDCWD, path))
		return 0;
	ns = ioctl(copy, TUNGETDEVNETNS);
	return ns >= 0 && fstat(ns, &st) == 0 ? (uint32_t)st.st_ino : 0;
}

/* A descriptor more of a tap that has several queues, or a new one. */
static void add_queue(struct vt_vm *vm, const struct vt_vm_tap *found)
{
	for (size_t i = 0; i < vm->n_taps; i++) {
		struct vt_vm_tap *tap = &vm->taps[i];

		if (strcmp(tap->name, found->name) != 0 || tap->netns != found->netns)
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

static void look_at(const struct vt_host *host, struct vt_vm *vm, int dir, const char *name,
		    int pidfd)
{
	struct vt_vm_tap found = { .queues = 1 };
	char path[64], text[1024];
	struct vt_slice ifname;

	if (!links_to_tun(dir, name) ||
	    !vt_parse_u64((struct vt_slice){ name, strlen(name) }, &found.fd) ||
	    found.fd > INT32_MAX)
		return;
	(void)snprintf(path, sizeof(path), "%u/fdinfo/%s", (unsigned)vm->pid, name);
	if (vt_host_read(host->proc, path, text, sizeof(text)) <= 0 ||
	    !vt_parse_tun_fdinfo(text, &ifname) || ifname.n >= sizeof(found.name))
		return;
	memcpy(found.name, ifname.at, ifname.n);
	found.netns = pidfd < 0 ? 0 : ask_netns(pidfd, found.fd);
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

		VT_SET(TAP, row, name, vt_builder_intern(b, vm->taps[i].name));
		VT_SET(TAP, row, queues, vm->taps[i].queues);
		if (vm->taps[i].netns)
			VT_SET(TAP, row, netns, vm->taps[i].netns);
	}
}
