/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_JOURNAL_H
#define VT_JOURNAL_H

#include "plan.h"
#include "snapshot.h"

/*
 * $XDG_STATE_HOME/virttop/journal (~/.local/state/virttop/journal): one JSON
 * object a line, each written whole with one write(2), so that a kill between
 * steps leaves the truth. Events: begin, before, after, back, end, undone.
 */

/* What running a step brought about; needed to take it back. */
struct vt_outcome {
	bool before, done;
	bool back;                 /* it was done, and rolled back */
	uint64_t made_id;          /* MKDIR: id of the cgroup made */
	uint64_t pid, start_ticks; /* SPAWN in the background */
	bool pid_one;              /* it is PID 1 of a PID namespace */
	const char *now;           /* WRITE, PIN, NICE: what is there afterwards; NULL unknown */
	/* WRITE: what an earlier step made of the step's was; RMDIR: the settings it had; NULL */
	const char *was;
};

struct vt_journal {
	int fd;        /* -1: nothing is written */
	char id[40];   /* of the plan */
	char why[320]; /* why nothing, or not all, could be written */
};

/*
 * Never fails: acting must be possible with a full disk. writer: this process, with its
 * start time where that is known, so that others can tell a plan that runs from one that
 * broke off.
 */
void vt_journal_begin(struct vt_journal *j, struct vt_id writer, const struct vt_snapshot *s,
		      const struct vt_plan *plan);
void vt_journal_before(struct vt_journal *j, size_t step);
void vt_journal_after(struct vt_journal *j, size_t step, const struct vt_outcome *outcome);
/* The step was rolled back. */
void vt_journal_back(struct vt_journal *j, size_t step);
/*
 * how: "done", "failed" (nothing of it is left), "stuck" (roll-back failed too), "unknown"
 * (a step that got no answer may have been done, or be done yet; the rest is as "failed").
 */
void vt_journal_end(struct vt_journal *j, const char *how, const char *text);
void vt_journal_undone(struct vt_journal *j, const char *plan_id);
void vt_journal_close(struct vt_journal *j);

struct vt_journal_entry {
	const char *id, *title, *undoes, *how; /* how NULL: it did not end */
	const char *time, *text;               /* UTC; text: how it ended, in words; NULL */
	uint64_t uid, pid, pid_start;          /* who did it; pid_start 0: not known */
	bool other_boot;                       /* nothing of it can be undone */
	struct vt_step *steps;
	struct vt_outcome *outcomes;
	size_t n_steps;
	bool undone;
	bool undo_begun; /* also one that broke off */
	bool unsure;     /* how NULL or "unknown": a step that was begun may have been done */
};

struct vt_journal_log {
	struct vt_arena *arena;
	struct vt_journal_entry *entries; /* oldest first */
	size_t n, cap;
};

/* The plans of this boot. Lines that are torn or make no sense are passed over. */
int vt_journal_read(const char *boot_id, struct vt_journal_log *ret, struct vt_error *err);
/* The plans of all boots that the journal still has. */
int vt_journal_read_all(const char *boot_id, struct vt_journal_log *ret, struct vt_error *err);
void vt_journal_log_finish(struct vt_journal_log *log);

#endif
