/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths of processes below a cgroup mount that does not begin at the root. */
#include <criterion/criterion.h>

#include "../../probes/parse_proc.h"
#include "../../src/memory.h"

Test(cgroup_below, cases)
{
	static const struct {
		const char *root, *path, *below; /* NULL: it cannot be told */
	} cases[] = {
		{ "/", "/a/b", "/a/b" },
		{ "/", "/", "/" },
		{ "/", "/../x", "/../x" },
		{ "/a", "/a", "/" },
		{ "/a", "/a/", "/" },
		{ "/a", "/a/b", "/b" },
		{ "/a/b", "/a/b/c/d", "/c/d" },
		/* Beside it, in the kernel's own words. */
		{ "/a", "/ab", "/../ab" },
		{ "/a", "/", "/.." },
		{ "/a", "/x/y", "/../x/y" },
		{ "/a/b", "/a", "/.." },
		{ "/a/b", "/a/x", "/../x" },
		{ "/a/b", "/x", "/../../x" },
		/* A namespace below the mount: names above it are known, its own are not. */
		{ "/..", "/../x", "/x" },
		{ "/..", "/..", "/" },
		{ "/../..", "/../../x/y", "/x/y" },
		{ "/..", "/", NULL },
		{ "/..", "/a", NULL },
		{ "/../..", "/../x", NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_slice path = { cases[i].path, strlen(cases[i].path) };
		char out[64] = "untouched";
		bool known = vt_parse_cgroup_below(cases[i].root, path, out, sizeof(out));

		cr_expect_eq(known, cases[i].below != NULL, "%s below %s", cases[i].path,
			     cases[i].root);
		if (known && cases[i].below)
			cr_expect_str_eq(out, cases[i].below, "%s below %s: %s", cases[i].path,
					 cases[i].root, out);
	}
}

/* What does not fit is not cut: a shorter path would be another cgroup. */
Test(cgroup_below, no_room)
{
	static const char path[] = "/abcdef";
	char out[16];

	for (size_t size = 1; size < sizeof(out); size++)
		cr_expect_eq(vt_parse_cgroup_below("/", (struct vt_slice){ path, 7 }, out, size),
			     size >= 9, "%zu bytes", size);
	cr_expect_not(vt_parse_cgroup_below("/a/b/c/d/e/f", (struct vt_slice){ "/", 1 }, out, 16));
}
