/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which two interfaces are one cable. The two ends of a veth name each other by
 * index, and the namespace of the other end by a number that only the own
 * namespace knows (IFLA_LINK_NETNSID). For our own we ask which number is whose
 * (RTM_GETNSID); elsewhere two ends belong together when they name each other
 * and no third one does.
 */
#include <stdlib.h>
#include <string.h>

#include "../src/idmap.h"
#include "../src/memory.h"
#include "../src/text.h"
#include "net_links.h"

struct end {
	struct vt_netns *ns;
	struct vt_iface *f;
	bool ambiguous;
	int32_t twin; /* the other one with the same two numbers, where both are equal; -1 */
};

static void join_ends(struct vt_netns *a, struct vt_iface *f, struct vt_netns *b,
		      struct vt_iface *g)
{
	f->peer_ns = b->inode;
	if (g->link == f->index && g->link_nsid != VT_NO_NSID)
		g->peer_ns = a->inode;
}

/* Our own namespace's numbers are known. */
static void join_own(struct vt_netns *spaces, size_t n_spaces, struct vt_netns *own)
{
	struct vt_idmap by_nsid = { 0 };

	for (size_t i = 0; i < n_spaces; i++)
		if (spaces[i].nsid != VT_NO_NSID)
			vt_idmap_put(&by_nsid, (uint64_t)spaces[i].nsid, (int32_t)i);
	for (size_t i = 0; i < own->n; i++) {
		struct vt_iface *f = &own->ifaces[i], *g;
		int32_t at = f->link_nsid == VT_NO_NSID
				     ? -1
				     : vt_idmap_get(&by_nsid, (uint64_t)f->link_nsid);

		g = at < 0 ? NULL : vt_net_find(&spaces[at], f->link);
		if (g)
			join_ends(own, f, &spaces[at], g);
	}
	vt_idmap_finish(&by_nsid);
}

static uint64_t end_key(uint64_t index, uint64_t link)
{
	return vt_hash_mix(index, link);
}

/* Two with the same two numbers are a pair when those are equal, as long as there is no third. */
static void meet(struct end *ends, int32_t first, int32_t at, struct end *end)
{
	if (end->f->index == end->f->link && ends[first].twin < 0 && !ends[first].ambiguous) {
		ends[first].twin = at;
		end->twin = first;
		return;
	}
	end->ambiguous = ends[first].ambiguous = true;
	if (ends[first].twin >= 0)
		ends[ends[first].twin].ambiguous = true;
}

/* Two ends that name each other, when they are the only ones that do. */
static void join_others(struct vt_netns *spaces, size_t n_spaces)
{
	struct vt_idmap by_key = { 0 };
	struct end *ends = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < n_spaces; i++)
		for (size_t k = 0; k < spaces[i].n; k++) {
			struct vt_iface *f = &spaces[i].ifaces[k];
			struct end end = { &spaces[i], f, false, -1 };
			int32_t same;

			if (f->link_nsid == VT_NO_NSID || f->peer_ns ||
			    strcmp(f->kind, "veth") != 0)
				continue;
			same = vt_idmap_get(&by_key, end_key(f->index, f->link));
			if (same >= 0)
				meet(ends, same, (int32_t)n, &end);
			else
				vt_idmap_put(&by_key, end_key(f->index, f->link), (int32_t)n);
			VT_GROW(ends, n, cap);
			ends[n++] = end;
		}
	for (size_t i = 0; i < n; i++) {
		const struct vt_iface *f = ends[i].f;
		int32_t at = f->index == f->link
				     ? ends[i].twin
				     : vt_idmap_get(&by_key, end_key(f->link, f->index));

		if (at >= 0 && !ends[i].ambiguous && !ends[at].ambiguous &&
		    ends[at].ns != ends[i].ns)
			ends[i].f->peer_ns = ends[at].ns->inode;
	}
	free(ends);
	vt_idmap_finish(&by_key);
}

void vt_net_join(struct vt_netns *spaces, size_t n_spaces, struct vt_netns *own)
{
	for (size_t i = 0; i < n_spaces; i++)
		for (size_t k = 0; k < spaces[i].n; k++) {
			struct vt_iface *f = &spaces[i].ifaces[k];

			/* veth names itself when there is no other end; tunnels may say 0. */
			f->peer_ns = f->link && f->link != f->index && f->link_nsid == VT_NO_NSID
					     ? spaces[i].inode
					     : 0;
		}
	if (own)
		join_own(spaces, n_spaces, own);
	join_others(spaces, n_spaces);
}
