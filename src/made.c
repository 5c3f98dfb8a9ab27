/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of what virttop made. A line is written when a step is done; nothing
 * is ever crossed out: what is not there any more, or is another now, is passed
 * over when the list is read. When nothing of it is left the file goes.
 */
#include "made.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "action_cgroup.h"
#include "apply_mount.h"
#include "apply_net.h"
#include "apply_setup.h"
#include "idmap.h"
#include "inverse.h"
#include "state_file.h"

enum {
	SIZE_LIMIT = 4 << 20
};

/* Locked until it is closed. The journal has made the directory. -EPERM: it is not ours. */
static int open_made(int flags, struct vt_error *err)
{
	vt_autofree char *path = vt_state_path("made");
	vt_autoclose int fd = path ? vt_state_open(path, flags | O_RDWR | O_APPEND, err) : -ENOENT;

	if (fd >= 0 && flock(fd, LOCK_EX) < 0)
		return -errno;
	return fd < 0 ? fd : vt_take_fd(&fd);
}

static const char *boot_of(const struct vt_action_env *env)
{
	const struct vt_host_row *host = vt_snapshot_host(env->snapshot);

	return VT_HAS(HOST, host, boot_id) ? host->boot_id : "";
}

static json_t *new_line(const struct vt_action_env *env)
{
	struct vt_process_now self = { 0 };
	uint64_t pid = vt_host_self_pid(env->host);

	(void)vt_process_look(env->host, pid, &self, NULL);
	return json_pack("{s:s, s:I, s:I, s:I}", "boot_id", boot_of(env), "by", (json_int_t)pid,
			 "by_start", (json_int_t)self.start_ticks, "pid_ns",
			 (json_int_t)vt_host_pid_ns(env->host));
}

/* Takes the object. A torn line before it ends here, so that it swallows none. */
static void put(json_t *line)
{
	vt_autofree char *text = json_dumps(line, JSON_COMPACT | JSON_ENSURE_ASCII), *whole = NULL;
	vt_autoclose int fd = open_made(O_CREAT, NULL);
	char last = '\n';
	off_t end;

	json_decref(line);
	if (!text || fd < 0)
		return;
	end = lseek(fd, 0, SEEK_END);
	(void)!pread(fd, &last, 1, end > 0 ? end - 1 : 0);
	whole = vt_asprintf("%s%s\n", end > 0 && last != '\n' ? "\n" : "", text);
	(void)!write(fd, whole, strlen(whole));
}

/* A name that is no UTF-8 cannot be written down: then only undo knows of it. */
static void put_text(json_t *line, const char *key, const char *text)
{
	json_t *j = text ? json_string(text) : NULL;

	if (j)
		json_object_set_new(line, key, j);
}

static bool is_making(enum vt_op op)
{
	return op == VT_OP_MKDIR || op == VT_OP_SPAWN || op == VT_OP_NETNS_ADD ||
	       op == VT_OP_VETH_ADD || op == VT_OP_MOUNT;
}

void vt_made_note(const struct vt_action_env *env, const struct vt_plan *plan, size_t step,
		  const struct vt_outcome *o)
{
	const struct vt_step *s = &plan->steps[step];
	json_t *line;

	if (s->op == VT_OP_SPAWN ? !o->pid && !(s->was && o->now)
				 : !is_making(s->op) || !o->made_id)
		return;
	line = new_line(env);
	if (!line)
		return;
	put_text(line, "op", vt_op_name(s->op));
	put_text(line, "path", s->path);
	put_text(line, "file", s->file);
	put_text(line, "was", s->was);
	put_text(line, "now", o->now);
	put_text(line, "title", plan->title);
	json_object_set_new(line, "id", json_integer((json_int_t)o->made_id));
	json_object_set_new(line, "pid", json_integer((json_int_t)o->pid));
	json_object_set_new(line, "start_ticks", json_integer((json_int_t)o->start_ticks));
	json_object_set_new(line, "pid_one", json_boolean(o->pid_one));
	put(line);
}

static void put_left(const struct vt_action_env *env, uint64_t by, uint64_t by_start)
{
	json_t *line = new_line(env);

	if (!line)
		return;
	json_object_set_new(line, "by", json_integer((json_int_t)by));
	json_object_set_new(line, "by_start", json_integer((json_int_t)by_start));
	json_object_set_new(line, "left", json_true());
	put(line);
}

void vt_made_adopt(const struct vt_action_env *env, const struct vt_made_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (i == 0 || list->made[i].by != list->made[i - 1].by ||
		    list->made[i].by_start != list->made[i - 1].by_start)
			put_left(env, list->made[i].by, list->made[i].by_start);
}

void vt_made_leave(const struct vt_action_env *env)
{
	vt_autofree char *path = vt_state_path("made");
	json_t *line = path && access(path, F_OK) == 0 ? new_line(env) : NULL;

	if (!line)
		return;
	json_object_set_new(line, "left", json_true());
	put(line);
}

/* Reading. */

static uint64_t number(const json_t *line, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(line, key));

	return n > 0 ? (uint64_t)n : 0;
}

static const char *text(const json_t *line, const char *key, struct vt_arena *arena)
{
	return vt_arena_intern(arena, json_string_value(json_object_get(line, key)));
}

static void leave(struct vt_made_list *list, uint64_t by, uint64_t by_start)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->made[i].by == by && list->made[i].by_start == by_start)
			list->made[i].left = true;
}

/* What a line must have to be looked for. A name of the network lab is one component. */
static bool is_whole(const struct vt_step *s)
{
	bool path = s->path && s->path[0] == '/';

	switch (s->op) {
	case VT_OP_SPAWN:
		return true;
	case VT_OP_MKDIR:
		return path;
	case VT_OP_VETH_ADD:
		return path && !strchr(s->path + 1, '/') && s->file && !strchr(s->file, '/');
	case VT_OP_NETNS_ADD:
		return path && !strchr(s->path + 1, '/');
	case VT_OP_MOUNT:
		return path && vt_mount_place_find(s->path);
	default:
		return false;
	}
}

/*
 * names: namespaces of the network lab by number. Before Linux 6.8 that is an inode,
 * which the next one of the name may be given again: the newest line is about it.
 */
static void take_line(struct vt_made_list *list, struct vt_idmap *names, uint64_t pid_ns,
		      const json_t *line)
{
	const char *op = json_string_value(json_object_get(line, "op"));
	int named = op ? vt_op_find(op) : -1;
	struct vt_made m = {
		.title = text(line, "title", list->arena),
		.by = number(line, "by"),
		.by_start = number(line, "by_start"),
		.elsewhere = pid_ns && number(line, "pid_ns") && number(line, "pid_ns") != pid_ns,
		.outcome = {
			.done = true,
			.made_id = number(line, "id"),
			.pid = number(line, "pid"),
			.start_ticks = number(line, "start_ticks"),
			.pid_one = json_is_true(json_object_get(line, "pid_one")),
			.now = text(line, "now", list->arena),
		},
	};

	if (json_is_true(json_object_get(line, "left"))) {
		leave(list, m.by, m.by_start);
		return;
	}
	if (named < 0 || !m.title)
		return;
	m.step = (struct vt_step){ .op = (enum vt_op)named,
				   .path = text(line, "path", list->arena),
				   .file = text(line, "file", list->arena),
				   .was = text(line, "was", list->arena) };
	if (!is_whole(&m.step))
		return;
	VT_GROW(list->made, list->n, list->cap);
	list->made[list->n++] = m;
	if (m.step.op == VT_OP_NETNS_ADD) {
		int32_t older = vt_idmap_get(names, m.outcome.made_id);

		if (older >= 0)
			list->made[older].outcome.made_id = 0;
		vt_idmap_put(names, m.outcome.made_id, (int32_t)list->n - 1);
	}
}

/* Is it still there, and the same? Parts of it that are not are taken out. */

static void look_at_process(const struct vt_action_env *env, struct vt_made_list *list,
			    struct vt_made *m)
{
	struct vt_id id = { VT_KIND_PROCESS, m->outcome.pid, m->outcome.start_ticks };
	struct vt_process_now now;

	if (!m->outcome.pid || !m->outcome.start_ticks || m->elsewhere ||
	    vt_process_check(env->host, id, &now, NULL) < 0 || now.state == 'Z')
		m->outcome.pid = 0;
	else
		m->what = vt_arena_printf(list->arena, "process %" PRIu64 " (%s)", now.pid,
					  now.comm);
}

static bool kept_as_said(const char *dir, const char *names)
{
	int flags;

	return vt_keep_look(dir, names, &flags) == VT_KEPT && flags;
}

static bool is_netns_there(const struct vt_made *m)
{
	uint64_t id = 0;
	vt_autoclose int fd = vt_netns_open(m->step.path + 1, &id);

	return fd >= 0 && id == m->outcome.made_id;
}

static bool is_spawn_there(const struct vt_action_env *env, struct vt_made_list *list,
			   struct vt_made *m)
{
	look_at_process(env, list, m);
	if (m->step.was && m->outcome.now && m->step.was[0] == '/' &&
	    kept_as_said(m->step.was, m->outcome.now))
		m->what = vt_arena_printf(list->arena, "%s%snamespaces kept in %s",
					  m->outcome.pid ? m->what : "", m->outcome.pid ? ", " : "",
					  m->step.was);
	else
		m->step.was = NULL;
	return m->outcome.pid || m->step.was;
}

static bool is_mount_there(struct vt_made_list *list, struct vt_made *m)
{
	const struct vt_mount_place *place = vt_mount_place_find(m->step.path);
	uint64_t id;

	m->what = vt_arena_printf(list->arena, "%s at %s", place->type, place->path);
	return vt_mount_look(place, &id) == 0 && id == m->outcome.made_id;
}

static bool is_there(const struct vt_action_env *env, struct vt_made_list *list, struct vt_made *m)
{
	vt_autocgroup struct vt_cgroup_dir d = VT_NO_CGROUP;

	if (m->step.op == VT_OP_SPAWN)
		return is_spawn_there(env, list, m);
	if (!m->outcome.made_id)
		return false;
	if (m->step.op == VT_OP_NETNS_ADD) {
		m->what = vt_arena_printf(list->arena, "network namespace %s", m->step.path + 1);
		return is_netns_there(m);
	}
	if (m->step.op == VT_OP_VETH_ADD) {
		m->what = vt_arena_printf(list->arena, "cable %s into %s", m->step.file,
					  m->step.path + 1);
		return vt_cable_find(m->step.file) == (int)m->outcome.made_id;
	}
	if (m->step.op == VT_OP_MOUNT)
		return is_mount_there(list, m);
	m->what = vt_arena_printf(list->arena, "cgroup %s", m->step.path);
	return vt_cgroup_hold(env, m->step.path, m->outcome.made_id, &d, NULL) == 0;
}

static bool is_of(const struct vt_action_env *env, const struct vt_made *m,
		  enum vt_made_whose whose)
{
	struct vt_id by = { VT_KIND_PROCESS, m->by, m->by_start };
	struct vt_process_now now;
	bool lives;

	if (whose == VT_MADE_ALL)
		return true;
	if (m->elsewhere)
		return false;
	lives = vt_process_check(env->host, by, &now, NULL) == 0;
	if (whose == VT_MADE_MINE)
		return lives && m->by == vt_host_self_pid(env->host) && !m->left;
	return !lives && !m->left;
}

static void take_lines(const struct vt_action_env *env, struct vt_made_list *list, char *lines)
{
	const char *boot = boot_of(env);
	uint64_t pid_ns = vt_host_pid_ns(env->host);
	struct vt_idmap names = { 0 };
	char *save = NULL;

	for (char *l = strtok_r(lines, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		json_t *line = json_loads(l, 0, NULL);
		const char *of = json_string_value(json_object_get(line, "boot_id"));

		if (of && strcmp(of, boot) == 0)
			take_line(list, &names, pid_ns, line);
		json_decref(line);
	}
	vt_idmap_finish(&names);
}

int vt_made_read(const struct vt_action_env *env, enum vt_made_whose whose,
		 struct vt_made_list *ret, struct vt_error *err)
{
	vt_autoclose int fd = open_made(0, err);
	vt_autofree char *lines = NULL;
	struct stat st;
	size_t kept = 0, there = 0;
	ssize_t n;

	*ret = (struct vt_made_list){ .arena = vt_arena_new() };
	if (fd < 0 && fd != -ENOENT)
		return fd;
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_size > SIZE_LIMIT)
		return 0;
	lines = vt_alloc((size_t)st.st_size + 1);
	n = pread(fd, lines, (size_t)st.st_size, 0);
	lines[n > 0 ? n : 0] = '\0';
	take_lines(env, ret, lines);
	for (size_t i = 0; i < ret->n; i++) {
		struct vt_made m = ret->made[i];

		/*
		 * What has ended in another PID namespace is for a virttop there to see; its
		 * lines stay until then, or until the next boot.
		 */
		if (!is_there(env, ret, &m)) {
			there += m.elsewhere;
			continue;
		}
		there++;
		if (is_of(env, &m, whose))
			ret->made[kept++] = m;
	}
	ret->n = kept;
	/* Processes that a foreign proc does not show may be there. */
	if (!there && !env->host->foreign_pids)
		(void)!ftruncate(fd, 0);
	return 0;
}

void vt_made_list_finish(struct vt_made_list *list)
{
	free(list->made);
	vt_arena_free(list->arena);
}

void vt_made_plan(const struct vt_action_env *env, struct vt_plan *plan, const struct vt_made *made,
		  size_t n)
{
	plan->title = n == 1 ? vt_arena_printf(plan->arena, "Remove %s", made[0].what)
			     : "Remove what virttop made";
	for (size_t i = n; i > 0; i--)
		vt_plan_add_inverse(plan, &made[i - 1].step, &made[i - 1].outcome,
				    vt_snapshot_host(env->snapshot)->cgroup_mount);
}
