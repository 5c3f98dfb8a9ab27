/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts the parts together: the only file that knows both the probes and the
 * screen. What a mode does is one function below.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../probes/detail.h"
#include "../probes/kvm_trace.h"
#include "../probes/table.h"
#include "../probes/watch.h"
#include "../ui/app.h"
#include "../ui/screen.h"
#include "action_cgroup.h"
#include "collector.h"
#include "config.h"
#include "config_write.h"
#include "do.h"
#include "do_exit_cost.h"
#include "exit_trace.h"
#include "explain.h"
#include "journal_text.h"
#include "json.h"
#include "options.h"
#include "save.h"

/* Exit statuses: virttop(1). */
enum {
	DONE = 0,
	FAILED = 1,
	USAGE = 2,
	REFUSED = 3
};

enum {
	BRIEF_COUNT = 10, /* snapshots */
};

struct program {
	struct vt_options options;
	const char *views[VT_VIEW_COUNT + 1]; /* names, as --view takes them */
	struct vt_config config;
	struct vt_host host;
	struct vt_collector *collector;
};

static int complain(int status, const struct vt_error *err)
{
	(void)fprintf(stderr, "virttop: %s\n", err->msg);
	return status;
}

static void sleep_seconds(double seconds)
{
	struct timespec ts = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };

	while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
		;
}

/* Rates need two snapshots: of a live host the first is taken in advance. */
static void scan_first(struct program *p)
{
	vt_collector_scan(p->collector);
	if (!vt_collector_take(p->collector)->live)
		return;
	sleep_seconds(p->config.interval < 0.5 ? p->config.interval : 0.5);
	vt_collector_scan(p->collector);
}

static int print_json(struct program *p)
{
	char *json = vt_json(vt_collector_take(p->collector));
	int r = puts(json);

	free(json);
	return r < 0 || fflush(stdout) < 0 ? FAILED : DONE;
}

static int print_text(struct program *p, struct vt_app *app)
{
	vt_screen_text(app, stdout);
	(void)p;
	return fflush(stdout) < 0 ? FAILED : DONE;
}

static int print_snapshots(struct program *p, struct vt_app *app)
{
	int status = DONE;

	scan_first(p);
	for (unsigned long i = 0; i < p->options.count && status == DONE; i++) {
		if (i > 0) {
			sleep_seconds(p->config.interval);
			vt_collector_scan(p->collector);
		}
		status = p->options.mode == VT_MODE_JSON ? print_json(p) : print_text(p, app);
	}
	return status;
}

/* What hangs is not waited for: the page then lacks what is the process's own. */
static const struct vt_detail *wait_detail(struct vt_detailer *d, struct vt_id subject)
{
	struct pollfd fd = { .fd = vt_detailer_fd(d), .events = POLLIN };

	vt_detailer_ask(d, subject);
	(void)poll(&fd, 1, VT_DETAIL_WAIT_MS);
	return vt_detailer_take(d, subject, NULL);
}

static int explain(struct program *p)
{
	struct vt_detailer *detailer = vt_detailer_new(vt_probe_detail, &p->host);
	const struct vt_detail *detail = NULL;
	vt_autofree char *text = NULL;
	struct vt_error err = { 0 };
	const struct vt_snapshot *s;
	struct vt_id subject;
	int r;

	scan_first(p);
	s = vt_collector_take(p->collector);
	r = vt_explain_subject(s, p->options.what, &subject, &err);
	if (r == 0 && subject.kind == VT_KIND_PROCESS)
		detail = wait_detail(detailer, subject);
	if (r == 0)
		r = vt_explain_detailed(s, detail, p->options.what, &text, &err);
	vt_detailer_free(detailer);
	if (r < 0)
		return complain(USAGE, &err);
	(void)fputs(text, stdout);
	return DONE;
}

/* Names of what is traced are the kernel's and the manuals': the text is clean. */
static int trace_exits(struct program *p)
{
	double seconds = p->options.interval > 0 ? p->options.interval : 1;
	struct vt_error err = { 0 };
	vt_autofree char *text = NULL;
	struct vt_id id;

	if (vt_process_parse(&p->host, p->options.what, &id, &err) < 0)
		return complain(err.code == EINVAL ? USAGE : FAILED, &err);
	if (vt_probe_exits(&p->host, id.a, seconds, &text, &err) < 0)
		return complain(err.code == EINVAL ? USAGE : FAILED, &err);
	(void)fputs(text, stdout);
	return DONE;
}

static int act(struct program *p)
{
	struct vt_action_env env = { .host = &p->host, .read_only = p->config.read_only };

	vt_collector_scan(p->collector);
	env.snapshot = vt_collector_take(p->collector);
	/* The action's name stands before its words. */
	return vt_do(&env, p->options.argc + 1, p->options.argv - 1, p->options.dry_run,
		     p->options.yes);
}

/* Standard output, or a file that is not overwritten unasked. */
static int save(struct program *p)
{
	struct vt_action_env env = { .host = &p->host, .read_only = p->config.read_only };
	const struct vt_options *o = &p->options;
	vt_autofree char *text = NULL;
	struct vt_error err = { 0 };

	vt_collector_scan(p->collector);
	env.snapshot = vt_collector_take(p->collector);
	if (vt_save_text(&env, o->what, (enum vt_save_format)o->format, &text, &err) < 0)
		return complain(USAGE, &err);
	if (!o->file || strcmp(o->file, "-") == 0) {
		(void)fputs(text, stdout);
		return DONE;
	}
	if (vt_save_file(o->file, text, o->force, &err) == 0)
		return DONE;
	if (err.code == EEXIST)
		(void)vt_wrap(&err, "--force overwrites");
	return complain(err.code == EEXIST ? REFUSED : FAILED, &err);
}

/* What was done, all of it or one plan. */
static int journal(struct program *p)
{
	const struct vt_host_row *row;
	struct vt_journal_log log;
	vt_autofree char *text = NULL;
	struct vt_error err = { 0 };
	int r;

	vt_collector_scan(p->collector);
	row = vt_snapshot_host(vt_collector_take(p->collector));
	r = vt_journal_read_all(VT_HAS(HOST, row, boot_id) ? row->boot_id : "", &log, &err);
	if (r == 0 && p->options.what)
		r = vt_journal_detail(&log, p->options.what, &text, &err);
	else if (r == 0)
		text = vt_journal_list(&log);
	vt_journal_log_finish(&log);
	if (r < 0)
		return complain(FAILED, &err);
	(void)fputs(text, stdout);
	return DONE;
}

static int dump(struct program *p, struct vt_app *app)
{
	struct vt_error err = { 0 };

	scan_first(p);
	if (vt_screen_dump(app, p->options.cols, p->options.rows,
			   p->options.keys ? p->options.keys : "", p->options.roles, stdout,
			   &err) < 0)
		return complain(USAGE, &err);
	return fflush(stdout) < 0 ? FAILED : DONE;
}

static void nudge(void *collector)
{
	vt_collector_nudge(collector);
}

/*
 * The columns that were chosen are there again next time. With --read-only
 * nothing is written, not even this.
 */
static void keep_columns(struct program *p, const struct vt_app *app, const char *before)
{
	const char *now = vt_app_chosen_columns(app);
	struct vt_error err = { 0 };

	if (p->config.read_only || strcmp(now, before) == 0)
		return;
	if (vt_config_save(&p->config, p->options.config, p->views, "cgroups", "set", now, &err) <
	    0)
		(void)complain(DONE, &err);
}

static int show_screen(struct program *p, struct vt_app *app)
{
	const char *columns = vt_app_chosen_columns(app);
	struct vt_watch *watch = vt_watch_new(&p->host, nudge, p->collector);
	struct vt_error err = { 0 };
	int r = vt_screen_run(app, p->config.mouse, &err);

	vt_watch_free(watch);
	keep_columns(p, app, columns);
	return r < 0 ? complain(FAILED, &err) : DONE;
}

/* The application with what the command line and the configuration chose. */
static int set_up_app(struct program *p, struct vt_app *app)
{
	const char *theme = p->config.theme[0] ? p->config.theme : "dark";
	struct vt_error err = { 0 };

	app->view = p->config.view[0] ? vt_view_find(p->config.view) : 0;
	app->detail_rows = p->config.detail;
	app->ascii = p->config.ascii;
	app->read_only = p->config.read_only;
	app->interval = p->config.interval;
	if (p->config.columns[0])
		app->own_columns = vt_cgroup_columns_parse(p->config.columns, NULL);
	vt_app_choose_columns(app, p->config.set[0] ? p->config.set : VT_OWN_COLUMNS);
	vt_theme_mono(&app->theme);
	if (vt_theme_load(&app->theme, theme, &err) == 0)
		return DONE;
	/* A theme asked for on the command line must be there; a broken one of the user's own is
	 * noted. */
	if (p->options.theme)
		return complain(USAGE, &err);
	if (p->config.theme[0])
		vt_app_fail(app, &err);
	return DONE;
}

static int run_app(struct program *p)
{
	struct vt_detailer *detailer = vt_detailer_new(vt_probe_detail, &p->host);
	struct vt_app app;
	int status;

	vt_app_init(&app, &p->host, p->collector, detailer);
	app.tracer = vt_detailer_new(vt_probe_exits_detail, &p->host);
	status = set_up_app(p, &app);
	if (status == DONE) {
		if (p->options.mode == VT_MODE_DUMP)
			status = dump(p, &app);
		else if (p->options.mode == VT_MODE_SCREEN)
			status = show_screen(p, &app);
		else
			status = print_snapshots(p, &app);
	}
	vt_detailer_free(app.tracer);
	vt_app_finish(&app);
	vt_detailer_free(detailer);
	return status;
}

static int run(struct program *p)
{
	switch (p->options.mode) {
	case VT_MODE_EXPLAIN:
		return explain(p);
	case VT_MODE_DO:
		return act(p);
	case VT_MODE_EXITS:
		return trace_exits(p);
	case VT_MODE_SAVE:
		return save(p);
	case VT_MODE_JOURNAL:
		return journal(p);
	default:
		return run_app(p);
	}
}

static void merge_options(struct program *p)
{
	const struct vt_options *o = &p->options;

	if (o->view)
		(void)snprintf(p->config.view, sizeof(p->config.view), "%s", o->view);
	if (o->theme)
		(void)snprintf(p->config.theme, sizeof(p->config.theme), "%s", o->theme);
	if (o->interval > 0)
		p->config.interval = o->interval;
	p->config.ascii |= o->ascii;
	p->config.read_only |= o->read_only;
	p->config.mouse &= !o->no_mouse;
	/* Without a terminal the screen is one text snapshot. */
	if (o->mode == VT_MODE_SCREEN && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
		p->options.mode = VT_MODE_TEXT;
}

static int print_help(struct program *p)
{
	vt_autofree char *text = vt_options_usage(p->views);

	(void)fputs(text, stdout);
	(void)puts("\nActions of do:");
	for (const struct vt_action *a = vt_actions; a->name; a++)
		(void)printf("  %-12s %s\n", a->name, a->summary);
	(void)printf("  %-12s %s\n", "exit-cost", vt_exit_cost_summary);
	return fflush(stdout) < 0 ? FAILED : DONE;
}

/* A stream that the caller closed stays unusable: what is opened next must not become it. */
static void hold_closed_streams(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* What was to be printed is lost: whatever was done, that failed. */
static int check_output(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	(void)fprintf(stderr, "virttop: cannot write: %s\n",
		      errno ? vt_errno_text(errno) : "standard output failed");
	return FAILED;
}

static int start(int argc, char **argv)
{
	struct program p = { 0 };
	struct vt_error err = { 0 };
	int status;

	(void)setlocale(LC_ALL, "");
	/* 1.5 is written with a point everywhere: typed, shown, in JSON. */
	(void)setlocale(LC_NUMERIC, "C");
	for (int i = 0; i < VT_VIEW_COUNT; i++)
		p.views[i] = vt_views[i]->name;
	if (vt_options_parse(&p.options, argc, argv, p.views, &err) < 0)
		return complain(USAGE, &err);
	if (p.options.mode == VT_MODE_HELP)
		return print_help(&p);
	if (p.options.mode == VT_MODE_VERSION)
		return printf("virttop %s\n", PACKAGE_VERSION) < 0 ? FAILED : DONE;
	vt_config_init(&p.config);
	p.config.check = vt_cgroup_columns_check;
	if (vt_config_load(&p.config, p.options.config, p.views, &err) < 0)
		return complain(USAGE, &err);
	merge_options(&p);
	if (vt_host_open(&p.host, p.options.root, &err) < 0)
		return complain(USAGE, &err);
	p.host.patient = p.options.mode != VT_MODE_SCREEN;
	p.host.brief = p.host.patient && p.options.count <= BRIEF_COUNT;
	p.collector = vt_collector_new(vt_probes, &p.host);
	vt_collector_set_interval(p.collector, p.config.interval);
	status = run(&p);
	vt_collector_free(p.collector);
	vt_host_close(&p.host);
	return status;
}

int main(int argc, char **argv)
{
	hold_closed_streams();
	vt_memory_init();
	return check_output(start(argc, argv));
}
