/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin and nice: lists of CPUs, plans for the vCPUs of a machine on a tree, and
 * a child of the test that is really pinned and made nice.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "acting.h"

#include "../../src/apply_thread.h"
#include "../../src/settle.h"

static struct vt_arena *arena;

static void put_status(unsigned tid, const char *cpus)
{
	vt_autofree char *path = vt_asprintf("proc/%u/status", tid);
	vt_autofree char *text = vt_asprintf("Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t%s\n"
					     "Mems_allowed_list:\t0\n",
					     cpus);

	tree_put(path, text);
}

static void add_vcpu(uint64_t number, uint64_t tid)
{
	struct vt_vcpu *v = vt_vcpu_add(acting_builder, 60, number);

	if (tid)
		VT_SET(VCPU, v, tid, tid);
}

static void set_up(void)
{
	(void)acting_begin();
	arena = vt_arena_new();
	tree_put("sys/devices/system/cpu/online", "0-3,6\n");
	tree_put("sys/devices/system/cpu/cpu2/topology/core_id", "1\n");
	tree_put("sys/devices/system/cpu/cpu2/topology/physical_package_id", "0\n");
	tree_put("sys/devices/system/cpu/cpu2/topology/thread_siblings_list", "2-3\n");
	tree_put("sys/devices/system/cpu/cpu2/node1/x", "");
	put_process(60, "qemu", 'S', 0, 700, "/shop");
	put_process(61, "CPU 0/KVM", 'S', 0, 701, "/shop");
	put_process(62, "CPU 1/KVM", 'S', 0, 702, "/shop");
	put_process(63, "kthread", 'S', 0x200000, 703, "/shop");
	put_status(60, "0-3,6");
	put_status(61, "0-3,6");
	put_status(62, "2");
	put_status(63, "0");
	(void)vt_machine_add(acting_builder, 60, 700);
	(void)add_process(acting_builder, 60, 700, "qemu", "/shop");
	add_vcpu(0, 61);
	add_vcpu(1, 62);
	add_vcpu(2, 0); /* whose thread is not known */
	acting_seal();
}

static void tear_down(void)
{
	vt_arena_free(arena);
	acting_end();
}

TestSuite(thread, .init = set_up, .fini = tear_down);

Test(thread, lists_become_what_the_kernel_writes)
{
	static const char *const cases[][2] = {
		{ "2", "2" },       { "0,1", "0-1" },     { "3,1,0", "0-1,3" }, { "0-2,1", "0-2" },
		{ "2,2,6", "2,6" }, { "0-3,6", "0-3,6" }, { "6,0", "0,6" },     { "1-1,02", "1-2" },
	};
	static const struct {
		const char *list, *says;
	} bad[] = {
		{ "", "no CPU is named" },
		{ "3-1", "no list of CPUs" },
		{ "a", "no list of CPUs" },
		{ "1-", "no list of CPUs" },
		{ "1-x", "no list of CPUs" },
		{ "1,", "no list of CPUs" },
		{ ",1", "no list of CPUs" },
		{ "-1", "no list of CPUs" },
		{ "1 2", "no list of CPUs" },
		{ "9000", "no list of CPUs" },
		{ "0-99999999999999999999", "no list of CPUs" },
		{ "0,4", "CPU 4 is not online: these are: 0-3,6" },
		{ "2-6", "CPU 4 is not online" },
	};
	const char *list = NULL;

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		cr_assert_eq(vt_cpus_parse(&tree_host, cases[i][0], arena, &list, &err), 0,
			     "%s: %s", cases[i][0], err.msg);
		cr_expect_str_eq(list, cases[i][1]);
	}
	for (size_t i = 0; i < VT_LEN(bad); i++) {
		cr_expect_eq(vt_cpus_parse(&tree_host, bad[i].list, arena, &list, &err), -EINVAL,
			     "%s", bad[i].list);
		cr_expect(strstr(err.msg, bad[i].says), "%s: %s", bad[i].list, err.msg);
	}
}

/* What is online is not known everywhere: then the kernel decides. */
Test(thread, without_a_list_of_what_is_online)
{
	const char *list = NULL;

	tree_put("sys/devices/system/cpu/online", "");
	cr_assert_eq(vt_cpus_parse(&tree_host, "40", arena, &list, &err), 0, "%s", err.msg);
	cr_expect_str_eq(list, "40");
}

Test(thread, a_machine_is_its_vcpus)
{
	struct vt_plan *plan = plan_of("pin", "60", "2", NULL);

	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->title, "Pin 1 thread to CPUs 2");
	cr_assert_eq(plan->n_steps, 1);
	cr_expect_eq(plan->steps[0].op, VT_OP_PIN);
	cr_expect_eq(plan->steps[0].target.a, 61);
	cr_expect_eq(plan->steps[0].target.b, 701);
	cr_expect_str_eq(plan->steps[0].was, "0-3,6");
	cr_expect_str_eq(plan->steps[0].shell, "taskset -cp 2 61");
	expect_effect(plan, "thread 62 (CPU 1/KVM) is so already");
	expect_effect(plan, "2 vCPUs share 1 CPUs");
	expect_effect(plan, "CPU 2: core 1 of package 0, threads of it 2-3, NUMA node 1");
	vt_plan_free(plan);
	plan = plan_of("pin", "60", "1,0", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 2);
	cr_expect_str_eq(plan->steps[1].value, "0-1");
	expect_effect(plan, "CPU 0: core ? of package ?, threads of it ?");
	for (size_t i = 0; i < plan->n_effects; i++)
		cr_expect_null(strstr(plan->effects[i], "share"), "%s", plan->effects[i]);
	vt_plan_free(plan);
}

Test(thread, refusals)
{
	expect_refused(plan_of("pin", "60", NULL), EINVAL, "a PID and a list of CPUs");
	expect_refused(plan_of("pin", "62", "2", NULL), EALREADY, "it is so already");
	expect_refused(plan_of("pin", "63", "2", NULL), EPERM, "is a kernel thread");
	expect_refused(plan_of("pin", "60@1", "2", NULL), ESTALE, "another process now");
	expect_refused(plan_of("pin", "64", "2", NULL), ESRCH, "no process 64");
	expect_refused(plan_of("pin", "61", "5", NULL), EINVAL, "CPU 5 is not online");
	put_process(65, "gone", 'S', 0, 9, "/shop");
	expect_refused(plan_of("pin", "65", "2", NULL), ESRCH, "thread 65 has ended");
	expect_refused(plan_of("nice", "60", NULL), EINVAL, "a PID and a value");
	expect_refused(plan_of("nice", "60", "20", NULL), EINVAL, "no nice value");
	expect_refused(plan_of("nice", "60", "-21", NULL), EINVAL, "no nice value");
	expect_refused(plan_of("nice", "60", "3x", NULL), EINVAL, "no nice value");
	expect_refused(plan_of("nice", "60", "", NULL), EINVAL, "no nice value");
}

/* What a virttop that was killed in the step had done. */
Test(thread, settled_by_what_it_has_now)
{
	static const struct {
		const char *value, *was;
		uint64_t tid;
		enum vt_settled settled;
		bool done;
	} cases[] = {
		{ "2", "0-3,6", 62, VT_SETTLED_DONE, true },
		{ "1", "2", 62, VT_SETTLED_NOT_DONE, false },
		{ "1", "0", 62, VT_SETTLED_CHANGED, true },
		{ "1", NULL, 62, VT_SETTLED_UNKNOWN, false },
		{ "1", "0", 99, VT_SETTLED_UNKNOWN, false },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_step step = { .op = VT_OP_PIN,
					.target = { VT_KIND_PROCESS, cases[i].tid, 702 },
					.value = cases[i].value,
					.was = cases[i].was };
		struct vt_outcome o = { 0 };

		cr_expect_eq(vt_settle_step(&acting, &step, arena, &o), cases[i].settled,
			     "case %zu", i);
		cr_expect_eq(o.done, cases[i].done, "case %zu", i);
	}
}

/* A child of the test on the host that the test runs on. */

static struct vt_host here;
static pid_t child;

static void begin_child(void)
{
	cr_assert_eq(vt_host_open(&here, "/", &err), 0, "%s", err.msg);
	acting.host = &here;
	child = fork();
	cr_assert_geq(child, 0);
	/* A failed test ends at once: the child must not outlive it. */
	while (child == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() != 1)
		(void)pause();
	if (child == 0)
		_exit(1);
}

static void end_child(void)
{
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	vt_host_close(&here);
}

/* The lowest CPU of the child alone; false where it has but one. */
static bool one_cpu(char *out, size_t size)
{
	cpu_set_t set;
	int cpu = 0;

	cr_assert_eq(sched_getaffinity(child, sizeof(set), &set), 0);
	while (!CPU_ISSET((size_t)cpu, &set))
		cpu++;
	(void)snprintf(out, size, "%d", cpu);
	return CPU_COUNT(&set) > 1;
}

Test(thread, a_child_is_pinned_and_let_go)
{
	char cpu[16], pid[16];
	const char *before = NULL, *now = NULL;
	struct vt_result result;
	bool several;

	begin_child();
	(void)snprintf(pid, sizeof(pid), "%d", (int)child);
	several = one_cpu(cpu, sizeof(cpu));
	cr_assert_eq(vt_thread_cpus(&here, (uint64_t)child, arena, &before, &err), 0);
	if (several) {
		cr_expect_eq(apply(plan_of("pin", pid, cpu, NULL), &result), 0, "%s", err.msg);
		(void)vt_thread_cpus(&here, (uint64_t)child, arena, &now, &err);
		cr_expect_str_eq(now, cpu);
		cr_expect_eq(apply(undo(), &result), 0, "%s", err.msg);
		(void)vt_thread_cpus(&here, (uint64_t)child, arena, &now, &err);
		cr_expect_str_eq(now, before);
	} else {
		expect_refused(plan_of("pin", pid, cpu, NULL), EALREADY, "so already");
	}
	end_child();
}

/* A cpuset makes a list shorter: the tree says what the kernel would. */
Test(thread, undo_expects_what_the_kernel_made_of_it)
{
	struct vt_plan *plan = vt_plan_new("Pin it");
	struct vt_step *step = vt_plan_add(plan, VT_OP_PIN);
	struct vt_result result;
	vt_autofree char *status = NULL;
	char cpu[16];

	begin_child();
	(void)one_cpu(cpu, sizeof(cpu));
	put_process((unsigned)child, "child", 'S', 0, 700, "/shop");
	status = vt_asprintf("proc/%d/status", (int)child);
	tree_put(status, "Name:\tchild\nCpus_allowed_list:\t2-3\n");
	acting.host = &tree_host;
	step->target = (struct vt_id){ VT_KIND_PROCESS, (uint64_t)child, 700 };
	step->value = vt_arena_intern(plan->arena, cpu);
	step->was = "2-3";
	cr_expect_eq(apply(plan, &result), 0, "%s", err.msg);
	plan = undo();
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].was, "2-3");
	vt_plan_free(plan);
	end_child();
}

Test(thread, a_child_made_nice_by_another_is_stale)
{
	char pid[16];
	struct vt_result result;
	struct vt_plan *plan;
	struct vt_step step = { .op = VT_OP_NICE, .value = "7", .was = "0" };
	const char *now;
	struct vt_outcome o = { 0 };

	begin_child();
	(void)snprintf(pid, sizeof(pid), "%d", (int)child);
	(void)setpriority(PRIO_PROCESS, (id_t)child, 3);
	plan = plan_of("nice", pid, "+7", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->title, "Set 1 thread to nice 7");
	cr_expect_str_eq(plan->steps[0].was, "3");
	step.target = plan->steps[0].target;
	(void)setpriority(PRIO_PROCESS, (id_t)child, 4);
	cr_expect_eq(apply(plan, &result), -ESTALE);
	cr_expect(strstr(err.msg, "is no longer as it was: 4, not 3"), "%s", err.msg);
	cr_expect_eq(getpriority(PRIO_PROCESS, (id_t)child), 4);
	cr_expect_eq(apply(plan_of("nice", pid, "7", NULL), &result), 0, "%s", err.msg);
	cr_expect_eq(getpriority(PRIO_PROCESS, (id_t)child), 7);
	cr_expect_eq(vt_settle_step(&acting, &step, arena, &o), VT_SETTLED_DONE);
	expect_refused(plan_of("nice", pid, "7", NULL), EALREADY, "so already");
	end_child();
	cr_expect_neq(vt_thread_run(&tree_host, &step, arena, &now, &err), 0, "it has ended");
}

Test(thread, a_step_for_another_process_under_the_pid)
{
	struct vt_step step = { .op = VT_OP_PIN, .value = "0" };
	const char *now;

	begin_child();
	step.target = (struct vt_id){ VT_KIND_PROCESS, (uint64_t)child, 1 };
	cr_expect_eq(vt_thread_run(&here, &step, arena, &now, &err), -ESTALE);
	cr_expect(strstr(err.msg, "another process now"), "%s", err.msg);
	end_child();
}
