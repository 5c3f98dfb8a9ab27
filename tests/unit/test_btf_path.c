/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members of structures by type information that is made here. */
#include <bpf/btf.h>
#include <criterion/criterion.h>

#include "../../probes/btf_path.h"
#include "../../src/memory.h"

/*
 * struct inner { u32 a; u64 b; };
 * struct outer {
 *	u32 first;                              0
 *	const struct inner *next;               8
 *	union { struct { u64 hidden; }; };     16
 *	struct inner list[3];                  24
 *	u32 bits : 4;                          72
 *	u32 tail[];                            76
 * };
 */
static struct btf *make(void)
{
	struct btf *btf = btf__new_empty();
	int u32 = btf__add_int(btf, "u32", 4, 0), u64 = btf__add_int(btf, "u64", 8, 0), inner,
	    constant, pointer, hidden, either, list, tail;

	inner = btf__add_struct(btf, "inner", 16);
	btf__add_field(btf, "a", u32, 0, 0);
	btf__add_field(btf, "b", u64, 64, 0);
	constant = btf__add_const(btf, inner);
	pointer = btf__add_ptr(btf, constant);
	hidden = btf__add_struct(btf, NULL, 8);
	btf__add_field(btf, "hidden", u64, 0, 0);
	either = btf__add_union(btf, NULL, 8);
	btf__add_field(btf, NULL, hidden, 0, 0);
	list = btf__add_array(btf, u32, inner, 3);
	tail = btf__add_array(btf, u32, u32, 0);
	btf__add_struct(btf, "outer", 80);
	btf__add_field(btf, "first", u32, 0, 0);
	btf__add_field(btf, "next", pointer, 64, 0);
	btf__add_field(btf, NULL, either, 128, 0);
	btf__add_field(btf, "list", list, 192, 0);
	btf__add_field(btf, "bits", u32, 576, 4);
	btf__add_field(btf, "tail", tail, 608, 0);
	return btf;
}

Test(btf_path, finds_members)
{
	static const struct {
		const char *path;
		uint32_t offsets[3];
		unsigned n;
		uint32_t size;
	} cases[] = {
		{ "first", { 0 }, 1, 4 },      { "next", { 8 }, 1, 8 },
		{ "next.b", { 8, 8 }, 2, 8 },  { "hidden", { 16 }, 1, 8 },
		{ "list", { 24 }, 1, 48 },     { "list[2]", { 56 }, 1, 16 },
		{ "list[2].b", { 64 }, 1, 8 }, { "tail", { 76 }, 1, 0 },
	};
	struct btf *btf = make();
	int outer = btf__find_by_name_kind(btf, "outer", BTF_KIND_STRUCT);

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_btf_path path;

		cr_assert(vt_btf_find(btf, outer, cases[i].path, &path), "%s", cases[i].path);
		cr_expect_eq(path.n, cases[i].n, "%s", cases[i].path);
		cr_expect_eq(path.size, cases[i].size, "%s", cases[i].path);
		for (unsigned k = 0; k < path.n && k < cases[i].n; k++)
			cr_expect_eq(path.offsets[k], cases[i].offsets[k], "%s", cases[i].path);
	}
	btf__free(btf);
}

Test(btf_path, refuses_what_is_not_there)
{
	static const char *const paths[] = { "none",   "first.a",  "next.none", "list[3]", "bits",
					     "list.b", "first[0]", "fir",       "firsts",  "" };
	struct btf *btf = make();
	int outer = btf__find_by_name_kind(btf, "outer", BTF_KIND_STRUCT);
	struct vt_btf_path path;

	for (size_t i = 0; i < VT_LEN(paths); i++)
		cr_expect_not(vt_btf_find(btf, outer, paths[i], &path), "%s", paths[i]);
	cr_expect_not(vt_btf_find(btf, -2, "first", &path));
	btf__free(btf);
}
