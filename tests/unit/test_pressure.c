/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pressure that begins and ends, and the triggers that tell of it at once. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../probes/psi_triggers.h"
#include "series.h"

TestSuite(pressure, .init = set_up, .fini = tear_down);

/* "/", "/a", "/a/b": the average of the lowest. */
static void step(double seconds, double average)
{
	static const char *const paths[] = { "/", "/a", "/a/b" };

	vt_builder_begin(builder);
	for (uint64_t i = 0; i < VT_LEN(paths); i++) {
		struct vt_cgroup *cg = add_cgroup(builder, i + 1, i, paths[i]);

		VT_SET(CGROUP, cg, psi_io_some_avg10, average);
	}
	seal(seconds);
}

Test(pressure, begins_and_ends_once)
{
	static const struct {
		double average;
		size_t begun, ended;
	} steps[] = {
		{ 0, 0, 0 },  { 19, 0, 0 }, { 20, 1, 0 }, { 40, 1, 0 }, { 18, 1, 0 },
		{ 21, 1, 0 }, { 6, 1, 0 },  { 5, 1, 1 },  { 0, 1, 1 },  { 90, 2, 1 },
	};

	for (size_t i = 0; i < VT_LEN(steps); i++) {
		step((double)i, steps[i].average);
		cr_expect_eq(count_events("pressure-io"), steps[i].begun, "step %zu", i);
		cr_expect_eq(count_events("pressure-io-ended"), steps[i].ended, "step %zu", i);
	}
	cr_expect_not_null(
		find_event(snapshot, "pressure-io", "tasks of /a/b wait for io 20% of the time"));
	cr_expect_not_null(
		find_event(snapshot, "pressure-io-ended", "tasks of /a/b no longer wait for io"));
}

/* So much at once is one event, and as it goes on it is not said again. */
Test(pressure, of_many_at_once)
{
	static const double averages[] = { 0, 40, 40, 10, 40, 0, 0, 40 };
	static const size_t said[] = { 0, 1, 1, 1, 1, 2, 2, 3 };

	for (size_t i = 0; i < VT_LEN(averages); i++) {
		vt_builder_begin(builder);
		(void)add_cgroup(builder, 1, 0, "/");
		for (uint64_t k = 0; k < 60; k++) {
			char path[16];
			struct vt_cgroup *cg;

			(void)snprintf(path, sizeof(path), "/p%d", (int)k);
			cg = add_cgroup(builder, 100 + k, 1, path);
			VT_SET(CGROUP, cg, psi_io_some_avg10, averages[i]);
		}
		seal((double)i);
		cr_expect_eq(snapshot->n_events, said[i], "step %zu: %zu", i, snapshot->n_events);
	}
	cr_expect_not_null(find_event(snapshot, "pressure", "60 cgroups began or ceased to wait"));
}

Test(pressure, of_the_top_of_a_cgroup_namespace)
{
	for (unsigned i = 0; i < 2; i++) {
		struct vt_cgroup *cg;

		vt_builder_begin(builder);
		cg = add_cgroup(builder, 1, 0, "/");
		VT_SET(CGROUP, cg, type, "domain");
		VT_SET(CGROUP, cg, psi_io_some_avg10, i ? 40 : 0);
		seal(i);
	}
	cr_expect_not_null(
		find_event(snapshot, "pressure-io", "tasks of / wait for io 40% of the time"));
}

Test(pressure, a_short_burst_shows_in_the_total)
{
	for (unsigned i = 0; i < 3; i++) {
		vt_builder_begin(builder);
		VT_SET(HOST, vt_builder_host(builder), hostname, "box");
		VT_SET(HOST, vt_builder_host(builder), psi_cpu_some_avg10, 3);
		VT_SET(HOST, vt_builder_host(builder), psi_cpu_some_total_usec, i ? 500000 : 0);
		seal(i);
		cr_expect_eq(count_events("pressure-cpu"), i > 0, "step %u", i);
		cr_expect_eq(count_events("pressure-cpu-ended"), i > 1, "step %u", i);
	}
	cr_expect_not_null(
		find_event(snapshot, "pressure-cpu", "tasks of box wait for cpu 50% of the time"));
}

Test(pressure, unknown_is_no_pressure)
{
	for (unsigned i = 0; i < 2; i++) {
		vt_builder_begin(builder);
		(void)add_cgroup(builder, 1, 0, "/");
		(void)add_cgroup(builder, 2, 1, "/a");
		seal(i);
	}
	cr_expect_eq(snapshot->n_events, 0);
}

Test(pressure, triggers_where_there_are_none)
{
	char dir[] = "/tmp/virttop-triggers-XXXXXX";
	struct vt_triggers *t = vt_triggers_new();
	struct pollfd p = { .fd = vt_triggers_fd(t), .events = POLLIN };
	int root, file;

	cr_assert(mkdtemp(dir));
	root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert_eq(mkdirat(root, "pressure", 0700), 0);
	file = openat(root, "pressure/cpu", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	cr_assert_geq(file, 0);
	/* A file that takes the words, but is no pressure file. */
	cr_expect_eq(vt_triggers_add_host(t, root), 0);
	cr_expect_eq(vt_triggers_add_host(t, -1), 0);
	cr_expect_eq(vt_triggers_add_cgroup(t, root, "missing"), 0);
	cr_expect_eq(poll(&p, 1, 0), 0);
	cr_expect_not(vt_triggers_take(t));
	vt_triggers_free(t);
	cr_expect_eq(vt_triggers_add_host(NULL, root), 0);
	cr_expect_not(vt_triggers_take(NULL));
	cr_expect_eq(vt_triggers_fd(NULL), -1);
	vt_triggers_free(NULL);
	(void)unlinkat(root, "pressure/cpu", 0);
	(void)unlinkat(root, "pressure", AT_REMOVEDIR);
	(void)rmdir(dir);
	(void)close(file);
	(void)close(root);
}

/* Where the kernel lets us: the host's own files, one trigger each. */
Test(pressure, triggers_of_the_host)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct vt_triggers *t = vt_triggers_new();

	if (faccessat(proc, "pressure/cpu", W_OK, AT_EACCESS) == 0)
		cr_expect_eq(vt_triggers_add_host(t, proc), 3);
	else
		cr_log_warn("skipped: /proc/pressure/cpu is missing or not ours to write");
	vt_triggers_free(t);
	(void)close(proc);
}
