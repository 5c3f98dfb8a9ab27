/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for a shell, and values of limits: typed, as the kernel wants them, as people read them. */
#include <criterion/criterion.h>
#include <errno.h>

#include "../../src/inverse.h"
#include "../../src/limit_files.h"
#include "../../src/plan.h"

static struct vt_error err;

Test(plan_values, quotes_for_a_shell)
{
	static const char *const cases[][2] = {
		{ "plain-1.0/x", "plain-1.0/x" }, { "", "''" },         { "a b", "'a b'" },
		{ "it's", "'it'\\''s'" },         { "$(x)", "'$(x)'" }, { "a\nb", "$'a\\x0ab'" },
		{ "\033]0;x", "$'\\x1b]0;x'" },
	};
	struct vt_arena *arena = vt_arena_new();

	for (size_t i = 0; i < VT_LEN(cases); i++)
		cr_expect_str_eq(vt_shell_quote(arena, cases[i][0]), cases[i][1]);
	vt_arena_free(arena);
}

Test(plan_values, values_become_what_the_kernel_wants)
{
	static const struct {
		const char *file, *typed, *now, *value; /* value NULL: refused */
	} cases[] = {
		{ "memory.max", "100M", "max", "104857600" },
		{ "memory.max", "max", "1", "max" },
		{ "memory.max", "-1", "max", NULL },
		{ "hugetlb.2MB.max", "4M", "max", "4194304" },
		{ "cpu.max", "50%", "max 100000", "50000 100000" },
		{ "cpu.max", "1.5", "max 200000", "300000 200000" },
		{ "cpu.max", "20000 50000", "max 100000", "20000 50000" },
		{ "cpu.max", "max", "1000 50000", "max 50000" },
		{ "cpu.max", "fast", "max 100000", NULL },
		{ "cpu.weight", "10000", "100", "10000" },
		{ "cpu.weight", "0", "100", NULL },
		{ "cpu.weight", "max", "100", NULL },
		{ "pids.max", "12", "max", "12" },
		{ "cgroup.freeze", "on", "0", "1" },
		{ "cgroup.freeze", "2", "0", NULL },
		{ "io.max", "8:0  rbps=1M wiops=max", "", "8:0 rbps=1048576 wiops=max" },
		{ "io.max", "8:0 rbps=x", "", NULL },
		{ "cpuset.cpus", "", "0-3", "" },
		{ "cpuset.cpus", "0-1\n", "0-3", NULL },
	};
	static const char devices[] = "8:0 riops=1 wiops=1 rbps=1M wbps=1M";
	char value[256];

	/* However little room there is for it. */
	for (size_t room = 1; room < sizeof(devices); room++)
		cr_expect_eq(vt_limit_value(vt_limit_row_find("io.max"), "io.max", devices, NULL,
					    value, room, NULL),
			     -EINVAL, "%zu", room);
	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const struct vt_limit_row *row = vt_limit_row_find(cases[i].file);
		int r;

		cr_assert_not_null(row, "%s", cases[i].file);
		r = vt_limit_value(row, cases[i].file, cases[i].typed, cases[i].now, value,
				   sizeof(value), &err);
		cr_expect_eq(r == 0, !!cases[i].value, "%s %s", cases[i].file, cases[i].typed);
		if (r == 0 && cases[i].value)
			cr_expect_str_eq(value, cases[i].value);
	}
	cr_expect_null(vt_limit_row_find("hugetlb.a.b.max"));
	cr_expect_null(vt_limit_row_find("cgroup.procs"));
}

Test(plan_values, values_are_shown_for_people)
{
	static const char *const cases[][3] = {
		{ "memory.max", "104857600", "100M" },
		{ "memory.max", "101085185", "101085185" },
		{ "memory.max", "max", "max" },
		{ "cpu.max", "50000 100000", "50% of one CPU" },
		{ "cpuset.cpus", "", "nothing" },
		{ "io.max", "8:0 a\n8:1 b", "8:0 a 8:1 b" },
		{ "hugetlb.2MB.max", "9223372036854771712", "max" },
	};
	char out[64];

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_limit_show(cases[i][0], cases[i][1], out, sizeof(out));
		cr_expect_str_eq(out, cases[i][2]);
	}
}

Test(plan_values, inverse_values)
{
	static const struct {
		const char *file, *written, *was, *now, *back;
	} cases[] = {
		{ "memory.max", "1", "max", "0", "max" },
		{ "cgroup.subtree_control", "+memory -io", "cpu io", "cpu memory", "-memory +io" },
		{ "cgroup.subtree_control", "+cpu", "cpu", "cpu", NULL },
		{ "io.max", "8:0 rbps=1", "8:16 rbps=5\n8:0 rbps=7 wbps=max", "",
		  "8:0 rbps=7 wbps=max" },
		{ "io.max", "8:0 rbps=1", "8:16 rbps=5", "",
		  "8:0 rbps=max wbps=max riops=max wiops=max" },
		{ "io.weight", "50", "default 100\n8:0 30", "", "default 100" },
		{ "io.weight", "default 50", "default 100\n8:0 30", "", "default 100" },
		{ "io.weight", "8:0 50", "default 100\n8:0 30", "", "8:0 30" },
		{ "io.weight", "8:0 50", "default 100", "", "8:0 default" },
	};
	struct vt_arena *arena = vt_arena_new();

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const char *back = vt_inverse_value(arena, cases[i].file, cases[i].written,
						    cases[i].was, cases[i].now);

		if (cases[i].back)
			cr_expect_str_eq(back, cases[i].back);
		else
			cr_expect_null(back);
	}
	vt_arena_free(arena);
}
