/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal for people: when, who, what, what became of it, and each step before and after. */
#include "journal_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "limit_files.h"
#include "text.h"
#include "unit_property.h"

static bool is_how(const struct vt_journal_entry *e, const char *how)
{
	return e->how && strcmp(e->how, how) == 0;
}

const char *vt_journal_state(const struct vt_journal_entry *e)
{
	if (e->undone)
		return "undone";
	if (is_how(e, "failed"))
		return "failed";
	if (is_how(e, "stuck"))
		return "partly";
	if (is_how(e, "unknown"))
		return "unknown";
	return e->how ? "applied" : "broken off";
}

/* Raw text made harmless, as one line. */
static void put(FILE *out, const char *before, const char *raw)
{
	size_t size = 10 * strlen(raw) + 1;
	vt_autofree char *text = vt_alloc(size);

	vt_text_escape(text, size, raw);
	(void)fprintf(out, "%s%s\n", before, text);
}

char *vt_journal_list(const struct vt_journal_log *log)
{
	char *text = NULL, before[128];
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	if (!log->n)
		(void)fputs("Nothing was done here.\n", out);
	for (size_t i = log->n; i > 0; i--) {
		const struct vt_journal_entry *e = &log->entries[i - 1];
		char id[48], when[48];

		vt_text_escape(id, sizeof(id), e->id);
		vt_text_escape(when, sizeof(when), e->time ? e->time : "?");
		(void)snprintf(before, sizeof(before), "%-17s  %-20s  uid %-5" PRIu64 "  %-10s  ",
			       id, when, e->uid, vt_journal_state(e));
		put(out, before, e->title);
	}
	(void)fclose(out);
	return text;
}

static void put_values(FILE *out, const struct vt_step *step, const struct vt_outcome *o)
{
	const char *now = o->now ? o->now : step->value, *was = o->was ? o->was : step->was;
	char text[256];

	if (step->op == VT_OP_UNIT) {
		put(out, "     before  ", step->was ? step->was : "unknown");
		put(out, "     after   ", now);
		return;
	}
	if (step->op == VT_OP_MOVE) {
		put(out, "     before  ", step->was ? step->was : "unknown");
		put(out, "     after   ", step->path);
	}
	if (step->op != VT_OP_WRITE)
		return;
	vt_limit_show(step->file, was ? was : "unknown", text, sizeof(text));
	put(out, "     before  ", text);
	vt_limit_show(step->file, now, text, sizeof(text));
	put(out, "     after   ", text);
}

static const char *state_of_step(const struct vt_journal_entry *e, size_t i)
{
	const struct vt_outcome *o = &e->outcomes[i];

	if (o->done)
		return "done";
	if (o->back)
		return "rolled back";
	if (o->before)
		return !e->how     ? "killed at it: undo looks what became of it"
		       : e->unsure ? "no answer came: undo looks what became of it"
				   : "failed";
	return "not reached";
}

static void put_step(FILE *out, const struct vt_journal_entry *e, size_t i)
{
	const struct vt_step *step = &e->steps[i];
	char number[32];

	(void)snprintf(number, sizeof(number), "%3zu. ", i + 1);
	put(out, number, step->says ? step->says : vt_op_name(step->op));
	(void)fprintf(out, "     %s\n", state_of_step(e, i));
	if (e->outcomes[i].done)
		put_values(out, step, &e->outcomes[i]);
	if (step->cannot_undo)
		put(out, "     cannot be undone: ", step->cannot_undo);
}

static char *detail(const struct vt_journal_entry *e)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	put(out, "", e->title);
	(void)fprintf(out, "\n");
	put(out, "id      ", e->id);
	put(out, "when    ", e->time ? e->time : "unknown");
	(void)fprintf(out, "who     uid %" PRIu64 ", process %" PRIu64 "\n", e->uid, e->pid);
	(void)fprintf(out, "state   %s%s\n", vt_journal_state(e),
		      e->other_boot ? ", before the last boot" : "");
	if (e->undoes)
		put(out, "undoes  ", e->undoes);
	if (e->text)
		put(out, "says    ", e->text);
	(void)fprintf(out, "\n");
	for (size_t i = 0; i < e->n_steps; i++)
		put_step(out, e, i);
	(void)fclose(out);
	return text;
}

int vt_journal_detail(const struct vt_journal_log *log, const char *id, char **ret_text,
		      struct vt_error *err)
{
	for (size_t i = log->n; i > 0; i--)
		if (*id && strncmp(log->entries[i - 1].id, id, strlen(id)) == 0) {
			*ret_text = detail(&log->entries[i - 1]);
			return 0;
		}
	return vt_fail(err, ENOENT, "the journal has no plan %s: virttop journal lists them", id);
}
