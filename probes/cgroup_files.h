/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_CGROUP_FILES_H
#define VT_CGROUP_FILES_H

#include "../src/builder.h"
#include "../src/host.h"
#include "../src/idmap.h"

/*
 * Reads the files of one cgroup v2 directory into its row, after the kernel's
 * cgroup-v2.rst. Which file gives which metric, and how often it is read, is
 * one table in cgroup_files.c; files with a line for each device, page size or
 * resource are in cgroup_parts.c.
 */
enum {
	VT_HUGE_SIZES = 8,
	VT_CGROUP_FILES = 96,
	VT_CGROUP_TEXT = 65536, /* io.stat of a host with very many devices */
};

/* What is kept of a cgroup between scans; strings live as long as the reader. */
struct vt_cgroup_known {
	const char *type, *controllers, *subtree; /* NULL: unknown */
};

/* Kept between scans by the one who walks the tree. */
struct vt_cgroup_reader {
	const struct vt_host *host; /* NULL: devices have no names */
	struct vt_builder *builder;
	struct vt_arena *arena; /* of what is known between scans; NULL: nothing is */
	/* What the scan before found of this cgroup; NULL: it is new, or due. */
	const struct vt_cgroup_known *known;
	struct vt_cgroup_known found; /* what to know of it in the next scan */
	bool live;                    /* a cgroup2 mount, not a recorded tree */
	bool pressure, pressure_irq;  /* the kernel has PSI, also of interrupts */
	bool seldom;                  /* what hardly ever changes is read for this cgroup */
	bool sizes_known;
	size_t n_sizes;
	char sizes[VT_HUGE_SIZES][16]; /* "2MB", "1GB" */
	bool missing[VT_CGROUP_FILES]; /* this kernel lacks the file */
	bool present[VT_CGROUP_FILES]; /* it was read once, so this kernel has it */
	struct vt_idmap devices;       /* major<<32|minor to index in names */
	const char **names;
	size_t n_names, cap_names;
	char text[VT_CGROUP_TEXT];
};

/* Of a zeroed one: from now on it keeps what it learns. */
void vt_cgroup_reader_init(struct vt_cgroup_reader *r, const struct vt_host *host);
void vt_cgroup_reader_finish(struct vt_cgroup_reader *r);
/* What was learnt about the kernel and its devices may have changed. */
void vt_cgroup_reader_forget(struct vt_cgroup_reader *r);

/*
 * Fills cg, whose identity is set, and adds its rows of devices, huge pages and
 * resources. parent_subtree is the parent's cgroup.subtree_control, NULL at the
 * top. Without r->known all files are read, otherwise those that change by
 * themselves.
 */
void vt_cgroup_read(struct vt_cgroup_reader *r, int dir, const char *parent_subtree,
		    struct vt_cgroup *cg);

/* Reads a file of the directory into r->text; 0 or -errno. */
int vt_cgroup_read_file(struct vt_cgroup_reader *r, int dir, const char *name);

/* The parts of a cgroup that have rows of their own (cgroup_parts.c). */
void vt_cgroup_read_io(struct vt_cgroup_reader *r, int dir, bool is_root, struct vt_cgroup *cg);
void vt_cgroup_read_hugetlb(struct vt_cgroup_reader *r, int dir, const struct vt_cgroup *cg);
void vt_cgroup_read_resources(struct vt_cgroup_reader *r, int dir, const char *controller,
			      bool is_root, const struct vt_cgroup *cg);

/*
 * Extended attributes, by which systemd marks what it made: delegated or not,
 * and which run of the unit. A recorded tree has them in a file "xattr", one
 * "NAME VALUE" a line. owner is the uid of the directory.
 */
void vt_cgroup_read_xattrs(struct vt_cgroup_reader *r, int dir, uint64_t owner,
			   struct vt_cgroup *cg);

/* The systemd unit that a path belongs to: its last part that names one; n 0 without. */
void vt_cgroup_unit(const char *path, const char **ret_at, size_t *ret_n);

#endif
