/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filters: every operator, every unit, every error. */
#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>

#include "../../src/filter.h"
#include "snapshots.h"

static struct vt_cgroup cg;
static struct vt_process proc;

static void set_up(void)
{
	cg = (struct vt_cgroup){ 0 };
	VT_SET(CGROUP, &cg, id, 7);
	VT_SET(CGROUP, &cg, path, "/shop/API");
	VT_SET(CGROUP, &cg, controllers, "cpu memory");
	VT_SET(CGROUP, &cg, memory_current_bytes, 100ull << 20);
	VT_SET(CGROUP, &cg, memory_max_bytes, VT_MAX);
	VT_SET(CGROUP, &cg, cpu_percent, 12.5);
	VT_SET(CGROUP, &cg, cpu_max_percent, INFINITY);
	VT_SET(CGROUP, &cg, frozen, 0);
	VT_SET(CGROUP, &cg, pids_current, 2000);
	VT_SET(CGROUP, &cg, throttled_usec, 1500000);
	VT_SET(CGROUP, &cg, io_read_rate, 2048);
	proc = (struct vt_process){ 0 };
	VT_SET(PROCESS, &proc, pid, 4242);
	VT_SET(PROCESS, &proc, comm, "my bash");
	VT_SET(PROCESS, &proc, state, "R");
	VT_SET(PROCESS, &proc, rss_bytes, 5ull << 20);
}

TestSuite(filter, .init = set_up);

static bool matches(const char *text, enum vt_kind kind, const void *record, const char *name)
{
	struct vt_error err = { 0 };
	struct vt_filter *f = vt_filter_new(text, &err);
	bool yes;

	cr_assert_not_null(f, "'%s': %s", text, err.msg);
	yes = vt_filter_match(f, kind, record, name);
	vt_filter_free(f);
	return yes;
}

Test(filter, cgroups)
{
	static const struct {
		const char *text;
		bool matches;
	} cases[] = {
		{ "", true },
		{ "   ", true },
		{ "api", true },
		{ "API", true },
		{ "shop api", true },
		{ "shop xyz", false },
		{ "name=/shop/api", true },
		{ "name=api", false },
		{ "name!=api", true },
		{ "name~shop", true },
		{ "mem=100M", true },
		{ "mem!=100M", false },
		{ "mem!=99M", true },
		{ "mem>99M", true },
		{ "mem>100M", false },
		{ "mem>=100M", true },
		{ "mem<100M", false },
		{ "mem<=100M", true },
		{ "mem<1G", true },
		{ "MEM>99m", true },
		{ "memory_current_bytes>99M", true },
		{ "memory.current_bytes>99M", true },
		{ "memory.max_bytes=max", true },
		{ "memmax=MAX", true },
		{ "memmax>100G", true },
		{ "memmax<100G", false },
		{ "cpu>12", true },
		{ "cpu>12.5", false },
		{ "cpu>=12.5%", true },
		{ "cpu%>12", true },
		{ "cpumax=max", true },
		{ "frozen=no", true },
		{ "frozen=0", true },
		{ "frozen=yes", false },
		{ "frozen!=true", true },
		{ "pids=2k", true },
		{ "pids>1.9k", true },
		{ "thrtime>1s", true },
		{ "thrtime<1500ms", false },
		{ "thrtime>=1500000us", true },
		{ "read/s>1K", true },
		{ "controllers=memory", true },
		{ "controllers=mem", false },
		{ "controllers~mem", true },
		{ "controllers!=io", true },
		{ "controllers!=cpu", false },
		{ "id=7", true },
		{ "mem>50M cpu>5", true },
		{ "mem>50M cpu>50", false },
		/* It does not know it: no operator holds. */
		{ "swap=0", false },
		{ "swap!=5", false },
		{ "swap<1G", false },
		{ "type=domain", false },
		{ "type!=domain", false },
		/* Another kind's. */
		{ "comm=bash", false },
		{ "comm!=bash", false },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++)
		cr_expect_eq(matches(cases[i].text, VT_KIND_CGROUP, &cg, "/shop/API"),
			     cases[i].matches, "'%s'", cases[i].text);
}

Test(filter, processes)
{
	static const struct {
		const char *text;
		bool matches;
	} cases[] = {
		{ "mem>4M", true },      { "rss=5M", true },
		{ "comm~BASH", true },   { "comm=\"my bash\"", true },
		{ "\"my bash\"", true }, { "command=\"MY BASH\"", true },
		{ "comm=my", false },    { "pid=4242", true },
		{ "pid>5k", false },     { "state=R", true },
		{ "s=r", true },         { "cpu>0", false },
		{ "memmax>1", false },   { "my\" \"b", true },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++)
		cr_expect_eq(matches(cases[i].text, VT_KIND_PROCESS, &proc, "my bash"),
			     cases[i].matches, "'%s'", cases[i].text);
}

Test(filter, a_heading_has_only_a_name)
{
	cr_expect(matches("net", VT_KIND_NAMESPACE, NULL, "net namespaces"));
	cr_expect_not(matches("processes>0", VT_KIND_NAMESPACE, NULL, "net namespaces"));
	cr_expect(matches("", VT_KIND_NAMESPACE, NULL, ""));
}

Test(filter, every_metric_can_be_asked_for)
{
	static const char *const tries[] = { "1", "yes", "text", "1s" };

	for (int kind = 0; kind < VT_KIND_COUNT; kind++)
		for (int i = 0; i < vt_kinds[kind].n_metrics; i++) {
			const char *name = vt_kinds[kind].metrics[i].name;
			struct vt_filter *f = NULL;

			for (size_t k = 0; !f && k < VT_LEN(tries); k++) {
				vt_autofree char *text = vt_asprintf("%s=%s", name, tries[k]);

				f = vt_filter_new(text, NULL);
			}
			cr_expect_not_null(f, "%s of %s", name, vt_kinds[kind].name);
			vt_filter_free(f);
		}
}

Test(filter, errors)
{
	static const struct {
		const char *text, *says, *also;
	} cases[] = {
		{ "mem>", "'mem>'", "mem>100M" },
		{ "mem>abc", "'abc'", "size" },
		{ "mem>-1", "'-1'", "size" },
		{ "mem>1X", "'1X'", "size" },
		{ "mem~1", "'mem' is a number", "~" },
		{ "cpu>1.2.3", "'1.2.3'", "percent" },
		{ "cpu>0x10", "'0x10'", "percent" },
		{ "cpu>1e3", "'1e3'", "percent" },
		{ "cpu>nan", "'nan'", "percent" },
		{ "cpu>.5", "'.5'", "percent" },
		{ "pids=5Q", "'5Q'", "number" },
		{ "frozen=maybe", "'maybe'", "yes or no" },
		{ "frozen=max", "'max'", "yes or no" },
		{ "thrtime>5parsecs", "'5parsecs'", "time" },
		{ "comm>5", "'comm' is text", "comm~" },
		{ "path<=x", "'path' is text", "path=" },
		{ "name>5", "'name' is text", "name~" },
		{ "nonsense=1", "no field 'nonsense'", "name, cpu" },
		{ "memmory_current_bytes>1", "'memmory_current_bytes'", "memory_current_bytes" },
		{ "api mem>", "'mem>'", "" },
		{ "\033[31m=1", "", "" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_error err = { 0 };
		struct vt_filter *f = vt_filter_new(cases[i].text, &err);

		if (!*cases[i].says) {
			cr_expect_not_null(f, "'%s' is a plain word", cases[i].text);
			vt_filter_free(f);
			continue;
		}
		cr_expect_null(f, "'%s'", cases[i].text);
		cr_expect_eq(err.code, EINVAL, "'%s'", cases[i].text);
		cr_expect(strstr(err.msg, cases[i].says), "'%s': %s", cases[i].text, err.msg);
		cr_expect(strstr(err.msg, cases[i].also), "'%s': %s", cases[i].text, err.msg);
		vt_filter_free(f);
	}
	vt_filter_free(NULL);
}

Test(filter, hostile_and_long_words)
{
	vt_autofree char *text = vt_alloc(100002);
	struct vt_filter *f;

	memset(text, 'x', 100000);
	cr_expect_not(matches(text, VT_KIND_CGROUP, &cg, "/"));
	text[50000] = '=';
	f = vt_filter_new(text, NULL);
	cr_expect_null(f);
	memset(text, '"', 100001);
	cr_expect(matches(text, VT_KIND_CGROUP, &cg, "/"), "nothing but an open quote");
	for (size_t i = 0; i < 100000; i++)
		text[i] = i % 2 ? ' ' : '/';
	text[100000] = '\0';
	cr_expect(matches(text, VT_KIND_CGROUP, &cg, "/"));
}
