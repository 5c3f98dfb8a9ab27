/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_SAVE_H
#define VT_SAVE_H

#include "action_cgroup.h"

/* What a cgroup is set to, written down so that it can be set again. */
enum vt_save_format {
	VT_SAVE_SYSTEMD,  /* a drop-in of the unit, systemd.resource-control(5) */
	VT_SAVE_CGCONFIG, /* cgconfig.conf(5) of libcgroup */
	VT_SAVE_SHELL,
	VT_SAVE_FORMATS,
};
extern const char *const vt_save_formats[VT_SAVE_FORMATS + 1]; /* ends with NULL */

/* -1: there is no such format. */
int vt_save_find(const char *name);

/* The text, with what is not as it was at birth only; free() it. */
int vt_save_text(const struct vt_action_env *env, const char *path, enum vt_save_format format,
		 char **ret_text, struct vt_error *err);

/* Into a file of mode 0644. EEXIST: it is there, and overwrite is false. */
int vt_save_file(const char *file, const char *text, bool overwrite, struct vt_error *err);

#endif
