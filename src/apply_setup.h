/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_APPLY_SETUP_H
#define VT_APPLY_SETUP_H

#include <sys/types.h>

#include "error.h"
#include "host.h"
#include "plan.h"

/*
 * What the launcher of apply_spawn.c does between its start and the command.
 * All this runs in a child of a threaded program that may have been made by
 * clone3(2) without glibc's knowledge: no malloc, no locks, no stdio streams.
 */

enum vt_stage {
	VT_STAGE_PID,  /* no failure: the code is the pid */
	VT_STAGE_KEPT, /* no failure: the namespaces are bound */
	VT_STAGE_SESSION,
	VT_STAGE_TERMINAL,
	VT_STAGE_CGROUP,
	VT_STAGE_UNSHARE,
	VT_STAGE_SETNS,
	VT_STAGE_MAP,
	VT_STAGE_IDS,
	VT_STAGE_OFFSETS,
	VT_STAGE_KEEP,
	VT_STAGE_FORK,
	VT_STAGE_MOUNTS,
	VT_STAGE_ROOT,
	VT_STAGE_DIRECTORY,
	VT_STAGE_PROC,
	VT_STAGE_HOSTNAME,
	VT_STAGE_EXEC,
};

struct vt_report {
	enum vt_stage stage;
	int code, ns; /* ns: enum vt_ns_type, for unshare and setns */
};

struct vt_job {
	const struct vt_host *host;
	const struct vt_spawn *spawn;
	int cgroup, target, out; /* descriptors, or -1 */
	int root, busybox, ns[VT_NS_TYPES];
	char offsets[96];                          /* for timens_offsets */
	char *const *uid_words, *const *gid_words; /* of newuidmap, from [2] on; [1] is the pid */
	char **environment;                        /* of the command */
	const char *const *argv;                   /* with busybox before it, where it runs it */
};

void vt_job_say(const struct vt_job *job, enum vt_stage stage, int code, int ns);
/* Reports errno and ends. */
_Noreturn void vt_job_die(const struct vt_job *job, enum vt_stage stage, int ns);

/* A fork without glibc. */
pid_t vt_fork_raw(void);
/* The same into the cgroup of the job, if it has one. The child ends where it cannot get there. */
pid_t vt_fork_into(const struct vt_job *job);

/*
 * A helper stays outside, where it may write the maps of the launcher's user
 * namespace and bind its namespaces. It ends with the launcher.
 */
struct vt_helper {
	int ask, answer; /* -1: none is needed */
};
void vt_helper_start(const struct vt_job *job, struct vt_helper *helper);
/* Binds the namespaces of the launcher; 0 or an errno. */
int vt_helper_keep(const struct vt_helper *helper);

void vt_setup_unshare(const struct vt_job *job, const struct vt_helper *helper);
void vt_setup_enter(const struct vt_job *job);
/* The last steps, in the process that becomes the command. */
_Noreturn void vt_setup_run(const struct vt_job *job);

enum vt_kept {
	VT_KEPT,
	VT_KEPT_GONE, /* of one or more */
	VT_KEPT_OTHER /* where one was is another namespace, or no namespace at all */
};
/*
 * How what was kept in the directory is there now. names: "net:4026532177 uts:4026532178",
 * type and inode; ret_flags: CLONE_NEW* of those that are there.
 */
enum vt_kept vt_keep_look(const char *dir, const char *names, int *ret_flags);

/*
 * Unbinds and removes the namespaces of these flags that are kept in the directory at path,
 * as far as they are there, and the directory when nothing else is in it.
 */
void vt_keep_drop(const char *path, int flags);

#endif
