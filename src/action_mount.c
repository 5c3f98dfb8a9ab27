/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mount: debugfs and tracefs where they belong, so that KVM's counters and tracepoints can be
 * read. It changes what everybody on the host sees, so it is only done when one asks for it,
 * and on quitting virttop asks whether it stays.
 */
#include "action_mount.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "action_table.h"
#include "apply_mount.h"

void vt_mount_describe(struct vt_plan *plan, struct vt_step *step)
{
	const struct vt_mount_place *place = vt_mount_place_find(step->path);
	struct vt_arena *a = plan->arena;

	if (!place)
		return;
	if (step->op == VT_OP_MOUNT) {
		step->says = vt_arena_printf(a, "mount %s at %s", place->type, place->path);
		step->shell = vt_arena_printf(a, "mount -t %s -o nosuid,nodev,noexec %s %s",
					      place->type, place->type, place->path);
	} else {
		step->says = vt_arena_printf(a, "unmount %s from %s", place->type, place->path);
		step->shell = vt_arena_printf(a, "umount %s", place->path);
	}
}

static bool is_named(const struct vt_request *request, const struct vt_mount_place *place)
{
	for (size_t i = 0; i < request->n_settings; i++)
		if (strcmp(request->settings[i].file, place->type) == 0)
			return true;
	return false;
}

/* Without a name both are meant, as far as the kernel has them. */
static int add_place(const struct vt_request *request, struct vt_plan *plan,
		     const struct vt_mount_place *place, struct vt_error *err)
{
	bool named = is_named(request, place);
	struct vt_step *step;
	uint64_t id;
	int r;

	if (request->n_settings && !named)
		return 0;
	r = vt_mount_look(place, &id);
	if (r == 0 || (r == -ENOENT && !named))
		return 0;
	if (r == -ENOENT)
		return vt_fail(err, ENOENT,
			       "there is no %s: this kernel has no %s, or no sysfs is "
			       "mounted",
			       place->path, place->type);
	if (r != -ENODEV)
		return vt_fail(err, -r, "cannot look at %s: %s", place->path, vt_errno_text(-r));
	step = vt_plan_add(plan, VT_OP_MOUNT);
	step->path = place->path;
	vt_mount_describe(plan, step);
	vt_plan_effect(plan, "%s has %s", place->type, place->buys);
	return 0;
}

static void tell_effects(const struct vt_action_env *env, struct vt_plan *plan)
{
	const struct vt_host_row *host = vt_snapshot_host(env->snapshot);

	vt_plan_effect(plan, "only root can look inside; it stays until undo, virttop do clean or "
			     "the question on quitting unmount it");
	if (VT_HAS(HOST, host, lockdown) && strcmp(host->lockdown, "none") != 0)
		vt_plan_effect(
			plan,
			"this kernel is locked down (%s): machines are listed in debugfs, and "
			"their counters refused",
			host->lockdown);
}

int vt_mount_plan(const struct vt_action_env *env, const struct vt_request *request,
		  struct vt_plan *plan, struct vt_error *err)
{
	int r = vt_need_capability(CAP_SYS_ADMIN, "CAP_SYS_ADMIN", "mounting", err);

	for (const struct vt_mount_place *p = vt_mount_places; r == 0 && p->type; p++)
		r = add_place(request, plan, p, err);
	if (r < 0)
		return r;
	if (!plan->n_steps)
		return vt_fail(err, EALREADY, "nothing to do: it is mounted already");
	plan->title = plan->n_steps == 1
			      ? vt_arena_printf(plan->arena, "Mount %s",
						vt_mount_place_find(plan->steps[0].path)->type)
			      : "Mount debugfs and tracefs";
	tell_effects(env, plan);
	return 0;
}

int vt_mount_parse(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		   struct vt_request *request, struct vt_error *err)
{
	struct vt_setting *settings = vt_arena_alloc(arena, ((size_t)argc + 1) * sizeof(*settings));

	(void)env;
	for (int i = 0; i < argc; i++) {
		const struct vt_mount_place *place = vt_mount_place_find(argv[i]);

		if (!place || argv[i][0] == '/')
			return vt_fail(err, EINVAL,
				       "'%s' cannot be mounted: debugfs and tracefs can", argv[i]);
		settings[i] = (struct vt_setting){ place->type, NULL };
	}
	request->settings = settings;
	request->n_settings = (size_t)argc;
	return 0;
}
