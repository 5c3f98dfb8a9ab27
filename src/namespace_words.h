/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_NAMESPACE_WORDS_H
#define VT_NAMESPACE_WORDS_H

#include "snapshot.h"

/* While a snapshot is sealed, when relations are known: peers and wiring, then inside. */
void vt_wiring_derive(struct vt_snapshot *s);
void vt_namespace_words(struct vt_snapshot *s);

/*
 * One interface as a wiring diagram has it: "eth0 10.0.0.2/24 - veth3a - docker0
 * (host)" is an interface, the other end of its cable, and the bridge that it is
 * plugged into. Raw; free() it.
 */
char *vt_wiring_line(const struct vt_snapshot *s, const struct vt_interface *f);

/*
 * In which types two processes differ: "pid, mnt, net"; "" when in none. types
 * that are unknown of either are listed in ret_unknown (which may be NULL).
 */
void vt_namespaces_differ(const struct vt_process *a, const struct vt_process *b, char *out,
			  size_t size, int *ret_differ, int *ret_unknown);

#endif
