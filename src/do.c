/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Actions without the screen: the same preview, question, checks and journal. */
#include "do.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "action_table.h"
#include "apply.h"
#include "do_exit_cost.h"
#include "made.h"
#include "text.h"

enum status {
	DONE,
	FAILED,
	USAGE,
	REFUSED
};

struct words {
	char **argv;
	int argc;
	bool dry_run, yes;
};

/* Names may be hostile: what is printed is escaped here, errors are already. */
static void complain(const char *action, const char *message)
{
	(void)fflush(stdout);
	(void)fprintf(stderr, "virttop: do %s: %s\n", action, message);
}

static enum status usage(const struct vt_action *a, const struct vt_error *err)
{
	complain(a->name, err->msg);
	(void)fprintf(stderr, "usage: virttop do %s %s\n", a->name, a->usage);
	return USAGE;
}

static enum status unknown(const char *name)
{
	char clean[128];

	vt_text_escape(clean, sizeof(clean), name);
	(void)fprintf(stderr, "virttop: '%s' is not an action; actions are:", clean);
	for (const struct vt_action *a = vt_actions; a->name; a++)
		(void)fprintf(stderr, " %s", a->name);
	(void)fprintf(stderr, " exit-cost undo\n");
	return USAGE;
}

static enum status status_of(int code)
{
	if (code == ESTALE || code == EROFS)
		return REFUSED;
	return code == EINVAL || code == ERANGE ? USAGE : FAILED;
}

static enum status refuse(const struct vt_action *a, const struct vt_error *err)
{
	complain(a->name, err->msg);
	return REFUSED;
}

/* The words of a command are its own: only those before it are looked at. */
static int end_of_options(int argc, char **argv)
{
	struct vt_spawn ignored = { 0 };
	bool enter = strcmp(argv[0], "enter") == 0;
	int from = enter && argc > 1 && argv[1][0] != '-' ? 2 : 1, end;

	if (!enter && strcmp(argv[0], "unshare") != 0) {
		for (end = 1; end < argc && strcmp(argv[end], "--") != 0;)
			end++;
		return end;
	}
	end = argc > from ? vt_spawn_options(argc - from, argv + from, enter, &ignored, NULL) : 0;
	return end < 0 ? argc : from + end < argc ? from + end : argc;
}

static void take_own_options(struct words *w)
{
	int end = end_of_options(w->argc, w->argv), kept = 1;

	for (int i = 1; i < w->argc; i++) {
		if (i < end && strcmp(w->argv[i], "--dry-run") == 0)
			w->dry_run = true;
		else if (i < end && strcmp(w->argv[i], "--yes") == 0)
			w->yes = true;
		else
			w->argv[kept++] = w->argv[i];
	}
	w->argc = kept;
}

static enum status make_plan(const struct vt_action_env *env, const struct vt_action *action,
			     const struct words *w, struct vt_arena *arena,
			     struct vt_plan **ret_plan)
{
	struct vt_request request = { .action = action };
	struct vt_error err = { 0 };
	enum status status;

	if (action->parse(env, w->argc - 1, w->argv + 1, arena, &request, &err) < 0)
		return status_of(err.code) == REFUSED ? refuse(action, &err) : usage(action, &err);
	if (vt_action_plan(env, &request, ret_plan, &err) == 0)
		return DONE;
	status = status_of(err.code);
	if (status == USAGE)
		return usage(action, &err);
	complain(action->name, err.msg);
	/* What is so already needs no doing: a script may say it twice. */
	return err.code == EALREADY ? DONE : status;
}

/* id NULL: the last. */
static enum status make_undo(const struct vt_action_env *env, const char *id,
			     struct vt_plan **ret_plan)
{
	struct vt_error err = { 0 };
	int r = env->read_only ? vt_fail(&err, EROFS,
					 "virttop was started with --read-only: it does nothing")
		: id           ? vt_undo_plan_of(env->host, env->snapshot, id, ret_plan, &err)
			       : vt_undo_plan(env->host, env->snapshot, ret_plan, &err);

	if (r == 0)
		return DONE;
	complain("undo", err.msg);
	return status_of(err.code) == REFUSED ? REFUSED : FAILED;
}

/* On the terminal itself: standard input may be a pipe with something else in it. */
static bool confirmed(void)
{
	vt_autoclose int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	static const char question[] = "Do it? [y/N] ";
	char answer[64];
	ssize_t n;

	if (tty < 0)
		return false;
	(void)fflush(stdout);
	(void)!write(tty, question, sizeof(question) - 1);
	n = read(tty, answer, sizeof(answer));
	return n > 0 && (answer[0] == 'y' || answer[0] == 'Y');
}

static void print_preview(const struct vt_plan *plan)
{
	vt_autofree char *text = vt_plan_preview(plan);
	char title[512];

	vt_text_escape(title, sizeof(title), plan->title);
	(void)printf("%s\n\n%s\n", title, text);
	(void)fflush(stdout);
}

static enum status apply(const struct vt_action_env *env, const char *name,
			 const struct vt_plan *plan)
{
	struct vt_result result = { 0 };
	struct vt_error err = { 0 };

	if (vt_apply(env->host, env->snapshot, plan, &result, &err) < 0) {
		complain(name, err.msg);
		return status_of(err.code) == REFUSED ? REFUSED : FAILED;
	}
	/* A script that is done has left what it made on purpose. */
	vt_made_leave(env);
	(void)printf("%s\n", result.text);
	return DONE;
}

static enum status go_on(const struct vt_action_env *env, const struct words *w,
			 const struct vt_plan *plan)
{
	print_preview(plan);
	if (w->dry_run)
		return DONE;
	if (!w->yes && !confirmed()) {
		complain(w->argv[0], "not confirmed: nothing was done (--yes does not ask)");
		return REFUSED;
	}
	return apply(env, w->argv[0], plan);
}

/* No plan: it changes nothing. */
static enum status measure(const struct vt_action_env *env, const struct words *w)
{
	struct vt_error err = { 0 };
	int r = vt_do_exit_cost(env, w->argc - 1, w->argv + 1, w->dry_run, &err);
	enum status status = r == 0 ? DONE : status_of(err.code);

	if (r < 0)
		complain(w->argv[0], err.msg);
	if (status == USAGE)
		(void)fprintf(stderr, "usage: virttop do exit-cost %s\n", vt_exit_cost_usage);
	return status;
}

int vt_do(const struct vt_action_env *env, int argc, char **argv, bool dry_run, bool yes)
{
	struct words w = { argv, argc, dry_run, yes };
	const struct vt_action *action;
	struct vt_plan *plan = NULL;
	struct vt_arena *arena;
	enum status status;

	if (argc < 1)
		return (int)unknown("");
	if (strcmp(argv[0], "exit-cost") == 0) {
		take_own_options(&w);
		return (int)measure(env, &w);
	}
	action = vt_action_find(argv[0]);
	if (!action && strcmp(argv[0], "undo") != 0)
		return (int)unknown(argv[0]);
	take_own_options(&w);
	if (!action && w.argc > 2) {
		complain("undo", "it takes one id of the journal, or undoes the last action");
		return USAGE;
	}
	arena = vt_arena_new();
	status = action ? make_plan(env, action, &w, arena, &plan)
			: make_undo(env, w.argc > 1 ? w.argv[1] : NULL, &plan);
	if (plan)
		status = go_on(env, &w, plan);
	vt_plan_free(plan);
	vt_arena_free(arena);
	return (int)status;
}
