/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_TEXT_H
#define VT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Text that the system says is hostile: a process may be called
 * "\033]0;x\007". Everything that leaves the program goes through here.
 */

/*
 * Copies raw into out (size bytes, always terminated) as valid UTF-8 without
 * control characters: C0, DEL, C1 and bytes that are not UTF-8 become \xHH,
 * newline \n, tab \t. Bidirectional controls and line separators become
 * \u{HHHH}. A text already escaped passes unchanged. Cuts at a character.
 * Returns the length written.
 */
size_t vt_text_escape(char *out, size_t size, const char *raw);

/* True when escaping would change nothing. */
bool vt_text_clean(const char *s);

/*
 * Decodes one UTF-8 character. Returns its length, 0 at the end of the string,
 * and -1 for a byte that is not UTF-8 (overlong, surrogate, above U+10FFFF).
 */
int vt_text_decode(const char *s, uint32_t *ret_code_point);

/* Columns that a code point takes on a terminal: 0, 1 or 2. */
int vt_text_char_width(uint32_t code_point);

/* Columns of a clean UTF-8 string, and of a raw one once it is escaped. */
int vt_text_width(const char *s);
int vt_text_raw_width(const char *raw);

/*
 * Fits a clean string into width columns. Cut in the middle with an ellipsis
 * (… or ~ when ascii), since both ends of a name tell: docker-3f9a…c2.scope.
 */
void vt_text_fit_middle(char *out, size_t size, const char *s, int width, bool ascii);
void vt_text_fit_end(char *out, size_t size, const char *s, int width, bool ascii);

/* Case-insensitive (ASCII) search; an empty needle is found at once. */
const char *vt_text_find(const char *haystack, const char *needle);

/* True when the words, which blanks separate, have this one. */
bool vt_text_has_word(const char *words, const char *word);

/* FNV-1a, and a mixer for pairs of 64-bit numbers. */
uint64_t vt_hash_bytes(const void *data, size_t n);
uint64_t vt_hash_mix(uint64_t a, uint64_t b);

#endif
