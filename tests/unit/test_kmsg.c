/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel log's words about OOM kills, and what becomes of them. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "../../probes/parse_kmsg.h"
#include "snapshots.h"

static struct vt_slice slice(const char *text)
{
	return (struct vt_slice){ text, strlen(text) };
}

Test(kmsg, records)
{
	static const struct {
		const char *line;
		uint64_t seq, usec;
		const char *text; /* NULL: refused */
	} cases[] = {
		{ "6,422,2097918733,-;oom", 422, 2097918733, "oom" },
		{ "30,7,8,c,caller=T1;a;b", 7, 8, "a;b" },
		{ "4,1,2,-;", 1, 2, "" },
		{ " SUBSYSTEM=block", 0, 0, NULL },
		{ "6,x,2,-;t", 0, 0, NULL },
		{ "6,1,99999999999999999999999,-;t", 0, 0, NULL },
		{ "6,1,2,-", 0, 0, NULL },
		{ "", 0, 0, NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_kmsg k = { 0 };
		bool ok = vt_parse_kmsg(slice(cases[i].line), &k);

		cr_expect_eq(ok, cases[i].text != NULL, "%s", cases[i].line);
		if (!ok || !cases[i].text)
			continue;
		cr_expect_eq(k.seq, cases[i].seq, "%s", cases[i].line);
		cr_expect_eq(k.usec, cases[i].usec, "%s", cases[i].line);
		cr_expect(vt_slice_is(k.text, cases[i].text), "%s", cases[i].line);
	}
}

Test(kmsg, kills)
{
	static const struct {
		const char *text;
		bool ok;
		const char *holder, *victim, *comm;
		uint64_t pid, uid;
	} cases[] = {
		{ "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,"
		  "oom_memcg=/shop,task_memcg=/shop/api,task=stress,pid=4242,uid=1000",
		  true, "/shop", "/shop/api", "stress", 4242, 1000 },
		{ "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,"
		  "global_oom,task_memcg=/a,task=x,pid=1,uid=0",
		  true, "", "/a", "x", 1, 0 },
		/* A command that looks like other keys, a cgroup with a comma. */
		{ "oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=/a,b,task_memcg=/a,b/c,"
		  "task=t,pid=7,uid=8,pid=9,uid=10",
		  true, "/a,b", "/a,b/c", "t,pid=7,uid=8", 9, 10 },
		{ "oom-kill:constraint=CONSTRAINT_MEMCG,task=x,pid=-1,uid=0", false, "", "", "", 0,
		  0 },
		{ "oom-kill:", false, "", "", "", 0, 0 },
		{ "not an oom-kill:,task=x,pid=1,uid=0", false, "", "", "", 0, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_oom_kill k = { 0 };

		cr_assert_eq(vt_parse_oom_kill(slice(cases[i].text), &k), cases[i].ok, "%s",
			     cases[i].text);
		if (!cases[i].ok)
			continue;
		cr_expect(vt_slice_is(k.holder, cases[i].holder), "%s", cases[i].text);
		cr_expect(vt_slice_is(k.victim, cases[i].victim), "%s", cases[i].text);
		cr_expect(vt_slice_is(k.comm, cases[i].comm), "%s", cases[i].text);
		cr_expect_eq(k.pid, cases[i].pid);
		cr_expect_eq(k.uid, cases[i].uid);
	}
}

Test(kmsg, sizes)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t pid, rss;
	} cases[] = {
		{ "Memory cgroup out of memory: Killed process 4242 (bash) total-vm:23804kB, "
		  "anon-rss:19584kB, file-rss:2836kB, shmem-rss:4kB, UID:0 pgtables:92kB",
		  true, 4242, (19584 + 2836 + 4) * 1024 },
		{ "Out of memory: Killed process 5 (a) total-vm:1kB, anon-rss:2kB, "
		  "file-rss:99999999999999999999kB, shmem-rss:0kB",
		  true, 5, 2048 },
		{ "Killed process 6 (x) total-vm:1kB, anon-rss:7kB) total-vm:8kB, anon-rss:1kB",
		  true, 6, 1024 },
		{ "Killed process x (a) total-vm:1kB", false, 0, 0 },
		{ "Killed process 7", false, 0, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		uint64_t pid = 0, rss = 0;

		cr_expect_eq(vt_parse_oom_killed(slice(cases[i].text), &pid, &rss), cases[i].ok,
			     "%s", cases[i].text);
		cr_expect_eq(pid, cases[i].pid, "%s", cases[i].text);
		cr_expect_eq(rss, cases[i].rss, "%s", cases[i].text);
	}
}

/* A kill 30 s before the first snapshot, on a host whose memory controller v1 holds. */
static struct vt_snapshot *with_kill(const struct vt_snapshot *prev, double seconds, bool second)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s;

	vt_builder_begin(b);
	VT_SET(HOST, vt_builder_host(b), cgroup_controllers, "hugetlb");
	VT_SET(HOST, vt_builder_host(b), uptime_usec, 100000000u + (uint64_t)(seconds * 1e6));
	(void)add_cgroup(b, 1, 0, "/");
	for (uint64_t i = 0; i < (second ? 2 : 1); i++) {
		struct vt_oom *kill = vt_oom_add(b, 10 + i, 0);

		VT_SET(OOM, kill, at_usec, i ? 100500000u : 70000000u);
		VT_SET(OOM, kill, pid, 4242 + i);
		VT_SET(OOM, kill, comm, "stress");
		VT_SET(OOM, kill, holder, "/shop");
		VT_SET(OOM, kill, cgroup, "/shop/api");
		VT_SET(OOM, kill, rss_bytes, 98u << 20);
	}
	s = seal_at(b, prev, seconds);
	vt_builder_free(b);
	return s;
}

Test(kmsg, events_and_finding)
{
	struct vt_snapshot *first = with_kill(NULL, 0, false), *next = with_kill(first, 1, true);
	const struct vt_event *old = find_event(first, "oom-victim", NULL);
	const struct vt_finding *f = find_finding(next, "oom-killed", 0);

	cr_assert(old, "a kill from before the start is told");
	cr_expect_eq(old->at_ns, first->wall_ns - 30000000000u);
	cr_expect_str_eq(old->text, "the OOM killer ended 4242 stress, 98M in /shop/api: memory "
				    "limit of /shop");
	cr_expect_eq(next->n_events, 2);
	cr_expect_eq(next->events[1].at_ns, next->wall_ns - 500000000u);
	cr_assert(f);
	cr_expect_eq(f->severity, VT_CRITICAL);
	cr_expect_str_eq(f->evidence,
			 "2 killed by the OOM killer in 10 min, last 4243 stress, 98M: "
			 "memory limit of /shop");
	vt_snapshot_free(next);
	vt_snapshot_free(first);
}
