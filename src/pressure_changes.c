/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When waiting begins and ends (Documentation/accounting/psi.rst). It begins with
 * a fifth of the time and ends well below that, so that what goes up and down
 * around one value is said once. Pressure adds up towards the root: the lowest
 * cgroup that shows it is named.
 */
#include "pressure_changes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "idmap.h"
#include "memory.h"

static const double begins_percent = 20, ends_percent = 5;

static const struct resource {
	const char *name, *on, *off;
	int share, avg10, host_share, host_avg10;
} resources[] = {
#define R(res)                                                                                     \
	{                                                                                          \
#res, "pressure-" #res, "pressure-" #res "-ended",                                 \
			VT_CGROUP_psi_##res##_some_percent, VT_CGROUP_psi_##res##_some_avg10,      \
			VT_HOST_psi_##res##_some_percent, VT_HOST_psi_##res##_some_avg10           \
	}
	R(cpu),
	R(memory),
	R(io),
#undef R
};

/* The larger of the share of our own interval and of the kernel's average; below 0: unknown. */
static double waiting(enum vt_kind kind, int share, int avg10, const void *record)
{
	const struct vt_metric *metrics = vt_kinds[kind].metrics;
	double most = -1;

	if (vt_valid(record, (unsigned)share))
		most = vt_metric_number(&metrics[share], record);
	if (vt_valid(record, (unsigned)avg10))
		most = fmax(most, vt_metric_number(&metrics[avg10], record));
	return most;
}

struct list {
	struct vt_pressure_change *changes;
	size_t n, cap;
	struct vt_snapshot *s;
	struct vt_idmap before; /* keys of who waited for what */
	uint64_t *pressed;
	size_t n_pressed, cap_pressed;
};

static void compare(struct list *l, const struct resource *r, struct vt_id id, const char *name,
		    double share, bool is_below)
{
	uint64_t key = vt_id_hash_word(id, r->on);
	bool was = vt_idmap_get(&l->before, key) >= 0;
	bool same = share < 0 || (was ? share > ends_percent : share < begins_percent || is_below);
	struct vt_pressure_change c = { id, was ? r->off : r->on, name, NULL };

	if (was == same) {
		VT_GROW(l->pressed, l->n_pressed, l->cap_pressed);
		l->pressed[l->n_pressed++] = key;
	}
	if (same)
		return;
	if (was)
		c.text = vt_arena_printf(l->s->arena, "tasks of %s no longer wait for %s", name,
					 r->name);
	else
		c.text = vt_arena_printf(l->s->arena, "tasks of %s wait for %s %.0f%% of the time",
					 name, r->name, share);
	VT_GROW(l->changes, l->n, l->cap);
	l->changes[l->n++] = c;
}

static void compare_host(struct list *l, const struct resource *r)
{
	const struct vt_host_row *h = vt_snapshot_host(l->s);

	compare(l, r, vt_record_id(VT_KIND_HOST, h),
		VT_HAS(HOST, h, hostname) ? h->hostname : "this host",
		waiting(VT_KIND_HOST, r->host_share, r->host_avg10, h), false);
}

static void compare_cgroups(struct list *l, const struct resource *r)
{
	size_t n;
	const struct vt_cgroup *cgs = vt_cgroup_rows(l->s, &n);
	vt_autofree unsigned char *below = vt_alloc(n + 1);

	/* Children first. The root is the host. */
	for (size_t i = n; i-- > 0;) {
		size_t at = (size_t)l->s->cgroup_order[i];
		const struct vt_cgroup *cg = &cgs[at];
		double share = waiting(VT_KIND_CGROUP, r->share, r->avg10, cg);

		if (vt_is_real_root(cg))
			continue;
		compare(l, r, vt_record_id(VT_KIND_CGROUP, cg), cg->path, share, below[at]);
		if (cg->parent >= 0)
			below[cg->parent] |= below[at] || share >= begins_percent;
	}
}

static void keep_pressed(struct list *l)
{
	struct vt_snapshot *s = l->s;

	s->n_pressed = l->n_pressed;
	if (!l->n_pressed)
		return;
	s->pressed = vt_arena_alloc(s->arena, l->n_pressed * sizeof(*s->pressed));
	memcpy(s->pressed, l->pressed, l->n_pressed * sizeof(*s->pressed));
}

size_t vt_pressure_changes(struct vt_snapshot *s, const struct vt_snapshot *prev,
			   struct vt_pressure_change **ret)
{
	struct list l = { .s = s };

	for (size_t i = 0; i < prev->n_pressed; i++)
		vt_idmap_put(&l.before, prev->pressed[i], (int32_t)i);
	for (size_t i = 0; i < VT_LEN(resources); i++) {
		compare_host(&l, &resources[i]);
		compare_cgroups(&l, &resources[i]);
	}
	keep_pressed(&l);
	vt_idmap_finish(&l.before);
	free(l.pressed);
	*ret = l.changes;
	return l.n;
}
