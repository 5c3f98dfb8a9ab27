/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_TERM_H
#define VT_TERM_H

#include "canvas.h"
#include "keys.h"
#include "theme.h"

/*
 * The terminal: the only module that includes curses. It is restored on every
 * way out: vt_term_close, exit, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGSEGV,
 * SIGBUS, SIGFPE, SIGILL, abort.
 */
struct vt_term;

/* Fails with a message where TERM is unknown or stdout is no terminal. */
int vt_term_open(struct vt_term **ret_term, const struct vt_theme *theme, bool mouse,
		 struct vt_error *err);
void vt_term_close(struct vt_term *t);
void vt_term_set_theme(struct vt_term *t, const struct vt_theme *theme);
void vt_term_size(const struct vt_term *t, int *ret_cols, int *ret_rows);
bool vt_term_utf8(const struct vt_term *t);

/* Shows the canvas: only what changed since the last time is sent. */
void vt_term_show(struct vt_term *t, const struct vt_canvas *c);

/*
 * The next event that is there already; false when there is none. A resize is
 * an event too. Call when vt_term_fd is readable, until it answers false.
 * A paste comes as VT_IN_PASTED between VT_KEY_PASTE_BEGIN and VT_KEY_PASTE_END, where the
 * terminal can tell (xterm's control sequences, bracketed paste mode).
 */
bool vt_term_event(struct vt_term *t, struct vt_event_in *ret);
/* To poll for input and signals. */
int vt_term_fd(const struct vt_term *t);        /* the keyboard: stdin */
int vt_term_signal_fd(const struct vt_term *t); /* SIGWINCH, SIGTERM, SIGHUP, SIGCONT arrived */

/* SIGTERM or SIGHUP came: leave now, cleanly. */
bool vt_term_ending(const struct vt_term *t);

/* Gives the terminal back (shell mode) and takes it again, for a program in the foreground. */
void vt_term_suspend(struct vt_term *t);
void vt_term_resume(struct vt_term *t);
/* Ctrl-Z: stops this process group; returns after fg. */
void vt_term_stop(struct vt_term *t);

#endif
