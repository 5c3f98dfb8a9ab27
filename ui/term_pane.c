/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program on a pseudoterminal, pty(7). All descriptors are nonblocking, what
 * it writes is taken in bites, and what it does not read stays in the grid's
 * bounded queue: so the screen never waits for it.
 */
#include "term_pane.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../src/text.h"

enum {
	BITE = 16 * 1024,
	BITES = 4,      /* in one go */
	PATIENCE = 500, /* ms that a program has to end when it is hung up */
	LOOK_MS = 5,    /* between looks whether it did */
};

static long now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int open_pair(int *ret_master, int *ret_tty)
{
	vt_autoclose int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	int tty;

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		return -errno;
	/* By descriptor: the path may lead elsewhere in another mount of devpts. */
	tty = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (tty < 0)
		return -errno;
	*ret_master = vt_take_fd(&master);
	*ret_tty = tty;
	return 0;
}

static void tell_size(const struct vt_term_pane *p, int cols, int rows)
{
	struct winsize size = { .ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows };

	if (p->master >= 0)
		(void)ioctl(p->master, TIOCSWINSZ, &size);
}

int vt_term_pane_open(struct vt_term_pane **ret_pane, int cols, int rows, int *ret_tty,
		      struct vt_error *err)
{
	struct vt_term_pane *p;
	int master = -1, r = open_pair(&master, ret_tty);

	if (r < 0)
		return vt_fail(err, -r, "cannot open a terminal for the pane: %s",
			       vt_errno_text(-r));
	p = vt_alloc(sizeof(*p));
	*p = (struct vt_term_pane){ .master = master, .pidfd = -1 };
	p->grid = vt_grid_new(cols, rows);
	tell_size(p, cols, rows);
	*ret_pane = p;
	return 0;
}

void vt_term_pane_run(struct vt_term_pane *p, pid_t child, const char *title)
{
	p->child = child;
	p->pidfd = (int)syscall(SYS_pidfd_open, child, 0);
	(void)vt_text_escape(p->title, sizeof(p->title), title);
}

void vt_term_pane_resize(struct vt_term_pane *p, int cols, int rows)
{
	int old_cols, old_rows;

	vt_grid_size(p->grid, &old_cols, &old_rows);
	vt_grid_resize(p->grid, cols, rows);
	vt_grid_size(p->grid, &cols, &rows);
	if (cols != old_cols || rows != old_rows)
		tell_size(p, cols, rows);
}

static void close_master(struct vt_term_pane *p)
{
	vt_closep(&p->master);
	p->master = -1;
}

static bool take_output(struct vt_term_pane *p)
{
	char bytes[BITE];
	bool any = false;

	for (int i = 0; p->master >= 0 && i < BITES; i++) {
		ssize_t n = read(p->master, bytes, sizeof(bytes));

		if (n > 0) {
			vt_grid_write(p->grid, bytes, (size_t)n);
			any = true;
		} else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			break;
		} else {
			/* EIO: nobody has the other side any more. */
			close_master(p);
		}
	}
	return any;
}

static void give_input(struct vt_term_pane *p)
{
	size_t n;
	const char *bytes = vt_grid_answers(p->grid, &n);
	ssize_t written = p->master >= 0 && n ? write(p->master, bytes, n) : (ssize_t)n;

	if (written > 0)
		vt_grid_answered(p->grid, (size_t)written);
}

static bool look_for_end(struct vt_term_pane *p)
{
	int status = 0;
	pid_t r;

	if (p->ended || p->child <= 0)
		return false;
	r = waitpid(p->child, &status, WNOHANG);
	if (r == 0 || (r < 0 && errno == EINTR)) {
		if (p->kill_at_ms && now_ms() >= p->kill_at_ms)
			(void)kill(p->child, SIGKILL);
		return false;
	}
	p->ended = true;
	p->status = r > 0 ? status : 0;
	vt_closep(&p->pidfd);
	p->pidfd = -1;
	/* Its last words; what it left behind on the terminal is not waited for. */
	(void)take_output(p);
	close_master(p);
	return true;
}

bool vt_term_pane_work(struct vt_term_pane *p)
{
	bool any = take_output(p);

	give_input(p);
	return look_for_end(p) || any;
}

int vt_term_pane_poll(const struct vt_term_pane *p, struct pollfd *fds)
{
	size_t waiting;
	int n = 0;

	(void)vt_grid_answers(p->grid, &waiting);
	if (p->master >= 0)
		fds[n++] = (struct pollfd){ .fd = p->master,
					    .events = (short)(POLLIN | (waiting ? POLLOUT : 0)) };
	if (p->pidfd >= 0)
		fds[n++] = (struct pollfd){ .fd = p->pidfd, .events = POLLIN };
	return n;
}

void vt_term_pane_hang_up(struct vt_term_pane *p)
{
	if (p->ended || p->kill_at_ms)
		return;
	close_master(p);
	/* A shell that something has stopped still hears it. */
	(void)kill(p->child, SIGHUP);
	(void)kill(p->child, SIGCONT);
	p->kill_at_ms = now_ms() + PATIENCE;
}

void vt_term_panes_end(struct vt_term_pane **panes, int n)
{
	bool left = true;

	for (int i = 0; i < n; i++)
		vt_term_pane_hang_up(panes[i]);
	/*
	 * A program that the kernel does not let go is left to init in the end: after so many
	 * looks, since by the clock a stall could leave none between SIGKILL and that.
	 */
	for (int looks = 3 * PATIENCE / LOOK_MS; left && looks > 0; looks--) {
		struct timespec pause = { .tv_nsec = LOOK_MS * 1000000 };

		left = false;
		for (int i = 0; i < n; i++) {
			(void)look_for_end(panes[i]);
			left = left || !panes[i]->ended;
		}
		if (left)
			(void)nanosleep(&pause, NULL);
	}
	for (int i = 0; i < n; i++)
		vt_term_pane_free(panes[i]);
}

void vt_term_pane_free(struct vt_term_pane *p)
{
	if (!p)
		return;
	close_master(p);
	vt_closep(&p->pidfd);
	vt_grid_free(p->grid);
	free(p);
}

void vt_term_pane_say_end(const struct vt_term_pane *p, char *out, size_t size)
{
	if (WIFSIGNALED(p->status))
		(void)snprintf(out, size, "was ended by %s", strsignal(WTERMSIG(p->status)));
	else
		(void)snprintf(out, size, "ended with status %d", WEXITSTATUS(p->status));
}
