/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Per-process files of proc(5). */
#include <criterion/criterion.h>
#include <string.h>

#include "../../probes/namespace_rel.h"
#include "../../probes/parse_proc.h"
#include "../../src/memory.h"

#define TAIL                                                                                       \
	" S 1 7 7 0 -1 4194304 100 200 3 4 11 22 33 44 20 0 5 0 98765 1048576 256 "                \
	"18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 3 0 0 0 66 0"

static void expect_slice(struct vt_slice s, const char *text)
{
	cr_expect(vt_slice_is(s, text), "'%.*s', not '%s'", (int)s.n, s.at, text);
}

Test(parse_proc, stat)
{
	struct vt_stat s;

	cr_assert(vt_parse_stat("42 (bash)" TAIL "\n", &s));
	cr_expect_eq(s.pid, 42);
	expect_slice(s.comm, "bash");
	cr_expect_eq(s.state, 'S');
	cr_expect_eq(s.ppid, 1);
	cr_expect_eq(s.flags, 4194304);
	cr_expect_eq(s.utime_ticks, 11);
	cr_expect_eq(s.stime_ticks, 22);
	cr_expect_eq(s.threads, 5);
	cr_expect_eq(s.start_ticks, 98765);
	cr_expect_eq(s.vsize_bytes, 1048576);
	cr_expect_eq(s.rss_pages, 256);
	cr_expect(s.has_processor && s.processor == 3);
	cr_expect(s.has_guest && s.guest_ticks == 66);
}

/* A process calls itself what it likes. */
Test(parse_proc, stat_of_hostile_names)
{
	static const char *const names[] = {
		"",
		")",
		"(",
		") S 1 2 3",
		"a\nb",
		"a b c",
		"((sd-pam))",
		"x) R (y",
		"\033]0;x\007",
		"\xff\xfe",
		")\n2 (fake) R 1",
	};

	for (size_t i = 0; i < VT_LEN(names); i++) {
		vt_autofree char *text = vt_asprintf("42 (%s)" TAIL "\n", names[i]);
		struct vt_stat s;

		cr_assert(vt_parse_stat(text, &s), "'%s'", names[i]);
		expect_slice(s.comm, names[i]);
		cr_expect_eq(s.pid, 42);
		cr_expect_eq(s.ppid, 1, "'%s'", names[i]);
		cr_expect_eq(s.start_ticks, 98765, "'%s'", names[i]);
	}
}

Test(parse_proc, stat_that_is_cut)
{
	static const char whole[] = "42 (bash)" TAIL "\n";
	bool was = false;

	/* Never a field of its own making, and never known again once unknown. */
	for (size_t n = 0; n < sizeof(whole); n++) {
		vt_autofree char *text = vt_strndup(whole, n);
		struct vt_stat s = { .pid = 7 };
		bool is = vt_parse_stat(text, &s);

		cr_expect(is || !was, "known at %zu bytes only", n);
		cr_expect_eq(s.pid, is ? 42 : 7, "%zu bytes", n);
		was = is;
	}
	cr_expect(was);
}

Test(parse_proc, broken_stat)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
		{ "", false },
		{ "42", false },
		{ "42 bash S 1 1", false },
		{ "(bash)" TAIL, false },
		{ "x (bash)" TAIL, false },
		{ "-42 (bash)" TAIL, false },
		{ "42(bash)" TAIL, false },
		{ "42 )bash(" TAIL, false },
		{ "42 (bash" TAIL, false },
		{ "99999999999999999999 (bash)" TAIL, false },
		{ "42 (bash)S 1", false },
		{ "42 (bash) ", false },
		{ "42 (bash) S", false },
		{ "42 (bash) S x 7 7", false },
		/* The last that is needed is the 24th. */
		{ "1 (a) S 1 7 7 0 -1 4 1 2 3 4 11 22 33 44 20 0 5 0 98765 10 256", true },
		{ "1 (a) S 1 7 7 0 -1 4 1 2 3 4 11 22 33 44 20 0 5 0 98765 10", false },
		{ "1 (a) S 1 7 7 0 -1 4 1 2 3 4 11 22 33 44 20 0 5 0 98765 10 -", false },
		/* What does not fit is no number. */
		{ "1 (a) S 1 7 7 0 -1 4 1 2 3 4 11 22 33 44 20 0 5 0 18446744073709551616 10 256",
		  false },
		{ "1 (a) S 1 7 7 0 -1 4 1 2 3 4 99999999999999999999 22 33 44 20 0 5 0 9 10 256",
		  false },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_stat s = { .threads = 77 };

		cr_expect_eq(vt_parse_stat(cases[i].text, &s), cases[i].ok, "case %zu", i);
		cr_expect_eq(s.threads, cases[i].ok ? 5 : 77, "case %zu", i);
	}
}

Test(parse_proc, negative_fields_are_nothing)
{
	struct vt_stat s;

	cr_assert(vt_parse_stat("1 (a) S -1 7 7 0 -1 4 1 2 3 4 11 22 33 44 20 0 5 0 98765 10 -256",
				&s));
	cr_expect_eq(s.ppid, 0);
	cr_expect_eq(s.rss_pages, 0);
	cr_expect_not(s.has_processor);
	cr_expect_not(s.has_guest);
}

Test(parse_proc, status)
{
	static const struct {
		const char *text;
		bool ok;
		uint32_t uid;
	} cases[] = {
		{ "Name:\tx\nUid:\t1000\t33\t1000\t1000\nGid:\t1\t2\t3\t4\n", true, 33 },
		{ "Uid:\t0\t4294967295\t0\t0", true, UINT32_MAX },
		{ "Uid:\t0\t4294967296\t0\t0\n", false, 0 },
		{ "Uid:\t0\n", false, 0 },
		{ "Uid:\t0\t-1\n", false, 0 },
		{ "Gid:\t0\t0\n", false, 0 },
		{ "", false, 0 },
		{ "Name:\tUid: 1 2\nUid: 3 4\n", true, 4 },
	};
	struct vt_slice rest;

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		uint32_t uid = 77;

		cr_expect_eq(vt_parse_status_uid(cases[i].text, &uid), cases[i].ok, "case %zu", i);
		cr_expect_eq(uid, cases[i].ok ? cases[i].uid : 77, "case %zu", i);
	}
	cr_expect(vt_parse_status_line("Name:\tx y\nNSpid:\t42\t1\n", "NSpid:", &rest));
	expect_slice(rest, "42\t1");
	cr_expect(vt_parse_status_line("NSpid:", "NSpid:", &rest));
	expect_slice(rest, "");
	cr_expect_not(vt_parse_status_line("xNSpid:\t1\n", "NSpid:", &rest));
}

Test(parse_proc, cgroup_lines)
{
	static const char text[] =
		"12:memory:/a\nbroken\n1:name=systemd:/b:c\n3:cpu\n4:x:relative\n"
		"-1:x:/n\n99999999999999999999:x:/big\n0::/d e\033[1m";
	static const struct {
		uint64_t hierarchy;
		const char *controllers, *path;
	} wanted[] = {
		{ 12, "memory", "/a" },
		{ 1, "name=systemd", "/b:c" },
		{ 0, "", "/d e\033[1m" },
	};
	const char *cursor = text;
	struct vt_cgroup_line line;
	size_t n = 0;

	for (; vt_parse_cgroup_line(&cursor, &line); n++) {
		cr_assert_lt(n, VT_LEN(wanted));
		cr_expect_eq(line.hierarchy, wanted[n].hierarchy);
		expect_slice(line.controllers, wanted[n].controllers);
		expect_slice(line.path, wanted[n].path);
	}
	cr_expect_eq(n, VT_LEN(wanted));
}

Test(parse_proc, cgroup_v2)
{
	static const char *const cases[][2] = {
		{ "0::/\n", "/" },
		{ "4:memory:/old\n0::/new\n", "/new" },
		{ "0::/a/b (deleted)\n", "/a/b (deleted)" },
		{ "0:cpu:/v1\n", NULL },
		{ "4:memory:/old\n", NULL },
		{ "0::", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_slice path = { "?", 1 };

		cr_expect_eq(vt_parse_cgroup_v2(cases[i][0], &path), cases[i][1] != NULL,
			     "case %zu", i);
		expect_slice(path, cases[i][1] ? cases[i][1] : "?");
	}
}

Test(parse_proc, namespace_links)
{
	static const struct {
		const char *text, *type; /* NULL: refused */
		uint64_t inode;
	} cases[] = {
		{ "net:[4026531833]", "net", 4026531833 },
		{ "pid_for_children:[1]", "pid_for_children", 1 },
		{ "net:[]", NULL, 0 },
		{ "net:[x]", NULL, 0 },
		{ "net:[-1]", NULL, 0 },
		{ "net:4026531833", NULL, 0 },
		{ "net:[4026531833", NULL, 0 },
		{ "net:[1]]", NULL, 0 },
		{ "net", NULL, 0 },
		{ "/proc/1", NULL, 0 },
		{ "", NULL, 0 },
		{ "net:[99999999999999999999]", NULL, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_slice type = { "?", 1 };
		uint64_t inode = 77;

		cr_expect_eq(
			vt_parse_ns_link((struct vt_slice){ cases[i].text, strlen(cases[i].text) },
					 &type, &inode),
			cases[i].type != NULL, "'%s'", cases[i].text);
		expect_slice(type, cases[i].type ? cases[i].type : "?");
		cr_expect_eq(inode, cases[i].type ? cases[i].inode : 77, "'%s'", cases[i].text);
	}
}

struct mount_case {
	const char *line, *root, *point, *type, *options; /* root NULL: passed over */
};

static void expect_mounts(bool (*parse)(const char **cursor, struct vt_mount *ret),
			  const struct mount_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *cursor = cases[i].line;
		struct vt_mount m = { .type = { "?", 1 } };

		cr_assert_eq(parse(&cursor, &m), cases[i].root != NULL, "'%s'", cases[i].line);
		expect_slice(m.type, cases[i].root ? cases[i].type : "?");
		if (!cases[i].root)
			continue;
		expect_slice(m.root, cases[i].root);
		expect_slice(m.point, cases[i].point);
		expect_slice(m.options, cases[i].options);
	}
}

Test(parse_proc, mounts)
{
	static const struct mount_case cases[] = {
		{ "35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup rw,nsdelegate\n",
		  "/", "/sys/fs/cgroup", "cgroup2", "rw,nsdelegate" },
		{ "35 24 0:30 / /a rw - tmpfs none rw", "/", "/a", "tmpfs", "rw" },
		{ "35 24 0:30 /x /a rw shared:1 master:2 propagate_from:3 unbindable - ext4 "
		  "/dev/a rw\n",
		  "/x", "/a", "ext4", "rw" },
		{ "1 1 0:4 net:[4026532600] /run/netns/a rw - nsfs nsfs rw\n", "net:[4026532600]",
		  "/run/netns/a", "nsfs", "rw" },
		{ "1 1 0:4 / /a\\040b rw - tmpfs t rw\n", "/", "/a\\040b", "tmpfs", "rw" },
		/* mount -t cgroup2 '' /a: the source is empty. */
		{ "1 1 0:4 / /a rw - cgroup2  rw,nsdelegate\n", "/", "/a", "cgroup2",
		  "rw,nsdelegate" },
		{ "1 1 0:4 / /a rw shared:1 cgroup2 cgroup rw\n", NULL, NULL, NULL, NULL },
		{ "1 1 0:4 / /a rw -\n", NULL, NULL, NULL, NULL },
		{ "1 1 0:4 / /a rw - cgroup2\n", NULL, NULL, NULL, NULL },
		{ "1 1\n", NULL, NULL, NULL, NULL },
		{ "", NULL, NULL, NULL, NULL },
		{ "junk\n\n1 1 0:4 / /b rw - tmpfs t rw\n", "/", "/b", "tmpfs", "rw" },
	};
	static const struct mount_case old[] = {
		{ "cgroup2 /sys/fs/cgroup cgroup2 rw,nsdelegate 0 0\n", "", "/sys/fs/cgroup",
		  "cgroup2", "rw,nsdelegate" },
		{ " /sys/fs/cgroup cgroup2 rw 0 0\n", "", "/sys/fs/cgroup", "cgroup2", "rw" },
		{ "a /b c\n", NULL, NULL, NULL, NULL },
		{ "", NULL, NULL, NULL, NULL },
	};

	expect_mounts(vt_parse_mount, cases, VT_LEN(cases));
	expect_mounts(vt_parse_mount_old, old, VT_LEN(old));
}

Test(parse_proc, unescapes)
{
	static const struct {
		const char *text, *out;
		size_t size;
		bool whole;
	} cases[] = {
		{ "/a\\040b", "/a b", 16, true },
		{ "\\134\\011\\012", "\\\t\n", 16, true },
		{ "/a\\04", "/a\\04", 16, true },
		{ "/a\\", "/a\\", 16, true },
		{ "/a\\999", "/a\\999", 16, true },
		{ "/a\\000b", "/a\\000b", 16, true }, /* a zero byte would end it */
		{ "/a\\777", "/a\\777", 16, true },
		{ "", "", 1, true },
		{ "abc", "abc", 4, true },
		{ "abc", "ab", 3, false },
		{ "a\\040b", "a ", 3, false },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_autofree char *out = vt_alloc(cases[i].size);

		cr_expect_eq(
			vt_parse_unescape((struct vt_slice){ cases[i].text, strlen(cases[i].text) },
					  out, cases[i].size),
			cases[i].whole, "'%s'", cases[i].text);
		cr_expect_str_eq(out, cases[i].out);
	}
}

/* The file "nsfs" of a recorded tree. */
Test(parse_proc, recorded_relations)
{
	static const char text[] =
		"# comment\nuser 4026532600 4026531837 4026531837 1000\npid 5 - - "
		"-\npid 0 1 1 1\nwhat 1 2 3 4\nuser 4294967296 1 1 1\nnet 7\n\n"
		"mnt 8 0 0 x\nuts 9 0 2 0";
	static const struct {
		uint32_t inode, parent, owner, uid;
		bool has_uid;
	} wanted[] = {
		{ 4026532600, 4026531837, 4026531837, 1000, true },
		{ 5, 0, 0, 0, false },
		{ 9, 0, 2, 0, true },
	};
	const char *cursor = text;
	struct vt_ns_recorded r;
	size_t n = 0;

	for (; vt_ns_parse_recorded(&cursor, &r); n++) {
		cr_assert_lt(n, VT_LEN(wanted), "%u", r.inode);
		cr_expect_eq(r.inode, wanted[n].inode);
		cr_expect_eq(r.parent, wanted[n].parent);
		cr_expect_eq(r.owner, wanted[n].owner);
		cr_expect_eq(r.has_owner_uid, wanted[n].has_uid);
		cr_expect_eq(r.owner_uid, wanted[n].uid);
	}
	cr_expect_eq(n, VT_LEN(wanted));
}

Test(parse_proc, long_lines)
{
	enum {
		LONG = 100000
	};
	vt_autofree char *text = vt_alloc(LONG + 256), *out = vt_alloc(64);
	const char *cursor = text;
	struct vt_slice s;
	struct vt_stat stat;
	struct vt_mount mount;
	struct vt_ns_recorded recorded;

	memset(text, ')', LONG);
	cr_expect_not(vt_parse_stat(text, &stat));
	memcpy(text, "42 (", 4);
	(void)snprintf(text + LONG, 256, ")" TAIL "\n");
	cr_expect(vt_parse_stat(text, &stat) && stat.comm.n == LONG - 4);
	(void)snprintf(text + LONG, 256, "\n0::/a\n1 1 0:4 / /b rw - tmpfs t rw\nuts 9 0 2 0\n");
	cr_expect(vt_parse_cgroup_v2(text, &s));
	expect_slice(s, "/a");
	cr_expect(vt_parse_mount(&cursor, &mount));
	cursor = text;
	cr_expect(vt_ns_parse_recorded(&cursor, &recorded) && recorded.inode == 9);
	cr_expect_not(vt_parse_unescape((struct vt_slice){ text, LONG }, out, 64));
}
