/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person may have meant. */
#include <criterion/criterion.h>
#include <string.h>

#include "../../src/memory.h"
#include "../../src/near.h"

static const char *const names[] = { "overview",  "namespaces", "cgroups", "containers", "machines",
				     "processes", "host",       "events",  "cgroups",    "" };

Test(near, lists)
{
	static const char *const cases[][2] = {
		{ "cgroup", "cgroups" },
		{ "CGROUPS", "cgroups" },
		{ "cgruops", "cgroups" },
		{ "hots", "host" },
		{ "hosts", "host" },
		{ "space", "namespaces" },
		{ "overviwe", "overview" },
		{ "xyzzy", "" },
		{ "", "" },
		{ "es", "namespaces, machines or processes" },
		{ "\033[31m", "" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_near near = { .word = cases[i][0] };
		char list[96];

		for (size_t k = 0; k < VT_LEN(names); k++)
			vt_near_try(&near, names[k]);
		vt_near_list(&near, list, sizeof(list));
		cr_expect_str_eq(list, cases[i][1], "'%s': %s", cases[i][0], list);
	}
}

Test(near, the_nearest_come_first)
{
	static const char *const tries[] = { "abcdxyz", "abcdefgx", "abcdexgx", "abcdefgy",
					     "xabcdefgx" };
	struct vt_near near = { .word = "abcdefgh" };
	char list[96];

	for (size_t i = 0; i < VT_LEN(tries); i++)
		vt_near_try(&near, tries[i]);
	vt_near_list(&near, list, sizeof(list));
	cr_expect_str_eq(list, "abcdefgx, abcdefgy or abcdexgx", "%s", list);
}

Test(near, never_writes_past_the_end)
{
	struct vt_near near = { .word = "a" };

	vt_near_try(&near, "a-name");
	vt_near_try(&near, "another-name");
	for (size_t size = 1; size < 32; size++) {
		vt_autofree char *list = malloc(size);

		vt_near_list(&near, list, size);
		cr_expect_lt(strlen(list), size);
	}
}

Test(near, long_words)
{
	vt_autofree char *word = vt_alloc(100001), *name = vt_alloc(100001);
	struct vt_near near = { .word = word };

	memset(word, 'a', 100000);
	memset(name, 'b', 100000);
	vt_near_try(&near, "a");
	vt_near_try(&near, name);
	vt_near_try(&near, word);
	cr_expect_geq(near.n, 1);
	cr_expect_eq(near.names[0], word);
}
