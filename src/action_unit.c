/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What systemd owns is changed through systemd: it writes the files of its
 * units anew at each daemon-reload, with its own values. Below a unit, where it
 * has delegated the subtree, and where it does not run, the files are written.
 */
#include "action_unit.h"

#include <errno.h>
#include <string.h>

#include "unit_property.h"

void vt_through_begin(struct vt_through *t, const struct vt_cgroup_dir *d)
{
	struct vt_error err = { 0 };

	*t = (struct vt_through){ 0 };
	if (vt_cgroup_is_root(d->path))
		return;
	if (vt_unit_bus_find(d, &t->bus, &err) < 0)
		(void)snprintf(t->why, sizeof(t->why), "%s", err.msg);
}

void vt_through_finish(struct vt_through *t)
{
	vt_unit_bus_free(t->bus);
	t->bus = NULL;
}

bool vt_through_take(struct vt_through *t, struct vt_plan *plan, const char *file,
		     const char *value)
{
	const char *lines = !t->bus || strcmp(file, "cgroup.freeze") == 0
				    ? NULL
				    : vt_property_lines(plan->arena, file, value);

	if (!lines)
		return false;
	t->lines = t->lines ? vt_arena_printf(plan->arena, "%s\n%s", t->lines, lines) : lines;
	return true;
}

static void add_step(const struct vt_through *t, struct vt_plan *plan,
		     const struct vt_cgroup_dir *d, const char *was, bool lasting)
{
	struct vt_step *step = vt_plan_add(plan, VT_OP_UNIT);

	step->target = (struct vt_id){ VT_KIND_CGROUP, d->id, 0 };
	step->path = vt_arena_intern(plan->arena, d->path);
	step->unit = vt_arena_intern(plan->arena, vt_unit_bus_name(t->bus));
	step->value = t->lines;
	step->was = was;
	step->lasting = lasting;
	vt_step_describe(plan, step, NULL);
}

static int refuse_lasting(const struct vt_through *t, const struct vt_cgroup_dir *d,
			  struct vt_error *err)
{
	if (*t->why)
		return vt_fail(err, ENOTSUP, "%s cannot be set for good: %s", d->path, t->why);
	return vt_fail(err, ENOTSUP,
		       "%s cannot be set for good: only what systemd owns and has a property for "
		       "outlives the cgroup (virttop save writes down what is set)",
		       d->path);
}

int vt_through_plan(struct vt_through *t, struct vt_plan *plan, const struct vt_cgroup_dir *d,
		    bool lasting, struct vt_error *err)
{
	const char *was = NULL;
	int r;

	if (!t->lines && lasting)
		return refuse_lasting(t, d, err);
	if (*t->why)
		vt_plan_effect(plan,
			       "written to the files, which systemd may overwrite if %s is a unit "
			       "of it: %s",
			       d->path, t->why);
	if (!t->lines)
		return 0;
	r = vt_unit_bus_read(t->bus, t->lines, plan->arena, &was, err);
	if (r < 0)
		return r;
	add_step(t, plan, d, was, lasting);
	vt_plan_effect(plan,
		       "through systemd, which owns %s and would put its own values back; r (or "
		       "--persistent) chooses whether for good or until the next boot",
		       d->path);
	return 0;
}

bool vt_through_freeze(struct vt_through *t, struct vt_plan *plan, const struct vt_cgroup_dir *d,
		       bool freeze)
{
	const char *was = NULL;

	if (!t->bus || !vt_unit_bus_can_freeze(t->bus))
		return false;
	t->lines = vt_property_lines(plan->arena, "cgroup.freeze", freeze ? "1" : "0");
	if (vt_unit_bus_read(t->bus, t->lines, plan->arena, &was, NULL) < 0 ||
	    strcmp(was, t->lines) == 0)
		return false;
	add_step(t, plan, d, was, false);
	vt_plan_effect(plan, "through systemd, which owns %s and keeps its state", d->path);
	return true;
}
