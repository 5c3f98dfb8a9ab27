/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Columns of the cgroups view that a person chose by name: those that are drawn
 * have a word of their own, and so has every figure of cgroups.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../src/near.h"
#include "view_cgroups.h"

enum {
	MOST = VT_LAYOUT_COLUMNS - 1
};

/* Columns that are drawn, by what they sort by; and those that no figure is called like. */
static const struct word {
	const char *word;
	int metric;
	bool drawn;
} words[] = {
	{ "cpu-bar", VT_CGROUP_effective_cpu_max_percent, true },
	{ "cpu-past", VT_CGROUP_cpu_percent, true },
	{ "cpu-limit", VT_CGROUP_effective_cpu_max_percent, false },
	{ "throttled", VT_CGROUP_effective_throttled_percent, false },
	{ "mem-bar", VT_CGROUP_effective_memory_headroom, true },
	{ "mem-past", VT_CGROUP_memory_current_bytes, true },
	{ "mem-limit", VT_CGROUP_effective_memory_max, false },
	{ "tasks", VT_CGROUP_processes_below, false },
	{ "psi", VT_CGROUP_psi_cpu_some_percent, true },
	{ "now", VT_CGROUP_frozen, true },
};

/* The column as a set has it, with its title, width and colour. */
static const struct vt_column *find_column(int metric, bool drawn)
{
	for (const struct vt_column_set *set = vt_cgroup_column_sets; set->name; set++)
		for (const struct vt_column *c = set->columns; c->width; c++)
			if (c->from[0].metric == metric && (c->draw != NULL) == drawn)
				return c;
	return NULL;
}

static struct vt_column make_column(int metric)
{
	const struct vt_metric *m = &vt_kinds[VT_KIND_CGROUP].metrics[metric];
	int title = vt_text_width(m->title);
	bool text = m->class == VT_STRING;

	return (struct vt_column){
		.width = text        ? 14
			 : title > 5 ? title
				     : 5,
		.grow = text ? 30 : 0,
		.left = text,
		.from = { { VT_KIND_CGROUP, metric } },
		.role = text ? NULL : vt_role_zero_dim,
	};
}

static int fail_word(const char *word, struct vt_error *err)
{
	struct vt_near near = { .word = word };
	char list[VT_LEN(words) * 12] = "", like[96];

	for (size_t i = 0; i < VT_LEN(words); i++) {
		size_t n = strlen(list);

		(void)snprintf(list + n, sizeof(list) - n, " %s", words[i].word);
		vt_near_try(&near, words[i].word);
	}
	for (int i = 0; i < VT_CGROUP_METRICS; i++)
		vt_near_try(&near, vt_kinds[VT_KIND_CGROUP].metrics[i].name);
	vt_near_list(&near, like, sizeof(like));
	return vt_fail(err, EINVAL,
		       "there is no column '%s'%s%s: use name cpu mem%s, or a figure of cgroups, "
		       "see virttop(1)",
		       word, like[0] ? ", but " : "", like, list);
}

/* Later ones go first where it is narrow. */
static int add_column(struct vt_column *columns, int n, const char *word, struct vt_error *err)
{
	const struct vt_column *found = NULL;
	int metric = -1;

	for (size_t i = 0; i < VT_LEN(words); i++)
		if (strcmp(words[i].word, word) == 0)
			found = find_column(words[i].metric, words[i].drawn);
	if (!found)
		metric = vt_filter_metric(VT_KIND_CGROUP, word);
	if (!found && metric < 0)
		return fail_word(word, err);
	if (n == MOST)
		return vt_fail(err, EINVAL, "more than %d columns", MOST);
	if (!found)
		found = find_column(metric, false);
	columns[n] = found ? *found : make_column(metric);
	columns[n].drop = n;
	return 0;
}

struct vt_column *vt_cgroup_columns_parse(const char *text, struct vt_error *err)
{
	struct vt_column *columns = vt_alloc((MOST + 1) * sizeof(*columns));
	vt_autofree char *copy = vt_strdup(text);
	char *save = NULL;
	int n = 0, r = 0;

	for (char *w = strtok_r(copy, " \t,", &save); w && r == 0;
	     w = strtok_r(NULL, " \t,", &save)) {
		/* It is always there, and first. */
		if (strcmp(w, "name") == 0)
			continue;
		r = add_column(columns, n, w, err);
		n += r == 0;
	}
	if (r == 0 && !n)
		r = vt_fail(err, EINVAL, "no column is named: write columns = cpu mem now");
	if (r < 0) {
		free(columns);
		return NULL;
	}
	return columns;
}

static int check_set(const char *name, struct vt_error *err)
{
	char list[128] = "";

	for (const struct vt_column_set *set = vt_cgroup_column_sets; set->name; set++) {
		size_t n = strlen(list);

		if (strcmp(set->name, name) == 0)
			return 0;
		(void)snprintf(list + n, sizeof(list) - n, "%s ", set->name);
	}
	if (strcmp(name, VT_OWN_COLUMNS) == 0)
		return 0;
	return vt_fail(err, EINVAL, "there is no set of columns '%s': use %s%s", name, list,
		       VT_OWN_COLUMNS);
}

int vt_cgroup_columns_check(const char *name, const char *value, struct vt_error *err)
{
	struct vt_column *columns;

	if (strcmp(name, "columns") != 0)
		return check_set(value, err);
	columns = vt_cgroup_columns_parse(value, err);
	free(columns);
	return columns ? 0 : -EINVAL;
}
