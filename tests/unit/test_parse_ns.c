/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsers of what /proc says about namespaces: tables of texts, good and bad. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "../../probes/parse_ns.h"
#include "../../src/memory.h"

static struct vt_slice slice(const char *text)
{
	return (struct vt_slice){ text, strlen(text) };
}

Test(parse_ns, id_maps)
{
	static const struct {
		const char *map, *line; /* line NULL: empty */
		uint64_t root;          /* of uid 0 inside; UINT64_MAX: none */
	} cases[] = {
		{ "         0          0 4294967295\n", "0 0 4294967295", 0 },
		{ "0 100000 65536\n", "0 100000 65536", 100000 },
		{ "1000 1000 1\n", "1000 1000 1", UINT64_MAX },
		{ "0 1000 1\n1 100000 65536\n", "0 1000 1, 1 100000 65536", 1000 },
		{ "", NULL, UINT64_MAX },
		{ "0 100000\n", NULL, UINT64_MAX },
		{ "a b c\n0 5 1\n", "0 5 1", 5 },
		{ "0 99999999999 1\n", NULL, UINT64_MAX },
		{ "-1 0 1\n", NULL, UINT64_MAX },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		char line[256];
		uint64_t root = UINT64_MAX;
		bool any = vt_parse_id_map_line(cases[i].map, line, sizeof(line));

		cr_expect_eq(any, cases[i].line != NULL, "case %zu", i);
		if (any && cases[i].line)
			cr_expect_str_eq(line, cases[i].line);
		(void)vt_parse_id_outside(cases[i].map, 0, &root);
		cr_expect_eq(root, cases[i].root, "root of case %zu", i);
	}
}

Test(parse_ns, a_map_that_does_not_fit_is_cut)
{
	char line[12];

	cr_expect(vt_parse_id_map_line("0 100000 65536\n5 6 7\n", line, sizeof(line)));
	cr_expect_eq(strlen(line), sizeof(line) - 1);
}

Test(parse_ns, last_pid)
{
	uint64_t pid = 0;

	cr_expect(vt_parse_nspid_last("Name:\tx\nNSpid:\t4242\t7\t1\n", &pid));
	cr_expect_eq(pid, 1);
	cr_expect(vt_parse_nspid_last("NSpid:\t4242\n", &pid));
	cr_expect_eq(pid, 4242);
	pid = 7;
	cr_expect_not(vt_parse_nspid_last("NSpid:\t4242\tx\n", &pid));
	cr_expect_eq(pid, 7, "a number before is not it");
	cr_expect_not(vt_parse_nspid_last("NSpid:\n", &pid));
	cr_expect_not(vt_parse_nspid_last("Pid:\t1\n", &pid));
}

Test(parse_ns, pids_from_outside_to_inside)
{
	char pids[32], cut[6];

	cr_expect(vt_parse_nspids("Name:\tx\nNSpid:\t4242\t7\t1\n", pids, sizeof(pids)));
	cr_expect_str_eq(pids, "4242 > 7 > 1");
	cr_expect(vt_parse_nspids("NSpid:\t4242\n", pids, sizeof(pids)));
	cr_expect_str_eq(pids, "4242");
	cr_expect(vt_parse_nspids("NSpid:\t4242\t7\t1\n", cut, sizeof(cut)));
	cr_expect_str_eq(cut, "4242 ");
	cr_expect_not(vt_parse_nspids("NSpid:\n", pids, sizeof(pids)));
	cr_expect_not(vt_parse_nspids("Pid:\t1\n", pids, sizeof(pids)));
}

Test(parse_ns, time_offsets)
{
	const char *text = "monotonic         -86400         500000000\nboottime   3600  0\n";
	double s = 0;

	cr_expect(vt_parse_time_offset(text, "monotonic", &s));
	cr_expect_float_eq(s, -86399.5, 1e-6);
	cr_expect(vt_parse_time_offset(text, "boottime", &s));
	cr_expect_float_eq(s, 3600, 1e-6);
	cr_expect_not(vt_parse_time_offset(text, "tai", &s));
	cr_expect_not(vt_parse_time_offset("monotonic x 0\n", "monotonic", &s));
	cr_expect_not(vt_parse_time_offset("monotonic 1 2000000000\n", "monotonic", &s));
	cr_expect_not(vt_parse_time_offset("monotonic 1\n", "monotonic", &s));
}

Test(parse_ns, system_v_ipc)
{
	const char *head = "       key      shmid perms                  size  cpid\n";
	vt_autofree char *two = vt_asprintf("%s  123  0   600  1000   5\n  124  1  600  24  6\n",
					    head);
	uint64_t rows = 9, sum = 9;

	cr_expect(vt_parse_sysvipc(head, "size", &rows, &sum));
	cr_expect_eq(rows, 0);
	cr_expect_eq(sum, 0);
	cr_expect(vt_parse_sysvipc(two, "size", &rows, &sum));
	cr_expect_eq(rows, 2);
	cr_expect_eq(sum, 1024);
	cr_expect(vt_parse_sysvipc(two, NULL, &rows, NULL));
	cr_expect_not(vt_parse_sysvipc(two, "weight", &rows, &sum));
	cr_expect_not(vt_parse_sysvipc("", NULL, &rows, NULL));
	cr_expect_not(vt_parse_sysvipc("nothing of the kind\n", NULL, &rows, NULL));
}

Test(parse_ns, sockets_in_use)
{
	const char *text = "sockets: used 130\nTCP: inuse 5 orphan 0 tw 1\nUDP: mem 2 inuse 3\n"
			   "RAW: orphan 1\nFRAG: inuse\n";
	uint64_t n = 99;

	cr_expect(vt_parse_sockstat(text, "TCP:", &n));
	cr_expect_eq(n, 5);
	cr_expect(vt_parse_sockstat(text, "UDP:", &n));
	cr_expect_eq(n, 3);
	cr_expect_not(vt_parse_sockstat(text, "RAW:", &n));
	cr_expect_not(vt_parse_sockstat(text, "FRAG:", &n));
	cr_expect_not(vt_parse_sockstat(text, "TCP6:", &n));
	cr_expect_not(vt_parse_sockstat("", "TCP:", &n));
	cr_expect_eq(n, 3);
}

Test(parse_ns, mounts)
{
	static const struct {
		const char *tags, *words;
	} cases[] = {
		{ "", "private" },
		{ "shared:1", "shared" },
		{ "master:7", "slave" },
		{ "shared:1 master:7", "shared and slave" },
		{ "unbindable", "unbindable" },
		{ "propagate_from:3 master:2", "slave" },
	};
	const char *text =
		"22 27 0:21 /a /b ro,nosuid shared:5 master:2 - overlay ov "
		"rw,lowerdir=/1:/2,upperdir=/u\nbroken line\n23 22 0:5 / /c rw - proc p rw\n";
	struct vt_mount m;

	for (size_t i = 0; i < VT_LEN(cases); i++)
		cr_expect_str_eq(vt_parse_propagation(slice(cases[i].tags)), cases[i].words);
	cr_assert(vt_parse_mount(&text, &m));
	cr_expect_eq(m.id, 22);
	cr_expect_eq(m.parent, 27);
	cr_expect(vt_slice_is(m.root, "/a"));
	cr_expect(vt_slice_is(m.point, "/b"));
	cr_expect(vt_slice_is(m.flags, "ro,nosuid"));
	cr_expect_str_eq(vt_parse_propagation(m.tags), "shared and slave");
	cr_expect(vt_slice_is(m.source, "ov"));
	cr_expect(vt_parse_has_option(m.flags, "ro"));
	cr_expect_not(vt_parse_has_option(m.flags, "nosui"));
	cr_assert(vt_parse_mount(&text, &m));
	cr_expect_eq(m.tags.n, 0);
	cr_expect(vt_slice_is(m.type, "proc"));
	cr_expect_not(vt_parse_mount(&text, &m));
}

Test(parse_ns, overlay_layers)
{
	static const struct {
		const char *options;
		uint64_t layers; /* 0: none */
	} cases[] = {
		{ "rw,lowerdir=/1:/2:/3,upperdir=/u,workdir=/w", 3 },
		{ "lowerdir=/1", 1 },
		{ "rw,lowerdir+=/1,lowerdir+=/2,upperdir=/u", 2 },
		{ "lowerdir=/1::/data", 2 },
		{ "rw,upperdir=/u", 0 },
		{ "lowerdir=", 0 },
		{ "", 0 },
	};
	struct vt_slice value;

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		uint64_t n = 0;

		cr_expect_eq(vt_parse_overlay(slice(cases[i].options), &n), cases[i].layers > 0);
		cr_expect_eq(n, cases[i].layers, "case %zu: %lu", i, (unsigned long)n);
	}
	cr_expect(vt_parse_option(slice("a=1,upperdir=/u"), "upperdir", &value));
	cr_expect(vt_slice_is(value, "/u"));
	cr_expect_not(vt_parse_option(slice("a=1,xupperdir=/u"), "upperdir", &value));
}

Test(parse_ns, cgroup_roots)
{
	static const struct {
		const char *outside, *inside, *root; /* root NULL: not known */
	} cases[] = {
		{ "/a/b", "/b", "/a" }, { "/a/b", "/", "/a/b" },   { "/a", "/a", "/" },
		{ "/", "/", "/" },      { "/a/b", "/../c", NULL }, { "/a/b", "/c", NULL },
		{ "/b", "/a/b", NULL }, { "", "/", NULL },         { "a", "/", NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		char root[64] = "";
		bool known = vt_parse_cgroup_root(slice(cases[i].outside), slice(cases[i].inside),
						  root, sizeof(root));

		cr_expect_eq(known, cases[i].root != NULL, "case %zu", i);
		if (known && cases[i].root)
			cr_expect_str_eq(root, cases[i].root);
	}
}
