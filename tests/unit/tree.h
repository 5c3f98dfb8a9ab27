/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TREE_H
#define TREE_H

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../src/host.h"

/* A small tree of plain files that plays a host, for tests of what reads files. */

static char tree_root[64];
static struct vt_host tree_host;

/* Makes the directories on the way too. */
static inline void tree_put_n(const char *path, const void *data, size_t n)
{
	vt_autofree char *whole = vt_asprintf("%s/%s", tree_root, path);
	vt_autofclose FILE *f = NULL;

	for (char *p = strchr(whole + strlen(tree_root) + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		(void)mkdir(whole, 0755);
		*p = '/';
	}
	f = fopen(whole, "w");
	cr_assert_not_null(f, "%s", whole);
	cr_assert_eq(fwrite(data, 1, n, f), n);
}

static inline void tree_put(const char *path, const char *text)
{
	tree_put_n(path, text, strlen(text));
}

static inline void tree_make(void)
{
	struct vt_error err = { 0 };

	(void)umask(022); /* state that others can write is not believed */
	(void)snprintf(tree_root, sizeof(tree_root), "/tmp/virttop-unit.XXXXXX");
	cr_assert_not_null(mkdtemp(tree_root));
	tree_put("proc/x", "");
	tree_put("sys/x", "");
	cr_assert_eq(vt_host_open(&tree_host, tree_root, &err), 0, "%s", err.msg);
}

static inline int tree_remove_one(const char *path, const struct stat *st, int type,
				  struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void tree_remove(void)
{
	vt_host_close(&tree_host);
	(void)nftw(tree_root, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
