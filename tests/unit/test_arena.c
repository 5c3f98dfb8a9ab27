/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <criterion/criterion.h>
#include <stdint.h>

#include "../../src/arena.h"

Test(arena, memory_is_zeroed_aligned_and_apart)
{
	static const size_t sizes[] = { 0, 1, 15, 16, 17, 4096, 100000, 300000, 3, 1000000, 5 };
	struct vt_arena *a = vt_arena_new();
	unsigned char *blocks[VT_LEN(sizes)];

	for (size_t i = 0; i < VT_LEN(sizes); i++) {
		blocks[i] = vt_arena_alloc(a, sizes[i]);
		cr_assert_eq((uintptr_t)blocks[i] % 16, 0, "size %zu", sizes[i]);
		for (size_t k = 0; k < sizes[i]; k++)
			cr_assert_eq(blocks[i][k], 0, "size %zu", sizes[i]);
		memset(blocks[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < VT_LEN(sizes); i++)
		for (size_t k = 0; k < sizes[i]; k++)
			cr_assert_eq(blocks[i][k], i + 1, "size %zu was written over", sizes[i]);
	cr_expect_geq(vt_arena_size(a), 1400000);
	vt_arena_free(a);
}

Test(arena, equal_strings_are_one)
{
	struct vt_arena *a = vt_arena_new();
	const char *abc = vt_arena_intern(a, "abc");
	char text[32];

	cr_expect_str_eq(abc, "abc");
	cr_expect_eq(vt_arena_intern_n(a, "abcdef", 3), abc);
	cr_expect_neq(vt_arena_intern(a, "abd"), abc);
	cr_expect_neq(vt_arena_intern(a, "ab"), abc);
	cr_expect_null(vt_arena_intern(a, NULL));
	for (int i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "string %d", i);
		cr_assert_str_eq(vt_arena_intern(a, text), text);
	}
	cr_expect_eq(vt_arena_intern(a, "abc"), abc, "the table grew");
	vt_arena_seal(a);
	cr_expect_str_eq(abc, "abc");
	vt_arena_free(a);
}

Test(arena, prints)
{
	struct vt_arena *a = vt_arena_new();
	char wide[2000];

	memset(wide, 'x', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	cr_expect_str_eq(vt_arena_printf(a, "%d %s", 7, "seven"), "7 seven");
	cr_expect_eq(strlen(vt_arena_printf(a, "%s", wide)), sizeof(wide) - 1);
	cr_expect_str_eq(vt_arena_printf(a, "%s", ""), "");
	vt_arena_free(a);
	vt_arena_free(NULL);
}
