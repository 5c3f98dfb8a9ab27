/* SPDX-License-Identifier: GPL-2.0-or-later */
/* KVM's histograms in the detail pane: a line a range, and what holds no count left out. */
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
