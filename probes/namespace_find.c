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

#include "namespace_inside.h"

static const uint64_t second_ns = 1000000000u;
static const uint64_t rest_least_ns = 5000000000u;
static const uint64_t rest_times = 50;
static const uint64_t patience_ns = 10000000000u;
static const uint64_t farewell_ns = 300000000u;
static const uint64_t news_rest_ns = 500000000u; /* between two looks at what is new */
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
	/* Under the lock: what was wished for last, and what is inside. */
	struct vt_wish *wishes;
	size_t n_wishes;
	bool news; /* a wish was never read */
	struct inside {
		uint32_t inode;
		uint64_t pid, start_ticks; /* through which it was read */
		uint64_t round; /* of all; what was not read in the last one is forgotten */
		struct vt_facts facts;
	} * insides;
	size_t n_insides, cap_insides;
	struct vt_idmap index; /* inode to index in insides */
	uint64_t round;
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

static void drop_wishes(struct vt_wish *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i].where);
	free(list);
}

/* With the lock held: what is inside, also of an older namespace of that number. */
static struct inside *find_inside(struct vt_finder *f, uint32_t inode)
{
	int32_t i = vt_idmap_get(&f->index, inode);

	return i < 0 ? NULL : &f->insides[i];
}

static bool is_known(struct vt_finder *f, const struct vt_wish *w)
{
	const struct inside *in = find_inside(f, w->inode);

	return in && in->pid == w->pid && in->start_ticks == w->start_ticks;
}

static void store(struct vt_finder *f, const struct vt_wish *w, struct vt_facts *facts)
{
	struct inside *in = find_inside(f, w->inode);

	/* Thousands of these are kept, of a few facts each. */
	facts->list = vt_realloc_array(facts->list, facts->n, sizeof(*facts->list));
	facts->cap = facts->n;

	if (in) {
		vt_facts_clear(&in->facts);
	} else {
		vt_idmap_put(&f->index, w->inode, (int32_t)f->n_insides);
		VT_GROW(f->insides, f->n_insides, f->cap_insides);
		in = &f->insides[f->n_insides++];
	}
	*in = (struct inside){ w->inode, w->pid, w->start_ticks, f->round, *facts };
}

static void read_one(struct vt_finder *f, struct vt_insider *in, const struct vt_wish *w,
		     struct vt_facts *ret)
{
	vt_autoclose int fd = -ENOENT;

	if (vt_insider_enters(w->type) || w->type == VT_NS_PID)
		fd = w->pid     ? vt_ns_open_process(&f->host, w->pid, w->type, w->inode)
		     : w->where ? vt_ns_open_where(&f->host, w->how, w->where, w->type, w->inode)
				: -ENOENT;
	vt_insider_read(in, w->type, w->pid, fd, ret);
}

/* With the lock held: forgets what a round over all did not see any more. */
static void forget_old(struct vt_finder *f)
{
	size_t kept = 0;

	vt_idmap_clear(&f->index);
	for (size_t i = 0; i < f->n_insides; i++) {
		if (f->insides[i].round != f->round) {
			vt_facts_clear(&f->insides[i].facts);
			continue;
		}
		vt_idmap_put(&f->index, f->insides[i].inode, (int32_t)kept);
		f->insides[kept++] = f->insides[i];
	}
	f->n_insides = kept;
}

/*
 * With the lock held, which is dropped while it reads. The list is taken so
 * that the scan can wish anew meanwhile, and given back when it has not.
 */
static void read_insides(struct vt_finder *f, struct vt_insider *in, bool all)
{
	struct vt_wish *list = f->wishes;
	size_t n = f->n_wishes;

	f->wishes = NULL;
	f->n_wishes = 0;
	f->news = false;
	f->round += all;
	for (size_t i = 0; i < n && !f->quit; i++) {
		struct vt_facts facts = { 0 };

		if (!all && is_known(f, &list[i]))
			continue;
		(void)pthread_mutex_unlock(&f->lock);
		if (list[i].initial && list[i].type == VT_NS_MNT)
			vt_insider_set_initial(in, list[i].pid);
		read_one(f, in, &list[i], &facts);
		(void)pthread_mutex_lock(&f->lock);
		store(f, &list[i], &facts);
	}
	if (all && !f->quit)
		forget_old(f);
	if (f->wishes) {
		drop_wishes(list, n);
	} else {
		f->wishes = list;
		f->n_wishes = n;
	}
	(void)pthread_cond_broadcast(&f->done);
}

/* With the lock held. News do not wait for the end of the rest. */
static void rest(struct vt_finder *f, struct vt_insider *in, uint64_t worked_ns)
{
	uint64_t rest_ns = worked_ns * rest_times, now = now_ns();
	uint64_t until_ns = now + (rest_ns < rest_least_ns ? rest_least_ns : rest_ns);
	uint64_t news_ns = now;

	while (!f->quit && now < until_ns) {
		struct timespec until;

		if (f->news && now >= news_ns) {
			read_insides(f, in, false);
			news_ns = now_ns() + news_rest_ns;
		}
		until = at(f->news && news_ns < until_ns ? news_ns : until_ns);
		(void)pthread_cond_timedwait(&f->wake, &f->lock, &until);
		now = now_ns();
	}
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
	struct vt_insider in;

	(void)pthread_setname_np(pthread_self(), "namespaces");
	vt_insider_init(&in, &f->host);
	(void)pthread_mutex_lock(&f->lock);
	while (!f->quit) {
		uint64_t began = now_ns();
		struct vt_sightings *s;

		(void)pthread_mutex_unlock(&f->lock);
		s = vt_sightings_new(&f->host, f->passes % DEEP_EVERY ? f->newest : NULL, false,
				     &f->quit);
		(void)pthread_mutex_lock(&f->lock);
		publish(f, s);
		read_insides(f, &in, true);
		rest(f, &in, now_ns() - began);
	}
	f->finished = true;
	(void)pthread_cond_broadcast(&f->done);
	(void)pthread_mutex_unlock(&f->lock);
	vt_insider_finish(&in);
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
			f->held = f->newest = vt_sightings_new(&f->host, NULL, false, &f->quit);
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

static bool all_known(struct vt_finder *f)
{
	for (size_t i = 0; i < f->n_wishes; i++)
		if (!is_known(f, &f->wishes[i]))
			return false;
	return true;
}

void vt_finder_wish(struct vt_finder *f, struct vt_wish *list, size_t n)
{
	struct timespec until = at(now_ns() + patience_ns);

	(void)pthread_mutex_lock(&f->lock);
	drop_wishes(f->wishes, f->n_wishes);
	f->wishes = list;
	f->n_wishes = n;
	f->news = !all_known(f);
	(void)pthread_cond_signal(&f->wake);
	while (f->running && f->host.patient && f->news)
		if (pthread_cond_timedwait(&f->done, &f->lock, &until) == ETIMEDOUT)
			break;
	/* It has taken the list away while it reads it. */
	while (f->running && f->host.patient && !f->wishes)
		if (pthread_cond_timedwait(&f->done, &f->lock, &until) == ETIMEDOUT)
			break;
	(void)pthread_mutex_unlock(&f->lock);
	if (!f->host.proc_live) {
		struct vt_insider in;

		vt_insider_init(&in, &f->host);
		(void)pthread_mutex_lock(&f->lock);
		read_insides(f, &in, true);
		(void)pthread_mutex_unlock(&f->lock);
		vt_insider_finish(&in);
	}
}

static const char *intern(void *builder, const char *text)
{
	return vt_builder_intern(builder, text);
}

void vt_finder_set_inside(struct vt_finder *f, struct vt_namespace *rows, size_t n,
			  struct vt_builder *b)
{
	unsigned refused = 0;
	int error = 0;

	(void)pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < n; i++) {
		const struct inside *in = find_inside(f, (uint32_t)rows[i].id);

		if (!in)
			continue;
		vt_facts_set(&in->facts, &rows[i], intern, b);
		if (in->facts.error && in->facts.error != ENOENT && in->facts.error != ESRCH) {
			refused++;
			error = in->facts.error;
		}
	}
	(void)pthread_mutex_unlock(&f->lock);
	if (refused)
		vt_builder_note(
			b, "what is inside %u namespaces is unknown, they cannot be entered: %s",
			refused, vt_errno_text(error));
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
	for (size_t i = 0; i < f->n_insides; i++)
		vt_facts_clear(&f->insides[i].facts);
	free(f->insides);
	vt_idmap_finish(&f->index);
	drop_wishes(f->wishes, f->n_wishes);
	vt_host_close(&f->host);
	(void)pthread_mutex_destroy(&f->lock);
	(void)pthread_cond_destroy(&f->wake);
	(void)pthread_cond_destroy(&f->done);
	free(f);
}
