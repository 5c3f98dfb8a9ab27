/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the launcher's start and the command: namespaces, id maps, clocks,
 * root directory, mounts. Whatever fails is reported and ends the launcher, and
 * with it goes all that was made. Order as in unshare(1): the user namespace
 * first, since it gives the right to the others.
 */
#include "apply_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void vt_job_say(const struct vt_job *job, enum vt_stage stage, int code, int ns)
{
	struct vt_report report = { stage, code, ns };

	(void)!write(job->out, &report, sizeof(report));
}

_Noreturn void vt_job_die(const struct vt_job *job, enum vt_stage stage, int ns)
{
	vt_job_say(job, stage, errno, ns);
	_exit(127);
}

/*
 * Linux kills what is born into a cgroup that was ever killed by cgroup.kill, up to
 * 6.18 at least (its kill_seq is compared with that of the parent's cgroup): so the
 * child says that it lives. -1 with ENOSYS: it does not, or the call is not there.
 */
static pid_t fork_into(int cgroup)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD,
				   .cgroup = (unsigned)cgroup };
	int born[2], code;
	char byte;
	pid_t pid;

	if (pipe2(born, O_CLOEXEC) < 0)
		return -1;
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0) {
		(void)!write(born[1], "b", 1);
		(void)close(born[0]);
		(void)close(born[1]);
		return 0;
	}
	code = errno == E2BIG || errno == EINVAL ? ENOSYS : errno;
	(void)close(born[1]);
	if (pid > 0 && TEMP_FAILURE_RETRY(read(born[0], &byte, 1)) != 1) {
		(void)waitpid(pid, NULL, 0);
		pid = -1;
		code = ENOSYS;
	}
	(void)close(born[0]);
	errno = code;
	return pid;
}

pid_t vt_fork_raw(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
}

/*
 * Born in the cgroup, a process has its limits from the first instruction. Where
 * the kernel (before 5.7) or a filter does not know that, it moves itself.
 */
pid_t vt_fork_into(const struct vt_job *job)
{
	pid_t pid;

	if (job->cgroup < 0)
		return vt_fork_raw();
	pid = fork_into(job->cgroup);
	if (pid >= 0 || errno != ENOSYS)
		return pid;
	pid = vt_fork_raw();
	if (pid == 0) {
		int procs = openat(job->cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);

		if (procs < 0 || write(procs, "0", 1) < 0)
			vt_job_die(job, VT_STAGE_CGROUP, 0);
		(void)close(procs);
	}
	return pid;
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

/* The helper. */

static int run_map_program(const char *name, char *const *words, char *pid)
{
	char *argv[1024];
	size_t n = 2;
	int status = 0;
	pid_t child = vt_fork_raw();

	if (child < 0)
		return errno;
	if (child == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		argv[0] = (char *)(uintptr_t)name;
		argv[1] = pid;
		for (; words[n - 2] && n < VT_LEN(argv) - 1; n++)
			argv[n] = words[n - 2];
		argv[n] = NULL;
		(void)dup2(null, 2);
		(void)execvp(name, argv);
		_exit(127);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0 ? 0 : EPERM;
}

static int write_map(const char *pid, const char *file, const char *lines, const char *program,
		     char *const *words)
{
	char path[64];

	if (!lines)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/%s/%s", pid, file);
	if (put_file(path, lines) == 0)
		return 0;
	if (errno != EPERM || !words)
		return errno;
	(void)snprintf(path, sizeof(path), "%s", pid);
	/* Where that is not allowed either, EPERM is the answer to the first try. */
	return run_map_program(program, words, path);
}

static int bind_one(const char *dir, pid_t launcher, int type)
{
	/* New ones of these two are for children: pid_namespaces(7), time_namespaces(7). */
	const char *suffix = type == VT_NS_PID || type == VT_NS_TIME ? "_for_children" : "";
	char from[64], to[256];
	int fd;

	(void)snprintf(from, sizeof(from), "/proc/%d/ns/%s%s", launcher, vt_ns_names[type], suffix);
	(void)snprintf(to, sizeof(to), "%s/%s", dir, vt_ns_names[type]);
	fd = open(to, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd < 0)
		return errno;
	(void)close(fd);
	return mount(from, to, NULL, MS_BIND, NULL) < 0 ? errno : 0;
}

static int flag_of(const char *name)
{
	for (int t = 0; t < VT_NS_TYPES; t++)
		if (strcmp(name, vt_ns_names[t]) == 0)
			return vt_ns_clone_flags[t];
	return 0;
}

/* Whatever else has the inode's number is on another file system. */
static enum vt_kept look_at(const char *dir, const char *name, uint64_t inode)
{
	enum vt_kept kept = VT_KEPT_OTHER;
	struct statfs fs;
	struct stat st;
	char path[256];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? VT_KEPT_GONE : VT_KEPT_OTHER;
	if (fstat(fd, &st) == 0 && st.st_ino == inode && fstatfs(fd, &fs) == 0 &&
	    fs.f_type == NSFS_MAGIC)
		kept = VT_KEPT;
	(void)close(fd);
	return kept;
}

enum vt_kept vt_keep_look(const char *dir, const char *names, int *ret_flags)
{
	vt_autofree char *words = vt_strdup(names ? names : "");
	enum vt_kept worst = VT_KEPT;
	char *save = NULL;

	*ret_flags = 0;
	for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		char *colon = strchr(w, ':');
		enum vt_kept kept = VT_KEPT_GONE;

		if (colon)
			*colon = '\0';
		if (colon && flag_of(w))
			kept = look_at(dir, w, strtoull(colon + 1, NULL, 10));
		if (kept == VT_KEPT)
			*ret_flags |= flag_of(w);
		if (kept > worst)
			worst = kept;
	}
	return worst;
}

void vt_keep_drop(const char *path, int flags)
{
	char one[256];

	for (int t = 0; t < VT_NS_TYPES; t++) {
		if (!(flags & vt_ns_clone_flags[t]))
			continue;
		(void)snprintf(one, sizeof(one), "%s/%s", path, vt_ns_names[t]);
		if (umount2(one, MNT_DETACH | UMOUNT_NOFOLLOW) == 0 || errno == EINVAL)
			(void)unlink(one);
	}
	(void)umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW);
	(void)rmdir(path);
}

/*
 * A mount namespace can only be bound on a mount that is private, else it would
 * have to hold itself: the directory becomes one. mount_namespaces(7).
 */
static int keep(const char *dir, pid_t launcher, int flags)
{
	char parent[256];
	int code = 0;

	(void)snprintf(parent, sizeof(parent), "%s", dir);
	*strrchr(parent, '/') = '\0';
	(void)mkdir(parent, 0755);
	if (mkdir(dir, 0700) < 0)
		return errno;
	if (mount(dir, dir, NULL, MS_BIND, NULL) < 0 ||
	    mount(NULL, dir, NULL, MS_PRIVATE, NULL) < 0)
		code = errno;
	for (int t = 0; t < VT_NS_TYPES && !code; t++)
		if (flags & vt_ns_clone_flags[t])
			code = bind_one(dir, launcher, t);
	if (code)
		vt_keep_drop(dir, flags);
	return code;
}

static int serve(const struct vt_job *job, char what, pid_t launcher)
{
	const struct vt_spawn *s = job->spawn;
	char pid[16];
	int code;

	if (what == 'k')
		return keep(s->keep_at, launcher, s->ns_flags);
	(void)snprintf(pid, sizeof(pid), "%d", launcher);
	code = write_map(pid, "uid_map", s->uid_lines, "newuidmap", job->uid_words);
	return code ? code : write_map(pid, "gid_map", s->gid_lines, "newgidmap", job->gid_words);
}

static _Noreturn void help(const struct vt_job *job, pid_t launcher, int ask, int answer)
{
	char what;

	(void)close(job->out);
	while (read(ask, &what, 1) == 1) {
		int code = serve(job, what, launcher);

		(void)!write(answer, &code, sizeof(code));
	}
	_exit(0);
}

void vt_helper_start(const struct vt_job *job, struct vt_helper *helper)
{
	int ask[2], answer[2];
	pid_t launcher = getpid(), pid;

	*helper = (struct vt_helper){ -1, -1 };
	if (!job->spawn->uid_lines && !job->spawn->gid_lines && !job->spawn->keep_at)
		return;
	if (pipe2(ask, O_CLOEXEC) < 0 || pipe2(answer, O_CLOEXEC) < 0)
		vt_job_die(job, VT_STAGE_FORK, 0);
	pid = vt_fork_raw();
	if (pid < 0)
		vt_job_die(job, VT_STAGE_FORK, 0);
	/* A grandchild: the command, which the launcher may become, has no child it does not know.
	 */
	if (pid == 0) {
		(void)close(ask[1]);
		if (vt_fork_raw() == 0)
			help(job, launcher, ask[0], answer[1]);
		_exit(0);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	(void)close(ask[0]);
	(void)close(answer[1]);
	helper->ask = ask[1];
	helper->answer = answer[0];
}

static int ask_helper(const struct vt_helper *helper, char what)
{
	int code = ECHILD;

	if (write(helper->ask, &what, 1) != 1 ||
	    read(helper->answer, &code, sizeof(code)) != sizeof(code))
		return ECHILD;
	return code;
}

int vt_helper_keep(const struct vt_helper *helper)
{
	return ask_helper(helper, 'k');
}

/* New namespaces. */

/* By system call: glibc would ask threads that are not there to follow. */
static void become(const struct vt_job *job, unsigned uid, unsigned gid)
{
	if (syscall(SYS_setgroups, 0, NULL) < 0 && errno != EPERM)
		vt_job_die(job, VT_STAGE_IDS, 0);
	if (syscall(SYS_setresgid, gid, gid, gid) < 0 || syscall(SYS_setresuid, uid, uid, uid) < 0)
		vt_job_die(job, VT_STAGE_IDS, 0);
}

/* user_namespaces(7): who has no privilege outside must give up setgroups first. */
static void map_ids(const struct vt_job *job, const struct vt_helper *helper)
{
	const struct vt_spawn *s = job->spawn;

	if (s->setgroups && strcmp(s->setgroups, "deny") == 0 &&
	    put_file("/proc/self/setgroups", "deny") < 0 && errno != ENOENT)
		vt_job_die(job, VT_STAGE_MAP, 0);
	if (!s->uid_lines && !s->gid_lines)
		return;
	errno = ask_helper(helper, 'm');
	if (errno)
		vt_job_die(job, VT_STAGE_MAP, 0);
	if (s->becomes_root)
		become(job, 0, 0);
}

void vt_setup_unshare(const struct vt_job *job, const struct vt_helper *helper)
{
	int flags = job->spawn->ns_flags;

	if (flags & CLONE_NEWUSER) {
		if (unshare(CLONE_NEWUSER) < 0)
			vt_job_die(job, VT_STAGE_UNSHARE, VT_NS_USER);
		map_ids(job, helper);
	}
	for (int t = 0; t < VT_NS_TYPES; t++)
		if (t != VT_NS_USER && flags & vt_ns_clone_flags[t] &&
		    unshare(vt_ns_clone_flags[t]) < 0)
			vt_job_die(job, VT_STAGE_UNSHARE, t);
	if (*job->offsets && put_file("/proc/self/timens_offsets", job->offsets) < 0)
		vt_job_die(job, VT_STAGE_OFFSETS, 0);
}

/* Entering. */

/* Kernels before 5.8 take no pidfd: then by the files, while the process is still that one. */
static void enter_by_links(const struct vt_job *job, int flags)
{
	int fds[VT_NS_TYPES];

	for (int t = 0; t < VT_NS_TYPES; t++) {
		char path[64];

		fds[t] = -1;
		if (!(flags & vt_ns_clone_flags[t]))
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%llu/ns/%s",
			       (unsigned long long)job->spawn->enter_target.a, vt_ns_names[t]);
		fds[t] = open(path, O_RDONLY | O_CLOEXEC);
		if (fds[t] < 0)
			vt_job_die(job, VT_STAGE_SETNS, t);
	}
	if (syscall(SYS_pidfd_send_signal, job->target, 0, NULL, 0) < 0 && errno == ESRCH)
		vt_job_die(job, VT_STAGE_SETNS, 0);
	for (int t = 0; t < VT_NS_TYPES; t++)
		if (fds[t] >= 0 && setns(fds[t], vt_ns_clone_flags[t]) < 0)
			vt_job_die(job, VT_STAGE_SETNS, t);
}

/*
 * The user namespace may give the right to the others, or take it away: what is
 * not allowed before it is tried once more after it, as nsenter(1) does.
 */
static void enter_by_files(const struct vt_job *job)
{
	bool done[VT_NS_TYPES] = { false };
	int user = job->ns[VT_NS_USER];

	for (int t = 0; t < VT_NS_TYPES; t++) {
		if (job->ns[t] < 0 || t == VT_NS_USER)
			continue;
		done[t] = setns(job->ns[t], vt_ns_clone_flags[t]) == 0;
		if (!done[t] && (errno != EPERM || user < 0))
			vt_job_die(job, VT_STAGE_SETNS, t);
	}
	if (user >= 0 && setns(user, CLONE_NEWUSER) < 0)
		vt_job_die(job, VT_STAGE_SETNS, VT_NS_USER);
	for (int t = 0; t < VT_NS_TYPES; t++)
		if (job->ns[t] >= 0 && t != VT_NS_USER && !done[t] &&
		    setns(job->ns[t], vt_ns_clone_flags[t]) < 0)
			vt_job_die(job, VT_STAGE_SETNS, t);
}

static unsigned number(const char *text)
{
	return text ? (unsigned)strtoul(text, NULL, 10) : 0;
}

/* Who enters a user namespace becomes its root, where it has one, or who was asked for. */
static void enter_ids(const struct vt_job *job)
{
	const struct vt_spawn *s = job->spawn;

	if (s->uid || s->gid) {
		become(job, number(s->uid), s->gid ? number(s->gid) : number(s->uid));
		return;
	}
	if (!(s->ns_flags & CLONE_NEWUSER))
		return;
	(void)syscall(SYS_setgroups, 0, NULL);
	if ((syscall(SYS_setresgid, 0, 0, 0) < 0 || syscall(SYS_setresuid, 0, 0, 0) < 0) &&
	    errno != EINVAL)
		vt_job_die(job, VT_STAGE_IDS, 0);
}

void vt_setup_enter(const struct vt_job *job)
{
	int flags = job->spawn->ns_flags;

	for (int t = 0; t < VT_NS_TYPES; t++)
		if (job->ns[t] >= 0)
			flags &= ~vt_ns_clone_flags[t];
	if (flags && setns(job->target, flags) < 0) {
		if (errno != EINVAL && errno != EBADF)
			vt_job_die(job, VT_STAGE_SETNS, flags & CLONE_NEWUSER ? VT_NS_USER : -1);
		enter_by_links(job, flags);
	}
	enter_by_files(job);
	if (job->root >= 0 && (fchdir(job->root) < 0 || chroot(".") < 0 || chdir("/") < 0))
		vt_job_die(job, VT_STAGE_ROOT, 0);
	enter_ids(job);
}

/* The command. */

static void set_propagation(const struct vt_job *job)
{
	static const struct {
		const char *word;
		unsigned long flag;
	} words[] = { { "private", MS_PRIVATE }, { "slave", MS_SLAVE }, { "shared", MS_SHARED } };
	const char *word = job->spawn->propagation ? job->spawn->propagation : "private";

	for (size_t i = 0; i < VT_LEN(words); i++)
		if (strcmp(word, words[i].word) == 0 &&
		    mount("none", "/", NULL, MS_REC | words[i].flag, NULL) < 0)
			vt_job_die(job, VT_STAGE_MOUNTS, 0);
}

_Noreturn void vt_setup_run(const struct vt_job *job)
{
	const struct vt_spawn *s = job->spawn;
	char *const *argv = (char *const *)(uintptr_t)job->argv;

	if (s->kill_child && prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		vt_job_die(job, VT_STAGE_FORK, 0);
	if (!s->entering && s->ns_flags & CLONE_NEWNS)
		set_propagation(job);
	if (s->root && (chroot(s->root) < 0 || chdir("/") < 0))
		vt_job_die(job, VT_STAGE_ROOT, 0);
	if (s->directory && chdir(s->directory) < 0)
		vt_job_die(job, VT_STAGE_DIRECTORY, 0);
	if (s->mount_proc &&
	    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		vt_job_die(job, VT_STAGE_PROC, 0);
	if (s->hostname && sethostname(s->hostname, strlen(s->hostname)) < 0)
		vt_job_die(job, VT_STAGE_HOSTNAME, 0);
	/* Whatever forgot to be closed on exec is none of its business. */
	(void)syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
	environ = job->environment;
	if (job->busybox >= 0)
		(void)execveat(job->busybox, "", argv, environ, AT_EMPTY_PATH);
	else
		(void)execvp(argv[0], argv);
	vt_job_die(job, VT_STAGE_EXEC, 0);
}
