/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is made of samples, and what is kept of it. */
#include <criterion/criterion.h>
#include <string.h>

#include "../../src/exit_cost.h"
#include "../../src/memory.h"

Test(exit_cost, samples)
{
	struct vt_cost c = { 0 };
	uint64_t samples[1000], one[] = { 7 };

	for (size_t i = 0; i < VT_LEN(samples); i++)
		samples[(i * 7) % VT_LEN(samples)] = 1000 + i;
	vt_cost_from_samples(&c, samples, VT_LEN(samples), 0.5);
	cr_expect_eq(c.n, 1000);
	cr_expect_float_eq(c.min_ns, 500, 1e-9);
	cr_expect_float_eq(c.median_ns, 750, 1e-9);
	cr_expect_float_eq(c.median_cycles, 1500, 1e-9);
	cr_expect_float_eq(c.p99_ns, 994.5, 1e-9);
	vt_cost_from_samples(&c, one, 1, 2);
	cr_expect_float_eq(c.min_ns, 14, 1e-9);
	cr_expect_float_eq(c.p99_ns, 14, 1e-9);
	c = (struct vt_cost){ 0 };
	vt_cost_from_samples(&c, one, 0, 2);
	cr_expect_eq(c.n, 0);
}

Test(exit_cost, what_is_kept)
{
	static const char text[] = "boot abc\nsyscall 10 100.0 120.5 300.0 250.0 \n"
				   "io 0 0.0 0.0 0.0 0.0 /dev/kvm cannot be used: none\n"
				   "nonsense 1 2 3 4 5\nmmio 3 9 5 1 1\nhlt 4 nan nan nan nan\n"
				   "cpuid -3 x";
	struct vt_exit_costs c = { 0 };

	cr_expect_not(vt_exit_cost_parse(text, "other", &c), "of another boot");
	cr_expect_not(vt_exit_cost_parse(text, "ab", &c));
	cr_expect_not(vt_exit_cost_parse("boot \n", "", &c));
	cr_expect_not(vt_exit_cost_parse("", "abc", &c));
	cr_assert(vt_exit_cost_parse(text, "abc", &c));
	cr_expect_eq(c.costs[VT_COST_SYSCALL].n, 10);
	cr_expect_float_eq(c.costs[VT_COST_SYSCALL].median_ns, 120.5, 1e-9);
	cr_expect_str_eq(c.costs[VT_COST_IO].why, "/dev/kvm cannot be used: none");
	cr_expect_eq(c.costs[VT_COST_MMIO].n, 0, "out of order");
	cr_expect_eq(c.costs[VT_COST_HLT].n, 0, "no numbers");
	cr_expect_eq(c.costs[VT_COST_CPUID].n, 0, "torn");
}

Test(exit_cost, saved_and_read_again)
{
	struct vt_exit_costs c = { 0 }, again = { 0 };
	char dir[] = "/tmp/virttop-unit.XXXXXX";
	struct vt_error err = { 0 };
	vt_autofree char *text = NULL;

	cr_assert_not_null(mkdtemp(dir));
	(void)setenv("XDG_STATE_HOME", dir, 1);
	cr_expect_not(vt_exit_cost_latest("b", &again), "there is none yet");
	c.costs[VT_COST_CPUID] = (struct vt_cost){ 5, 1, 2, 3, 4, "" };
	(void)snprintf(c.costs[VT_COST_IO].why, sizeof(c.costs[0].why), "no reason at all");
	cr_assert_eq(vt_exit_cost_save(&c, "b", &err), 0, "%s", err.msg);
	cr_assert(vt_exit_cost_latest("b", &again));
	cr_expect_float_eq(again.costs[VT_COST_CPUID].p99_ns, 3, 1e-9);
	cr_expect_str_eq(again.costs[VT_COST_IO].why, "no reason at all");
	text = vt_exit_cost_text(&again);
	cr_expect(strstr(text, "not measured: no reason at all") != NULL, "%s", text);
	text[0] = 'x';
	{
		vt_autofree char *rm = vt_asprintf("%s/virttop/exit-cost", dir);

		cr_expect_eq(remove(rm), 0);
		*strrchr(rm, '/') = '\0';
		cr_expect_eq(remove(rm), 0);
		cr_expect_eq(remove(dir), 0);
	}
}
