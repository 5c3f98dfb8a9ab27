/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * enter: a command in the namespaces of a process, or of files (bind mounts,
 * descriptors) where no process is left, as nsenter(1); setns(2) by pidfd.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "action_spawn.h"
#include "busybox.h"

/* "pid:[4026531836]"; two equal texts are one namespace. -errno where it cannot be seen. */
static int read_link(const struct vt_host *host, uint64_t pid, int type, char *out, size_t size)
{
	char path[64];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%" PRIu64 "/ns/%s", pid, vt_ns_names[type]);
	n = readlinkat(host->proc, path, out, size - 1);
	if (n < 0)
		return -errno;
	out[n] = '\0';
	return 0;
}

/* Those asked for (or all) that are not ours already: entering one's own fails for some types. */
static int choose(const struct vt_action_env *env, uint64_t pid, int asked, struct vt_plan *plan,
		  int *ret, struct vt_error *err)
{
	int flags = 0;

	for (int t = 0; t < VT_NS_TYPES; t++) {
		char theirs[64], ours[64];
		int r;

		if (asked && !(asked & vt_ns_clone_flags[t]))
			continue;
		r = read_link(env->host, pid, t, theirs, sizeof(theirs));
		if (r == -ENOENT && !asked)
			continue; /* a kernel without this type */
		if (r < 0)
			return vt_fail(err, -r,
				       "cannot see the %s namespace of process %" PRIu64 ": %s%s",
				       vt_ns_names[t], pid, vt_errno_text(-r),
				       r == -EACCES ? ": run virttop as root" : "");
		if (read_link(env->host, vt_host_self_pid(env->host), t, ours, sizeof(ours)) < 0 ||
		    strcmp(ours, theirs) != 0)
			flags |= vt_ns_clone_flags[t];
		else if (asked)
			vt_plan_effect(plan, "its %s namespace is yours already", vt_ns_names[t]);
	}
	*ret = flags;
	return 0;
}

/* A namespace by its file: of the right type, and the one that was chosen. */
static int check_file(struct vt_spawn *s, int type, struct vt_error *err)
{
	vt_autoclose int fd = open(s->ns_files[type], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int is = fd < 0 ? -1 : ioctl(fd, NS_GET_NSTYPE);
	struct stat st;

	if (fd < 0)
		return vt_fail(err, errno, "cannot open %s: %s", s->ns_files[type],
			       vt_errno_text(errno));
	if (is != vt_ns_clone_flags[type] || fstat(fd, &st) < 0)
		return vt_fail(err, EINVAL, "%s is no %s namespace", s->ns_files[type],
			       vt_ns_names[type]);
	if (s->ns_ids[type] && s->ns_ids[type] != st.st_ino)
		return vt_fail(err, ESTALE, "%s is another namespace now: nothing was entered",
			       s->ns_files[type]);
	s->ns_ids[type] = st.st_ino;
	return 0;
}

static int check_files(struct vt_spawn *s, int *ret_flags, struct vt_error *err)
{
	for (int t = 0; t < VT_NS_TYPES; t++) {
		int r = s->ns_files[t] ? check_file(s, t, err) : 0;

		if (r < 0)
			return r;
		if (s->ns_files[t])
			*ret_flags |= vt_ns_clone_flags[t];
	}
	return 0;
}

static int check_id(const char *what, const char *text, struct vt_error *err)
{
	if (!text || (*text && strlen(text) < 10 && !text[strspn(text, "0123456789")]))
		return 0;
	return vt_fail(err, EINVAL, "'%s' is no number of a %s", text, what);
}

static int check_target(const struct vt_action_env *env, struct vt_plan *plan, struct vt_spawn *s,
			int by_file, struct vt_process_now *target, struct vt_error *err)
{
	int asked = s->ns_flags & ~by_file, r;

	if (!s->enter_target.a) {
		if (asked || s->target_root || s->join_cgroup)
			return vt_fail(err, EINVAL,
				       "enter needs a process, or TYPE=FILE for each "
				       "namespace");
		return 0;
	}
	r = vt_process_check(env->host, s->enter_target, target, err);
	/* Files alone, or only the root or the cgroup of the process: then none of its own. */
	if (r == 0 && (asked || !(by_file || s->target_root || s->join_cgroup)))
		r = choose(env, s->enter_target.a, asked, plan, &s->ns_flags, err);
	else if (r == 0)
		s->ns_flags = 0;
	if (r == 0 && s->join_cgroup && !s->cgroup) {
		if (!*target->cgroup)
			return vt_fail(err, ENOENT,
				       "the cgroup of process %" PRIu64 " cannot be seen from here",
				       target->pid);
		s->cgroup = vt_arena_intern(plan->arena, target->cgroup);
	}
	return r;
}

static int check(const struct vt_action_env *env, struct vt_plan *plan, struct vt_spawn *s,
		 struct vt_process_now *target, struct vt_error *err)
{
	int by_file = 0, r = check_files(s, &by_file, err);

	if (r == 0)
		r = check_id("user", s->uid, err);
	if (r == 0)
		r = check_id("group", s->gid, err);
	if (r == 0)
		r = check_target(env, plan, s, by_file, target, err);
	if (r < 0)
		return r;
	s->ns_flags |= by_file;
	if (!s->ns_flags && !s->target_root && !s->cgroup)
		return vt_fail(err, EALREADY,
			       "process %" PRIu64 " (%s) is in the same namespaces as "
			       "virttop: there is nothing to enter",
			       target->pid, target->comm);
	if (!vt_has_sys_admin() && !(s->ns_flags & CLONE_NEWUSER))
		return vt_fail(err, EPERM, "entering %s needs CAP_SYS_ADMIN: run virttop as root",
			       vt_spawn_types(plan->arena, "the ", s->ns_flags));
	return 0;
}

static int check_command(const struct vt_action_env *env, const struct vt_spawn *s,
			 struct vt_error *err)
{
	vt_autoclose int busybox = -1, root = -1;
	char path[40];

	if (!s->busybox && !s->target_root)
		return 0;
	busybox = vt_busybox_open(NULL);
	if (s->busybox)
		return busybox >= 0 ? 0
				    : vt_fail(err, ENOENT,
					      "this host has no static busybox (package "
					      "busybox-static)");
	(void)snprintf(path, sizeof(path), "%" PRIu64 "/root", s->enter_target.a);
	root = openat(env->host->proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return vt_fail(err, errno,
			       "cannot see the root directory of process %" PRIu64 ": %s",
			       s->enter_target.a, vt_errno_text(errno));
	if (s->argv[0][0] != '/' || vt_root_has(root, s->argv[0]))
		return 0;
	return vt_fail(err, ENOENT,
		       "there is no %s in the root directory of process %" PRIu64 ": %s",
		       s->argv[0], s->enter_target.a,
		       busybox >= 0 ? "--busybox runs this host's static busybox there"
				    : "nor has this host a static busybox (package "
				      "busybox-static)");
}

bool vt_enter_wants_busybox(const struct vt_host *host, uint64_t pid)
{
	vt_autoclose int root = -1, busybox = -1;
	char path[40];

	(void)snprintf(path, sizeof(path), "%" PRIu64 "/root", pid);
	root = openat(host->proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || vt_root_has(root, "/bin/sh"))
		return false;
	busybox = vt_busybox_open(NULL);
	return busybox >= 0;
}

/* A procfs is of the PID namespace of this process: by its number there one is in that. */
static bool proc_is_of(const struct vt_host *host, int proc, uint64_t pid)
{
	char path[48], there[64], here[64], process[24];
	uint64_t inside = 0;
	ssize_t n;

	(void)snprintf(process, sizeof(process), "%" PRIu64, pid);
	(void)vt_proc_nspid(host->proc, process, &inside);
	(void)snprintf(path, sizeof(path), "%" PRIu64 "/ns/pid", inside);
	n = readlinkat(proc, path, there, sizeof(there) - 1);
	there[n > 0 ? n : 0] = '\0';
	return n > 0 && read_link(host, pid, VT_NS_PID, here, sizeof(here)) == 0 &&
	       strcmp(here, there) == 0;
}

/* Who enters only one of the two, or a mount namespace without a proc of its own, is misled. */
static void warn_of_proc(const struct vt_action_env *env, struct vt_plan *plan,
			 const struct vt_spawn *s)
{
	vt_autoclose int theirs = -1;
	int proc = env->host->proc;
	struct statfs fs;
	char path[48];
	bool fits;

	if (!s->enter_target.a || s->ns_files[VT_NS_PID] || s->ns_files[VT_NS_MNT])
		return;
	if (s->ns_flags & CLONE_NEWNS || s->target_root) {
		(void)snprintf(path, sizeof(path), "%" PRIu64 "/root/proc", s->enter_target.a);
		proc = theirs = openat(env->host->proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	if (proc < 0 || fstatfs(proc, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return;
	fits = s->ns_flags & CLONE_NEWPID ? proc_is_of(env->host, proc, s->enter_target.a)
					  : vt_proc_has_our_pids(proc);
	if (!fits)
		vt_plan_effect(plan, "the /proc that it sees is of another PID namespace than it "
				     "runs in: a pid that ps shows there names another process, "
				     "or none, to kill");
}

static void name_it(struct vt_plan *plan, const struct vt_spawn *s,
		    const struct vt_process_now *target, const char **ret_says)
{
	const char *words = vt_spawn_words(plan->arena, s), *of = "";
	const char *what = s->ns_flags ? vt_spawn_types(plan->arena, "the ", s->ns_flags)
				       : "the root directory or cgroup";

	if (s->enter_target.a)
		of = vt_arena_printf(plan->arena, " of process %" PRIu64 " (%s)", target->pid,
				     target->comm);
	plan->title = s->enter_target.a
			      ? vt_arena_printf(plan->arena, "Enter process %" PRIu64, target->pid)
			      : vt_arena_printf(plan->arena, "Enter %s",
						vt_spawn_types(plan->arena, "", s->ns_flags));
	*ret_says = vt_arena_printf(plan->arena, "run %s in %s%s", words, what, of);
	for (int t = 0; t < VT_NS_TYPES; t++)
		if (s->ns_files[t])
			vt_plan_effect(plan, "its %s namespace is %s:[%" PRIu64 "] at %s",
				       vt_ns_names[t], vt_ns_names[t], s->ns_ids[t],
				       s->ns_files[t]);
}

int vt_enter_plan(const struct vt_action_env *env, const struct vt_request *request,
		  struct vt_plan *plan, struct vt_error *err)
{
	struct vt_spawn *s = vt_plan_spawn(plan, &request->spawn);
	struct vt_process_now target = { 0 };
	const char *says;
	int r;

	s->entering = true;
	if (!s->enter_target.a && request->n_targets == 1)
		s->enter_target = request->targets[0];
	if (!s->enter_target.a && !s->ns_flags)
		return vt_fail(err, EINVAL, "enter needs one process, or TYPE=FILE");
	r = check(env, plan, s, &target, err);
	if (r < 0)
		return r;
	vt_spawn_complete(s);
	if (!s->argv[0])
		s->argv = vt_spawn_command(0, NULL, s, plan->arena);
	r = check_command(env, s, err);
	if (r < 0)
		return r;
	name_it(plan, s, &target, &says);
	warn_of_proc(env, plan, s);
	if (s->ns_flags & CLONE_NEWNS && !s->busybox)
		vt_plan_effect(plan,
			       "the command is the one of its mount namespace, not of this one");
	return vt_plan_add_spawn(env, plan, vt_spawn_line(plan->arena, s), says, err);
}

int vt_enter_parse(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		   struct vt_request *request, struct vt_error *err)
{
	struct vt_spawn *s = &request->spawn;
	int from = argc > 0 && argv[0][0] != '-', at, r = 0;

	if (argc < 1)
		return vt_fail(err, EINVAL, "enter needs a process, or --TYPE=FILE");
	if (from)
		r = vt_parse_processes(env, 1, argv, arena, request, err);
	if (r < 0)
		return r;
	at = vt_spawn_options(argc - from, argv + from, true, s, err);
	if (at < 0)
		return at;
	if (from)
		s->enter_target = request->targets[0];
	for (int t = 0; t < VT_NS_TYPES; t++)
		if (s->ns_files[t])
			s->ns_flags |= vt_ns_clone_flags[t];
	s->argv = vt_spawn_command(argc - from - at, argv + from + at, s, arena);
	if (s->cgroup) {
		r = vt_parse_cgroup(env, s->cgroup, arena, request, err);
		s->cgroup = request->path;
	}
	return r;
}
