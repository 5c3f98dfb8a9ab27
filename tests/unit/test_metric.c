/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The metric tables: each row is usable everywhere. */
#include <criterion/criterion.h>
#include <math.h>

#include "../../src/metric.h"
#include "snapshots.h"

Test(metric, tables_are_sound)
{
	for (int kind = 0; kind < VT_KIND_COUNT; kind++) {
		const struct vt_kind_info *k = &vt_kinds[kind];

		cr_expect_leq(k->n_metrics, 64 * VT_VALID_WORDS);
		for (int i = 0; i < k->n_metrics; i++) {
			const struct vt_metric *m = &k->metrics[i];

			cr_expect(*m->name && *m->title && *m->help, "%s %d", k->name, i);
			cr_expect_leq(m->offset + 8, k->size, "%s", m->name);
			cr_expect_eq(vt_metric_find((enum vt_kind)kind, m->name), i,
				     "%s: the name %s is there twice", k->name, m->name);
			if (*m->json)
				cr_expect_eq(vt_metric_find((enum vt_kind)kind, m->json), i,
					     "%s: %s is there twice", k->name, m->json);
			cr_expect_eq(m->class == VT_STRING,
				     m->unit == VT_UNIT_TEXT || m->unit == VT_UNIT_WORDS, "%s",
				     m->name);
			if (m->class != VT_RATE && m->class != VT_SHARE)
				continue;
			cr_expect(m->from >= 0 && m->from < i, "%s: counters come before", m->name);
			cr_expect_eq(k->metrics[m->from].class, VT_COUNTER, "%s", m->name);
			if (m->class == VT_SHARE)
				cr_expect_eq(k->metrics[m->per].class, VT_COUNTER, "%s", m->name);
			else
				cr_expect_gt(m->scale, 0, "%s", m->name);
		}
	}
}

/* An object and a value under one JSON path would overwrite each other. */
Test(metric, no_json_path_is_both_a_value_and_an_object)
{
	for (int kind = 0; kind < VT_KIND_COUNT; kind++) {
		const struct vt_kind_info *k = &vt_kinds[kind];

		for (int i = 0; i < k->n_metrics; i++)
			for (int j = 0; j < k->n_metrics; j++) {
				const char *a = k->metrics[i].json, *b = k->metrics[j].json;
				size_t n = strlen(a);

				cr_expect_not(n && strncmp(a, b, n) == 0 && b[n] == '.',
					      "%s: %s and %s", k->name, a, b);
			}
	}
}

Test(metric, finds)
{
	cr_expect_eq(vt_metric_find(VT_KIND_CGROUP, "memory_max_bytes"),
		     VT_CGROUP_memory_max_bytes);
	cr_expect_eq(vt_metric_find(VT_KIND_CGROUP, "memory.max_bytes"),
		     VT_CGROUP_memory_max_bytes);
	cr_expect_eq(vt_metric_find(VT_KIND_CGROUP, "comm"), -1);
	cr_expect_eq(vt_metric_find(VT_KIND_CGROUP, "memory"), -1);
}

Test(metric, shows)
{
	static const struct {
		int metric;
		uint64_t value;
		bool known;
		const char *shorter, *longer;
	} cases[] = {
		{ VT_CGROUP_memory_max_bytes, 104857600, true, "100M", "100M (104,857,600 bytes)" },
		{ VT_CGROUP_memory_max_bytes, VT_MAX, true, "max", "max" },
		{ VT_CGROUP_memory_max_bytes, 0, true, "0", "0" },
		{ VT_CGROUP_memory_max_bytes, 5, false, "–", "–" },
		{ VT_CGROUP_frozen, 1, true, "yes", "yes" },
		{ VT_CGROUP_id, 4026531837, true, "4026531837", "4026531837" },
		{ VT_CGROUP_pids_current, 12345, true, "12.3k", "12,345" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const struct vt_metric *m = &vt_kinds[VT_KIND_CGROUP].metrics[cases[i].metric];
		struct vt_cgroup cg = { 0 };
		char out[64];

		*(uint64_t *)(void *)((char *)&cg + m->offset) = cases[i].value;
		if (cases[i].known)
			vt_valid_set(&cg.head, (unsigned)cases[i].metric);
		vt_metric_short(out, sizeof(out), VT_KIND_CGROUP, cases[i].metric, &cg, false);
		cr_expect_str_eq(out, cases[i].shorter, "%s", m->name);
		vt_metric_long(out, sizeof(out), VT_KIND_CGROUP, cases[i].metric, &cg, false);
		cr_expect_str_eq(out, cases[i].longer, "%s", m->name);
	}
}

Test(metric, shows_percent_and_text)
{
	struct vt_cgroup cg = { 0 };
	char out[64];

	vt_metric_short(out, sizeof(out), VT_KIND_CGROUP, VT_CGROUP_cpu_percent, &cg, true);
	cr_expect_str_eq(out, "-", "unknown in ASCII");
	VT_SET(CGROUP, &cg, cpu_percent, 0);
	vt_metric_short(out, sizeof(out), VT_KIND_CGROUP, VT_CGROUP_cpu_percent, &cg, true);
	cr_expect_str_eq(out, "0", "zero is not unknown");
	vt_metric_long(out, sizeof(out), VT_KIND_CGROUP, VT_CGROUP_cpu_percent, &cg, true);
	cr_expect_str_eq(out, "0%");
	VT_SET(CGROUP, &cg, cpu_max_percent, INFINITY);
	vt_metric_long(out, sizeof(out), VT_KIND_CGROUP, VT_CGROUP_cpu_max_percent, &cg, true);
	cr_expect_str_eq(out, "max");
	VT_SET(CGROUP, &cg, path, "/\033]0;x\007\xff");
	vt_metric_short(out, sizeof(out), VT_KIND_CGROUP, VT_CGROUP_path, &cg, false);
	cr_expect_str_eq(out, "/\\x1b]0;x\\x07\\xff");
	for (size_t size = 1; size < 20; size++) {
		vt_autofree char *small = malloc(size);

		vt_metric_long(small, size, VT_KIND_CGROUP, VT_CGROUP_path, &cg, false);
		cr_expect_lt(strlen(small), size);
	}
}

Test(metric, compares)
{
	struct vt_cgroup unknown = { 0 }, low = { 0 }, high = { 0 }, none = { 0 };
	int m = VT_CGROUP_memory_max_bytes;

	VT_SET(CGROUP, &low, memory_max_bytes, 5);
	VT_SET(CGROUP, &high, memory_max_bytes, 50);
	VT_SET(CGROUP, &none, memory_max_bytes, VT_MAX);
	cr_expect_lt(vt_metric_compare(VT_KIND_CGROUP, m, &low, &high), 0);
	cr_expect_gt(vt_metric_compare(VT_KIND_CGROUP, m, &high, &low), 0);
	cr_expect_eq(vt_metric_compare(VT_KIND_CGROUP, m, &low, &low), 0);
	cr_expect_gt(vt_metric_compare(VT_KIND_CGROUP, m, &none, &high), 0, "no limit is most");
	cr_expect_lt(vt_metric_compare(VT_KIND_CGROUP, m, &unknown, &low), 0);
	cr_expect_gt(vt_metric_compare(VT_KIND_CGROUP, m, &low, &unknown), 0);
	cr_expect_eq(vt_metric_compare(VT_KIND_CGROUP, m, &unknown, &unknown), 0);
	VT_SET(CGROUP, &low, path, "/a");
	VT_SET(CGROUP, &high, path, "/b");
	cr_expect_lt(vt_metric_compare(VT_KIND_CGROUP, VT_CGROUP_path, &low, &high), 0);
}

Test(metric, numbers)
{
	const struct vt_metric *m = vt_kinds[VT_KIND_CGROUP].metrics;
	struct vt_cgroup cg = { .path = "/a", .pids_max = VT_MAX, .cpu_percent = 1.5 };

	cr_expect(isinf(vt_metric_number(&m[VT_CGROUP_pids_max], &cg)));
	cr_expect_float_eq(vt_metric_number(&m[VT_CGROUP_cpu_percent], &cg), 1.5, 1e-9);
	cr_expect_eq(vt_metric_number(&m[VT_CGROUP_path], &cg), 0);
	cr_expect_str_eq(vt_metric_string(&m[VT_CGROUP_path], &cg), "/a");
	cr_expect_str_eq(vt_metric_string(&m[VT_CGROUP_pids_max], &cg), "");
}

Test(metric, types_of_namespaces)
{
	for (int t = 0; t < VT_NS_TYPES; t++) {
		cr_expect_eq(vt_ns_type_find(vt_ns_names[t]), t);
		for (int u = 0; u < t; u++)
			cr_expect_neq(vt_ns_clone_flags[t], vt_ns_clone_flags[u]);
	}
	cr_expect_eq(vt_ns_type_find("mount"), VT_NS_MNT);
	cr_expect_eq(vt_ns_type_find("network"), VT_NS_NET);
	cr_expect_eq(vt_ns_type_find(""), -1);
	cr_expect_eq(vt_ns_type_find("pid_for_children"), -1);
}
