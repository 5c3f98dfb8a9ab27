/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The second pass over a snapshot: ids become indices, and what is a sum over
 * members is summed. util-linux's lsns taught this shape: collect ids first,
 * resolve relations when all are there.
 */
#include <stdlib.h>
#include <string.h>

#include "derive.h"
#include "idmap.h"
#include "namespace_words.h"
#include "text.h"

static void *rows(struct vt_snapshot *s, enum vt_kind kind, size_t *n)
{
	*n = s->table[kind].n;
	return s->table[kind].rows;
}

static int32_t index_of(const struct vt_snapshot *s, enum vt_kind kind, uint64_t a, uint64_t b)
{
	return vt_snapshot_index(s, (struct vt_id){ kind, a, b });
}

/* The name of a cgroup: the last part of its path. */
static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static int compare_paths(const void *x, const void *y, void *arg)
{
	const struct vt_cgroup *cgs = arg;
	const unsigned char *p = (const unsigned char *)cgs[*(const int32_t *)x].path;
	const unsigned char *q = (const unsigned char *)cgs[*(const int32_t *)y].path;

	/* '/' sorts before every other byte, so that a subtree stays together. */
	while (*p && *p == *q) {
		p++;
		q++;
	}
	return (*p == '/' ? 1 : *p ? *p + 1 : 0) - (*q == '/' ? 1 : *q ? *q + 1 : 0);
}

/*
 * The cgroup's parent, if its path says so too: what goes up or down the tree
 * relies on parents being before their children. A recorded tree that spans
 * file systems may have one inode number twice.
 */
static int32_t parent_of(const struct vt_snapshot *s, const struct vt_cgroup *cgs,
			 const struct vt_cgroup *cg)
{
	int32_t parent = VT_HAS(CGROUP, cg, parent_id)
				 ? index_of(s, VT_KIND_CGROUP, cg->parent_id, 0)
				 : -1;
	const char *path = parent < 0 ? "" : cgs[parent].path;
	size_t n = strcmp(path, "/") == 0 ? 0 : strlen(path);

	if (parent < 0 || strncmp(cg->path, path, n) != 0 || cg->path[n] != '/' || !cg->path[n + 1])
		return -1;
	return parent;
}

static void relate_cgroups(struct vt_snapshot *s)
{
	size_t n;
	struct vt_cgroup *cgs = rows(s, VT_KIND_CGROUP, &n);

	s->cgroup_order = vt_arena_alloc(s->arena, n * sizeof(*s->cgroup_order));
	for (size_t i = 0; i < n; i++) {
		cgs[i].name = last_part(cgs[i].path);
		cgs[i].container = -1;
		cgs[i].parent = parent_of(s, cgs, &cgs[i]);
		s->cgroup_order[i] = (int32_t)i;
	}
	if (n)
		qsort_r(s->cgroup_order, n, sizeof(*s->cgroup_order), compare_paths, cgs);
	for (size_t i = 0; i < n; i++) {
		struct vt_cgroup *cg = &cgs[s->cgroup_order[i]];

		cg->depth = cg->parent < 0 ? 0 : cgs[cg->parent].depth + 1;
	}
}

/* Keepers are sorted by the inode of their namespace: each gets its run. */
static void relate_keepers(struct vt_snapshot *s)
{
	size_t n, n_ns;
	struct vt_namespace *ns = rows(s, VT_KIND_NAMESPACE, &n_ns);
	const struct vt_keeper *keepers = rows(s, VT_KIND_KEEPER, &n);

	for (size_t i = 0, at = 0; i < n; i++) {
		while (at < n_ns && ns[at].head.a < keepers[i].head.a)
			at++;
		if (at < n_ns && ns[at].head.a == keepers[i].head.a && !ns[at].n_keepers++)
			ns[at].first_keeper = (int32_t)i;
	}
}

/* Rows sorted by cgroup id first lie together: each cgroup gets its run. */
static void relate_run(struct vt_snapshot *s, enum vt_kind kind, size_t first, size_t count)
{
	size_t n, n_cgs, size = vt_kinds[kind].size;
	struct vt_cgroup *cgs = rows(s, VT_KIND_CGROUP, &n_cgs);
	const char *at = rows(s, kind, &n);

	for (size_t i = 0, c = 0; i < n; i++) {
		const struct vt_head *h = (const struct vt_head *)(const void *)(at + i * size);
		char *cg;

		while (c < n_cgs && cgs[c].head.a < h->a)
			c++;
		if (c == n_cgs || cgs[c].head.a != h->a)
			continue;
		cg = (char *)&cgs[c];
		if (!(*(int32_t *)(void *)(cg + count))++)
			*(int32_t *)(void *)(cg + first) = (int32_t)i;
	}
}

#define RELATE_RUN(s, KIND, name)                                                                  \
	relate_run(s, VT_KIND_##KIND, offsetof(struct vt_cgroup, first_##name),                    \
		   offsetof(struct vt_cgroup, n_##name##s))

static void relate_runs(struct vt_snapshot *s)
{
	RELATE_RUN(s, IODEV, iodev);
	RELATE_RUN(s, HUGETLB, hugetlb);
	RELATE_RUN(s, RESOURCE, resource);
}

static void relate_namespaces(struct vt_snapshot *s)
{
	size_t n;
	struct vt_namespace *ns = rows(s, VT_KIND_NAMESPACE, &n);

	for (size_t i = 0; i < n; i++) {
		ns[i].leader = -1;
		ns[i].parent = VT_HAS(NAMESPACE, &ns[i], parent_id)
				       ? index_of(s, VT_KIND_NAMESPACE, ns[i].parent_id, 0)
				       : -1;
		ns[i].owner = VT_HAS(NAMESPACE, &ns[i], owner_id)
				      ? index_of(s, VT_KIND_NAMESPACE, ns[i].owner_id, 0)
				      : -1;
		VT_SET(NAMESPACE, &ns[i], processes, 0);
	}
}

/* Older by start time, then by pid. */
static bool is_older(const struct vt_process *a, const struct vt_process *b)
{
	return a->start_ticks != b->start_ticks ? a->start_ticks < b->start_ticks : a->pid < b->pid;
}

static void join_namespace(struct vt_snapshot *s, struct vt_namespace *ns, struct vt_process *procs,
			   size_t i)
{
	struct vt_process *p = &procs[i];

	(void)s;
	ns->processes++;
	if (VT_HAS(PROCESS, p, cpu_percent))
		VT_SET(NAMESPACE, ns, cpu_percent, ns->cpu_percent + p->cpu_percent);
	if (VT_HAS(PROCESS, p, rss_bytes))
		VT_SET(NAMESPACE, ns, rss_bytes, ns->rss_bytes + p->rss_bytes);
	if (ns->leader < 0 || is_older(p, &procs[ns->leader]))
		ns->leader = (int32_t)i;
}

/* Each once, however many processes share it: until it is sealed it is ours to write. */
static void relate_ns_set(const struct vt_ns_set *shared, const struct vt_idmap *by_ns)
{
	struct vt_ns_set *set = (struct vt_ns_set *)(uintptr_t)shared;

	if (!set || set->related)
		return;
	for (int t = 0; t < VT_NS_TYPES; t++)
		set->at[t] = set->id[t] ? vt_idmap_get(by_ns, set->id[t]) : -1;
	set->related = true;
}

static void relate_processes(struct vt_snapshot *s)
{
	size_t n, n_ns, n_cgs;
	struct vt_process *procs = rows(s, VT_KIND_PROCESS, &n);
	struct vt_namespace *ns = rows(s, VT_KIND_NAMESPACE, &n_ns);
	struct vt_cgroup *cgs = rows(s, VT_KIND_CGROUP, &n_cgs);
	struct vt_idmap by_path = { 0 }, by_ns = { 0 };
	struct vt_host_row *host = s->table[VT_KIND_HOST].rows;
	uint64_t threads = 0;

	for (size_t i = 0; i < n_cgs; i++)
		vt_idmap_put(&by_path, vt_hash_bytes(cgs[i].path, strlen(cgs[i].path)), (int32_t)i);
	for (size_t i = 0; i < n_ns; i++)
		vt_idmap_put(&by_ns, ns[i].id, (int32_t)i);
	for (size_t i = 0; i < n; i++) {
		struct vt_process *p = &procs[i];
		const struct vt_process *parent = VT_HAS(PROCESS, p, ppid)
							  ? vt_snapshot_pid(s, p->ppid)
							  : NULL;

		p->machine = -1;
		p->parent = parent ? (int32_t)(parent - procs) : -1;
		p->cgroup = !p->cgroup_path
				    ? -1
				    : vt_idmap_get(&by_path, vt_hash_bytes(p->cgroup_path,
									   strlen(p->cgroup_path)));
		if (p->cgroup >= 0 && strcmp(cgs[p->cgroup].path, p->cgroup_path) == 0 &&
		    (!p->cgroup_dir_id || p->cgroup_dir_id == cgs[p->cgroup].id))
			VT_SET(PROCESS, p, cgroup_id, cgs[p->cgroup].id);
		else
			p->cgroup = -1;
		relate_ns_set(p->ns, &by_ns);
		for (int t = 0; t < VT_NS_TYPES; t++)
			if (vt_process_ns(p, t) >= 0)
				join_namespace(s, &ns[vt_process_ns(p, t)], procs, i);
		threads += VT_HAS(PROCESS, p, threads) ? p->threads : 1;
	}
	if (n) {
		VT_SET(HOST, host, processes, n);
		VT_SET(HOST, host, threads, threads);
	}
	vt_idmap_finish(&by_path);
	vt_idmap_finish(&by_ns);
}

/* Tasks by real uid, which is what RLIMIT_NPROC looks at. */
static void count_user_tasks(struct vt_snapshot *s)
{
	size_t n;
	struct vt_process *procs = rows(s, VT_KIND_PROCESS, &n);
	vt_autofree uint64_t *tasks = vt_alloc((n + 1) * sizeof(*tasks));
	struct vt_idmap users = { 0 };
	int32_t known = 0;

	for (size_t i = 0; i < n; i++) {
		int32_t at;

		if (!VT_HAS(PROCESS, &procs[i], real_uid))
			continue;
		at = vt_idmap_get(&users, procs[i].real_uid);
		if (at < 0) {
			at = known++;
			vt_idmap_put(&users, procs[i].real_uid, at);
		}
		tasks[at] += VT_HAS(PROCESS, &procs[i], threads) ? procs[i].threads : 1;
	}
	for (size_t i = 0; i < n; i++)
		if (VT_HAS(PROCESS, &procs[i], real_uid))
			VT_SET(PROCESS, &procs[i], user_tasks,
			       tasks[vt_idmap_get(&users, procs[i].real_uid)]);
	vt_idmap_finish(&users);
}

/* The kernel does not list who is dead and only not yet waited for; populated does not count it. */
static bool is_dead(const struct vt_process *p)
{
	return VT_HAS(PROCESS, p, state) && (p->state[0] == 'Z' || p->state[0] == 'X') &&
	       p->threads <= 1;
}

static void count_members(struct vt_snapshot *s)
{
	size_t n_procs, n;
	const struct vt_process *procs = rows(s, VT_KIND_PROCESS, &n_procs);
	struct vt_cgroup *cgs = rows(s, VT_KIND_CGROUP, &n);

	if (!n_procs)
		return;
	for (size_t i = 0; i < n; i++) {
		VT_SET(CGROUP, &cgs[i], processes, 0);
		VT_SET(CGROUP, &cgs[i], processes_below, 0);
	}
	for (size_t i = 0; i < n_procs; i++)
		if (procs[i].cgroup >= 0 && !is_dead(&procs[i]))
			cgs[procs[i].cgroup].processes++;
	for (size_t i = n; i-- > 0;) {
		struct vt_cgroup *cg = &cgs[s->cgroup_order[i]];

		cg->processes_below += cg->processes;
		if (cg->parent >= 0)
			cgs[cg->parent].processes_below += cg->processes_below;
	}
}

static void name_leaders(struct vt_snapshot *s)
{
	size_t n;
	struct vt_namespace *ns = rows(s, VT_KIND_NAMESPACE, &n);

	for (size_t i = 0; i < n; i++) {
		const struct vt_process *p = vt_process_at(s, ns[i].leader);

		if (!p)
			continue;
		VT_SET(NAMESPACE, &ns[i], leader_pid, p->pid);
		if (VT_HAS(PROCESS, p, comm))
			VT_SET(NAMESPACE, &ns[i], leader_comm, p->comm);
		if (!ns[i].kept_by)
			ns[i].kept_by = vt_arena_intern(s->arena, "process");
	}
}

/* Levels of pid and user namespaces; chains are at most 32 deep (namespaces(7)). */
static void set_levels(struct vt_snapshot *s)
{
	size_t n;
	struct vt_namespace *ns = rows(s, VT_KIND_NAMESPACE, &n);

	for (size_t i = 0; i < n; i++) {
		int32_t at = (int32_t)i;
		uint64_t level = 0;

		if (ns[i].ns_type != VT_NS_PID && ns[i].ns_type != VT_NS_USER)
			continue;
		while (ns[at].parent >= 0 && level < 64) {
			at = ns[at].parent;
			level++;
		}
		if (VT_HAS(NAMESPACE, &ns[at], initial) && ns[at].initial)
			VT_SET(NAMESPACE, &ns[i], level, level);
	}
}

static int compare_names(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void relate_interfaces(struct vt_snapshot *s)
{
	size_t n, n_ns;
	struct vt_interface *ifs = rows(s, VT_KIND_INTERFACE, &n);
	struct vt_namespace *ns = rows(s, VT_KIND_NAMESPACE, &n_ns);

	for (size_t i = 0, end; i < n; i = end) {
		int32_t at = index_of(s, VT_KIND_NAMESPACE, ifs[i].head.a, 0);
		const char *names[6];
		size_t used = 0;
		char text[256];

		for (end = i; end < n && ifs[end].head.a == ifs[i].head.a; end++) {
			ifs[end].namespace = at;
			if (used < VT_LEN(names) && VT_HAS(INTERFACE, &ifs[end], name))
				names[used++] = ifs[end].name;
		}
		if (at < 0)
			continue;
		qsort(names, used, sizeof(*names), compare_names);
		text[0] = '\0';
		for (size_t k = 0, len = 0; k < used && len < sizeof(text); k++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
						k ? ", " : "", names[k]);
		VT_SET(NAMESPACE, &ns[at], interfaces,
		       end - i > used
			       ? vt_arena_printf(s->arena, "%s and %zu more", text, end - i - used)
			       : vt_arena_intern(s->arena, text));
	}
}

static void relate_parameters(struct vt_snapshot *s)
{
	size_t n;
	struct vt_parameter *params = rows(s, VT_KIND_PARAMETER, &n);

	for (size_t i = 0; i < n; i++)
		params[i].module = index_of(s, VT_KIND_MODULE, params[i].head.a, 0);
}

void vt_relate(struct vt_snapshot *s)
{
	relate_cgroups(s);
	relate_runs(s);
	relate_namespaces(s);
	relate_keepers(s);
	relate_processes(s);
	count_user_tasks(s);
	count_members(s);
	name_leaders(s);
	set_levels(s);
	vt_machines_relate(s);
	relate_interfaces(s);
	vt_wiring_derive(s);
	vt_namespace_words(s);
	relate_parameters(s);
}
