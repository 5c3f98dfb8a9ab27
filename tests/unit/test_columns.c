/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Columns of cgroups that a person names in the configuration. */
#include <criterion/criterion.h>
#include <locale.h>

#include "../../ui/app.h"
#include "../../ui/view_cgroups.h"

static void set_up(void)
{
	(void)setlocale(LC_ALL, "C.UTF-8");
}
TestSuite(columns, .init = set_up);

Test(columns, by_name)
{
	static const struct {
		const char *text, *titles;
	} cases[] = {
		{ "cpu mem now", "CPU% MEM now" },
		{ "name, cpu,cpu-bar\tmem  mem-bar", "CPU% of limit MEM of limit" },
		{ "cpu-past mem-past psi", "cpu 2 min mem 2 min PSI" },
		{ "tasks cpu-limit throttled mem-limit", "TASKS LIM% THR% LIMIT" },
		/* Any figure, by its name, JSON path or title, also where no set has it. */
		{ "pids_current memory.peak_bytes cpu_uclamp_min path",
		  "PIDS PEAK UCLAMPMIN CGROUP" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_error err = { 0 };
		vt_autofree struct vt_column *columns = vt_cgroup_columns_parse(cases[i].text,
										&err);
		char titles[256] = "";

		cr_assert_not_null(columns, "%s", err.msg);
		for (int k = 0; columns[k].width; k++) {
			size_t n = strlen(titles);

			cr_expect_eq(columns[k].drop, k, "the last goes first");
			(void)snprintf(titles + n, sizeof(titles) - n, "%s%s", n ? " " : "",
				       vt_column_title(&columns[k]));
		}
		cr_expect_str_eq(titles, cases[i].titles, "case %zu: %s", i, titles);
		cr_expect_eq(vt_cgroup_columns_check("columns", cases[i].text, &err), 0);
	}
}

Test(columns, errors)
{
	static const struct {
		const char *name, *value, *says, *also;
	} cases[] = {
		{ "columns", "cpu nosuch", "there is no column 'nosuch'", "cpu-bar" },
		{ "columns", "throttle", "'throttle', but throttled", "use name cpu mem" },
		{ "columns", "", "no column is named", "" },
		{ "columns", "name", "no column is named", "" },
		{ "columns",
		  "cpu cpu cpu cpu cpu cpu cpu cpu cpu cpu cpu cpu cpu cpu cpu cpu cpu "
		  "cpu cpu cpu cpu cpu cpu cpu",
		  "more than 23 columns", "" },
		{ "set", "nosuch", "there is no set of columns 'nosuch'", "overview cpu memory" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_error err = { 0 };

		cr_expect_lt(vt_cgroup_columns_check(cases[i].name, cases[i].value, &err), 0);
		cr_expect(strstr(err.msg, cases[i].says) && strstr(err.msg, cases[i].also),
			  "case %zu: %s", i, err.msg);
	}
}

/* They are one more set, behind the others, and are what is begun with. */
Test(columns, own_set)
{
	static struct vt_app app;
	int view = vt_view_find("cgroups");

	vt_app_init(&app, NULL, NULL, NULL);
	vt_app_choose_columns(&app, VT_OWN_COLUMNS);
	cr_expect_str_eq(vt_app_chosen_columns(&app), "overview", "there is none");
	app.own_columns = vt_cgroup_columns_parse("mem", NULL);
	vt_app_choose_columns(&app, VT_OWN_COLUMNS);
	cr_expect_str_eq(vt_app_chosen_columns(&app), "own");
	app.view = view;
	cr_expect_str_eq(vt_column_title(vt_app_columns(&app)), "MEM");
	vt_app_choose_columns(&app, "pids");
	cr_expect_str_eq(vt_app_chosen_columns(&app), "pids");
	vt_app_finish(&app);
}
