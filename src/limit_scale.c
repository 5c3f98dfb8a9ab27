/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sensible values of limits, and what completes a value that is being typed. */
#include "limit_scale.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "units.h"

static const double mebi = 1024.0 * 1024;

bool vt_limit_scale_make(const char *file, const struct vt_snapshot *s, struct vt_limit_scale *ret)
{
	const struct vt_host_row *host = vt_snapshot_host(s);
	const struct vt_limit_row *row = vt_limit_row_find(file);
	double memory = VT_HAS(HOST, host, mem_total_bytes) ? (double)host->mem_total_bytes : 0;
	double cpus = VT_HAS(HOST, host, cpu_threads) ? (double)host->cpu_threads : 0;

	if (!row)
		return false;
	ret->row = row;
	switch (row->syntax) {
	case VT_LIMIT_SIZE:
		ret->least = mebi;
		ret->most = memory > 2 * mebi ? memory : 1024 * mebi;
		return true;
	case VT_LIMIT_CPU:
		ret->least = 1;
		ret->most = 100 * (cpus > 0 ? cpus : 8);
		return true;
	case VT_LIMIT_COUNT:
		ret->least = row->least > 0 ? (double)row->least : 1;
		ret->most = row->most <= 1000000 ? (double)row->most : 50000;
		return true;
	default:
		return false;
	}
}

double vt_limit_scale_number(const struct vt_limit_scale *scale, const char *typed)
{
	uint64_t number, period;
	int r;

	switch (scale->row->syntax) {
	case VT_LIMIT_SIZE:
		r = vt_units_parse_size(typed, &number, NULL);
		break;
	case VT_LIMIT_CPU:
		r = vt_units_parse_cpu(typed, 100000, &number, &period, NULL);
		if (r == 0 && number != VT_MAX)
			return (double)number / (double)period * 100;
		break;
	default:
		r = vt_units_parse_count(typed, &number, NULL);
		break;
	}
	return r < 0 ? -1 : number == VT_MAX ? INFINITY : (double)number;
}

double vt_limit_scale_place(const struct vt_limit_scale *scale, double number)
{
	double place;

	if (number <= scale->least)
		return 0;
	place = log(number / scale->least) / log(scale->most / scale->least);
	return place > 1 ? 1 : place;
}

/* Values of one kind, from small to large; 0 ends them. */
static double value_at(const struct vt_limit_scale *scale, int i)
{
	static const double percents[] = { 1, 2, 3, 5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 100 };
	static const double cpus[] = { 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192 };
	static const double digits[] = { 1, 2, 3, 5 };
	size_t n = (size_t)i;

	if (scale->row->syntax == VT_LIMIT_SIZE)
		return mebi * (i == 0 ? 1 : i % 2 ? ldexp(1, (i + 1) / 2) : ldexp(1.5, i / 2));
	if (scale->row->syntax == VT_LIMIT_COUNT)
		return digits[n % VT_LEN(digits)] * pow(10, i / (int)VT_LEN(digits));
	if (n < VT_LEN(percents))
		return percents[n];
	n -= VT_LEN(percents);
	return n < VT_LEN(cpus) ? 100 * cpus[n] : INFINITY;
}

static void put_value(const struct vt_limit_scale *scale, double value, char *out, size_t size)
{
	if (isinf(value))
		(void)snprintf(out, size, "max");
	else if (scale->row->syntax == VT_LIMIT_CPU)
		(void)snprintf(out, size, "%g%%", value);
	else if (scale->row->syntax == VT_LIMIT_COUNT)
		(void)snprintf(out, size, "%.0f", value);
	else if (fmod(value, 1024 * mebi) == 0)
		(void)snprintf(out, size, "%.0fG", value / mebi / 1024);
	else
		(void)snprintf(out, size, "%.0fM", value / mebi);
}

enum {
	VALUES = 96
};

/* All values of the scale, max behind them where the file takes it; how many. */
static int list_values(const struct vt_limit_scale *scale, double out[VALUES])
{
	double value;
	int n = 0;

	for (int i = 0; n < VALUES - 2 && (value = value_at(scale, i)) <= scale->most; i++)
		if (value >= scale->least)
			out[n++] = value;
	if (!scale->row->no_max)
		out[n++] = INFINITY;
	else if (!n || out[n - 1] < scale->most)
		out[n++] = scale->most;
	return n;
}

void vt_limit_scale_step(const struct vt_limit_scale *scale, const char *typed, int by, char *out,
			 size_t size)
{
	double values[VALUES], now = vt_limit_scale_number(scale, typed);
	int n = list_values(scale, values), at = 0;

	if (by > 0)
		while (at < n - 1 && values[at] <= now * (1 + 1e-9))
			at++;
	else
		for (at = n - 1; at > 0 && values[at] >= now * (1 - 1e-9);)
			at--;
	put_value(scale, values[at], out, size);
}

void vt_limit_scale_at(const struct vt_limit_scale *scale, double place, char *out, size_t size)
{
	double values[VALUES], nearest = INFINITY;
	int n = list_values(scale, values), best = 0;

	for (int i = 0; i < n; i++) {
		double away = fabs(vt_limit_scale_place(scale, values[i]) - place);

		if (away <= nearest) {
			nearest = away;
			best = i;
		}
	}
	put_value(scale, values[best], out, size);
}

/* Completion: a list of words, of which the next one behind what is there is taken. */

static bool offer(const char *const *words, size_t n, const char *start, char *out, size_t size)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], start) == 0) {
			(void)snprintf(out, size, "%s", words[(i + 1) % n]);
			return n > 1;
		}
	for (size_t i = 0; i < n; i++)
		if (strncasecmp(words[i], start, strlen(start)) == 0) {
			(void)snprintf(out, size, "%s", words[i]);
			return true;
		}
	return false;
}

/* "10" becomes 10M, 10G, 10K, 10M. */
static bool complete_unit(const char *const *units, size_t n, const char *typed, char *out,
			  size_t size)
{
	size_t digits = strspn(typed, "0123456789.");
	char unit[8];

	if (!digits || !offer(units, n, typed + digits, unit, sizeof(unit)))
		return false;
	(void)snprintf(out, size, "%.*s%s", (int)digits, typed, unit);
	return true;
}

/* The last word that is typed, among those that "member, root or isolated" lists. */
static bool complete_word(const char *accepts, const char *typed, char *out, size_t size)
{
	vt_autofree char *copy = vt_strdup(accepts);
	const char *words[16], *last = strrchr(typed, ' ');
	char word[64], *save = NULL;
	size_t n = 0;

	last = last ? last + 1 : typed;
	for (char *w = strtok_r(copy, " ,", &save); w && n < VT_LEN(words);
	     w = strtok_r(NULL, " ,", &save)) {
		char *sign = strchr(w, '=');

		if (sign)
			sign[1] = '\0';
		/* What stands for a value, or is a word of ours, is not typed. */
		if (islower((unsigned char)w[0]) && strcmp(w, "or") != 0 &&
		    strcmp(w, "each") != 0 && strcmp(w, "also") != 0 && strcmp(w, "a") != 0 &&
		    strcmp(w, "list") != 0 && strcmp(w, "such") != 0 && strcmp(w, "as") != 0)
			words[n++] = w;
	}
	if (!offer(words, n, last, word, sizeof(word)))
		return false;
	(void)snprintf(out, size, "%.*s%s", (int)(last - typed), typed, word);
	return true;
}

bool vt_limit_complete(const struct vt_limit_row *row, const char *typed, char *out, size_t size)
{
	static const char *const sizes[] = { "M", "G", "K" }, *const shares[] = { "%" };
	static const char *const none[] = { "max" };

	if (!row->no_max && islower((unsigned char)typed[0]) && row->syntax != VT_LIMIT_TEXT &&
	    row->syntax != VT_LIMIT_BOOL)
		return offer(none, 1, typed, out, size);
	switch (row->syntax) {
	case VT_LIMIT_SIZE:
		return complete_unit(sizes, VT_LEN(sizes), typed, out, size);
	case VT_LIMIT_CPU:
		return complete_unit(shares, VT_LEN(shares), typed, out, size);
	case VT_LIMIT_TEXT:
		return complete_word(row->accepts, typed, out, size);
	default:
		return false;
	}
}
