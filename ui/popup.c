/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts, menus and forms over the view. */
#include "popup.h"

#include <stdio.h>
#include <string.h>

void vt_popup_push(struct vt_app *app, struct vt_popup *p)
{
	p->below = app->popup;
	app->popup = p;
}

static void drop(struct vt_app *app, struct vt_popup *p)
{
	/* What p did may have put another one on top. */
	for (struct vt_popup **at = &app->popup; *at; at = &(*at)->below)
		if (*at == p) {
			*at = p->below;
			p->free(p);
			return;
		}
}

void vt_popup_event(struct vt_app *app, const struct vt_event_in *e)
{
	struct vt_popup *p = app->popup;

	if (p && !p->event(p, app, e))
		drop(app, p);
}

void vt_popup_close_all(struct vt_app *app)
{
	while (app->popup)
		drop(app, app->popup);
}

void vt_popup_frame(struct vt_canvas *c, const char *title, const char *keys, int *cols, int *rows,
		    int *x, int *y)
{
	char clean[200], fitted[200];

	if (*cols > c->cols - 4)
		*cols = c->cols - 4;
	if (*rows > c->rows - 4)
		*rows = c->rows - 4;
	*x = (c->cols - *cols) / 2;
	*y = (c->rows - *rows) / 2;
	(void)vt_text_escape(clean, sizeof(clean), title);
	vt_text_fit_middle(fitted, sizeof(fitted), clean, *cols - 4, c->ascii);
	vt_canvas_frame(c, *x - 2, *y - 1, *cols + 4, *rows + 2, fitted);
	(void)vt_canvas_printf(c, *x, *y + *rows, *cols, VT_ROLE_KEY, " %s ", keys);
}

/* Text */

struct text_popup {
	struct vt_popup p;
	char *title, *text, *keys;
	int skip, lines, page;
	void (*yes)(struct vt_app *app, void *arg);
	uint32_t key; /* 0: none */
	char *(*change)(void *arg);
	void (*act)(struct vt_app *app, void *arg);
	void *arg;
	void (*free_arg)(void *);
};

static int widest_line(const char *text)
{
	int widest = 0;

	while (*text) {
		size_t n = strcspn(text, "\n");
		vt_autofree char *line = vt_strndup(text, n);
		int width = vt_text_raw_width(line);

		if (width > widest)
			widest = width;
		text += n + (text[n] == '\n');
	}
	return widest;
}

/* The bytes before the second column of a line such as "  a word   what it means"; 0: none. */
static size_t second_column(const char *line)
{
	size_t blanks = strspn(line, " "), word = strcspn(line + blanks, " "), gap;

	if (!blanks || !word)
		return 0;
	/* A first column may be of several words with one blank between them. */
	for (size_t at = blanks + word; line[at]; at += gap + strcspn(line + at + gap, " ")) {
		gap = strspn(line + at, " ");
		if (gap > 1)
			return line[at + gap] ? at + gap : 0;
	}
	return 0;
}

/* What goes on in a further line stands below where it began. */
void vt_popup_lines(struct vt_pane *pane, enum vt_role role, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n"), first;
		vt_autofree char *line = vt_strndup(text, n), *head = NULL;

		vt_pane_line(pane);
		first = second_column(line);
		head = vt_strndup(line, first);
		if (vt_text_raw_width(head) > pane->width / 2)
			first = 0;
		if (first)
			vt_pane_put(pane, role, "%s", head);
		vt_pane_wrap(pane, role, line + first);
		text += n + (text[n] == '\n');
	}
}

static void draw_text(struct vt_popup *popup, struct vt_app *app, struct vt_canvas *c)
{
	struct text_popup *t = (struct text_popup *)popup;
	int cols = widest_line(t->text), rows, x, y;
	struct vt_pane pane;

	(void)app;
	if (cols < 40)
		cols = 40;
	if (cols > c->cols - 4)
		cols = c->cols - 4;
	vt_pane_init(&pane, c, 0, 0, cols, 0);
	vt_popup_lines(&pane, VT_ROLE_DIALOG, t->text);
	rows = t->lines = pane.line + 1;
	vt_popup_frame(c, t->title, t->keys, &cols, &rows, &x, &y);
	t->page = rows;
	if (t->skip > t->lines - rows)
		t->skip = t->lines - rows;
	vt_pane_init(&pane, c, x, y, cols, rows);
	pane.skip = t->skip;
	vt_popup_lines(&pane, VT_ROLE_DIALOG, t->text);
	if (t->skip > 0)
		(void)vt_canvas_text(c, x + cols, y, 1, VT_ROLE_KEY, "▲");
	if (t->skip + rows < t->lines)
		(void)vt_canvas_text(c, x + cols, y + rows - 1, 1, VT_ROLE_KEY, "▼");
}

static void scroll_text(struct text_popup *t, int by)
{
	t->skip += by;
	if (t->skip > t->lines - t->page)
		t->skip = t->lines - t->page;
	if (t->skip < 0)
		t->skip = 0;
}

static void change_text(struct text_popup *t)
{
	char *text = t->change(t->arg);

	if (!text)
		return;
	free(t->text);
	t->text = text;
}

static bool text_event(struct vt_popup *popup, struct vt_app *app, const struct vt_event_in *e)
{
	struct text_popup *t = (struct text_popup *)popup;

	if (e->type == VT_IN_MOUSE) {
		if (e->mouse == VT_MOUSE_WHEEL_UP || e->mouse == VT_MOUSE_WHEEL_DOWN)
			scroll_text(t, e->mouse == VT_MOUSE_WHEEL_UP ? -3 : 3);
		return true;
	}
	if (e->type != VT_IN_KEY)
		return true;
	if (t->yes && e->key == 'y') {
		t->yes(app, t->arg);
		return false;
	}
	if (t->act && e->key == t->key) {
		t->act(app, t->arg);
		return false;
	}
	if (t->change && e->key == t->key) {
		change_text(t);
		return true;
	}
	switch (vt_key_command(e->key)) {
	case VT_CMD_DOWN:
		scroll_text(t, 1);
		return true;
	case VT_CMD_UP:
		scroll_text(t, -1);
		return true;
	case VT_CMD_PAGE_DOWN:
	case VT_CMD_FOLD:
		scroll_text(t, t->page);
		return true;
	case VT_CMD_PAGE_UP:
		scroll_text(t, -t->page);
		return true;
	case VT_CMD_HOME:
		t->skip = 0;
		return true;
	case VT_CMD_END:
		scroll_text(t, t->lines);
		return true;
	case VT_CMD_GO:
		/* Enter must not apply a plan by accident: that takes y. */
		return t->yes != NULL;
	case VT_CMD_CANCEL:
	case VT_CMD_QUIT:
	case VT_CMD_HELP:
	case VT_CMD_BACK:
		return false;
	default:
		return true;
	}
}

static void free_text(struct vt_popup *popup)
{
	struct text_popup *t = (struct text_popup *)popup;

	if (t->free_arg)
		t->free_arg(t->arg);
	free(t->title);
	free(t->text);
	free(t->keys);
	free(t);
}

void vt_popup_text(struct vt_app *app, const char *title, const char *text, const char *keys,
		   void (*yes)(struct vt_app *app, void *arg), void *arg, void (*free_arg)(void *))
{
	struct text_popup *t = vt_alloc(sizeof(*t));

	t->p = (struct vt_popup){ .draw = draw_text, .event = text_event, .free = free_text };
	t->title = vt_strdup(title);
	t->text = vt_strdup(text);
	t->keys = vt_strdup(keys);
	t->yes = yes;
	t->arg = arg;
	t->free_arg = free_arg;
	vt_popup_push(app, &t->p);
}

void vt_popup_text_key(struct vt_app *app, uint32_t key, char *(*change)(void *arg))
{
	struct text_popup *t = (struct text_popup *)app->popup;

	t->key = key;
	t->change = change;
}

void vt_popup_text_act(struct vt_app *app, uint32_t key, void (*act)(struct vt_app *app, void *arg))
{
	struct text_popup *t = (struct text_popup *)app->popup;

	t->key = key;
	t->act = act;
}

/* Menu */

struct menu {
	struct vt_popup p;
	char *title;
	struct vt_menu_item *items;
	struct vt_arena *arena;
	size_t n;
	size_t *shown; /* indices of the items that match */
	size_t n_shown, cursor, top;
	bool search;
	char typed[64];
	int x, y, rows;
	uint32_t key; /* 0: none */
	const char *keys;
	void (*act)(struct vt_app *app, const struct vt_menu_item *item, void *arg);
	void (*choose)(struct vt_app *app, const struct vt_menu_item *item, void *arg);
	void *arg;
	void (*free_arg)(void *);
};

static void narrow(struct menu *m)
{
	m->n_shown = 0;
	for (size_t i = 0; i < m->n; i++)
		if (vt_text_find(m->items[i].label, m->typed) ||
		    (m->items[i].value && vt_text_find(m->items[i].value, m->typed)))
			m->shown[m->n_shown++] = i;
	m->cursor = m->top = 0;
}

static int widest_label(const struct menu *m)
{
	int widest = 0;

	for (size_t i = 0; i < m->n; i++) {
		int width = vt_text_raw_width(m->items[i].label);

		if (width > widest)
			widest = width;
	}
	return widest > 60 ? 60 : widest;
}

static void draw_item(struct menu *m, struct vt_canvas *c, size_t i, int x, int y, int cols,
		      int label_width)
{
	const struct vt_menu_item *item = &m->items[m->shown[i]];
	char clean[512], fitted[512];

	(void)vt_text_escape(clean, sizeof(clean), item->label);
	vt_text_fit_middle(fitted, sizeof(fitted), clean, label_width, c->ascii);
	(void)vt_canvas_text(c, x, y, cols, VT_ROLE_DIALOG, fitted);
	if (item->value) {
		(void)vt_text_escape(clean, sizeof(clean), item->value);
		vt_text_fit_middle(fitted, sizeof(fitted), clean, cols - label_width - 2, c->ascii);
		(void)vt_canvas_text(c, x + label_width + 2, y, cols - label_width - 2,
				     VT_ROLE_DIALOG, fitted);
	}
	if (i == m->cursor)
		vt_canvas_cursor_row(c, x - 1, y, cols + 2);
}

static void draw_menu(struct vt_popup *popup, struct vt_app *app, struct vt_canvas *c)
{
	struct menu *m = (struct menu *)popup;
	int label_width = widest_label(m), cols = c->cols < 100 ? c->cols - 8 : 92;
	int rows = (int)m->n + m->search, x, y;

	(void)app;
	if (rows < 3)
		rows = 3;
	if (rows > c->rows - 6)
		rows = c->rows - 6;
	vt_popup_frame(c, m->title,
		       m->search ? "type to narrow down   ↵ go there   Esc leave"
		       : m->keys ? m->keys
				 : "↵ choose   Esc leave",
		       &cols, &rows, &x, &y);
	if (label_width > cols * 2 / 3)
		label_width = cols * 2 / 3;
	if (m->search) {
		(void)vt_canvas_text(c, x, y, 2, VT_ROLE_KEY, "/ ");
		c->cursor_x = x + 2 +
			      vt_canvas_text(c, x + 2, y, cols - 2, VT_ROLE_FIELD, m->typed);
		c->cursor_y = y++;
		rows--;
	}
	if (m->cursor >= m->top + (size_t)rows)
		m->top = m->cursor - (size_t)rows + 1;
	if (m->cursor < m->top)
		m->top = m->cursor;
	m->x = x;
	m->y = y;
	m->rows = rows;
	if (!m->n_shown)
		(void)vt_canvas_text(c, x, y, cols, VT_ROLE_DIM, "nothing has that in its name");
	for (size_t i = m->top; i < m->n_shown && i < m->top + (size_t)rows; i++)
		draw_item(m, c, i, x, y + (int)(i - m->top), cols, label_width);
}

static void move_cursor(struct menu *m, long by)
{
	long to = (long)m->cursor + by;

	if (to >= (long)m->n_shown)
		to = (long)m->n_shown - 1;
	m->cursor = to < 0 ? 0 : (size_t)to;
}

static bool choose(struct menu *m, struct vt_app *app)
{
	if (m->cursor < m->n_shown)
		m->choose(app, &m->items[m->shown[m->cursor]], m->arg);
	return false;
}

static bool menu_mouse(struct menu *m, struct vt_app *app, const struct vt_event_in *e)
{
	if (e->mouse == VT_MOUSE_WHEEL_UP || e->mouse == VT_MOUSE_WHEEL_DOWN) {
		move_cursor(m, e->mouse == VT_MOUSE_WHEEL_UP ? -1 : 1);
		return true;
	}
	if (e->y < m->y || e->y >= m->y + m->rows || m->top + (size_t)(e->y - m->y) >= m->n_shown)
		return true;
	m->cursor = m->top + (size_t)(e->y - m->y);
	return e->mouse != VT_MOUSE_DOUBLE || choose(m, app);
}

/* Appends a typed character; false when it is none or does not fit. */
static bool type_char(char *text, size_t size, uint32_t key)
{
	char one[8] = "";
	size_t used = strlen(text), n;

	if (key < 0x20 || (key >= 0x7f && key < 0xa0) || key > 0x10ffff)
		return false;
	if (key < 0x80)
		n = (size_t)snprintf(one, sizeof(one), "%c", (int)key);
	else if (key < 0x800)
		n = (size_t)snprintf(one, sizeof(one), "%c%c", (int)(0xc0 | key >> 6),
				     (int)(0x80 | (key & 0x3f)));
	else if (key < 0x10000)
		n = (size_t)snprintf(one, sizeof(one), "%c%c%c", (int)(0xe0 | key >> 12),
				     (int)(0x80 | (key >> 6 & 0x3f)), (int)(0x80 | (key & 0x3f)));
	else
		n = (size_t)snprintf(one, sizeof(one), "%c%c%c%c", (int)(0xf0 | key >> 18),
				     (int)(0x80 | (key >> 12 & 0x3f)),
				     (int)(0x80 | (key >> 6 & 0x3f)), (int)(0x80 | (key & 0x3f)));
	if (used + n >= size)
		return false;
	memcpy(text + used, one, n + 1);
	return true;
}

static void erase_char(char *text)
{
	size_t n = strlen(text);

	while (n > 0 && ((unsigned char)text[--n] & 0xc0) == 0x80)
		;
	text[n] = '\0';
}

bool vt_edit_text(char *text, size_t size, const struct vt_event_in *e)
{
	if (e->type == VT_IN_KEY && e->key == VT_KEY_BACKSPACE)
		erase_char(text);
	else if (e->type == VT_IN_KEY && e->key == 0x15) /* Ctrl-U */
		text[0] = '\0';
	else
		return type_char(text, size, e->key);
	return true;
}

static void type_in_menu(struct menu *m, const struct vt_event_in *e)
{
	if (vt_edit_text(m->typed, sizeof(m->typed), e))
		narrow(m);
}

static bool menu_event(struct vt_popup *popup, struct vt_app *app, const struct vt_event_in *e)
{
	struct menu *m = (struct menu *)popup;

	if (e->type == VT_IN_MOUSE)
		return menu_mouse(m, app, e);
	if (e->type == VT_IN_PASTED && m->search)
		type_in_menu(m, e);
	if (e->type != VT_IN_KEY)
		return true;
	switch (e->key) {
	case VT_KEY_UP:
		move_cursor(m, -1);
		return true;
	case VT_KEY_DOWN:
		move_cursor(m, 1);
		return true;
	case VT_KEY_PGUP:
		move_cursor(m, -m->rows);
		return true;
	case VT_KEY_PGDN:
		move_cursor(m, m->rows);
		return true;
	case VT_KEY_ENTER:
		return choose(m, app);
	case VT_KEY_ESC:
		return false;
	default:
		break;
	}
	if (m->search) {
		type_in_menu(m, e);
		return true;
	}
	if (m->act && e->key == m->key) {
		if (m->cursor < m->n_shown)
			m->act(app, &m->items[m->shown[m->cursor]], m->arg);
		return false;
	}
	if (e->key == 'j' || e->key == 'k')
		move_cursor(m, e->key == 'j' ? 1 : -1);
	return e->key != 'q' && e->key != VT_KEY_BACKSPACE;
}

static void free_menu(struct vt_popup *popup)
{
	struct menu *m = (struct menu *)popup;

	if (m->free_arg)
		m->free_arg(m->arg);
	vt_arena_free(m->arena);
	free(m->items);
	free(m->shown);
	free(m->title);
	free(m);
}

void vt_popup_menu(struct vt_app *app, const char *title, const struct vt_menu_item *items,
		   size_t n, bool search,
		   void (*on_choose)(struct vt_app *app, const struct vt_menu_item *item,
				     void *arg),
		   void *arg, void (*free_arg)(void *))
{
	struct menu *m = vt_alloc(sizeof(*m));

	m->p = (struct vt_popup){ .draw = draw_menu, .event = menu_event, .free = free_menu };
	m->title = vt_strdup(title);
	m->arena = vt_arena_new();
	m->items = vt_alloc((n + 1) * sizeof(*m->items));
	m->shown = vt_alloc((n + 1) * sizeof(*m->shown));
	m->n = n;
	for (size_t i = 0; i < n; i++) {
		m->items[i] = items[i];
		m->items[i].label = vt_arena_intern(m->arena, items[i].label);
		m->items[i].value = vt_arena_intern(m->arena, items[i].value);
	}
	m->search = search;
	m->choose = on_choose;
	m->arg = arg;
	m->free_arg = free_arg;
	narrow(m);
	vt_popup_push(app, &m->p);
}

void vt_popup_menu_key(struct vt_app *app, uint32_t key, const char *keys,
		       void (*act)(struct vt_app *app, const struct vt_menu_item *item, void *arg))
{
	struct menu *m = (struct menu *)app->popup;

	m->key = key;
	m->keys = keys;
	m->act = act;
}
