/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line of unshare(1) or nsenter(1) for a spawn, made in one place, so that
 * the dialog, the preview and the man pages agree. What those programs have no
 * option for (util-linux 2.38) is named, never left out in silence.
 */
#include "spawn_line.h"

#include <inttypes.h>
#include <sched.h>
#include <string.h>

void vt_spawn_complete(struct vt_spawn *s)
{
	if (s->mount_proc || s->propagation)
		s->ns_flags |= CLONE_NEWNS;
	if (s->map_root || s->map_auto || s->map_users || s->map_groups || s->setgroups)
		s->ns_flags |= CLONE_NEWUSER;
	if (s->hostname && !s->entering)
		s->ns_flags |= CLONE_NEWUTS;
	if (s->monotonic || s->boottime)
		s->ns_flags |= vt_ns_clone_flags[VT_NS_TIME];
	for (int t = 0; t < VT_NS_TYPES; t++)
		if (s->ns_files[t])
			s->ns_flags |= vt_ns_clone_flags[t];
	/* These two take children in, not the caller: a shell that is not in it helps nobody. */
	if (s->kill_child || s->ns_flags & (CLONE_NEWPID | vt_ns_clone_flags[VT_NS_TIME]))
		s->fork = true;
}

static const char *shell(const struct vt_spawn *s)
{
	const char *own = getenv("SHELL");

	if (s->busybox)
		return "sh";
	/* One's own shell may not be there in another mount namespace or root. */
	return own && own[0] == '/' && !s->entering && !s->root ? own : "/bin/sh";
}

const char *const *vt_spawn_command(int argc, char **argv, const struct vt_spawn *spawn,
				    struct vt_arena *arena)
{
	size_t n = argc > 0 ? (size_t)argc : 0;
	const char **command = vt_arena_alloc(arena, (n + 3) * sizeof(*command));

	for (size_t i = 0; i < n; i++)
		command[i] = vt_arena_intern(arena, argv[i]);
	if (!n && spawn->background) {
		command[0] = "sleep";
		command[1] = "infinity";
	} else if (!n) {
		command[0] = shell(spawn);
	}
	return command;
}

const char *vt_spawn_words(struct vt_arena *arena, const struct vt_spawn *spawn)
{
	const char *words = vt_shell_quote(arena, spawn->argv[0]);

	if (spawn->busybox)
		words = vt_arena_printf(arena, "busybox %s", words);
	for (size_t i = 1; spawn->argv[i]; i++)
		words = vt_arena_printf(arena, "%s %s", words,
					vt_shell_quote(arena, spawn->argv[i]));
	return words;
}

static const char *put_text(struct vt_arena *arena, const char *line, const char *option,
			    const char *value)
{
	return value ? vt_arena_printf(arena, "%s %s %s", line, option,
				       vt_shell_quote(arena, value))
		     : line;
}

static const char *put_flag(struct vt_arena *arena, const char *line, const char *option, bool on)
{
	return on ? vt_arena_printf(arena, "%s %s", line, option) : line;
}

/* unshare(1) of 2.38 has OUTER,INNER,COUNT; later ones take that too. */
static const char *put_maps(struct vt_arena *arena, const char *line, const char *option,
			    const char *maps)
{
	vt_autofree char *copy = vt_strdup(maps ? maps : "");
	char *save = NULL;

	for (char *w = strtok_r(copy, ", ", &save); w; w = strtok_r(NULL, ", ", &save)) {
		char *part = NULL;
		const char *in = strtok_r(w, ":", &part), *out = strtok_r(NULL, ":", &part);
		const char *count = strtok_r(NULL, "", &part);

		if (in && out)
			line = vt_arena_printf(arena, "%s %s=%s,%s,%s", line, option, out, in,
					       count ? count : "1");
	}
	return line;
}

/* A type that an option says anyway is left out, as a person would write it. */
static const char *put_types(struct vt_arena *arena, const char *line, const struct vt_spawn *s)
{
	for (int t = 0; t < VT_NS_TYPES; t++) {
		if (!(s->ns_flags & vt_ns_clone_flags[t]))
			continue;
		if (s->keep_at)
			line = vt_arena_printf(arena, "%s %s=%s/%s", line, vt_ns_options[t],
					       vt_shell_quote(arena, s->keep_at), vt_ns_names[t]);
		else if (s->ns_files[t])
			line = vt_arena_printf(arena, "%s %s=%s", line, vt_ns_options[t],
					       vt_shell_quote(arena, s->ns_files[t]));
		else if (!(t == VT_NS_USER && (s->map_root || s->map_auto)))
			line = vt_arena_printf(arena, "%s %s", line, vt_ns_options[t]);
	}
	return line;
}

static const char *unshare_line(struct vt_arena *arena, const struct vt_spawn *s)
{
	const char *line = put_types(arena, "unshare", s), *command = vt_spawn_words(arena, s);

	line = put_flag(arena, line, "--fork", s->fork);
	line = put_flag(arena, line, "--mount-proc", s->mount_proc);
	line = put_flag(arena, line, "--kill-child", s->kill_child);
	line = put_text(arena, line, "--propagation", s->propagation);
	line = put_flag(arena, line, "--map-root-user", s->map_root);
	line = put_flag(arena, line, "--map-auto", s->map_auto);
	line = put_maps(arena, line, "--map-users", s->map_users);
	line = put_maps(arena, line, "--map-groups", s->map_groups);
	line = put_flag(arena, line, "--setuid 0 --setgid 0", s->becomes_root && !s->map_root);
	/* Being the only one who is mapped, as root, has it denied anyway. */
	if (!(s->map_root && !s->map_auto && s->setgroups && strcmp(s->setgroups, "deny") == 0))
		line = put_text(arena, line, "--setgroups", s->setgroups);
	line = put_text(arena, line, "--root", s->root);
	line = put_text(arena, line, "--wd", s->directory);
	line = put_text(arena, line, "--monotonic", s->monotonic);
	line = put_text(arena, line, "--boottime", s->boottime);
	if (s->hostname)
		command = vt_arena_printf(arena, "sh -c 'hostname \"$0\" && exec \"$@\"' %s %s",
					  vt_shell_quote(arena, s->hostname), command);
	return vt_arena_printf(arena, "%s -- %s", line, command);
}

static const char *enter_line(struct vt_arena *arena, const struct vt_spawn *s)
{
	const char *line = "nsenter";

	if (s->enter_target.a)
		line = vt_arena_printf(arena, "%s --target %" PRIu64, line, s->enter_target.a);
	line = put_types(arena, line, s);
	line = put_flag(arena, line, "--root", s->target_root);
	line = put_text(arena, line, "--wdns", s->directory);
	line = put_text(arena, line, "--setuid", s->uid);
	line = put_text(arena, line, "--setgid", s->gid);
	return vt_arena_printf(arena, "%s -- %s", line, vt_spawn_words(arena, s));
}

const char *vt_spawn_line(struct vt_arena *arena, const struct vt_spawn *spawn)
{
	return spawn->entering ? enter_line(arena, spawn) : unshare_line(arena, spawn);
}

static bool has_ranges(const char *map)
{
	return map && strpbrk(map, ", ");
}

const char *vt_spawn_lacks(struct vt_arena *arena, const struct vt_spawn *s)
{
	const struct {
		bool is;
		const char *words;
	} lacks[] = {
		{ s->hostname, "the hostname" },
		{ s->cgroup || s->join_cgroup, "the cgroup" },
		{ s->limits[0], "its limits" },
		{ s->busybox, "the host's busybox" },
		{ has_ranges(s->map_users) || has_ranges(s->map_groups),
		  "several ranges before util-linux 2.40" },
	};
	const char *text = "";
	size_t left = 0;

	for (size_t i = 0; i < VT_LEN(lacks); i++)
		left += lacks[i].is;
	for (size_t i = 0; i < VT_LEN(lacks); i++) {
		if (!lacks[i].is)
			continue;
		left--;
		text = vt_arena_printf(arena, "%s%s%s", text, lacks[i].words,
				       left > 1    ? ", "
				       : left == 1 ? " and "
						   : "");
	}
	return text;
}
