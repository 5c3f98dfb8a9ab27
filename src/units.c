/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as people read and type them. */
#include "units.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PERIOD_MOST = 1000000 /* microseconds, of cpu.max */
};

/* Three significant digits before a suffix: 9.9K, 96K, 1023K, 1.5M. */
static void scaled(char *out, size_t size, double value, double base, const char *suffixes,
		   const char *end)
{
	size_t i = 0;

	while (value >= base - 0.5 && suffixes[i + 1]) {
		value /= base;
		i++;
	}
	if (!i)
		(void)snprintf(out, size, "%.0f%s", value, end);
	else if (value < 9.95)
		(void)snprintf(out, size, "%.1f%c%s", value, suffixes[i], end);
	else
		(void)snprintf(out, size, "%.0f%c%s", value, suffixes[i], end);
}

/* A fraction of less than ten matters: load 0.4, half a CPU. */
static void count_short(char *out, size_t size, double value)
{
	if (value < 9.95 && value - floor(value) >= 0.05 && value - floor(value) < 0.95)
		(void)snprintf(out, size, "%.1f", value);
	else if (value < 9999.5)
		(void)snprintf(out, size, "%.0f", value);
	else if (value < 99950)
		(void)snprintf(out, size, "%.1fk", value / 1000);
	else
		scaled(out, size, value, 1000, " kMGTPE", "");
}

static void duration(char *out, size_t size, double usec)
{
	double s = usec / 1e6;

	if (usec < 1000)
		(void)snprintf(out, size, "%.0fus", usec);
	else if (s < 1)
		(void)snprintf(out, size, "%.0fms", usec / 1000);
	else if (s < 10)
		(void)snprintf(out, size, "%.1fs", s);
	else if (s < 60)
		(void)snprintf(out, size, "%.0fs", s);
	else if (s < 3600)
		(void)snprintf(out, size, "%dm%02d", (int)s / 60, (int)s % 60);
	else if (s < 86400)
		(void)snprintf(out, size, "%dh%02d", (int)s / 3600, (int)s % 3600 / 60);
	else
		(void)snprintf(out, size, "%.0fd", floor(s / 86400));
}

void vt_units_short_double(char *out, size_t size, enum vt_unit unit, double value)
{
	if (isinf(value)) {
		(void)snprintf(out, size, "max");
		return;
	}
	/* What shrinks: a trend. */
	if (value <= -0.05 && size > 1) {
		*out = '-';
		vt_units_short_double(out + 1, size - 1, unit, -value);
		return;
	}
	switch (unit) {
	case VT_UNIT_BYTES:
	case VT_UNIT_BYTES_PER_SEC:
		scaled(out, size, value, 1024, "BKMGTPE", unit == VT_UNIT_BYTES ? "" : "/s");
		break;
	case VT_UNIT_USEC:
		duration(out, size, value);
		break;
	case VT_UNIT_NSEC:
		duration(out, size, value / 1000);
		break;
	case VT_UNIT_PERCENT:
		(void)snprintf(out, size, value >= 0.05 && value < 9.95 ? "%.1f" : "%.0f", value);
		break;
	default:
		count_short(out, size, value);
	}
}

void vt_units_short(char *out, size_t size, enum vt_unit unit, uint64_t value)
{
	if (value == VT_MAX)
		(void)snprintf(out, size, "max");
	else if (unit == VT_UNIT_ID || unit == VT_UNIT_TICKS)
		(void)snprintf(out, size, "%" PRIu64, value);
	else if (unit == VT_UNIT_BOOL)
		(void)snprintf(out, size, "%s", value ? "yes" : "no");
	else
		vt_units_short_double(out, size, unit, (double)value);
}

static void grouped(char *out, size_t size, uint64_t value)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%" PRIu64, value);
	size_t used = 0;

	for (int i = 0; i < n && used + 2 < size; i++) {
		if (i && (n - i) % 3 == 0)
			out[used++] = ',';
		out[used++] = digits[i];
	}
	out[used] = '\0';
}

/* 26:03:04, 3d 02:03:04 */
static void clock_time(char *out, size_t size, uint64_t usec)
{
	uint64_t s = usec / 1000000;
	int n = s >= 86400 ? snprintf(out, size, "%" PRIu64 "d ", s / 86400) : 0;

	(void)snprintf(out + n, size - (size_t)n, "%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64,
		       s % 86400 / 3600, s % 3600 / 60, s % 60);
}

void vt_units_long(char *out, size_t size, enum vt_unit unit, uint64_t value)
{
	char near[32], exact[40];

	vt_units_short(near, sizeof(near), unit, value);
	grouped(exact, sizeof(exact), value);
	if (value == VT_MAX || unit == VT_UNIT_ID || unit == VT_UNIT_BOOL || unit == VT_UNIT_TICKS)
		(void)snprintf(out, size, "%s", near);
	else if (unit == VT_UNIT_BYTES && value >= 1024)
		(void)snprintf(out, size, "%s (%s bytes)", near, exact);
	else if (unit == VT_UNIT_USEC && value >= 60000000)
		clock_time(out, size, value);
	else if (unit == VT_UNIT_USEC && value >= 1000)
		(void)snprintf(out, size, "%s (%s us)", near, exact);
	else if (unit == VT_UNIT_COUNT)
		(void)snprintf(out, size, "%s", exact);
	else
		(void)snprintf(out, size, "%s", near);
}

/* A plain decimal number with an optional fraction; no sign, blank, hex or exponent. */
static int parse_decimal(const char *text, double *ret, const char **ret_end)
{
	const char *p = text;
	char *end;

	while (isdigit((unsigned char)*p))
		p++;
	if (p == text)
		return -EINVAL;
	if (*p == '.' && isdigit((unsigned char)p[1]))
		for (p++; isdigit((unsigned char)*p);)
			p++;
	*ret = strtod(text, &end);
	*ret_end = p;
	return end >= p || isfinite(*ret) ? 0 : -EINVAL;
}

static int parse_u64(const char *text, const char **ret_end, uint64_t *ret)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	*ret = strtoull(text, &end, 10);
	*ret_end = end;
	return errno ? -ERANGE : 0;
}

static int size_shift(const char **p)
{
	static const char letters[] = "BKMGTP";
	const char *at = **p ? strchr(letters, toupper((unsigned char)**p)) : NULL;

	if (!at)
		return 0;
	(*p)++;
	if (at != letters && **p == 'i')
		(*p)++;
	if (at != letters && **p == 'B')
		(*p)++;
	return 10 * (int)(at - letters);
}

int vt_units_parse_size(const char *text, uint64_t *ret_bytes, struct vt_error *err)
{
	const char *end;
	uint64_t whole;
	double value;
	int shift;

	if (strcmp(text, "max") == 0) {
		*ret_bytes = VT_MAX;
		return 0;
	}
	if (parse_decimal(text, &value, &end) < 0)
		return vt_fail(err, EINVAL,
			       "'%s' is not a size: use a number with K, M, G or T, or max", text);
	shift = size_shift(&end);
	if (*end)
		return vt_fail(err, EINVAL,
			       "'%s' is not a size: use a number with K, M, G or T, or max", text);
	value *= (double)(1ull << shift);
	if (value >= 0x1p63)
		return vt_fail(err, ERANGE, "'%s' is too large a size", text);
	/* Whole numbers keep every digit; a double has only 53 bits. */
	if (!strchr(text, '.') && parse_u64(text, &end, &whole) == 0)
		*ret_bytes = whole << shift;
	else
		*ret_bytes = (uint64_t)value;
	return 0;
}

int vt_units_parse_count(const char *text, uint64_t *ret, struct vt_error *err)
{
	const char *end;
	uint64_t value;

	if (strcmp(text, "max") == 0) {
		*ret = VT_MAX;
		return 0;
	}
	if (parse_u64(text, &end, &value) < 0 || *end || value >> 63)
		return vt_fail(err, EINVAL, "'%s' is not a count: use a whole number or max", text);
	*ret = value;
	return 0;
}

static int check_cpu(const char *text, uint64_t quota, uint64_t period, struct vt_error *err)
{
	if (period < 1000 || period > PERIOD_MOST)
		return vt_fail(err, ERANGE, "'%s': the period must be 1000 to 1000000 microseconds",
			       text);
	if (quota < 1000)
		return vt_fail(err, ERANGE,
			       "'%s': the quota must be at least 1000 microseconds a period", text);
	return 0;
}

int vt_units_parse_cpu(const char *text, uint64_t period_usec, uint64_t *ret_quota_usec,
		       uint64_t *ret_period_usec, struct vt_error *err)
{
	uint64_t quota = VT_MAX, period = period_usec;
	const char *end = text;
	double value;
	int r = 0;

	if (strncmp(text, "max", 3) == 0) {
		end = text + 3;
	} else if (parse_decimal(text, &value, &end) < 0) {
		r = -EINVAL;
	} else if (*end == ' ' || *end == ',') {
		r = parse_u64(text, &end, &quota);
	} else {
		if (*end == '%') {
			value /= 100;
			end++;
		}
		if (*end || value > 1e6)
			r = -EINVAL;
		else if (period <= PERIOD_MOST)
			quota = (uint64_t)(value * (double)period + 0.5);
	}
	if (r == 0 && (*end == ' ' || *end == ','))
		r = parse_u64(end + 1, &end, &period);
	if (r < 0 || *end)
		return vt_fail(
			err, EINVAL,
			"'%s' is not a CPU limit: use 50%%, 1.5 (CPUs), 'QUOTA PERIOD' or max",
			text);
	r = check_cpu(text, quota, period, err);
	if (r < 0)
		return r;
	*ret_quota_usec = quota;
	*ret_period_usec = period;
	return 0;
}

int vt_units_parse_seconds(const char *text, double least, double most, double *ret,
			   struct vt_error *err)
{
	const char *end;
	double value;

	if (parse_decimal(text, &value, &end) < 0 || *end || value < least || value > most)
		return vt_fail(err, EINVAL, "'%s' is not a time from %g to %g seconds", text, least,
			       most);
	*ret = value;
	return 0;
}
