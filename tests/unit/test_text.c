/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hostile text: escaping, decoding, widths, cutting. */
#include <criterion/criterion.h>

#include "../../src/memory.h"
#include "../../src/text.h"

Test(text, escapes)
{
	static const struct {
		const char *raw, *clean;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "gr\303\274n", "gr\303\274n" },
		{ "\033]0;x\007", "\\x1b]0;x\\x07" },
		{ "a\nb\tc", "a\\nb\\tc" },
		{ "\177", "\\x7f" },
		{ "\302\233", "\\x9b" },                        /* C1 in UTF-8 */
		{ "\233", "\\x9b" },                            /* C1 as a byte */
		{ "\300\200", "\\xc0\\x80" },                   /* overlong zero */
		{ "\340\200\257", "\\xe0\\x80\\xaf" },          /* overlong slash */
		{ "\355\240\200", "\\xed\\xa0\\x80" },          /* surrogate */
		{ "\364\220\200\200", "\\xf4\\x90\\x80\\x80" }, /* above U+10FFFF */
		{ "\342\200\256abc", "\\u{202e}abc" },          /* right-to-left override */
		{ "\342\200\250", "\\u{2028}" },
		{ "\303", "\\xc3" }, /* cut in the middle */
		{ "\360\237\230\200", "\360\237\230\200" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		char out[128], again[128];

		cr_expect_eq(vt_text_escape(out, sizeof(out), cases[i].raw), strlen(cases[i].clean),
			     "case %zu", i);
		cr_expect_str_eq(out, cases[i].clean, "case %zu: %s", i, out);
		cr_expect(vt_text_clean(out), "case %zu is clean", i);
		cr_expect_eq(vt_text_clean(cases[i].raw), strcmp(cases[i].raw, cases[i].clean) == 0,
			     "case %zu", i);
		vt_text_escape(again, sizeof(again), out);
		cr_expect_str_eq(again, out, "case %zu stays", i);
	}
}

Test(text, raw_width_is_that_of_the_escaped_text)
{
	static const char *const cases[] = {
		"",     "plain",    "\033[2J",         "a\nb\tc",
		"\377", "\302\233", "\342\200\256abc", "\346\227\245e\314\201",
		"\303"
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		char clean[64];

		vt_text_escape(clean, sizeof(clean), cases[i]);
		cr_expect_eq(vt_text_raw_width(cases[i]), vt_text_width(clean), "case %zu", i);
	}
}

Test(text, every_byte_becomes_clean)
{
	for (int a = 1; a < 256; a++)
		for (int b = 1; b < 256; b++) {
			char raw[] = { (char)a, (char)b, 'x', '\0' }, out[64];

			vt_text_escape(out, sizeof(out), raw);
			cr_assert(vt_text_clean(out), "bytes %02x %02x", a, b);
		}
}

Test(text, cuts_at_a_character)
{
	static const struct {
		const char *raw;
		size_t size;
		const char *out;
	} cases[] = {
		{ "abc", 3, "ab" },
		{ "a\303\274", 3, "a" },
		{ "a\303\274", 4, "a\303\274" },
		{ "a\033", 5, "a" },
		{ "a\033", 6, "a\\x1b" },
		{ "abc", 1, "" },
		{ "\360\237\230\200", 4, "" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		char out[16] = "untouched";

		vt_text_escape(out, cases[i].size, cases[i].raw);
		cr_expect_str_eq(out, cases[i].out, "case %zu: %s", i, out);
	}
}

Test(text, decodes)
{
	static const struct {
		const char *s;
		int n;
		uint32_t c;
	} cases[] = {
		{ "", 0, 0 },
		{ "a", 1, 'a' },
		{ "\303\274", 2, 0xfc },
		{ "\342\202\254", 3, 0x20ac },
		{ "\360\237\230\200", 4, 0x1f600 },
		{ "\200", -1, 0 },
		{ "\303", -1, 0 },
		{ "\370\210\200\200\200", -1, 0 },
		{ "\364\217\277\277", 4, 0x10ffff },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		uint32_t c = 0;

		cr_expect_eq(vt_text_decode(cases[i].s, &c), cases[i].n, "case %zu", i);
		cr_expect_eq(c, cases[i].c, "case %zu", i);
	}
}

Test(text, measures)
{
	cr_expect_eq(vt_text_width(""), 0);
	cr_expect_eq(vt_text_width("abc"), 3);
	cr_expect_eq(vt_text_width("gr\303\274n"), 4);
	cr_expect_eq(vt_text_width("\342\226\207\342\226\207"), 2); /* blocks */
	cr_expect_eq(vt_text_width("\346\227\245\346\234\254"), 4); /* CJK */
}

Test(text, fits)
{
	static const struct {
		const char *s;
		int width;
		bool ascii;
		const char *middle, *end;
	} cases[] = {
		{ "docker-abc.scope", 16, false, "docker-abc.scope", "docker-abc.scope" },
		{ "docker-abc.scope", 9, true, "dock~cope", "docker-a~" },
		{ "docker-abc.scope", 9, false, "dock\342\200\246cope", "docker-a\342\200\246" },
		{ "docker", 1, true, "~", "~" },
		{ "docker", 0, true, "", "" },
		{ "\346\227\245\346\234\254\350\252\236", 4, true, "\346\227\245~",
		  "\346\227\245~" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		char out[64];

		vt_text_fit_middle(out, sizeof(out), cases[i].s, cases[i].width, cases[i].ascii);
		cr_expect_str_eq(out, cases[i].middle, "case %zu: %s", i, out);
		cr_expect_leq(vt_text_width(out), cases[i].width > 0 ? cases[i].width : 0);
		vt_text_fit_end(out, sizeof(out), cases[i].s, cases[i].width, cases[i].ascii);
		cr_expect_str_eq(out, cases[i].end, "case %zu: %s", i, out);
	}
}

Test(text, finds)
{
	const char *s = "Hello World";

	cr_expect_eq(vt_text_find(s, "world"), s + 6);
	cr_expect_eq(vt_text_find(s, ""), s);
	cr_expect_null(vt_text_find(s, "worlds"));
	cr_expect_null(vt_text_find("", "x"));
}

Test(text, words)
{
	static const struct {
		const char *words, *word;
		bool has;
	} cases[] = {
		{ "cpu memory", "cpu", true },
		{ "cpu memory", "memory", true },
		{ "cpuset memory", "cpu", false },
		{ "cpu cpuset", "cpuset", true },
		{ "", "cpu", false },
		{ "cpu", "", false },
		{ "a  b", "b", true },
		{ "acpu", "cpu", false },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++)
		cr_expect_eq(vt_text_has_word(cases[i].words, cases[i].word), cases[i].has,
			     "case %zu", i);
}

Test(text, hashes)
{
	cr_expect_neq(vt_hash_bytes("a", 1), vt_hash_bytes("b", 1));
	cr_expect_eq(vt_hash_bytes("abc", 3), vt_hash_bytes("abc", 3));
	cr_expect_neq(vt_hash_mix(1, 2), vt_hash_mix(2, 1));
	cr_expect_neq(vt_hash_mix(0, 0), vt_hash_mix(0, 1));
}
