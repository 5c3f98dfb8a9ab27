/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cgroup's processes are asked to end one by one: cgroup.kill knows SIGKILL
 * only. Each is held by pidfd and looked at again, so that a pid that was used
 * anew in between is not hit.
 */
#include "apply_kill.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#include "action_table.h"

enum {
	DEPTH_LIMIT = 64,
	LOOK_MS = 20,
};

struct round {
	const struct vt_cgroup_dir *top;
	int number;
	size_t sent;
};

/* Still in the cgroup when the descriptor is of it already: then it is the one that was meant. */
static int signal_one(struct round *r, uint64_t pid, struct vt_error *err)
{
	vt_autoclose int fd = vt_host_pidfd(r->top->host, pid);
	struct vt_process_now now;

	if (fd < 0 || vt_process_look(r->top->host, pid, &now, NULL) < 0 ||
	    !vt_path_is_below(now.cgroup, r->top->path))
		return 0;
	if (syscall(SYS_pidfd_send_signal, fd, r->number, NULL, 0) == 0) {
		r->sent++;
		return 0;
	}
	return errno == ESRCH
		       ? 0
		       : vt_fail(err, errno,
				 "cannot send a signal to process %" PRIu64 " (%s) in %s: %s", pid,
				 now.comm, now.cgroup,
				 errno == EPERM ? "it is not yours, run virttop as root"
						: vt_errno_text(errno));
}

/*
 * What is threaded below the top has its processes in the list of the cgroup where its
 * threaded subtree begins, which is not above the top unless that is threaded itself.
 */
static int explain_unlisted(const struct round *r, int depth, int code, struct vt_error *err)
{
	if (code == ENOENT || code == ENODEV || (code == EOPNOTSUPP && depth))
		return 0;
	return vt_fail(err, code, "cannot read which processes are in %s%s: %s", r->top->path,
		       depth ? " and below" : "",
		       code == EOPNOTSUPP ? "it is threaded" : vt_errno_text(code));
}

static int signal_here(struct round *r, int dir, int depth, struct vt_error *err)
{
	vt_autofree char *pids = vt_cgroup_value(dir, "cgroup.procs");
	char *save = NULL;
	int result = pids ? 0 : explain_unlisted(r, depth, errno, err);

	for (char *p = pids ? strtok_r(pids, "\n", &save) : NULL; p && result == 0;
	     p = strtok_r(NULL, "\n", &save)) {
		uint64_t pid = strtoull(p, NULL, 10);

		if (pid)
			result = signal_one(r, pid, err);
	}
	return result;
}

/* Takes dir. A cgroup that goes away meanwhile has no processes. */
static int signal_below(struct round *r, int dir, int depth, struct vt_error *err)
{
	vt_autoclosedir DIR *d = dir < 0 ? NULL : fdopendir(dir);
	const struct dirent *e;
	int result = 0;

	if (!d || depth > DEPTH_LIMIT) {
		if (!d && dir >= 0)
			(void)close(dir);
		return 0;
	}
	result = signal_here(r, dir, depth, err);
	while (result == 0 && (e = readdir(d)))
		if (e->d_type == DT_DIR && strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0)
			result = signal_below(
				r, vt_host_openat(dir, e->d_name, O_RDONLY | O_DIRECTORY),
				depth + 1, err);
	return result;
}

int vt_apply_signal_below(const struct vt_cgroup_dir *d, int number, struct vt_error *err)
{
	struct round r = { d, number, 0 };

	return signal_below(&r, openat(d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0, err);
}

static bool is_empty(const struct vt_cgroup_dir *d)
{
	vt_autofree char *events = vt_cgroup_value(d->fd, "cgroup.events");

	return !events || strstr(events, "populated 0");
}

bool vt_apply_wait_empty(const struct vt_cgroup_dir *d, unsigned patience_ms)
{
	const struct timespec pause = { 0, LOOK_MS * 1000000L };

	for (unsigned waited = 0; waited < patience_ms; waited += LOOK_MS) {
		if (is_empty(d))
			return true;
		(void)nanosleep(&pause, NULL);
	}
	return is_empty(d);
}
