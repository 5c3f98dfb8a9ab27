/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one refresh costs: the collector with all probes, as the screen runs it,
 * without a screen.
 *
 *   refresh ROUNDS
 *
 * Prints the CPU seconds of the middle round, the most memory that was resident
 * in kB, and what was seen; then each probe's wall time in the last round. The
 * first scan is not counted: the cost of a program is that of its second hour.
 */
#include <stdio.h>
#include <sys/resource.h>

#include "../../probes/table.h"
#include "../../src/collector.h"
#include "../../src/snapshot.h"
#include "rounds.h"

static void print(double took, const struct vt_snapshot *s)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	printf("%.3f %ld %zu processes, %zu namespaces, %zu cgroups\n", took, usage.ru_maxrss,
	       s->table[VT_KIND_PROCESS].n, s->table[VT_KIND_NAMESPACE].n,
	       s->table[VT_KIND_CGROUP].n);
	for (size_t i = 0; i < s->n_probes; i++)
		printf("  %-10s %-16s %7.3f s\n", s->probes[i].name,
		       s->probes[i].source ? s->probes[i].source : "",
		       (double)s->probes[i].duration_usec / 1e6);
}

static void refresh(void *collector)
{
	vt_collector_scan(collector);
}

int main(int argc, char **argv)
{
	struct vt_error err = { 0 };
	struct vt_collector *c;
	struct vt_host host;
	double took = -1;

	if (vt_host_open(&host, "/", &err) < 0) {
		fprintf(stderr, "refresh: %s\n", err.msg);
		return 1;
	}
	c = vt_collector_new(vt_probes, &host);
	if (argc == 2) {
		vt_collector_scan(c);
		took = vt_rounds_measure(argv[1], refresh, c);
	}
	if (took < 0)
		fprintf(stderr, "usage: refresh ROUNDS\n");
	else
		print(took, vt_collector_take(c));
	vt_collector_free(c);
	vt_host_close(&host);
	return took < 0 ? 2 : 0;
}
