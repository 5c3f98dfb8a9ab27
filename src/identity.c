/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each cgroup is, by its name (systemd.slice(5), systemd.scope(5),
 * systemd.io/CONTROL_GROUP_INTERFACE, and the names that kubelet gives pods),
 * and the figures of the root: the root cgroup has no memory.current, no
 * pids.current and no limits, so its row shows the host's and says so.
 */
#include <ctype.h>
#include <string.h>

#include "derive.h"

static const struct name_rule {
	const char *prefix, *part, *suffix; /* part: somewhere between; NULL: any */
	const char *kind;
} name_rules[] = {
	{ "kubepods", "-pod", ".slice", "pod" },   { "machine-libpod_pod_", NULL, ".slice", "pod" },
	{ "user-", NULL, ".slice", "user" },       { "user@", NULL, ".service", "user manager" },
	{ "session-", NULL, ".scope", "session" }, { "machine-qemu", NULL, ".scope", "machine" },
	{ "", NULL, ".slice", "slice" },           { "", NULL, ".scope", "scope" },
	{ "", NULL, ".service", "service" },       { "", NULL, ".socket", "socket" },
	{ "", NULL, ".mount", "mount" },           { "", NULL, ".swap", "swap" },
};

static bool fits(const struct name_rule *r, const char *name)
{
	size_t n = strlen(name), before = strlen(r->prefix), after = strlen(r->suffix);

	return n > before + after && strncmp(name, r->prefix, before) == 0 &&
	       strcmp(name + n - after, r->suffix) == 0 &&
	       (!r->part || strstr(name + before, r->part));
}

/* kubelet's cgroupfs driver: kubepods/besteffort/podUID. */
static bool is_pod_directory(const struct vt_cgroup *cg)
{
	return strncmp(cg->name, "pod", 3) == 0 && isxdigit((unsigned char)cg->name[3]) &&
	       strstr(cg->path, "kubepods/");
}

static const char *kind_of(const struct vt_snapshot *s, const struct vt_cgroup *cg)
{
	const struct vt_container *c = vt_container_at(s, cg->container);

	if (cg->parent < 0)
		return VT_HAS(CGROUP, cg, type) ? "top of a cgroup namespace" : "root";
	if (c && c->head.a == cg->head.a)
		return "container";
	if (is_pod_directory(cg))
		return "pod";
	for (size_t i = 0; i < VT_LEN(name_rules); i++)
		if (fits(&name_rules[i], cg->name))
			return name_rules[i].kind;
	return "cgroup";
}

void vt_identity_derive(struct vt_snapshot *s)
{
	struct vt_cgroup *cgs = s->table[VT_KIND_CGROUP].rows;

	for (size_t i = 0; i < s->table[VT_KIND_CGROUP].n; i++)
		VT_SET(CGROUP, &cgs[i], kind, kind_of(s, &cgs[i]));
}

static void take_memory(struct vt_cgroup *cg, const struct vt_host_row *h)
{
	if (VT_HAS(HOST, h, mem_total_bytes) && VT_HAS(HOST, h, mem_available_bytes) &&
	    h->mem_available_bytes <= h->mem_total_bytes)
		VT_SET(CGROUP, cg, memory_current_bytes,
		       h->mem_total_bytes - h->mem_available_bytes);
	if (VT_HAS(HOST, h, swap_total_bytes) && VT_HAS(HOST, h, swap_free_bytes) &&
	    h->swap_free_bytes <= h->swap_total_bytes)
		VT_SET(CGROUP, cg, swap_current_bytes, h->swap_total_bytes - h->swap_free_bytes);
}

/* Where v1 holds cpu, the root of v2 has no usage of its own; nor has it without PSI. */
static void take_cpu(struct vt_cgroup *cg, const struct vt_host_row *h)
{
	if (!VT_HAS(CGROUP, cg, cpu_percent) && VT_HAS(HOST, h, cpu_percent) &&
	    VT_HAS(HOST, h, cpu_threads))
		VT_SET(CGROUP, cg, cpu_percent, h->cpu_percent * (double)h->cpu_threads);
}

void vt_root_derive(struct vt_snapshot *s)
{
	const struct vt_host_row *h = vt_snapshot_host(s);
	struct vt_cgroup *cgs = s->table[VT_KIND_CGROUP].rows, *cg;

	if (!s->table[VT_KIND_CGROUP].n)
		return;
	cg = &cgs[s->cgroup_order[0]];
	/* The top of what a cgroup namespace shows has a type, and figures of its own. */
	if (!vt_is_real_root(cg) || strcmp(cg->path, "/") != 0)
		return;
	take_memory(cg, h);
	take_cpu(cg, h);
	if (VT_HAS(HOST, h, tasks))
		VT_SET(CGROUP, cg, pids_current, h->tasks);
	if (VT_HAS(CGROUP, cg, memory_current_bytes) || VT_HAS(CGROUP, cg, pids_current))
		VT_SET(CGROUP, cg, host_figures, 1);
}
