/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of unshare(1) and nsenter(1), as far as virttop has them. The one
 * that differs is --cgroup: before a path ("/demo") it is the cgroup to start
 * in, otherwise the cgroup namespace, which -C and --new-cgroup always are. That
 * one, --limit, --preset, --keep, --hostname and --busybox are virttop's own.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "action_table.h"
#include "spawn_presets.h"

enum what {
	NAMESPACE,
	CGROUP,
	FLAG,
	TEXT,
	LIMIT,
	PRESET
};
enum whose {
	BOTH,
	UNSHARE,
	ENTER
};

#define IN(member) offsetof(struct vt_spawn, member)

static const struct option {
	const char *name;
	char letter;
	enum whose whose;
	enum what what;
	size_t at; /* enum vt_ns_type, or where in struct vt_spawn */
} options[] = {
	{ "mount", 'm', BOTH, NAMESPACE, VT_NS_MNT },
	{ "pid", 'p', BOTH, NAMESPACE, VT_NS_PID },
	{ "net", 'n', BOTH, NAMESPACE, VT_NS_NET },
	{ "uts", 'u', BOTH, NAMESPACE, VT_NS_UTS },
	{ "ipc", 'i', BOTH, NAMESPACE, VT_NS_IPC },
	{ "user", 'U', BOTH, NAMESPACE, VT_NS_USER },
	{ "time", 'T', BOTH, NAMESPACE, VT_NS_TIME },
	{ "new-cgroup", 'C', BOTH, NAMESPACE, VT_NS_CGROUP },
	{ "cgroup", 0, BOTH, CGROUP, IN(cgroup) },
	{ "limit", 0, UNSHARE, LIMIT, 0 },
	{ "preset", 0, UNSHARE, PRESET, 0 },
	{ "fork", 'f', UNSHARE, FLAG, IN(fork) },
	{ "kill-child", 0, UNSHARE, FLAG, IN(kill_child) },
	{ "mount-proc", 0, UNSHARE, FLAG, IN(mount_proc) },
	{ "propagation", 0, UNSHARE, TEXT, IN(propagation) },
	{ "map-root-user", 'r', UNSHARE, FLAG, IN(map_root) },
	{ "map-auto", 0, UNSHARE, FLAG, IN(map_auto) },
	{ "map-users", 0, UNSHARE, TEXT, IN(map_users) },
	{ "map-groups", 0, UNSHARE, TEXT, IN(map_groups) },
	{ "setgroups", 0, UNSHARE, TEXT, IN(setgroups) },
	{ "root", 'R', UNSHARE, TEXT, IN(root) },
	{ "root", 'r', ENTER, FLAG, IN(target_root) },
	{ "wd", 'w', BOTH, TEXT, IN(directory) },
	{ "keep", 0, UNSHARE, TEXT, IN(keep_at) },
	{ "monotonic", 0, UNSHARE, TEXT, IN(monotonic) },
	{ "boottime", 0, UNSHARE, TEXT, IN(boottime) },
	{ "hostname", 0, UNSHARE, TEXT, IN(hostname) },
	{ "join-cgroup", 0, ENTER, FLAG, IN(join_cgroup) },
	{ "setuid", 'S', ENTER, TEXT, IN(uid) },
	{ "setgid", 'G', ENTER, TEXT, IN(gid) },
	{ "busybox", 0, BOTH, FLAG, IN(busybox) },
	{ "background", 'b', BOTH, FLAG, IN(background) },
};

static const struct option *find(const char *name, size_t n, char letter, bool entering)
{
	for (size_t i = 0; i < VT_LEN(options); i++) {
		const struct option *o = &options[i];
		bool same = name ? strlen(o->name) == n && strncmp(o->name, name, n) == 0
				 : letter && o->letter == letter;

		if (same && o->whose != (entering ? UNSHARE : ENTER))
			return o;
	}
	return NULL;
}

static int add_limit(const char *value, struct vt_spawn *spawn, struct vt_error *err)
{
	size_t n = 0;

	while (n < VT_SPAWN_LIMITS && spawn->limits[n])
		n++;
	if (n == VT_SPAWN_LIMITS)
		return vt_fail(err, EINVAL, "unshare sets at most %d limits", VT_SPAWN_LIMITS);
	spawn->limits[n] = value;
	return 0;
}

static int take_preset(const char *name, struct vt_spawn *spawn, struct vt_error *err)
{
	const struct vt_spawn_preset *p = vt_spawn_preset_find(name);
	char known[256] = "";
	size_t n = 0;

	if (p) {
		spawn->ns_flags |= p->spawn.ns_flags;
		spawn->mount_proc |= p->spawn.mount_proc;
		spawn->map_root |= p->spawn.map_root;
		spawn->hostname = spawn->hostname ? spawn->hostname : p->spawn.hostname;
		return 0;
	}
	for (p = vt_spawn_presets; p->name && n < sizeof(known); p++)
		n += (size_t)snprintf(known + n, sizeof(known) - n, " %s", p->word);
	return vt_fail(err, EINVAL, "'%s' is not a preset; there are:%s", name, known);
}

static int set(const struct option *o, const char *value, struct vt_spawn *spawn,
	       struct vt_error *err)
{
	char *member = (char *)spawn + o->at;

	switch (o->what) {
	case NAMESPACE:
		spawn->ns_flags |= vt_ns_clone_flags[o->at];
		spawn->ns_files[o->at] = value;
		break;
	case CGROUP:
		if (value)
			spawn->cgroup = value;
		else
			spawn->ns_flags |= vt_ns_clone_flags[VT_NS_CGROUP];
		break;
	case FLAG:
		*(bool *)(void *)member = true;
		break;
	case TEXT:
		*(const char **)(void *)member = value;
		break;
	case LIMIT:
		return add_limit(value, spawn, err);
	case PRESET:
		return take_preset(value, spawn, err);
	}
	return 0;
}

static bool needs_value(const struct option *o)
{
	return o->what == TEXT || o->what == LIMIT || o->what == PRESET;
}

static bool may_have_value(const struct option *o, bool entering)
{
	return needs_value(o) || o->what == CGROUP || (o->what == NAMESPACE && entering);
}

static int unknown(const char *word, bool entering, struct vt_error *err)
{
	return vt_fail(
		err, EINVAL,
		"'%s' is not an option of %s: namespaces are --mount --pid --net --uts --ipc "
		"--user --time -C, and -- ends the options",
		word, entering ? "enter" : "unshare");
}

/* Takes argv[*at], and the word after it where the option wants one. */
static int take_long(int argc, char **argv, int *at, bool entering, struct vt_spawn *spawn,
		     struct vt_error *err)
{
	const char *name = argv[*at] + 2, *equals = strchr(name, '=');
	size_t n = equals ? (size_t)(equals - name) : strlen(name);
	const struct option *o = find(name, n, 0, entering);
	const char *value = equals ? equals + 1 : NULL;

	if (!o)
		return unknown(argv[*at], entering, err);
	if (value && !may_have_value(o, entering))
		return vt_fail(err, EINVAL, "--%s takes no value", o->name);
	if (!value && *at + 1 < argc &&
	    (needs_value(o) || (o->what == CGROUP && argv[*at + 1][0] == '/')))
		value = argv[++*at];
	if (needs_value(o) && (!value || !*value))
		return vt_fail(err, EINVAL, "--%s needs a %s", o->name,
			       o->at == IN(hostname) ? "name" : "value");
	return set(o, value, spawn, err);
}

/* Letters stand together; one that needs a value is the last, and the value the next word. */
static int take_short(int argc, char **argv, int *at, bool entering, struct vt_spawn *spawn,
		      struct vt_error *err)
{
	const char *word = argv[*at];

	for (const char *p = word + 1; *p; p++) {
		const struct option *o = find(NULL, 0, *p, entering);
		const char *value = NULL;
		int r;

		if (!o)
			return unknown(word, entering, err);
		if (needs_value(o)) {
			if (p[1] || *at + 1 >= argc)
				return vt_fail(err, EINVAL, "-%c needs a value after it", *p);
			value = argv[++*at];
		}
		r = set(o, value, spawn, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* virttop's own options may stand among these. */
static bool is_of_do(const char *word)
{
	return strcmp(word, "--yes") == 0 || strcmp(word, "--dry-run") == 0;
}

int vt_spawn_options(int argc, char **argv, bool entering, struct vt_spawn *ret,
		     struct vt_error *err)
{
	int at;

	ret->entering = entering;
	for (at = 0; at < argc && argv[at][0] == '-' && argv[at][1]; at++) {
		int r = 0;

		if (strcmp(argv[at], "--") == 0)
			return at + 1;
		if (is_of_do(argv[at]))
			continue;
		if (argv[at][1] == '-')
			r = take_long(argc, argv, &at, entering, ret, err);
		else
			r = take_short(argc, argv, &at, entering, ret, err);
		if (r < 0)
			return r;
	}
	return at;
}
