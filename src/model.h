/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_MODEL_H
#define VT_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metric_rows.h"

/*
 * The records of the model. A record is an identity, metrics (metric_rows.h)
 * and relations. Relations are ids while a snapshot is built and indices into
 * the same snapshot's tables after it is sealed (-1: none or unknown).
 *
 * Each kind: X(KIND, struct and function name, plural and JSON name).
 */
#define VT_KINDS(X)                                                                                \
	X(HOST, host_row, "host")                                                                  \
	X(PROCESS, process, "processes")                                                           \
	X(NAMESPACE, namespace, "namespaces")                                                      \
	X(KEEPER, keeper, "kept_by")                                                               \
	X(CGROUP, cgroup, "cgroups")                                                               \
	X(IODEV, iodev, "io")                                                                      \
	X(HUGETLB, hugetlb, "hugetlb")                                                             \
	X(RESOURCE, resource, "resources")                                                         \
	X(OOM, oom, "oom_kills")                                                                   \
	X(CONTAINER, container, "containers")                                                      \
	X(MACHINE, machine, "machines")                                                            \
	X(VCPU, vcpu, "vcpus")                                                                     \
	X(WORKER, worker, "workers")                                                               \
	X(TAP, tap, "taps")                                                                        \
	X(INTERFACE, interface, "interfaces")                                                      \
	X(MODULE, module, "modules")                                                               \
	X(PARAMETER, parameter, "parameters")

#define VT_KIND_ENUM(KIND, name, plural) VT_KIND_##KIND,
enum vt_kind {
	VT_KINDS(VT_KIND_ENUM) VT_KIND_COUNT
};

/*
 * Identity within a kind, never a position or a path:
 *   host       0, 0                     machine   VMM pid, start_ticks
 *   process    pid, start_ticks         vcpu      VMM pid, vCPU number
 *   tap        VMM pid, descriptor      worker    VMM pid, tid
 *   namespace  nsfs inode, 0            interface net namespace inode, ifindex
 *   cgroup     cgroup id, 0             module    hash of its name, 0
 *   iodev      cgroup id, major<<32|minor         parameter hash of module, hash of name
 *   oom        number of the record in the kernel log, 0
 *   keeper     namespace's inode, order
 *   hugetlb    cgroup id, page bytes    container id of its root cgroup, 0
 *   resource   cgroup id, hash of controller and name
 */
struct vt_id {
	enum vt_kind kind;
	uint64_t a, b;
};

enum {
	VT_VALID_WORDS = 4, /* of the kind with the most metrics */
	VT_SEEN_BEFORE = 1
};

/* Every record begins with this. */
struct vt_head {
	uint64_t a, b;          /* identity */
	uint64_t first_seen_ns; /* CLOCK_MONOTONIC; 0: was there at the first snapshot;
				 * VT_SEEN_BEFORE from a probe: so too, but found late */
	union {
		/* Once sealed: when it was found missing; 0 while it is there. */
		uint64_t gone_ns;
		/*
		 * While building: bits of metrics that the probe left out since they hardly
		 * ever change; sealing takes them from the snapshot before. NULL: none.
		 * Outlives the probe's scan.
		 */
		const uint64_t *kept;
	};
	/* Then one bit a metric, in as many words as the kind needs: the value is known. */
};

static inline bool vt_valid(const struct vt_head *h, unsigned bit)
{
	return ((const uint64_t *)(h + 1))[bit / 64] >> (bit % 64) & 1;
}

static inline void vt_valid_set(struct vt_head *h, unsigned bit)
{
	((uint64_t *)(h + 1))[bit / 64] |= 1ull << (bit % 64);
}

static inline void vt_valid_clear(struct vt_head *h, unsigned bit)
{
	((uint64_t *)(h + 1))[bit / 64] &= ~(1ull << (bit % 64));
}

/* Enumerators VT_PROCESS_pid, ..., one for each row, and VT_PROCESS_METRICS. */
#define VT_E1(KIND, field)         VT_##KIND##_##field,
#define VT_E_HOST(field, ...)      VT_E1(HOST, field)
#define VT_E_PROCESS(field, ...)   VT_E1(PROCESS, field)
#define VT_E_NAMESPACE(field, ...) VT_E1(NAMESPACE, field)
#define VT_E_KEEPER(field, ...)    VT_E1(KEEPER, field)
#define VT_E_CGROUP(field, ...)    VT_E1(CGROUP, field)
#define VT_E_IODEV(field, ...)     VT_E1(IODEV, field)
#define VT_E_HUGETLB(field, ...)   VT_E1(HUGETLB, field)
#define VT_E_RESOURCE(field, ...)  VT_E1(RESOURCE, field)
#define VT_E_OOM(field, ...)       VT_E1(OOM, field)
#define VT_E_CONTAINER(field, ...) VT_E1(CONTAINER, field)
#define VT_E_MACHINE(field, ...)   VT_E1(MACHINE, field)
#define VT_E_VCPU(field, ...)      VT_E1(VCPU, field)
#define VT_E_WORKER(field, ...)    VT_E1(WORKER, field)
#define VT_E_TAP(field, ...)       VT_E1(TAP, field)
#define VT_E_INTERFACE(field, ...) VT_E1(INTERFACE, field)
#define VT_E_MODULE(field, ...)    VT_E1(MODULE, field)
#define VT_E_PARAMETER(field, ...) VT_E1(PARAMETER, field)
#define VT_METRIC_ENUM(KIND, name, plural)                                                         \
	enum {                                                                                     \
		VT_##KIND##_ROWS(VT_E_##KIND, VT_E_##KIND, VT_E_##KIND, VT_E_##KIND, VT_E_##KIND,  \
				 VT_E_##KIND) VT_##KIND##_METRICS                                  \
	};
VT_KINDS(VT_METRIC_ENUM)

#define VT_FIELD_INT(field, ...)  uint64_t field;
#define VT_FIELD_REAL(field, ...) double field;
#define VT_FIELD_STR(field, ...)  const char *field;
#define VT_FIELDS_OF(ROWS)                                                                         \
	ROWS(VT_FIELD_INT, VT_FIELD_REAL, VT_FIELD_INT, VT_FIELD_REAL, VT_FIELD_REAL, VT_FIELD_STR)
#define VT_HEAD(KIND)                                                                              \
	struct vt_head head;                                                                       \
	uint64_t valid[(VT_##KIND##_METRICS + 63) / 64];
#define VT_FIELDS(KIND) VT_HEAD(KIND) VT_FIELDS_OF(VT_##KIND##_ROWS)

/* VT_SET(CGROUP, cg, pids_current, 12) sets a metric and marks it known. */
#define VT_SET(KIND, rec, field, value)                                                            \
	((rec)->field = (value), vt_valid_set(&(rec)->head, VT_##KIND##_##field))
#define VT_HAS(KIND, rec, field) vt_valid(&(rec)->head, VT_##KIND##_##field)

/* Namespace types in the order of lsns and of clone flags' man page. */
enum vt_ns_type {
	VT_NS_MNT,
	VT_NS_PID,
	VT_NS_NET,
	VT_NS_UTS,
	VT_NS_IPC,
	VT_NS_USER,
	VT_NS_CGROUP,
	VT_NS_TIME,
	VT_NS_TYPES
};

/* "mnt", "pid", ...; the name below /proc/PID/ns. */
extern const char *const vt_ns_names[VT_NS_TYPES];
/* "--mount", "--pid", ...: as unshare(1) and nsenter(1) call them. */
extern const char *const vt_ns_options[VT_NS_TYPES];
/* CLONE_NEWNS, CLONE_NEWPID, ... */
extern const int vt_ns_clone_flags[VT_NS_TYPES];
/* -1 for an unknown name; "mount" and "network" are accepted as unshare(1) does. */
int vt_ns_type_find(const char *name);

enum {
	VT_HISTORY = 120
}; /* samples kept of the host's figures */

struct vt_host_row {
	VT_FIELDS(HOST)
	/* The newest last; -1 where a sample is unknown. */
	float cpu_history[VT_HISTORY], mem_history[VT_HISTORY];
	size_t n_history;
};

/* The namespaces that a process is in. Most processes share theirs with many others. */
struct vt_ns_set {
	uint32_t id[VT_NS_TYPES]; /* nsfs inode, 0 unknown */
	int32_t at[VT_NS_TYPES];  /* index of the namespace, -1; once sealed */
	bool related;
};

struct vt_process {
	VT_FIELDS(PROCESS)
	const struct vt_ns_set *ns; /* NULL: all are unknown */
	int32_t ns_errno;           /* why namespaces are unknown, 0 */
	bool kernel_thread;
	const char *cgroup_path; /* below the mount; "/../x" is beside it; NULL unknown */
	uint64_t cgroup_dir_id;  /* of the directory there, when it was looked at; 0: it was not */
	int32_t cgroup, parent, machine;
};

/* The inode of its namespace of this type, 0 unknown; and its index, -1. */
static inline uint32_t vt_process_ns_id(const struct vt_process *p, int type)
{
	return p->ns ? p->ns->id[type] : 0;
}

static inline int32_t vt_process_ns(const struct vt_process *p, int type)
{
	return p->ns ? p->ns->at[type] : -1;
}

struct vt_namespace {
	VT_HEAD(NAMESPACE)
	VT_FIELDS_OF(VT_NS_COMMON_ROWS)
	/* There are thousands: what one type alone has is in one place. Ask VT_HAS first. */
	union {
		struct {
			VT_FIELDS_OF(VT_NS_USER_ROWS)
		};
		struct {
			VT_FIELDS_OF(VT_NS_PID_ROWS)
		};
		struct {
			VT_FIELDS_OF(VT_NS_MNT_ROWS)
		};
		struct {
			VT_FIELDS_OF(VT_NS_NET_ROWS)
		};
		struct {
			VT_FIELDS_OF(VT_NS_UTS_ROWS)
		};
		struct {
			VT_FIELDS_OF(VT_NS_IPC_ROWS)
		};
		struct {
			VT_FIELDS_OF(VT_NS_CGROUP_ROWS)
		};
		struct {
			VT_FIELDS_OF(VT_NS_TIME_ROWS)
		};
	};
	enum vt_ns_type ns_type;
	int32_t parent, owner;            /* indices of namespaces */
	int32_t leader;                   /* index of a process */
	const char *kept_by, *kept_where; /* of its first keeper; NULL unknown */
	int32_t first_keeper, n_keepers;  /* its run of further keepers */
	int32_t relations_errno;          /* why parent and owner are unknown, 0 */
};

/*
 * What keeps a namespace alive, but for the first, which most have alone: that is in the
 * namespace's own row. Of each namespace only the first few are kept.
 */
struct vt_keeper {
	VT_FIELDS(KEEPER)
};

struct vt_cgroup {
	VT_FIELDS(CGROUP)
	const char *name; /* last part of the path, "/" for the root */
	int32_t parent, depth;
	int32_t first_iodev, n_iodevs, first_hugetlb, n_hugetlbs, first_resource, n_resources;
	int32_t container;
	/* Since when its usage has been watched for trends, and how long (trend.c). */
	uint64_t trend_since_ns, trend_ns;
};

struct vt_iodev {
	VT_FIELDS(IODEV)
	const char *of_limit_from; /* the cgroup whose io.max of_limit_percent is of; NULL */
};

struct vt_hugetlb {
	VT_FIELDS(HUGETLB)
};

struct vt_resource {
	VT_FIELDS(RESOURCE)
};

struct vt_oom {
	VT_FIELDS(OOM)
};

struct vt_container {
	VT_FIELDS(CONTAINER)
	int32_t cgroup, leader;
};

struct vt_machine {
	VT_FIELDS(MACHINE)
	int32_t process, cgroup;
	/* How often, since the probe began, all its vCPUs were seen to be new threads. */
	uint64_t vcpus_remade;
	int32_t first_vcpu, n_vcpus, first_worker, n_workers, first_tap, n_taps;
};

struct vt_vcpu {
	VT_FIELDS(VCPU)
	int32_t machine;
};

/* A thread that does I/O for a machine beside its vCPUs. */
struct vt_worker {
	VT_FIELDS(WORKER)
	int32_t machine;
};

/* A network card of a machine as the host has it: an interface that its VMM holds open. */
struct vt_tap {
	VT_FIELDS(TAP)
	int32_t machine, interface;
};

struct vt_interface {
	VT_FIELDS(INTERFACE)
	int32_t namespace;
};

struct vt_module {
	VT_FIELDS(MODULE)
};

struct vt_parameter {
	VT_FIELDS(PARAMETER)
	int32_t module;
};

/* What a probe could not read, or a person should know. Equal ones are counted. */
struct vt_note {
	const char *probe, *text;
	unsigned times;
};

struct vt_probe_run {
	const char *name, *source; /* source: which back end served it */
	uint64_t duration_usec;
};

enum vt_severity {
	VT_NOTICE,
	VT_WARNING,
	VT_CRITICAL
};

/* The change that a finding offers, as an action; see remedy.h. */
struct vt_fix {
	const char *action;       /* "limit", "thaw"; NULL: none */
	const char *path;         /* of the cgroup to change, */
	uint64_t path_id;         /* and its id */
	const char *file, *value; /* of limit: "cpu.max", "40%" */
	const char *command;      /* "virttop do limit /shop cpu.max=40%" */
};

/* Who made it so, where that can be told only when it happens. */
struct vt_cause {
	enum {
		VT_CAUSE_UNKNOWN,
		VT_CAUSE_HOST,
		VT_CAUSE_CGROUP, /* by its limit */
	} what;
	bool is_sure;    /* not what was likely only */
	uint64_t cgroup; /* its id */
};

/* Something that hurts, ranked by severity. See derive.h. */
struct vt_finding {
	enum vt_severity severity;
	const char *kind; /* rule name: "throttled", "oom-killed", ... */
	struct vt_id subject;
	const char *name;     /* of the subject, for people */
	const char *evidence; /* one line with the figures */
	const char *advice;
	uint64_t since_ns; /* wall clock when it was first found */
	struct vt_cause cause;
	struct vt_fix fix;
};

/* Something that happened between two snapshots. */
struct vt_event {
	uint64_t at_ns;   /* wall clock */
	const char *kind; /* "created", "removed", "oom-kill", "frozen", ... */
	struct vt_id subject;
	const char *name, *text;
};

#endif
