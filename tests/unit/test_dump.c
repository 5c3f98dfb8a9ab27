/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Screens without a terminal, of a host that a probe of the test makes up. */
#include <criterion/criterion.h>
#include <errno.h>
#include <locale.h>

#include "../../src/text.h"
#include "../../ui/screen.h"
#include "snapshots.h"

static uint64_t rounds;

/* One process more at every scan; the second is called something bad. */
static int scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	(void)state;
	(void)err;
	rounds++;
	(void)add_cgroup(b, 1, 0, "/");
	for (uint64_t i = 1; i <= rounds + 1; i++) {
		vt_autofree char *name = vt_asprintf(i == 2 ? "bad\033[2J" : "proc-%d", (int)i);

		(void)add_process(b, i, 1, name, "/");
	}
	return 0;
}

static int open_probe(const struct vt_host *host, void **ret_state, struct vt_error *err)
{
	(void)host;
	(void)err;
	*ret_state = NULL;
	return 0;
}

static void close_probe(void *state)
{
	(void)state;
}

static const struct vt_probe probe = {
	.name = "test", .summary = "", .open = open_probe, .scan = scan, .close = close_probe
};
static const struct vt_probe *const probes[] = { &probe, NULL };

static struct vt_host host;
static struct vt_collector *collector;
static struct vt_app app;

static void set_up(void)
{
	struct vt_error err = { 0 };

	(void)setlocale(LC_ALL, "C.UTF-8");
	cr_assert_eq(vt_host_open(&host, "/", &err), 0, "%s", err.msg);
	collector = vt_collector_new(probes, &host);
	vt_collector_scan(collector);
	vt_app_init(&app, &host, collector, NULL);
	app.view = vt_view_find("processes");
	app.read_only = true;
}

static void tear_down(void)
{
	vt_app_finish(&app);
	vt_collector_free(collector);
	vt_host_close(&host);
}
TestSuite(dump, .init = set_up, .fini = tear_down);

static char *shoot(int cols, int rows, const char *script, bool roles)
{
	struct vt_error err = { 0 };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	cr_assert_eq(vt_screen_dump(&app, cols, rows, script, roles, out, &err), 0, "%s", err.msg);
	(void)fclose(out);
	return text;
}

Test(dump, is_as_large_as_asked)
{
	static const int sizes[][2] = {
		{ 80, 24 }, { 160, 50 }, { 20, 5 }, { 1, 1 }, { 1000, 1000 }
	};

	for (size_t i = 0; i < VT_LEN(sizes); i++) {
		vt_autofree char *text = shoot(sizes[i][0], sizes[i][1], "", false);
		int lines = 0;

		for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
			*end = '\0';
			lines++;
			cr_expect_leq(vt_text_width(line), sizes[i][0]);
			cr_expect(vt_text_clean(line), "%s", line);
			cr_expect(end == line || end[-1] != ' ', "blanks at the end are cut");
		}
		cr_expect_eq(lines, sizes[i][1]);
	}
}

Test(dump, keys_are_played)
{
	vt_autofree char *first = shoot(80, 24, "", true), *down = shoot(80, 24, "j", true),
			 *help = shoot(80, 100, "?", false);

	cr_expect_str_neq(first, down, "the cursor went down");
	cr_expect_not_null(strstr(down, "+cursor}"), "%s", down);
	cr_expect_not_null(strstr(first, "bad\\x1b[2J"), "%s", first);
	cr_expect_not_null(strstr(help, "fold or unfold the row"), "%s", help);
}

/* Marks are of all views: what clears them in one leaves none in another to be moved. */
Test(dump, marks_are_cleared_everywhere)
{
	vt_autofree char *marked = shoot(80, 24, "6m", false), *there = shoot(80, 24, "3", false),
			 *cleared = shoot(80, 24, "c6", false), *again = shoot(80, 24, "m3", false),
			 *left = shoot(80, 24, "<Esc>6", false);

	cr_expect_not_null(strstr(marked, "1 marked"), "%s", marked);
	cr_expect_not_null(strstr(there, "1 marked"), "%s", there);
	cr_expect_null(strstr(cleared, "marked"), "%s", cleared);
	cr_expect_not_null(strstr(again, "1 marked"), "%s", again);
	cr_expect_null(strstr(left, "marked"), "%s", left);
}

Test(dump, wait_is_one_scan)
{
	vt_autofree char *before = shoot(80, 24, "", false), *after = NULL;

	cr_expect_null(strstr(before, "proc-3"), "%s", before);
	after = shoot(80, 24, "<Wait>", false);
	cr_expect_not_null(strstr(after, "proc-3"), "%s", after);
	cr_expect_null(strstr(after, "proc-4"), "%s", after);
}

Test(dump, what_follows_quit_is_not_played)
{
	vt_autofree char *text = shoot(80, 24, "q<Wait><Wait>", false);

	cr_expect_eq(rounds, 1);
	cr_expect_str_not_empty(text);
}

Test(dump, a_wrong_script_prints_nothing)
{
	struct vt_error err = { 0 };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	cr_expect_eq(vt_screen_dump(&app, 80, 24, "j<Nope>", false, out, &err), -EINVAL);
	(void)fclose(out);
	cr_expect_str_empty(text);
	cr_expect_not_null(strstr(err.msg, "character 2"), "%s", err.msg);
	free(text);
}

Test(dump, text_has_every_row_unfolded)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	rounds = 200;
	vt_collector_scan(collector);
	vt_screen_text(&app, out);
	(void)fclose(out);
	cr_expect_not_null(strstr(text, "proc-1"));
	cr_expect_not_null(strstr(text, "proc-202"));
	cr_expect_not_null(strstr(text, "bad\\x1b[2J"));
	cr_expect_null(strchr(text, '\033'));
	free(text);
}
