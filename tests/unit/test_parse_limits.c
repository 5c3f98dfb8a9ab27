/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsers of what limits processes and cgroups. */
#include <criterion/criterion.h>

#include "../../probes/parse_host.h"
#include "../../probes/parse_proc.h"
#include "../../src/memory.h"
#include "../../src/units.h"

Test(parse_limits, lists)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t n;
	} cases[] = {
		{ "0-3\n", true, 4 }, { "0\n", true, 1 },   { "0-1,4,8-9\n", true, 5 },
		{ "\n", true, 0 },    { "", true, 0 },      { "3-0\n", false, 0 },
		{ "0-\n", false, 0 }, { "a\n", false, 0 },  { "0,,1\n", false, 0 },
		{ "0,\n", false, 0 }, { "-1\n", false, 0 }, { "0-99999999999\n", false, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		uint64_t n = 77;

		cr_expect_eq(vt_parse_list_count(cases[i].text, &n), cases[i].ok, "'%s'",
			     cases[i].text);
		cr_expect_eq(n, cases[i].ok ? cases[i].n : 77, "'%s'", cases[i].text);
	}
}

Test(parse_limits, uclamp)
{
	double value = -1;

	cr_expect(vt_parse_uclamp("max\n", &value) && value == 100);
	cr_expect(vt_parse_uclamp("12.50\n", &value) && value == 12.5);
	cr_expect_not(vt_parse_uclamp("\n", &value));
	cr_expect_not(vt_parse_uclamp("-1\n", &value));
	cr_expect(value == 12.5);
}

Test(parse_limits, rlimits)
{
	static const char text[] =
		"Limit                     Soft Limit           Hard Limit           Units     \n"
		"Max cpu time              unlimited            unlimited            seconds   \n"
		"Max open files            1024                 4096                 files     \n"
		"Max nonsense              many                 4096                 files     \n"
		"Max cut                   \n"
		"\n"
		"Max nice priority         0                    0                    \n";
	const char *cursor = text;
	struct vt_rlimit_line line;

	cr_assert(vt_parse_rlimit(&cursor, &line));
	cr_expect(vt_slice_is(line.name, "Max cpu time"));
	cr_expect(line.soft == VT_MAX && line.hard == VT_MAX);
	cr_assert(vt_parse_rlimit(&cursor, &line));
	cr_expect(vt_slice_is(line.name, "Max open files"));
	cr_expect(line.soft == 1024 && line.hard == 4096);
	cr_assert(vt_parse_rlimit(&cursor, &line));
	cr_expect(vt_slice_is(line.name, "Max nice priority"));
	cr_expect_not(vt_parse_rlimit(&cursor, &line));
}

Test(parse_limits, status)
{
	static const char text[] = "Name:\tx\nUid:\t1000\t0\t0\t0\nVmSize:\t    8192 kB\n"
				   "SigQ:\t3/63432\nCapEff:\t000001ffffffffff\n";
	uint32_t real, effective;
	uint64_t value;

	cr_expect(vt_parse_status_uids(text, &real, &effective) && real == 1000 && effective == 0);
	cr_expect(vt_parse_status_kib(text, "VmSize:", &value) && value == 8192 * 1024);
	cr_expect_not(vt_parse_status_kib(text, "VmStk:", &value));
	cr_expect(vt_parse_status_sigq(text, &value) && value == 3);
	cr_expect(vt_parse_status_hex(text, "CapEff:", &value) && value == 0x1ffffffffff);
	cr_expect_not(vt_parse_status_hex("CapEff:\t00x\n", "CapEff:", &value));
	cr_expect_not(vt_parse_status_hex("CapEff:\t00000000000000001\n", "CapEff:", &value));
	cr_expect_not(vt_parse_status_kib("VmSize:\t18446744073709551615 kB\n", "VmSize:", &value));
	cr_expect_not(vt_parse_status_uids("Uid:\t1000\n", &real, &effective));
}

Test(parse_limits, signed_numbers)
{
	int64_t value = 5;

	cr_expect(vt_parse_signed("-1000\n", &value) && value == -1000);
	cr_expect(vt_parse_signed("0\n", &value) && value == 0);
	cr_expect_not(vt_parse_signed("--1\n", &value));
	cr_expect_not(vt_parse_signed("\n", &value));
	cr_expect_not(vt_parse_signed("9223372036854775808\n", &value));
	cr_expect_eq(value, 0);
}

Test(parse_limits, host)
{
	static const char disks[] = "   8       0 sda 1 2\nnonsense\n 253 1 dm-1\n 1 x y\n";
	const char *cursor = disks;
	struct vt_disk_name d;
	uint64_t open, max;

	cr_assert(vt_parse_disk_name(&cursor, &d));
	cr_expect(d.major == 8 && d.minor == 0 && vt_slice_is(d.name, "sda"));
	cr_assert(vt_parse_disk_name(&cursor, &d));
	cr_expect(d.major == 253 && d.minor == 1 && vt_slice_is(d.name, "dm-1"));
	cr_expect_not(vt_parse_disk_name(&cursor, &d));
	cr_expect(vt_parse_file_nr("992\t0\t10000\n", &open, &max) && open == 992 && max == 10000);
	cr_expect(vt_parse_file_nr("9 2 10\n", &open, &max) && open == 7);
	cr_expect_not(vt_parse_file_nr("9 2\n", &open, &max));
	cr_expect(vt_parse_loadavg_tasks("1.42 1.10 0.90 2/410 9000\n", &max) && max == 410);
	cr_expect_not(vt_parse_loadavg_tasks("1.42 1.10 0.90 2 9000\n", &max));
	cr_expect_not(vt_parse_loadavg_tasks("1.42\n", &max));
}
