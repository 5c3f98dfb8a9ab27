/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of probes. Its order is dependency: relations need ids that were seen before. */
#include "table.h"

#include <stddef.h>

const struct vt_probe *const vt_probes[] = {
	&vt_probe_host,       &vt_probe_cpu,
	&vt_probe_hypervisor,                      /* knows the CPU's flags */
	&vt_probe_cgroup,     &vt_probe_systemd,   /* of units with cgroups */
	&vt_probe_process,    &vt_probe_namespace, /* opens namespaces through processes */
	&vt_probe_net, /* enters the network namespaces that were found */
	&vt_probe_kvm, /* finds machines among the processes */
	&vt_probe_oom,        &vt_probe_proc_events, NULL,
};
