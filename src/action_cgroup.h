/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_ACTION_CGROUP_H
#define VT_ACTION_CGROUP_H

#include "action.h"

/*
 * How actions and apply look at cgroups and processes as they are now: below
 * host->root and the snapshot's cgroup v2 mount, not through the snapshot,
 * which may be seconds old.
 */

/* "/a/b" from what was typed ("/a/b/", "/sys/fs/cgroup/a/b"). EINVAL: not a path. */
int vt_cgroup_path(const struct vt_snapshot *s, const char *typed, struct vt_arena *arena,
		   const char **ret_path, struct vt_error *err);

/* The directory's descriptor, or -errno with a reason. */
int vt_cgroup_open(const struct vt_host *host, const struct vt_snapshot *s, const char *path,
		   struct vt_error *err);

/* A cgroup held by its directory. fd is closed by vt_cgroup_close. */
struct vt_cgroup_dir {
	const struct vt_host *host;
	const struct vt_snapshot *snapshot;
	const char *path;
	uint64_t id;
	int fd;
};

/* Opens and checks identity: id 0 takes what is at path; otherwise ESTALE for another. */
int vt_cgroup_hold(const struct vt_action_env *env, const char *path, uint64_t id,
		   struct vt_cgroup_dir *ret, struct vt_error *err);

static inline void vt_cgroup_close(const struct vt_cgroup_dir *d)
{
	if (d->fd >= 0)
		(void)close(d->fd);
}
#define vt_autocgroup vt_cleanup(vt_cgroup_close)
#define VT_NO_CGROUP                                                                               \
	{                                                                                          \
		.fd = -1                                                                           \
	}

uint64_t vt_cgroup_id(int dir);

/* The file's text without blanks at its ends; free() it. NULL: cannot be read (errno). */
char *vt_cgroup_value(int dir, const char *file);

/* Blanks and newlines in a row become one blank; none at the ends. */
void vt_one_line(char *text);
bool vt_same_words(const char *a, const char *b);
bool vt_has_word(const char *words, const char *word);

/* "/a/b" -> "/a", "/a" -> "/" */
const char *vt_cgroup_parent(struct vt_arena *arena, const char *path);
bool vt_cgroup_is_root(const char *path);

/* How many processes the file cgroup.procs names; 0 where it cannot be read. */
size_t vt_cgroup_count(int dir);

/* "memory.max" -> "memory"; "" for core files. */
void vt_controller_of(const char *file, char *out, size_t size);

/* /proc/PID/stat and /proc/PID/cgroup as they are now. */
struct vt_process_now {
	uint64_t pid, start_ticks, ppid;
	char state;
	bool kernel_thread;
	char comm[64];
	char cgroup[4096]; /* "" where it cannot be seen from here */
};

/* -ESRCH where there is no such process. */
int vt_process_look(const struct vt_host *host, uint64_t pid, struct vt_process_now *ret,
		    struct vt_error *err);

/* The same with identity: ESTALE where the pid is now another process. */
int vt_process_check(const struct vt_host *host, struct vt_id id, struct vt_process_now *ret,
		     struct vt_error *err);

/* "4242" or "4242@START_TICKS" */
int vt_process_parse(const struct vt_host *host, const char *text, struct vt_id *ret,
		     struct vt_error *err);

#endif
