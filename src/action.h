/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_ACTION_H
#define VT_ACTION_H

#include "error.h"
#include "host.h"
#include "plan.h"
#include "snapshot.h"

/*
 * An action turns a request into a plan and changes nothing. The screen's
 * dialogs and `virttop do` fill the same request.
 */
struct vt_setting {
	const char *file, *value; /* value as typed: "100M", "50%", "max" */
};

struct vt_request {
	const struct vt_action *action;
	/* Processes for move; by identity, so that a reused pid is noticed. */
	const struct vt_id *targets;
	size_t n_targets;
	const char *from; /* move: all processes of this cgroup in place of targets */
	const char *path; /* the cgroup: limited, created, removed, or moved into */
	uint64_t path_id; /* its cgroup id as the person saw it; 0: take it by path */
	const struct vt_setting *settings; /* limit: what to write; create: limits at birth */
	size_t n_settings;
	bool lasting;          /* limit: what systemd owns is set beyond the next boot */
	struct vt_spawn spawn; /* unshare */
};

/* What an action may look at. Values before the change are read through host. */
struct vt_action_env {
	const struct vt_host *host;
	const struct vt_snapshot *snapshot;
	bool read_only;
};

struct vt_action {
	const char *name;    /* as in `virttop do NAME` */
	const char *usage;   /* "PID... /CGROUP" */
	const char *summary; /* one line for help and man page */
	int (*plan)(const struct vt_action_env *env, const struct vt_request *request,
		    struct vt_plan *plan, struct vt_error *err);
	/* Fills the request from the command line's words after the name; EINVAL: usage. */
	int (*parse)(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		     struct vt_request *request, struct vt_error *err);
};

/* All actions, in the order of help; ends with one whose name is NULL. */
extern const struct vt_action vt_actions[];
const struct vt_action *vt_action_find(const char *name);

/*
 * Makes the plan; free it with vt_plan_free. Refuses with a reason: EROFS for
 * read-only and recorded trees, EPERM/EACCES for what privilege lacks, ESTALE
 * for what is no longer what it was, EINVAL for a value that cannot be, EBUSY
 * for the no-internal-process rule.
 */
int vt_action_plan(const struct vt_action_env *env, const struct vt_request *request,
		   struct vt_plan **ret_plan, struct vt_error *err);

/*
 * The files of a cgroup that a person may set, with their present values: what
 * the limit dialog lists. free() with vt_limit_files_free.
 */
struct vt_limit_file {
	const char *name; /* "memory.max" */
	enum vt_limit_syntax {
		VT_LIMIT_SIZE,
		VT_LIMIT_COUNT,
		VT_LIMIT_CPU,
		VT_LIMIT_BOOL,
		VT_LIMIT_TEXT
	} syntax;
	const char *help; /* what it does and what it accepts, one line */
	char *value;      /* as the file says it, one line; NULL: could not be read */
};

int vt_limit_files_list(const struct vt_host *host, const struct vt_snapshot *snapshot,
			const char *path, struct vt_limit_file **ret_files, size_t *ret_n,
			struct vt_error *err);
void vt_limit_files_free(struct vt_limit_file *files, size_t n);

/* enter: the process's root has no /bin/sh, and this host has a busybox that could help. */
bool vt_enter_wants_busybox(const struct vt_host *host, uint64_t pid);

#endif
