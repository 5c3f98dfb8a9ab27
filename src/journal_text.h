/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_JOURNAL_TEXT_H
#define VT_JOURNAL_TEXT_H

#include "journal.h"

/* What became of a plan, in a word: applied, undone, failed, partly, broken off. */
const char *vt_journal_state(const struct vt_journal_entry *e);

/* The journal in words, newest first, a plan a line; clean text, free() it. */
char *vt_journal_list(const struct vt_journal_log *log);

/* One plan with its steps, by its id or the beginning of that. ENOENT: there is none. */
int vt_journal_detail(const struct vt_journal_log *log, const char *id, char **ret_text,
		      struct vt_error *err);

#endif
