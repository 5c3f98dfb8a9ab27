/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stdlib.h>

#include "../../probes/parse.h"
#include "../../src/error.h"

/*
 * What can be fuzzed, by name. text has n bytes and a NUL behind them, and
 * nothing else behind it: a byte too far is found. Zero bytes come only to
 * targets that take raw input.
 */
struct fuzz_target {
	const char *name;
	void (*run)(const char *text, size_t n);
	bool raw;
	const char *const *seeds; /* ends with NULL */
	const char *files;        /* more seeds: shell patterns below the fixtures */
};

#define FUZZ_SEEDS(...)                                                                            \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

/* Each ends with one whose name is NULL. */
extern const struct fuzz_target fuzz_kernel[], fuzz_inside[], fuzz_typed[], fuzz_files[],
	fuzz_whole[];

/* A promise that is broken is a crash; its line is in the stack. */
static inline void must(bool holds)
{
	if (!holds)
		abort();
}

/* What failed says so in one clean line. */
void must_be_said(int r, const struct vt_error *err);

/* The slice lies in the text. */
static inline void must_lie_in(struct vt_slice s, const char *text, size_t n)
{
	must(!s.n || (s.at >= text && s.n <= n && s.at + s.n <= text + n));
}

/* The text's first line, and the rest behind it; for targets that take two texts. */
static inline char *fuzz_first_line(const char *text, const char **ret_rest)
{
	struct vt_slice line = { "", 0 };

	(void)vt_parse_line(&text, &line);
	*ret_rest = text;
	return vt_strndup(line.at, line.n);
}

/* A folder of this run's own; stays. */
const char *fuzz_folder(void);

#endif
