/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Completes a man page: copies the template on standard input to standard
 * output and puts a table of the program's own in place of each line
 * ".\" @table@". So the lists of keys, figures, actions and roles stand once,
 * in the code, and a man page cannot fall behind. The output is mdoc(7).
 */
#include <stdio.h>
#include <string.h>

#include "../src/action.h"
#include "../src/findings.h"
#include "../src/metric.h"
#include "../src/text.h"
#include "../ui/canvas.h"
#include "../ui/keys.h"

/* Text for roff: its escape character and what is not ASCII are written as escapes. */
static void put_text(const char *s)
{
	uint32_t c;
	int n;

	/* A line may not begin with a control character of roff. */
	if (*s == '.' || *s == '\'')
		fputs("\\&", stdout);
	for (; (n = vt_text_decode(s, &c)) > 0; s += n) {
		if (c == '\\')
			fputs("\\e", stdout);
		else if (c > 0x7e)
			printf("\\[u%04X]", (unsigned)c);
		else
			putchar((int)c);
	}
}

static void put_line(const char *s)
{
	put_text(s);
	putchar('\n');
}

/* "<Enter>" is Enter; a lone sign is kept from being read as punctuation of mdoc. */
static void put_key(const char *key)
{
	size_t n = strlen(key);

	if (n > 2 && *key == '<')
		printf(" Cm %.*s", (int)n - 2, key + 1);
	else
		printf(" Cm \\&%s", key);
}

static void put_command(const char *key, const char *other, const char *help)
{
	fputs(".It", stdout);
	put_key(key);
	if (*other) {
		fputs(" ,", stdout);
		put_key(other);
	}
	putchar('\n');
	put_line(help);
}

static void put_keys(void)
{
#define PUT_COMMAND(NAME, key, other, word, help) put_command(key, other, help);
	puts(".Bl -tag -width Backspace -compact");
	VT_COMMANDS(PUT_COMMAND)
	puts(".El");
}

static const char *unit_words(enum vt_unit unit)
{
	static const char *const words[] = {
		[VT_UNIT_COUNT] = "count",      [VT_UNIT_ID] = "id",
		[VT_UNIT_BOOL] = "yes or no",   [VT_UNIT_BYTES] = "bytes",
		[VT_UNIT_USEC] = "us",          [VT_UNIT_NSEC] = "ns",
		[VT_UNIT_TICKS] = "ticks",      [VT_UNIT_PERCENT] = "percent",
		[VT_UNIT_PER_SEC] = "a second", [VT_UNIT_BYTES_PER_SEC] = "bytes a second",
		[VT_UNIT_TEXT] = "text",        [VT_UNIT_WORDS] = "words",
	};

	return words[unit];
}

static void put_metric(const struct vt_metric *m)
{
	printf(".It Va %s", m->name);
	if (*m->json && strcmp(m->json, m->name) != 0)
		printf(" , Va %s", m->json);
	fputs(" Pq \\&", stdout);
	put_text(m->title);
	printf(" ; %s%s\n", unit_words(m->unit), m->class == VT_COUNTER ? ", counter" : "");
	put_line(m->help);
}

static void put_metrics(void)
{
	for (int kind = 0; kind < VT_KIND_COUNT; kind++) {
		const struct vt_kind_info *info = &vt_kinds[kind];

		printf(".Ss Figures: %s\n.Bl -tag -width Ds -compact\n", info->name);
		for (int i = 0; i < info->n_metrics; i++)
			put_metric(&info->metrics[i]);
		puts(".El");
	}
}

static void put_actions(void)
{
	puts(".Bl -tag -width Ds");
	for (const struct vt_action *a = vt_actions; a->name; a++) {
		printf(".It Cm %s ", a->name);
		put_line(a->usage);
		put_line(a->summary);
	}
	puts(".El");
}

static void put_roles(void)
{
#define PUT_ROLE(NAME, name, help)                                                                 \
	puts(".It Cm " #name);                                                                     \
	put_line(help);
	puts(".Bl -tag -width marked -compact");
	VT_ROLES(PUT_ROLE)
	puts(".El");
}

static void put_findings(void)
{
	puts(".Bl -tag -width partition-invalid -compact");
	for (size_t i = 0; i < vt_n_rules; i++)
		if (vt_rules[i].when) {
			printf(".It Ql %s\n", vt_rules[i].kind);
			put_line(vt_rules[i].when);
		}
	puts(".El");
}

static const struct table {
	const char *line;
	void (*put)(void);
} tables[] = {
	{ ".\\\" @keys@\n", put_keys },         { ".\\\" @metrics@\n", put_metrics },
	{ ".\\\" @actions@\n", put_actions },   { ".\\\" @roles@\n", put_roles },
	{ ".\\\" @findings@\n", put_findings },
};

static void put_template_line(const char *line)
{
	for (size_t i = 0; i < VT_LEN(tables); i++) {
		if (strcmp(line, tables[i].line) == 0) {
			tables[i].put();
			return;
		}
	}
	fputs(line, stdout);
}

int main(void)
{
	char line[1024];

	while (fgets(line, sizeof(line), stdin))
		put_template_line(line);
	return ferror(stdin) || fflush(stdout) ? 1 : 0;
}
