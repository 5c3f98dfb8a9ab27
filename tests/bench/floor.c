/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The least that a refresh through procfs can cost: the system calls alone,
 * nothing parsed or kept. For each process eight namespace links, stat and
 * cgroup; for each cgroup seven files. That reading the links relative to an
 * open directory is no cheaper was tried.
 */
#include "floor.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char *const links[] = { "mnt", "pid", "net", "uts", "ipc", "user", "cgroup", "time" };
static const char *const process_files[] = { "stat", "cgroup" };
static const char *const cgroup_files[] = {
	"cgroup.controllers", "cgroup.subtree_control", "cgroup.type",     "cgroup.events",
	"cpu.stat",           "cpu.pressure",           "memory.pressure",
};

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static void read_file(int dir, const char *name)
{
	char buf[4096];
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)!read(fd, buf, sizeof(buf));
	(void)close(fd);
}

static void visit_process(int proc, const char *pid)
{
	char path[300], target[64];

	for (size_t i = 0; i < LEN(links); i++) {
		(void)snprintf(path, sizeof(path), "%s/ns/%s", pid, links[i]);
		(void)!readlinkat(proc, path, target, sizeof(target));
	}
	for (size_t i = 0; i < LEN(process_files); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", pid, process_files[i]);
		read_file(proc, path);
	}
}

static size_t visit_processes(void)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	size_t n = 0;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] < '1' || e->d_name[0] > '9')
			continue;
		visit_process(dirfd(d), e->d_name);
		n++;
	}
	if (d)
		(void)closedir(d);
	return n;
}

static size_t visit_cgroups(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	size_t n = 1;

	if (!d)
		return 0;
	for (size_t i = 0; i < LEN(cgroup_files); i++)
		read_file(fd, cgroup_files[i]);
	while ((e = readdir(d)))
		if (e->d_type == DT_DIR && e->d_name[0] != '.')
			n += visit_cgroups(fd, e->d_name);
	(void)closedir(d);
	return n;
}

void vt_floor_scan(void *floor)
{
	struct vt_floor *seen = floor;

	seen->processes = visit_processes();
	seen->cgroups = visit_cgroups(AT_FDCWD, seen->cgroup_mount);
}
