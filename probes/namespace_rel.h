/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_NAMESPACE_REL_H
#define VT_NAMESPACE_REL_H

#include <stdbool.h>
#include <stdint.h>

#include "../src/host.h"
#include "../src/model.h"
#include "parse.h"

/*
 * The relations of one namespace, as ioctl_ns(2) tells them (also known as
 * ioctl_nsfs(2)). 0 is unknown or none. Descriptors of relatives are handed out
 * so that those without a process can be asked in turn; -1 without.
 */
struct vt_ns_relations {
	uint32_t parent, owner, owner_uid;
	bool has_owner_uid;
	int error; /* why they are unknown, 0 */
	int parent_fd, owner_fd;
};

/* "net" of "net:[4026531833]"; -1. */
int vt_ns_type_of(struct vt_slice name);

/* Asks an open namespace; the caller closes the descriptors. */
void vt_ns_ask(int fd, enum vt_ns_type type, struct vt_ns_relations *ret);

/* Opens the namespace of a process below a live procfs; -errno, ESRCH when it is another one. */
int vt_ns_open_process(const struct vt_host *host, uint64_t pid, enum vt_ns_type type,
		       uint32_t inode);
/* Opens a bind-mounted namespace; -errno, ESRCH when it is another one. */
int vt_ns_open_path(const struct vt_host *host, const char *path, uint32_t inode);

/* One line of a recorded tree's file of relations, see namespace_rel.c. */
struct vt_ns_recorded {
	enum vt_ns_type type;
	uint32_t inode, parent, owner, owner_uid;
	bool has_owner_uid;
};
bool vt_ns_parse_recorded(const char **cursor, struct vt_ns_recorded *ret);

#endif
