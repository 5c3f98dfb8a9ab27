/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unrest for tests: makes and removes cgroups and forks processes at given rates.
 *
 *   churn CGROUP_DIRECTORY CGROUPS_A_SECOND FORKS_A_SECOND SECONDS
 *
 * The paths of the cgroups come back again and again, each time as another
 * cgroup. A process is born in its cgroup (clone3 with CLONE_INTO_CGROUP), calls
 * itself by the cgroup's id, "cg-1234", and lives for some 50 ms: who sees the
 * name knows in which cgroup it is. Prints what was made at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	SLOTS = 64, /* cgroups that are there at once */
	LIFE_NS = 50 * 1000 * 1000,
	PAUSE_NS = 1000 * 1000,
	BURST = 32,
};

struct slot {
	int fd; /* -1: no cgroup */
	unsigned long id;
};

static struct slot slots[SLOTS];
static unsigned long cgroups, forks;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void name_slot(char *text, size_t size, const char *dir, size_t at)
{
	(void)snprintf(text, size, "%s/slot-%zu", dir, at);
}

/* False while processes are in it. */
static bool remove_slot(const char *dir, size_t at)
{
	char path[4096];

	if (slots[at].fd < 0)
		return true;
	name_slot(path, sizeof(path), dir, at);
	if (rmdir(path) < 0)
		return false;
	close(slots[at].fd);
	slots[at].fd = -1;
	return true;
}

static void renew_slot(const char *dir, size_t at)
{
	char path[4096];
	struct stat st;

	if (!remove_slot(dir, at))
		return;
	name_slot(path, sizeof(path), dir, at);
	if (mkdir(path, 0755) < 0)
		return;
	slots[at].fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (slots[at].fd < 0 || fstat(slots[at].fd, &st) < 0)
		return;
	slots[at].id = (unsigned long)st.st_ino;
	cgroups++;
}

static void live(const struct slot *slot)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "cg-%lu", slot->id);
	prctl(PR_SET_NAME, name);
	nanosleep(&(struct timespec){ .tv_nsec = LIFE_NS }, NULL);
	_exit(0);
}

static void fork_into(const struct slot *slot)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD,
				   .cgroup = (uint64_t)(unsigned)slot->fd };
	long pid;

	if (slot->fd < 0)
		return;
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		live(slot);
	if (pid > 0)
		forks++;
}

/* How many are due; what a slow machine did not manage in time is let go, so that no backlog piles
 * up. */
static unsigned long due(double t, double rate, unsigned long *done)
{
	unsigned long wanted = (unsigned long)(t * rate), n = wanted - *done;

	*done = wanted;
	return n < BURST ? n : BURST;
}

static void churn(const char *dir, double cgroup_rate, double fork_rate, double seconds)
{
	double began = now(), t;
	unsigned long cgroups_done = 0, forks_done = 0, at = 0;

	while ((t = now() - began) < seconds) {
		for (unsigned long n = due(t, cgroup_rate, &cgroups_done); n; n--)
			renew_slot(dir, ++at % SLOTS);
		/* Into the cgroup that was just made. */
		for (unsigned long n = due(t, fork_rate, &forks_done); n; n--)
			fork_into(&slots[at % SLOTS]);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
	}
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fputs("usage: churn DIRECTORY CGROUPS FORKS SECONDS\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < SLOTS; i++)
		slots[i].fd = -1;
	churn(argv[1], strtod(argv[2], NULL), strtod(argv[3], NULL), strtod(argv[4], NULL));
	while (wait(NULL) > 0)
		;
	for (size_t i = 0; i < SLOTS; i++)
		(void)remove_slot(argv[1], i);
	printf("%lu cgroups and %lu processes\n", cgroups, forks);
	return cgroups && forks ? 0 : 1;
}
