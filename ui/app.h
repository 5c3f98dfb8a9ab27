/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_APP_H
#define VT_APP_H

#include <time.h>

#include "../src/collector.h"
#include "../src/detail.h"
#include "../src/history.h"
#include "keys.h"
#include "panes.h"
#include "term.h"
#include "theme.h"
#include "view.h"

/*
 * The program behind the screen: it takes events, draws on a canvas and knows
 * no terminal (term is only asked to step aside for a program in the
 * foreground). The interactive screen and --dump are the same application.
 */
struct vt_popup;

struct vt_view_state {
	struct vt_tree tree;
	int variant, set; /* of the view's variants and column sets */
	int sort;         /* index of the column; VT_SORT_OWN, VT_SORT_NAME */
	bool reverse;
	struct vt_id scope;
};
enum {
	VT_SORT_OWN = -1,
	VT_SORT_NAME = -2
};

struct vt_place {
	int view;
	struct vt_id id, scope;
};

/* Something that can be clicked, noted while drawing. */
struct vt_spot {
	int x, y, width;
	enum vt_command command;
	int sort; /* column to sort by, for VT_CMD_SORT */
};

enum vt_prompt {
	VT_PROMPT_NONE,
	VT_PROMPT_SEARCH,
	VT_PROMPT_FILTER
};

struct vt_app {
	const struct vt_host *host;
	struct vt_collector *collector;
	struct vt_detailer *detailer;
	struct vt_applying *applying; /* a change that takes its time; NULL */
	struct vt_detailer *tracer;   /* of exits, on request; NULL */
	struct vt_id tracing;         /* what it was asked for; a 0: nothing */
	uint64_t traces;
	struct vt_term *term;        /* NULL without a terminal */
	const struct vt_snapshot *s; /* NULL before the first */
	struct vt_history *history;  /* of the rows on the screen */
	struct vt_theme theme;
	bool read_only, ascii, quit, redraw;
	double interval;
	int view;
	struct vt_view_state views[VT_VIEW_COUNT];
	enum {
		VT_DETAIL_OFF,
		VT_DETAIL_SMALL,
		VT_DETAIL_LARGE
	} detail_size;
	int detail_rows; /* of the small pane, chosen by the person; -1 */
	int detail_skip;
	struct vt_id asked;     /* whose details were asked for, */
	time_t asked_at;        /* and when: CLOCK_MONOTONIC seconds */
	struct vt_id compare;   /* the process that namespaces are compared with; a 0: none */
	struct vt_popup *popup; /* the topmost; each has the one below it */
	struct vt_panes panes;
	enum vt_prompt prompt;
	char prompt_text[64];
	char message[300];
	enum vt_role message_role;
	struct vt_place back[32];
	int n_back;
	struct vt_spot spots[64];
	int n_spots;
	struct vt_column *own_columns; /* a further set of the cgroups view; NULL: none */
	int body_y, body_rows;         /* where the rows of the view are, for the mouse */
	int cols, rows;
};

void vt_app_init(struct vt_app *app, const struct vt_host *host, struct vt_collector *collector,
		 struct vt_detailer *detailer);
void vt_app_finish(struct vt_app *app);

/* Takes the newest snapshot and rebuilds the view. */
void vt_app_refresh(struct vt_app *app);
void vt_app_event(struct vt_app *app, const struct vt_event_in *event);
void vt_app_draw(struct vt_app *app, struct vt_canvas *c);

/* For views, dialogs and the loops around the application. */
void vt_app_command(struct vt_app *app, enum vt_command command);
bool vt_app_works(const struct vt_app *app, enum vt_command command); /* here and now */
void vt_app_set_view(struct vt_app *app, int view);
void vt_app_rebuild(struct vt_app *app);
/* Goes to a thing in the view that shows its kind; a message when it is not there. */
void vt_app_go(struct vt_app *app, struct vt_id id);
void vt_app_say(struct vt_app *app, enum vt_role role, const char *fmt, ...) VT_PRINTF(3, 4);
void vt_app_fail(struct vt_app *app, const struct vt_error *err);
struct vt_view_state *vt_app_state(struct vt_app *app);
const struct vt_row *vt_app_row(const struct vt_app *app);
/* The columns of the set that was chosen; NULL: none. */
const struct vt_column *vt_app_columns(const struct vt_app *app);
/* Of the cgroups view: chooses a set by its name; the name of the one that is chosen. */
void vt_app_choose_columns(struct vt_app *app, const char *name);
const char *vt_app_chosen_columns(const struct vt_app *app);
/* What the view's functions are given. */
struct vt_view_env vt_app_env(const struct vt_app *app);
/* The cgroup that the row is or belongs to, or NULL. */
const struct vt_cgroup *vt_app_cgroup(const struct vt_app *app);

#endif
