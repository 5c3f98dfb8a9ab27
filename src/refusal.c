/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A refused write, explained. The kernel has a few dozen rules and a handful of
 * error numbers for them; which rule it was follows from the file, the number
 * and what the files around it say (cgroup-v2.rst; kernel/cgroup/, mm/, kernel/
 * sched/). The first row that fits is the answer.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "action_explain.h"
#include "limit_files.h"

struct refused {
	const struct vt_cgroup_dir *d;
	const char *file, *value;
};

static bool reads(const struct refused *r, const char *file, const char *word)
{
	vt_autofree char *text = vt_cgroup_value(r->d->fd, file);

	return text && strcmp(text, word) == 0;
}

static bool enables_beside_processes(const struct refused *r)
{
	return strchr(r->value, '+') && vt_cgroup_count(r->d->fd) > 0;
}

static bool disables(const struct refused *r)
{
	return strchr(r->value, '-') != NULL;
}

static bool is_threaded(const struct refused *r)
{
	return reads(r, "cgroup.type", "threaded");
}

static bool is_invalid(const struct refused *r)
{
	return reads(r, "cgroup.type", "domain invalid");
}

static bool is_idle(const struct refused *r)
{
	return reads(r, "cpu.idle", "1");
}

static bool is_partition(const struct refused *r)
{
	return reads(r, "cpuset.cpus.partition", "root") ||
	       reads(r, "cpuset.cpus.partition", "isolated");
}

static bool is_removed(const struct refused *r)
{
	return faccessat(r->d->fd, r->file, F_OK, 0) < 0;
}

#define NO_INTERNAL                                                                                \
	"and a cgroup with processes cannot pass on controllers (move them into a child first)"
#define DEVICE "there is no such block device (lsblk shows MAJOR:MINOR), or it is a partition"

static const struct rule {
	const char *file; /* NULL: any; a star at the end: all that begin so */
	int code;
	bool (*when)(const struct refused *r); /* NULL: always */
	const char *why;
	enum {
		NOTHING,
		PROCESSES, /* how many it has goes before */
		ACCEPTS,   /* what the file accepts follows */
	} with;
	int as; /* the error that it amounts to; 0: the same */
} rules[] = {
	{ NULL, ENODEV, is_removed, "the cgroup was removed in that moment", NOTHING, ESTALE },
	{ "cgroup.subtree_control", EBUSY, enables_beside_processes, NO_INTERNAL, PROCESSES, 0 },
	{ "cgroup.subtree_control", EBUSY, disables,
	  "a cgroup below still passes it on to its own children: disable it there first", NOTHING,
	  0 },
	{ "cgroup.subtree_control", ENOENT, NULL,
	  "a controller named there is not in its cgroup.controllers: the cgroups above have to "
	  "enable it first",
	  NOTHING, 0 },
	{ "cgroup.subtree_control", EOPNOTSUPP, is_threaded,
	  "it is threaded and can pass on cpu, cpuset, pids and perf_event only", NOTHING, 0 },
	{ "cgroup.subtree_control", EOPNOTSUPP, is_invalid,
	  "its parent is threaded and it is not (domain invalid): make it threaded first", NOTHING,
	  0 },
	{ "cgroup.subtree_control", EINVAL, NULL,
	  "a word there is no controller that this kernel knows in cgroup v2", NOTHING, 0 },
	{ "cgroup.type", EOPNOTSUPP, NULL,
	  "it can become threaded only while it has no processes, passes on no controllers but "
	  "cpu, "
	  "cpuset, pids and perf_event, and its parent is a valid domain that does not either",
	  NOTHING, 0 },
	{ "cgroup.type", EINVAL, NULL, "the only type that can be chosen is threaded", NOTHING, 0 },
	{ "cgroup.kill", EOPNOTSUPP, NULL,
	  "it is threaded, and processes are killed whole: kill the domain above it", NOTHING, 0 },
	{ "cgroup.procs", EOPNOTSUPP, NULL,
	  "it is in a threaded subtree, where only threads can be moved", NOTHING, 0 },
	{ "cgroup.procs", EBUSY, NULL,
	  "it passes on controllers to its children, so it can have no processes of its own",
	  NOTHING, 0 },
	{ "cpu.weight*", EINVAL, is_idle,
	  "cpu.idle is 1, which is the least weight of all: set that to 0 first", NOTHING, 0 },
	{ "cpu.max.burst", EINVAL, NULL,
	  "what is saved up cannot be more than the quota of cpu.max", ACCEPTS,
	  0 },
	{ "cpu.max", EINVAL, NULL,
	  "the quota is 1000 us at least and the period 1000 to 1000000 us", ACCEPTS, 0 },
	{ "cpuset.cpus*", EBUSY, is_partition,
	  "it is a partition, and its children or siblings hold some of these CPUs", NOTHING, 0 },
	{ "cpuset.*", EBUSY, NULL, "cgroups below or beside it hold some of that", NOTHING, 0 },
	{ "cpuset.*", ENOSPC, NULL, "its processes would be left without a CPU or memory node",
	  NOTHING, 0 },
	{ "cpuset.*", EACCES, NULL, "its parent does not have all of them", NOTHING, 0 },
	{ "cpuset.*", ERANGE, NULL, "it names a CPU or memory node that this machine cannot have",
	  ACCEPTS, 0 },
	{ "cpuset.cpus.partition", EINVAL, NULL, "that is no kind of partition", ACCEPTS, 0 },
	{ "memory.reclaim", EAGAIN, NULL,
	  "the kernel found less than that to take back; what it found is taken back", NOTHING, 0 },
	{ "memory.*", EBUSY, NULL,
	  "more is in use than that, and the kernel could not take it back", NOTHING, 0 },
	{ "hugetlb.*", EBUSY, NULL, "more huge pages are in use than that", NOTHING, 0 },
	{ "io.*", ENODEV, NULL, DEVICE, NOTHING, 0 },
	{ "io.*", ENXIO, NULL, DEVICE, NOTHING, 0 },
	{ "io.*", EOPNOTSUPP, NULL,
	  "the device does not do that: its scheduler, or the kernel's configuration, lacks it",
	  NOTHING, 0 },
	{ "rdma.max", ENODEV, NULL, "there is no such RDMA device", NOTHING, 0 },
	{ NULL, EOPNOTSUPP, is_invalid,
	  "its parent is threaded and it is not (domain invalid): make it threaded first, or take "
	  "one beside the threaded subtree",
	  NOTHING, 0 },
	{ NULL, EOPNOTSUPP, is_threaded,
	  "it is threaded: limits of memory and IO are those of the domain above it", NOTHING, 0 },
	{ NULL, EOPNOTSUPP, NULL, "this kernel, or a threaded subtree, does not do that", NOTHING,
	  0 },
	{ NULL, EBUSY, NULL, "it is in use now (more may be in use than the new value allows)",
	  NOTHING, 0 },
	{ NULL, ENODEV, NULL, "there is no such device", NOTHING, 0 },
	{ NULL, EROFS, NULL, "cgroups are mounted read-only here, as in an unprivileged container",
	  NOTHING, EPERM },
	{ NULL, ENOSPC, NULL, "the kernel has no room for it", NOTHING, 0 },
	{ NULL, EINVAL, NULL, "the kernel does not understand that", ACCEPTS, 0 },
	{ NULL, ERANGE, NULL, "it is out of range", ACCEPTS, 0 },
};

static bool is_about(const char *pattern, const char *file)
{
	size_t n = pattern ? strlen(pattern) : 0;

	if (!pattern)
		return true;
	return pattern[n - 1] == '*' ? strncmp(pattern, file, n - 1) == 0
				     : strcmp(pattern, file) == 0;
}

static const struct rule *find_rule(const struct refused *r, int code)
{
	for (size_t i = 0; i < VT_LEN(rules); i++)
		if (rules[i].code == code && is_about(rules[i].file, r->file) &&
		    (!rules[i].when || rules[i].when(r)))
			return &rules[i];
	return NULL;
}

/* "it has 1 process, " */
static char *say_processes(const struct refused *r)
{
	size_t n = vt_cgroup_count(r->d->fd);

	return vt_asprintf("it has %zu process%s, ", n, n == 1 ? "" : "es");
}

/* "; it accepts a size such as 100M, or max; it is 1G now" */
static char *say_accepted(const struct refused *r)
{
	const struct vt_limit_row *row = vt_limit_row_find(r->file);
	vt_autofree char *now = vt_cgroup_value(r->d->fd, r->file);
	char accepts[160] = "another value", shown[128] = "unknown";

	if (row)
		vt_limit_accepts(row, accepts, sizeof(accepts));
	if (now)
		vt_limit_show(r->file, now, shown, sizeof(shown));
	return vt_asprintf("; it accepts %s; it is %s now", accepts, shown);
}

int vt_explain_write(const struct vt_cgroup_dir *d, const char *file, const char *value, int code,
		     struct vt_error *err)
{
	const struct refused r = { d, file, value };
	const struct rule *rule = find_rule(&r, code);
	vt_autofree char *before = NULL, *behind = NULL;

	if (!rule && (code == EACCES || code == EPERM))
		return vt_explain_privilege(d, file, code, err);
	if (!rule && code == ENOENT)
		return vt_explain_missing(d, file, err);
	if (!rule)
		return vt_fail(err, code, "cannot set %s of %s to '%s': %s", file, d->path, value,
			       vt_errno_text(code));
	before = rule->with == PROCESSES ? say_processes(&r) : NULL;
	behind = rule->with == ACCEPTS ? say_accepted(&r) : NULL;
	return vt_fail(err, rule->as ? rule->as : code, "cannot set %s of %s to '%s': %s%s%s", file,
		       d->path, value, before ? before : "", rule->why, behind ? behind : "");
}
