/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors that read like sentences and gain context on their way out. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

static void set(struct vt_error *err, const char *raw)
{
	vt_text_escape(err->msg, sizeof(err->msg), raw);
}

int vt_fail(struct vt_error *err, int code, const char *fmt, ...)
{
	char raw[512];
	va_list ap;

	if (!err)
		return -code;
	va_start(ap, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	err->code = code;
	set(err, raw);
	return -code;
}

int vt_wrap(struct vt_error *err, const char *fmt, ...)
{
	char raw[640];
	int n;
	va_list ap;

	va_start(ap, fmt);
	n = vsnprintf(raw, 320, fmt, ap);
	va_end(ap);
	if (n < 0)
		n = 0;
	if (n > 319)
		n = 319;
	(void)snprintf(raw + n, sizeof(raw) - (size_t)n, ": %s", err->msg);
	set(err, raw);
	return -err->code;
}

const char *vt_errno_text(int code)
{
	const char *text = strerrordesc_np(code);

	return text ? text : "unknown error";
}
