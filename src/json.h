/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_JSON_H
#define VT_JSON_H

#include "snapshot.h"

/*
 * The snapshot as one line of JSON, schema virttop/1, without a newline at its
 * end; free() it. Keys are the json paths of metric_rows.h, dots nest. What is
 * unknown is left out; no limit is "max"; text is escaped (text.h), so the line
 * is valid UTF-8 without control bytes. Cgroups come parents first.
 *
 * The subject of a finding or event is an object with "kind" (host, process,
 * namespace, cgroup, container, machine) and what identifies it: "pid" and
 * "start_ticks" for processes and machines, "id" for namespaces and cgroups,
 * "cgroup_id" for containers; cgroups have their "path" too. An event that
 * sums up many things has only the kind.
 */
char *vt_json(const struct vt_snapshot *s);

#endif
