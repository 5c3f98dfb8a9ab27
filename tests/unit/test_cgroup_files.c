/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of one cgroup directory, as a row. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#include "../../probes/cgroup_files.h"
#include "../../src/units.h"
#include "snapshots.h"
#include "tree.h"

static struct vt_builder *builder;
static struct vt_cgroup_reader *reader;

static void set_up(void)
{
	tree_make();
	builder = vt_builder_new();
	vt_builder_begin(builder);
	reader = vt_alloc(sizeof(*reader));
	reader->builder = builder;
	reader->pressure = reader->pressure_irq = true;
}

static void tear_down(void)
{
	free(reader);
	vt_builder_free(builder);
	tree_remove();
}

TestSuite(cgroup_files, .init = set_up, .fini = tear_down);

static struct vt_cgroup *read_row(uint64_t id)
{
	struct vt_cgroup *cg = vt_cgroup_add(builder, id, 0);
	vt_autoclose int dir = vt_host_openat(tree_host.root, "cg", O_RDONLY | O_DIRECTORY);

	cr_assert_geq(dir, 0);
	vt_cgroup_read(reader, dir, NULL, cg);
	return cg;
}

static void put(const char *file, const char *text)
{
	vt_autofree char *path = vt_asprintf("cg/%s", file);

	tree_put(path, text);
}

static void put_core(const char *controllers)
{
	put("cgroup.type", "domain\n");
	put("cgroup.controllers", controllers);
	put("cgroup.subtree_control", "\n");
	put("cgroup.events", "populated 1\nfrozen 0\n");
	put("cgroup.max.depth", "max\n");
}

Test(cgroup_files, everything)
{
	struct vt_cgroup *cg;

	put_core("cpuset cpu io memory hugetlb pids\n");
	put("cpu.stat", "usage_usec 5000\nuser_usec 3000\nsystem_usec 2000\nnr_periods 10\n"
			"nr_throttled 4\nthrottled_usec 77\nnr_bursts 0\n");
	put("cpu.max", "20000 100000\n");
	put("cpu.weight", "100\n");
	put("memory.current", "4096\n");
	put("memory.max", "max\n");
	put("memory.high", "8192\n");
	put("memory.events", "low 0\nhigh 1\nmax 2\noom 3\noom_kill 4\noom_group_kill 0\n");
	put("memory.stat", "anon 10\nfile 20\nkernel 30\nshmem 5\nworkingset_refault_file 6\n");
	put("pids.current", "3\n");
	put("pids.max", "100\n");
	put("pids.events", "max 9\n");
	put("io.weight", "default 200\n8:0 50\n");
	put("cpuset.cpus", "\n");
	put("cpuset.cpus.effective", "0-3\n");
	put("memory.pressure", "some avg10=1.00 avg60=0.50 avg300=0.00 total=5\n"
			       "full avg10=0.25 avg60=0.00 avg300=0.00 total=2\n");
	put("irq.pressure", "full avg10=1.50 avg60=0.25 avg300=0.00 total=9\n");
	cg = read_row(7);
	cr_expect_str_eq(cg->type, "domain");
	cr_expect_str_eq(cg->controllers, "cpuset cpu io memory hugetlb pids");
	cr_expect_str_eq(cg->subtree_control, "", "known and empty");
	cr_expect(VT_HAS(CGROUP, cg, populated) && cg->populated == 1);
	cr_expect(VT_HAS(CGROUP, cg, frozen) && cg->frozen == 0);
	cr_expect_eq(cg->max_depth, VT_MAX);
	cr_expect_eq(cg->cpu_usage_usec, 5000);
	cr_expect_eq(cg->nr_throttled, 4);
	cr_expect_eq(cg->throttled_usec, 77);
	cr_expect_float_eq(cg->cpu_max_percent, 20, 1e-9);
	cr_expect_eq(cg->cpu_weight, 100);
	cr_expect_eq(cg->memory_current_bytes, 4096);
	cr_expect(VT_HAS(CGROUP, cg, memory_max_bytes) && cg->memory_max_bytes == VT_MAX);
	cr_expect_eq(cg->memory_high_bytes, 8192);
	cr_expect_eq(cg->memory_events_oom, 3);
	cr_expect_eq(cg->memory_events_oom_kill, 4);
	cr_expect_eq(cg->memory_anon_bytes, 10);
	cr_expect_eq(cg->memory_refault_file, 6);
	cr_expect_not(VT_HAS(CGROUP, cg, memory_slab_bytes), "a key that this kernel lacks");
	cr_expect_eq(cg->pids_events_max, 9);
	cr_expect_eq(cg->io_weight, 200);
	cr_expect(VT_HAS(CGROUP, cg, cpuset_cpus) && !*cg->cpuset_cpus);
	cr_expect_str_eq(cg->cpuset_cpus_effective, "0-3");
	cr_expect_float_eq(cg->psi_memory_full_avg10, 0.25, 1e-9);
	cr_expect_eq(cg->psi_memory_some_total_usec, 5);
	cr_expect_float_eq(cg->psi_irq_full_avg10, 1.5, 1e-9);
	cr_expect_eq(cg->psi_irq_full_total_usec, 9);
	cr_expect_not(VT_HAS(CGROUP, cg, psi_cpu_some_avg10), "that file is not there");
	cr_expect_not(VT_HAS(CGROUP, cg, memory_low_bytes), "that file is not there");
}

Test(cgroup_files, controllers_decide_what_is_read)
{
	struct vt_cgroup *cg;

	put_core("pids\n");
	put("memory.current", "4096\n");
	put("pids.current", "3\n");
	cg = read_row(7);
	cr_expect(VT_HAS(CGROUP, cg, pids_current));
	cr_expect_not(VT_HAS(CGROUP, cg, memory_current_bytes));
}

Test(cgroup_files, malformed_is_unknown)
{
	static const char *const bad[] = { "",     "\n",    "x\n",
					   "-1\n", "1 2\n", "18446744073709551616\n" };

	put_core("cpu memory pids io\n");
	for (size_t i = 0; i < VT_LEN(bad); i++) {
		struct vt_cgroup *cg;

		put("memory.current", bad[i]);
		put("memory.max", bad[i]);
		put("pids.max", bad[i]);
		put("cpu.max", bad[i]);
		put("cpu.weight", bad[i]);
		put("io.weight", bad[i]);
		put("cpu.stat", bad[i]);
		put("cpu.pressure", bad[i]);
		cg = read_row(i + 1);
		cr_expect_not(VT_HAS(CGROUP, cg, memory_current_bytes), "'%s'", bad[i]);
		cr_expect_not(VT_HAS(CGROUP, cg, memory_max_bytes), "'%s'", bad[i]);
		cr_expect_not(VT_HAS(CGROUP, cg, pids_max), "'%s'", bad[i]);
		cr_expect_not(VT_HAS(CGROUP, cg, cpu_weight), "'%s'", bad[i]);
		cr_expect_not(VT_HAS(CGROUP, cg, io_weight), "'%s'", bad[i]);
		cr_expect_not(VT_HAS(CGROUP, cg, cpu_usage_usec), "'%s'", bad[i]);
		cr_expect_not(VT_HAS(CGROUP, cg, psi_cpu_some_avg10), "'%s'", bad[i]);
	}
}

Test(cgroup_files, cpu_max)
{
	struct vt_cgroup *cg;

	put_core("cpu\n");
	put("cpu.max", "max 100000\n");
	cg = read_row(1);
	cr_expect(VT_HAS(CGROUP, cg, cpu_max_percent) && isinf(cg->cpu_max_percent));
	cr_expect_eq(cg->cpu_max_quota_usec, VT_MAX);
	put("cpu.max", "1000 0\n");
	cg = read_row(2);
	cr_expect_not(VT_HAS(CGROUP, cg, cpu_max_percent), "no period, no share");
}

Test(cgroup_files, io_stat)
{
	struct vt_cgroup *cg;
	struct vt_iodev *devs;
	size_t n;

	put_core("io\n");
	put("io.stat", "8:0 rbytes=100 wbytes=50 rios=3 wios=2 dbytes=0 dios=0\n"
		       "(unknown) rbytes=1\n8:16\nbroken line\n259:0 wbytes=7");
	cg = read_row(7);
	cr_expect_eq(cg->io_rbytes, 100);
	cr_expect_eq(cg->io_wbytes, 57);
	devs = vt_iodev_added(builder, &n);
	cr_assert_eq(n, 2);
	cr_expect_eq(devs[0].head.a, 7);
	cr_expect_eq(devs[0].head.b, 8ull << 32);
	cr_expect_str_eq(devs[0].device, "8:0");
	cr_expect_eq(devs[0].rios, 3);
	cr_expect_str_eq(devs[1].device, "259:0");
	cr_expect_eq(devs[1].wbytes, 7);
	cr_expect_not(VT_HAS(IODEV, &devs[1], rbytes), "not said is not zero");
}

/* Linux 6.1: devices without I/O have no pairs, and some no end of line. */
Test(cgroup_files, io_stat_without_ends_of_lines)
{
	struct vt_iodev *devs;
	size_t n;

	put_core("io\n");
	put("io.stat", "7:0 \n7:1 7:2 254:0 rbytes=9 wbytes=4 rios=1 wios=1\n");
	cr_expect_eq(read_row(7)->io_rbytes, 9);
	devs = vt_iodev_added(builder, &n);
	cr_assert_eq(n, 1);
	cr_expect_str_eq(devs[0].device, "254:0");
	cr_expect_eq(devs[0].wbytes, 4);
}

Test(cgroup_files, no_io_yet_is_zero)
{
	struct vt_cgroup *cg;

	put_core("io\n");
	put("io.stat", "");
	cg = read_row(7);
	cr_expect(VT_HAS(CGROUP, cg, io_rbytes) && cg->io_rbytes == 0);
}

Test(cgroup_files, huge_pages)
{
	struct vt_hugetlb *rows;
	size_t n;

	put_core("hugetlb\n");
	put("hugetlb.2MB.current", "4194304\n");
	put("hugetlb.2MB.max", "max\n");
	put("hugetlb.2MB.events", "max 5\n");
	put("hugetlb.2MB.rsvd.current", "0\n");
	put("hugetlb.2MB.rsvd.max", "9223372036852678656\n"); /* all pages there can be */
	put("hugetlb.1GB.current", "0\n");
	put("hugetlb.1GB.max", "broken\n");
	put("hugetlb.aVeryLongSizeThatIsNone.current", "0\n");
	put("hugetlb.x.current", "nonsense\n");
	(void)read_row(7);
	rows = vt_hugetlb_added(builder, &n);
	cr_assert_eq(n, 2);
	cr_expect_str_eq(rows[0].page_size, "1GB");
	cr_expect_eq(rows[0].head.b, 1ull << 30);
	cr_expect(VT_HAS(HUGETLB, &rows[0], current_bytes) && rows[0].current_bytes == 0);
	cr_expect_not(VT_HAS(HUGETLB, &rows[0], max_bytes));
	cr_expect_str_eq(rows[1].page_size, "2MB");
	cr_expect_eq(rows[1].max_bytes, VT_MAX);
	cr_expect_eq(rows[1].events_max, 5);
	cr_expect_eq(rows[1].rsvd_max_bytes, VT_MAX);
}

Test(cgroup_files, resources)
{
	struct vt_resource *rows;
	size_t n;

	put_core("misc\n");
	put("misc.current", "sev 1\n");
	put("misc.max", "sev 2\n");
	put("misc.events", "sev.max 5\n");
	put("misc.events.local", "sev.max 3\n");
	(void)read_row(7);
	rows = vt_resource_added(builder, &n);
	cr_assert_eq(n, 1);
	cr_expect_str_eq(rows[0].name, "sev");
	cr_expect_eq(rows[0].current, 1);
	cr_expect_eq(rows[0].max, 2);
	cr_expect_eq(rows[0].events_max, 5);
	cr_expect_eq(rows[0].events_local_max, 3);
}

Test(cgroup_files, the_root_has_no_limits)
{
	struct vt_cgroup *cg;

	put("cgroup.controllers", "cpu memory\n");
	put("cgroup.subtree_control", "cpu\n");
	put("cpu.stat", "usage_usec 5\n");
	put("memory.stat", "anon 10\n");
	put("memory.max", "4096\n"); /* which the real root has not */
	cg = read_row(1);
	cr_expect_not(VT_HAS(CGROUP, cg, type));
	cr_expect_eq(cg->cpu_usage_usec, 5);
	cr_expect_eq(cg->memory_anon_bytes, 10);
	cr_expect_not(VT_HAS(CGROUP, cg, memory_max_bytes));
}

Test(cgroup_files, a_directory_that_vanished)
{
	struct vt_cgroup *cg;

	put("x", "");
	cg = read_row(1);
	for (unsigned i = 0; i < VT_CGROUP_METRICS; i++)
		cr_expect_not(vt_valid(&cg->head, i), "%s",
			      vt_kinds[VT_KIND_CGROUP].metrics[i].name);
}

/* Its controllers' files go first: other cgroups have them still. */
Test(cgroup_files, a_cgroup_being_removed)
{
	vt_autoclose int dir = -1;
	struct vt_cgroup *cg;

	reader->live = true;
	put_core("memory pids\n");
	put("memory.current", "4096\n");
	cg = read_row(1);
	cr_expect(VT_HAS(CGROUP, cg, memory_current_bytes));
	dir = vt_host_openat(tree_host.root, "cg", O_RDONLY | O_DIRECTORY);
	cr_assert_eq(unlinkat(dir, "memory.current", 0), 0);
	cg = read_row(2);
	cr_expect_not(VT_HAS(CGROUP, cg, memory_current_bytes));
	put("memory.current", "8192\n");
	put("pids.current", "3\n");
	cg = read_row(3);
	cr_expect(VT_HAS(CGROUP, cg, memory_current_bytes));
	cr_expect_not(VT_HAS(CGROUP, cg, pids_current), "the kernel lacked it from the start");
}

Test(cgroup_files, too_large_is_unknown)
{
	vt_autofree char *big = vt_alloc(2 * VT_CGROUP_TEXT);
	struct vt_cgroup *cg;

	memset(big, '1', 2 * VT_CGROUP_TEXT - 1);
	put_core("memory\n");
	put("memory.current", big);
	cg = read_row(1);
	cr_expect_not(VT_HAS(CGROUP, cg, memory_current_bytes));
}

Test(cgroup_files, units_of_systemd)
{
	static const char *const cases[][2] = {
		{ "/system.slice/ssh.service", "ssh.service" },
		{ "/system.slice/ssh.service/inner", "ssh.service" },
		{ "/user.slice/user-0.slice/session-1.scope", "session-1.scope" },
		{ "/user.slice", "user.slice" },
		{ "/init.scope", "init.scope" },
		{ "/", "" },
		{ "", "" },
		{ "/demo", "" },
		{ "/.service", "" }, /* a suffix is no name */
		{ "/services/x", "" },
		{ "/a.mount/", "a.mount" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const char *at = "";
		size_t n;

		vt_cgroup_unit(cases[i][0], &at, &n);
		cr_expect(n == strlen(cases[i][1]) && memcmp(at, cases[i][1], n) == 0,
			  "'%s': '%.*s'", cases[i][0], (int)n, at);
	}
}
