/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The collector's thread scans on its own cadence, and at once when something
 * happened. Two snapshots are alive between scans at most: the newest and the one
 * that the reader still holds; after scans out of turn two more, which rates are
 * computed against now and next. The pointers change under the lock only; the
 * snapshots never change.
 */
#include "collector.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct vt_collector {
	const struct vt_probe *const *probes;
	const struct vt_host *host;
	struct vt_builder *builder;
	struct probe_state {
		void *state;
		bool open;
		struct vt_error open_error;
	} * states;
	int event;

	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool running, quit, paused, step, nudged;
	uint64_t interval_ns, scan_began_ns, scan_took_ns;
	uint64_t hurried_ns; /* when a nudge was last heeded */
	struct vt_snapshot *newest, *held, *base, *next_base;
};

/* Rates over less than this, or half an interval, are noise: a clock tick is 10 ms. */
static const uint64_t least_rate_ns = 500000000u;

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	(void)clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

struct vt_collector *vt_collector_new(const struct vt_probe *const *probes,
				      const struct vt_host *host)
{
	struct vt_collector *c = vt_alloc(sizeof(*c));
	pthread_condattr_t attr;
	size_t n = 0;

	while (probes[n])
		n++;
	c->probes = probes;
	c->host = host;
	c->builder = vt_builder_new();
	c->states = vt_alloc((n + 1) * sizeof(*c->states));
	c->interval_ns = 1000000000u;
	c->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	(void)pthread_mutex_init(&c->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&c->wake, &attr);
	(void)pthread_condattr_destroy(&attr);
	for (size_t i = 0; i < n; i++)
		c->states[i].open = !probes[i]->open ||
				    probes[i]->open(host, &c->states[i].state,
						    &c->states[i].open_error) == 0;
	return c;
}

static void run_probes(struct vt_collector *c)
{
	for (size_t i = 0; c->probes[i]; i++) {
		struct probe_state *p = &c->states[i];
		struct vt_error err = { 0 };

		vt_builder_probe(c->builder, c->probes[i]->name);
		if (!p->open)
			vt_builder_note(c->builder, "%s", p->open_error.msg);
		else if (c->probes[i]->scan(p->state, c->builder, &err) < 0)
			vt_builder_note(c->builder, "%s", err.msg);
	}
	vt_builder_probe(c->builder, NULL);
}

/*
 * A recorded tree has its own time, so that what is made from it is the same
 * every day: the boot time and uptime that it recorded, or else 0.
 */
static void set_clock(const struct vt_collector *c, struct vt_clock *clock)
{
	const struct vt_host_row *host = vt_builder_host(c->builder);

	clock->live = c->host->is_self || c->host->proc_live;
	if (!clock->live)
		clock->wall_ns = VT_HAS(HOST, host, boot_time_usec)
					 ? (host->boot_time_usec + host->uptime_usec) * 1000
					 : 0;
}

/* With the lock held. */
static void drop(const struct vt_collector *c, struct vt_snapshot *s)
{
	if (s != c->newest && s != c->held && s != c->base && s != c->next_base)
		vt_snapshot_free(s);
}

/*
 * Rates are taken against the newest snapshot that is old enough. When scans follow each
 * other faster than that, one in waiting becomes old enough instead.
 */
static void begin_scan(struct vt_collector *c, struct vt_clock *clock)
{
	struct vt_snapshot *old, *waited;
	uint64_t least;

	(void)pthread_mutex_lock(&c->lock);
	c->scan_began_ns = clock->taken_ns;
	least = c->interval_ns / 2 < least_rate_ns ? c->interval_ns / 2 : least_rate_ns;
	old = c->base;
	waited = c->next_base;
	if (!old || clock->taken_ns - c->newest->taken_ns >= least) {
		c->base = c->newest;
		c->next_base = NULL;
	} else if (waited && clock->taken_ns - waited->taken_ns >= least) {
		c->base = waited;
		c->next_base = NULL;
	} else if (!waited) {
		c->next_base = c->newest;
	}
	clock->base = c->base;
	drop(c, old);
	if (waited != old)
		drop(c, waited);
	(void)pthread_mutex_unlock(&c->lock);
}

void vt_collector_scan(struct vt_collector *c)
{
	struct vt_clock clock = { clock_ns(CLOCK_MONOTONIC), clock_ns(CLOCK_REALTIME), true, NULL };
	uint64_t cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID), one = 1;
	struct vt_snapshot *s, *old;

	begin_scan(c, &clock);

	vt_builder_begin(c->builder);
	run_probes(c);
	set_clock(c, &clock);
	s = vt_builder_seal(c->builder, c->newest, &clock);
	s->duration_ns = clock_ns(CLOCK_MONOTONIC) - clock.taken_ns;
	s->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;

	(void)pthread_mutex_lock(&c->lock);
	old = c->newest;
	c->newest = s;
	c->scan_began_ns = 0;
	c->scan_took_ns = s->duration_ns;
	drop(c, old);
	/* With the lock held: what is announced is not taken already. */
	(void)!write(c->event, &one, sizeof(one));
	(void)pthread_mutex_unlock(&c->lock);
}

static const uint64_t least_pause_ns = 50000000u;

/*
 * When the next scan is due, with the lock held. Scans that nudges ask for take a
 * tenth of the time at most; the first after a while is not put off for that.
 */
static uint64_t due_ns(const struct vt_collector *c, uint64_t last_ns)
{
	uint64_t due = last_ns + c->interval_ns, early = last_ns + c->scan_took_ns + least_pause_ns;

	if (c->nudged && c->hurried_ns && early < c->hurried_ns + 10 * c->scan_took_ns)
		early = c->hurried_ns + 10 * c->scan_took_ns;
	return c->nudged && early < due ? early : due;
}

/* Waits for the next scan to be due; false at the end. */
static bool wait_due(struct vt_collector *c, uint64_t last_ns)
{
	bool go;

	(void)pthread_mutex_lock(&c->lock);
	while (!c->quit && !c->step) {
		uint64_t due = due_ns(c, last_ns);
		struct timespec at = { (time_t)(due / 1000000000u), (long)(due % 1000000000u) };

		if (c->paused)
			(void)pthread_cond_wait(&c->wake, &c->lock);
		else if (clock_ns(CLOCK_MONOTONIC) >= due ||
			 pthread_cond_timedwait(&c->wake, &c->lock, &at) == ETIMEDOUT)
			break;
	}
	if (c->nudged)
		c->hurried_ns = clock_ns(CLOCK_MONOTONIC);
	c->step = c->nudged = false;
	go = !c->quit;
	(void)pthread_mutex_unlock(&c->lock);
	return go;
}

static void *collect(void *arg)
{
	struct vt_collector *c = arg;
	uint64_t began;

	(void)pthread_setname_np(pthread_self(), "collector");
	do {
		began = clock_ns(CLOCK_MONOTONIC);
		vt_collector_scan(c);
	} while (wait_due(c, began));
	return NULL;
}

int vt_collector_start(struct vt_collector *c, double interval_seconds, struct vt_error *err)
{
	sigset_t all, old;
	int r;

	c->interval_ns = (uint64_t)(interval_seconds * 1e9);
	/* Signals belong to the screen's thread. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&c->thread, NULL, collect, c);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r)
		return vt_fail(err, r, "cannot start the collector's thread: %s", vt_errno_text(r));
	c->running = true;
	return 0;
}

static void change(struct vt_collector *c, void (*set)(struct vt_collector *, double), double value)
{
	(void)pthread_mutex_lock(&c->lock);
	set(c, value);
	(void)pthread_cond_signal(&c->wake);
	(void)pthread_mutex_unlock(&c->lock);
}

static void set_interval(struct vt_collector *c, double seconds)
{
	c->interval_ns = (uint64_t)(seconds * 1e9);
}

static void set_paused(struct vt_collector *c, double paused)
{
	c->paused = paused != 0;
}

static void set_step(struct vt_collector *c, double unused)
{
	(void)unused;
	c->step = true;
}

static void set_nudged(struct vt_collector *c, double unused)
{
	(void)unused;
	c->nudged = true;
}

static void set_quit(struct vt_collector *c, double unused)
{
	(void)unused;
	c->quit = true;
}

void vt_collector_set_interval(struct vt_collector *c, double interval_seconds)
{
	change(c, set_interval, interval_seconds);
}

void vt_collector_pause(struct vt_collector *c, bool paused)
{
	change(c, set_paused, paused);
}

void vt_collector_step(struct vt_collector *c)
{
	change(c, set_step, 0);
}

void vt_collector_nudge(struct vt_collector *c)
{
	change(c, set_nudged, 0);
}

double vt_collector_interval(struct vt_collector *c)
{
	double seconds;

	(void)pthread_mutex_lock(&c->lock);
	seconds = (double)c->interval_ns / 1e9;
	(void)pthread_mutex_unlock(&c->lock);
	return seconds;
}

bool vt_collector_paused(struct vt_collector *c)
{
	bool paused;

	(void)pthread_mutex_lock(&c->lock);
	paused = c->paused;
	(void)pthread_mutex_unlock(&c->lock);
	return paused;
}

double vt_collector_busy(struct vt_collector *c)
{
	uint64_t began;

	(void)pthread_mutex_lock(&c->lock);
	began = c->scan_began_ns;
	(void)pthread_mutex_unlock(&c->lock);
	return began ? (double)(clock_ns(CLOCK_MONOTONIC) - began) / 1e9 : 0;
}

int vt_collector_fd(const struct vt_collector *c)
{
	return c->event;
}

const struct vt_snapshot *vt_collector_take(struct vt_collector *c)
{
	struct vt_snapshot *old;
	uint64_t count;

	(void)pthread_mutex_lock(&c->lock);
	(void)!read(c->event, &count, sizeof(count));
	old = c->held;
	c->held = c->newest;
	drop(c, old);
	(void)pthread_mutex_unlock(&c->lock);
	return c->held;
}

static void drop_from(const struct vt_collector *c, struct vt_snapshot **from)
{
	struct vt_snapshot *s = *from;

	*from = NULL;
	if (s)
		drop(c, s);
}

void vt_collector_free(struct vt_collector *c)
{
	if (!c)
		return;
	if (c->running) {
		change(c, set_quit, 0);
		(void)pthread_join(c->thread, NULL);
	}
	for (size_t i = 0; c->probes[i]; i++)
		if (c->states[i].open && c->probes[i]->close)
			c->probes[i]->close(c->states[i].state);
	drop_from(c, &c->base);
	drop_from(c, &c->next_base);
	drop_from(c, &c->held);
	drop_from(c, &c->newest);
	vt_builder_free(c->builder);
	free(c->states);
	(void)close(c->event);
	(void)pthread_mutex_destroy(&c->lock);
	(void)pthread_cond_destroy(&c->wake);
	free(c);
}
