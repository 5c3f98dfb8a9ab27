/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines' figures by the statistics descriptors of their VMM; the header says how. */
#include "kvm_stats.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kvm_counters.h"
#include "parse_proc.h"

enum {
	LIST_EVERY_SCANS = 30,
	FDS_LIMIT = 65536,
	STATS_FDS_LIMIT = 8192,
};

static void look_at(struct vt_kvm_stats_fds *fds, int dir, const char *name)
{
	struct vt_kvm_stats_fd fd = { 0 };
	char buf[64];
	ssize_t n = readlinkat(dir, name, buf, sizeof(buf));
	uint64_t number;

	if (n <= 0)
		return;
	fd.kind = vt_parse_kvm_stats_link((struct vt_slice){ buf, (size_t)n }, &fd.index);
	if (fd.kind == VT_KVM_NO_STATS || fds->n >= STATS_FDS_LIMIT ||
	    !vt_parse_u64((struct vt_slice){ name, strlen(name) }, &number) || number > INT32_MAX)
		return;
	fd.fd = (int)number;
	VT_GROW(fds->fds, fds->n, fds->cap);
	fds->fds[fds->n++] = fd;
}

void vt_kvm_stats_list(const struct vt_host *host, uint64_t pid, struct vt_kvm_stats_fds *fds)
{
	vt_autoclosedir DIR *d = NULL;
	const struct dirent *e;
	char path[32];
	int seen = 0;

	fds->n = 0;
	(void)snprintf(path, sizeof(path), "%u/fd", (unsigned)pid);
	d = vt_host_opendir(host->proc, path);
	while (d && (e = readdir(d)) && seen++ < FDS_LIMIT)
		if (e->d_name[0] != '.')
			look_at(fds, dirfd(d), e->d_name);
}

void vt_kvm_stats_finish(struct vt_kvm_stats_fds *fds)
{
	free(fds->fds);
	*fds = (struct vt_kvm_stats_fds){ 0 };
}

int vt_kvm_stats_open(const struct vt_host *host, uint64_t pid, uint64_t start_ticks)
{
	vt_autoclose int fd = host->is_self ? vt_host_pidfd(host, pid) : -ENOENT;
	char path[32], text[2048];
	struct vt_stat st;

	if (fd < 0)
		return fd;
	(void)snprintf(path, sizeof(path), "%u/stat", (unsigned)pid);
	if (vt_host_read(host->proc, path, text, sizeof(text)) <= 0 || !vt_parse_stat(text, &st) ||
	    st.start_ticks != start_ticks)
		return -ESRCH;
	return vt_take_fd(&fd);
}

/* The number may have become another file since it was listed: reading that could hang. */
static bool is_still(int copy, const struct vt_kvm_stats_fd *fd)
{
	char path[48], buf[64];
	uint64_t index = 0;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", copy);
	n = readlink(path, buf, sizeof(buf));
	return n > 0 &&
	       vt_parse_kvm_stats_link((struct vt_slice){ buf, (size_t)n }, &index) == fd->kind &&
	       index == fd->index;
}

int vt_kvm_stats_read(int pidfd, const struct vt_kvm_stats_fd *fd, char *block,
		      struct vt_kvm_stats *ret)
{
	vt_autoclose int copy = (int)syscall(SYS_pidfd_getfd, pidfd, fd->fd, 0);
	size_t n = 0;

	if (copy < 0)
		return -errno;
	if (!is_still(copy, fd))
		return -EBADF;
	while (n < VT_KVM_STATS_BLOCK) {
		ssize_t got = pread(copy, block + n, VT_KVM_STATS_BLOCK - n, (off_t)n);

		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return vt_parse_kvm_stats(block, n, ret) ? 0 : -EBADMSG;
}

static void add_counters(const struct vt_kvm_stats *stats, struct vt_machine *sums)
{
	for (size_t i = 0; i < vt_kvm_counters_n; i++) {
		struct vt_kvm_stat stat;

		if (vt_kvm_stat_find(stats, vt_kvm_counters[i].name, &stat) &&
		    !vt_kvm_stat_is_hist(&stat))
			vt_kvm_counter_add(sums, &vt_kvm_counters[i], vt_kvm_stat_value(&stat, 0));
	}
}

/* The row of this vCPU, among the newest: those of the machine that was just added. */
static struct vt_vcpu *row_of(struct vt_builder *b, const struct vt_vm *vm, uint64_t index)
{
	size_t n;
	struct vt_vcpu *rows = vt_vcpu_added(b, &n);

	for (size_t i = n; i-- > 0 && rows[i].head.a == vm->pid;)
		if (rows[i].head.b == index)
			return &rows[i];
	return NULL;
}

/* False when it is one more descriptor of a vCPU that was read, or of none we know. */
static bool set_exits(struct vt_builder *b, const struct vt_vm *vm, uint64_t index,
		      const struct vt_kvm_stats *stats)
{
	struct vt_vcpu *row = row_of(b, vm, index);
	struct vt_kvm_stat exits;

	if (!row || VT_HAS(VCPU, row, exits) || !vt_kvm_stat_find(stats, "exits", &exits))
		return false;
	VT_SET(VCPU, row, exits, vt_kvm_stat_value(&exits, 0));
	return true;
}

static void take_over(const struct vt_machine *sums, struct vt_machine *row)
{
	for (size_t i = 0; i < vt_kvm_counters_n; i++) {
		const struct vt_kvm_counter *c = &vt_kvm_counters[i];

		if (vt_valid(&sums->head, c->bit) && !vt_valid(&row->head, c->bit))
			vt_kvm_counter_add(
				row, c,
				*(const uint64_t *)(const void *)((const char *)sums + c->offset));
	}
}

/* Reads all into sums; how many vCPUs there were, or -errno of what was refused. */
static int read_all(struct vt_vm *vm, int pidfd, struct vt_builder *b, struct vt_machine *sums)
{
	vt_autofree char *block = vt_alloc(VT_KVM_STATS_BLOCK);
	int vcpus = 0, error = 0;

	for (size_t i = 0; i < vm->stats.n; i++) {
		const struct vt_kvm_stats_fd *fd = &vm->stats.fds[i];
		struct vt_kvm_stats stats;
		int r = vt_kvm_stats_read(pidfd, fd, block, &stats);

		if (r < 0) {
			error = r;
			vm->stats.listed = false;
		} else if (fd->kind == VT_KVM_VM_STATS) {
			add_counters(&stats, sums);
		} else if (set_exits(b, vm, fd->index, &stats)) {
			add_counters(&stats, sums);
			vcpus++;
		}
	}
	return error ? error : vcpus;
}

int vt_kvm_stats_fill(const struct vt_vms *vms, struct vt_vm *vm, struct vt_builder *b,
		      struct vt_machine *row)
{
	vt_autoclose int pidfd = -1;
	struct vt_machine sums = { 0 };
	int r;

	if (!vm->stats.listed || (vms->scan + vm->pid) % LIST_EVERY_SCANS == 0) {
		vt_kvm_stats_list(vms->host, vm->pid, &vm->stats);
		vm->stats.listed = vm->stats.n > 0;
	}
	if (!vm->stats.n)
		return -ENOENT;
	pidfd = vt_kvm_stats_open(vms->host, vm->pid, vm->start_ticks);
	if (pidfd < 0)
		return pidfd;
	r = read_all(vm, pidfd, b, &sums);
	if (r < 0)
		return r;
	/* Sums over some of the vCPUs would be wrong as the machine's. */
	if (!vm->n_vcpus || (size_t)r < vm->n_vcpus)
		return -ENOENT;
	take_over(&sums, row);
	return 0;
}
