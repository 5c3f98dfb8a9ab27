/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One row for each process, by the kernel's task iterator (process_tasks.h) or, where
 * that is not to be had, by proc(5)'s stat, cgroup and eight namespace links. That
 * is nearly all of a refresh then, so it is written for few system calls: the
 * ns directory is opened once a process, and its links are read relative to it
 * (a tenth cheaper than full paths). The uid needs /proc/PID/status, as dear as
 * stat: the owner of /proc/PID is root for processes that may not be dumped. So
 * it is read when a process is first seen, when its command changes (an exec is
 * where most uids change), and every 16th scan, staggered by pid.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "../src/probe.h"
#include "../src/text.h"
#include "hidepid.h"
#include "parse_proc.h"
#include "process_files.h"
#include "process_tasks.h"
#include "table.h"

enum {
	UID_EVERY_SCANS = 16,
	MANY_TASKS = 1000,
	HIDEPID_EVERY_SCANS = 64,   /* nearly never remounted; there may be thousands of mounts */
	KERNEL_THREAD = 0x00200000, /* PF_KTHREAD */
};

/* What is kept of a process between scans, in ascending order of pid as procfs lists them. */
struct known {
	uint32_t pid, uid, real_uid;
	uint64_t start_ticks, comm_hash;
};

struct process_state {
	const struct vt_host *host;
	struct known *known, *next;
	size_t n_known, n_next, cap_next, at;
	uint64_t tick_usec, scans;
	unsigned refused, malformed, unreadable;
	int refused_errno, unreadable_errno;
	struct vt_process_files files;
	struct vt_tasks *tasks; /* NULL: procfs */
	bool no_tasks;          /* they were tried */
	struct vt_error tasks_error;
	struct vt_hidepid hidepid;
	uint64_t threads; /* of all that are listed */
};

static int process_open(const struct vt_host *host, void **ret_state, struct vt_error *err)
{
	struct process_state *p = vt_alloc(sizeof(*p));
	long hertz = sysconf(_SC_CLK_TCK);

	(void)err;
	p->host = host;
	p->files.host = host;
	p->tick_usec = hertz > 0 ? 1000000u / (uint64_t)hertz : 10000;
	p->files.page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	*ret_state = p;
	return 0;
}

static void process_close(void *state)
{
	struct process_state *p = state;

	vt_tasks_close(p->tasks);
	free(p->next);
	free(p);
}

/* The uids known from the last scan, unless it is time to read them again. */
static bool known_uid(struct process_state *p, struct known *k)
{
	const struct known *old;

	while (p->at < p->n_known && p->known[p->at].pid < k->pid)
		p->at++;
	if (p->at == p->n_known)
		return false;
	old = &p->known[p->at];
	if (old->pid != k->pid || old->start_ticks != k->start_ticks ||
	    old->comm_hash != k->comm_hash || (k->pid + p->scans) % UID_EVERY_SCANS == 0)
		return false;
	k->uid = old->uid;
	k->real_uid = old->real_uid;
	return true;
}

static void set_uid(struct process_state *p, struct vt_process *row, const struct vt_stat *st)
{
	struct known k = { .pid = (uint32_t)st->pid,
			   .start_ticks = st->start_ticks,
			   .comm_hash = vt_hash_bytes(st->comm.at, st->comm.n) };
	char path[32];

	if (!known_uid(p, &k)) {
		(void)snprintf(path, sizeof(path), "%u/status", k.pid);
		if (vt_process_read(&p->files, path) < 0 ||
		    !vt_parse_status_uids(p->files.text, &k.real_uid, &k.uid))
			return;
	}
	VT_SET(PROCESS, row, uid, k.uid);
	VT_SET(PROCESS, row, real_uid, k.real_uid);
	VT_GROW(p->next, p->n_next, p->cap_next);
	p->next[p->n_next++] = k;
}

static bool was_known(const struct process_state *p, const struct vt_process *row)
{
	return p->at < p->n_known && p->known[p->at].pid == row->pid &&
	       p->known[p->at].start_ticks == row->start_ticks;
}

/*
 * Cgroups were read before processes. A process that is new may be in one that was made
 * since, under the path of one that was removed: the directory's inode tells.
 */
static void look_at_cgroup(const struct process_state *p, struct vt_builder *b,
			   struct vt_process *row)
{
	const struct vt_host_row *host = vt_builder_host(b);
	char path[PATH_MAX];
	struct stat st;

	if (!row->cgroup_path || !p->host->is_self || was_known(p, row) ||
	    !VT_HAS(HOST, host, cgroup_mount))
		return;
	(void)snprintf(path, sizeof(path), "%s%s", host->cgroup_mount, row->cgroup_path);
	if (fstatat(p->host->root, path + 1, &st, AT_SYMLINK_NOFOLLOW) == 0)
		row->cgroup_dir_id = st.st_ino;
}

static int open_ns(const struct process_state *p, unsigned pid)
{
	char path[32];
	int fd;

	(void)snprintf(path, sizeof(path), "%u/ns", pid);
	if (!p->host->proc_live)
		return vt_host_openat(p->host->proc, path, O_PATH | O_DIRECTORY);
	fd = openat(p->host->proc, path, O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Old kernels lack some types (ENOENT); EACCES is the same for all of them. */
static void set_namespaces(struct process_state *p, struct vt_builder *b, struct vt_process *row)
{
	vt_autoclose int dir = open_ns(p, (unsigned)row->pid);
	struct vt_slice type;
	uint32_t ids[VT_NS_TYPES] = { 0 };
	uint64_t inode;
	bool any = false;
	char link[64];

	if (dir < 0) {
		row->ns_errno = -dir;
		return;
	}
	for (int t = 0; t < VT_NS_TYPES; t++) {
		ssize_t n = readlinkat(dir, vt_ns_names[t], link, sizeof(link));

		if (n < 0 && errno != ENOENT) {
			row->ns_errno = errno;
			break;
		}
		if (n > 0 &&
		    vt_parse_ns_link((struct vt_slice){ link, (size_t)n }, &type, &inode)) {
			ids[t] = (uint32_t)inode;
			any = true;
		}
	}
	if (any)
		row->ns = vt_builder_ns_set(b, ids);
	else if (!row->ns_errno)
		row->ns_errno = ENOENT;
}

static const char *state_name(struct vt_builder *b, char state)
{
	return vt_builder_intern_n(b, &state, 1);
}

static void fill(const struct process_state *p, struct vt_builder *b, struct vt_process *row,
		 const struct vt_stat *st)
{
	VT_SET(PROCESS, row, pid, st->pid);
	VT_SET(PROCESS, row, ppid, st->ppid);
	VT_SET(PROCESS, row, start_ticks, st->start_ticks);
	VT_SET(PROCESS, row, comm, vt_builder_intern_n(b, st->comm.at, st->comm.n));
	VT_SET(PROCESS, row, state, state_name(b, st->state));
	VT_SET(PROCESS, row, threads, st->threads);
	VT_SET(PROCESS, row, cpu_usec, (st->utime_ticks + st->stime_ticks) * p->tick_usec);
	VT_SET(PROCESS, row, rss_bytes, st->rss_pages * p->files.page_bytes);
	row->kernel_thread = (st->flags & KERNEL_THREAD) != 0;
}

/* A process that ends meanwhile leaves values unknown, or no row at all. */
static void add_process(struct process_state *p, struct vt_builder *b, unsigned pid)
{
	struct vt_process *row;
	struct vt_stat st;
	char path[32];
	int r;

	(void)snprintf(path, sizeof(path), "%u/stat", pid);
	r = vt_process_read(&p->files, path);
	if (r == -EACCES || r == -EPERM) {
		p->unreadable++;
		p->unreadable_errno = -r;
	}
	if (r < 0)
		return;
	if (!vt_parse_stat(p->files.text, &st) || st.pid != pid) {
		p->malformed++;
		return;
	}
	p->threads += st.threads;
	row = vt_process_add(b, pid, st.start_ticks);
	fill(p, b, row, &st);
	set_uid(p, row, &st);
	vt_process_set_resident(&p->files, row);
	vt_process_set_cgroup(&p->files, b, row);
	look_at_cgroup(p, b, row);
	set_namespaces(p, b, row);
	if (row->ns_errno == EACCES || row->ns_errno == EPERM) {
		p->refused++;
		p->refused_errno = row->ns_errno;
	}
}

static void begin(struct process_state *p)
{
	/* What was collected by the last scan becomes what is known in this one. */
	p->known = p->next;
	p->n_known = p->n_next;
	p->next = NULL;
	p->cap_next = 0;
	p->n_next = p->at = 0;
	p->refused = p->malformed = p->unreadable = p->files.unplaced = 0;
	p->threads = 0;
	if (p->scans % HIDEPID_EVERY_SCANS == 0)
		vt_hidepid_read(p->host, &p->hidepid);
	p->scans++;
}

/* The kernel's own count covers all PID namespaces. */
static void note_hidden(const struct process_state *p, struct vt_builder *b)
{
	const struct vt_host_row *host = vt_builder_host(b);
	const struct vt_hidepid *h = &p->hidepid;
	vt_autofree char *seen = NULL, *who = NULL;

	if (p->tasks || !vt_hidepid_binds(h) || h->kind == VT_HIDEPID_NOACCESS)
		return;
	if (VT_HAS(HOST, host, tasks))
		seen = vt_asprintf(" (%llu of the kernel's %llu threads are seen)",
				   (unsigned long long)p->threads, (unsigned long long)host->tasks);
	if (h->kind == VT_HIDEPID_INVISIBLE)
		who = vt_asprintf("root, and who is in group %llu, sees all",
				  (unsigned long long)h->gid);
	vt_builder_note(b,
			"/proc is mounted with %s: it hides processes that virttop may not trace, "
			"those of other users and what they keep%s; %s",
			h->option, seen ? seen : "", who ? who : "root sees more");
}

static void note_unreadable(const struct process_state *p, struct vt_builder *b)
{
	const struct vt_hidepid *h = &p->hidepid;

	if (!p->unreadable)
		return;
	if (h->kind == VT_HIDEPID_NOACCESS)
		vt_builder_note(b,
				"/proc is mounted with %s: %u processes of other users are left "
				"out since their stat file cannot be read (%s); root, and who is "
				"in group %llu, may",
				h->option, p->unreadable, vt_errno_text(p->unreadable_errno),
				(unsigned long long)h->gid);
	else
		vt_builder_note(b,
				"processes that are left out since their stat file cannot be read: "
				"%u (%s)",
				p->unreadable, vt_errno_text(p->unreadable_errno));
}

/* Without the privilege, or on a kernel that has it not, nobody expects the iterator. */
static void note_procfs(const struct process_state *p, struct vt_builder *b)
{
	int code = p->tasks_error.code;

	if (code && code != EPERM && code != EACCES && code != ENOTSUP)
		vt_builder_note(b, "processes are read through procfs, which takes longer: %s",
				p->tasks_error.msg);
}

static void add_notes(const struct process_state *p, struct vt_builder *b)
{
	note_hidden(p, b);
	note_unreadable(p, b);
	note_procfs(p, b);
	if (p->host->is_self && p->host->foreign_pids)
		vt_builder_note(b,
				"/proc is of another PID namespace than virttop: pids are those "
				"of that one, and nothing can be done to processes (start virttop "
				"by unshare --mount-proc, or mount -t proc proc /proc)");
	if (p->refused)
		vt_builder_note(b,
				"the namespaces of %u processes are unknown: %s (reading them "
				"needs ptrace access: root with all capabilities that they have); "
				"what is said of members of a namespace does not count them",
				p->refused, vt_errno_text(p->refused_errno));
	if (p->malformed)
		vt_builder_note(
			b, "processes that are left out since their stat file is malformed: %u",
			p->malformed);
	if (p->files.unplaced)
		vt_builder_note(b,
				"processes whose cgroup is unknown: %u (the cgroup mount begins at "
				"%s as seen from this cgroup namespace, and they are not below it)",
				p->files.unplaced, vt_builder_host(b)->cgroup_root);
}

/* Making the iterator ready takes as long as some thousand processes through procfs. */
static bool is_worth_iterating(const struct vt_host *host)
{
	struct sysinfo info = { 0 };

	(void)sysinfo(&info);
	return host->is_self && host->proc_live && (!host->brief || info.procs >= MANY_TASKS);
}

/* False: it is not to be had. */
static bool iterate(struct process_state *p, struct vt_builder *b)
{
	const unsigned *missing;
	size_t n;
	int r;

	if (!p->tasks && !p->no_tasks && is_worth_iterating(p->host))
		p->tasks = vt_tasks_open(&p->files, &p->tasks_error);
	p->no_tasks = !p->tasks;
	if (!p->tasks)
		return false;
	r = vt_tasks_scan(p->tasks, b, &missing, &n);
	if (r < 0) {
		(void)vt_fail(&p->tasks_error, -r, "the kernel's task iterator: %s",
			      vt_errno_text(-r));
		vt_tasks_close(p->tasks);
		p->tasks = NULL;
		p->no_tasks = true;
		return false;
	}
	for (size_t i = 0; i < n; i++)
		add_process(p, b, missing[i]);
	vt_builder_source(b, "BPF task iterator");
	return true;
}

static int list(struct process_state *p, struct vt_builder *b, struct vt_error *err)
{
	vt_autoclosedir DIR *d = vt_host_opendir(p->host->proc, ".");
	const struct dirent *e;
	uint64_t pid;

	if (!d)
		return vt_fail(err, errno, "cannot list processes below %s: %s", p->host->root_path,
			       vt_errno_text(errno));
	while ((e = readdir(d)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' &&
		    vt_parse_u64((struct vt_slice){ e->d_name, strlen(e->d_name) }, &pid) &&
		    pid <= INT32_MAX)
			add_process(p, b, (unsigned)pid);
	vt_builder_source(b, p->host->proc_live ? "procfs" : "recorded tree");
	return 0;
}

static int process_scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	struct process_state *p = state;
	int r;

	begin(p);
	r = iterate(p, b) ? 0 : list(p, b, err);
	free(p->known); /* for all who are there now it is in next */
	p->known = NULL;
	if (r == 0)
		add_notes(p, b);
	return r;
}

const struct vt_probe vt_probe_process = {
	.name = "process",
	.summary = "processes with their cgroup and namespaces",
	.open = process_open,
	.scan = process_scan,
	.close = process_close,
};
