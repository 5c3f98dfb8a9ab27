/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forms: text fields, check boxes and choices, with a line that says what they mean. */
#include <stdio.h>
#include <string.h>

#include "popup.h"

struct form_popup {
	struct vt_popup p;
	struct vt_form form;
	size_t at;
	int label_width; /* of the widest label beside a text or a choice */
	struct place {
		int x, y, width;
	} * places;
};

static int draw_field(struct form_popup *f, struct vt_canvas *c, size_t i, int x, int y, int width)
{
	const struct vt_field *field = &f->form.fields[i];
	enum vt_role role = VT_ROLE_DIALOG;
	int at = x, room;

	if (field->type == VT_FIELD_CHECK) {
		at += vt_canvas_printf(c, at, y, width, role, "[%s] %s", field->value ? "x" : " ",
				       field->label);
	} else {
		(void)vt_canvas_text(c, at, y, width, VT_ROLE_TITLE, field->label);
		at += f->label_width;
		room = width - (at - x);
		if (field->type == VT_FIELD_CHOICE) {
			at += vt_canvas_printf(c, at, y, room, role, "‹ %s ›",
					       field->choices[field->value]);
		} else {
			int shown = vt_text_width(field->text), skip = shown - (room - 1);
			const char *text = field->text;
			uint32_t point;

			for (int n; skip > 0 && (n = vt_text_decode(text, &point)) > 0; text += n)
				skip -= vt_text_char_width(point);
			vt_canvas_fill(c, at, y, room, VT_ROLE_FIELD, " ");
			if (i == f->at) {
				c->cursor_y = y;
				c->cursor_x = at + vt_text_width(text);
			}
			(void)vt_canvas_text(c, at, y, room, VT_ROLE_FIELD, text);
			at += room;
		}
	}
	if (i == f->at && field->type != VT_FIELD_TEXT)
		vt_canvas_cursor_row(c, x, y, at - x);
	return at - x;
}

static int count_lines(const struct form_popup *f)
{
	int lines = 0;

	for (size_t i = 0; i < f->form.n_fields; i++)
		lines += !f->form.fields[i].same_line;
	return lines;
}

static void draw_form(struct vt_popup *popup, struct vt_app *app, struct vt_canvas *c)
{
	struct form_popup *f = (struct form_popup *)popup;
	vt_autofree char *says = f->form.says ? f->form.says(&f->form) : NULL;
	int cols = c->cols < 90 ? c->cols - 6 : 84, rows, x, y, at = 0, line = -1;
	struct vt_pane pane;

	(void)app;
	vt_pane_init(&pane, c, 0, 0, cols, 0);
	if (says)
		vt_popup_lines(&pane, VT_ROLE_DIALOG, says);
	rows = count_lines(f) + f->form.draw_rows + (says ? pane.line + 2 : 0);
	vt_popup_frame(c, f->form.title,
		       f->form.keys ? f->form.keys
				    : "↵ preview   Tab next   Space choose   Esc leave",
		       &cols, &rows, &x, &y);
	for (size_t i = 0; i < f->form.n_fields; i++) {
		const struct vt_field *field = &f->form.fields[i];
		int width = field->width ? field->width : cols;

		if (!field->same_line) {
			line++;
			at = 0;
		}
		if (width > cols - at)
			width = cols - at;
		f->places[i] = (struct place){ x + at, y + line, width };
		if (line < rows)
			(void)draw_field(f, c, i, x + at, y + line, width);
		at += width + 1;
	}
	if (f->form.draw && line + f->form.draw_rows < rows)
		f->form.draw(&f->form, c, x, y + line + 1, cols);
	line += f->form.draw_rows;
	if (!says)
		return;
	vt_pane_init(&pane, c, x, y + line + 2, cols, rows - line - 2);
	vt_popup_lines(&pane, VT_ROLE_ACCENT, says);
}

static void edited(struct form_popup *f)
{
	if (f->form.changed)
		f->form.changed(&f->form, f->at);
}

static void turn(struct form_popup *f, int by)
{
	struct vt_field *field = &f->form.fields[f->at];
	int n = 0;

	if (field->type == VT_FIELD_CHECK) {
		field->value = !field->value;
	} else if (field->type == VT_FIELD_CHOICE) {
		while (field->choices[n])
			n++;
		field->value = (field->value + by + n) % n;
	}
	edited(f);
}

static void go(struct form_popup *f, long by)
{
	long n = (long)f->form.n_fields;

	f->at = (size_t)(((long)f->at + by + n) % n);
}

/* Up and down go by lines, so that a row of check boxes is one step. */
static void go_line(struct form_popup *f, int by)
{
	size_t began = f->at;
	int y = f->places[f->at].y, x = f->places[f->at].x;

	do {
		go(f, by);
		if (f->at == began)
			return;
	} while (f->places[f->at].y == y);
	y = f->places[f->at].y;
	for (size_t i = 0; i < f->form.n_fields; i++)
		if (f->places[i].y == y && (f->places[f->at].y != y || f->places[i].x <= x))
			f->at = i;
}

static void click(struct form_popup *f, const struct vt_event_in *e)
{
	for (size_t i = 0; i < f->form.n_fields; i++) {
		const struct place *p = &f->places[i];

		if (e->y != p->y || e->x < p->x || e->x >= p->x + p->width)
			continue;
		f->at = i;
		if (f->form.fields[i].type != VT_FIELD_TEXT)
			turn(f, 1);
	}
}

static void type(struct form_popup *f, struct vt_field *field, const struct vt_event_in *e)
{
	if (vt_edit_text(field->text, sizeof(field->text), e))
		edited(f);
}

static bool form_event(struct vt_popup *popup, struct vt_app *app, const struct vt_event_in *e)
{
	struct form_popup *f = (struct form_popup *)popup;
	struct vt_field *field = &f->form.fields[f->at];

	if (e->type == VT_IN_PASTED) {
		if (field->type == VT_FIELD_TEXT)
			type(f, field, e);
		return true;
	}
	if (f->form.event && f->form.event(&f->form, e))
		return true;
	if (e->type == VT_IN_MOUSE && e->mouse == VT_MOUSE_CLICK)
		click(f, e);
	if (e->type != VT_IN_KEY)
		return true;
	switch (e->key) {
	case VT_KEY_ESC:
		return false;
	case VT_KEY_ENTER:
		return !f->form.submit(app, &f->form);
	case VT_KEY_TAB:
		go(f, 1);
		return true;
	case VT_KEY_SHIFT_TAB:
		go(f, -1);
		return true;
	case VT_KEY_DOWN:
	case VT_KEY_UP:
		go_line(f, e->key == VT_KEY_DOWN ? 1 : -1);
		return true;
	case VT_KEY_LEFT:
	case VT_KEY_RIGHT:
		if (field->type == VT_FIELD_CHECK)
			go(f, e->key == VT_KEY_RIGHT ? 1 : -1);
		else
			turn(f, e->key == VT_KEY_RIGHT ? 1 : -1);
		return true;
	default:
		break;
	}
	if (field->type == VT_FIELD_TEXT)
		type(f, field, e);
	else if (e->key == ' ')
		turn(f, 1);
	else if (e->key == 'q')
		return false;
	return true;
}

static void free_form(struct vt_popup *popup)
{
	struct form_popup *f = (struct form_popup *)popup;

	if (f->form.free_arg)
		f->form.free_arg(f->form.arg);
	free(f->places);
	free(f);
}

void vt_popup_form(struct vt_app *app, const struct vt_form *form)
{
	struct form_popup *f = vt_alloc(sizeof(*f));

	f->p = (struct vt_popup){ .draw = draw_form, .event = form_event, .free = free_form };
	f->form = *form;
	f->places = vt_alloc(form->n_fields * sizeof(*f->places));
	for (size_t i = 0; i < form->n_fields; i++) {
		int width = vt_text_width(form->fields[i].label) + 1;

		if (form->fields[i].type != VT_FIELD_CHECK && width > f->label_width)
			f->label_width = width;
	}
	vt_popup_push(app, &f->p);
}
