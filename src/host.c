/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounded reads below root descriptors. A recorded tree may hold hostile
 * symbolic links, so resolution never leaves the tree.
 */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/*
 * seq_file(9) ends an answer early only when the next record does not fit in
 * its page. Records of most files are far from half a page, so that a shorter
 * answer is the last; those of mountinfo and maps can be longer.
 */
enum {
	SHORT_ANSWER = 2048
};

int vt_host_openat(int dir, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	if (dir < 0)
		return -ENOENT;
	while (*path == '/')
		path++;
	fd = syscall(SYS_openat2, dir, *path ? path : ".", &how, sizeof(how));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = openat(dir, *path ? path : ".", flags | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? -errno : (int)fd;
}

DIR *vt_host_opendir(int dir, const char *path)
{
	vt_autoclose int fd = vt_host_openat(dir, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (fd < 0)
		errno = -fd;
	if (d)
		(void)vt_take_fd(&fd);
	return d;
}

/*
 * Until the end or size. With short_is_last a short answer is taken for the
 * last, which saves the read that would answer 0.
 */
static ssize_t read_fully(int fd, char *buf, size_t size, bool short_is_last)
{
	size_t used = 0;

	while (used < size) {
		ssize_t n = read(fd, buf + used, size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
		if (short_is_last && n < SHORT_ANSWER)
			break;
	}
	return (ssize_t)used;
}

ssize_t vt_host_read(int dir, const char *path, char *buf, size_t size)
{
	vt_autoclose int fd = vt_host_openat(dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read_fully(fd, buf, size, true);
	if (n < 0)
		return n;
	if ((size_t)n == size) {
		buf[size - 1] = '\0';
		return -EFBIG;
	}
	buf[n] = '\0';
	return n;
}

ssize_t vt_host_read_all(int dir, const char *path, size_t most, char **ret_text)
{
	vt_autoclose int fd = vt_host_openat(dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	vt_autofree char *text = NULL;
	size_t used = 0, size = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	do {
		if (used + 1 >= size) {
			size = size ? 2 * size : 16384;
			text = vt_realloc_array(text, size, 1);
		}
		n = read_fully(fd, text + used, size - used - 1, false);
		if (n < 0)
			return n;
		used += (size_t)n;
		if (used > most)
			return -EFBIG;
	} while (used + 1 == size);
	text[used] = '\0';
	*ret_text = text;
	text = NULL;
	return (ssize_t)used;
}

static uint64_t link_of_self(int proc)
{
	char text[24];
	ssize_t n = proc < 0 ? -1 : readlinkat(proc, "self", text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return strtoull(text, NULL, 10);
}

unsigned vt_proc_nspid(int proc, const char *process, uint64_t *ret_last)
{
	static const char key[] = "\nNSpid:\t";
	char path[48], text[8192], *at;
	unsigned n = 0;

	(void)snprintf(path, sizeof(path), "%.32s/status", process);
	if (vt_host_read(proc, path, text, sizeof(text)) <= 0 || !(at = strstr(text, key)))
		return 0;
	for (at += strlen(key); *at >= '0' && *at <= '9'; at += *at == '\t') {
		*ret_last = strtoull(at, &at, 10);
		n++;
	}
	return n;
}

/* One number is all there is in a procfs of our own; that two gave the same is no proof. */
bool vt_proc_has_our_pids(int proc)
{
	uint64_t last;

	return link_of_self(proc) == (uint64_t)getpid() && vt_proc_nspid(proc, "self", &last) <= 1;
}

uint64_t vt_host_self_pid(const struct vt_host *host)
{
	return host->foreign_pids ? link_of_self(host->proc) : (uint64_t)getpid();
}

uint64_t vt_host_pid_ns(const struct vt_host *host)
{
	const char *link = host->foreign_pids ? "1/ns/pid" : "self/ns/pid";
	struct stat st;

	return host->proc >= 0 && fstatat(host->proc, link, &st, 0) == 0 ? st.st_ino : 0;
}

int vt_host_pidfd(const struct vt_host *host, uint64_t pid)
{
	long fd;

	if (host->foreign_pids)
		return -EXDEV;
	fd = syscall(SYS_pidfd_open, (pid_t)pid, 0);
	return fd < 0 ? -errno : (int)fd;
}

int vt_host_check_pids(const struct vt_host *host, struct vt_error *err)
{
	if (!host->foreign_pids)
		return 0;
	return vt_fail(err, EROFS,
		       "/proc is of another PID namespace: its pids name other processes here, so "
		       "nothing is done to processes; give virttop a /proc of its own "
		       "(unshare --mount-proc, or mount -t proc proc /proc)");
}

int vt_host_open(struct vt_host *host, const char *root, struct vt_error *err)
{
	vt_autoclose int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0)
		return vt_fail(err, errno, "cannot open the root directory %s: %s", root,
			       vt_errno_text(errno));
	*host = (struct vt_host){ .root_path = vt_strdup(root) };
	host->is_self = strcmp(root, "/") == 0;
	host->root = vt_take_fd(&fd);
	/* proc and sys are mounts: crossing them is staying beneath. */
	host->proc = vt_host_openat(host->root, "proc", O_PATH | O_DIRECTORY);
	host->sys = vt_host_openat(host->root, "sys", O_PATH | O_DIRECTORY);
	if (host->proc >= 0 && fstatfs(host->proc, &fs) == 0)
		host->proc_live = fs.f_type == PROC_SUPER_MAGIC;
	host->foreign_pids = host->proc_live && !vt_proc_has_our_pids(host->proc);
	return 0;
}

void vt_host_close(struct vt_host *host)
{
	vt_closep(&host->root);
	vt_closep(&host->proc);
	vt_closep(&host->sys);
	free(host->root_path);
	*host = (struct vt_host){ .root = -1, .proc = -1, .sys = -1 };
}
