/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts to read: all keys, what could not be read, what limits a thing. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../src/explain.h"
#include "dialogs.h"
#include "jump.h"
#include "popup.h"

/* Collects lines of a text. */
struct text {
	char *s;
	size_t n;
};

static void add(struct text *t, const char *fmt, ...) VT_PRINTF(2, 3);
static void add(struct text *t, const char *fmt, ...)
{
	char line[700];
	size_t n;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	n = strlen(line);
	t->s = vt_realloc_array(t->s, t->n + n + 1, 1);
	memcpy(t->s + t->n, line, n + 1);
	t->n += n;
}

static const char signs[] =
	"SIGNS\n"
	"  +  new a moment ago          †  gone a moment ago       *  marked\n"
	"  ‼  at a limit or hurt        !  near it, or waiting     ·  worth knowing\n"
	"  ❄  frozen                    –  unknown (! says why)    0  zero\n"
	"  █▌▁▁↑  usage against the limit that binds; ↑ an ancestor's; │ memory.high\n"
	"  ▂▃▅▇   the last two minutes, the newest at the right\n"
	"  c8 m0 i1  share of time that tasks waited for cpu, memory, io, in percent\n";

static void add_keys(struct text *t, const struct vt_app *app, const char *title, bool here)
{
	add(t, "%s\n", title);
	for (int i = VT_CMD_NONE + 1; i < VT_CMD_COUNT; i++) {
		const struct vt_command_info *c = &vt_commands[i];
		char keys[40];

		if (vt_app_works(app, (enum vt_command)i) != here)
			continue;
		(void)snprintf(keys, sizeof(keys), "%s%s%s", c->key, c->other[0] ? " " : "",
			       c->other);
		add(t, "  %-16s %s\n", keys, c->help);
	}
	add(t, "\n");
}

/* What the titles stand for. A column may show different figures of different kinds. */
static void add_columns(struct text *t, const struct vt_app *app)
{
	const struct vt_column *columns = vt_app_columns(app);

	if (!columns || !columns->width)
		return;
	add(t, "COLUMNS\n");
	for (const struct vt_column *c = columns; c->width; c++) {
		const struct vt_source *from = &c->from[0];
		const struct vt_metric *m = &vt_kinds[from->kind].metrics[from->metric];
		const char *title = vt_column_title(c);

		/* What is drawn is among the signs. */
		if (!c->draw && title[0])
			add(t, "  %-*s %s\n", 16 + (int)strlen(title) - vt_text_width(title), title,
			    m->help);
	}
	add(t, "\n");
}

void vt_dialog_help(struct vt_app *app)
{
	struct text t = { 0 };

	add_keys(&t, app, "KEYS THAT WORK HERE", true);
	add_columns(&t, app);
	add(&t, "%s\n", signs);
	add(&t, "MOUSE\n  click a tab, a row, a column title, a key; double click goes; the wheel "
		"scrolls\n\n");
	add_keys(&t, app, "KEYS THAT WORK ELSEWHERE", false);
	vt_popup_text(app, "Help", t.s, "↑↓ scroll   Esc leave", NULL, NULL, NULL);
	free(t.s);
}

void vt_dialog_notes(struct vt_app *app)
{
	struct text t = { 0 };

	if (app->message[0])
		add(&t, "%s\n\n", app->message);
	if (!app->s->n_notes)
		add(&t, "Everything that was asked for could be read.\n");
	for (size_t i = 0; i < app->s->n_notes; i++) {
		const struct vt_note *n = &app->s->notes[i];

		add(&t, "%s: %s", n->probe, n->text);
		if (n->times > 1)
			add(&t, " (%u times)", n->times);
		add(&t, "\n");
	}
	app->message[0] = '\0';
	vt_popup_text(app, "Notes", t.s, "↑↓ scroll   Esc leave", NULL, NULL, NULL);
	free(t.s);
}

/* Of the process that is meant, where it has been read already. */
static const struct vt_detail *own_detail(struct vt_app *app, const struct vt_process *p)
{
	return p && app->detailer
		       ? vt_detailer_take(app->detailer, vt_record_id(VT_KIND_PROCESS, p), NULL)
		       : NULL;
}

void vt_dialog_explain(struct vt_app *app)
{
	struct vt_id id = vt_app_row(app)->link;
	const struct vt_process *p = id.kind == VT_KIND_CGROUP ? NULL
							       : vt_related_process(app->s, id);
	const struct vt_cgroup *cg = vt_app_cgroup(app);
	vt_autofree char *what = p    ? vt_asprintf("%" PRIu64, p->pid)
				 : cg ? vt_strdup(cg->path)
				      : NULL;
	vt_autofree char *text = NULL;
	struct vt_error err = { 0 };

	if (!what)
		vt_app_say(app, VT_ROLE_WARN, "neither its process nor its cgroup is known");
	else if (vt_explain_detailed(app->s, own_detail(app, p), what, &text, &err) < 0)
		vt_app_fail(app, &err);
	else
		vt_popup_text(app, "What limits it", text, "↑↓ scroll   Esc leave", NULL, NULL,
			      NULL);
}
