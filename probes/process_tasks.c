/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the iterator does not tell is read from procfs when it may have changed: the
 * resident memory (which the kernel sums over CPUs there alone) of a process that is new,
 * has run, whose counts moved, and of each every 16th scan; the path of a cgroup that was
 * not among those of this scan; the full name of a kernel thread, which a worker changes
 * with its work, always.
 */
#include "process_tasks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "../src/idmap.h"
#include "parse_ns.h"
#include "parse_proc.h"
#include "task_iter.h"

enum {
	RESIDENT_EVERY_SCANS = 16,
	KERNEL_THREAD = 0x00200000,     /* PF_KTHREAD */
	INITIAL_PID_INODE = 0xEFFFFFFC, /* PROC_PID_INIT_INO and PROC_USER_INIT_INO */
	INITIAL_USER_INODE = 0xEFFFFFFD,
};

/* Of include/linux/sched.h. */
enum {
	STATE_UNINTERRUPTIBLE = 0x2,
	STATE_REPORT = 0x7f,
	STATE_IDLE = 0x402, /* TASK_UNINTERRUPTIBLE and TASK_NOLOAD */
	STATE_RTLOCK_WAIT = 0x1000,
	STATE_FROZEN = 0x8000,
};

/* What is kept of a process between scans, in ascending order of pid. */
struct known {
	uint32_t pid, resident_pages, counted_pages;
	uint32_t start_ticks; /* the low half: enough beside the pid */
	uint64_t runtime_ns;
};

struct thread {
	uint64_t tgid, runtime_ns;
};

struct vt_tasks {
	struct vt_process_files *files;
	struct vt_task_iter *iter;
	uint64_t tick_ns, scans;
	struct known *known, *next;
	size_t n_known, n_next, cap_next;
	struct thread *threads; /* of the scan under way, but for leaders */
	size_t n_threads, cap_threads;
	struct vt_idmap cgroups; /* index in the builder, by id */
	uint16_t untold;         /* how many tasks more there are than were told */
	unsigned *missing;       /* processes, when that was so last */
	size_t n_missing, cap_missing;
	struct vt_builder *builder;
};

/* As get_task_state() of fs/proc/array.c. */
static char state_of(const struct vt_task *t)
{
	uint64_t s = t->state;

	if ((s & STATE_IDLE) == STATE_IDLE)
		return 'I';
	if (s & (STATE_RTLOCK_WAIT | STATE_FROZEN))
		s = STATE_UNINTERRUPTIBLE;
	s = (s | t->exit_state) & STATE_REPORT;
	return s ? "SDTtXZP"[63 - __builtin_clzll(s)] : 'R';
}

/*
 * A kernel thread's full name is in comm; which characters of an odd one stat escapes is the
 * kernel's affair.
 */
static const char *comm_of(struct vt_tasks *t, const struct vt_task *task)
{
	size_t n = strnlen(task->comm, sizeof(task->comm));
	bool is_kernel = (task->flags & KERNEL_THREAD) != 0;
	struct vt_stat st;
	char path[32];

	(void)snprintf(path, sizeof(path), "%u/%s", (unsigned)task->pid,
		       is_kernel ? "comm" : "stat");
	if (is_kernel && vt_process_read(t->files, path) == 0)
		return vt_builder_intern_n(t->builder, t->files->text,
					   strcspn(t->files->text, "\n"));
	if (!is_kernel && (memchr(task->comm, '\n', n) || memchr(task->comm, '\\', n)) &&
	    vt_process_read(t->files, path) == 0 && vt_parse_stat(t->files->text, &st))
		return vt_builder_intern_n(t->builder, st.comm.at, st.comm.n);
	return vt_builder_intern_n(t->builder, task->comm, n);
}

static void fill(struct vt_tasks *t, struct vt_process *row, const struct vt_task *task)
{
	char state = state_of(task);
	uint32_t ids[VT_NS_TYPES];

	VT_SET(PROCESS, row, pid, task->pid);
	VT_SET(PROCESS, row, ppid, task->ppid);
	VT_SET(PROCESS, row, start_ticks, row->head.b);
	VT_SET(PROCESS, row, comm, comm_of(t, task));
	VT_SET(PROCESS, row, state, vt_builder_intern_n(t->builder, &state, 1));
	VT_SET(PROCESS, row, uid, task->uid);
	VT_SET(PROCESS, row, real_uid, task->real_uid);
	VT_SET(PROCESS, row, threads, task->threads);
	row->kernel_thread = (task->flags & KERNEL_THREAD) != 0;
	for (int i = 0; i < VT_NS_TYPES; i++)
		ids[i] = (uint32_t)task->ns[i];
	row->ns = vt_builder_ns_set(t->builder, ids);
}

static void take(const struct vt_task *task, void *arg)
{
	struct vt_tasks *t = arg;
	uint64_t start = task->start_ns / t->tick_ns;
	struct vt_process *row;

	if (task->pid != task->tgid) {
		VT_GROW(t->threads, t->n_threads, t->cap_threads);
		t->threads[t->n_threads++] = (struct thread){ task->tgid, task->runtime_ns };
		return;
	}
	row = vt_process_add(t->builder, task->pid, start);
	fill(t, row, task);
	/* By id: the cgroup may be under the path of another, which was removed since. */
	row->cgroup_dir_id = task->cgroup;
	VT_GROW(t->next, t->n_next, t->cap_next);
	t->next[t->n_next++] = (struct known){
		.pid = (uint32_t)task->pid,
		.start_ticks = (uint32_t)start,
		.runtime_ns = task->runtime_ns + task->dead_runtime_ns,
		.counted_pages = (uint32_t)(task->pages[0] + task->pages[1] + task->pages[2])
	};
}

static int compare_threads(const void *a, const void *b)
{
	const struct thread *x = a, *y = b;

	return (x->tgid > y->tgid) - (x->tgid < y->tgid);
}

static void add_threads(struct vt_tasks *t)
{
	if (t->n_threads)
		qsort(t->threads, t->n_threads, sizeof(*t->threads), compare_threads);
	for (size_t i = 0, at = 0; i < t->n_threads; i++) {
		while (at < t->n_next && t->next[at].pid < t->threads[i].tgid)
			at++;
		if (at < t->n_next && t->next[at].pid == t->threads[i].tgid)
			t->next[at].runtime_ns += t->threads[i].runtime_ns;
	}
}

static void set_resident(struct vt_tasks *t, struct vt_process *row, struct known *k,
			 const struct known *old)
{
	if (old && old->runtime_ns == k->runtime_ns && old->counted_pages == k->counted_pages &&
	    (k->pid + t->scans) % RESIDENT_EVERY_SCANS != 0)
		VT_SET(PROCESS, row, rss_bytes, old->resident_pages * t->files->page_bytes);
	else
		vt_process_set_resident(t->files, row);
	if (row->kernel_thread)
		VT_SET(PROCESS, row, rss_bytes, 0);
	k->resident_pages = (uint32_t)(row->rss_bytes / t->files->page_bytes);
}

static void set_cgroup(struct vt_tasks *t, struct vt_process *row)
{
	int32_t at = vt_idmap_get(&t->cgroups, row->cgroup_dir_id);
	size_t n;

	if (at < 0)
		vt_process_set_cgroup(t->files, t->builder, row);
	else
		row->cgroup_path = vt_cgroup_added(t->builder, &n)[at].path;
}

static void finish_rows(struct vt_tasks *t, struct vt_process *rows)
{
	for (size_t i = 0, at = 0; i < t->n_next; i++) {
		struct known *k = &t->next[i];
		const struct known *old;

		while (at < t->n_known && t->known[at].pid < k->pid)
			at++;
		old = at < t->n_known && t->known[at].pid == k->pid &&
				      t->known[at].start_ticks == k->start_ticks
			      ? &t->known[at]
			      : NULL;
		/* A thread that ended after its leader was told and before itself is in neither. */
		if (old && old->runtime_ns > k->runtime_ns)
			k->runtime_ns = old->runtime_ns;
		VT_SET(PROCESS, &rows[i], cpu_usec, k->runtime_ns / 1000);
		set_resident(t, &rows[i], k, old);
		set_cgroup(t, &rows[i]);
	}
}

static void map_cgroups(struct vt_tasks *t)
{
	size_t n;
	const struct vt_cgroup *rows = vt_cgroup_added(t->builder, &n);

	vt_idmap_clear(&t->cgroups);
	for (size_t i = 0; i < n; i++)
		vt_idmap_put(&t->cgroups, rows[i].head.a, (int32_t)i);
}

static void list_missing(struct vt_tasks *t)
{
	vt_autoclosedir DIR *d = vt_host_opendir(t->files->host->proc, ".");
	const struct dirent *e;
	uint64_t pid;
	size_t at = 0;

	t->n_missing = 0;
	while (d && (e = readdir(d))) {
		if (!vt_parse_u64((struct vt_slice){ e->d_name, strlen(e->d_name) }, &pid))
			continue;
		while (at < t->n_next && t->next[at].pid < pid)
			at++;
		if (at < t->n_next && t->next[at].pid == pid)
			continue;
		VT_GROW(t->missing, t->n_missing, t->cap_missing);
		t->missing[t->n_missing++] = (unsigned)pid;
	}
}

static void find_missing(struct vt_tasks *t)
{
	struct sysinfo info = { 0 };
	uint16_t untold;

	(void)sysinfo(&info);
	/* sysinfo(2) counts in 16 bits. */
	untold = (uint16_t)(info.procs - t->n_next - t->n_threads);
	if (untold != t->untold)
		list_missing(t);
	t->untold = untold;
}

int vt_tasks_scan(struct vt_tasks *t, struct vt_builder *b, const unsigned **ret_missing,
		  size_t *ret_n)
{
	size_t n;
	int r;

	t->builder = b;
	t->known = t->next;
	t->n_known = t->n_next;
	t->n_next = t->n_threads = 0;
	/* As many as last time, and a few. */
	t->cap_next = t->n_known + t->n_known / 16 + 64;
	t->next = vt_realloc_array(NULL, t->cap_next, sizeof(*t->next));
	t->scans++;
	r = vt_task_iter_run(t->iter, take, t);
	add_threads(t);
	map_cgroups(t);
	finish_rows(t, vt_process_added(b, &n));
	find_missing(t);
	free(t->known);
	t->known = NULL;
	*ret_missing = t->missing;
	*ret_n = t->n_missing;
	return t->n_next ? 0 : r;
}

/* virttop itself, as the iterator tells it. */
static void take_self(const struct vt_task *task, void *arg)
{
	if (task->pid == (uint64_t)getpid())
		*(struct vt_task *)arg = *task;
}

static bool is_initial(const struct vt_host *host, const char *file, ino_t inode)
{
	struct stat st;

	return fstatat(host->proc, file, &st, 0) == 0 && st.st_ino == inode;
}

static bool agrees(const struct vt_tasks *t, const struct vt_task *self)
{
	struct vt_stat st;
	struct stat ns;
	char path[32];

	(void)snprintf(path, sizeof(path), "%d/stat", (int)getpid());
	if (vt_process_read(t->files, path) < 0 || !vt_parse_stat(t->files->text, &st) ||
	    st.pid != self->pid || st.ppid != self->ppid ||
	    st.start_ticks != self->start_ns / t->tick_ns || st.threads != self->threads ||
	    self->uid != geteuid() || self->real_uid != getuid() ||
	    strncmp(self->comm, st.comm.at, strnlen(self->comm, sizeof(self->comm))) != 0)
		return false;
	for (int i = 0; i < VT_NS_TYPES; i++) {
		(void)snprintf(path, sizeof(path), "self/ns/%s", vt_ns_names[i]);
		if (fstatat(t->files->host->proc, path, &ns, 0) == 0 && ns.st_ino != self->ns[i])
			return false;
	}
	return true;
}

struct vt_tasks *vt_tasks_open(struct vt_process_files *files, struct vt_error *err)
{
	struct vt_task self = { 0 };
	struct vt_task_iter *iter;
	struct vt_tasks *t;
	long hertz = sysconf(_SC_CLK_TCK);

	if (!is_initial(files->host, "self/ns/pid", INITIAL_PID_INODE) ||
	    !is_initial(files->host, "self/ns/user", INITIAL_USER_INODE)) {
		vt_fail(err, ENOTSUP, "virttop is not in the initial PID and user namespaces");
		return NULL;
	}
	iter = vt_task_iter_new(err);
	if (!iter)
		return NULL;
	t = vt_alloc(sizeof(*t));
	t->files = files;
	t->iter = iter;
	t->tick_ns = 1000000000u / (uint64_t)(hertz > 0 ? hertz : 100);
	if (vt_task_iter_run(iter, take_self, &self) < 0 || !agrees(t, &self)) {
		vt_fail(err, EPROTO, "the kernel's task iterator and procfs do not agree");
		vt_tasks_close(t);
		return NULL;
	}
	return t;
}

void vt_tasks_close(struct vt_tasks *t)
{
	if (!t)
		return;
	vt_task_iter_free(t->iter);
	vt_idmap_finish(&t->cgroups);
	free(t->next);
	free(t->threads);
	free(t->missing);
	free(t);
}
