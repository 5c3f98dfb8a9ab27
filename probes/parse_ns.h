/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PARSE_NS_H
#define VT_PARSE_NS_H

#include "parse_proc.h"

/* Pure parsers of what /proc says about namespaces, with the promises of parse.h. */

/* /proc/PID/uid_map and gid_map, user_namespaces(7): the next line, and past it. */
struct vt_id_range {
	uint64_t inside, outside, count;
};
bool vt_parse_id_map(const char **cursor, struct vt_id_range *ret);

/* The id outside of an id inside. */
bool vt_parse_id_outside(const char *map, uint64_t inside, uint64_t *ret);

/* "0 100000 65536, 1000 1000 1": the whole map on one line. False when it is empty. */
bool vt_parse_id_map_line(const char *map, char *out, size_t size);

/* The last number of NSpid in /proc/PID/status: its pid in the innermost namespace. */
bool vt_parse_nspid_last(const char *status, uint64_t *ret);

/* All of them as a person reads them, "211 > 1": outside to inside. */
bool vt_parse_nspids(const char *status, char *out, size_t size);

/* /proc/PID/timens_offsets, time_namespaces(7): seconds of the clock of that name. */
bool vt_parse_time_offset(const char *text, const char *clock, double *ret_seconds);

/* /proc/sysvipc/{shm,sem,msg}: rows, and the sum of the column with this title (or NULL). */
bool vt_parse_sysvipc(const char *text, const char *column, uint64_t *ret_rows, uint64_t *ret_sum);

/* /proc/net/sockstat and sockstat6: "inuse" of the line that begins so ("TCP:"). */
bool vt_parse_sockstat(const char *text, const char *key, uint64_t *ret_inuse);

/* "shared", "slave", "shared and slave", "unbindable", "private", by mountinfo's tags. */
const char *vt_parse_propagation(struct vt_slice tags);

/* Lower layers of an overlay, by its superblock options. */
bool vt_parse_overlay(struct vt_slice options, uint64_t *ret_layers);

/* The value of "name=value" in a comma-separated list; false without. */
bool vt_parse_option(struct vt_slice options, const char *name, struct vt_slice *ret);
/* True when the comma-separated list has the word. */
bool vt_parse_has_option(struct vt_slice options, const char *word);

/*
 * The root of a cgroup namespace, from the path of a member as seen from
 * outside and from inside: "/a/b" and "/b" make "/a". False when the member is
 * no longer below the root.
 */
bool vt_parse_cgroup_root(struct vt_slice outside, struct vt_slice inside, char *out, size_t size);

#endif
