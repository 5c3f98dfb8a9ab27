/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one refresh costs beside its floor: the collector with all probes, as
 * the screen runs it, without a screen; and the system calls alone, in turn.
 *
 *   refresh CGROUP_MOUNT ROUNDS [procfs]
 *
 * With the last word processes are read through procfs, as the floor reads them, and
 * not through the kernel's iterator. Prints, behind a word: the ratio; CPU seconds and what was
 * seen of both, of the refresh also the most memory that was resident in kB; and each probe's wall
 * time in the last round. The first scan is not counted: the cost of a program is that of its
 * second hour.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "../../probes/table.h"
#include "../../src/collector.h"
#include "../../src/snapshot.h"
#include "floor.h"
#include "rounds.h"

static void print(const struct vt_rounds *took, const struct vt_floor *floor,
		  const struct vt_snapshot *s)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	printf("ratio %.2f\n", took->ratio);
	printf("refresh %.3f %ld %zu processes, %zu namespaces, %zu cgroups\n", took->first,
	       usage.ru_maxrss, s->table[VT_KIND_PROCESS].n, s->table[VT_KIND_NAMESPACE].n,
	       s->table[VT_KIND_CGROUP].n);
	printf("floor %.3f %zu processes, %zu cgroups\n", took->second, floor->processes,
	       floor->cgroups);
	for (size_t i = 0; i < s->n_probes; i++)
		printf("probe   %-12s %-18s %9.6f s\n", s->probes[i].name,
		       s->probes[i].source ? s->probes[i].source : "",
		       (double)s->probes[i].duration_usec / 1e6);
}

/* From here on bpf(2) is refused. */
static int deny_bpf(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { VT_LEN(filter), filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0
		       ? -1
		       : prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void refresh(void *collector)
{
	vt_collector_scan(collector);
}

static int measure(struct vt_collector *c, const char *mount, const char *times)
{
	struct vt_floor floor = { .cgroup_mount = mount };
	struct vt_rounds took;

	vt_collector_scan(c);
	if (vt_rounds_compare(times, refresh, c, vt_floor_scan, &floor, &took) < 0) {
		fprintf(stderr, "refresh: %s is no number of rounds of 1 to 99\n", times);
		return 2;
	}
	print(&took, &floor, vt_collector_take(c));
	return 0;
}

int main(int argc, char **argv)
{
	struct vt_error err = { 0 };
	struct vt_collector *c;
	struct vt_host host;
	int status;

	if (argc < 3 || argc > 4 || (argc == 4 && strcmp(argv[3], "procfs") != 0)) {
		fprintf(stderr, "usage: refresh CGROUP_MOUNT ROUNDS [procfs]\n");
		return 2;
	}
	if (argc == 4 && deny_bpf() < 0) {
		perror("refresh: seccomp");
		return 1;
	}
	if (vt_host_open(&host, "/", &err) < 0) {
		fprintf(stderr, "refresh: %s\n", err.msg);
		return 1;
	}
	c = vt_collector_new(vt_probes, &host);
	status = measure(c, argv[1], argv[2]);
	vt_collector_free(c);
	vt_host_close(&host);
	return status;
}
