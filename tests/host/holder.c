/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps one namespace alive in an unusual way, for tests of those who look for
 * it:
 *
 *   holder thread       a uts namespace that only a thread of it is in
 *   holder descriptor   an ipc namespace that only a descriptor of it refers to
 *   holder path FILE    the namespace that is mounted at FILE, by a descriptor
 *   holder socket       a network namespace that only a socket of it is in
 *   holder future       a time namespace that only its future children will be in
 *   holder networks N [DIR]   N network namespaces, by a descriptor each, or by a
 *                       mount each in DIR
 *
 * Prints the inode of the namespace (of each, a line), and ends when its standard
 * input does.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int print_inode(const struct stat *st)
{
	printf("%lu\n", (unsigned long)st->st_ino);
	return fflush(stdout) ? fail("stdout") : 0;
}

static int print(int fd)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fail("namespace");
	return print_inode(&st);
}

/* When it is printed the descriptor keeps it no more. */
static int close_and_print(int fd)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || close(fd) < 0)
		return fail("namespace");
	return print_inode(&st);
}

static int wait_for_end(void)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}

static void *in_thread(void *ret_failed)
{
	*(int *)ret_failed = unshare(CLONE_NEWUTS) < 0
				     ? fail("unshare")
				     : print(open("/proc/thread-self/ns/uts", O_RDONLY));
	(void)wait_for_end();
	return NULL;
}

static int by_thread(void)
{
	pthread_t thread;
	int failed = 1;

	if (pthread_create(&thread, NULL, in_thread, &failed) != 0)
		return fail("pthread_create");
	(void)pthread_join(thread, NULL);
	return failed;
}

/* Made, opened and left again. */
static int by_descriptor(void)
{
	int own = open("/proc/self/ns/ipc", O_RDONLY), fd;

	if (own < 0 || unshare(CLONE_NEWIPC) < 0)
		return fail("unshare");
	fd = open("/proc/self/ns/ipc", O_RDONLY);
	if (setns(own, CLONE_NEWIPC) < 0)
		return fail("setns");
	(void)close(own);
	return print(fd) || wait_for_end();
}

static int by_path(const char *path)
{
	return print(open(path, O_RDONLY)) || wait_for_end();
}

static int by_socket(void)
{
	int own = open("/proc/self/ns/net", O_RDONLY), fd;

	if (own < 0 || unshare(CLONE_NEWNET) < 0)
		return fail("unshare");
	fd = open("/proc/self/ns/net", O_RDONLY);
	if (socket(AF_INET, SOCK_DGRAM, 0) < 0)
		return fail("socket");
	if (setns(own, CLONE_NEWNET) < 0)
		return fail("setns");
	(void)close(own);
	return close_and_print(fd) || wait_for_end();
}

static int by_future(void)
{
	int fd;

	if (unshare(CLONE_NEWTIME) < 0)
		return fail("unshare");
	fd = open("/proc/self/ns/time_for_children", O_RDONLY);
	return close_and_print(fd) || wait_for_end();
}

/* The mount keeps it: the descriptor can go. */
static int bind_network(const char *dir, int i, int fd)
{
	char path[4096];
	int file;

	(void)snprintf(path, sizeof(path), "%s/%d", dir, i);
	file = open(path, O_RDONLY | O_CREAT, 0600);
	if (file < 0 || close(file) < 0)
		return fail(path);
	if (mount("/proc/self/ns/net", path, NULL, MS_BIND, NULL) < 0)
		return fail("mount");
	return close(fd) < 0 ? fail("close") : 0;
}

static int one_network(const char *dir, int i)
{
	int fd;

	if (unshare(CLONE_NEWNET) < 0)
		return fail("unshare");
	fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (print(fd))
		return 1;
	return dir ? bind_network(dir, i, fd) : 0;
}

static int by_many(int n, const char *dir)
{
	struct rlimit files = { (rlim_t)n + 64, (rlim_t)n + 64 };
	int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (setrlimit(RLIMIT_NOFILE, &files) < 0)
		return fail("setrlimit");
	for (int i = 0; i < n; i++)
		if (one_network(dir, i))
			return 1;
	if (setns(own, CLONE_NEWNET) < 0)
		return fail("setns");
	(void)close(own);
	/* What it prints after the last inode says that it is home again. */
	puts("ready");
	return fflush(stdout) ? fail("stdout") : wait_for_end();
}

static const struct {
	const char *name;
	int (*hold)(void);
} ways[] = {
	{ "thread", by_thread },
	{ "descriptor", by_descriptor },
	{ "socket", by_socket },
	{ "future", by_future },
};

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "path") == 0)
		return by_path(argv[2]);
	if ((argc == 3 || argc == 4) && strcmp(argv[1], "networks") == 0)
		return by_many((int)strtol(argv[2], NULL, 10), argc == 4 ? argv[3] : NULL);
	for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(argv[1], ways[i].name) == 0)
			return ways[i].hold();
	fprintf(stderr, "usage: holder thread|descriptor|socket|future, holder path FILE, "
			"holder networks N [DIR]\n");
	return 2;
}
