/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_TABLE_H
#define VT_TABLE_H

#include "../src/probe.h"

/*
 * Every probe, in the order in which they run: each one may use what those
 * before it added. Ends with NULL. A new probe is one line here and one in
 * table.c.
 */
extern const struct vt_probe vt_probe_host, vt_probe_cpu, vt_probe_hypervisor, vt_probe_cgroup,
	vt_probe_systemd, vt_probe_process, vt_probe_namespace, vt_probe_net, vt_probe_kvm,
	vt_probe_oom, vt_probe_proc_events;

extern const struct vt_probe *const vt_probes[];

#endif
