/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The threads of a machine: those that run its vCPUs, known by debugfs, by their names, or
 * else by having run a guest (proc_pid_stat(5); field 43 is time in guest mode), and those
 * that do its I/O, known by their names. A vhost worker is a thread of the VMM since Linux
 * 6.4; before, it was a kernel thread that is named after the thread that made it.
 */
#include "vm_threads.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../src/text.h"
#include "parse_proc.h"

enum {
	STAT_SIZE = 2048,
	THREADS_EVERY_SCANS = 30,
	CPUS_EVERY_SCANS = 5,
};

/* Where a thread's files are below /proc: a kernel thread is a process. */
struct place {
	uint64_t pid, tid; /* pid 0: of a process that is tid */
};

static ssize_t read_file(const struct vt_host *host, struct place at, const char *file, char *text)
{
	char path[64];

	if (at.pid)
		(void)snprintf(path, sizeof(path), "%u/task/%u/%s", (unsigned)at.pid,
			       (unsigned)at.tid, file);
	else
		(void)snprintf(path, sizeof(path), "%u/%s", (unsigned)at.tid, file);
	return vt_host_read(host->proc, path, text, STAT_SIZE);
}

static bool read_stat(const struct vt_host *host, struct place at, char *text, struct vt_stat *st)
{
	return read_file(host, at, "stat", text) > 0 && vt_parse_stat(text, st);
}

static struct vt_vm_worker *worker_of(struct vt_vm *vm, uint64_t tid)
{
	for (size_t i = 0; i < vm->n_workers; i++)
		if (vm->workers[i].tid == tid)
			return &vm->workers[i];
	if (vm->n_workers >= VT_WORKER_LIMIT)
		return NULL;
	VT_GROW(vm->workers, vm->n_workers, vm->cap_workers);
	vm->workers[vm->n_workers] = (struct vt_vm_worker){ .tid = tid };
	return &vm->workers[vm->n_workers++];
}

static void see_worker(struct vt_vm *vm, uint64_t tid, enum vt_worker_thread kind,
		       struct vt_slice comm, bool kernel, uint64_t scan)
{
	struct vt_vm_worker *w = worker_of(vm, tid);

	if (!w)
		return;
	w->kind = kind;
	w->kernel = kernel;
	w->seen_scan = scan;
	(void)snprintf(w->comm, sizeof(w->comm), "%.*s", (int)(comm.n < 16 ? comm.n : 15), comm.at);
}

/* Threads that have been in guest mode, in the order in which they were made. */
struct guests {
	uint64_t tids[VT_VCPU_LIMIT];
	size_t n;
};

static void look_at_thread(const struct vt_vms *v, struct vt_vm *vm, uint64_t tid,
			   struct guests *guests)
{
	char text[STAT_SIZE];
	enum vt_worker_thread kind;
	struct vt_stat st;
	uint64_t number;

	if (!read_stat(v->host, (struct place){ vm->pid, tid }, text, &st))
		return;
	kind = vt_parse_worker_thread(st.comm, &number);
	if (vt_parse_vcpu_thread(st.comm, &number))
		vt_vm_vcpu(vm, number, tid);
	else if (kind != VT_NO_WORKER)
		see_worker(vm, tid, kind, st.comm, false, v->scan);
	else if (st.has_guest && st.guest_ticks && guests->n < VT_VCPU_LIMIT)
		guests->tids[guests->n++] = tid;
}

static bool has_unknown(const struct vt_vm *vm)
{
	for (size_t i = 0; i < vm->n_vcpus; i++)
		if (!vm->vcpus[i].tid)
			return true;
	return false;
}

static int compare_indices(const void *a, const void *b)
{
	const struct vt_vm_vcpu *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

/*
 * VMMs make vCPU threads in order, so as many nameless threads that ran a
 * guest as there are vCPUs are those.
 */
static void match_guests(struct vt_vm *vm, const struct guests *guests)
{
	if (!has_unknown(vm) || guests->n != vm->n_vcpus)
		return;
	qsort(vm->vcpus, vm->n_vcpus, sizeof(*vm->vcpus), compare_indices);
	for (size_t i = 0; i < vm->n_vcpus; i++)
		vm->vcpus[i].tid = guests->tids[i];
}

static void find_threads(const struct vt_vms *v, struct vt_vm *vm)
{
	struct guests *guests = vt_alloc(sizeof(*guests));
	vt_autoclosedir DIR *d = NULL;
	const struct dirent *e;
	char path[32];
	uint64_t tid;

	(void)snprintf(path, sizeof(path), "%u/task", (unsigned)vm->pid);
	d = vt_host_opendir(v->host->proc, path);
	while (d && (e = readdir(d)))
		if (vt_parse_u64((struct vt_slice){ e->d_name, strlen(e->d_name) }, &tid))
			look_at_thread(v, vm, tid, guests);
	match_guests(vm, guests);
	free(guests);
}

/* "run_ns wait_ns timeslices": how long it was kept waiting for a CPU. */
static bool read_wait(const struct vt_host *host, struct place at, char *text, uint64_t *ret_usec)
{
	struct vt_slice rest, word;
	ssize_t n = read_file(host, at, "schedstat", text);
	uint64_t ns;

	rest = (struct vt_slice){ text, n > 0 ? (size_t)n : 0 };
	if (!vt_parse_word(&rest, &word) || !vt_parse_word(&rest, &word) ||
	    !vt_parse_u64(word, &ns))
		return false;
	*ret_usec = ns / 1000;
	return true;
}

/* Where it is pinned to hardly ever changes, except by us. */
static void read_cpus(const struct vt_vms *v, struct place at, char *text, char *cpus, size_t size)
{
	struct vt_slice s;

	if ((!cpus[0] || (v->scan + at.tid) % CPUS_EVERY_SCANS == 0) &&
	    read_file(v->host, at, "status", text) > 0 &&
	    vt_parse_status_line(text, "Cpus_allowed_list:", &s))
		(void)snprintf(cpus, size, "%.*s", (int)(s.n < size ? s.n : size - 1), s.at);
}

static uint64_t usec_of(uint64_t ticks)
{
	return ticks * (1000000u / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* What a vCPU's row and a worker's have alike. */
#define SET_THREAD(KIND, row, st, b)                                                               \
	do {                                                                                       \
		VT_SET(KIND, row, state, vt_builder_intern_n(b, &(st)->state, 1));                 \
		VT_SET(KIND, row, cpu_usec, usec_of((st)->utime_ticks + (st)->stime_ticks));       \
		if ((st)->has_processor)                                                           \
			VT_SET(KIND, row, host_cpu, (st)->processor);                              \
	} while (0)

static void add_vcpu(const struct vt_vms *v, struct vt_vm *vm, struct vt_vm_vcpu *vcpu,
		     struct vt_builder *b)
{
	struct vt_vcpu *row = vt_vcpu_add(b, vm->pid, vcpu->index);
	struct place at = { vm->pid, vcpu->tid };
	char text[STAT_SIZE];
	struct vt_stat st;
	uint64_t wait;

	VT_SET(VCPU, row, index, vcpu->index);
	if (!vcpu->tid)
		return;
	if (!read_stat(v->host, at, text, &st)) {
		vcpu->tid = 0;
		vm->threads_known = false;
		return;
	}
	VT_SET(VCPU, row, tid, vcpu->tid);
	SET_THREAD(VCPU, row, &st, b);
	if (st.has_guest)
		VT_SET(VCPU, row, guest_usec, usec_of(st.guest_ticks));
	if (read_wait(v->host, at, text, &wait))
		VT_SET(VCPU, row, wait_usec, wait);
	read_cpus(v, at, text, vcpu->cpus, sizeof(vcpu->cpus));
	if (vcpu->cpus[0])
		VT_SET(VCPU, row, cpus, vt_builder_intern(b, vcpu->cpus));
}

/* False when it is gone: its number may be another thread's by now. */
static bool add_worker(const struct vt_vms *v, const struct vt_vm *vm, struct vt_vm_worker *w,
		       struct vt_builder *b)
{
	struct place at = { w->kernel ? 0 : vm->pid, w->tid };
	struct vt_worker *row;
	char text[STAT_SIZE];
	struct vt_stat st;
	uint64_t wait;

	if (!read_stat(v->host, at, text, &st) || !vt_slice_is(st.comm, w->comm))
		return false;
	row = vt_worker_add(b, vm->pid, w->tid);
	VT_SET(WORKER, row, tid, w->tid);
	VT_SET(WORKER, row, name, vt_builder_intern(b, w->comm));
	VT_SET(WORKER, row, kind, w->kind == VT_WORKER_VHOST ? "vhost" : "iothread");
	SET_THREAD(WORKER, row, &st, b);
	if (read_wait(v->host, at, text, &wait))
		VT_SET(WORKER, row, wait_usec, wait);
	read_cpus(v, at, text, w->cpus, sizeof(w->cpus));
	if (w->cpus[0])
		VT_SET(WORKER, row, cpus, vt_builder_intern(b, w->cpus));
	return true;
}

/* Kernel threads are looked for in each scan, threads of the VMM only now and then. */
static void add_workers(const struct vt_vms *v, struct vt_vm *vm, struct vt_builder *b)
{
	size_t kept = 0;

	for (size_t i = 0; i < vm->n_workers; i++) {
		struct vt_vm_worker *w = &vm->workers[i];

		if ((!w->kernel || w->seen_scan == v->scan) && add_worker(v, vm, w, b))
			vm->workers[kept++] = *w;
		else if (!w->kernel)
			vm->threads_known = false;
	}
	vm->n_workers = kept;
}

static bool is_alive(const struct vt_vms *v, const struct vt_vm *vm, uint64_t tid)
{
	char text[STAT_SIZE];
	struct vt_stat st;

	return read_stat(v->host, (struct place){ vm->pid, tid }, text, &st);
}

/*
 * Threads of vCPUs live as long as the virtual machine in the kernel: when all that were
 * known are gone and others run them, it was made anew. Some of several are no proof, they
 * may have been unplugged and plugged in again; the first cannot be.
 */
static void note_remade(const struct vt_vms *v, struct vt_vm *vm)
{
	size_t replaced = 0, kept = 0;

	for (size_t i = 0; i < vm->n_vcpus; i++) {
		struct vt_vm_vcpu *vcpu = &vm->vcpus[i];

		if (!vcpu->tid)
			continue;
		if (!vcpu->first_tid)
			vcpu->first_tid = vcpu->tid;
		else if (vcpu->tid != vcpu->first_tid && !is_alive(v, vm, vcpu->first_tid))
			replaced++;
		else
			kept++;
	}
	if (!replaced || kept)
		return;
	vm->vcpus_remade++;
	for (size_t i = 0; i < vm->n_vcpus; i++)
		vm->vcpus[i].first_tid = vm->vcpus[i].tid;
}

void vt_vm_threads_add(const struct vt_vms *v, struct vt_vm *vm, struct vt_builder *b)
{
	if (!vm->threads_known || (v->scan + vm->pid) % THREADS_EVERY_SCANS == 0) {
		find_threads(v, vm);
		vm->threads_known = vm->n_vcpus && !has_unknown(vm);
	}
	for (size_t i = 0; i < vm->n_vcpus; i++)
		add_vcpu(v, vm, &vm->vcpus[i], b);
	note_remade(v, vm);
	add_workers(v, vm, b);
}

/* The machine that has this thread; it may have made the worker before it was known. */
static struct vt_vm *machine_of(struct vt_vms *vms, uint64_t tid)
{
	for (size_t i = 0; i < vms->n; i++)
		if (vms->vms[i].pid == tid)
			return &vms->vms[i];
	for (size_t i = 0; i < vms->n; i++) {
		char path[64];
		vt_autoclose int fd = -1;

		(void)snprintf(path, sizeof(path), "%u/task/%u", (unsigned)vms->vms[i].pid,
			       (unsigned)tid);
		fd = vt_host_openat(vms->host->proc, path, O_PATH | O_DIRECTORY);
		if (fd >= 0)
			return &vms->vms[i];
	}
	return NULL;
}

void vt_vms_find_vhost(struct vt_vms *vms, struct vt_builder *b)
{
	size_t n;
	const struct vt_process *procs = vt_process_added(b, &n);

	for (size_t i = 0; vms->n && i < n; i++) {
		const struct vt_process *p = &procs[i];
		struct vt_slice comm = { p->comm, VT_HAS(PROCESS, p, comm) ? strlen(p->comm) : 0 };
		struct vt_vm *vm;
		uint64_t owner;

		if (!p->kernel_thread || vt_parse_worker_thread(comm, &owner) != VT_WORKER_VHOST)
			continue;
		vm = machine_of(vms, owner);
		if (vm)
			see_worker(vm, p->pid, VT_WORKER_VHOST, comm, true, vms->scan);
	}
}
