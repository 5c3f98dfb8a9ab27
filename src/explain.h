/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_EXPLAIN_H
#define VT_EXPLAIN_H

#include "detail.h"
#include "error.h"
#include "snapshot.h"

/*
 * What limits a process (a PID) or a cgroup (a path below the cgroup v2 mount,
 * with or without its first slash, or with the mount in front): each limit, its
 * effective value and the ancestor that binds, usage, pressure, kills, findings,
 * and what is not known and why. Lines of clean text, fewer than 40; free() it.
 * ENOENT: there is no such thing (the message names what is like it); EINVAL:
 * what is neither.
 */
int vt_explain(const struct vt_snapshot *s, const char *what, char **ret_text,
	       struct vt_error *err);

/*
 * The same with the details of the process, as vt_detailer reads them, so that
 * its own limits are on the page and the one that it meets first is named.
 * detail may be NULL, or of something else: then they are left out.
 */
int vt_explain_detailed(const struct vt_snapshot *s, const struct vt_detail *detail,
			const char *what, char **ret_text, struct vt_error *err);

/* What is meant, for whoever reads its details first. Fails as vt_explain does. */
int vt_explain_subject(const struct vt_snapshot *s, const char *what, struct vt_id *ret,
		       struct vt_error *err);

#endif
