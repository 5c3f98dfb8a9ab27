/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is inside a namespace, in words: "root here is host uid 100000". Made
 * from the figures when relations are known, so that the column, filters, JSON
 * and explain say the same. The parts are raw; who shows them escapes them.
 */
#include "namespace_words.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "text.h"

struct words {
	char text[1024];
	size_t used;
};

/* One more part, behind a comma. */
VT_PRINTF(2, 3) static void part(struct words *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (w->used + 3 >= sizeof(w->text))
		return;
	if (w->used)
		w->used += (size_t)snprintf(w->text + w->used, sizeof(w->text) - w->used, ", ");
	va_start(ap, fmt);
	n = vsnprintf(w->text + w->used, sizeof(w->text) - w->used, fmt, ap);
	va_end(ap);
	if (n > 0)
		w->used += (size_t)n;
	if (w->used >= sizeof(w->text))
		w->used = sizeof(w->text) - 1;
}

static void user_words(const struct vt_snapshot *s, const struct vt_namespace *ns, struct words *w)
{
	(void)s;
	if (VT_HAS(NAMESPACE, ns, mapped_uids) && !ns->mapped_uids)
		part(w, "no ids are mapped: all are nobody");
	else if (VT_HAS(NAMESPACE, ns, root_uid) && ns->root_uid == 0)
		part(w, "root here is the host's root");
	else if (VT_HAS(NAMESPACE, ns, root_uid))
		part(w, "root here is host uid %" PRIu64, ns->root_uid);
	else if (VT_HAS(NAMESPACE, ns, mapped_uids))
		part(w, "no root");
	if (VT_HAS(NAMESPACE, ns, mapped_uids) && ns->mapped_uids == UINT32_MAX)
		part(w, "all ids");
	else if (VT_HAS(NAMESPACE, ns, mapped_uids) && ns->mapped_uids)
		part(w, "%" PRIu64 " %s", ns->mapped_uids, ns->mapped_uids == 1 ? "id" : "ids");
	if (VT_HAS(NAMESPACE, ns, setgroups) && strcmp(ns->setgroups, "deny") == 0)
		part(w, "setgroups denied");
	if (VT_HAS(NAMESPACE, ns, owner_uid) && !(VT_HAS(NAMESPACE, ns, initial) && ns->initial))
		part(w, "made by uid %" PRIu64, ns->owner_uid);
}

static void pid_words(const struct vt_snapshot *s, const struct vt_namespace *ns, struct words *w)
{
	const struct vt_process *init = VT_HAS(NAMESPACE, ns, init_pid)
						? vt_snapshot_pid(s, ns->init_pid)
						: NULL;

	if (VT_HAS(NAMESPACE, ns, initial) && ns->initial)
		part(w, "level 0");
	else if (VT_HAS(NAMESPACE, ns, init_pid))
		part(w, "PID 1 inside is %" PRIu64 " here%s%s", ns->init_pid, init ? " " : "",
		     init && VT_HAS(PROCESS, init, comm) ? init->comm : "");
	if (VT_HAS(NAMESPACE, ns, level) && ns->level)
		part(w, "level %" PRIu64, ns->level);
}

static void mnt_words(const struct vt_snapshot *s, const struct vt_namespace *ns, struct words *w)
{
	(void)s;
	if (VT_HAS(NAMESPACE, ns, root_fs))
		part(w, "root %s%s", ns->root_fs,
		     VT_HAS(NAMESPACE, ns, root_read_only) && ns->root_read_only ? " read-only"
										 : "");
	if (VT_HAS(NAMESPACE, ns, overlay_layers))
		part(w, "%" PRIu64 " layers", ns->overlay_layers);
	if (VT_HAS(NAMESPACE, ns, mounts))
		part(w, "%" PRIu64 " %s", ns->mounts, ns->mounts == 1 ? "mount" : "mounts");
	if (VT_HAS(NAMESPACE, ns, own_mounts) && ns->own_mounts)
		part(w, "%" PRIu64 " only here", ns->own_mounts);
	if (VT_HAS(NAMESPACE, ns, propagation))
		part(w, "%s", ns->propagation);
}

static void net_words(const struct vt_snapshot *s, const struct vt_namespace *ns, struct words *w)
{
	(void)s;
	if (VT_HAS(NAMESPACE, ns, wiring) && !(VT_HAS(NAMESPACE, ns, initial) && ns->initial))
		part(w, "%s", ns->wiring);
	else if (VT_HAS(NAMESPACE, ns, interfaces))
		part(w, "%s", ns->interfaces);
	if (VT_HAS(NAMESPACE, ns, listening) && ns->listening)
		part(w, "%" PRIu64 " listening", ns->listening);
	if (VT_HAS(NAMESPACE, ns, connected) && ns->connected)
		part(w, "%" PRIu64 " connected", ns->connected);
}

static void uts_words(const struct vt_snapshot *s, const struct vt_namespace *ns, struct words *w)
{
	(void)s;
	if (VT_HAS(NAMESPACE, ns, hostname))
		part(w, "host name %s", ns->hostname);
	if (VT_HAS(NAMESPACE, ns, domain))
		part(w, "domain %s", ns->domain);
}

static void ipc_words(const struct vt_snapshot *s, const struct vt_namespace *ns, struct words *w)
{
	static const struct {
		int metric;
		const char *one, *many;
	} things[] = {
		{ VT_NAMESPACE_shm_segments, "shared memory segment", "shared memory segments" },
		{ VT_NAMESPACE_semaphore_sets, "semaphore set", "semaphore sets" },
		{ VT_NAMESPACE_message_queues, "message queue", "message queues" },
		{ VT_NAMESPACE_posix_queues, "POSIX queue", "POSIX queues" },
	};
	bool known = false;

	(void)s;
	for (size_t i = 0; i < VT_LEN(things); i++) {
		const struct vt_metric *m = &vt_kinds[VT_KIND_NAMESPACE].metrics[things[i].metric];
		double n;

		if (!vt_valid(&ns->head, (unsigned)things[i].metric))
			continue;
		known = true;
		n = vt_metric_number(m, ns);
		if (n > 0)
			part(w, "%.0f %s", n, n > 1 ? things[i].many : things[i].one);
	}
	if (known && !w->used)
		part(w, "empty");
}

static void cgroup_words(const struct vt_snapshot *s, const struct vt_namespace *ns,
			 struct words *w)
{
	(void)s;
	if (VT_HAS(NAMESPACE, ns, cgroup_root))
		part(w, "/ is %s", ns->cgroup_root);
}

static void offset_words(struct words *w, const char *clock, double seconds)
{
	double days = floor(fabs(seconds) / 86400), rest = fabs(seconds) - days * 86400;

	if (seconds == 0)
		return;
	if (days > 0 && rest < 1)
		part(w, "%s %.0f %s %s", clock, days, days > 1 ? "days" : "day",
		     seconds > 0 ? "ahead" : "behind");
	else
		part(w, "%s %.6g s %s", clock, fabs(seconds), seconds > 0 ? "ahead" : "behind");
}

static void time_words(const struct vt_snapshot *s, const struct vt_namespace *ns, struct words *w)
{
	(void)s;
	if (VT_HAS(NAMESPACE, ns, monotonic_offset))
		offset_words(w, "monotonic", ns->monotonic_offset);
	if (VT_HAS(NAMESPACE, ns, boottime_offset))
		offset_words(w, "boot time", ns->boottime_offset);
	if (VT_HAS(NAMESPACE, ns, boottime_offset) && !w->used)
		part(w, "no offset");
}

void vt_namespace_words(struct vt_snapshot *s)
{
	static void (*const tell[VT_NS_TYPES])(const struct vt_snapshot *s,
					       const struct vt_namespace *ns, struct words *w) = {
		[VT_NS_MNT] = mnt_words,       [VT_NS_PID] = pid_words,   [VT_NS_NET] = net_words,
		[VT_NS_UTS] = uts_words,       [VT_NS_IPC] = ipc_words,   [VT_NS_USER] = user_words,
		[VT_NS_CGROUP] = cgroup_words, [VT_NS_TIME] = time_words,
	};
	struct vt_namespace *ns = s->table[VT_KIND_NAMESPACE].rows;

	for (size_t i = 0; i < s->table[VT_KIND_NAMESPACE].n; i++) {
		struct words w = { .used = 0 };

		tell[ns[i].ns_type](s, &ns[i], &w);
		if (w.used)
			VT_SET(NAMESPACE, &ns[i], inside, vt_arena_intern(s->arena, w.text));
	}
}

/* Interfaces of one namespace lie together, by index. */

/* "vethb (net 4026531840)", and the bridge that it is a port of: as a cable is followed. */
static void peer_words(const struct vt_snapshot *s, const struct vt_interface *f, char *out,
		       size_t size)
{
	const struct vt_interface *peer = vt_snapshot_peer(s, f);
	const struct vt_namespace *ns;

	out[0] = '\0';
	if (!peer)
		return;
	ns = vt_namespace_at(s, peer->namespace);
	(void)snprintf(out, size, " - %s%s%s", VT_HAS(INTERFACE, peer, name) ? peer->name : "?",
		       VT_HAS(INTERFACE, peer, master) ? " - " : "",
		       VT_HAS(INTERFACE, peer, master) ? peer->master : "");
	if (!ns || peer->namespace == f->namespace)
		return;
	size_t used = strlen(out);

	if (used < size && VT_HAS(NAMESPACE, ns, initial) && ns->initial)
		(void)snprintf(out + used, size - used, " (host)");
	else if (used < size)
		(void)snprintf(out + used, size - used, " (net %" PRIu64 ")", ns->id);
}

/* "eth0 10.0.0.2/24 - veth3a - docker0 (host)" */
char *vt_wiring_line(const struct vt_snapshot *s, const struct vt_interface *f)
{
	char peer[256], first[64] = "";

	peer_words(s, f, peer, sizeof(peer));
	if (VT_HAS(INTERFACE, f, addresses))
		(void)snprintf(first, sizeof(first), " %.*s", (int)strcspn(f->addresses, " "),
			       f->addresses);
	return vt_asprintf("%s%s%s%s%s", VT_HAS(INTERFACE, f, name) ? f->name : "?", first,
			   VT_HAS(INTERFACE, f, master) ? " - " : "",
			   VT_HAS(INTERFACE, f, master) ? f->master : "", peer);
}

void vt_wiring_derive(struct vt_snapshot *s)
{
	struct vt_interface *ifs = s->table[VT_KIND_INTERFACE].rows;
	size_t n = s->table[VT_KIND_INTERFACE].n;

	for (size_t i = 0; i < n; i++) {
		const struct vt_interface *peer = vt_snapshot_peer(s, &ifs[i]);

		if (peer && VT_HAS(INTERFACE, peer, name))
			VT_SET(INTERFACE, &ifs[i], peer, peer->name);
	}
	for (size_t i = 0, end; i < n; i = end) {
		struct vt_namespace *ns = s->table[VT_KIND_NAMESPACE].rows;
		int32_t at = ifs[i].namespace;
		struct words w = { .used = 0 };

		for (end = i; end < n && ifs[end].head.a == ifs[i].head.a; end++) {
			vt_autofree char *line = NULL;

			/* lo leads nowhere, and is in each. */
			if (at < 0 || !VT_HAS(INTERFACE, &ifs[end], name) ||
			    strcmp(ifs[end].name, "lo") == 0)
				continue;
			line = vt_wiring_line(s, &ifs[end]);
			part(&w, "%s", line);
		}
		if (at >= 0 && w.used)
			VT_SET(NAMESPACE, &ns[at], wiring, vt_arena_intern(s->arena, w.text));
	}
}

void vt_namespaces_differ(const struct vt_process *a, const struct vt_process *b, char *out,
			  size_t size, int *ret_differ, int *ret_unknown)
{
	size_t used = 0;
	int differ = 0, unknown = 0;

	out[0] = '\0';
	for (int t = 0; t < VT_NS_TYPES; t++) {
		if (!vt_process_ns_id(a, t) || !vt_process_ns_id(b, t)) {
			unknown++;
			continue;
		}
		if (vt_process_ns_id(a, t) == vt_process_ns_id(b, t))
			continue;
		if (used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
						 vt_ns_names[t]);
		differ++;
	}
	*ret_differ = differ;
	if (ret_unknown)
		*ret_unknown = unknown;
}
