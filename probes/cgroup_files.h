/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_CGROUP_FILES_H
#define VT_CGROUP_FILES_H

#include "../src/builder.h"
#include "../src/host.h"

/*
 * Reads the files of one cgroup v2 directory into its row, after the kernel's
 * cgroup-v2.rst. Which file gives which metric is one table in cgroup_files.c.
 */
enum {
	VT_HUGE_SIZES = 8,
	VT_CGROUP_TEXT = 65536, /* io.stat of a host with very many devices */
};

/* Kept between scans by the one who walks the tree. */
struct vt_cgroup_reader {
	struct vt_builder *builder;
	bool live;     /* a cgroup2 mount, not a recorded tree */
	bool pressure; /* the kernel has PSI */
	bool sizes_known;
	size_t n_sizes;
	char sizes[VT_HUGE_SIZES][16]; /* "2MB", "1GB" */
	uint64_t missing;              /* one bit a file: this kernel lacks it */
	char text[VT_CGROUP_TEXT];
};

/*
 * Fills cg, whose identity is set, and adds its rows of devices and huge pages.
 * parent_subtree is the parent's cgroup.subtree_control, NULL at the top.
 */
void vt_cgroup_read(struct vt_cgroup_reader *r, int dir, const char *parent_subtree,
		    struct vt_cgroup *cg);

/* The systemd unit that a path belongs to: its last part that names one; n 0 without. */
void vt_cgroup_unit(const char *path, const char **ret_at, size_t *ret_n);

#endif
