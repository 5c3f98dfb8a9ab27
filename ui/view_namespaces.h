/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_VIEW_NAMESPACES_H
#define VT_VIEW_NAMESPACES_H

#include "view.h"

/* The arrangements of the namespaces' view that are lists of processes, and its details. */

enum {
	VT_BY_TYPE,
	VT_BY_OWNER,
	VT_BY_SET,
	VT_MATRIX
};

/* One row for each set of eight namespaces that processes share, with these below. */
void vt_namespace_sets_build(const struct vt_view_env *env, struct vt_rows *rows);
void vt_namespace_set_detail(const struct vt_view_env *env, const struct vt_row *row,
			     struct vt_pane *p);

/* One row for each process that has a namespace of its own, a column for each type. */
void vt_namespace_matrix_build(const struct vt_view_env *env, struct vt_rows *rows);
void vt_namespace_matrix_cell(struct vt_canvas *c, const struct vt_view_env *env,
			      const struct vt_row *row, enum vt_ns_type type, int x, int y,
			      int width);

/* What a type isolates, in words, and the manual page about it. */
const char *vt_namespace_isolates(enum vt_ns_type type);
const char *vt_namespace_manual(enum vt_ns_type type);

/* The figures of one namespace. */
void vt_namespace_detail(const struct vt_view_env *env, const struct vt_namespace *ns,
			 struct vt_pane *p);
/* What is behind a heading of the view by type; row->id.b is the type + 1. */
void vt_namespace_type_detail(const struct vt_view_env *env, const struct vt_row *row,
			      struct vt_pane *p);

#endif
