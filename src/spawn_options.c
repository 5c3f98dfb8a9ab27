/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of unshare(1) and nsenter(1), as far as virttop has them. The one
 * that differs is --cgroup: before a path ("/demo") it is the cgroup to start
 * in, otherwise the cgroup namespace, which -C and --new-cgroup always are.
 */
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>

#include "action_table.h"

enum what {
	NAMESPACE,
	CGROUP,
	FORK,
	MOUNT_PROC,
	MAP_ROOT,
	BACKGROUND,
	HOSTNAME
};

static const struct option {
	const char *name;
	char letter;
	bool unshare_only;
	enum what what;
	enum vt_ns_type ns;
} options[] = {
	{ "mount", 'm', false, NAMESPACE, VT_NS_MNT },
	{ "pid", 'p', false, NAMESPACE, VT_NS_PID },
	{ "net", 'n', false, NAMESPACE, VT_NS_NET },
	{ "uts", 'u', false, NAMESPACE, VT_NS_UTS },
	{ "ipc", 'i', false, NAMESPACE, VT_NS_IPC },
	{ "user", 'U', false, NAMESPACE, VT_NS_USER },
	{ "time", 'T', false, NAMESPACE, VT_NS_TIME },
	{ "new-cgroup", 'C', false, NAMESPACE, VT_NS_CGROUP },
	{ "cgroup", 0, false, CGROUP, VT_NS_CGROUP },
	{ "fork", 'f', true, FORK, 0 },
	{ "mount-proc", 0, true, MOUNT_PROC, 0 },
	{ "map-root-user", 'r', true, MAP_ROOT, 0 },
	{ "hostname", 0, true, HOSTNAME, 0 },
	{ "background", 'b', false, BACKGROUND, 0 },
};

static const struct option *find(const char *name, size_t n, char letter, bool entering)
{
	for (size_t i = 0; i < VT_LEN(options); i++) {
		const struct option *o = &options[i];
		bool same = name ? strlen(o->name) == n && strncmp(o->name, name, n) == 0
				 : letter && o->letter == letter;

		if (same && !(entering && o->unshare_only))
			return o;
	}
	return NULL;
}

static void set(const struct option *o, const char *value, struct vt_spawn *spawn)
{
	switch (o->what) {
	case NAMESPACE:
		spawn->ns_flags |= vt_ns_clone_flags[o->ns];
		break;
	case CGROUP:
		if (value)
			spawn->cgroup = value;
		else
			spawn->ns_flags |= vt_ns_clone_flags[VT_NS_CGROUP];
		break;
	case FORK:
		spawn->fork = true;
		break;
	case MOUNT_PROC:
		spawn->mount_proc = true;
		break;
	case MAP_ROOT:
		spawn->map_root = true;
		break;
	case BACKGROUND:
		spawn->background = true;
		break;
	case HOSTNAME:
		spawn->hostname = value;
		break;
	}
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
	if (value && o->what != CGROUP && o->what != HOSTNAME)
		return vt_fail(err, EINVAL, "--%s takes no value", o->name);
	if (!value && *at + 1 < argc &&
	    (o->what == HOSTNAME || (o->what == CGROUP && argv[*at + 1][0] == '/')))
		value = argv[++*at];
	if (o->what == HOSTNAME && (!value || !*value))
		return vt_fail(err, EINVAL, "--hostname needs a name");
	set(o, value, spawn);
	return 0;
}

static int take_short(const char *word, bool entering, struct vt_spawn *spawn, struct vt_error *err)
{
	for (const char *p = word + 1; *p; p++) {
		const struct option *o = find(NULL, 0, *p, entering);

		if (!o)
			return unknown(word, entering, err);
		set(o, NULL, spawn);
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

	for (at = 0; at < argc && argv[at][0] == '-' && argv[at][1]; at++) {
		int r = 0;

		if (strcmp(argv[at], "--") == 0)
			return at + 1;
		if (is_of_do(argv[at]))
			continue;
		if (argv[at][1] == '-')
			r = take_long(argc, argv, &at, entering, ret, err);
		else
			r = take_short(argv[at], entering, ret, err);
		if (r < 0)
			return r;
	}
	return at;
}

void vt_spawn_complete(struct vt_spawn *spawn, bool entering)
{
	if (spawn->mount_proc)
		spawn->ns_flags |= CLONE_NEWNS;
	if (spawn->map_root)
		spawn->ns_flags |= CLONE_NEWUSER;
	if (spawn->hostname && !entering)
		spawn->ns_flags |= CLONE_NEWUTS;
	/* These two take children in, not the caller: a shell that is not in it helps nobody. */
	if (spawn->ns_flags & (CLONE_NEWPID | vt_ns_clone_flags[VT_NS_TIME]))
		spawn->fork = true;
}

static const char *shell(bool entering)
{
	const char *own = getenv("SHELL");

	/* One's own shell may not be there in another mount namespace. */
	return own && own[0] == '/' && !entering ? own : "/bin/sh";
}

const char *const *vt_spawn_command(int argc, char **argv, bool background, bool entering,
				    struct vt_arena *arena)
{
	size_t n = argc > 0 ? (size_t)argc : 0;
	const char **command = vt_arena_alloc(arena, (n + 3) * sizeof(*command));

	for (size_t i = 0; i < n; i++)
		command[i] = vt_arena_intern(arena, argv[i]);
	if (!n && background) {
		command[0] = "sleep";
		command[1] = "infinity";
	} else if (!n) {
		command[0] = shell(entering);
	}
	return command;
}
