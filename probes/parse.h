/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PARSE_H
#define VT_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The shapes that the kernel's files share: single values, flat and nested
 * keyed files (cgroup-v2.rst, "Format"), pressure (psi.rst), words. Pure: a
 * terminated text in, values out. Any text is safe; what is malformed is
 * skipped or answered with false, and then *ret is untouched.
 */

/* A piece of a text; not terminated. */
struct vt_slice {
	const char *at;
	size_t n;
};

bool vt_slice_is(struct vt_slice s, const char *text);
bool vt_slice_starts(struct vt_slice s, const char *prefix);

/* The next line without its newline, and past it; false at the end. */
bool vt_parse_line(const char **cursor, struct vt_slice *ret_line);
/* The next word of a line (blanks and tabs between), and past it. */
bool vt_parse_word(struct vt_slice *rest, struct vt_slice *ret_word);
/* Cuts at the first c: the part before it; the rest stays behind it. False without c. */
bool vt_parse_until(struct vt_slice *rest, char c, struct vt_slice *ret_part);

/* A whole decimal number and nothing else; no sign, no overflow. */
bool vt_parse_u64(struct vt_slice s, uint64_t *ret);
/* "12.34", never minding the locale. */
bool vt_parse_decimal(struct vt_slice s, double *ret);

/* A file with one number or "max" (VT_MAX) and a newline. */
bool vt_parse_value(const char *text, uint64_t *ret);
/* The text without blanks and newlines at its end. */
struct vt_slice vt_parse_trim(const char *text);
/* True when the blank-separated list holds the word. */
bool vt_parse_has_word(const char *list, const char *word);

/* Flat keyed ("populated 1"): the next line with a number or "max". */
bool vt_parse_flat(const char **cursor, struct vt_slice *ret_key, uint64_t *ret_value);
/* The value of one key of a flat keyed text. */
bool vt_parse_flat_find(const char *text, const char *key, uint64_t *ret);
/* Nested keyed ("8:16 rbytes=1 wbytes=2"): one pair of what is left of a line. */
bool vt_parse_pair(struct vt_slice *rest, struct vt_slice *ret_key, uint64_t *ret_value);
/* "8:16", as io.stat begins its lines. */
bool vt_parse_device(struct vt_slice s, uint32_t *ret_major, uint32_t *ret_minor);

/* cpu.max: "max 100000". */
bool vt_parse_cpu_max(const char *text, uint64_t *ret_quota_usec, uint64_t *ret_period_usec);

/* "0-3,8": how many numbers the list holds; 0 for an empty one. */
bool vt_parse_list_count(const char *text, uint64_t *ret);

/* cpu.uclamp.*: a percentage with a fraction, or "max", which is 100. */
bool vt_parse_uclamp(const char *text, double *ret);

/* A pressure file; the root cgroup and old kernels have no "full" line for cpu. */
struct vt_psi {
	struct vt_psi_line {
		bool known;
		double avg10, avg60, avg300;
		uint64_t total_usec;
	} some, full;
};
bool vt_parse_psi(const char *text, struct vt_psi *ret);

#endif
