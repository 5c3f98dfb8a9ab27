/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Namespaces (namespaces(7)): those of the processes that were found, those
 * that are kept by a bind mount of nsfs here, those that namespace_find.c has
 * found on its own slower cadence, and parents and owners that only their
 * children keep. Ids first, relations in a second pass, as lsns does. Relations
 * never change while a namespace lives, so they are kept, keyed by its inode
 * and the process through which it was opened: an inode number alone may have
 * been given to a new namespace meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "../src/idmap.h"
#include "../src/probe.h"
#include "namespace_find.h"
#include "parse_proc.h"
#include "table.h"

enum {
	DEPTH_LIMIT = 40,      /* the kernel nests pid and user namespaces at most 32 deep */
	CHECKED_A_SCAN = 1000, /* sightings that are looked at again, in turn */
};
static const size_t text_limit = 8u << 20;

/* A namespace that was found in this scan or the one before. */
struct found {
	uint32_t inode;
	enum vt_ns_type type;
	uint64_t pid, start_ticks; /* its oldest process, 0 without */
	bool kernel_thread;
	char *where;                /* of a bind mount here; owned */
	bool asked, slow;           /* slow: no source of every scan shows it */
	unsigned keepers;           /* times that something was seen to keep it */
	struct vt_ns_relations rel; /* without descriptors */
};

struct bind {
	enum vt_ns_type type;
	uint32_t inode;
	char *where;
};

struct keeper {
	uint32_t inode;
	enum vt_keep how;
	unsigned order;
	char *where; /* owned */
};

struct namespace_state {
	const struct vt_host *host;
	struct vt_finder *finder;
	const struct vt_sightings *sightings; /* NULL while there are none */
	bool first_sightings;                 /* in this scan */
	bool *gone;                           /* by index in sightings: no longer holds */
	uint64_t gone_passes;                 /* of the sightings that gone is about */
	size_t check_at;
	struct keeper *keepers;
	size_t n_keepers, cap_keepers;
	struct found *now, *before;
	size_t n_now, cap_now, n_before;
	struct vt_idmap index, index_before;
	int mountinfo; /* stays open: poll tells when mounts have changed */
	struct bind *binds;
	size_t n_binds, cap_binds;
	bool binds_changed; /* since the scan before */
};

/*
 * include/uapi/linux/nsfs.h, and linux/proc_ns.h before it: constant for all but
 * mnt and net, which are so since 6.15 or so and by the first kernel thread before.
 */
static const uint32_t initial_inodes[VT_NS_TYPES] = {
	[VT_NS_MNT] = 0xEFFFFFF8,    [VT_NS_NET] = 0xEFFFFFF9, [VT_NS_TIME] = 0xEFFFFFFA,
	[VT_NS_CGROUP] = 0xEFFFFFFB, [VT_NS_PID] = 0xEFFFFFFC, [VT_NS_USER] = 0xEFFFFFFD,
	[VT_NS_UTS] = 0xEFFFFFFE,    [VT_NS_IPC] = 0xEFFFFFFF,
};

static int namespace_open(const struct vt_host *host, void **ret_state, struct vt_error *err)
{
	struct namespace_state *s = vt_alloc(sizeof(*s));

	(void)err;
	s->host = host;
	s->mountinfo = -1;
	s->finder = vt_finder_new(host);
	*ret_state = s;
	return 0;
}

static void drop_binds(struct namespace_state *s)
{
	for (size_t i = 0; i < s->n_binds; i++)
		free(s->binds[i].where);
	s->n_binds = 0;
}

static void drop_found(struct found *list, size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		free(list[i].where);
	*n = 0;
}

/* What was recalled from the scan before has been: only one of the two need be there. */
static void forget_before(struct namespace_state *s)
{
	drop_found(s->before, &s->n_before);
	free(s->before);
	s->before = NULL;
	vt_idmap_finish(&s->index_before);
}

static void drop_keepers(struct namespace_state *s)
{
	for (size_t i = 0; i < s->n_keepers; i++)
		free(s->keepers[i].where);
	free(s->keepers);
	s->keepers = NULL;
	s->n_keepers = s->cap_keepers = 0;
}

static void namespace_close(void *state)
{
	struct namespace_state *s = state;

	vt_finder_free(s->finder);
	drop_keepers(s);
	free(s->gone);
	drop_binds(s);
	drop_found(s->now, &s->n_now);
	forget_before(s);
	free(s->binds);
	free(s->now);
	vt_idmap_finish(&s->index);
	vt_closep(&s->mountinfo);
	free(s);
}

static struct found *find(struct namespace_state *s, uint32_t inode, enum vt_ns_type type)
{
	int32_t at = vt_idmap_get(&s->index, inode);

	if (at >= 0)
		return &s->now[at];
	vt_idmap_put(&s->index, inode, (int32_t)s->n_now);
	VT_GROW(s->now, s->n_now, s->cap_now);
	s->now[s->n_now] = (struct found){ .inode = inode, .type = type };
	return &s->now[s->n_now++];
}

static void join(struct found *f, const struct vt_process *p)
{
	f->kernel_thread |= p->kernel_thread;
	if (f->pid && (f->start_ticks < p->start_ticks ||
		       (f->start_ticks == p->start_ticks && f->pid <= p->pid)))
		return;
	f->pid = p->pid;
	f->start_ticks = p->start_ticks;
}

/* Most processes share the namespaces of the one before, which saves the look-up. */
static void from_processes(struct namespace_state *s, struct vt_builder *b)
{
	int32_t last[VT_NS_TYPES];
	size_t n;
	const struct vt_process *procs = vt_process_added(b, &n);

	memset(last, -1, sizeof(last));
	for (size_t i = 0; i < n; i++)
		for (int t = 0; t < VT_NS_TYPES; t++) {
			uint32_t inode = vt_process_ns_id(&procs[i], t);

			if (!inode)
				continue;
			if (last[t] < 0 || s->now[last[t]].inode != inode)
				last[t] = (int32_t)(find(s, inode, (enum vt_ns_type)t) - s->now);
			join(&s->now[last[t]], &procs[i]);
		}
}

static void add_bind(struct namespace_state *s, const struct vt_mount *m)
{
	char where[4096];
	struct vt_slice name;
	uint64_t inode;
	int type;

	if (!vt_slice_is(m->type, "nsfs") || !vt_parse_ns_link(m->root, &name, &inode) ||
	    !vt_parse_unescape(m->point, where, sizeof(where)))
		return;
	type = vt_ns_type_of(name);
	if (type < 0)
		return;
	VT_GROW(s->binds, s->n_binds, s->cap_binds);
	s->binds[s->n_binds++] = (struct bind){ (enum vt_ns_type)type, (uint32_t)inode,
						vt_strdup(where) };
}

/* proc_pid_mountinfo(5): a change of mounts wakes a poll on the open file. */
static bool mounts_changed(struct namespace_state *s)
{
	struct pollfd p = { .fd = s->mountinfo, .events = POLLPRI };
	const char *path = s->host->is_self ? "self/mountinfo" : "1/mountinfo";

	if (s->mountinfo >= 0)
		return poll(&p, 1, 0) > 0;
	s->mountinfo = vt_host_openat(s->host->proc, path, O_RDONLY | O_NONBLOCK);
	return true;
}

static void read_binds(struct namespace_state *s)
{
	vt_autofree char *text = NULL;
	const char *path = s->host->is_self ? "self/mountinfo" : "1/mountinfo", *cursor;
	struct vt_mount m;

	s->binds_changed = mounts_changed(s);
	if (!s->binds_changed)
		return;
	drop_binds(s);
	if (vt_host_read_all(s->host->proc, path, text_limit, &text) <= 0)
		return;
	for (cursor = text; vt_parse_mount(&cursor, &m);)
		add_bind(s, &m);
}

static void from_binds(struct namespace_state *s)
{
	read_binds(s);
	for (size_t i = 0; i < s->n_binds; i++) {
		struct found *f = find(s, s->binds[i].inode, s->binds[i].type);

		if (!f->where)
			f->where = vt_strdup(s->binds[i].where);
	}
}

/*
 * A namespace that nothing else shows is looked for once more at the link that
 * keeps it, so that it goes when it is gone, and not only with the next pass. Of
 * thousands some in turn; those that were found gone stay so until then.
 */
static void check_sightings(struct namespace_state *s)
{
	const struct vt_sightings *all = s->sightings;
	size_t checked = 0;

	if (!s->gone || s->gone_passes != all->passes) {
		free(s->gone);
		s->gone = vt_alloc((all->n + 1) * sizeof(*s->gone));
		s->gone_passes = all->passes;
	}
	for (size_t n = 0; n < all->n && checked < CHECKED_A_SCAN; n++) {
		size_t i = s->check_at++ % all->n;

		if (s->gone[i] || vt_idmap_get(&s->index, all->list[i].inode) >= 0)
			continue;
		s->gone[i] = !vt_sighting_holds(s->host, &all->list[i]);
		checked++;
	}
}

/* What the slow sources saw. */
static void from_sightings(struct namespace_state *s)
{
	const struct vt_sightings *all = s->sightings;

	if (all)
		check_sightings(s);
	for (size_t i = 0; all && i < all->n; i++) {
		const struct vt_sighting *one = &all->list[i];
		const struct vt_ns_known *known;
		struct found *f;

		if (s->gone[i])
			continue;
		f = find(s, one->inode, one->type);
		known = vt_sightings_known(all, one->inode);
		if (f->pid || f->where || f->slow)
			continue;
		f->slow = true;
		if (known) {
			f->rel = known->rel;
			f->asked = true;
		}
	}
}

/* What the scan before knew, while the same way in is there. */
static bool recall(struct namespace_state *s, struct found *f)
{
	int32_t at = vt_idmap_get(&s->index_before, f->inode);
	const struct found *old = at < 0 ? NULL : &s->before[at];

	if (f->asked)
		return true;
	if (!old || !old->asked || old->pid != f->pid || old->start_ticks != f->start_ticks ||
	    (!f->pid && (s->binds_changed || !f->where)))
		return false;
	f->rel = old->rel;
	f->asked = true;
	return true;
}

static void ask_relatives(struct namespace_state *s, struct vt_ns_relations *rel,
			  enum vt_ns_type type, int depth);

/* Puts the answer in; a relative that is new is kept by its child and asked at once. */
static void ask(struct namespace_state *s, size_t at, int fd, int depth)
{
	struct vt_ns_relations rel;
	enum vt_ns_type type = s->now[at].type;

	vt_ns_ask(fd, type, &rel);
	s->now[at].rel = rel;
	s->now[at].rel.parent_fd = s->now[at].rel.owner_fd = -1;
	s->now[at].asked = true;
	ask_relatives(s, &rel, type, depth);
}

static void ask_relative(struct namespace_state *s, uint32_t inode, int fd, enum vt_ns_type type,
			 int depth)
{
	struct found *f;

	if (fd < 0 || !inode || depth >= DEPTH_LIMIT || vt_idmap_get(&s->index, inode) >= 0)
		return;
	f = find(s, inode, type);
	ask(s, (size_t)(f - s->now), fd, depth + 1);
}

static void ask_relatives(struct namespace_state *s, struct vt_ns_relations *rel,
			  enum vt_ns_type type, int depth)
{
	ask_relative(s, rel->parent, rel->parent_fd, type, depth);
	ask_relative(s, rel->owner, rel->owner_fd, VT_NS_USER, depth);
	vt_closep(&rel->parent_fd);
	vt_closep(&rel->owner_fd);
}

static int open_found(const struct namespace_state *s, const struct found *f)
{
	int fd = f->pid ? vt_ns_open_process(s->host, f->pid, f->type, f->inode) : -ESRCH;

	if (fd < 0 && f->where && s->host->is_self)
		return vt_ns_open_path(s->host, f->where, f->inode);
	return fd;
}

/*
 * A relative without a process of its own is found again through its child
 * while that is asked; when the child's answer is remembered, the relative's is
 * copied from the slow sources or the scan before.
 */
static void recall_relative(struct namespace_state *s, uint32_t inode, int depth)
{
	const struct vt_ns_known *known = vt_sightings_known(s->sightings, inode);
	int32_t at = vt_idmap_get(&s->index_before, inode);
	struct vt_ns_relations rel;
	struct found *f;

	if (!inode || (at < 0 && !known) || depth >= DEPTH_LIMIT ||
	    vt_idmap_get(&s->index, inode) >= 0)
		return;
	f = find(s, inode, known ? known->type : s->before[at].type);
	f->asked = true;
	f->rel = rel = known ? known->rel : s->before[at].rel;
	recall_relative(s, rel.parent, depth + 1);
	recall_relative(s, rel.owner, depth + 1);
}

static void ask_live(struct namespace_state *s)
{
	size_t n = s->n_now; /* those that are added meanwhile have been asked */

	for (size_t i = 0; i < n; i++) {
		vt_autoclose int fd = -1;

		if (recall(s, &s->now[i])) {
			struct vt_ns_relations rel = s->now[i].rel;

			recall_relative(s, rel.parent, 0);
			recall_relative(s, rel.owner, 0);
			continue;
		}
		fd = open_found(s, &s->now[i]);
		if (fd < 0)
			s->now[i].rel.error = -fd;
		else
			ask(s, i, fd, 0);
	}
}

static void ask_recorded(struct namespace_state *s)
{
	vt_autofree char *text = NULL;
	struct vt_ns_recorded r;
	const char *cursor;

	for (size_t i = 0; i < s->n_now; i++)
		s->now[i].rel.error = EOPNOTSUPP;
	if (vt_host_read_all(s->host->root, "nsfs", text_limit, &text) <= 0)
		return;
	for (cursor = text; vt_ns_parse_recorded(&cursor, &r);) {
		struct found *f = find(s, r.inode, r.type);

		f->rel = (struct vt_ns_relations){ r.parent, r.owner, r.owner_uid, r.has_owner_uid,
						   0,        -1,      -1 };
		f->asked = true;
	}
}

/* The namespaces of kernel threads are the host's; kthreadd has pid 2 and shares all of them. */
static uint32_t initial_by_process(struct vt_builder *b, enum vt_ns_type type)
{
	size_t n;
	const struct vt_process *procs = vt_process_added(b, &n), *init = NULL;

	for (size_t i = 0; i < n; i++) {
		if (procs[i].kernel_thread && procs[i].pid == 2 &&
		    vt_process_ns_id(&procs[i], type))
			return vt_process_ns_id(&procs[i], type);
		if (procs[i].pid == 1)
			init = &procs[i];
	}
	return init && vt_process_ns_id(init, VT_NS_PID) == initial_inodes[VT_NS_PID]
		       ? vt_process_ns_id(init, type)
		       : 0;
}

static bool is_initial(const struct found *f, const uint32_t *by_process)
{
	return f->inode == initial_inodes[f->type] || f->inode == by_process[f->type];
}

/* Takes where. Only the first few of each namespace are kept, the others counted. */
static void keep(struct namespace_state *s, struct found *f, enum vt_keep how, char *where)
{
	if (f->keepers++ >= VT_KEEPERS_MOST) {
		free(where);
		return;
	}
	VT_GROW(s->keepers, s->n_keepers, s->cap_keepers);
	s->keepers[s->n_keepers++] = (struct keeper){ f->inode, how, f->keepers - 1, where };
}

static void keep_relative(struct namespace_state *s, const struct found *child, uint32_t inode,
			  const uint32_t *by_process)
{
	int32_t at = inode ? vt_idmap_get(&s->index, inode) : -1;

	/* The initial ones need nobody, and own nearly all. */
	if (at >= 0 && !is_initial(&s->now[at], by_process))
		keep(s, &s->now[at], VT_KEEP_CHILD,
		     vt_asprintf("%s %u", vt_ns_names[child->type], child->inode));
}

/* In the order of enum vt_keep, but for what the sightings mix. */
static void find_keepers(struct namespace_state *s, const uint32_t *by_process)
{
	for (size_t i = 0; i < s->n_now; i++) {
		struct found *f = &s->now[i];

		if (f->pid)
			keep(s, f, VT_KEEP_PROCESS, vt_asprintf("/proc/%u", (unsigned)f->pid));
	}
	for (size_t i = 0; i < s->n_binds; i++)
		keep(s, find(s, s->binds[i].inode, s->binds[i].type), VT_KEEP_BIND,
		     vt_strdup(s->binds[i].where));
	for (size_t i = 0; s->sightings && i < s->sightings->n; i++) {
		const struct vt_sighting *one = &s->sightings->list[i];
		int32_t at = vt_idmap_get(&s->index, one->inode);

		if (at < 0 || s->gone[i] || (one->how == VT_KEEP_LISTED && s->now[at].keepers))
			continue;
		keep(s, &s->now[at], one->how, vt_strdup(one->where));
	}
	for (size_t i = 0; i < s->n_now; i++) {
		keep_relative(s, &s->now[i], s->now[i].rel.parent, by_process);
		if (s->now[i].rel.owner != s->now[i].rel.parent)
			keep_relative(s, &s->now[i], s->now[i].rel.owner, by_process);
	}
}

static void set_row(const struct namespace_state *s, struct vt_builder *b, const struct found *f,
		    bool initial)
{
	struct vt_namespace *ns = vt_namespace_add(b, f->inode, 0);

	ns->ns_type = f->type;
	if (s->first_sightings && !f->pid && !f->where)
		ns->head.first_seen_ns = VT_SEEN_BEFORE;
	VT_SET(NAMESPACE, ns, type, vt_ns_names[f->type]);
	VT_SET(NAMESPACE, ns, id, f->inode);
	VT_SET(NAMESPACE, ns, initial, initial);
	VT_SET(NAMESPACE, ns, keepers, f->keepers);
	if (f->rel.parent)
		VT_SET(NAMESPACE, ns, parent_id, f->rel.parent);
	if (f->rel.owner)
		VT_SET(NAMESPACE, ns, owner_id, f->rel.owner);
	if (f->rel.has_owner_uid)
		VT_SET(NAMESPACE, ns, owner_uid, f->rel.owner_uid);
	/* The initial ones have no parent; that the kernel says EPERM then is no news. */
	ns->relations_errno = initial && f->rel.error == EPERM ? 0 : f->rel.error;
}

static void add_keepers(const struct namespace_state *s, struct vt_builder *b,
			struct vt_namespace *rows)
{
	for (size_t i = 0; i < s->n_keepers; i++) {
		const struct keeper *k = &s->keepers[i];
		struct vt_namespace *ns = &rows[vt_idmap_get(&s->index, k->inode)];
		struct vt_keeper *row;

		if (!k->order) {
			ns->kept_by = vt_keep_names[k->how];
			ns->kept_where = vt_builder_intern(b, k->where);
			continue;
		}
		row = vt_keeper_add(b, k->inode, k->order);
		VT_SET(KEEPER, row, how, vt_keep_names[k->how]);
		VT_SET(KEEPER, row, where, vt_builder_intern(b, k->where));
	}
}

/* Asks for what is inside; what is known of that comes into the rows. */
static void add_insides(const struct namespace_state *s, struct vt_builder *b,
			const uint32_t *by_process, struct vt_namespace *rows)
{
	struct vt_wish *wishes = vt_alloc((s->n_now + 1) * sizeof(*wishes));

	for (size_t i = 0; i < s->n_now; i++) {
		const struct found *f = &s->now[i];

		wishes[i] = (struct vt_wish){ .type = f->type,
					      .inode = f->inode,
					      .pid = f->pid,
					      .start_ticks = f->start_ticks,
					      .initial = is_initial(f, by_process) };
	}
	for (size_t i = 0; i < s->n_keepers; i++) {
		const struct keeper *k = &s->keepers[i];
		struct vt_wish *w = &wishes[vt_idmap_get(&s->index, k->inode)];

		if (w->pid || w->where || k->how == VT_KEEP_CHILD)
			continue;
		w->how = k->how;
		w->where = vt_strdup(k->where);
	}
	vt_finder_wish(s->finder, wishes, s->n_now);
	vt_finder_set_inside(s->finder, rows, s->n_now, b);
}

static void add_notes(const struct namespace_state *s, struct vt_builder *b)
{
	const struct vt_sightings *all = s->sightings;

	if (!all)
		vt_builder_note(b, "threads, descriptors and the mounts of others are still being "
				   "searched for namespaces");
	else if (all->refused)
		vt_builder_note(b,
				"namespaces that are held by threads, descriptors and sockets of "
				"%u processes are unknown: %s",
				all->refused, vt_errno_text(all->refused_errno));
}

static void add_rows(struct namespace_state *s, struct vt_builder *b)
{
	uint32_t by_process[VT_NS_TYPES] = { 0 };
	unsigned refused = 0;
	int error = 0;
	struct vt_namespace *rows;
	size_t first, n;

	(void)vt_namespace_added(b, &first);
	by_process[VT_NS_MNT] = initial_by_process(b, VT_NS_MNT);
	by_process[VT_NS_NET] = initial_by_process(b, VT_NS_NET);
	find_keepers(s, by_process);
	for (size_t i = 0; i < s->n_now; i++) {
		set_row(s, b, &s->now[i], is_initial(&s->now[i], by_process));
		if (!s->now[i].asked && s->now[i].rel.error != ESRCH &&
		    s->now[i].rel.error != ENOENT) {
			refused++;
			error = s->now[i].rel.error;
		}
	}
	if (refused)
		vt_builder_note(b, "parents and owners of %u namespaces are unknown: %s", refused,
				error == EOPNOTSUPP ? "the recorded tree does not hold them"
						    : vt_errno_text(error));
	rows = vt_namespace_added(b, &n) + first;
	add_keepers(s, b, rows);
	add_insides(s, b, by_process, rows);
	drop_keepers(s); /* thousands of words, while sealing needs the room */
	add_notes(s, b);
}

static void begin(struct namespace_state *s)
{
	s->before = s->now;
	s->n_before = s->n_now;
	s->index_before = s->index;
	s->now = NULL;
	s->n_now = s->cap_now = 0;
	s->index = (struct vt_idmap){ 0 };
}

static int namespace_scan(void *state, struct vt_builder *b, struct vt_error *err)
{
	struct namespace_state *s = state;

	(void)err;
	begin(s);
	s->first_sightings = !s->sightings;
	s->sightings = vt_finder_take(s->finder);
	from_processes(s, b);
	from_binds(s);
	from_sightings(s);
	if (s->host->proc_live)
		ask_live(s);
	else
		ask_recorded(s);
	forget_before(s);
	add_rows(s, b);
	vt_builder_source(b, s->host->proc_live ? "procfs, nsfs" : "recorded tree");
	return 0;
}

const struct vt_probe vt_probe_namespace = {
	.name = "namespace",
	.summary = "namespaces of all eight types, their parents, owners and what keeps them",
	.open = namespace_open,
	.scan = namespace_scan,
	.close = namespace_close,
};
