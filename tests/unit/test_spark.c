/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sparklines of the last two minutes: in the detail pane and as columns of cgroups. */
#include <criterion/criterion.h>
#include <locale.h>
#include <math.h>

#include "../../ui/spark.h"
#include "../../ui/view_cgroups.h"
#include "snapshots.h"

static struct vt_history *history;
static struct vt_snapshot *snapshot;

/* Two minutes in which memory went from 1M to 120M, 5 s apart. */
static void set_up(void)
{
	(void)setlocale(LC_ALL, "C.UTF-8");
	history = vt_history_new();
	for (int i = 1; i <= 24; i++) {
		struct vt_builder *b = vt_builder_new();
		struct vt_snapshot *prev = snapshot;
		struct vt_cgroup *cg;

		vt_builder_begin(b);
		(void)add_cgroup(b, 1, 0, "/");
		cg = add_cgroup(b, 7, 1, "/a");
		VT_SET(CGROUP, cg, memory_current_bytes, (uint64_t)i * 5 << 20);
		VT_SET(CGROUP, cg, memory_max_bytes, 120 << 20);
		snapshot = seal_at(b, prev, 5 * i);
		vt_history_take(history, snapshot);
		vt_builder_free(b);
		vt_snapshot_free(prev);
	}
}

static void tear_down(void)
{
	vt_history_free(history);
	vt_snapshot_free(snapshot);
}
TestSuite(spark, .init = set_up, .fini = tear_down);

static char *dump(struct vt_canvas *c)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	vt_canvas_dump_roles(c, out);
	(void)fclose(out);
	vt_canvas_finish(c);
	return text;
}

static struct vt_view_env env(void)
{
	return (struct vt_view_env){ .snapshot = snapshot, .history = history };
}

Test(spark, in_the_detail_pane)
{
	const struct vt_id id = { VT_KIND_CGROUP, 7, 0 };
	const struct vt_past parts[] = {
		{ "cpu", VT_CGROUP_cpu_percent, INFINITY },
		{ "memory", VT_CGROUP_memory_current_bytes, 120 << 20 },
	};
	const struct vt_view_env e = env();
	vt_autofree char *text = NULL;
	struct vt_canvas c;
	struct vt_pane p;

	vt_canvas_init(&c, 80, 1, false);
	vt_pane_init(&p, &c, 0, 0, 80, 1);
	vt_spark_detail(&p, &e, id, parts, VT_LEN(parts));
	text = dump(&c);
	/* What is not known has no part; a limit that comes near is seen. */
	cr_expect_str_eq(
		text, "{title}last 2 min{/}   {dim}memory {bar}▁▂▃▄▄▅▆{warn}▇{bad}▇{/} 5.0M–120M\n",
		"%s", text);
}

Test(spark, columns_of_cgroups)
{
	const struct vt_view_env e = env();
	const struct vt_cgroup *cg = vt_snapshot_path(snapshot, "/a");
	struct vt_row row = { .id = { VT_KIND_CGROUP, 7, 0 }, .record = cg };
	int found = 0;

	for (const struct vt_column *col = vt_cgroup_columns; col->width; col++) {
		vt_autofree char *text = NULL;
		struct vt_canvas c;

		if (!vt_cgroup_column_is_past(col))
			continue;
		found++;
		vt_canvas_init(&c, 12, 1, false);
		col->draw(&c, &e, &row, 0, 0, 12);
		text = dump(&c);
		if (col->from[0].metric == VT_CGROUP_memory_current_bytes)
			cr_expect_str_eq(text, "{bar}▁▂▂▃▃▄▄▅▆{warn}▆▇{bad}▇{/}\n", "%s", text);
		else
			cr_expect_str_eq(text, "\n", "no CPU is known: %s", text);
	}
	cr_expect_eq(found, 2);
}

/* A recorded tree and a text have one instant. */
Test(spark, no_columns_of_an_instant)
{
	struct vt_view view = vt_view_cgroups;
	struct vt_layout l;
	struct vt_tree t;
	int past[2] = { 0, 0 };

	vt_tree_init(&t);
	vt_tree_arrange(&t);
	for (int instant = 0; instant < 2; instant++) {
		view.instant = instant;
		vt_layout_fit(&l, &view, 0, &t, 300);
		for (int i = 0; i < l.n; i++)
			past[instant] += vt_cgroup_column_is_past(l.columns[i].column);
	}
	cr_expect_eq(past[0], 2);
	cr_expect_eq(past[1], 0);
	vt_tree_finish(&t);
}

/* At 80 columns: usage, what limits it, how much it is throttled, and the worst problem. */
Test(spark, what_stays_at_80_columns)
{
	static const struct {
		const char *set, *titles;
	} cases[] = {
		{ "overview", "CPU% LIM% THR% MEM of limit LIMIT now" },
		{ "cpu", "CPU% of limit LIM% OWN% THR% PSI now" },
		{ "memory", "MEM of limit LIMIT OWN ROOM KILLS now" },
		{ "io", "READ/s WRITE/s reads of lim% PSI now" },
		{ "pids", "PIDS of lim% LIMIT OWN ROOM REFUSED now" },
		{ "pressure", "CPU 10 s MEM 10 s IO 10 s now" },
		{ "limits", "CPU% MEM SET BY PIDS now" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_view view = vt_view_cgroups;
		char titles[256] = "";
		struct vt_layout l;
		struct vt_tree t;

		cr_assert_str_eq(vt_cgroup_column_sets[i].name, cases[i].set);
		view.columns = vt_cgroup_column_sets[i].columns;
		vt_tree_init(&t);
		(void)vt_rows_add(vt_tree_begin(&t), -1, VT_KIND_CGROUP,
				  vt_snapshot_path(snapshot, "/a"),
				  "a-name-as-systemd-gives.scope");
		vt_tree_arrange(&t);
		vt_tree_set_page(&t, 1);
		vt_layout_fit(&l, &view, 0, &t, 79);
		for (int k = 0; k < l.n; k++) {
			size_t n = strlen(titles);

			(void)snprintf(titles + n, sizeof(titles) - n, "%s%s", n ? " " : "",
				       vt_column_title(l.columns[k].column));
		}
		cr_expect_str_eq(titles, cases[i].titles, "%s: %s", cases[i].set, titles);
		cr_expect_geq(l.name_width, 20, "%s: %d", cases[i].set, l.name_width);
		vt_tree_finish(&t);
	}
	cr_assert_null(vt_cgroup_column_sets[VT_LEN(cases)].name);
}

/* All three where there is room, otherwise the worst; colour by how bad it is. */
Test(spark, pressure_in_one_column)
{
	struct vt_cgroup cg = { .head = { .a = 1 } };
	const struct vt_row row = { .id = { VT_KIND_CGROUP, 1, 0 }, .record = &cg };
	const struct vt_view_env e = env();
	static const struct {
		int width;
		const char *text;
	} cases[] = { { 5, "{bad}c88{/}\n" }, { 13, "{bad}c88{/} {dim}m0{/} {warn}i12{/}\n" } };

	VT_SET(CGROUP, &cg, psi_cpu_some_percent, 88);
	VT_SET(CGROUP, &cg, psi_memory_some_percent, 0);
	VT_SET(CGROUP, &cg, psi_io_some_percent, 12);
	for (size_t i = 0; i < VT_LEN(cases); i++)
		for (const struct vt_column *col = vt_cgroup_columns; col->width; col++) {
			vt_autofree char *text = NULL;
			struct vt_canvas c;

			if (col->from[0].metric != VT_CGROUP_psi_cpu_some_percent)
				continue;
			vt_canvas_init(&c, cases[i].width, 1, false);
			col->draw(&c, &e, &row, 0, 0, cases[i].width);
			text = dump(&c);
			cr_expect_str_eq(text, cases[i].text, "%s", text);
		}
}
