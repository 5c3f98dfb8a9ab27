/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_CONFIG_WRITE_H
#define VT_CONFIG_WRITE_H

#include "config.h"

/*
 * The text with one setting of a section: in place of the last one of that name,
 * or as a new line below its section, which is added where there is none. All
 * other lines stay as they are, comments and line ends too. free() it.
 */
char *vt_config_edit(const char *text, const char *section, const char *name, const char *value);

/*
 * Does this to the file, or the person's own (file NULL), which is made where
 * there is none. The file is replaced whole or not at all, and not at all when
 * it could not be read again: *c gives what its names are checked with.
 */
int vt_config_save(const struct vt_config *c, const char *file, const char *const *views,
		   const char *section, const char *name, const char *value, struct vt_error *err);

#endif
