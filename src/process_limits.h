/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PROCESS_LIMITS_H
#define VT_PROCESS_LIMITS_H

#include "snapshot.h"

/*
 * What limits one process beside its cgroup: resource limits (getrlimit(2)) and
 * what it uses of them, its capabilities where they lift a limit, CPU affinity,
 * and cgroup v1. Read on demand by the probes (struct vt_detail); what binds
 * first is worked out here from it and a snapshot.
 */
enum vt_rlimit {
	VT_RLIMIT_CPU,
	VT_RLIMIT_FSIZE,
	VT_RLIMIT_DATA,
	VT_RLIMIT_STACK,
	VT_RLIMIT_CORE,
	VT_RLIMIT_RSS,
	VT_RLIMIT_NPROC,
	VT_RLIMIT_NOFILE,
	VT_RLIMIT_MEMLOCK,
	VT_RLIMIT_AS,
	VT_RLIMIT_LOCKS,
	VT_RLIMIT_SIGPENDING,
	VT_RLIMIT_MSGQUEUE,
	VT_RLIMIT_NICE,
	VT_RLIMIT_RTPRIO,
	VT_RLIMIT_RTTIME,
	VT_RLIMITS
};

struct vt_rlimit_info {
	const char *name; /* "nofile", as prlimit(1) and limits.conf(5) call it */
	const char *line; /* "Max open files", as /proc/PID/limits does */
	enum vt_unit unit;
	double scale; /* of the file's number to the unit: seconds to us */
};
extern const struct vt_rlimit_info vt_rlimits[VT_RLIMITS];

/* Capabilities that lift limits (capabilities(7)), by their bit. */
enum {
	VT_CAP_IPC_LOCK = 14,
	VT_CAP_SYS_ADMIN = 21,
	VT_CAP_SYS_RESOURCE = 24,
};

/* A controller that a v1 hierarchy holds, and its limit that binds. */
struct vt_v1_limit {
	const char *controller, *path; /* of the process in that hierarchy */
	const char *says;              /* the main limits, for people; NULL: none could be read */
	const char *file, *from;       /* "pids.max" and who sets it; NULL: nothing binds */
	uint64_t max, current;         /* where from is set, of memory and pids */
};

struct vt_process_limits {
	struct {
		bool known, used_known;
		uint64_t soft, hard, used; /* VT_MAX: unlimited */
	} rlimits[VT_RLIMITS];
	bool caps_known, oom_known;
	uint64_t caps; /* effective ones */
	int64_t oom_score_adj;
	uint64_t oom_score;
	const char *cpus_allowed; /* CPU affinity as a list; NULL unknown */
	uint64_t n_cpus_allowed;
	struct vt_v1_limit *v1;
	size_t n_v1;
};

/* What a process may run out of. */
enum vt_want {
	VT_WANT_TASKS,
	VT_WANT_MEMORY,
	VT_WANT_FILES,
	VT_WANTS
};

/* A limit in its way. */
struct vt_bound {
	const char *limit; /* "RLIMIT_NPROC", "pids.max", "kernel.threads-max" */
	const char *from;  /* the cgroup that sets it; NULL: none does */
	uint64_t max, room;
};

enum {
	VT_BOUNDS = 8
};

/*
 * The limits that hold for the process, the one that it meets first before the
 * others; at most VT_BOUNDS. Limits that do not hold for it are left out
 * (RLIMIT_NPROC of root). limits may be NULL: its own are not known then.
 */
size_t vt_process_bounds(const struct vt_snapshot *s, const struct vt_process *p,
			 const struct vt_process_limits *limits, enum vt_want want,
			 struct vt_bound ret[VT_BOUNDS]);

/* A capability that counts on the host: not one in a user namespace of its own. */
bool vt_process_has_cap(const struct vt_snapshot *s, const struct vt_process *p,
			const struct vt_process_limits *limits, unsigned cap);

#endif
