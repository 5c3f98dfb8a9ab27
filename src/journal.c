/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal: what was done here, by whom, and what was before. It serves undo
 * and the person who asks afterwards. Follows the XDG base directory
 * specification; the file is for its owner only, since it names processes.
 */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#include "config.h"
#include "state_file.h"
#include "text.h"

enum {
	READ_LIMIT = 4 << 20 /* of the file's end; older plans are not undone */
};

/* A line that was torn by a crash must not swallow the next. */
static void end_torn_line(int fd)
{
	char last = '\n';
	off_t end = lseek(fd, 0, SEEK_END);

	if (end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n')
		(void)!write(fd, "\n", 1);
}

static int open_journal(char *path, struct vt_error *err)
{
	int fd, r = vt_config_make_folders(path);

	if (r < 0)
		return vt_fail(err, -r, "%s", vt_errno_text(-r));
	fd = vt_state_open(path, O_RDWR | O_APPEND | O_CREAT, err);
	if (fd >= 0)
		end_torn_line(fd);
	return fd;
}

static void give_up(struct vt_journal *j, const char *why)
{
	(void)snprintf(j->why, sizeof(j->why), "not in the journal, so undo does not know it (%s)",
		       why);
	vt_journal_close(j);
}

/* Takes the object. */
static void put(struct vt_journal *j, json_t *line)
{
	vt_autofree char *text = NULL, *whole = NULL;
	size_t n;
	ssize_t r;

	if (j->fd >= 0 && line)
		text = json_dumps(line, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(line);
	if (!text)
		return;
	whole = vt_asprintf("%s\n", text);
	n = strlen(whole);
	r = write(j->fd, whole, n);
	if (r < 0 || (size_t)r != n)
		give_up(j, vt_errno_text(r < 0 ? errno : ENOSPC));
}

/*
 * Names of the system may be no UTF-8, which JSON cannot hold. Latin-1 is a
 * code for bytes here: it is undone when the line is read.
 */
static json_t *bytes(const char *s)
{
	json_t *j;
	char *out;
	size_t used = 0;

	if (!s)
		return json_null();
	j = json_string(s);
	if (j)
		return j;
	out = vt_alloc(2 * strlen(s) + 1);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x80) {
			out[used++] = *s;
		} else {
			out[used++] = (char)(0xc0 | c >> 6);
			out[used++] = (char)(0x80 | (c & 0x3f));
		}
	}
	j = json_pack("{s:s#}", "latin1", out, (int)used);
	free(out);
	return j;
}

static json_t *step_json(const struct vt_step *step)
{
	json_t *j = json_object();

	json_object_set_new(j, "op", json_string(vt_op_name(step->op)));
	if (step->target.kind == VT_KIND_PROCESS) {
		json_object_set_new(j, "pid", json_integer((json_int_t)step->target.a));
		json_object_set_new(j, "start_ticks", json_integer((json_int_t)step->target.b));
	} else if (step->target.a) {
		json_object_set_new(j, "cgroup_id", json_integer((json_int_t)step->target.a));
	}
	json_object_set_new(j, "path", bytes(step->path));
	json_object_set_new(j, "file", bytes(step->file));
	json_object_set_new(j, "value", bytes(step->value));
	json_object_set_new(j, "was", bytes(step->was));
	if (step->unit) {
		json_object_set_new(j, "unit", bytes(step->unit));
		json_object_set_new(j, "lasting", json_boolean(step->lasting));
	}
	json_object_set_new(j, "says", bytes(step->says));
	json_object_set_new(j, "cannot_undo", bytes(step->cannot_undo));
	return j;
}

static json_t *event(const struct vt_journal *j, const char *name)
{
	return json_pack("{s:s, s:s}", "plan", j->id, "event", name);
}

static void make_id(struct vt_journal *j)
{
	struct timespec now;
	uint32_t random = 0;

	clock_gettime(CLOCK_REALTIME, &now);
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = (uint32_t)now.tv_nsec;
	(void)snprintf(j->id, sizeof(j->id), "%" PRIx64 "-%" PRIx32, (uint64_t)now.tv_sec, random);
}

static void put_begin(struct vt_journal *j, struct vt_id writer, const struct vt_snapshot *s,
		      const struct vt_plan *plan)
{
	const struct vt_host_row *host = vt_snapshot_host(s);
	json_t *line = event(j, "begin"), *steps = json_array();
	char when[40];
	time_t now = time(NULL);
	struct tm tm;

	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	for (size_t i = 0; i < plan->n_steps; i++)
		json_array_append_new(steps, step_json(&plan->steps[i]));
	json_object_set_new(line, "boot_id",
			    bytes(VT_HAS(HOST, host, boot_id) ? host->boot_id : ""));
	json_object_set_new(line, "time", json_string(when));
	json_object_set_new(line, "uid", json_integer(getuid()));
	json_object_set_new(line, "pid", json_integer((json_int_t)writer.a));
	if (writer.b)
		json_object_set_new(line, "pid_start", json_integer((json_int_t)writer.b));
	json_object_set_new(line, "title", bytes(plan->title));
	json_object_set_new(line, "undoes", bytes(plan->undoes));
	json_object_set_new(line, "steps", steps);
	put(j, line);
}

void vt_journal_begin(struct vt_journal *j, struct vt_id writer, const struct vt_snapshot *s,
		      const struct vt_plan *plan)
{
	vt_autofree char *path = vt_state_path("journal");
	struct vt_error err = { 0 };

	*j = (struct vt_journal){ .fd = -1 };
	make_id(j);
	j->fd = path ? open_journal(path, &err)
		     : vt_fail(&err, ENOENT, "%s", vt_errno_text(ENOENT));
	if (j->fd < 0)
		give_up(j, err.msg);
	put_begin(j, writer, s, plan);
}

static void put_step(struct vt_journal *j, const char *name, size_t step)
{
	json_t *line = event(j, name);

	json_object_set_new(line, "step", json_integer((json_int_t)step));
	put(j, line);
}

void vt_journal_before(struct vt_journal *j, size_t step)
{
	put_step(j, "before", step);
}

void vt_journal_back(struct vt_journal *j, size_t step)
{
	put_step(j, "back", step);
}

void vt_journal_after(struct vt_journal *j, size_t step, const struct vt_outcome *o)
{
	json_t *line = event(j, "after");

	json_object_set_new(line, "step", json_integer((json_int_t)step));
	if (o->made_id)
		json_object_set_new(line, "cgroup_id", json_integer((json_int_t)o->made_id));
	if (o->pid) {
		json_object_set_new(line, "pid", json_integer((json_int_t)o->pid));
		json_object_set_new(line, "start_ticks", json_integer((json_int_t)o->start_ticks));
		json_object_set_new(line, "pid_one", json_boolean(o->pid_one));
	}
	if (o->now)
		json_object_set_new(line, "now", bytes(o->now));
	if (o->was)
		json_object_set_new(line, "was", bytes(o->was));
	put(j, line);
}

void vt_journal_end(struct vt_journal *j, const char *how, const char *text)
{
	json_t *line = event(j, "end");

	json_object_set_new(line, "how", json_string(how));
	json_object_set_new(line, "text", bytes(text));
	put(j, line);
}

void vt_journal_undone(struct vt_journal *j, const char *plan_id)
{
	json_t *line = json_pack("{s:s, s:s, s:s}", "plan", plan_id, "event", "undone", "by",
				 j->id);

	put(j, line);
}

void vt_journal_close(struct vt_journal *j)
{
	vt_closep(&j->fd);
	j->fd = -1;
}

/* Reading. */

static const char *get_text(const json_t *o, const char *key, struct vt_arena *arena)
{
	const json_t *v = json_object_get(o, key);
	const char *s = json_string_value(v);
	vt_autofree char *raw = NULL;
	size_t used = 0;

	if (s)
		return vt_arena_intern(arena, s);
	s = json_string_value(json_object_get(v, "latin1"));
	if (!s)
		return NULL;
	raw = vt_alloc(strlen(s) + 1);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c >= 0xc0 && s[1]) {
			s++;
			raw[used++] = (char)((c & 3) << 6 | ((unsigned char)*s & 0x3f));
		} else {
			raw[used++] = *s;
		}
	}
	return vt_arena_intern_n(arena, raw, used);
}

static uint64_t get_number(const json_t *o, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(o, key));

	return n > 0 ? (uint64_t)n : 0;
}

/* No line of ours leads out of the hierarchy; one that does was not written here. */
static bool stays_inside(const struct vt_step *step)
{
	const char *path = step->path;

	if (step->file && strchr(step->file, '/'))
		return false;
	if (path && path[0] != '/')
		return false;
	while (path && *path) {
		size_t n = strcspn(++path, "/");

		if (n == 2 && strncmp(path, "..", 2) == 0)
			return false;
		path += n;
	}
	return true;
}

static bool read_step(const json_t *o, struct vt_arena *arena, struct vt_step *ret)
{
	const char *name = json_string_value(json_object_get(o, "op"));
	int op = name ? vt_op_find(name) : -1;

	if (op < 0)
		return false;
	*ret = (struct vt_step){
		.op = (enum vt_op)op,
		.path = get_text(o, "path", arena),
		.file = get_text(o, "file", arena),
		.value = get_text(o, "value", arena),
		.was = get_text(o, "was", arena),
		.unit = get_text(o, "unit", arena),
		.lasting = json_is_true(json_object_get(o, "lasting")),
		.says = get_text(o, "says", arena),
		.cannot_undo = get_text(o, "cannot_undo", arena),
	};
	if (get_number(o, "pid"))
		ret->target = (struct vt_id){ VT_KIND_PROCESS, get_number(o, "pid"),
					      get_number(o, "start_ticks") };
	else
		ret->target = (struct vt_id){ VT_KIND_CGROUP, get_number(o, "cgroup_id"), 0 };
	if (op == VT_OP_UNIT && (!ret->unit || !ret->value))
		return false;
	if (op == VT_OP_SIGNAL && ret->target.kind == VT_KIND_CGROUP && !ret->path)
		return false;
	return stays_inside(ret) && (op != VT_OP_WRITE || (ret->path && ret->file && ret->value)) &&
	       (ret->path || op == VT_OP_SPAWN || op == VT_OP_SIGNAL ||
		((op == VT_OP_PIN || op == VT_OP_NICE) && ret->value && ret->target.a));
}

/* Events follow their begin closely, so the search from the end is short. */
static struct vt_journal_entry *find(struct vt_journal_log *log, const char *id)
{
	for (size_t i = log->n; id && i > 0; i--)
		if (strcmp(log->entries[i - 1].id, id) == 0)
			return &log->entries[i - 1];
	return NULL;
}

static void read_begin(struct vt_journal_log *log, const json_t *line, const char *boot_id)
{
	const char *boot = get_text(line, "boot_id", log->arena);
	const json_t *steps = json_object_get(line, "steps");
	size_t n = json_array_size(steps);
	struct vt_journal_entry *undoes, e = {
		.id = get_text(line, "plan", log->arena),
		.title = get_text(line, "title", log->arena),
		.undoes = get_text(line, "undoes", log->arena),
		.time = get_text(line, "time", log->arena),
		.uid = get_number(line, "uid"),
		.pid = get_number(line, "pid"),
		.pid_start = get_number(line, "pid_start"),
		.n_steps = n,
		.unsure = true,
	};

	if (!boot || !e.id || !e.title)
		return;
	e.other_boot = strcmp(boot, boot_id) != 0;
	e.steps = vt_arena_alloc(log->arena, (n + 1) * sizeof(*e.steps));
	e.outcomes = vt_arena_alloc(log->arena, (n + 1) * sizeof(*e.outcomes));
	for (size_t i = 0; i < n; i++)
		if (!read_step(json_array_get(steps, i), log->arena, &e.steps[i]))
			return;
	undoes = find(log, e.undoes);
	if (undoes)
		undoes->undo_begun = true;
	VT_GROW(log->entries, log->n, log->cap);
	log->entries[log->n++] = e;
}

static void read_after(struct vt_journal_log *log, struct vt_outcome *o, const json_t *line)
{
	*o = (struct vt_outcome){
		.before = true,
		.done = true,
		.made_id = get_number(line, "cgroup_id"),
		.pid = get_number(line, "pid"),
		.start_ticks = get_number(line, "start_ticks"),
		.pid_one = json_is_true(json_object_get(line, "pid_one")),
		.now = get_text(line, "now", log->arena),
		.was = get_text(line, "was", log->arena),
	};
}

static void read_step_event(struct vt_journal_log *log, struct vt_outcome *o, const char *name,
			    const json_t *line)
{
	if (strcmp(name, "before") == 0)
		o->before = true;
	else if (strcmp(name, "after") == 0)
		read_after(log, o, line);
	else if (strcmp(name, "back") == 0)
		*o = (struct vt_outcome){ .back = true };
}

static void read_how(struct vt_journal_log *log, struct vt_journal_entry *e, const json_t *line)
{
	e->how = get_text(line, "how", log->arena);
	e->unsure = !e->how || strcmp(e->how, "unknown") == 0;
	e->text = get_text(line, "text", log->arena);
}

static void read_event(struct vt_journal_log *log, const json_t *line, const char *boot_id)
{
	const char *name = json_string_value(json_object_get(line, "event"));
	struct vt_journal_entry *e;
	uint64_t step = get_number(line, "step");

	if (!name)
		return;
	if (strcmp(name, "begin") == 0) {
		read_begin(log, line, boot_id);
		return;
	}
	e = find(log, json_string_value(json_object_get(line, "plan")));
	if (!e)
		return;
	if (strcmp(name, "undone") == 0)
		e->undone = true;
	else if (strcmp(name, "end") == 0)
		read_how(log, e, line);
	else if (step < e->n_steps)
		read_step_event(log, &e->outcomes[step], name, line);
}

static void read_lines(struct vt_journal_log *log, char *text, const char *boot_id)
{
	char *save = NULL;

	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		json_t *line = json_loads(l, 0, NULL);

		if (json_is_object(line))
			read_event(log, line, boot_id);
		json_decref(line);
	}
}

static int read_end(int fd, char **ret)
{
	off_t size = lseek(fd, 0, SEEK_END), from = size > READ_LIMIT ? size - READ_LIMIT : 0;
	vt_autofree char *text = NULL;
	size_t used = 0, most;

	if (size < 0)
		return -errno;
	most = (size_t)(size - from);
	text = vt_alloc(most + 1);
	while (used < most) {
		ssize_t n = pread(fd, text + used, most - used, from + (off_t)used);

		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	/* No line has a zero byte; what follows one would be lost. */
	for (size_t i = 0; i < used; i++)
		if (!text[i])
			text[i] = ' ';
	*ret = text;
	text = NULL;
	return 0;
}

int vt_journal_read_all(const char *boot_id, struct vt_journal_log *ret, struct vt_error *err)
{
	vt_autofree char *path = vt_state_path("journal"), *text = NULL;
	vt_autoclose int fd = path ? vt_state_open(path, O_RDONLY, err) : -ENOENT;
	int r;

	*ret = (struct vt_journal_log){ .arena = vt_arena_new() };
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	r = read_end(fd, &text);
	if (r < 0)
		return vt_fail(err, -r, "cannot read the journal %s: %s", path, vt_errno_text(-r));
	read_lines(ret, text, boot_id);
	return 0;
}

int vt_journal_read(const char *boot_id, struct vt_journal_log *ret, struct vt_error *err)
{
	int r = vt_journal_read_all(boot_id, ret, err);
	size_t kept = 0;

	for (size_t i = 0; i < ret->n; i++)
		if (!ret->entries[i].other_boot)
			ret->entries[kept++] = ret->entries[i];
	ret->n = kept;
	return r;
}

void vt_journal_log_finish(struct vt_journal_log *log)
{
	vt_arena_free(log->arena);
	free(log->entries);
	*log = (struct vt_journal_log){ 0 };
}
