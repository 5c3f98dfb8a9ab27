/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of one thread; the header says which. Part of apply. */
#include "apply_thread.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>

#include "action_cgroup.h"

enum {
	MOST_CPUS = 8192,
	TEXT_SIZE = 8192
};

bool vt_cpus_next(const char **list, unsigned *ret_first, unsigned *ret_last)
{
	const char *at = *list;
	unsigned long first, last;
	char *end;

	if (!isdigit((unsigned char)*at))
		return false;
	first = last = strtoul(at, &end, 10);
	if (*end == '-') {
		if (!isdigit((unsigned char)end[1]))
			return false;
		last = strtoul(end + 1, &end, 10);
	}
	if (last < first || last >= MOST_CPUS || (*end && *end != ',') || (*end == ',' && !end[1]))
		return false;
	*ret_first = (unsigned)first;
	*ret_last = (unsigned)last;
	*list = *end ? end + 1 : end;
	return true;
}

static bool has_cpu(const char *list, unsigned cpu)
{
	unsigned first, last;

	while (vt_cpus_next(&list, &first, &last))
		if (cpu >= first && cpu <= last)
			return true;
	return false;
}

/* The set of the list, of *ret_size bytes; CPU_FREE it. */
static cpu_set_t *make_set(const char *list, size_t *ret_size)
{
	cpu_set_t *set = CPU_ALLOC(MOST_CPUS);
	unsigned first, last;

	*ret_size = CPU_ALLOC_SIZE(MOST_CPUS);
	if (!set)
		abort();
	CPU_ZERO_S(*ret_size, set);
	while (vt_cpus_next(&list, &first, &last))
		for (unsigned cpu = first; cpu <= last; cpu++)
			CPU_SET_S(cpu, *ret_size, set);
	return set;
}

/* cpuset(7), "List format". */
static const char *write_list(const char *list, struct vt_arena *arena)
{
	size_t size;
	cpu_set_t *set = make_set(list, &size);
	const char *text = "";

	for (unsigned cpu = 0, first; cpu < MOST_CPUS; cpu++) {
		if (!CPU_ISSET_S(cpu, size, set))
			continue;
		first = cpu;
		while (cpu + 1 < MOST_CPUS && CPU_ISSET_S(cpu + 1, size, set))
			cpu++;
		text = vt_arena_printf(arena, "%s%s%u", text, *text ? "," : "", first);
		if (cpu > first)
			text = vt_arena_printf(arena, "%s-%u", text, cpu);
	}
	CPU_FREE(set);
	return text;
}

int vt_cpus_parse(const struct vt_host *host, const char *list, struct vt_arena *arena,
		  const char **ret, struct vt_error *err)
{
	char online[TEXT_SIZE] = "";
	const char *at = list;
	unsigned first, last;

	(void)vt_host_read(host->sys, "devices/system/cpu/online", online, sizeof(online));
	online[strcspn(online, "\n")] = '\0';
	while (*at) {
		if (!vt_cpus_next(&at, &first, &last))
			return vt_fail(err, EINVAL, "'%s' is no list of CPUs: write it as in 0-3,8",
				       list);
		for (unsigned cpu = first; *online && cpu <= last; cpu++)
			if (!has_cpu(online, cpu))
				return vt_fail(err, EINVAL, "CPU %u is not online: these are: %s",
					       cpu, online);
	}
	if (at == list)
		return vt_fail(err, EINVAL, "no CPU is named");
	*ret = write_list(list, arena);
	return 0;
}

int vt_thread_cpus(const struct vt_host *host, uint64_t tid, struct vt_arena *arena,
		   const char **ret, struct vt_error *err)
{
	static const char key[] = "\nCpus_allowed_list:\t";
	vt_autofree char *text = vt_alloc(TEXT_SIZE);
	const char *at;
	char path[32];

	(void)snprintf(path, sizeof(path), "%" PRIu64 "/status", tid);
	if (vt_host_read(host->proc, path, text, TEXT_SIZE) <= 0 || !(at = strstr(text, key)))
		return vt_fail(err, ESRCH, "thread %" PRIu64 " has ended", tid);
	at += strlen(key);
	*ret = vt_arena_intern_n(arena, at, strcspn(at, "\n"));
	return 0;
}

int vt_thread_nice(const struct vt_host *host, uint64_t tid, struct vt_arena *arena,
		   const char **ret, struct vt_error *err)
{
	int value;

	(void)host;
	errno = 0;
	value = getpriority(PRIO_PROCESS, (id_t)tid);
	if (value == -1 && errno)
		return vt_fail(err, errno, "cannot read the nice value of %" PRIu64 ": %s", tid,
			       vt_errno_text(errno));
	*ret = vt_arena_printf(arena, "%d", value);
	return 0;
}

static int set_cpus(uint64_t tid, const char *list)
{
	size_t size;
	cpu_set_t *set = make_set(list, &size);
	int r = sched_setaffinity((pid_t)tid, size, set) < 0 ? -errno : 0;

	CPU_FREE(set);
	return r;
}

static int set_nice(uint64_t tid, const char *value)
{
	int nice = (int)strtol(value, NULL, 10);

	return setpriority(PRIO_PROCESS, (id_t)tid, nice) < 0 ? -errno : 0;
}

static int read_now(const struct vt_host *host, const struct vt_step *step, struct vt_arena *arena,
		    const char **ret, struct vt_error *err)
{
	return (step->op == VT_OP_PIN ? vt_thread_cpus : vt_thread_nice)(host, step->target.a,
									 arena, ret, err);
}

static int check_was(const struct vt_host *host, const struct vt_step *step, struct vt_arena *arena,
		     struct vt_error *err)
{
	const char *now = NULL;
	int r = read_now(host, step, arena, &now, err);

	if (r == 0 && step->was && strcmp(now, step->was) != 0)
		r = vt_fail(err, ESTALE, "thread %" PRIu64 " is no longer as it was: %s, not %s",
			    step->target.a, now, step->was);
	return r;
}

int vt_thread_run(const struct vt_host *host, const struct vt_step *step, struct vt_arena *arena,
		  const char **ret_now, struct vt_error *err)
{
	struct vt_process_now now;
	int r = check_was(host, step, arena, err);

	*ret_now = NULL;

	if (r == 0)
		r = vt_process_check(host, step->target, &now, err);
	if (r < 0)
		return r;
	r = step->op == VT_OP_PIN ? set_cpus(step->target.a, step->value)
				  : set_nice(step->target.a, step->value);
	if (r == -EPERM || r == -EACCES)
		return vt_fail(err, EPERM, "thread %" PRIu64 " (%s): not permitted, %s",
			       step->target.a, now.comm,
			       step->op == VT_OP_PIN ? "it is not yours: run virttop as root"
						     : "a lower value needs CAP_SYS_NICE");
	if (r == -EINVAL)
		return vt_fail(err, EINVAL,
			       "thread %" PRIu64 ": its cpuset has none of the CPUs %s",
			       step->target.a, step->value);
	if (r < 0)
		return vt_fail(err, -r, "thread %" PRIu64 ": %s", step->target.a,
			       vt_errno_text(-r));
	(void)read_now(host, step, arena, ret_now, NULL);
	return 0;
}
