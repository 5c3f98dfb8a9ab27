/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where panes stand: right of the tree on a wide screen, one above the other;
 * else below it, side by side. Those for which there is no room are out of
 * sight, never the one that has the keys.
 */
#include <stdio.h>

#include "../src/text.h"
#include "panes.h"
#include "term_pane.h"

enum {
	WIDE = 140,      /* from here on they stand on the right */
	LEAST_COLS = 60, /* of a screen that has panes at all, */
	LEAST_ROWS = 20,
	PANE_COLS = 36, /* and of one pane among several */
	PANE_ROWS = 7,  /* with its title */
};

bool vt_panes_fit(int cols, int rows)
{
	return rows >= LEAST_ROWS && (cols >= WIDE || (cols >= LEAST_COLS && rows >= 30));
}

static void place_region(struct vt_panes *panes, int cols, int rows, int *ret_cols, int *ret_end)
{
	int bottom = rows - 1;

	*ret_cols = cols;
	*ret_end = bottom;
	panes->cols = panes->rows = 0;
	if (!panes->n || rows < 10 || cols < 40)
		return;
	panes->x = 0;
	panes->y = 2;
	panes->cols = cols;
	panes->rows = bottom - 2;
	if (panes->zoomed) {
		*ret_end = 2;
	} else if (cols >= WIDE) {
		*ret_cols = cols / 2;
		/* A column between them is a line. */
		panes->x = *ret_cols + 1;
		panes->cols = cols - panes->x;
	} else {
		panes->rows = (bottom - 2) / 2;
		panes->y = bottom - panes->rows;
		*ret_end = panes->y;
	}
}

static void place(struct vt_term_pane *p, int x, int y, int cols, int rows)
{
	p->x = x;
	p->y = y + 1;
	p->cols = cols;
	p->rows = rows - 1;
	vt_term_pane_resize(p, p->cols, p->rows);
}

/* How many of them fit, and which is the first. */
static int choose_shown(const struct vt_panes *panes, bool above_each_other, int *ret_first)
{
	int most = above_each_other ? panes->rows / PANE_ROWS : panes->cols / PANE_COLS;
	int n = panes->n < most ? panes->n : most;

	if (n < 1 || panes->zoomed)
		n = 1;
	*ret_first = panes->at < n ? 0 : panes->at - n + 1;
	if (panes->zoomed)
		*ret_first = panes->at;
	return n;
}

void vt_panes_arrange(struct vt_panes *panes, int cols, int rows, int *ret_cols, int *ret_end)
{
	bool above_each_other = cols >= WIDE;
	int first, n, at = 0;

	place_region(panes, cols, rows, ret_cols, ret_end);
	for (int i = 0; i < panes->n; i++)
		panes->panes[i]->cols = 0;
	if (!panes->cols)
		return;
	n = choose_shown(panes, above_each_other, &first);
	for (int i = 0; i < n; i++) {
		int whole = above_each_other ? panes->rows : panes->cols;
		int size = whole * (i + 1) / n - at;
		struct vt_term_pane *p = panes->panes[first + i];

		if (above_each_other)
			place(p, panes->x, panes->y + at, panes->cols, size);
		else
			place(p, panes->x + at, panes->y, size - (i + 1 < n), panes->rows);
		at += size;
	}
}

static void draw_title(const struct vt_panes *panes, int i, struct vt_canvas *c)
{
	const struct vt_term_pane *p = panes->panes[i];
	bool focus = panes->focused && i == panes->at;
	char text[200], end[80], fitted[200];
	int back = vt_grid_scroll(p->grid, 0), y = p->y - 1;
	enum vt_role role = focus ? VT_ROLE_ACCENT : VT_ROLE_TITLE;

	vt_canvas_fill(c, p->x, y, p->cols, focus ? VT_ROLE_ACCENT : VT_ROLE_TRACK, "─");
	if (p->ended) {
		vt_term_pane_say_end(p, end, sizeof(end));
		(void)snprintf(text, sizeof(text), "%s %s%s", p->title, end,
			       focus ? " (Enter closes)" : "");
		role = p->status ? VT_ROLE_WARN : VT_ROLE_GOOD;
	} else if (back) {
		(void)snprintf(text, sizeof(text), "%s, %d lines back", p->title, back);
	} else {
		(void)snprintf(text, sizeof(text), "%s%s", p->title,
			       p->kill_at_ms ? ", closing" : "");
	}
	vt_text_fit_middle(fitted, sizeof(fitted), text, p->cols - 6, c->ascii);
	(void)vt_canvas_printf(c, p->x + 2, y, p->cols - 4, role, " %s ", fitted);
}

void vt_panes_draw(struct vt_panes *panes, struct vt_canvas *c)
{
	if (!panes->cols)
		return;
	for (int i = 0; i < panes->n; i++) {
		const struct vt_term_pane *p = panes->panes[i];

		if (!p->cols)
			continue;
		draw_title(panes, i, c);
		vt_grid_draw(p->grid, c, p->x, p->y, panes->focused && i == panes->at && !p->ended);
		for (int y = 0; p->x > 0 && y <= p->rows; y++)
			(void)vt_canvas_text(c, p->x - 1, p->y - 1 + y, 1, VT_ROLE_TRACK, "│");
	}
}

void vt_panes_draw_keys(const struct vt_panes *panes, struct vt_canvas *c, int y)
{
	static const struct {
		const char *key, *word;
	} words[] = {
		{ "F12", "to the tree" }, { "F12 P", "next pane" }, { "F12 Z", "zoom" },
		{ "F12 X", "close" },     { "F12 F12", "to the program" },     { "Shift-PgUp", "scroll back" },
	};
	int x = 1 + vt_canvas_text(c, 1, y, c->cols - 1, VT_ROLE_DIM, "keys go to the pane:  ");

	for (size_t i = 0; i < VT_LEN(words); i++) {
		if (x + vt_text_width(words[i].key) + vt_text_width(words[i].word) + 1 > c->cols)
			continue;
		if (i == 1 && panes->n < 2)
			continue;
		x += vt_canvas_text(c, x, y, c->cols - x, VT_ROLE_KEY, words[i].key) + 1;
		x += vt_canvas_text(c, x, y, c->cols - x, VT_ROLE_DIM, words[i].word) + 2;
	}
}
