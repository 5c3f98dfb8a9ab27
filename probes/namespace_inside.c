/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One reader for each type. Files of a process tell about user, pid, mnt and
 * time namespaces; uts, ipc, net and cgroup namespaces have to be entered:
 * uname(2), /proc/sysvipc and sock_diag(7) answer for the namespaces of the
 * thread that asks, and a cgroup path is relative to the asker's root.
 */
#include "namespace_inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../src/metric.h"
#include "../src/text.h"
#include "net_ask.h"
#include "parse_ns.h"

/* linux/nsfs.h, since 6.11: a pid in the namespace as the caller's pid. */
#ifndef NS_GET_PID_FROM_PIDNS
#define NS_GET_PID_FROM_PIDNS _IOR(0xb7, 0x6, int)
#endif

enum {
	TEXT_SIZE = 65536,
	ROUTES_MOST = 10000,
	SOCKETS_MOST = 200000,
	STATE_ESTABLISHED = 1, /* TCP_ESTABLISHED and TCP_LISTEN of include/net/tcp_states.h */
	STATE_LISTEN = 10,
};
static const size_t mounts_limit = 8u << 20;

static const bool enters[VT_NS_TYPES] = {
	[VT_NS_NET] = true, [VT_NS_UTS] = true, [VT_NS_IPC] = true, [VT_NS_CGROUP] = true
};

bool vt_insider_enters(enum vt_ns_type type)
{
	return enters[type];
}

/* Facts. */

static void add_number(struct vt_facts *f, int metric, double number)
{
	VT_GROW(f->list, f->n, f->cap);
	f->list[f->n++] = (struct vt_fact){ metric, number, NULL };
}

static void add_text(struct vt_facts *f, int metric, const char *text)
{
	VT_GROW(f->list, f->n, f->cap);
	f->list[f->n++] = (struct vt_fact){ metric, 0, vt_strdup(text) };
}

void vt_facts_clear(struct vt_facts *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->list[i].text);
	free(f->list);
	*f = (struct vt_facts){ 0 };
}

void vt_facts_set(const struct vt_facts *f, struct vt_namespace *row,
		  const char *(*intern)(void *arg, const char *text), void *arg)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct vt_fact *fact = &f->list[i];
		const struct vt_metric *m = &vt_kinds[VT_KIND_NAMESPACE].metrics[fact->metric];
		void *field = (char *)row + m->offset;

		if (fact->text)
			*(const char **)field = intern(arg, fact->text);
		else if (m->real)
			*(double *)field = fact->number;
		else
			*(uint64_t *)field = (uint64_t)fact->number;
		vt_valid_set(&row->head, (unsigned)fact->metric);
	}
}

/* Going in and coming back. */

void vt_insider_init(struct vt_insider *in, const struct vt_host *host)
{
	char path[48];

	*in = (struct vt_insider){ .host = host, .text = vt_alloc(TEXT_SIZE) };
	for (int t = 0; t < VT_NS_TYPES; t++) {
		(void)snprintf(path, sizeof(path), "/proc/thread-self/ns/%s", vt_ns_names[t]);
		in->own[t] = enters[t] && host->proc_live ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	}
}

void vt_insider_finish(struct vt_insider *in)
{
	for (int t = 0; t < VT_NS_TYPES; t++)
		vt_closep(&in->own[t]);
	vt_idmap_finish(&in->points);
	free(in->text);
}

static bool is_same(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_ino == y.st_ino &&
	       x.st_dev == y.st_dev;
}

int vt_insider_enter(struct vt_insider *in, enum vt_ns_type type, int fd)
{
	if (in->lost || in->own[type] < 0)
		return -EPERM;
	if (fd < 0)
		return fd;
	if (is_same(fd, in->own[type]))
		return 0;
	if (setns(fd, vt_ns_clone_flags[type]) < 0)
		return -errno;
	in->away = true;
	return 0;
}

void vt_insider_leave(struct vt_insider *in, enum vt_ns_type type)
{
	if (!in->away)
		return;
	in->away = false;
	in->lost |= setns(in->own[type], vt_ns_clone_flags[type]) < 0;
}

static bool read_file(struct vt_insider *in, uint64_t pid, const char *file)
{
	char path[64];
	ssize_t n;

	if (!pid)
		return false;
	(void)snprintf(path, sizeof(path), "%u/%s", (unsigned)pid, file);
	n = vt_host_read(in->host->proc, path, in->text, TEXT_SIZE);
	return n > 0 || n == -EFBIG;
}

/* Readers by type. */

static void read_map(struct vt_insider *in, uint64_t pid, const char *file, int metric,
		     struct vt_facts *ret)
{
	char line[2048];

	if (read_file(in, pid, file) && vt_parse_id_map_line(in->text, line, sizeof(line)))
		add_text(ret, metric, line);
}

static void read_user(struct vt_insider *in, uint64_t pid, int fd, struct vt_facts *ret)
{
	struct vt_id_range r;
	const char *cursor;
	uint64_t root;
	double mapped = 0;
	struct vt_slice word;

	(void)fd;
	if (read_file(in, pid, "uid_map")) {
		for (cursor = in->text; vt_parse_id_map(&cursor, &r);)
			mapped += (double)r.count;
		add_number(ret, VT_NAMESPACE_mapped_uids, mapped);
		if (vt_parse_id_outside(in->text, 0, &root))
			add_number(ret, VT_NAMESPACE_root_uid, (double)root);
	}
	read_map(in, pid, "uid_map", VT_NAMESPACE_uid_map, ret);
	read_map(in, pid, "gid_map", VT_NAMESPACE_gid_map, ret);
	if (read_file(in, pid, "setgroups")) {
		word = vt_parse_trim(in->text);
		in->text[word.n] = '\0';
		add_text(ret, VT_NAMESPACE_setgroups, in->text);
	}
}

static void read_pid(struct vt_insider *in, uint64_t pid, int fd, struct vt_facts *ret)
{
	uint64_t last;
	bool ours = in->host->is_self && !in->host->foreign_pids;
	int init = fd < 0 || !ours ? -1 : ioctl(fd, NS_GET_PID_FROM_PIDNS, 1);

	if (init <= 0 && read_file(in, pid, "status") && vt_parse_nspid_last(in->text, &last) &&
	    last == 1)
		init = (int)pid;
	if (init > 0)
		add_number(ret, VT_NAMESPACE_init_pid, init);
}

static uint64_t point_key(struct vt_slice point)
{
	return vt_hash_bytes(point.at, point.n);
}

/* NULL: it cannot be read. */
static char *read_mounts(const struct vt_insider *in, uint64_t pid)
{
	char path[40], *text = NULL;

	(void)snprintf(path, sizeof(path), "%u/mountinfo", (unsigned)pid);
	if (pid && vt_host_read_all(in->host->proc, path, mounts_limit, &text) > 0)
		return text;
	free(text);
	return NULL;
}

void vt_insider_set_initial(struct vt_insider *in, uint64_t pid)
{
	vt_autofree char *text = read_mounts(in, pid);
	const char *cursor;
	struct vt_mount m;

	/* A kernel thread may have no such file in a recorded tree. */
	if (!text)
		text = read_mounts(in, 1);
	cursor = text;
	vt_idmap_clear(&in->points);
	while (text && vt_parse_mount(&cursor, &m))
		vt_idmap_put(&in->points, point_key(m.point), 0);
}

static void add_root(struct vt_facts *ret, const struct vt_mount *m)
{
	char type[64];
	uint64_t layers;

	(void)snprintf(type, sizeof(type), "%.*s", (int)m->type.n, m->type.at);
	add_text(ret, VT_NAMESPACE_root_fs, type);
	add_number(ret, VT_NAMESPACE_root_read_only,
		   vt_parse_has_option(m->flags, "ro") || vt_parse_has_option(m->options, "ro"));
	add_text(ret, VT_NAMESPACE_propagation, vt_parse_propagation(m->tags));
	if (vt_slice_is(m->type, "overlay") && vt_parse_overlay(m->options, &layers))
		add_number(ret, VT_NAMESPACE_overlay_layers, (double)layers);
}

/* The last mount at "/" covers those before it. */
static void read_mnt(struct vt_insider *in, uint64_t pid, int fd, struct vt_facts *ret)
{
	vt_autofree char *text = read_mounts(in, pid);
	const char *cursor = text;
	struct vt_mount m, root;
	double n = 0, own = 0;
	bool has_root = false;

	(void)fd;
	while (text && vt_parse_mount(&cursor, &m)) {
		n++;
		own += vt_idmap_get(&in->points, point_key(m.point)) < 0;
		if (vt_slice_is(m.point, "/")) {
			root = m;
			has_root = true;
		}
	}
	if (!text)
		return;
	add_number(ret, VT_NAMESPACE_mounts, n);
	if (in->points.n)
		add_number(ret, VT_NAMESPACE_own_mounts, own);
	if (has_root)
		add_root(ret, &root);
}

struct socket_counts {
	double listening, connected, all;
};

static void count_socket(const struct inet_diag_msg *m, void *arg)
{
	struct socket_counts *c = arg;

	c->listening += m->idiag_state == STATE_LISTEN;
	c->connected += m->idiag_state == STATE_ESTABLISHED;
	c->all++;
}

static void count_route(const struct rtmsg *m, struct nlattr **attrs, void *arg)
{
	(void)m;
	(void)attrs;
	(*(double *)arg)++;
}

/*
 * A dump walks the tables of all namespaces, which takes a millisecond; the
 * counters of this one say whether there is anything to find.
 */
static bool count_in_use(const struct vt_insider *in, uint64_t *ret_tcp, uint64_t *ret_udp)
{
	char v4[1024], v6[1024] = "";
	uint64_t tcp6 = 0, udp6 = 0;

	if (vt_host_read(in->host->proc, "thread-self/net/sockstat", v4, sizeof(v4)) <= 0 ||
	    !vt_parse_sockstat(v4, "TCP:", ret_tcp) || !vt_parse_sockstat(v4, "UDP:", ret_udp))
		return false;
	if (vt_host_read(in->host->proc, "thread-self/net/sockstat6", v6, sizeof(v6)) > 0) {
		(void)vt_parse_sockstat(v6, "TCP6:", &tcp6);
		(void)vt_parse_sockstat(v6, "UDP6:", &udp6);
	}
	*ret_tcp += tcp6;
	*ret_udp += udp6;
	return true;
}

static void read_net(struct vt_insider *in, uint64_t pid, int fd, struct vt_facts *ret)
{
	struct socket_counts tcp = { 0 }, udp = { 0 };
	uint64_t tcp_used = 1, udp_used = 1;
	double routes = 0;

	(void)pid;
	(void)fd;
	(void)count_in_use(in, &tcp_used, &udp_used);
	if (!tcp_used || vt_net_sockets(IPPROTO_TCP, SOCKETS_MOST, count_socket, &tcp) == 0) {
		add_number(ret, VT_NAMESPACE_listening, tcp.listening);
		add_number(ret, VT_NAMESPACE_connected, tcp.connected);
	}
	if (!udp_used || vt_net_sockets(IPPROTO_UDP, SOCKETS_MOST, count_socket, &udp) == 0)
		add_number(ret, VT_NAMESPACE_udp_sockets, udp.all);
	if (vt_net_routes(ROUTES_MOST, count_route, &routes) == 0)
		add_number(ret, VT_NAMESPACE_routes, routes);
}

static void read_uts(struct vt_insider *in, uint64_t pid, int fd, struct vt_facts *ret)
{
	struct utsname u;

	(void)in;
	(void)pid;
	(void)fd;
	if (uname(&u) < 0)
		return;
	add_text(ret, VT_NAMESPACE_hostname, u.nodename);
	/* The kernel's word for a domain name that nobody has set. */
	if (u.domainname[0] && strcmp(u.domainname, "(none)") != 0)
		add_text(ret, VT_NAMESPACE_domain, u.domainname);
}

static void count_ipc(struct vt_insider *in, const char *file, const char *column, int rows_metric,
		      int sum_metric, struct vt_facts *ret)
{
	vt_autofree char *text = NULL;
	uint64_t rows, sum;

	if (vt_host_read_all(in->host->proc, file, mounts_limit, &text) <= 0 ||
	    !vt_parse_sysvipc(text, column, &rows, &sum))
		return;
	add_number(ret, rows_metric, (double)rows);
	if (column)
		add_number(ret, sum_metric, (double)sum);
}

/* mq_overview(7): the file system of queues is the namespace's; this mount is nowhere. */
static void count_posix_queues(struct vt_facts *ret)
{
	vt_autoclose int fs = fsopen("mqueue", FSOPEN_CLOEXEC);
	vt_autoclosedir DIR *d = NULL;
	const struct dirent *e;
	int dir, mount;
	double n = 0;

	if (fs < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return;
	mount = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	dir = mount < 0 ? -1 : openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	vt_closep(&mount);
	d = dir < 0 ? NULL : fdopendir(dir);
	if (!d) {
		vt_closep(&dir);
		return;
	}
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	add_number(ret, VT_NAMESPACE_posix_queues, n);
}

static void read_ipc(struct vt_insider *in, uint64_t pid, int fd, struct vt_facts *ret)
{
	(void)pid;
	(void)fd;
	count_ipc(in, "sysvipc/shm", "size", VT_NAMESPACE_shm_segments, VT_NAMESPACE_shm_bytes,
		  ret);
	count_ipc(in, "sysvipc/sem", NULL, VT_NAMESPACE_semaphore_sets, -1, ret);
	count_ipc(in, "sysvipc/msg", NULL, VT_NAMESPACE_message_queues, -1, ret);
	count_posix_queues(ret);
}

static bool read_cgroup_path(struct vt_insider *in, uint64_t pid, char *out, size_t size)
{
	struct vt_slice path;

	if (!read_file(in, pid, "cgroup") || !vt_parse_cgroup_v2(in->text, &path) || path.n >= size)
		return false;
	(void)snprintf(out, size, "%.*s", (int)path.n, path.at);
	return true;
}

/* Called inside; the path from outside is read after coming back. */
static void read_cgroup(struct vt_insider *in, uint64_t pid, int fd, struct vt_facts *ret)
{
	char inside[4096], outside[4096], root[4096];

	if (!read_cgroup_path(in, pid, inside, sizeof(inside)))
		return;
	vt_insider_leave(in, VT_NS_CGROUP);
	if (read_cgroup_path(in, pid, outside, sizeof(outside)) &&
	    vt_parse_cgroup_root((struct vt_slice){ outside, strlen(outside) },
				 (struct vt_slice){ inside, strlen(inside) }, root, sizeof(root)))
		add_text(ret, VT_NAMESPACE_cgroup_root, root);
	(void)vt_insider_enter(in, VT_NS_CGROUP, fd);
}

static void read_time(struct vt_insider *in, uint64_t pid, int fd, struct vt_facts *ret)
{
	static const struct {
		const char *clock;
		int metric;
	} clocks[] = { { "monotonic", VT_NAMESPACE_monotonic_offset },
		       { "boottime", VT_NAMESPACE_boottime_offset } };
	double seconds;

	(void)fd;
	if (!read_file(in, pid, "timens_offsets"))
		return;
	for (size_t i = 0; i < VT_LEN(clocks); i++)
		if (vt_parse_time_offset(in->text, clocks[i].clock, &seconds))
			add_number(ret, clocks[i].metric, seconds);
}

static void (*const readers[VT_NS_TYPES])(struct vt_insider *in, uint64_t pid, int fd,
					  struct vt_facts *ret) = {
	[VT_NS_MNT] = read_mnt,       [VT_NS_PID] = read_pid,   [VT_NS_NET] = read_net,
	[VT_NS_UTS] = read_uts,       [VT_NS_IPC] = read_ipc,   [VT_NS_USER] = read_user,
	[VT_NS_CGROUP] = read_cgroup, [VT_NS_TIME] = read_time,
};

void vt_insider_read(struct vt_insider *in, enum vt_ns_type type, uint64_t pid, int fd,
		     struct vt_facts *ret)
{
	int r;

	if (!enters[type]) {
		readers[type](in, pid, fd, ret);
		return;
	}
	if (!in->host->proc_live)
		return;
	r = vt_insider_enter(in, type, fd);
	if (r < 0) {
		ret->error = -r;
		return;
	}
	readers[type](in, pid, fd, ret);
	vt_insider_leave(in, type);
}
