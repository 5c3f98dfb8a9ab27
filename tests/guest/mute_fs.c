/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process whose /proc files hang: for tests, as root, in a guest. It serves a
 * FUSE file system that never answers a write and maps the file in it. One thread
 * makes a page dirty, which the kernel may begin to write at once, another waits for the
 * write, a third one touches the page that is being written and waits for that with the
 * memory lock held for reading, a fourth one wants the lock for writing: who reads
 * /proc/PID/cmdline comes to stand behind it. The pid is printed at first; SIGTERM to this process
 * ends all. When something goes wrong it says so, ends all and exits with 1. linux/fuse.h.
 *
 *   mute_fs EMPTY_DIRECTORY
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	BUFFER = 1 << 18,
	PAGE = 4096,
	FILE_NODE = 2,
	SETTLE_SECONDS = 1, /* between two threads */
};

static void answer(int fuse, const struct fuse_in_header *in, int error, const void *data, size_t n)
{
	char out[sizeof(struct fuse_out_header) + PAGE];
	struct fuse_out_header head = { .len = (uint32_t)(sizeof(head) + n),
					.error = error,
					.unique = in->unique };

	memcpy(out, &head, sizeof(head));
	if (n)
		memcpy(out + sizeof(head), data, n);
	if (write(fuse, out, sizeof(head) + n) < 0)
		perror("mute_fs: answer");
}

static struct fuse_attr attributes(uint64_t node)
{
	struct fuse_attr attr = { .ino = node, .nlink = 1, .size = PAGE, .blocks = 8 };

	attr.mode = node == FILE_NODE ? S_IFREG | 0600 : S_IFDIR | 0700;
	return attr;
}

static void serve_one(int fuse, const struct fuse_in_header *in)
{
	static const char zeros[PAGE];
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = PAGE, .max_background = 8
	};
	struct fuse_entry_out entry = { .nodeid = FILE_NODE,
					.entry_valid = 3600,
					.attr_valid = 3600,
					.attr = attributes(FILE_NODE) };
	struct fuse_attr_out attr = { .attr_valid = 3600, .attr = attributes(in->nodeid) };
	struct fuse_open_out opened = { .fh = 1 };

	switch (in->opcode) {
	case FUSE_INIT:
		answer(fuse, in, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		answer(fuse, in, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		answer(fuse, in, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		answer(fuse, in, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		answer(fuse, in, 0, zeros, sizeof(zeros));
		break;
	case FUSE_WRITE: /* never */
	case FUSE_FORGET:
		break;
	default:
		answer(fuse, in, -ENOSYS, NULL, 0);
	}
}

static void serve(int fuse)
{
	static char buffer[BUFFER];

	for (;;) {
		ssize_t n = read(fuse, buffer, sizeof(buffer));

		if (n < 0 && errno != EINTR && errno != ENOENT) {
			perror("mute_fs: the server reads");
			exit(1);
		}
		if (n > 0)
			serve_one(fuse, (const struct fuse_in_header *)(const void *)buffer);
	}
}

static volatile char *page;

static void make_dirty(void)
{
	page[0] = 1;
}

static void write_out(void)
{
	(void)msync((void *)page, PAGE, MS_SYNC);
}

static void touch(void)
{
	page[0] = 2;
}

static void want_lock(void)
{
	(void)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void (*const steps[])(void) = { make_dirty, write_out, touch, want_lock };
enum {
	STEPS = sizeof(steps) / sizeof(steps[0])
};

/* arg: its place among the steps. */
static void *run_step(void *arg)
{
	size_t at = (size_t)arg;

	(void)sleep((unsigned)at * SETTLE_SECONDS);
	steps[at]();
	return NULL;
}

static void hang(const char *path)
{
	pthread_t threads[STEPS];
	int fd = open(path, O_RDWR | O_CLOEXEC);

	page = fd < 0 ? MAP_FAILED : mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED) {
		perror("mute_fs: the file");
		exit(1);
	}
	printf("%d\n", getpid());
	(void)fflush(stdout);
	/* All are made before one hangs: the stack of a new thread needs the lock. */
	for (size_t i = 0; i < STEPS; i++)
		if (pthread_create(&threads[i], NULL, run_step, (void *)i) != 0) {
			(void)fputs("mute_fs: no thread could be made\n", stderr);
			exit(1);
		}
	for (;;)
		pause();
}

static volatile sig_atomic_t ended;

static void end(int number)
{
	ended = number;
}

int main(int argc, char **argv)
{
	char options[128], path[4096];
	int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC), status;
	pid_t server, victim, early = 0;

	(void)snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
	if (argc != 2 || fuse < 0 || mount("mute", argv[1], "fuse", 0, options) < 0) {
		perror("mute_fs: mount");
		return 1;
	}
	(void)sigaction(SIGTERM, &(struct sigaction){ .sa_handler = end }, NULL);
	(void)snprintf(path, sizeof(path), "%s/file", argv[1]);
	if ((server = fork()) == 0)
		serve(fuse);
	close(fuse);
	if ((victim = fork()) == 0)
		hang(path);
	/* Neither ends by itself. */
	while (!ended && early <= 0)
		early = waitpid(-1, &status, 0);
	if (early > 0)
		(void)fprintf(stderr, "mute_fs: the %s ended, wait status %#x\n",
			      early == server ? "server" : "victim", (unsigned)status);
	/* Without its server every request of the file system fails. */
	if (early != victim)
		kill(victim, SIGKILL);
	if (early != server)
		kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	waitpid(victim, NULL, 0);
	(void)umount2(argv[1], MNT_DETACH);
	return early > 0;
}
