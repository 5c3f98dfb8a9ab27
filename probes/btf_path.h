/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_BTF_PATH_H
#define VT_BTF_PATH_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Where the running kernel keeps a member of a structure, by the type information
 * that it has of itself (BTF, /sys/kernel/btf/vmlinux; the kernel's
 * Documentation/bpf/btf.rst).
 */

struct btf;

enum {
	VT_BTF_HOPS = 6
};

/* Each offset but the last is of a pointer that leads to the next structure. */
struct vt_btf_path {
	uint32_t offsets[VT_BTF_HOPS]; /* bytes */
	unsigned n;
	uint32_t size; /* of the member, in bytes; 0: an array without an end */
};

/*
 * "nsproxy.net_ns.ns.inum" from the structure with this number (btf__find_by_name_kind):
 * names of members, of arrays with an index ("count[1]"), through pointers and unnamed
 * members alike. False: this kernel has no such member, or it is a bit field.
 */
bool vt_btf_find(const struct btf *btf, int type, const char *path, struct vt_btf_path *ret);

#endif
