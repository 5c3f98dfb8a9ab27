/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A filter is compiled once: each term knows for every kind which metric it
 * asks and the value in that metric's unit, so that matching 10,000 records is
 * a look at a number each.
 */
#include "filter.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "memory.h"
#include "near.h"
#include "text.h"

enum op {
	OP_EQUAL,
	OP_DIFFERENT,
	OP_LESS,
	OP_MORE,
	OP_AT_MOST,
	OP_AT_LEAST,
	OP_HAS
};

/* Longer ones first: the first that fits is taken. */
static const struct {
	const char *sign;
	enum op op;
} ops[] = {
	{ "!=", OP_DIFFERENT }, { "<=", OP_AT_MOST }, { ">=", OP_AT_LEAST }, { "=", OP_EQUAL },
	{ "<", OP_LESS },       { ">", OP_MORE },     { "~", OP_HAS },
};

/* Short words that mean another metric in each kind, before names and titles are asked. */
static const struct {
	const char *word, *metric;
} aliases[] = {
	{ "cpu", "cpu_percent" },
	{ "mem", "memory_current_bytes" },
	{ "mem", "memory_bytes" },
	{ "mem", "rss_bytes" },
	{ "memory", "memory_current_bytes" },
	{ "memory", "memory_bytes" },
	{ "memory", "rss_bytes" },
	{ "procs", "processes" },
	{ "pids", "pids_current" },
	{ "command", "comm" },
};

struct term {
	enum op op;
	bool on_name;
	char *value;
	struct test {
		int metric; /* -1: this kind does not match */
		double number;
	} tests[VT_KIND_COUNT];
};

struct vt_filter {
	struct term *terms;
	size_t n, cap;
};

/* Names. */

static bool is_title(const char *title, const char *word)
{
	size_t n = strlen(title);

	if (strcasecmp(title, word) == 0)
		return true;
	return n && title[n - 1] == '%' && strlen(word) == n - 1 &&
	       strncasecmp(title, word, n - 1) == 0;
}

static bool is_named(const struct vt_metric *m, const char *word)
{
	return strcasecmp(m->name, word) == 0 || (*m->json && strcasecmp(m->json, word) == 0);
}

static int find_title(const struct vt_kind_info *k, const char *word)
{
	for (int i = 0; i < k->n_metrics; i++)
		if (is_title(k->metrics[i].title, word))
			return i;
	return -1;
}

int vt_filter_metric(enum vt_kind kind, const char *word)
{
	const struct vt_kind_info *k = &vt_kinds[kind];

	for (size_t a = 0; a < VT_LEN(aliases); a++)
		if (strcasecmp(aliases[a].word, word) == 0 &&
		    vt_metric_find(kind, aliases[a].metric) >= 0)
			return vt_metric_find(kind, aliases[a].metric);
	for (int i = 0; i < k->n_metrics; i++)
		if (is_named(&k->metrics[i], word))
			return i;
	return find_title(k, word);
}

static int no_field(const char *word, struct vt_error *err)
{
	struct vt_near near = { .word = word };
	char list[128];

	for (int kind = 0; kind < VT_KIND_COUNT; kind++)
		for (int i = 0; i < vt_kinds[kind].n_metrics; i++)
			vt_near_try(&near, vt_kinds[kind].metrics[i].name);
	vt_near_list(&near, list, sizeof(list));
	if (list[0])
		return vt_fail(err, EINVAL, "there is no field '%s'; there is %s", word, list);
	return vt_fail(err, EINVAL,
		       "there is no field '%s': use name, cpu, mem, comm, state, pid or another "
		       "figure of the manual",
		       word);
}

/* Values. */

static int parse_scaled(const char *text, const char *const *suffixes, const double *factors,
			double *ret)
{
	double value;
	char *end;

	if (!isdigit((unsigned char)*text) || strspn(text, "0123456789.") == 0 ||
	    (text[0] == '0' && tolower((unsigned char)text[1]) == 'x'))
		return -EINVAL;
	value = strtod(text, &end);
	/* 1e9 is no number of ours, and strtod would take it. */
	if (end != text + strspn(text, "0123456789.") || !isfinite(value))
		return -EINVAL;
	for (size_t i = 0; suffixes[i]; i++)
		if (strcasecmp(end, suffixes[i]) == 0) {
			*ret = value * factors[i];
			return 0;
		}
	return -EINVAL;
}

static int parse_plain(const char *text, double *ret)
{
	static const char *const suffixes[] = { "", "k", "M", "G", NULL };
	static const double factors[] = { 1, 1e3, 1e6, 1e9 };

	return parse_scaled(text, suffixes, factors, ret);
}

static int parse_percent(const char *text, double *ret)
{
	static const char *const suffixes[] = { "", "%", NULL };
	static const double factors[] = { 1, 1 };

	return parse_scaled(text, suffixes, factors, ret);
}

static int parse_usec(const char *text, double *ret)
{
	static const char *const suffixes[] = { "", "us", "ms", "s", "m", "h", "d", NULL };
	static const double factors[] = { 1, 1, 1e3, 1e6, 60e6, 3600e6, 86400e6 };

	return parse_scaled(text, suffixes, factors, ret);
}

static int parse_nsec(const char *text, double *ret)
{
	static const char *const suffixes[] = { "", "ns", "us", "ms", "s", "m", "h", NULL };
	static const double factors[] = { 1, 1, 1e3, 1e6, 1e9, 60e9, 3600e9 };

	return parse_scaled(text, suffixes, factors, ret);
}

static int parse_bytes(const char *text, double *ret)
{
	uint64_t value;
	int r = vt_units_parse_size(text, &value, NULL);

	if (r == 0)
		*ret = (double)value;
	return r;
}

static int parse_bool(const char *text, double *ret)
{
	static const char *const words[] = { "no", "yes", "0", "1", "false", "true" };

	for (size_t i = 0; i < VT_LEN(words); i++)
		if (strcasecmp(words[i], text) == 0) {
			*ret = (double)(i % 2);
			return 0;
		}
	return -EINVAL;
}

static const struct {
	int (*parse)(const char *text, double *ret);
	const char *accepts;
} values[] = {
	[VT_UNIT_COUNT] = { parse_plain, "a number such as 100 or 2k, or max" },
	[VT_UNIT_ID] = { parse_plain, "a number" },
	[VT_UNIT_BOOL] = { parse_bool, "yes or no" },
	[VT_UNIT_BYTES] = { parse_bytes, "a size such as 4096 or 100M, or max" },
	[VT_UNIT_USEC] = { parse_usec, "a time such as 500ms, 10s or 2h" },
	[VT_UNIT_NSEC] = { parse_nsec, "a time such as 500us or 10s" },
	[VT_UNIT_TICKS] = { parse_plain, "a number" },
	[VT_UNIT_PERCENT] = { parse_percent, "a number of percent such as 5 or 5%, or max" },
	[VT_UNIT_PER_SEC] = { parse_plain, "a number such as 100 or 2k" },
	[VT_UNIT_BYTES_PER_SEC] = { parse_bytes, "a size such as 4096 or 100M" },
};

static bool is_text(const struct vt_metric *m)
{
	return m->class == VT_STRING;
}

/* 0 where the operator and the value suit the metric. */
static int suit(const struct vt_metric *m, const struct term *t, double *ret)
{
	if (is_text(m))
		return t->op == OP_EQUAL || t->op == OP_DIFFERENT || t->op == OP_HAS ? 0 : -EINVAL;
	if (t->op == OP_HAS)
		return -EINVAL;
	if (strcasecmp(t->value, "max") == 0 && m->unit != VT_UNIT_BOOL) {
		*ret = INFINITY;
		return 0;
	}
	return values[m->unit].parse(t->value, ret);
}

static int unsuited(const struct vt_metric *m, const char *field, const struct term *t,
		    struct vt_error *err)
{
	if (is_text(m))
		return vt_fail(err, EINVAL, "'%s' is text: use %s=, %s!= or %s~", field, field,
			       field, field);
	if (t->op == OP_HAS)
		return vt_fail(err, EINVAL, "'%s' is a number: use = != < > <= or >= in place of ~",
			       field);
	return vt_fail(err, EINVAL, "'%s' is no value for %s: use %s", t->value, field,
		       values[m->unit].accepts);
}

/* Terms. */

static int compile(struct term *t, const char *field, struct vt_error *err)
{
	const struct vt_metric *wrong = NULL;
	bool any = false;

	for (int kind = 0; kind < VT_KIND_COUNT; kind++) {
		struct test *test = &t->tests[kind];
		int metric = vt_filter_metric((enum vt_kind)kind, field);

		test->metric = -1;
		if (metric < 0)
			continue;
		if (suit(&vt_kinds[kind].metrics[metric], t, &test->number) < 0) {
			wrong = wrong ? wrong : &vt_kinds[kind].metrics[metric];
			continue;
		}
		test->metric = metric;
		any = true;
	}
	if (any)
		return 0;
	return wrong ? unsuited(wrong, field, t, err) : no_field(field, err);
}

/* Where the operator begins behind a field's name, or NULL for a plain word. */
static const char *find_op(const char *word, enum op *ret, size_t *ret_len)
{
	const char *at = word;

	while (isalnum((unsigned char)*at) || (*at && strchr("_.%/ ", *at)))
		at++;
	for (size_t i = 0; i < VT_LEN(ops) && at != word; i++)
		if (strncmp(at, ops[i].sign, strlen(ops[i].sign)) == 0) {
			*ret = ops[i].op;
			*ret_len = strlen(ops[i].sign);
			return at;
		}
	return NULL;
}

static int fill_term(struct term *t, const char *word, struct vt_error *err)
{
	size_t len = 0;
	const char *op = find_op(word, &t->op, &len);
	vt_autofree char *field = op ? vt_strndup(word, (size_t)(op - word)) : NULL;

	t->value = vt_strdup(op ? op + len : word);
	if (!op) {
		t->op = OP_HAS;
		t->on_name = true;
		return 0;
	}
	if (!t->value[0])
		return vt_fail(err, EINVAL, "'%s' lacks a value: write it as in mem>100M", word);
	if (strcasecmp(field, "name") != 0)
		return compile(t, field, err);
	t->on_name = true;
	if (t->op != OP_EQUAL && t->op != OP_DIFFERENT && t->op != OP_HAS)
		return vt_fail(err, EINVAL, "'name' is text: use name=, name!= or name~");
	return 0;
}

/* The next word, without its quotes; free() it. NULL at the end. */
static char *next_word(const char **text)
{
	size_t n = 0;
	bool quoted = false;
	char *word;

	while (isspace((unsigned char)**text))
		(*text)++;
	if (!**text)
		return NULL;
	word = vt_alloc(strlen(*text) + 1);
	for (; **text && (quoted || !isspace((unsigned char)**text)); (*text)++) {
		if (**text == '"')
			quoted = !quoted;
		else
			word[n++] = **text;
	}
	return word;
}

struct vt_filter *vt_filter_new(const char *text, struct vt_error *err)
{
	struct vt_filter *f = vt_alloc(sizeof(*f));
	char *word;

	while ((word = next_word(&text))) {
		int r;

		VT_GROW(f->terms, f->n, f->cap);
		f->terms[f->n] = (struct term){ 0 };
		r = fill_term(&f->terms[f->n++], word, err);
		free(word);
		if (r < 0) {
			vt_filter_free(f);
			return NULL;
		}
	}
	return f;
}

void vt_filter_free(struct vt_filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++)
		free(f->terms[i].value);
	free(f->terms);
	free(f);
}

/* Matching. */

static bool text_holds(const struct term *t, const char *text, bool words)
{
	bool equal = words ? vt_text_has_word(text, t->value) : strcasecmp(text, t->value) == 0;

	if (t->op == OP_HAS)
		return vt_text_find(text, t->value) != NULL;
	return equal == (t->op == OP_EQUAL);
}

static bool number_holds(enum op op, double value, double wanted)
{
	switch (op) {
	case OP_EQUAL:
		return value == wanted;
	case OP_DIFFERENT:
		return value != wanted;
	case OP_LESS:
		return value < wanted;
	case OP_MORE:
		return value > wanted;
	case OP_AT_MOST:
		return value <= wanted;
	default:
		return value >= wanted;
	}
}

static bool holds(const struct term *t, enum vt_kind kind, const void *record, const char *name)
{
	const struct vt_metric *m;
	int metric;

	if (t->on_name)
		return text_holds(t, name, false);
	if (!record || (unsigned)kind >= VT_KIND_COUNT)
		return false;
	metric = t->tests[kind].metric;
	if (metric < 0 || !vt_valid(record, (unsigned)metric))
		return false;
	m = &vt_kinds[kind].metrics[metric];
	if (is_text(m))
		return text_holds(t, vt_metric_string(m, record), m->unit == VT_UNIT_WORDS);
	return number_holds(t->op, vt_metric_number(m, record), t->tests[kind].number);
}

bool vt_filter_match(const struct vt_filter *f, enum vt_kind kind, const void *record,
		     const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (!holds(&f->terms[i], kind, record, name))
			return false;
	return true;
}
