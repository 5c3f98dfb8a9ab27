/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds cgroup v2 where it is alone (/sys/fs/cgroup) or beside v1
 * (/sys/fs/cgroup/unified), and which controllers v1 holds, from mountinfo
 * (proc_pid_mountinfo(5)). Another host's root is described by the mountinfo
 * of its own PID 1 rather than ours.
 */
#include "cgroup_mount.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "parse_proc.h"

static const size_t mounts_limit = 8u << 20;

static bool is_option(struct vt_slice word)
{
	static const char *const options[] = {
		"rw",           "ro",   "xattr",    "noprefix", "clone_children", "cpuset_v2_mode",
		"favordynmods", "none", "seclabel", "relatime"
	};

	for (size_t i = 0; i < VT_LEN(options); i++)
		if (vt_slice_is(word, options[i]))
			return true;
	return !word.n || memchr(word.at, '=', word.n);
}

static void add_word(char *list, size_t size, struct vt_slice word)
{
	size_t used = strlen(list);

	if (is_option(word) || used + word.n + 2 > size)
		return;
	(void)snprintf(list + used, size - used, "%s%.*s", used ? " " : "", (int)word.n, word.at);
}

/* "rw,cpu,cpuacct": what is not an option is a controller, or of v2 what it changes. */
static void add_words(char *list, size_t size, struct vt_slice options)
{
	struct vt_slice word;
	char one[64];

	for (;;) {
		bool more = vt_parse_until(&options, ',', &word);

		if (!more)
			word = options;
		(void)snprintf(one, sizeof(one), "%.*s", (int)(word.n < 63 ? word.n : 63), word.at);
		if (!vt_parse_has_word(list, one))
			add_word(list, size, word);
		if (!more)
			return;
	}
}

static void take_v2(struct vt_cgroup_mounts *m, const struct vt_mount *mount, bool whole)
{
	char point[sizeof(m->v2)], root[sizeof(m->v2_root)] = "/";

	if (!vt_parse_unescape(mount->point, point, sizeof(point)) ||
	    (!whole && !vt_parse_unescape(mount->root, root, sizeof(root))))
		return;
	memcpy(m->v2, point, sizeof(point));
	memcpy(m->v2_root, root, sizeof(root));
	m->v2_options[0] = '\0';
	add_words(m->v2_options, sizeof(m->v2_options), mount->options);
	m->known = true;
}

static void add_mount(struct vt_cgroup_mounts *m, const struct vt_mount *mount)
{
	if (vt_slice_is(mount->type, "cgroup")) {
		m->has_v1 = true;
		add_words(m->v1_controllers, sizeof(m->v1_controllers), mount->options);
	} else if (vt_slice_is(mount->type, "cgroup2")) {
		bool whole = !mount->root.n || vt_slice_is(mount->root, "/");

		/* The first whole one is it; a container may have only a part. */
		if (!m->v2[0] || (whole && strcmp(m->v2_root, "/") != 0))
			take_v2(m, mount, whole);
	}
}

static bool read_mounts(const struct vt_host *host, const char *path,
			bool (*next)(const char **cursor, struct vt_mount *ret),
			struct vt_cgroup_mounts *m)
{
	vt_autofree char *text = NULL;
	const char *cursor;
	struct vt_mount mount;

	if (vt_host_read_all(host->proc, path, mounts_limit, &text) <= 0)
		return false;
	for (cursor = text; next(&cursor, &mount);)
		add_mount(m, &mount);
	return m->v2[0] || m->has_v1;
}

static void known_places(const struct vt_host *host, struct vt_cgroup_mounts *m)
{
	static const char *const places[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };

	for (size_t i = 0; i < VT_LEN(places) && !m->v2[0]; i++) {
		char path[64];
		vt_autoclose int fd = -1;

		(void)snprintf(path, sizeof(path), "%s/cgroup.controllers", places[i]);
		fd = vt_host_openat(host->root, path, O_PATH);
		if (fd >= 0)
			(void)snprintf(m->v2, sizeof(m->v2), "%s", places[i]);
	}
}

void vt_cgroup_find_mounts(const struct vt_host *host, struct vt_cgroup_mounts *ret)
{
	const char *own = host->is_self ? "self/mountinfo" : "1/mountinfo";
	const char *other = host->is_self ? "1/mountinfo" : "self/mountinfo";

	*ret = (struct vt_cgroup_mounts){ 0 };
	if (read_mounts(host, own, vt_parse_mount, ret) ||
	    read_mounts(host, other, vt_parse_mount, ret) ||
	    read_mounts(host, "mounts", vt_parse_mount_old, ret))
		return;
	known_places(host, ret);
}

/* Whether one of the words between commas is this one. */
static bool has_option(struct vt_slice options, struct vt_slice wanted)
{
	struct vt_slice word;
	bool more;

	do {
		more = vt_parse_until(&options, ',', &word);
		if (!more)
			word = options;
		if (word.n == wanted.n && memcmp(word.at, wanted.at, word.n) == 0)
			return true;
	} while (more);
	return false;
}

bool vt_cgroup_find_v1(const struct vt_host *host, struct vt_slice controllers, char *out,
		       size_t size)
{
	vt_autofree char *text = NULL;
	struct vt_slice first = controllers, word;
	struct vt_mount m;
	const char *cursor;

	if (vt_parse_until(&controllers, ',', &word))
		first = word;
	if (vt_host_read_all(host->proc, host->is_self ? "self/mountinfo" : "1/mountinfo",
			     mounts_limit, &text) <= 0)
		return false;
	for (cursor = text; vt_parse_mount(&cursor, &m);)
		if (vt_slice_is(m.type, "cgroup") && vt_slice_is(m.root, "/") &&
		    has_option(m.options, first))
			return vt_parse_unescape(m.point, out, size);
	return false;
}
