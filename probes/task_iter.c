/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program is a row of loads and stores, so it is put together here from a table of
 * members: no compiler for BPF is needed, and where this kernel keeps each member its own
 * type information says.
 */
#include "task_iter.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "../src/memory.h"
#include "btf_path.h"

enum {
	MOST_INSNS = 512,
	ROOM = 64 * 1024, /* the kernel's own buffer has 32 KiB */
	TASK = BPF_REG_6, /* registers that calls leave alone */
	SEQ = BPF_REG_7,
	FIRST = BPF_REG_8,
	SLOTS = sizeof(struct vt_task) / 8,
	LEVELS = 32, /* of PID namespaces: MAX_PID_NS_LEVEL */
};

/* A member of struct task_struct, by the names that kernels have had for it. */
struct field {
	size_t at; /* in struct vt_task */
	const char *paths[2];
	enum {
		ALWAYS,
		OPTIONAL,
		PROBED, /* by a call: older verifiers see no load through a typedef in an array */
	} how;
};

#define AT(field) offsetof(struct vt_task, field)
#define NS(type)  (AT(ns) + 8 * (type))
#define PAGES(i)  (AT(pages) + 8 * (i))

static const struct field fields[] = {
	{ AT(pid), { "pid" }, ALWAYS },
	{ AT(tgid), { "tgid" }, ALWAYS },
	{ AT(ppid), { "real_parent.tgid" }, ALWAYS },
	{ AT(start_ns), { "start_boottime", "real_start_time" }, ALWAYS },
	{ AT(flags), { "flags" }, ALWAYS },
	{ AT(state), { "__state", "state" }, ALWAYS },
	{ AT(exit_state), { "exit_state" }, ALWAYS },
	{ AT(runtime_ns), { "se.sum_exec_runtime" }, ALWAYS },
	{ AT(threads), { "signal.nr_threads" }, ALWAYS },
	{ AT(dead_runtime_ns), { "signal.sum_sched_runtime" }, ALWAYS },
	{ AT(cgroup), { "cgroups.dfl_cgrp.kn.id" }, ALWAYS },
	{ AT(uid), { "real_cred.euid.val" }, ALWAYS },
	{ AT(real_uid), { "real_cred.uid.val" }, ALWAYS },
	{ NS(VT_NS_USER), { "real_cred.user_ns.ns.inum" }, ALWAYS },
	{ NS(VT_NS_MNT), { "nsproxy.mnt_ns.ns.inum" }, ALWAYS },
	{ NS(VT_NS_NET), { "nsproxy.net_ns.ns.inum" }, ALWAYS },
	{ NS(VT_NS_UTS), { "nsproxy.uts_ns.ns.inum" }, ALWAYS },
	{ NS(VT_NS_IPC), { "nsproxy.ipc_ns.ns.inum" }, ALWAYS },
	{ NS(VT_NS_CGROUP), { "nsproxy.cgroup_ns.ns.inum" }, OPTIONAL },
	{ NS(VT_NS_TIME), { "nsproxy.time_ns.ns.inum" }, OPTIONAL },
	{ PAGES(0), { "mm.rss_stat[0].count", "mm.rss_stat.count[0].counter" }, PROBED },
	{ PAGES(1), { "mm.rss_stat[1].count", "mm.rss_stat.count[1].counter" }, PROBED },
	{ PAGES(2), { "mm.rss_stat[3].count", "mm.rss_stat.count[3].counter" }, PROBED },
};

struct vt_task_iter {
	int program, link;
	_Alignas(8) char room[ROOM];
};

/* The program so far. */
struct text {
	struct bpf_insn insns[MOST_INSNS];
	size_t n;
	uint32_t first; /* offset of the pointer of the task that FIRST has; 0 none yet */
	bool too_long;
};

static void emit(struct text *t, int code, int dst, int src, int off, int imm)
{
	if (t->n == MOST_INSNS || off < INT16_MIN || off > INT16_MAX) {
		t->too_long = true;
		return;
	}
	t->insns[t->n++] = (struct bpf_insn){ .code = (uint8_t)code,
					      .dst_reg = (uint8_t)(dst & 0xf),
					      .src_reg = (uint8_t)(src & 0xf),
					      .off = (int16_t)off,
					      .imm = imm };
}

/* Of four or eight bytes. */
static void emit_load(struct text *t, uint32_t size, int dst, int src, uint32_t off)
{
	emit(t, BPF_LDX | BPF_MEM | (size == 4 ? BPF_W : BPF_DW), dst, src, (int)off, 0);
}

static void emit_move(struct text *t, int dst, int src)
{
	emit(t, BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0);
}

static void emit_number(struct text *t, int op, int dst, uint32_t number)
{
	emit(t, BPF_ALU64 | op | BPF_K, dst, 0, 0, (int)number);
}

static int slot_of(size_t at)
{
	return (int)at - (int)sizeof(struct vt_task);
}

/* Stores register 2 at this place of the record, which lies on the stack. */
static void emit_store(struct text *t, size_t at)
{
	emit(t, BPF_STX | BPF_MEM | BPF_DW, BPF_REG_10, BPF_REG_2, slot_of(at), 0);
}

/*
 * Follows pointers from the task into register 1. What jumps at a null is noted. The
 * first pointer is loaded once for the fields in a row that share it: the verifier takes
 * a millisecond for each.
 */
static size_t emit_hops(struct text *t, const struct vt_btf_path *path, size_t *jumps)
{
	size_t n = 0;

	if (path->n > 1 && t->first != path->offsets[0]) {
		emit_load(t, 8, FIRST, TASK, path->offsets[0]);
		t->first = path->offsets[0];
	}
	emit_move(t, BPF_REG_1, path->n > 1 ? FIRST : TASK);
	for (unsigned i = 0; i + 1 < path->n; i++) {
		if (i)
			emit_load(t, 8, BPF_REG_1, BPF_REG_1, path->offsets[i]);
		jumps[n++] = t->n;
		emit(t, BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_1, 0, 0, 0);
	}
	return n;
}

static void land(struct text *t, const size_t *jumps, size_t n)
{
	for (size_t i = 0; i < n && jumps[i] < t->n; i++)
		t->insns[jumps[i]].off = (int16_t)(t->n - jumps[i] - 1);
}

/* Reads size bytes from where register 3 points to into a slot; zeros where it cannot. */
static void emit_probe(struct text *t, size_t at, int size)
{
	emit_move(t, BPF_REG_1, BPF_REG_10);
	emit(t, BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_1, 0, 0, slot_of(at));
	emit_number(t, BPF_MOV, BPF_REG_2, (uint32_t)size);
	emit(t, BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_probe_read_kernel);
}

/* The member, or 0 where a pointer on the way is null. */
static void emit_field(struct text *t, const struct vt_btf_path *path, size_t at)
{
	size_t jumps[VT_BTF_HOPS], n;

	emit_number(t, BPF_MOV, BPF_REG_2, 0);
	n = emit_hops(t, path, jumps);
	emit_load(t, path->size, BPF_REG_2, BPF_REG_1, path->offsets[path->n - 1]);
	land(t, jumps, n);
	emit_store(t, at);
}

/* The same by a call: where a pointer is null there is nothing to be read. */
static void emit_probed(struct text *t, const struct vt_btf_path *path, size_t at)
{
	size_t jumps[VT_BTF_HOPS];

	emit_number(t, BPF_MOV, BPF_REG_2, 0);
	emit_store(t, at);
	land(t, jumps, emit_hops(t, path, jumps));
	emit_move(t, BPF_REG_3, BPF_REG_1);
	emit_number(t, BPF_ADD, BPF_REG_3, path->offsets[path->n - 1]);
	emit_probe(t, at, (int)path->size);
}

static int struct_id(const struct btf *btf, const char *name)
{
	return btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);
}

static bool find_field(const struct btf *btf, int task, const struct field *f,
		       struct vt_btf_path *ret)
{
	for (size_t i = 0; i < VT_LEN(f->paths) && f->paths[i]; i++)
		if (vt_btf_find(btf, task, f->paths[i], ret))
			return ret->size == 4 || ret->size == 8;
	return false;
}

static bool emit_fields(struct text *t, const struct btf *btf, int task, struct vt_error *err)
{
	for (size_t i = 0; i < VT_LEN(fields); i++) {
		const struct field *f = &fields[i];
		struct vt_btf_path path;

		if (find_field(btf, task, f, &path)) {
			(f->how == PROBED ? emit_probed : emit_field)(t, &path, f->at);
			continue;
		}
		if (f->how != OPTIONAL) {
			vt_fail(err, EPROTO, "this kernel's tasks have no %s", f->paths[0]);
			return false;
		}
		emit_number(t, BPF_MOV, BPF_REG_2, 0);
		emit_store(t, f->at);
	}
	return true;
}

static bool emit_comm(struct text *t, const struct btf *btf, int task)
{
	struct vt_btf_path path;

	if (!vt_btf_find(btf, task, "comm", &path) ||
	    path.size < sizeof(((struct vt_task *)NULL)->comm))
		return false;
	for (uint32_t i = 0; i < 2; i++) {
		emit_load(t, 8, BPF_REG_2, TASK, path.offsets[0] + 8 * i);
		emit_store(t, AT(comm) + 8 * i);
	}
	return true;
}

/*
 * The PID namespace that a task is in is that of its deepest number: an array at the end
 * of struct pid, with an index that only the task knows, so that no plain load reaches it.
 */
static bool emit_pid_namespace(struct text *t, const struct btf *btf, int task)
{
	const size_t at = NS(VT_NS_PID);
	struct vt_btf_path pid, level, numbers, ns, inode;
	int upid = struct_id(btf, "upid"), of_pid = struct_id(btf, "pid"),
	    of_ns = struct_id(btf, "pid_namespace");
	size_t jump;

	if (upid < 0 || !vt_btf_find(btf, task, "thread_pid", &pid) ||
	    !vt_btf_find(btf, of_pid, "level", &level) || level.size != 4 ||
	    !vt_btf_find(btf, of_pid, "numbers", &numbers) || !vt_btf_find(btf, upid, "ns", &ns) ||
	    !vt_btf_find(btf, of_ns, "ns.inum", &inode) || inode.size != 4)
		return false;
	emit_number(t, BPF_MOV, BPF_REG_2, 0);
	emit_store(t, at);
	emit_load(t, 8, BPF_REG_3, TASK, pid.offsets[0]);
	jump = t->n;
	emit(t, BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_3, 0, 0, 0);
	emit_load(t, 4, BPF_REG_1, BPF_REG_3, level.offsets[0]);
	emit_number(t, BPF_AND, BPF_REG_1, 2 * LEVELS - 1);
	emit_number(t, BPF_MUL, BPF_REG_1, (uint32_t)btf__resolve_size(btf, (uint32_t)upid));
	emit(t, BPF_ALU64 | BPF_ADD | BPF_X, BPF_REG_3, BPF_REG_1, 0, 0);
	emit_number(t, BPF_ADD, BPF_REG_3, numbers.offsets[0] + ns.offsets[0]);
	emit_probe(t, at, 8);
	emit_load(t, 8, BPF_REG_3, BPF_REG_10, (uint32_t)slot_of(at));
	emit_number(t, BPF_ADD, BPF_REG_3, inode.offsets[0]);
	emit_number(t, BPF_MOV, BPF_REG_2, 0);
	emit_store(t, at);
	emit_probe(t, at, 4);
	land(t, &jump, 1);
	return true;
}

/*
 * The context is struct bpf_iter__task: bpf_iter_meta, which begins with the sequence file,
 * and the task; after the last there is a null.
 */
static bool emit_all(struct text *t, const struct btf *btf, struct vt_error *err)
{
	int task = struct_id(btf, "task_struct");
	size_t jump;

	emit_load(t, 8, TASK, BPF_REG_1, 8);
	emit_load(t, 8, SEQ, BPF_REG_1, 0);
	emit_load(t, 8, SEQ, SEQ, 0);
	jump = t->n;
	emit(t, BPF_JMP | BPF_JEQ | BPF_K, TASK, 0, 0, 0);
	if (!emit_fields(t, btf, task, err))
		return false;
	if (!emit_comm(t, btf, task) || !emit_pid_namespace(t, btf, task)) {
		vt_fail(err, EPROTO, "this kernel's tasks are of another shape");
		return false;
	}
	emit_move(t, BPF_REG_1, SEQ);
	emit_move(t, BPF_REG_2, BPF_REG_10);
	emit(t, BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_2, 0, 0, slot_of(0));
	emit_number(t, BPF_MOV, BPF_REG_3, sizeof(struct vt_task));
	emit(t, BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_seq_write);
	land(t, &jump, 1);
	emit_number(t, BPF_MOV, BPF_REG_0, 0);
	emit(t, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	if (t->too_long)
		vt_fail(err, E2BIG, "the program for the task iterator is too long");
	return !t->too_long;
}

static int load(struct text *t, const struct btf *btf, struct vt_error *err)
{
	int hook = btf__find_by_name_kind(btf, "bpf_iter_task", BTF_KIND_FUNC), fd;
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_ITER);

	if (hook < 0)
		return vt_fail(err, ENOTSUP, "this kernel has no task iterator (Linux 5.8)");
	if (!emit_all(t, btf, err))
		return -EPROTO;
	opts.attach_btf_id = (uint32_t)hook;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "virttop_tasks", "GPL", t->insns, t->n, &opts);
	return fd < 0 ? vt_fail(err, -fd, "the task iterator's program is refused: %s",
				vt_errno_text(-fd))
		      : fd;
}

struct vt_task_iter *vt_task_iter_new(struct vt_error *err)
{
	struct vt_task_iter *it;
	struct text *t;
	struct btf *btf;
	int program, link;

	libbpf_set_print(NULL);
	btf = btf__load_vmlinux_btf();
	if (!btf) {
		vt_fail(err, ENOTSUP, "the kernel has no type information: %s",
			vt_errno_text(errno));
		return NULL;
	}
	t = vt_alloc(sizeof(*t));
	program = load(t, btf, err);
	free(t);
	btf__free(btf);
	if (program < 0)
		return NULL;
	link = bpf_link_create(program, 0, BPF_TRACE_ITER, NULL);
	if (link < 0) {
		vt_fail(err, -link, "the task iterator cannot be made: %s", vt_errno_text(-link));
		(void)close(program);
		return NULL;
	}
	it = vt_alloc(sizeof(*it));
	it->program = program;
	it->link = link;
	return it;
}

void vt_task_iter_free(struct vt_task_iter *it)
{
	if (!it)
		return;
	(void)close(it->link);
	(void)close(it->program);
	free(it);
}

int vt_task_iter_run(struct vt_task_iter *it, void (*take)(const struct vt_task *task, void *arg),
		     void *arg)
{
	vt_autoclose int fd = bpf_iter_create(it->link);
	ssize_t n;

	if (fd < 0)
		return fd;
	while ((n = read(fd, it->room, sizeof(it->room))) != 0) {
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return -errno;
		for (ssize_t i = 0; i + (ssize_t)sizeof(struct vt_task) <= n;
		     i += (ssize_t)sizeof(struct vt_task))
			take((const struct vt_task *)(const void *)(it->room + i), arg);
	}
	return 0;
}
