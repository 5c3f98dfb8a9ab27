/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * limit: sets files of a cgroup. The preview compares the new limit with what
 * is used now, and with the limits of the ancestors, which bind as well.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "action_explain.h"
#include "action_table.h"
#include "action_unit.h"
#include "limit_effect.h"
#include "limit_files.h"
#include "units.h"

/* "hugetlb.*.current" for the file "hugetlb.2MB.max": with the same page size. */
static void current_file(const struct vt_limit_row *row, const char *file, char *out, size_t size)
{
	const char *star = strchr(row->current, '*'), *mark = strchr(row->name, '*');
	size_t head, n;

	if (!star) {
		(void)snprintf(out, size, "%s", row->current);
		return;
	}
	head = (size_t)(mark - row->name);
	n = strcspn(file + head, ".");
	(void)snprintf(out, size, "%.*s%.*s%s", (int)(star - row->current), row->current, (int)n,
		       file + head, star + 1);
}

static void effect_below(struct vt_plan *plan, const struct vt_cgroup_dir *d,
			 const struct vt_limit_row *row, const char *file, const char *value)
{
	char name[64], used[32], limit[32];
	vt_autofree char *now = NULL;
	enum vt_unit unit = row->syntax == VT_LIMIT_SIZE ? VT_UNIT_BYTES : VT_UNIT_COUNT;
	uint64_t current, most;

	if (!row->current || strcmp(value, "max") == 0)
		return;
	current_file(row, file, name, sizeof(name));
	now = vt_cgroup_value(d->fd, name);
	if (!now)
		return;
	current = strtoull(now, NULL, 10);
	most = strtoull(value, NULL, 10);
	vt_units_short(used, sizeof(used), unit, current);
	vt_units_short(limit, sizeof(limit), unit, most);
	if (current > most)
		vt_plan_effect(plan, "%s is %s, the new limit is %s: %s", name, used, limit,
			       row->below);
	else
		vt_plan_effect(plan, "%s is %s, the new limit is %s", name, used, limit);
}

/* A limit is no use where an ancestor's is tighter. */
static void effect_ancestor(struct vt_plan *plan, const struct vt_cgroup_dir *d, const char *file,
			    const char *value)
{
	const char *path = d->path;
	uint64_t mine, theirs;

	if (strcmp(file, "memory.max") != 0 && strcmp(file, "pids.max") != 0)
		return;
	if (vt_units_parse_count(value, &mine, NULL) < 0)
		return;
	while (!vt_cgroup_is_root(path = vt_cgroup_parent(plan->arena, path))) {
		vt_autoclose int fd = vt_cgroup_open(d->host, d->snapshot, path, NULL);
		vt_autofree char *text = fd < 0 ? NULL : vt_cgroup_value(fd, file);
		char shown[64];

		if (!text || vt_units_parse_count(text, &theirs, NULL) < 0 || theirs >= mine)
			continue;
		vt_limit_show(file, text, shown, sizeof(shown));
		vt_plan_effect(plan, "%s has a lower %s, %s, which still binds", path, file, shown);
		return;
	}
}

static void effect_cpu(struct vt_plan *plan, const char *value)
{
	char *end;
	double quota = strtod(value, &end), period = strtod(end, NULL);

	if (strncmp(value, "max", 3) == 0 || period <= 0)
		return;
	vt_plan_effect(plan, "at most %g ms of CPU time in each %g ms, all CPUs together",
		       quota / 1000, period / 1000);
}

static void effect_reclaim(struct vt_plan *plan, const struct vt_cgroup_dir *d, const char *value)
{
	vt_autofree char *now = vt_cgroup_value(d->fd, "memory.current");
	char used[32];

	if (now) {
		vt_units_short(used, sizeof(used), VT_UNIT_BYTES, strtoull(now, NULL, 10));
		vt_plan_effect(plan, "memory.current is %s", used);
	}
	vt_limit_show("memory.reclaim", value, used, sizeof(used));
	vt_plan_effect(plan,
		       "the kernel looks for %s to take back, file cache first; what is used soon "
		       "is read again, which costs time and IO",
		       used);
}

static void add_effects(struct vt_plan *plan, const struct vt_cgroup_dir *d,
			const struct vt_limit_row *row, const char *file, const char *value)
{
	const struct vt_cgroup *cg =
		vt_snapshot_find(d->snapshot, (struct vt_id){ VT_KIND_CGROUP, d->id, 0 });

	effect_below(plan, d, row, file, value);
	/* Where the snapshot does not know what binds, the ancestors' files do. */
	if (!cg || cg->head.gone_ns || !vt_limit_effect(plan, d->snapshot, cg, file, value))
		effect_ancestor(plan, d, file, value);
	if (row->syntax == VT_LIMIT_CPU)
		effect_cpu(plan, value);
	if (strcmp(file, "memory.reclaim") == 0)
		effect_reclaim(plan, d, value);
}

static int unknown_file(const char *file, struct vt_error *err)
{
	return vt_fail(err, EINVAL,
		       "'%s' is not a file that can be set: memory.max, cpu.max, pids.max, io.max, "
		       "cpuset.cpus, hugetlb.2MB.max, cgroup.freeze and others can",
		       file);
}

static int refuse_freezing_self(const struct vt_action_env *env, const struct vt_cgroup_dir *d,
				const char *file, const char *value, struct vt_error *err)
{
	if (strcmp(file, "cgroup.freeze") != 0 || strcmp(value, "1") != 0 ||
	    !vt_self_is_below(env, d->path))
		return 0;
	return vt_fail(err, EDEADLK, "virttop itself runs in %s and would freeze with it", d->path);
}

/* systemd enables the controller of what it sets: then the file comes with the setting. */
static bool will_be_there(const struct vt_cgroup_dir *d, const struct vt_through *through,
			  const char *file)
{
	vt_autoclose int root = vt_cgroup_open(d->host, d->snapshot, "/", NULL);
	vt_autofree char *offered = root < 0 ? NULL : vt_cgroup_value(root, "cgroup.controllers");
	char controller[64];

	vt_controller_of(file, controller, sizeof(controller));
	return through->bus && *controller && offered && vt_has_word(offered, controller);
}

/* Rules that the kernel does not tell apart when it refuses. */
static int check_kind(const struct vt_cgroup_dir *d, const char *file, const char *value,
		      struct vt_error *err)
{
	if (strcmp(file, "cgroup.type") == 0)
		return vt_check_threaded(d, err);
	if (strcmp(file, "cpuset.cpus.partition") == 0)
		return vt_check_partition(d, value, err);
	return 0;
}

static int plan_setting(const struct vt_action_env *env, struct vt_plan *plan,
			const struct vt_cgroup_dir *d, struct vt_through *through,
			const struct vt_setting *setting, struct vt_error *err)
{
	static const struct {
		const char *file, *why;
	} final[] = {
		{ "cgroup.type", "a threaded cgroup stays threaded until it is removed" },
		{ "memory.reclaim", "what was reclaimed comes back when it is needed again" },
	};
	const struct vt_limit_row *row = vt_limit_row_find(setting->file);
	vt_autofree char *now = NULL;
	struct vt_step *step;
	char value[256];
	int r, code;

	if (!row)
		return unknown_file(setting->file, err);
	now = vt_cgroup_value(d->fd, setting->file);
	code = now ? 0 : errno;
	if (code == ENOENT && !will_be_there(d, through, setting->file))
		return vt_explain_missing(d, setting->file, err);
	r = vt_limit_value(row, setting->file, setting->value, now, value, sizeof(value), err);
	if (r == 0)
		r = refuse_freezing_self(env, d, setting->file, value, err);
	if (r == 0)
		r = vt_check_writable(d, setting->file, err);
	if (r == 0 && (!now || !vt_same_words(now, value)))
		r = check_kind(d, setting->file, value, err);
	if (r < 0)
		return r;
	add_effects(plan, d, row, setting->file, value);
	if (vt_through_take(through, plan, setting->file, value))
		return 0;
	if (code == ENOENT)
		return vt_explain_missing(d, setting->file, err);
	vt_effect_systemd(plan, d, setting->file, value);
	step = vt_plan_write(plan, d, setting->file, value, now);
	for (size_t i = 0; i < VT_LEN(final); i++)
		if (strcmp(setting->file, final[i].file) == 0)
			step->cannot_undo = final[i].why;
	if (now && vt_same_words(now, value))
		vt_plan_effect(plan, "%s is that already", setting->file);
	return 0;
}

int vt_limit_plan(const struct vt_action_env *env, const struct vt_request *request,
		  struct vt_plan *plan, struct vt_error *err)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	struct vt_through through = { 0 };
	int r = vt_hold_target(env, request, plan, &d, err);

	if (r == 0 && !request->n_settings)
		r = vt_fail(err, EINVAL, "nothing to set: write FILE=VALUE");
	if (r == 0)
		vt_through_begin(&through, &d);
	for (size_t i = 0; r == 0 && i < request->n_settings; i++)
		r = plan_setting(env, plan, &d, &through, &request->settings[i], err);
	if (r == 0)
		r = vt_through_plan(&through, plan, &d, request->lasting, err);
	vt_through_finish(&through);
	if (r == 0)
		plan->title = vt_arena_printf(plan->arena, "Limit %s", d.path);
	return r;
}

int vt_limit_parse(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		   struct vt_request *request, struct vt_error *err)
{
	int r, kept = 0;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--persistent") == 0)
			request->lasting = true;
		else
			argv[kept++] = argv[i];
	}
	argc = kept;
	if (argc < 2)
		return vt_fail(err, EINVAL, "limit needs a cgroup and FILE=VALUE");
	r = vt_parse_cgroup(env, argv[0], arena, request, err);
	return r < 0 ? r : vt_parse_settings(argc - 1, argv + 1, arena, request, err);
}
