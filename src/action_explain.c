/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why the kernel says no, and what to do about it. "Invalid argument" helps
 * nobody: the rules are in the kernel's cgroup-v2.rst, the facts in the files
 * around the one that refused.
 */
#include "action_explain.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* Controllers that may be enabled although a cgroup has processes: those of threaded cgroups. */
static bool is_threaded_controller(const char *word)
{
	static const char *const names[] = { "cpu", "cpuset", "pids", "perf_event" };

	for (size_t i = 0; i < VT_LEN(names); i++)
		if (strcmp(names[i], word) == 0)
			return true;
	return false;
}

static const char *v1_controllers(const struct vt_cgroup_dir *d)
{
	const struct vt_host_row *row = vt_snapshot_host(d->snapshot);

	return VT_HAS(HOST, row, cgroup_v1_controllers) ? row->cgroup_v1_controllers : "";
}

static int explain_absent(const struct vt_cgroup_dir *d, const char *controller,
			  struct vt_error *err)
{
	const char *old = strcmp(controller, "io") == 0 ? "blkio" : controller;

	if (vt_has_word(v1_controllers(d), old))
		return vt_fail(err, ENOENT,
			       "cgroup v1 holds the %s controller on this host, so cgroup v2 has "
			       "no %s files: it can only be limited in v1's own tree",
			       old, controller);
	return vt_fail(err, ENOENT, "this kernel offers no %s controller in cgroup v2", controller);
}

/* From the root down: the first that does not pass it on is the one to change. */
static int find_gap(const struct vt_cgroup_dir *d, const char *controller, struct vt_arena *arena,
		    const char **ret_path)
{
	const char *path = d->path;
	int found = -ENOENT;

	for (;;) {
		vt_autoclose int fd = vt_cgroup_open(d->host, d->snapshot, path, NULL);
		vt_autofree char *on = fd < 0 ? NULL
					      : vt_cgroup_value(fd, "cgroup.subtree_control");

		if (on && !vt_has_word(on, controller)) {
			*ret_path = path;
			found = 0;
		}
		if (vt_cgroup_is_root(path))
			return found;
		path = vt_cgroup_parent(arena, path);
	}
}

int vt_explain_controller(const struct vt_cgroup_dir *d, const char *controller,
			  struct vt_error *err)
{
	vt_autoclose int root = vt_cgroup_open(d->host, d->snapshot, "/", NULL);
	vt_autofree char *offered = root < 0 ? NULL : vt_cgroup_value(root, "cgroup.controllers");
	struct vt_arena *arena;
	const char *gap = d->path;

	if (offered && !vt_has_word(offered, controller))
		return explain_absent(d, controller, err);
	arena = vt_arena_new();
	(void)find_gap(d, controller, arena, &gap);
	(void)vt_fail(err, ENOENT,
		      "%s does not enable the %s controller for its children: enable it with "
		      "virttop do controllers %s +%s",
		      gap, controller, d->path, controller);
	vt_arena_free(arena);
	return -ENOENT;
}

int vt_explain_missing(const struct vt_cgroup_dir *d, const char *file, struct vt_error *err)
{
	char controller[64];
	vt_autofree char *here = vt_cgroup_value(d->fd, "cgroup.controllers");
	struct vt_cgroup_dir up = *d;
	struct vt_arena *arena;
	int r;

	vt_controller_of(file, controller, sizeof(controller));
	if (vt_cgroup_is_root(d->path))
		return vt_fail(err, ENOENT,
			       "the root cgroup has no %s: what is not below "
			       "another cgroup cannot be limited",
			       file);
	if (!*controller || (here && vt_has_word(here, controller)))
		return vt_fail(err, ENOENT, "this kernel has no %s in %s", file, d->path);
	arena = vt_arena_new();
	up.path = vt_cgroup_parent(arena, d->path);
	r = vt_explain_controller(&up, controller, err);
	vt_arena_free(arena);
	return r < 0 ? vt_wrap(err, "%s has no %s", d->path, file) : r;
}

/*
 * "Delegation": a cgroup that was given away has its processes and its subtree
 * in other hands; its own limits stay with who gave it.
 */
static bool is_boundary(const struct vt_cgroup_dir *d, const struct stat *file)
{
	struct stat dir;

	return fstat(d->fd, &dir) == 0 && dir.st_uid == geteuid() && file->st_uid != geteuid();
}

int vt_explain_privilege(const struct vt_cgroup_dir *d, const char *file, int code,
			 struct vt_error *err)
{
	struct stat st;

	if (fstatat(d->fd, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return vt_fail(err, code, "cannot write %s of %s: %s", file, d->path,
			       vt_errno_text(code));
	if (is_boundary(d, &st))
		return vt_fail(err, code,
			       "cannot write %s of %s: it was delegated to you (uid %u), but its "
			       "own limits stay with uid %u: set them on a cgroup below it, or run "
			       "virttop as root",
			       file, d->path, geteuid(), st.st_uid);
	if (geteuid() == 0 && code == EPERM)
		return vt_fail(
			err, code,
			"cannot write %s of %s: it is the root of this cgroup namespace, "
			"whose limits are set from outside (nsdelegate); set them on a cgroup "
			"below it",
			file, d->path);
	return vt_fail(
		err, code,
		"cannot write %s of %s: it belongs to uid %u and you are uid %u: run virttop "
		"as root, or have the cgroup delegated to you (systemd: Delegate=yes)",
		file, d->path, st.st_uid, geteuid());
}

int vt_check_writable(const struct vt_cgroup_dir *d, const char *file, struct vt_error *err)
{
	if (faccessat(d->fd, file, W_OK, AT_EACCESS) == 0 || errno == ENOENT)
		return 0;
	if (errno == EROFS)
		return vt_fail(err, EPERM,
			       "cannot write %s of %s: cgroups are mounted read-only here, as in "
			       "an unprivileged container",
			       file, d->path);
	return vt_explain_privilege(d, file, EACCES, err);
}

bool vt_has_domain_controller(const char *subtree)
{
	vt_autofree char *words = vt_strdup(subtree);
	char *save = NULL;

	for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save))
		if (!is_threaded_controller(w))
			return true;
	return false;
}

static int explain_internal(const struct vt_cgroup_dir *d, const char *subtree,
			    struct vt_error *err)
{
	return vt_fail(err, EBUSY,
		       "%s passes on the controllers %s to its children, so it can have no "
		       "processes of its own: choose a cgroup below it",
		       d->path, subtree);
}

int vt_check_takes_processes(const struct vt_cgroup_dir *d, struct vt_error *err)
{
	vt_autofree char *type = vt_cgroup_value(d->fd, "cgroup.type");
	vt_autofree char *subtree = vt_cgroup_value(d->fd, "cgroup.subtree_control");

	if (vt_cgroup_is_root(d->path))
		return 0;
	if (type && strcmp(type, "domain invalid") == 0)
		return vt_fail(
			err, EOPNOTSUPP,
			"%s is in a threaded subtree and not threaded itself (cgroup.type is "
			"domain invalid): it can have no processes",
			d->path);
	if (type && strcmp(type, "threaded") == 0)
		return vt_fail(
			err, EOPNOTSUPP,
			"%s is threaded: it is for threads of a process whose domain is above "
			"it; choose a cgroup whose cgroup.type is domain",
			d->path);
	if (subtree && vt_has_domain_controller(subtree))
		return explain_internal(d, subtree, err);
	return 0;
}

int vt_explain_move(const struct vt_cgroup_dir *d, uint64_t pid, int code, struct vt_error *err)
{
	vt_autofree char *what = vt_asprintf("cannot move process %" PRIu64 " to %s", pid, d->path);
	vt_autofree char *subtree = vt_cgroup_value(d->fd, "cgroup.subtree_control");

	switch (code) {
	case EBUSY:
		return explain_internal(d, subtree ? subtree : "", err);
	case EOPNOTSUPP:
		return vt_fail(err, code, "%s: it is in a threaded subtree or not a valid domain",
			       what);
	case ESRCH:
		return vt_fail(err, ESTALE, "%s: the process has ended", what);
	case EINVAL:
		return vt_fail(err, code,
			       "%s: kernel threads and processes bound to their CPUs "
			       "cannot be moved",
			       what);
	case ENOENT:
		return vt_fail(err, code,
			       "%s: the process is outside of what this cgroup namespace "
			       "may move",
			       what);
	case EACCES:
	case EPERM:
		return vt_fail(
			err, code,
			"%s: you are uid %u and may write neither there nor, which is needed "
			"too, to the common ancestor of both cgroups: run virttop as root",
			what, geteuid());
	case EAGAIN:
		return vt_fail(err, code, "%s: pids.max or an rt budget there is used up", what);
	default:
		return vt_fail(err, code, "%s: %s", what, vt_errno_text(code));
	}
}

int vt_explain_dir(const char *path, const char *verb, int code, struct vt_error *err)
{
	switch (code) {
	case EEXIST:
		return vt_fail(err, ESTALE, "cannot %s %s: it is there already: look again", verb,
			       path);
	case EBUSY:
		return vt_fail(err, code, "cannot %s %s: it has processes or cgroups below it",
			       verb, path);
	case EAGAIN:
		return vt_fail(err, code,
			       "cannot %s %s: cgroup.max.descendants or cgroup.max.depth "
			       "of an ancestor is reached",
			       verb, path);
	case EACCES:
	case EPERM:
		return vt_fail(
			err, code,
			"cannot %s %s: you are uid %u and the parent cgroup is not yours: run "
			"virttop as root, or have it delegated (systemd: Delegate=yes)",
			verb, path, geteuid());
	case EROFS:
		return vt_fail(err, EPERM, "cannot %s %s: cgroups are mounted read-only here", verb,
			       path);
	case ENOENT:
		return vt_fail(err, ESTALE, "cannot %s %s: it or its parent is gone", verb, path);
	default:
		return vt_fail(err, code, "cannot %s %s: %s", verb, path, vt_errno_text(code));
	}
}

/* systemd.resource-control(5): the properties behind the files. */
static const struct property {
	const char *file, *name;
} properties[] = {
	{ "memory.max", "MemoryMax" },           { "memory.high", "MemoryHigh" },
	{ "memory.low", "MemoryLow" },           { "memory.min", "MemoryMin" },
	{ "memory.swap.max", "MemorySwapMax" },  { "pids.max", "TasksMax" },
	{ "cpu.weight", "CPUWeight" },           { "cpuset.cpus", "AllowedCPUs" },
	{ "cpuset.mems", "AllowedMemoryNodes" },
};

static const char *property_of(const char *file)
{
	for (size_t i = 0; file && i < VT_LEN(properties); i++)
		if (strcmp(properties[i].file, file) == 0)
			return properties[i].name;
	return NULL;
}

static void effect_cpu(struct vt_plan *plan, const char *unit, const char *value)
{
	char *end;
	double quota = strtod(value, &end), period = strtod(end, NULL);
	vt_autofree char *percent = strncmp(value, "max", 3) == 0
					    ? vt_strdup("")
					    : vt_asprintf("%.0f%%", 100 * quota / period);

	vt_plan_effect(plan,
		       "systemd manages %s and may overwrite this: systemctl set-property "
		       "--runtime %s CPUQuota=%s is the lasting way",
		       unit, unit, percent);
}

void vt_effect_systemd(struct vt_plan *plan, const struct vt_cgroup_dir *d, const char *file,
		       const char *value)
{
	const struct vt_cgroup *cg = vt_snapshot_path(d->snapshot, d->path);
	vt_autoclose int systemd = vt_host_openat(d->host->root, "run/systemd/system", O_PATH);
	const char *property = property_of(file);
	const char *unit;

	if (systemd < 0 || !cg || !VT_HAS(CGROUP, cg, unit))
		return;
	if (strcmp(strrchr(d->path, '/') + 1, cg->unit) != 0) {
		vt_plan_effect(
			plan,
			"written directly: it is inside the unit %s, which systemd leaves to "
			"whoever runs there",
			cg->unit);
		return;
	}
	unit = vt_shell_quote(plan->arena, cg->unit);
	if (file && strcmp(file, "cpu.max") == 0)
		effect_cpu(plan, unit, value);
	else if (property)
		vt_plan_effect(plan,
			       "systemd manages %s and may overwrite this: systemctl "
			       "set-property --runtime %s %s=%s is the lasting way",
			       unit, unit, property,
			       strcmp(value, "max") == 0 ? "infinity" : value);
	else
		vt_plan_effect(plan, "systemd manages %s and does not expect others to change it",
			       unit);
}
