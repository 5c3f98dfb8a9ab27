/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cgroup v1, read only, for the one process that is looked at: each controller
 * that a v1 hierarchy holds, the process's path there, what its main files say,
 * and for memory, pids and cpu which ancestor's limit binds. In v1 a limit of an
 * ancestor counts as well (memory.use_hierarchy is always on since Linux 5.11).
 */
#include "cgroup_v1.h"

#include <string.h>

#include "../src/units.h"
#include "cgroup_mount.h"
#include "detail_readers.h"
#include "parse_proc.h"

const char vt_v1_why[] = "a controller can be in one hierarchy only, and v1 holds these; virttop "
			 "sets limits of v2. Boot with systemd.unified_cgroup_hierarchy=1 or "
			 "cgroup_no_v1=all to give them to v2";

enum {
	MOST = 16,
	PATH_SIZE = 4096,
	DEEPEST = 64,
};

/* A v1 limit that is none is LONG_MAX rounded down to a page. */
static const uint64_t no_limit = 1ull << 62;

struct v1_file {
	const char *name;
	enum vt_unit unit;
};

static const struct v1_controller {
	const char *name;
	const char *limit, *usage; /* of the one that binds by its room */
	struct v1_file files[6];
} controllers[] = {
	{ "memory",
	  "memory.limit_in_bytes",
	  "memory.usage_in_bytes",
	  { { "memory.limit_in_bytes", VT_UNIT_BYTES },
	    { "memory.usage_in_bytes", VT_UNIT_BYTES },
	    { "memory.soft_limit_in_bytes", VT_UNIT_BYTES },
	    { "memory.memsw.limit_in_bytes", VT_UNIT_BYTES },
	    { "memory.failcnt", VT_UNIT_COUNT } } },
	{ "pids",
	  "pids.max",
	  "pids.current",
	  { { "pids.max", VT_UNIT_COUNT }, { "pids.current", VT_UNIT_COUNT } } },
	{ "cpu",
	  NULL,
	  NULL,
	  { { "cpu.cfs_quota_us", VT_UNIT_USEC },
	    { "cpu.cfs_period_us", VT_UNIT_USEC },
	    { "cpu.shares", VT_UNIT_COUNT } } },
	{ "cpuset",
	  NULL,
	  NULL,
	  { { "cpuset.cpus", VT_UNIT_TEXT }, { "cpuset.mems", VT_UNIT_TEXT } } },
	{ "blkio",
	  NULL,
	  NULL,
	  { { "blkio.weight", VT_UNIT_COUNT },
	    { "blkio.throttle.read_bps_device", VT_UNIT_TEXT },
	    { "blkio.throttle.write_bps_device", VT_UNIT_TEXT },
	    { "blkio.throttle.read_iops_device", VT_UNIT_TEXT },
	    { "blkio.throttle.write_iops_device", VT_UNIT_TEXT } } },
	{ "freezer", NULL, NULL, { { "freezer.state", VT_UNIT_TEXT } } },
};

/* One hierarchy as the process is in it. */
struct place {
	const struct vt_host *host;
	struct vt_arena *arena;
	char dir[PATH_SIZE]; /* of its mount */
	const char *path;
};

static ssize_t read_at(const struct place *p, const char *path, const char *file, char *text,
		       size_t size)
{
	const char *full = vt_arena_printf(p->arena, "%s%s/%s", p->dir,
					   strcmp(path, "/") == 0 ? "" : path, file);

	return vt_host_read(p->host->root, full, text, size);
}

static bool number_at(const struct place *p, const char *path, const char *file, uint64_t *ret)
{
	char text[64];

	return read_at(p, path, file, text, sizeof(text)) > 0 && vt_parse_value(text, ret);
}

/* "-1" of cpu.cfs_quota_us and numbers beyond all memory are "max". */
static const char *value_of(const struct place *p, const struct v1_file *f)
{
	char text[256], shown[64];
	struct vt_slice s;
	uint64_t value;

	if (read_at(p, p->path, f->name, text, sizeof(text)) < 0)
		return NULL;
	s = vt_parse_trim(text);
	if (vt_slice_is(s, "-1"))
		return "max";
	if (f->unit == VT_UNIT_TEXT || !vt_parse_value(text, &value)) {
		for (size_t i = 0; i < s.n; i++)
			if (text[i] == '\n')
				text[i] = ',';
		return s.n ? vt_arena_intern_n(p->arena, s.at, s.n) : NULL;
	}
	vt_units_short(shown, sizeof(shown), f->unit, value >= no_limit ? VT_MAX : value);
	return vt_arena_intern(p->arena, shown);
}

static const char *says(const struct place *p, const struct v1_controller *c)
{
	const char *all = NULL;

	for (size_t i = 0; i < VT_LEN(c->files) && c->files[i].name; i++) {
		const char *value = value_of(p, &c->files[i]);

		if (value)
			all = vt_arena_printf(p->arena, "%s%s%s %s", all ? all : "",
					      all ? ", " : "", c->files[i].name, value);
	}
	return all;
}

/* "/a/b" is cut to "/a", "/a" to "/"; false at the root. */
static bool go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || !slash[1])
		return false;
	slash[slash == path ? 1 : 0] = '\0';
	return true;
}

static void find_binding(const struct place *p, const struct v1_controller *c,
			 struct vt_v1_limit *v)
{
	vt_autofree char *path = vt_strdup(p->path);
	int depth = 0;

	do {
		uint64_t max, used, room;

		if (!number_at(p, path, c->limit, &max) || !number_at(p, path, c->usage, &used) ||
		    max >= no_limit)
			continue;
		room = max > used ? max - used : 0;
		if (v->from && room >= v->max - (v->current < v->max ? v->current : v->max))
			continue;
		v->file = c->limit;
		v->from = vt_arena_intern(p->arena, path);
		v->max = max;
		v->current = used;
	} while (go_up(path) && ++depth < DEEPEST);
}

static const struct v1_controller *known_controller(struct vt_slice name)
{
	for (size_t i = 0; i < VT_LEN(controllers); i++)
		if (vt_slice_is(name, controllers[i].name))
			return &controllers[i];
	return NULL;
}

static void add_controller(struct place *p, struct vt_slice name, struct vt_process_limits *ret)
{
	const struct v1_controller *c = known_controller(name);
	struct vt_v1_limit *v;

	if (ret->n_v1 == MOST || !name.n || vt_slice_starts(name, "name="))
		return;
	v = &ret->v1[ret->n_v1++];
	v->controller = vt_arena_intern_n(p->arena, name.at, name.n);
	v->path = p->path;
	if (!c || !p->dir[0])
		return;
	v->says = says(p, c);
	if (c->limit)
		find_binding(p, c, v);
}

/* A path that leads out of what we may see ("/../x", cgroup_namespaces(7)) is not followed. */
static void add_line(struct place *p, const struct vt_cgroup_line *line,
		     struct vt_process_limits *ret)
{
	struct vt_slice rest = line->controllers, name;
	bool more;

	p->path = vt_arena_intern_n(p->arena, line->path.at, line->path.n);
	if (strstr(p->path, "/..") ||
	    !vt_cgroup_find_v1(p->host, line->controllers, p->dir, sizeof(p->dir)))
		p->dir[0] = '\0';
	do {
		more = vt_parse_until(&rest, ',', &name);
		add_controller(p, more ? name : rest, ret);
	} while (more);
}

void vt_cgroup_v1_read(const struct vt_host *host, uint64_t pid, struct vt_arena *arena,
		       struct vt_process_limits *ret)
{
	vt_autofree struct place *p = vt_alloc(sizeof(*p));
	vt_autofree char *text = vt_alloc(VT_DETAIL_TEXT);
	struct vt_cgroup_line line;
	const char *cursor = text;

	if (vt_detail_read_pid(host, pid, "cgroup", text, VT_DETAIL_TEXT) <= 0)
		return;
	p->host = host;
	p->arena = arena;
	ret->v1 = vt_arena_alloc(arena, MOST * sizeof(*ret->v1));
	while (vt_parse_cgroup_line(&cursor, &line))
		if (line.controllers.n)
			add_line(p, &line, ret);
}
