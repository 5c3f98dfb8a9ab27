/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person types: values, filters, keys, the command line. And text itself. */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include "../../src/filter.h"
#include "../../src/limit_files.h"
#include "../../src/options.h"
#include "../../src/plan.h"
#include "../../src/text.h"
#include "../../ui/keys.h"
#include "../../ui/term_pane_grid.h"

static void parse_units(const char *text)
{
	const uint64_t untouched = 0x5afe5afe5afe5afe;
	uint64_t value = untouched, period = untouched;
	struct vt_error err = { 0 };
	double seconds = -1;
	int r;

	r = vt_units_parse_size(text, &value, &err);
	if (r < 0)
		must_be_said(r, &err);
	must(r == 0 ? value == VT_MAX || !(value >> 63) : value == untouched);
	value = untouched;
	r = vt_units_parse_count(text, &value, &err);
	must(r == 0 ? value == VT_MAX || !(value >> 63) : value == untouched);
	value = untouched;
	r = vt_units_parse_cpu(text, 100000, &value, &period, &err);
	if (r == 0)
		must(value >= 1000 && period >= 1000 && period <= 1000000);
	else
		must(value == untouched && period == untouched);
	r = vt_units_parse_seconds(text, 0.1, 3600, &seconds, &err);
	must(r == 0 ? seconds >= 0.1 && seconds <= 3600 : seconds < 0);
}

/* What virttop writes into a file it also reads as the same. */
static void must_be_stable(const struct vt_limit_row *row, const char *file, const char *value)
{
	char again[256], shown[128];

	must(vt_limit_value(row, file, value, NULL, again, sizeof(again), NULL) == 0);
	must(strcmp(value, again) == 0);
	vt_limit_show(file, value, shown, sizeof(shown));
	must(shown[0] != '\0');
}

/* First line: the file; second: its value now; the rest: what is typed. */
static void run_limits(const char *text, size_t n)
{
	const char *rest, *typed;
	char *file = fuzz_first_line(text, &rest), *now = fuzz_first_line(rest, &typed);
	const struct vt_limit_row *row = vt_limit_row_find(file);
	struct vt_error err = { 0 };
	char out[256], shown[128];
	int r;

	(void)n;
	parse_units(typed);
	vt_limit_show(file, typed, shown, sizeof(shown));
	if (row) {
		r = vt_limit_value(row, file, typed, now, out, sizeof(out), &err);
		if (r == 0)
			must_be_stable(row, file, out);
		else
			must_be_said(r, &err);
	}
	free(file);
	free(now);
}

static void match_all(const struct vt_filter *f)
{
	struct vt_cgroup cg = { 0 };
	struct vt_process p = { 0 };

	VT_SET(CGROUP, &cg, path, "/shop.slice/api");
	VT_SET(CGROUP, &cg, memory_current_bytes, 104857600);
	VT_SET(CGROUP, &cg, memory_max_bytes, VT_MAX);
	VT_SET(CGROUP, &cg, cpu_percent, 12.5);
	VT_SET(CGROUP, &cg, controllers, "cpu memory pids");
	VT_SET(PROCESS, &p, comm, "bash");
	VT_SET(PROCESS, &p, state, "D");
	VT_SET(PROCESS, &p, pid, 4242);
	(void)vt_filter_match(f, VT_KIND_CGROUP, &cg, "api");
	(void)vt_filter_match(f, VT_KIND_PROCESS, &p, "bash");
	(void)vt_filter_match(f, VT_KIND_NAMESPACE, NULL, "net");
}

static void run_filter(const char *text, size_t n)
{
	struct vt_error err = { 0 };
	struct vt_filter *f = vt_filter_new(text, &err);

	(void)n;
	if (f)
		match_all(f);
	else
		must_be_said(-err.code, &err);
	vt_filter_free(f);
}

static void run_keys(const char *text, size_t n)
{
	const char *at = text, *before;
	struct vt_error err = { 0 };
	struct vt_event_in event;
	bool wait;
	int r;

	for (before = at; (r = vt_key_script_next(text, &at, &event, &wait, &err)) > 0;
	     before = at) {
		must(at > before && at <= text + n);
		if (event.type == VT_IN_KEY)
			(void)vt_key_command(event.key);
	}
	if (r < 0)
		must_be_said(r, &err);
	must(r < 0 || !*at);
}

/* Words are lines. */
static void run_options(const char *text, size_t n)
{
	static const char *const views[] = { "overview", "cgroups", NULL };
	struct vt_error err = { 0 };
	struct vt_options o;
	struct vt_slice line;
	char *argv[32] = { vt_strdup("virttop") }, *words[32];
	int argc = 1, r;

	(void)n;
	while (argc < 31 && vt_parse_line(&text, &line))
		argv[argc++] = vt_strndup(line.at, line.n);
	/* They are reordered; those to be freed are kept apart. */
	memcpy(words, argv, sizeof(words));
	r = vt_options_parse(&o, argc, argv, views, &err);
	if (r < 0)
		must_be_said(r, &err);
	else if (o.mode == VT_MODE_DO)
		must(o.action && o.argc >= 0 && o.argc < argc && !o.argv[o.argc]);
	else if (o.mode == VT_MODE_EXPLAIN)
		must(o.what != NULL);
	for (int i = 0; i < argc; i++)
		free(words[i]);
}

static void must_fit(const char *clean, int width, bool ascii)
{
	char *out = malloc(strlen(clean) + 8);

	must(out != NULL);
	vt_text_fit_middle(out, strlen(clean) + 8, clean, width, ascii);
	must(vt_text_clean(out) && vt_text_width(out) <= (width > 0 ? width : 0));
	vt_text_fit_end(out, strlen(clean) + 8, clean, width, ascii);
	must(vt_text_clean(out) && vt_text_width(out) <= (width > 0 ? width : 0));
	free(out);
}

/* Any bytes come out clean, at any size of buffer, and a second time unchanged. */
static void run_text(const char *text, size_t n)
{
	size_t most = 8 * n + 1;
	char *clean = malloc(most), *again = malloc(most);

	must(clean && again);
	must(vt_text_escape(clean, most, text) == strlen(clean));
	must(vt_text_clean(clean));
	must(vt_text_clean(text) == (strcmp(text, clean) == 0));
	(void)vt_text_escape(again, most, clean);
	must(strcmp(clean, again) == 0);
	for (size_t size = 1; size < 24; size++) {
		char *out = malloc(size);

		must(out && vt_text_escape(out, size, text) < size && vt_text_clean(out));
		free(out);
	}
	for (int width = 0; width < 24; width++)
		must_fit(clean, width, width % 2);
	must(vt_text_find(clean, clean) == clean);
	free(clean);
	free(again);
}

/* What a program writes in a pane. A byte 30 changes the size, a byte 31 looks back and draws. */
static void run_pane(const char *text, size_t n)
{
	struct vt_grid *g = vt_grid_new(20, 6);
	struct vt_canvas c;
	int cols, rows;

	vt_canvas_init(&c, 30, 10, n % 2);
	for (size_t i = 0; i < n; i++) {
		unsigned char next = i + 1 < n ? (unsigned char)text[i + 1] : 0;

		if (text[i] == 30)
			vt_grid_resize(g, next % 40, next % 12);
		else if (text[i] == 31)
			(void)vt_grid_scroll(g, (signed char)next);
		else
			vt_grid_write(g, text + i, 1);
		if (text[i] != 30 && text[i] != 31 && i + 1 < n)
			continue;
		vt_canvas_clear(&c);
		vt_grid_draw(g, &c, 0, 0, true);
	}
	vt_grid_size(g, &cols, &rows);
	must(cols > 0 && rows > 0 && c.cursor_x < cols && c.cursor_y < rows);
	must(vt_grid_scroll(g, 1 << 20) <= VT_GRID_HISTORY);
	(void)vt_grid_answers(g, &n);
	must(n <= VT_GRID_ANSWERS);
	vt_canvas_finish(&c);
	vt_grid_free(g);
}

/* Fifty characters. */
#define FIFTY "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

const struct fuzz_target fuzz_typed[] = {
	{ "limits", run_limits, false,
	  FUZZ_SEEDS("memory.max\nmax\n100M", "cpu.max\nmax 100000\n50%", "cpu.weight\n100\n10000",
		     "io.max\n\n8:0 rbps=1M wbps=max",
		     "io.max\n\n8:0 " FIFTY FIFTY FIFTY FIFTY FIFTY " rbps=1",
		     "hugetlb.2MB.max\nmax\n4M", "cgroup.freeze\n0\non", "cpuset.cpus\n\n0-3,5",
		     "pids.max\nmax\n12", "io.weight\ndefault 100\ndefault 50",
		     "cpu.max\nmax 99999999999999999999\n1", "\n\n1.5G", "\n\n9223372036854775807",
		     "\n\n16777216T", "\n\n4096KiB", "\n\nmax,1000", "\n\n0.1", "\n\n3600",
		     "\n\n1e9", "\n\n0x10", "\n\n9999999999P"),
	  "" },
	{ "filter", run_filter, false,
	  FUZZ_SEEDS("mem>100M cpu>5 state=D", "name~api pids<=12", "\"a b\" controllers=cpu",
		     "memory_max_bytes=max", "cpu%>=1.5%", "no_such=1", "pid=4k comm!=bash"),
	  "" },
	{ "keys", run_keys, false,
	  FUZZ_SEEDS("jj<Enter>/foo<Esc><lt><Wait>", "<Click:10,4><WheelDown:0,9999>",
		     "<C-a><F12><S-Tab><Del>", "<Nonsense>", "\303\251<F0>", "<Double:1,2"),
	  "" },
	{ "options", run_options, false,
	  FUZZ_SEEDS("--view\ncgroups\n--dump=roles\n--size=80x24\n--keys\njj",
		     "--json\n-n\n2\n-d\n0.5", "--root=/x\nexplain\n42",
		     "--read-only\ndo\nlimit\n/a\nmemory.max=1\n--yes\n--\n--dry-run", "--he",
		     "-n5\n--text", "explain\n--json\n/a", "do\n--yes", "-dn\n--view=x"),
	  "" },
	{ "pane", run_pane, true,
	  FUZZ_SEEDS("plain\r\nlines\r\n", "\033[2J\033[3;5Hx\033[1;31mred\033[0m",
		     "\033[?1049h\033[2;4r\n\n\n\033[?1049l\036\047",
		     "\344\270\255\344\270\255\036\003\037\005", "\033[38;5;208mx\033[4:3my",
		     "\033#8\033[L\033[M\033[@\033[P\033(0q\033P+q\033\\\033]0;t\007"),
	  NULL },
	{ "text", run_text, false,
	  FUZZ_SEEDS("\033]0;x\a\n\t", "\302\233\342\200\256\xff\xc0\x80",
		     "\344\270\255\xf0\x9f\x92\x80", "docker-3f9a0c2.scope", "a\314\201\\x1b"),
	  "" },
	{ 0 },
};
