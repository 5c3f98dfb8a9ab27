/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filters over any kind of record, by the names that the metric tables give. */
#include "filter.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "metric.h"
#include "text.h"

enum op { CONTAINS, EQUAL, DIFFERENT, MORE, LESS, AT_LEAST, AT_MOST };

static const struct {
	const char *text;
	enum op op;
} ops[] = { /* the longer first */
	{ ">=", AT_LEAST }, { "<=", AT_MOST }, { "!=", DIFFERENT }, { ">", MORE },
	{ "<", LESS },	    { "=", EQUAL },    { "~", CONTAINS },
};

struct term {
	char *field, *value;      /* field NULL: the name */
	enum op op;
	int metric[VT_KIND_COUNT]; /* -1: the kind has no such metric */
	double number[VT_KIND_COUNT];
};

struct vt_filter {
	struct term *terms;
	size_t n, cap;
};

static bool is_called(const struct vt_metric *m, const char *field)
{
	return strcasecmp(m->name, field) == 0 || strcasecmp(m->title, field) == 0 ||
	       (m->json[0] && strcasecmp(m->json, field) == 0);
}

/* People write "cpu" for CPU%, "mem" for what a process calls RSS. */
static const char *const aliases[][2] = {
	{ "cpu", "cpu_percent" },     { "mem", "rss_bytes" },	{ "mem", "memory_current_bytes" },
	{ "mem", "memory_bytes" },    { "procs", "processes_below" }, { "name", "comm" },
	{ "name", "path" },	      { "throttled", "throttled_percent" },
};

static int find_metric(enum vt_kind kind, const char *field)
{
	const struct vt_kind_info *k = &vt_kinds[kind];

	for (size_t a = 0; a < VT_LEN(aliases); a++)
		if (strcasecmp(aliases[a][0], field) == 0) {
			int m = vt_metric_find(kind, aliases[a][1]);

			if (m >= 0)
				return m;
		}
	for (int i = 0; i < k->n_metrics; i++)
		if (is_called(&k->metrics[i], field))
			return i;
	return -1;
}

static int parse_value(const struct vt_metric *m, const char *text, double *ret,
		       struct vt_error *err)
{
	uint64_t n;
	double seconds;

	if (m->class == VT_STRING)
		return 0;
	if (strcmp(text, "max") == 0) {
		*ret = INFINITY;
		return 0;
	}
	if (m->unit == VT_UNIT_BOOL) {
		*ret = strcmp(text, "yes") == 0 || strcmp(text, "1") == 0;
		return 0;
	}
	if (m->unit == VT_UNIT_BYTES || m->unit == VT_UNIT_BYTES_PER_SEC) {
		if (vt_units_parse_size(text, &n, err) < 0)
			return -EINVAL;
		*ret = (double)n;
		return 0;
	}
	if (vt_units_parse_seconds(text, 0, 1e18, &seconds, NULL) < 0)
		return vt_fail(err, EINVAL, "'%s' is not a number, which %s takes", text, m->title);
	*ret = m->unit == VT_UNIT_USEC ? seconds * 1e6 : seconds;
	return 0;
}

static int resolve(struct term *t, struct vt_error *err)
{
	bool found = false;

	for (int k = 0; k < VT_KIND_COUNT; k++) {
		t->metric[k] = t->field ? find_metric((enum vt_kind)k, t->field) : -1;
		if (t->metric[k] < 0 || k == VT_KIND_HOST)
			continue;
		found = true;
		if (parse_value(&vt_kinds[k].metrics[t->metric[k]], t->value, &t->number[k], err) < 0)
			return -EINVAL;
	}
	if (t->field && !found)
		return vt_fail(err, EINVAL,
			       "there is no field '%s': use a column's title or a metric's name, as in "
			       "cpu>5 mem>100M state=D pids>10",
			       t->field);
	return 0;
}

static int add_term(struct vt_filter *f, char *word, struct vt_error *err)
{
	struct term *t;
	size_t at = strcspn(word, "=<>!~");

	VT_GROW(f->terms, f->n, f->cap);
	t = &f->terms[f->n++];
	*t = (struct term){ .op = CONTAINS };
	for (size_t i = 0; word[at] && at > 0 && i < VT_LEN(ops); i++) {
		size_t n = strlen(ops[i].text);

		if (strncmp(word + at, ops[i].text, n) != 0)
			continue;
		t->field = vt_strndup(word, at);
		t->value = vt_strdup(word + at + n);
		t->op = ops[i].op;
		if (!t->value[0])
			return vt_fail(err, EINVAL, "'%s' lacks a value", word);
		break;
	}
	if (!t->value)
		t->value = vt_strdup(word);
	return resolve(t, err);
}

struct vt_filter *vt_filter_new(const char *text, struct vt_error *err)
{
	vt_autofree char *copy = vt_strdup(text);
	struct vt_filter *f = vt_alloc(sizeof(*f));
	char *save = NULL;

	for (char *w = strtok_r(copy, " \t", &save); w; w = strtok_r(NULL, " \t", &save))
		if (add_term(f, w, err) < 0) {
			vt_filter_free(f);
			return NULL;
		}
	return f;
}

void vt_filter_free(struct vt_filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n; i++) {
		free(f->terms[i].field);
		free(f->terms[i].value);
	}
	free(f->terms);
	free(f);
}

static bool compare_numbers(enum op op, double x, double y)
{
	switch (op) {
	case MORE:
		return x > y;
	case LESS:
		return x < y;
	case AT_LEAST:
		return x >= y;
	case AT_MOST:
		return x <= y;
	case DIFFERENT:
		return x < y || x > y;
	default:
		return x >= y && x <= y;
	}
}

static bool compare_strings(enum op op, const char *x, const char *y)
{
	switch (op) {
	case CONTAINS:
		return vt_text_find(x, y) != NULL;
	case DIFFERENT:
		return strcasecmp(x, y) != 0;
	case EQUAL:
		return strcasecmp(x, y) == 0;
	default:
		return compare_numbers(op, strcasecmp(x, y), 0);
	}
}

static bool match_term(const struct term *t, enum vt_kind kind, const void *record,
		       const char *name)
{
	const struct vt_metric *m;

	if (!t->field)
		return vt_text_find(name, t->value) != NULL;
	if (!record || kind >= VT_KIND_COUNT || t->metric[kind] < 0)
		return false;
	m = &vt_kinds[kind].metrics[t->metric[kind]];
	if (!vt_valid(record, (unsigned)t->metric[kind]))
		return t->op == DIFFERENT;
	if (m->class == VT_STRING)
		return compare_strings(t->op, vt_metric_string(m, record), t->value);
	return compare_numbers(t->op, vt_metric_number(m, record), t->number[kind]);
}

bool vt_filter_match(const struct vt_filter *f, enum vt_kind kind, const void *record,
		     const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (!match_term(&f->terms[i], kind, record, name))
			return false;
	return true;
}
