/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INI texts, read with libinih. It goes on behind an error and does not tell
 * handlers their line, so lines are handed to it one by one and counted here.
 */
#include "ini_text.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

struct reading {
	const struct vt_ini *ini;
	struct vt_error first; /* the first error */
	const char *at;        /* the text that is left */
	int line;
};

/* For libinih: 1 goes on, 0 is an error. */
static int handle(void *user, const char *section, const char *name, const char *value)
{
	struct reading *r = user;

	return !r->first.code && r->ini->set(r->ini->arg, section, name, value, &r->first) == 0;
}

/* Gives libinih the next line, as fgets would. Ends at the first error. */
static char *give_line(char *out, int size, void *user)
{
	struct reading *r = user;
	const char *start = r->at;
	size_t len = strcspn(start, "\n");

	if (r->first.code || !*start)
		return NULL;
	r->line++;
	if (len > VT_INI_LINE_MOST) {
		(void)vt_fail(&r->first, EINVAL, "longer than %d bytes", VT_INI_LINE_MOST);
		return NULL;
	}
	r->at += len + (start[len] == '\n');
	/* An indented line would go on with the value before it. */
	while (len && (*start == ' ' || *start == '\t')) {
		start++;
		len--;
	}
	(void)snprintf(out, (size_t)size, "%.*s\n", (int)len, start);
	return out;
}

int vt_ini_parse(const struct vt_ini *ini, const char *text, struct vt_error *err)
{
	struct reading r = { .ini = ini, .at = text };
	int line = ini_parse_stream(give_line, &r, handle, &r);

	if (line < 0)
		return vt_fail(err, ENOMEM, "cannot read %s: out of memory", ini->what);
	/* What is no setting at all reaches no handler; its line is all there is. */
	if (line > 0 && (!r.first.code || line < r.line))
		return vt_fail(err, EINVAL, "%s, line %d: neither %s", ini->what, line, ini->form);
	if (r.first.code)
		return vt_fail(err, r.first.code, "%s, line %d: %s", ini->what, r.line,
			       r.first.msg);
	return 0;
}
