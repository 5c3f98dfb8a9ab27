/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From rows to a snapshot: order, identity, rates, what came and went. */
#include <criterion/criterion.h>

#include "snapshots.h"

/* A process that used this much CPU; 0 seconds later nothing is known. */
struct cpu {
	uint64_t pid, start, usec;
	bool known;
};

static struct vt_snapshot *with_cpu(struct vt_builder *b, const struct vt_snapshot *prev,
				    double seconds, struct cpu cpu)
{
	struct vt_process *p;

	vt_builder_begin(b);
	p = add_process(b, cpu.pid, cpu.start, "worker", "/a");
	if (cpu.known)
		VT_SET(PROCESS, p, cpu_usec, cpu.usec);
	return seal_at(b, prev, seconds);
}

Test(seal, rates)
{
	static const struct {
		const char *what;
		struct cpu before, after;
		double seconds, percent; /* percent below 0: unknown */
	} cases[] = {
		{ "busy", { 5, 1, 1000000, true }, { 5, 1, 1500000, true }, 1, 50 },
		{ "in two seconds", { 5, 1, 1000000, true }, { 5, 1, 1500000, true }, 2, 25 },
		{ "in a tenth", { 5, 1, 0, true }, { 5, 1, 400000, true }, 0.1, 400 },
		{ "idle is 0", { 5, 1, 1000000, true }, { 5, 1, 1000000, true }, 1, 0 },
		{ "backwards", { 5, 1, 1000000, true }, { 5, 1, 999999, true }, 1, -1 },
		{ "wrapped", { 5, 1, UINT64_MAX, true }, { 5, 1, 10, true }, 1, -1 },
		{ "was unknown", { 5, 1, 0, false }, { 5, 1, 1500000, true }, 1, -1 },
		{ "is unknown", { 5, 1, 1000000, true }, { 5, 1, 0, false }, 1, -1 },
		{ "the pid is another process", { 5, 1, 1000, true }, { 5, 2, 2000, true }, 1, -1 },
		{ "another pid", { 5, 1, 1000, true }, { 6, 1, 2000, true }, 1, -1 },
		{ "no time went by", { 5, 1, 1000, true }, { 5, 1, 2000, true }, 0, -1 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_builder *b = vt_builder_new();
		struct vt_snapshot *prev = with_cpu(b, NULL, 0, cases[i].before);
		struct vt_snapshot *s = with_cpu(b, prev, cases[i].seconds, cases[i].after);
		const struct vt_process *p = vt_process_at(s, 0);

		cr_expect_not(VT_HAS(PROCESS, vt_process_at(prev, 0), cpu_percent),
			      "%s: one sample is no rate", cases[i].what);
		cr_expect_eq(VT_HAS(PROCESS, p, cpu_percent), cases[i].percent >= 0, "%s",
			     cases[i].what);
		if (cases[i].percent >= 0)
			cr_expect_float_eq(p->cpu_percent, cases[i].percent, 1e-6, "%s: %f",
					   cases[i].what, p->cpu_percent);
		vt_snapshot_free(prev);
		vt_snapshot_free(s);
		vt_builder_free(b);
	}
}

/* A rate needs two consecutive snapshots: one that lacked the row breaks it. */
Test(seal, a_gap_breaks_a_rate)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *one = with_cpu(b, NULL, 0, (struct cpu){ 5, 1, 1000, true }), *two,
			   *three;

	vt_builder_begin(b);
	two = seal_at(b, one, 1);
	three = with_cpu(b, two, 2, (struct cpu){ 5, 1, 2000, true });
	cr_expect_not(VT_HAS(PROCESS, vt_process_at(three, 0), cpu_percent));
	vt_snapshot_free(one);
	vt_snapshot_free(two);
	vt_snapshot_free(three);
	vt_builder_free(b);
}

Test(seal, shares)
{
	static const struct {
		const char *what;
		uint64_t throttled[2], periods[2];
		double percent; /* below 0: unknown */
	} cases[] = {
		{ "half", { 10, 15 }, { 100, 110 }, 50 },
		{ "none", { 10, 10 }, { 100, 110 }, 0 },
		{ "idle", { 10, 10 }, { 100, 100 }, 0 },
		{ "part backwards", { 10, 9 }, { 100, 110 }, -1 },
		{ "whole backwards", { 10, 11 }, { 100, 99 }, -1 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_builder *b = vt_builder_new();
		struct vt_snapshot *s[2] = { NULL, NULL };
		const struct vt_cgroup *cg;

		for (int k = 0; k < 2; k++) {
			struct vt_cgroup *row;

			vt_builder_begin(b);
			row = add_cgroup(b, 1, 0, "/");
			VT_SET(CGROUP, row, nr_throttled, cases[i].throttled[k]);
			VT_SET(CGROUP, row, nr_periods, cases[i].periods[k]);
			s[k] = seal_at(b, k ? s[0] : NULL, k);
		}
		cg = vt_cgroup_at(s[1], 0);
		cr_expect_eq(VT_HAS(CGROUP, cg, throttled_percent), cases[i].percent >= 0, "%s",
			     cases[i].what);
		if (cases[i].percent >= 0)
			cr_expect_float_eq(cg->throttled_percent, cases[i].percent, 1e-9, "%s",
					   cases[i].what);
		vt_snapshot_free(s[0]);
		vt_snapshot_free(s[1]);
		vt_builder_free(b);
	}
}

static struct vt_snapshot *with_cgroup(struct vt_builder *b, const struct vt_snapshot *prev,
				       double seconds, uint64_t id, uint64_t usec)
{
	struct vt_cgroup *cg;

	vt_builder_begin(b);
	add_cgroup(b, 1, 0, "/");
	cg = add_cgroup(b, id, 1, "/demo");
	VT_SET(CGROUP, cg, cpu_usage_usec, usec);
	return seal_at(b, prev, seconds);
}

Test(seal, a_cgroup_made_anew_under_its_path_is_another)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *prev = with_cgroup(b, NULL, 0, 7, 1000);
	struct vt_snapshot *s = with_cgroup(b, prev, 1, 8, 2000);
	const struct vt_cgroup *cg = vt_snapshot_path(s, "/demo");

	cr_assert_eq(cg->id, 8);
	cr_expect_not(VT_HAS(CGROUP, cg, cpu_percent));
	cr_expect_eq(cg->head.first_seen_ns, s->taken_ns);
	cr_expect(vt_snapshot_is_new(s, &cg->head));
	cr_expect_eq(s->gone[VT_KIND_CGROUP].n, 1);
	cr_expect_eq(((const struct vt_cgroup *)s->gone[VT_KIND_CGROUP].rows)->id, 7);
	cr_expect(find_event(s, "created", "new cgroup /demo"));
	cr_expect(find_event(s, "removed", "cgroup /demo removed"));
	vt_snapshot_free(prev);
	vt_snapshot_free(s);
	vt_builder_free(b);
}

Test(seal, first_seen)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s[5] = { NULL };
	static const double seconds[] = { 0, 1, 2, 3.9, 4.1 };

	for (int i = 0; i < 5; i++) {
		vt_builder_begin(b);
		add_process(b, 1, 1, "init", "/");
		if (i)
			add_process(b, 5, 100, "late", "/");
		s[i] = seal_at(b, i ? s[i - 1] : NULL, seconds[i]);
	}
	for (int i = 0; i < 5; i++) {
		const struct vt_process *init = vt_snapshot_pid(s[i], 1);
		const struct vt_process *late = vt_snapshot_pid(s[i], 5);

		cr_expect_eq(init->head.first_seen_ns, 0, "it was there before we looked");
		cr_expect_not(vt_snapshot_is_new(s[i], &init->head));
		if (!late)
			continue;
		cr_expect_eq(late->head.first_seen_ns, s[1]->taken_ns);
		cr_expect_eq(vt_snapshot_is_new(s[i], &late->head), i < 4, "snapshot %d", i);
	}
	for (int i = 0; i < 5; i++)
		vt_snapshot_free(s[i]);
	vt_builder_free(b);
}

Test(seal, what_vanished_stays_for_a_while)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *prev, *s;
	const struct vt_process *ghost;
	static const struct {
		double seconds;
		bool there;
	} later[] = { { 1, true }, { 2, true }, { 3.9, true }, { 4, false }, { 5, false } };

	vt_builder_begin(b);
	add_process(b, 5, 100, "short-lived", "/somewhere");
	prev = seal_at(b, NULL, 0);
	for (size_t i = 0; i < VT_LEN(later); i++) {
		vt_builder_begin(b);
		s = seal_at(b, prev, later[i].seconds);
		/* Its strings must not be those of a snapshot that is freed. */
		vt_snapshot_free(prev);
		prev = s;
		cr_expect_null(vt_snapshot_pid(s, 5), "not among those that are there");
		ghost = vt_snapshot_find(s, (struct vt_id){ VT_KIND_PROCESS, 5, 100 });
		cr_expect_eq(ghost != NULL, later[i].there, "after %g s", later[i].seconds);
		if (!ghost)
			continue;
		cr_expect_str_eq(ghost->comm, "short-lived");
		cr_expect_str_eq(ghost->cgroup_path, "/somewhere");
		cr_expect_eq(ghost->head.gone_ns, 2000000000u, "when it was found missing");
		cr_expect_eq(ghost->cgroup, -1);
		cr_expect_eq(vt_process_ns(ghost, 0), -1);
	}
	vt_snapshot_free(prev);
	vt_builder_free(b);
}

/* All kinds keep their strings, and no index into tables of another snapshot. */
Test(seal, ghosts_of_every_kind)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *first, *s;
	struct vt_interface *nic;
	struct vt_machine *vm;
	struct vt_parameter *param;
	struct vt_module *module;
	struct vt_namespace *ns;
	struct vt_vcpu *vcpu;
	struct vt_worker *worker;
	struct vt_tap *tap;
	const struct vt_container *c;

	vt_builder_begin(b);
	add_cgroup(b, 1, 0, "/");
	add_cgroup(b, 2, 1, "/lxc.payload.web");
	add_process(b, 5, 100, "qemu", "/lxc.payload.web");
	ns = add_namespace(b, VT_NS_NET, 40);
	ns->kept_by = vt_builder_intern(b, "bind");
	ns->kept_where = vt_builder_intern(b, "/run/netns/web");
	vm = vt_machine_add(b, 5, 100);
	VT_SET(MACHINE, vm, name, vt_builder_intern(b, "guest"));
	vcpu = vt_vcpu_add(b, 5, 0);
	VT_SET(VCPU, vcpu, state, vt_builder_intern(b, "R"));
	worker = vt_worker_add(b, 5, 6);
	VT_SET(WORKER, worker, name, vt_builder_intern(b, "IO disk"));
	tap = vt_tap_add(b, 5, 7);
	VT_SET(TAP, tap, name, vt_builder_intern(b, "tap0"));
	nic = vt_interface_add(b, 40, 1);
	VT_SET(INTERFACE, nic, name, vt_builder_intern(b, "eth0"));
	module = vt_module_add(b, 3, 0);
	VT_SET(MODULE, module, name, vt_builder_intern(b, "kvm"));
	param = vt_parameter_add(b, 3, 4);
	VT_SET(PARAMETER, param, value, vt_builder_intern(b, "Y"));
	first = seal_at(b, NULL, 0);
	cr_expect_eq(vt_parameter_at(first, 0)->module, 0);
	vt_builder_begin(b);
	s = seal_at(b, first, 1);
	vt_snapshot_free(first);

	c = vt_snapshot_find(s, (struct vt_id){ VT_KIND_CONTAINER, 2, 0 });
	cr_assert_not_null(c);
	cr_expect_str_eq(c->name, "web");
	cr_expect(c->cgroup == -1 && c->leader == -1);
	ns = s->gone[VT_KIND_NAMESPACE].rows;
	cr_expect_str_eq(ns->kept_by, "bind");
	cr_expect_str_eq(ns->kept_where, "/run/netns/web");
	cr_expect_str_eq(ns->interfaces, "eth0");
	vm = s->gone[VT_KIND_MACHINE].rows;
	cr_expect_str_eq(vm->name, "guest");
	cr_expect(vm->process == -1 && vm->n_vcpus == 0 && vm->n_workers == 0 && vm->n_taps == 0 &&
		  vm->cgroup == -1);
	vcpu = s->gone[VT_KIND_VCPU].rows;
	cr_expect_str_eq(vcpu->state, "R");
	cr_expect_eq(vcpu->machine, -1);
	worker = s->gone[VT_KIND_WORKER].rows;
	cr_expect_str_eq(worker->name, "IO disk");
	cr_expect_eq(worker->machine, -1);
	tap = s->gone[VT_KIND_TAP].rows;
	cr_expect_str_eq(tap->name, "tap0");
	cr_expect(tap->machine == -1 && tap->interface == -1);
	nic = s->gone[VT_KIND_INTERFACE].rows;
	cr_expect_str_eq(nic->name, "eth0");
	cr_expect_eq(nic->namespace, -1);
	param = s->gone[VT_KIND_PARAMETER].rows;
	cr_expect_str_eq(param->value, "Y");
	cr_expect_eq(param->module, -1);
	vt_snapshot_free(s);
	vt_builder_free(b);
}

Test(seal, what_came_back_is_no_ghost)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s[3] = { NULL };

	for (int i = 0; i < 3; i++) {
		vt_builder_begin(b);
		if (i != 1)
			add_process(b, 5, 100, "hidden", "/");
		s[i] = seal_at(b, i ? s[i - 1] : NULL, i);
	}
	cr_expect_eq(s[1]->gone[VT_KIND_PROCESS].n, 1);
	cr_expect_eq(s[2]->gone[VT_KIND_PROCESS].n, 0);
	cr_expect_eq(vt_snapshot_pid(s[2], 5)->head.first_seen_ns, s[2]->taken_ns);
	for (int i = 0; i < 3; i++)
		vt_snapshot_free(s[i]);
	vt_builder_free(b);
}

Test(seal, sorts_by_identity_and_keeps_the_first_of_equals)
{
	enum {
		ROWS = 1000
	};
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s;
	const struct vt_process *rows;
	uint64_t pid = 1;
	size_t n;

	vt_builder_begin(b);
	for (int i = 0; i < ROWS; i++) {
		pid = pid * 7 % 7919; /* a prime: 1 to 7918 in disorder */
		add_process(b, pid, 10, "first", "/");
	}
	add_process(b, pid, 10, "again", "/");
	add_process(b, pid, 9, "earlier", "/");
	s = seal_at(b, NULL, 0);
	rows = vt_process_rows(s, &n);
	cr_assert_eq(n, ROWS + 1);
	for (size_t i = 1; i < n; i++)
		cr_assert(rows[i - 1].pid < rows[i].pid ||
			  (rows[i - 1].pid == rows[i].pid &&
			   rows[i - 1].start_ticks < rows[i].start_ticks));
	for (size_t i = 0; i < n; i++)
		cr_assert_eq(vt_snapshot_index(s, vt_record_id(VT_KIND_PROCESS, &rows[i])),
			     (int32_t)i);
	cr_expect_str_eq(
		vt_process_at(s, vt_snapshot_index(s, (struct vt_id){ VT_KIND_PROCESS, pid, 10 }))
			->comm,
		"first");
	cr_expect_eq(vt_snapshot_index(s, (struct vt_id){ VT_KIND_PROCESS, 7919, 10 }), -1);
	cr_expect_eq(vt_snapshot_index(s, (struct vt_id){ VT_KIND_PROCESS, pid, 11 }), -1);
	vt_snapshot_free(s);
	vt_builder_free(b);
}

Test(seal, nothing_at_all)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s;

	vt_builder_begin(b);
	s = seal_at(b, NULL, 0);
	cr_expect_not_null(vt_snapshot_host(s));
	cr_expect_eq(s->serial, 1);
	cr_expect_eq(s->interval_ns, 0);
	for (int k = 0; k < VT_KIND_COUNT; k++)
		cr_expect_eq(s->table[k].n, k == VT_KIND_HOST, "%s", vt_kinds[k].name);
	cr_expect_not(VT_HAS(HOST, vt_snapshot_host(s), processes), "none could be read");
	cr_expect_null(vt_snapshot_path(s, "/"));
	cr_expect_null(vt_snapshot_pid(s, 1));
	cr_expect_eq(s->n_events + s->n_findings, 0);
	vt_snapshot_free(s);
	vt_snapshot_free(NULL);
	vt_builder_free(b);
	vt_builder_free(NULL);
}

Test(seal, history_of_the_host)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *prev = NULL;

	for (int i = 0; i < VT_HISTORY + 5; i++) {
		struct vt_snapshot *s;
		struct vt_host_row *host;

		vt_builder_begin(b);
		host = vt_builder_host(b);
		VT_SET(HOST, host, mem_total_bytes, 1000);
		VT_SET(HOST, host, mem_available_bytes, (uint64_t)i);
		if (i != 3) {
			VT_SET(HOST, host, cpu_busy_usec, (uint64_t)i * 10);
			VT_SET(HOST, host, cpu_total_usec, (uint64_t)i * 40);
		}
		s = seal_at(b, prev, i);
		vt_snapshot_free(prev);
		prev = s;
		if (i == 0)
			cr_expect_lt(vt_snapshot_host(s)->cpu_history[0], 0, "no rate yet");
		if (i == 1)
			cr_expect_float_eq(vt_snapshot_host(s)->cpu_history[1], 25, 1e-3);
		if (i == 4)
			cr_expect_lt(vt_snapshot_host(s)->cpu_history[4], 0, "unknown");
	}
	cr_expect_eq(vt_snapshot_host(prev)->n_history, VT_HISTORY);
	cr_expect_float_eq(vt_snapshot_host(prev)->mem_history[VT_HISTORY - 1],
			   100 - (VT_HISTORY + 4) / 10.0, 1e-3, "the newest last");
	cr_expect_float_eq(vt_snapshot_host(prev)->mem_history[0], 99.5, 1e-3);
	vt_snapshot_free(prev);
	vt_builder_free(b);
}

Test(seal, notes)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s;

	vt_builder_begin(b);
	vt_builder_note(b, "before any probe");
	vt_builder_probe(b, "one");
	vt_builder_source(b, "procfs");
	for (int i = 0; i < 3; i++)
		vt_builder_note(b, "cannot read %s", "\033[31mx");
	vt_builder_probe(b, "two");
	vt_builder_note(b, "cannot read %s", "\033[31mx");
	vt_builder_probe(b, NULL);
	s = seal_at(b, NULL, 0);
	cr_assert_eq(s->n_notes, 3);
	cr_expect_str_eq(s->notes[0].probe, "virttop");
	cr_expect_str_eq(s->notes[1].text, "cannot read \\x1b[31mx", "escaped");
	cr_expect_eq(s->notes[1].times, 3);
	cr_expect_str_eq(s->notes[1].probe, "one");
	cr_expect_str_eq(s->notes[2].probe, "two", "the same words of another probe");
	cr_expect_eq(s->notes[2].times, 1);
	cr_assert_eq(s->n_probes, 2);
	cr_expect_str_eq(s->probes[0].source, "procfs");
	cr_expect_null(s->probes[1].source);
	vt_snapshot_free(s);
	/* The next round begins without them. */
	vt_builder_begin(b);
	s = seal_at(b, NULL, 1);
	cr_expect_eq(s->n_notes + s->n_probes, 0);
	vt_snapshot_free(s);
	vt_builder_free(b);
}
