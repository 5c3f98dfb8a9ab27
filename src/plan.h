/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PLAN_H
#define VT_PLAN_H

#include "arena.h"
#include "model.h"

/*
 * A plan is steps as data: what an action would do, in order. Nothing has been
 * changed when a plan exists. apply.h runs, rolls back and undoes plans,
 * journal.h writes them down.
 */
enum vt_op {
	VT_OP_WRITE,  /* value into path/file; was is the value before */
	VT_OP_MKDIR,  /* cgroup path */
	VT_OP_RMDIR,  /* cgroup path */
	VT_OP_MOVE,   /* the target process into cgroup path; was is its cgroup's path */
	VT_OP_SPAWN,  /* the plan's spawn */
	VT_OP_SIGNAL, /* value (a number) to the target process, or to all in cgroup path and below
		       */
	VT_OP_PIN,    /* the target thread to the CPUs of value; was are those before */
	VT_OP_NICE,   /* the target thread's nice value */
	VT_OP_UNIT,   /* properties of the systemd unit whose cgroup is path; see unit_property.h */
	/* The kept namespaces in the directory path go; was names them: "net:4026532177 ..." */
	VT_OP_RELEASE,
	/* Of the network lab, action_net.h; the target is the namespace or the device. */
	VT_OP_NETNS_ADD,
	VT_OP_NETNS_DEL,
	VT_OP_VETH_ADD,
	VT_OP_VETH_DEL,
	/* A file system of the kernel at path, see apply_mount.h; the target is the mount. */
	VT_OP_MOUNT,
	VT_OP_UMOUNT,
};

struct vt_step {
	enum vt_op op;
	/*
	 * Rechecked just before the step runs: the process (pid and start time), or
	 * the cgroup at path (its id; a is 0 where an earlier step creates it).
	 */
	struct vt_id target;
	/* MOVE: id of the cgroup at path; MKDIR: of its parent; 0: not checked. */
	uint64_t dir_id;
	const char *path; /* cgroup path below the mount, "/a/b" */
	const char *file; /* VT_OP_WRITE: "memory.max" */
	/*
	 * was NULL: not known, cannot be checked. RMDIR: the cgroup's settings, a line each.
	 * SPAWN: where its namespaces are kept. RELEASE: which those are.
	 */
	const char *value, *was;
	/*
	 * WRITE to cgroup.kill: waits so long for the last process to end, and writes
	 * only when one is left.
	 */
	unsigned patience_ms;
	bool may_end;            /* MOVE, SIGNAL: a process that has ended is passed over */
	const char *unit;        /* VT_OP_UNIT: "foo.service" */
	bool lasting;            /* VT_OP_UNIT: beyond the next boot */
	const char *says;        /* for people: "set memory.max of /a/b to 100M" */
	const char *shell;       /* the same as a shell command */
	const char *cannot_undo; /* why not; NULL: it can */
};

enum {
	VT_SPAWN_LIMITS = 8
};

/*
 * What unshare or enter runs; see unshare(1) and nsenter(1) for the words. A
 * text is NULL where nothing was said.
 */
struct vt_spawn {
	int ns_flags;              /* CLONE_NEW*: made, or with entering entered */
	struct vt_id enter_target; /* whose namespaces; a 0: only those of ns_files */
	bool fork, mount_proc, map_root, background;
	bool map_auto;   /* the ids that /etc/subuid and /etc/subgid give */
	bool kill_child; /* the command dies with the launcher */
	bool busybox;    /* the host's static busybox runs the command: no shell is needed there */
	bool pane;       /* in a terminal that virttop draws: see tty */
	int tty;         /* pane: that terminal, open, once the plan is applied; 0: none */
	const char *hostname;
	const char *cgroup;                  /* path of an existing cgroup or one made by a step */
	const char *limits[VT_SPAWN_LIMITS]; /* "memory.max=100M", set before anything runs */
	const char *propagation;      /* of mounts: private (also NULL), slave, shared, unchanged */
	const char *root, *directory; /* to change to, in the new mount namespace */
	const char *map_users, *map_groups; /* as typed: INSIDE:OUTSIDE:COUNT,... */
	const char *setgroups;              /* allow, deny */
	const char *keep_at;                /* a directory in which the namespaces stay bound */
	const char *monotonic, *boottime;   /* offsets in seconds */
	/* Made by the plan: what goes into uid_map and gid_map, and whether 0 is in it. */
	const char *uid_lines, *gid_lines;
	bool becomes_root;
	/* Entering: namespaces by file (bind mount, /proc/PID/fd/N) with their inodes, 0 unknown.
	 */
	bool entering, target_root, join_cgroup;
	const char *ns_files[VT_NS_TYPES];
	uint64_t ns_ids[VT_NS_TYPES];
	const char *uid, *gid;   /* numbers; NULL: root of an entered user namespace, else as is */
	const char *const *argv; /* ends with NULL; never empty */
};

struct vt_plan {
	struct vt_arena *arena;
	const char *title; /* "Limit /shop" */
	struct vt_step *steps;
	size_t n_steps, cap_steps;
	const char **effects; /* what it will do, in words; most important first */
	size_t n_effects, cap_effects;
	const struct vt_spawn *spawn; /* NULL unless a step is VT_OP_SPAWN */
	const char *undoes;           /* the journal's id of the plan that this one undoes; NULL */
};

struct vt_plan *vt_plan_new(const char *title);
void vt_plan_free(struct vt_plan *plan);

/* The new step, zeroed; strings put into it must live in plan->arena. Valid until the next. */
struct vt_step *vt_plan_add(struct vt_plan *plan, enum vt_op op);
void vt_plan_effect(struct vt_plan *plan, const char *fmt, ...) VT_PRINTF(2, 3);

/* Fills says and shell from the rest; mount is where cgroup v2 is mounted. */
void vt_step_describe(struct vt_plan *plan, struct vt_step *step, const char *mount);

/*
 * Some step names a process by pid, or starts one that later is: only possible where proc's
 * pids are ours (vt_host_check_pids).
 */
bool vt_plan_names_processes(const struct vt_plan *plan);

/* Something in it can be for good or until the next boot: what systemd sets. */
bool vt_plan_can_last(const struct vt_plan *plan);
void vt_plan_set_lasting(struct vt_plan *plan, bool lasting);

/* A word as a shell reads it back. */
const char *vt_shell_quote(struct vt_arena *arena, const char *word);

/* "write", "mkdir", ...; -1 for an unknown name. */
const char *vt_op_name(enum vt_op op);
int vt_op_find(const char *name);

/* The whole preview as lines of clean text, as `virttop do` prints it; free() it. */
char *vt_plan_preview(const struct vt_plan *plan);

#endif
