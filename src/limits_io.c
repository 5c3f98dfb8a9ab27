/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * io.max as it counts: of a device the smallest of a cgroup and its ancestors
 * (cgroup-v2.rst, "IO Interface Files"), and how full the fullest is by what
 * its holder does.
 */
#include "derive.h"
#include "limits.h"

static const struct device_limit {
	int max, rate, effective, from;
} device_limits[] = {
#define D(limit, rate_of)                                                                          \
	{                                                                                          \
		VT_IODEV_max_##limit, VT_IODEV_##rate_of, VT_IODEV_effective_##limit,              \
			VT_IODEV_effective_##limit##_from                                          \
	}
	D(rbps, read_rate),
	D(wbps, write_rate),
	D(riops, read_ops_rate),
	D(wiops, write_ops_rate),
#undef D
};

static void *field(const struct vt_iodev *dev, int metric)
{
	return (char *)(uintptr_t)dev + vt_kinds[VT_KIND_IODEV].metrics[metric].offset;
}

static bool has(const struct vt_iodev *dev, int metric)
{
	return vt_valid(&dev->head, (unsigned)metric);
}

static void inherit(struct vt_iodev *dev, const struct vt_iodev *up)
{
	for (size_t i = 0; i < VT_LEN(device_limits); i++) {
		const struct device_limit *l = &device_limits[i];

		if (!has(up, l->effective))
			continue;
		*(uint64_t *)field(dev, l->effective) = *(const uint64_t *)field(up, l->effective);
		vt_valid_set(&dev->head, (unsigned)l->effective);
		*(const char **)field(dev, l->from) = *(const char *const *)field(up, l->from);
		vt_valid_set(&dev->head, (unsigned)l->from);
	}
	if (!VT_HAS(IODEV, up, of_limit_percent))
		return;
	VT_SET(IODEV, dev, of_limit_percent, up->of_limit_percent);
	dev->of_limit_from = up->of_limit_from;
}

static void fill(struct vt_iodev *dev, double rate, uint64_t max, const char *path)
{
	double percent = max ? 100 * rate / (double)max : 100;

	if (VT_HAS(IODEV, dev, of_limit_percent) && percent < dev->of_limit_percent)
		return;
	VT_SET(IODEV, dev, of_limit_percent, percent);
	dev->of_limit_from = path;
}

static void add_own(struct vt_iodev *dev, const char *path)
{
	for (size_t i = 0; i < VT_LEN(device_limits); i++) {
		const struct device_limit *l = &device_limits[i];
		uint64_t max = *(const uint64_t *)field(dev, l->max);

		if (!has(dev, l->max) || max == VT_MAX)
			continue;
		if (has(dev, l->rate))
			fill(dev, *(const double *)field(dev, l->rate), max, path);
		if (has(dev, l->effective) && *(const uint64_t *)field(dev, l->effective) <= max)
			continue;
		*(uint64_t *)field(dev, l->effective) = max;
		vt_valid_set(&dev->head, (unsigned)l->effective);
		*(const char **)field(dev, l->from) = path;
		vt_valid_set(&dev->head, (unsigned)l->from);
	}
}

/* The nearest ancestor's row of the same device. */
static const struct vt_iodev *above(const struct vt_snapshot *s, const struct vt_cgroup *cg,
				    uint64_t device)
{
	for (cg = vt_cgroup_at(s, cg->parent); cg; cg = vt_cgroup_at(s, cg->parent))
		for (int32_t i = 0; i < cg->n_iodevs; i++) {
			const struct vt_iodev *dev = vt_iodev_at(s, cg->first_iodev + i);

			if (dev->head.b == device)
				return dev;
		}
	return NULL;
}

static void derive_one(struct vt_snapshot *s, struct vt_cgroup *cg)
{
	struct vt_iodev *devs = s->table[VT_KIND_IODEV].rows;

	for (int32_t i = cg->first_iodev; i < cg->first_iodev + cg->n_iodevs; i++) {
		const struct vt_iodev *up = above(s, cg, devs[i].head.b);

		if (up)
			inherit(&devs[i], up);
		add_own(&devs[i], cg->path);
		if (!VT_HAS(IODEV, &devs[i], of_limit_percent) ||
		    (VT_HAS(CGROUP, cg, io_of_limit_percent) &&
		     devs[i].of_limit_percent <= cg->io_of_limit_percent))
			continue;
		VT_SET(CGROUP, cg, io_of_limit_percent, devs[i].of_limit_percent);
		VT_SET(CGROUP, cg, io_of_limit_from, devs[i].of_limit_from);
	}
}

void vt_limits_io_derive(struct vt_snapshot *s)
{
	struct vt_cgroup *cgs = s->table[VT_KIND_CGROUP].rows;

	for (size_t i = 0; i < s->table[VT_KIND_CGROUP].n; i++)
		derive_one(s, &cgs[s->cgroup_order[i]]);
}
