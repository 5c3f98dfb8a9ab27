/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a cgroup is by its name and marks: systemd writes extended attributes on
 * the directories of its units (systemd.exec(5), "CGROUP_DELEGATION" of the
 * systemd project): trusted.delegate and trusted.invocation_id, which only root
 * may see, and since v252 the same below "user.". Others know a delegated tree
 * by its owner (cgroup-v2.rst, "Delegation").
 */
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cgroup_files.h"
#include "parse.h"

enum {
	NAMES_SIZE = 4096,
	VALUE_SIZE = 256,
};

static bool is_name(const char *name, const char *what)
{
	return (strncmp(name, "user.", 5) == 0 && strcmp(name + 5, what) == 0) ||
	       (strncmp(name, "trusted.", 8) == 0 && strcmp(name + 8, what) == 0);
}

/* What the attributes say; unseen ones leave it unknown. */
struct marks {
	bool delegated, is_unit;
	uint64_t owner;
};

static void take_mark(struct vt_cgroup_reader *r, struct vt_cgroup *cg, struct marks *m,
		      const char *name, struct vt_slice value)
{
	if (is_name(name, "delegate")) {
		m->delegated = vt_slice_is(value, "1");
	} else if (is_name(name, "invocation_id")) {
		m->is_unit = true;
		VT_SET(CGROUP, cg, invocation_id,
		       vt_builder_intern_n(r->builder, value.at, value.n));
	} else if (strcmp(name, "owner") == 0) {
		(void)vt_parse_u64(value, &m->owner);
	}
}

/* False when they could not be listed. */
static bool read_live(struct vt_cgroup_reader *r, int dir, struct vt_cgroup *cg, struct marks *m)
{
	char names[NAMES_SIZE], value[VALUE_SIZE];
	ssize_t all = flistxattr(dir, names, sizeof(names));

	if (all < 0)
		return false;
	for (const char *at = names; at < names + all; at += strlen(at) + 1) {
		ssize_t n;

		if (!is_name(at, "delegate") && !is_name(at, "invocation_id"))
			continue;
		n = fgetxattr(dir, at, value, sizeof(value));
		if (n > 0)
			take_mark(r, cg, m, at, (struct vt_slice){ value, (size_t)n });
	}
	/* Without privilege trusted.* is not even listed. */
	return m->is_unit || geteuid() == 0;
}

static bool read_recorded(struct vt_cgroup_reader *r, int dir, struct vt_cgroup *cg,
			  struct marks *m)
{
	const char *cursor = r->text;
	struct vt_slice line, word;
	char name[64];

	if (vt_cgroup_read_file(r, dir, "xattr") < 0)
		return false;
	while (vt_parse_line(&cursor, &line)) {
		if (!vt_parse_word(&line, &word) || word.n >= sizeof(name) || !line.n)
			continue;
		memcpy(name, word.at, word.n);
		name[word.n] = '\0';
		take_mark(r, cg, m, name, (struct vt_slice){ line.at + 1, line.n - 1 });
	}
	return true;
}

void vt_cgroup_read_xattrs(struct vt_cgroup_reader *r, int dir, uint64_t owner,
			   struct vt_cgroup *cg)
{
	struct marks m = { .owner = owner };
	bool seen = r->live ? read_live(r, dir, cg, &m) : read_recorded(r, dir, cg, &m);

	if (seen || m.owner)
		VT_SET(CGROUP, cg, delegated, m.delegated || m.owner != 0);
	if (r->live || seen)
		VT_SET(CGROUP, cg, owner_uid, m.owner);
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
