/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inotify(7) on the cgroup v2 tree. The kernel signals a change of cgroup.events,
 * memory.events and pids.events as a modification (cgroup-v2.rst), and mkdir and
 * rmdir of cgroups as those of any directory. memory.events also changes each
 * time a limit is hit, thousands of times a second: only kills wake. Watches are
 * bounded; what is beyond the bound is found by the next refresh. The topmost
 * cgroups and the host also have triggers for pressure that begins (psi_triggers.h);
 * a cgroup that was made meanwhile only when it has lasted, since the kernel takes some
 * 15 ms longer to remove one with triggers.
 */
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>

#include "../src/idmap.h"
#include "../src/memory.h"
#include "cgroup_mount.h"
#include "parse.h"
#include "psi_triggers.h"

enum {
	MOST_CGROUPS = 4000,
	DEEPEST = 64,
	DEEPEST_TRIGGER = 2,
	MOST_YOUNG = 1000,
	LASTING_SECONDS = 10,
};

enum what {
	DIRECTORY,
	CGROUP_EVENTS,
	PIDS_EVENTS,
	MEMORY_EVENTS,
	KINDS
};

static const char *const files[KINDS] = { NULL, "cgroup.events", "pids.events", "memory.events" };

struct watched {
	enum what what;
	int descriptor;  /* of the watch */
	char *path;      /* of the file or directory, as seen from / */
	uint64_t killed; /* oom_kill of memory.events */
};

/* A cgroup that is to have triggers when it has lasted. */
struct young {
	char *path;
	ino_t inode;
	time_t born; /* CLOCK_MONOTONIC */
};

struct vt_watch {
	const struct vt_host *host;
	void (*wake)(void *arg);
	void *arg;
	char mount[512];
	int inotify, stop;
	struct vt_triggers *triggers;
	pthread_t thread;
	struct watched *list;
	size_t n, cap, n_cgroups;
	struct vt_idmap by_descriptor;  /* watch descriptor to index in list */
	struct young young[MOST_YOUNG]; /* oldest first, from first_young on, around */
	size_t first_young, n_young;
	bool begun; /* what is found from now on is new */
};

static time_t now_seconds(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static ino_t inode_of(const struct vt_watch *w, const char *path)
{
	vt_autoclose int fd = vt_host_openat(w->host->root, path, O_PATH | O_DIRECTORY);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 ? st.st_ino : 0;
}

static void add_triggers(struct vt_watch *w, const char *path)
{
	if (!w->begun)
		vt_triggers_add_cgroup(w->triggers, w->host->root, path);
	else if (w->n_young < MOST_YOUNG)
		w->young[(w->first_young + w->n_young++) % MOST_YOUNG] = (struct young){
			.path = vt_strdup(path),
			.inode = inode_of(w, path),
			.born = now_seconds(),
		};
}

static void add_lasting(struct vt_watch *w)
{
	while (w->n_young) {
		struct young *y = &w->young[w->first_young];

		if (now_seconds() - y->born < LASTING_SECONDS)
			return;
		if (y->inode && inode_of(w, y->path) == y->inode)
			vt_triggers_add_cgroup(w->triggers, w->host->root, y->path);
		free(y->path);
		w->first_young = (w->first_young + 1) % MOST_YOUNG;
		w->n_young--;
	}
}

static uint64_t read_killed(const struct vt_watch *w, const char *path)
{
	char text[512];
	uint64_t killed = 0;

	if (vt_host_read(w->host->root, path, text, sizeof(text)) > 0)
		(void)vt_parse_flat_find(text, "oom_kill", &killed);
	return killed;
}

/* False where it is gone, or where the limit of watches is reached (inotify(7)). */
static bool add(struct vt_watch *w, enum what what, const char *path)
{
	uint32_t mask = what == DIRECTORY ? IN_CREATE | IN_DELETE | IN_ONLYDIR : IN_MODIFY;
	int wd = inotify_add_watch(w->inotify, path, mask | IN_DONT_FOLLOW);

	if (wd < 0)
		return false;
	if (vt_idmap_get(&w->by_descriptor, (uint64_t)wd) >= 0)
		return true;
	VT_GROW(w->list, w->n, w->cap);
	vt_idmap_put(&w->by_descriptor, (uint64_t)wd, (int32_t)w->n);
	w->list[w->n++] = (struct watched){
		.what = what,
		.descriptor = wd,
		.path = vt_strdup(path),
		.killed = what == MEMORY_EVENTS ? read_killed(w, path) : 0,
	};
	return true;
}

static bool is_told_to_stop(const struct vt_watch *w)
{
	struct pollfd p = { .fd = w->stop, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* A cgroup and what is below it. The directory first: what is made meanwhile is told. */
static void add_tree(struct vt_watch *w, const char *path, int depth)
{
	vt_autoclosedir DIR *dir = NULL;
	const struct dirent *e;

	if (depth > DEEPEST || w->n_cgroups >= MOST_CGROUPS || is_told_to_stop(w) ||
	    !add(w, DIRECTORY, path))
		return;
	w->n_cgroups++;
	if (depth > 0 && depth <= DEEPEST_TRIGGER)
		add_triggers(w, path);
	for (int what = CGROUP_EVENTS; what < KINDS; what++) {
		vt_autofree char *file = vt_asprintf("%s/%s", path, files[what]);

		(void)add(w, (enum what)what, file);
	}
	dir = vt_host_opendir(w->host->root, path);
	while (dir && (e = readdir(dir))) {
		vt_autofree char *below = NULL;

		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		below = vt_asprintf("%s/%s", path, e->d_name);
		add_tree(w, below, depth + 1);
	}
}

/* The kernel has let go of the watch: the last of the list takes its place. */
static void forget(struct vt_watch *w, int32_t at)
{
	struct watched *gone = &w->list[at], *last = &w->list[w->n - 1];

	if (gone->what == DIRECTORY)
		w->n_cgroups--;
	vt_idmap_remove(&w->by_descriptor, (uint64_t)gone->descriptor);
	free(gone->path);
	if (gone != last) {
		*gone = *last;
		vt_idmap_put(&w->by_descriptor, (uint64_t)gone->descriptor, at);
	}
	w->n--;
}

/* Whether it is worth a refresh. */
static bool take(struct vt_watch *w, const struct inotify_event *e)
{
	int32_t at = vt_idmap_get(&w->by_descriptor, (uint64_t)e->wd);
	vt_autofree char *below = NULL;
	struct watched *file;
	uint64_t before;

	if (e->mask & IN_Q_OVERFLOW)
		return true;
	if (at < 0)
		return false;
	file = &w->list[at];
	if (e->mask & IN_IGNORED) {
		forget(w, at);
		return false;
	}
	if (file->what == DIRECTORY) {
		if (!(e->mask & IN_ISDIR))
			return false;
		if (e->mask & IN_CREATE) {
			below = vt_asprintf("%s/%s", file->path, e->name);
			add_tree(w, below, 1);
		}
		return true;
	}
	before = file->killed;
	if (file->what == MEMORY_EVENTS)
		file->killed = read_killed(w, file->path);
	return file->what != MEMORY_EVENTS || file->killed != before;
}

static void take_all(struct vt_watch *w)
{
	char buf[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool worth = false;
	ssize_t n;

	while ((n = read(w->inotify, buf, sizeof(buf))) > 0)
		for (char *p = buf; p < buf + n;) {
			const struct inotify_event *e = (const void *)p;

			worth |= take(w, e);
			p += sizeof(*e) + e->len;
		}
	if (worth)
		w->wake(w->arg);
}

static void *watch(void *arg)
{
	struct vt_watch *w = arg;
	struct pollfd fds[] = {
		{ .fd = w->stop, .events = POLLIN },
		{ .fd = w->inotify, .events = POLLIN },
		{ .fd = vt_triggers_fd(w->triggers), .events = POLLIN },
	};

	(void)pthread_setname_np(pthread_self(), "watch");
	vt_triggers_add_host(w->triggers, w->host->proc);
	add_tree(w, w->mount, 0);
	w->begun = true;
	for (;;) {
		int n = poll(fds, VT_LEN(fds), w->n_young ? 1000 : -1);

		if ((n < 0 && errno != EINTR) || (n > 0 && fds[0].revents))
			return NULL;
		if (n > 0 && fds[1].revents)
			take_all(w);
		add_lasting(w);
		if (n > 0 && fds[2].revents && vt_triggers_take(w->triggers))
			w->wake(w->arg);
	}
}

static void finish(struct vt_watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->list[i].path);
	free(w->list);
	while (w->n_young)
		free(w->young[(w->first_young + --w->n_young) % MOST_YOUNG].path);
	vt_idmap_finish(&w->by_descriptor);
	vt_triggers_free(w->triggers);
	if (w->inotify >= 0)
		(void)close(w->inotify);
	if (w->stop >= 0)
		(void)close(w->stop);
	free(w);
}

struct vt_watch *vt_watch_new(const struct vt_host *host, void (*wake)(void *arg), void *arg)
{
	struct vt_cgroup_mounts mounts;
	struct vt_watch *w;
	sigset_t all, old;
	int r;

	if (!host->is_self)
		return NULL;
	vt_cgroup_find_mounts(host, &mounts);
	if (!mounts.v2[0])
		return NULL;
	w = vt_alloc(sizeof(*w));
	w->host = host;
	w->wake = wake;
	w->arg = arg;
	(void)snprintf(w->mount, sizeof(w->mount), "%s", mounts.v2);
	w->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	w->triggers = vt_triggers_new();
	w->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	/* Signals belong to the screen's thread. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	r = w->inotify < 0 || w->stop < 0 ? -1 : pthread_create(&w->thread, NULL, watch, w);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r == 0)
		return w;
	finish(w);
	return NULL;
}

void vt_watch_free(struct vt_watch *w)
{
	uint64_t one = 1;

	if (!w)
		return;
	(void)!write(w->stop, &one, sizeof(one));
	(void)pthread_join(w->thread, NULL);
	finish(w);
}
