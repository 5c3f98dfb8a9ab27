/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything from the probes to the screen: hostile names in a snapshot, one
 * hostile file in a whole tree, keys on the screen, words for an action. Trees
 * are recorded ones, so that nothing is acted upon.
 */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../../probes/detail.h"
#include "../../probes/table.h"
#include "../../src/builder.h"
#include "../../src/collector.h"
#include "../../src/do.h"
#include "../../src/explain.h"
#include "../../src/json.h"
#include "../../src/text.h"
#include "../../ui/app.h"
#include "../../ui/screen.h"

static const char *fixture(const char *tree)
{
	static char path[4096];
	const char *base = getenv("FIXTURES");

	if (!base) {
		(void)fputs("fuzz: FIXTURES has to name what tests/fixtures/make wrote\n", stderr);
		exit(2);
	}
	(void)snprintf(path, sizeof(path), "%s/%s", base, tree);
	return path;
}

/* JSON is valid and every text in it clean. */
static void must_be_told(const struct vt_snapshot *s)
{
	char *text = vt_json(s);
	json_t *parsed = json_loads(text, 0, NULL);

	must(vt_text_clean(text) && json_is_object(parsed));
	json_decref(parsed);
	free(text);
}

static void must_be_explained(const struct vt_snapshot *s)
{
	size_t n;
	const struct vt_cgroup *cgs = vt_cgroup_rows(s, &n);

	for (size_t i = 0; i < n && i < 4; i++) {
		char *text = NULL;

		if (VT_HAS(CGROUP, &cgs[i], path) && vt_explain(s, cgs[i].path, &text, NULL) == 0)
			must(strchr(text, '\033') == NULL);
		free(text);
	}
}

/* A line is a cgroup's path and the command of a process in it. */
static void add_line(struct vt_builder *b, struct vt_slice line, uint64_t number)
{
	const char *path = vt_builder_intern_n(b, line.at, line.n);
	struct vt_cgroup *cg = vt_cgroup_add(b, number, 0);
	struct vt_process *p = vt_process_add(b, number, number);

	VT_SET(CGROUP, cg, id, number);
	VT_SET(CGROUP, cg, path, path);
	if (number > 1)
		VT_SET(CGROUP, cg, parent_id, 1 + number / 3);
	VT_SET(PROCESS, p, pid, number);
	VT_SET(PROCESS, p, start_ticks, number);
	VT_SET(PROCESS, p, ppid, number / 2);
	VT_SET(PROCESS, p, comm, path);
	p->cgroup_path = path;
}

static struct vt_snapshot *build(struct vt_builder *b, const char *text,
				 const struct vt_snapshot *prev)
{
	struct vt_clock clock = { .taken_ns = prev ? 2000000000 : 1000000000, .live = true };
	struct vt_slice line;

	vt_builder_begin(b);
	for (uint64_t i = 1; i < 64 && vt_parse_line(&text, &line); i++)
		add_line(b, line, i);
	return vt_builder_seal(b, prev, &clock);
}

static void run_names(const char *text, size_t n)
{
	struct vt_builder *b = vt_builder_new();
	/* The second one has lost what the first line was: there are events. */
	struct vt_snapshot *first = build(b, text, NULL),
			   *second = build(b, text + strcspn(text, "\n"), first);

	(void)n;
	must_be_told(first);
	must_be_told(second);
	must_be_explained(second);
	vt_snapshot_free(first);
	vt_snapshot_free(second);
	vt_builder_free(b);
}

/* A copy of a tree, of which one file at a time is replaced. */
static struct {
	char root[4200];
	size_t root_len, from_len;
	char **files;
	size_t n, cap;
} copy;

static void copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "re"), *out = fopen(to, "we");
	char buf[65536];
	size_t n;

	must(in && out);
	while ((n = fread(buf, 1, sizeof(buf), in)) > 0)
		must(fwrite(buf, 1, n, out) == n);
	must(fclose(in) == 0 && fclose(out) == 0);
}

static void copy_link(const char *from, const char *to)
{
	char target[4096];
	ssize_t n = readlink(from, target, sizeof(target) - 1);

	must(n > 0);
	target[n] = '\0';
	must(symlink(target, to) == 0);
}

static int copy_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	char *to = vt_asprintf("%s%s", copy.root, path + copy.from_len);

	(void)at;
	if (type == FTW_D)
		must(mkdir(to, 0755) == 0 || errno == EEXIST);
	else if (type == FTW_SL)
		copy_link(path, to);
	else if (S_ISREG(st->st_mode)) {
		copy_file(path, to);
		VT_GROW(copy.files, copy.n, copy.cap);
		copy.files[copy.n++] = vt_strdup(path + copy.from_len);
	}
	free(to);
	return 0;
}

static int compare_files(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void copy_tree(const char *from)
{
	if (copy.n)
		return;
	(void)snprintf(copy.root, sizeof(copy.root), "%s/tree", fuzz_folder());
	copy.from_len = strlen(from);
	must(nftw(from, copy_one, 16, FTW_PHYS) == 0 && copy.n > 0);
	qsort(copy.files, copy.n, sizeof(*copy.files), compare_files);
}

static void scan_copy(void)
{
	struct vt_host host;
	struct vt_collector *c;

	must(vt_host_open(&host, copy.root, NULL) == 0);
	c = vt_collector_new(vt_probes, &host);
	vt_collector_scan(c);
	must_be_told(vt_collector_take(c));
	must_be_explained(vt_collector_take(c));
	vt_collector_free(c);
	vt_host_close(&host);
}

/* The first line chooses a file by a word of its path, the rest is what it holds. */
static void run_tree(const char *text, size_t n)
{
	const char *rest, *file = NULL;
	char *word = fuzz_first_line(text, &rest), *path, *saved;
	FILE *out;

	copy_tree(fixture("hostile"));
	for (size_t i = 0; i < copy.n && !file; i++)
		if (strstr(copy.files[i], word))
			file = copy.files[i];
	free(word);
	if (!file)
		return;
	path = vt_asprintf("%s%s", copy.root, file);
	saved = vt_asprintf("%s/saved", fuzz_folder());
	must(rename(path, saved) == 0);
	out = fopen(path, "we");
	must(out != NULL);
	(void)fwrite(rest, 1, n - (size_t)(rest - text), out);
	must(fclose(out) == 0);
	scan_copy();
	must(rename(saved, path) == 0);
	free(path);
	free(saved);
}

/* One snapshot of a recorded tree, made once. */
static struct vt_host recorded;

static struct vt_collector *collector(void)
{
	static struct vt_collector *c;

	if (!c) {
		must(vt_host_open(&recorded, fixture("unified"), NULL) == 0);
		c = vt_collector_new(vt_probes, &recorded);
		vt_collector_scan(c);
		vt_collector_scan(c);
	}
	return c;
}

/* "COLSxROWS" and a script of keys. */
static void run_screen(const char *text, size_t n)
{
	struct vt_collector *c = collector();
	struct vt_error err = { 0 };
	struct vt_app app;
	char *shot = NULL, *end;
	long cols = strtol(text, &end, 10), rows = strtol(*end ? end + 1 : end, &end, 10);
	size_t size = 0;
	FILE *out = open_memstream(&shot, &size);

	(void)n;
	must(out != NULL);
	vt_app_init(&app, &recorded, c, NULL);
	vt_theme_mono(&app.theme);
	app.ascii = cols % 2;
	if (vt_screen_dump(&app, cols > 0 && cols <= 200 ? (int)cols : 80,
			   rows > 0 && rows <= 100 ? (int)rows : 24, *end ? end + 1 : end, false,
			   out, &err) < 0)
		must_be_said(-err.code, &err);
	vt_app_finish(&app);
	must(fclose(out) == 0);
	for (char *p = shot; (p = strchr(p, '\n')) != NULL;)
		*p = ' ';
	must(vt_text_clean(shot));
	free(shot);
}

/* Words are lines. Nothing is asked and nothing done. */
static void run_do(const char *text, size_t n)
{
	struct vt_collector *c = collector();
	struct vt_action_env env = { .host = &recorded, .snapshot = vt_collector_take(c) };
	struct vt_slice line;
	char *argv[32] = { 0 }, *words[32];
	int argc = 0, status;

	(void)n;
	while (argc < 31 && vt_parse_line(&text, &line))
		argv[argc++] = vt_strndup(line.at, line.n);
	memcpy(words, argv, sizeof(words));
	status = vt_do(&env, argc, argv, true, false);
	must(status >= 0 && status <= 3);
	for (int i = 0; i < argc; i++)
		free(words[i]);
}

const struct fuzz_target fuzz_whole[] = {
	{ "names", run_names, true,
	  FUZZ_SEEDS("/x\n/b\n/lxc.payload.web\n/c\n/d\n/lxc.payload/x\n/e\n/lxc.payload\n/f\n",
		     "/\n/system.slice\n/system.slice/docker-0123456789abcdef0123456789abcdef"
		     "0123456789abcdef0123456789abcdef.scope\n",
		     "/\n/machine.slice\n/machine.slice/machine-a\\x2db.scope\n",
		     "/\n/lxc.payload.web\n/lxc.payload\n/lxc.payload/x\n",
		     "/\n/x\033]0;y\a\n/\xff\xfe\n/kubepods/podx/0123456789abcdef\n"),
	  "" },
	{ "tree", run_tree, true,
	  FUZZ_SEEDS("mountinfo\n30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
		     "mountinfo\n", "cpuinfo\nprocessor: 0\nflags: svm\n", "memory.max\n0\n",
		     "io.stat\n8:0 rbytes=1\n", "/stat\n1 (init) S 0",
		     "cgroup.controllers\ncpu memory\n", "uid_map\n0 0 1\n", "psi\n", "hugetlb\n1",
		     "boot_id\n\n", "/ns/\n", "status\nUid: 1 2\n", "cpu.max\n1 0\n",
		     "cmdline\nqemu -name x", "kvm\n1", "meminfo\nMemTotal: 0 kB\n"),
	  "" },
	{ "screen", run_screen, false,
	  FUZZ_SEEDS("80x24 jjg<Enter>", "160x50 3+/api<Enter>e<Esc>dd", "20x5 12345678<Tab>",
		     "80x24 fmem>50M<Enter>ssr?", "40x8 2v+<Click:3,4><WheelDown:1,1>",
		     "81x24 3lUnMz<Esc>!T", "100x30 6m<Down>mMc<Wait>F.p", "1x1 <Down>"),
	  "" },
	{ "do", run_do, false,
	  FUZZ_SEEDS("limit\n/system.slice\nmemory.max=100M", "move\n1\n42@7\n/a",
		     "unshare\n--mount\n-pf\n--hostname\nx\n--\nsh\n-c\nx", "enter\n1\n--net",
		     "kill\n-KILL\n1", "create\n/x\ncpu.max=50%", "controllers\n/a\n+cpu\n-io",
		     "freeze\n/sys/fs/cgroup/a", "undo", "undo\n1-a", "move\n/a\n/b",
		     "kill\n--then-kill\n-HUP\n/a", "reclaim\n/a\n1M", "threaded\n/a",
		     "partition\n/a\nroot", "limit\n--persistent\n/a\npids.max=1",
		     "remove\n/a/../b", "--yes"),
	  "" },
	{ 0 },
};
