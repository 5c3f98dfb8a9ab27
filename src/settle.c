/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal has a line before and one after each step. A virttop that was
 * killed between the two leaves only the first, and then nobody has written
 * down whether the step was done: the system has to be asked.
 */
#include "settle.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "apply_thread.h"
#include "inverse.h"
#include "limit_files.h"
#include "unit_bus.h"

/* "+memory -pids" against the controllers that are on. */
static bool words_took(const char *value, const char *now)
{
	vt_autofree char *copy = vt_strdup(value);
	char *save = NULL;

	for (char *w = strtok_r(copy, " \n", &save); w; w = strtok_r(NULL, " \n", &save))
		if (vt_has_word(now, w + 1) != (w[0] == '+'))
			return false;
	return true;
}

/* A line that says nothing but this is not there at all. */
static bool is_no_limit(const char *word)
{
	size_t n = strlen(word);

	return strcmp(word, "default") == 0 || strcmp(word, "target=0") == 0 ||
	       (n > 4 && strcmp(word + n - 4, "=max") == 0);
}

/* Every word of "8:0 rbps=1048576" is in its line. */
static bool line_took(struct vt_arena *arena, const char *value, const char *now)
{
	vt_autofree char *copy = vt_strdup(value);
	const char *line = vt_device_line(arena, value, now);
	char *save = NULL;

	for (char *w = strtok_r(copy, " \n", &save); w; w = strtok_r(NULL, " \n", &save))
		if (line ? !vt_has_word(line, w) : w != copy && !is_no_limit(w))
			return false;
	return true;
}

/* The kernel rounds sizes down to pages. */
static bool size_took(const char *value, const char *now)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), wanted, is;
	char *end;

	wanted = strtoull(value, &end, 10);
	if (*end || end == value)
		return false;
	is = strtoull(now, &end, 10);
	return !*end && end != now && is == wanted - wanted % page;
}

static bool took(struct vt_arena *arena, const char *file, const char *value, const char *now)
{
	const struct vt_limit_row *row = vt_limit_row_find(file);

	if (vt_same_words(value, now))
		return true;
	if (strcmp(file, "cgroup.subtree_control") == 0)
		return words_took(value, now);
	if (vt_file_is_by_device(file))
		return line_took(arena, value, now);
	return row && row->syntax == VT_LIMIT_SIZE && size_took(value, now);
}

enum vt_settled vt_settle_write(const char *file, const char *value, const char *was,
				const char *now)
{
	struct vt_arena *arena;
	bool did;

	if (!was || !now)
		return VT_SETTLED_UNKNOWN;
	if (vt_same_words(now, was))
		return VT_SETTLED_NOT_DONE;
	arena = vt_arena_new();
	did = took(arena, file, value, now);
	vt_arena_free(arena);
	return did ? VT_SETTLED_DONE : VT_SETTLED_CHANGED;
}

static enum vt_settled settle_write(const struct vt_action_env *env, const struct vt_step *step,
				    struct vt_arena *arena, struct vt_outcome *o)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	vt_autofree char *now = NULL;
	enum vt_settled settled;

	/* Without an identity the plan made the cgroup itself, and that goes as a whole. */
	if (!step->target.a || vt_cgroup_hold(env, step->path, step->target.a, &d, NULL) < 0)
		return VT_SETTLED_UNKNOWN;
	now = vt_cgroup_value(d.fd, step->file);
	settled = vt_settle_write(step->file, step->value, step->was, now);
	o->done = settled == VT_SETTLED_DONE || settled == VT_SETTLED_CHANGED;
	/* What somebody else wrote is not what we did: undo finds it changed and says so. */
	if (settled == VT_SETTLED_DONE)
		o->now = vt_arena_intern(arena, now);
	return settled;
}

/* The directory was not there when the step began, or making it would have failed. */
static enum vt_settled settle_mkdir(const struct vt_action_env *env, const struct vt_step *step,
				    struct vt_outcome *o)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	int r = vt_cgroup_hold(env, step->path, 0, &d, NULL);

	if (r == -ENOENT)
		return VT_SETTLED_NOT_DONE;
	if (r < 0)
		return VT_SETTLED_UNKNOWN;
	o->done = true;
	o->made_id = d.id;
	return VT_SETTLED_DONE;
}

static enum vt_settled settle_rmdir(const struct vt_action_env *env, const struct vt_step *step,
				    struct vt_outcome *o)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;
	int r = vt_cgroup_hold(env, step->path, 0, &d, NULL);

	o->done = r == -ENOENT;
	if (r == 0)
		return d.id == step->target.a ? VT_SETTLED_NOT_DONE : VT_SETTLED_CHANGED;
	return r == -ENOENT ? VT_SETTLED_DONE : VT_SETTLED_UNKNOWN;
}

/* What is there now is what was, what the step was to make, or neither. */
static enum vt_settled judge(const char *now, const char *was, const char *wanted,
			     struct vt_outcome *o)
{
	if (strcmp(now, was) == 0)
		return VT_SETTLED_NOT_DONE;
	o->done = true;
	return strcmp(now, wanted) == 0 ? VT_SETTLED_DONE : VT_SETTLED_CHANGED;
}

static enum vt_settled settle_move(const struct vt_action_env *env, const struct vt_step *step,
				   struct vt_outcome *o)
{
	struct vt_process_now now;

	if (vt_process_check(env->host, step->target, &now, NULL) < 0 || !*now.cgroup || !step->was)
		return VT_SETTLED_UNKNOWN;
	return judge(now.cgroup, step->was, step->path, o);
}

static enum vt_settled settle_unit(const struct vt_action_env *env, const struct vt_step *step,
				   struct vt_arena *arena, struct vt_outcome *o)
{
	struct vt_unit_bus *bus = NULL;
	const char *now = NULL;
	int r = vt_unit_bus_open(env->host, step->path, step->unit, &bus, NULL);

	if (r == 0)
		r = vt_unit_bus_read(bus, step->value, arena, &now, NULL);
	vt_unit_bus_free(bus);
	if (r < 0 || !step->was)
		return VT_SETTLED_UNKNOWN;
	return judge(now, step->was, step->value, o);
}

static enum vt_settled settle_thread(const struct vt_action_env *env, const struct vt_step *step,
				     struct vt_arena *arena, struct vt_outcome *o)
{
	struct vt_process_now thread;
	const char *now = NULL;
	int r = vt_process_check(env->host, step->target, &thread, NULL);

	if (r == 0)
		r = (step->op == VT_OP_PIN ? vt_thread_cpus : vt_thread_nice)(
			env->host, step->target.a, arena, &now, NULL);
	if (r < 0 || !step->was)
		return VT_SETTLED_UNKNOWN;
	return judge(now, step->was, step->value, o);
}

enum vt_settled vt_settle_step(const struct vt_action_env *env, const struct vt_step *step,
			       struct vt_arena *arena, struct vt_outcome *outcome)
{
	switch (step->op) {
	case VT_OP_WRITE:
		return settle_write(env, step, arena, outcome);
	case VT_OP_MKDIR:
		return settle_mkdir(env, step, outcome);
	case VT_OP_RMDIR:
		return settle_rmdir(env, step, outcome);
	case VT_OP_MOVE:
		return settle_move(env, step, outcome);
	case VT_OP_UNIT:
		return settle_unit(env, step, arena, outcome);
	case VT_OP_PIN:
	case VT_OP_NICE:
		return settle_thread(env, step, arena, outcome);
	/* What was made or ended under a name says nothing of who did it. */
	case VT_OP_NETNS_ADD:
	case VT_OP_NETNS_DEL:
	case VT_OP_VETH_ADD:
	case VT_OP_VETH_DEL:
	case VT_OP_MOUNT:
	case VT_OP_UMOUNT:
	case VT_OP_RELEASE:
	case VT_OP_SPAWN:
	case VT_OP_SIGNAL:
		break;
	}
	return VT_SETTLED_UNKNOWN;
}
