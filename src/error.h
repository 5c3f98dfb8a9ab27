/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_ERROR_H
#define VT_ERROR_H

#include "memory.h"

/*
 * An error is owned by the caller and is the last argument of what may fail.
 * Functions return 0 or -errno. The message tells a person what was tried, on
 * what, why it failed and what to do; it is one line without a full stop, and
 * holds no raw control bytes (hostile names are escaped when it is filled).
 * Only main and ui print errors.
 */
struct vt_error {
	int code;      /* errno value, positive; 0 when unset */
	char msg[256]; /* UTF-8, cut at a character */
};

/* Fills err (which may be NULL) and returns -code. */
int vt_fail(struct vt_error *err, int code, const char *fmt, ...) VT_PRINTF(3, 4);

/* Puts context in front ("context: message") and returns -err->code. */
int vt_wrap(struct vt_error *err, const char *fmt, ...) VT_PRINTF(2, 3);

/* The kernel's words for an errno value, thread safe. */
const char *vt_errno_text(int code);

#endif
