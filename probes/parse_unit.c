/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits in unit files of systemd: systemd.syntax(7), systemd.resource-control(5). */
#include "parse_unit.h"

#include <math.h>
#include <string.h>

#include "../src/memory.h"
#include "../src/units.h"
#include "parse.h"

static struct vt_slice trim(struct vt_slice s)
{
	while (s.n && (s.at[0] == ' ' || s.at[0] == '\t')) {
		s.at++;
		s.n--;
	}
	while (s.n && (s.at[s.n - 1] == ' ' || s.at[s.n - 1] == '\t' || s.at[s.n - 1] == '\r'))
		s.n--;
	return s;
}

/* False for shares and what is no size; systemd ignores what is malformed. */
static bool size_of(struct vt_slice s, uint64_t *ret)
{
	char text[32];

	if (!s.n || vt_slice_is(s, "infinity")) {
		*ret = VT_MAX;
		return true;
	}
	if (s.n >= sizeof(text))
		return false;
	memcpy(text, s.at, s.n);
	text[s.n] = '\0';
	return vt_units_parse_size(text, ret, NULL) == 0;
}

static void set_memory_max(struct vt_unit_limits *l, struct vt_slice value)
{
	l->memory_max_odd = !size_of(value, &l->memory_max);
}

static void set_memory_high(struct vt_unit_limits *l, struct vt_slice value)
{
	l->memory_high_odd = !size_of(value, &l->memory_high);
}

static void set_tasks(struct vt_unit_limits *l, struct vt_slice value)
{
	l->pids_said = value.n;
	l->pids_odd = !size_of(value, &l->pids_max);
}

static void set_quota(struct vt_unit_limits *l, struct vt_slice value)
{
	double percent;

	if (!value.n) {
		l->cpu_max_percent = (double)INFINITY;
	} else if (value.at[value.n - 1] == '%') {
		value.n--;
		if (vt_parse_decimal(value, &percent) && percent > 0)
			l->cpu_max_percent = percent;
	}
}

static const struct setting {
	const char *name;
	void (*set)(struct vt_unit_limits *l, struct vt_slice value);
} settings[] = {
	{ "MemoryMax", set_memory_max },
	{ "MemoryHigh", set_memory_high },
	{ "TasksMax", set_tasks },
	{ "CPUQuota", set_quota },
};

void vt_parse_unit(const char *text, struct vt_unit_limits *limits)
{
	struct vt_slice line, key;

	while (vt_parse_line(&text, &line)) {
		line = trim(line);
		if (!line.n || line.at[0] == '#' || line.at[0] == ';' ||
		    !vt_parse_until(&line, '=', &key))
			continue;
		key = trim(key);
		for (size_t i = 0; i < VT_LEN(settings); i++)
			if (vt_slice_is(key, settings[i].name))
				settings[i].set(limits, trim(line));
	}
}
