/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as people read and type them. */
#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>

#include "../../src/units.h"

Test(units, shows_short)
{
	static const struct {
		enum vt_unit unit;
		uint64_t value;
		const char *text;
	} cases[] = {
		{ VT_UNIT_BYTES, 0, "0" },
		{ VT_UNIT_BYTES, 1000, "1000" },
		{ VT_UNIT_BYTES, 1024, "1.0K" },
		{ VT_UNIT_BYTES, 100ull << 20, "100M" },
		{ VT_UNIT_BYTES, 1023ull << 10, "1023K" },
		{ VT_UNIT_BYTES, (1ull << 20) - 1, "1.0M" }, /* never 1024K */
		{ VT_UNIT_BYTES, 3ull << 29, "1.5G" },
		{ VT_UNIT_BYTES, VT_MAX, "max" },
		{ VT_UNIT_BYTES_PER_SEC, 1572864, "1.5M/s" },
		{ VT_UNIT_COUNT, 9999, "9999" },
		{ VT_UNIT_COUNT, 18200, "18.2k" },
		{ VT_UNIT_COUNT, 1500000, "1.5M" },
		{ VT_UNIT_ID, 4026531837, "4026531837" },
		{ VT_UNIT_BOOL, 1, "yes" },
		{ VT_UNIT_BOOL, 0, "no" },
		{ VT_UNIT_USEC, 0, "0us" },
		{ VT_UNIT_USEC, 1500, "2ms" },
		{ VT_UNIT_USEC, 1200000, "1.2s" },
		{ VT_UNIT_USEC, 200000000, "3m20" },
		{ VT_UNIT_USEC, 18240000000, "5h04" },
		{ VT_UNIT_USEC, 12ull * 86400 * 1000000, "12d" },
		{ VT_UNIT_NSEC, 1200000000, "1.2s" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		char out[32];

		vt_units_short(out, sizeof(out), cases[i].unit, cases[i].value);
		cr_expect_str_eq(out, cases[i].text, "case %zu: %s, not %s", i, out, cases[i].text);
	}
}

Test(units, shows_percent)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{ 0, "0" },     { 0.04, "0" },   { 0.06, "0.1" }, { 9.94, "9.9" },
		{ 9.96, "10" }, { 99.6, "100" }, { 250, "250" },  { INFINITY, "max" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		char out[32];

		vt_units_short_double(out, sizeof(out), VT_UNIT_PERCENT, cases[i].value);
		cr_expect_str_eq(out, cases[i].text, "%g: %s", cases[i].value, out);
	}
}

Test(units, shows_long)
{
	static const struct {
		enum vt_unit unit;
		uint64_t value;
		const char *text;
	} cases[] = {
		{ VT_UNIT_BYTES, 101085184, "96M (101,085,184 bytes)" },
		{ VT_UNIT_BYTES, 12, "12" },
		{ VT_UNIT_BYTES, VT_MAX, "max" },
		{ VT_UNIT_COUNT, 1204, "1,204" },
		{ VT_UNIT_COUNT, 999, "999" },
		{ VT_UNIT_ID, 4026531837, "4026531837" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		char out[64];

		vt_units_long(out, sizeof(out), cases[i].unit, cases[i].value);
		cr_expect_str_eq(out, cases[i].text, "case %zu: %s", i, out);
	}
}

Test(units, never_writes_past_the_end)
{
	for (size_t size = 1; size < 8; size++) {
		char out[9];

		memset(out, '#', sizeof(out));
		vt_units_long(out, size, VT_UNIT_BYTES, 101085184);
		cr_expect_lt(strnlen(out, sizeof(out)), size);
		cr_expect_eq(out[size], '#');
	}
}

Test(units, parses_sizes)
{
	static const struct {
		const char *text;
		int r;
		uint64_t value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "4096", 0, 4096 },
		{ "100M", 0, 100ull << 20 },
		{ "100m", 0, 100ull << 20 },
		{ "1.5G", 0, 3ull << 29 },
		{ "1KiB", 0, 1024 },
		{ "1KB", 0, 1024 },
		{ "7B", 0, 7 },
		{ "2T", 0, 2ull << 40 },
		{ "max", 0, VT_MAX },
		{ "9007199254740993", 0, 9007199254740993 }, /* more than a double holds */
		{ "", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 },
		{ "1X", -EINVAL, 0 },
		{ "M", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
		{ "1e3", -EINVAL, 0 },
		{ "1.", -EINVAL, 0 },
		{ "maximum", -EINVAL, 0 },
		{ "9999999999999P", -ERANGE, 0 },
		{ "9223372036854775808", -ERANGE, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		uint64_t value = 4711;
		struct vt_error err = { 0 };

		cr_expect_eq(vt_units_parse_size(cases[i].text, &value, &err), cases[i].r, "'%s'",
			     cases[i].text);
		cr_expect_eq(value, cases[i].r ? 4711 : cases[i].value, "'%s'", cases[i].text);
		cr_expect_eq(err.code, -cases[i].r, "'%s'", cases[i].text);
	}
}

Test(units, parses_counts)
{
	static const struct {
		const char *text;
		int r;
		uint64_t value;
	} cases[] = {
		{ "0", 0, 0 },        { "512", 0, 512 },
		{ "max", 0, VT_MAX }, { "", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 }, { "1.5", -EINVAL, 0 },
		{ "1k", -EINVAL, 0 }, { "99999999999999999999", -EINVAL, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		uint64_t value = 4711;

		cr_expect_eq(vt_units_parse_count(cases[i].text, &value, NULL), cases[i].r, "'%s'",
			     cases[i].text);
		cr_expect_eq(value, cases[i].r ? 4711 : cases[i].value, "'%s'", cases[i].text);
	}
}

Test(units, parses_cpu)
{
	static const struct {
		const char *text;
		int r;
		uint64_t quota, period;
	} cases[] = {
		{ "50%", 0, 50000, 100000 },
		{ "1.5", 0, 150000, 100000 },
		{ "2", 0, 200000, 100000 },
		{ "20000 100000", 0, 20000, 100000 },
		{ "20000,50000", 0, 20000, 50000 },
		{ "max", 0, VT_MAX, 100000 },
		{ "max 50000", 0, VT_MAX, 50000 },
		{ "0", -ERANGE, 0, 0 },
		{ "0.5%", -ERANGE, 0, 0 },
		{ "50%%", -EINVAL, 0, 0 },
		{ "20000 999", -ERANGE, 0, 0 },
		{ "20000 2000000", -ERANGE, 0, 0 },
		{ "20000 x", -EINVAL, 0, 0 },
		{ "", -EINVAL, 0, 0 },
		{ "-1", -EINVAL, 0, 0 },
		{ "many", -EINVAL, 0, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		uint64_t quota = 1, period = 2;

		cr_expect_eq(vt_units_parse_cpu(cases[i].text, 100000, &quota, &period, NULL),
			     cases[i].r, "'%s'", cases[i].text);
		cr_expect_eq(quota, cases[i].r ? 1 : cases[i].quota, "'%s'", cases[i].text);
		cr_expect_eq(period, cases[i].r ? 2 : cases[i].period, "'%s'", cases[i].text);
	}
}

/* The period comes from a file, which may hold anything. */
Test(units, refuses_a_cpu_limit_with_an_impossible_period)
{
	static const uint64_t periods[] = { 0, 999, 1000001, UINT64_MAX };

	for (size_t i = 0; i < VT_LEN(periods); i++) {
		uint64_t quota = 1, period = 2;

		cr_expect_eq(vt_units_parse_cpu("1.5", periods[i], &quota, &period, NULL), -ERANGE);
		cr_expect(quota == 1 && period == 2);
	}
}

Test(units, parses_seconds)
{
	static const struct {
		const char *text;
		int r;
		double value;
	} cases[] = {
		{ "1", 0, 1 },          { "0.1", 0, 0.1 },      { "3600", 0, 3600 },
		{ "0.09", -EINVAL, 0 }, { "3601", -EINVAL, 0 }, { "1s", -EINVAL, 0 },
		{ "", -EINVAL, 0 },     { "nan", -EINVAL, 0 },  { "inf", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		double value = 7;

		cr_expect_eq(vt_units_parse_seconds(cases[i].text, 0.1, 3600, &value, NULL),
			     cases[i].r, "'%s'", cases[i].text);
		cr_expect_float_eq(value, cases[i].r ? 7 : cases[i].value, 1e-9, "'%s'",
				   cases[i].text);
	}
}
