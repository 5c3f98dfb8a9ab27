/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shapes that the kernel's files share. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "../../probes/parse.h"
#include "../../src/memory.h"
#include "../../src/units.h"

/* What a parser must leave alone when it refuses. */
static const uint64_t untouched = 0xdeadbeef;

static struct vt_slice slice(const char *text)
{
	return (struct vt_slice){ text, strlen(text) };
}

static void expect_slice(struct vt_slice s, const char *text, const char *what)
{
	cr_expect(vt_slice_is(s, text), "%s: '%.*s', not '%s'", what, (int)s.n, s.at, text);
}

Test(parse, slices)
{
	static const struct {
		const char *at, *text;
		bool is, starts;
	} cases[] = {
		{ "cpu", "cpu", true, true },  { "cpu", "cp", false, true },
		{ "cp", "cpu", false, false }, { "", "", true, true },
		{ "x", "", false, true },      { "", "x", false, false },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_slice s = slice(cases[i].at);

		cr_expect_eq(vt_slice_is(s, cases[i].text), cases[i].is, "case %zu", i);
		cr_expect_eq(vt_slice_starts(s, cases[i].text), cases[i].starts, "case %zu", i);
	}
}

Test(parse, lines)
{
	static const struct {
		const char *text, *lines[5];
	} cases[] = {
		{ "", { NULL } },
		{ "\n", { "" } },
		{ "a", { "a" } },
		{ "a\n", { "a" } },
		{ "a\n\nb", { "a", "", "b" } },
		{ "\n\n", { "", "" } },
		{ "a\r\nb\n", { "a\r", "b" } },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const char *cursor = cases[i].text;
		struct vt_slice line;
		size_t n = 0;

		for (; vt_parse_line(&cursor, &line); n++) {
			cr_assert_not_null(cases[i].lines[n], "case %zu", i);
			expect_slice(line, cases[i].lines[n], cases[i].text);
		}
		cr_expect_null(cases[i].lines[n], "case %zu", i);
		cr_expect_not(vt_parse_line(&cursor, &line), "case %zu: at the end for good", i);
	}
}

Test(parse, words)
{
	static const struct {
		const char *text, *words[5];
	} cases[] = {
		{ "", { NULL } },
		{ " \t ", { NULL } },
		{ "a", { "a" } },
		{ "  a \t b\t", { "a", "b" } },
		{ "a\001b \033[1m", { "a\001b", "\033[1m" } },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_slice rest = slice(cases[i].text), word;
		size_t n = 0;

		for (; vt_parse_word(&rest, &word); n++)
			expect_slice(word, cases[i].words[n], cases[i].text);
		cr_expect_null(cases[i].words[n], "case %zu", i);
	}
}

Test(parse, cuts_at_the_first)
{
	static const struct {
		const char *text;
		char c;
		const char *part, *rest; /* part NULL: false */
	} cases[] = {
		{ "a:b:c", ':', "a", "b:c" }, { ":b", ':', "", "b" }, { "a:", ':', "a", "" },
		{ "abc", ':', NULL, "abc" },  { "", ':', NULL, "" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_slice rest = slice(cases[i].text), part = { "?", 1 };

		cr_expect_eq(vt_parse_until(&rest, cases[i].c, &part), cases[i].part != NULL);
		expect_slice(rest, cases[i].rest, cases[i].text);
		expect_slice(part, cases[i].part ? cases[i].part : "?", cases[i].text);
	}
}

Test(parse, whole_numbers)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t value;
	} cases[] = {
		{ "0", true, 0 },
		{ "007", true, 7 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 },
		{ "99999999999999999999999999", false, 0 },
		{ "", false, 0 },
		{ "-1", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "1\n", false, 0 },
		{ "0x10", false, 0 },
		{ "1e3", false, 0 },
		{ "1.0", false, 0 },
		{ "\xd9\xa1", false, 0 }, /* a digit elsewhere */
		{ "max", false, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		uint64_t value = untouched;

		cr_expect_eq(vt_parse_u64(slice(cases[i].text), &value), cases[i].ok, "'%s'",
			     cases[i].text);
		cr_expect_eq(value, cases[i].ok ? cases[i].value : untouched, "'%s'",
			     cases[i].text);
	}
	/* A zero byte ends nothing here: the slice has a length. */
	cr_expect_not(vt_parse_u64((struct vt_slice){ "1\0002", 3 }, &(uint64_t){ 0 }));
}

Test(parse, decimals)
{
	static const struct {
		const char *text;
		double value; /* below 0: refused */
	} cases[] = {
		{ "0", 0 },
		{ "12", 12 },
		{ "12.34", 12.34 },
		{ "0.00", 0 },
		{ "100.00", 100 },
		{ "", -1 },
		{ ".", -1 },
		{ ".5", -1 },
		{ "5.", -1 },
		{ "-1.0", -1 },
		{ "1.-0", -1 },
		{ "1,5", -1 },
		{ "1.2.3", -1 },
		{ "nan", -1 },
		{ "inf", -1 },
		{ "0.1234567890123456789", -1 }, /* more digits than fit */
		{ "18446744073709551616.0", -1 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		double value = -1;

		cr_expect_eq(vt_parse_decimal(slice(cases[i].text), &value), cases[i].value >= 0,
			     "'%s'", cases[i].text);
		cr_expect(fabs(value - cases[i].value) < 1e-9, "'%s': %f", cases[i].text, value);
	}
}

Test(parse, values)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t value;
	} cases[] = {
		{ "12\n", true, 12 },
		{ "12", true, 12 },
		{ "0\n", true, 0 },
		{ "max\n", true, VT_MAX },
		{ "max \n\n", true, VT_MAX },
		{ "", false, 0 },
		{ "\n", false, 0 },
		{ "maximum\n", false, 0 },
		{ "MAX\n", false, 0 },
		{ "-5\n", false, 0 },
		{ "1 2\n", false, 0 },
		{ "1\n2\n", false, 0 },
		{ "18446744073709551616\n", false, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		uint64_t value = untouched;

		cr_expect_eq(vt_parse_value(cases[i].text, &value), cases[i].ok, "'%s'",
			     cases[i].text);
		cr_expect_eq(value, cases[i].ok ? cases[i].value : untouched, "'%s'",
			     cases[i].text);
	}
}

Test(parse, trims_the_end)
{
	expect_slice(vt_parse_trim(" a b \t\n\n"), " a b", "blanks and newlines");
	expect_slice(vt_parse_trim("\n \n"), "", "nothing else");
	expect_slice(vt_parse_trim(""), "", "empty");
}

Test(parse, finds_words)
{
	static const struct {
		const char *list, *word;
		bool found;
	} cases[] = {
		{ "cpu io memory\n", "memory", true },
		{ "cpu io memory\n", "mem", false },
		{ "cpuset\n", "cpu", false },
		{ "", "cpu", false },
		{ "\n", "cpu", false },
		{ "cpu", "", false },
		{ "  cpu\t", "cpu", true },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++)
		cr_expect_eq(vt_parse_has_word(cases[i].list, cases[i].word), cases[i].found,
			     "case %zu", i);
}

Test(parse, flat_keyed)
{
	static const char text[] = "usage_usec 12\n\nbroken\nnumber x\n 5\nneg -1\nbig "
				   "18446744073709551616\nlimit max\ntwo 1 2\nlast 7";
	static const struct {
		const char *key;
		uint64_t value;
	} wanted[] = { { "usage_usec", 12 }, { "limit", VT_MAX }, { "last", 7 } };
	const char *cursor = text;
	struct vt_slice key;
	uint64_t value;
	size_t n = 0;

	for (; vt_parse_flat(&cursor, &key, &value); n++) {
		cr_assert_lt(n, VT_LEN(wanted), "'%.*s'", (int)key.n, key.at);
		expect_slice(key, wanted[n].key, "key");
		cr_expect_eq(value, wanted[n].value, "%s", wanted[n].key);
	}
	cr_expect_eq(n, VT_LEN(wanted));
}

Test(parse, flat_keyed_finds_one)
{
	static const struct {
		const char *text, *key;
		bool found;
		uint64_t value;
	} cases[] = {
		{ "populated 1\nfrozen 0\n", "frozen", true, 0 },
		{ "populated 1\nfrozen 0\n", "populate", false, 0 },
		{ "oom 1\noom_kill 2\n", "oom_kill", true, 2 },
		{ "max x\nmax 3\n", "max", true, 3 },
		{ "", "max", false, 0 },
		{ "max", "max", false, 0 },
		{ "max ", "max", false, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		uint64_t value = untouched;

		cr_expect_eq(vt_parse_flat_find(cases[i].text, cases[i].key, &value),
			     cases[i].found, "case %zu", i);
		cr_expect_eq(value, cases[i].found ? cases[i].value : untouched, "case %zu", i);
	}
}

Test(parse, nested_keyed)
{
	struct vt_slice rest = slice("rbytes=1 junk =2 wbytes=x rios=-3 wios=max dbytes=\t dios=4"),
			key;
	uint64_t value;

	cr_expect(vt_parse_pair(&rest, &key, &value) && value == 1);
	expect_slice(key, "rbytes", "first");
	cr_expect(vt_parse_pair(&rest, &key, &value) && value == 2);
	expect_slice(key, "", "a key may be empty: nobody asks for it");
	cr_expect(vt_parse_pair(&rest, &key, &value) && value == VT_MAX);
	expect_slice(key, "wios", "after what is no number");
	cr_expect(vt_parse_pair(&rest, &key, &value) && value == 4);
	expect_slice(key, "dios", "last");
	cr_expect_not(vt_parse_pair(&rest, &key, &value));
}

Test(parse, devices)
{
	static const struct {
		const char *text;
		bool ok;
		uint32_t major, minor;
	} cases[] = {
		{ "8:16", true, 8, 16 },
		{ "0:0", true, 0, 0 },
		{ "4294967295:4294967295", true, UINT32_MAX, UINT32_MAX },
		{ "4294967296:0", false, 0, 0 },
		{ "0:4294967296", false, 0, 0 },
		{ "8", false, 0, 0 },
		{ "8:", false, 0, 0 },
		{ ":8", false, 0, 0 },
		{ "8:16:1", false, 0, 0 },
		{ "-8:16", false, 0, 0 },
		{ "(unknown)", false, 0, 0 },
		{ "", false, 0, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		uint32_t major = 7, minor = 7;

		cr_expect_eq(vt_parse_device(slice(cases[i].text), &major, &minor), cases[i].ok,
			     "'%s'", cases[i].text);
		cr_expect_eq(major, cases[i].ok ? cases[i].major : 7, "'%s'", cases[i].text);
		cr_expect_eq(minor, cases[i].ok ? cases[i].minor : 7, "'%s'", cases[i].text);
	}
}

Test(parse, cpu_max)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t quota, period;
	} cases[] = {
		{ "max 100000\n", true, VT_MAX, 100000 },
		{ "20000 50000\n", true, 20000, 50000 },
		{ "20000 50000", true, 20000, 50000 },
		{ "20000\n", false, 0, 0 },
		{ "max\n", false, 0, 0 },
		{ "1000 max\n", false, 0, 0 },
		{ "1000 0\n", false, 0, 0 }, /* would divide by it */
		{ "-1 100000\n", false, 0, 0 },
		{ "", false, 0, 0 },
		{ "18446744073709551616 1\n", false, 0, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		uint64_t quota = untouched, period = untouched;

		cr_expect_eq(vt_parse_cpu_max(cases[i].text, &quota, &period), cases[i].ok, "'%s'",
			     cases[i].text);
		cr_expect_eq(quota, cases[i].ok ? cases[i].quota : untouched, "'%s'",
			     cases[i].text);
		cr_expect_eq(period, cases[i].ok ? cases[i].period : untouched, "'%s'",
			     cases[i].text);
	}
}

Test(parse, pressure)
{
	static const char some[] = "some avg10=1.50 avg60=0.25 avg300=0.00 total=123\n";
	static const char full[] = "full avg10=0.75 avg60=0.10 avg300=0.00 total=45";
	struct vt_psi psi;
	char both[256];

	(void)snprintf(both, sizeof(both), "%s%s", some, full);
	cr_assert(vt_parse_psi(both, &psi));
	cr_expect(psi.some.known && psi.full.known);
	cr_expect_float_eq(psi.some.avg10, 1.5, 1e-9);
	cr_expect_float_eq(psi.some.avg60, 0.25, 1e-9);
	cr_expect_eq(psi.some.total_usec, 123);
	cr_expect_float_eq(psi.full.avg10, 0.75, 1e-9);
	cr_expect_eq(psi.full.total_usec, 45);
	cr_assert(vt_parse_psi(some, &psi));
	cr_expect(psi.some.known);
	cr_expect_not(psi.full.known, "old kernels have no full line for cpu");
}

Test(parse, broken_pressure)
{
	static const char *const texts[] = {
		"",
		"\n\n",
		"some",
		"some avg10=1.50 avg60=0.25 avg300=0.00\n",
		"some avg10=1.50 avg60=0.25 total=-1\n",
		"some avg10=x avg60=0.25 total=1\n",
		"some avg10=1.0 avg60=1.0 total=18446744073709551616\n",
		"none avg10=1.50 avg60=0.25 avg300=0.00 total=1\n",
		"some avg10 1.50 avg60 0.25 total 1\n",
	};

	for (size_t i = 0; i < VT_LEN(texts); i++) {
		struct vt_psi psi = { .some.total_usec = untouched };

		cr_expect_not(vt_parse_psi(texts[i], &psi), "'%s'", texts[i]);
		cr_expect_eq(psi.some.total_usec, untouched, "'%s'", texts[i]);
	}
}

/* One line of 100 kB, with and without what is looked for behind it. */
Test(parse, long_lines)
{
	enum {
		LONG = 100000
	};
	vt_autofree char *text = vt_alloc(LONG + 64);
	const char *cursor = text;
	struct vt_slice line, rest, word;
	struct vt_psi psi;
	uint64_t value = untouched, other;

	memset(text, '9', LONG);
	(void)snprintf(text + LONG, 64, "\nkey 7\n");
	cr_expect_not(vt_parse_value(text, &value));
	cr_expect(vt_parse_flat_find(text, "key", &value) && value == 7);
	cr_expect(vt_parse_line(&cursor, &line) && line.n == LONG);
	rest = line;
	cr_expect(vt_parse_word(&rest, &word) && word.n == LONG);
	cr_expect_not(vt_parse_u64(line, &value));
	cr_expect_not(vt_parse_cpu_max(text, &value, &other));
	cr_expect_not(vt_parse_psi(text, &psi));
	memset(text, ' ', LONG);
	cr_expect_eq(vt_parse_has_word(text, "7"), true);
	memset(text, '=', LONG);
	rest = slice(text);
	cr_expect_not(vt_parse_pair(&rest, &word, &value));
}
