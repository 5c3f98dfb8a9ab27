/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over everything that can keep a namespace beside a process' own
 * links (namespaces(7), "Namespace lifetime"): links of threads and for future
 * children, descriptors, mounts of nsfs in every mount namespace that some
 * process is in, network namespaces of sockets (SIOCGSKNS, netdevice(7), on a
 * copy of the socket by pidfd_getfd(2)). What is found is opened once and asked
 * for its relatives, up to the initial ones.
 */
#include "namespace_sources.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sockios.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../src/text.h"
#include "namespace_listns.h"
#include "parse_proc.h"

enum {
	SOCKETS_A_PASS = 20000,
	DEPTH_LIMIT = 40, /* the kernel nests pid and user namespaces at most 32 deep */
};
static const size_t mounts_limit = 8u << 20;
/* Far beyond what a host has, so that a pass ends and its result stays small. */
static const size_t sightings_limit = 200000;

const char *const vt_keep_names[] = {
	[VT_KEEP_PROCESS] = "process",       [VT_KEEP_THREAD] = "thread",
	[VT_KEEP_DESCRIPTOR] = "descriptor", [VT_KEEP_BIND] = "bind",
	[VT_KEEP_SOCKET] = "socket",         [VT_KEEP_CHILD] = "child",
	[VT_KEEP_LISTED] = "listed",
};

enum vt_keep vt_keep_find(const char *name)
{
	for (size_t i = 0; name && i < VT_LEN(vt_keep_names); i++)
		if (strcmp(vt_keep_names[i], name) == 0)
			return (enum vt_keep)i;
	return VT_KEEP_CHILD;
}

struct pass {
	const struct vt_host *host;
	struct vt_sightings *out;
	const atomic_bool *quit;
	bool deep;
	char self[24]; /* our own pid as this procfs calls it: what we hold is no news */
	uint64_t nsfs; /* its device; 0 unknown */
	unsigned sockets;
	struct vt_idmap mounts; /* mount namespaces whose mounts were read */
};

/* A process of the pass. Its own links are read when they are first asked for. */
struct subject {
	const char *pid;
	bool has_own;
	uint32_t own[VT_NS_TYPES];
	int pidfd;
};

static ssize_t read_link(int dir, const char *name, char *text, size_t size)
{
	ssize_t n = readlinkat(dir, name, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
	return n;
}

static bool parse_link(const char *text, enum vt_ns_type *ret_type, uint32_t *ret_inode)
{
	struct vt_slice type;
	uint64_t inode;
	int t;

	if (!vt_parse_ns_link((struct vt_slice){ text, strlen(text) }, &type, &inode) || !inode ||
	    inode > UINT32_MAX)
		return false;
	t = vt_ns_type_of(type);
	if (t < 0)
		return false;
	*ret_type = (enum vt_ns_type)t;
	*ret_inode = (uint32_t)inode;
	return true;
}

static void sight(struct pass *p, enum vt_ns_type type, uint32_t inode, enum vt_keep how,
		  const char *link, char *where)
{
	struct vt_sightings *s = p->out;
	int32_t times = vt_idmap_get(&s->times, inode);

	times = times < 0 ? 0 : times;
	vt_idmap_put(&s->times, inode, times + 1);
	if (times >= VT_KEEPERS_MOST || s->n >= sightings_limit) {
		free(where);
		return;
	}
	VT_GROW(s->list, s->n, s->cap);
	s->list[s->n++] = (struct vt_sighting){ type, inode, how, where,
						link ? vt_strdup(link) : NULL };
}

static int open_dir(const struct pass *p, const char *pid, const char *name)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%.16s/%.40s", pid, name);
	return vt_host_openat(p->host->proc, path, O_RDONLY | O_DIRECTORY);
}

static void read_own(const struct pass *p, struct subject *sub)
{
	vt_autoclose int dir = -1;
	enum vt_ns_type type;
	uint32_t inode;
	char link[64];

	if (sub->has_own)
		return;
	sub->has_own = true;
	dir = open_dir(p, sub->pid, "ns");
	for (int t = 0; dir >= 0 && t < VT_NS_TYPES; t++)
		if (read_link(dir, vt_ns_names[t], link, sizeof(link)) > 0 &&
		    parse_link(link, &type, &inode))
			sub->own[t] = inode;
}

/* pid_namespaces(7), time_namespaces(7): where children will be, before there are any. */
static void see_children(struct pass *p, const char *owner, int ns_dir, enum vt_keep how)
{
	static const struct {
		const char *link, *own;
	} links[] = { { "pid_for_children", "pid" }, { "time_for_children", "time" } };
	enum vt_ns_type type;
	uint32_t inode;
	char link[64], own[64];

	for (size_t i = 0; i < VT_LEN(links); i++)
		if (read_link(ns_dir, links[i].link, link, sizeof(link)) > 0 &&
		    (read_link(ns_dir, links[i].own, own, sizeof(own)) <= 0 ||
		     strcmp(link, own) != 0) &&
		    parse_link(link, &type, &inode))
			sight(p, type, inode, how, link,
			      vt_asprintf("/proc/%s/ns/%s", owner, links[i].link));
}

static void see_thread(struct pass *p, const struct subject *sub, const char *thread)
{
	vt_autoclose int dir = -1;
	enum vt_ns_type type;
	uint32_t inode;
	char link[64], path[48];

	(void)snprintf(path, sizeof(path), "task/%.16s/ns", thread);
	dir = open_dir(p, sub->pid, path);
	for (int t = 0; dir >= 0 && t < VT_NS_TYPES; t++)
		if (read_link(dir, vt_ns_names[t], link, sizeof(link)) > 0 &&
		    parse_link(link, &type, &inode) && inode != sub->own[t])
			sight(p, type, inode, VT_KEEP_THREAD, link,
			      vt_asprintf("/proc/%s/task/%s", sub->pid, thread));
	(void)snprintf(path, sizeof(path), "%.16s/task/%.16s", sub->pid, thread);
	if (dir >= 0)
		see_children(p, path, dir, VT_KEEP_THREAD);
}

static bool is_number(const char *name)
{
	return name[0] >= '0' && name[0] <= '9';
}

static DIR *list(struct pass *p, const char *pid, const char *name)
{
	char path[64];
	DIR *d;

	(void)snprintf(path, sizeof(path), "%.16s/%.40s", pid, name);
	d = vt_host_opendir(p->host->proc, path);
	/* The names of threads are no secret, so that a process is counted once. */
	if (!d && (errno == EACCES || errno == EPERM) && strcmp(name, "fd") == 0) {
		p->out->refused++;
		p->out->refused_errno = errno;
	}
	return d;
}

static void see_threads(struct pass *p, struct subject *sub)
{
	vt_autoclosedir DIR *d = list(p, sub->pid, "task");
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		if (!is_number(e->d_name) || strcmp(e->d_name, sub->pid) == 0)
			continue;
		read_own(p, sub);
		see_thread(p, sub, e->d_name);
	}
}

static int number(const char *name)
{
	return (int)strtol(name, NULL, 10);
}

/*
 * The network namespace of somebody's socket, on a copy of it. The copy shares
 * the socket's state, so nothing is done with it but to ask.
 */
static int socket_namespace(int pidfd, int fd)
{
	vt_autoclose int copy = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);

	if (copy < 0)
		return -errno;
	fd = ioctl(copy, SIOCGSKNS);
	return fd < 0 ? -errno : fd;
}

static uint32_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? (uint32_t)st.st_ino : 0;
}

static void see_socket(struct pass *p, struct subject *sub, const char *fd, const char *link)
{
	vt_autoclose int ns = -1;
	uint32_t inode;

	if (!p->deep || p->sockets++ >= SOCKETS_A_PASS)
		return;
	if (sub->pidfd < 0)
		sub->pidfd = vt_host_pidfd(p->host, (uint64_t)number(sub->pid));
	if (sub->pidfd < 0)
		return;
	ns = socket_namespace(sub->pidfd, number(fd));
	inode = ns < 0 ? 0 : inode_of(ns);
	read_own(p, sub);
	if (inode && inode != sub->own[VT_NS_NET])
		sight(p, VT_NS_NET, inode, VT_KEEP_SOCKET, link,
		      vt_asprintf("/proc/%s/fd/%s", sub->pid, fd));
}

static int type_of_fd(int fd)
{
	int flag = ioctl(fd, NS_GET_NSTYPE);

	for (int t = 0; flag > 0 && t < VT_NS_TYPES; t++)
		if (vt_ns_clone_flags[t] == flag)
			return t;
	return -1;
}

/* A namespace that was opened at a bind mount shows that path; the device tells what it is. */
static void see_path(struct pass *p, const struct subject *sub, int dir, const char *fd,
		     const char *link)
{
	vt_autoclose int ns = -1;
	struct statx st;
	int type;

	/* The file may be on a network file system that hangs: ask for what is known already. */
	if (!p->deep || !p->nsfs ||
	    statx(dir, fd, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_INO, &st) < 0 ||
	    makedev(st.stx_dev_major, st.stx_dev_minor) != p->nsfs)
		return;
	ns = openat(dir, fd, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	type = ns < 0 ? -1 : type_of_fd(ns);
	if (type >= 0)
		sight(p, (enum vt_ns_type)type, (uint32_t)st.stx_ino, VT_KEEP_DESCRIPTOR, link,
		      vt_asprintf("/proc/%s/fd/%s", sub->pid, fd));
}

static void see_descriptor(struct pass *p, struct subject *sub, int dir, const char *fd)
{
	enum vt_ns_type type;
	uint32_t inode;
	char link[256];

	if (read_link(dir, fd, link, sizeof(link)) <= 0)
		return;
	if (link[0] == '/')
		see_path(p, sub, dir, fd, link);
	else if (strncmp(link, "socket:[", 8) == 0)
		see_socket(p, sub, fd, link);
	else if (parse_link(link, &type, &inode))
		sight(p, type, inode, VT_KEEP_DESCRIPTOR, link,
		      vt_asprintf("/proc/%s/fd/%s", sub->pid, fd));
}

static void see_descriptors(struct pass *p, struct subject *sub)
{
	vt_autoclosedir DIR *d = list(p, sub->pid, "fd");
	const struct dirent *e;

	while (d && (e = readdir(d)))
		if (is_number(e->d_name))
			see_descriptor(p, sub, dirfd(d), e->d_name);
}

static void see_mount(struct pass *p, const struct subject *sub, const struct vt_mount *m)
{
	char root[64], where[4096];
	enum vt_ns_type type;
	uint32_t inode;

	if (!vt_slice_is(m->type, "nsfs") || !vt_parse_unescape(m->root, root, sizeof(root)) ||
	    !parse_link(root, &type, &inode) || !vt_parse_unescape(m->point, where, sizeof(where)))
		return;
	sight(p, type, inode, VT_KEEP_BIND, NULL, vt_asprintf("/proc/%s/root%s", sub->pid, where));
}

/* The mounts of each mount namespace once, through the first process that is in it. */
static void see_mounts(struct pass *p, const struct subject *sub, int ns_dir)
{
	vt_autofree char *text = NULL;
	struct vt_mount m;
	enum vt_ns_type type;
	const char *cursor;
	uint32_t inode;
	char path[40], link[64];

	if (read_link(ns_dir, "mnt", link, sizeof(link)) <= 0 || !parse_link(link, &type, &inode) ||
	    vt_idmap_get(&p->mounts, inode) >= 0)
		return;
	(void)snprintf(path, sizeof(path), "%.16s/mountinfo", sub->pid);
	if (vt_host_read_all(p->host->proc, path, mounts_limit, &text) <= 0)
		return;
	vt_idmap_put(&p->mounts, inode, 0);
	for (cursor = text; vt_parse_mount(&cursor, &m);)
		see_mount(p, sub, &m);
}

static void see_process(struct pass *p, const char *pid)
{
	struct subject sub = { .pid = pid, .pidfd = -1 };
	vt_autoclose int ns_dir = open_dir(p, pid, "ns");

	if (ns_dir >= 0) {
		see_mounts(p, &sub, ns_dir);
		see_children(p, pid, ns_dir, VT_KEEP_PROCESS);
	}
	see_threads(p, &sub);
	if (strcmp(pid, p->self) != 0)
		see_descriptors(p, &sub);
	vt_closep(&sub.pidfd);
}

/* Relatives. */

static void know(struct pass *p, enum vt_ns_type type, uint32_t inode, int fd, int depth);

static void know_relative(struct pass *p, enum vt_ns_type type, uint32_t inode, int fd, int depth)
{
	if (fd >= 0 && inode && depth < DEPTH_LIMIT)
		know(p, type, inode, fd, depth + 1);
	vt_closep(&fd);
}

static void know(struct pass *p, enum vt_ns_type type, uint32_t inode, int fd, int depth)
{
	struct vt_sightings *s = p->out;
	struct vt_ns_relations rel;

	if (vt_idmap_get(&s->known_index, inode) >= 0)
		return;
	vt_ns_ask(fd, type, &rel);
	vt_idmap_put(&s->known_index, inode, (int32_t)s->n_known);
	VT_GROW(s->known, s->n_known, s->cap_known);
	s->known[s->n_known] = (struct vt_ns_known){ type, inode, rel };
	s->known[s->n_known].rel.parent_fd = s->known[s->n_known].rel.owner_fd = -1;
	s->n_known++;
	know_relative(p, type, rel.parent, rel.parent_fd, depth);
	know_relative(p, VT_NS_USER, rel.owner, rel.owner_fd, depth);
}

/*
 * The mounts of a mount namespace that no process is in can only be seen from
 * inside. A thread of its own goes there, since whoever enters a mount namespace
 * gets another root (setns(2)), and stays until it ends.
 */
struct visit {
	struct pass *pass;
	uint32_t inode;
	int fd;
};

static void see_inner_mount(struct pass *p, uint32_t mnt, const struct vt_mount *m)
{
	char root[64], point[4096];
	vt_autoclose int fd = -1;
	enum vt_ns_type type;
	uint32_t inode;

	if (!vt_slice_is(m->type, "nsfs") || !vt_parse_unescape(m->root, root, sizeof(root)) ||
	    !parse_link(root, &type, &inode) || !vt_parse_unescape(m->point, point, sizeof(point)))
		return;
	sight(p, type, inode, VT_KEEP_BIND, NULL, vt_asprintf("%s in mnt %u", point, mnt));
	fd = open(point, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0 && inode_of(fd) == inode)
		know(p, type, inode, fd, 0);
}

static void *visit_mounts(void *arg)
{
	struct visit *v = arg;
	vt_autofree char *text = NULL;
	struct vt_mount m;
	const char *cursor;

	if (unshare(CLONE_FS) < 0 || setns(v->fd, CLONE_NEWNS) < 0 ||
	    vt_host_read_all(v->pass->host->proc, "thread-self/mountinfo", mounts_limit, &text) <=
		    0)
		return NULL;
	for (cursor = text; vt_parse_mount(&cursor, &m);)
		see_inner_mount(v->pass, v->inode, &m);
	return NULL;
}

static void see_inside(struct pass *p, uint32_t inode, int fd)
{
	struct visit v = { p, inode, fd };
	pthread_t thread;

	if (vt_idmap_get(&p->mounts, inode) >= 0)
		return;
	vt_idmap_put(&p->mounts, inode, 0);
	if (pthread_create(&thread, NULL, visit_mounts, &v) == 0)
		(void)pthread_join(thread, NULL);
}

/* The list grows while mounts are found inside mounts. */
static void know_all(struct pass *p)
{
	for (size_t i = 0; i < p->out->n && !*p->quit; i++) {
		const struct vt_sighting s = p->out->list[i];
		vt_autoclose int fd = -1;

		if (s.type != VT_NS_MNT && vt_idmap_get(&p->out->known_index, s.inode) >= 0)
			continue;
		fd = vt_ns_open_where(p->host, s.how, s.where, s.type, s.inode);
		if (fd < 0)
			continue;
		know(p, s.type, s.inode, fd, 0);
		if (s.type == VT_NS_MNT)
			see_inside(p, s.inode, fd);
	}
}

/* Paths below /proc are of the procfs that is looked at, whatever is mounted here. */
static int open_path(const struct vt_host *host, const char *path)
{
	int fd;

	if (strncmp(path, "/proc/", 6) != 0)
		return vt_host_openat(host->root, path, O_RDONLY | O_NONBLOCK);
	/* Magic links, which vt_host_openat refuses; what they lead to is checked. */
	fd = openat(host->proc, path + 6, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* "listns 4711" */
static int open_listed(const char *where)
{
	unsigned long long id;

	return sscanf(where, "listns %llu", &id) == 1 ? vt_listns_open(id) : -EINVAL;
}

static int open_socket(const struct vt_host *host, const char *where)
{
	vt_autoclose int pidfd = -1;
	int pid, fd;

	if (sscanf(where, "/proc/%d/fd/%d", &pid, &fd) != 2)
		return -EINVAL;
	pidfd = vt_host_pidfd(host, (uint64_t)pid);
	return pidfd < 0 ? pidfd : socket_namespace(pidfd, fd);
}

int vt_ns_open_where(const struct vt_host *host, enum vt_keep how, const char *where,
		     enum vt_ns_type type, uint32_t inode)
{
	vt_autofree char *path = NULL;
	struct stat st;
	int fd;

	if (!host->proc_live || how == VT_KEEP_CHILD)
		return -EOPNOTSUPP;
	if (how == VT_KEEP_THREAD || how == VT_KEEP_PROCESS)
		path = strstr(where, "/ns/") ? vt_strdup(where)
					     : vt_asprintf("%s/ns/%s", where, vt_ns_names[type]);
	fd = how == VT_KEEP_SOCKET   ? open_socket(host, where)
	     : how == VT_KEEP_LISTED ? open_listed(where)
				     : open_path(host, path ? path : where);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) == 0 && st.st_ino == inode)
		return fd;
	(void)close(fd);
	return -ESRCH;
}

bool vt_sighting_holds(const struct vt_host *host, const struct vt_sighting *s)
{
	char path[96], link[256];

	if (!s->link || strncmp(s->where, "/proc/", 6) != 0)
		return true;
	(void)snprintf(path, sizeof(path), "%.64s%s%s", s->where + 6,
		       s->how == VT_KEEP_THREAD && !strstr(s->where, "/ns/") ? "/ns/" : "",
		       s->how == VT_KEEP_THREAD && !strstr(s->where, "/ns/") ? vt_ns_names[s->type]
									     : "");
	return read_link(host->proc, path, link, sizeof(link)) > 0 && strcmp(link, s->link) == 0;
}

/* The mounts that every scan reads anyway, namespace.c. */
static void skip_known_mounts(struct pass *p)
{
	char link[64];
	enum vt_ns_type type;
	uint32_t inode;

	if (read_link(p->host->proc, p->host->is_self ? "self/ns/mnt" : "1/ns/mnt", link,
		      sizeof(link)) > 0 &&
	    parse_link(link, &type, &inode))
		vt_idmap_put(&p->mounts, inode, 0);
}

/* One that no other source of this pass has shown; those of processes fall out later. */
static void see_listed(void *arg, uint64_t id)
{
	struct pass *p = arg;
	vt_autoclose int fd = vt_listns_open(id);
	uint32_t inode = fd < 0 ? 0 : inode_of(fd);
	int type = fd < 0 ? -1 : type_of_fd(fd);

	if (!inode || type < 0 || vt_idmap_get(&p->out->times, inode) >= 0)
		return;
	know(p, (enum vt_ns_type)type, inode, fd, 0);
	sight(p, (enum vt_ns_type)type, inode, VT_KEEP_LISTED, NULL,
	      vt_asprintf("listns %llu", (unsigned long long)id));
}

static void find_self(struct pass *p)
{
	struct stat st;

	(void)read_link(p->host->proc, "self", p->self, sizeof(p->self));
	if (p->host->proc_live && stat("/proc/self/ns/net", &st) == 0)
		p->nsfs = st.st_dev;
}

/* What only a deep pass sees. */
static bool is_deep(const struct vt_sighting *s)
{
	return s->how == VT_KEEP_SOCKET ||
	       (s->how == VT_KEEP_DESCRIPTOR && s->link && s->link[0] == '/');
}

static void keep_deep(struct pass *p, const struct vt_sightings *before)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct vt_sighting *s = &before->list[i];

		if (is_deep(s) && vt_sighting_holds(p->host, s))
			sight(p, s->type, s->inode, s->how, s->link, vt_strdup(s->where));
	}
}

struct vt_sightings *vt_sightings_new(const struct vt_host *host, const struct vt_sightings *before,
				      bool own_mounts, const atomic_bool *quit)
{
	struct pass p = { .host = host,
			  .deep = !before && host->proc_live,
			  .quit = quit,
			  .out = vt_alloc(sizeof(*p.out)) };
	vt_autoclosedir DIR *d = vt_host_opendir(host->proc, ".");
	const struct dirent *e;

	find_self(&p);
	if (!own_mounts)
		skip_known_mounts(&p);
	while (d && !*quit && (e = readdir(d)))
		if (is_number(e->d_name))
			see_process(&p, e->d_name);
	if (before)
		keep_deep(&p, before);
	/* Old kernels know no list: then what was found is all that can be. */
	if (host->proc_live && host->is_self)
		(void)vt_listns(&vt_listns_kernel, see_listed, &p, quit);
	if (host->proc_live)
		know_all(&p);
	vt_idmap_finish(&p.mounts);
	return p.out;
}

void vt_sightings_free(struct vt_sightings *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++) {
		free(s->list[i].where);
		free(s->list[i].link);
	}
	free(s->list);
	free(s->known);
	vt_idmap_finish(&s->known_index);
	vt_idmap_finish(&s->times);
	free(s);
}

const struct vt_ns_known *vt_sightings_known(const struct vt_sightings *s, uint32_t inode)
{
	int32_t at = s ? vt_idmap_get(&s->known_index, inode) : -1;

	return at < 0 ? NULL : &s->known[at];
}
