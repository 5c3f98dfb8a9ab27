/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The on-call page: first what hurts, then who is busy, then what there is.
 * Every row leads somewhere: Enter on a finding goes to its subject.
 */
#include "view_cgroups.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CG(field)                                                                                  \
	{                                                                                          \
		VT_KIND_CGROUP, VT_CGROUP_##field                                                  \
	}
#define PR(field)                                                                                  \
	{                                                                                          \
		VT_KIND_PROCESS, VT_PROCESS_##field                                                \
	}
#define VM(field)                                                                                  \
	{                                                                                          \
		VT_KIND_MACHINE, VT_MACHINE_##field                                                \
	}

static const struct vt_column columns[] = {
	{ NULL,
	  5,
	  0,
	  0,
	  false,
	  { CG(cpu_percent), PR(cpu_percent), VM(cpu_percent) },
	  vt_role_load,
	  NULL },
	{ NULL,
	  5,
	  1,
	  0,
	  false,
	  { CG(memory_current_bytes), PR(rss_bytes), VM(memory_bytes) },
	  vt_role_zero_dim,
	  NULL },
	{ NULL, 4, 2, 0, false, { CG(throttled_percent) }, vt_role_throttled, NULL },
	{ "PSI", 13, 3, 0, true, { CG(psi_cpu_some_percent) }, NULL, vt_cgroup_draw_pressure },
	{ "TASKS",
	  5,
	  4,
	  0,
	  false,
	  { CG(processes_below), PR(threads), VM(vcpu_count) },
	  vt_role_zero_dim,
	  NULL },
	{ 0 },
};

enum {
	MOST_BUSY = 16,
	LEAST_BUSY = 6,
	OTHER_ROWS = 33 /* of the screen, for all but findings and the two lists */
};

/* A tall screen has room for more of them. */
static size_t most_busy(const struct vt_view_env *env)
{
	int most = (env->rows - OTHER_ROWS - (int)env->snapshot->n_findings) / 2;

	return (size_t)(most < LEAST_BUSY ? LEAST_BUSY : most > MOST_BUSY ? MOST_BUSY : most);
}

static void add_findings(const struct vt_snapshot *s, struct vt_rows *rows)
{
	int32_t head = vt_rows_heading(rows, -1, "WHAT HURTS", NULL), at;

	if (!s->n_findings) {
		at = vt_rows_heading(rows, head, "nothing", "that virttop can see");
		rows->rows[at].role = VT_ROLE_GOOD;
	}
	for (size_t i = 0; i < s->n_findings; i++) {
		const struct vt_finding *f = &s->findings[i];

		at = vt_rows_heading(rows, head,
				     vt_arena_printf(rows->arena, "%s %s",
						     vt_sign_severity(f->severity), f->name),
				     f->evidence);
		/* The same finding when its severity, which is in its name, is another. */
		rows->rows[at].id.a = 0;
		rows->rows[at].id.b = vt_finding_key(f);
		rows->rows[at].link = f->subject;
		rows->rows[at].role = (int8_t)vt_role_severity(f->severity);
	}
}

/* The busiest records of a kind: by CPU, and by memory where no CPU rate is known yet. */
struct busy {
	const void *record;
	double cpu, memory;
};

static int compare_busy(const void *x, const void *y)
{
	const struct busy *a = x, *b = y;

	if (a->cpu != b->cpu)
		return a->cpu < b->cpu ? 1 : -1;
	return (a->memory < b->memory) - (a->memory > b->memory);
}

/* Inserts into a short list that is kept in order. */
static void consider(struct busy *list, size_t *n, size_t most, struct busy candidate)
{
	if (candidate.cpu <= 0 && candidate.memory <= 0)
		return;
	if (*n < most)
		list[(*n)++] = candidate;
	else if (compare_busy(&candidate, &list[*n - 1]) < 0)
		list[*n - 1] = candidate;
	else
		return;
	qsort(list, *n, sizeof(*list), compare_busy);
}

static bool is_slice(const struct vt_cgroup *cg)
{
	size_t n = strlen(cg->name);

	return n > 6 && strcmp(cg->name + n - 6, ".slice") == 0;
}

/*
 * What people think of as one thing: a service, a container, a scope. Not the
 * slices and folders that only group others, nor the parts inside of it.
 */
static unsigned char *mark_things(const struct vt_snapshot *s, const struct vt_cgroup *cgs,
				  size_t n)
{
	enum {
		INSIDE = 1,
		THING = 2
	};
	vt_autofree uint32_t *children = vt_alloc((n + 1) * sizeof(*children));
	unsigned char *marks = vt_alloc(n + 1);

	for (size_t i = 0; i < n; i++)
		if (cgs[i].parent >= 0)
			children[cgs[i].parent]++;
	for (size_t k = 0; k < n; k++) {
		size_t i = (size_t)s->cgroup_order[k];
		const struct vt_cgroup *cg = &cgs[i];
		bool groups = is_slice(cg) || (!cg->processes && children[i] > 1);

		if (cg->parent < 0)
			continue;
		if (marks[cg->parent])
			marks[i] = INSIDE;
		else if (!groups || cg->container >= 0)
			marks[i] = THING;
	}
	for (size_t i = 0; i < n; i++)
		marks[i] = marks[i] == THING;
	return marks;
}

static void add_busy_cgroups(const struct vt_snapshot *s, struct vt_rows *rows, size_t most)
{
	struct busy list[MOST_BUSY];
	size_t n, used = 0;
	const struct vt_cgroup *cgs = vt_cgroup_rows(s, &n);
	vt_autofree unsigned char *is_thing = mark_things(s, cgs, n);
	int32_t head;

	for (size_t i = 0; i < n; i++)
		if (is_thing[i])
			consider(list, &used, most,
				 (struct busy){ &cgs[i],
						VT_HAS(CGROUP, &cgs[i], cpu_percent)
							? cgs[i].cpu_percent
							: 0,
						VT_HAS(CGROUP, &cgs[i], memory_current_bytes)
							? (double)cgs[i].memory_current_bytes
							: 0 });
	if (!used)
		return;
	head = vt_rows_heading(rows, -1, "BUSIEST CGROUPS", NULL);
	for (size_t i = 0; i < used; i++)
		(void)vt_rows_add(rows, head, VT_KIND_CGROUP, list[i].record,
				  ((const struct vt_cgroup *)list[i].record)->path);
}

static void add_busy_processes(const struct vt_snapshot *s, struct vt_rows *rows, size_t most)
{
	struct busy list[MOST_BUSY];
	size_t n, used = 0;
	const struct vt_process *procs = vt_process_rows(s, &n);
	int32_t head;

	for (size_t i = 0; i < n; i++)
		consider(list, &used, most,
			 (struct busy){
				 &procs[i],
				 VT_HAS(PROCESS, &procs[i], cpu_percent) ? procs[i].cpu_percent : 0,
				 VT_HAS(PROCESS, &procs[i], rss_bytes) ? (double)procs[i].rss_bytes
								       : 0 });
	if (!used)
		return;
	head = vt_rows_heading(rows, -1, "BUSIEST PROCESSES", NULL);
	for (size_t i = 0; i < used; i++)
		(void)vt_rows_add(rows, head, VT_KIND_PROCESS, list[i].record,
				  vt_name_process(rows, list[i].record));
}

static void add_count(struct vt_rows *rows, int32_t head, const char *name, int view,
		      const char *value)
{
	int32_t at = vt_rows_heading(rows, head, name, value);

	rows->rows[at].go_view = (int8_t)view;
}

static const char *namespaces_by_type(const struct vt_snapshot *s, struct vt_rows *rows)
{
	unsigned counts[VT_NS_TYPES] = { 0 };
	char text[160];
	size_t n, used = 0;
	const struct vt_namespace *ns = vt_namespace_rows(s, &n);

	for (size_t i = 0; i < n; i++)
		counts[ns[i].ns_type]++;
	used = (size_t)snprintf(text, sizeof(text), "%-5zu", n);
	for (int t = 0; t < VT_NS_TYPES && used < sizeof(text); t++)
		if (counts[t])
			used += (size_t)snprintf(text + used, sizeof(text) - used, "  %s %u",
						 vt_ns_names[t], counts[t]);
	return vt_arena_intern(rows->arena, text);
}

static void add_host(const struct vt_snapshot *s, struct vt_rows *rows)
{
	const struct vt_host_row *h = vt_snapshot_host(s);
	int32_t head = vt_rows_heading(rows, -1, "THIS HOST", NULL);
	struct vt_arena *a = rows->arena;
	size_t n;

	add_count(rows, head, "namespaces", 2, namespaces_by_type(s, rows));
	(void)vt_cgroup_rows(s, &n);
	add_count(rows, head, "cgroups", 3,
		  vt_arena_printf(
			  a, "%-5zu  %s, v2 controllers: %s%s%s", n,
			  VT_HAS(HOST, h, cgroup_mode) ? h->cgroup_mode : "–",
			  VT_HAS(HOST, h, cgroup_controllers) && h->cgroup_controllers[0]
				  ? h->cgroup_controllers
				  : "none",
			  VT_HAS(HOST, h, cgroup_v1_controllers) && h->cgroup_v1_controllers[0]
				  ? "; v1 holds: "
				  : "",
			  VT_HAS(HOST, h, cgroup_v1_controllers) ? h->cgroup_v1_controllers : ""));
	(void)vt_container_rows(s, &n);
	add_count(rows, head, "containers", 4, vt_arena_printf(a, "%-5zu", n));
	(void)vt_machine_rows(s, &n);
	add_count(rows, head, "machines", 5,
		  vt_arena_printf(a, "%-5zu  %s", n, VT_HAS(HOST, h, kvm_why) ? h->kvm_why : ""));
	add_count(rows, head, "processes", 6,
		  VT_HAS(HOST, h, processes)
			  ? vt_arena_printf(a, "%-5" PRIu64 "  %" PRIu64 " threads", h->processes,
					    h->threads)
			  : "–");
	add_count(
		rows, head, "CPU", 7,
		vt_arena_printf(a, "%-5" PRIu64 "  %s, virtualization %s", h->cpu_threads,
				VT_HAS(HOST, h, cpu_model) ? h->cpu_model : "–",
				VT_HAS(HOST, h, cpu_virtualization) ? h->cpu_virtualization : "–"));
}

static void build(const struct vt_view_env *env, struct vt_rows *rows)
{
	add_findings(env->snapshot, rows);
	add_busy_cgroups(env->snapshot, rows, most_busy(env));
	add_busy_processes(env->snapshot, rows, most_busy(env));
	add_host(env->snapshot, rows);
}

static void detail(const struct vt_view_env *env, const struct vt_row *row, struct vt_pane *p)
{
	const struct vt_finding *f = vt_row_finding(env->snapshot, row);

	if (row->id.kind == VT_KIND_CGROUP) {
		vt_view_cgroups.detail(env, row, p);
	} else if (row->id.kind == VT_KIND_PROCESS) {
		vt_view_processes.detail(env, row, p);
	} else if (row->id.b && f) {
		vt_autofree char *words = vt_thing_words(env->snapshot, f->subject);

		vt_detail_head(p, f->kind);
		vt_pane_label(p, "what");
		vt_pane_wrap(p, vt_role_severity(f->severity), f->evidence);
		vt_pane_label(p, "where");
		vt_pane_put(p, VT_ROLE_TEXT, "%s", words);
		vt_pane_label(p, "advice");
		vt_pane_wrap(p, VT_ROLE_TEXT, f->advice);
		if (f->fix.action) {
			vt_pane_label(p, "fix");
			vt_pane_wrap(p, VT_ROLE_GOOD, f->fix.command);
			vt_pane_item(p, "", VT_ROLE_DIM, "a previews it");
		}
	}
}

static const char *const variants[] = { "list", NULL };

const struct vt_view vt_view_overview = {
	.name = "overview",
	.title = "Overview",
	.thing = "",
	.variants = variants,
	.columns = columns,
	.build = build,
	.detail = detail,
};
