/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * controllers: which controllers the children of a cgroup may use. The kernel
 * wants them enabled from the root down and disabled from the leaves up
 * (cgroup-v2.rst, "Enabling and Disabling", "Top-down Constraint"), so one wish
 * becomes several writes to cgroup.subtree_control. In the request a setting's
 * file is the controller and its value "+" or "-".
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "action_explain.h"
#include "action_table.h"

static const char subtree[] = "cgroup.subtree_control";

/* The words of one cgroup: "+memory +pids", without what is so already. */
static const char *words_for(const struct vt_request *request, const char *on, char sign,
			     struct vt_arena *arena)
{
	const char *words = "";

	for (size_t i = 0; i < request->n_settings; i++) {
		const char *name = request->settings[i].file;

		if (request->settings[i].value[0] == sign && vt_has_word(on, name) == (sign == '-'))
			words = vt_arena_printf(arena, "%s%s%c%s", words, *words ? " " : "", sign,
						name);
	}
	return words;
}

static bool has_domain_word(const char *words)
{
	static const char *const threaded[] = { "+cpu", "+cpuset", "+pids", "+perf_event" };
	size_t n = 0, all = *words ? 1 : 0;

	for (size_t i = 0; i < VT_LEN(threaded); i++)
		n += vt_has_word(words, threaded[i]);
	for (const char *p = words; (p = strchr(p, ' ')); p++)
		all++;
	return all > n;
}

static int check_no_processes(const struct vt_cgroup_dir *d, const char *words,
			      struct vt_error *err)
{
	if (vt_cgroup_is_root(d->path) || !has_domain_word(words) || !vt_cgroup_count(d->fd))
		return 0;
	return vt_explain_write(d, subtree, words, EBUSY, err);
}

static int add_write(struct vt_plan *plan, const struct vt_cgroup_dir *d,
		     const struct vt_request *request, char sign, struct vt_error *err)
{
	vt_autofree char *on = vt_cgroup_value(d->fd, subtree);
	const char *words;
	int r;

	if (!on)
		return vt_fail(err, errno, "cannot read %s of %s: %s", subtree, d->path,
			       vt_errno_text(errno));
	words = words_for(request, on, sign, plan->arena);
	if (!*words)
		return 0;
	r = sign == '+' ? check_no_processes(d, words, err) : 0;
	if (r == 0)
		r = vt_check_writable(d, subtree, err);
	if (r == 0)
		(void)vt_plan_write(plan, d, subtree, words, on);
	return r;
}

/* From the root down to path. */
static int enable(const struct vt_action_env *env, const struct vt_request *request,
		  struct vt_plan *plan, const char *path, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	int r = 0;

	if (!vt_cgroup_is_root(path))
		r = enable(env, request, plan, vt_cgroup_parent(plan->arena, path), err);
	if (r == 0)
		r = vt_cgroup_hold(env, path, 0, &d, err);
	return r < 0 ? r : add_write(plan, &d, request, '+', err);
}

static int disable(const struct vt_action_env *env, const struct vt_request *request,
		   struct vt_plan *plan, const char *path, int depth, struct vt_error *err);

static int disable_children(const struct vt_action_env *env, const struct vt_request *request,
			    struct vt_plan *plan, const struct vt_cgroup_dir *d, int depth,
			    struct vt_error *err)
{
	int copy = openat(d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	vt_autoclosedir DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *e;

	if (!dir)
		return vt_fail(err, errno, "cannot list %s: %s", d->path, vt_errno_text(errno));
	while (r == 0 && (e = readdir(dir)))
		if (e->d_type == DT_DIR && strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0)
			r = disable(env, request, plan,
				    vt_arena_printf(plan->arena, "%s/%s",
						    vt_cgroup_is_root(d->path) ? "" : d->path,
						    e->d_name),
				    depth + 1, err);
	return r;
}

enum {
	DEPTH_LIMIT = 64
};

/* From the leaves up to path; a cgroup that vanishes meanwhile needs nothing. */
static int disable(const struct vt_action_env *env, const struct vt_request *request,
		   struct vt_plan *plan, const char *path, int depth, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	vt_autofree char *on = NULL;
	int r = vt_cgroup_hold(env, path, 0, &d, err);

	if (r == -ENOENT && depth)
		return 0;
	if (r < 0 || depth > DEPTH_LIMIT)
		return r;
	/* Where it is off, it is off below too. */
	on = vt_cgroup_value(d.fd, subtree);
	if (!on || !*words_for(request, on, '-', plan->arena))
		return 0;
	r = disable_children(env, request, plan, &d, depth, err);
	return r < 0 ? r : add_write(plan, &d, request, '-', err);
}

static int check_offered(const struct vt_action_env *env, const struct vt_request *request,
			 const struct vt_cgroup_dir *d, struct vt_error *err)
{
	vt_autoclose int root = vt_cgroup_open(env->host, env->snapshot, "/", err);
	vt_autofree char *offered = NULL;

	if (root < 0)
		return root;
	offered = vt_cgroup_value(root, "cgroup.controllers");
	for (size_t i = 0; offered && i < request->n_settings; i++)
		if (!vt_has_word(offered, request->settings[i].file))
			return vt_explain_controller(d, request->settings[i].file, err);
	return 0;
}

static void add_effects(struct vt_plan *plan, const struct vt_cgroup_dir *d,
			const struct vt_request *request)
{
	for (size_t i = 0; i < request->n_settings; i++) {
		bool on = request->settings[i].value[0] == '+';

		vt_plan_effect(plan,
			       on ? "children of %s get the files of %s"
				  : "children of %s lose the files of %s and the limits in them",
			       d->path, request->settings[i].file);
	}
	vt_effect_systemd(plan, d, NULL, NULL);
}

int vt_controllers_plan(const struct vt_action_env *env, const struct vt_request *request,
			struct vt_plan *plan, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	int r = vt_hold_target(env, request, plan, &d, err);

	if (r == 0 && !request->n_settings)
		r = vt_fail(err, EINVAL, "no controller is named: write +NAME or -NAME");
	if (r == 0)
		r = check_offered(env, request, &d, err);
	if (r == 0)
		r = enable(env, request, plan, d.path, err);
	if (r == 0)
		r = disable(env, request, plan, d.path, 0, err);
	if (r < 0)
		return r;
	if (!plan->n_steps)
		return vt_fail(err, EALREADY, "nothing to do: the controllers of %s are so already",
			       d.path);
	plan->title = vt_arena_printf(plan->arena, "Controllers below %s", d.path);
	add_effects(plan, &d, request);
	return 0;
}

int vt_controllers_parse(const struct vt_action_env *env, int argc, char **argv,
			 struct vt_arena *arena, struct vt_request *request, struct vt_error *err)
{
	struct vt_setting *settings;

	if (argc < 2)
		return vt_fail(err, EINVAL, "controllers needs a cgroup and +NAME or -NAME");
	settings = vt_arena_alloc(arena, (size_t)argc * sizeof(*settings));
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];

		if ((word[0] != '+' && word[0] != '-') || !word[1] || strpbrk(word + 1, " /\n"))
			return vt_fail(err, EINVAL,
				       "'%s' is not a controller to switch: write "
				       "+memory or -memory",
				       word);
		settings[i - 1] = (struct vt_setting){ word + 1, word[0] == '+' ? "+" : "-" };
	}
	request->settings = settings;
	request->n_settings = (size_t)argc - 1;
	return vt_parse_cgroup(env, argv[0], arena, request, err);
}
