/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_ACTION_EXPLAIN_H
#define VT_ACTION_EXPLAIN_H

#include "action_cgroup.h"

/*
 * The kernel's errno in terms of what a person can do about it, by the rules of
 * cgroup-v2.rst ("No Internal Process Constraint", "Threads", "Delegation").
 * Each fills err and returns -errno.
 */

/* A file that is not there: which controller, and who does not enable it. */
int vt_explain_missing(const struct vt_cgroup_dir *d, const char *file, struct vt_error *err);
/* A controller that the children of this cgroup cannot have. */
int vt_explain_controller(const struct vt_cgroup_dir *d, const char *controller,
			  struct vt_error *err);
/* A write that the kernel refused (refusal.c). */
int vt_explain_write(const struct vt_cgroup_dir *d, const char *file, const char *value, int code,
		     struct vt_error *err);
int vt_explain_move(const struct vt_cgroup_dir *d, uint64_t pid, int code, struct vt_error *err);
/* EACCES or EPERM: whose it is, and where the border of a delegation runs. */
int vt_explain_privilege(const struct vt_cgroup_dir *d, const char *file, int code,
			 struct vt_error *err);
/* verb: "make", "remove" */
int vt_explain_dir(const char *path, const char *verb, int code, struct vt_error *err);

/* The words name a controller that threaded cgroups cannot have. */
bool vt_has_domain_controller(const char *words);

/* 0, or why this cgroup can take no process. */
int vt_check_takes_processes(const struct vt_cgroup_dir *d, struct vt_error *err);
/* 0, or EACCES with what privilege lacks. */
int vt_check_writable(const struct vt_cgroup_dir *d, const char *file, struct vt_error *err);

/* Adds what systemd will do about it, where systemd manages the cgroup. */
void vt_effect_systemd(struct vt_plan *plan, const struct vt_cgroup_dir *d, const char *file,
		       const char *value);

#endif
