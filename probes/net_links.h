/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_NET_LINKS_H
#define VT_NET_LINKS_H

#include <stddef.h>
#include <stdint.h>

#include "../src/namespace_words.h"
#include "namespace_sources.h"

/* What the files net*.c share: a network namespace with the interfaces that were read of it. */

struct nl_sock;

enum {
	VT_NO_NSID = -1
};

struct vt_iface {
	uint64_t index, mtu, rx_bytes, tx_bytes;
	uint64_t link, master; /* indices; 0 without */
	int link_nsid;         /* of the namespace that link is in; VT_NO_NSID: this one */
	uint32_t peer_ns;      /* the same as an inode; 0 unknown */
	char name[32], kind[24], state[16];
	char addresses[256];
};

/* A namespace and what was read of it last. */
struct vt_netns {
	uint32_t inode;
	uint64_t pid, start_ticks; /* the way in; 0 without */
	const char *where;         /* without a process: its first keeper; of this scan's builder */
	enum vt_keep how;
	uint64_t read_scan, seen_scan; /* 0: never */
	int error;
	int nsid; /* that our own namespace has for it; VT_NO_NSID */
	struct vt_iface *ifaces;
	size_t n;
};

/* Of the namespace that the thread is in; NULL with an errno. */
struct nl_sock *vt_net_socket(int *ret_error);
/* Interfaces with their addresses, sorted by index. */
void vt_net_dump(struct nl_sock *sock, struct vt_netns *ns, uint64_t scan);
struct vt_iface *vt_net_find(struct vt_netns *ns, uint64_t index);
/* The number that the thread's namespace has for one; VT_NO_NSID where it has none yet. */
int vt_net_nsid(int namespace);

/* Finds the namespaces of the other ends, from all that is known; own may be NULL. */
void vt_net_join(struct vt_netns *spaces, size_t n_spaces, struct vt_netns *own);

#endif
