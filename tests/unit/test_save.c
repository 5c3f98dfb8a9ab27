/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The limits of a cgroup as text, in each format; libcgroup reads back what is for it. */
#include <criterion/criterion.h>
#include <errno.h>
#include <libcgroup.h>

#include "../../src/save.h"
#include "snapshots.h"
#include "tree.h"

static struct vt_builder *builder;
static struct vt_snapshot *snapshot;
static struct vt_action_env env;
static struct vt_error err;

static void set_up(void)
{
	static const char *const files[][2] = {
		{ "memory.max", "104857600" },
		{ "memory.high", "max" },
		{ "memory.swap.high", "1048576" },
		{ "cpu.max", "20000 100000" },
		{ "cpu.weight", "100" },
		{ "pids.max", "50" },
		{ "io.max", "8:0 rbps=1048576 wbps=max riops=max wiops=max\n"
			    "8:16 rbps=max wbps=max riops=max wiops=7" },
		{ "io.weight", "default 40" },
		{ "cpuset.cpus", "0-1" },
		{ "cgroup.max.depth", "3" },
		{ "cgroup.freeze", "1" },
		{ "cgroup.subtree_control", "memory" },
	};
	struct vt_host_row *host;

	tree_make();
	for (size_t i = 0; i < VT_LEN(files); i++) {
		vt_autofree char *path = vt_asprintf("cg/a.slice/x b.service/%s", files[i][0]);
		vt_autofree char *text = vt_asprintf("%s\n", files[i][1]);

		tree_put(path, text);
	}
	tree_put("cg/new/memory.max", "max\n");
	builder = vt_builder_new();
	vt_builder_begin(builder);
	host = vt_builder_host(builder);
	VT_SET(HOST, host, cgroup_mount, "/cg");
	snapshot = seal_at(builder, NULL, 0);
	env = (struct vt_action_env){ &tree_host, snapshot, true };
	err = (struct vt_error){ 0 };
}

static void tear_down(void)
{
	vt_snapshot_free(snapshot);
	vt_builder_free(builder);
	tree_remove();
}

TestSuite(save, .init = set_up, .fini = tear_down);

static char *text_of(const char *path, enum vt_save_format format)
{
	char *text = NULL;

	cr_assert_eq(vt_save_text(&env, path, format, &text, &err), 0, "%s", err.msg);
	return text;
}

Test(save, a_drop_in_for_systemd)
{
	vt_autofree char *text = text_of("/a.slice/x b.service", VT_SAVE_SYSTEMD);

	cr_expect_str_eq(text,
			 "# limits of /a.slice/x b.service, written by virttop save\n"
			 "# /etc/systemd/system/x b.service.d/50-limits.conf, then: systemctl "
			 "daemon-reload\n"
			 "[Service]\n"
			 "MemoryMax=100M\n"
			 "# memory.swap.high = 1048576 (systemd has no property for it)\n"
			 "CPUQuota=20%\n"
			 "TasksMax=50\n"
			 "IOReadBandwidthMax=/dev/block/8:0 1048576\n"
			 "IOWriteIOPSMax=/dev/block/8:16 7\n"
			 "IOWeight=40\n"
			 "AllowedCPUs=0-1\n"
			 "# cgroup.max.depth = 3 (systemd has no property for it)\n"
			 "# cgroup.subtree_control = +memory (systemd has no property for it)\n");
}

Test(save, lines_for_a_shell)
{
	vt_autofree char *text = text_of("/a.slice/x b.service", VT_SAVE_SHELL);

	cr_expect(strstr(text, "mkdir -p '/cg/a.slice/x b.service'\n"
			       "echo 104857600 > '/cg/a.slice/x b.service/memory.max'\n"),
		  "%s", text);
	cr_expect(strstr(text, "echo '20000 100000' > '/cg/a.slice/x b.service/cpu.max'\n"));
	cr_expect(
		strstr(text, "echo +memory > '/cg/a.slice/x b.service/cgroup.subtree_control'\n"));
	cr_expect_not(strstr(text, "freeze"));
	cr_expect_not(strstr(text, "memory.high"), "as in a new cgroup");
}

Test(save, a_group_for_libcgroup)
{
	vt_autofree char *text = text_of("/a.slice/x b.service", VT_SAVE_CGCONFIG);
	vt_autofree char *path = vt_asprintf("%s/saved.conf", tree_root);
	int r;

	cr_expect(strstr(text, "group \"a.slice/x b.service\" {\n"
			       "\tmemory {\n"
			       "\t\tmemory.max = \"104857600\";\n"
			       "\t\tmemory.swap.high = \"1048576\";\n"
			       "\t}\n"
			       "\tcpu {\n"
			       "\t\tcpu.max = \"20000 100000\";\n"
			       "\t}\n"),
		  "%s", text);
	cr_expect(strstr(text, "\t\tio.max = \"8:0 rbps=1048576 wbps=max riops=max wiops=max\n"
			       "8:16 rbps=max wbps=max riops=max wiops=7\";\n"),
		  "%s", text);
	cr_expect(strstr(text, "# cgroup.max.depth = 3 (cgconfig has"));
	tree_put("saved.conf", text);
	cgroup_set_logger(NULL, CGROUP_LOG_ERROR, NULL);
	(void)cgroup_init();
	r = cgroup_init_templates_cache(path);
	cr_expect_eq(r, 0, "libcgroup does not read it: %s", cgroup_strerror(r));
	tree_put("saved.conf", "group { nonsense");
	cr_expect_neq(cgroup_init_templates_cache(path), 0, "this check can fail");
}

Test(save, nothing_to_say)
{
	vt_autofree char *text = text_of("/new", VT_SAVE_SHELL);
	vt_autofree char *unit = text_of("/new", VT_SAVE_SYSTEMD);
	char *none = NULL;

	cr_expect(strstr(unit, "# new is no unit of systemd"), "%s", unit);
	cr_expect(strstr(unit, "/UNIT.d/50-limits.conf"), "%s", unit);
	cr_expect(strstr(text,
			 "# all its files are as they are in a new cgroup\nmkdir -p /cg/new\n"));
	cr_expect_eq(vt_save_text(&env, "/", VT_SAVE_SHELL, &none, &err), -EINVAL);
	cr_expect_eq(vt_save_text(&env, "/none", VT_SAVE_SHELL, &none, &err), -ENOENT);
	tree_put("cg/a\"b/memory.max", "1\n");
	cr_expect_eq(vt_save_text(&env, "/a\"b", VT_SAVE_CGCONFIG, &none, &err), -EINVAL);
	cr_expect_null(none);
	cr_expect_eq(vt_save_find("cgconfig"), VT_SAVE_CGCONFIG);
	cr_expect_eq(vt_save_find("yaml"), -1);
}

Test(save, no_file_is_overwritten_unasked)
{
	vt_autofree char *file = vt_asprintf("%s/out", tree_root), *now = NULL;

	cr_expect_eq(vt_save_file(file, "one\n", false, &err), 0, "%s", err.msg);
	cr_expect_eq(vt_save_file(file, "two\n", false, &err), -EEXIST);
	cr_expect(strstr(err.msg, "there already and was not touched"), "%s", err.msg);
	cr_expect_gt(vt_host_read_all(tree_host.root, "out", 100, &now), 0);
	cr_expect_str_eq(now, "one\n");
	cr_expect_eq(vt_save_file(file, "2\n", true, &err), 0, "%s", err.msg);
	free(now);
	now = NULL;
	cr_expect_gt(vt_host_read_all(tree_host.root, "out", 100, &now), 0);
	cr_expect_str_eq(now, "2\n");
	cr_expect_lt(vt_save_file("/nonexistent/x", "1", false, &err), 0);
	cr_expect(strstr(err.msg, "/nonexistent/x"), "%s", err.msg);
}
