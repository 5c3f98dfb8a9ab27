/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said when the kernel refuses a write: file, number and the files around it. */
#include <criterion/criterion.h>
#include <errno.h>

#include "../../src/action_explain.h"
#include "snapshots.h"
#include "tree.h"

static struct vt_builder *builder;
static struct vt_snapshot *snapshot;

static void set_up(void)
{
	struct vt_host_row *host;

	tree_make();
	tree_host.is_self = true;
	builder = vt_builder_new();
	vt_builder_begin(builder);
	host = vt_builder_host(builder);
	VT_SET(HOST, host, cgroup_mount, "/cg");
	snapshot = seal_at(builder, NULL, 0);
}

static void tear_down(void)
{
	vt_snapshot_free(snapshot);
	vt_builder_free(builder);
	tree_remove();
}

TestSuite(refusal, .init = set_up, .fini = tear_down);

struct file {
	const char *name, *text;
};

static const struct {
	const char *file, *value;
	int code, as;
	struct file around[2];
	const char *says;
} cases[] = {
	{ "cgroup.subtree_control",
	  "+memory",
	  EBUSY,
	  EBUSY,
	  { { "cgroup.procs", "7\n8\n" } },
	  "cannot set cgroup.subtree_control of /shop to '+memory': it has 2 processes, and a "
	  "cgroup with" },
	{ "cgroup.subtree_control",
	  "-memory",
	  EBUSY,
	  EBUSY,
	  { { "cgroup.procs", "" } },
	  "still passes it on to its own children" },
	{ "cgroup.subtree_control",
	  "+memory",
	  ENOENT,
	  ENOENT,
	  { { 0 } },
	  "not in its cgroup.controllers" },
	{ "cgroup.subtree_control",
	  "+memory",
	  EOPNOTSUPP,
	  EOPNOTSUPP,
	  { { "cgroup.type", "threaded\n" } },
	  "is threaded and can pass on cpu, cpuset, pids" },
	{ "cgroup.subtree_control",
	  "+pids",
	  EOPNOTSUPP,
	  EOPNOTSUPP,
	  { { "cgroup.type", "domain invalid\n" } },
	  "make it threaded first" },
	{ "cgroup.subtree_control", "+nonsense", EINVAL, EINVAL, { { 0 } }, "is no controller" },
	{ "cgroup.type",
	  "threaded",
	  EOPNOTSUPP,
	  EOPNOTSUPP,
	  { { "cgroup.type", "domain\n" } },
	  "only while it has no processes" },
	{ "cgroup.kill",
	  "1",
	  EOPNOTSUPP,
	  EOPNOTSUPP,
	  { { "cgroup.kill", "" } },
	  "kill the domain above it" },
	{ "cgroup.procs", "7", EBUSY, EBUSY, { { 0 } }, "can have no processes of its own" },
	{ "cgroup.procs", "7", EOPNOTSUPP, EOPNOTSUPP, { { 0 } }, "only threads can be moved" },
	{ "cpu.weight",
	  "100",
	  EINVAL,
	  EINVAL,
	  { { "cpu.weight", "0\n" }, { "cpu.idle", "1\n" } },
	  "cpu.idle is 1" },
	{ "cpu.weight",
	  "0",
	  ERANGE,
	  ERANGE,
	  { { "cpu.weight", "100\n" }, { "cpu.idle", "0\n" } },
	  "it is out of range; it accepts a number from 1 to 10000; it is 100 now" },
	{ "cpu.max",
	  "5 5",
	  EINVAL,
	  EINVAL,
	  { { "cpu.max", "max 100000\n" } },
	  "the period 1000 to 1000000 us; it accepts 50%" },
	{ "cpu.max.burst",
	  "5000",
	  EINVAL,
	  EINVAL,
	  { { "cpu.max.burst", "0\n" } },
	  "cannot be more than the quota of cpu.max" },
	{ "memory.max",
	  "lots",
	  EINVAL,
	  EINVAL,
	  { { "memory.max", "104857600\n" } },
	  "it accepts a size such as 100M, or max; it is 100M now" },
	{ "memory.reclaim",
	  "104857600",
	  EAGAIN,
	  EAGAIN,
	  { { "memory.reclaim", "" } },
	  "found less than that to take back" },
	{ "memory.max", "1", EBUSY, EBUSY, { { "memory.max", "max\n" } }, "more is in use" },
	{ "hugetlb.2MB.max", "1", EBUSY, EBUSY, { { "hugetlb.2MB.max", "max\n" } }, "huge pages" },
	{ "cpuset.cpus",
	  "0-99999",
	  ERANGE,
	  ERANGE,
	  { { "cpuset.cpus", "\n" } },
	  "this machine cannot have; it accepts a list such as 0-3,6" },
	{ "cpuset.cpus",
	  "0",
	  EBUSY,
	  EBUSY,
	  { { "cpuset.cpus", "0-1\n" }, { "cpuset.cpus.partition", "root\n" } },
	  "it is a partition" },
	{ "cpuset.cpus",
	  "",
	  ENOSPC,
	  ENOSPC,
	  { { "cpuset.cpus", "0\n" } },
	  "left without a CPU or memory node" },
	{ "cpuset.mems",
	  "1",
	  EACCES,
	  EACCES,
	  { { "cpuset.mems", "0\n" } },
	  "its parent does not have all of them" },
	{ "cpuset.cpus.partition",
	  "half",
	  EINVAL,
	  EINVAL,
	  { { "cpuset.cpus.partition", "member\n" } },
	  "it accepts member, root or isolated" },
	{ "io.max", "9:99 rbps=1", ENODEV, ENODEV, { { "io.max", "" } }, "no such block device" },
	{ "io.latency",
	  "8:0 target=1",
	  EOPNOTSUPP,
	  EOPNOTSUPP,
	  { { "io.latency", "" } },
	  "the device does not do that" },
	{ "rdma.max", "mlx5 hca_handle=1", ENODEV, ENODEV, { { "rdma.max", "" } }, "RDMA device" },
	{ "memory.max", "1", ENODEV, ESTALE, { { 0 } }, "removed in that moment" },
	{ "memory.max",
	  "1",
	  EOPNOTSUPP,
	  EOPNOTSUPP,
	  { { "memory.max", "max\n" }, { "cgroup.type", "threaded\n" } },
	  "limits of memory and IO are those of the domain" },
	{ "memory.max",
	  "1",
	  EOPNOTSUPP,
	  EOPNOTSUPP,
	  { { "memory.max", "max\n" }, { "cgroup.type", "domain invalid\n" } },
	  "make it threaded first" },
	{ "pids.max", "1", EROFS, EPERM, { { "pids.max", "max\n" } }, "mounted read-only" },
	{ "pids.max",
	  "x",
	  EINVAL,
	  EINVAL,
	  { { "pids.max", "max\n" } },
	  "it accepts a whole number" },
	{ "cgroup.freeze",
	  "2",
	  ERANGE,
	  ERANGE,
	  { { "cgroup.freeze", "0\n" } },
	  "it accepts 0 or 1; it is 0 now" },
	{ "pids.max", "1", EIO, EIO, { { "pids.max", "max\n" } }, "Input/output error" },
};

static struct vt_cgroup_dir hold(void)
{
	struct vt_action_env env = { &tree_host, snapshot, false };
	struct vt_cgroup_dir d = VT_NO_CGROUP;

	cr_assert_eq(vt_cgroup_hold(&env, "/shop", 0, &d, NULL), 0);
	return d;
}

Test(refusal, numbers_become_reasons)
{
	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_error err = { 0 };
		struct vt_cgroup_dir d;

		tree_remove();
		tree_make();
		tree_put("cg/shop/x", "");
		for (size_t k = 0; k < VT_LEN(cases[i].around); k++) {
			const struct file *f = &cases[i].around[k];
			vt_autofree char *path = vt_asprintf("cg/shop/%s", f->name ? f->name : "");

			if (f->name)
				tree_put(path, f->text);
		}
		d = hold();
		cr_expect_eq(
			vt_explain_write(&d, cases[i].file, cases[i].value, cases[i].code, &err),
			-cases[i].as, "case %zu: %d", i, err.code);
		cr_expect(strstr(err.msg, cases[i].says), "case %zu: no '%s' in: %s", i,
			  cases[i].says, err.msg);
		cr_expect(strstr(err.msg, "/shop"), "case %zu: %s", i, err.msg);
		vt_cgroup_close(&d);
	}
}

/* Who may write where: an owner of the directory who is not the file's. */
Test(refusal, borders_of_a_delegation)
{
	struct vt_error err = { 0 };
	struct vt_cgroup_dir d;
	vt_autofree char *file = vt_asprintf("%s/cg/shop/memory.max", tree_root);

	if (geteuid() != 0)
		cr_skip_test("needs root, to give a file away");
	tree_put("cg/shop/memory.max", "max\n");
	d = hold();
	cr_assert_eq(chown(file, 65534, 65534), 0);
	cr_expect_eq(vt_explain_privilege(&d, "memory.max", EACCES, &err), -EACCES);
	cr_expect(
		strstr(err.msg, "delegated to you (uid 0), but its own limits stay with uid 65534"),
		"%s", err.msg);
	cr_assert_eq(chown(file, 0, 0), 0);
	cr_expect_eq(vt_explain_privilege(&d, "memory.max", EPERM, &err), -EPERM);
	cr_expect(strstr(err.msg, "nsdelegate"), "%s", err.msg);
	vt_cgroup_close(&d);
}

Test(refusal, somebody_elses)
{
	struct vt_error err = { 0 };
	struct vt_cgroup_dir d;

	tree_put("cg/shop/memory.max", "max\n");
	d = hold();
	cr_expect_eq(vt_explain_privilege(&d, "memory.max", EACCES, &err), -EACCES);
	cr_expect(strstr(err.msg, "belongs to uid"), "%s", err.msg);
	vt_cgroup_close(&d);
}
