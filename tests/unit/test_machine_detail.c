/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The detail pane of machines: a line for each range of a histogram, and what is to be mounted. */
#include <criterion/criterion.h>
#include <locale.h>
#include <string.h>

#include "../../src/builder.h"
#include "../../ui/view_machines.h"

static char *show(bool ascii, const uint64_t *counts, size_t n)
{
	uint64_t from[] = { 0, 1, 2, 4, 1024, 1u << 20 };
	struct vt_builder *b = vt_builder_new();
	struct vt_clock clock = { .taken_ns = 1, .wall_ns = 1, .live = true };
	struct vt_detail d = { .arena = vt_arena_new() };
	struct vt_view_env env = { .detail = &d, .ascii = ascii };
	struct vt_snapshot *s;
	struct vt_row row = { .name = "vCPU 0", .id = { VT_KIND_VCPU, 42, 0 } };
	struct vt_canvas c;
	struct vt_pane p;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	vt_builder_begin(b);
	(void)vt_vcpu_add(b, 42, 0);
	env.snapshot = s = vt_builder_seal(b, NULL, &clock);
	row.record = vt_vcpu_at(s, 0);
	vt_detail_add_hist(&d, "halt_hist", VT_UNIT_NSEC, from, counts, n);
	vt_canvas_init(&c, 60, 10, ascii);
	vt_pane_init(&p, &c, 0, 0, 60, 10);
	vt_machine_detail(&env, &row, &p);
	vt_canvas_dump(&c, out);
	(void)fclose(out);
	vt_canvas_finish(&c);
	vt_snapshot_free(s);
	vt_builder_free(b);
	vt_arena_free(d.arena);
	free(d.hists);
	return text;
}

Test(machine_detail, a_histogram)
{
	static const uint64_t counts[] = { 0, 0, 10, 0, 5, 0 };
	vt_autofree char *text = NULL;

	(void)setlocale(LC_ALL, "C.UTF-8");
	text = show(true, counts, VT_LEN(counts));
	cr_expect(strstr(text, "halt_hist"), "%s", text);
	cr_expect(strstr(text, " 2ns ########################       10\n"), "%s", text);
	cr_expect(strstr(text, " 4ns ........................        0\n"), "%s", text);
	cr_expect(strstr(text, " 1.0us ############............        5\n"), "%s", text);
	cr_expect_not(strstr(text, " 0ns"), "%s", text);
	cr_expect_not(strstr(text, "1.0ms"), "%s", text);
}

Test(machine_detail, one_without_counts_is_not_shown)
{
	static const uint64_t counts[] = { 0, 0, 0, 0 };
	vt_autofree char *text = show(true, counts, VT_LEN(counts));

	cr_expect_not(strstr(text, "halt_hist"), "%s", text);
}

/* What the details of a machine, or the view without any (accel NULL), say. */
static char *show_machine(const char *accel, const char *debugfs, const char *tracefs)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_clock clock = { .taken_ns = 1, .wall_ns = 1, .live = true };
	struct vt_view_env env = { .ascii = true, .scope = { VT_KIND_COUNT, 0, 0 } };
	struct vt_row row = { .name = "web", .id = { VT_KIND_MACHINE, 42, 7 }, .gone = true };
	struct vt_host_row *host;
	struct vt_machine *vm;
	struct vt_snapshot *s;
	struct vt_canvas c;
	struct vt_pane p;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	vt_builder_begin(b);
	host = vt_builder_host(b);
	VT_SET(HOST, host, kvm_debugfs, debugfs);
	VT_SET(HOST, host, kvm_tracefs, tracefs);
	if (accel) {
		vm = vt_machine_add(b, 42, 7);
		VT_SET(MACHINE, vm, accel, accel);
	}
	env.snapshot = s = vt_builder_seal(b, NULL, &clock);
	vt_canvas_init(&c, 80, 20, true);
	vt_pane_init(&p, &c, 0, 0, 80, 20);
	if (accel) {
		row.record = vt_machine_at(s, 0);
		vt_machine_detail(&env, &row, &p);
	} else {
		vt_view_machines.empty(&env, &p);
	}
	vt_canvas_dump(&c, out);
	(void)fclose(out);
	vt_canvas_finish(&c);
	vt_snapshot_free(s);
	vt_builder_free(b);
	return text;
}

/* Which key mounts what is missing; not in a recorded tree, nor where it would tell nothing. */
Test(machine_detail, what_to_mount)
{
	static const char lacks[] = "not mounted: virttop do it";
	static const struct {
		const char *accel, *debugfs, *tracefs, *says; /* says NULL: nothing of it */
	} cases[] = {
		{ "kvm", lacks, lacks, "press o to mount debugfs and tracefs" },
		{ "kvm", lacks, "readable", "press o to mount debugfs\n" },
		{ "kvm", "readable", lacks, "press o to mount tracefs\n" },
		{ "kvm", "readable", "readable", NULL },
		{ "kvm", "not mounted", "not mounted", NULL },
		{ "tcg", lacks, lacks, NULL },
		{ NULL, lacks, lacks, "press o to mount debugfs and tracefs" },
		{ NULL, "not mounted", "not mounted", NULL },
	};

	(void)setlocale(LC_ALL, "C.UTF-8");
	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_autofree char *text = show_machine(cases[i].accel, cases[i].debugfs,
						      cases[i].tracefs);

		if (cases[i].says)
			cr_expect(strstr(text, cases[i].says), "case %zu: %s", i, text);
		else
			cr_expect_not(strstr(text, "to mount"), "case %zu: %s", i, text);
	}
}
