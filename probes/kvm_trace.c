/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exits by tracepoints (perf_event_open(2), the kernel's trace/events.rst): one
 * ring buffer for each vCPU thread, that both kvm:kvm_exit and kvm:kvm_entry
 * write to, so that they come in order. Only on request and for a bounded time,
 * since every exit then costs more; closing the events ends it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../src/exit_trace.h"
#include "kvm_trace.h"
#include "parse_kvm.h"
#include "parse_proc.h"

enum {
	MOST_THREADS = 64,
	RING_PAGES = 256, /* data pages of a ring; a power of two */
	DRAIN_EVERY_MS = 10,
	RECORD_LIMIT = 65536,
};

struct ring {
	int exit_fd, entry_fd;
	struct perf_event_mmap_page *page; /* NULL: not there */
	size_t size;
};

struct tracer {
	const struct vt_host *host;
	uint64_t pid;
	struct vt_exit_trace *trace;
	uint64_t exit_id, entry_id;
	struct vt_trace_field reason, isa, info1, info2;
	uint64_t tids[MOST_THREADS];
	size_t n_tids, n_rings;
	struct ring rings[MOST_THREADS];
};

static uint64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	(void)clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static int open_events(const struct vt_host *host, struct vt_error *err)
{
	static const char *const places[] = { "kernel/tracing", "kernel/debug/tracing" };
	int fd = -ENOENT;

	for (size_t i = 0; i < VT_LEN(places); i++) {
		vt_autoclose int dir = vt_host_openat(host->sys, places[i], O_RDONLY | O_DIRECTORY);

		if (dir < 0)
			continue;
		fd = vt_host_openat(dir, "events", O_RDONLY | O_DIRECTORY);
		if (fd < 0)
			continue;
		if (faccessat(fd, "kvm/kvm_exit/id", F_OK, 0) == 0)
			return fd;
		(void)close(fd);
		return vt_fail(err, ENOENT,
			       "the tracepoints of KVM are not there: KVM is not "
			       "loaded, or built without them");
	}
	if (fd == -EACCES || fd == -EPERM)
		return vt_fail(err, EACCES, "only root may read tracefs");
	return vt_fail(err, ENOENT, "tracefs is not mounted: virttop do mount tracefs mounts it");
}

void vt_kvm_tracefs_add(const struct vt_host *host, struct vt_builder *b)
{
	vt_autoclose int dir = vt_host_openat(host->sys, "kernel/tracing", O_PATH | O_DIRECTORY);
	vt_autoclose int fd = dir < 0 ? dir
				      : vt_host_openat(host->sys, "kernel/tracing/events", O_PATH);
	const char *state = fd >= 0 ? "readable"
			    : fd == -EACCES || fd == -EPERM
				    ? "not permitted: only root may read tracefs"
			    : host->is_self ? "not mounted: virttop do mount tracefs mounts it"
					    : "not mounted";

	if (dir >= 0)
		VT_SET(HOST, vt_builder_host(b), kvm_tracefs, state);
}

static int read_number(int dir, const char *path, uint64_t *ret, struct vt_error *err)
{
	char text[32];
	ssize_t n = vt_host_read(dir, path, text, sizeof(text));

	if (n < 0)
		return vt_fail(err, (int)-n, "cannot read %s of tracefs: %s", path,
			       vt_errno_text((int)-n));
	return vt_parse_value(text, ret) ? 0 : vt_fail(err, EINVAL, "%s is no number", path);
}

static int read_events(struct tracer *t, struct vt_error *err)
{
	vt_autoclose int dir = open_events(t->host, err);
	char text[8192];
	int r;

	if (dir < 0)
		return dir;
	r = read_number(dir, "kvm/kvm_exit/id", &t->exit_id, err);
	if (r == 0)
		r = read_number(dir, "kvm/kvm_entry/id", &t->entry_id, err);
	if (r < 0)
		return r;
	if (vt_host_read(dir, "kvm/kvm_exit/format", text, sizeof(text)) <= 0 ||
	    !vt_parse_trace_field(text, "exit_reason", &t->reason))
		return vt_fail(err, EINVAL, "this kernel's kvm_exit has no exit_reason");
	/* Without isa a reason stays a code. */
	(void)vt_parse_trace_field(text, "isa", &t->isa);
	(void)vt_parse_trace_field(text, "info1", &t->info1);
	(void)vt_parse_trace_field(text, "info2", &t->info2);
	return 0;
}

/* A thread that has run a guest, or is called like a vCPU. */
static bool is_vcpu(const struct tracer *t, uint64_t tid)
{
	char path[64], text[2048];
	struct vt_stat st;
	uint64_t index;

	(void)snprintf(path, sizeof(path), "%u/task/%u/stat", (unsigned)t->pid, (unsigned)tid);
	return vt_host_read(t->host->proc, path, text, sizeof(text)) > 0 &&
	       vt_parse_stat(text, &st) &&
	       ((st.has_guest && st.guest_ticks) || vt_parse_vcpu_thread(st.comm, &index));
}

/* All threads where none looks like a vCPU: a young machine has spent no tick yet. */
static int find_threads(struct tracer *t, bool all, struct vt_error *err)
{
	vt_autoclosedir DIR *d = NULL;
	const struct dirent *e;
	char path[32];
	uint64_t tid;

	(void)snprintf(path, sizeof(path), "%u/task", (unsigned)t->pid);
	d = vt_host_opendir(t->host->proc, path);
	if (!d)
		return vt_fail(err, ESRCH, "there is no process %" PRIu64, t->pid);
	while ((e = readdir(d)) && t->n_tids < MOST_THREADS)
		if (vt_parse_u64((struct vt_slice){ e->d_name, strlen(e->d_name) }, &tid) &&
		    (all || is_vcpu(t, tid)))
			t->tids[t->n_tids++] = tid;
	return 0;
}

static int open_event(uint64_t id, uint64_t tid)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_TIME | PERF_SAMPLE_RAW,
		.disabled = 1,
		.watermark = 1,
		.wakeup_watermark = UINT32_MAX,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
	};
	long fd = syscall(SYS_perf_event_open, &attr, (pid_t)tid, -1, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

static void close_ring(struct ring *r)
{
	if (r->page)
		(void)munmap(r->page, r->size + (size_t)sysconf(_SC_PAGESIZE));
	if (r->entry_fd >= 0)
		(void)close(r->entry_fd);
	if (r->exit_fd >= 0)
		(void)close(r->exit_fd);
}

static int open_ring(const struct tracer *t, uint64_t tid, struct ring *r)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *at;

	*r = (struct ring){ .size = RING_PAGES * page, .entry_fd = -1 };
	r->exit_fd = open_event(t->exit_id, tid);
	if (r->exit_fd < 0)
		return r->exit_fd;
	at = mmap(NULL, r->size + page, PROT_READ | PROT_WRITE, MAP_SHARED, r->exit_fd, 0);
	if (at == MAP_FAILED)
		return -errno;
	r->page = at;
	r->entry_fd = open_event(t->entry_id, tid);
	if (r->entry_fd < 0)
		return r->entry_fd;
	if (ioctl(r->entry_fd, PERF_EVENT_IOC_SET_OUTPUT, r->exit_fd) < 0 ||
	    ioctl(r->exit_fd, PERF_EVENT_IOC_ENABLE, 0) < 0 ||
	    ioctl(r->entry_fd, PERF_EVENT_IOC_ENABLE, 0) < 0)
		return -errno;
	return 0;
}

static int open_rings(struct tracer *t, struct vt_error *err)
{
	int r = 0;

	for (size_t i = 0; i < t->n_tids; i++) {
		r = open_ring(t, t->tids[i], &t->rings[t->n_rings]);
		if (r == 0)
			t->n_rings++;
		else
			close_ring(&t->rings[t->n_rings]);
		if (r < 0 && r != -ESRCH) /* a thread may end */
			return vt_fail(err, -r, "cannot trace thread %" PRIu64 ": %s%s", t->tids[i],
				       vt_errno_text(-r),
				       r == -EACCES || r == -EPERM
					       ? " (needs CAP_PERFMON and access to the process)"
					       : "");
	}
	return t->n_rings ? 0 : vt_fail(err, ESRCH, "no thread of it can be traced");
}

static uint64_t field(const char *data, size_t n, const struct vt_trace_field *f)
{
	uint64_t value = 0;

	/* Little-endian, as every machine with VMX or SVM is. */
	if (f->size && f->size <= sizeof(value) && f->offset + f->size <= n)
		memcpy(&value, data + f->offset, f->size);
	return value;
}

/* time, size, data; data begins with the tracepoint's number. */
static void take_sample(struct tracer *t, size_t thread, const char *at, size_t n)
{
	struct vt_exit_sample s = { 0 };
	uint32_t size;
	uint16_t type;

	if (n < sizeof(s.time_ns) + sizeof(size) + sizeof(type))
		return;
	memcpy(&s.time_ns, at, sizeof(s.time_ns));
	memcpy(&size, at + sizeof(s.time_ns), sizeof(size));
	at += sizeof(s.time_ns) + sizeof(size);
	n -= sizeof(s.time_ns) + sizeof(size);
	n = size < n ? size : n;
	if (n < sizeof(type))
		return;
	memcpy(&type, at, sizeof(type));
	s.is_entry = type == t->entry_id;
	if (!s.is_entry && type != t->exit_id)
		return;
	s.reason = (uint32_t)field(at, n, &t->reason);
	s.isa = (uint32_t)field(at, n, &t->isa);
	s.info1 = field(at, n, &t->info1);
	s.info2 = field(at, n, &t->info2);
	vt_exit_trace_add(t->trace, thread, &s);
}

static void take_record(struct tracer *t, size_t thread, const char *record)
{
	struct perf_event_header head;
	uint64_t lost[2]; /* id, how many */

	memcpy(&head, record, sizeof(head));
	if (head.type == PERF_RECORD_SAMPLE) {
		take_sample(t, thread, record + sizeof(head), head.size - sizeof(head));
	} else if (head.type == PERF_RECORD_LOST && head.size >= sizeof(head) + sizeof(lost)) {
		memcpy(lost, record + sizeof(head), sizeof(lost));
		vt_exit_trace_lost(t->trace, thread, lost[1]);
	}
}

static void copy_out(const struct ring *r, uint64_t from, char *to, size_t n)
{
	const char *data = (const char *)r->page + r->page->data_offset;
	size_t at = (size_t)(from % r->size), first = r->size - at < n ? r->size - at : n;

	memcpy(to, data + at, first);
	memcpy(to + first, data, n - first);
}

static void drain(struct tracer *t, size_t thread, char *record)
{
	const struct ring *r = &t->rings[thread];
	uint64_t head = __atomic_load_n(&r->page->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = r->page->data_tail;
	struct perf_event_header h;

	while (head - tail >= sizeof(h)) {
		copy_out(r, tail, (char *)&h, sizeof(h));
		if (h.size < sizeof(h) || h.size > head - tail)
			break;
		copy_out(r, tail, record, h.size);
		take_record(t, thread, record);
		tail += h.size;
	}
	__atomic_store_n(&r->page->data_tail, tail, __ATOMIC_RELEASE);
}

static void watch(struct tracer *t, uint64_t until_ns)
{
	static const struct timespec pause = { .tv_nsec = DRAIN_EVERY_MS * 1000000L };
	vt_autofree char *record = vt_alloc(RECORD_LIMIT);
	bool last = false;

	while (!last) {
		(void)nanosleep(&pause, NULL);
		last = now_ns(CLOCK_MONOTONIC) >= until_ns;
		for (size_t i = 0; last && i < t->n_rings; i++) {
			(void)ioctl(t->rings[i].exit_fd, PERF_EVENT_IOC_DISABLE, 0);
			(void)ioctl(t->rings[i].entry_fd, PERF_EVENT_IOC_DISABLE, 0);
		}
		for (size_t i = 0; i < t->n_rings; i++)
			drain(t, i, record);
	}
}

static int trace(struct tracer *t, double seconds, char **ret_text, struct vt_error *err)
{
	uint64_t began = now_ns(CLOCK_MONOTONIC), cpu = now_ns(CLOCK_THREAD_CPUTIME_ID);
	int r = read_events(t, err);

	if (r == 0)
		r = find_threads(t, false, err);
	if (r == 0 && !t->n_tids)
		r = find_threads(t, true, err);
	if (r == 0)
		r = open_rings(t, err);
	if (r == 0) {
		began = now_ns(CLOCK_MONOTONIC);
		watch(t, began + (uint64_t)(seconds * 1e9));
		*ret_text = vt_exit_trace_text(t->trace, now_ns(CLOCK_MONOTONIC) - began,
					       now_ns(CLOCK_THREAD_CPUTIME_ID) - cpu);
	}
	for (size_t i = 0; i < t->n_rings; i++)
		close_ring(&t->rings[i]);
	return r;
}

int vt_probe_exits(const struct vt_host *host, uint64_t pid, double seconds, char **ret_text,
		   struct vt_error *err)
{
	struct tracer *t;
	int r;

	if (!host->is_self)
		return vt_fail(err, EROFS, "a recorded tree cannot be traced");
	if (host->foreign_pids)
		return vt_fail(err, EROFS,
			       "it cannot be traced: /proc is of another PID namespace, and its "
			       "pid would name another process");
	if (seconds > VT_EXIT_TRACE_MOST)
		return vt_fail(err, EINVAL, "a trace may take %.0f seconds at most",
			       VT_EXIT_TRACE_MOST);
	t = vt_alloc(sizeof(*t));
	t->host = host;
	t->pid = pid;
	t->trace = vt_exit_trace_new();
	r = trace(t, seconds, ret_text, err);
	vt_exit_trace_free(t->trace);
	free(t);
	return r;
}

/* Short enough for a reader of details not to be taken for stuck. */
void vt_probe_exits_detail(const struct vt_host *host, struct vt_detail *d)
{
	vt_autofree char *text = NULL;
	struct vt_error err = { 0 };

	if (vt_probe_exits(host, d->subject.a, 1.0, &text, &err) < 0)
		vt_detail_add(d, "error", "cannot trace it: %s\n", err.msg);
	else
		vt_detail_add(d, "exits", "%s", text);
}
