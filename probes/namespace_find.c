/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cadence of the slow sources of namespaces. After a pass the thread rests
 * fifty times as long as the pass took, and five seconds at least: two percent
 * of a CPU at most, on any host. The scan takes what is ready and never waits;
 * only where a single snapshot is made does it wait for the first pass, up to a
 * deadline. A pass can hang in the kernel (a mount point behind a dead FUSE
 * mount). Then the thread is given up at the end, with what it uses.
 */
#include "namespace_find.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static const uint64_t second_ns = 1000000000u;
static const uint64_t rest_least_ns = 5000000000u;
static const uint64_t rest_times = 50;
static const uint64_t patience_ns = 10000000000u;
static const uint64_t farewell_ns = 300000000u;
enum {
	DEEP_EVERY = 6 /* passes; the first is deep */
};

struct vt_finder {
	struct vt_host host; /* with descriptors of its own */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake, done;
	bool running, finished;
	atomic_bool quit;
	struct vt_sightings *newest, *held; /* held: by the scan */
	uint64_t passes;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * second_ns + (uint64_t)ts.tv_nsec;
}

static struct timespec at(uint64_t ns)
{
	return (struct timespec){ (time_t)(ns / second_ns), (long)(ns % second_ns) };
}

static void rest(struct vt_finder *f, uint64_t worked_ns)
{
	uint64_t rest_ns = worked_ns * rest_times;
	struct timespec until = at(now_ns() + (rest_ns < rest_least_ns ? rest_least_ns : rest_ns));

	while (!f->quit && pthread_cond_timedwait(&f->wake, &f->lock, &until) != ETIMEDOUT)
		;
}

/* The newest is read by this thread without the lock: only it puts another in its place. */
static void publish(struct vt_finder *f, struct vt_sightings *s)
{
	if (f->newest != f->held)
		vt_sightings_free(f->newest);
	s->passes = f->passes++;
	f->newest = s;
	(void)pthread_cond_broadcast(&f->done);
}

static void *make_passes(void *arg)
{
	struct vt_finder *f = arg;

	(void)pthread_setname_np(pthread_self(), "namespaces");
	(void)pthread_mutex_lock(&f->lock);
	while (!f->quit) {
		uint64_t began = now_ns();
		struct vt_sightings *s;

		(void)pthread_mutex_unlock(&f->lock);
		s = vt_sightings_new(&f->host, f->passes % DEEP_EVERY ? f->newest : NULL, &f->quit);
		(void)pthread_mutex_lock(&f->lock);
		publish(f, s);
		rest(f, now_ns() - began);
	}
	f->finished = true;
	(void)pthread_cond_broadcast(&f->done);
	(void)pthread_mutex_unlock(&f->lock);
	return NULL;
}

static int dup_or_none(int fd)
{
	return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

struct vt_finder *vt_finder_new(const struct vt_host *host)
{
	struct vt_finder *f = vt_alloc(sizeof(*f));
	pthread_condattr_t attr;

	f->host = *host;
	f->host.root_path = NULL;
	f->host.root = dup_or_none(host->root);
	f->host.proc = dup_or_none(host->proc);
	f->host.sys = dup_or_none(host->sys);
	(void)pthread_mutex_init(&f->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&f->wake, &attr);
	(void)pthread_cond_init(&f->done, &attr);
	(void)pthread_condattr_destroy(&attr);
	return f;
}

/* Signals belong to the screen's thread. */
static void start(struct vt_finder *f)
{
	sigset_t all, old;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	f->running = pthread_create(&f->thread, NULL, make_passes, f) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
}

const struct vt_sightings *vt_finder_take(struct vt_finder *f)
{
	struct timespec until = at(now_ns() + patience_ns);
	struct vt_sightings *old;

	if (!f->host.proc_live) {
		if (!f->held)
			f->held = f->newest = vt_sightings_new(&f->host, NULL, &f->quit);
		return f->held;
	}
	if (!f->running)
		start(f);
	(void)pthread_mutex_lock(&f->lock);
	while (f->running && f->host.patient && !f->newest)
		if (pthread_cond_timedwait(&f->done, &f->lock, &until) == ETIMEDOUT)
			break;
	old = f->held;
	f->held = f->newest;
	(void)pthread_mutex_unlock(&f->lock);
	if (old != f->held)
		vt_sightings_free(old);
	return f->held;
}

static bool end_thread(struct vt_finder *f)
{
	struct timespec until = at(now_ns() + farewell_ns);

	f->quit = true;
	(void)pthread_mutex_lock(&f->lock);
	(void)pthread_cond_broadcast(&f->wake);
	while (!f->finished && pthread_cond_timedwait(&f->done, &f->lock, &until) != ETIMEDOUT)
		;
	(void)pthread_mutex_unlock(&f->lock);
	if (!f->finished) {
		(void)pthread_detach(f->thread);
		return false;
	}
	(void)pthread_join(f->thread, NULL);
	return true;
}

void vt_finder_free(struct vt_finder *f)
{
	if (!f || (f->running && !end_thread(f)))
		return;
	if (f->newest != f->held)
		vt_sightings_free(f->newest);
	vt_sightings_free(f->held);
	vt_host_close(&f->host);
	(void)pthread_mutex_destroy(&f->lock);
	(void)pthread_cond_destroy(&f->wake);
	(void)pthread_cond_destroy(&f->done);
	free(f);
}
