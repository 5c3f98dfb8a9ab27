/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * create and remove. A new cgroup gets its limits before anything can be in it.
 * Only one level is made: a typing error must not grow a tree. Removing takes
 * the cgroups below with it, children first, but never a process.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "action_explain.h"
#include "action_table.h"
#include "limit_files.h"

static int check_new(const struct vt_cgroup_dir *parent, const char *path, struct vt_error *err)
{
	const char *name = strrchr(path, '/') + 1;

	if (faccessat(parent->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return vt_fail(err, EEXIST, "there is already a%s %s in %s",
			       strchr(name, '.') ? " file or cgroup" : " cgroup", name,
			       parent->path);
	if (faccessat(parent->fd, ".", W_OK, AT_EACCESS) < 0)
		return vt_explain_dir(path, "make", errno, err);
	return 0;
}

/* The file will be there when the parent passes its controller on. */
static int check_controller(const struct vt_cgroup_dir *parent, const char *path, const char *file,
			    struct vt_error *err)
{
	vt_autofree char *on = vt_cgroup_value(parent->fd, "cgroup.subtree_control");
	char controller[64];

	vt_controller_of(file, controller, sizeof(controller));
	if (!*controller || (on && vt_has_word(on, controller)))
		return 0;
	if (vt_explain_controller(parent, controller, err) < 0)
		return vt_wrap(err, "%s would have no %s", path, file);
	return -ENOENT;
}

static int add_setting(struct vt_plan *plan, const struct vt_cgroup_dir *parent, const char *path,
		       const struct vt_setting *setting, struct vt_error *err)
{
	const struct vt_limit_row *row = vt_limit_row_find(setting->file);
	struct vt_cgroup_dir made = *parent;
	char value[256];
	int r;

	if (!row)
		return vt_fail(err, EINVAL, "'%s' is not a file that can be set", setting->file);
	r = check_controller(parent, path, setting->file, err);
	if (r == 0)
		r = vt_limit_value(row, setting->file, setting->value, NULL, value, sizeof(value),
				   err);
	if (r < 0)
		return r;
	made.path = path;
	made.id = 0; /* an earlier step makes it */
	(void)vt_plan_write(plan, &made, setting->file, value, NULL);
	return 0;
}

static void add_mkdir(const struct vt_action_env *env, struct vt_plan *plan, const char *path,
		      uint64_t parent)
{
	struct vt_step *step = vt_plan_add(plan, VT_OP_MKDIR);

	step->target.kind = VT_KIND_CGROUP;
	step->dir_id = parent;
	step->path = path;
	vt_step_describe(plan, step, vt_mount_of(env));
}

static void create_effects(struct vt_plan *plan, const struct vt_cgroup_dir *parent)
{
	vt_autofree char *on = vt_cgroup_value(parent->fd, "cgroup.subtree_control");

	if (on && *on)
		vt_plan_effect(plan, "%s passes on to it: %s", parent->path, on);
	else
		vt_plan_effect(plan,
			       "%s passes no controllers on: it groups processes, and can "
			       "freeze and kill them, but has no limits of memory, cpu or pids",
			       parent->path);
	vt_effect_systemd(plan, parent, NULL, NULL);
}

int vt_create_plan(const struct vt_action_env *env, const struct vt_request *request,
		   struct vt_plan *plan, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir parent = VT_NO_CGROUP;
	const char *path;
	int r = vt_cgroup_path(env->snapshot, request->path, plan->arena, &path, err);

	if (r == 0 && vt_cgroup_is_root(path))
		r = vt_fail(err, EEXIST, "/ is the root cgroup, which is always there");
	if (r < 0)
		return r;
	r = vt_cgroup_hold(env, vt_cgroup_parent(plan->arena, path), 0, &parent, err);
	if (r < 0)
		return vt_wrap(err, "cannot make %s", path);
	r = check_new(&parent, path, err);
	if (r < 0)
		return r;
	plan->title = vt_arena_printf(plan->arena, "Create %s", path);
	add_mkdir(env, plan, path, parent.id);
	for (size_t i = 0; r == 0 && i < request->n_settings; i++)
		r = add_setting(plan, &parent, path, &request->settings[i], err);
	create_effects(plan, &parent);
	return r;
}

int vt_create_parse(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		    struct vt_request *request, struct vt_error *err)
{
	int r;

	if (argc < 1)
		return vt_fail(err, EINVAL, "create needs the path of the new cgroup");
	r = vt_cgroup_path(env->snapshot, argv[0], arena, &request->path, err);
	return r < 0 ? r : vt_parse_settings(argc - 1, argv + 1, arena, request, err);
}

/* What remove finds below, deepest first. */
struct removal {
	const struct vt_action_env *env;
	struct vt_plan *plan;
	size_t processes, cgroups;
	const char *where; /* the first that has processes */
};

static void add_rmdir(struct removal *rm, int dir, const char *path)
{
	struct vt_step *step = vt_plan_add(rm->plan, VT_OP_RMDIR);
	vt_autofree char *settings = vt_limit_settings(dir);

	step->target = (struct vt_id){ VT_KIND_CGROUP, vt_cgroup_id(dir), 0 };
	step->path = vt_arena_intern(rm->plan->arena, path);
	step->was = vt_arena_intern(rm->plan->arena, settings);
	vt_step_describe(rm->plan, step, vt_mount_of(rm->env));
}

enum {
	DEPTH_LIMIT = 64
};

/* Takes dir. */
static int walk(struct removal *rm, int dir, const char *path, int depth, struct vt_error *err)
{
	vt_autoclosedir DIR *d = fdopendir(dir);
	const struct dirent *e;
	size_t n;
	int r = 0;

	if (!d) {
		(void)close(dir);
		return vt_fail(err, EIO, "cannot list %s", path);
	}
	if (depth > DEPTH_LIMIT)
		return vt_fail(err, ELOOP, "%s is too deep", path);
	while (r == 0 && (e = readdir(d))) {
		vt_autofree char *child = NULL;
		int fd;

		if (e->d_type != DT_DIR || strcmp(e->d_name, ".") == 0 ||
		    strcmp(e->d_name, "..") == 0)
			continue;
		fd = vt_host_openat(dir, e->d_name, O_RDONLY | O_DIRECTORY);
		if (fd == -ENOENT)
			continue;
		child = vt_asprintf("%s/%s", path, e->d_name);
		r = fd < 0 ? vt_explain_dir(child, "look into", -fd, err)
			   : walk(rm, fd, child, depth + 1, err);
	}
	n = vt_cgroup_count(dir);
	if (n && !rm->where)
		rm->where = vt_arena_intern(rm->plan->arena, path);
	rm->processes += n;
	rm->cgroups++;
	add_rmdir(rm, dir, path);
	return r;
}

static int check_empty(const struct removal *rm, const char *path, struct vt_error *err)
{
	if (!rm->processes)
		return 0;
	return vt_fail(
		err, EBUSY, "%s has %zu process%s%s%s: move or kill %s first", path, rm->processes,
		rm->processes == 1 ? "" : "es", strcmp(rm->where, path) == 0 ? "" : ", some in ",
		strcmp(rm->where, path) == 0 ? "" : rm->where, rm->processes == 1 ? "it" : "them");
}

static int check_parent(const struct vt_action_env *env, struct vt_plan *plan, const char *path,
			struct vt_error *err)
{
	const char *parent = vt_cgroup_parent(plan->arena, path);
	vt_autoclose int fd = vt_cgroup_open(env->host, env->snapshot, parent, err);

	if (fd < 0)
		return fd;
	return faccessat(fd, ".", W_OK, AT_EACCESS) < 0 ? vt_explain_dir(path, "remove", errno, err)
							: 0;
}

int vt_remove_plan(const struct vt_action_env *env, const struct vt_request *request,
		   struct vt_plan *plan, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	struct removal rm = { .env = env, .plan = plan };
	int r = vt_hold_target(env, request, plan, &d, err);

	if (r == 0 && vt_cgroup_is_root(d.path))
		r = vt_fail(err, EBUSY, "/ is the root cgroup and cannot be removed");
	if (r == 0)
		r = walk(&rm, openat(d.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), d.path, 0,
			 err);
	if (r == 0)
		r = check_empty(&rm, d.path, err);
	if (r == 0)
		r = check_parent(env, plan, d.path, err);
	if (r < 0)
		return r;
	plan->title = vt_arena_printf(plan->arena, "Remove %s", d.path);
	if (rm.cgroups > 1)
		vt_plan_effect(plan, "with it goes what is below: %s",
			       vt_plural(plan->arena, rm.cgroups - 1, "cgroup", "cgroups"));
	vt_plan_effect(plan, "its counters and events are lost; undo makes it again with the same "
			     "settings, as a new cgroup");
	vt_effect_systemd(plan, &d, NULL, NULL);
	return 0;
}

int vt_remove_parse(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		    struct vt_request *request, struct vt_error *err)
{
	if (argc != 1)
		return vt_fail(err, EINVAL, "remove needs one cgroup");
	return vt_parse_cgroup(env, argv[0], arena, request, err);
}
