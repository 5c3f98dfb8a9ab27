/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking steps back. A step's inverse is again a step, with what we wrote as
 * the value before: when somebody else has changed it since, it is stale and
 * refused like any other.
 */
#include "inverse.h"

#include <signal.h>
#include <string.h>

#include "action_cgroup.h"
#include "action_mount.h"
#include "apply_mount.h"

static const char *words_against(struct vt_arena *arena, const char *words, const char *others,
				 char sign, const char *before)
{
	vt_autofree char *copy = vt_strdup(words);
	char *save = NULL;

	for (char *w = strtok_r(copy, " \n", &save); w; w = strtok_r(NULL, " \n", &save))
		if (!vt_has_word(others, w))
			before = vt_arena_printf(arena, "%s%s%c%s", before, *before ? " " : "",
						 sign, w);
	return before;
}

/* The line of a device in the value before: "8:0 rbps=max wbps=1048576 ...". */
static const char *line_of(struct vt_arena *arena, const char *was, const char *key, size_t n)
{
	for (const char *p = was; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL)
		if (strncmp(p, key, n) == 0 && p[n] == ' ')
			return vt_arena_intern_n(arena, p, strcspn(p, "\n"));
	return NULL;
}

/* A weight without a device is that of all others: the line "default 100". */
const char *vt_device_line(struct vt_arena *arena, const char *written, const char *text)
{
	size_t n = strcspn(written, " ");

	return written[n] ? line_of(arena, text, written, n)
			  : line_of(arena, text, "default", strlen("default"));
}

static const char *device_value(struct vt_arena *arena, const char *file, const char *written,
				const char *was)
{
	static const struct {
		const char *file, *none;
	} none[] = {
		{ "io.max", "rbps=max wbps=max riops=max wiops=max" },
		{ "io.latency", "target=0" },
		{ "io.weight", "default" },
		{ "io.bfq.weight", "default" },
	};
	size_t n = strcspn(written, " ");
	const char *line = vt_device_line(arena, written, was);

	for (size_t i = 0; written[n] && !line && i < VT_LEN(none); i++)
		if (strcmp(none[i].file, file) == 0)
			line = vt_arena_printf(arena, "%.*s %s", (int)n, written, none[i].none);
	return line;
}

bool vt_file_is_by_device(const char *file)
{
	static const char *const files[] = { "io.max",   "io.latency", "io.weight", "io.bfq.weight",
					     "rdma.max", "misc.max",   "dmem.max" };

	for (size_t i = 0; i < VT_LEN(files); i++)
		if (strcmp(files[i], file) == 0)
			return true;
	return false;
}

const char *vt_inverse_value(struct vt_arena *arena, const char *file, const char *written,
			     const char *was, const char *now)
{
	const char *words;

	if (vt_file_is_by_device(file))
		return device_value(arena, file, written, was);
	/* "root invalid (why)" is read and not written. */
	if (strcmp(file, "cpuset.cpus.partition") == 0)
		return vt_arena_intern_n(arena, was, strcspn(was, " \n"));
	if (strcmp(file, "cgroup.subtree_control") != 0)
		return vt_arena_intern(arena, was);
	now = now ? now : "";
	words = words_against(arena, now, was, '-', "");
	words = words_against(arena, was, now, '+', words);
	return *words ? words : NULL;
}

static void add_write(struct vt_plan *out, const struct vt_step *step, const struct vt_outcome *o,
		      const char *mount)
{
	const char *now = o->now ? o->now : step->value, *was = o->was ? o->was : step->was;
	const char *value;
	struct vt_step *back;

	if (!was)
		return;
	value = vt_inverse_value(out->arena, step->file, step->value, was, now);
	if (!value)
		return;
	back = vt_plan_add(out, VT_OP_WRITE);
	back->target = step->target;
	back->path = vt_arena_intern(out->arena, step->path);
	back->file = vt_arena_intern(out->arena, step->file);
	back->value = value;
	back->was = vt_arena_intern(out->arena, now);
	vt_step_describe(out, back, mount);
}

static void add_rmdir(struct vt_plan *out, const struct vt_step *step, const struct vt_outcome *o,
		      const char *mount)
{
	struct vt_step *back = vt_plan_add(out, VT_OP_RMDIR);

	back->target = (struct vt_id){ VT_KIND_CGROUP, o->made_id, 0 };
	back->path = vt_arena_intern(out->arena, step->path);
	vt_step_describe(out, back, mount);
}

/* A line "file=value" of the settings that a removed cgroup had. */
static void add_setting(struct vt_plan *out, const char *path, char *line, const char *mount)
{
	char *value = strchr(line, '=');
	struct vt_step *back;

	if (!value)
		return;
	*value++ = '\0';
	back = vt_plan_add(out, VT_OP_WRITE);
	back->target.kind = VT_KIND_CGROUP;
	back->path = path;
	back->file = vt_arena_intern(out->arena, line);
	back->value = vt_arena_intern(out->arena, value);
	vt_step_describe(out, back, mount);
}

static void add_mkdir(struct vt_plan *out, const struct vt_step *step, const struct vt_outcome *o,
		      const char *mount)
{
	struct vt_step *back = vt_plan_add(out, VT_OP_MKDIR);
	const char *was = o->was ? o->was : step->was;
	vt_autofree char *settings = vt_strdup(was ? was : "");
	const char *path = vt_arena_intern(out->arena, step->path);
	char *save = NULL;

	back->target.kind = VT_KIND_CGROUP;
	back->path = path;
	vt_step_describe(out, back, mount);
	for (char *l = strtok_r(settings, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		add_setting(out, path, l, mount);
}

static void add_move(struct vt_plan *out, const struct vt_step *step, const char *mount)
{
	struct vt_step *back;

	if (!step->was)
		return;
	back = vt_plan_add(out, VT_OP_MOVE);
	back->target = step->target;
	back->path = vt_arena_intern(out->arena, step->was);
	back->was = vt_arena_intern(out->arena, step->path);
	back->may_end = step->may_end;
	vt_step_describe(out, back, mount);
}

static void add_thread(struct vt_plan *out, const struct vt_step *step, const struct vt_outcome *o,
		       const char *mount)
{
	struct vt_step *back;

	if (!step->was)
		return;
	back = vt_plan_add(out, step->op);
	back->target = step->target;
	back->value = vt_arena_intern(out->arena, step->was);
	back->was = vt_arena_intern(out->arena, o->now ? o->now : step->value);
	vt_step_describe(out, back, mount);
}

/* PID 1 of a namespace takes no signal that it has no handler for, except SIGKILL from outside. */
static void add_signal(struct vt_plan *out, const struct vt_outcome *o, const char *mount)
{
	struct vt_step *back;

	if (!o->pid)
		return;
	back = vt_plan_add(out, VT_OP_SIGNAL);
	back->target = (struct vt_id){ VT_KIND_PROCESS, o->pid, o->start_ticks };
	back->value = vt_arena_printf(out->arena, "%d", o->pid_one ? SIGKILL : SIGTERM);
	back->cannot_undo = "a process that has ended does not come back";
	vt_step_describe(out, back, mount);
}

/* Of a spawn, was is the directory where its namespaces stay bound. */
static void add_release(struct vt_plan *out, const struct vt_step *step, const struct vt_outcome *o,
			const char *mount)
{
	struct vt_step *back;

	if (!step->was || !o->now)
		return;
	back = vt_plan_add(out, VT_OP_RELEASE);
	back->path = vt_arena_intern(out->arena, step->was);
	back->was = vt_arena_intern(out->arena, o->now);
	back->cannot_undo = "namespaces that nothing holds are gone";
	vt_step_describe(out, back, mount);
}

static void add_unit(struct vt_plan *out, const struct vt_step *step, const struct vt_outcome *o,
		     const char *mount)
{
	struct vt_step *back;

	if (!step->was)
		return;
	back = vt_plan_add(out, VT_OP_UNIT);
	back->target = step->target;
	back->path = vt_arena_intern(out->arena, step->path);
	back->unit = vt_arena_intern(out->arena, step->unit);
	back->lasting = step->lasting;
	back->value = vt_arena_intern(out->arena, step->was);
	back->was = vt_arena_intern(out->arena, o->now ? o->now : step->value);
	vt_step_describe(out, back, mount);
}

/* What was made is known by its number: something else of the same name is left alone. */
static void add_net(struct vt_plan *out, const struct vt_step *step, const struct vt_outcome *o,
		    const char *mount)
{
	bool namespace = step->op == VT_OP_NETNS_ADD;
	struct vt_step *back;

	if (!o->made_id)
		return;
	back = vt_plan_add(out, namespace ? VT_OP_NETNS_DEL : VT_OP_VETH_DEL);
	back->target.kind = namespace ? VT_KIND_NAMESPACE : VT_KIND_INTERFACE;
	back->target.a = o->made_id;
	back->path = vt_arena_intern(out->arena, step->path);
	back->file = vt_arena_intern(out->arena, step->file);
	vt_step_describe(out, back, mount);
}

/* Only what is a place of ours: the journal is a file, which somebody may have written to. */
static void add_umount(struct vt_plan *out, const struct vt_step *step, const struct vt_outcome *o)
{
	const struct vt_mount_place *place = vt_mount_place_find(step->path);
	struct vt_step *back;

	if (!o->made_id || !place || step->path[0] != '/')
		return;
	back = vt_plan_add(out, VT_OP_UMOUNT);
	back->target = (struct vt_id){ VT_KIND_HOST, o->made_id, 0 };
	back->path = place->path;
	vt_mount_describe(out, back);
}

void vt_plan_add_inverse(struct vt_plan *out, const struct vt_step *step,
			 const struct vt_outcome *outcome, const char *mount)
{
	switch (step->op) {
	case VT_OP_WRITE:
		add_write(out, step, outcome, mount);
		break;
	case VT_OP_MKDIR:
		add_rmdir(out, step, outcome, mount);
		break;
	case VT_OP_RMDIR:
		add_mkdir(out, step, outcome, mount);
		break;
	case VT_OP_MOVE:
		add_move(out, step, mount);
		break;
	case VT_OP_SPAWN:
		add_signal(out, outcome, mount);
		add_release(out, step, outcome, mount);
		break;
	case VT_OP_UNIT:
		add_unit(out, step, outcome, mount);
		break;
	case VT_OP_NETNS_ADD:
	case VT_OP_VETH_ADD:
		add_net(out, step, outcome, mount);
		break;
	case VT_OP_PIN:
	case VT_OP_NICE:
		add_thread(out, step, outcome, mount);
		break;
	case VT_OP_MOUNT:
		add_umount(out, step, outcome);
		break;
	case VT_OP_SIGNAL:
	case VT_OP_UMOUNT:
	case VT_OP_NETNS_DEL:
	case VT_OP_VETH_DEL:
	case VT_OP_RELEASE:
		break;
	}
}
