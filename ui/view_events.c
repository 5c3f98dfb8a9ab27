/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happened between snapshots, the newest first. */
#include "view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static enum vt_role event_role(const char *kind)
{
	static const struct {
		const char *kind;
		enum vt_role role;
	} roles[] = {
		{ "created", VT_ROLE_NEW },      { "removed", VT_ROLE_GONE },
		{ "oom-kill", VT_ROLE_BAD },     { "throttling", VT_ROLE_BAD },
		{ "pids-refused", VT_ROLE_BAD }, { "memory-max", VT_ROLE_WARN },
		{ "frozen", VT_ROLE_FROZEN },    { "thawed", VT_ROLE_TEXT },
	};

	for (size_t i = 0; i < VT_LEN(roles); i++)
		if (strcmp(roles[i].kind, kind) == 0)
			return roles[i].role;
	return VT_ROLE_TEXT;
}

static void build(const struct vt_view_env *env, struct vt_rows *rows)
{
	const struct vt_snapshot *s = env->snapshot;

	for (size_t i = s->n_events; i-- > 0;) {
		const struct vt_event *e = &s->events[i];
		time_t at = (time_t)(e->at_ns / 1000000000u);
		struct tm tm;
		char when[32];
		int32_t row;

		(void)localtime_r(&at, &tm);
		(void)strftime(when, sizeof(when), "%H:%M:%S", &tm);
		row = vt_rows_heading(
			rows, -1, vt_arena_printf(rows->arena, "%s %s", when, e->kind), e->text);
		rows->rows[row].id.a = vt_hash_mix(e->at_ns,
						   vt_hash_bytes(e->text, strlen(e->text)));
		rows->rows[row].id.b = e->at_ns;
		rows->rows[row].link = e->subject;
		rows->rows[row].role = (int8_t)event_role(e->kind);
	}
}

static void detail(const struct vt_view_env *env, const struct vt_row *row, struct vt_pane *p)
{
	vt_autofree char *words = vt_thing_words(env->snapshot, row->link);

	vt_detail_head(p, row->name);
	vt_pane_label(p, "what");
	vt_pane_wrap(p, VT_ROLE_TEXT, row->value);
	vt_pane_label(p, "where");
	vt_pane_put(p, VT_ROLE_TEXT, "%s", words);
}

static void empty(const struct vt_view_env *env, struct vt_pane *p)
{
	vt_pane_line(p);
	vt_pane_put(p, VT_ROLE_TITLE, "No events yet.");
	vt_pane_line(p);
	vt_pane_wrap(p, VT_ROLE_TEXT,
		     env->snapshot->live
			     ? "virttop notes what changes while it runs: namespaces and cgroups "
			       "that come "
			       "and go, OOM kills, throttling, limits that somebody changed. Leave "
			       "it open."
			     : "A recorded tree does not change, so nothing happens in it.");
}

static const char *const variants[] = { "newest first", NULL };

const struct vt_view vt_view_events = {
	.name = "events",
	.title = "Events",
	.thing = "EVENT",
	.variants = variants,
	.columns = NULL,
	.build = build,
	.detail = detail,
	.empty = empty,
};
