/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_POPUP_H
#define VT_POPUP_H

#include "app.h"

/*
 * What lies over the view: a text, a menu or a form. Popups stack; the topmost
 * has the keyboard. Each closes itself by returning false from event.
 */
struct vt_popup {
	struct vt_popup *below;
	void (*draw)(struct vt_popup *p, struct vt_app *app, struct vt_canvas *c);
	bool (*event)(struct vt_popup *p, struct vt_app *app, const struct vt_event_in *e);
	void (*free)(struct vt_popup *p);
};

/* Puts p on top. */
void vt_popup_push(struct vt_app *app, struct vt_popup *p);
/* Gives the event to the topmost popup and closes it when it is done. */
void vt_popup_event(struct vt_app *app, const struct vt_event_in *e);
void vt_popup_close_all(struct vt_app *app);

/*
 * For popups: a centred frame around content of cols x rows (made smaller to
 * fit the canvas); where the content begins. keys is its lower line.
 */
void vt_popup_frame(struct vt_canvas *c, const char *title, const char *keys, int *cols, int *rows,
		    int *x, int *y);
/* Lines of raw text, each wrapped. */
void vt_popup_lines(struct vt_pane *pane, enum vt_role role, const char *text);

/*
 * A text that can be scrolled. Lines end with \n. keys is the frame's lower
 * line. yes is called for y (and closes it); NULL: nothing to say yes to. arg
 * is freed with free_arg when the popup closes.
 */
void vt_popup_text(struct vt_app *app, const char *title, const char *text, const char *keys,
		   void (*yes)(struct vt_app *app, void *arg), void *arg, void (*free_arg)(void *));

/*
 * One more key of the topmost text: change does something to arg and returns
 * the text that is shown from then on (from malloc), or NULL: the old one stays.
 */
void vt_popup_text_key(struct vt_app *app, uint32_t key, char *(*change)(void *arg));
/* One more key of the topmost text that does something and closes it. */
void vt_popup_text_act(struct vt_app *app, uint32_t key,
		       void (*act)(struct vt_app *app, void *arg));

/*
 * Edits a text in place by a key: characters, backspace, Ctrl-U; of a paste its characters
 * alone. False: it changes nothing.
 */
bool vt_edit_text(char *text, size_t size, const struct vt_event_in *e);

/* A menu. Items are copied. With search, typed letters narrow it down. */
struct vt_menu_item {
	const char *label, *value; /* raw; value may be NULL */
	struct vt_id id;           /* for the chooser */
	int number;
};
void vt_popup_menu(struct vt_app *app, const char *title, const struct vt_menu_item *items,
		   size_t n, bool search,
		   void (*choose)(struct vt_app *app, const struct vt_menu_item *item, void *arg),
		   void *arg, void (*free_arg)(void *));

/* One more key of the topmost menu that does something with an item and closes it. */
void vt_popup_menu_key(struct vt_app *app, uint32_t key, const char *keys,
		       void (*act)(struct vt_app *app, const struct vt_menu_item *item, void *arg));

/* A form of fields. The array belongs to the caller's arg and is edited in place. */
struct vt_field {
	enum {
		VT_FIELD_TEXT,
		VT_FIELD_CHECK,
		VT_FIELD_CHOICE
	} type;
	const char *label;
	char text[200];             /* of VT_FIELD_TEXT, UTF-8 */
	int value;                  /* of a check (0, 1) or choice (index) */
	const char *const *choices; /* ends with NULL */
	bool same_line;             /* beside the field before */
	int width;                  /* columns of the label and value together; 0: the rest */
};
struct vt_form {
	const char *title;
	struct vt_field *fields;
	size_t n_fields;
	void *arg;
	/* After a field was edited: keeps fields consistent. May be NULL. */
	void (*changed)(struct vt_form *form, size_t field);
	/* Lines below the fields, raw (the unshare line, help). May be NULL; free() it. */
	char *(*says)(struct vt_form *form);
	const char *keys; /* the frame's lower line; NULL: those of every form */
	/* Draws lines of its own between the fields and what is said. */
	void (*draw)(struct vt_form *form, struct vt_canvas *c, int x, int y, int width);
	int draw_rows; /* how many */
	/* Sees keys and the mouse first. False: not for it. May be NULL. */
	bool (*event)(struct vt_form *form, const struct vt_event_in *e);
	/* Enter. False keeps the form open (with a message). */
	bool (*submit)(struct vt_app *app, struct vt_form *form);
	void (*free_arg)(void *arg);
};
void vt_popup_form(struct vt_app *app, const struct vt_form *form);

#endif
