/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits in systemd's unit files, and what differs from them. */
#include <criterion/criterion.h>

#include "../../probes/parse_unit.h"
#include "../../src/unit_limits.h"
#include "snapshots.h"

static const uint64_t m = 1u << 20;

Test(parse_unit, settings)
{
	struct vt_unit_limits l = VT_UNIT_LIMITS_NONE;

	vt_parse_unit("[Unit]\nDescription=MemoryMax=1\n", &l);
	cr_expect(l.memory_max == VT_MAX && l.memory_high == VT_MAX && !l.pids_said);
	cr_expect(isinf(l.cpu_max_percent));
	vt_parse_unit("[Service]\n# MemoryMax=1M\n;MemoryHigh=1M\nMemoryMax = 100M \r\n"
		      "MemoryHigh=1G\nTasksMax=50\nCPUQuota=20%\n",
		      &l);
	cr_expect_eq(l.memory_max, 100 * m);
	cr_expect_eq(l.memory_high, 1024 * m);
	cr_expect(l.pids_said && l.pids_max == 50);
	cr_expect_float_eq(l.cpu_max_percent, 20, 1e-9);
	/* A drop-in that comes later: empty sets back, infinity is no limit. */
	vt_parse_unit("[Service]\nMemoryMax=infinity\nMemoryHigh=\nTasksMax=\nCPUQuota=\n", &l);
	cr_expect(l.memory_max == VT_MAX && l.memory_high == VT_MAX && !l.pids_said);
	cr_expect(isinf(l.cpu_max_percent));
}

Test(parse_unit, shares_are_systemds_to_compute)
{
	struct vt_unit_limits l = VT_UNIT_LIMITS_NONE;

	vt_parse_unit("MemoryMax=50%\nMemoryHigh=40%\nTasksMax=33%\nCPUQuota=nonsense\n", &l);
	cr_expect(l.memory_max_odd && l.memory_high_odd && l.pids_odd && l.pids_said);
	cr_expect(isinf(l.cpu_max_percent));
	vt_parse_unit("MemoryMax=1M\n", &l);
	cr_expect_not(l.memory_max_odd);
}

Test(parse_unit, any_text)
{
	static const char *const texts[] = {
		"",
		"=",
		"MemoryMax",
		"MemoryMax=",
		"TasksMax=\xff",
		"CPUQuota=%",
		"\n\n=\n[",
		"MemoryMax=99999999999999999999999999999999999999999999999999999999999999",
	};

	for (size_t i = 0; i < VT_LEN(texts); i++) {
		struct vt_unit_limits l = VT_UNIT_LIMITS_NONE;

		vt_parse_unit(texts[i], &l);
		cr_expect_eq(l.memory_max, VT_MAX, "'%s'", texts[i]);
	}
}

Test(parse_unit, whose_it_is)
{
	cr_expect(vt_unit_is_systems("/system.slice/a.service"));
	cr_expect(vt_unit_is_systems("/a.slice/a-b.slice"));
	cr_expect(vt_unit_is_systems("/init.scope"));
	cr_expect_not(vt_unit_is_systems("/user.slice/user-1.slice/user@1.service/app.slice"));
	cr_expect_not(vt_unit_is_systems("/machine.slice/x.scope/payload/init.scope"));
	cr_expect_not(vt_unit_is_systems("/x/a.service"));
	cr_expect_not(vt_unit_is_systems("/"));
}

Test(parse_unit, behind_systemd)
{
	static const struct {
		const char *what;
		uint64_t memory, memory_said, pids, pids_said;
		double cpu, cpu_said;
		const char *evidence; /* NULL: nothing is found */
		const char *fix;
	} cases[] = {
		{ "none", VT_MAX, VT_MAX, 10, 10, INFINITY, INFINITY, NULL, NULL },
		{ "as said", 100, 100, 10, 10, 20, 20, NULL, NULL },
		{ "quota rounded", 100, 100, 10, 10, 33, 33.33, NULL, NULL },
		{ "another", 50, 100, 10, 10, 20, 20,
		  "memory.max is 50M, systemd's files say MemoryMax=100M",
		  "virttop do limit /a.service memory.max=104857600" },
		{ "not said", 50, VT_MAX, 10, 10, INFINITY, INFINITY,
		  "memory.max is 50M, systemd's files say no MemoryMax",
		  "virttop do limit /a.service memory.max=max" },
		{ "lifted", 100, 100, VT_MAX, 10, 20, 20,
		  "pids.max is max, systemd's files say TasksMax=10",
		  "virttop do limit /a.service pids.max=10" },
		{ "quota", 100, 100, 10, 10, 80, 20,
		  "cpu.max is 80%, systemd's files say CPUQuota=20%",
		  "virttop do limit /a.service cpu.max=20%" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_builder *b = vt_builder_new();
		const struct vt_finding *f;
		struct vt_snapshot *s;
		struct vt_cgroup *cg;

		vt_builder_begin(b);
		(void)add_cgroup(b, 1, 0, "/");
		cg = add_cgroup(b, 2, 1, "/a.service");
		VT_SET(CGROUP, cg, memory_max_bytes,
		       cases[i].memory == VT_MAX ? VT_MAX : cases[i].memory * m);
		VT_SET(CGROUP, cg, unit_memory_max,
		       cases[i].memory_said == VT_MAX ? VT_MAX : cases[i].memory_said * m);
		VT_SET(CGROUP, cg, pids_max, cases[i].pids);
		VT_SET(CGROUP, cg, unit_pids_max, cases[i].pids_said);
		VT_SET(CGROUP, cg, cpu_max_percent, cases[i].cpu);
		VT_SET(CGROUP, cg, unit_cpu_max_percent, cases[i].cpu_said);
		s = seal_at(b, NULL, 0);
		f = find_finding(s, "behind-systemd", 2);
		cr_expect_eq(f != NULL, cases[i].evidence != NULL, "%s: %s", cases[i].what,
			     f ? f->evidence : "nothing");
		if (f && cases[i].evidence) {
			cr_expect_str_eq(f->evidence, cases[i].evidence, "%s", cases[i].what);
			cr_expect_str_eq(f->fix.command, cases[i].fix, "%s", cases[i].what);
		}
		vt_snapshot_free(s);
		vt_builder_free(b);
	}
}

Test(parse_unit, a_limit_without_its_controller)
{
	struct vt_builder *b = vt_builder_new();
	const struct vt_finding *f;
	struct vt_snapshot *s;
	struct vt_cgroup *cg;

	vt_builder_begin(b);
	VT_SET(HOST, vt_builder_host(b), cgroup_controllers, "cpu memory");
	(void)add_cgroup(b, 1, 0, "/");
	for (uint64_t id = 2; id <= 3; id++) {
		cg = add_cgroup(b, id, 1, id == 2 ? "/a.service" : "/b.service");
		VT_SET(CGROUP, cg, controllers, id == 2 ? "cpu" : "cpu memory");
		VT_SET(CGROUP, cg, unit_memory_max, m);
		VT_SET(CGROUP, cg, unit_pids_max, 7); /* the host does not offer pids */
	}
	s = seal_at(b, NULL, 0);
	f = find_finding(s, "no-controller", 2);
	cr_assert(f);
	cr_expect_str_eq(f->evidence,
			 "systemd's files say MemoryMax=1.0M, but it has no memory.max: "
			 "the controller is not enabled");
	cr_expect_str_eq(f->fix.command, "virttop do controllers / +memory");
	cr_expect_null(find_finding(s, "no-controller", 3));
	vt_snapshot_free(s);
	vt_builder_free(b);
}
