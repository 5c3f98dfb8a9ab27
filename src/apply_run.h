/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_APPLY_RUN_H
#define VT_APPLY_RUN_H

#include "action_cgroup.h"
#include "apply.h"
#include "inverse.h"

/* What the steps of a plan share while it is applied. Only for apply.c and apply_cgroup.c. */
struct vt_run {
	struct vt_action_env env;
	const struct vt_plan *plan;
	struct vt_outcome *outcomes;
	/* Of a WRITE: the next step that writes in the same cgroup; 0: none. */
	size_t *next_there;
	bool *as_said;          /* its file says what it expects, see vt_run_write() */
	struct vt_arena *arena; /* of the outcomes */
	int exit_status;
	pid_t child;
	bool unanswered; /* a step failed, but may have been done or be done yet */
};

/* The id of the cgroup that a step before step i made at path; 0: none did. */
uint64_t vt_run_made_id(const struct vt_run *run, size_t i, const char *path);
/* A pidfd of the process that the preview saw; ESTALE where it has ended or is another. */
int vt_run_hold_process(const struct vt_run *run, struct vt_id id, struct vt_process_now *now,
			struct vt_error *err);

/* Step i, which is of this kind; 0 or -errno with the reason in err. */
int vt_run_write(struct vt_run *run, size_t i, struct vt_error *err);
int vt_run_mkdir(struct vt_run *run, size_t i, struct vt_error *err);
int vt_run_rmdir(struct vt_run *run, size_t i, struct vt_error *err);
int vt_run_move(struct vt_run *run, size_t i, struct vt_error *err);
int vt_run_signal(struct vt_run *run, size_t i, struct vt_error *err);

#endif
