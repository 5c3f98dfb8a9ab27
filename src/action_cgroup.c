/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cgroups and processes as they are at this moment, for planning and for the
 * checks before a step. Identities are those of the model: a cgroup is its
 * directory's inode, a process its pid with its start time (proc_pid_stat(5)).
 */
#include "action_cgroup.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

enum {
	VALUE_LIMIT = 1 << 20,
	KERNEL_THREAD_FLAG = 0x00200000 /* PF_KTHREAD in field 9 of stat */
};

static const char *mount_of(const struct vt_snapshot *s)
{
	const struct vt_host_row *row = vt_snapshot_host(s);

	return VT_HAS(HOST, row, cgroup_mount) ? row->cgroup_mount : NULL;
}

/* A path pasted from a shell begins with the mount. */
static const char *below_mount(const struct vt_snapshot *s, const char *typed)
{
	const char *mount = mount_of(s);
	size_t n = mount ? strlen(mount) : 0;

	if (n > 1 && strncmp(typed, mount, n) == 0 && (typed[n] == '/' || !typed[n]))
		return typed + n;
	return typed;
}

static bool is_dots(const char *part, size_t n)
{
	return (n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.');
}

int vt_cgroup_path(const struct vt_snapshot *s, const char *typed, struct vt_arena *arena,
		   const char **ret_path, struct vt_error *err)
{
	const char *p = below_mount(s, typed);
	size_t used = 0;
	vt_autofree char *out = vt_alloc(strlen(p) + 2);

	if (typed[0] != '/')
		return vt_fail(err, EINVAL,
			       "'%s' is not a cgroup: write its path from the root, such as /%s",
			       typed, *typed ? typed : "demo");
	while (*p) {
		size_t n;

		p += strspn(p, "/");
		n = strcspn(p, "/");
		if (is_dots(p, n) || n > 255 || memchr(p, '\n', n))
			return vt_fail(err, EINVAL,
				       "'%s' is not a cgroup's path: no part of it "
				       "may be . or .. or longer than 255 bytes or have a newline",
				       typed);
		if (n) {
			out[used++] = '/';
			memcpy(out + used, p, n);
			used += n;
		}
		p += n;
	}
	*ret_path = used ? vt_arena_intern_n(arena, out, used) : "/";
	return 0;
}

/* The mount itself; recorded trees have no cgroup2 file system, so that is asked only of a live
 * host. */
static int open_mount(const struct vt_host *host, const struct vt_snapshot *s, struct vt_error *err)
{
	const char *mount = mount_of(s);
	int fd;

	if (!mount)
		return vt_fail(err, ENOENT,
			       "this host has no cgroup v2 mount: mount it with "
			       "mount -t cgroup2 none /sys/fs/cgroup/unified");
	fd = vt_host_openat(host->root, mount, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return vt_fail(err, -fd, "cannot open the cgroup v2 mount %s: %s", mount,
			       vt_errno_text(-fd));
	return fd;
}

int vt_cgroup_open(const struct vt_host *host, const struct vt_snapshot *s, const char *path,
		   struct vt_error *err)
{
	vt_autoclose int mount = open_mount(host, s, err);
	int fd;

	if (mount < 0)
		return mount;
	fd = vt_host_openat(mount, path, O_RDONLY | O_DIRECTORY);
	if (fd == -ENOENT || fd == -ENOTDIR)
		return vt_fail(err, ENOENT, "there is no cgroup %s", path);
	if (fd < 0)
		return vt_fail(err, -fd, "cannot open the cgroup %s: %s", path, vt_errno_text(-fd));
	return fd;
}

uint64_t vt_cgroup_id(int dir)
{
	struct stat st;

	return fstat(dir, &st) < 0 ? 0 : st.st_ino;
}

int vt_cgroup_hold(const struct vt_action_env *env, const char *path, uint64_t id,
		   struct vt_cgroup_dir *ret, struct vt_error *err)
{
	vt_autoclose int fd = vt_cgroup_open(env->host, env->snapshot, path, err);
	uint64_t now;

	if (fd == -ENOENT && id)
		return vt_fail(err, ESTALE, "the cgroup %s is gone: look again", path);
	if (fd < 0)
		return fd;
	now = vt_cgroup_id(fd);
	if (id && id != now)
		return vt_fail(
			err, ESTALE,
			"%s was removed and made again: it is another cgroup now, look again",
			path);
	*ret = (struct vt_cgroup_dir){ env->host, env->snapshot, path, now, vt_take_fd(&fd) };
	return 0;
}

char *vt_cgroup_value(int dir, const char *file)
{
	char *text = NULL, *from;
	ssize_t n = vt_host_read_all(dir, file, VALUE_LIMIT, &text);

	if (n < 0) {
		errno = (int)-n;
		return NULL;
	}
	while (n > 0 && isspace((unsigned char)text[n - 1]))
		text[--n] = '\0';
	from = text + strspn(text, " \t\n");
	memmove(text, from, strlen(from) + 1);
	return text;
}

void vt_one_line(char *text)
{
	char *out = text;

	for (const char *p = text; *p; p++) {
		if (!isspace((unsigned char)*p))
			*out++ = *p;
		else if (out > text && out[-1] != ' ')
			*out++ = ' ';
	}
	if (out > text && out[-1] == ' ')
		out--;
	*out = '\0';
}

bool vt_same_words(const char *a, const char *b)
{
	vt_autofree char *x = vt_strdup(a), *y = vt_strdup(b);

	vt_one_line(x);
	vt_one_line(y);
	return strcmp(x, y) == 0;
}

bool vt_has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; *p; p += strspn(p, " \n\t")) {
		size_t k = strcspn(p, " \n\t");

		if (k == n && strncmp(p, word, n) == 0)
			return true;
		p += k;
	}
	return false;
}

const char *vt_cgroup_parent(struct vt_arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	return !slash || slash == path ? "/"
				       : vt_arena_intern_n(arena, path, (size_t)(slash - path));
}

bool vt_cgroup_is_root(const char *path)
{
	return strcmp(path, "/") == 0;
}

size_t vt_cgroup_count(int dir)
{
	vt_autofree char *procs = vt_cgroup_value(dir, "cgroup.procs");
	size_t n = 0;

	if (!procs || !*procs)
		return 0;
	for (const char *p = procs; p; p = strchr(p + 1, '\n'))
		n++;
	return n;
}

void vt_controller_of(const char *file, char *out, size_t size)
{
	size_t n = strcspn(file, ".");

	if (strncmp(file, "cgroup.", 7) == 0)
		n = 0;
	(void)snprintf(out, size, "%.*s", (int)n, file);
}

/* pid (comm) S ppid ...: the name may hold anything, so fields are counted from its end. */
static int parse_stat(char *text, struct vt_process_now *ret)
{
	char *open = strchr(text, '('), *close = strrchr(text, ')'), *save = NULL;
	int field = 3;

	if (!open || !close || close < open)
		return -EBADMSG;
	*close = '\0';
	(void)snprintf(ret->comm, sizeof(ret->comm), "%s", open + 1);
	for (char *w = strtok_r(close + 1, " ", &save); w;
	     w = strtok_r(NULL, " ", &save), field++) {
		if (field == 3)
			ret->state = *w;
		else if (field == 4)
			ret->ppid = strtoull(w, NULL, 10);
		else if (field == 9)
			ret->kernel_thread = strtoull(w, NULL, 10) & KERNEL_THREAD_FLAG;
		else if (field == 22)
			ret->start_ticks = strtoull(w, NULL, 10);
	}
	return field > 22 ? 0 : -EBADMSG;
}

/* The v2 line is "0::/path"; "/../.." is outside of our cgroup namespace. */
static void parse_cgroup(char *text, struct vt_process_now *ret)
{
	char *save = NULL;

	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		const char *deleted = " (deleted)";
		size_t n = strlen(l), d = strlen(deleted);

		if (strncmp(l, "0::/", 4) != 0 || strncmp(l + 3, "/..", 3) == 0)
			continue;
		if (n < d || strcmp(l + n - d, deleted) != 0)
			(void)snprintf(ret->cgroup, sizeof(ret->cgroup), "%s", l + 3);
	}
}

int vt_process_look(const struct vt_host *host, uint64_t pid, struct vt_process_now *ret,
		    struct vt_error *err)
{
	struct vt_process_now now = { .pid = pid };
	vt_autofree char *cgroups = NULL;
	char path[48], text[1024];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%" PRIu64 "/stat", pid);
	n = vt_host_read(host->proc, path, text, sizeof(text));
	if (n == -ENOENT || n == -ESRCH)
		return vt_fail(err, ESRCH, "there is no process %" PRIu64, pid);
	if (n < 0)
		return vt_fail(err, (int)-n, "cannot look at process %" PRIu64 ": %s", pid,
			       vt_errno_text((int)-n));
	if (parse_stat(text, &now) < 0)
		return vt_fail(err, EBADMSG, "/proc/%" PRIu64 "/stat makes no sense", pid);
	(void)snprintf(path, sizeof(path), "%" PRIu64 "/cgroup", pid);
	if (vt_host_read_all(host->proc, path, VALUE_LIMIT, &cgroups) > 0)
		parse_cgroup(cgroups, &now);
	*ret = now;
	return 0;
}

int vt_process_check(const struct vt_host *host, struct vt_id id, struct vt_process_now *ret,
		     struct vt_error *err)
{
	struct vt_error why = { 0 };
	int r = vt_process_look(host, id.a, ret, &why);

	if (r == -ESRCH)
		return vt_fail(err, ESTALE, "process %" PRIu64 " has ended: look again", id.a);
	if (r < 0)
		return vt_fail(err, why.code, "%s", why.msg);
	if (ret->start_ticks != id.b)
		return vt_fail(err, ESTALE,
			       "pid %" PRIu64 " is another process now (%s): look again", id.a,
			       ret->comm);
	return 0;
}

int vt_process_parse(const struct vt_host *host, const char *text, struct vt_id *ret,
		     struct vt_error *err)
{
	struct vt_process_now now;
	uint64_t pid, ticks = 0;
	char *end;
	int r;

	errno = 0;
	pid = strtoull(text, &end, 10);
	if (isdigit((unsigned char)*text) && *end == '@' && isdigit((unsigned char)end[1]))
		ticks = strtoull(end + 1, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || !pid || pid > INT32_MAX)
		return vt_fail(err, EINVAL, "'%s' is not a process: use PID or PID@START_TICKS",
			       text);
	*ret = (struct vt_id){ VT_KIND_PROCESS, pid, ticks };
	if (ticks)
		return 0; /* checked when the plan is made */
	r = vt_process_look(host, pid, &now, err);
	ret->b = now.start_ticks;
	return r;
}
