/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of one cgroup (the kernel's cgroup-v2.rst). A file is one line in
 * the table below. cgroup.controllers decides what is opened at all, so what a
 * host does not enable costs nothing. The parent's cgroup.subtree_control is
 * what a domain cgroup may use, which saves reading cgroup.controllers in each.
 */
#include "cgroup_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../src/units.h"
#include "parse.h"
#include "pressure.h"

/* A key of a flat keyed file and its metric. */
struct cgroup_key {
	const char *key;
	size_t offset;
	unsigned bit;
};

struct cgroup_file {
	const char *controller; /* NULL: a core file */
	const char *name;
	bool not_on_root;
	void (*set)(struct vt_cgroup_reader *r, const struct cgroup_file *f, struct vt_cgroup *cg);
	size_t offset;
	unsigned bit;
	const struct cgroup_key *keys; /* ends without a key */
};

#define KEY(key, field)                                                                            \
	{                                                                                          \
		key, offsetof(struct vt_cgroup, field), VT_CGROUP_##field                          \
	}

static const struct cgroup_key events_keys[] = {
	KEY("populated", populated),
	KEY("frozen", frozen),
	{ 0 },
};

static const struct cgroup_key cpu_stat_keys[] = {
	KEY("usage_usec", cpu_usage_usec),
	KEY("user_usec", cpu_user_usec),
	KEY("system_usec", cpu_system_usec),
	KEY("nr_periods", nr_periods),
	KEY("nr_throttled", nr_throttled),
	KEY("throttled_usec", throttled_usec),
	{ 0 },
};

static const struct cgroup_key memory_events_keys[] = {
	KEY("low", memory_events_low),           KEY("high", memory_events_high),
	KEY("max", memory_events_max),           KEY("oom", memory_events_oom),
	KEY("oom_kill", memory_events_oom_kill), { 0 },
};

static const struct cgroup_key memory_stat_keys[] = {
	KEY("anon", memory_anon_bytes),
	KEY("file", memory_file_bytes),
	KEY("kernel", memory_kernel_bytes),
	KEY("slab", memory_slab_bytes),
	KEY("sock", memory_sock_bytes),
	KEY("shmem", memory_shmem_bytes),
	KEY("pgmajfault", memory_pgmajfault),
	KEY("workingset_refault_file", memory_refault_file),
	{ 0 },
};

static const struct cgroup_key pids_events_keys[] = {
	KEY("max", pids_events_max),
	{ 0 },
};

static void set_at(struct vt_cgroup *cg, size_t offset, unsigned bit, uint64_t value)
{
	*(uint64_t *)(void *)((char *)cg + offset) = value;
	vt_valid_set(&cg->head, bit);
}

static void set_value(struct vt_cgroup_reader *r, const struct cgroup_file *f, struct vt_cgroup *cg)
{
	uint64_t value;

	if (vt_parse_value(r->text, &value))
		set_at(cg, f->offset, f->bit, value);
}

static void set_text(struct vt_cgroup_reader *r, const struct cgroup_file *f, struct vt_cgroup *cg)
{
	struct vt_slice s = vt_parse_trim(r->text);

	*(const char **)(void *)((char *)cg + f->offset) = vt_builder_intern_n(r->builder, s.at,
									       s.n);
	vt_valid_set(&cg->head, f->bit);
}

static void set_flat(struct vt_cgroup_reader *r, const struct cgroup_file *f, struct vt_cgroup *cg)
{
	const char *cursor = r->text;
	struct vt_slice key;
	uint64_t value;

	while (vt_parse_flat(&cursor, &key, &value))
		for (const struct cgroup_key *k = f->keys; k->key; k++)
			if (vt_slice_is(key, k->key)) {
				set_at(cg, k->offset, k->bit, value);
				break;
			}
}

static void set_cpu_max(struct vt_cgroup_reader *r, const struct cgroup_file *f,
			struct vt_cgroup *cg)
{
	uint64_t quota, period;

	(void)f;
	if (!vt_parse_cpu_max(r->text, &quota, &period))
		return;
	VT_SET(CGROUP, cg, cpu_max_quota_usec, quota);
	VT_SET(CGROUP, cg, cpu_max_period_usec, period);
	VT_SET(CGROUP, cg, cpu_max_percent,
	       quota == VT_MAX ? (double)INFINITY : 100.0 * (double)quota / (double)period);
}

/* "default 100", with lines of devices behind. */
static void set_io_weight(struct vt_cgroup_reader *r, const struct cgroup_file *f,
			  struct vt_cgroup *cg)
{
	uint64_t value;

	(void)f;
	if (vt_parse_flat_find(r->text, "default", &value))
		VT_SET(CGROUP, cg, io_weight, value);
}

static void set_psi_cpu(struct vt_cgroup_reader *r, const struct cgroup_file *f,
			struct vt_cgroup *cg)
{
	struct vt_psi psi;

	(void)f;
	if (vt_parse_psi(r->text, &psi))
		VT_PRESSURE_SET(CGROUP, cg, cpu, &psi);
}

static void set_psi_memory(struct vt_cgroup_reader *r, const struct cgroup_file *f,
			   struct vt_cgroup *cg)
{
	struct vt_psi psi;

	(void)f;
	if (vt_parse_psi(r->text, &psi))
		VT_PRESSURE_SET(CGROUP, cg, memory, &psi);
}

static void set_psi_io(struct vt_cgroup_reader *r, const struct cgroup_file *f,
		       struct vt_cgroup *cg)
{
	struct vt_psi psi;

	(void)f;
	if (vt_parse_psi(r->text, &psi))
		VT_PRESSURE_SET(CGROUP, cg, io, &psi);
}

static const struct iodev_key {
	const char *key;
	size_t offset;
	unsigned bit;
} iodev_keys[] = {
	{ "rbytes", offsetof(struct vt_iodev, rbytes), VT_IODEV_rbytes },
	{ "wbytes", offsetof(struct vt_iodev, wbytes), VT_IODEV_wbytes },
	{ "rios", offsetof(struct vt_iodev, rios), VT_IODEV_rios },
	{ "wios", offsetof(struct vt_iodev, wios), VT_IODEV_wios },
};

static void set_iodev_key(struct vt_iodev *dev, struct vt_slice key, uint64_t value)
{
	for (size_t i = 0; i < VT_LEN(iodev_keys); i++)
		if (vt_slice_is(key, iodev_keys[i].key)) {
			*(uint64_t *)(void *)((char *)dev + iodev_keys[i].offset) = value;
			vt_valid_set(&dev->head, iodev_keys[i].bit);
		}
}

static void set_io_stat(struct vt_cgroup_reader *r, const struct cgroup_file *f,
			struct vt_cgroup *cg)
{
	uint64_t rbytes = 0, wbytes = 0, value;
	const char *cursor = r->text;
	struct vt_slice line, word, key;
	uint32_t major, minor;

	(void)f;
	while (vt_parse_line(&cursor, &line)) {
		struct vt_iodev *dev;

		/* A device without a name yet ("(unknown)") or without I/O has no pairs. */
		if (!vt_parse_word(&line, &word) || !vt_parse_device(word, &major, &minor) ||
		    !line.n)
			continue;
		dev = vt_iodev_add(r->builder, cg->head.a, (uint64_t)major << 32 | minor);
		VT_SET(IODEV, dev, device, vt_builder_intern_n(r->builder, word.at, word.n));
		while (vt_parse_pair(&line, &key, &value))
			set_iodev_key(dev, key, value);
		rbytes += dev->rbytes;
		wbytes += dev->wbytes;
	}
	VT_SET(CGROUP, cg, io_rbytes, rbytes);
	VT_SET(CGROUP, cg, io_wbytes, wbytes);
}

#define FIELD(field) .offset = offsetof(struct vt_cgroup, field), .bit = VT_CGROUP_##field
#define VALUE(controller, file, field)                                                             \
	{                                                                                          \
		controller, file, true, set_value, FIELD(field)                                    \
	}
#define TEXT(controller, file, root, field)                                                        \
	{                                                                                          \
		controller, file, !(root), set_text, FIELD(field)                                  \
	}
#define FLAT(controller, file, root, the_keys)                                                     \
	{                                                                                          \
		controller, file, !(root), set_flat, .keys = (the_keys)                            \
	}
#define OWN(controller, file, root, the_set)                                                       \
	{                                                                                          \
		controller, file, !(root), .set = (the_set)                                        \
	}

/* What is read, in this order. To read another file: one line. The third word: on the root too. */
static const struct cgroup_file files[] = {
	TEXT(NULL, "cgroup.subtree_control", true, subtree_control),
	FLAT(NULL, "cgroup.events", false, events_keys),
	{ NULL, "cgroup.max.depth", false, set_value, FIELD(max_depth) },
	{ NULL, "cgroup.max.descendants", false, set_value, FIELD(max_descendants) },
	FLAT(NULL, "cpu.stat", true, cpu_stat_keys),
	OWN("cpu", "cpu.max", false, set_cpu_max),
	VALUE("cpu", "cpu.weight", cpu_weight),
	VALUE("memory", "memory.current", memory_current_bytes),
	VALUE("memory", "memory.max", memory_max_bytes),
	VALUE("memory", "memory.high", memory_high_bytes),
	VALUE("memory", "memory.low", memory_low_bytes),
	VALUE("memory", "memory.min", memory_min_bytes),
	VALUE("memory", "memory.peak", memory_peak_bytes),
	VALUE("memory", "memory.swap.current", swap_current_bytes),
	VALUE("memory", "memory.swap.max", swap_max_bytes),
	FLAT("memory", "memory.events", false, memory_events_keys),
	FLAT("memory", "memory.stat", true, memory_stat_keys),
	VALUE("pids", "pids.current", pids_current),
	VALUE("pids", "pids.max", pids_max),
	FLAT("pids", "pids.events", false, pids_events_keys),
	OWN("io", "io.stat", true, set_io_stat),
	OWN("io", "io.weight", false, set_io_weight),
	TEXT("cpuset", "cpuset.cpus", false, cpuset_cpus),
	TEXT("cpuset", "cpuset.cpus.effective", true, cpuset_cpus_effective),
	TEXT("cpuset", "cpuset.mems", false, cpuset_mems),
	TEXT("cpuset", "cpuset.mems.effective", true, cpuset_mems_effective),
	OWN(NULL, "cpu.pressure", true, set_psi_cpu),
	OWN(NULL, "memory.pressure", true, set_psi_memory),
	OWN(NULL, "io.pressure", true, set_psi_io),
};
_Static_assert(VT_LEN(files) <= 64, "one bit a file in struct vt_cgroup_reader");

/*
 * A cgroup mount holds no symbolic links, so one openat does; a recorded tree
 * goes the careful way.
 */
static int read_file(struct vt_cgroup_reader *r, int dir, const char *name)
{
	vt_autoclose int fd = -1;
	ssize_t n;

	if (!r->live) {
		n = vt_host_read(dir, name, r->text, sizeof(r->text));
		return n < 0 ? (int)n : 0;
	}
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, r->text, sizeof(r->text) - 1);
	if (n < 0)
		return -errno;
	r->text[n] = '\0';
	return 0;
}

static bool is_pressure(const struct cgroup_file *f)
{
	return f->set == set_psi_cpu || f->set == set_psi_memory || f->set == set_psi_io;
}

/*
 * A file that is not there: since this cgroup has just vanished (then
 * cgroup.controllers has too), or since the kernel lacks it. Pressure files are
 * also hidden one by one (cgroup.pressure), so they are always tried.
 */
static void note_missing(struct vt_cgroup_reader *r, int dir, size_t file)
{
	if (r->live && !is_pressure(&files[file]) &&
	    faccessat(dir, "cgroup.controllers", F_OK, 0) == 0)
		r->missing |= 1ull << file;
}

static bool is_wanted(const struct vt_cgroup_reader *r, size_t file, const struct vt_cgroup *cg,
		      bool is_root)
{
	const struct cgroup_file *f = &files[file];

	if (r->missing >> file & 1 || (is_root && f->not_on_root))
		return false;
	if (is_pressure(f) && !r->pressure)
		return false;
	return !f->controller || (VT_HAS(CGROUP, cg, controllers) &&
				  vt_parse_has_word(cg->controllers, f->controller));
}

static const char *trimmed(struct vt_cgroup_reader *r)
{
	struct vt_slice s = vt_parse_trim(r->text);

	return vt_builder_intern_n(r->builder, s.at, s.n);
}

/* A threaded cgroup may use fewer controllers than its parent gives. */
static void read_controllers(struct vt_cgroup_reader *r, int dir, const char *parent_subtree,
			     struct vt_cgroup *cg)
{
	bool threaded = false;

	if (read_file(r, dir, "cgroup.type") == 0 && trimmed(r)[0]) {
		VT_SET(CGROUP, cg, type, trimmed(r));
		threaded = strstr(cg->type, "threaded") != NULL;
	}
	if (r->live && parent_subtree && !threaded)
		VT_SET(CGROUP, cg, controllers, parent_subtree);
	else if (read_file(r, dir, "cgroup.controllers") == 0)
		VT_SET(CGROUP, cg, controllers, trimmed(r));
}

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
	int fd = vt_host_openat(dir, ".", O_RDONLY | O_DIRECTORY);
	vt_autoclosedir DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;

	if (!d && fd >= 0)
		(void)close(fd);
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

static bool hugetlb_value(struct vt_cgroup_reader *r, int dir, const char *size, const char *what)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "hugetlb.%s.%s", size, what);
	return read_file(r, dir, name) == 0;
}

static void read_hugetlb(struct vt_cgroup_reader *r, int dir, const struct vt_cgroup *cg)
{
	if (!r->sizes_known)
		learn_sizes(r, dir);
	for (size_t i = 0; i < r->n_sizes; i++) {
		const char *size = r->sizes[i];
		struct vt_hugetlb *h;
		uint64_t value;

		if (!hugetlb_value(r, dir, size, "current") || !vt_parse_value(r->text, &value))
			continue;
		h = vt_hugetlb_add(r->builder, cg->head.a, size_bytes(size));
		VT_SET(HUGETLB, h, page_size, vt_builder_intern(r->builder, size));
		VT_SET(HUGETLB, h, current_bytes, value);
		if (hugetlb_value(r, dir, size, "max") && vt_parse_value(r->text, &value))
			VT_SET(HUGETLB, h, max_bytes, value);
		if (hugetlb_value(r, dir, size, "events") &&
		    vt_parse_flat_find(r->text, "max", &value))
			VT_SET(HUGETLB, h, events_max, value);
	}
}

void vt_cgroup_read(struct vt_cgroup_reader *r, int dir, const char *parent_subtree,
		    struct vt_cgroup *cg)
{
	bool is_root;

	read_controllers(r, dir, parent_subtree, cg);
	/* The top of what a cgroup namespace shows is no root: only the real one has no type. */
	is_root = !parent_subtree && !VT_HAS(CGROUP, cg, type);
	for (size_t i = 0; i < VT_LEN(files); i++) {
		int e;

		if (!is_wanted(r, i, cg, is_root))
			continue;
		e = read_file(r, dir, files[i].name);
		if (e == 0)
			files[i].set(r, &files[i], cg);
		else if (e == -ENOENT && !is_root)
			note_missing(r, dir, i);
	}
	if (!is_root && VT_HAS(CGROUP, cg, controllers) &&
	    vt_parse_has_word(cg->controllers, "hugetlb"))
		read_hugetlb(r, dir, cg);
}

static bool is_unit(struct vt_slice part)
{
	static const char *const suffixes[] = { ".service", ".scope", ".slice",
						".socket",  ".mount", ".swap" };

	for (size_t i = 0; i < VT_LEN(suffixes); i++) {
		size_t n = strlen(suffixes[i]);

		if (part.n > n && memcmp(part.at + part.n - n, suffixes[i], n) == 0)
			return true;
	}
	return false;
}

void vt_cgroup_unit(const char *path, const char **ret_at, size_t *ret_n)
{
	size_t end = strlen(path);

	*ret_n = 0;
	while (end > 0) {
		size_t from = end;

		while (from > 0 && path[from - 1] != '/')
			from--;
		if (is_unit((struct vt_slice){ path + from, end - from })) {
			*ret_at = path + from;
			*ret_n = end - from;
			return;
		}
		end = from ? from - 1 : 0;
	}
}
