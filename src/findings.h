/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_FINDINGS_H
#define VT_FINDINGS_H

#include "idmap.h"
#include "snapshot.h"

/*
 * Between the engine (findings.c), which asks each rule about each cgroup,
 * ranks and keeps what was found, the table of rules (finding_rules.c) and the
 * conditions (the other finding_*.c). A condition is linear at most in the depth
 * of the tree. Only the manual's generator reads the table too.
 */

/* What a rule says of a cgroup, or of the host. */
struct vt_verdict {
	enum vt_severity severity;
	double weight;        /* larger is worse among equals in severity */
	const char *evidence; /* in the arena */
	uint64_t since_ns;    /* 0: since it was first found */
	struct vt_cause cause;
};

/*
 * Growth of a counter at each cgroup itself (growth.h), since the snapshot before or
 * ever; SWAP_FAIL also below it, since that is counted at whose page it is.
 */
enum vt_grown {
	VT_GROWN_KILLED,
	VT_GROWN_KILLED_EVER,
	VT_GROWN_OOM,
	VT_GROWN_OOM_EVER,
	VT_GROWN_LOW,
	VT_GROWN_HIGH,
	VT_GROWN_MAX,
	VT_GROWN_SWAP_FAIL,
	VT_GROWN_FORKS_REFUSED,
	VT_GROWN_COUNTERS
};

/* What is known of a cgroup's children before any rule is asked. */
struct vt_tally {
	int32_t busiest, largest;      /* child with the most CPU, memory; -1 */
	size_t populated;              /* children with processes in them or below */
	uint64_t min_claim, low_claim; /* memory.min, memory.low of all children together */
	uint64_t most_dying;           /* dying_descendants of the child that has most */
	unsigned pressed;              /* bits of resources that a descendant accounts for */
};

/* What all rules look at. */
struct vt_search {
	struct vt_snapshot *s;
	const struct vt_snapshot *prev;
	const struct vt_cgroup *cgs;
	size_t n;
	uint64_t *grown[VT_GROWN_COUNTERS]; /* a cgroup each */
	struct vt_tally *tally;             /* a cgroup each */
	uint64_t *refused_below;            /* a resource each: growth in the children */
	struct vt_idmap before; /* hash of kind and subject to index in prev's findings */
};

struct vt_pressure {
	const char *name;
	unsigned bit;
	int some, full, host_some, host_full;
};

enum {
	VT_PRESSURE_CPU = 1,
	VT_PRESSURE_MEMORY = 2,
	VT_PRESSURE_IO = 4,
};

struct vt_rule {
	const char *kind;
	const char *when; /* it holds, for the manual; NULL: a row of the same kind says it */
	const char *advice;
	/* cg is NULL for rules on the host. Cgroups are asked about children first. */
	bool (*holds)(struct vt_search *f, const struct vt_rule *rule, const struct vt_cgroup *cg,
		      struct vt_verdict *v);
	bool host;
	unsigned most;                      /* so many are told, the worst; 0: all */
	const struct vt_pressure *pressure; /* of the pressure rules */
};

/* In order of importance among equals in severity. */
extern const struct vt_rule vt_rules[];
extern const size_t vt_n_rules;

/* Help for conditions (findings.c). */
const char *vt_search_bytes(const struct vt_search *f, uint64_t value);
double vt_percent_of(uint64_t part, uint64_t whole);
uint64_t vt_search_grown(const struct vt_search *f, enum vt_grown what, const struct vt_cgroup *cg);
const struct vt_tally *vt_search_tally(const struct vt_search *f, const struct vt_cgroup *cg);
/* "; busiest below: api.service 19%", or "". */
const char *vt_search_busiest(const struct vt_search *f, const struct vt_cgroup *cg);
const char *vt_search_largest(const struct vt_search *f, const struct vt_cgroup *cg);
/* Of its memory.min and memory.low, what its children share; both are known (finding_memory.c). */
uint64_t vt_protection_min(const struct vt_cgroup *cg);
uint64_t vt_protection_low(const struct vt_cgroup *cg);
/* It or one below it has processes, seen or hidden (hidepid, other PID namespaces). */
bool vt_search_is_populated(const struct vt_cgroup *cg);
/* The same finding of the snapshot before, or NULL. */
const struct vt_finding *vt_search_before(const struct vt_search *f, const char *kind,
					  struct vt_id subject);
/* The kubelet sets what is below its cgroups, and nobody there expects each value to count. */
bool vt_search_is_kubelets(const struct vt_cgroup *cg);

#define VT_RULE(name)                                                                              \
	bool vt_rule_##name(struct vt_search *f, const struct vt_rule *rule,                       \
			    const struct vt_cgroup *cg, struct vt_verdict *v);
/* finding_limits.c */
VT_RULE(throttled)
VT_RULE(pids_max)
VT_RULE(io_limited)
VT_RULE(cpuset_small)
VT_RULE(refused)
/* finding_memory.c */
VT_RULE(oom_killed)
VT_RULE(killed_in_log)
VT_RULE(memory_max)
VT_RULE(memory_high)
VT_RULE(swap_max)
VT_RULE(overcommitted)
/* finding_pressure.c */
VT_RULE(pressed)
VT_RULE(host_pressed)
VT_RULE(host_memory)
VT_RULE(host_swap)
/* finding_units.c */
VT_RULE(behind_systemd)
VT_RULE(unit_without_controller)
/* finding_settings.c */
VT_RULE(frozen)
VT_RULE(cannot_bind)
VT_RULE(weight_idle)
VT_RULE(no_controller)
VT_RULE(partition_invalid)
VT_RULE(dying)
VT_RULE(full_of_cgroups)
#undef VT_RULE

#endif
