/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps on cgroups and their processes. Part of apply: apply.c says what is checked. */
#include "apply_run.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include "action_explain.h"
#include "action_table.h"
#include "apply_kill.h"
#include "apply_libcgroup.h"
#include "limit_files.h"
#include "text.h"

static const char *name_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

uint64_t vt_run_made_id(const struct vt_run *run, size_t i, const char *path)
{
	for (size_t k = i; k > 0; k--)
		if (run->plan->steps[k - 1].op == VT_OP_MKDIR &&
		    strcmp(run->plan->steps[k - 1].path, path) == 0)
			return run->outcomes[k - 1].made_id;
	return 0;
}

/* The id that a step expects at path: what the preview saw, or what an earlier step made. */
static uint64_t expected_id(const struct vt_run *run, size_t i)
{
	const struct vt_step *step = &run->plan->steps[i];

	if (step->target.a)
		return step->target.a;
	return vt_run_made_id(run, i, step->path);
}

/* WRITE */

/* What the file is to say: what the preview saw, or what an earlier step has made of it. */
static const char *was_of(const struct vt_run *run, size_t i)
{
	return run->outcomes[i].was ? run->outcomes[i].was : run->plan->steps[i].was;
}

static int check_was(const struct vt_run *run, size_t i, const struct vt_cgroup_dir *d,
		     struct vt_error *err)
{
	const struct vt_step *step = &run->plan->steps[i];
	const char *was = was_of(run, i);
	vt_autofree char *now = vt_cgroup_value(d->fd, step->file);
	char is[128], said[128];

	if (!now && errno == ENOENT)
		return vt_explain_missing(d, step->file, err);
	if (!now || !was || vt_same_words(now, was))
		return 0;
	vt_limit_show(step->file, now, is, sizeof(is));
	vt_limit_show(step->file, was, said, sizeof(said));
	return vt_fail(err, ESTALE,
		       "%s of %s is now %s, the preview said %s: nothing was written; look again",
		       step->file, step->path, is, said);
}

/* An empty list, as of cpuset.cpus, is set by an empty line. */
static int write_file(int dir, const char *file, const char *value)
{
	vt_autoclose int fd = vt_host_openat(dir, file, O_WRONLY | O_TRUNC | O_NOCTTY);
	const char *text = *value ? value : "\n";

	if (fd < 0)
		return fd;
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

/*
 * libcgroup goes by path; that the path still led to the held directory is
 * looked at before and after. Core files, empty values, the root, and what
 * libcgroup knows only as v1 are written through the descriptor.
 */
static int write_value(const struct vt_run *run, const struct vt_cgroup_dir *d,
		       const struct vt_step *step)
{
	char controller[64];
	int r = 1;

	vt_controller_of(step->file, controller, sizeof(controller));
	if (*controller && *step->value && !vt_cgroup_is_root(step->path) &&
	    vt_libcgroup_has(vt_mount_of(&run->env), controller))
		r = vt_libcgroup_set(step->path, controller, step->file, step->value);
	return r > 0 ? write_file(d->fd, step->file, step->value) : r;
}

static int check_still(const struct vt_run *run, const struct vt_cgroup_dir *d,
		       struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir again = VT_NO_CGROUP;

	if (vt_cgroup_hold(&run->env, d->path, d->id, &again, NULL) == 0)
		return 0;
	return vt_fail(
		err, ESTALE,
		"%s was removed or replaced in the very moment of the change: look at what is "
		"there now",
		d->path);
}

static bool is_as_said(const struct vt_run *run, size_t k, const struct vt_cgroup_dir *d)
{
	const char *was = was_of(run, k);
	vt_autofree char *now = was ? vt_cgroup_value(d->fd, run->plan->steps[k].file) : NULL;

	return now && vt_same_words(now, was);
}

/* Before a write: what others have changed is left to its own step to refuse. */
static void look_ahead(struct vt_run *run, size_t i, const struct vt_cgroup_dir *d)
{
	for (size_t k = run->next_there[i]; k; k = run->next_there[k])
		run->as_said[k] = is_as_said(run, k, d);
}

/*
 * After it: a later step finds what this one has made of the same file, or of one that
 * hangs together with it, as cpu.weight does with cpu.idle.
 */
static void note_ahead(struct vt_run *run, size_t i, const struct vt_cgroup_dir *d)
{
	for (size_t k = run->next_there[i]; k; k = run->next_there[k]) {
		vt_autofree char *now = NULL;

		if (!run->as_said[k] || is_as_said(run, k, d))
			continue;
		now = vt_cgroup_value(d->fd, run->plan->steps[k].file);
		run->outcomes[k].was = vt_arena_intern(run->arena, now);
	}
}

/* The kernel takes the word for a partition that it cannot make, and says so in the file. */
static int refuse_invalid(const struct vt_cgroup_dir *d, const struct vt_step *step,
			  const char *was, const char *now, struct vt_error *err)
{
	(void)write_file(d->fd, step->file, was && !strchr(was, ' ') ? was : "member");
	return vt_fail(err, EINVAL, "%s cannot become a partition: the kernel says '%s'", d->path,
		       now);
}

int vt_run_write(struct vt_run *run, size_t i, struct vt_error *err)
{
	const struct vt_step *step = &run->plan->steps[i];
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	vt_autofree char *now = NULL;
	int r = vt_cgroup_hold(&run->env, step->path, expected_id(run, i), &d, err);

	if (r == 0)
		r = check_was(run, i, &d, err);
	if (r < 0 || (step->patience_ms && vt_apply_wait_empty(&d, step->patience_ms)))
		return r;
	look_ahead(run, i, &d);
	r = write_value(run, &d, step);
	if (r < 0)
		return vt_explain_write(&d, step->file, step->value, -r, err);
	now = vt_cgroup_value(d.fd, step->file);
	if (now && strcmp(step->file, "cpuset.cpus.partition") == 0 && strstr(now, "invalid"))
		return refuse_invalid(&d, step, was_of(run, i), now, err);
	run->outcomes[i].now = vt_arena_intern(run->arena, now);
	note_ahead(run, i, &d);
	return check_still(run, &d, err);
}

/* MKDIR, RMDIR: through the parent's descriptor; see apply_libcgroup.c for why. */

static int hold_parent(const struct vt_run *run, const struct vt_step *step, uint64_t id,
		       struct vt_cgroup_dir *ret, struct vt_error *err)
{
	return vt_cgroup_hold(&run->env, vt_cgroup_parent(run->arena, step->path), id, ret, err);
}

int vt_run_mkdir(struct vt_run *run, size_t i, struct vt_error *err)
{
	const struct vt_step *step = &run->plan->steps[i];
	vt_autocgroup struct vt_cgroup_dir parent = VT_NO_CGROUP;
	vt_autoclose int made = -1;
	int r = hold_parent(run, step, step->dir_id, &parent, err);

	if (r < 0)
		return r;
	if (mkdirat(parent.fd, name_of(step->path), 0755) < 0)
		return vt_explain_dir(step->path, "make", errno, err);
	made = vt_host_openat(parent.fd, name_of(step->path), O_RDONLY | O_DIRECTORY);
	run->outcomes[i].made_id = made < 0 ? 0 : vt_cgroup_id(made);
	return 0;
}

/* What a step before has killed takes a moment to end. */
static size_t count_after_signals(const struct vt_run *run, size_t i, int cgroup)
{
	const struct timespec moment = { .tv_nsec = 10000000 };
	bool signalled = false;
	size_t n = vt_cgroup_count(cgroup);

	for (size_t k = 0; k < i; k++)
		signalled |= run->plan->steps[k].op == VT_OP_SIGNAL;
	for (int tries = 0; n && signalled && tries < 200; tries++) {
		(void)nanosleep(&moment, NULL);
		n = vt_cgroup_count(cgroup);
	}
	return n;
}

int vt_run_rmdir(struct vt_run *run, size_t i, struct vt_error *err)
{
	const struct vt_step *step = &run->plan->steps[i];
	vt_autocgroup struct vt_cgroup_dir parent = VT_NO_CGROUP, d = VT_NO_CGROUP;
	vt_autofree char *settings = NULL;
	size_t n;
	int r = vt_cgroup_hold(&run->env, step->path, expected_id(run, i), &d, err);

	if (r == 0)
		r = hold_parent(run, step, 0, &parent, err);
	if (r < 0)
		return r;
	settings = vt_limit_settings(d.fd);
	n = count_after_signals(run, i, d.fd);
	if (n)
		return vt_fail(err, EBUSY, "cannot remove %s: it has %zu process%s now", step->path,
			       n, n == 1 ? "" : "es");
	if (unlinkat(parent.fd, name_of(step->path), AT_REMOVEDIR) < 0)
		return vt_explain_dir(step->path, "remove", errno, err);
	run->outcomes[i].was = vt_arena_intern(run->arena, settings);
	return 0;
}

/* MOVE, SIGNAL: the pidfd is taken before the check, so that it is of what was checked. */

int vt_run_hold_process(const struct vt_run *run, struct vt_id id, struct vt_process_now *now,
			struct vt_error *err)
{
	vt_autoclose int fd = vt_host_pidfd(run->env.host, id.a);
	int r = vt_process_check(run->env.host, id, now, err);

	if (r < 0)
		return r;
	if (fd < 0)
		return vt_fail(err, -fd, "cannot hold process %" PRIu64 ": %s", id.a,
			       vt_errno_text(-fd));
	return vt_take_fd(&fd);
}

static int send_signal(int pidfd, int number)
{
	return syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0) < 0 ? -errno : 0;
}

/* By libcgroup where the cgroup has a controller that libcgroup knows as v2. */
static int attach(const struct vt_run *run, const struct vt_cgroup_dir *d, uint64_t pid)
{
	vt_autofree char *here = vt_cgroup_value(d->fd, "cgroup.controllers");
	char text[24], *save = NULL;
	int r = 1;

	for (char *w = here && !vt_cgroup_is_root(d->path) ? strtok_r(here, " ", &save) : NULL;
	     w && r > 0; w = strtok_r(NULL, " ", &save))
		if (vt_libcgroup_has(vt_mount_of(&run->env), w))
			r = vt_libcgroup_attach(d->path, w, (pid_t)pid);
	(void)snprintf(text, sizeof(text), "%" PRIu64, pid);
	return r > 0 ? write_file(d->fd, "cgroup.procs", text) : r;
}

static int check_from(const struct vt_step *step, const struct vt_process_now *now,
		      struct vt_error *err)
{
	if (!step->was || strcmp(step->was, now->cgroup) == 0)
		return 0;
	return vt_fail(err, ESTALE,
		       "process %" PRIu64
		       " is now in %s, the preview said %s: it was not moved; look "
		       "again",
		       now->pid, *now->cgroup ? now->cgroup : "a cgroup out of sight", step->was);
}

int vt_run_move(struct vt_run *run, size_t i, struct vt_error *err)
{
	const struct vt_step *step = &run->plan->steps[i];
	vt_autocgroup struct vt_cgroup_dir to = VT_NO_CGROUP;
	vt_autoclose int held = -1;
	struct vt_process_now now;
	int r = vt_cgroup_hold(&run->env, step->path, step->dir_id, &to, err);

	if (r < 0)
		return r;
	held = vt_run_hold_process(run, step->target, &now, err);
	if (held == -ESTALE && step->may_end)
		return 0;
	if (held < 0)
		return held;
	r = check_from(step, &now, err);
	if (r < 0)
		return r;
	r = attach(run, &to, step->target.a);
	if (r == -ESRCH && step->may_end)
		return 0;
	if (r < 0)
		return vt_explain_move(&to, step->target.a, -r, err);
	/* Not reaped yet, so the pid was still its own when it was written. */
	if (send_signal(held, 0) == -ESRCH)
		return step->may_end
			       ? 0
			       : vt_fail(err, ESTALE, "process %" PRIu64 " ended in that moment",
					 step->target.a);
	return check_still(run, &to, err);
}

static int run_signal_below(const struct vt_run *run, const struct vt_step *step,
			    struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	int r = vt_cgroup_hold(&run->env, step->path, step->target.a, &d, err);

	return r < 0 ? r : vt_apply_signal_below(&d, (int)strtol(step->value, NULL, 10), err);
}

static int run_one_signal(const struct vt_run *run, const struct vt_step *step,
			  struct vt_error *err)
{
	struct vt_process_now now;
	vt_autoclose int held = vt_run_hold_process(run, step->target, &now, err);
	int r;

	if ((held == -ESTALE || held == -ESRCH) && step->may_end)
		return 0;
	if (held < 0)
		return held;
	r = send_signal(held, (int)strtol(step->value, NULL, 10));
	if (r == -ESRCH && step->may_end)
		return 0;
	if (r == -ESRCH)
		return vt_fail(err, ESTALE, "process %" PRIu64 " has ended", step->target.a);
	if (r < 0)
		return vt_fail(err, -r, "cannot send a signal to process %" PRIu64 " (%s): %s",
			       step->target.a, now.comm,
			       r == -EPERM ? "it is not yours, run virttop as root"
					   : vt_errno_text(-r));
	return 0;
}

int vt_run_signal(struct vt_run *run, size_t i, struct vt_error *err)
{
	const struct vt_step *step = &run->plan->steps[i];

	return step->target.kind == VT_KIND_CGROUP ? run_signal_below(run, step, err)
						   : run_one_signal(run, step, err);
}
