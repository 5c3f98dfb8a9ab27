/* SPDX-License-Identifier: GPL-2.0-or-later */
/* KVM's modules and parameters, in a tree of files. */
#include <criterion/criterion.h>

#include "../../probes/kvm_modules.h"
#include "snapshots.h"
#include "tree.h"

TestSuite(kvm_modules, .init = tree_make, .fini = tree_remove);

/* The sealed rows; whether KVM may be in use. */
static struct vt_snapshot *scan(bool *ret_in_use)
{
	struct vt_kvm_modules m = { .host = &tree_host };
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s;

	vt_builder_begin(b);
	*ret_in_use = vt_kvm_modules_add(&m, b);
	s = seal_at(b, NULL, 0);
	vt_kvm_modules_finish(&m);
	vt_builder_free(b);
	return s;
}

static const struct vt_module *find_module(const struct vt_snapshot *s, const char *name)
{
	size_t n;
	const struct vt_module *rows = vt_module_rows(s, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static const char *parameter(const struct vt_snapshot *s, const char *module, const char *name)
{
	size_t n;
	const struct vt_parameter *rows = vt_parameter_rows(s, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].name, name) == 0 && rows[i].module >= 0 &&
		    strcmp(vt_module_at(s, rows[i].module)->name, module) == 0)
			return rows[i].value;
	return NULL;
}

Test(kvm_modules, in_use_or_not)
{
	static const struct {
		const char *what, *modules;
		bool built_in, in_use;
		const char *refcounts[2]; /* "kvm", "kvm_amd": NULL: no such row, "-": unknown */
	} cases[] = {
		{ "nothing", "ext4 1 0 - Live 0x0\n", false, false, { NULL, NULL } },
		{ "loaded, idle",
		  "kvm_amd 9 0 - Live 0x0\nkvm 9 1 kvm_amd, Live 0x0\n",
		  false,
		  false,
		  { "1", "0" } },
		{ "a machine runs",
		  "kvm_amd 9 3 - Live 0x0\nkvm 9 1 kvm_amd, Live 0x0\n",
		  false,
		  true,
		  { "1", "3" } },
		{ "without an end", "kvm_amd 9 3", false, true, { NULL, "3" } },
		{ "only the common part", "kvm 9 0 - Live 0x0\n", false, true, { "0", NULL } },
		{ "built in", "", true, true, { "-", "-" } },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		static const char *const names[] = { "kvm", "kvm_amd" };
		struct vt_snapshot *s;
		bool in_use;

		if (cases[i].built_in) {
			tree_put("sys/module/kvm/parameters/x", "1\n");
			tree_put("sys/module/kvm_amd/parameters/nested", "1\n");
		}
		tree_put("proc/modules", cases[i].modules);
		s = scan(&in_use);
		cr_expect_eq(in_use, cases[i].in_use, "%s", cases[i].what);
		for (size_t k = 0; k < 2; k++) {
			const struct vt_module *m = find_module(s, names[k]);
			const char *wanted = cases[i].refcounts[k];

			cr_expect_eq(m != NULL, wanted != NULL, "%s: %s", cases[i].what, names[k]);
			if (!m || !wanted)
				continue;
			cr_expect_eq(VT_HAS(MODULE, m, refcount), strcmp(wanted, "-") != 0, "%s",
				     cases[i].what);
			if (VT_HAS(MODULE, m, refcount))
				cr_expect_eq(m->refcount, strtoull(wanted, NULL, 10), "%s",
					     cases[i].what);
		}
		vt_snapshot_free(s);
	}
}

Test(kvm_modules, parameters)
{
	struct vt_snapshot *s;
	char longest[128];
	bool in_use;

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	tree_put("proc/modules", "kvm_intel 9 0 - Live 0x0\n");
	tree_put("sys/module/kvm/parameters/halt_poll_ns", "200000\n");
	tree_put("sys/module/kvm_intel/parameters/ept", "Y\n");
	tree_put("sys/module/kvm_intel/parameters/nested", "N\n");
	tree_put("sys/module/kvm_intel/parameters/long", longest);
	tree_put("sys/module/kvm_intel/parameters/hostile", "\033]0;x\007\n");
	tree_put("sys/module/kvmalloc/parameters/ept", "N\n");
	tree_put("sys/module/ext4/parameters/nested", "Y\n");
	s = scan(&in_use);
	cr_expect_str_eq(parameter(s, "kvm", "halt_poll_ns"), "200000");
	cr_expect_str_eq(parameter(s, "kvm_intel", "ept"), "Y");
	cr_expect_str_eq(parameter(s, "kvm_intel", "hostile"), "\033]0;x\007");
	cr_expect_null(parameter(s, "kvm_intel", "long"), "no half of a value");
	cr_expect_null(find_module(s, "kvmalloc"));
	cr_expect_null(find_module(s, "ext4"));
	cr_expect(VT_HAS(HOST, vt_snapshot_host(s), kvm_nested));
	cr_expect_eq(vt_snapshot_host(s)->kvm_nested, 0);
	vt_snapshot_free(s);
}

Test(kvm_modules, nested)
{
	static const struct {
		const char *text;
		int nested; /* -1: unknown */
	} cases[] = {
		{ "Y\n", 1 }, { "N\n", 0 }, { "1\n", 1 },  { "0\n", 0 },
		{ "\n", -1 }, { "", -1 },   { "?\n", -1 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_snapshot *s;
		const struct vt_host_row *host;
		bool in_use;

		tree_put("sys/module/kvm_amd/parameters/nested", cases[i].text);
		s = scan(&in_use);
		host = vt_snapshot_host(s);
		cr_expect_eq(VT_HAS(HOST, host, kvm_nested), cases[i].nested >= 0, "'%s'",
			     cases[i].text);
		if (cases[i].nested >= 0)
			cr_expect_eq(host->kvm_nested, (uint64_t)cases[i].nested, "'%s'",
				     cases[i].text);
		vt_snapshot_free(s);
	}
}
