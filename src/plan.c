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

#include "limit_files.h"
#include "text.h"

static const char *const op_names[] = {
	[VT_OP_WRITE] = "write", [VT_OP_MKDIR] = "mkdir", [VT_OP_RMDIR] = "rmdir",
	[VT_OP_MOVE] = "move",   [VT_OP_SPAWN] = "spawn", [VT_OP_SIGNAL] = "signal",
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

static void describe_signal(struct vt_plan *plan, struct vt_step *step)
{
	unsigned long long pid = step->target.a;
	int signal = (int)strtol(step->value, NULL, 10);
	const char *name = sigabbrev_np(signal);

	step->says = vt_arena_printf(plan->arena, "send SIG%s to process %llu",
				     name ? name : step->value, pid);
	step->shell = vt_arena_printf(plan->arena, "kill -%s %llu", name ? name : step->value, pid);
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
		describe_signal(plan, step);
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
