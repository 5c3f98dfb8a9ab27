/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step that starts a command, for unshare and enter. */
#include "action_spawn.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>

#include "action_explain.h"

static void own_texts(struct vt_arena *arena, struct vt_spawn *s)
{
	const char **texts[] = {
		&s->hostname,  &s->cgroup,     &s->propagation, &s->root,    &s->directory,
		&s->map_users, &s->map_groups, &s->setgroups,   &s->keep_at, &s->monotonic,
		&s->boottime,  &s->uid_lines,  &s->gid_lines,   &s->uid,     &s->gid,
	};

	for (size_t i = 0; i < VT_LEN(texts); i++)
		*texts[i] = vt_arena_intern(arena, *texts[i]);
	for (size_t i = 0; i < VT_SPAWN_LIMITS; i++)
		s->limits[i] = vt_arena_intern(arena, s->limits[i]);
	for (int t = 0; t < VT_NS_TYPES; t++)
		s->ns_files[t] = vt_arena_intern(arena, s->ns_files[t]);
}

struct vt_spawn *vt_plan_spawn(struct vt_plan *plan, const struct vt_spawn *from)
{
	struct vt_spawn *spawn = vt_arena_alloc(plan->arena, sizeof(*spawn));
	size_t n = 0;
	const char **argv;

	*spawn = *from;
	while (from->argv && from->argv[n])
		n++;
	argv = vt_arena_alloc(plan->arena, (n + 1) * sizeof(*argv));
	for (size_t i = 0; i < n; i++)
		argv[i] = vt_arena_intern(plan->arena, from->argv[i]);
	spawn->argv = argv;
	own_texts(plan->arena, spawn);
	plan->spawn = spawn;
	return spawn;
}

const char *vt_spawn_types(struct vt_arena *arena, const char *before, int ns_flags)
{
	const char *words = before;
	int left = 0, n;

	for (int t = 0; t < VT_NS_TYPES; t++)
		left += !!(ns_flags & vt_ns_clone_flags[t]);
	n = left;
	for (int t = 0; t < VT_NS_TYPES; t++) {
		if (!(ns_flags & vt_ns_clone_flags[t]))
			continue;
		left--;
		words = vt_arena_printf(arena, "%s%s%s", words, vt_ns_names[t],
					left > 1    ? ", "
					: left == 1 ? " and "
						    : "");
	}
	return vt_arena_printf(arena, "%s namespace%s", words, n == 1 ? "" : "s");
}

/* "echo $$" runs in a shell that becomes the command, so that only the command moves. */
static const char *wrap_line(const struct vt_action_env *env, struct vt_plan *plan,
			     const char *line)
{
	const struct vt_spawn *spawn = plan->spawn;

	if (spawn->cgroup) {
		const char *procs = vt_arena_printf(
			plan->arena, "%s%s/cgroup.procs", vt_mount_of(env),
			vt_cgroup_is_root(spawn->cgroup) ? "" : spawn->cgroup);

		line = vt_arena_printf(plan->arena, "echo $$ > %s && exec %s",
				       vt_shell_quote(plan->arena, procs), line);
		line = vt_arena_printf(plan->arena, "sh -c %s", vt_shell_quote(plan->arena, line));
	}
	if (spawn->background)
		line = vt_arena_printf(plan->arena, "setsid -f %s </dev/null >/dev/null 2>&1",
				       line);
	return line;
}

static bool is_made_before(const struct vt_plan *plan, const char *cgroup)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		if (plan->steps[i].op == VT_OP_MKDIR && strcmp(plan->steps[i].path, cgroup) == 0)
			return true;
	return false;
}

static int check_cgroup(const struct vt_action_env *env, struct vt_plan *plan,
			struct vt_spawn *spawn, uint64_t *ret_id, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	int r = vt_cgroup_path(env->snapshot, spawn->cgroup, plan->arena, &spawn->cgroup, err);

	if (r == 0 && is_made_before(plan, spawn->cgroup)) {
		vt_plan_effect(plan, "it is born in the cgroup %s, with its limits", spawn->cgroup);
		return 0;
	}
	if (r == 0)
		r = vt_cgroup_hold(env, spawn->cgroup, 0, &d, err);
	if (r == 0)
		r = vt_check_takes_processes(&d, err);
	if (r == 0)
		r = vt_check_writable(&d, "cgroup.procs", err);
	if (r < 0)
		return r;
	*ret_id = d.id;
	vt_plan_effect(plan, "it starts in the cgroup %s", spawn->cgroup);
	vt_effect_systemd(plan, &d, NULL, NULL);
	return 0;
}

int vt_plan_add_spawn(const struct vt_action_env *env, struct vt_plan *plan, const char *line,
		      const char *says, struct vt_error *err)
{
	struct vt_spawn *spawn = vt_plan_spawn(plan, plan->spawn);
	const char *lacks;
	uint64_t cgroup = 0;
	struct vt_step *step;
	int r = spawn->cgroup ? check_cgroup(env, plan, spawn, &cgroup, err) : 0;

	if (r < 0)
		return r;
	step = vt_plan_add(plan, VT_OP_SPAWN);
	step->target = spawn->enter_target;
	step->dir_id = cgroup;
	step->path = spawn->cgroup;
	step->was = spawn->keep_at;
	step->value = vt_spawn_words(plan->arena, spawn);
	step->says = says;
	step->shell = wrap_line(env, plan, line);
	if (spawn->pane)
		vt_plan_effect(plan, "it runs in a pane until you leave it; undo ends it");
	else if (!spawn->background && !spawn->keep_at)
		step->cannot_undo =
			"it runs in this terminal until you leave it, and ends by itself";
	else if (spawn->background)
		vt_plan_effect(plan, "it runs in the background without a terminal; undo ends it");
	lacks = vt_spawn_lacks(plan->arena, spawn);
	if (*lacks)
		vt_plan_effect(plan, "%s(1) has no option for %s",
			       spawn->entering ? "nsenter" : "unshare", lacks);
	return 0;
}

bool vt_has_sys_admin(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	return syscall(SYS_capget, &header, data) == 0 &&
	       data[CAP_SYS_ADMIN / 32].effective >> (CAP_SYS_ADMIN % 32) & 1;
}
