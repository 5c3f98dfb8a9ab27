/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks the cgroup v2 tree (the kernel's cgroup-v2.rst). A cgroup's id is the
 * inode number of its directory. kernfs counts subdirectories in the link
 * count, so leaves need no directory listing. In a recorded tree inode numbers
 * mean nothing (a copy has others), so there the id is made from the path.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../src/apply.h"
#include "../src/idmap.h"
#include "../src/probe.h"
#include "../src/text.h"
#include "cgroup_files.h"
#include "cgroup_mount.h"
#include "parse.h"
#include "table.h"

enum {
	DEPTH_LIMIT = 128,     /* each level holds a descriptor */
	CGROUP_LIMIT = 200000, /* of a recorded tree that may be anything */
	PATH_LIMIT = 4096,
	MOUNTS_EVERY_SCANS = 60, /* mounts hardly ever change */
	CGROUPS_A_TURN = 100,    /* so many have their settings read again in one scan */
	TURNS_MOST = 10,         /* and each of them after so many scans at the latest */
};

/* Of one scan: what the next one need not read. */
struct memory {
	struct vt_idmap index; /* cgroup id to index in known */
	struct vt_cgroup_known *known;
	size_t n, cap;
};

struct cgroup_state {
	const struct vt_host *host;
	struct vt_cgroup_mounts mounts;
	unsigned scans, turns;
	size_t seen;
	struct memory before, now;
	unsigned changes; /* vt_apply_changes() of the scan before */
	char path[PATH_LIMIT];
	struct vt_cgroup_reader reader;
};

static int cgroup_open(const struct vt_host *host, void **ret_state, struct vt_error *err)
{
	struct cgroup_state *c = vt_alloc(sizeof(*c));

	(void)err;
	c->host = host;
	vt_cgroup_reader_init(&c->reader, host);
	*ret_state = c;
	return 0;
}

static void forget(struct memory *m)
{
	vt_idmap_finish(&m->index);
	free(m->known);
}

static void cgroup_close(void *state)
{
	struct cgroup_state *c = state;

	vt_cgroup_reader_finish(&c->reader);
	forget(&c->before);
	forget(&c->now);
	free(c);
}

/* Links 0: not to be relied on. */
static uint64_t cgroup_id(const struct cgroup_state *c, int dir, struct stat *st)
{
	*st = (struct stat){ 0 };
	if (!c->reader.live)
		return vt_hash_bytes(c->path, strlen(c->path)) & UINT32_MAX;
	return fstat(dir, st) < 0 ? 0 : st->st_ino;
}

/*
 * Settings of a cgroup that is known are read every few scans, those of a part
 * of the cgroups in each, so that a large host is not read for what hardly ever
 * changes; of up to CGROUPS_A_TURN cgroups, in every scan.
 */
static const struct vt_cgroup_known *known_before(const struct cgroup_state *c, uint64_t id)
{
	int32_t at = c->reader.live && c->turns > 1 ? vt_idmap_get(&c->before.index, id) : -1;

	if (at < 0 || vt_hash_mix(id, 0) % c->turns == c->scans % c->turns)
		return NULL;
	return &c->before.known[at];
}

static void remember(struct memory *m, uint64_t id, const struct vt_cgroup_known *known)
{
	vt_idmap_put(&m->index, id, (int32_t)m->n);
	VT_GROW(m->known, m->n, m->cap);
	m->known[m->n++] = *known;
}

/* The row is filled apart: adding rows of devices may not move it, but it may be refused. */
static const char *add_cgroup(struct cgroup_state *c, int dir, uint64_t id, uint64_t owner,
			      uint64_t parent, int depth, const char *parent_subtree)
{
	struct vt_builder *b = c->reader.builder;
	struct vt_cgroup *cg = vt_cgroup_add(b, id, 0);
	const char *path = depth ? c->path : "/", *unit;
	size_t n;

	cg->depth = depth;
	VT_SET(CGROUP, cg, id, id);
	VT_SET(CGROUP, cg, path, vt_builder_intern(b, path));
	if (depth)
		VT_SET(CGROUP, cg, parent_id, parent);
	vt_cgroup_unit(path, &unit, &n);
	if (n)
		VT_SET(CGROUP, cg, unit, vt_builder_intern_n(b, unit, n));
	c->reader.known = known_before(c, id);
	if (!c->reader.known)
		vt_cgroup_read_xattrs(&c->reader, dir, owner, cg);
	vt_cgroup_read(&c->reader, dir, parent_subtree, cg);
	remember(&c->now, id, &c->reader.found);
	return c->reader.found.subtree;
}

static bool is_child(int dir, const struct dirent *e)
{
	struct stat st;

	if (e->d_name[0] == '.' && (!e->d_name[1] || (e->d_name[1] == '.' && !e->d_name[2])))
		return false;
	if (e->d_type != DT_UNKNOWN)
		return e->d_type == DT_DIR;
	return fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static void walk(struct cgroup_state *c, int dir, uint64_t parent, int depth,
		 const char *parent_subtree);

static void walk_child(struct cgroup_state *c, int dir, const char *name, uint64_t id, int depth,
		       const char *subtree)
{
	size_t used = strlen(c->path), n = strlen(name);
	int child;

	if (used + n + 2 > sizeof(c->path) || depth >= DEPTH_LIMIT) {
		vt_builder_note(c->reader.builder, "cgroups below %s are left out: too deep",
				c->path);
		return;
	}
	child = vt_host_openat(dir, name, O_RDONLY | O_DIRECTORY);
	if (child < 0) {
		if (child != -ENOENT)
			vt_builder_note(c->reader.builder, "cannot open the cgroup %s/%s: %s",
					c->path, name, vt_errno_text(-child));
		return;
	}
	c->path[used] = '/';
	memcpy(c->path + used + 1, name, n + 1);
	walk(c, child, id, depth + 1, subtree);
	c->path[used] = '\0';
}

/* Takes dir. Names are read through it; kernfs keeps the order stable while we read. */
static void walk(struct cgroup_state *c, int dir, uint64_t parent, int depth,
		 const char *parent_subtree)
{
	struct stat st;
	uint64_t id = cgroup_id(c, dir, &st);
	vt_autoclosedir DIR *d = NULL;
	const char *subtree;
	const struct dirent *e;

	if (!id || c->seen++ >= CGROUP_LIMIT) {
		(void)close(dir);
		return;
	}
	subtree = add_cgroup(c, dir, id, st.st_uid, parent, depth, parent_subtree);
	d = st.st_nlink == 2 ? NULL : fdopendir(dir);
	if (!d) {
		(void)close(dir);
		return;
	}
	while ((e = readdir(d)))
		if (is_child(dir, e))
			walk_child(c, dir, e->d_name, id, depth, subtree ? subtree : "");
}

static void set_host(const struct cgroup_state *c, struct vt_builder *b, int root)
{
	const struct vt_cgroup_mounts *m = &c->mounts;
	struct vt_host_row *row = vt_builder_host(b);
	char text[1024];
	struct vt_slice s;

	if (!m->v2[0] && !m->has_v1)
		return;
	VT_SET(HOST, row, cgroup_mode, !m->v2[0] ? "legacy" : m->has_v1 ? "hybrid" : "unified");
	VT_SET(HOST, row, cgroup_v1_controllers, vt_builder_intern(b, m->v1_controllers));
	if (!m->v2[0])
		return;
	VT_SET(HOST, row, cgroup_mount, vt_builder_intern(b, m->v2));
	if (m->known)
		VT_SET(HOST, row, cgroup_options, vt_builder_intern(b, m->v2_options));
	if (m->v2_root[0])
		VT_SET(HOST, row, cgroup_root, vt_builder_intern(b, m->v2_root));
	if (vt_host_read(root, "cgroup.controllers", text, sizeof(text)) < 0)
		return;
	s = vt_parse_trim(text);
	VT_SET(HOST, row, cgroup_controllers, vt_builder_intern_n(b, s.at, s.n));
}

static int no_mount(const struct cgroup_state *c, struct vt_error *err)
{
	if (c->mounts.has_v1)
		return vt_fail(err, ENOENT,
			       "cgroup v2 is not mounted; v1 holds %s: mount it with "
			       "mount -t cgroup2 none /sys/fs/cgroup/unified",
			       c->mounts.v1_controllers);
	return vt_fail(err, ENOENT, "found no cgroup v2 mount in mountinfo or /sys/fs/cgroup");
}

static void note_v1(const struct cgroup_state *c, struct vt_builder *b)
{
	if (c->mounts.v2[0] && c->mounts.v1_controllers[0])
		vt_builder_note(b,
				"v1 hierarchies hold the controllers %s: their figures and limits "
				"are not in the cgroup v2 tree",
				c->mounts.v1_controllers);
}

/* After a change of our own all settings are read: it must be seen at once. */
static void begin_turn(struct cgroup_state *c)
{
	unsigned changes = vt_apply_changes();
	struct memory old = c->before;

	c->before = c->now;
	c->now = old;
	c->now.n = 0;
	vt_idmap_clear(&c->now.index);
	c->turns = changes != c->changes ? 1 : 1 + (unsigned)(c->before.n / CGROUPS_A_TURN);
	if (c->turns > TURNS_MOST)
		c->turns = TURNS_MOST;
	c->changes = changes;
}

static void begin(struct cgroup_state *c, struct vt_builder *b, int root)
{
	vt_autoclose int pressure = vt_host_openat(c->host->proc, "pressure", O_PATH);
	struct statfs fs;

	c->reader.builder = b;
	c->reader.live = fstatfs(root, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
	c->reader.pressure = pressure >= 0 || !c->reader.live;
	/* Few kernels have it (CONFIG_IRQ_TIME_ACCOUNTING). */
	c->reader.pressure_irq = !c->reader.live ||
				 (pressure >= 0 && faccessat(pressure, "irq", F_OK, 0) == 0);
	c->seen = 0;
	c->path[0] = '\0';
}

/* What is learnt about mounts and missing files is forgotten now and then. */
static void refresh(struct cgroup_state *c)
{
	if (c->scans++ % MOUNTS_EVERY_SCANS && c->mounts.v2[0])
		return;
	vt_cgroup_find_mounts(c->host, &c->mounts);
	vt_cgroup_reader_forget(&c->reader);
}

static int cgroup_scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	struct cgroup_state *c = state;
	int root;

	refresh(c);
	begin_turn(c);
	root = c->mounts.v2[0] ? vt_host_openat(c->host->root, c->mounts.v2, O_RDONLY | O_DIRECTORY)
			       : -ENOENT;
	set_host(c, b, root);
	if (!c->mounts.v2[0])
		return no_mount(c, err);
	if (root < 0)
		return vt_fail(err, -root, "cannot open the cgroup v2 mount %s: %s", c->mounts.v2,
			       vt_errno_text(-root));
	begin(c, b, root);
	note_v1(c, b);
	vt_builder_source(b, c->reader.live ? "cgroupfs" : "recorded tree");
	walk(c, root, 0, 0, NULL);
	if (c->seen > CGROUP_LIMIT)
		vt_builder_note(b, "only the first %d cgroups are shown", CGROUP_LIMIT);
	return 0;
}

const struct vt_probe vt_probe_cgroup = {
	.name = "cgroup",
	.summary = "the cgroup v2 tree: usage, limits, events, pressure",
	.open = cgroup_open,
	.scan = cgroup_scan,
	.close = cgroup_close,
};
