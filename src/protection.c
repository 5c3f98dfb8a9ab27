/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * memory.min and memory.low as they count: what a cgroup asks for is limited by
 * what its ancestors have, and siblings that ask for more than the parent has
 * share it (cgroup-v2.rst, "memory.min", and "memory_recursiveprot" of the
 * mount options; the kernel's mm/page_counter.c). One pass for the sums of
 * siblings, one for the rest, parents first.
 */
#include "derive.h"
#include "limits.h"
#include "text.h"

/* a * b / c without overflow, c not 0. */
static uint64_t part_of(uint64_t a, uint64_t b, uint64_t c)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)(product / c);
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t vt_protection_effective(const struct vt_protection *p)
{
	uint64_t protected = least(p->usage, p->setting);

	if (p->siblings_protected > p->parent_effective)
		return part_of(protected, p->parent_effective, p->siblings_protected);
	if (!p->recursive || p->parent_effective <= p->siblings_protected ||
	    p->parent_usage <= p->siblings_protected || p->usage <= protected)
		return protected;
	return protected + part_of(p->parent_effective - p->siblings_protected,
				   p->usage - protected, p->parent_usage - p->siblings_protected);
}

struct sums {
	uint64_t min, low;
};

static bool is_known(const struct vt_cgroup *cg)
{
	return VT_HAS(CGROUP, cg, memory_current_bytes) && VT_HAS(CGROUP, cg, memory_min_bytes) &&
	       VT_HAS(CGROUP, cg, memory_low_bytes);
}

/* Those right below the root have what they ask for: nobody is above them. */
static void derive_one(struct vt_cgroup *cg, const struct vt_cgroup *up, const struct sums *sums,
		       bool recursive)
{
	struct vt_protection p = { .usage = cg->memory_current_bytes, .recursive = recursive };

	if (!is_known(up)) {
		VT_SET(CGROUP, cg, effective_memory_min, cg->memory_min_bytes);
		VT_SET(CGROUP, cg, effective_memory_low, cg->memory_low_bytes);
		return;
	}
	p.parent_usage = up->memory_current_bytes;
	p.setting = cg->memory_min_bytes;
	p.parent_effective = up->effective_memory_min;
	p.siblings_protected = sums->min;
	VT_SET(CGROUP, cg, effective_memory_min, vt_protection_effective(&p));
	p.setting = cg->memory_low_bytes;
	p.parent_effective = up->effective_memory_low;
	p.siblings_protected = sums->low;
	VT_SET(CGROUP, cg, effective_memory_low, vt_protection_effective(&p));
}

void vt_protection_derive(struct vt_snapshot *s)
{
	const struct vt_host_row *h = vt_snapshot_host(s);
	bool recursive = VT_HAS(HOST, h, cgroup_options) &&
			 vt_text_has_word(h->cgroup_options, "memory_recursiveprot");
	struct vt_cgroup *cgs = s->table[VT_KIND_CGROUP].rows;
	size_t n = s->table[VT_KIND_CGROUP].n;
	vt_autofree struct sums *sums = vt_alloc((n + 1) * sizeof(*sums));

	for (size_t i = 0; i < n; i++) {
		if (cgs[i].parent < 0 || !is_known(&cgs[i]))
			continue;
		sums[cgs[i].parent].min += least(cgs[i].memory_current_bytes,
						 cgs[i].memory_min_bytes);
		sums[cgs[i].parent].low += least(cgs[i].memory_current_bytes,
						 cgs[i].memory_low_bytes);
	}
	for (size_t i = 0; i < n; i++) {
		struct vt_cgroup *cg = &cgs[s->cgroup_order[i]];

		if (cg->parent >= 0 && is_known(cg))
			derive_one(cg, &cgs[cg->parent], &sums[cg->parent], recursive);
		else if (is_known(cg))
			/* The top of a cgroup namespace: what is above it is not seen. */
			derive_one(cg, &(struct vt_cgroup){ 0 }, NULL, recursive);
	}
}
