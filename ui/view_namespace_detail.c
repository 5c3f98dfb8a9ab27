/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The detail pane of namespaces: what a type isolates, who keeps this one, how
 * it hangs together with others, and what is inside; of a network namespace each
 * interface as a line of a wiring diagram.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../src/namespace_words.h"
#include "view_namespaces.h"

enum {
	INTERFACES_MOST = 40
};

static const struct {
	const char *isolates, *manual;
} types[VT_NS_TYPES] = {
	[VT_NS_MNT] = { "mount points: what is mounted inside is not seen outside",
			"mount_namespaces(7)" },
	[VT_NS_PID] = { "process ids: the first process inside is PID 1, and its end ends all",
			"pid_namespaces(7)" },
	[VT_NS_NET] = { "network devices, addresses, routes, ports, firewall rules",
			"network_namespaces(7)" },
	[VT_NS_UTS] = { "host name and NIS domain name", "uts_namespaces(7)" },
	[VT_NS_IPC] = { "System V IPC and POSIX message queues", "ipc_namespaces(7)" },
	[VT_NS_USER] = { "user and group ids and capabilities: root inside need not be root "
			 "outside",
			 "user_namespaces(7)" },
	[VT_NS_CGROUP] = { "the root of the cgroup tree that is seen inside",
			   "cgroup_namespaces(7)" },
	[VT_NS_TIME] = { "offsets of the boot-time and monotonic clocks", "time_namespaces(7)" },
};

const char *vt_namespace_isolates(enum vt_ns_type type)
{
	return types[type].isolates;
}

const char *vt_namespace_manual(enum vt_ns_type type)
{
	return types[type].manual;
}

void vt_namespace_type_detail(const struct vt_view_env *env, const struct vt_row *row,
			      struct vt_pane *p)
{
	enum vt_ns_type type = (enum vt_ns_type)(row->id.b - 1);
	size_t n, count = 0, empty = 0;
	const struct vt_namespace *ns = vt_namespace_rows(env->snapshot, &n);
	char title[64];

	(void)snprintf(title, sizeof(title), "%s namespaces", vt_ns_names[type]);
	vt_detail_head(p, title);
	vt_pane_label(p, "isolate");
	vt_pane_wrap(p, VT_ROLE_TEXT, vt_namespace_isolates(type));
	vt_pane_label(p, "manual");
	vt_pane_put(p, VT_ROLE_TEXT, "%s", vt_namespace_manual(type));
	vt_pane_label(p, "made by");
	vt_pane_put(p, VT_ROLE_TEXT, "unshare %s", vt_ns_options[type]);
	for (size_t i = 0; i < n; i++)
		if (ns[i].ns_type == type) {
			count++;
			empty += ns[i].leader < 0;
		}
	vt_pane_label(p, "here");
	vt_pane_put(p, VT_ROLE_TEXT, "%zu, %zu of them with no process inside", count, empty);
}

static void put_related(struct vt_pane *p, const struct vt_snapshot *s, const char *label,
			int32_t at, bool known, uint64_t id, bool first)
{
	const struct vt_namespace *ns = vt_namespace_at(s, at);

	vt_pane_label(p, label);
	if (ns)
		vt_pane_put(p, VT_ROLE_TEXT, "%s %" PRIu64 "%s", vt_ns_names[ns->ns_type], ns->id,
			    VT_HAS(NAMESPACE, ns, initial) && ns->initial ? " (initial)" : "");
	else if (known)
		vt_pane_put(p, VT_ROLE_TEXT, "%" PRIu64, id);
	else
		vt_pane_put(p, VT_ROLE_DIM, "%s", first ? "none: it is the first" : "–");
}

static void put_relations(struct vt_pane *p, const struct vt_view_env *env,
			  const struct vt_namespace *ns, bool first)
{
	put_related(p, env->snapshot, "owner", ns->owner, VT_HAS(NAMESPACE, ns, owner_id),
		    ns->owner_id, first);
	if (ns->ns_type == VT_NS_PID || ns->ns_type == VT_NS_USER) {
		put_related(p, env->snapshot, "parent", ns->parent,
			    VT_HAS(NAMESPACE, ns, parent_id), ns->parent_id, first);
		vt_detail_add_metric(p, "level", VT_KIND_NAMESPACE, VT_NAMESPACE_level, ns,
				     env->ascii);
	}
	if (ns->ns_type == VT_NS_USER)
		vt_detail_metric(p, VT_KIND_NAMESPACE, VT_NAMESPACE_owner_uid, ns, env->ascii,
				 true);
	if (ns->relations_errno) {
		vt_pane_label(p, "unknown");
		vt_pane_put(p, VT_ROLE_DIM, "owner and parent: %s",
			    vt_errno_text(ns->relations_errno));
	}
}

static void put_keepers(struct vt_pane *p, const struct vt_view_env *env,
			const struct vt_namespace *ns)
{
	uint64_t shown = (uint64_t)ns->n_keepers + (ns->kept_by != NULL);

	vt_pane_label(p, "kept by");
	if (!shown)
		vt_pane_put(p, VT_ROLE_DIM, "–");
	if (ns->kept_by)
		vt_pane_item(p, ns->kept_by, VT_ROLE_TEXT, ns->kept_where ? ns->kept_where : "");
	for (int32_t i = 0; i < ns->n_keepers; i++) {
		const struct vt_keeper *k = vt_keeper_at(env->snapshot, ns->first_keeper + i);

		vt_pane_item(p, k->how, VT_ROLE_TEXT, VT_HAS(KEEPER, k, where) ? k->where : "");
	}
	if (VT_HAS(NAMESPACE, ns, keepers) && ns->keepers > shown)
		vt_pane_put(p, VT_ROLE_DIM, "  and %" PRIu64 " more", ns->keepers - shown);
}

static void put_interface(struct vt_pane *p, const struct vt_view_env *env,
			  const struct vt_interface *f)
{
	vt_autofree char *line = vt_wiring_line(env->snapshot, f);

	vt_pane_label(p, "");
	vt_pane_wrap(p, VT_ROLE_TEXT, line);
	if (VT_HAS(INTERFACE, f, kind))
		vt_pane_item(p, "", VT_ROLE_DIM, f->kind);
	if (VT_HAS(INTERFACE, f, state))
		vt_pane_item(p, "", strcmp(f->state, "down") == 0 ? VT_ROLE_WARN : VT_ROLE_DIM,
			     f->state);
	vt_detail_add_metric(p, "mtu", VT_KIND_INTERFACE, VT_INTERFACE_mtu, f, env->ascii);
	if (VT_HAS(INTERFACE, f, rx_bytes)) {
		vt_detail_add_metric(p, "rx", VT_KIND_INTERFACE, VT_INTERFACE_rx_bytes, f,
				     env->ascii);
		vt_detail_add_metric(p, "tx", VT_KIND_INTERFACE, VT_INTERFACE_tx_bytes, f,
				     env->ascii);
	}
	if (VT_HAS(INTERFACE, f, addresses) && strchr(f->addresses, ' ')) {
		vt_pane_label(p, "");
		vt_pane_wrap(p, VT_ROLE_DIM, f->addresses);
	}
}

/* Sorted by namespace and index. */
static void put_interfaces(struct vt_pane *p, const struct vt_view_env *env,
			   const struct vt_namespace *ns)
{
	size_t n, told = 0;
	const struct vt_interface *ifs = vt_interface_rows(env->snapshot, &n);

	for (size_t i = 0; i < n; i++) {
		if (ifs[i].head.a != ns->id)
			continue;
		if (!told)
			vt_pane_label(p, "wiring");
		if (told++ < INTERFACES_MOST)
			put_interface(p, env, &ifs[i]);
	}
	if (told > INTERFACES_MOST) {
		vt_pane_label(p, "");
		vt_pane_put(p, VT_ROLE_DIM, "and %zu more", told - INTERFACES_MOST);
	}
}

/* Figures that are not in the words about the inside. */
static void put_figures(struct vt_pane *p, const struct vt_view_env *env,
			const struct vt_namespace *ns)
{
	static const int figures[] = {
		VT_NAMESPACE_uid_map, VT_NAMESPACE_gid_map,     VT_NAMESPACE_routes,
		VT_NAMESPACE_nsid,    VT_NAMESPACE_udp_sockets, VT_NAMESPACE_shm_bytes,
	};

	for (size_t i = 0; i < VT_LEN(figures); i++)
		vt_detail_metric(p, VT_KIND_NAMESPACE, figures[i], ns, env->ascii, true);
}

/* Those whose links could not be read are members of nothing that is known. */
static void put_unseen(struct vt_pane *p, const struct vt_view_env *env,
		       const struct vt_namespace *ns)
{
	size_t n, unseen = 0;
	const struct vt_process *procs = vt_process_rows(env->snapshot, &n);

	for (size_t i = 0; i < n; i++)
		unseen += !vt_process_ns_id(&procs[i], ns->ns_type) &&
			  (procs[i].ns_errno == EACCES || procs[i].ns_errno == EPERM);
	if (!unseen)
		return;
	vt_pane_label(p, "");
	vt_pane_put(p, VT_ROLE_DIM, "not counted: %zu whose namespaces are unknown", unseen);
}

void vt_namespace_detail(const struct vt_view_env *env, const struct vt_namespace *ns,
			 struct vt_pane *p)
{
	bool first = VT_HAS(NAMESPACE, ns, initial) && ns->initial;
	char title[64];

	(void)snprintf(title, sizeof(title), "%s namespace %" PRIu64, vt_ns_names[ns->ns_type],
		       ns->id);
	vt_detail_head(p, title);
	vt_pane_label(p, "inside");
	if (VT_HAS(NAMESPACE, ns, inside))
		vt_pane_wrap(p, VT_ROLE_TEXT, ns->inside);
	else
		vt_pane_put(p, VT_ROLE_DIM, "–");
	vt_pane_label(p, "members");
	vt_detail_add_metric(p, "processes", VT_KIND_NAMESPACE, VT_NAMESPACE_processes, ns,
			     env->ascii);
	vt_detail_add_metric(p, "oldest", VT_KIND_NAMESPACE, VT_NAMESPACE_leader_pid, ns,
			     env->ascii);
	vt_detail_add_metric(p, "", VT_KIND_NAMESPACE, VT_NAMESPACE_leader_comm, ns, env->ascii);
	vt_detail_add_metric(p, "CPU", VT_KIND_NAMESPACE, VT_NAMESPACE_cpu_percent, ns, env->ascii);
	vt_detail_add_metric(p, "memory", VT_KIND_NAMESPACE, VT_NAMESPACE_rss_bytes, ns,
			     env->ascii);
	put_unseen(p, env, ns);
	put_relations(p, env, ns, first);
	put_keepers(p, env, ns);
	if (ns->ns_type == VT_NS_NET)
		put_interfaces(p, env, ns);
	put_figures(p, env, ns);
	vt_pane_label(p, "isolates");
	vt_pane_wrap(p, VT_ROLE_TEXT, vt_namespace_isolates(ns->ns_type));
	vt_pane_item(p, "see", VT_ROLE_TEXT, vt_namespace_manual(ns->ns_type));
	vt_detail_lines(p, env);
}
