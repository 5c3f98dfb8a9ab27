/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Details of the namespace that is selected, which its row has no room for:
 * maps in words, members with their pids inside, the tree of mounts and where it
 * differs from the host's, routes and sockets, IPC limits. Only its inode is
 * known here, so the way in is looked for: a process, a mount, or whatever else
 * keeps it (namespace_sources.c).
 */
#include "namespace_detail.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <string.h>

#include "../src/text.h"
#include "namespace_inside.h"
#include "namespace_sources.h"
#include "net_ask.h"
#include "parse_ns.h"

enum {
	MEMBERS_MOST = 40,
	MOUNTS_MOST = 200,
	OTHERS_MOST = 20, /* mounts that are only there; sockets; routes */
	DEPTH_MOST = 20,
	STATE_LISTEN = 10, /* TCP_LISTEN */
};
static const size_t text_limit = 8u << 20;

struct subject {
	const struct vt_host *host;
	struct vt_detail *d;
	uint32_t inode;
	enum vt_ns_type type;
	uint64_t pid; /* its first process; 0 without */
	int fd;       /* -1 */
};

static ssize_t read_pid_file(const struct subject *s, uint64_t pid, const char *file, char *text,
			     size_t size)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%u/%s", (unsigned)pid, file);
	return vt_host_read(s->host->proc, path, text, size);
}

/* Whether this process is in the namespace; which type it has. */
static bool is_in(const struct vt_host *host, const char *pid, uint64_t inode,
		  enum vt_ns_type *ret_type)
{
	char path[64], link[64];
	struct vt_slice type;
	uint64_t found;

	for (int t = 0; t < VT_NS_TYPES; t++) {
		ssize_t n;

		(void)snprintf(path, sizeof(path), "%.16s/ns/%s", pid, vt_ns_names[t]);
		n = readlinkat(host->proc, path, link, sizeof(link));
		if (n < 0 || !vt_parse_ns_link((struct vt_slice){ link, (size_t)n }, &type, &found))
			continue;
		if (found != inode)
			continue;
		*ret_type = (enum vt_ns_type)t;
		return true;
	}
	return false;
}

/* Calls fn for the processes of this procfs, by pid, until it says true. */
static void each_process(const struct vt_host *host, bool (*fn)(const char *pid, void *arg),
			 void *arg)
{
	vt_autoclosedir DIR *d = vt_host_opendir(host->proc, ".");
	const struct dirent *e;
	uint64_t pid;

	while (d && (e = readdir(d)))
		if (vt_parse_u64((struct vt_slice){ e->d_name, strlen(e->d_name) }, &pid) &&
		    fn(e->d_name, arg))
			return;
}

static bool find_first(const char *pid, void *arg)
{
	struct subject *s = arg;

	if (!is_in(s->host, pid, s->inode, &s->type))
		return false;
	s->pid = strtoull(pid, NULL, 10);
	return true;
}

/* Without a process: what else keeps it. */
static bool find_keeper(struct subject *s)
{
	static const atomic_bool never;
	struct vt_sightings *all = vt_sightings_new(s->host, NULL, true, &never);
	bool found = false;

	for (size_t i = 0; i < all->n && !found; i++) {
		const struct vt_sighting *one = &all->list[i];

		if (one->inode != s->inode)
			continue;
		s->type = one->type;
		s->fd = vt_ns_open_where(s->host, one->how, one->where, one->type, one->inode);
		vt_detail_add(s->d, "opened through", "%s", one->where);
		found = true;
	}
	vt_sightings_free(all);
	return found;
}

static void add_file(const struct subject *s, const char *file, const char *label)
{
	char text[8192];
	const char *cursor = text;
	struct vt_slice line;

	if (!s->pid || read_pid_file(s, s->pid, file, text, sizeof(text)) <= 0)
		return;
	while (vt_parse_line(&cursor, &line))
		vt_detail_add(s->d, label, "%.*s", (int)line.n, line.at);
}

/* user */

static void add_map(const struct subject *s, const char *file, const char *what)
{
	char text[8192];
	const char *cursor = text;
	struct vt_id_range r;

	if (!s->pid || read_pid_file(s, s->pid, file, text, sizeof(text)) <= 0)
		return;
	while (vt_parse_id_map(&cursor, &r))
		if (r.count == 1)
			vt_detail_add(s->d, what, "%llu inside is %llu here",
				      (unsigned long long)r.inside, (unsigned long long)r.outside);
		else
			vt_detail_add(s->d, what, "%llu to %llu inside are %llu to %llu here",
				      (unsigned long long)r.inside,
				      (unsigned long long)(r.inside + r.count - 1),
				      (unsigned long long)r.outside,
				      (unsigned long long)(r.outside + r.count - 1));
}

static void add_status_line(const struct subject *s, const char *key, const char *label)
{
	char text[8192];
	struct vt_slice value;

	if (s->pid && read_pid_file(s, s->pid, "status", text, sizeof(text)) > 0 &&
	    vt_parse_status_line(text, key, &value))
		vt_detail_add(s->d, label, "%.*s", (int)value.n, value.at);
}

static void tell_user(struct subject *s)
{
	add_map(s, "uid_map", "uid");
	add_map(s, "gid_map", "gid");
	add_file(s, "setgroups", "setgroups");
	add_status_line(s, "CapEff:", "capabilities of its first process in it");
}

/* pid */

struct members {
	struct subject *s;
	unsigned n;
};

static bool add_member(const char *pid, void *arg)
{
	struct members *m = arg;
	char path[48], link[64], text[8192], ids[128];
	struct vt_slice type, name = { "?", 1 };
	uint64_t inode;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%.16s/ns/pid", pid);
	n = readlinkat(m->s->host->proc, path, link, sizeof(link));
	if (n < 0 || !vt_parse_ns_link((struct vt_slice){ link, (size_t)n }, &type, &inode) ||
	    inode != m->s->inode)
		return false;
	if (read_pid_file(m->s, strtoull(pid, NULL, 10), "status", text, sizeof(text)) <= 0 ||
	    !vt_parse_nspids(text, ids, sizeof(ids)))
		return false;
	(void)vt_parse_status_line(text, "Name:", &name);
	vt_detail_add(m->s->d, m->n ? "" : "pids, outside > inside", "%s  %.*s", ids, (int)name.n,
		      name.at);
	return ++m->n >= MEMBERS_MOST;
}

/* mnt */

static char *read_mounts(const struct subject *s, uint64_t pid)
{
	char path[40], *text = NULL;

	(void)snprintf(path, sizeof(path), "%u/mountinfo", (unsigned)pid);
	return vt_host_read_all(s->host->proc, path, text_limit, &text) > 0 ? text : NULL;
}

static void collect_points(const char *text, struct vt_idmap *points)
{
	struct vt_mount m;

	while (vt_parse_mount(&text, &m))
		vt_idmap_put(points, vt_hash_bytes(m.point.at, m.point.n), 0);
}

static bool has_point(const struct vt_idmap *points, struct vt_slice point)
{
	return vt_idmap_get(points, vt_hash_bytes(point.at, point.n)) >= 0;
}

static void add_mount(const struct subject *s, const struct vt_mount *m, int depth, bool only_here)
{
	char point[1024];
	uint64_t layers = 0;
	bool overlay = vt_slice_is(m->type, "overlay") && vt_parse_overlay(m->options, &layers);

	(void)vt_parse_unescape(m->point, point, sizeof(point));
	vt_detail_add(s->d, only_here ? "mount, only here" : "mount", "%*s%s  %.*s%s  %s",
		      2 * depth, "", point, (int)m->type.n, m->type.at,
		      vt_parse_has_option(m->flags, "ro") ? " read-only" : "",
		      vt_parse_propagation(m->tags));
	if (overlay)
		vt_detail_add(s->d, "its layers", "%llu: %.*s", (unsigned long long)layers,
			      (int)m->options.n, m->options.at);
}

/* A mount is listed after the one that it is on, nearly always. */
static void add_mounts(const struct subject *s, const char *text,
		       const struct vt_idmap *host_points)
{
	struct vt_idmap depths = { 0 };
	struct vt_mount m;
	size_t n = 0, more = 0;

	while (vt_parse_mount(&text, &m)) {
		int32_t up = vt_idmap_get(&depths, m.parent);
		int depth = up < 0 ? 0 : up + 1 > DEPTH_MOST ? DEPTH_MOST : up + 1;

		vt_idmap_put(&depths, m.id, depth);
		if (n++ < MOUNTS_MOST)
			add_mount(s, &m, depth, host_points->n && !has_point(host_points, m.point));
		else
			more++;
	}
	if (more)
		vt_detail_add(s->d, "mount", "and %zu more", more);
	vt_idmap_finish(&depths);
}

static void add_missing_mounts(const struct subject *s, const char *host_text,
			       const struct vt_idmap *points)
{
	char point[1024];
	struct vt_mount m;
	size_t n = 0;

	while (vt_parse_mount(&host_text, &m)) {
		if (has_point(points, m.point) || n++ >= OTHERS_MOST)
			continue;
		(void)vt_parse_unescape(m.point, point, sizeof(point));
		vt_detail_add(s->d, "only on the host", "%s  %.*s", point, (int)m.type.n,
			      m.type.at);
	}
	if (n > OTHERS_MOST)
		vt_detail_add(s->d, "only on the host", "and %zu more", n - OTHERS_MOST);
}

/* kthreadd stands for the host where PID 1 may not be looked at. */
static void tell_mnt(struct subject *s)
{
	vt_autofree char *text = s->pid ? read_mounts(s, s->pid) : NULL;
	vt_autofree char *host_text = read_mounts(s, 1);
	struct vt_idmap here = { 0 }, there = { 0 };

	if (!host_text)
		host_text = read_mounts(s, 2);
	if (!text)
		return;
	collect_points(text, &here);
	if (host_text)
		collect_points(host_text, &there);
	add_mounts(s, text, &there);
	if (host_text)
		add_missing_mounts(s, host_text, &here);
	vt_idmap_finish(&here);
	vt_idmap_finish(&there);
}

/* net: in the namespace. */

static const char *address_text(int family, const void *address, char *out, size_t size)
{
	return inet_ntop(family, address, out, (socklen_t)size) ? out : "?";
}

struct sockets {
	struct subject *s;
	const char *protocol;
	size_t told;
};

static void add_socket(const struct inet_diag_msg *m, void *arg)
{
	struct sockets *all = arg;
	char text[64];

	if ((m->idiag_state != STATE_LISTEN && strcmp(all->protocol, "tcp") == 0) ||
	    all->told++ >= OTHERS_MOST)
		return;
	vt_detail_add(all->s->d, "listens", "%s %s port %u", all->protocol,
		      address_text(m->idiag_family, m->id.idiag_src, text, sizeof(text)),
		      (unsigned)ntohs(m->id.idiag_sport));
}

static const char *attr_address(const struct rtmsg *m, struct nlattr *attr, char *out, size_t size)
{
	size_t need = m->rtm_family == AF_INET6 ? 16 : 4;

	if (!attr || (size_t)nla_len(attr) < need)
		return NULL;
	return address_text(m->rtm_family, nla_data(attr), out, size);
}

static void add_route(const struct rtmsg *m, struct nlattr **attrs, void *arg)
{
	struct subject *s = arg;
	char to_text[64], via_text[64], name[IF_NAMESIZE] = "";
	const char *to = attr_address(m, attrs[RTA_DST], to_text, sizeof(to_text));
	const char *via = attr_address(m, attrs[RTA_GATEWAY], via_text, sizeof(via_text));
	vt_autofree char *dst = to ? vt_asprintf("%s/%u", to, m->rtm_dst_len)
				   : vt_strdup("default");

	if (attrs[RTA_OIF] && !if_indextoname(nla_get_u32(attrs[RTA_OIF]), name))
		(void)snprintf(name, sizeof(name), "%u", nla_get_u32(attrs[RTA_OIF]));
	vt_detail_add(s->d, "route", "%s%s%s%s%s", dst, via ? " via " : "", via ? via : "",
		      name[0] ? " dev " : "", name);
}

static void tell_net(struct subject *s)
{
	struct sockets tcp = { s, "tcp", 0 }, udp = { s, "udp", 0 };

	(void)vt_net_routes(OTHERS_MOST, add_route, s);
	(void)vt_net_sockets(IPPROTO_TCP, 100000, add_socket, &tcp);
	(void)vt_net_sockets(IPPROTO_UDP, OTHERS_MOST, add_socket, &udp);
	if (tcp.told > OTHERS_MOST)
		vt_detail_add(s->d, "listens", "tcp: %zu more", tcp.told - OTHERS_MOST);
}

/* ipc: in the namespace; these files answer for the one that reads. */

static void tell_ipc(struct subject *s)
{
	static const char *const limits[] = {
		"sys/kernel/shmmax",     "sys/kernel/shmall",
		"sys/kernel/shmmni",     "sys/kernel/sem",
		"sys/kernel/msgmax",     "sys/kernel/msgmnb",
		"sys/kernel/msgmni",     "sys/fs/mqueue/queues_max",
		"sys/fs/mqueue/msg_max", "sys/fs/mqueue/msgsize_max",
	};
	char text[256];
	struct vt_slice value;

	for (size_t i = 0; i < VT_LEN(limits); i++) {
		if (vt_host_read(s->host->proc, limits[i], text, sizeof(text)) <= 0)
			continue;
		value = vt_parse_trim(text);
		vt_detail_add(s->d, strrchr(limits[i], '/') + 1, "%.*s", (int)value.n, value.at);
	}
}

static void tell_inside(struct subject *s)
{
	struct vt_insider in;

	if (s->fd < 0 && s->pid)
		s->fd = vt_ns_open_process(s->host, s->pid, s->type, s->inode);
	vt_insider_init(&in, s->host);
	if (vt_insider_enter(&in, s->type, s->fd) == 0) {
		(s->type == VT_NS_NET ? tell_net : tell_ipc)(s);
		vt_insider_leave(&in, s->type);
	}
	vt_insider_finish(&in);
}

void vt_namespace_detail_read(const struct vt_host *host, struct vt_detail *d)
{
	struct subject s = { .host = host, .d = d, .inode = (uint32_t)d->subject.a, .fd = -1 };
	struct members members = { &s, 0 };

	each_process(host, find_first, &s);
	if (!s.pid && !find_keeper(&s)) {
		vt_detail_add(d, "processes", "none that we may see");
		return;
	}
	if (s.pid)
		vt_detail_add(d, "opened through", "/proc/%llu/ns/%s", (unsigned long long)s.pid,
			      vt_ns_names[s.type]);
	switch (s.type) {
	case VT_NS_USER:
		tell_user(&s);
		break;
	case VT_NS_PID:
		each_process(host, add_member, &members);
		break;
	case VT_NS_MNT:
		tell_mnt(&s);
		break;
	case VT_NS_NET:
	case VT_NS_IPC:
		tell_inside(&s);
		break;
	case VT_NS_TIME:
		add_file(&s, "timens_offsets", "clock offset (s, ns)");
		break;
	default:
		break;
	}
	vt_closep(&s.fd);
}
