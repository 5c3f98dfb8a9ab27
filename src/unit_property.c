/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of a cgroup as properties of a systemd unit. What systemd owns is
 * changed through it, or it would put its own value back with the next
 * daemon-reload. Follows systemd.resource-control(5) and what systemctl
 * set-property makes of its words.
 */
#include "unit_property.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "limit_files.h"
#include "plan.h"

enum {
	SET_MOST = 8192, /* CPUs or memory nodes */
};

struct vt_property {
	const char *name; /* on the bus */
	enum vt_property_type type;
	const char *file; /* NULL: made in more than one step below */
	const char *key;  /* of a device's line in io.max */
	const char *word; /* for systemctl, where it differs */
};

static const struct vt_property properties[] = {
	{ "MemoryMax", VT_PROPERTY_NUMBER, "memory.max", NULL, NULL },
	{ "MemoryHigh", VT_PROPERTY_NUMBER, "memory.high", NULL, NULL },
	{ "MemoryLow", VT_PROPERTY_NUMBER, "memory.low", NULL, NULL },
	{ "MemoryMin", VT_PROPERTY_NUMBER, "memory.min", NULL, NULL },
	{ "MemorySwapMax", VT_PROPERTY_NUMBER, "memory.swap.max", NULL, NULL },
	{ "TasksMax", VT_PROPERTY_NUMBER, "pids.max", NULL, NULL },
	{ "CPUWeight", VT_PROPERTY_NUMBER, "cpu.weight", NULL, NULL },
	{ "CPUQuotaPerSecUSec", VT_PROPERTY_NUMBER, NULL, NULL, "CPUQuota" },
	{ "CPUQuotaPeriodUSec", VT_PROPERTY_NUMBER, NULL, NULL, "CPUQuotaPeriodSec" },
	{ "IOWeight", VT_PROPERTY_NUMBER, NULL, NULL, NULL },
	{ "AllowedCPUs", VT_PROPERTY_SET, "cpuset.cpus", NULL, NULL },
	{ "AllowedMemoryNodes", VT_PROPERTY_SET, "cpuset.mems", NULL, NULL },
	{ "IOReadBandwidthMax", VT_PROPERTY_DEVICE, NULL, "rbps", NULL },
	{ "IOWriteBandwidthMax", VT_PROPERTY_DEVICE, NULL, "wbps", NULL },
	{ "IOReadIOPSMax", VT_PROPERTY_DEVICE, NULL, "riops", NULL },
	{ "IOWriteIOPSMax", VT_PROPERTY_DEVICE, NULL, "wiops", NULL },
	{ "FreezerState", VT_PROPERTY_FREEZER, NULL, NULL, NULL },
};

const struct vt_property *vt_property_find(const char *name, size_t n)
{
	for (size_t i = 0; i < VT_LEN(properties); i++)
		if (strlen(properties[i].name) == n && strncmp(properties[i].name, name, n) == 0)
			return &properties[i];
	return NULL;
}

enum vt_property_type vt_property_type(const struct vt_property *property)
{
	return property->type;
}

const char *vt_property_name(const struct vt_property *property)
{
	return property->name;
}

/* Sets */

const char *vt_property_set_text(struct vt_arena *arena, const uint8_t *bits, size_t n)
{
	const char *text = "";

	for (size_t i = 0; i < 8 * n; i++) {
		size_t from = i;

		if (!(bits[i / 8] >> i % 8 & 1))
			continue;
		while (i + 1 < 8 * n && bits[(i + 1) / 8] >> (i + 1) % 8 & 1)
			i++;
		text = from == i ? vt_arena_printf(arena, "%s%s%zu", text, *text ? "," : "", i)
				 : vt_arena_printf(arena, "%s%s%zu-%zu", text, *text ? "," : "",
						   from, i);
	}
	return text;
}

int vt_property_set(struct vt_arena *arena, const char *list, uint8_t *bits, size_t size,
		    const char **ret_list)
{
	memset(bits, 0, size);
	for (const char *p = list; *p;) {
		char *end;
		unsigned long from = strtoul(p, &end, 10), to = from;

		if (end == p)
			return -EINVAL;
		if (*end == '-') {
			p = end + 1;
			to = strtoul(p, &end, 10);
			if (end == p)
				return -EINVAL;
		}
		if (to < from || to >= 8 * size || (*end && *end != ','))
			return -EINVAL;
		for (unsigned long i = from; i <= to; i++)
			bits[i / 8] |= (uint8_t)(1u << i % 8);
		p = *end ? end + 1 : end;
	}
	*ret_list = vt_property_set_text(arena, bits, size);
	return 0;
}

/* From files to lines */

static const char *infinite(const char *value)
{
	return strcmp(value, "max") == 0 ? "infinity" : value;
}

/* "20000 100000": time a second, and the period where it is not systemd's own. */
static const char *lines_of_cpu(struct vt_arena *arena, const char *value)
{
	char *end;
	uint64_t quota = strtoull(value, &end, 10), period = strtoull(end, NULL, 10);
	const char *line = "CPUQuotaPerSecUSec=infinity";

	if (strncmp(value, "max", 3) == 0)
		period = strtoull(value + 3, NULL, 10);
	else if (!quota || !period)
		return NULL;
	else
		line = vt_arena_printf(arena, "CPUQuotaPerSecUSec=%" PRIu64,
				       (uint64_t)((double)quota * 1e6 / (double)period + 0.5));
	if (period && period != 100000)
		return vt_arena_printf(arena, "%s\nCPUQuotaPeriodUSec=%" PRIu64, line, period);
	return vt_arena_printf(arena, "%s\nCPUQuotaPeriodUSec=infinity", line);
}

/* The weight of one device cannot be taken back over the bus: that stays a file. */
static const char *lines_of_weight(struct vt_arena *arena, const char *value)
{
	const char *number = strncmp(value, "default ", 8) == 0 ? value + 8 : value;

	if (!*number || number[strspn(number, "0123456789")])
		return NULL;
	return vt_arena_printf(arena, "IOWeight=%s", number);
}

static const struct vt_property *property_of_key(const char *key, size_t n)
{
	for (size_t i = 0; i < VT_LEN(properties); i++)
		if (properties[i].key && strlen(properties[i].key) == n &&
		    strncmp(properties[i].key, key, n) == 0)
			return &properties[i];
	return NULL;
}

static const char *lines_of_io(struct vt_arena *arena, const char *value)
{
	vt_autofree char *copy = vt_strdup(value);
	const char *lines = "";
	char *save = NULL, *device = strtok_r(copy, " ", &save), *end;

	if (!device || (strtoul(device, &end, 10), end == device) || *end != ':')
		return NULL;
	for (char *w = strtok_r(NULL, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		size_t n = strcspn(w, "=");
		const struct vt_property *p = w[n] ? property_of_key(w, n) : NULL;

		if (!p)
			return NULL;
		lines = vt_arena_printf(arena, "%s%s%s=%s %s", lines, *lines ? "\n" : "", p->name,
					device, infinite(w + n + 1));
	}
	return *lines ? lines : NULL;
}

static const char *lines_of_set(struct vt_arena *arena, const char *name, const char *value)
{
	uint8_t bits[SET_MOST / 8];
	const char *list;

	return vt_property_set(arena, value, bits, sizeof(bits), &list) < 0
		       ? NULL
		       : vt_arena_printf(arena, "%s=%s", name, list);
}

/* cpu.idle is a weight for systemd: 0, "idle". */
static const char *lines_of_idle(struct vt_arena *arena, const char *value)
{
	return vt_arena_printf(arena, "CPUWeight=%s", strcmp(value, "1") == 0 ? "0" : "infinity");
}

static const char *lines_of_freeze(struct vt_arena *arena, const char *value)
{
	return vt_arena_printf(arena, "FreezerState=%s",
			       strcmp(value, "1") == 0 ? "frozen" : "running");
}

const char *vt_property_lines(struct vt_arena *arena, const char *file, const char *value)
{
	static const struct {
		const char *file;
		const char *(*lines)(struct vt_arena *arena, const char *value);
	} makers[] = {
		{ "cpu.max", lines_of_cpu },
		{ "io.weight", lines_of_weight },
		{ "io.max", lines_of_io },
		{ "cpu.idle", lines_of_idle },
		{ "cgroup.freeze", lines_of_freeze },
	};

	for (size_t i = 0; i < VT_LEN(makers); i++)
		if (strcmp(makers[i].file, file) == 0)
			return makers[i].lines(arena, value);
	for (size_t i = 0; i < VT_LEN(properties); i++) {
		const struct vt_property *p = &properties[i];

		if (!p->file || strcmp(p->file, file) != 0)
			continue;
		return p->type == VT_PROPERTY_SET
			       ? lines_of_set(arena, p->name, value)
			       : vt_arena_printf(arena, "%s=%s", p->name, infinite(value));
	}
	return NULL;
}

/* From lines to words */

static void show_number(const struct vt_property *p, const char *value, char *out, size_t size)
{
	bool idle = strcmp(p->name, "CPUWeight") == 0 && strcmp(value, "0") == 0;
	double number = strtod(value, NULL);

	if (strcmp(p->name, "CPUQuotaPerSecUSec") == 0)
		(void)snprintf(out, size, "%g%%", number / 1e4);
	else if (strcmp(p->name, "CPUQuotaPeriodUSec") == 0)
		(void)snprintf(out, size, "%gms", number / 1e3);
	else if (idle)
		(void)snprintf(out, size, "idle");
	else if (strncmp(p->name, "Memory", 6) == 0)
		vt_limit_show(p->file, value, out, size);
	else
		(void)snprintf(out, size, "%s", value);
}

/* systemctl takes an empty word for what infinity is on the bus. */
static bool empty_is_infinity(const struct vt_property *p)
{
	return p->word || strstr(p->name, "Weight");
}

void vt_property_show(const char *line, char *name, size_t name_size, char *value,
		      size_t value_size)
{
	size_t n = strcspn(line, "=");
	const struct vt_property *p = vt_property_find(line, n);
	const char *text = line[n] ? line + n + 1 : "";
	vt_autofree char *one = vt_strndup(text, strcspn(text, "\n"));

	(void)snprintf(name, name_size, "%.*s", (int)n, line);
	(void)snprintf(value, value_size, "%s", one);
	if (!p)
		return;
	(void)snprintf(name, name_size, "%s", p->word ? p->word : p->name);
	if (p->type == VT_PROPERTY_DEVICE)
		(void)snprintf(value, value_size, "/dev/block/%s", one);
	else if (p->type == VT_PROPERTY_NUMBER && strcmp(one, "infinity") != 0)
		show_number(p, one, value, value_size);
}

const char *vt_property_words(struct vt_arena *arena, const char *lines)
{
	const char *words = "";

	for (const char *l = lines; l && *l; l = strchr(l, '\n'), l = l ? l + 1 : NULL) {
		const struct vt_property *p = vt_property_find(l, strcspn(l, "="));
		char name[64], value[256];
		const char *word;

		vt_property_show(l, name, sizeof(name), value, sizeof(value));
		if (p && empty_is_infinity(p) && strcmp(value, "infinity") == 0)
			value[0] = '\0';
		word = vt_arena_printf(arena, "%s=%s", name, value);
		words = vt_arena_printf(arena, "%s%s%s", words, *words ? " " : "",
					vt_shell_quote(arena, word));
	}
	return words;
}
