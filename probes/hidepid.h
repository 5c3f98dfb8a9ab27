/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_HIDEPID_H
#define VT_HIDEPID_H

#include "../src/host.h"
#include "parse_proc.h"

/*
 * What the proc that is looked at hides of processes that a reader may not trace
 * (proc(5), "Mount options"; the kernel's filesystems/proc.rst).
 */
enum vt_hidepid_kind {
	VT_HIDEPID_OFF,
	VT_HIDEPID_NOACCESS,   /* hidepid=1: they are listed and cannot be looked at */
	VT_HIDEPID_INVISIBLE,  /* hidepid=2: they are not listed */
	VT_HIDEPID_PTRACEABLE, /* hidepid=4: nor for those in the group */
};

struct vt_hidepid {
	enum vt_hidepid_kind kind;
	char option[32]; /* "hidepid=invisible", as this kernel calls it */
	uint64_t gid;    /* who is in this group sees all; 0 by default */
};

/* From the options of the mount. An unknown word hides what is worst. */
void vt_hidepid_parse(struct vt_slice options, struct vt_hidepid *ret);

/* Of the mount that host->proc is on; off where that cannot be found. */
void vt_hidepid_read(const struct vt_host *host, struct vt_hidepid *ret);

/* Whether something may be hidden from this process. */
bool vt_hidepid_binds(const struct vt_hidepid *h);

#endif
