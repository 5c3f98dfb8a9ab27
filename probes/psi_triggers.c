/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A trigger is a descriptor of a pressure file into which the wish was written; it
 * lives as long as the descriptor. All are in one epoll(7), which watch.c polls.
 */
#include "psi_triggers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "../src/host.h"
#include "../src/memory.h"

enum {
	MOST = 96,
	AT_ONCE = 32,
};
/* Silence after which a trigger tells of pressure that begins, not of what goes on. */
static const uint64_t quiet_ns = 5000000000u;

struct trigger {
	int fd; /* -1: its cgroup is gone */
	uint64_t last_ns;
};

struct vt_triggers {
	int epoll;
	struct trigger list[MOST];
	size_t n;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

struct vt_triggers *vt_triggers_new(void)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);
	struct vt_triggers *t;

	if (fd < 0)
		return NULL;
	t = vt_alloc(sizeof(*t));
	t->epoll = fd;
	return t;
}

void vt_triggers_free(struct vt_triggers *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		if (t->list[i].fd >= 0)
			(void)close(t->list[i].fd);
	(void)close(t->epoll);
	free(t);
}

/* Without privilege the window must be a multiple of two seconds. The 0 is written too. */
static bool wish(int fd)
{
	static const char often[] = "some 150000 1000000", seldom[] = "some 300000 2000000";

	return write(fd, often, sizeof(often)) > 0 || write(fd, seldom, sizeof(seldom)) > 0;
}

/* A place that a removed cgroup has left, or a new one; MOST when there is none. */
static size_t free_place(const struct vt_triggers *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->list[i].fd < 0)
			return i;
	return t->n;
}

static bool add(struct vt_triggers *t, int dir, const char *path)
{
	size_t at = free_place(t);
	struct epoll_event e = { .events = EPOLLPRI, .data.u64 = at };
	vt_autoclose int fd = at == MOST ? -1 : vt_host_openat(dir, path, O_RDWR | O_NONBLOCK);

	if (fd < 0 || !wish(fd) || epoll_ctl(t->epoll, EPOLL_CTL_ADD, fd, &e) < 0)
		return false;
	t->list[at] = (struct trigger){ .fd = vt_take_fd(&fd) };
	if (at == t->n)
		t->n++;
	return true;
}

unsigned vt_triggers_add_host(struct vt_triggers *t, int proc)
{
	static const char *const files[] = { "pressure/cpu", "pressure/memory", "pressure/io" };
	unsigned n = 0;

	for (size_t i = 0; t && proc >= 0 && i < VT_LEN(files); i++)
		n += add(t, proc, files[i]);
	return n;
}

unsigned vt_triggers_add_cgroup(struct vt_triggers *t, int root, const char *path)
{
	static const char *const files[] = { "cpu.pressure", "memory.pressure", "io.pressure" };
	unsigned n = 0;

	for (size_t i = 0; t && i < VT_LEN(files); i++) {
		vt_autofree char *file = vt_asprintf("%s/%s", path, files[i]);

		n += add(t, root, file);
	}
	return n;
}

int vt_triggers_fd(const struct vt_triggers *t)
{
	return t ? t->epoll : -1;
}

static bool take_one(struct trigger *trigger, uint32_t events, uint64_t now)
{
	bool begins = now - trigger->last_ns > quiet_ns;

	/* EPOLLERR: the cgroup was removed. Closing takes it out of the epoll too. */
	if (events & EPOLLERR) {
		(void)close(trigger->fd);
		trigger->fd = -1;
		return false;
	}
	trigger->last_ns = now;
	return begins;
}

bool vt_triggers_take(struct vt_triggers *t)
{
	struct epoll_event events[AT_ONCE];
	bool begins = false;
	int n = t ? epoll_wait(t->epoll, events, AT_ONCE, 0) : 0;

	for (int i = 0; i < n; i++)
		begins |= take_one(&t->list[events[i].data.u64], events[i].events, now_ns());
	return begins;
}
