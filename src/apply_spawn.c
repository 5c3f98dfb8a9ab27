/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unshare(2) and setns(2) in a child. Each call that can fail reports itself
 * through a pipe that exec closes, so that the parent can say which one it was;
 * the child then ends, and with it all that it made. After fork the child calls
 * only what is safe in the child of a threaded program.
 *
 *   foreground  virttop -> launcher [-> command]
 *   background  virttop -> session leader -> launcher [-> command], of which
 *               only the command stays, adopted by init
 *
 * The launcher unshares; where the command must be PID 1, or in a new time
 * namespace, it is a child of the launcher (pid_namespaces(7), time_namespaces(7)).
 */
#include "apply_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

enum stage {
	STAGE_PID, /* no failure: the code is the pid */
	STAGE_SESSION,
	STAGE_CGROUP,
	STAGE_UNSHARE,
	STAGE_SETNS,
	STAGE_MAP,
	STAGE_IDS,
	STAGE_FORK,
	STAGE_PRIVATE,
	STAGE_PROC,
	STAGE_HOSTNAME,
	STAGE_EXEC,
};

struct report {
	enum stage stage;
	int code, ns; /* ns: enum vt_ns_type, for STAGE_UNSHARE */
};

struct job {
	const struct vt_spawn *spawn;
	int procs, target, out;
	char uid_map[32], gid_map[32];
};

static void say(const struct job *job, enum stage stage, int code, int ns)
{
	struct report report = { stage, code, ns };

	(void)!write(job->out, &report, sizeof(report));
}

static _Noreturn void die(const struct job *job, enum stage stage, int ns)
{
	say(job, stage, errno, ns);
	_exit(127);
}

static void reset_signals(void)
{
	static const int numbers[] = { SIGINT,   SIGQUIT, SIGTERM, SIGHUP,  SIGPIPE,
				       SIGTSTP,  SIGTTIN, SIGTTOU, SIGCHLD, SIGCONT,
				       SIGWINCH, SIGUSR1, SIGUSR2, SIGALRM };
	sigset_t none;

	for (size_t i = 0; i < VT_LEN(numbers); i++)
		(void)signal(numbers[i], SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static int put_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;
	int code;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	code = errno;
	(void)close(fd);
	errno = code;
	return n < 0 ? -1 : 0;
}

/* user_namespaces(7): who has no privilege outside must give up setgroups first. */
static void map_root(const struct job *job)
{
	if (put_file("/proc/self/setgroups", "deny") < 0 && errno != ENOENT)
		die(job, STAGE_MAP, 0);
	if (put_file("/proc/self/uid_map", job->uid_map) < 0 ||
	    put_file("/proc/self/gid_map", job->gid_map) < 0)
		die(job, STAGE_MAP, 0);
}

/* One by one, the user namespace first since it gives the right to the others. */
static void unshare_all(const struct job *job)
{
	int flags = job->spawn->ns_flags;

	if (flags & CLONE_NEWUSER && unshare(CLONE_NEWUSER) < 0)
		die(job, STAGE_UNSHARE, VT_NS_USER);
	if (job->spawn->map_root)
		map_root(job);
	for (int t = 0; t < VT_NS_TYPES; t++)
		if (t != VT_NS_USER && flags & vt_ns_clone_flags[t] &&
		    unshare(vt_ns_clone_flags[t]) < 0)
			die(job, STAGE_UNSHARE, t);
}

/* Who enters a user namespace becomes its root, where it has one. */
static void enter_all(const struct job *job)
{
	if (job->spawn->ns_flags && setns(job->target, job->spawn->ns_flags) < 0)
		die(job, STAGE_SETNS, 0);
	if (!(job->spawn->ns_flags & CLONE_NEWUSER))
		return;
	(void)setgroups(0, NULL);
	if ((setgid(0) < 0 || setuid(0) < 0) && errno != EINVAL)
		die(job, STAGE_IDS, 0);
}

static _Noreturn void run_command(const struct job *job)
{
	const struct vt_spawn *s = job->spawn;

	if (job->target < 0 && s->ns_flags & CLONE_NEWNS &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		die(job, STAGE_PRIVATE, 0);
	if (s->mount_proc &&
	    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		die(job, STAGE_PROC, 0);
	if (s->hostname && sethostname(s->hostname, strlen(s->hostname)) < 0)
		die(job, STAGE_HOSTNAME, 0);
	/* execvp keeps its hands off the strings; its type is older than const. */
	(void)execvp(s->argv[0], (char *const *)(uintptr_t)s->argv);
	die(job, STAGE_EXEC, 0);
}

/* Ends as the command ended. */
static _Noreturn void wait_like(pid_t pid)
{
	int status = 0;

	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGQUIT, SIG_IGN);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status)) {
		(void)signal(WTERMSIG(status), SIG_DFL);
		(void)kill(getpid(), WTERMSIG(status));
	}
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128);
}

static _Noreturn void launch(const struct job *job)
{
	pid_t pid;

	reset_signals();
	say(job, STAGE_PID, getpid(), 0);
	/* Before the namespaces, so that a new cgroup namespace has its root there. */
	if (job->procs >= 0 && write(job->procs, "0", 1) < 0)
		die(job, STAGE_CGROUP, 0);
	if (job->target >= 0)
		enter_all(job);
	else
		unshare_all(job);
	if (!job->spawn->fork)
		run_command(job);
	pid = fork();
	if (pid < 0)
		die(job, STAGE_FORK, 0);
	if (pid == 0)
		run_command(job);
	say(job, STAGE_PID, pid, 0);
	(void)close(job->out);
	if (job->spawn->background)
		_exit(0);
	wait_like(pid);
}

static _Noreturn void launch_in_background(const struct job *job)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid_t pid;

	if (setsid() < 0 || null < 0)
		die(job, STAGE_SESSION, 0);
	for (int fd = 0; fd < 3; fd++)
		if (dup2(null, fd) < 0)
			die(job, STAGE_SESSION, 0);
	pid = fork();
	if (pid < 0)
		die(job, STAGE_FORK, 0);
	if (pid == 0)
		launch(job);
	_exit(0);
}

/* Until exec or death has closed the pipe. Returns the first failure, if any. */
static bool read_reports(int in, pid_t *pid, struct report *ret)
{
	struct report report;
	bool failed = false;

	for (;;) {
		ssize_t n = read(in, &report, sizeof(report));

		if (n < 0 && errno == EINTR)
			continue;
		if (n != sizeof(report))
			return failed;
		if (report.stage == STAGE_PID) {
			*pid = report.code;
		} else if (!failed) {
			*ret = report;
			failed = true;
		}
	}
}

static int explain_unshare(const struct report *report, bool user, struct vt_error *err)
{
	static const char *const words[VT_NS_TYPES] = { "mount", "PID",  "network", "UTS",
							"IPC",   "user", "cgroup",  "time" };
	const char *type = words[report->ns];

	if (report->code == ENOSPC || report->code == EUSERS)
		return vt_fail(
			err, report->code,
			"cannot unshare the %s namespace: the limit user.max_%s_namespaces is "
			"reached, or they are nested too deeply",
			type, vt_ns_names[report->ns]);
	if (report->code == EPERM && report->ns == VT_NS_USER)
		return vt_fail(err, EPERM,
			       "cannot unshare the user namespace: this system forbids it "
			       "to unprivileged users (kernel.unprivileged_userns_clone, "
			       "kernel.apparmor_restrict_unprivileged_userns, or a chroot)");
	if (report->code == EPERM)
		return vt_fail(err, EPERM,
			       "cannot unshare the %s namespace: that needs CAP_SYS_ADMIN%s", type,
			       user ? " in the user namespace"
				    : ": run virttop as root, or add "
				      "--user --map-root-user");
	if (report->code == EINVAL)
		return vt_fail(err, EINVAL, "cannot unshare the %s namespace: this kernel has none",
			       type);
	return vt_fail(err, report->code, "cannot unshare the %s namespace: %s", type,
		       vt_errno_text(report->code));
}

static int explain(const struct vt_spawn *s, const struct report *report, struct vt_error *err)
{
	const char *why = vt_errno_text(report->code);

	switch (report->stage) {
	case STAGE_UNSHARE:
		return explain_unshare(report, s->ns_flags & CLONE_NEWUSER, err);
	case STAGE_CGROUP:
		return vt_fail(err, report->code, "cannot start in the cgroup %s: %s", s->cgroup,
			       why);
	case STAGE_SETNS:
		return vt_fail(
			err, report->code, "cannot enter the namespaces of process %llu: %s%s",
			(unsigned long long)s->enter_target.a, why,
			report->code == EPERM ? ": that needs CAP_SYS_ADMIN there and here, run "
						"virttop as root"
					      : "");
	case STAGE_MAP:
		return vt_fail(err, report->code,
			       "cannot map you to root in the user namespace: %s", why);
	case STAGE_IDS:
		return vt_fail(err, report->code, "cannot become root of the user namespace: %s",
			       why);
	case STAGE_PRIVATE:
		return vt_fail(err, report->code, "cannot make the mounts private: %s", why);
	case STAGE_PROC:
		return vt_fail(err, report->code, "cannot mount /proc: %s%s", why,
			       report->code == EPERM
				       ? ": with a user namespace it needs a PID namespace "
					 "too, and a /proc that nothing covers"
				       : "");
	case STAGE_HOSTNAME:
		return vt_fail(err, report->code, "cannot set the hostname '%s': %s", s->hostname,
			       why);
	case STAGE_EXEC:
		return vt_fail(err, report->code, "cannot run %s: %s", s->argv[0], why);
	default:
		return vt_fail(err, report->code, "cannot start a process: %s", why);
	}
}

/* The terminal belongs to us again, also when a shell was killed that had taken it. */
static void take_terminal(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (tty < 0)
		return;
	(void)sigaction(SIGTTOU, &ignore, &before);
	if (tcgetpgrp(tty) != getpgrp())
		(void)tcsetpgrp(tty, getpgrp());
	(void)sigaction(SIGTTOU, &before, NULL);
	(void)close(tty);
}

static int wait_for(pid_t child)
{
	int status = 0;

	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static int start(struct job *job, int in, struct vt_spawned *ret, struct vt_error *err)
{
	const struct vt_spawn *s = job->spawn;
	struct report report = { 0 };
	pid_t child = fork();
	bool failed;

	if (child < 0)
		return vt_fail(err, errno, "cannot start a process: %s", vt_errno_text(errno));
	if (child == 0) {
		if (s->background)
			launch_in_background(job);
		launch(job);
	}
	(void)close(job->out);
	job->out = -1;
	failed = read_reports(in, &ret->pid, &report);
	ret->exit_status = wait_for(child);
	if (failed)
		return explain(s, &report, err);
	ret->pid_one = s->fork && s->ns_flags & CLONE_NEWPID && job->target < 0;
	return 0;
}

int vt_spawn_run(const struct vt_spawn *spawn, int procs, int target, struct vt_spawned *ret,
		 struct vt_error *err)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, on_int, on_quit;
	struct job job = { .spawn = spawn, .procs = procs, .target = target };
	vt_autoclose int in = -1;
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return vt_fail(err, errno, "cannot make a pipe: %s", vt_errno_text(errno));
	in = ends[0];
	job.out = ends[1];
	(void)snprintf(job.uid_map, sizeof(job.uid_map), "0 %u 1", geteuid());
	(void)snprintf(job.gid_map, sizeof(job.gid_map), "0 %u 1", getegid());
	/* Ctrl-C is for the command. */
	(void)sigaction(SIGINT, &ignore, &on_int);
	(void)sigaction(SIGQUIT, &ignore, &on_quit);
	r = start(&job, in, ret, err);
	if (!spawn->background)
		take_terminal();
	(void)sigaction(SIGINT, &on_int, NULL);
	(void)sigaction(SIGQUIT, &on_quit, NULL);
	vt_closep(&job.out);
	return r;
}
