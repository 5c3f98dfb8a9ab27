/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines by the descriptors that their VMM holds; which processes are looked at: the header. */
#include "kvm_sources.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "parse_kvm.h"

enum {
	FIRST_SCAN = 512, /* processes looked at in the first scan */
	LEAST_A_SCAN = 16,
	ALL_IN_SCANS = 30, /* so many scans look at every process once */
	YOUNG_SECONDS = 10,
	YOUNG_A_SCAN = 64,
	FDS_LIMIT = 65536, /* of one process */
};

/* A descriptor's link, empty when it cannot be read. */
static struct vt_slice read_link(int dir, const char *name, char *buf, size_t size)
{
	ssize_t n = readlinkat(dir, name, buf, size);

	return (struct vt_slice){ buf, n > 0 ? (size_t)n : 0 };
}

static void look_at_fd(struct vt_vms *vms, struct vt_builder *b, const struct vt_process *p,
		       int dir, const char *name, struct vt_vm **vm)
{
	char buf[64];
	uint64_t index;
	enum vt_kvm_link kind = vt_parse_kvm_link(read_link(dir, name, buf, sizeof(buf)), &index);

	if (kind == VT_KVM_NO_LINK)
		return;
	if (!*vm)
		*vm = vt_vms_see(vms, p, b);
	if (kind == VT_KVM_VCPU)
		vt_vm_vcpu(*vm, index, 0);
	else if (strlen(name) < sizeof((*vm)->fd))
		(void)snprintf((*vm)->fd, sizeof((*vm)->fd), "%s", name);
}

static void look_at(struct vt_kvm_fds *f, struct vt_vms *vms, struct vt_builder *b,
		    const struct vt_process *p)
{
	vt_autoclosedir DIR *d = NULL;
	struct vt_vm *vm = NULL;
	const struct dirent *e;
	char path[32];
	int seen = 0;

	(void)snprintf(path, sizeof(path), "%u/fd", (unsigned)p->pid);
	d = vt_host_opendir(vms->host->proc, path);
	if (!d && (errno == EACCES || errno == EPERM))
		f->refused++;
	while (d && (e = readdir(d)) && seen++ < FDS_LIMIT)
		if (e->d_name[0] != '.')
			look_at_fd(vms, b, p, dirfd(d), e->d_name, &vm);
}

/* A known machine is still one while its descriptor is; one link to read. */
static bool is_still(struct vt_vms *vms, const struct vt_process *p)
{
	struct vt_vm *vm = vt_vms_find(vms, p);
	char path[64], buf[64];
	uint64_t index;

	if (!vm || !vm->fd[0])
		return false;
	(void)snprintf(path, sizeof(path), "%u/fd/%s", (unsigned)p->pid, vm->fd);
	if (vt_parse_kvm_link(read_link(vms->host->proc, path, buf, sizeof(buf)), &index) !=
	    VT_KVM_VM)
		return false;
	vm->seen_scan = vms->scan;
	vm->by_kvm = true;
	return true;
}

/* Ticks since boot before which a process is not young. */
static uint64_t young_since(const struct vt_host_row *host)
{
	uint64_t hertz = (uint64_t)sysconf(_SC_CLK_TCK);
	uint64_t now = VT_HAS(HOST, host, uptime_usec) ? host->uptime_usec / 1000000 : 0;

	return now > YOUNG_SECONDS ? (now - YOUNG_SECONDS) * hertz : 0;
}

static bool is_called_vmm(const struct vt_process *p)
{
	return VT_HAS(PROCESS, p, comm) &&
	       vt_parse_vmm((struct vt_slice){ p->comm, strlen(p->comm) });
}

static size_t share(const struct vt_kvm_fds *f, size_t n)
{
	return f->began ? n / ALL_IN_SCANS + LEAST_A_SCAN : FIRST_SCAN;
}

/* Procfs lists pids in ascending order, so a cursor visits everybody in turn. */
void vt_kvm_fds_find(struct vt_kvm_fds *f, struct vt_vms *vms, struct vt_builder *b)
{
	uint64_t since = young_since(vt_builder_host(b)), last = 0;
	size_t n, turn, young = YOUNG_A_SCAN;
	const struct vt_process *procs = vt_process_added(b, &n);

	turn = share(f, n);
	f->refused = 0;
	for (size_t i = 0; i < n; i++) {
		const struct vt_process *p = &procs[i];
		bool is_turn = p->pid > f->cursor && turn > 0;

		if (p->kernel_thread)
			continue;
		if (is_turn) {
			turn--;
			last = p->pid;
		}
		if (is_still(vms, p))
			continue;
		if (is_turn || is_called_vmm(p) || (p->start_ticks >= since && young > 0)) {
			young -= !is_turn && young > 0;
			look_at(f, vms, b, p);
		}
	}
	f->cursor = turn > 0 ? 0 : last;
	f->began = true;
}
