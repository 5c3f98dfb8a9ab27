/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin and nice: where the threads of a machine's vCPUs may run, and how they share
 * a CPU with others. A VMM's pid stands for its vCPU threads, any other pid or tid
 * for that thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "action_table.h"
#include "apply_thread.h"

enum {
	NICE_LEAST = -20,
	NICE_MOST = 19,
	LISTED_CPUS = 16 /* whose place is told */
};

typedef int (*now_fn)(const struct vt_host *host, uint64_t tid, struct vt_arena *arena,
		      const char **ret, struct vt_error *err);

static int add_thread(const struct vt_action_env *env, struct vt_plan *plan, enum vt_op op,
		      uint64_t tid, const char *value, struct vt_error *err)
{
	now_fn read_now = op == VT_OP_PIN ? vt_thread_cpus : vt_thread_nice;
	struct vt_process_now now;
	const char *was = NULL;
	struct vt_step *step;
	int r = vt_process_look(env->host, tid, &now, err);

	if (r == 0)
		r = read_now(env->host, tid, plan->arena, &was, err);
	if (r < 0)
		return r;
	if (now.kernel_thread)
		return vt_fail(err, EPERM, "%" PRIu64 " (%s) is a kernel thread", tid, now.comm);
	if (strcmp(was, value) == 0) {
		vt_plan_effect(plan, "thread %" PRIu64 " (%s) is so already", tid, now.comm);
		return 0;
	}
	step = vt_plan_add(plan, op);
	step->target = (struct vt_id){ VT_KIND_PROCESS, tid, now.start_ticks };
	step->value = value;
	step->was = was;
	vt_step_describe(plan, step, vt_mount_of(env));
	return 0;
}

/* The machine whose VMM this is; NULL. */
static const struct vt_machine *machine_of(const struct vt_snapshot *s, struct vt_id id)
{
	size_t n;
	const struct vt_machine *vms = vt_machine_rows(s, &n);

	for (size_t i = 0; i < n; i++)
		if (vms[i].head.a == id.a && vms[i].head.b == id.b)
			return &vms[i];
	return NULL;
}

static int add_target(const struct vt_action_env *env, struct vt_plan *plan, enum vt_op op,
		      struct vt_id id, const char *value, size_t *vcpus, struct vt_error *err)
{
	const struct vt_machine *vm = machine_of(env->snapshot, id);
	struct vt_process_now now;
	int known = 0, r = vt_process_check(env->host, id, &now, err);

	for (int32_t i = 0; r == 0 && vm && i < vm->n_vcpus; i++) {
		const struct vt_vcpu *v = vt_vcpu_at(env->snapshot, vm->first_vcpu + i);

		if (!VT_HAS(VCPU, v, tid))
			continue;
		known++;
		r = add_thread(env, plan, op, v->tid, value, err);
	}
	*vcpus += (size_t)known;
	return r < 0 || known ? r : add_thread(env, plan, op, id.a, value, err);
}

static const char *setting(const struct vt_request *request)
{
	return request->n_settings ? request->settings[0].value : "";
}

/* A file of /sys/devices/system/cpu/cpuN as one line, "?" without. */
static void read_place(const struct vt_host *host, unsigned cpu, const char *file, char *out,
		       size_t size)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "devices/system/cpu/cpu%u/topology/%s", cpu, file);
	if (vt_host_read(host->sys, path, out, size) <= 0)
		(void)snprintf(out, size, "?");
	out[strcspn(out, "\n")] = '\0';
}

static int node_of(const struct vt_host *host, unsigned cpu)
{
	for (int node = 0; node < 64; node++) {
		char path[96];
		vt_autoclose int fd = -1;

		(void)snprintf(path, sizeof(path), "devices/system/cpu/cpu%u/node%d", cpu, node);
		fd = vt_host_openat(host->sys, path, O_PATH);
		if (fd >= 0)
			return node;
	}
	return -1;
}

/* Which core, package and node each CPU is of; threads of a core share it. */
static void tell_topology(const struct vt_host *host, struct vt_plan *plan, const char *list)
{
	unsigned first, last, told = 0;

	while (vt_cpus_next(&list, &first, &last))
		for (unsigned cpu = first; cpu <= last && told < LISTED_CPUS; cpu++, told++) {
			char core[16], package[16], siblings[64];
			int node = node_of(host, cpu);

			read_place(host, cpu, "core_id", core, sizeof(core));
			read_place(host, cpu, "physical_package_id", package, sizeof(package));
			read_place(host, cpu, "thread_siblings_list", siblings, sizeof(siblings));
			vt_plan_effect(
				plan, "CPU %u: core %s of package %s, threads of it %s%s", cpu,
				core, package, siblings,
				node < 0 ? ""
					 : vt_arena_printf(plan->arena, ", NUMA node %d", node));
		}
}

static size_t count_cpus(const char *list)
{
	unsigned first, last;
	size_t n = 0;

	while (vt_cpus_next(&list, &first, &last))
		n += last - first + 1;
	return n;
}

static int plan_threads(const struct vt_action_env *env, const struct vt_request *request,
			struct vt_plan *plan, enum vt_op op, const char *value, size_t *vcpus,
			struct vt_error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < request->n_targets; i++)
		r = add_target(env, plan, op, request->targets[i], value, vcpus, err);
	if (r == 0 && !plan->n_steps)
		r = vt_fail(err, EALREADY, "nothing to do: it is so already");
	return r;
}

int vt_pin_plan(const struct vt_action_env *env, const struct vt_request *request,
		struct vt_plan *plan, struct vt_error *err)
{
	const char *cpus = NULL;
	size_t vcpus = 0;
	int r = vt_cpus_parse(env->host, setting(request), plan->arena, &cpus, err);

	if (r == 0)
		r = plan_threads(env, request, plan, VT_OP_PIN, cpus, &vcpus, err);
	if (r < 0)
		return r;
	plan->title = vt_arena_printf(plan->arena, "Pin %s to CPUs %s",
				      vt_plural(plan->arena, plan->n_steps, "thread", "threads"),
				      cpus);
	if (vcpus > count_cpus(cpus))
		vt_plan_effect(plan, "%zu vCPUs share %zu CPUs: they will wait for each other",
			       vcpus, count_cpus(cpus));
	tell_topology(env->host, plan, cpus);
	return 0;
}

int vt_nice_plan(const struct vt_action_env *env, const struct vt_request *request,
		 struct vt_plan *plan, struct vt_error *err)
{
	const char *value = vt_arena_intern(plan->arena, setting(request));
	size_t vcpus = 0;
	int r = plan_threads(env, request, plan, VT_OP_NICE, value, &vcpus, err);

	if (r < 0)
		return r;
	plan->title = vt_arena_printf(plan->arena, "Set %s to nice %s",
				      vt_plural(plan->arena, plan->n_steps, "thread", "threads"),
				      setting(request));
	vt_plan_effect(plan, "nice counts within a cgroup; between cgroups cpu.weight does");
	return 0;
}

static void set_value(struct vt_request *request, struct vt_arena *arena, const char *value)
{
	struct vt_setting *s = vt_arena_alloc(arena, sizeof(*s));

	*s = (struct vt_setting){ request->action->name, value };
	request->settings = s;
	request->n_settings = 1;
}

int vt_pin_parse(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		 struct vt_request *request, struct vt_error *err)
{
	if (argc < 2)
		return vt_fail(err, EINVAL, "pin needs a PID and a list of CPUs");
	set_value(request, arena, argv[argc - 1]);
	return vt_parse_processes(env, argc - 1, argv, arena, request, err);
}

int vt_nice_parse(const struct vt_action_env *env, int argc, char **argv, struct vt_arena *arena,
		  struct vt_request *request, struct vt_error *err)
{
	char *end;
	long value;

	if (argc < 2)
		return vt_fail(err, EINVAL, "nice needs a PID and a value");
	value = strtol(argv[argc - 1], &end, 10);
	if (*end || end == argv[argc - 1] || value < NICE_LEAST || value > NICE_MOST)
		return vt_fail(err, EINVAL, "'%s' is no nice value: -20 (first) to 19 (last)",
			       argv[argc - 1]);
	set_value(request, arena, vt_arena_printf(arena, "%ld", value));
	return vt_parse_processes(env, argc - 1, argv, arena, request, err);
}
