/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a cgroup has several of: block devices (io.stat and its companions),
 * huge page sizes, and the resources that rdma, misc and dmem count. Each is a
 * row of its own. See the kernel's cgroup-v2.rst, "IO", "RDMA", "Misc", "HugeTLB".
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../src/text.h"
#include "../src/units.h"
#include "cgroup_files.h"
#include "parse_host.h"

static const size_t diskstats_limit = 4u << 20;

#define BIT(n)        (1ull << ((n) % 64))
#define WORD(n, word) ((n) / 64 == (word) ? BIT(n) : 0)

/* What is read seldom of each kind. */
static const uint64_t iodev_seldom[VT_VALID_WORDS] = { WORD(VT_IODEV_weight, 0) |
						       WORD(VT_IODEV_latency_target_usec, 0) |
						       WORD(VT_IODEV_cost_qos, 0) |
						       WORD(VT_IODEV_cost_model, 0) };
static const uint64_t hugetlb_seldom[VT_VALID_WORDS] = { WORD(VT_HUGETLB_max_bytes, 0) |
							 WORD(VT_HUGETLB_rsvd_max_bytes, 0) };
static const uint64_t resource_seldom[VT_VALID_WORDS] = { WORD(VT_RESOURCE_max, 0) |
							  WORD(VT_RESOURCE_peak, 0) |
							  WORD(VT_RESOURCE_capacity, 0) };
_Static_assert(VT_IODEV_METRICS <= 64 && VT_HUGETLB_METRICS <= 64 && VT_RESOURCE_METRICS <= 64,
	       "the masks above have one word");

/* Names of devices. */

static void learn_names(struct vt_cgroup_reader *r)
{
	vt_autofree char *text = NULL;
	struct vt_disk_name d;
	const char *cursor;

	r->n_names = 0;
	vt_idmap_clear(&r->devices);
	if (vt_host_read_all(r->host->proc, "diskstats", diskstats_limit, &text) <= 0)
		return;
	for (cursor = text; vt_parse_disk_name(&cursor, &d);) {
		vt_idmap_put(&r->devices, (uint64_t)d.major << 32 | d.minor, (int32_t)r->n_names);
		VT_GROW(r->names, r->n_names, r->cap_names);
		r->names[r->n_names++] = vt_arena_intern_n(r->arena, d.name.at, d.name.n);
	}
}

/* A device that is not known may be new; one that has no name is asked for once. */
static const char *name_of(struct vt_cgroup_reader *r, uint64_t device)
{
	int32_t at = vt_idmap_get(&r->devices, device);

	if (!r->host || !r->arena)
		return NULL;
	if (at < 0) {
		learn_names(r);
		at = vt_idmap_get(&r->devices, device);
	}
	if (at >= 0)
		return r->names[at];
	vt_idmap_put(&r->devices, device, (int32_t)r->n_names);
	VT_GROW(r->names, r->n_names, r->cap_names);
	r->names[r->n_names++] = NULL;
	return NULL;
}

/* The row of this device, which another file may have added. */
static struct vt_iodev *iodev_of(struct vt_cgroup_reader *r, const struct vt_cgroup *cg,
				 struct vt_slice word, uint64_t device)
{
	struct vt_iodev *dev;
	const char *name;
	size_t n;

	dev = vt_iodev_added(r->builder, &n);
	for (size_t i = n; i-- > 0 && dev[i].head.a == cg->head.a;)
		if (dev[i].head.b == device)
			return &dev[i];
	dev = vt_iodev_add(r->builder, cg->head.a, device);
	dev->head.kept = r->seldom ? NULL : iodev_seldom;
	VT_SET(IODEV, dev, device, vt_builder_intern_n(r->builder, word.at, word.n));
	name = name_of(r, device);
	if (name)
		VT_SET(IODEV, dev, name, vt_builder_intern(r->builder, name));
	return dev;
}

static const struct iodev_key {
	const char *key;
	size_t offset;
	unsigned bit;
} iodev_keys[] = {
#define KEY(key, field)                                                                            \
	{                                                                                          \
		key, offsetof(struct vt_iodev, field), VT_IODEV_##field                            \
	}
	KEY("rbytes", rbytes),
	KEY("wbytes", wbytes),
	KEY("rios", rios),
	KEY("wios", wios),
	KEY("dbytes", dbytes),
	KEY("dios", dios),
	KEY("cost.usage", cost_usage_usec),
	KEY("cost.wait", cost_wait_usec),
	KEY("cost.indebt", cost_indebt_usec),
	KEY("cost.indelay", cost_indelay_usec),
	KEY("rbps", max_rbps),
	KEY("wbps", max_wbps),
	KEY("riops", max_riops),
	KEY("wiops", max_wiops),
	KEY("target", latency_target_usec),
#undef KEY
};

static void set_iodev_key(struct vt_iodev *dev, struct vt_slice key, uint64_t value)
{
	for (size_t i = 0; i < VT_LEN(iodev_keys); i++)
		if (vt_slice_is(key, iodev_keys[i].key)) {
			*(uint64_t *)(void *)((char *)dev + iodev_keys[i].offset) = value;
			vt_valid_set(&dev->head, iodev_keys[i].bit);
		}
}

/*
 * "8:16 rbytes=1 wbytes=2 ..." of io.stat, io.max and io.latency. A device
 * without a name yet ("(unknown)") or without I/O has no pairs, and before Linux
 * 6.3 no end of line either: the one before the pairs is theirs.
 */
static void set_pairs(struct vt_cgroup_reader *r, struct vt_cgroup *cg)
{
	const char *cursor = r->text;
	struct vt_slice line, word, key;
	uint32_t major, minor;
	uint64_t value;

	while (vt_parse_line(&cursor, &line)) {
		struct vt_slice rest = line, next;
		struct vt_iodev *dev;
		bool found = false;

		while (vt_parse_word(&rest, &next) && vt_parse_device(next, &major, &minor)) {
			found = true;
			word = next;
			line = rest;
		}
		if (!found || !vt_parse_pair(&line, &key, &value))
			continue;
		dev = iodev_of(r, cg, word, (uint64_t)major << 32 | minor);
		do
			set_iodev_key(dev, key, value);
		while (vt_parse_pair(&line, &key, &value));
	}
}

/* "8:16 200" of io.weight. */
static void set_weights(struct vt_cgroup_reader *r, struct vt_cgroup *cg)
{
	const char *cursor = r->text;
	struct vt_slice key;
	uint32_t major, minor;
	uint64_t value;

	while (vt_parse_flat(&cursor, &key, &value)) {
		struct vt_iodev *dev;

		if (!vt_parse_device(key, &major, &minor))
			continue;
		dev = iodev_of(r, cg, key, (uint64_t)major << 32 | minor);
		VT_SET(IODEV, dev, weight, value);
	}
}

/* The rest of a line of io.cost.qos and io.cost.model, as the file has it. */
static void set_cost(struct vt_cgroup_reader *r, struct vt_cgroup *cg, bool qos)
{
	const char *cursor = r->text;
	struct vt_slice line, word;
	uint32_t major, minor;

	while (vt_parse_line(&cursor, &line)) {
		struct vt_iodev *dev;
		const char *text;

		if (!vt_parse_word(&line, &word) || !vt_parse_device(word, &major, &minor) ||
		    line.n < 2)
			continue;
		dev = iodev_of(r, cg, word, (uint64_t)major << 32 | minor);
		text = vt_builder_intern_n(r->builder, line.at + 1, line.n - 1);
		if (qos)
			VT_SET(IODEV, dev, cost_qos, text);
		else
			VT_SET(IODEV, dev, cost_model, text);
	}
}

/* All devices together; a counter that no line names is unknown, not zero. */
static void add_up(struct vt_cgroup_reader *r, struct vt_cgroup *cg)
{
	uint64_t rbytes = 0, wbytes = 0, rios = 0, wios = 0;
	const struct vt_iodev *dev;
	size_t n;

	dev = vt_iodev_added(r->builder, &n);
	for (size_t i = n; i-- > 0 && dev[i].head.a == cg->head.a;) {
		rbytes += dev[i].rbytes;
		wbytes += dev[i].wbytes;
		rios += dev[i].rios;
		wios += dev[i].wios;
	}
	VT_SET(CGROUP, cg, io_rbytes, rbytes);
	VT_SET(CGROUP, cg, io_wbytes, wbytes);
	VT_SET(CGROUP, cg, io_rios, rios);
	VT_SET(CGROUP, cg, io_wios, wios);
}

/* io.max each time: a device may be in it alone, and its row would be gone in between. */
void vt_cgroup_read_io(struct vt_cgroup_reader *r, int dir, bool is_root, struct vt_cgroup *cg)
{
	if (vt_cgroup_read_file(r, dir, "io.stat") == 0) {
		set_pairs(r, cg);
		add_up(r, cg);
	}
	if (!is_root && vt_cgroup_read_file(r, dir, "io.max") == 0)
		set_pairs(r, cg);
	if (!r->seldom)
		return;
	if (!is_root && vt_cgroup_read_file(r, dir, "io.latency") == 0)
		set_pairs(r, cg);
	if (!is_root && vt_cgroup_read_file(r, dir, "io.weight") == 0)
		set_weights(r, cg);
	if (is_root && vt_cgroup_read_file(r, dir, "io.cost.qos") == 0)
		set_cost(r, cg, true);
	if (is_root && vt_cgroup_read_file(r, dir, "io.cost.model") == 0)
		set_cost(r, cg, false);
}

/* Huge pages. */

/* hugetlb.2MB.current -> 2MB */
static void learn_size(struct vt_cgroup_reader *r, const char *name)
{
	struct vt_slice rest = { name, strlen(name) }, part, size;

	if (!vt_parse_until(&rest, '.', &part) || !vt_slice_is(part, "hugetlb") ||
	    !vt_parse_until(&rest, '.', &size) || !vt_slice_is(rest, "current") ||
	    size.n >= sizeof(r->sizes[0]) || r->n_sizes == VT_HUGE_SIZES)
		return;
	memcpy(r->sizes[r->n_sizes], size.at, size.n);
	r->sizes[r->n_sizes++][size.n] = '\0';
}

static int compare_sizes(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Which page sizes there are, from the first cgroup that has any. */
static void learn_sizes(struct vt_cgroup_reader *r, int dir)
{
	vt_autoclosedir DIR *d = vt_host_opendir(dir, ".");
	const struct dirent *e;

	while (d && (e = readdir(d)))
		learn_size(r, e->d_name);
	qsort(r->sizes, r->n_sizes, sizeof(r->sizes[0]), compare_sizes);
	r->sizes_known = r->n_sizes > 0;
}

static uint64_t size_bytes(const char *size)
{
	uint64_t bytes;

	return vt_units_parse_size(size, &bytes, NULL) == 0 ? bytes : 0;
}

static bool hugetlb_file(struct vt_cgroup_reader *r, int dir, const char *size, const char *what)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "hugetlb.%s.%s", size, what);
	return vt_cgroup_read_file(r, dir, name) == 0;
}

static bool hugetlb_value(struct vt_cgroup_reader *r, int dir, const char *size, const char *what,
			  uint64_t *ret)
{
	return hugetlb_file(r, dir, size, what) && vt_parse_value(r->text, ret);
}

/*
 * No limit is the largest number of pages that there can be, and some kernels say
 * it in bytes rather than "max": what lacks less than a few pages of that is none.
 */
static bool hugetlb_limit(struct vt_cgroup_reader *r, int dir, const char *size, const char *what,
			  uint64_t *ret)
{
	if (!hugetlb_value(r, dir, size, what, ret))
		return false;
	if (*ret > (uint64_t)INT64_MAX - 4 * size_bytes(size))
		*ret = VT_MAX;
	return true;
}

static bool hugetlb_events(struct vt_cgroup_reader *r, int dir, const char *size, const char *what,
			   uint64_t *ret)
{
	return hugetlb_file(r, dir, size, what) && vt_parse_flat_find(r->text, "max", ret);
}

static void read_size(struct vt_cgroup_reader *r, int dir, const char *size, struct vt_hugetlb *h)
{
	uint64_t value;

	if (hugetlb_events(r, dir, size, "events", &value))
		VT_SET(HUGETLB, h, events_max, value);
	if (hugetlb_events(r, dir, size, "events.local", &value))
		VT_SET(HUGETLB, h, events_local_max, value);
	if (hugetlb_value(r, dir, size, "rsvd.current", &value))
		VT_SET(HUGETLB, h, rsvd_current_bytes, value);
	if (!r->seldom)
		return;
	if (hugetlb_limit(r, dir, size, "max", &value))
		VT_SET(HUGETLB, h, max_bytes, value);
	if (hugetlb_limit(r, dir, size, "rsvd.max", &value))
		VT_SET(HUGETLB, h, rsvd_max_bytes, value);
}

void vt_cgroup_read_hugetlb(struct vt_cgroup_reader *r, int dir, const struct vt_cgroup *cg)
{
	if (!r->sizes_known)
		learn_sizes(r, dir);
	for (size_t i = 0; i < r->n_sizes; i++) {
		const char *size = r->sizes[i];
		struct vt_hugetlb *h;
		uint64_t value;

		if (!hugetlb_value(r, dir, size, "current", &value))
			continue;
		h = vt_hugetlb_add(r->builder, cg->head.a, size_bytes(size));
		h->head.kept = r->seldom ? NULL : hugetlb_seldom;
		VT_SET(HUGETLB, h, page_size, vt_builder_intern(r->builder, size));
		VT_SET(HUGETLB, h, current_bytes, value);
		read_size(r, dir, size, h);
	}
}

/* Resources. */

static struct vt_resource *resource_of(struct vt_cgroup_reader *r, const struct vt_cgroup *cg,
				       const char *controller, const char *name)
{
	uint64_t id = vt_hash_mix(vt_hash_bytes(controller, strlen(controller)),
				  vt_hash_bytes(name, strlen(name)));
	struct vt_resource *row;
	size_t n;

	row = vt_resource_added(r->builder, &n);
	for (size_t i = n; i-- > 0 && row[i].head.a == cg->head.a;)
		if (row[i].head.b == id)
			return &row[i];
	row = vt_resource_add(r->builder, cg->head.a, id);
	row->head.kept = r->seldom ? NULL : resource_seldom;
	VT_SET(RESOURCE, row, controller, vt_builder_intern(r->builder, controller));
	VT_SET(RESOURCE, row, name, vt_builder_intern(r->builder, name));
	return row;
}

/* A file of a controller: which figure it holds, and how the names in it end. */
static const struct resource_file {
	const char *what;
	bool seldom, top; /* top: in the root cgroup too */
	size_t offset;
	unsigned bit;
} resource_files[] = {
#define FILE_OF(what, seldom, top, field)                                                          \
	{                                                                                          \
		what, seldom, top, offsetof(struct vt_resource, field), VT_RESOURCE_##field        \
	}
	FILE_OF("current", false, false, current),
	FILE_OF("events", false, false, events_max),
	FILE_OF("events.local", false, false, events_local_max),
	FILE_OF("max", true, false, max),
	FILE_OF("peak", true, false, peak),
	FILE_OF("capacity", true, true, capacity),
#undef FILE_OF
};

static void set_resource(struct vt_cgroup_reader *r, const struct vt_cgroup *cg,
			 const char *controller, const struct resource_file *f,
			 struct vt_slice name, uint64_t value)
{
	struct vt_resource *row;
	char text[128];

	/* misc.events says "sev.max 3". */
	if (f->bit == VT_RESOURCE_events_max || f->bit == VT_RESOURCE_events_local_max) {
		if (name.n < 5 || memcmp(name.at + name.n - 4, ".max", 4) != 0)
			return;
		name.n -= 4;
	}
	(void)snprintf(text, sizeof(text), "%.*s", (int)name.n, name.at);
	row = resource_of(r, cg, controller, text);
	*(uint64_t *)(void *)((char *)row + f->offset) = value;
	vt_valid_set(&row->head, f->bit);
}

/* "mlx4_0 hca_handle=2 hca_object=2000": each pair is a resource. */
static void set_nested(struct vt_cgroup_reader *r, const struct vt_cgroup *cg,
		       const char *controller, const struct resource_file *f, struct vt_slice line)
{
	struct vt_slice device, key;
	uint64_t value;
	char text[128];

	if (!vt_parse_word(&line, &device))
		return;
	while (vt_parse_pair(&line, &key, &value)) {
		(void)snprintf(text, sizeof(text), "%.*s %.*s", (int)device.n, device.at,
			       (int)key.n, key.at);
		set_resource(r, cg, controller, f, (struct vt_slice){ text, strlen(text) }, value);
	}
}

static void set_resources(struct vt_cgroup_reader *r, const struct vt_cgroup *cg,
			  const char *controller, const struct resource_file *f)
{
	const char *cursor = r->text;
	struct vt_slice line, key;
	uint64_t value;

	if (strcmp(controller, "rdma") == 0)
		while (vt_parse_line(&cursor, &line))
			set_nested(r, cg, controller, f, line);
	else
		while (vt_parse_flat(&cursor, &key, &value))
			set_resource(r, cg, controller, f, key, value);
}

void vt_cgroup_read_resources(struct vt_cgroup_reader *r, int dir, const char *controller,
			      bool is_root, const struct vt_cgroup *cg)
{
	for (size_t i = 0; i < VT_LEN(resource_files); i++) {
		const struct resource_file *f = &resource_files[i];
		char name[32];

		if ((f->seldom && !r->seldom) || is_root != f->top)
			continue;
		(void)snprintf(name, sizeof(name), "%s.%s", controller, f->what);
		if (vt_cgroup_read_file(r, dir, name) == 0)
			set_resources(r, cg, controller, f);
	}
}
