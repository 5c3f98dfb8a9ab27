/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which limit binds. A cgroup is bound by the limits of all its ancestors
 * (Documentation/admin-guide/cgroup-v2.rst, "Top-down Constraint") and by what
 * the host has. For memory, swap and tasks the one that binds is the one with
 * the least room left, not the one with the smallest number: a sibling may have
 * eaten an ancestor's room. For CPU it is the smallest. One pass, parents
 * first. Where a v1 hierarchy holds a controller nothing is said of the host's
 * limits either, since v1's are not known here.
 */
#include <math.h>
#include <string.h>

#include "derive.h"
#include "limits.h"
#include "text.h"

const char vt_from_host[] = "host";

/* Further away than this is no forecast. */
static const double horizon_usec = 30 * 86400e6;

/* A limit with room: metrics of struct vt_cgroup, and what the host has of it. */
struct roomy {
	const char *controller;
	int max, current, growth;              /* growth -1: no trend is kept */
	int effective, from, room, share, hit; /* share, hit -1: not told */
	bool (*host)(const struct vt_host_row *h, uint64_t *ret_max, uint64_t *ret_room);
};

static bool host_memory(const struct vt_host_row *h, uint64_t *ret_max, uint64_t *ret_room)
{
	*ret_max = h->mem_total_bytes;
	*ret_room = h->mem_available_bytes;
	return VT_HAS(HOST, h, mem_total_bytes) && VT_HAS(HOST, h, mem_available_bytes);
}

static bool host_swap(const struct vt_host_row *h, uint64_t *ret_max, uint64_t *ret_room)
{
	*ret_max = h->swap_total_bytes;
	*ret_room = h->swap_free_bytes;
	return VT_HAS(HOST, h, swap_total_bytes) && VT_HAS(HOST, h, swap_free_bytes);
}

/* pid_max counts pids, which threads have too; a pid of 0 is not given out. */
static bool host_tasks(const struct vt_host_row *h, uint64_t *ret_max, uint64_t *ret_room)
{
	uint64_t max = VT_MAX;

	if (VT_HAS(HOST, h, threads_max))
		max = h->threads_max;
	if (VT_HAS(HOST, h, pid_max) && h->pid_max && h->pid_max - 1 < max)
		max = h->pid_max - 1;
	*ret_max = max;
	*ret_room = max > h->tasks ? max - h->tasks : 0;
	return max != VT_MAX && VT_HAS(HOST, h, tasks);
}

#define M(field) VT_CGROUP_##field

static const struct roomy roomies[] = {
	{ "memory", M(memory_max_bytes), M(memory_current_bytes), M(memory_growth_rate),
	  M(effective_memory_max), M(effective_memory_max_from), M(effective_memory_headroom),
	  M(memory_of_limit_percent), M(effective_memory_hit_usec), host_memory },
	{ "memory", M(memory_high_bytes), M(memory_current_bytes), -1, M(effective_memory_high),
	  M(effective_memory_high_from), M(effective_memory_high_headroom), -1, -1, NULL },
	{ "memory", M(swap_max_bytes), M(swap_current_bytes), -1, M(effective_swap_max),
	  M(effective_swap_max_from), M(effective_swap_headroom), -1, -1, host_swap },
	{ "pids", M(pids_max), M(pids_current), M(pids_growth_rate), M(effective_pids_max),
	  M(effective_pids_max_from), M(effective_pids_headroom), M(pids_of_limit_percent),
	  M(effective_pids_hit_usec), host_tasks },
};

static char *field(const struct vt_cgroup *cg, int metric)
{
	return (char *)(uintptr_t)cg + vt_kinds[VT_KIND_CGROUP].metrics[metric].offset;
}

static uint64_t *integer(const struct vt_cgroup *cg, int metric)
{
	return (uint64_t *)(void *)field(cg, metric);
}

static double *real(const struct vt_cgroup *cg, int metric)
{
	return (double *)(void *)field(cg, metric);
}

static const char **string(const struct vt_cgroup *cg, int metric)
{
	return (const char **)(void *)field(cg, metric);
}

static bool has(const struct vt_cgroup *cg, int metric)
{
	return metric >= 0 && vt_valid(&cg->head, (unsigned)metric);
}

static void know(struct vt_cgroup *cg, int metric)
{
	vt_valid_set(&cg->head, (unsigned)metric);
}

/* The limit that this cgroup holds itself, or the host, as the one that binds so far. */
static void hold(struct vt_cgroup *cg, const struct roomy *r, uint64_t max, uint64_t room,
		 const char *from)
{
	*integer(cg, r->effective) = max;
	*integer(cg, r->room) = room;
	*string(cg, r->from) = from;
	know(cg, r->effective);
	know(cg, r->room);
	know(cg, r->from);
	if (r->share >= 0) {
		*real(cg, r->share) = max ? 100.0 * (double)(max - (room < max ? room : max)) /
						      (double)max
					  : 100;
		know(cg, r->share);
	}
	if (r->hit < 0)
		return;
	vt_valid_clear(&cg->head, (unsigned)r->hit);
	if (has(cg, r->growth) && *real(cg, r->growth) > 0 && vt_trend_is_told(cg)) {
		double usec = 1e6 * (double)room / *real(cg, r->growth);

		*integer(cg, r->hit) = usec < horizon_usec ? (uint64_t)usec : 0;
		if (usec < horizon_usec)
			know(cg, r->hit);
	}
}

static void inherit(struct vt_cgroup *cg, const struct vt_cgroup *up, const struct roomy *r)
{
	const int metrics[] = { r->effective, r->from, r->room, r->share, r->hit };

	for (size_t i = 0; i < VT_LEN(metrics); i++) {
		if (!has(up, metrics[i]))
			continue;
		*integer(cg, metrics[i]) = *integer(up, metrics[i]);
		know(cg, metrics[i]);
	}
}

static bool is_held_by_v1(const struct vt_host_row *h, const char *controller)
{
	return VT_HAS(HOST, h, cgroup_v1_controllers) &&
	       vt_text_has_word(h->cgroup_v1_controllers, controller);
}

static void derive_roomy(const struct vt_snapshot *s, struct vt_cgroup *cg,
			 const struct vt_cgroup *up, const struct roomy *r)
{
	const struct vt_host_row *h = vt_snapshot_host(s);
	bool own = has(cg, r->max) && has(cg, r->current);
	uint64_t max, room;

	if (up)
		inherit(cg, up, r);
	else if (r->host && !is_held_by_v1(h, r->controller) && r->host(h, &max, &room))
		hold(cg, r, max, room, vt_from_host);
	if (!own)
		return;
	max = *integer(cg, r->max);
	room = max > *integer(cg, r->current) ? max - *integer(cg, r->current) : 0;
	if (max == VT_MAX) {
		/* It is known that there is none. */
		if (!has(cg, r->effective)) {
			*integer(cg, r->effective) = *integer(cg, r->room) = VT_MAX;
			know(cg, r->effective);
			know(cg, r->room);
		}
		return;
	}
	if (!has(cg, r->from) || room <= *integer(cg, r->room))
		hold(cg, r, max, room, cg->path);
}

static void limit_cpu(struct vt_cgroup *cg, double percent, const char *from, const char *by)
{
	if (VT_HAS(CGROUP, cg, effective_cpu_max_percent) &&
	    percent >= cg->effective_cpu_max_percent)
		return;
	VT_SET(CGROUP, cg, effective_cpu_max_percent, percent);
	if (isinf(percent))
		return;
	VT_SET(CGROUP, cg, effective_cpu_max_from, from);
	VT_SET(CGROUP, cg, effective_cpu_max_by, by);
}

/* "root" and "isolated", not "root invalid (...)". */
static bool is_partition(const struct vt_cgroup *cg)
{
	return VT_HAS(CGROUP, cg, cpuset_partition) &&
	       (strcmp(cg->cpuset_partition, "root") == 0 ||
		strcmp(cg->cpuset_partition, "isolated") == 0);
}

static void inherit_cpu(struct vt_cgroup *cg, const struct vt_cgroup *up)
{
	if (!VT_HAS(CGROUP, up, effective_cpu_max_percent))
		return;
	VT_SET(CGROUP, cg, effective_cpu_max_percent, up->effective_cpu_max_percent);
	if (!VT_HAS(CGROUP, up, effective_cpu_max_from))
		return;
	VT_SET(CGROUP, cg, effective_cpu_max_from, up->effective_cpu_max_from);
	VT_SET(CGROUP, cg, effective_cpu_max_by, up->effective_cpu_max_by);
}

static void share_cpu(const struct vt_host_row *h, struct vt_cgroup *cg)
{
	double most = cg->effective_cpu_max_percent;

	if (VT_HAS(CGROUP, cg, effective_cpu_max_percent))
		VT_SET(CGROUP, cg, effective_cpu_cores, most / 100);
	if (!VT_HAS(CGROUP, cg, cpu_percent))
		return;
	if (VT_HAS(HOST, h, cpu_threads) && h->cpu_threads)
		VT_SET(CGROUP, cg, cpu_host_percent, cg->cpu_percent / (double)h->cpu_threads);
	if (VT_HAS(CGROUP, cg, effective_cpu_max_percent) && !isinf(most) && most > 0)
		VT_SET(CGROUP, cg, cpu_of_limit_percent, 100 * cg->cpu_percent / most);
}

/*
 * CPUs of a partition are taken out of what its ancestors have, also the root:
 * their CPU sets bind it no more, only their cpu.max (cgroup-v2.rst, "Cpuset").
 */
static void derive_cpu(const struct vt_snapshot *s, struct vt_cgroup *cg,
		       const struct vt_cgroup *up)
{
	const struct vt_host_row *h = vt_snapshot_host(s);

	if (up && !is_partition(cg)) {
		inherit_cpu(cg, up);
		/* What partitions leave: not the root's bound, but that of those below it. */
		if (vt_is_real_root(up) && VT_HAS(CGROUP, up, cpuset_cpus_count))
			limit_cpu(cg, 100 * (double)up->cpuset_cpus_count, up->path, "cpuset.cpus");
	} else {
		if (!is_held_by_v1(h, "cpu") && VT_HAS(HOST, h, cpu_threads) && h->cpu_threads)
			limit_cpu(cg, 100 * (double)h->cpu_threads, vt_from_host, vt_from_host);
		for (const struct vt_cgroup *a = up; a; a = vt_cgroup_at(s, a->parent))
			if (VT_HAS(CGROUP, a, cpu_max_percent))
				limit_cpu(cg, a->cpu_max_percent, a->path, "cpu.max");
	}
	if (VT_HAS(CGROUP, cg, cpuset_cpus_count) && !vt_is_real_root(cg))
		limit_cpu(cg, 100 * (double)cg->cpuset_cpus_count, cg->path, "cpuset.cpus");
	if (VT_HAS(CGROUP, cg, cpu_max_percent))
		limit_cpu(cg, cg->cpu_max_percent, cg->path, "cpu.max");
	share_cpu(h, cg);
}

static void derive_cpuset(struct vt_cgroup *cg, const struct vt_cgroup *up)
{
	bool above = up && VT_HAS(CGROUP, up, effective_cpuset_cpus);

	if (VT_HAS(CGROUP, cg, cpuset_cpus_effective) &&
	    !(above && strcmp(cg->cpuset_cpus_effective, up->effective_cpuset_cpus) == 0)) {
		VT_SET(CGROUP, cg, effective_cpuset_cpus, cg->cpuset_cpus_effective);
		VT_SET(CGROUP, cg, effective_cpuset_cpus_from, up ? cg->path : vt_from_host);
	} else if (above) {
		VT_SET(CGROUP, cg, effective_cpuset_cpus, up->effective_cpuset_cpus);
		VT_SET(CGROUP, cg, effective_cpuset_cpus_from, up->effective_cpuset_cpus_from);
	}
}

/* cpu.stat counts a group's own quota only, so an ancestor's counts for all below it. */
static void derive_throttling(struct vt_cgroup *cg, const struct vt_cgroup *up)
{
	if (up && VT_HAS(CGROUP, up, effective_throttled_percent)) {
		VT_SET(CGROUP, cg, effective_throttled_percent, up->effective_throttled_percent);
		if (VT_HAS(CGROUP, up, effective_throttled_from))
			VT_SET(CGROUP, cg, effective_throttled_from, up->effective_throttled_from);
	}
	if (!VT_HAS(CGROUP, cg, throttled_percent) ||
	    (VT_HAS(CGROUP, cg, effective_throttled_percent) &&
	     cg->throttled_percent <= cg->effective_throttled_percent))
		return;
	VT_SET(CGROUP, cg, effective_throttled_percent, cg->throttled_percent);
	if (cg->throttled_percent > 0)
		VT_SET(CGROUP, cg, effective_throttled_from, cg->path);
}

void vt_limits_derive(struct vt_snapshot *s)
{
	struct vt_cgroup *cgs = s->table[VT_KIND_CGROUP].rows;

	for (size_t i = 0; i < s->table[VT_KIND_CGROUP].n; i++) {
		struct vt_cgroup *cg = &cgs[s->cgroup_order[i]];
		const struct vt_cgroup *up = cg->parent < 0 ? NULL : &cgs[cg->parent];

		for (size_t k = 0; k < VT_LEN(roomies); k++)
			derive_roomy(s, cg, up, &roomies[k]);
		derive_cpu(s, cg, up);
		derive_cpuset(cg, up);
		derive_throttling(cg, up);
	}
}
