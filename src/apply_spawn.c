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
 *   pane        virttop -> launcher, which leads the session of the pane's
 *               terminal [-> command]
 *
 * The launcher unshares; where the command must be PID 1, or in a new time
 * namespace, it is a child of the launcher (pid_namespaces(7), time_namespaces(7)).
 */
#include "apply_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply_setup.h"
#include "busybox.h"

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

/* What is kept stays when we end: whoever reports that the command failed lets it go. */
static int keep(const struct vt_job *job, const struct vt_helper *helper)
{
	int code = vt_helper_keep(helper);

	if (!code)
		vt_job_say(job, VT_STAGE_KEPT, 0, 0);
	return code;
}

/* The command waits until its namespaces are kept, so that a failure leaves nothing. */
static void keep_then_go(const struct vt_job *job, const struct vt_helper *helper, pid_t pid,
			 int go)
{
	int code = keep(job, helper);

	if (code) {
		(void)kill(pid, SIGKILL);
		errno = code;
		vt_job_die(job, VT_STAGE_KEEP, 0);
	}
	(void)!write(go, "g", 1);
}

static _Noreturn void launch_child(const struct vt_job *job, const struct vt_helper *helper)
{
	bool keep = job->spawn->keep_at;
	int go[2] = { -1, -1 };
	char byte;
	pid_t pid;

	if (keep && pipe2(go, O_CLOEXEC) < 0)
		vt_job_die(job, VT_STAGE_FORK, 0);
	pid = vt_fork_raw();
	if (pid < 0)
		vt_job_die(job, VT_STAGE_FORK, 0);
	if (pid == 0) {
		(void)close(go[1]);
		if (keep && read(go[0], &byte, 1) != 1)
			_exit(127);
		/* A PID 1 takes no hangup: it is to go with its terminal. */
		if (job->spawn->pane)
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		vt_setup_run(job);
	}
	vt_job_say(job, VT_STAGE_PID, pid, 0);
	if (keep)
		keep_then_go(job, helper, pid, go[1]);
	(void)close(job->out);
	(void)close(helper->ask);
	if (job->spawn->background)
		_exit(0);
	/* It only waits: what virttop has open, it must not keep open. */
	(void)syscall(SYS_close_range, 3U, ~0U, 0U);
	wait_like(pid);
}

static _Noreturn void launch(const struct vt_job *job)
{
	struct vt_helper helper;

	reset_signals();
	vt_job_say(job, VT_STAGE_PID, getpid(), 0);
	/* Its cgroup it has already, so that a new cgroup namespace has its root there. */
	vt_helper_start(job, &helper);
	if (job->spawn->entering)
		vt_setup_enter(job);
	else
		vt_setup_unshare(job, &helper);
	if (job->spawn->fork)
		launch_child(job, &helper);
	errno = job->spawn->keep_at ? keep(job, &helper) : 0;
	if (errno)
		vt_job_die(job, VT_STAGE_KEEP, 0);
	vt_setup_run(job);
}

static _Noreturn void launch_in_background(const struct vt_job *job)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid_t pid;

	if (setsid() < 0 || null < 0)
		vt_job_die(job, VT_STAGE_SESSION, 0);
	for (int fd = 0; fd < 3; fd++)
		if (dup2(null, fd) < 0)
			vt_job_die(job, VT_STAGE_SESSION, 0);
	pid = vt_fork_into(job);
	if (pid < 0)
		vt_job_die(job, job->cgroup < 0 ? VT_STAGE_FORK : VT_STAGE_CGROUP, 0);
	if (pid == 0)
		launch(job);
	_exit(0);
}

static _Noreturn void launch_in_pane(const struct vt_job *job)
{
	int tty = job->spawn->tty;

	if (setsid() < 0)
		vt_job_die(job, VT_STAGE_SESSION, 0);
	if (ioctl(tty, TIOCSCTTY, 0) < 0)
		vt_job_die(job, VT_STAGE_TERMINAL, 0);
	for (int fd = 0; fd < 3; fd++)
		if (dup2(tty, fd) < 0)
			vt_job_die(job, VT_STAGE_TERMINAL, 0);
	launch(job);
}

/* Until exec or death has closed the pipe. Returns the first failure, if any. */
static bool read_reports(int in, pid_t *pid, bool *kept, struct vt_report *ret)
{
	struct vt_report report;
	bool failed = false;

	for (;;) {
		ssize_t n = read(in, &report, sizeof(report));

		if (n < 0 && errno == EINTR)
			continue;
		if (n != sizeof(report))
			return failed;
		if (report.stage == VT_STAGE_PID) {
			*pid = report.code;
		} else if (report.stage == VT_STAGE_KEPT) {
			*kept = true;
		} else if (!failed) {
			*ret = report;
			failed = true;
		}
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

static int start(struct vt_job *job, int in, struct vt_spawned *ret, struct vt_error *err)
{
	const struct vt_spawn *s = job->spawn;
	struct vt_report report = { 0 };
	pid_t child = s->background || job->cgroup < 0 ? fork() : vt_fork_into(job);
	bool failed, kept = false;

	if (child < 0) {
		report = (struct vt_report){ VT_STAGE_CGROUP, errno, 0 };
		return s->background || job->cgroup < 0
			       ? vt_fail(err, errno, "cannot start a process: %s",
					 vt_errno_text(errno))
			       : vt_spawn_explain(job->host, s, &report, err);
	}
	if (child == 0) {
		if (s->background)
			launch_in_background(job);
		if (s->pane)
			launch_in_pane(job);
		launch(job);
	}
	(void)close(job->out);
	job->out = -1;
	failed = read_reports(in, &ret->pid, &kept, &report);
	if (!s->pane || failed || !ret->pid)
		ret->exit_status = wait_for(child);
	else
		ret->child = child;
	/* Not where keeping failed itself: then the directory may be another's. */
	if (failed && kept)
		vt_keep_drop(s->keep_at, s->ns_flags);
	if (failed)
		return vt_spawn_explain(job->host, s, &report, err);
	/* Its pid is the first that it says: something ended it before. */
	if (!ret->pid)
		return vt_fail(err, ECHILD,
			       "the process that was to run %s was ended before it could begin",
			       s->argv[0]);
	ret->pid_one = s->fork && s->ns_flags & CLONE_NEWPID && !s->entering;
	return 0;
}

/* The words belong to the process's own environment: only the array is to be freed. */
static char **environment_of_pane(void)
{
	static char term[] = "TERM=xterm-256color";
	static const char *const theirs[] = { "TERM=",      "COLUMNS=",     "LINES=",
					      "COLORTERM=", "TERM_PROGRAM", "TMUX",
					      "STY=",       "WINDOWID=",    "VTE_VERSION=" };
	char **all = NULL;
	size_t n = 0, cap = 0;

	for (char **at = environ; at && *at; at++) {
		bool keep = true;

		for (size_t i = 0; i < VT_LEN(theirs); i++)
			keep = keep && strncmp(*at, theirs[i], strlen(theirs[i])) != 0;
		if (!keep)
			continue;
		VT_GROW(all, n, cap);
		all[n++] = *at;
	}
	all = vt_realloc_array(all, n + 2, sizeof(*all));
	all[n] = term;
	all[n + 1] = NULL;
	return all;
}

/* "0 1000 1\n1 100000 65536\n" as words; they live in *copy. */
static char **split(const char *lines, char **copy)
{
	char **words = NULL, *save = NULL;
	size_t n = 0, cap = 0;

	*copy = NULL;
	if (!lines)
		return NULL;
	*copy = vt_strdup(lines);
	for (char *w = strtok_r(*copy, " \n", &save); w; w = strtok_r(NULL, " \n", &save)) {
		VT_GROW(words, n, cap);
		words[n++] = w;
	}
	VT_GROW(words, n, cap);
	words[n] = NULL;
	return words;
}

/* The file of each namespace, and that it is still the one that was previewed. */
static int open_files(struct vt_job *job, struct vt_error *err)
{
	const struct vt_spawn *s = job->spawn;

	for (int t = 0; t < VT_NS_TYPES; t++) {
		struct stat st;

		if (!s->ns_files[t])
			continue;
		job->ns[t] = open(s->ns_files[t], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (job->ns[t] < 0)
			return vt_fail(err, errno == ENOENT ? ESTALE : errno, "cannot open %s: %s",
				       s->ns_files[t], vt_errno_text(errno));
		if (fstat(job->ns[t], &st) < 0 || (s->ns_ids[t] && st.st_ino != s->ns_ids[t]))
			return vt_fail(err, ESTALE,
				       "%s is another namespace now: nothing was entered",
				       s->ns_files[t]);
	}
	return 0;
}

/* The process may be gone by now: what its pid leads to is taken only while it lives. */
static int open_root(struct vt_job *job, struct vt_error *err)
{
	char path[48];

	if (!job->spawn->target_root)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/%llu/root",
		       (unsigned long long)job->spawn->enter_target.a);
	job->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (job->root < 0)
		return vt_fail(err, errno, "cannot open the root directory of process %llu: %s",
			       (unsigned long long)job->spawn->enter_target.a,
			       vt_errno_text(errno));
	if (syscall(SYS_pidfd_send_signal, job->target, 0, NULL, 0) < 0 && errno == ESRCH)
		return vt_fail(err, ESTALE, "process %llu has ended: nothing was entered",
			       (unsigned long long)job->spawn->enter_target.a);
	return 0;
}

static int open_all(struct vt_job *job, struct vt_error *err)
{
	int r = open_files(job, err);

	if (r == 0)
		r = open_root(job, err);
	if (r == 0 && job->spawn->busybox) {
		job->busybox = vt_busybox_open(NULL);
		if (job->busybox < 0)
			r = vt_fail(err, ENOENT, "this host has no static busybox any more");
	}
	return r;
}

static void close_all(struct vt_job *job)
{
	for (int t = 0; t < VT_NS_TYPES; t++)
		vt_closep(&job->ns[t]);
	vt_closep(&job->root);
	vt_closep(&job->busybox);
	vt_closep(&job->out);
}

/* time_namespaces(7): "monotonic SECONDS NANOSECONDS", a line a clock. */
static void put_offsets(struct vt_job *job)
{
	const struct vt_spawn *s = job->spawn;

	(void)snprintf(job->offsets, sizeof(job->offsets), "%s%.12s%s%s%.12s%s",
		       s->monotonic ? "monotonic " : "", s->monotonic ? s->monotonic : "",
		       s->monotonic ? " 0\n" : "", s->boottime ? "boottime " : "",
		       s->boottime ? s->boottime : "", s->boottime ? " 0\n" : "");
}

/* Ctrl-C is for the command. */
static int start_deaf(struct vt_job *job, int in, struct vt_spawned *ret, struct vt_error *err)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, on_int, on_quit;
	int r;

	(void)sigaction(SIGINT, &ignore, &on_int);
	(void)sigaction(SIGQUIT, &ignore, &on_quit);
	r = start(job, in, ret, err);
	if (!job->spawn->background && !job->spawn->pane)
		take_terminal();
	(void)sigaction(SIGINT, &on_int, NULL);
	(void)sigaction(SIGQUIT, &on_quit, NULL);
	return r;
}

static const char **with_busybox(const struct vt_spawn *spawn)
{
	const char **argv = NULL;
	size_t n = 0, cap = 0;

	VT_GROW(argv, n, cap);
	argv[n++] = "busybox";
	for (size_t i = 0; spawn->argv[i]; i++) {
		VT_GROW(argv, n, cap);
		argv[n++] = spawn->argv[i];
	}
	VT_GROW(argv, n, cap);
	argv[n] = NULL;
	return argv;
}

int vt_spawn_run(const struct vt_host *host, const struct vt_spawn *spawn, int cgroup, int target,
		 struct vt_spawned *ret, struct vt_error *err)
{
	vt_autofree char *uid_copy = NULL, *gid_copy = NULL;
	vt_autofree char **uid_words = split(spawn->uid_lines, &uid_copy);
	vt_autofree char **gid_words = split(spawn->gid_lines, &gid_copy);
	vt_autofree const char **argv = with_busybox(spawn);
	vt_autofree char **pane_environment = spawn->pane ? environment_of_pane() : NULL;
	struct vt_job job = {
		.host = host,
		.spawn = spawn,
		.cgroup = cgroup,
		.target = target,
		.out = -1,
		.root = -1,
		.busybox = -1,
		.uid_words = uid_words,
		.gid_words = gid_words,
		.environment = spawn->pane ? pane_environment : environ,
		.argv = spawn->busybox ? argv : spawn->argv,
	};
	vt_autoclose int in = -1;
	int ends[2], r;

	for (int t = 0; t < VT_NS_TYPES; t++)
		job.ns[t] = -1;
	put_offsets(&job);
	r = open_all(&job, err);
	if (r == 0 && pipe2(ends, O_CLOEXEC) < 0)
		r = vt_fail(err, errno, "cannot make a pipe: %s", vt_errno_text(errno));
	if (r == 0) {
		in = ends[0];
		job.out = ends[1];
		r = start_deaf(&job, in, ret, err);
	}
	close_all(&job);
	return r;
}
