/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hostile text made harmless, measured and cut. Widths follow wcwidth for what
 * the locale knows; the decoder is ours because it must not depend on a locale.
 */
#include "text.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

int vt_text_decode(const char *s, uint32_t *ret_code_point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	uint32_t c;
	int n;

	if (!u[0])
		return 0;
	if (u[0] < 0x80) {
		*ret_code_point = u[0];
		return 1;
	}
	n = (u[0] & 0xe0) == 0xc0 ? 2 : (u[0] & 0xf0) == 0xe0 ? 3 : (u[0] & 0xf8) == 0xf0 ? 4 : -1;
	if (n < 0)
		return -1;
	c = u[0] & (0x7fu >> n);
	for (int i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return -1;
		c = (c << 6) | (u[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	*ret_code_point = c;
	return n;
}

/* Invisible characters that reorder or break lines on a terminal. */
static bool is_treacherous(uint32_t c)
{
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0x061c ||
	       (c >= 0xfff9 && c <= 0xfffb);
}

static int escape_one(char *out, const char *s, int n, uint32_t c)
{
	if (n < 0)
		return snprintf(out, 16, "\\x%02x", (unsigned char)*s);
	if (c == '\n')
		return snprintf(out, 16, "\\n");
	if (c == '\t')
		return snprintf(out, 16, "\\t");
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return snprintf(out, 16, "\\x%02x", c);
	if (is_treacherous(c))
		return snprintf(out, 16, "\\u{%x}", c);
	memcpy(out, s, (size_t)n);
	return n;
}

size_t vt_text_escape(char *out, size_t size, const char *raw)
{
	size_t used = 0;

	if (!size)
		return 0;
	while (*raw) {
		char one[16];
		uint32_t c = 0;
		int n = vt_text_decode(raw, &c);
		int len = escape_one(one, raw, n, c);

		if (used + (size_t)len >= size)
			break;
		memcpy(out + used, one, (size_t)len);
		used += (size_t)len;
		raw += n < 0 ? 1 : n;
	}
	out[used] = '\0';
	return used;
}

bool vt_text_clean(const char *s)
{
	while (*s) {
		uint32_t c = 0;
		int n = vt_text_decode(s, &c);

		if (n < 0 || c < 0x20 || (c >= 0x7f && c < 0xa0) || is_treacherous(c))
			return false;
		s += n;
	}
	return true;
}

int vt_text_char_width(uint32_t c)
{
	int w;

	if (c < 0x300)
		return c < 0x20 || (c >= 0x7f && c < 0xa0) ? 0 : 1;
	/*
	 * Dashes, arrows, box drawing and blocks are what we draw ourselves: one
	 * column everywhere. Between them are marks and emoji, which are not.
	 */
	if ((c >= 0x2010 && c < 0x20d0) || (c >= 0x2100 && c < 0x231a) ||
	    (c >= 0x2400 && c < 0x25fd))
		return 1;
	w = wcwidth((wchar_t)c);
	if (w >= 0)
		return w > 2 ? 2 : w;
	return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
			       (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
			       (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
			       (c >= 0x1f300 && c <= 0x1faff)
		       ? 2
		       : 1;
}

int vt_text_width(const char *s)
{
	uint32_t c = 0;
	int width = 0;

	for (int n; (n = vt_text_decode(s, &c)) != 0; s += n < 0 ? 1 : n)
		width += n < 0 ? 1 : vt_text_char_width(c);
	return width;
}

int vt_text_raw_width(const char *raw)
{
	uint32_t c = 0;
	int width = 0;

	for (int n; (n = vt_text_decode(raw, &c)) != 0; raw += n < 0 ? 1 : n) {
		char one[16];
		int len = escape_one(one, raw, n, c);

		/* An escape is ASCII, a byte a column; what is not escaped is copied. */
		width += n == len && memcmp(one, raw, (size_t)n) == 0 ? vt_text_char_width(c) : len;
	}
	return width;
}

/* Length in bytes of the longest start of s that fits in width columns. */
static size_t head_bytes(const char *s, int width)
{
	const char *p = s;
	uint32_t c = 0;

	for (int n; (n = vt_text_decode(p, &c)) > 0; p += n) {
		width -= vt_text_char_width(c);
		if (width < 0)
			break;
	}
	return (size_t)(p - s);
}

/* The start of the longest end of s that fits in width columns. */
static const char *tail_start(const char *s, int width)
{
	int skip = vt_text_width(s) - width;
	uint32_t c = 0;

	for (int n; skip > 0 && (n = vt_text_decode(s, &c)) > 0; s += n)
		skip -= vt_text_char_width(c);
	return s;
}

static void fit(char *out, size_t size, const char *s, int width, int tail, bool ascii)
{
	const char *dots = ascii ? "~" : "…";

	if (width <= 0) {
		out[0] = '\0';
		return;
	}
	if (vt_text_width(s) <= width) {
		(void)snprintf(out, size, "%s", s);
		return;
	}
	(void)snprintf(out, size, "%.*s%s%s", (int)head_bytes(s, width - 1 - tail), s, dots,
		       tail > 0 ? tail_start(s, tail) : "");
}

void vt_text_fit_middle(char *out, size_t size, const char *s, int width, bool ascii)
{
	fit(out, size, s, width, width > 4 ? (width - 1) / 2 : 0, ascii);
}

void vt_text_fit_end(char *out, size_t size, const char *s, int width, bool ascii)
{
	fit(out, size, s, width, 0, ascii);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

const char *vt_text_find(const char *haystack, const char *needle)
{
	for (;; haystack++) {
		size_t i = 0;

		while (needle[i] && lower(haystack[i]) == lower(needle[i]))
			i++;
		if (!needle[i])
			return haystack;
		if (!*haystack)
			return NULL;
	}
}

bool vt_text_has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	while (*words) {
		size_t len = strcspn(words, " ");

		if (len == n && len && memcmp(words, word, n) == 0)
			return true;
		words += len + (words[len] == ' ');
	}
	return false;
}

uint64_t vt_hash_bytes(const void *data, size_t n)
{
	const unsigned char *p = data;
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	return vt_hash_mix(h, n);
}

uint64_t vt_hash_mix(uint64_t a, uint64_t b)
{
	uint64_t x = a ^ (b * 0x9e3779b97f4a7c15u + 0x7f4a7c159e3779b9u);

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}
