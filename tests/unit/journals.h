/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef JOURNALS_H
#define JOURNALS_H

#include <errno.h>

#include "../../src/inverse.h"
#include "../../src/journal.h"
#include "acting.h"

/* Plans on the cgroup /shop of a small tree, written into its journal. */

static inline void set_up(void)
{
	(void)acting_begin();
	tree_put("cg/shop/memory.max", "104857600\n");
	tree_put("cg/shop/cgroup.procs", "");
	acting_seal();
}

static inline struct vt_journal_log read_log(const char *boot)
{
	struct vt_journal_log log;

	cr_assert_eq(vt_journal_read(boot, &log, &err), 0, "%s", err.msg);
	return log;
}

static inline uint64_t inode_of(const char *path)
{
	vt_autofree char *whole = vt_asprintf("%s/%s", tree_root, path);
	struct stat st;

	cr_assert_eq(stat(whole, &st), 0);
	return st.st_ino;
}

static inline struct vt_plan *plan_write(const char *path, const char *value, const char *was)
{
	struct vt_plan *plan = vt_plan_new("Limit it");
	struct vt_step *step = vt_plan_add(plan, VT_OP_WRITE);

	step->target.kind = VT_KIND_CGROUP;
	step->target.a = inode_of("cg/shop");
	step->path = vt_arena_intern(plan->arena, path);
	step->file = "memory.max";
	step->value = vt_arena_intern(plan->arena, value);
	step->was = vt_arena_intern(plan->arena, was);
	vt_step_describe(plan, step, "/cg");
	return plan;
}

/* Writes a whole plan down, as applying does; ended NULL: it was killed then. */
static inline void write_down(const struct vt_plan *plan, const char *ended)
{
	struct vt_journal j;
	struct vt_outcome done = { .before = true, .done = true, .now = "104857600" };

	vt_journal_begin(&j, VT_NO_ID, acting_snapshot, plan);
	cr_assert_geq(j.fd, 0, "%s", j.why);
	for (size_t i = 0; i < plan->n_steps; i++) {
		vt_journal_before(&j, i);
		vt_journal_after(&j, i, &done);
	}
	if (ended)
		vt_journal_end(&j, ended, "text");
	vt_journal_close(&j);
}

#endif
