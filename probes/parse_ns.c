/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What /proc says about namespaces: maps of ids, offsets of clocks, IPC, mounts. */
#include "parse_ns.h"

#include <stdio.h>
#include <string.h>

bool vt_parse_id_map(const char **cursor, struct vt_id_range *ret)
{
	struct vt_slice line, word;
	struct vt_id_range r;

	while (vt_parse_line(cursor, &line))
		if (vt_parse_word(&line, &word) && vt_parse_u64(word, &r.inside) &&
		    vt_parse_word(&line, &word) && vt_parse_u64(word, &r.outside) &&
		    vt_parse_word(&line, &word) && vt_parse_u64(word, &r.count) &&
		    r.count <= UINT32_MAX && r.inside <= UINT32_MAX && r.outside <= UINT32_MAX) {
			*ret = r;
			return true;
		}
	return false;
}

bool vt_parse_id_outside(const char *map, uint64_t inside, uint64_t *ret)
{
	struct vt_id_range r;

	while (vt_parse_id_map(&map, &r))
		if (inside >= r.inside && inside - r.inside < r.count) {
			*ret = r.outside + (inside - r.inside);
			return true;
		}
	return false;
}

bool vt_parse_id_map_line(const char *map, char *out, size_t size)
{
	struct vt_id_range r;
	size_t used = 0;

	while (used < size && vt_parse_id_map(&map, &r))
		used += (size_t)snprintf(out + used, size - used, "%s%llu %llu %llu",
					 used ? ", " : "", (unsigned long long)r.inside,
					 (unsigned long long)r.outside,
					 (unsigned long long)r.count);
	return used > 0;
}

bool vt_parse_nspid_last(const char *status, uint64_t *ret)
{
	struct vt_slice rest, word, last = { "", 0 };

	if (!vt_parse_status_line(status, "NSpid:", &rest))
		return false;
	while (vt_parse_word(&rest, &word))
		last = word;
	return vt_parse_u64(last, ret);
}

bool vt_parse_nspids(const char *status, char *out, size_t size)
{
	struct vt_slice rest, word;
	size_t n = 0;

	if (!vt_parse_status_line(status, "NSpid:", &rest))
		return false;
	out[0] = '\0';
	while (n < size && vt_parse_word(&rest, &word))
		n += (size_t)snprintf(out + n, size - n, "%s%.*s", n ? " > " : "", (int)word.n,
				      word.at);
	return n > 0;
}

/* Seconds may be negative, nanoseconds are not. */
bool vt_parse_time_offset(const char *text, const char *clock, double *ret_seconds)
{
	struct vt_slice line, word;
	uint64_t seconds, ns;
	bool negative;

	while (vt_parse_line(&text, &line)) {
		if (!vt_parse_word(&line, &word) || !vt_slice_is(word, clock))
			continue;
		if (!vt_parse_word(&line, &word))
			return false;
		negative = word.n && word.at[0] == '-';
		word.at += negative;
		word.n -= negative;
		if (!vt_parse_u64(word, &seconds) || !vt_parse_word(&line, &word) ||
		    !vt_parse_u64(word, &ns) || ns > 999999999)
			return false;
		*ret_seconds = (negative ? -(double)seconds : (double)seconds) + (double)ns / 1e9;
		return true;
	}
	return false;
}

/* The number of the word in a line; -1. */
static int column_of(struct vt_slice line, const char *title)
{
	struct vt_slice word;

	for (int i = 0; vt_parse_word(&line, &word); i++)
		if (vt_slice_is(word, title))
			return i;
	return -1;
}

static uint64_t number_at(struct vt_slice line, int column)
{
	struct vt_slice word;
	uint64_t value;

	for (int i = 0; vt_parse_word(&line, &word); i++)
		if (i == column)
			return vt_parse_u64(word, &value) ? value : 0;
	return 0;
}

bool vt_parse_sysvipc(const char *text, const char *column, uint64_t *ret_rows, uint64_t *ret_sum)
{
	struct vt_slice line;
	uint64_t rows = 0, sum = 0;
	int at = -1;

	if (!vt_parse_line(&text, &line) || column_of(line, "key") != 0)
		return false;
	if (column) {
		at = column_of(line, column);
		if (at < 0)
			return false;
	}
	while (vt_parse_line(&text, &line)) {
		if (!line.n)
			continue;
		rows++;
		sum += at < 0 ? 0 : number_at(line, at);
	}
	*ret_rows = rows;
	if (ret_sum)
		*ret_sum = sum;
	return true;
}

bool vt_parse_sockstat(const char *text, const char *key, uint64_t *ret_inuse)
{
	struct vt_slice line, word;

	while (vt_parse_line(&text, &line)) {
		if (!vt_parse_word(&line, &word) || !vt_slice_is(word, key))
			continue;
		while (vt_parse_word(&line, &word))
			if (vt_slice_is(word, "inuse"))
				return vt_parse_word(&line, &word) && vt_parse_u64(word, ret_inuse);
		return false;
	}
	return false;
}

const char *vt_parse_propagation(struct vt_slice tags)
{
	bool shared = false, slave = false;
	struct vt_slice word;

	while (vt_parse_word(&tags, &word)) {
		shared |= vt_slice_starts(word, "shared:");
		slave |= vt_slice_starts(word, "master:");
		if (vt_slice_is(word, "unbindable"))
			return "unbindable";
	}
	return shared ? (slave ? "shared and slave" : "shared") : slave ? "slave" : "private";
}

/* The next item of a comma-separated list. */
static bool next_option(struct vt_slice *rest, struct vt_slice *ret)
{
	if (!rest->n)
		return false;
	if (!vt_parse_until(rest, ',', ret)) {
		*ret = *rest;
		rest->n = 0;
	}
	return true;
}

bool vt_parse_option(struct vt_slice options, const char *name, struct vt_slice *ret)
{
	size_t n = strlen(name);
	struct vt_slice one;

	while (next_option(&options, &one))
		if (one.n > n && one.at[n] == '=' && memcmp(one.at, name, n) == 0) {
			*ret = (struct vt_slice){ one.at + n + 1, one.n - n - 1 };
			return true;
		}
	return false;
}

bool vt_parse_has_option(struct vt_slice options, const char *word)
{
	struct vt_slice one;

	while (next_option(&options, &one))
		if (vt_slice_is(one, word))
			return true;
	return false;
}

/* "lowerdir=a:b", or a "lowerdir+=a" for each (since 6.5); data-only layers follow "::". */
bool vt_parse_overlay(struct vt_slice options, uint64_t *ret_layers)
{
	uint64_t layers = 0;
	struct vt_slice one;

	while (next_option(&options, &one)) {
		if (vt_slice_starts(one, "lowerdir+=") || vt_slice_starts(one, "datadir+=")) {
			layers++;
		} else if (vt_slice_starts(one, "lowerdir=")) {
			bool inside = false;

			for (size_t i = strlen("lowerdir="); i < one.n; i++) {
				layers += one.at[i] != ':' && !inside;
				inside = one.at[i] != ':';
			}
		}
	}
	if (layers)
		*ret_layers = layers;
	return layers > 0;
}

bool vt_parse_cgroup_root(struct vt_slice outside, struct vt_slice inside, char *out, size_t size)
{
	size_t n;

	if (!outside.n || !inside.n || outside.at[0] != '/' || inside.at[0] != '/' ||
	    vt_slice_starts(inside, "/.."))
		return false;
	if (inside.n == 1)
		inside.n = 0;
	if (inside.n > outside.n ||
	    memcmp(outside.at + outside.n - inside.n, inside.at, inside.n) != 0)
		return false;
	n = outside.n - inside.n;
	if (n >= size)
		return false;
	(void)snprintf(out, size, "%.*s", n ? (int)n : 1, n ? outside.at : "/");
	return true;
}
