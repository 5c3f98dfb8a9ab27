/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which files of a cgroup can be set, what they do and what they accept, from
 * the kernel's Documentation/admin-guide/cgroup-v2.rst. The order of the table
 * is the order of the limit dialog: what hurts most often comes first.
 */
#include "limit_files.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "action_cgroup.h"
#include "units.h"

#define SIZE(file, born, words, ...)                                                               \
	{                                                                                          \
		.name = file, .syntax = VT_LIMIT_SIZE, .fallback = born,                           \
		.help = words "; a size such as 100M, or max", __VA_ARGS__                         \
	}
#define COUNT(file, born, lo, hi, words, ...)                                                      \
	{                                                                                          \
		.name = file, .syntax = VT_LIMIT_COUNT, .fallback = born, .least = lo, .most = hi, \
		.help = words, __VA_ARGS__                                                         \
	}
#define BOOL(file, born, words)                                                                    \
	{                                                                                          \
		.name = file, .syntax = VT_LIMIT_BOOL, .fallback = born, .help = words "; 0 or 1"  \
	}
#define TEXT(file, born, words, form)                                                              \
	{                                                                                          \
		.name = file, .syntax = VT_LIMIT_TEXT, .fallback = born, .accepts = form,          \
		.help = words "; " form                                                            \
	}

#define NO_MAX .no_max = true

static const struct vt_limit_row rows[] = {
	SIZE("memory.max", "max",
	     "hard limit: above it memory is reclaimed, then the OOM killer runs",
	     .current = "memory.current", .below = "reclaim or OOM kill at once"),
	SIZE("memory.high", "max", "above it processes are slowed down and memory is reclaimed",
	     .current = "memory.current", .below = "its processes are slowed down at once"),
	SIZE("memory.low", "0", "below it memory is reclaimed only when others have none left"),
	SIZE("memory.min", "0", "below it memory is never reclaimed"),
	SIZE("memory.swap.max", "max", "hard limit of swap", .current = "memory.swap.current",
	     .below = "what is in swap stays; nothing more is swapped out"),
	SIZE("memory.swap.high", "max", "above it processes are slowed down",
	     .current = "memory.swap.current", .below = "its processes are slowed down at once"),
	SIZE("memory.zswap.max", "max", "limit of compressed swap in memory",
	     .current = "memory.zswap.current", .below = "what is compressed is written back"),
	BOOL("memory.zswap.writeback", "1", "compressed swap may be written to disk"),
	{ .name = "memory.reclaim",
	  .syntax = VT_LIMIT_SIZE,
	  .no_max = true,
	  .help = "takes so much memory back at once, without a limit; a size such as 100M" },
	BOOL("memory.oom.group", "0", "the OOM killer ends all of its processes or none"),
	{ .name = "cpu.max",
	  .syntax = VT_LIMIT_CPU,
	  .fallback = "max 100000",
	  .help = "CPU time a period; 50% (of one CPU), 1.5 (CPUs), 'QUOTA PERIOD' in us, or max" },
	COUNT("cpu.max.burst", "0", 0, UINT64_MAX, "unused CPU time that may be saved up, in us",
	      NO_MAX),
	COUNT("cpu.weight", "100", 1, 10000, "share of CPU against its siblings; 1 to 10000",
	      NO_MAX),
	TEXT("cpu.weight.nice", NULL, "cpu.weight as a nice value", "-20 to 19"),
	BOOL("cpu.idle", "0", "its processes run only when the CPU has nothing else to do"),
	TEXT("cpu.uclamp.min", "0.00", "least assumed utilization", "a percentage, or max"),
	TEXT("cpu.uclamp.max", "max", "most assumed utilization", "a percentage, or max"),
	COUNT("pids.max", "max", 0, UINT64_MAX, "limit of tasks, threads counted; a number or max",
	      .current = "pids.current", .below = "nothing is killed, but every fork fails"),
	TEXT("io.max", "", "limits of a device",
	     "MAJOR:MINOR rbps=SIZE wbps=SIZE riops=N wiops=N, each also max"),
	TEXT("io.weight", "default 100", "share of IO against its siblings",
	     "default N or MAJOR:MINOR N, 1 to 10000"),
	TEXT("io.bfq.weight", "default 100", "share of IO of the BFQ scheduler",
	     "default N or MAJOR:MINOR N, 1 to 1000"),
	TEXT("io.latency", "", "latency target of a device", "MAJOR:MINOR target=USEC"),
	TEXT("io.prio.class", "no-change", "IO priority class",
	     "no-change, promote-to-rt, restrict-to-be, idle"),
	TEXT("cpuset.cpus", "", "CPUs that it asks for",
	     "a list such as 0-3,6, empty: the parent's"),
	TEXT("cpuset.mems", "", "memory nodes that it asks for",
	     "a list such as 0-1, empty: the parent's"),
	TEXT("cpuset.cpus.exclusive", "", "CPUs that siblings may not use", "a list such as 0-3,6"),
	TEXT("cpuset.cpus.partition", "member", "scheduling domain", "member, root or isolated"),
	SIZE("hugetlb.*.max", "max", "limit of huge pages", .current = "hugetlb.*.current",
	     .below = "what is in use stays; more is refused with SIGBUS"),
	SIZE("hugetlb.*.rsvd.max", "max", "limit of reserved huge pages",
	     .current = "hugetlb.*.rsvd.current",
	     .below = "what is reserved stays; more is refused"),
	TEXT("rdma.max", NULL, "limits of an RDMA device",
	     "DEVICE hca_handle=N hca_object=N, each also max"),
	TEXT("misc.max", NULL, "limit of a scalar resource", "NAME N, or NAME max"),
	TEXT("dmem.max", NULL, "limit of a device memory region", "REGION BYTES, or REGION max"),
	BOOL("cgroup.freeze", "0", "stops all processes in it and below; 0 lets them run"),
	COUNT("cgroup.max.descendants", "max", 0, INT32_MAX,
	      "how many cgroups may be below it; a number or max"),
	COUNT("cgroup.max.depth", "max", 0, INT32_MAX,
	      "how many levels of cgroups may be below it; a number or max"),
	BOOL("cgroup.pressure", "1", "pressure (PSI) is accounted"),
	TEXT("cgroup.type", NULL, "makes it threaded, which cannot be taken back", "threaded"),
};

/* One star, which stands for a page size: no dot in it. */
static bool matches(const char *pattern, const char *file)
{
	const char *star = strchr(pattern, '*');
	size_t head, tail, n = strlen(file);

	if (!star)
		return strcmp(pattern, file) == 0;
	head = (size_t)(star - pattern);
	tail = strlen(star + 1);
	return n > head + tail && strncmp(pattern, file, head) == 0 &&
	       strcmp(file + n - tail, star + 1) == 0 && !memchr(file + head, '.', n - head - tail);
}

const struct vt_limit_row *vt_limit_row_find(const char *file)
{
	for (size_t i = 0; i < VT_LEN(rows); i++)
		if (matches(rows[i].name, file))
			return &rows[i];
	return NULL;
}

void vt_limit_accepts(const struct vt_limit_row *row, char *out, size_t size)
{
	const char *or_max = row->no_max ? "" : ", or max";

	switch (row->syntax) {
	case VT_LIMIT_SIZE:
		(void)snprintf(out, size, "a size such as 100M%s", or_max);
		break;
	case VT_LIMIT_COUNT:
		if (row->most == UINT64_MAX)
			(void)snprintf(out, size, "a whole number%s", or_max);
		else
			(void)snprintf(out, size, "a number from %" PRIu64 " to %" PRIu64 "%s",
				       row->least, row->most, or_max);
		break;
	case VT_LIMIT_CPU:
		(void)snprintf(out, size, "50%%, 1.5 (CPUs), 'QUOTA PERIOD' or max");
		break;
	case VT_LIMIT_BOOL:
		(void)snprintf(out, size, "0 or 1");
		break;
	case VT_LIMIT_TEXT:
		(void)snprintf(out, size, "%s", row->accepts);
		break;
	}
}

static void put_number(char *out, size_t size, uint64_t value)
{
	if (value == VT_MAX)
		(void)snprintf(out, size, "max");
	else
		(void)snprintf(out, size, "%" PRIu64, value);
}

static int value_size(const char *typed, char *out, size_t size, struct vt_error *err)
{
	uint64_t bytes;
	int r = vt_units_parse_size(typed, &bytes, err);

	if (r == 0)
		put_number(out, size, bytes);
	return r;
}

static int value_count(const struct vt_limit_row *row, const char *typed, char *out, size_t size,
		       struct vt_error *err)
{
	uint64_t value;
	int r = vt_units_parse_count(typed, &value, err);

	if (r < 0)
		return r;
	if (value == VT_MAX ? row->no_max : value < row->least || value > row->most)
		return vt_fail(err, ERANGE, "'%s' is out of range", typed);
	put_number(out, size, value);
	return 0;
}

/* The period stays what it is unless the text names one. */
static int value_cpu(const char *typed, const char *now, char *out, size_t size,
		     struct vt_error *err)
{
	uint64_t quota, period = 100000;
	const char *second = now ? strchr(now, ' ') : NULL;
	size_t n;
	int r;

	if (second && strtoull(second, NULL, 10))
		period = strtoull(second, NULL, 10);
	r = vt_units_parse_cpu(typed, period, &quota, &period, err);
	if (r < 0)
		return r;
	put_number(out, size, quota);
	n = strlen(out);
	(void)snprintf(out + n, size - n, " %" PRIu64, period);
	return 0;
}

static int value_bool(const char *typed, char *out, size_t size, struct vt_error *err)
{
	static const char *const words[] = { "0", "1", "no", "yes", "off", "on", "false", "true" };

	for (size_t i = 0; i < VT_LEN(words); i++) {
		if (strcasecmp(words[i], typed) == 0) {
			(void)snprintf(out, size, "%zu", i % 2);
			return 0;
		}
	}
	return vt_fail(err, EINVAL, "'%s' is not 0 or 1", typed);
}

/* "rbps=1M": sizes of io.max are what people think in. */
static int put_word(const char *word, size_t n, char *out, size_t size, struct vt_error *err)
{
	static const char *const keys[] = { "rbps=", "wbps=" };
	char copy[64];

	for (size_t i = 0; i < VT_LEN(keys); i++) {
		size_t k = strlen(keys[i]);

		if (n > k && n < sizeof(copy) && strncmp(word, keys[i], k) == 0) {
			if (k >= size)
				return vt_fail(err, EINVAL, "it is too long");
			(void)snprintf(copy, sizeof(copy), "%.*s", (int)(n - k), word + k);
			(void)snprintf(out, size, "%s", keys[i]);
			return value_size(copy, out + k, size - k, err);
		}
	}
	if (n + 1 > size)
		return vt_fail(err, EINVAL, "it is too long");
	(void)snprintf(out, size, "%.*s", (int)n, word);
	return 0;
}

static int value_text(const char *typed, char *out, size_t size, struct vt_error *err)
{
	size_t used = 0;

	for (const char *p = typed; *p; p++)
		if (iscntrl((unsigned char)*p))
			return vt_fail(err, EINVAL, "it has a control character");
	out[0] = '\0';
	while (*typed) {
		size_t n = strcspn(typed, " ");
		int r;

		if (used && used + 1 < size)
			out[used++] = ' ';
		r = put_word(typed, n, out + used, size - used, err);
		if (r < 0)
			return r;
		used += strlen(out + used);
		typed += n;
		typed += strspn(typed, " ");
	}
	return 0;
}

static int convert(const struct vt_limit_row *row, const char *typed, const char *now, char *out,
		   size_t size, struct vt_error *err)
{
	switch (row->syntax) {
	case VT_LIMIT_SIZE:
		return value_size(typed, out, size, err);
	case VT_LIMIT_COUNT:
		return value_count(row, typed, out, size, err);
	case VT_LIMIT_CPU:
		return value_cpu(typed, now, out, size, err);
	case VT_LIMIT_BOOL:
		return value_bool(typed, out, size, err);
	case VT_LIMIT_TEXT:
		return value_text(typed, out, size, err);
	}
	return -EINVAL;
}

int vt_limit_value(const struct vt_limit_row *row, const char *file, const char *typed,
		   const char *now, char *out, size_t size, struct vt_error *err)
{
	int r = convert(row, typed, now, out, size, err);
	char accepts[128];

	if (r < 0) {
		vt_limit_accepts(row, accepts, sizeof(accepts));
		return vt_fail(err, -r, "%s does not take '%s': it accepts %s", file, typed,
			       accepts);
	}
	return 0;
}

static void show_cpu(const char *value, char *out, size_t size)
{
	char *end;
	double quota = strtod(value, &end), period = strtod(end, NULL);

	if (strncmp(value, "max", 3) == 0)
		(void)snprintf(out, size, "max");
	else if (period > 0)
		(void)snprintf(out, size, "%g%% of one CPU", round(quota / period * 1e4) / 100);
	else
		(void)snprintf(out, size, "%s", value);
}

/*
 * Exact, since it stands for what is written: 100M, but all digits of 101085184.
 * hugetlb says "no limit" as LONG_MAX rounded down to a page.
 */
static void show_size(const char *value, char *out, size_t size)
{
	static const char letters[] = "KMGT";
	uint64_t n = strtoull(value, NULL, 10);
	int steps = 0;

	if (n >> 62) {
		(void)snprintf(out, size, "max");
		return;
	}
	while (n && n % 1024 == 0 && steps < 4) {
		n /= 1024;
		steps++;
	}
	if (steps)
		(void)snprintf(out, size, "%" PRIu64 "%c", n, letters[steps - 1]);
	else
		(void)snprintf(out, size, "%s", value);
}

void vt_limit_show(const char *file, const char *value, char *out, size_t size)
{
	const struct vt_limit_row *row = vt_limit_row_find(file);

	if (!*value)
		(void)snprintf(out, size, "nothing");
	else if (row && row->syntax == VT_LIMIT_SIZE)
		show_size(value, out, size);
	else if (row && row->syntax == VT_LIMIT_CPU)
		show_cpu(value, out, size);
	else
		(void)snprintf(out, size, "%s", value);
	vt_one_line(out);
}

/* Writable by somebody. The type is no limit that can be tried: it is there where it can change. */
static bool listed(int dir, const char *file)
{
	struct stat st;

	if (strcmp(file, "cgroup.type") == 0) {
		vt_autofree char *type = vt_cgroup_value(dir, file);

		if (!type || (strcmp(type, "domain") != 0 && strcmp(type, "domain invalid") != 0))
			return false;
	}
	return fstatat(dir, file, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	       st.st_mode & 0222;
}

struct list {
	struct vt_limit_file *files;
	size_t n, cap;
};

static void add_file(struct list *l, int dir, const struct vt_limit_row *row, const char *file)
{
	vt_autofree char *value = NULL;
	struct vt_limit_file *f;

	if (!listed(dir, file))
		return;
	value = vt_cgroup_value(dir, file);
	if (value)
		vt_one_line(value);
	VT_GROW(l->files, l->n, l->cap);
	f = &l->files[l->n++];
	*f = (struct vt_limit_file){
		.name = vt_strdup(file), .syntax = row->syntax, .help = row->help, .value = value
	};
	value = NULL;
}

/* Names with a page size are found by looking; the others are asked for in order. */
static void add_matching(struct list *l, int dir, const struct vt_limit_row *row)
{
	vt_autoclosedir DIR *d = NULL;
	const struct dirent *e;
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	d = copy < 0 ? NULL : fdopendir(copy);
	if (!d && copy >= 0)
		(void)close(copy);
	while (d && (e = readdir(d)))
		if (matches(row->name, e->d_name))
			add_file(l, dir, row, e->d_name);
}

static struct list list_files(int dir)
{
	struct list l = { 0 };

	for (size_t i = 0; i < VT_LEN(rows); i++) {
		if (strchr(rows[i].name, '*'))
			add_matching(&l, dir, &rows[i]);
		else
			add_file(&l, dir, &rows[i], rows[i].name);
	}
	return l;
}

int vt_limit_files_list(const struct vt_host *host, const struct vt_snapshot *snapshot,
			const char *path, struct vt_limit_file **ret_files, size_t *ret_n,
			struct vt_error *err)
{
	vt_autoclose int dir = vt_cgroup_open(host, snapshot, path, err);
	struct list l;

	if (dir < 0)
		return dir;
	l = list_files(dir);
	*ret_files = l.files;
	*ret_n = l.n;
	return 0;
}

void vt_limit_files_free(struct vt_limit_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free((char *)(uintptr_t)files[i].name);
		free(files[i].value);
	}
	free(files);
}

/* Files with a line for each device are put back line by line. */
static void put_settings(FILE *out, const char *file, char *value)
{
	char *save = NULL;

	for (char *line = strtok_r(value, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		(void)fprintf(out, "%s=%s\n", file, line);
}

static void put_setting(FILE *out, int dir, const struct vt_limit_file *f)
{
	const struct vt_limit_row *row = vt_limit_row_find(f->name);
	vt_autofree char *value = NULL;
	char shown[64];

	if (!row->fallback || !f->value || strcmp(f->value, row->fallback) == 0)
		return;
	vt_limit_show(f->name, f->value, shown, sizeof(shown));
	if (strcmp(shown, row->fallback) == 0)
		return;
	value = vt_cgroup_value(dir, f->name);
	if (value)
		put_settings(out, f->name, value);
}

char *vt_limit_settings(int dir)
{
	vt_autofree char *subtree = vt_cgroup_value(dir, "cgroup.subtree_control");
	struct list l = list_files(dir);
	char *text = NULL, *save = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	for (size_t i = 0; i < l.n; i++)
		put_setting(out, dir, &l.files[i]);
	for (char *w = subtree ? strtok_r(subtree, " ", &save) : NULL; w;
	     w = strtok_r(NULL, " ", &save))
		(void)fprintf(out, "cgroup.subtree_control=+%s\n", w);
	(void)fclose(out);
	vt_limit_files_free(l.files, l.n);
	if (!size) {
		free(text);
		return NULL;
	}
	return text;
}
