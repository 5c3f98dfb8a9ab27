/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bounded reads that never leave the tree. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "tree.h"

TestSuite(host, .init = tree_make, .fini = tree_remove);

Test(host, a_root_that_is_none)
{
	struct vt_host h;
	struct vt_error err = { 0 };

	cr_expect_eq(vt_host_open(&h, "/nonexistent", &err), -ENOENT);
	cr_expect(strstr(err.msg, "/nonexistent"), "%s", err.msg);
	cr_expect_eq(vt_host_open(&h, "/proc/version", &err), -ENOTDIR);
}

Test(host, missing_parts)
{
	vt_autofree char *root = vt_asprintf("%s/proc", tree_root);
	struct vt_host h;
	char text[8];

	cr_assert_eq(vt_host_open(&h, root, NULL), 0);
	cr_expect_lt(h.proc, 0);
	cr_expect_lt(h.sys, 0);
	cr_expect_not(h.is_self);
	cr_expect_not(h.proc_live);
	cr_expect_eq(vt_host_read(h.proc, "1/stat", text, sizeof(text)), -ENOENT);
	vt_host_close(&h);
}

Test(host, links_do_not_lead_out)
{
	static const char *const links[][2] = {
		{ "absolute", "/etc/passwd" },
		{ "up", "../../../../../../../../etc/passwd" },
		{ "directory", "/etc" },
	};
	char text[64];

	for (size_t i = 0; i < VT_LEN(links); i++) {
		vt_autofree char *path = vt_asprintf("%s/proc/%s", tree_root, links[i][0]);

		cr_assert_eq(symlink(links[i][1], path), 0);
		cr_expect_lt(vt_host_read(tree_host.proc, links[i][0], text, sizeof(text)), 0, "%s",
			     links[i][0]);
	}
	cr_expect_lt(vt_host_openat(tree_host.proc, "directory/passwd", O_RDONLY), 0);
	cr_expect_lt(vt_host_openat(tree_host.proc, "../sys/x", O_RDONLY), 0);
	tree_put("proc/1/stat", "inside");
	cr_assert_eq(symlinkat("1/stat", tree_host.proc, "link"), 0);
	cr_expect_eq(vt_host_read(tree_host.proc, "link", text, sizeof(text)), 6,
		     "a link that stays inside is followed");
}

Test(host, a_leading_slash_is_the_tree)
{
	char text[16];

	tree_put("proc/1/stat", "inside");
	cr_expect_eq(vt_host_read(tree_host.root, "/proc/1/stat", text, sizeof(text)), 6);
	cr_expect_str_eq(text, "inside");
}

Test(host, reads_are_bounded)
{
	static const struct {
		size_t size;
		ssize_t n;
		const char *text;
	} cases[] = {
		{ 8, 6, "abcdef" },
		{ 7, 6, "abcdef" },
		{ 6, -EFBIG, "abcde" },
		{ 1, -EFBIG, "" },
	};

	tree_put("proc/f", "abcdef");
	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_autofree char *buf = malloc(cases[i].size);

		cr_expect_eq(vt_host_read(tree_host.proc, "f", buf, cases[i].size), cases[i].n,
			     "%zu", cases[i].size);
		cr_expect_str_eq(buf, cases[i].text, "%zu", cases[i].size);
	}
}

Test(host, reads_all_up_to_a_bound)
{
	static const size_t sizes[] = { 0,     1,     2047,  2048,  2049,   16382, 16383,
					16384, 32767, 32768, 99999, 100000, 100001 };

	for (size_t i = 0; i < VT_LEN(sizes); i++) {
		vt_autofree char *data = vt_alloc(sizes[i] + 1), *text = NULL;
		ssize_t n;

		for (size_t k = 0; k < sizes[i]; k++)
			data[k] = (char)('a' + k % 26);
		tree_put("proc/f", data);
		n = vt_host_read_all(tree_host.proc, "f", 100000, &text);
		if (sizes[i] > 100000) {
			cr_expect_eq(n, -EFBIG);
			cr_expect_null(text, "untouched");
			continue;
		}
		cr_assert_eq(n, (ssize_t)sizes[i], "%zu", sizes[i]);
		cr_expect_str_eq(text, data, "%zu", sizes[i]);
	}
}

Test(host, a_fifo_does_not_block)
{
	vt_autofree char *path = vt_asprintf("%s/proc/fifo", tree_root);
	char text[8];

	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_expect_eq(vt_host_read(tree_host.proc, "fifo", text, sizeof(text)), 0);
}

/* A directory so deep that a line that names it is longer than half a page. */
static int open_deep(void)
{
	enum {
		LEVELS = 15
	};
	char name[201];
	int dir = open(tree_root, O_PATH | O_DIRECTORY | O_CLOEXEC), fd;

	memset(name, 'd', 200);
	name[200] = '\0';
	for (int i = 0; i < LEVELS; i++) {
		int next;

		cr_assert_eq(mkdirat(dir, name, 0700), 0);
		next = openat(dir, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		(void)close(dir);
		dir = next;
	}
	fd = openat(dir, "file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	(void)close(dir);
	cr_assert_geq(fd, 0);
	return fd;
}

/*
 * The kernel ends an answer early when the next line does not fit in its page
 * (seq_file). Lines of mountinfo can be that long: overlays with many layers.
 * So can those of maps, and anybody can make them.
 */
Test(host, an_answer_that_ends_early_is_not_the_end)
{
	enum {
		SHORT = 25, /* more than fit beside a long one */
		ROUNDS = 20
	};
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = page * (SHORT + 1) * ROUNDS, lines = 0;
	char *at = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	vt_autofree char *text = NULL;
	vt_autofree char *path = vt_asprintf("%d/maps", (int)getpid());
	vt_autoclose int fd = open_deep();
	struct vt_host self;

	cr_assert_neq(at, MAP_FAILED);
	for (int round = 0; round < ROUNDS; round++, at += (SHORT + 1) * page) {
		cr_assert_neq(mmap(at, page, PROT_NONE, MAP_PRIVATE | MAP_FIXED, fd, 0),
			      MAP_FAILED);
		for (size_t i = 1; i <= SHORT; i += 2)
			cr_assert_eq(mprotect(at + i * page, page, PROT_READ), 0);
	}
	cr_assert_eq(vt_host_open(&self, "/", NULL), 0);
	cr_assert_gt(vt_host_read_all(self.proc, path, 8u << 20, &text), 0);
	for (const char *p = text; (p = strstr(p, "/file\n")); p++)
		lines++;
	cr_expect_eq(lines, ROUNDS, "%zu of %d", lines, ROUNDS);
	vt_host_close(&self);
}
