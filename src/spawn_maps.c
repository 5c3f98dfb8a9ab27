/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is who in a new user namespace. Without privilege one may map oneself
 * alone, and must give up setgroups for that; more than that takes the setuid
 * programs newuidmap and newgidmap, which look into /etc/subuid and /etc/subgid.
 */
#include "spawn_maps.h"

#include <errno.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/syscall.h>

enum {
	SUBID_LIMIT = 1 << 20,
	MAP_LINES = 340 /* the kernel's limit */
};

/* A decimal id; moves *p behind it. */
static bool take_id(const char **p, unsigned *ret)
{
	char *end;
	unsigned long long value;

	if (**p < '0' || **p > '9')
		return false;
	errno = 0;
	value = strtoull(*p, &end, 10);
	if (errno || value > 0xffffffff)
		return false;
	*p = end;
	*ret = (unsigned)value;
	return true;
}

static bool take_range(const char **p, unsigned *in, unsigned *out, unsigned *count)
{
	*count = 1;
	if (!take_id(p, in) || *(*p)++ != ':' || !take_id(p, out))
		return false;
	if (**p == ':' && (++*p, !take_id(p, count)))
		return false;
	return *count > 0 && *in < 0xffffffff && *out < 0xffffffff &&
	       *count - 1 <= 0xfffffffe - *in && *count - 1 <= 0xfffffffe - *out;
}

int vt_map_lines(struct vt_arena *arena, const char *typed, const char **ret_lines, bool *ret_zero,
		 struct vt_error *err)
{
	const char *lines = "";
	bool zero = false;
	int n = 0;

	for (const char *p = typed + strspn(typed, " ,"); *p; p += strspn(p, " ,")) {
		unsigned in, out, count;
		const char *from = p;

		if (n++ == MAP_LINES)
			return vt_fail(err, EINVAL, "a map has at most %d ranges", MAP_LINES);
		if (!take_range(&p, &in, &out, &count) || !strchr(" ,", *p))
			return vt_fail(err, EINVAL,
				       "'%s' is not a map: write INSIDE:OUTSIDE:COUNT, such as "
				       "0:100000:65536",
				       from);
		zero |= in == 0;
		lines = vt_arena_printf(arena, "%s%u %u %u\n", lines, in, out, count);
	}
	if (!n)
		return vt_fail(err, EINVAL, "a map needs INSIDE:OUTSIDE:COUNT");
	*ret_lines = lines;
	*ret_zero = zero;
	return 0;
}

bool vt_subid_find(const char *text, const char *name, unsigned uid, unsigned *ret_start,
		   unsigned *ret_count)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t n = strcspn(line, ":\n");
		const char *p = line, *at = line + n;
		unsigned number = 0, start, count;
		bool is = name && strlen(name) == n && strncmp(line, name, n) == 0;

		if (!is && !(take_id(&p, &number) && p == at && number == uid))
			continue;
		if (*at++ == ':' && take_id(&at, &start) && *at++ == ':' && take_id(&at, &count) &&
		    count > 0) {
			*ret_start = start;
			*ret_count = count;
			return true;
		}
	}
	return false;
}

static int auto_line(const struct vt_host *host, const char *path, unsigned from,
		     struct vt_arena *arena, const char **lines, struct vt_error *err)
{
	const struct passwd *pw = getpwuid(geteuid());
	vt_autofree char *text = NULL;
	ssize_t n = vt_host_read_all(host->root, path + 1, SUBID_LIMIT, &text);
	unsigned start, count;

	if (n < 0)
		return vt_fail(err, (int)-n, "cannot read %s, which says whose ids are free: %s",
			       path, vt_errno_text((int)-n));
	if (!vt_subid_find(text, pw ? pw->pw_name : NULL, geteuid(), &start, &count))
		return vt_fail(err, ENOENT,
			       "%s gives no ids to %s: add a line such as %s:100000:65536", path,
			       pw ? pw->pw_name : "you", pw ? pw->pw_name : "NAME");
	*lines = vt_arena_printf(arena, "%s%u %u %u\n", *lines, from, start, count);
	return 0;
}

static int root_and_auto(const struct vt_host *host, struct vt_spawn *s, struct vt_arena *arena,
			 struct vt_error *err)
{
	int r = 0;

	s->uid_lines = s->gid_lines = "";
	if (s->map_root) {
		s->uid_lines = vt_arena_printf(arena, "0 %u 1\n", geteuid());
		s->gid_lines = vt_arena_printf(arena, "0 %u 1\n", getegid());
	}
	if (s->map_auto)
		r = auto_line(host, "/etc/subuid", s->map_root, arena, &s->uid_lines, err);
	if (s->map_auto && r == 0)
		r = auto_line(host, "/etc/subgid", s->map_root, arena, &s->gid_lines, err);
	s->becomes_root = true;
	if (!s->setgroups && !s->map_auto)
		s->setgroups = "deny";
	return r;
}

static int custom(struct vt_spawn *s, struct vt_arena *arena, struct vt_error *err)
{
	bool zero = false, group_zero = false;
	int r = 0;

	if (s->map_users)
		r = vt_map_lines(arena, s->map_users, &s->uid_lines, &zero, err);
	if (r == 0 && s->map_groups)
		r = vt_map_lines(arena, s->map_groups, &s->gid_lines, &group_zero, err);
	s->becomes_root = zero && group_zero;
	return r;
}

static bool may_set_ids(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	return syscall(SYS_capget, &header, data) == 0 && data[0].effective >> CAP_SETUID & 1;
}

static bool in_path(const char *program)
{
	vt_autofree char *path = vt_strdup(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
	char *save = NULL;

	for (char *dir = strtok_r(path, ":", &save); dir; dir = strtok_r(NULL, ":", &save)) {
		vt_autofree char *whole = vt_asprintf("%s/%s", dir, program);

		if (access(whole, X_OK) == 0)
			return true;
	}
	return false;
}

/* One line that maps one id, one's own, is what anybody may write. */
static bool is_own(const char *lines, unsigned id)
{
	unsigned in, out, count;

	if (!lines)
		return true;
	if (strchr(lines, '\n') != lines + strlen(lines) - 1)
		return false;
	return sscanf(lines, "%u %u %u", &in, &out, &count) == 3 && out == id && count == 1;
}

static int check_may(const struct vt_spawn *s, struct vt_error *err)
{
	bool own = is_own(s->uid_lines, geteuid()) && is_own(s->gid_lines, getegid());

	if (may_set_ids() || (own && s->setgroups && strcmp(s->setgroups, "deny") == 0))
		return 0;
	if (own && !s->setgroups && !s->gid_lines)
		return 0;
	if (own)
		return vt_fail(err, EPERM,
			       "without privilege a group can be mapped only with --setgroups "
			       "deny");
	if (!in_path("newuidmap") || !in_path("newgidmap"))
		return vt_fail(err, EPERM,
			       "mapping ids that are not yours needs newuidmap and newgidmap "
			       "(package uidmap), or root");
	return 0;
}

int vt_spawn_map(const struct vt_host *host, struct vt_spawn *s, struct vt_arena *arena,
		 struct vt_error *err)
{
	bool made = s->map_root || s->map_auto, typed = s->map_users || s->map_groups;
	int r;

	if (s->setgroups && strcmp(s->setgroups, "allow") != 0 && strcmp(s->setgroups, "deny") != 0)
		return vt_fail(err, EINVAL, "setgroups is allow or deny, not '%s'", s->setgroups);
	if (made && typed)
		return vt_fail(err, EINVAL,
			       "a map of your own and --map-root-user or --map-auto exclude each "
			       "other");
	if (!made && !typed)
		return 0;
	r = made ? root_and_auto(host, s, arena, err) : custom(s, arena, err);
	return r < 0 ? r : check_may(s, err);
}
