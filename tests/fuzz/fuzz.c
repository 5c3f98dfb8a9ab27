/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer's program (llvm.org/docs/LibFuzzer.html), one for all targets. Its
 * arguments are libFuzzer's; what it does is chosen in the environment, which
 * its own children inherit:
 *
 *   FUZZ_TARGET=NAME   fuzz this; without it print the targets and their files
 *   FUZZ_SEEDS=DIR     write the target's own seeds into DIR and end
 *   FIXTURES=DIR       trees that tests/fixtures/make wrote, for some targets
 */
#include "fuzz.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../src/text.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* tests/fuzz/fuzz.sh shows with these that what is broken is found. */
static void run_planted(const char *text, size_t n)
{
	must(n < 4 || memcmp(text, "oops", 4) != 0);
}

static void run_endless(const char *text, size_t n)
{
	while (n == 4 && memcmp(text, "slow", 4) == 0)
		pause();
}

/* Endless once and never again, as when the host pauses the machine. */
static void run_paused(const char *text, size_t n)
{
	const char *base = getenv("TMPDIR");
	vt_autofree char *path = vt_asprintf("%s/paused", base ? base : "/tmp");

	if (n != 4 || memcmp(text, "slow", 4) != 0)
		return;
	if (open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) < 0)
		return;
	for (;;)
		pause();
}

static const struct fuzz_target planted[] = {
	{ "planted", run_planted, false, FUZZ_SEEDS("oop"), "" },
	{ "endless", run_endless, false, FUZZ_SEEDS("slow"), "" },
	{ "paused", run_paused, false, FUZZ_SEEDS("slow"), "" },
	{ 0 },
};

static const struct fuzz_target *const tables[] = { fuzz_kernel, fuzz_inside, fuzz_typed,
						    fuzz_files, fuzz_whole };
static const struct fuzz_target *target;
static char folder[4096];

const char *fuzz_folder(void)
{
	const char *base = getenv("TMPDIR");

	if (!folder[0]) {
		(void)snprintf(folder, sizeof(folder), "%s/fuzz.XXXXXX", base ? base : "/tmp");
		must(mkdtemp(folder) != NULL);
	}
	return folder;
}

void must_be_said(int r, const struct vt_error *err)
{
	must(r < 0 && r == -err->code);
	must(err->msg[0] && vt_text_clean(err->msg));
}

static const struct fuzz_target *find_target(const char *name)
{
	for (const struct fuzz_target *t = planted; t->name; t++)
		if (strcmp(t->name, name) == 0)
			return t;
	for (size_t i = 0; i < VT_LEN(tables); i++)
		for (const struct fuzz_target *t = tables[i]; t->name; t++)
			if (strcmp(t->name, name) == 0)
				return t;
	return NULL;
}

static void print_targets(void)
{
	for (size_t i = 0; i < VT_LEN(tables); i++)
		for (const struct fuzz_target *t = tables[i]; t->name; t++)
			(void)printf("%s %s\n", t->name, t->files);
}

static void write_seeds(const char *dir)
{
	for (size_t i = 0; target->seeds[i]; i++) {
		vt_autofree char *path = vt_asprintf("%s/seed-%zu", dir, i);
		vt_autofclose FILE *out = fopen(path, "we");
		size_t n = strlen(target->seeds[i]);

		must(out && fwrite(target->seeds[i], 1, n, out) == n);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("FUZZ_TARGET"), *seeds = getenv("FUZZ_SEEDS");

	(void)argc;
	(void)argv;
	if (!name) {
		print_targets();
		exit(0);
	}
	target = find_target(name);
	if (!target) {
		(void)fprintf(stderr, "fuzz: FUZZ_TARGET is %s; there are:\n", name);
		print_targets();
		exit(2);
	}
	if (seeds) {
		write_seeds(seeds);
		exit(0);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = target->raw ? size : strnlen((const char *)data, size);
	char *text = malloc(n + 1);

	must(text != NULL);
	memcpy(text, data, n);
	text[n] = '\0';
	target->run(text, n);
	free(text);
	return 0;
}
