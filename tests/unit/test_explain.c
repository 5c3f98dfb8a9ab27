/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page that says what limits a process or cgroup. */
#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>

#include "../../src/explain.h"
#include "../../src/text.h"
#include "snapshots.h"

static struct vt_builder *b;
static struct vt_snapshot *s;
static char *page;
static struct vt_error err;

static void fill(void)
{
	struct vt_host_row *host = vt_builder_host(b);
	struct vt_process *p;
	struct vt_cgroup *cg;

	VT_SET(HOST, host, cgroup_mount, "/sys/fs/cgroup");
	VT_SET(HOST, host, cgroup_controllers, "cpu memory pids");
	VT_SET(HOST, host, cgroup_v1_controllers, "cpuset");
	add_cgroup(b, 1, 0, "/");
	cg = add_cgroup(b, 2, 1, "/shop");
	VT_SET(CGROUP, cg, controllers, "cpu memory pids");
	VT_SET(CGROUP, cg, memory_max_bytes, 1u << 30);
	VT_SET(CGROUP, cg, memory_current_bytes, (1u << 30) - (1u << 20));
	VT_SET(CGROUP, cg, cpu_max_percent, 20);
	cg = add_cgroup(b, 3, 2, "/shop/api.service");
	VT_SET(CGROUP, cg, controllers, "memory");
	VT_SET(CGROUP, cg, unit, "api.service");
	VT_SET(CGROUP, cg, memory_max_bytes, 512u << 20);
	VT_SET(CGROUP, cg, memory_current_bytes, 1u << 20);
	VT_SET(CGROUP, cg, frozen, 1);
	p = add_process(b, 42, 9, "api", "/shop/api.service");
	VT_SET(PROCESS, p, uid, 1000);
	put_in(b, p, VT_NS_NET, 40);
	(void)add_namespace(b, VT_NS_NET, 40);
	p = add_process(b, 43, 9, "far", "/elsewhere");
	p->ns_errno = EACCES;
}

static void set_up(void)
{
	b = vt_builder_new();
	vt_builder_begin(b);
	page = NULL;
	err = (struct vt_error){ 0 };
}

static void tear_down(void)
{
	free(page);
	vt_snapshot_free(s);
	vt_builder_free(b);
}

TestSuite(explain, .init = set_up, .fini = tear_down);

static int explain(const char *what)
{
	free(page);
	page = NULL;
	err = (struct vt_error){ 0 };
	return vt_explain(s, what, &page, &err);
}

static void expect_line(const char *says)
{
	cr_expect(strstr(page, says), "no '%s' in:\n%s", says, page);
}

Test(explain, a_cgroup)
{
	fill();
	s = seal_at(b, NULL, 0);
	cr_assert_eq(explain("/shop/api.service"), 0);
	expect_line("cgroup      /shop/api.service, id 3, ");
	expect_line("unit        api.service of systemd");
	expect_line("chain       / > shop (cpu.max 20%, memory.max 1.0G) > api.service "
		    "(memory.max 512M)\n");
	/* The least room binds, not the smallest limit. */
	expect_line("memory.max  own 512M, effective 1.0G from /shop; used 1.0M, room 1.0M\n");
	expect_line("cpu.max     own unknown, effective 20% from /shop; used unknown\n");
	expect_line("pressure    unknown: no *.pressure file");
	expect_line("frozen      yes");
	expect_line("found       ");
	expect_line("limits on cpu, pids: the parent does not enable");
	expect_line("limits on io: cgroup v2 does not offer");
	expect_line("limits on cpuset: a cgroup v1 hierarchy holds");
	cr_expect_null(strstr(page, "pids.max"), "nothing is known of it");
}

Test(explain, a_process)
{
	fill();
	s = seal_at(b, NULL, 0);
	cr_assert_eq(explain("42"), 0);
	expect_line("process     42 api, state unknown, uid 1000, unknown threads\n");
	expect_line("namespaces  net 40\n");
	expect_line("cgroup      /shop/api.service");
	expect_line("memory.max  own 512M");
	cr_assert_eq(explain("43"), 0);
	expect_line("namespaces  unknown: Permission denied\n");
	expect_line("cgroup      not in the tree that is shown: /elsewhere\n");
}

Test(explain, the_root)
{
	fill();
	s = seal_at(b, NULL, 0);
	cr_assert_eq(explain("/"), 0);
	expect_line("the root");
	expect_line("limits      none");
	expect_line("memory      unknown of unknown can be had");
}

Test(explain, a_cpuset_that_binds)
{
	struct vt_cgroup *cg;

	add_cgroup(b, 1, 0, "/");
	cg = add_cgroup(b, 2, 1, "/a");
	VT_SET(CGROUP, cg, cpu_max_percent, 400);
	VT_SET(CGROUP, cg, cpuset_cpus_count, 2);
	s = seal_at(b, NULL, 0);
	cr_assert_eq(explain("/a"), 0);
	expect_line("cpu.max     own 400%, effective 200% from itself by cpuset.cpus;");
}

/* What a container sees at its top has limits, unlike the root. */
Test(explain, the_top_of_a_cgroup_namespace)
{
	struct vt_cgroup *cg = add_cgroup(b, 1, 0, "/");

	VT_SET(CGROUP, cg, type, "domain");
	VT_SET(CGROUP, cg, controllers, "memory");
	VT_SET(CGROUP, cg, memory_max_bytes, 1u << 30);
	VT_SET(CGROUP, cg, memory_current_bytes, 1u << 20);
	s = seal_at(b, NULL, 0);
	cr_assert_eq(explain("/"), 0);
	cr_expect_null(strstr(page, "root"), "%s", page);
	expect_line("chain       / (memory.max 1.0G)\n");
	expect_line("memory.max  own 1.0G, effective 1.0G from itself; used 1.0M");
}

Test(explain, throttling_and_kills)
{
	for (unsigned round = 0; round < 2; round++) {
		struct vt_snapshot *next;
		struct vt_cgroup *cg;

		vt_builder_begin(b);
		add_cgroup(b, 1, 0, "/");
		cg = add_cgroup(b, 2, 1, "/a");
		VT_SET(CGROUP, cg, nr_periods, 100 + 10 * round);
		VT_SET(CGROUP, cg, nr_throttled, 5 + 5 * round);
		cg = add_cgroup(b, 3, 2, "/a/b");
		VT_SET(CGROUP, cg, nr_periods, 0);
		VT_SET(CGROUP, cg, nr_throttled, 0);
		VT_SET(CGROUP, cg, memory_events_oom_kill, round);
		VT_SET(CGROUP, cg, pids_events_max, 0);
		cg = add_cgroup(b, 4, 1, "/c");
		VT_SET(CGROUP, cg, nr_throttled, 0);
		next = seal_at(b, s, round);
		vt_snapshot_free(s);
		s = next;
	}
	cr_assert_eq(explain("/a/b"), 0);
	expect_line(
		"throttled   50% of periods now, 10 of 110 since it was made, by cpu.max of /a\n");
	expect_line("killed      1 by the OOM killer");
	expect_line("forks       0 refused");
	expect_line("critical: /a/b: 1 killed by the OOM killer");
	expect_line("critical: /a: throttled in 50%");
	cr_assert_eq(explain("/c"), 0);
	expect_line("throttled   never");
	expect_line("found       nothing that hurts it or an ancestor\n");
}

Test(explain, ways_to_name_a_cgroup)
{
	static const char *const names[] = {
		"/shop/api.service",
		"shop/api.service",
		"shop/api.service/",
		"//shop/api.service//",
		"/sys/fs/cgroup/shop/api.service",
		"/sys/fs/cgroup/shop/api.service/",
	};

	fill();
	s = seal_at(b, NULL, 0);
	for (size_t i = 0; i < VT_LEN(names); i++) {
		cr_expect_eq(explain(names[i]), 0, "%s: %s", names[i], err.msg);
		cr_expect(page && strstr(page, "/shop/api.service, id 3"), "%s", names[i]);
	}
	cr_expect_eq(explain("/sys/fs/cgroup"), 0);
	expect_line("the root");
}

Test(explain, errors)
{
	static const struct {
		const char *what;
		int code;
		const char *says, *also;
	} cases[] = {
		{ "", EINVAL, "needs a PID or the path", "" },
		{ "44", ENOENT, "no process 44", "nearest is 43 far" },
		{ "1", ENOENT, "no process 1", "nearest is 42 api" },
		{ "0", ENOENT, "no process 0", "nearest is 42 api" },
		{ "18446744073709551615", ENOENT, "no process 18446744073709551615",
		  "nearest is 43 far" },
		{ "9223372036854775851", ENOENT, "no process", "nearest is 43 far" },
		{ "99999999999999999999999", ENOENT, "no process 99999999999999999999999",
		  "nearest is 43 far" },
		{ "/shop/api", ENOENT, "no cgroup /shop/api", "/shop/api.service" },
		{ "api.service", ENOENT, "no cgroup /api.service", "/shop/api.service" },
		{ "/nothing/like/it", ENOENT, "no cgroup /nothing/like/it", "give a PID" },
		{ "-1", ENOENT, "no cgroup /-1", "" },
		{ "/\033]0;x\007", ENOENT, "/\\x1b]0;x\\x07", "" },
	};

	fill();
	s = seal_at(b, NULL, 0);
	for (size_t i = 0; i < VT_LEN(cases); i++) {
		cr_expect_eq(explain(cases[i].what), -cases[i].code, "'%s'", cases[i].what);
		cr_expect_null(page, "untouched");
		cr_expect(strstr(err.msg, cases[i].says), "'%s': %s", cases[i].what, err.msg);
		cr_expect(strstr(err.msg, cases[i].also), "'%s': %s", cases[i].what, err.msg);
	}
}

Test(explain, nothing_could_be_read)
{
	s = seal_at(b, NULL, 0);
	cr_expect_eq(explain("1"), -ENOENT);
	cr_expect(strstr(err.msg, "none could be read"), "%s", err.msg);
	cr_expect_eq(explain("/"), -ENOENT);
}

/* Hostile names add neither lines nor control bytes; the page stays short. */
Test(explain, hostile_names)
{
	static const char evil[] = "/\033[31mred\nfound       nothing\xff";
	size_t lines = 0;
	struct vt_cgroup *cg;
	struct vt_process *p;

	add_cgroup(b, 1, 0, "/");
	cg = add_cgroup(b, 2, 1, evil);
	VT_SET(CGROUP, cg, type, "domain\nx");
	VT_SET(CGROUP, cg, unit, "\033x");
	VT_SET(CGROUP, cg, cpuset_cpus_effective, "0\n1");
	for (unsigned m = 0; m < VT_CGROUP_METRICS; m++)
		if (vt_kinds[VT_KIND_CGROUP].metrics[m].class != VT_STRING)
			vt_valid_set(&cg->head, m);
	p = add_process(b, 5, 1, "\033]0;x\007\nkilled", evil);
	VT_SET(PROCESS, p, state, "R");
	s = seal_at(b, NULL, 0);
	cr_assert_eq(explain("5"), 0);
	for (char *line = page; *line; lines++) {
		size_t n = strcspn(line, "\n");
		vt_autofree char *one = vt_strndup(line, n);

		cr_expect(vt_text_clean(one), "line %zu", lines);
		line += n + (line[n] == '\n');
	}
	cr_expect_lt(lines, 40, "%zu lines", lines);
	cr_expect_eq(page[strlen(page) - 1], '\n');
}
