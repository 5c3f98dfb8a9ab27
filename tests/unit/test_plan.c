/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plans, their preview, their application and undo, on a small tree of plain
 * files that plays a host. What only a kernel can answer is in tests/host/.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>

#include "../../src/action_table.h"
#include "../../src/apply.h"
#include "../../src/builder.h"
#include "../../src/inverse.h"
#include "../../src/limit_files.h"

/* The host that plays. */

static struct vt_host host;
static struct vt_builder *builder;
static struct vt_snapshot *snapshot;
static struct vt_action_env env;
static char root[64];
static struct vt_error err;

static void put(const char *path, const char *text)
{
	vt_autofree char *whole = vt_asprintf("%s/%s", root, path);
	vt_autofclose FILE *f = NULL;

	for (char *p = strchr(whole + strlen(root) + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		(void)mkdir(whole, 0755);
		*p = '/';
	}
	f = fopen(whole, "w");
	cr_assert_not_null(f, "%s", whole);
	(void)fputs(text, f);
}

static const char *get(const char *path)
{
	static char text[512];
	vt_autofree char *whole = vt_asprintf("%s/%s", root, path);
	vt_autofclose FILE *f = fopen(whole, "r");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	text[n] = '\0';
	return text;
}

static void put_process(unsigned pid, const char *name, char state, unsigned flags, unsigned start)
{
	vt_autofree char *stat = vt_asprintf("proc/%u/stat", pid);
	vt_autofree char *cgroup = vt_asprintf("proc/%u/cgroup", pid);
	vt_autofree char *text = vt_asprintf(
		"%u (%s) %c 1 1 1 0 -1 %u 0 0 0 0 0 0 0 0 20 0 1 0 %u 0 0\n", pid, name, state,
		flags, start);

	put(stat, text);
	put(cgroup, "4:memory:/old\n0::/old\n");
}

static void put_cgroup(const char *path)
{
	static const char *const files[][2] = {
		{ "memory.max", "max\n" },
		{ "memory.current", "325058560\n" },
		{ "cpu.max", "max 100000\n" },
		{ "pids.max", "max\n" },
		{ "io.max", "" },
		{ "cgroup.freeze", "0\n" },
		{ "cgroup.procs", "" },
		{ "cgroup.type", "domain\n" },
		{ "cgroup.subtree_control", "\n" },
		{ "cgroup.controllers", "cpu io memory pids\n" },
		{ "cgroup.max.depth", "max\n" },
	};

	for (size_t i = 0; i < VT_LEN(files); i++) {
		vt_autofree char *file = vt_asprintf("cg%s/%s", path, files[i][0]);

		put(file, files[i][1]);
	}
}

static void set_up(void)
{
	struct vt_clock clock = { 1, 1, true, NULL };
	struct vt_host_row *row;
	struct vt_cgroup *cg;

	(void)snprintf(root, sizeof(root), "/tmp/virttop-plan.XXXXXX");
	cr_assert_not_null(mkdtemp(root));
	put("proc/x", "");
	put("sys/x", "");
	put_cgroup("/shop");
	put_cgroup("/shop.service");
	put("cg/cgroup.controllers", "cpu io memory pids hugetlb\n");
	put("cg/cgroup.subtree_control", "cpu io memory pids\n");
	cr_assert_eq(vt_host_open(&host, root, &err), 0);
	host.is_self = true;
	builder = vt_builder_new();
	vt_builder_begin(builder);
	row = vt_builder_host(builder);
	VT_SET(HOST, row, cgroup_mount, "/cg");
	VT_SET(HOST, row, cgroup_v1_controllers, "devices cpuset");
	VT_SET(HOST, row, boot_id, "this-boot");
	cg = vt_cgroup_add(builder, 7, 0);
	VT_SET(CGROUP, cg, path, "/shop");
	VT_SET(CGROUP, cg, unit, "shop.service");
	cg = vt_cgroup_add(builder, 8, 0);
	VT_SET(CGROUP, cg, path, "/shop.service");
	VT_SET(CGROUP, cg, unit, "shop.service");
	snapshot = vt_builder_seal(builder, NULL, &clock);
	env = (struct vt_action_env){ &host, snapshot, false };
	(void)setenv("XDG_STATE_HOME", root, 1);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void tear_down(void)
{
	vt_snapshot_free(snapshot);
	vt_builder_free(builder);
	vt_host_close(&host);
	(void)nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

TestSuite(plan, .init = set_up, .fini = tear_down);

/* The plan of a command line, or NULL with err set. */
static struct vt_plan *plan_of(const char *name, ...)
{
	struct vt_request request = { .action = vt_action_find(name) };
	struct vt_arena *arena = vt_arena_new();
	struct vt_plan *plan = NULL;
	char *argv[16], *word;
	int argc = 0, r;
	va_list ap;

	va_start(ap, name);
	while ((word = va_arg(ap, char *)))
		argv[argc++] = word;
	va_end(ap);
	err = (struct vt_error){ 0 };
	r = request.action->parse(&env, argc, argv, arena, &request, &err);
	if (r == 0)
		(void)vt_action_plan(&env, &request, &plan, &err);
	vt_arena_free(arena);
	return plan;
}

static void expect_refused(struct vt_plan *plan, int code, const char *says)
{
	cr_expect_null(plan);
	cr_expect_eq(err.code, code, "%d: %s", err.code, err.msg);
	cr_expect(strstr(err.msg, says), "no '%s' in: %s", says, err.msg);
	vt_plan_free(plan);
}

static void expect_effect(const struct vt_plan *plan, const char *says)
{
	for (size_t i = 0; i < plan->n_effects; i++)
		if (strstr(plan->effects[i], says))
			return;
	cr_expect_fail("no effect says '%s'", says);
}

/* Words and values. */

Test(plan, quotes_for_a_shell)
{
	static const char *const cases[][2] = {
		{ "plain-1.0/x", "plain-1.0/x" }, { "", "''" },         { "a b", "'a b'" },
		{ "it's", "'it'\\''s'" },         { "$(x)", "'$(x)'" }, { "a\nb", "$'a\\x0ab'" },
		{ "\033]0;x", "$'\\x1b]0;x'" },
	};
	struct vt_arena *arena = vt_arena_new();

	for (size_t i = 0; i < VT_LEN(cases); i++)
		cr_expect_str_eq(vt_shell_quote(arena, cases[i][0]), cases[i][1]);
	vt_arena_free(arena);
}

Test(plan, values_become_what_the_kernel_wants)
{
	static const struct {
		const char *file, *typed, *now, *value; /* value NULL: refused */
	} cases[] = {
		{ "memory.max", "100M", "max", "104857600" },
		{ "memory.max", "max", "1", "max" },
		{ "memory.max", "-1", "max", NULL },
		{ "hugetlb.2MB.max", "4M", "max", "4194304" },
		{ "cpu.max", "50%", "max 100000", "50000 100000" },
		{ "cpu.max", "1.5", "max 200000", "300000 200000" },
		{ "cpu.max", "20000 50000", "max 100000", "20000 50000" },
		{ "cpu.max", "max", "1000 50000", "max 50000" },
		{ "cpu.max", "fast", "max 100000", NULL },
		{ "cpu.weight", "10000", "100", "10000" },
		{ "cpu.weight", "0", "100", NULL },
		{ "cpu.weight", "max", "100", NULL },
		{ "pids.max", "12", "max", "12" },
		{ "cgroup.freeze", "on", "0", "1" },
		{ "cgroup.freeze", "2", "0", NULL },
		{ "io.max", "8:0  rbps=1M wiops=max", "", "8:0 rbps=1048576 wiops=max" },
		{ "io.max", "8:0 rbps=x", "", NULL },
		{ "cpuset.cpus", "", "0-3", "" },
		{ "cpuset.cpus", "0-1\n", "0-3", NULL },
	};
	char value[256];

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const struct vt_limit_row *row = vt_limit_row_find(cases[i].file);
		int r;

		cr_assert_not_null(row, "%s", cases[i].file);
		r = vt_limit_value(row, cases[i].file, cases[i].typed, cases[i].now, value,
				   sizeof(value), &err);
		cr_expect_eq(r == 0, !!cases[i].value, "%s %s", cases[i].file, cases[i].typed);
		if (r == 0 && cases[i].value)
			cr_expect_str_eq(value, cases[i].value);
	}
	cr_expect_null(vt_limit_row_find("hugetlb.a.b.max"));
	cr_expect_null(vt_limit_row_find("cgroup.procs"));
}

Test(plan, values_are_shown_for_people)
{
	static const char *const cases[][3] = {
		{ "memory.max", "104857600", "100M" },
		{ "memory.max", "101085185", "101085185" },
		{ "memory.max", "max", "max" },
		{ "cpu.max", "50000 100000", "50% of one CPU" },
		{ "cpuset.cpus", "", "nothing" },
		{ "io.max", "8:0 a\n8:1 b", "8:0 a 8:1 b" },
		{ "hugetlb.2MB.max", "9223372036854771712", "max" },
	};
	char out[64];

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		vt_limit_show(cases[i][0], cases[i][1], out, sizeof(out));
		cr_expect_str_eq(out, cases[i][2]);
	}
}

Test(plan, inverse_values)
{
	static const struct {
		const char *file, *written, *was, *now, *back;
	} cases[] = {
		{ "memory.max", "1", "max", "0", "max" },
		{ "cgroup.subtree_control", "+memory -io", "cpu io", "cpu memory", "-memory +io" },
		{ "cgroup.subtree_control", "+cpu", "cpu", "cpu", NULL },
		{ "io.max", "8:0 rbps=1", "8:16 rbps=5\n8:0 rbps=7 wbps=max", "",
		  "8:0 rbps=7 wbps=max" },
		{ "io.max", "8:0 rbps=1", "8:16 rbps=5", "",
		  "8:0 rbps=max wbps=max riops=max wiops=max" },
		{ "io.weight", "50", "default 100\n8:0 30", "", "default 100" },
		{ "io.weight", "default 50", "default 100\n8:0 30", "", "default 100" },
		{ "io.weight", "8:0 50", "default 100\n8:0 30", "", "8:0 30" },
		{ "io.weight", "8:0 50", "default 100", "", "8:0 default" },
	};
	struct vt_arena *arena = vt_arena_new();

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const char *back = vt_inverse_value(arena, cases[i].file, cases[i].written,
						    cases[i].was, cases[i].now);

		if (cases[i].back)
			cr_expect_str_eq(back, cases[i].back);
		else
			cr_expect_null(back);
	}
	vt_arena_free(arena);
}

Test(plan, options_of_unshare)
{
	static const struct {
		const char *words[8];
		int at, flags;
		const char *cgroup, *hostname;
	} cases[] = {
		{ { "--pid", "--mount-proc", "--uts", "--cgroup", "/demo", "--", "bash" },
		  6,
		  CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWNS,
		  "/demo",
		  NULL },
		{ { "--cgroup", "bash" }, 1, CLONE_NEWCGROUP, NULL, NULL },
		{ { "--cgroup", "--", "bash" }, 2, CLONE_NEWCGROUP, NULL, NULL },
		{ { "--cgroup=/x", "-C" }, 2, CLONE_NEWCGROUP, "/x", NULL },
		{ { "--cgroup" }, 1, CLONE_NEWCGROUP, NULL, NULL },
		{ { "-mnr", "id", "-u" },
		  1,
		  CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUSER,
		  NULL,
		  NULL },
		{ { "--hostname", "h", "sh" }, 2, CLONE_NEWUTS, NULL, "h" },
		{ { "--ipc", "--yes", "sh", "--yes" }, 2, CLONE_NEWIPC, NULL, NULL },
		{ { "--nonsense" }, -EINVAL, 0, NULL, NULL },
		{ { "--pid=1" }, -EINVAL, 0, NULL, NULL },
		{ { "--hostname" }, -EINVAL, 0, NULL, NULL },
		{ { "-px" }, -EINVAL, 0, NULL, NULL },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_spawn s = { 0 };
		char *argv[8];
		int argc = 0, at;

		while (argc < 8 && cases[i].words[argc]) {
			argv[argc] = (char *)(uintptr_t)cases[i].words[argc];
			argc++;
		}
		at = vt_spawn_options(argc, argv, false, &s, &err);
		vt_spawn_complete(&s);
		cr_expect_eq(at, cases[i].at, "case %zu: %d", i, at);
		if (at < 0)
			continue;
		cr_expect_eq(s.ns_flags, cases[i].flags, "case %zu: %x", i, s.ns_flags);
		cr_expect_eq(s.fork, !!(s.ns_flags & CLONE_NEWPID), "case %zu", i);
		cr_expect(cases[i].cgroup ? s.cgroup && !strcmp(s.cgroup, cases[i].cgroup)
					  : !s.cgroup,
			  "case %zu", i);
		cr_expect(cases[i].hostname ? s.hostname && !strcmp(s.hostname, cases[i].hostname)
					    : !s.hostname,
			  "case %zu", i);
	}
}

/* Plans. */

Test(plan, limit_says_what_it_will_do)
{
	struct vt_plan *plan = plan_of("limit", "/shop/", "memory.max=100M", "cpu.max=20%", NULL);
	vt_autofree char *text = NULL;

	cr_assert_not_null(plan, "%s", err.msg);
	text = vt_plan_preview(plan);
	cr_expect_str_eq(
		text,
		"1. set memory.max of /shop to 100M (now max)\n"
		"   $ echo 104857600 > /cg/shop/memory.max\n"
		"2. set cpu.max of /shop to 20% of one CPU (now max)\n"
		"   $ echo '20000 100000' > /cg/shop/cpu.max\n"
		"\n"
		"- memory.current is 310M, the new limit is 100M: reclaim or OOM kill at once\n"
		"- at most 20 ms of CPU time in each 100 ms, all CPUs together\n");
	cr_expect_str_eq(plan->title, "Limit /shop");
	cr_expect_str_eq(get("cg/shop/memory.max"), "max\n", "a plan changes nothing");
	vt_plan_free(plan);
}

Test(plan, what_systemd_manages_is_said)
{
	struct vt_plan *plan;

	put("run/systemd/system/x", "");
	plan = plan_of("limit", "/shop", "memory.max=1M", "cpu.max=150%", "cgroup.freeze=1", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	expect_effect(plan, "written directly: it is inside the unit shop.service");
	vt_plan_free(plan);
	plan = plan_of("limit", "/shop.service", "memory.max=1M", "cpu.max=150%", "cgroup.freeze=1",
		       NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	expect_effect(plan, "systemd cannot be reached");
	expect_effect(plan, "set-property --runtime shop.service MemoryMax=1048576 is the lasting");
	expect_effect(plan, "set-property --runtime shop.service CPUQuota=150% is the lasting");
	expect_effect(plan, "systemd manages shop.service and does not expect");
	vt_plan_free(plan);
	expect_refused(plan_of("limit", "--persistent", "/shop.service", "memory.max=1M", NULL),
		       ENOTSUP, "cannot be set for good");
}

Test(plan, limit_is_refused_with_a_reason)
{
	expect_refused(plan_of("limit", "/shop", "memory.max=lots", NULL), EINVAL,
		       "a size such as");
	expect_refused(plan_of("limit", "/shop", "memory.mad=1", NULL), EINVAL, "not a file");
	expect_refused(plan_of("limit", "/none", "memory.max=1", NULL), ENOENT, "no cgroup /none");
	expect_refused(plan_of("limit", "shop", "memory.max=1", NULL), EINVAL, "such as /shop");
	expect_refused(plan_of("limit", "/shop/../x", "memory.max=1", NULL), EINVAL,
		       "not a cgroup");
	expect_refused(plan_of("limit", "/shop", "memory.max", NULL), EINVAL, "FILE=VALUE");
	expect_refused(plan_of("limit", "/shop", NULL), EINVAL, "needs");
	expect_refused(plan_of("limit", "/shop", "hugetlb.2MB.max=1", NULL), ENOENT,
		       "controllers / +hugetlb");
	expect_refused(plan_of("limit", "/shop", "cpuset.cpus=1", NULL), ENOENT, "v1 holds");
	expect_refused(plan_of("limit", "/shop", "rdma.max=x", NULL), ENOENT, "no rdma controller");
	expect_refused(plan_of("limit", "/", "memory.max=1", NULL), ENOENT, "root cgroup");
	env.read_only = true;
	expect_refused(plan_of("limit", "/shop", "memory.max=1", NULL), EROFS, "--read-only");
	env.read_only = false;
	host.is_self = false;
	expect_refused(plan_of("limit", "/shop", "memory.max=1", NULL), EROFS, "recorded");
}

Test(plan, another_cgroup_under_the_path_is_stale)
{
	struct vt_setting setting = { "memory.max", "1M" };
	struct vt_request request = {
		.action = vt_action_find("limit"),
		.path = "/shop",
		.path_id = 1,
		.settings = &setting,
		.n_settings = 1,
	};
	struct vt_plan *plan = NULL;

	(void)vt_action_plan(&env, &request, &plan, &err);
	expect_refused(plan, ESTALE, "another cgroup now");
}

Test(plan, move)
{
	struct vt_plan *plan;

	put_process(50, "a b) Z", 'S', 0, 700);
	put_process(51, "kthread", 'S', 0x200000, 700);
	put_process(52, "dead", 'Z', 0, 700);
	put("proc/53/stat", "53 (there) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 9 0 0\n");
	put("proc/53/cgroup", "0::/shop\n");
	plan = plan_of("move", "50", "53", "50", "/shop", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 1);
	cr_expect_eq(plan->steps[0].target.b, 700);
	cr_expect_str_eq(plan->steps[0].was, "/old");
	cr_expect_str_eq(plan->steps[0].shell, "echo 50 > /cg/shop/cgroup.procs");
	expect_effect(plan, "is there already");
	expect_effect(plan, "cgroup v1 keeps limiting");
	vt_plan_free(plan);
	expect_refused(plan_of("move", "53", "/shop", NULL), EALREADY, "already");
	expect_refused(plan_of("move", "50@701", "/shop", NULL), ESTALE, "another process now");
	expect_refused(plan_of("move", "51", "/shop", NULL), EPERM, "kernel thread");
	expect_refused(plan_of("move", "52", "/shop", NULL), ESRCH, "has ended");
	expect_refused(plan_of("move", "99", "/shop", NULL), ESRCH, "no process 99");
	expect_refused(plan_of("move", "5x", "/shop", NULL), EINVAL, "PID@START_TICKS");
	expect_refused(plan_of("move", "-1", "/shop", NULL), EINVAL, "not a process");
	put("cg/shop/cgroup.subtree_control", "cpu memory\n");
	expect_refused(plan_of("move", "50", "/shop", NULL), EBUSY, "no processes of its own");
	put("cg/shop/cgroup.type", "threaded\n");
	expect_refused(plan_of("move", "50", "/shop", NULL), EOPNOTSUPP, "is threaded");
}

Test(plan, create_and_remove)
{
	struct vt_plan *plan = plan_of("create", "/shop/new", NULL);

	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].shell, "mkdir /cg/shop/new");
	vt_plan_free(plan);
	plan = plan_of("create", "/a b", "memory.max=1G", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 2);
	cr_expect_str_eq(plan->steps[0].shell, "mkdir '/cg/a b'");
	cr_expect_str_eq(plan->steps[1].shell, "echo 1073741824 > '/cg/a b/memory.max'");
	cr_expect_eq(plan->steps[1].target.a, 0, "an earlier step makes it");
	vt_plan_free(plan);
	expect_refused(plan_of("create", "/shop", NULL), EEXIST, "already");
	expect_refused(plan_of("create", "/x/y", NULL), ENOENT, "no cgroup /x");
	expect_refused(plan_of("create", "/shop/x", "memory.max=1", NULL), ENOENT,
		       "controllers /shop +memory");
	put_cgroup("/shop/deep");
	put("cg/shop/deep/memory.max", "4096\n");
	plan = plan_of("remove", "/shop", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 2);
	cr_expect_str_eq(plan->steps[0].path, "/shop/deep", "children first");
	cr_expect_str_eq(plan->steps[0].was, "memory.max=4096\n");
	vt_plan_free(plan);
	put("cg/shop/deep/cgroup.procs", "1\n2\n3\n");
	expect_refused(plan_of("remove", "/shop", NULL), EBUSY,
		       "has 3 processes, some in /shop/deep");
	expect_refused(plan_of("remove", "/", NULL), EBUSY, "root cgroup");
}

Test(plan, controllers_go_down_and_up)
{
	struct vt_plan *plan;

	put_cgroup("/shop/deep");
	plan = plan_of("controllers", "/shop/deep", "+hugetlb", "+memory", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 3);
	cr_expect_str_eq(plan->steps[0].shell, "echo +hugetlb > /cg/cgroup.subtree_control");
	cr_expect_str_eq(plan->steps[1].path, "/shop");
	cr_expect_str_eq(plan->steps[1].value, "+hugetlb +memory");
	cr_expect_str_eq(plan->steps[2].path, "/shop/deep");
	vt_plan_free(plan);
	put("cg/shop/cgroup.subtree_control", "memory\n");
	put("cg/shop/deep/cgroup.subtree_control", "memory\n");
	plan = plan_of("controllers", "/shop", "-memory", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 2);
	cr_expect_str_eq(plan->steps[0].path, "/shop/deep", "from the leaves up");
	vt_plan_free(plan);
	expect_refused(plan_of("controllers", "/shop", "+rdma", NULL), ENOENT, "no rdma");
	expect_refused(plan_of("controllers", "/shop", "memory", NULL), EINVAL, "+memory");
	expect_refused(plan_of("controllers", "/shop", "+memory", NULL), EALREADY, "so already");
	put("cg/shop/cgroup.procs", "7\n");
	expect_refused(plan_of("controllers", "/shop", "+io", NULL), EBUSY, "it has 1 process");
}

Test(plan, freeze_and_kill)
{
	struct vt_plan *plan = plan_of("freeze", "/shop", NULL);

	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].shell, "echo 1 > /cg/shop/cgroup.freeze");
	vt_plan_free(plan);
	expect_refused(plan_of("thaw", "/shop", NULL), EALREADY, "is 0 already");
	expect_refused(plan_of("kill", "/shop", NULL), EOPNOTSUPP, "Linux 5.14");
	expect_refused(plan_of("kill", "-NONSENSE", "/shop", NULL), EINVAL, "not a signal");
	expect_refused(plan_of("kill", "--then-kill", "7", NULL), EINVAL, "is for a cgroup");
	put_process(1, "init", 'S', 0, 1);
	expect_refused(plan_of("kill", "1", NULL), EPERM, "process 1");
	put("cg/shop/cgroup.kill", "");
	plan = plan_of("kill", "/shop", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_not_null(plan->steps[0].cannot_undo);
	cr_expect_str_eq(plan->steps[0].shell, "echo 1 > /cg/shop/cgroup.kill");
	cr_expect_eq(plan->steps[0].patience_ms, 0);
	vt_plan_free(plan);
}

Test(plan, kill_in_order)
{
	struct vt_plan *plan = plan_of("kill", "-HUP", "/shop", NULL);

	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 1);
	cr_expect_eq(plan->steps[0].op, VT_OP_SIGNAL);
	cr_expect_eq(plan->steps[0].target.kind, VT_KIND_CGROUP);
	cr_expect_str_eq(plan->steps[0].says, "send SIGHUP to every process in /shop and below");
	cr_expect_str_eq(plan->steps[0].shell,
			 "find /cg/shop -name cgroup.procs -exec cat {} + | xargs -r kill -HUP");
	vt_plan_free(plan);
	expect_refused(plan_of("kill", "--then-kill", "/shop", NULL), EOPNOTSUPP, "Linux 5.14");
	put("cg/shop/cgroup.kill", "");
	put("cg/shop/cgroup.freeze", "1\n");
	plan = plan_of("kill", "--then-kill", "/shop", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 2);
	cr_expect_str_eq(plan->steps[0].value, "15");
	cr_expect_gt(plan->steps[1].patience_ms, 0);
	cr_expect_str_eq(plan->steps[1].says,
			 "kill what is left in /shop and below after up to 5 s");
	cr_expect_str_eq(plan->steps[1].shell, "sleep 5; echo 1 > /cg/shop/cgroup.kill");
	expect_effect(plan, "it is frozen");
	vt_plan_free(plan);
	expect_refused(plan_of("kill", "-TERM", "/", NULL), EPERM, "whole host");
}

Test(plan, move_all_of_a_cgroup)
{
	struct vt_plan *plan;

	put_cgroup("/old");
	put("cg/old/cgroup.procs", "50\n52\n99\n54\n");
	put_process(50, "one", 'S', 0, 700);
	put_process(52, "dead", 'Z', 0, 700);
	put_process(54, "two", 'S', 0, 701);
	plan = plan_of("move", "/old", "/shop", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 2, "neither what has ended nor what is a zombie");
	cr_expect_eq(plan->steps[1].target.a, 54);
	cr_expect(plan->steps[1].may_end);
	cr_expect_str_eq(plan->title, "Move 2 processes to /shop");
	expect_effect(plan, "what they fork meanwhile stays in /old");
	vt_plan_free(plan);
	put("cg/old/cgroup.procs", "");
	expect_refused(plan_of("move", "/old", "/shop", NULL), EALREADY, "no processes of its own");
	expect_refused(plan_of("move", "/old", "/old", NULL), EALREADY, "where they are");
	expect_refused(plan_of("move", "/none", "/shop", NULL), ENOENT, "no cgroup /none");
	expect_refused(plan_of("move", "/old", "5", "/shop", NULL), EINVAL, "one cgroup whose");
}

Test(plan, reclaim)
{
	struct vt_plan *plan;

	expect_refused(plan_of("reclaim", "/shop", "1M", NULL), ENOENT, "no memory.reclaim");
	put("cg/shop/memory.reclaim", "");
	plan = plan_of("reclaim", "/shop", "1M", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].shell, "echo 1048576 > /cg/shop/memory.reclaim");
	cr_expect_not_null(plan->steps[0].cannot_undo);
	cr_expect_str_eq(plan->title, "Reclaim memory of /shop");
	expect_effect(plan, "memory.current is 310M");
	vt_plan_free(plan);
	expect_refused(plan_of("reclaim", "/shop", "lots", NULL), EINVAL, "a size such as 100M");
	expect_refused(plan_of("reclaim", "/shop", NULL), EINVAL, "needs a cgroup");
}

Test(plan, threaded_where_that_is_legal)
{
	struct vt_plan *plan;

	put_cgroup("/shop/a");
	plan = plan_of("threaded", "/shop/a", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].shell, "echo threaded > /cg/shop/a/cgroup.type");
	cr_expect_not_null(plan->steps[0].cannot_undo);
	vt_plan_free(plan);
	put("cg/shop/cgroup.subtree_control", "cpu memory\n");
	expect_refused(plan_of("threaded", "/shop/a", NULL), EOPNOTSUPP,
		       "its parent /shop passes on cpu memory");
	put("cg/shop/cgroup.subtree_control", "cpu pids\n");
	put("cg/shop/cgroup.type", "domain invalid\n");
	expect_refused(plan_of("threaded", "/shop/a", NULL), EOPNOTSUPP, "is domain invalid");
	put("cg/shop/cgroup.type", "domain threaded\n");
	put("cg/shop/a/cgroup.subtree_control", "memory\n");
	expect_refused(plan_of("threaded", "/shop/a", NULL), EOPNOTSUPP, "it passes on memory");
	put("cg/shop/a/cgroup.subtree_control", "\n");
	put("cg/shop/a/cgroup.events", "populated 1\nfrozen 0\n");
	expect_refused(plan_of("limit", "/shop/a", "cgroup.type=threaded", NULL), EOPNOTSUPP,
		       "it has processes");
}

Test(plan, partitions_where_they_are_legal)
{
	struct vt_plan *plan;

	put("cg/shop/cpuset.cpus.partition", "member\n");
	put("cg/shop/cpuset.cpus", "\n");
	expect_refused(plan_of("partition", "/shop", "root", NULL), EINVAL,
		       "set its cpuset.cpus first");
	put("cg/shop/cpuset.cpus", "0-1\n");
	plan = plan_of("partition", "/shop", "isolated", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].shell, "echo isolated > /cg/shop/cpuset.cpus.partition");
	vt_plan_free(plan);
	put_cgroup("/shop/a");
	put("cg/shop/a/cpuset.cpus.partition", "member\n");
	put("cg/shop/a/cpuset.cpus", "0\n");
	expect_refused(plan_of("partition", "/shop/a", "root", NULL), EINVAL,
		       "its parent /shop is none");
	put("cg/shop/cpuset.cpus.partition", "root\n");
	plan = plan_of("partition", "/shop/a", "root", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	vt_plan_free(plan);
	expect_refused(plan_of("partition", "/shop", "half", NULL), EINVAL, "no kind of partition");
}

/* What the file says of an invalid partition is no word that it takes. */
Test(plan, an_invalid_partition_put_back)
{
	struct vt_arena *arena = vt_arena_new();

	cr_expect_str_eq(vt_inverse_value(arena, "cpuset.cpus.partition", "member",
					  "root invalid (Cpu list in cpuset.cpus not exclusive)",
					  "member"),
			 "root");
	vt_arena_free(arena);
}

Test(plan, unshare_shows_the_same_as_a_shell_line)
{
	struct vt_plan *plan = plan_of("unshare", "--pid", "--mount-proc", "--uts", "-r", "--",
				       "sh", "-c", "a b", NULL);

	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(
		plan->steps[0].shell,
		"unshare --mount --pid --uts --fork --mount-proc --map-root-user -- sh -c 'a b'");
	cr_expect_not_null(plan->steps[0].cannot_undo);
	vt_plan_free(plan);
	plan = plan_of("unshare", "-r", "--background", "--cgroup", "/shop", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].shell,
			 "setsid -f sh -c 'echo $$ > /cg/shop/cgroup.procs && exec unshare "
			 "--map-root-user -- sleep infinity' </dev/null >/dev/null 2>&1");
	cr_expect_null(plan->steps[0].cannot_undo);
	vt_plan_free(plan);
	expect_refused(plan_of("unshare", "--", "sh", NULL), EINVAL, "at least one");
	expect_refused(plan_of("unshare", "-r", "--cgroup", "/none", NULL), ENOENT, "no cgroup");
	put("proc/sys/user/max_net_namespaces", "0\n");
	expect_refused(plan_of("unshare", "-r", "--net", NULL), EPERM, "max_net_namespaces is 0");
}

Test(plan, hostile_names_are_escaped)
{
	struct vt_plan *plan;
	vt_autofree char *text = NULL;

	put_process(50, "\033]0;x\007", 'S', 0, 700);
	put_cgroup("/\033[2J");
	plan = plan_of("move", "50", "/\033[2J", NULL);
	cr_assert_not_null(plan, "%s", err.msg);
	text = vt_plan_preview(plan);
	cr_expect(!strchr(text, '\033') && !strchr(text, '\007'), "%s", text);
	vt_plan_free(plan);
}

Test(plan, lists_the_files_of_a_cgroup)
{
	struct vt_limit_file *files;
	size_t n;

	cr_assert_eq(vt_limit_files_list(&host, snapshot, "/shop", &files, &n, &err), 0);
	cr_expect_eq(n, 7, "%zu", n);
	cr_expect_str_eq(files[0].name, "memory.max");
	cr_expect_str_eq(files[0].value, "max");
	vt_limit_files_free(files, n);
	cr_expect_eq(vt_limit_files_list(&host, snapshot, "/none", &files, &n, &err), -ENOENT);
}

/* Applying, on plain files. */

static int apply(struct vt_plan *plan, struct vt_result *result)
{
	int r;

	cr_assert_not_null(plan, "%s", err.msg);
	r = vt_apply(&host, snapshot, plan, result, &err);
	vt_plan_free(plan);
	return r;
}

static struct vt_plan *undo(void)
{
	struct vt_plan *plan = NULL;

	(void)vt_undo_plan(&host, snapshot, &plan, &err);
	return plan;
}

Test(plan, applies_and_undoes)
{
	struct vt_result result;

	cr_assert_eq(apply(plan_of("limit", "/shop", "memory.max=1M", "pids.max=9", NULL), &result),
		     0);
	cr_expect_str_eq(get("cg/shop/memory.max"), "1048576");
	cr_expect_str_eq(get("cg/shop/pids.max"), "9");
	cr_expect_eq(result.done, 2);
	cr_expect_str_eq(result.text, "Limit /shop: done");
	cr_assert_eq(apply(plan_of("freeze", "/shop", NULL), &result), 0);
	cr_assert_eq(apply(undo(), &result), 0);
	cr_expect_str_eq(get("cg/shop/cgroup.freeze"), "0");
	cr_assert_eq(apply(undo(), &result), 0, "%s", err.msg);
	cr_expect_str_eq(get("cg/shop/memory.max"), "max");
	cr_expect_str_eq(get("cg/shop/pids.max"), "max");
	expect_refused(undo(), ENOENT, "nothing to undo");
}

Test(plan, stale_values_are_not_written_and_steps_before_are_taken_back)
{
	struct vt_plan *plan = plan_of("limit", "/shop", "memory.max=100M", "pids.max=9", NULL);
	struct vt_result result;

	put("cg/shop/pids.max", "5\n");
	cr_expect_eq(apply(plan, &result), -ESTALE);
	cr_expect_str_eq(err.msg, "pids.max of /shop is now 5, the preview said max: nothing was "
				  "written; look again; the step before it was rolled back");
	cr_expect_str_eq(get("cg/shop/memory.max"), "max");
	cr_expect_str_eq(get("cg/shop/pids.max"), "5\n");
	expect_refused(undo(), ENOENT, "nothing to undo");
}

Test(plan, a_change_by_others_is_not_undone)
{
	struct vt_result result;

	cr_assert_eq(apply(plan_of("limit", "/shop", "pids.max=9", NULL), &result), 0);
	put("cg/shop/pids.max", "7\n");
	expect_refused(undo(), ESTALE, "changed since, to 7");
	put("cg/shop/pids.max", "9\n");
	cr_assert_eq(apply(undo(), &result), 0);
}

Test(plan, a_cgroup_that_was_replaced_is_refused)
{
	struct vt_plan *plan = plan_of("limit", "/shop", "pids.max=9", NULL);
	vt_autofree char *from = vt_asprintf("%s/cg/shop", root),
			 *to = vt_asprintf("%s/cg/old", root);
	struct vt_result result;

	cr_assert_eq(rename(from, to), 0);
	put_cgroup("/shop");
	cr_expect_eq(apply(plan, &result), -ESTALE);
	cr_expect_str_eq(get("cg/shop/pids.max"), "max\n");
}

/* The journal. */

static void append(const char *text)
{
	vt_autofree char *path = vt_journal_path();
	vt_autofclose FILE *f = fopen(path, "a");

	cr_assert_not_null(f);
	(void)fputs(text, f);
}

Test(plan, journal_survives_torn_and_foreign_lines)
{
	struct vt_result result;
	struct vt_journal_log log;

	cr_assert_eq(apply(plan_of("limit", "/shop", "pids.max=9", NULL), &result), 0);
	append("\n[1]\nnull\n{}\n{\"event\":1}\n{\"event\":\"after\",\"plan\":\"?\",\"step\":9}\n"
	       "{\"plan\":\"o\",\"event\":\"begin\",\"boot_id\":\"other-boot\",\"title\":\"old\","
	       "\"steps\":[]}\n"
	       "{\"plan\":\"b\",\"event\":\"begin\",\"boot_id\":\"this-boot\",\"title\":\"t\","
	       "\"steps\":[7]}\n"
	       "{\"plan\":\"torn\",\"event\":\"beg");
	cr_assert_eq(vt_journal_read("this-boot", &log, &err), 0);
	cr_expect_eq(log.n, 1, "%zu", log.n);
	cr_expect_str_eq(log.entries[0].how, "done");
	vt_journal_log_finish(&log);
	cr_assert_eq(apply(plan_of("freeze", "/shop", NULL), &result), 0);
	cr_assert_eq(vt_journal_read("this-boot", &log, &err), 0);
	cr_expect_eq(log.n, 2, "the torn line does not swallow the next");
	vt_journal_log_finish(&log);
	cr_assert_eq(apply(undo(), &result), 0);
	cr_assert_eq(apply(undo(), &result), 0);
	cr_expect_str_eq(get("cg/shop/pids.max"), "max");
}

Test(plan, journal_keeps_bytes_that_are_no_utf8)
{
	struct vt_result result;
	struct vt_plan *plan;

	put_cgroup("/caf\xe9");
	cr_assert_eq(apply(plan_of("freeze", "/caf\xe9", NULL), &result), 0, "%s", err.msg);
	plan = undo();
	cr_assert_not_null(plan, "%s", err.msg);
	cr_expect_str_eq(plan->steps[0].path, "/caf\xe9");
	vt_plan_free(plan);
}

Test(plan, what_a_killed_virttop_had_done_can_be_undone)
{
	struct vt_plan *plan = plan_of("limit", "/shop", "pids.max=9", "cgroup.freeze=1", NULL);
	struct vt_outcome outcome = { .now = "9" };
	struct vt_journal journal;

	vt_journal_begin(&journal, snapshot, plan);
	vt_journal_before(&journal, 0);
	put("cg/shop/pids.max", "9\n");
	vt_journal_after(&journal, 0, &outcome);
	vt_journal_before(&journal, 1);
	vt_journal_close(&journal);
	vt_plan_free(plan);
	plan = undo();
	cr_assert_not_null(plan, "%s", err.msg);
	cr_assert_eq(plan->n_steps, 1);
	cr_expect_str_eq(plan->steps[0].value, "max");
	expect_effect(plan, "to set cgroup.freeze of /shop to 1 (now 0): that was not done");
	vt_plan_free(plan);
}

Test(plan, undo_of_a_background_process_checks_who_it_is)
{
	struct vt_step step = { .op = VT_OP_SPAWN };
	struct vt_outcome outcome = {
		.done = true, .pid = 50, .start_ticks = 700, .pid_one = true
	};
	struct vt_plan *plan = vt_plan_new("x");

	vt_plan_add_inverse(plan, &step, &outcome, "/cg");
	cr_assert_eq(plan->n_steps, 1);
	cr_expect_eq(plan->steps[0].target.b, 700);
	cr_expect_eq(strtol(plan->steps[0].value, NULL, 10), SIGKILL);
	outcome.pid_one = false;
	vt_plan_add_inverse(plan, &step, &outcome, "/cg");
	cr_expect_eq(strtol(plan->steps[1].value, NULL, 10), SIGTERM);
	vt_plan_free(plan);
}
