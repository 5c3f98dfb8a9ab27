/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The value of one limit: typed, or moved on a slider that shows what is used
 * and what the ancestors leave. What the value would do is planned as one types
 * and said in the words of the preview.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../src/limit_effect.h"
#include "../src/limit_scale.h"
#include "../src/limits.h"
#include "dialogs.h"
#include "popup.h"

enum {
	SLIDER_ROWS = 3
};

struct editor {
	struct vt_field fields[1];
	struct vt_app *app;
	char *title, *path, *file, *help, *was;
	uint64_t id;
	struct vt_limit_scale scale;
	bool has_scale;
	int x, y, width; /* where the slider was drawn */
	/* What the present text would do, and of which snapshot that was said. */
	char *told, told_text[sizeof(((struct vt_field *)0)->text)];
	uint64_t told_serial;
};

static void free_editor(void *arg)
{
	struct editor *e = arg;

	free(e->title);
	free(e->path);
	free(e->file);
	free(e->help);
	free(e->was);
	free(e->told);
	free(e);
}

static const struct vt_cgroup *cgroup_of(const struct editor *e)
{
	const struct vt_cgroup *cg =
		e->app->s ? vt_snapshot_find(e->app->s, (struct vt_id){ VT_KIND_CGROUP, e->id, 0 })
			  : NULL;

	return cg && !cg->head.gone_ns ? cg : NULL;
}

/* memory.high and the like have no ancestors that bind, but the same usage. */
static struct vt_limited_now look(const struct editor *e, enum vt_limited *ret_what)
{
	const struct vt_cgroup *cg = cgroup_of(e);
	enum vt_limited what = vt_limited_find(e->file);
	bool memory = strncmp(e->file, "memory.", 7) == 0 && !strstr(e->file, "swap");
	struct vt_limited_now now = { -1, INFINITY, NULL };

	*ret_what = what == VT_LIMITED_NOT && memory ? VT_LIMITED_MEMORY : what;
	if (cg && *ret_what != VT_LIMITED_NOT)
		now = vt_limited_look(e->app->s, cg, *ret_what);
	if (what == VT_LIMITED_NOT)
		now.from = NULL;
	return now;
}

/* Planning and effects. */

static struct vt_plan *plan_value(const struct editor *e, struct vt_error *err)
{
	const struct vt_action_env env = { e->app->host, e->app->s, e->app->read_only };
	const struct vt_setting setting = { e->file, e->fields[0].text };
	const struct vt_request request = {
		.action = vt_action_find("limit"),
		.path = e->path,
		.path_id = e->id,
		.settings = &setting,
		.n_settings = 1,
	};
	struct vt_plan *plan = NULL;

	return vt_action_plan(&env, &request, &plan, err) < 0 ? NULL : plan;
}

static char *tell(const struct editor *e)
{
	struct vt_error err = { 0 };
	struct vt_plan *plan = e->fields[0].text[0] ? plan_value(e, &err) : NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	if (plan)
		for (size_t i = 0; i < plan->n_effects; i++)
			(void)fprintf(out, "- %s\n", plan->effects[i]);
	else
		(void)fputs(err.code ? err.msg : "type a value", out);
	(void)fclose(out);
	vt_plan_free(plan);
	return text;
}

static char *says(struct vt_form *form)
{
	struct editor *e = form->arg;
	uint64_t serial = e->app->s ? e->app->s->serial : 0;
	char now[256];

	if (!e->told || serial != e->told_serial || strcmp(e->told_text, e->fields[0].text) != 0) {
		free(e->told);
		e->told = tell(e);
		e->told_serial = serial;
		(void)snprintf(e->told_text, sizeof(e->told_text), "%s", e->fields[0].text);
	}
	if (e->was)
		vt_limit_show(e->file, e->was, now, sizeof(now));
	return vt_asprintf("%s\nnow %s\n%s", e->help, e->was ? now : "unknown", e->told);
}

static bool submit(struct vt_app *app, struct vt_form *form)
{
	const struct editor *e = form->arg;
	struct vt_setting setting = { e->file, e->fields[0].text };
	struct vt_request request = {
		.action = vt_action_find("limit"),
		.path = e->path,
		.path_id = e->id,
		.settings = &setting,
		.n_settings = 1,
	};

	return vt_dialog_preview(app, &request);
}

/* The slider. */

static int column_of(const struct editor *e, double number)
{
	return (int)lround(vt_limit_scale_place(&e->scale, number) * (e->width - 1));
}

/* The value above its place on the scale, at the side where there is room. */
static void draw_handle(const struct editor *e, struct vt_canvas *c)
{
	double number = vt_limit_scale_number(&e->scale, e->fields[0].text);
	int at = column_of(e, number), label = vt_text_width(e->fields[0].text);

	if (number < 0)
		return;
	(void)vt_canvas_text(c, e->x + at, e->y, 1, VT_ROLE_ACCENT, "▼");
	(void)vt_canvas_text(c, at + 2 + label > e->width ? e->x + at - 1 - label : e->x + at + 2,
			     e->y, label, VT_ROLE_ACCENT, e->fields[0].text);
}

static void draw_track(const struct editor *e, struct vt_canvas *c,
		       const struct vt_limited_now *now)
{
	int used = now->usage > 0 ? column_of(e, now->usage) : -1;

	for (int i = 0; i < e->width; i++)
		(void)vt_canvas_text(c, e->x + i, e->y + 1, 1,
				     i <= used ? VT_ROLE_BAR : VT_ROLE_TRACK,
				     i <= used ? "▆" : "▁");
	if (now->from && !isinf(now->bound))
		(void)vt_canvas_text(c, e->x + column_of(e, now->bound), e->y + 1, 1, VT_ROLE_TICK,
				     "↑");
}

static void draw_legend(const struct editor *e, struct vt_canvas *c, enum vt_limited what,
			const struct vt_limited_now *now)
{
	int x = e->x, y = e->y + 2, end = e->x + e->width;
	char text[48], path[64], clean[256];

	if (now->usage >= 0) {
		vt_limited_words(what, now->usage, text, sizeof(text));
		x += vt_canvas_text(c, x, y, 1, VT_ROLE_BAR, "▆");
		x += 3 + vt_canvas_printf(c, x, y, end - x, VT_ROLE_DIALOG, " used %s", text);
	}
	if (!now->from || isinf(now->bound))
		return;
	vt_limited_words(what, now->bound, text, sizeof(text));
	(void)vt_text_escape(clean, sizeof(clean),
			     strcmp(now->from, vt_from_host) == 0 ? "the host" : now->from);
	vt_text_fit_middle(path, sizeof(path), clean, 30, c->ascii);
	x += vt_canvas_text(c, x, y, 1, VT_ROLE_TICK, "↑");
	(void)vt_canvas_printf(c, x, y, end - x, VT_ROLE_DIALOG, " %s allows it %s", path, text);
}

static void draw_slider(struct vt_form *form, struct vt_canvas *c, int x, int y, int width)
{
	struct editor *e = form->arg;
	enum vt_limited what;
	struct vt_limited_now now = look(e, &what);

	e->x = x;
	e->y = y;
	e->width = width;
	draw_handle(e, c);
	draw_track(e, c, &now);
	draw_legend(e, c, what, &now);
}

static void set_text(struct editor *e, const char *text)
{
	(void)snprintf(e->fields[0].text, sizeof(e->fields[0].text), "%s", text);
}

static bool slide(struct editor *e, const struct vt_event_in *in)
{
	char text[sizeof(e->fields[0].text)];

	if (in->type == VT_IN_MOUSE) {
		if (in->mouse != VT_MOUSE_CLICK || e->width < 2 || in->y < e->y ||
		    in->y > e->y + 1 || in->x < e->x || in->x >= e->x + e->width)
			return false;
		vt_limit_scale_at(&e->scale, (double)(in->x - e->x) / (e->width - 1), text,
				  sizeof(text));
	} else {
		if (in->key != VT_KEY_LEFT && in->key != VT_KEY_RIGHT)
			return false;
		vt_limit_scale_step(&e->scale, e->fields[0].text, in->key == VT_KEY_LEFT ? -1 : 1,
				    text, sizeof(text));
	}
	set_text(e, text);
	return true;
}

static bool event(struct vt_form *form, const struct vt_event_in *in)
{
	struct editor *e = form->arg;
	const struct vt_limit_row *row = vt_limit_row_find(e->file);
	char text[sizeof(e->fields[0].text)];

	if (e->has_scale && slide(e, in))
		return true;
	if (in->type != VT_IN_KEY || in->key != VT_KEY_TAB)
		return false;
	if (row && vt_limit_complete(row, e->fields[0].text, text, sizeof(text)))
		set_text(e, text);
	return true;
}

/* Beginning. */

/* As it would be typed: 100M, 50%. */
static void put_present(struct editor *e)
{
	char shown[sizeof(e->fields[0].text)];
	enum vt_limited what = vt_limited_find(e->file);

	if (!e->was)
		return;
	if (what == VT_LIMITED_CPU) {
		double percent = vt_limited_number(what, e->was);

		(void)snprintf(shown, sizeof(shown), isinf(percent) ? "max" : "%g%%", percent);
		set_text(e, percent < 0 ? e->was : shown);
	} else if (e->has_scale) {
		vt_limit_show(e->file, e->was, shown, sizeof(shown));
		set_text(e, shown);
	} else {
		set_text(e, e->was);
	}
}

static int read_file(struct editor *e, struct vt_error *err)
{
	struct vt_limit_file *files = NULL;
	size_t n = 0;
	int r = vt_limit_files_list(e->app->host, e->app->s, e->path, &files, &n, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		if (strcmp(files[i].name, e->file) == 0) {
			e->help = vt_strdup(files[i].help);
			e->was = files[i].value ? vt_strdup(files[i].value) : NULL;
		}
	vt_limit_files_free(files, n);
	if (!e->help)
		e->help = vt_strdup("the file is no longer there");
	return 0;
}

void vt_limit_editor(struct vt_app *app, const char *path, uint64_t id, const char *file)
{
	struct editor *e = vt_alloc(sizeof(*e));
	struct vt_form form = {
		.fields = e->fields,
		.n_fields = 1,
		.arg = e,
		.keys = "↵ preview   Tab complete   Esc leave",
		.says = says,
		.submit = submit,
		.event = event,
		.free_arg = free_editor,
	};
	struct vt_error err = { 0 };

	e->app = app;
	e->title = vt_asprintf("Limit %s", path);
	e->path = vt_strdup(path);
	e->file = vt_strdup(file);
	e->id = id;
	if (read_file(e, &err) < 0) {
		vt_app_fail(app, &err);
		free_editor(e);
		return;
	}
	e->has_scale = vt_limit_scale_make(file, app->s, &e->scale);
	if (e->has_scale) {
		form.keys = "← → slide   ↵ preview   Tab complete   Esc leave";
		form.draw = draw_slider;
		form.draw_rows = SLIDER_ROWS;
	}
	e->fields[0] = (struct vt_field){ .type = VT_FIELD_TEXT, .label = e->file };
	put_present(e);
	form.title = e->title;
	vt_popup_form(app, &form);
}
