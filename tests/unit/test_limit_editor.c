/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The limit editor: keys and mouse move the value, the screen says what it would do. */
#include <criterion/criterion.h>
#include <locale.h>
#include <sys/stat.h>

#include "../../ui/dialogs.h"
#include "../../ui/popup.h"
#include "snapshots.h"
#include "tree.h"

static struct vt_app app;
static struct vt_host host;
static struct vt_canvas canvas;
static struct vt_snapshot *snapshot;
static char *shown;

static uint64_t inode_of(const char *path)
{
	vt_autofree char *whole = vt_asprintf("%s/%s", tree_root, path);
	struct stat st;

	cr_assert_eq(stat(whole, &st), 0, "%s", whole);
	return st.st_ino;
}

/* /a has 1G of which 734M are left to /a/b, which uses 310M. */
static struct vt_snapshot *make_snapshot(void)
{
	struct vt_builder *b = vt_builder_new();
	struct vt_snapshot *s;
	struct vt_host_row *row;
	struct vt_cgroup *cg;

	vt_builder_begin(b);
	row = vt_builder_host(b);
	VT_SET(HOST, row, cgroup_mount, "/cg");
	VT_SET(HOST, row, mem_total_bytes, 8ull << 30);
	VT_SET(HOST, row, cpu_threads, 4);
	(void)add_cgroup(b, 1, 0, "/");
	cg = add_cgroup(b, inode_of("cg/a"), 1, "/a");
	VT_SET(CGROUP, cg, memory_max_bytes, 1ull << 30);
	VT_SET(CGROUP, cg, memory_current_bytes, 600ull << 20);
	VT_SET(CGROUP, cg, cpu_max_percent, 50);
	cg = add_cgroup(b, inode_of("cg/a/b"), inode_of("cg/a"), "/a/b");
	VT_SET(CGROUP, cg, memory_max_bytes, VT_MAX);
	VT_SET(CGROUP, cg, memory_current_bytes, 310ull << 20);
	VT_SET(CGROUP, cg, cpu_percent, 40);
	s = seal_at(b, NULL, 1);
	vt_builder_free(b);
	return s;
}

static void set_up(void)
{
	(void)setlocale(LC_ALL, "C.UTF-8");
	tree_make();
	tree_put("proc/x", "");
	tree_put("sys/x", "");
	tree_put("cg/cgroup.controllers", "cpu memory pids\n");
	tree_put("cg/a/memory.max", "1073741824\n");
	tree_put("cg/a/b/memory.max", "max\n");
	tree_put("cg/a/b/memory.current", "325058560\n");
	tree_put("cg/a/b/cpu.max", "max 100000\n");
	tree_put("cg/a/b/cpuset.cpus.partition", "member\n");
	tree_put("cg/a/b/cgroup.freeze", "0\n");
	cr_assert_eq(vt_host_open(&host, tree_root, NULL), 0);
	host.is_self = true;
	vt_canvas_init(&canvas, 80, 24, false);
	snapshot = make_snapshot();
	vt_app_init(&app, &host, NULL, NULL);
	app.s = snapshot;
}

static void tear_down(void)
{
	vt_app_finish(&app);
	vt_canvas_finish(&canvas);
	vt_snapshot_free(snapshot);
	vt_host_close(&host);
	tree_remove();
	free(shown);
}
TestSuite(limit_editor, .init = set_up, .fini = tear_down);

static const char *draw(void)
{
	size_t size;
	FILE *out;

	free(shown);
	shown = NULL;
	out = open_memstream(&shown, &size);
	vt_canvas_clear(&canvas);
	if (app.popup)
		app.popup->draw(app.popup, &app, &canvas);
	vt_canvas_dump(&canvas, out);
	(void)fclose(out);
	return shown;
}

static void press(const char *script)
{
	struct vt_error err = { 0 };
	struct vt_event_in event;
	const char *at = script;
	bool wait;

	while (app.popup && vt_key_script_next(script, &at, &event, &wait, &err) > 0) {
		(void)draw();
		vt_popup_event(&app, &event);
	}
	cr_assert_str_empty(err.msg);
}

static void expect(const char *text)
{
	cr_expect(strstr(draw(), text), "no '%s' in\n%s", text, shown);
}

Test(limit_editor, slides)
{
	vt_limit_editor(&app, "/a/b", inode_of("cg/a/b"), "memory.max");
	expect("Limit /a/b");
	expect("now max");
	expect("used 310M");
	expect("↑ /a allows it 734M");
	expect("all that the tighter memory.max of /a leaves it");
	/* From max down: 8G, 6G, 4G, ... */
	press("<Left><Left>");
	expect("6G ▼");
	press("<C-u>512M");
	expect("effective then: 512M, its own limit");
	press("<Left><Left><Left>");
	expect("▼ 192M");
	expect("memory.current is 310M, the new limit is 192M: reclaim or OOM kill at");
	press("<Right>");
	expect("▼ 256M");
	press("<C-u>nonsense");
	expect("memory.max does not take 'nonsense': it accepts a size such as 100M, or");
	press("<C-u>");
	expect("type a value");
}

Test(limit_editor, takes_the_mouse)
{
	vt_limit_editor(&app, "/a/b", inode_of("cg/a/b"), "cpu.max");
	expect("used 40% of one CPU");
	expect("↑ /a allows it 50% of one CPU");
	for (int y = 0; y < 24; y++)
		for (int x = 0; x < 80; x++)
			if (strcmp(canvas.cells[y * 80 + x].text, "↑") == 0) {
				vt_autofree char *click = vt_asprintf("<Click:%d,%d>", x, y);

				press(click);
				x = y = 80;
			}
	expect("▼ 50%");
	expect("effective then: 50% of one CPU, its own limit");
	/* Beside it nothing happens. */
	press("<Click:1,1>");
	expect("▼ 50%");
}

Test(limit_editor, completes)
{
	vt_limit_editor(&app, "/a/b", inode_of("cg/a/b"), "memory.max");
	press("<C-u>100<Tab>");
	expect("memory.max 100M");
	press("<Tab>");
	expect("memory.max 100G");
	press("<Esc>");
	cr_assert_null(app.popup);
	vt_limit_editor(&app, "/a/b", inode_of("cg/a/b"), "cpuset.cpus.partition");
	press("<C-u>r<Tab>");
	expect("cpuset.cpus.partition root");
}

/* What was seen is what is changed: Enter makes the preview of it. */
Test(limit_editor, goes_on_to_the_preview)
{
	vt_limit_editor(&app, "/a/b", inode_of("cg/a/b"), "memory.max");
	press("<C-u>512M<Enter>");
	expect("set memory.max of /a/b to 512M (now max)");
	expect("effective then: 512M, its own limit");
}

Test(limit_editor, on_small_screens)
{
	static const int sizes[][2] = { { 40, 8 }, { 20, 5 }, { 1, 1 }, { 60, 12 }, { 200, 60 } };

	vt_limit_editor(&app, "/a/b", inode_of("cg/a/b"), "memory.max");
	for (size_t i = 0; i < VT_LEN(sizes); i++) {
		vt_canvas_resize(&canvas, sizes[i][0], sizes[i][1]);
		(void)draw();
		press("<Left><Click:0,0><Right>");
	}
	canvas.ascii = true;
	(void)draw();
	for (const char *p = shown; *p; p++)
		cr_assert((unsigned char)*p < 0x80);
}
