/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plans as data and as text. The preview is what a person agrees to, so it shows
 * every step in words and as the shell command that would do the same.
 */
#include "plan.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "action_mount.h"
#include "action_net.h"
#include "limit_files.h"
#include "text.h"
#include "unit_property.h"

static const char *const op_names[] = {
	[VT_OP_WRITE] = "write",         [VT_OP_MKDIR] = "mkdir",
	[VT_OP_RMDIR] = "rmdir",         [VT_OP_MOVE] = "move",
	[VT_OP_SPAWN] = "spawn",         [VT_OP_SIGNAL] = "signal",
	[VT_OP_NETNS_ADD] = "netns-add", [VT_OP_NETNS_DEL] = "netns-del",
	[VT_OP_VETH_ADD] = "veth-add",   [VT_OP_VETH_DEL] = "veth-del",
	[VT_OP_UNIT] = "unit",           [VT_OP_PIN] = "pin",
	[VT_OP_NICE] = "nice",           [VT_OP_RELEASE] = "release",
	[VT_OP_MOUNT] = "mount",         [VT_OP_UMOUNT] = "umount",
};

const char *vt_op_name(enum vt_op op)
{
	return op_names[op];
}

int vt_op_find(const char *name)
{
	for (size_t i = 0; i < VT_LEN(op_names); i++)
		if (strcmp(op_names[i], name) == 0)
			return (int)i;
	return -1;
}

struct vt_plan *vt_plan_new(const char *title)
{
	struct vt_plan *plan = vt_alloc(sizeof(*plan));

	plan->arena = vt_arena_new();
	plan->title = vt_arena_intern(plan->arena, title);
	return plan;
}

void vt_plan_free(struct vt_plan *plan)
{
	if (!plan)
		return;
	vt_arena_free(plan->arena);
	free(plan->steps);
	free(plan->effects);
	free(plan);
}

struct vt_step *vt_plan_add(struct vt_plan *plan, enum vt_op op)
{
	VT_GROW(plan->steps, plan->n_steps, plan->cap_steps);
	plan->steps[plan->n_steps] = (struct vt_step){ .op = op };
	return &plan->steps[plan->n_steps++];
}

void vt_plan_effect(struct vt_plan *plan, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	VT_GROW(plan->effects, plan->n_effects, plan->cap_effects);
	plan->effects[plan->n_effects++] = vt_arena_intern(plan->arena, text);
}

static bool is_plain(const char *word)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "_@%+=:,./-";

	return *word && word[strspn(word, safe)] == '\0';
}

/* $'...' where a byte would not survive a terminal, '...' otherwise. */
const char *vt_shell_quote(struct vt_arena *arena, const char *word)
{
	bool clean = vt_text_clean(word);
	size_t used = 0, size = 4 * strlen(word) + 4;
	vt_autofree char *out = vt_alloc(size);

	if (is_plain(word))
		return vt_arena_intern(arena, word);
	if (!clean)
		out[used++] = '$';
	out[used++] = '\'';
	for (const char *p = word; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (clean && c == '\'')
			used += (size_t)snprintf(out + used, size - used, "'\\''");
		else if (!clean && (c < 0x20 || c >= 0x7f || c == '\'' || c == '\\'))
			used += (size_t)snprintf(out + used, size - used, "\\x%02x", c);
		else
			out[used++] = *p;
	}
	out[used++] = '\'';
	return vt_arena_intern_n(arena, out, used);
}

static const char *shell_path(struct vt_plan *plan, const char *mount, const char *path,
			      const char *file)
{
	const char *whole = vt_arena_printf(plan->arena, "%s%s%s%s", mount ? mount : "",
					    strcmp(path, "/") == 0 ? "" : path, file ? "/" : "",
					    file ? file : "");

	return vt_shell_quote(plan->arena, whole);
}

static void describe_write(struct vt_plan *plan, struct vt_step *step, const char *mount)
{
	char to[256], from[256];

	vt_limit_show(step->file, step->value, to, sizeof(to));
	if (step->was && *step->was) {
		vt_limit_show(step->file, step->was, from, sizeof(from));
		step->says = vt_arena_printf(plan->arena, "set %s of %s to %s (now %s)", step->file,
					     step->path, to, from);
	} else {
		step->says = vt_arena_printf(plan->arena, "set %s of %s to %s", step->file,
					     step->path, to);
	}
	step->shell = vt_arena_printf(plan->arena, "echo %s > %s",
				      vt_shell_quote(plan->arena, step->value),
				      shell_path(plan, mount, step->path, step->file));
}

static void describe_dir(struct vt_plan *plan, struct vt_step *step, const char *mount)
{
	bool make = step->op == VT_OP_MKDIR;

	step->says = vt_arena_printf(plan->arena, "%s the cgroup %s", make ? "make" : "remove",
				     step->path);
	step->shell = vt_arena_printf(plan->arena, "%s %s", make ? "mkdir" : "rmdir",
				      shell_path(plan, mount, step->path, NULL));
}

static void describe_move(struct vt_plan *plan, struct vt_step *step, const char *mount)
{
	unsigned long long pid = step->target.a;

	if (step->was)
		step->says = vt_arena_printf(plan->arena, "move process %llu from %s to %s", pid,
					     step->was, step->path);
	else
		step->says = vt_arena_printf(plan->arena, "move process %llu to %s", pid,
					     step->path);
	step->shell = vt_arena_printf(plan->arena, "echo %llu > %s", pid,
				      shell_path(plan, mount, step->path, "cgroup.procs"));
}

static void describe_signal(struct vt_plan *plan, struct vt_step *step, const char *mount)
{
	unsigned long long pid = step->target.a;
	int signal = (int)strtol(step->value, NULL, 10);
	const char *name = sigabbrev_np(signal);

	if (step->target.kind == VT_KIND_CGROUP) {
		step->says = vt_arena_printf(plan->arena,
					     "send SIG%s to every process in %s and "
					     "below",
					     name ? name : step->value, step->path);
		step->shell = vt_arena_printf(
			plan->arena,
			"find %s -name cgroup.procs -exec cat {} + | xargs -r kill -%s",
			shell_path(plan, mount, step->path, NULL), name ? name : step->value);
		return;
	}
	step->says = vt_arena_printf(plan->arena, "send SIG%s to process %llu",
				     name ? name : step->value, pid);
	step->shell = vt_arena_printf(plan->arena, "kill -%s %llu", name ? name : step->value, pid);
}

/* "MemoryMax to 100M (now infinity)" of each line. */
static const char *say_properties(struct vt_plan *plan, const struct vt_step *step)
{
	const char *was = step->was, *all = "";

	for (const char *l = step->value; l && *l; l = strchr(l, '\n'), l = l ? l + 1 : NULL) {
		char name[64], to[256], from[256] = "";

		if (was && *was)
			vt_property_show(was, name, sizeof(name), from, sizeof(from));
		vt_property_show(l, name, sizeof(name), to, sizeof(to));
		all = vt_arena_printf(plan->arena, "%s%s%s to %s", all, *all ? ", " : "", name,
				      *to ? to : "nothing");
		if (*from)
			all = vt_arena_printf(plan->arena, "%s (now %s)", all, from);
		was = was ? strchr(was, '\n') : NULL;
		was = was ? was + 1 : NULL;
	}
	return all;
}

static bool is_freezing(const struct vt_step *step)
{
	return strncmp(step->value, "FreezerState=", strlen("FreezerState=")) == 0;
}

static void describe_unit(struct vt_plan *plan, struct vt_step *step)
{
	const char *user = strstr(step->path, "/user@") ? "--user " : "";
	const char *unit = vt_shell_quote(plan->arena, step->unit);
	const char *state = strchr(step->value, '=');

	if (is_freezing(step)) {
		const char *verb = strcmp(state, "=frozen") == 0 ? "freeze" : "thaw";

		step->says = vt_arena_printf(plan->arena, "%s %s", verb, step->unit);
		step->shell = vt_arena_printf(plan->arena, "systemctl %s%s %s", user, verb, unit);
		return;
	}
	step->says = vt_arena_printf(plan->arena, "set %s of %s, %s", say_properties(plan, step),
				     step->unit,
				     step->lasting ? "for good" : "until the next boot");
	step->shell = vt_arena_printf(plan->arena, "systemctl %sset-property %s%s %s", user,
				      step->lasting ? "" : "--runtime ", unit,
				      vt_property_words(plan->arena, step->value));
}

bool vt_plan_names_processes(const struct vt_plan *plan)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		switch (plan->steps[i].op) {
		case VT_OP_MOVE:
		case VT_OP_SPAWN:
		case VT_OP_SIGNAL:
		case VT_OP_PIN:
		case VT_OP_NICE:
			return true;
		default:
			break;
		}
	return false;
}

bool vt_plan_can_last(const struct vt_plan *plan)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		if (plan->steps[i].op == VT_OP_UNIT && !is_freezing(&plan->steps[i]))
			return true;
	return false;
}

void vt_plan_set_lasting(struct vt_plan *plan, bool lasting)
{
	for (size_t i = 0; i < plan->n_steps; i++) {
		struct vt_step *step = &plan->steps[i];

		if (step->op != VT_OP_UNIT || is_freezing(step))
			continue;
		step->lasting = lasting;
		describe_unit(plan, step);
	}
}

static void describe_thread(struct vt_plan *plan, struct vt_step *step)
{
	unsigned long long tid = step->target.a;

	if (step->op == VT_OP_PIN) {
		step->says = vt_arena_printf(plan->arena,
					     "let thread %llu run on CPUs %s only (now %s)", tid,
					     step->value, step->was);
		step->shell = vt_arena_printf(plan->arena, "taskset -cp %s %llu", step->value, tid);
		return;
	}
	step->says = vt_arena_printf(plan->arena,
				     "set the nice value of thread %llu to %s (now %s)", tid,
				     step->value, step->was);
	step->shell = vt_arena_printf(plan->arena, "renice -n %s -p %llu", step->value, tid);
}

/* was is "net:4026532177 uts:4026532178": a file of each name is in the directory. */
static void describe_release(struct vt_plan *plan, struct vt_step *step)
{
	vt_autofree char *words = vt_strdup(step->was ? step->was : "");
	const char *dir = vt_shell_quote(plan->arena, step->path), *shell = "";
	char *save = NULL;

	for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		w[strcspn(w, ":")] = '\0';
		shell = vt_arena_printf(plan->arena, "%sumount %s/%s && rm %s/%s && ", shell, dir,
					w, dir, w);
	}
	step->says = vt_arena_printf(plan->arena, "let go of the namespaces kept in %s",
				     step->path);
	step->shell = vt_arena_printf(plan->arena, "%sumount %s && rmdir %s", shell, dir, dir);
}

void vt_step_describe(struct vt_plan *plan, struct vt_step *step, const char *mount)
{
	switch (step->op) {
	case VT_OP_WRITE:
		describe_write(plan, step, mount);
		break;
	case VT_OP_MKDIR:
	case VT_OP_RMDIR:
		describe_dir(plan, step, mount);
		break;
	case VT_OP_MOVE:
		describe_move(plan, step, mount);
		break;
	case VT_OP_SIGNAL:
		describe_signal(plan, step, mount);
		break;
	case VT_OP_UNIT:
		describe_unit(plan, step);
		break;
	case VT_OP_NETNS_ADD:
	case VT_OP_NETNS_DEL:
	case VT_OP_VETH_ADD:
	case VT_OP_VETH_DEL:
		vt_net_describe(plan, step);
		break;
	case VT_OP_MOUNT:
	case VT_OP_UMOUNT:
		vt_mount_describe(plan, step);
		break;
	case VT_OP_PIN:
	case VT_OP_NICE:
		describe_thread(plan, step);
		break;
	case VT_OP_RELEASE:
		describe_release(plan, step);
		break;
	case VT_OP_SPAWN: /* made by who knows the namespaces */
		break;
	}
}

/* One line of the preview, made harmless. */
static void put(FILE *out, const char *before, const char *raw)
{
	size_t size = 10 * strlen(raw) + 1;
	vt_autofree char *text = vt_alloc(size);

	vt_text_escape(text, size, raw);
	(void)fprintf(out, "%s%s\n", before, text);
}

static void put_steps(FILE *out, const struct vt_plan *plan)
{
	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct vt_step *step = &plan->steps[i];
		char number[32];

		(void)snprintf(number, sizeof(number), "%zu. ", i + 1);
		put(out, number, step->says);
		if (step->shell)
			put(out, "   $ ", step->shell);
		if (step->cannot_undo)
			put(out, "   cannot be undone: ", step->cannot_undo);
	}
}

char *vt_plan_preview(const struct vt_plan *plan)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	put_steps(out, plan);
	if (plan->n_effects)
		(void)fputc('\n', out);
	for (size_t i = 0; i < plan->n_effects; i++)
		put(out, "- ", plan->effects[i]);
	(void)fclose(out);
	return text;
}
