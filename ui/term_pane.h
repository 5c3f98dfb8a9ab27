/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_TERM_PANE_H
#define VT_TERM_PANE_H

#include <poll.h>
#include <sys/types.h>

#include "term_pane_grid.h"

/*
 * A pane: a terminal of virttop's own with a program in it. Nothing here waits
 * for the program, however fast it writes and however little it reads.
 */
struct vt_term_pane {
	struct vt_grid *grid;
	char title[80]; /* clean */
	int x, y;       /* of the grid on the canvas, set by the layout; */
	int cols, rows; /* 0: the pane is not shown */
	bool ended;     /* the program has; then */
	int status;     /* is as wait(2) says it */
	int master, pidfd;
	pid_t child;
	long kill_at_ms; /* it was hung up, and is killed if it is there still; 0 */
};

/*
 * A pane with a new pseudoterminal. ret_tty is the program's side, which the
 * caller closes when the program has it.
 */
int vt_term_pane_open(struct vt_term_pane **ret_pane, int cols, int rows, int *ret_tty,
		      struct vt_error *err);
/* The program runs: child is to be waited for. */
void vt_term_pane_run(struct vt_term_pane *p, pid_t child, const char *title);
void vt_term_pane_resize(struct vt_term_pane *p, int cols, int rows);

/* To poll for. Returns how many, 2 at most. */
int vt_term_pane_poll(const struct vt_term_pane *p, struct pollfd *fds);
/* Reads and writes what goes without waiting, but no more than a screen can follow. True: look. */
bool vt_term_pane_work(struct vt_term_pane *p);

/* Takes the terminal away from the program, which is killed if that does not end it. */
void vt_term_pane_hang_up(struct vt_term_pane *p);
/* All of them at once: hangs up, waits for half a second, kills, frees. */
void vt_term_panes_end(struct vt_term_pane **panes, int n);
/* Of a pane whose program has ended. */
void vt_term_pane_free(struct vt_term_pane *p);

/* "ended with status 3", "was ended by Killed" */
void vt_term_pane_say_end(const struct vt_term_pane *p, char *out, size_t size);

#endif
