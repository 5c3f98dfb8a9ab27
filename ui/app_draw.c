/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The screen's fixed parts: header, tabs, body, detail pane, key line. They
 * never move between views. Every part says what it drops when it is narrow.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app.h"
#include "jump.h"
#include "popup.h"

enum {
	LEAST_COLS = 40,
	LEAST_ROWS = 8,
	DETAIL_SECONDS = 3
};

static void add_spot(struct vt_app *app, int x, int y, int width, enum vt_command command, int sort)
{
	if (app->n_spots < (int)VT_LEN(app->spots))
		app->spots[app->n_spots++] = (struct vt_spot){ x, y, width, command, sort };
}

static enum vt_role share_role(double share)
{
	return share >= 95 ? VT_ROLE_BAD : share >= 80 ? VT_ROLE_WARN : VT_ROLE_TEXT;
}

static int draw_cpu(const struct vt_host_row *h, struct vt_canvas *c, int x)
{
	x += vt_canvas_text(c, x, 0, 5, VT_ROLE_DIM, "cpu ");
	if (c->cols >= 100) {
		vt_canvas_spark(c, x, 0, 8, h->cpu_history, h->n_history, 100);
		x += 9;
	}
	if (!VT_HAS(HOST, h, cpu_percent))
		return x + vt_canvas_text(c, x, 0, 6, VT_ROLE_DIM, "–    ");
	return x + vt_canvas_printf(c, x, 0, 6, share_role(h->cpu_percent), "%.0f%%   ",
				    h->cpu_percent);
}

static int draw_memory(const struct vt_host_row *h, struct vt_canvas *c, int x)
{
	double used;

	x += vt_canvas_text(c, x, 0, 5, VT_ROLE_DIM, "mem ");
	if (!VT_HAS(HOST, h, mem_available_bytes) || !VT_HAS(HOST, h, mem_total_bytes) ||
	    !h->mem_total_bytes)
		return x + vt_canvas_text(c, x, 0, 6, VT_ROLE_DIM, "–    ");
	used = 1 - (double)h->mem_available_bytes / (double)h->mem_total_bytes;
	if (c->cols >= 100) {
		vt_canvas_bar(c, x, 0, 8, used, -1);
		x += 9;
	}
	return x + vt_canvas_printf(c, x, 0, 6, share_role(100 * used), "%.0f%%   ", 100 * used);
}

static int draw_pressure(const struct vt_host_row *h, struct vt_canvas *c, int x)
{
	const struct {
		const char *letter;
		bool known;
		double value;
	} parts[] = {
		{ "c", VT_HAS(HOST, h, psi_cpu_some_avg10), h->psi_cpu_some_avg10 },
		{ "m", VT_HAS(HOST, h, psi_memory_some_avg10), h->psi_memory_some_avg10 },
		{ "i", VT_HAS(HOST, h, psi_io_some_avg10), h->psi_io_some_avg10 },
	};

	if (!parts[0].known && !parts[1].known && !parts[2].known)
		return x;
	x += vt_canvas_text(c, x, 0, 5, VT_ROLE_DIM, "psi ");
	for (size_t i = 0; i < VT_LEN(parts); i++) {
		enum vt_role role = vt_role_pressure(NULL, parts[i].value);

		if (parts[i].known)
			x += vt_canvas_printf(c, x, 0, 8, role == VT_ROLE_DIM ? VT_ROLE_TEXT : role,
					      "%s%.0f ", parts[i].letter, parts[i].value);
	}
	return x + 1;
}

static void draw_clock(struct vt_app *app, struct vt_canvas *c)
{
	bool paused = vt_collector_paused(app->collector);
	double busy = vt_collector_busy(app->collector);
	char text[64];
	enum vt_role role = VT_ROLE_DIM;

	if (!app->s->live) {
		(void)snprintf(text, sizeof(text), "recorded ");
	} else if (busy > 2 && busy > 2 * app->interval) {
		role = VT_ROLE_WARN;
		(void)snprintf(text, sizeof(text), "stalled %.0f s ", busy);
	} else {
		role = paused ? VT_ROLE_WARN : VT_ROLE_DIM;
		(void)snprintf(text, sizeof(text), "%s%gs %s ", paused ? "paused " : "",
			       app->interval,
			       c->ascii ? paused ? "||" : ">"
			       : paused ? "‖"
					: "▶");
	}
	vt_canvas_right(c, c->cols - 16, 0, 16, role, text);
}

static void draw_header(struct vt_app *app, struct vt_canvas *c)
{
	const struct vt_host_row *h = vt_snapshot_host(app->s);
	int x, right = c->cols - 16 - (c->cols >= 100 ? 50 : 33);
	char name[256], fitted[256];

	x = 1 + vt_canvas_text(c, 1, 0, 8, VT_ROLE_ACCENT, "virttop");
	(void)vt_text_escape(name, sizeof(name), VT_HAS(HOST, h, hostname) ? h->hostname : "–");
	vt_text_fit_middle(fitted, sizeof(fitted), name, right - x - 2, c->ascii);
	x += 2 + vt_canvas_text(c, x + 2, 0, right - x - 2, VT_ROLE_TITLE, fitted);
	if (VT_HAS(HOST, h, kernel) && x + 2 + vt_text_width(h->kernel) < right)
		x += 2 + vt_canvas_text(c, x + 2, 0, right - x - 2, VT_ROLE_DIM, h->kernel);
	if (VT_HAS(HOST, h, arch) && x + 1 + vt_text_width(h->arch) < right)
		x += 1 + vt_canvas_text(c, x + 1, 0, right - x - 1, VT_ROLE_DIM, h->arch);
	if (VT_HAS(HOST, h, hypervisor) && strcmp(h->hypervisor, "none") != 0 &&
	    x + 8 + vt_text_width(h->hypervisor) < right)
		x += 2 + vt_canvas_printf(c, x + 2, 0, right - x - 2, VT_ROLE_DIM, "in %s",
					  h->hypervisor);
	x += 3;
	x = draw_cpu(h, c, x);
	x = draw_memory(h, c, x);
	if (c->cols >= 60)
		(void)draw_pressure(h, c, x);
	draw_clock(app, c);
}

static int tabs_width(int style)
{
	int width = 1;

	for (int i = 0; i < VT_VIEW_COUNT; i++)
		width += 1 + (style < 2) * (int)strlen(vt_views[i]->title) + (style == 0 ? 3 : 1);
	return width;
}

/* What hides rows or is done to others than the one under the cursor must be seen. */
static size_t put_narrowed(const struct vt_app *app, char *text, size_t size)
{
	const struct vt_tree *t = &app->views[app->view].tree;
	size_t n = 0;

	text[0] = '\0';
	if (t->n_marked)
		n += (size_t)snprintf(text + n, size - n, "%zu marked ", t->n_marked);
	if (t->filter)
		n += (size_t)snprintf(text + n, size - n, "filtered ");
	if (t->following)
		n += (size_t)snprintf(text + n, size - n, "following ");
	return n;
}

/* Names give way to it: spread out, close together, that of this view only. */
static int tabs_style(const struct vt_canvas *c, int needed)
{
	if (tabs_width(0) + 4 + needed <= c->cols)
		return 0;
	return tabs_width(1) + needed <= c->cols ? 1 : 2;
}

static void draw_tabs(struct vt_app *app, struct vt_canvas *c, int style)
{
	int x = 1;

	for (int i = 0; i < VT_VIEW_COUNT; i++) {
		enum vt_role role = i == app->view ? VT_ROLE_ACCENT : VT_ROLE_DIM;
		int began = x;

		x += vt_canvas_printf(c, x, 1, 2, i == app->view ? role : VT_ROLE_KEY, "%d", i + 1);
		if (style == 0)
			x++;
		if (style < 2 || i == app->view)
			x += vt_canvas_text(c, x, 1, c->cols - x, role, vt_views[i]->title);
		add_spot(app, began, 1, x - began, (enum vt_command)(VT_CMD_VIEW_1 + i), 0);
		if (i == 7 && app->s->n_events && style == 0)
			x += vt_canvas_printf(c, x + 1, 1, 5, VT_ROLE_ACCENT, "%zu",
					      app->s->n_events);
		x += style == 0 ? 2 : 1;
	}
}

/* The views, and at the right how this one is narrowed and arranged. */
static void draw_tabs_and_state(struct vt_app *app, struct vt_canvas *c)
{
	const struct vt_view_state *state = vt_app_state(app);
	const char *const *variants = vt_views[app->view]->variants;
	char text[120];
	size_t narrowed = put_narrowed(app, text, sizeof(text)), n = narrowed;
	int style = tabs_style(c, (int)narrowed);
	int room = c->cols - tabs_width(style) - (style == 0 ? 4 : 0);

	draw_tabs(app, c, style);
	if (style == 2)
		room -= (int)strlen(vt_views[app->view]->title);
	if (variants[1] && (c->cols >= 110 || n == 0))
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s ", variants[state->variant]);
	if (state->set)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s ",
				      vt_views[app->view]->sets[state->set].name);
	if (style > 0 || (int)n > room)
		text[narrowed] = '\0';
	if (text[0] && room > 0)
		vt_canvas_right(c, c->cols - room, 1, room, VT_ROLE_MARKED, text);
}

static int detail_height(const struct vt_app *app, int rows)
{
	if (app->detail_size == VT_DETAIL_OFF || rows < 16)
		return 0;
	if (app->detail_size == VT_DETAIL_LARGE)
		return rows * 6 / 10;
	if (app->detail_rows >= 0)
		return app->detail_rows < rows / 2 ? app->detail_rows : rows / 2;
	return rows < 30 ? 7 : rows < 45 ? 10 : 14;
}

static void draw_column_titles(struct vt_app *app, struct vt_canvas *c,
			       const struct vt_layout *layout, int y)
{
	const struct vt_view *view = vt_views[app->view];
	const struct vt_view_state *state = vt_app_state(app);
	const struct vt_column *columns = vt_app_columns(app);

	vt_view_draw_titles(c, view, layout, state->sort >= 0 ? &columns[state->sort] : NULL,
			    state->reverse, state->sort == VT_SORT_NAME, y);
	add_spot(app, 0, y, layout->name_width, VT_CMD_SORT, VT_SORT_NAME);
	for (int i = 0; i < layout->n; i++)
		add_spot(app, layout->columns[i].x, y, layout->columns[i].width, VT_CMD_SORT,
			 (int)(layout->columns[i].column - columns));
}

static void draw_scroll_hint(const struct vt_tree *t, struct vt_canvas *c, int y, int rows)
{
	if (t->top > 0)
		(void)vt_canvas_text(c, c->cols - 1, y, 1, VT_ROLE_KEY, "▲");
	if (t->top + (size_t)rows < t->n_visible)
		(void)vt_canvas_text(c, c->cols - 1, y + rows - 1, 1, VT_ROLE_KEY, "▼");
}

static void draw_body(struct vt_app *app, struct vt_canvas *c, int y, int end)
{
	const struct vt_view *view = vt_views[app->view];
	struct vt_view with_columns = *view;
	struct vt_tree *t = &vt_app_state(app)->tree;
	struct vt_view_env env = vt_app_env(app);
	struct vt_layout layout;
	struct vt_pane pane;

	if (view->above) {
		vt_pane_init(&pane, c, 0, y, c->cols, 1);
		view->above(&env, &pane);
		y += pane.line + 1;
	}
	/* The page decides which names are measured; titles take a line of it. */
	vt_tree_set_page(t, end - y - 1);
	with_columns.columns = vt_app_columns(app);
	with_columns.instant = !app->s->live;
	vt_layout_fit(&layout, &with_columns, env.variant, t, c->cols - 1);
	if (view->columns || view->thing[0])
		draw_column_titles(app, c, &layout, y++);
	vt_tree_set_page(t, end - y);
	app->body_y = y;
	app->body_rows = end - y;
	if (!t->n_visible) {
		vt_pane_init(&pane, c, 2, y, c->cols - 4, end - y);
		if (t->filter) {
			vt_pane_line(&pane);
			vt_pane_put(&pane, VT_ROLE_TITLE, "Nothing matches the filter.");
			vt_pane_line(&pane);
			vt_pane_put(&pane, VT_ROLE_TEXT, "c clears it.");
		} else if (view->empty) {
			view->empty(&env, &pane);
		}
		return;
	}
	for (int i = 0; i < end - y; i++) {
		const struct vt_row *row = vt_tree_visible(t, t->top + (size_t)i);

		if (!row)
			break;
		vt_view_draw_row(c, &env, &layout, t, row, y + i);
		if (t->top + (size_t)i == t->cursor)
			vt_canvas_cursor_row(c, 0, y + i, c->cols);
	}
	draw_scroll_hint(t, c, y, end - y);
}

/*
 * The details of the thing under the cursor are asked for when it changes, and
 * again when they are old: an answer wakes the screen, so asking at every
 * drawing would never come to rest.
 */
static void ask_details(struct vt_app *app, struct vt_view_env *env, const struct vt_row *row)
{
	struct timespec now;

	if (!app->detailer || !row->record || row->gone)
		return;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	if (!vt_id_equal(app->asked, row->id) || now.tv_sec >= app->asked_at + DETAIL_SECONDS) {
		app->asked = row->id;
		app->asked_at = now.tv_sec;
		vt_detailer_ask(app->detailer, row->id);
	}
	env->detail = vt_detailer_take(app->detailer, row->id, &env->stalled_seconds);
}

static void draw_detail(struct vt_app *app, struct vt_canvas *c, int y, int rows)
{
	const struct vt_view *view = vt_views[app->view];
	const struct vt_row *row = vt_app_row(app);
	struct vt_view_env env = vt_app_env(app);
	struct vt_pane pane;
	char hint[48];
	int lines, more;

	vt_canvas_fill(c, 0, y, c->cols, VT_ROLE_TRACK, "─");
	if (!row || !view->detail || (!row->record && !row->value))
		return;
	ask_details(app, &env, row);
	vt_pane_init(&pane, c, 1, y, c->cols - 2, 0);
	view->detail(&env, row, &pane);
	lines = pane.line + 1;
	if (app->detail_skip > lines - rows)
		app->detail_skip = lines > rows ? lines - rows : 0;
	vt_pane_init(&pane, c, 1, y, c->cols - 2, rows);
	pane.skip = app->detail_skip;
	pane.stays = 1; /* the title */
	view->detail(&env, row, &pane);
	more = lines - rows - app->detail_skip;
	if (more > 0) {
		(void)snprintf(hint, sizeof(hint), " %s: %d more line%s ",
			       app->detail_size == VT_DETAIL_LARGE ? "Shift-PgDn" : "d", more,
			       more == 1 ? "" : "s");
		(void)vt_canvas_text(c, c->cols - 4 - (int)strlen(hint), y, (int)strlen(hint),
				     VT_ROLE_KEY, hint);
	}
}

static void draw_prompt(struct vt_app *app, struct vt_canvas *c, int y)
{
	const char *label = app->prompt == VT_PROMPT_SEARCH ? "/" : "filter: ";
	const char *hint = app->prompt == VT_PROMPT_SEARCH
				   ? "↓ next   ↵ done   Esc leave"
				   : "text, or mem>100M cpu>5 state=D   ↵ apply   Esc leave";
	int x = vt_canvas_text(c, 1, y, 20, VT_ROLE_KEY, label) + 1;

	c->cursor_x = x + vt_canvas_text(c, x, y, c->cols - x, VT_ROLE_TEXT, app->prompt_text);
	c->cursor_y = y;
	if (app->message[0])
		(void)vt_canvas_text(c, c->cursor_x + 3, y, c->cols - c->cursor_x - 4,
				     app->message_role, app->message);
	else
		(void)vt_canvas_text(c, c->cursor_x + 3, y, c->cols - c->cursor_x - 4, VT_ROLE_DIM,
				     hint);
}

static const char *key_sign(const char *key)
{
	static const char *const signs[][2] = {
		{ "<Enter>", "↵" },
		{ "<Space>", "space" },
		{ "<BS>", "b" },
		{ "<Tab>", "Tab" },
	};

	for (size_t i = 0; i < VT_LEN(signs); i++)
		if (strcmp(signs[i][0], key) == 0)
			return signs[i][1];
	return key;
}

/* The keys that work here and now, the most likely first; quit and help always fit. */
static void draw_keys(struct vt_app *app, struct vt_canvas *c, int y)
{
	int x = 1, end = c->cols - 16;

	for (int i = VT_CMD_NONE + 1; i < VT_CMD_COUNT; i++) {
		const struct vt_command_info *info = &vt_commands[i];
		bool always = i == VT_CMD_HELP || i == VT_CMD_QUIT;
		const char *sign = key_sign(info->key);
		int width = vt_text_width(sign) + 1 + vt_text_width(info->word);

		if (!info->word[0] || (!always && !vt_app_works(app, (enum vt_command)i)))
			continue;
		if (x + width > (always ? c->cols : end))
			continue;
		add_spot(app, x, y, width, (enum vt_command)i, 0);
		x += vt_canvas_text(c, x, y, c->cols - x, VT_ROLE_KEY, sign) + 1;
		x += vt_canvas_text(c, x, y, c->cols - x, VT_ROLE_DIM, info->word) + 2;
	}
}

static void draw_bottom(struct vt_app *app, struct vt_canvas *c, int y)
{
	if (app->prompt)
		draw_prompt(app, c, y);
	else if (app->message[0])
		(void)vt_canvas_text(c, 1, y, c->cols - 2, app->message_role, app->message);
	else if (app->panes.focused)
		vt_panes_draw_keys(&app->panes, c, y);
	else
		draw_keys(app, c, y);
}

static void draw_too_small(struct vt_canvas *c)
{
	char text[80];

	(void)snprintf(text, sizeof(text), "%dx%d: too small", c->cols, c->rows);
	(void)vt_canvas_text(c, 0, 0, c->cols, VT_ROLE_WARN, text);
	(void)vt_canvas_printf(c, 0, 1, c->cols, VT_ROLE_TEXT, "needs %dx%d", LEAST_COLS,
			       LEAST_ROWS);
	(void)vt_canvas_text(c, 0, 2, c->cols, VT_ROLE_DIM, "q quits");
}

static void draw_popups(struct vt_app *app, struct vt_popup *p, struct vt_canvas *c)
{
	if (!p)
		return;
	draw_popups(app, p->below, c);
	c->cursor_x = c->cursor_y = -1;
	p->draw(p, app, c);
}

static void draw_body_and_detail(struct vt_app *app, struct vt_canvas *c, int end)
{
	int detail = detail_height(app, end + 1);

	draw_body(app, c, 2, end - detail);
	if (detail)
		draw_detail(app, c, end - detail, detail);
}

/* Panes leave the view a part of the screen, which to it is a narrower one. */
static void draw_middle(struct vt_app *app, struct vt_canvas *c)
{
	struct vt_canvas *part = &app->panes.beside;
	int cols, end;

	vt_panes_arrange(&app->panes, c->cols, c->rows, &cols, &end);
	if (!app->panes.cols) {
		draw_body_and_detail(app, c, end);
		return;
	}
	app->body_rows = 0;
	if (end > 4) {
		if (part->cols != cols || part->rows != end)
			vt_canvas_resize(part, cols, end);
		part->ascii = c->ascii;
		vt_canvas_clear(part);
		draw_body_and_detail(app, part, end);
		vt_canvas_copy(c, part, 0, 2, cols, end - 2);
	}
	vt_panes_draw(&app->panes, c);
}

void vt_app_draw(struct vt_app *app, struct vt_canvas *c)
{
	int bottom = c->rows - 1;

	vt_canvas_clear(c);
	app->n_spots = 0;
	if (c->cols < LEAST_COLS || c->rows < LEAST_ROWS) {
		draw_too_small(c);
		return;
	}
	if (!app->s) {
		(void)vt_canvas_text(c, 1, 0, c->cols - 1, VT_ROLE_ACCENT, "virttop");
		(void)vt_canvas_text(c, 1, 1, c->cols - 1, VT_ROLE_DIM, "reading this host…");
		return;
	}
	draw_header(app, c);
	draw_tabs_and_state(app, c);
	draw_middle(app, c);
	draw_bottom(app, c, bottom);
	draw_popups(app, app->popup, c);
	/* A message is never hidden by a popup's end. */
	if (app->popup && app->message[0])
		(void)vt_canvas_text(c, 1, bottom, c->cols - 2, app->message_role, app->message);
}
