/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON, read back with another eye: valid, of schema virttop/1, unknown left out. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>

#include "../../src/json.h"
#include "../../src/text.h"
#include "snapshots.h"

static struct vt_builder *b;
static struct vt_snapshot *s;
static char *line;
static json_t *root;

static void set_up(void)
{
	b = vt_builder_new();
	vt_builder_begin(b);
	line = NULL;
	root = NULL;
}

static void tear_down(void)
{
	json_decref(root);
	free(line);
	vt_snapshot_free(s);
	vt_builder_free(b);
}

TestSuite(json, .init = set_up, .fini = tear_down);

/* Seals and reads back; the text is one clean line. */
static void publish(const struct vt_snapshot *prev, double seconds)
{
	json_error_t e;

	s = seal_at(b, prev, seconds);
	line = vt_json(s);
	cr_assert_not_null(line);
	cr_expect_null(strchr(line, '\n'));
	cr_expect(vt_text_clean(line), "control bytes or broken UTF-8");
	root = json_loads(line, JSON_REJECT_DUPLICATES, &e);
	cr_assert_not_null(root, "%s at %d", e.text, e.position);
}

/* The value at "a.b.0.c"; NULL. */
static const json_t *at(const char *path)
{
	vt_autofree char *copy = vt_strdup(path);
	const json_t *v = root;
	char *save = NULL;

	for (char *p = strtok_r(copy, ".", &save); p && v; p = strtok_r(NULL, ".", &save))
		v = json_is_array(v) ? json_array_get(v, strtoul(p, NULL, 10))
				     : json_object_get(v, p);
	return v;
}

static void expect_integer(const char *path, uint64_t value)
{
	cr_expect(json_is_integer(at(path)), "%s", path);
	cr_expect_eq((uint64_t)json_integer_value(at(path)), value, "%s: %lld", path,
		     json_integer_value(at(path)));
}

static void expect_real(const char *path, double value)
{
	cr_expect(json_is_real(at(path)), "%s", path);
	cr_expect_float_eq(json_real_value(at(path)), value, 1e-9, "%s: %f", path,
			   json_real_value(at(path)));
}

static void expect_string(const char *path, const char *value)
{
	cr_assert(json_is_string(at(path)), "%s", path);
	cr_expect_str_eq(json_string_value(at(path)), value, "%s", path);
}

static void expect_missing(const char *path)
{
	cr_expect_null(at(path), "%s", path);
}

Test(json, empty)
{
	static const char *const arrays[] = { "processes",  "namespaces", "cgroups",
					      "containers", "machines",   "interfaces",
					      "events",     "findings",   "collect.probes" };

	publish(NULL, 0);
	expect_string("schema", "virttop/1");
	expect_string("taken_at", "2023-11-14T22:13:20.000Z");
	expect_missing("interval_usec");
	expect_integer("collect.duration_usec", 0);
	for (size_t i = 0; i < VT_LEN(arrays); i++) {
		cr_expect(json_is_array(at(arrays[i])), "%s", arrays[i]);
		cr_expect_eq(json_array_size(at(arrays[i])), 0, "%s", arrays[i]);
	}
	cr_expect(json_is_object(at("host")));
	cr_expect_eq(json_object_size(at("host")), 0, "nothing is known of it");
}

Test(json, host)
{
	struct vt_host_row *host = vt_builder_host(b);
	struct vt_parameter *param;
	struct vt_module *module;

	VT_SET(HOST, host, hostname, "box");
	VT_SET(HOST, host, cpu_vendor, "GenuineIntel");
	VT_SET(HOST, host, cpu_threads, 8);
	VT_SET(HOST, host, cpu_flags, "vmx  ept");
	VT_SET(HOST, host, cpu_virtualization, "VT-x");
	VT_SET(HOST, host, hypervisor, "none");
	VT_SET(HOST, host, kvm_device, 1);
	VT_SET(HOST, host, kvm_usable, 0);
	VT_SET(HOST, host, cgroup_mode, "hybrid");
	VT_SET(HOST, host, cgroup_controllers, "");
	VT_SET(HOST, host, cgroup_v1_controllers, "cpu memory");
	VT_SET(HOST, host, mem_total_bytes, 1000);
	VT_SET(HOST, host, psi_cpu_some_avg10, 1.23456);
	VT_SET(HOST, host, psi_cpu_some_total_usec, 77);
	module = vt_module_add(b, 1, 0);
	VT_SET(MODULE, module, name, "kvm_intel");
	VT_SET(MODULE, module, refcount, 3);
	param = vt_parameter_add(b, 1, 1);
	VT_SET(PARAMETER, param, name, "ept");
	VT_SET(PARAMETER, param, value, "Y");
	param = vt_parameter_add(b, 1, 2);
	VT_SET(PARAMETER, param, name, "bad\033");
	VT_SET(PARAMETER, param, value, "Y");
	publish(NULL, 0);
	expect_string("host.hostname", "box");
	expect_string("host.cpu.vendor", "GenuineIntel");
	expect_integer("host.cpu.threads", 8);
	expect_string("host.cpu.virtualization", "VT-x");
	expect_string("host.cpu.flags.0", "vmx");
	expect_string("host.cpu.flags.1", "ept");
	expect_missing("host.cpu.flags.2");
	expect_string("host.cpu.features.0.name", "vmx");
	cr_expect(json_is_true(at("host.cpu.features.0.present")));
	cr_expect(json_is_false(at("host.cpu.features.1.present")), "svm");
	expect_string("host.hypervisor.running_under", "none");
	expect_missing("host.hypervisor.type");
	cr_expect(json_is_true(at("host.kvm.device")));
	cr_expect(json_is_false(at("host.kvm.usable")));
	expect_missing("host.kvm.nested");
	expect_string("host.kvm.modules.0.name", "kvm_intel");
	expect_integer("host.kvm.modules.0.refcount", 3);
	expect_string("host.kvm.modules.0.parameters.ept", "Y");
	cr_expect_eq(json_object_size(at("host.kvm.modules.0.parameters")), 1);
	expect_string("host.cgroup.mode", "hybrid");
	cr_expect(json_is_array(at("host.cgroup.controllers")));
	cr_expect_eq(json_array_size(at("host.cgroup.controllers")), 0);
	expect_string("host.cgroup.v1_controllers.1", "memory");
	expect_integer("host.memory.total_bytes", 1000);
	expect_missing("host.memory.available_bytes");
	expect_real("host.pressure.cpu.some_avg10", 1.235);
	expect_integer("host.pressure.cpu.some_total_usec", 77);
	expect_missing("host.pressure.memory");
}

Test(json, cgroups)
{
	struct vt_hugetlb *huge;
	struct vt_iodev *dev;
	struct vt_cgroup *cg;

	cg = add_cgroup(b, 9, 1, "/a");
	VT_SET(CGROUP, cg, controllers, "cpu memory");
	VT_SET(CGROUP, cg, memory_current_bytes, 0);
	VT_SET(CGROUP, cg, memory_max_bytes, VT_MAX);
	VT_SET(CGROUP, cg, memory_high_bytes, UINT64_MAX - 1);
	VT_SET(CGROUP, cg, cpu_max_percent, INFINITY);
	VT_SET(CGROUP, cg, memory_events_oom_kill, 2);
	VT_SET(CGROUP, cg, memory_anon_bytes, 10);
	VT_SET(CGROUP, cg, frozen, 0);
	VT_SET(CGROUP, cg, populated, 1);
	VT_SET(CGROUP, cg, pids_max, 100);
	VT_SET(CGROUP, cg, pids_current, 40);
	cg = add_cgroup(b, 20, 9, "/a/b");
	VT_SET(CGROUP, cg, pids_max, VT_MAX);
	VT_SET(CGROUP, cg, pids_current, 40);
	VT_SET(CGROUP, cg, throttled_percent, NAN);
	dev = vt_iodev_add(b, 9, 8ull << 32);
	VT_SET(IODEV, dev, device, "8:0");
	VT_SET(IODEV, dev, rbytes, 5);
	huge = vt_hugetlb_add(b, 9, 1 << 21);
	VT_SET(HUGETLB, huge, page_size, "2MB");
	VT_SET(HUGETLB, huge, max_bytes, VT_MAX);
	add_cgroup(b, 30, 0, "/");
	publish(NULL, 0);
	expect_string("cgroups.0.path", "/");
	expect_missing("cgroups.0.parent_id");
	expect_missing("cgroups.0.memory");
	expect_missing("cgroups.0.processes");
	expect_string("cgroups.1.path", "/a");
	expect_integer("cgroups.1.id", 9);
	expect_string("cgroups.1.controllers.1", "memory");
	expect_integer("cgroups.1.memory.current_bytes", 0);
	expect_string("cgroups.1.memory.max_bytes", "max");
	expect_integer("cgroups.1.memory.high_bytes", INT64_MAX);
	expect_missing("cgroups.1.memory.low_bytes");
	expect_string("cgroups.1.cpu.max_percent", "max");
	expect_missing("cgroups.1.cpu.percent");
	expect_integer("cgroups.1.memory.events.oom_kill", 2);
	expect_integer("cgroups.1.memory.stat.anon", 10);
	cr_expect(json_is_false(at("cgroups.1.frozen")));
	cr_expect(json_is_true(at("cgroups.1.populated")));
	expect_string("cgroups.1.io.0.device", "8:0");
	expect_integer("cgroups.1.io.0.rbytes", 5);
	expect_missing("cgroups.1.io.0.wbytes");
	expect_string("cgroups.1.hugetlb.2MB.max_bytes", "max");
	expect_string("cgroups.1.effective.memory_max.value", "max");
	expect_missing("cgroups.1.effective.memory_max.from");
	expect_string("cgroups.2.path", "/a/b");
	expect_integer("cgroups.2.parent_id", 9);
	expect_integer("cgroups.2.effective.pids_max.value", 100);
	expect_string("cgroups.2.effective.pids_max.from", "/a");
	expect_missing("cgroups.2.io");
	expect_missing("cgroups.2.cpu.throttled_percent");
}

Test(json, processes_namespaces_containers_machines)
{
	struct vt_namespace *ns;
	struct vt_interface *nic;
	struct vt_machine *vm;
	struct vt_process *p;
	struct vt_keeper *kept;
	struct vt_vcpu *vcpu;

	add_cgroup(b, 1, 0, "/");
	add_cgroup(b, 2, 1, "/lxc.payload.web");
	p = add_process(b, 42, 900, "sh", "/lxc.payload.web");
	VT_SET(PROCESS, p, state, "R");
	put_in(b, p, VT_NS_NET, 4026531840u);
	ns = add_namespace(b, VT_NS_NET, 4026531840u);
	VT_SET(NAMESPACE, ns, owner_id, 4026531837u);
	ns->kept_by = "process";
	ns->kept_where = "/proc/42";
	kept = vt_keeper_add(b, 4026531840u, 1);
	VT_SET(KEEPER, kept, how, "bind");
	VT_SET(KEEPER, kept, where, "/run/netns/\xff");
	(void)add_namespace(b, VT_NS_PID, 4026531841u);
	nic = vt_interface_add(b, 4026531840u, 2);
	VT_SET(INTERFACE, nic, name, "eth0");
	vm = vt_machine_add(b, 42, 900);
	VT_SET(MACHINE, vm, pid, 42);
	VT_SET(MACHINE, vm, vmm, "qemu");
	VT_SET(MACHINE, vm, stats_source, "none");
	vcpu = vt_vcpu_add(b, 42, 0);
	VT_SET(VCPU, vcpu, index, 0);
	VT_SET(VCPU, vcpu, tid, 43);
	publish(NULL, 0);
	expect_integer("processes.0.pid", 42);
	expect_integer("processes.0.start_ticks", 900);
	expect_integer("processes.0.cgroup_id", 2);
	expect_integer("processes.0.ns.net", 4026531840u);
	expect_missing("processes.0.ns.pid");
	expect_missing("processes.0.ppid");
	expect_string("namespaces.0.type", "net");
	expect_integer("namespaces.0.owner_user_ns", 4026531837u);
	expect_missing("namespaces.0.parent");
	expect_integer("namespaces.0.processes", 1);
	expect_string("namespaces.0.kept_by.0.how", "process");
	expect_string("namespaces.0.kept_by.0.where", "/proc/42");
	expect_string("namespaces.0.kept_by.1.how", "bind");
	expect_string("namespaces.0.kept_by.1.where", "/run/netns/\\xff");
	expect_missing("namespaces.1.kept_by");
	expect_integer("interfaces.0.namespace", 4026531840u);
	expect_string("interfaces.0.name", "eth0");
	expect_string("containers.0.engine", "lxc");
	expect_integer("containers.0.pid", 42);
	expect_integer("containers.0.namespaces.net", 4026531840u);
	expect_integer("machines.0.pid", 42);
	expect_string("machines.0.stats_source", "none");
	expect_integer("machines.0.vcpus.0.tid", 43);
	expect_missing("machines.0.exits");
	expect_missing("machines.0.name");
}

Test(json, collecting_findings_and_events)
{
	struct vt_snapshot *prev;
	struct vt_cgroup *cg;

	vt_builder_probe(b, "cgroup");
	add_cgroup(b, 1, 0, "/");
	prev = seal_at(b, NULL, 0);
	vt_builder_begin(b);
	vt_builder_probe(b, "cgroup");
	vt_builder_source(b, "procfs");
	vt_builder_note(b, "cannot read \033x");
	vt_builder_note(b, "cannot read \033x");
	vt_builder_probe(b, "kvm");
	vt_builder_probe(b, NULL);
	add_cgroup(b, 1, 0, "/");
	cg = add_cgroup(b, 2, 1, "/new\033");
	VT_SET(CGROUP, cg, pids_max, 10);
	VT_SET(CGROUP, cg, pids_current, 10);
	publish(prev, 1.5);
	vt_snapshot_free(prev);
	expect_integer("interval_usec", 1500000);
	expect_string("taken_at", "2023-11-14T22:13:21.500Z");
	expect_string("collect.probes.0.name", "cgroup");
	expect_string("collect.probes.0.source", "procfs");
	expect_string("collect.probes.0.notes.0", "cannot read \\x1bx (2 times)");
	expect_string("collect.probes.1.name", "kvm");
	expect_missing("collect.probes.1.source");
	cr_expect_eq(json_array_size(at("collect.probes.1.notes")), 0);
	expect_string("findings.0.kind", "pids-limit");
	expect_string("findings.0.severity", "critical");
	expect_string("findings.0.subject.kind", "cgroup");
	expect_integer("findings.0.subject.id", 2);
	expect_string("findings.0.subject.path", "/new\\x1b");
	cr_expect(json_is_string(at("findings.0.evidence")));
	cr_expect(json_is_string(at("findings.0.advice")));
	expect_string("events.0.kind", "created");
	expect_string("events.0.at", "2023-11-14T22:13:21.500Z");
	expect_string("events.0.subject.path", "/new\\x1b");
	expect_string("events.0.text", "new cgroup /new\\x1b");
}

/* Every string of the model, hostile, in every kind. */
Test(json, hostile_strings)
{
	static const char *const evil[] = {
		"\033]0;x\007", "\"}],\"a\":[{\"", "\\",   "\xff\xfe", "\xc0\x80", "a\nb\tc",
		"\xed\xa0\x80", "\xe2\x80\xae",    "\x7f", "",         " ",
	};

	for (size_t e = 0; e < VT_LEN(evil); e++) {
		tear_down();
		set_up();
		for (int k = 0; k < VT_KIND_COUNT; k++) {
			char *row = k == VT_KIND_HOST ? (char *)vt_builder_host(b)
						      : vt_builder_add(b, (enum vt_kind)k, 1, 1);

			for (int m = 0; m < vt_kinds[k].n_metrics; m++) {
				const struct vt_metric *metric = &vt_kinds[k].metrics[m];

				if (metric->class == VT_STRING)
					*(const char **)(void *)(row + metric->offset) =
						vt_builder_intern(b, evil[e]);
				vt_valid_set((struct vt_head *)(void *)row, (unsigned)m);
			}
		}
		publish(NULL, 0);
		cr_expect_eq(json_array_size(at("processes")), 1);
	}
}

Test(json, a_long_string)
{
	vt_autofree char *text = vt_alloc(100001);
	struct vt_process *p;

	memset(text, '\033', 100000);
	p = add_process(b, 1, 1, text, "/");
	(void)p;
	publish(NULL, 0);
	cr_expect_eq(json_string_length(at("processes.0.comm")), 400000);
}
