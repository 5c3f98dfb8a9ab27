/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One reader thread serves the newest wish. Reading may hang in the kernel (the
 * command line of a process whose memory lock is held), where no thread can be
 * stopped. So a reader that is silent for too long is given up and another
 * one started; what it shares is counted, and the last one out frees it. The
 * host's descriptors are duplicated for the same reason.
 */
#include "detail.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "snapshot.h"

enum {
	READERS = 5, /* four stuck ones, and one that serves */
	LINES_LIMIT = 1000,
};
static const uint64_t stuck_ns = 3000000000u;
static const uint64_t stall_shown_ns = 1000000000u;
static const uint64_t farewell_ns = 200000000u;

struct reader {
	struct shared *shared;
	bool used, busy, stuck;
	struct vt_id subject;
	uint64_t began_ns;
};

/* Lives until the owner and every reader have let go of it. */
struct shared {
	pthread_mutex_t lock;
	pthread_cond_t wake, done;
	struct vt_host host;
	vt_detail_fn fn;
	unsigned refs;
	bool quit, has_wish;
	struct vt_id wish;
	struct vt_detail *ready;
	struct reader readers[READERS];
	struct reader *serving; /* NULL: none yet, or it was given up */
	int event;
};

struct vt_detailer {
	struct shared *shared;
	struct vt_detail *held;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

void vt_detail_add(struct vt_detail *d, const char *label, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	if (d->n_lines >= LINES_LIMIT)
		return;
	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	VT_GROW(d->lines, d->n_lines, d->cap_lines);
	d->lines[d->n_lines++] = (struct vt_detail_line){
		.label = vt_arena_intern(d->arena, label),
		.value = vt_arena_intern(d->arena, text),
	};
	free(text);
}

static const uint64_t *copy(struct vt_arena *arena, const uint64_t *values, size_t n)
{
	uint64_t *to = vt_arena_alloc(arena, n * sizeof(*values));

	memcpy(to, values, n * sizeof(*values));
	return to;
}

void vt_detail_add_hist(struct vt_detail *d, const char *label, enum vt_unit unit,
			const uint64_t *from, const uint64_t *counts, size_t n)
{
	uint64_t any = 0;

	for (size_t i = 0; i < n; i++)
		any |= counts[i];
	if (!any)
		return;
	VT_GROW(d->hists, d->n_hists, d->cap_hists);
	d->hists[d->n_hists++] = (struct vt_detail_hist){
		.label = vt_arena_intern(d->arena, label),
		.unit = unit,
		.n = n,
		.from = copy(d->arena, from, n),
		.counts = copy(d->arena, counts, n),
	};
}

static struct vt_detail *detail_new(struct vt_id subject)
{
	struct vt_detail *d = vt_alloc(sizeof(*d));

	d->arena = vt_arena_new();
	d->subject = subject;
	return d;
}

static void detail_free(struct vt_detail *d)
{
	if (!d)
		return;
	vt_arena_free(d->arena);
	free(d->lines);
	free(d->hists);
	free(d);
}

/* With the lock held; drops it. */
static void let_go(struct shared *s)
{
	bool last = --s->refs == 0;

	(void)pthread_cond_broadcast(&s->done);
	(void)pthread_mutex_unlock(&s->lock);
	if (!last)
		return;
	detail_free(s->ready);
	vt_host_close(&s->host);
	(void)close(s->event);
	(void)pthread_cond_destroy(&s->wake);
	(void)pthread_cond_destroy(&s->done);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

/* With the lock held, which is dropped while it reads. */
static void serve(struct shared *s, struct reader *r)
{
	struct vt_detail *d = detail_new(s->wish);
	uint64_t one = 1;

	s->has_wish = false;
	r->busy = true;
	r->subject = d->subject;
	r->began_ns = now_ns();
	(void)pthread_mutex_unlock(&s->lock);
	s->fn(&s->host, d);
	vt_arena_seal(d->arena);
	(void)pthread_mutex_lock(&s->lock);
	r->busy = false;
	if (r->stuck || s->quit) {
		detail_free(d);
		return;
	}
	detail_free(s->ready);
	s->ready = d;
	(void)!write(s->event, &one, sizeof(one));
}

static void *read_details(void *arg)
{
	struct reader *r = arg;
	struct shared *s = r->shared;

	(void)pthread_setname_np(pthread_self(), "detail");
	(void)pthread_mutex_lock(&s->lock);
	while (!s->quit && !r->stuck) {
		if (s->has_wish)
			serve(s, r);
		else
			(void)pthread_cond_wait(&s->wake, &s->lock);
	}
	*r = (struct reader){ .shared = s };
	let_go(s);
	return NULL;
}

/* With the lock held. Signals belong to the screen's thread. */
static bool start_reader(struct shared *s, struct reader *r)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, old;
	int failed;

	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	failed = pthread_create(&thread, &attr, read_details, r);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	(void)pthread_attr_destroy(&attr);
	if (failed)
		return false;
	r->used = true;
	s->refs++;
	return true;
}

/* With the lock held: gives up a reader that is stuck, and sees to it that one serves. */
static void keep_serving(struct shared *s)
{
	struct reader *r = s->serving;

	if (r && r->busy && now_ns() - r->began_ns > stuck_ns) {
		r->stuck = true;
		s->serving = NULL;
	}
	for (int i = 0; i < READERS && !s->serving; i++)
		if (!s->readers[i].used && start_reader(s, &s->readers[i]))
			s->serving = &s->readers[i];
}

/* With the lock held. */
static const struct reader *reader_of(const struct shared *s, struct vt_id subject)
{
	for (int i = 0; i < READERS; i++)
		if (s->readers[i].busy && vt_id_equal(s->readers[i].subject, subject))
			return &s->readers[i];
	return NULL;
}

static int dup_or_none(int fd)
{
	return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

struct vt_detailer *vt_detailer_new(vt_detail_fn fn, const struct vt_host *host)
{
	struct vt_detailer *d = vt_alloc(sizeof(*d));
	struct shared *s = vt_alloc(sizeof(*s));
	pthread_condattr_t attr;

	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_cond_init(&s->wake, NULL);
	(void)pthread_cond_init(&s->done, &attr);
	(void)pthread_condattr_destroy(&attr);
	s->fn = fn;
	s->refs = 1;
	s->host = *host;
	s->host.root_path = vt_strdup(host->root_path);
	s->host.root = dup_or_none(host->root);
	s->host.proc = dup_or_none(host->proc);
	s->host.sys = dup_or_none(host->sys);
	s->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	for (int i = 0; i < READERS; i++)
		s->readers[i].shared = s;
	d->shared = s;
	return d;
}

void vt_detailer_ask(struct vt_detailer *d, struct vt_id subject)
{
	struct shared *s = d->shared;

	(void)pthread_mutex_lock(&s->lock);
	keep_serving(s);
	/* Whoever reads it will answer; a stuck one would only get company. */
	if (!reader_of(s, subject)) {
		s->wish = subject;
		s->has_wish = true;
		(void)pthread_cond_signal(&s->wake);
	}
	(void)pthread_mutex_unlock(&s->lock);
}

const struct vt_detail *vt_detailer_take(struct vt_detailer *d, struct vt_id subject,
					 double *ret_stalled_seconds)
{
	struct shared *s = d->shared;
	const struct reader *r;
	uint64_t count, silent;

	(void)!read(s->event, &count, sizeof(count));
	(void)pthread_mutex_lock(&s->lock);
	keep_serving(s);
	if (s->ready) {
		detail_free(d->held);
		d->held = s->ready;
		s->ready = NULL;
	}
	r = reader_of(s, subject);
	silent = r ? now_ns() - r->began_ns : 0;
	(void)pthread_mutex_unlock(&s->lock);
	if (ret_stalled_seconds)
		*ret_stalled_seconds = silent > stall_shown_ns ? (double)silent / 1e9 : 0;
	return d->held && vt_id_equal(d->held->subject, subject) ? d->held : NULL;
}

int vt_detailer_fd(const struct vt_detailer *d)
{
	return d->shared->event;
}

/* Readers that are not stuck get a moment to leave, so that nothing is left behind. */
void vt_detailer_free(struct vt_detailer *d)
{
	uint64_t until = now_ns() + farewell_ns;
	struct timespec at = { (time_t)(until / 1000000000u), (long)(until % 1000000000u) };
	struct shared *s;

	if (!d)
		return;
	s = d->shared;
	(void)pthread_mutex_lock(&s->lock);
	s->quit = true;
	(void)pthread_cond_broadcast(&s->wake);
	while (s->refs > 1 && pthread_cond_timedwait(&s->done, &s->lock, &at) == 0)
		;
	let_go(s);
	detail_free(d->held);
	free(d);
}
