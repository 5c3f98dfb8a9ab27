/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formats that many kernel files share; see the kernel's cgroup-v2.rst and
 * psi.rst. Nothing here looks behind the end of a slice or a terminated text,
 * and a number that does not fit is no number.
 */
#include "parse.h"

#include <string.h>

#include "../src/units.h"

/* An empty slice may point nowhere, which memcmp() must not be given. */
bool vt_slice_is(struct vt_slice s, const char *text)
{
	return strlen(text) == s.n && (!s.n || memcmp(s.at, text, s.n) == 0);
}

bool vt_slice_starts(struct vt_slice s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && (!n || memcmp(s.at, prefix, n) == 0);
}

bool vt_parse_line(const char **cursor, struct vt_slice *ret_line)
{
	const char *at = *cursor, *end;

	if (!*at)
		return false;
	end = strchrnul(at, '\n');
	*ret_line = (struct vt_slice){ at, (size_t)(end - at) };
	*cursor = *end ? end + 1 : end;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool vt_parse_word(struct vt_slice *rest, struct vt_slice *ret_word)
{
	size_t from = 0, to;

	while (from < rest->n && is_blank(rest->at[from]))
		from++;
	for (to = from; to < rest->n && !is_blank(rest->at[to]);)
		to++;
	if (from == to)
		return false;
	*ret_word = (struct vt_slice){ rest->at + from, to - from };
	*rest = (struct vt_slice){ rest->at + to, rest->n - to };
	return true;
}

bool vt_parse_until(struct vt_slice *rest, char c, struct vt_slice *ret_part)
{
	const char *end = rest->n ? memchr(rest->at, c, rest->n) : NULL;

	if (!end)
		return false;
	*ret_part = (struct vt_slice){ rest->at, (size_t)(end - rest->at) };
	*rest = (struct vt_slice){ end + 1, rest->n - ret_part->n - 1 };
	return true;
}

bool vt_parse_u64(struct vt_slice s, uint64_t *ret)
{
	uint64_t value = 0;

	if (!s.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned)(unsigned char)s.at[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(value, 10u, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return false;
	}
	*ret = value;
	return true;
}

bool vt_parse_decimal(struct vt_slice s, double *ret)
{
	struct vt_slice rest = s, whole;
	uint64_t w, f;
	double scale = 1;

	if (!vt_parse_until(&rest, '.', &whole)) {
		if (!vt_parse_u64(s, &w))
			return false;
		*ret = (double)w;
		return true;
	}
	if (!vt_parse_u64(whole, &w) || rest.n > 18 || !vt_parse_u64(rest, &f))
		return false;
	for (size_t i = 0; i < rest.n; i++)
		scale *= 10;
	*ret = (double)w + (double)f / scale;
	return true;
}

static bool number_or_max(struct vt_slice s, uint64_t *ret)
{
	if (!vt_slice_is(s, "max"))
		return vt_parse_u64(s, ret);
	*ret = VT_MAX;
	return true;
}

struct vt_slice vt_parse_trim(const char *text)
{
	size_t n = strlen(text);

	while (n && (is_blank(text[n - 1]) || text[n - 1] == '\n'))
		n--;
	return (struct vt_slice){ text, n };
}

bool vt_parse_value(const char *text, uint64_t *ret)
{
	return number_or_max(vt_parse_trim(text), ret);
}

bool vt_parse_has_word(const char *list, const char *word)
{
	struct vt_slice rest = vt_parse_trim(list), w;

	while (vt_parse_word(&rest, &w))
		if (vt_slice_is(w, word))
			return true;
	return false;
}

bool vt_parse_flat(const char **cursor, struct vt_slice *ret_key, uint64_t *ret_value)
{
	struct vt_slice line, value;

	while (vt_parse_line(cursor, &line))
		if (vt_parse_until(&line, ' ', &value) && value.n &&
		    number_or_max(line, ret_value)) {
			*ret_key = value;
			return true;
		}
	return false;
}

bool vt_parse_flat_find(const char *text, const char *key, uint64_t *ret)
{
	struct vt_slice k;
	uint64_t value;

	while (vt_parse_flat(&text, &k, &value))
		if (vt_slice_is(k, key)) {
			*ret = value;
			return true;
		}
	return false;
}

bool vt_parse_pair(struct vt_slice *rest, struct vt_slice *ret_key, uint64_t *ret_value)
{
	struct vt_slice word, key;

	while (vt_parse_word(rest, &word))
		if (vt_parse_until(&word, '=', &key) && number_or_max(word, ret_value)) {
			*ret_key = key;
			return true;
		}
	return false;
}

bool vt_parse_device(struct vt_slice s, uint32_t *ret_major, uint32_t *ret_minor)
{
	struct vt_slice first;
	uint64_t major, minor;

	if (!vt_parse_until(&s, ':', &first) || !vt_parse_u64(first, &major) ||
	    !vt_parse_u64(s, &minor) || major > UINT32_MAX || minor > UINT32_MAX)
		return false;
	*ret_major = (uint32_t)major;
	*ret_minor = (uint32_t)minor;
	return true;
}

bool vt_parse_cpu_max(const char *text, uint64_t *ret_quota_usec, uint64_t *ret_period_usec)
{
	struct vt_slice rest = vt_parse_trim(text), word;
	uint64_t quota, period;

	if (!vt_parse_word(&rest, &word) || !number_or_max(word, &quota))
		return false;
	if (!vt_parse_word(&rest, &word) || !vt_parse_u64(word, &period) || !period)
		return false;
	*ret_quota_usec = quota;
	*ret_period_usec = period;
	return true;
}

static bool range_count(struct vt_slice range, uint64_t *ret)
{
	struct vt_slice from;
	uint64_t low, high;

	if (!vt_parse_until(&range, '-', &from)) {
		*ret = 1;
		return vt_parse_u64(range, &low);
	}
	if (!vt_parse_u64(from, &low) || !vt_parse_u64(range, &high) || high < low ||
	    high - low > UINT32_MAX)
		return false;
	*ret = high - low + 1;
	return true;
}

bool vt_parse_list_count(const char *text, uint64_t *ret)
{
	struct vt_slice rest = vt_parse_trim(text), part;
	uint64_t count = 0, n;
	bool more = rest.n > 0;

	while (more) {
		more = vt_parse_until(&rest, ',', &part);
		if (!range_count(more ? part : rest, &n))
			return false;
		count += n;
	}
	*ret = count;
	return true;
}

bool vt_parse_uclamp(const char *text, double *ret)
{
	struct vt_slice s = vt_parse_trim(text);

	if (!vt_slice_is(s, "max"))
		return vt_parse_decimal(s, ret);
	*ret = 100;
	return true;
}

static void psi_line(struct vt_slice line, struct vt_psi_line *ret)
{
	struct vt_psi_line found = { .known = true };
	struct vt_slice word, key;
	unsigned seen = 0;

	while (vt_parse_word(&line, &word)) {
		if (!vt_parse_until(&word, '=', &key))
			continue;
		if (vt_slice_is(key, "avg10"))
			seen |= vt_parse_decimal(word, &found.avg10) ? 1u : 0;
		else if (vt_slice_is(key, "avg60"))
			seen |= vt_parse_decimal(word, &found.avg60) ? 2u : 0;
		else if (vt_slice_is(key, "avg300"))
			seen |= vt_parse_decimal(word, &found.avg300) ? 8u : 0;
		else if (vt_slice_is(key, "total"))
			seen |= vt_parse_u64(word, &found.total_usec) ? 4u : 0;
	}
	if (seen == 15)
		*ret = found;
}

bool vt_parse_psi(const char *text, struct vt_psi *ret)
{
	struct vt_psi psi = { 0 };
	struct vt_slice line, word;

	while (vt_parse_line(&text, &line)) {
		if (!vt_parse_word(&line, &word))
			continue;
		if (vt_slice_is(word, "some"))
			psi_line(line, &psi.some);
		else if (vt_slice_is(word, "full"))
			psi_line(line, &psi.full);
	}
	if (!psi.some.known && !psi.full.known)
		return false;
	*ret = psi;
	return true;
}
