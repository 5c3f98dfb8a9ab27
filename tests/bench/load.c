/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The load of the bench: idle processes, some of them in namespaces of their
 * own, spread over cgroups.
 *
 *   load CGROUP_DIR PROCESSES WITH_NAMESPACES CGROUPS
 *
 * Makes CGROUP_DIR and the cgroups in it, starts the processes straight in their
 * cgroups (clone3(2) with CLONE_INTO_CGROUP: moving them later would take the
 * kernel far longer), prints one line and waits for the end of its standard
 * input or a signal. Then all of it is removed. The processes wait for the end
 * of a pipe that only the load holds, so they end with it even when it is killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	SIBLINGS = 10, /* cgroups below a group, itself counted */
	BUSY_TRIES = 200
};

static const uint64_t all_namespaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET |
				       CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP;
static volatile sig_atomic_t ending;

static void end(int signal)
{
	(void)signal;
	ending = 1;
}

/* "g7" is a group, "g7/c3" one below it. */
static void name_cgroup(char *out, size_t size, size_t i)
{
	if (i % SIBLINGS == 0)
		(void)snprintf(out, size, "g%zu", i / SIBLINGS);
	else
		(void)snprintf(out, size, "g%zu/c%zu", i / SIBLINGS, i % SIBLINGS);
}

static bool make_cgroups(int dir, size_t n)
{
	char name[64];

	for (size_t i = 0; i < n && !ending; i++) {
		name_cgroup(name, sizeof(name), i);
		if (mkdirat(dir, name, 0755) < 0) {
			fprintf(stderr, "load: cannot make the cgroup %s: %s\n", name,
				strerror(errno));
			return false;
		}
	}
	return true;
}

/* A cgroup is busy for a moment after its last process was waited for. */
static void remove_cgroup(int dir, const char *name)
{
	const struct timespec moment = { .tv_nsec = 10000000 };

	for (int i = 0; i < BUSY_TRIES; i++) {
		if (unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno != EBUSY)
			return;
		(void)nanosleep(&moment, NULL);
	}
	fprintf(stderr, "load: the cgroup %s is still busy\n", name);
}

static void remove_cgroups(int dir, size_t n)
{
	char name[64];

	while (n-- > 0) {
		name_cgroup(name, sizeof(name), n);
		remove_cgroup(dir, name);
	}
}

static void idle(int pipe_read)
{
	char c;

	(void)dup2(pipe_read, 0);
	(void)close_range(1, ~0u, 0);
	while (read(0, &c, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

static bool start_process(int dir, size_t cgroup, uint64_t namespaces, const int *ends)
{
	struct clone_args args = { .flags = namespaces, .exit_signal = SIGCHLD };
	char name[64];
	int fd = -1;
	long pid;

	if (cgroup != SIZE_MAX) {
		name_cgroup(name, sizeof(name), cgroup);
		fd = openat(dir, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0) {
			fprintf(stderr, "load: cannot open the cgroup %s: %s\n", name,
				strerror(errno));
			return false;
		}
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (unsigned)fd;
	}
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0) {
		(void)signal(SIGTERM, SIG_DFL);
		(void)close(ends[1]);
		idle(ends[0]);
	}
	if (pid < 0)
		fprintf(stderr, "load: cannot start a process: %s\n", strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return pid > 0;
}

static size_t start_processes(int dir, size_t n, size_t with_namespaces, size_t cgroups,
			      const int *ends)
{
	size_t started = 0;

	while (started < n && !ending &&
	       start_process(dir, cgroups ? started % cgroups : SIZE_MAX,
			     started < with_namespaces ? all_namespaces : 0, ends))
		started++;
	return started;
}

static void wait_for_end(void)
{
	char c;

	while (!ending && read(0, &c, 1) > 0)
		;
}

static void wait_for_processes(size_t n)
{
	while (n > 0) {
		if (wait(NULL) > 0)
			n--;
		else if (errno != EINTR)
			return;
	}
}

static int run(int dir, size_t processes, size_t with_namespaces, size_t cgroups)
{
	size_t started = 0;
	bool ok;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0) {
		fprintf(stderr, "load: no pipe: %s\n", strerror(errno));
		return 1;
	}
	ok = make_cgroups(dir, cgroups);
	if (ok) {
		started = start_processes(dir, processes, with_namespaces, cgroups, ends);
		ok = started == processes;
	}
	if (ok) {
		printf("ready\n");
		(void)fflush(stdout);
		wait_for_end();
	}
	(void)close(ends[1]);
	wait_for_processes(started);
	remove_cgroups(dir, cgroups);
	return ok ? 0 : 1;
}

static size_t parse_number(const char *text)
{
	char *end_of_number;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end_of_number, 10);
	if (errno || *text < '0' || *text > '9' || *end_of_number || n > 1000000) {
		fprintf(stderr, "load: %s is no number of 0 to 1000000\n", text);
		exit(2);
	}
	return n;
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = end };
	int dir, result;

	if (argc != 5) {
		fprintf(stderr, "usage: load CGROUP_DIR PROCESSES WITH_NAMESPACES CGROUPS\n");
		return 2;
	}
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGHUP, &action, NULL);
	/* Whoever waits for "ready" may be dead by then; its cgroups are to go all the same. */
	(void)signal(SIGPIPE, SIG_IGN);
	if (mkdir(argv[1], 0755) < 0) {
		fprintf(stderr, "load: cannot make the cgroup %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	dir = open(argv[1], O_PATH | O_DIRECTORY | O_CLOEXEC);
	result = run(dir, parse_number(argv[2]), parse_number(argv[3]), parse_number(argv[4]));
	(void)close(dir);
	remove_cgroup(AT_FDCWD, argv[1]);
	return result;
}
