/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What binds a process first. Each limit in its way is a candidate with the
 * room that it leaves, the least room first; where rooms are equal the order in
 * which the kernel asks decides (copy_process: RLIMIT_NPROC, threads-max, the
 * cgroup, pid_max).
 */
#include "process_limits.h"

#include <string.h>

#include "limits.h"

const struct vt_rlimit_info vt_rlimits[VT_RLIMITS] = {
	[VT_RLIMIT_CPU] = { "cpu", "Max cpu time", VT_UNIT_USEC, 1e6 },
	[VT_RLIMIT_FSIZE] = { "fsize", "Max file size", VT_UNIT_BYTES, 1 },
	[VT_RLIMIT_DATA] = { "data", "Max data size", VT_UNIT_BYTES, 1 },
	[VT_RLIMIT_STACK] = { "stack", "Max stack size", VT_UNIT_BYTES, 1 },
	[VT_RLIMIT_CORE] = { "core", "Max core file size", VT_UNIT_BYTES, 1 },
	[VT_RLIMIT_RSS] = { "rss", "Max resident set", VT_UNIT_BYTES, 1 },
	[VT_RLIMIT_NPROC] = { "nproc", "Max processes", VT_UNIT_COUNT, 1 },
	[VT_RLIMIT_NOFILE] = { "nofile", "Max open files", VT_UNIT_COUNT, 1 },
	[VT_RLIMIT_MEMLOCK] = { "memlock", "Max locked memory", VT_UNIT_BYTES, 1 },
	[VT_RLIMIT_AS] = { "as", "Max address space", VT_UNIT_BYTES, 1 },
	[VT_RLIMIT_LOCKS] = { "locks", "Max file locks", VT_UNIT_COUNT, 1 },
	[VT_RLIMIT_SIGPENDING] = { "sigpending", "Max pending signals", VT_UNIT_COUNT, 1 },
	[VT_RLIMIT_MSGQUEUE] = { "msgqueue", "Max msgqueue size", VT_UNIT_BYTES, 1 },
	[VT_RLIMIT_NICE] = { "nice", "Max nice priority", VT_UNIT_COUNT, 1 },
	[VT_RLIMIT_RTPRIO] = { "rtprio", "Max realtime priority", VT_UNIT_COUNT, 1 },
	[VT_RLIMIT_RTTIME] = { "rttime", "Max realtime timeout", VT_UNIT_USEC, 1 },
};

struct list {
	struct vt_bound *bounds;
	size_t n;
};

static void add(struct list *l, const char *limit, const char *from, uint64_t max, uint64_t used)
{
	if (max == VT_MAX || l->n == VT_BOUNDS)
		return;
	l->bounds[l->n++] = (struct vt_bound){ limit, from, max, max > used ? max - used : 0 };
}

/* A candidate whose room is known, but not by what is used here. */
static void add_room(struct list *l, const char *limit, const char *from, uint64_t max,
		     uint64_t room)
{
	add(l, limit, from, max, max > room ? max - room : 0);
}

bool vt_process_has_cap(const struct vt_snapshot *s, const struct vt_process *p,
			const struct vt_process_limits *limits, unsigned cap)
{
	const struct vt_namespace *ns = vt_namespace_at(s, vt_process_ns(p, VT_NS_USER));

	if (!limits || !limits->caps_known || !(limits->caps >> cap & 1))
		return false;
	return !ns || !VT_HAS(NAMESPACE, ns, initial) || ns->initial;
}

/* Root's processes are never refused for their number, nor are those with these capabilities. */
static bool nproc_holds(const struct vt_snapshot *s, const struct vt_process *p,
			const struct vt_process_limits *limits)
{
	return VT_HAS(PROCESS, p, real_uid) && p->real_uid != 0 && VT_HAS(PROCESS, p, user_tasks) &&
	       !vt_process_has_cap(s, p, limits, VT_CAP_SYS_RESOURCE) &&
	       !vt_process_has_cap(s, p, limits, VT_CAP_SYS_ADMIN);
}

static void add_rlimit(struct list *l, const struct vt_process_limits *limits, enum vt_rlimit r,
		       const char *name)
{
	if (limits && limits->rlimits[r].known && limits->rlimits[r].used_known)
		add(l, name, NULL, limits->rlimits[r].soft, limits->rlimits[r].used);
}

static void add_v1(struct list *l, const struct vt_process_limits *limits, const char *controller)
{
	for (size_t i = 0; limits && i < limits->n_v1; i++) {
		const struct vt_v1_limit *v = &limits->v1[i];

		if (v->from && strcmp(v->controller, controller) == 0)
			add(l, v->file, v->from, v->max, v->current);
	}
}

static bool is_of_cgroup(const char *from)
{
	return strcmp(from, vt_from_host) != 0;
}

static void bind_tasks(const struct vt_snapshot *s, const struct vt_process *p,
		       const struct vt_process_limits *limits, struct list *l)
{
	const struct vt_host_row *h = vt_snapshot_host(s);
	const struct vt_cgroup *cg = vt_cgroup_at(s, p->cgroup);

	if (limits && limits->rlimits[VT_RLIMIT_NPROC].known && nproc_holds(s, p, limits))
		add(l, "RLIMIT_NPROC", NULL, limits->rlimits[VT_RLIMIT_NPROC].soft, p->user_tasks);
	if (VT_HAS(HOST, h, threads_max) && VT_HAS(HOST, h, tasks))
		add(l, "kernel.threads-max", NULL, h->threads_max, h->tasks);
	if (cg && VT_HAS(CGROUP, cg, effective_pids_max_from) &&
	    is_of_cgroup(cg->effective_pids_max_from))
		add_room(l, "pids.max", cg->effective_pids_max_from, cg->effective_pids_max,
			 cg->effective_pids_headroom);
	add_v1(l, limits, "pids");
	if (VT_HAS(HOST, h, pid_max) && VT_HAS(HOST, h, tasks))
		add(l, "kernel.pid_max", NULL, h->pid_max, h->tasks + 1);
}

static void bind_memory(const struct vt_snapshot *s, const struct vt_process *p,
			const struct vt_process_limits *limits, struct list *l)
{
	const struct vt_host_row *h = vt_snapshot_host(s);
	const struct vt_cgroup *cg = vt_cgroup_at(s, p->cgroup);

	add_rlimit(l, limits, VT_RLIMIT_AS, "RLIMIT_AS");
	add_rlimit(l, limits, VT_RLIMIT_DATA, "RLIMIT_DATA");
	if (cg && VT_HAS(CGROUP, cg, effective_memory_max_from) &&
	    is_of_cgroup(cg->effective_memory_max_from))
		add_room(l, "memory.max", cg->effective_memory_max_from, cg->effective_memory_max,
			 cg->effective_memory_headroom);
	add_v1(l, limits, "memory");
	if (VT_HAS(HOST, h, mem_total_bytes) && VT_HAS(HOST, h, mem_available_bytes))
		add_room(l, "the host's memory", NULL, h->mem_total_bytes, h->mem_available_bytes);
}

static void bind_files(const struct vt_snapshot *s, const struct vt_process *p,
		       const struct vt_process_limits *limits, struct list *l)
{
	const struct vt_host_row *h = vt_snapshot_host(s);

	add_rlimit(l, limits, VT_RLIMIT_NOFILE, "RLIMIT_NOFILE");
	if (VT_HAS(HOST, h, files_max) && VT_HAS(HOST, h, files_open) &&
	    !vt_process_has_cap(s, p, limits, VT_CAP_SYS_ADMIN))
		add(l, "fs.file-max", NULL, h->files_max, h->files_open);
}

/* Few, and the order of equal ones is kept. */
static void sort(struct list *l)
{
	for (size_t i = 1; i < l->n; i++)
		for (size_t k = i; k > 0 && l->bounds[k].room < l->bounds[k - 1].room; k--) {
			struct vt_bound b = l->bounds[k];

			l->bounds[k] = l->bounds[k - 1];
			l->bounds[k - 1] = b;
		}
}

size_t vt_process_bounds(const struct vt_snapshot *s, const struct vt_process *p,
			 const struct vt_process_limits *limits, enum vt_want want,
			 struct vt_bound ret[VT_BOUNDS])
{
	static void (*const bind[VT_WANTS])(const struct vt_snapshot *, const struct vt_process *,
					    const struct vt_process_limits *, struct list *) = {
		[VT_WANT_TASKS] = bind_tasks,
		[VT_WANT_MEMORY] = bind_memory,
		[VT_WANT_FILES] = bind_files,
	};
	struct list l = { ret, 0 };

	bind[want](s, p, limits, &l);
	sort(&l);
	return l.n;
}
