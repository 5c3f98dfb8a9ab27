/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One page for the person at 3 a.m.: what is it, what binds it, who set that
 * limit, and what do we not know. Every text of the system is escaped on its
 * way in, so that a hostile name cannot add lines of its own.
 */
#include "explain.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "memory.h"
#include "namespace_words.h"
#include "near.h"
#include "text.h"

enum {
	MOST_FINDINGS = 8,
	MOST_HUGETLB = 3,
};

struct page {
	const struct vt_snapshot *s;
	const struct vt_host_row *host;
	struct vt_arena *arena;
	FILE *out;
};

static const char *clean(const struct page *p, const char *raw)
{
	size_t size = 4 * strlen(raw) + 16;
	char *text = vt_arena_alloc(p->arena, size);

	(void)vt_text_escape(text, size, raw);
	return text;
}

VT_PRINTF(3, 4) static void line(const struct page *p, const char *label, const char *fmt, ...)
{
	va_list ap;

	fprintf(p->out, "%-11s ", label);
	va_start(ap, fmt);
	(void)vfprintf(p->out, fmt, ap);
	va_end(ap);
	fputc('\n', p->out);
}

static const char *figure(const struct page *p, enum vt_kind kind, int metric, const void *record)
{
	const struct vt_metric *m = &vt_kinds[kind].metrics[metric];
	char text[128];

	if (!vt_valid(record, (unsigned)metric))
		return "unknown";
	vt_metric_short(text, sizeof(text), kind, metric, record, true);
	if (m->unit == VT_UNIT_PERCENT && strcmp(text, "max") != 0)
		return vt_arena_printf(p->arena, "%s%%", text);
	return vt_arena_intern(p->arena, text);
}

#define CG(p, cg, field)   figure(p, VT_KIND_CGROUP, VT_CGROUP_##field, cg)
#define PR(p, proc, field) figure(p, VT_KIND_PROCESS, VT_PROCESS_##field, proc)
#define HOST(p, field)     figure(p, VT_KIND_HOST, VT_HOST_##field, (p)->host)

/* Limits that ancestors share in. */
static const struct limit {
	const char *file;
	int own, effective, from, used, room;
} limits[] = {
	{ "cpu.max", VT_CGROUP_cpu_max_percent, VT_CGROUP_effective_cpu_max_percent,
	  VT_CGROUP_effective_cpu_max_from, VT_CGROUP_cpu_percent, -1 },
	{ "memory.max", VT_CGROUP_memory_max_bytes, VT_CGROUP_effective_memory_max,
	  VT_CGROUP_effective_memory_max_from, VT_CGROUP_memory_current_bytes,
	  VT_CGROUP_effective_memory_headroom },
	{ "pids.max", VT_CGROUP_pids_max, VT_CGROUP_effective_pids_max,
	  VT_CGROUP_effective_pids_max_from, VT_CGROUP_pids_current,
	  VT_CGROUP_effective_pids_headroom },
};

/* Limits and shares of its own, shown when they are known. */
static const struct setting {
	const char *file;
	int metric;
} settings[] = {
	{ "memory.high", VT_CGROUP_memory_high_bytes },
	{ "memory.low", VT_CGROUP_memory_low_bytes },
	{ "swap.max", VT_CGROUP_swap_max_bytes },
	{ "cpu.weight", VT_CGROUP_cpu_weight },
	{ "io.weight", VT_CGROUP_io_weight },
	{ "cpuset.cpus", VT_CGROUP_cpuset_cpus_effective },
	{ "max.depth", VT_CGROUP_max_depth },
	{ "max.descendants", VT_CGROUP_max_descendants },
};

static const char *from_words(const struct page *p, const struct vt_cgroup *cg,
			      const struct limit *l)
{
	const char *from;

	if (!vt_valid(&cg->head, (unsigned)l->from))
		return "";
	from = vt_metric_string(&vt_kinds[VT_KIND_CGROUP].metrics[l->from], cg);
	if (strcmp(from, cg->path) == 0)
		return " from itself";
	return vt_arena_printf(p->arena, " from %s", clean(p, from));
}

static void put_limit(const struct page *p, const struct vt_cgroup *cg, const struct limit *l)
{
	const char *room = "";

	if (!vt_valid(&cg->head, (unsigned)l->own) && !vt_valid(&cg->head, (unsigned)l->effective))
		return;
	if (l->room >= 0 && vt_valid(&cg->head, (unsigned)l->room))
		room = vt_arena_printf(p->arena, ", room %s",
				       figure(p, VT_KIND_CGROUP, l->room, cg));
	line(p, l->file, "own %s, effective %s%s; used %s%s", figure(p, VT_KIND_CGROUP, l->own, cg),
	     figure(p, VT_KIND_CGROUP, l->effective, cg), from_words(p, cg, l),
	     figure(p, VT_KIND_CGROUP, l->used, cg), room);
}

static void put_settings(const struct page *p, const struct vt_cgroup *cg)
{
	const char *text = "";

	for (size_t i = 0; i < VT_LEN(settings); i++)
		if (vt_valid(&cg->head, (unsigned)settings[i].metric))
			text = vt_arena_printf(p->arena, "%s%s%s %s", text, *text ? ", " : "",
					       settings[i].file,
					       figure(p, VT_KIND_CGROUP, settings[i].metric, cg));
	if (*text)
		line(p, "also set", "%s", text);
}

static void put_hugetlb(const struct page *p, const struct vt_cgroup *cg)
{
	for (int32_t i = 0; i < cg->n_hugetlbs && i < MOST_HUGETLB; i++) {
		const struct vt_hugetlb *h = vt_hugetlb_at(p->s, cg->first_hugetlb + i);

		line(p, "hugetlb", "%s pages: max %s; used %s",
		     VT_HAS(HUGETLB, h, page_size) ? clean(p, h->page_size) : "unknown",
		     figure(p, VT_KIND_HUGETLB, VT_HUGETLB_max_bytes, h),
		     figure(p, VT_KIND_HUGETLB, VT_HUGETLB_current_bytes, h));
	}
}

static void put_pressure(const struct page *p, const struct vt_cgroup *cg)
{
	if (!VT_HAS(CGROUP, cg, psi_cpu_some_avg10) && !VT_HAS(CGROUP, cg, psi_memory_some_avg10) &&
	    !VT_HAS(CGROUP, cg, psi_io_some_avg10)) {
		line(p, "pressure",
		     "unknown: no *.pressure file could be read (PSI off or hidden)");
		return;
	}
	line(p, "pressure",
	     "last 10 s, some and all tasks waited: cpu %s %s, memory %s %s, io %s %s",
	     CG(p, cg, psi_cpu_some_avg10), CG(p, cg, psi_cpu_full_avg10),
	     CG(p, cg, psi_memory_some_avg10), CG(p, cg, psi_memory_full_avg10),
	     CG(p, cg, psi_io_some_avg10), CG(p, cg, psi_io_full_avg10));
}

/* Quotas of ancestors throttle it as well: cpu.stat counts each group's own. */
static void put_throttling(const struct page *p, const struct vt_cgroup *cg)
{
	for (const struct vt_cgroup *at = cg; at; at = vt_cgroup_at(p->s, at->parent)) {
		if (!VT_HAS(CGROUP, at, nr_throttled) || !at->nr_throttled)
			continue;
		line(p, "throttled",
		     "%s of periods now, %s of %s since it was made, by cpu.max of %s",
		     CG(p, at, throttled_percent), CG(p, at, nr_throttled), CG(p, at, nr_periods),
		     clean(p, at->path));
		return;
	}
	if (VT_HAS(CGROUP, cg, nr_throttled))
		line(p, "throttled", "never, neither by its own cpu.max nor by an ancestor's");
}

static void put_kills(const struct page *p, const struct vt_cgroup *cg)
{
	if (VT_HAS(CGROUP, cg, memory_events_oom_kill))
		line(p, "killed",
		     "%s by the OOM killer in it and below; memory.max hit %s times, "
		     "memory.high passed %s times",
		     CG(p, cg, memory_events_oom_kill), CG(p, cg, memory_events_max),
		     CG(p, cg, memory_events_high));
	if (VT_HAS(CGROUP, cg, pids_events_max))
		line(p, "forks", "%s refused", CG(p, cg, pids_events_max));
	if (VT_HAS(CGROUP, cg, frozen) && cg->frozen)
		line(p, "frozen", "yes: none of its processes runs until it is thawed");
}

static void put_memory(const struct page *p, const struct vt_cgroup *cg)
{
	if (VT_HAS(CGROUP, cg, memory_anon_bytes))
		line(p, "memory", "anonymous %s, page cache %s, kernel %s, swap %s, peak %s",
		     CG(p, cg, memory_anon_bytes), CG(p, cg, memory_file_bytes),
		     CG(p, cg, memory_kernel_bytes), CG(p, cg, swap_current_bytes),
		     CG(p, cg, memory_peak_bytes));
}

static bool is_in_chain(const struct vt_snapshot *s, const struct vt_cgroup *cg, struct vt_id id)
{
	if (id.kind == VT_KIND_HOST)
		return true;
	for (; cg && id.kind == VT_KIND_CGROUP; cg = vt_cgroup_at(s, cg->parent))
		if (cg->head.a == id.a)
			return true;
	return false;
}

static void put_findings(const struct page *p, const struct vt_cgroup *cg)
{
	static const char *const words[] = {
		[VT_NOTICE] = "notice", [VT_WARNING] = "warning", [VT_CRITICAL] = "critical"
	};
	size_t told = 0, left = 0;

	for (size_t i = 0; i < p->s->n_findings; i++) {
		const struct vt_finding *f = &p->s->findings[i];
		const struct vt_cgroup *at = f->subject.kind == VT_KIND_CGROUP
						     ? vt_snapshot_find(p->s, f->subject)
						     : NULL;

		if (!is_in_chain(p->s, cg, f->subject))
			continue;
		if (told++ >= MOST_FINDINGS) {
			left++;
			continue;
		}
		line(p, told == 1 ? "found" : "", "%s: %s: %s", words[f->severity],
		     clean(p, at ? at->path : f->name), clean(p, f->evidence));
		if (f->fix.action)
			line(p, "", "  to cure it: %s", clean(p, f->fix.command));
	}
	if (left)
		line(p, "", "and %zu more", left);
	if (!told)
		line(p, "found", "nothing that hurts it or an ancestor");
}

/* What is not known, and why. */

static const char *why_unknown(const struct page *p, const struct vt_cgroup *cg,
			       const char *controller)
{
	const struct vt_host_row *h = p->host;

	if (VT_HAS(HOST, h, cgroup_v1_controllers) &&
	    vt_text_has_word(h->cgroup_v1_controllers, controller))
		return "a cgroup v1 hierarchy holds that controller";
	if (VT_HAS(HOST, h, cgroup_controllers) &&
	    !vt_text_has_word(h->cgroup_controllers, controller))
		return "cgroup v2 does not offer that controller here";
	if (!VT_HAS(CGROUP, cg, controllers))
		return "its cgroup.controllers could not be read";
	if (!vt_text_has_word(cg->controllers, controller))
		return "the parent does not enable that controller for it";
	return NULL;
}

static void put_unknown(const struct page *p, const struct vt_cgroup *cg)
{
	static const char *const controllers[] = { "cpu", "memory", "pids", "io", "cpuset" };
	const char *reasons[VT_LEN(controllers)], *names;
	bool first = true;

	for (size_t i = 0; i < VT_LEN(controllers); i++)
		reasons[i] = why_unknown(p, cg, controllers[i]);
	for (size_t i = 0; i < VT_LEN(controllers); i++) {
		const char *why = reasons[i];

		if (!why)
			continue;
		names = controllers[i];
		for (size_t k = i + 1; k < VT_LEN(controllers); k++)
			if (reasons[k] == why) {
				names = vt_arena_printf(p->arena, "%s, %s", names, controllers[k]);
				reasons[k] = NULL;
			}
		line(p, first ? "not known" : "", "limits on %s: %s", names, why);
		first = false;
	}
}

static void put_host(const struct page *p)
{
	line(p, "limits", "none: the root cgroup has no limit files; the host's own figures count");
	line(p, "cpu", "%s of all CPUs busy, %s CPUs, load %s", HOST(p, cpu_percent),
	     HOST(p, cpu_threads), HOST(p, load1));
	line(p, "memory", "%s of %s can be had, swap %s of %s free", HOST(p, mem_available_bytes),
	     HOST(p, mem_total_bytes), HOST(p, swap_free_bytes), HOST(p, swap_total_bytes));
	line(p, "tasks", "%s processes, %s threads", HOST(p, processes), HOST(p, threads));
	line(p, "pressure",
	     "last 10 s, some and all tasks waited: cpu %s %s, memory %s %s, io %s %s",
	     HOST(p, psi_cpu_some_avg10), HOST(p, psi_cpu_full_avg10),
	     HOST(p, psi_memory_some_avg10), HOST(p, psi_memory_full_avg10),
	     HOST(p, psi_io_some_avg10), HOST(p, psi_io_full_avg10));
}

/* What it is. */

/* " (cpu.max 20%, memory.max 1.0G)": the limits that one link of the chain sets. */
static const char *own_limits(const struct page *p, const struct vt_cgroup *cg)
{
	const char *text = "";

	for (size_t i = 0; i < VT_LEN(limits); i++) {
		const struct vt_metric *m = &vt_kinds[VT_KIND_CGROUP].metrics[limits[i].own];

		if (vt_valid(&cg->head, (unsigned)limits[i].own) && !isinf(vt_metric_number(m, cg)))
			text = vt_arena_printf(p->arena, "%s%s%s %s", text, *text ? ", " : "",
					       limits[i].file,
					       figure(p, VT_KIND_CGROUP, limits[i].own, cg));
	}
	return *text ? vt_arena_printf(p->arena, " (%s)", text) : "";
}

static void put_chain(const struct page *p, const struct vt_cgroup *cg)
{
	const char *text = "";

	for (; cg; cg = vt_cgroup_at(p->s, cg->parent))
		text = vt_arena_printf(p->arena, "%s%s%s%s",
				       cg->parent < 0 ? "/" : clean(p, cg->name), own_limits(p, cg),
				       *text ? " > " : "", text);
	line(p, "chain", "%s", text);
}

static void put_cgroup(const struct page *p, const struct vt_cgroup *cg)
{
	const struct vt_container *c = vt_container_at(p->s, cg->container);

	line(p, "cgroup", "%s, id %" PRIu64 ", %s; %s processes in it, %s with those below",
	     clean(p, cg->path), cg->id,
	     VT_HAS(CGROUP, cg, type) ? clean(p, cg->type)
	     : cg->parent < 0         ? "the root"
				      : "type unknown",
	     CG(p, cg, processes), CG(p, cg, processes_below));
	if (VT_HAS(CGROUP, cg, unit))
		line(p, "unit", "%s of systemd, which sets its limits", clean(p, cg->unit));
	if (c)
		line(p, "container", "%s%s%s",
		     clean(p, VT_HAS(CONTAINER, c, name) ? c->name : c->id),
		     VT_HAS(CONTAINER, c, engine) ? " of " : "",
		     VT_HAS(CONTAINER, c, engine) ? c->engine : "");
	if (cg->parent < 0) {
		put_host(p);
		put_findings(p, cg);
		return;
	}
	put_chain(p, cg);
	for (size_t i = 0; i < VT_LEN(limits); i++)
		put_limit(p, cg, &limits[i]);
	put_settings(p, cg);
	put_hugetlb(p, cg);
	put_memory(p, cg);
	put_pressure(p, cg);
	put_throttling(p, cg);
	put_kills(p, cg);
	put_findings(p, cg);
	put_unknown(p, cg);
}

static void put_difference(const struct page *p, const struct vt_process *proc,
			   const struct vt_process *other, const char *whom)
{
	char text[80];
	int differ, unknown;

	if (!other || other == proc)
		return;
	vt_namespaces_differ(proc, other, text, sizeof(text), &differ, &unknown);
	if (unknown < VT_NS_TYPES)
		line(p, "", "differ from those of %s %" PRIu64 " in %s", whom, other->pid,
		     differ ? text : "nothing");
}

static void put_namespaces(const struct page *p, const struct vt_process *proc)
{
	const char *text = "";

	if (proc->ns_errno) {
		line(p, "namespaces", "unknown: %s", vt_errno_text(proc->ns_errno));
		return;
	}
	for (int t = 0; t < VT_NS_TYPES; t++) {
		const struct vt_namespace *ns = vt_namespace_at(p->s, proc->ns[t]);

		if (ns && !(VT_HAS(NAMESPACE, ns, initial) && ns->initial))
			text = vt_arena_printf(p->arena, "%s%s%s %" PRIu64, text, *text ? ", " : "",
					       vt_ns_names[t], ns->id);
	}
	line(p, "namespaces", "%s", *text ? text : "only the host's own");
	put_difference(p, proc, vt_process_at(p->s, proc->parent), "its parent");
	if (proc->parent < 0 || vt_process_at(p->s, proc->parent)->pid != 1)
		put_difference(p, proc, vt_snapshot_pid(p->s, 1), "process");
}

static void put_process(const struct page *p, const struct vt_process *proc)
{
	const struct vt_cgroup *cg = vt_cgroup_at(p->s, proc->cgroup);
	const struct vt_machine *vm = vt_machine_at(p->s, proc->machine);

	line(p, "process", "%" PRIu64 " %s, state %s, uid %s, %s threads", proc->pid,
	     VT_HAS(PROCESS, proc, comm) ? clean(p, proc->comm) : "unknown", PR(p, proc, state),
	     PR(p, proc, uid), PR(p, proc, threads));
	line(p, "uses", "cpu %s of one CPU, resident memory %s", PR(p, proc, cpu_percent),
	     PR(p, proc, rss_bytes));
	put_namespaces(p, proc);
	if (vm)
		line(p, "machine", "it runs the virtual machine %s",
		     VT_HAS(MACHINE, vm, name) ? clean(p, vm->name) : "without a name");
	if (cg)
		put_cgroup(p, cg);
	else
		line(p, "cgroup", "%s%s",
		     proc->cgroup_path ? "not in the tree that is shown: " : "unknown",
		     proc->cgroup_path ? clean(p, proc->cgroup_path) : "");
}

/* Finding what is meant. */

static bool is_pid(const char *what)
{
	size_t n = strspn(what, "0123456789");

	return n && !what[n];
}

static int no_process(const struct vt_snapshot *s, const char *what, uint64_t pid,
		      struct vt_error *err)
{
	size_t n;
	const struct vt_process *procs = vt_process_rows(s, &n), *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (!best ||
		    llabs((long long)(procs[i].pid - pid)) < llabs((long long)(best->pid - pid)))
			best = &procs[i];
	if (!best)
		return vt_fail(err, ENOENT, "there is no process %s: none could be read", what);
	return vt_fail(err, ENOENT, "there is no process %s; the nearest is %" PRIu64 " %s", what,
		       best->pid, VT_HAS(PROCESS, best, comm) ? best->comm : "");
}

/* "/a/b" from "a/b", "/mount/a/b/"; free() it. */
static char *normal_path(const struct vt_snapshot *s, const char *what)
{
	const struct vt_host_row *h = vt_snapshot_host(s);
	const char *mount = VT_HAS(HOST, h, cgroup_mount) ? h->cgroup_mount : "";
	size_t n = strlen(mount);
	char *path;

	while (n && mount[n - 1] == '/')
		n--;
	if (n && strncmp(what, mount, n) == 0 && (what[n] == '/' || !what[n]))
		what += n;
	while (*what == '/')
		what++;
	path = vt_asprintf("/%s", what);
	for (n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
		path[n - 1] = '\0';
	return path;
}

/* Paths whose last part is like the one that was asked for: people leave out what is in front. */
static void list_near(const struct vt_snapshot *s, const char *word, char *out, size_t size)
{
	struct vt_near near = { .word = word };
	size_t n, used = 0, told = 0;
	const struct vt_cgroup *cgs = vt_cgroup_rows(s, &n);

	for (size_t i = 0; i < n; i++)
		vt_near_try(&near, cgs[i].name);
	out[0] = '\0';
	for (size_t k = 0; k < near.n; k++)
		for (size_t i = 0; i < n && told < VT_NEAR_MOST && used < size; i++)
			if (strcmp(near.names[k], cgs[i].name) == 0)
				used += (size_t)snprintf(out + used, size - used, "%s%s",
							 told++ ? ", " : "", cgs[i].path);
}

static int no_cgroup(const struct vt_snapshot *s, const char *path, struct vt_error *err)
{
	const char *last = strrchr(path, '/') + 1;
	char list[160];

	list_near(s, last, list, sizeof(list));
	if (list[0])
		return vt_fail(err, ENOENT, "there is no cgroup %s; there is %s", path, list);
	return vt_fail(
		err, ENOENT,
		"there is no cgroup %s: give a PID, or a path below the cgroup v2 mount such "
		"as /system.slice",
		path);
}

static int find(const struct vt_snapshot *s, const char *what, const struct vt_process **ret_proc,
		const struct vt_cgroup **ret_cg, struct vt_error *err)
{
	vt_autofree char *path = NULL;

	*ret_proc = NULL;
	*ret_cg = NULL;
	if (!*what)
		return vt_fail(err, EINVAL, "explain needs a PID or the path of a cgroup");
	if (is_pid(what)) {
		uint64_t pid = strtoull(what, NULL, 10);

		*ret_proc = vt_snapshot_pid(s, pid);
		return *ret_proc ? 0 : no_process(s, what, pid, err);
	}
	path = normal_path(s, what);
	*ret_cg = vt_snapshot_path(s, path);
	return *ret_cg ? 0 : no_cgroup(s, path, err);
}

int vt_explain(const struct vt_snapshot *s, const char *what, char **ret_text, struct vt_error *err)
{
	struct page p = { .s = s, .host = vt_snapshot_host(s) };
	const struct vt_process *proc;
	const struct vt_cgroup *cg;
	char *text = NULL;
	size_t size;
	int r = find(s, what, &proc, &cg, err);

	if (r < 0)
		return r;
	p.out = open_memstream(&text, &size);
	if (!p.out)
		return vt_fail(err, errno, "cannot write: %s", vt_errno_text(errno));
	p.arena = vt_arena_new();
	if (proc)
		put_process(&p, proc);
	else
		put_cgroup(&p, cg);
	vt_arena_free(p.arena);
	(void)fclose(p.out);
	*ret_text = text;
	return 0;
}
