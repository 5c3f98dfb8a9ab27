/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Per-process files of proc(5). The command in /proc/PID/stat is whatever the
 * process calls itself, so its end is the last bracket of the text.
 */
#include "parse_proc.h"

#include <string.h>

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
			value = value * 10 + (uint64_t)(*at - '0');
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

bool vt_parse_status_uid(const char *text, uint32_t *ret_uid)
{
	struct vt_slice rest, word;
	uint64_t uid;

	if (!vt_parse_status_line(text, "Uid:", &rest) || !vt_parse_word(&rest, &word) ||
	    !vt_parse_word(&rest, &word) || !vt_parse_u64(word, &uid) || uid > UINT32_MAX)
		return false;
	*ret_uid = (uint32_t)uid;
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

/* Optional fields end with a lone "-"; then type, source, options. */
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
	return vt_parse_word(line, &m->type) && vt_parse_word(line, &m->source) &&
	       vt_parse_word(line, &m->options);
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
		if (skip_words(&line, 1) && vt_parse_word(&line, &m.point) &&
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
