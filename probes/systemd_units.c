/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What systemd's files say of the limits of units whose cgroups are there: unit
 * files and drop-ins in the order of systemd.unit(5), those of "systemctl
 * set-property" (system.control) and of transient units too. Nothing is asked of
 * systemd itself. Files hardly ever change, so that a few units are read in each
 * scan and the rest is remembered; one whose cgroup differs is read at once, since
 * it may be the file that has changed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../src/arena.h"
#include "../src/idmap.h"
#include "../src/text.h"
#include "../src/unit_limits.h"
#include "cgroup_files.h"
#include "parse.h"
#include "parse_unit.h"
#include "table.h"

enum {
	READ_AT_ONCE = 40, /* units a scan: about 2 ms */
	KEPT_SCANS = 60,
	DROP_INS = 64,
	NAME = 256,
};
static const size_t file_limit = 256u << 10;

/* The highest goes first. */
static const char *const folders[] = {
	"etc/systemd/system.control",   "run/systemd/system.control", "run/systemd/transient",
	"etc/systemd/system",           "run/systemd/system",         "run/systemd/generator",
	"usr/local/lib/systemd/system", "usr/lib/systemd/system",     "lib/systemd/system",
	"run/systemd/generator.late",
};

struct known {
	struct vt_unit_limits limits;
	unsigned scan; /* when it was read */
	bool found;    /* it has a file at all */
};

struct state {
	const struct vt_host *host;
	struct vt_idmap index; /* hash of the unit's name to index in list */
	struct known *list;
	size_t n, cap;
	unsigned scans, left; /* left: units that may be read in this scan */
};

static int open_units(const struct vt_host *host, void **ret_state, struct vt_error *err)
{
	struct state *s = vt_alloc(sizeof(*s));

	(void)err;
	s->host = host;
	*ret_state = s;
	return 0;
}

static void close_units(void *state)
{
	struct state *s = state;

	vt_idmap_finish(&s->index);
	free(s->list);
	free(s);
}

static bool read_file(const struct state *s, const char *path, struct vt_unit_limits *limits)
{
	vt_autofree char *text = NULL;

	if (vt_host_read_all(s->host->root, path, file_limit, &text) < 0)
		return false;
	vt_parse_unit(text, limits);
	return true;
}

/* The unit's own file: the first that there is, under its name or its template's. */
static bool read_fragment(const struct state *s, const char *unit, struct vt_unit_limits *limits)
{
	const char *at = strchr(unit, '@'), *dot = strrchr(unit, '.');

	for (int template = 0; template <2; template ++)
		for (size_t i = 0; i < VT_LEN(folders); i++) {
			char path[2 * NAME];

			if (template && (!at || !dot))
				return false;
			(void)snprintf(path, sizeof(path), "%s/%.*s%s", folders[i],
				       template ? (int)(at + 1 - unit) : (int)strlen(unit), unit,
				       template ? dot : "");
			if (read_file(s, path, limits))
				return true;
		}
	return false;
}

struct drop_in {
	char name[NAME], path[3 * NAME];
};

/* Of files with one name the first that is found counts. */
static void list_drop_ins(const struct state *s, const char *folder, struct drop_in *list,
			  size_t *n)
{
	vt_autoclosedir DIR *dir = vt_host_opendir(s->host->root, folder);
	const struct dirent *e;

	while (dir && (e = readdir(dir)) && *n < DROP_INS) {
		size_t length = strlen(e->d_name), i = 0;

		if (length < 6 || strcmp(e->d_name + length - 5, ".conf") != 0)
			continue;
		while (i < *n && strcmp(list[i].name, e->d_name) != 0)
			i++;
		if (i < *n)
			continue;
		(void)snprintf(list[*n].name, NAME, "%s", e->d_name);
		(void)snprintf(list[(*n)++].path, sizeof(list->path), "%s/%s", folder, e->d_name);
	}
}

static int compare_drop_ins(const void *a, const void *b)
{
	return strcmp(((const struct drop_in *)a)->name, ((const struct drop_in *)b)->name);
}

static void list_named(const struct state *s, const char *name, struct drop_in *list, size_t *n)
{
	for (size_t i = 0; i < VT_LEN(folders); i++) {
		char folder[2 * NAME];

		(void)snprintf(folder, sizeof(folder), "%s/%s.d", folders[i], name);
		list_drop_ins(s, folder, list, n);
	}
}

/* a-b-c.slice.d, a-b-.slice.d, a-.slice.d, slice.d, the narrowest first; a template's too. */
static void read_drop_ins(const struct state *s, const char *unit, struct vt_unit_limits *limits)
{
	vt_autofree struct drop_in *list = vt_alloc(DROP_INS * sizeof(*list));
	const char *dot = strrchr(unit, '.'), *at = strchr(unit, '@');
	char name[NAME];
	size_t n = 0;

	list_named(s, unit, list, &n);
	if (at && dot) {
		(void)snprintf(name, sizeof(name), "%.*s%s", (int)(at + 1 - unit), unit, dot);
		list_named(s, name, list, &n);
	}
	for (const char *p = dot; p && p > unit; p--)
		if (p[-1] == '-' && p != dot) {
			(void)snprintf(name, sizeof(name), "%.*s%s", (int)(p - unit), unit, dot);
			list_named(s, name, list, &n);
		}
	if (dot)
		list_named(s, dot + 1, list, &n);
	qsort(list, n, sizeof(*list), compare_drop_ins);
	for (size_t i = 0; i < n; i++)
		(void)read_file(s, list[i].path, limits);
}

static void read_unit(struct state *s, const char *unit, struct known *known)
{
	*known = (struct known){ .limits = VT_UNIT_LIMITS_NONE, .scan = s->scans };
	known->found = read_fragment(s, unit, &known->limits);
	read_drop_ins(s, unit, &known->limits);
	s->left--;
}

static struct known *known_of(struct state *s, const char *unit)
{
	uint64_t key = vt_hash_bytes(unit, strlen(unit));
	int32_t at = vt_idmap_get(&s->index, key);
	struct known *k = at < 0 ? NULL : &s->list[at];

	if (k && (s->scans - k->scan < KEPT_SCANS || !s->left))
		return k;
	if (!s->left)
		return NULL;
	if (!k) {
		VT_GROW(s->list, s->n, s->cap);
		vt_idmap_put(&s->index, key, (int32_t)s->n);
		k = &s->list[s->n++];
	}
	read_unit(s, unit, k);
	return k;
}

static void set(struct vt_cgroup *cg, const struct known *k)
{
	const struct vt_unit_limits *l = &k->limits;

	if (!l->memory_max_odd)
		VT_SET(CGROUP, cg, unit_memory_max, l->memory_max);
	if (!l->memory_high_odd)
		VT_SET(CGROUP, cg, unit_memory_high, l->memory_high);
	if (l->pids_said && !l->pids_odd)
		VT_SET(CGROUP, cg, unit_pids_max, l->pids_max);
	VT_SET(CGROUP, cg, unit_cpu_max_percent, l->cpu_max_percent);
}

static void clear(struct vt_cgroup *cg)
{
	for (size_t i = 0; i < VT_UNIT_LIMITS; i++)
		vt_valid_clear(&cg->head, (unsigned)vt_unit_limits[i].said);
}

static bool differs(const struct vt_cgroup *cg)
{
	for (size_t i = 0; i < VT_UNIT_LIMITS; i++)
		if (vt_unit_limit_differs(cg, &vt_unit_limits[i]))
			return true;
	return false;
}

/* Slices need no file; of other units without one nothing is known. */
static bool says(const struct known *k, const char *unit)
{
	size_t n = strlen(unit);

	return k && (k->found || (n > 6 && strcmp(unit + n - 6, ".slice") == 0));
}

/*
 * Engines change what was delegated to them as they like. Without privilege the
 * mark may be unseen; scopes are what engines make.
 */
static bool may_be_delegated(const struct vt_cgroup *cg)
{
	size_t n = strlen(cg->path);

	if (VT_HAS(CGROUP, cg, delegated))
		return cg->delegated;
	return n > 6 && strcmp(cg->path + n - 6, ".scope") == 0;
}

static void read_cgroup(struct state *s, struct vt_cgroup *cg)
{
	const char *unit = strrchr(cg->path, '/') + 1;
	struct known *k;

	if (!VT_HAS(CGROUP, cg, unit) || strcmp(unit, cg->unit) != 0 || strlen(unit) >= NAME ||
	    !vt_unit_is_systems(cg->path) || strncmp(unit, "kubepods", 8) == 0 ||
	    may_be_delegated(cg))
		return;
	k = known_of(s, unit);
	if (!says(k, unit))
		return;
	set(cg, k);
	if (!differs(cg) || k->scan == s->scans || !s->left)
		return;
	clear(cg);
	read_unit(s, unit, k);
	if (says(k, unit))
		set(cg, k);
}

static int scan_units(void *state, struct vt_builder *b, struct vt_error *err)
{
	struct state *s = state;
	vt_autoclose int booted = vt_host_openat(s->host->root, "run/systemd/system", O_PATH);
	struct vt_cgroup *cgs;
	size_t n;

	(void)err;
	if (booted < 0)
		return 0;
	s->scans++;
	s->left = s->host->patient || s->scans == 1 ? UINT32_MAX : READ_AT_ONCE;
	cgs = vt_cgroup_added(b, &n);
	for (size_t i = 0; i < n; i++)
		read_cgroup(s, &cgs[i]);
	vt_builder_source(b, "unit files");
	return 0;
}

const struct vt_probe vt_probe_systemd = {
	.name = "systemd",
	.summary = "limits that systemd's unit files set",
	.open = open_units,
	.scan = scan_units,
	.close = close_units,
};
