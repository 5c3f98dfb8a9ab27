/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parsers of what is inside namespaces, of paths, of the kernel's log, of systemd's units. */
#include "fuzz.h"

#include <math.h>
#include <string.h>

#include "../../probes/parse_cn.h"
#include "../../probes/parse_hypervisor.h"
#include "../../probes/parse_kmsg.h"
#include "../../probes/parse_kvm_stats.h"
#include "../../probes/parse_ns.h"
#include "../../probes/parse_proc.h"
#include "../../probes/parse_unit.h"
#include "../../probes/parse_vmm.h"

static const uint64_t untouched = 0x5afe5afe5afe5afe;

/* What was written is a text that ends within its room. */
static void must_end(const char *out, size_t size)
{
	must(strnlen(out, size) < size);
}

static void run_maps(const char *text)
{
	const char *cursor = text, *before = text;
	struct vt_id_range range;
	uint64_t outside = untouched;
	char line[64];

	for (; vt_parse_id_map(&cursor, &range); before = cursor)
		must(cursor > before);
	must(vt_parse_id_outside(text, 0, &outside) || outside == untouched);
	if (vt_parse_id_map_line(text, line, sizeof(line)))
		must_end(line, sizeof(line));
}

static void run_namespace(const char *text, size_t n)
{
	struct vt_slice all = { text, n }, value;
	uint64_t number = untouched, rows = untouched, sum = untouched;
	uint32_t real = 7, effective = 7;
	double seconds = NAN;
	char pids[32];

	run_maps(text);
	must(vt_parse_nspid_last(text, &number) || number == untouched);
	if (vt_parse_nspids(text, pids, sizeof(pids)))
		must_end(pids, sizeof(pids));
	if (vt_parse_time_offset(text, "monotonic", &seconds))
		must(isfinite(seconds));
	(void)vt_parse_sysvipc(text, "size", &rows, &sum);
	(void)vt_parse_sysvipc(text, NULL, &rows, &sum);
	(void)vt_parse_sockstat(text, "TCP:", &number);
	must(vt_parse_propagation(all) != NULL);
	(void)vt_parse_overlay(all, &number);
	(void)vt_parse_has_option(all, "ro");
	if (vt_parse_option(all, "lowerdir", &value))
		must_lie_in(value, text, n);
	must(vt_parse_status_uids(text, &real, &effective) || (real == 7 && effective == 7));
	number = untouched;
	must(vt_parse_statm_resident(text, &number) || number == untouched);
}

/* The first line is one path, the second another; the third is a word of the kernel's. */
static void run_paths(const char *text, size_t n)
{
	const char *rest, *third;
	char *first = fuzz_first_line(text, &rest), *second = fuzz_first_line(rest, &third);
	struct vt_slice a = { first, strlen(first) }, b = { second, strlen(second) },
			all = { text, n }, part, left = all, name;
	uint64_t index = untouched;
	char out[64];

	if (vt_parse_cgroup_below(first, b, out, sizeof(out)))
		must_end(out, sizeof(out));
	if (vt_parse_cgroup_root(a, b, out, sizeof(out)))
		must_end(out, sizeof(out));
	(void)vt_parse_container_path(a);
	if (vt_parse_container_env(text, n, &name))
		must_lie_in(name, text, n);
	(void)vt_parse_vmm_other(a);
	(void)vt_parse_kvm_stats_link(a, &index);
	while (vt_parse_until(&left, ':', &part))
		must_lie_in(part, text, n);
	must_lie_in(left, text, n);
	free(first);
	free(second);
}

static void run_log(const char *text, size_t n)
{
	const char *cursor = text;
	struct vt_slice line;

	while (vt_parse_line(&cursor, &line)) {
		struct vt_kmsg record;
		struct vt_oom_kill kill;
		uint64_t pid, rss;

		if (vt_parse_kmsg(line, &record))
			must_lie_in(record.text, text, n);
		if (vt_parse_oom_kill(line, &kill)) {
			must_lie_in(kill.holder, text, n);
			must_lie_in(kill.victim, text, n);
			must_lie_in(kill.comm, text, n);
		}
		(void)vt_parse_oom_killed(line, &pid, &rss);
	}
}

static void run_connector(const char *text, size_t n)
{
	struct vt_process_events events = { 0 };

	vt_parse_process_events(text, n, &events);
	must(events.forks + events.execs + events.exits + events.answers <= n);
}

static void run_unit(const char *text, size_t n)
{
	struct vt_unit_limits limits = VT_UNIT_LIMITS_NONE;

	(void)n;
	vt_parse_unit(text, &limits);
	must(!isnan(limits.cpu_max_percent) && limits.cpu_max_percent >= 0);
}

const struct fuzz_target fuzz_inside[] = {
	{ "namespace", run_namespace, false,
	  FUZZ_SEEDS("0 100000 65536\n1000 1000 1\n", "Name:\tx\nNSpid:\t4242\t7\t1\n",
		     "NSpid:0 x\n", "monotonic -86400 500000000\nboottime 3600 0\n",
		     "       key      shmid perms                  size  cpid\n 0 1 1600 4096 1\n",
		     "sockets: used 4\nTCP: inuse 3 orphan 0 tw 1\n", "shared:1 master:2",
		     "rw,lowerdir=/a:/b\\:c,upperdir=/d,ro", "Uid:\t0\t1000\t0\t0\n",
		     "1200 400 300 1 0 90 0\n", "4294967295 4294967295 4294967295\n"),
	  "*/proc/*/uid_map */proc/*/gid_map */proc/*/timens_offsets" },
	{ "paths", run_paths, true,
	  FUZZ_SEEDS("/a/b\n/a/b/c\n", "/..\n/x\n", "/a\n/../b\n", "/\n/\n",
		     "12:pids:/docker/3f9a\n/docker\n", "container=podman", "VBoxHeadless\n",
		     "anon_inode:kvm-vcpu-stats:3\n"),
	  "*/proc/1/environ */proc/*/cgroup" },
	{ "log", run_log, false,
	  FUZZ_SEEDS("6,422,2097918733,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),"
		     "oom_memcg=/a,task_memcg=/a/b,task=a,b,pid=4242,uid=0",
		     "oom-kill:oom_memcg=/a,task_memcg=/b,task=x,pid=1,uid=0",
		     "Memory cgroup out of memory: Killed process 4242 (a) b) total-vm:23804kB, "
		     "anon-rss:19584kB, file-rss:0kB, shmem-rss:0kB",
		     " SUBSYSTEM=x", "6,99999999999999999999,1,-;x"),
	  "" },
	{ "connector", run_connector, true,
	  FUZZ_SEEDS("", "\44\1\1\1\3\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\20\1\1\1\1\1\1\1"),
	  "" },
	{ "unit", run_unit, false,
	  FUZZ_SEEDS("[Service]\nMemoryMax=100M\nTasksMax=50%\nCPUQuota=20%\n",
		     "[Slice]\nMemoryHigh=infinity\nMemoryMax=\n", "[Service]\nMemoryMax=1\\\n2G\n",
		     "CPUQuota=-1%\n", "[Service]\nCPUQuota=1e999%\nTasksMax=99999999999999999999"),
	  "*.service *.slice *.conf" },
	{ 0 },
};
