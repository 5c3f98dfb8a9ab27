/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of one cgroup (the kernel's cgroup-v2.rst). A file is one line in
 * the table below. cgroup.controllers decides what is opened at all, so what a
 * host does not enable costs nothing. The parent's cgroup.subtree_control is
 * what a domain cgroup may use, which saves reading cgroup.controllers in each.
 *
 * What is read when: a cgroup's usage, counters, events and pressure in each
 * scan (ALWAYS). Limits, weights and what else changes only when somebody
 * writes it, or that nobody has to see at once, when the cgroup is new and then
 * every few scans, the more cgroups the more seldom (SELDOM; probes/cgroup.c
 * says how often): they are two thirds of the files. In between the values of
 * the snapshot before are kept (vt_head.kept). All lines of memory.stat,
 * memory.numa_stat and what has no row in metric_rows.h are read for the one
 * cgroup that is selected (detail_cgroup.c).
 */
#include "cgroup_files.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "parse.h"
#include "pressure.h"

/* A metric, and for flat keyed files the key that it stands behind. */
struct cgroup_key {
	const char *key;
	size_t offset;
	unsigned bit;
};

enum where {
	BELOW, /* not in the root cgroup */
	ALL,
	TOP, /* in the root cgroup alone */
};

enum cadence {
	ALWAYS,
	SELDOM,
};

struct cgroup_file {
	const char *controller; /* NULL: a core file */
	const char *name;
	enum where where;
	enum cadence cadence;
	void (*set)(struct vt_cgroup_reader *r, const struct cgroup_file *f, struct vt_cgroup *cg);
	const struct cgroup_key *keys; /* what it sets; ends without an offset */
};

#define KEY(key, field)                                                                            \
	{                                                                                          \
		key, offsetof(struct vt_cgroup, field), VT_CGROUP_##field                          \
	}
#define KEYS(...)                                                                                  \
	(const struct cgroup_key[])                                                                \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}
#define ONE(field) KEYS(KEY(NULL, field))

/* In the order of the files: that is how they are found without looking through all. */
static const struct cgroup_key events_keys[] = {
	KEY("populated", populated),
	KEY("frozen", frozen),
	{ 0 },
};

static const struct cgroup_key stat_keys[] = {
	KEY("nr_descendants", descendants),
	KEY("nr_dying_descendants", dying_descendants),
	{ 0 },
};

static const struct cgroup_key cpu_stat_keys[] = {
	KEY("usage_usec", cpu_usage_usec),
	KEY("user_usec", cpu_user_usec),
	KEY("system_usec", cpu_system_usec),
	KEY("nice_usec", cpu_nice_usec),
	KEY("core_sched.force_idle_usec", cpu_force_idle_usec),
	KEY("nr_periods", nr_periods),
	KEY("nr_throttled", nr_throttled),
	KEY("throttled_usec", throttled_usec),
	KEY("nr_bursts", nr_bursts),
	KEY("burst_usec", burst_usec),
	{ 0 },
};

static const struct cgroup_key cpu_stat_local_keys[] = {
	KEY("throttled_usec", throttled_local_usec),
	{ 0 },
};

static const struct cgroup_key memory_events_keys[] = {
	KEY("low", memory_events_low),
	KEY("high", memory_events_high),
	KEY("max", memory_events_max),
	KEY("oom", memory_events_oom),
	KEY("oom_kill", memory_events_oom_kill),
	KEY("oom_group_kill", memory_events_oom_group_kill),
	{ 0 },
};

static const struct cgroup_key memory_events_local_keys[] = {
	KEY("low", memory_events_local_low),           KEY("high", memory_events_local_high),
	KEY("max", memory_events_local_max),           KEY("oom", memory_events_local_oom),
	KEY("oom_kill", memory_events_local_oom_kill), { 0 },
};

static const struct cgroup_key memory_stat_keys[] = {
	KEY("anon", memory_anon_bytes),
	KEY("file", memory_file_bytes),
	KEY("kernel", memory_kernel_bytes),
	KEY("kernel_stack", memory_kernel_stack_bytes),
	KEY("pagetables", memory_pagetables_bytes),
	KEY("sock", memory_sock_bytes),
	KEY("shmem", memory_shmem_bytes),
	KEY("zswapped", memory_zswapped_bytes),
	KEY("file_mapped", memory_file_mapped_bytes),
	KEY("file_dirty", memory_file_dirty_bytes),
	KEY("file_writeback", memory_file_writeback_bytes),
	KEY("swapcached", memory_swapcached_bytes),
	KEY("inactive_file", memory_inactive_file_bytes),
	KEY("active_file", memory_active_file_bytes),
	KEY("unevictable", memory_unevictable_bytes),
	KEY("slab_reclaimable", memory_slab_reclaimable_bytes),
	KEY("slab", memory_slab_bytes),
	KEY("workingset_refault_anon", memory_refault_anon),
	KEY("workingset_refault_file", memory_refault_file),
	KEY("pswpin", memory_pswpin),
	KEY("pswpout", memory_pswpout),
	KEY("pgscan", memory_pgscan),
	KEY("pgsteal", memory_pgsteal),
	KEY("pgfault", memory_pgfault),
	KEY("pgmajfault", memory_pgmajfault),
	{ 0 },
};

static const struct cgroup_key swap_events_keys[] = {
	KEY("high", swap_events_high),
	KEY("max", swap_events_max),
	KEY("fail", swap_events_fail),
	{ 0 },
};

static void set_at(struct vt_cgroup *cg, const struct cgroup_key *k, uint64_t value)
{
	*(uint64_t *)(void *)((char *)cg + k->offset) = value;
	vt_valid_set(&cg->head, k->bit);
}

static void set_value(struct vt_cgroup_reader *r, const struct cgroup_file *f, struct vt_cgroup *cg)
{
	uint64_t value;

	if (vt_parse_value(r->text, &value))
		set_at(cg, f->keys, value);
}

static void set_text(struct vt_cgroup_reader *r, const struct cgroup_file *f, struct vt_cgroup *cg)
{
	struct vt_slice s = vt_parse_trim(r->text);

	*(const char **)(void *)((char *)cg + f->keys->offset) = vt_builder_intern_n(r->builder,
										     s.at, s.n);
	vt_valid_set(&cg->head, f->keys->bit);
}

/* The search goes on where the last line was found, since files and tables have one order. */
static void set_flat(struct vt_cgroup_reader *r, const struct cgroup_file *f, struct vt_cgroup *cg)
{
	const struct cgroup_key *from = f->keys, *k;
	const char *cursor = r->text;
	struct vt_slice key;
	uint64_t value;

	while (vt_parse_flat(&cursor, &key, &value)) {
		for (k = from; k->key && !vt_slice_is(key, k->key);)
			k++;
		if (!k->key)
			for (k = f->keys; k != from && !vt_slice_is(key, k->key);)
				k++;
		if (!k->key || !vt_slice_is(key, k->key))
			continue;
		set_at(cg, k, value);
		from = k + 1;
	}
}

/* "max 12", the one line that matters of an events file. */
static void set_max(struct vt_cgroup_reader *r, const struct cgroup_file *f, struct vt_cgroup *cg)
{
	uint64_t value;

	if (vt_parse_flat_find(r->text, f->keys->key, &value))
		set_at(cg, f->keys, value);
}

static void set_uclamp(struct vt_cgroup_reader *r, const struct cgroup_file *f,
		       struct vt_cgroup *cg)
{
	double value;

	if (!vt_parse_uclamp(r->text, &value))
		return;
	*(double *)(void *)((char *)cg + f->keys->offset) = value;
	vt_valid_set(&cg->head, f->keys->bit);
}

static void set_cpus(struct vt_cgroup_reader *r, const struct cgroup_file *f, struct vt_cgroup *cg)
{
	uint64_t n;

	set_text(r, f, cg);
	if (vt_parse_list_count(r->text, &n) && n)
		VT_SET(CGROUP, cg, cpuset_cpus_count, n);
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

static void set_psi_irq(struct vt_cgroup_reader *r, const struct cgroup_file *f,
			struct vt_cgroup *cg)
{
	struct vt_psi psi;

	(void)f;
	if (vt_parse_psi(r->text, &psi) && psi.full.known)
		VT_PRESSURE_LINE(CGROUP, cg, psi_irq_full, &psi.full);
}

/* What is read, in this order. To read another file: one line. */
static const struct cgroup_file files[] = {
	{ NULL, "cgroup.events", BELOW, ALWAYS, set_flat, events_keys },
	{ NULL, "cgroup.stat", ALL, SELDOM, set_flat, stat_keys },
	{ NULL, "cgroup.max.depth", ALL, SELDOM, set_value, ONE(max_depth) },
	{ NULL, "cgroup.max.descendants", ALL, SELDOM, set_value, ONE(max_descendants) },
	{ NULL, "cgroup.pressure", ALL, SELDOM, set_value, ONE(pressure_enabled) },
	{ NULL, "cpu.stat", ALL, ALWAYS, set_flat, cpu_stat_keys },
	{ "cpu", "cpu.stat.local", BELOW, ALWAYS, set_flat, cpu_stat_local_keys },
	{ "cpu", "cpu.max", BELOW, SELDOM, set_cpu_max,
	  KEYS(KEY(NULL, cpu_max_percent), KEY(NULL, cpu_max_quota_usec),
	       KEY(NULL, cpu_max_period_usec)) },
	{ "cpu", "cpu.max.burst", BELOW, SELDOM, set_value, ONE(cpu_max_burst_usec) },
	{ "cpu", "cpu.weight", BELOW, SELDOM, set_value, ONE(cpu_weight) },
	{ "cpu", "cpu.idle", BELOW, SELDOM, set_value, ONE(cpu_idle) },
	{ "cpu", "cpu.uclamp.min", BELOW, SELDOM, set_uclamp, ONE(cpu_uclamp_min) },
	{ "cpu", "cpu.uclamp.max", BELOW, SELDOM, set_uclamp, ONE(cpu_uclamp_max) },
	{ "memory", "memory.current", BELOW, ALWAYS, set_value, ONE(memory_current_bytes) },
	{ "memory", "memory.max", BELOW, SELDOM, set_value, ONE(memory_max_bytes) },
	{ "memory", "memory.high", BELOW, SELDOM, set_value, ONE(memory_high_bytes) },
	{ "memory", "memory.low", BELOW, SELDOM, set_value, ONE(memory_low_bytes) },
	{ "memory", "memory.min", BELOW, SELDOM, set_value, ONE(memory_min_bytes) },
	{ "memory", "memory.peak", BELOW, SELDOM, set_value, ONE(memory_peak_bytes) },
	{ "memory", "memory.oom.group", BELOW, SELDOM, set_value, ONE(memory_oom_group) },
	{ "memory", "memory.swap.current", BELOW, ALWAYS, set_value, ONE(swap_current_bytes) },
	{ "memory", "memory.swap.max", BELOW, SELDOM, set_value, ONE(swap_max_bytes) },
	{ "memory", "memory.swap.high", BELOW, SELDOM, set_value, ONE(swap_high_bytes) },
	{ "memory", "memory.swap.peak", BELOW, SELDOM, set_value, ONE(swap_peak_bytes) },
	{ "memory", "memory.zswap.current", BELOW, SELDOM, set_value, ONE(zswap_current_bytes) },
	{ "memory", "memory.zswap.max", BELOW, SELDOM, set_value, ONE(zswap_max_bytes) },
	{ "memory", "memory.zswap.writeback", BELOW, SELDOM, set_value, ONE(zswap_writeback) },
	{ "memory", "memory.events", BELOW, ALWAYS, set_flat, memory_events_keys },
	{ "memory", "memory.events.local", BELOW, ALWAYS, set_flat, memory_events_local_keys },
	{ "memory", "memory.swap.events", BELOW, ALWAYS, set_flat, swap_events_keys },
	{ "memory", "memory.stat", ALL, ALWAYS, set_flat, memory_stat_keys },
	{ "pids", "pids.current", BELOW, ALWAYS, set_value, ONE(pids_current) },
	{ "pids", "pids.max", BELOW, SELDOM, set_value, ONE(pids_max) },
	{ "pids", "pids.peak", BELOW, SELDOM, set_value, ONE(pids_peak) },
	{ "pids", "pids.events", BELOW, ALWAYS, set_max, KEYS(KEY("max", pids_events_max)) },
	{ "pids", "pids.events.local", BELOW, ALWAYS, set_max,
	  KEYS(KEY("max", pids_events_local_max)) },
	{ "io", "io.weight", BELOW, SELDOM, set_max, KEYS(KEY("default", io_weight)) },
	{ "io", "io.bfq.weight", BELOW, SELDOM, set_max, KEYS(KEY("default", io_bfq_weight)) },
	{ "io", "io.prio.class", BELOW, SELDOM, set_text, ONE(io_prio_class) },
	{ "cpuset", "cpuset.cpus", BELOW, SELDOM, set_text, ONE(cpuset_cpus) },
	{ "cpuset", "cpuset.cpus.effective", ALL, SELDOM, set_cpus,
	  KEYS(KEY(NULL, cpuset_cpus_effective), KEY(NULL, cpuset_cpus_count)) },
	{ "cpuset", "cpuset.mems", BELOW, SELDOM, set_text, ONE(cpuset_mems) },
	{ "cpuset", "cpuset.mems.effective", ALL, SELDOM, set_text, ONE(cpuset_mems_effective) },
	{ "cpuset", "cpuset.cpus.exclusive", BELOW, SELDOM, set_text, ONE(cpuset_cpus_exclusive) },
	{ "cpuset", "cpuset.cpus.exclusive.effective", BELOW, SELDOM, set_text,
	  ONE(cpuset_cpus_exclusive_effective) },
	{ "cpuset", "cpuset.cpus.partition", BELOW, SELDOM, set_text, ONE(cpuset_partition) },
	{ "cpuset", "cpuset.cpus.isolated", TOP, SELDOM, set_text, ONE(cpuset_cpus_isolated) },
	{ NULL, "cpu.pressure", ALL, ALWAYS, set_psi_cpu, NULL },
	{ NULL, "memory.pressure", ALL, ALWAYS, set_psi_memory, NULL },
	{ NULL, "io.pressure", ALL, ALWAYS, set_psi_io, NULL },
	{ NULL, "irq.pressure", ALL, ALWAYS, set_psi_irq, NULL },
};
_Static_assert(VT_LEN(files) <= VT_CGROUP_FILES, "one flag a file in struct vt_cgroup_reader");

/* The metrics of files that are read seldom. */
static const uint64_t *seldom_bits(void)
{
	static uint64_t bits[VT_VALID_WORDS];

	if (bits[0] | bits[1] | bits[2] | bits[3])
		return bits;
	for (size_t i = 0; i < VT_LEN(files); i++)
		for (const struct cgroup_key *k = files[i].keys;
		     files[i].cadence == SELDOM && k->offset; k++)
			bits[k->bit / 64] |= 1ull << (k->bit % 64);
	bits[VT_CGROUP_delegated / 64] |= 1ull << (VT_CGROUP_delegated % 64);
	bits[VT_CGROUP_owner_uid / 64] |= 1ull << (VT_CGROUP_owner_uid % 64);
	bits[VT_CGROUP_invocation_id / 64] |= 1ull << (VT_CGROUP_invocation_id % 64);
	return bits;
}

void vt_cgroup_reader_init(struct vt_cgroup_reader *r, const struct vt_host *host)
{
	r->host = host;
	r->arena = vt_arena_new();
	/* Made here, by one thread. */
	(void)seldom_bits();
}

void vt_cgroup_reader_finish(struct vt_cgroup_reader *r)
{
	vt_arena_free(r->arena);
	vt_idmap_finish(&r->devices);
	free(r->names);
}

void vt_cgroup_reader_forget(struct vt_cgroup_reader *r)
{
	memset(r->missing, 0, sizeof(r->missing));
	r->sizes_known = false;
	r->n_sizes = 0;
	r->n_names = 0;
	vt_idmap_clear(&r->devices);
}

/*
 * A cgroup mount holds no symbolic links, so one openat does; a recorded tree
 * goes the careful way.
 */
int vt_cgroup_read_file(struct vt_cgroup_reader *r, int dir, const char *name)
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
	return !f->keys;
}

/*
 * A file that is not there: since this cgroup has just vanished (then
 * cgroup.controllers has too), or since the kernel lacks it. A controller's
 * files go before cgroup.controllers does, or alone when the controller is
 * disabled, so what was read once is never taken as missing. Pressure files
 * are also hidden one by one (cgroup.pressure), so they are always tried.
 */
static void note_missing(struct vt_cgroup_reader *r, int dir, size_t file)
{
	if (r->live && !r->present[file] && !is_pressure(&files[file]) &&
	    faccessat(dir, "cgroup.controllers", F_OK, 0) == 0)
		r->missing[file] = true;
}

static bool has_controller(const struct vt_cgroup *cg, const char *controller)
{
	return VT_HAS(CGROUP, cg, controllers) && vt_parse_has_word(cg->controllers, controller);
}

static bool is_wanted(const struct vt_cgroup_reader *r, size_t file, const struct vt_cgroup *cg,
		      bool is_root)
{
	const struct cgroup_file *f = &files[file];

	if (r->missing[file] || (f->cadence == SELDOM && !r->seldom) ||
	    f->where == (is_root ? BELOW : TOP))
		return false;
	if (is_pressure(f) && (f->set == set_psi_irq ? !r->pressure_irq : !r->pressure))
		return false;
	return !f->controller || has_controller(cg, f->controller);
}

/* The file's text for the row, and for the scans to come. */
static const char *trimmed(struct vt_cgroup_reader *r)
{
	struct vt_slice s = vt_parse_trim(r->text);

	return r->arena ? vt_arena_intern_n(r->arena, s.at, s.n)
			: vt_builder_intern_n(r->builder, s.at, s.n);
}

/* A threaded cgroup may use fewer controllers than its parent gives. */
static struct vt_cgroup_known read_known(struct vt_cgroup_reader *r, int dir,
					 const char *parent_subtree)
{
	struct vt_cgroup_known k = { 0 };

	if (vt_cgroup_read_file(r, dir, "cgroup.type") == 0 && trimmed(r)[0])
		k.type = trimmed(r);
	if (r->live && parent_subtree && !(k.type && strstr(k.type, "threaded")))
		k.controllers = r->arena ? vt_arena_intern(r->arena, parent_subtree)
					 : parent_subtree;
	else if (vt_cgroup_read_file(r, dir, "cgroup.controllers") == 0)
		k.controllers = trimmed(r);
	if (vt_cgroup_read_file(r, dir, "cgroup.subtree_control") == 0)
		k.subtree = trimmed(r);
	return k;
}

static void set_known(struct vt_cgroup_reader *r, const struct vt_cgroup_known *k,
		      struct vt_cgroup *cg)
{
	if (k->type)
		VT_SET(CGROUP, cg, type, vt_builder_intern(r->builder, k->type));
	if (k->controllers)
		VT_SET(CGROUP, cg, controllers, vt_builder_intern(r->builder, k->controllers));
	if (k->subtree)
		VT_SET(CGROUP, cg, subtree_control, vt_builder_intern(r->builder, k->subtree));
}

static void read_parts(struct vt_cgroup_reader *r, int dir, bool is_root, struct vt_cgroup *cg)
{
	static const char *const counted[] = { "rdma", "misc", "dmem" };

	if (has_controller(cg, "io"))
		vt_cgroup_read_io(r, dir, is_root, cg);
	if (!is_root && has_controller(cg, "hugetlb"))
		vt_cgroup_read_hugetlb(r, dir, cg);
	for (size_t i = 0; i < VT_LEN(counted); i++)
		if (has_controller(cg, counted[i]))
			vt_cgroup_read_resources(r, dir, counted[i], is_root, cg);
}

void vt_cgroup_read(struct vt_cgroup_reader *r, int dir, const char *parent_subtree,
		    struct vt_cgroup *cg)
{
	const struct vt_cgroup_known k = r->known ? *r->known : read_known(r, dir, parent_subtree);
	/* The top of what a cgroup namespace shows is no root: only the real one has no type. */
	bool is_root = !parent_subtree && !k.type;

	r->found = k;
	r->seldom = !r->known;
	cg->head.kept = r->known ? seldom_bits() : NULL;
	set_known(r, &k, cg);
	for (size_t i = 0; i < VT_LEN(files); i++) {
		int e;

		if (!is_wanted(r, i, cg, is_root))
			continue;
		e = vt_cgroup_read_file(r, dir, files[i].name);
		if (e == 0) {
			r->present[i] = true;
			files[i].set(r, &files[i], cg);
		} else if (e == -ENOENT && !is_root) {
			note_missing(r, dir, i);
		}
	}
	read_parts(r, dir, is_root, cg);
}
