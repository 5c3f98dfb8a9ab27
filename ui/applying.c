/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes that take their time, beside the screen. */
#include "applying.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "../src/apply.h"

struct vt_applying {
	const struct vt_host *host;
	const struct vt_snapshot *snapshot;
	struct vt_plan *plan;
	struct vt_result result;
	struct vt_error err;
	int status, ended;
	pthread_t thread;
};

bool vt_applying_takes_long(const struct vt_plan *plan)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		if (plan->steps[i].patience_ms)
			return true;
	return false;
}

static void *work(void *arg)
{
	struct vt_applying *a = arg;
	uint64_t one = 1;

	a->status = vt_apply(a->host, a->snapshot, a->plan, &a->result, &a->err);
	(void)!write(a->ended, &one, sizeof(one));
	return NULL;
}

int vt_applying_begin(struct vt_app *app, struct vt_plan *plan)
{
	struct vt_applying *a = vt_alloc(sizeof(*a));
	sigset_t all, old;
	int r;

	*a = (struct vt_applying){
		.host = app->host,
		.snapshot = app->s,
		.plan = plan,
		.ended = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	};
	r = a->ended < 0 ? errno : 0;
	/* Signals belong to the screen's thread. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	if (r == 0)
		r = pthread_create(&a->thread, NULL, work, a);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r) {
		vt_closep(&a->ended);
		free(a);
		return -r;
	}
	app->applying = a;
	return 0;
}

int vt_applying_fd(const struct vt_app *app)
{
	return app->applying ? app->applying->ended : -1;
}

void vt_applying_take(struct vt_app *app, bool wait)
{
	struct vt_applying *a = app->applying;
	uint64_t one;

	if (!a || (!wait && read(a->ended, &one, sizeof(one)) < 0))
		return;
	(void)pthread_join(a->thread, NULL);
	app->applying = NULL;
	if (a->status < 0)
		vt_app_fail(app, &a->err);
	else
		vt_app_say(app, VT_ROLE_GOOD, "%s", a->result.text);
	vt_collector_step(app->collector);
	vt_closep(&a->ended);
	vt_plan_free(a->plan);
	free(a);
}
