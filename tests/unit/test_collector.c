/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The collector with probes that play: pace, pause, step, failures. */
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <time.h>

#include "../../src/collector.h"
#include "tree.h"

/* What the probes do, and how often they were asked. */
static int opened, closed;
static _Atomic int scans;
static _Atomic bool hang; /* the slow probe waits for the semaphore */
static sem_t go_on, is_hanging;

static int good_open(const struct vt_host *host, void **ret_state, struct vt_error *err)
{
	static int state;

	(void)host;
	(void)err;
	opened++;
	*ret_state = &state;
	return 0;
}

static int good_scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	struct vt_process *p = vt_process_add(b, 42, 1);

	(void)err;
	cr_assert_not_null(state);
	VT_SET(PROCESS, p, pid, 42);
	VT_SET(PROCESS, p, comm, vt_builder_intern(b, "forty-two"));
	VT_SET(PROCESS, p, cpu_usec, (uint64_t)++scans * 1000);
	return 0;
}

static void count_close(void *state)
{
	(void)state;
	closed++;
}

static int bad_open(const struct vt_host *host, void **ret_state, struct vt_error *err)
{
	(void)host;
	(void)ret_state;
	return vt_fail(err, EACCES, "cannot open the bad thing");
}

static int never_scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	(void)state;
	(void)b;
	(void)err;
	cr_assert_fail("a probe that could not be opened is not asked");
	return 0;
}

static int failing_scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	(void)state;
	(void)b;
	return vt_fail(err, EIO, "cannot read the failing thing");
}

static int slow_scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	(void)state;
	(void)b;
	(void)err;
	if (hang) {
		(void)sem_post(&is_hanging);
		while (sem_wait(&go_on) < 0)
			;
	}
	return 0;
}

/* A process that was not there at first. */
static int late_scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	struct vt_process *p = scans >= 2 ? vt_process_add(b, 43, 1) : NULL;

	(void)state;
	(void)err;
	if (p)
		VT_SET(PROCESS, p, cpu_usec, (uint64_t)scans * 1000);
	return 0;
}

static const struct vt_probe bad = { "bad", "", bad_open, never_scan, count_close };
static const struct vt_probe failing = { "failing", "", NULL, failing_scan, NULL };
static const struct vt_probe good = { "good", "", good_open, good_scan, count_close };
static const struct vt_probe slow = { "slow", "", NULL, slow_scan, NULL };
static const struct vt_probe late = { "late", "", NULL, late_scan, NULL };
static const struct vt_probe *const probes[] = { &bad, &failing, &good, &slow, &late, NULL };
static const struct vt_probe *const no_probes[] = { NULL };

static struct vt_collector *c;

static void set_up(void)
{
	tree_make();
	(void)sem_init(&go_on, 0, 0);
	(void)sem_init(&is_hanging, 0, 0);
	c = vt_collector_new(probes, &tree_host);
}

static void tear_down(void)
{
	vt_collector_free(c);
	tree_remove();
}

TestSuite(collector, .init = set_up, .fini = tear_down, .timeout = 30);

/* Waits for the descriptor, as a reader does; false after so many milliseconds. */
static bool is_ready(int milliseconds)
{
	struct pollfd p = { vt_collector_fd(c), POLLIN, 0 };

	return poll(&p, 1, milliseconds) == 1;
}

static const struct vt_snapshot *wait_newer(uint64_t serial)
{
	for (;;) {
		const struct vt_snapshot *s = vt_collector_take(c);

		if (s && s->serial > serial)
			return s;
		cr_assert(is_ready(10000), "no snapshot after %u", (unsigned)serial);
	}
}

static bool has_note(const struct vt_snapshot *s, const char *probe, const char *text)
{
	for (size_t i = 0; i < s->n_notes; i++)
		if (strcmp(s->notes[i].probe, probe) == 0 && strcmp(s->notes[i].text, text) == 0)
			return true;
	return false;
}

Test(collector, one_scan_of_the_caller)
{
	const struct vt_snapshot *s;

	cr_expect_null(vt_collector_take(c), "nothing yet");
	cr_expect_not(is_ready(0));
	vt_collector_scan(c);
	cr_expect(is_ready(0));
	s = vt_collector_take(c);
	cr_assert_not_null(s);
	cr_expect_not(is_ready(0), "taken");
	cr_expect_eq(s->serial, 1);
	cr_expect_eq(vt_collector_take(c), s, "the same until there is a newer one");
	cr_expect_str_eq(vt_process_at(s, 0)->comm, "forty-two");
	/* The others failed, and said so. */
	cr_expect(has_note(s, "bad", "cannot open the bad thing"));
	cr_expect(has_note(s, "failing", "cannot read the failing thing"));
	cr_expect_eq(s->n_probes, 5);
	cr_expect_eq(opened, 1);
}

Test(collector, two_scans_make_rates)
{
	const struct vt_snapshot *s;

	vt_collector_scan(c);
	vt_collector_scan(c);
	s = vt_collector_take(c);
	cr_expect_eq(s->serial, 2);
	cr_expect_gt(s->interval_ns, 0);
	cr_expect(VT_HAS(PROCESS, vt_process_at(s, 0), cpu_percent));
	cr_expect(vt_process_at(s, 0)->cpu_percent > 0);
}

/* Each scan is closer to the one before than rates are taken over. */
Test(collector, hurried_scans_make_rates)
{
	const struct vt_snapshot *s = NULL;
	bool early = false;

	vt_collector_set_interval(c, 0.2);
	for (int i = 0; i < 100 && !(s && VT_HAS(PROCESS, vt_snapshot_pid(s, 43), cpu_percent));
	     i++) {
		vt_collector_scan(c);
		s = vt_collector_take(c);
		if (i < 2)
			s = NULL;
		else if (i == 2)
			early = VT_HAS(PROCESS, vt_snapshot_pid(s, 43), cpu_percent) &&
				s->interval_ns < 100000000u;
		(void)usleep(10000);
	}
	cr_expect_not(early, "a rate over 10 ms");
	cr_expect(VT_HAS(PROCESS, vt_snapshot_pid(s, 43), cpu_percent));
	cr_expect_geq(s->interval_ns, 100000000u);
}

Test(collector, what_was_taken_stays)
{
	const struct vt_snapshot *s;

	vt_collector_scan(c);
	s = vt_collector_take(c);
	for (int i = 0; i < 5; i++)
		vt_collector_scan(c);
	cr_expect_eq(s->serial, 1);
	cr_expect_str_eq(vt_process_at(s, 0)->comm, "forty-two");
	cr_expect_eq(vt_collector_take(c)->serial, 6);
}

/* A recorded tree has its own time, or none. */
Test(collector, time_of_a_recorded_tree)
{
	const struct vt_snapshot *s;

	vt_collector_scan(c);
	s = vt_collector_take(c);
	cr_expect_not(s->live);
	cr_expect_eq(s->wall_ns, 0);
	tree_host.proc_live = true;
	vt_collector_scan(c);
	s = vt_collector_take(c);
	cr_expect(s->live);
	cr_expect_gt(s->wall_ns, 1500000000ull * 1000000000u);
}

Test(collector, goes_on_by_itself)
{
	struct vt_error err = { 0 };
	uint64_t last;

	cr_assert_eq(vt_collector_start(c, 0.1, &err), 0, "%s", err.msg);
	cr_expect_float_eq(vt_collector_interval(c), 0.1, 1e-9);
	last = wait_newer(0)->serial;
	cr_expect_gt(wait_newer(last)->serial, last);
}

Test(collector, pauses_and_steps)
{
	uint64_t last;

	vt_collector_pause(c, true);
	cr_expect(vt_collector_paused(c));
	cr_assert_eq(vt_collector_start(c, 0.1, NULL), 0);
	last = wait_newer(0)->serial;
	cr_expect_eq(last, 1, "the first scan begins at once");
	cr_expect_not(is_ready(400), "paused for four intervals");
	vt_collector_step(c);
	cr_expect_eq(wait_newer(last)->serial, 2);
	cr_expect_not(is_ready(300), "one step only");
	vt_collector_pause(c, false);
	cr_expect_not(vt_collector_paused(c));
	cr_expect_geq(wait_newer(2)->serial, 3);
}

Test(collector, a_shorter_interval_counts_at_once)
{
	cr_assert_eq(vt_collector_start(c, 3600, NULL), 0);
	(void)wait_newer(0);
	cr_expect_not(is_ready(200));
	vt_collector_set_interval(c, 0.1);
	cr_expect_geq(wait_newer(1)->serial, 2);
	/* And a step does not wait for a long one. */
	vt_collector_set_interval(c, 3600);
	(void)vt_collector_take(c);
	vt_collector_step(c);
	cr_expect_geq(wait_newer(2)->serial, 3);
}

static double now_seconds(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* A probe that hangs holds up neither who reads nor who asks. */
Test(collector, a_reader_never_waits)
{
	const struct vt_snapshot *s;
	uint64_t last;
	double began;

	cr_assert_eq(vt_collector_start(c, 0.1, NULL), 0);
	s = wait_newer(0);
	hang = true;
	(void)sem_wait(&is_hanging);
	s = vt_collector_take(c);
	began = now_seconds();
	for (int i = 0; i < 1000; i++) {
		cr_assert_eq(vt_collector_take(c), s, "still the one before");
		(void)vt_collector_interval(c);
		vt_collector_step(c);
		vt_collector_set_interval(c, 0.1);
	}
	cr_expect_lt(now_seconds() - began, 5.0);
	cr_expect_str_eq(vt_process_at(s, 0)->comm, "forty-two");
	cr_expect_gt(vt_collector_busy(c), 0, "and it can be seen that it hangs");
	hang = false;
	(void)sem_post(&go_on);
	last = s->serial;
	cr_expect_gt(wait_newer(last)->serial, last);
}

Test(collector, not_busy_between_scans)
{
	cr_expect_eq(vt_collector_busy(c), 0);
	vt_collector_scan(c);
	cr_expect_eq(vt_collector_busy(c), 0);
}

Test(collector, ends)
{
	vt_collector_free(c);
	c = NULL;
	cr_expect_eq(closed, 1, "what was opened is closed, and only that");
	c = vt_collector_new(no_probes, &tree_host);
	cr_assert_eq(vt_collector_start(c, 3600, NULL), 0);
	(void)wait_newer(0);
	vt_collector_free(c);
	c = NULL;
	vt_collector_free(NULL);
}
