/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Per-process files of proc(5). The command in /proc/PID/stat is whatever the
 * process calls itself, so its end is the last bracket of the text.
 */
#include "parse_proc.h"

#include <stdio.h>
#include <string.h>

#include "../src/units.h"

/* Numbers of proc(5)'s list of fields. */
enum {
	F_PPID = 4,
	F_FLAGS = 9,
	F_UTIME = 14,
	F_STIME = 15,
	F_THREADS = 20,
	F_START = 22,
	F_VSIZE = 23,
	F_RSS = 24,
	F_PROCESSOR = 39,
	F_GUEST = 43,
};

/*
 * Fields from the fourth on; negative ones count as 0, since none that is used
 * can be negative. Returns the number of the last field that was there. This is
 * the hot path of a refresh, so it does not go through slices.
 */
static int stat_fields(const char *at, uint64_t *fields, int last)
{
	int i = F_PPID;

	for (; i <= last; i++) {
		uint64_t value = 0;
		bool negative;

		while (*at == ' ')
			at++;
		negative = *at == '-';
		at += negative;
		if (*at < '0' || *at > '9')
			break;
		for (; *at >= '0' && *at <= '9'; at++)
			if (__builtin_mul_overflow(value, 10u, &value) ||
			    __builtin_add_overflow(value, (unsigned)(*at - '0'), &value))
				return i - 1;
		fields[i] = negative ? 0 : value;
	}
	return i - 1;
}

bool vt_parse_stat(const char *text, struct vt_stat *ret)
{
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	uint64_t f[F_GUEST + 1] = { 0 }, pid;
	int last;

	if (!open || !close || close < open || open == text || open[-1] != ' ')
		return false;
	if (!vt_parse_u64((struct vt_slice){ text, (size_t)(open - text - 1) }, &pid))
		return false;
	if (close[1] != ' ' || !close[2] || close[3] != ' ')
		return false;
	last = stat_fields(close + 4, f, F_GUEST);
	if (last < F_RSS)
		return false;
	*ret = (struct vt_stat){
		.pid = pid,
		.comm = { open + 1, (size_t)(close - open - 1) },
		.state = close[2],
		.ppid = f[F_PPID],
		.flags = f[F_FLAGS],
		.utime_ticks = f[F_UTIME],
		.stime_ticks = f[F_STIME],
		.threads = f[F_THREADS],
		.start_ticks = f[F_START],
		.vsize_bytes = f[F_VSIZE],
		.rss_pages = f[F_RSS],
		.has_processor = last >= F_PROCESSOR,
		.processor = f[F_PROCESSOR],
		.has_guest = last >= F_GUEST,
		.guest_ticks = f[F_GUEST],
	};
	return true;
}

bool vt_parse_statm_resident(const char *text, uint64_t *ret_pages)
{
	struct vt_slice line, size, resident;

	return vt_parse_line(&text, &line) && vt_parse_word(&line, &size) &&
	       vt_parse_word(&line, &resident) && vt_parse_u64(resident, ret_pages);
}

bool vt_parse_status_line(const char *text, const char *key, struct vt_slice *ret)
{
	size_t n = strlen(key);
	struct vt_slice line;

	while (vt_parse_line(&text, &line))
		if (vt_slice_starts(line, key)) {
			while (n < line.n && (line.at[n] == ' ' || line.at[n] == '\t'))
				n++;
			*ret = (struct vt_slice){ line.at + n, line.n - n };
			return true;
		}
	return false;
}

bool vt_parse_status_uids(const char *text, uint32_t *ret_real, uint32_t *ret_effective)
{
	struct vt_slice rest, word;
	uint64_t uid[2];

	if (!vt_parse_status_line(text, "Uid:", &rest))
		return false;
	for (int i = 0; i < 2; i++)
		if (!vt_parse_word(&rest, &word) || !vt_parse_u64(word, &uid[i]) ||
		    uid[i] > UINT32_MAX)
			return false;
	*ret_real = (uint32_t)uid[0];
	*ret_effective = (uint32_t)uid[1];
	return true;
}

bool vt_parse_status_uid(const char *text, uint32_t *ret_uid)
{
	uint32_t real;

	return vt_parse_status_uids(text, &real, ret_uid);
}

bool vt_parse_status_kib(const char *text, const char *key, uint64_t *ret_bytes)
{
	struct vt_slice rest, word;
	uint64_t value;

	if (!vt_parse_status_line(text, key, &rest) || !vt_parse_word(&rest, &word) ||
	    !vt_parse_u64(word, &value) || value > UINT64_MAX / 1024)
		return false;
	*ret_bytes = value * 1024;
	return true;
}

bool vt_parse_status_hex(const char *text, const char *key, uint64_t *ret)
{
	struct vt_slice rest, word;
	uint64_t value = 0;

	if (!vt_parse_status_line(text, key, &rest) || !vt_parse_word(&rest, &word) || word.n > 16)
		return false;
	for (size_t i = 0; i < word.n; i++) {
		const char *digits = "0123456789abcdef";
		const char *at = memchr(digits, word.at[i], 16);

		if (!at)
			return false;
		value = value << 4 | (uint64_t)(at - digits);
	}
	*ret = value;
	return true;
}

bool vt_parse_status_sigq(const char *text, uint64_t *ret_queued)
{
	struct vt_slice rest, queued;

	return vt_parse_status_line(text, "SigQ:", &rest) && vt_parse_until(&rest, '/', &queued) &&
	       vt_parse_u64(queued, ret_queued);
}

static bool number_or_unlimited(struct vt_slice word, uint64_t *ret)
{
	if (!vt_slice_is(word, "unlimited"))
		return vt_parse_u64(word, ret);
	*ret = VT_MAX;
	return true;
}

/* Names hold single blanks, and more than one stands behind them. */
bool vt_parse_rlimit(const char **cursor, struct vt_rlimit_line *ret)
{
	struct vt_slice line, word;
	struct vt_rlimit_line found;

	while (vt_parse_line(cursor, &line)) {
		const char *end = line.n ? memmem(line.at, line.n, "  ", 2) : NULL;

		if (!end)
			continue;
		found.name = (struct vt_slice){ line.at, (size_t)(end - line.at) };
		line = (struct vt_slice){ end, line.n - found.name.n };
		if (!vt_parse_word(&line, &word) || !number_or_unlimited(word, &found.soft) ||
		    !vt_parse_word(&line, &word) || !number_or_unlimited(word, &found.hard))
			continue;
		*ret = found;
		return true;
	}
	return false;
}

bool vt_parse_signed(const char *text, int64_t *ret)
{
	struct vt_slice s = vt_parse_trim(text);
	bool negative = s.n && s.at[0] == '-';
	uint64_t value;

	if (negative)
		s = (struct vt_slice){ s.at + 1, s.n - 1 };
	if (!vt_parse_u64(s, &value) || value > INT64_MAX)
		return false;
	*ret = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

bool vt_parse_cgroup_line(const char **cursor, struct vt_cgroup_line *ret)
{
	struct vt_slice line, hierarchy, controllers;

	while (vt_parse_line(cursor, &line)) {
		if (!vt_parse_until(&line, ':', &hierarchy) ||
		    !vt_parse_until(&line, ':', &controllers) || !line.n || line.at[0] != '/' ||
		    !vt_parse_u64(hierarchy, &ret->hierarchy))
			continue;
		ret->controllers = controllers;
		ret->path = line;
		return true;
	}
	return false;
}

bool vt_parse_cgroup_v2(const char *text, struct vt_slice *ret_path)
{
	struct vt_cgroup_line line;

	while (vt_parse_cgroup_line(&text, &line))
		if (line.hierarchy == 0 && line.controllers.n == 0) {
			*ret_path = line.path;
			return true;
		}
	return false;
}

/* The next part of a path, without slashes; false at its end. */
static bool next_part(struct vt_slice *path, struct vt_slice *ret_part)
{
	while (path->n && *path->at == '/')
		*path = (struct vt_slice){ path->at + 1, path->n - 1 };
	*ret_part = (struct vt_slice){ path->at, 0 };
	while (path->n && *path->at != '/') {
		*path = (struct vt_slice){ path->at + 1, path->n - 1 };
		ret_part->n++;
	}
	return ret_part->n > 0;
}

bool vt_parse_cgroup_below(const char *root, struct vt_slice path, char *out, size_t size)
{
	struct vt_slice up = { root, strlen(root) }, part, other, rest = path;
	size_t used = 0;

	/* What both begin with. */
	while (next_part(&up, &part)) {
		if (next_part(&rest, &other) && part.n == other.n &&
		    memcmp(part.at, other.at, part.n) == 0) {
			path = rest;
			continue;
		}
		/* From here it goes up, once for each part of root that is left. */
		do {
			if (vt_slice_is(part, "..") || used + 4 > size)
				return false;
			memcpy(out + used, "/..", 3);
			used += 3;
		} while (next_part(&up, &part));
	}
	while (path.n && path.at[path.n - 1] == '/')
		path.n--;
	if (used + path.n + 2 > size)
		return false;
	(void)snprintf(out + used, size - used, "%.*s", (int)path.n, path.n ? path.at : "");
	if (!used && !path.n)
		(void)snprintf(out, size, "/");
	return true;
}

bool vt_parse_ns_link(struct vt_slice s, struct vt_slice *ret_type, uint64_t *ret_inode)
{
	struct vt_slice type;

	if (!vt_parse_until(&s, ':', &type) || s.n < 3 || s.at[0] != '[' || s.at[s.n - 1] != ']')
		return false;
	if (!vt_parse_u64((struct vt_slice){ s.at + 1, s.n - 2 }, ret_inode))
		return false;
	*ret_type = type;
	return true;
}

static bool skip_words(struct vt_slice *line, int n)
{
	struct vt_slice word;

	while (n-- > 0)
		if (!vt_parse_word(line, &word))
			return false;
	return true;
}

/*
 * Optional fields end with a lone "-"; then type, source, options. The source is
 * whatever mount(2) was told, and may be empty: one blank ends it.
 */
static bool mount_tail(struct vt_slice *line, struct vt_mount *m)
{
	struct vt_slice word;

	m->tags = (struct vt_slice){ line->at, 0 };
	do {
		if (!vt_parse_word(line, &word))
			return false;
		if (!vt_slice_is(word, "-"))
			m->tags.n = (size_t)(word.at + word.n - m->tags.at);
	} while (!vt_slice_is(word, "-"));
	/* The blank before the source first. */
	return vt_parse_word(line, &m->type) && vt_parse_until(line, ' ', &word) &&
	       vt_parse_until(line, ' ', &m->source) && vt_parse_word(line, &m->options);
}

static bool mount_number(struct vt_slice *line, uint64_t *ret)
{
	struct vt_slice word;

	return vt_parse_word(line, &word) && vt_parse_u64(word, ret);
}

bool vt_parse_mount(const char **cursor, struct vt_mount *ret)
{
	struct vt_slice line;
	struct vt_mount m = { 0 };

	while (vt_parse_line(cursor, &line))
		if (mount_number(&line, &m.id) && mount_number(&line, &m.parent) &&
		    skip_words(&line, 1) && vt_parse_word(&line, &m.root) &&
		    vt_parse_word(&line, &m.point) && vt_parse_word(&line, &m.flags) &&
		    mount_tail(&line, &m)) {
			*ret = m;
			return true;
		}
	return false;
}

bool vt_parse_mount_old(const char **cursor, struct vt_mount *ret)
{
	struct vt_mount m = {
		.root = { "", 0 }, .flags = { "", 0 }, .tags = { "", 0 }, .source = { "", 0 }
	};
	struct vt_slice line;

	while (vt_parse_line(cursor, &line))
		if (vt_parse_until(&line, ' ', &m.source) && vt_parse_word(&line, &m.point) &&
		    vt_parse_word(&line, &m.type) && vt_parse_word(&line, &m.options)) {
			*ret = m;
			return true;
		}
	return false;
}

static int octal_escape(const char *s, size_t left)
{
	int value = 0;

	if (left < 4 || s[0] != '\\')
		return -1;
	for (int i = 1; i < 4; i++) {
		if (s[i] < '0' || s[i] > '7')
			return -1;
		value = value * 8 + (s[i] - '0');
	}
	return value && value < 256 ? value : -1;
}

bool vt_parse_unescape(struct vt_slice s, char *out, size_t size)
{
	size_t used = 0, i = 0;

	while (i < s.n && used + 1 < size) {
		int c = octal_escape(s.at + i, s.n - i);

		out[used++] = (char)(c < 0 ? s.at[i] : c);
		i += c < 0 ? 1 : 4;
	}
	if (size)
		out[used] = '\0';
	return i == s.n;
}
