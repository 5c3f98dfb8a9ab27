/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes through systemd: files as properties, plans, application and undo,
 * against a manager that a thread plays on a socket of the test's own. The real
 * one is in tests/guest/full/systemd.sh.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>

#include "../../src/apply.h"
#include "../../src/unit_bus.h"
#include "../../src/unit_property.h"
#include "acting.h"

/* Any user may talk to a user's manager, so the test needs no privilege. */
#define UNIT   "shop.service"
#define ABOVE  "/user.slice/user@1000.service"
#define CGROUP ABOVE "/" UNIT

Test(unit, files_as_properties)
{
	static const struct {
		const char *file, *value, *lines, *words;
	} cases[] = {
		{ "memory.max", "104857600", "MemoryMax=104857600", "MemoryMax=100M" },
		{ "memory.max", "max", "MemoryMax=infinity", "MemoryMax=infinity" },
		{ "memory.high", "1", "MemoryHigh=1", "MemoryHigh=1" },
		{ "memory.low", "0", "MemoryLow=0", "MemoryLow=0" },
		{ "memory.min", "4096", "MemoryMin=4096", "MemoryMin=4K" },
		{ "memory.swap.max", "0", "MemorySwapMax=0", "MemorySwapMax=0" },
		{ "pids.max", "50", "TasksMax=50", "TasksMax=50" },
		{ "cpu.max", "20000 100000",
		  "CPUQuotaPerSecUSec=200000\nCPUQuotaPeriodUSec=infinity",
		  "CPUQuota=20% CPUQuotaPeriodSec=" },
		{ "cpu.max", "20000 50000", "CPUQuotaPerSecUSec=400000\nCPUQuotaPeriodUSec=50000",
		  "CPUQuota=40% CPUQuotaPeriodSec=50ms" },
		{ "cpu.max", "max 100000",
		  "CPUQuotaPerSecUSec=infinity\nCPUQuotaPeriodUSec=infinity",
		  "CPUQuota= CPUQuotaPeriodSec=" },
		{ "cpu.weight", "30", "CPUWeight=30", "CPUWeight=30" },
		{ "cpu.idle", "1", "CPUWeight=0", "CPUWeight=idle" },
		{ "cpu.idle", "0", "CPUWeight=infinity", "CPUWeight=" },
		{ "io.weight", "default 50", "IOWeight=50", "IOWeight=50" },
		{ "io.weight", "50", "IOWeight=50", "IOWeight=50" },
		{ "io.weight", "8:0 50", NULL, NULL },
		{ "io.max", "8:0 rbps=1048576 wiops=max",
		  "IOReadBandwidthMax=8:0 1048576\nIOWriteIOPSMax=8:0 infinity",
		  "'IOReadBandwidthMax=/dev/block/8:0 1048576' "
		  "'IOWriteIOPSMax=/dev/block/8:0 infinity'" },
		{ "io.max", "8:0", NULL, NULL },
		{ "io.max", "sda rbps=1", NULL, NULL },
		{ "io.max", "8:0 nonsense=1", NULL, NULL },
		{ "cpuset.cpus", "0,1,2,5", "AllowedCPUs=0-2,5", "AllowedCPUs=0-2,5" },
		{ "cpuset.cpus", "", "AllowedCPUs=", "AllowedCPUs=" },
		{ "cpuset.cpus", "1-x", NULL, NULL },
		{ "cpuset.cpus", "5-1", NULL, NULL },
		{ "cpuset.cpus", "0-99999999999", NULL, NULL },
		{ "cpuset.mems", "0", "AllowedMemoryNodes=0", "AllowedMemoryNodes=0" },
		{ "cgroup.freeze", "1", "FreezerState=frozen", "FreezerState=frozen" },
		{ "memory.swap.high", "1", NULL, NULL },
		{ "cpuset.cpus.partition", "root", NULL, NULL },
		{ "nonsense", "1", NULL, NULL },
	};
	struct vt_arena *arena = vt_arena_new();

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const char *lines = vt_property_lines(arena, cases[i].file, cases[i].value);

		cr_expect_eq(lines == NULL, cases[i].lines == NULL, "case %zu: %s", i, lines);
		if (!lines || !cases[i].lines)
			continue;
		cr_expect_str_eq(lines, cases[i].lines, "case %zu", i);
		cr_expect_str_eq(vt_property_words(arena, lines), cases[i].words, "case %zu", i);
	}
	vt_arena_free(arena);
}

/* The manager that plays. */

static struct {
	uint64_t memory_max, quota, period, tasks_max;
	uint8_t cpus[2];
	size_t n_cpus;
	bool runtime, refuses, silent, sets_silently;
	int sets;
	char frozen[16];
	const char *group;
} unit;
static int listener;
static pthread_t thread;

static int reply_property(sd_bus_message *m, const char *name)
{
	static const struct {
		const char *name;
		const uint64_t *value;
	} numbers[] = {
		{ "MemoryMax", &unit.memory_max },
		{ "CPUQuotaPerSecUSec", &unit.quota },
		{ "CPUQuotaPeriodUSec", &unit.period },
		{ "TasksMax", &unit.tasks_max },
	};
	sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(m, &reply);

	for (size_t i = 0; i < VT_LEN(numbers); i++)
		if (strcmp(numbers[i].name, name) == 0)
			r = sd_bus_message_append(reply, "v", "t", *numbers[i].value);
	if (strcmp(name, "ControlGroup") == 0)
		r = sd_bus_message_append(reply, "v", "s", unit.group);
	if (strcmp(name, "FreezerState") == 0)
		r = sd_bus_message_append(reply, "v", "s", unit.frozen);
	if (strcmp(name, "CanFreeze") == 0)
		r = sd_bus_message_append(reply, "v", "b", 1);
	if (strcmp(name, "IOReadBandwidthMax") == 0)
		r = sd_bus_message_append(reply, "v", "a(st)", 1, "/dev/null", (uint64_t)5);
	if (strcmp(name, "AllowedCPUs") == 0) {
		(void)sd_bus_message_open_container(reply, 'v', "ay");
		(void)sd_bus_message_append_array(reply, 'y', unit.cpus, unit.n_cpus);
		r = sd_bus_message_close_container(reply);
	}
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r;
}

static void take_property(sd_bus_message *m, const char *name)
{
	const void *bits;
	size_t n;

	if (strcmp(name, "MemoryMax") == 0)
		(void)sd_bus_message_read(m, "v", "t", &unit.memory_max);
	else if (strcmp(name, "TasksMax") == 0)
		(void)sd_bus_message_read(m, "v", "t", &unit.tasks_max);
	else if (strcmp(name, "CPUQuotaPerSecUSec") == 0)
		(void)sd_bus_message_read(m, "v", "t", &unit.quota);
	else if (strcmp(name, "CPUQuotaPeriodUSec") == 0)
		(void)sd_bus_message_read(m, "v", "t", &unit.period);
	else if (strcmp(name, "AllowedCPUs") == 0) {
		(void)sd_bus_message_enter_container(m, 'v', "ay");
		if (sd_bus_message_read_array(m, 'y', &bits, &n) >= 0 && n <= sizeof(unit.cpus)) {
			memcpy(unit.cpus, bits, n);
			unit.n_cpus = n;
		}
		(void)sd_bus_message_exit_container(m);
	} else {
		(void)sd_bus_message_skip(m, "v");
	}
}

static int take_properties(sd_bus_message *m)
{
	const char *name;
	int runtime;

	if (unit.refuses)
		return sd_bus_reply_method_errorf(m, SD_BUS_ERROR_INVALID_ARGS,
						  "MemoryMax= is out of range");
	(void)sd_bus_message_read(m, "sb", &name, &runtime);
	unit.runtime = runtime;
	unit.sets++;
	(void)sd_bus_message_enter_container(m, 'a', "(sv)");
	while (sd_bus_message_enter_container(m, 'r', "sv") > 0) {
		if (sd_bus_message_read(m, "s", &name) > 0)
			take_property(m, name);
		(void)sd_bus_message_exit_container(m);
	}
	return unit.sets_silently ? 1 : sd_bus_reply_method_return(m, "");
}

static int answer(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	const char *member = sd_bus_message_get_member(m), *name = NULL;

	(void)arg;
	(void)error;
	if (!member || unit.silent)
		return 1;
	if (strcmp(member, "GetUnit") == 0) {
		(void)sd_bus_message_read(m, "s", &name);
		if (strcmp(name, UNIT) != 0)
			return sd_bus_reply_method_errorf(m, "org.freedesktop.systemd1.NoSuchUnit",
							  "Unit %s not loaded.", name);
		return sd_bus_reply_method_return(m, "o", "/org/freedesktop/systemd1/unit/shop");
	}
	if (strcmp(member, "Get") == 0) {
		(void)sd_bus_message_read(m, "ss", NULL, &name);
		return reply_property(m, name);
	}
	if (strcmp(member, "SetUnitProperties") == 0)
		return take_properties(m);
	if (strcmp(member, "FreezeUnit") == 0 || strcmp(member, "ThawUnit") == 0) {
		(void)snprintf(unit.frozen, sizeof(unit.frozen), "%s",
			       member[0] == 'F' ? "frozen" : "running");
		return sd_bus_reply_method_return(m, "");
	}
	return 0;
}

/* One connection after the other, until the socket is shut. */
static void *serve(void *arg)
{
	int fd;

	(void)arg;
	while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
		sd_bus *bus = NULL;
		sd_id128_t id = SD_ID128_NULL;

		id.bytes[0] = 1;
		if (sd_bus_new(&bus) < 0 || sd_bus_set_fd(bus, fd, fd) < 0 ||
		    sd_bus_set_server(bus, 1, id) < 0 || sd_bus_start(bus) < 0 ||
		    sd_bus_add_filter(bus, NULL, answer, NULL) < 0)
			abort();
		for (;;) {
			int r = sd_bus_process(bus, NULL);

			if (r < 0 || (r == 0 && sd_bus_wait(bus, UINT64_MAX) < 0))
				break;
		}
		sd_bus_close_unref(bus);
	}
	return NULL;
}

static void start_manager(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	tree_put("run/user/1000/systemd/x", "");
	(void)snprintf(address.sun_path, sizeof(address.sun_path),
		       "%s/run/user/1000/systemd/private", tree_root);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert_eq(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	cr_assert_eq(listen(listener, 8), 0);
	unit.memory_max = unit.quota = unit.period = unit.tasks_max = UINT64_MAX;
	unit.group = CGROUP;
	(void)snprintf(unit.frozen, sizeof(unit.frozen), "running");
	cr_assert_eq(pthread_create(&thread, NULL, serve, NULL), 0);
}

static void set_up(void)
{
	static const char *const files[][2] = {
		{ "memory.max", "max" },      { "cpu.max", "max 100000" },
		{ "pids.max", "max" },        { "cgroup.freeze", "0" },
		{ "cpuset.cpus", "" },        { "memory.swap.high", "max" },
		{ "memory.current", "4096" }, { "io.max", "" },
	};

	(void)acting_begin();
	for (size_t i = 0; i < VT_LEN(files); i++) {
		vt_autofree char *path = vt_asprintf("cg%s/%s", CGROUP, files[i][0]);
		vt_autofree char *text = vt_asprintf("%s\n", files[i][1]);

		tree_put(path, text);
	}
	tree_put("cg" CGROUP "/inside/pids.max", "max\n");
	tree_put("cg/cgroup.controllers", "cpu cpuset io memory pids\n");
	tree_put("run/systemd/system/x", "");
	acting_seal();
	start_manager();
}

static void tear_down(void)
{
	(void)shutdown(listener, SHUT_RDWR);
	(void)pthread_join(thread, NULL);
	(void)close(listener);
	acting_end();
}

TestSuite(unit_bus, .init = set_up, .fini = tear_down);

/* The plan of "limit", NULL with err set. */
static struct vt_plan *limit(const char *path, bool lasting, const char *file, const char *value,
			     const char *file2, const char *value2)
{
	const struct vt_setting settings[] = { { file, value }, { file2, value2 } };
	struct vt_request request = { .action = vt_action_find("limit"),
				      .path = path,
				      .settings = settings,
				      .n_settings = file2 ? 2 : 1,
				      .lasting = lasting };
	struct vt_plan *plan = NULL;

	err = (struct vt_error){ 0 };
	(void)vt_action_plan(&acting, &request, &plan, &err);
	return plan;
}

static bool has_effect(const struct vt_plan *plan, const char *text)
{
	for (size_t i = 0; i < plan->n_effects; i++)
		if (strstr(plan->effects[i], text))
			return true;
	return false;
}

Test(unit_bus, several_settings_are_one_step)
{
	struct vt_plan *plan = limit(CGROUP, false, "memory.max", "100M", "cpu.max", "20%");

	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 1);
	cr_expect_eq(plan->steps[0].op, VT_OP_UNIT);
	cr_expect_str_eq(plan->steps[0].unit, UNIT);
	cr_expect_str_eq(plan->steps[0].was, "MemoryMax=infinity\nCPUQuotaPerSecUSec=infinity\n"
					     "CPUQuotaPeriodUSec=infinity");
	cr_expect_str_eq(plan->steps[0].shell,
			 "systemctl --user set-property --runtime shop.service MemoryMax=100M "
			 "CPUQuota=20% CPUQuotaPeriodSec=");
	cr_expect(strstr(plan->steps[0].says, "MemoryMax to 100M (now infinity)"), "%s",
		  plan->steps[0].says);
	cr_expect(strstr(plan->steps[0].says, "until the next boot"));
	cr_expect(has_effect(plan, "through systemd, which owns " CGROUP));
	cr_expect_not(has_effect(plan, "may overwrite"));
	cr_expect_eq(unit.sets, 0, "a plan changes nothing");
	cr_expect(vt_plan_can_last(plan));
	vt_plan_set_lasting(plan, true);
	cr_expect(strstr(plan->steps[0].says, "for good"));
	cr_expect_str_eq(plan->steps[0].shell,
			 "systemctl --user set-property shop.service MemoryMax=100M "
			 "CPUQuota=20% CPUQuotaPeriodSec=");
	vt_plan_free(plan);
}

Test(unit_bus, what_is_no_property_is_written)
{
	struct vt_plan *plan = limit(CGROUP, false, "memory.swap.high", "1M", "pids.max", "9");

	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 2);
	cr_expect_eq(plan->steps[0].op, VT_OP_WRITE);
	cr_expect_str_eq(plan->steps[0].file, "memory.swap.high");
	cr_expect_str_eq(plan->steps[1].value, "TasksMax=9");
	vt_plan_free(plan);
	plan = limit(CGROUP "/inside", false, "pids.max", "9", NULL, NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_eq(plan->steps[0].op, VT_OP_WRITE, "a unit's inside is its own");
	vt_plan_free(plan);
	cr_expect_null(limit(CGROUP "/inside", true, "pids.max", "9", NULL, NULL));
	cr_expect(strstr(err.msg, "cannot be set for good"), "%s", err.msg);
	unit.group = "/elsewhere";
	plan = limit(CGROUP, false, "pids.max", "9", NULL, NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_eq(plan->steps[0].op, VT_OP_WRITE, "the unit of this name is elsewhere");
	vt_plan_free(plan);
}

/* io.weight is not there: systemd enables the controller when it sets it. */
Test(unit_bus, files_that_come_with_the_setting)
{
	struct vt_plan *plan = limit(CGROUP, false, "cpu.max", "1.5", "cpuset.cpus", "0,1,9");

	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect(strstr(plan->steps[0].value, "AllowedCPUs=0-1,9"), "%s", plan->steps[0].value);
	vt_plan_free(plan);
	cr_expect_null(limit(CGROUP, false, "cpu.uclamp.min", "5", NULL, NULL),
		       "systemd has no property that would bring this one");
}

Test(unit_bus, apply_and_undo)
{
	struct vt_plan *plan = limit(CGROUP, true, "memory.max", "100M", "cpuset.cpus", "1,8");
	struct vt_plan *undo = NULL;
	struct vt_result result;

	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(vt_apply(&tree_host, acting_snapshot, plan, &result, &err), 0, "%s", err.msg);
	cr_expect_eq(unit.sets, 1, "one call for all");
	cr_expect_eq(unit.memory_max, 104857600);
	cr_expect_eq(unit.cpus[0], 2);
	cr_expect_eq(unit.cpus[1], 1);
	cr_expect_not(unit.runtime);
	err = (struct vt_error){ 0 };
	cr_expect_eq(vt_apply(&tree_host, acting_snapshot, plan, &result, &err), -ESTALE);
	cr_expect(strstr(err.msg, "other properties now"), "%s", err.msg);
	cr_assert_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), 0, "%s", err.msg);
	cr_assert_eq(undo->n_steps, 1);
	cr_expect(undo->steps[0].lasting, "as lasting as what it undoes");
	cr_assert_eq(vt_apply(&tree_host, acting_snapshot, undo, &result, &err), 0, "%s", err.msg);
	cr_expect_eq(unit.memory_max, UINT64_MAX);
	cr_expect_eq(unit.n_cpus, 0);
	vt_plan_free(undo);
	vt_plan_free(plan);
}

Test(unit_bus, undo_after_somebody_else)
{
	struct vt_plan *plan = limit(CGROUP, false, "pids.max", "9", NULL, NULL), *undo = NULL;
	struct vt_result result;

	cr_assert_eq(vt_apply(&tree_host, acting_snapshot, plan, &result, &err), 0, "%s", err.msg);
	cr_expect(unit.runtime);
	unit.tasks_max = 7;
	cr_expect_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), -ESTALE);
	cr_expect(strstr(err.msg, "changed since, to TasksMax=7"), "%s", err.msg);
	unit.tasks_max = UINT64_MAX;
	cr_expect_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), -ENOENT,
		     "it is as it was already: %s", err.msg);
	vt_plan_free(plan);
}

Test(unit_bus, refusals_are_told)
{
	struct vt_plan *plan = limit(CGROUP, false, "memory.max", "1M", NULL, NULL);
	struct vt_result result;

	unit.refuses = true;
	cr_expect_lt(vt_apply(&tree_host, acting_snapshot, plan, &result, &err), 0);
	cr_expect(strstr(err.msg, "systemd says: MemoryMax= is out of range"), "%s", err.msg);
	cr_expect_eq(unit.memory_max, UINT64_MAX);
	vt_plan_free(plan);
}

/* A manager that hangs costs seconds, not the screen; the file can still be written. */
Test(unit_bus, silence_has_an_end)
{
	struct vt_plan *plan;

	unit.silent = true;
	plan = limit(CGROUP, false, "memory.max", "1M", NULL, NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_eq(plan->steps[0].op, VT_OP_WRITE);
	cr_expect(has_effect(plan, "did not answer in time"));
	vt_plan_free(plan);
}

/* It has done it, but nobody was told: the journal does not say that it failed. */
Test(unit_bus, what_got_no_answer_can_be_undone)
{
	struct vt_plan *plan = limit(CGROUP, false, "memory.max", "1M", NULL, NULL), *undo = NULL;
	struct vt_result result;

	unit.sets_silently = true;
	cr_assert_eq(vt_apply(&tree_host, acting_snapshot, plan, &result, &err), -ETIMEDOUT);
	cr_expect(strstr(err.msg, "undo looks what became of it"), "%s", err.msg);
	unit.sets_silently = false;
	cr_assert_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), 0, "%s", err.msg);
	cr_expect(has_effect(undo, "nobody answered when asked to"));
	cr_expect(has_effect(undo, "that was done, and is undone"));
	cr_assert_eq(vt_apply(&tree_host, acting_snapshot, undo, &result, &err), 0, "%s", err.msg);
	cr_expect_eq(unit.memory_max, UINT64_MAX);
	vt_plan_free(undo);
	vt_plan_free(plan);
}

/* Before it was asked for anything, nothing can have been done. */
Test(unit_bus, what_was_not_asked_has_failed)
{
	struct vt_plan *plan = limit(CGROUP, false, "memory.max", "1M", NULL, NULL), *undo = NULL;
	struct vt_result result;

	unit.silent = true;
	cr_assert_eq(vt_apply(&tree_host, acting_snapshot, plan, &result, &err), -ETIMEDOUT);
	cr_expect_not(strstr(err.msg, "undo"), "%s", err.msg);
	unit.silent = false;
	cr_expect_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), -ENOENT);
	vt_plan_free(plan);
}

static struct vt_plan *freezing(const char *action)
{
	struct vt_request request = { .action = vt_action_find(action), .path = CGROUP };
	struct vt_plan *plan = NULL;

	(void)vt_action_plan(&acting, &request, &plan, &err);
	return plan;
}

Test(unit_bus, freezing)
{
	struct vt_plan *plan = freezing("freeze"), *undo = NULL;
	struct vt_result result;

	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].shell, "systemctl --user freeze shop.service");
	cr_assert_eq(vt_apply(&tree_host, acting_snapshot, plan, &result, &err), 0, "%s", err.msg);
	cr_expect_str_eq(unit.frozen, "frozen");
	(void)snprintf(unit.frozen, sizeof(unit.frozen), "freezing"); /* a moment before */
	cr_assert_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), 0, "%s", err.msg);
	cr_expect_str_eq(undo->steps[0].shell, "systemctl --user thaw shop.service");
	cr_assert_eq(vt_apply(&tree_host, acting_snapshot, undo, &result, &err), 0, "%s", err.msg);
	cr_expect_str_eq(unit.frozen, "running");
	vt_plan_free(undo);
	vt_plan_free(plan);
	/* Frozen behind systemd's back: systemd would not thaw it. */
	tree_put("cg" CGROUP "/cgroup.freeze", "1\n");
	plan = freezing("thaw");
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_eq(plan->steps[0].op, VT_OP_WRITE);
	vt_plan_free(plan);
}
