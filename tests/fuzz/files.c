/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The person's own files: configuration, theme, journal. */
#include "fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../../src/config.h"
#include "../../src/inverse.h"
#include "../../src/journal.h"
#include "../../src/text.h"
#include "../../ui/theme.h"

static void run_config(const char *text, size_t n)
{
	static const char *const views[] = { "overview", "cgroups", NULL };
	struct vt_config c, fresh;
	struct vt_error err = { 0 };
	int r;

	(void)n;
	vt_config_init(&c);
	vt_config_init(&fresh);
	r = vt_config_parse(&c, "file", text, views, &err);
	if (r < 0) {
		must_be_said(r, &err);
		must(c.interval == fresh.interval && !c.theme[0] && !c.view[0]);
		return;
	}
	must(c.interval >= 0.1 && c.interval <= 3600);
	must(c.detail >= -1 && c.detail <= 100);
	must(!c.view[0] || strcmp(c.view, views[0]) == 0 || strcmp(c.view, views[1]) == 0);
}

static bool is_colour(int32_t c)
{
	return c >= VT_COLOUR_DEFAULT && (c < 256 || (c >= 0x1000000 && c <= 0x1ffffff));
}

static void must_degrade(const struct vt_style *style)
{
	static const int terminals[] = { 8, 16, 256 };

	must(is_colour(style->fg) && is_colour(style->bg));
	for (size_t i = 0; i < VT_LEN(terminals); i++) {
		int colour = vt_theme_degrade(style->fg, terminals[i]);

		must(colour >= -1 && colour < terminals[i]);
	}
}

static void run_theme(const char *text, size_t n)
{
	struct vt_theme theme = { .name = "untouched" };
	struct vt_error err = { 0 };
	int r = vt_theme_parse(&theme, "file", text, &err);

	(void)n;
	if (r < 0) {
		must_be_said(r, &err);
		must(strcmp(theme.name, "untouched") == 0);
		return;
	}
	must(vt_text_clean(theme.name) && vt_text_clean(theme.summary));
	for (int i = 0; i < VT_ROLE_COUNT; i++) {
		must_degrade(&theme.roles[i]);
		(void)vt_theme_look(&theme, (enum vt_role)i, true, 8);
		(void)vt_theme_look(&theme, (enum vt_role)i, false, 256);
	}
}

/* What the journal says is undone as far as a preview goes. */
static void plan_undo(const struct vt_journal_entry *e)
{
	struct vt_plan *plan = vt_plan_new(e->title);
	char *preview;

	for (size_t i = e->n_steps; i > 0; i--)
		vt_plan_add_inverse(plan, &e->steps[i - 1], &e->outcomes[i - 1], "/sys/fs/cgroup");
	preview = vt_plan_preview(plan);
	for (char *p = preview; (p = strchr(p, '\n')) != NULL;)
		*p = ' ';
	must(vt_text_clean(preview));
	free(preview);
	vt_plan_free(plan);
}

static void run_journal(const char *text, size_t n)
{
	static char path[4200];
	struct vt_journal_log log;
	struct vt_error err = { 0 };
	FILE *out;

	if (!path[0]) {
		(void)snprintf(path, sizeof(path), "%s/virttop", fuzz_folder());
		must(mkdir(path, 0700) == 0 && setenv("XDG_STATE_HOME", fuzz_folder(), 1) == 0);
		(void)snprintf(path, sizeof(path), "%s/virttop/journal", fuzz_folder());
	}
	(void)umask(022); /* what others can write is not believed */
	out = fopen(path, "we");
	must(out && fwrite(text, 1, n, out) == n && fclose(out) == 0);
	must(vt_journal_read("b", &log, &err) == 0);
	for (size_t i = 0; i < log.n; i++)
		plan_undo(&log.entries[i]);
	vt_journal_log_finish(&log);
}

const struct fuzz_target fuzz_files[] = {
	{ "config", run_config, false,
	  FUZZ_SEEDS("[virttop]\ntheme = dark\ninterval = 1.0\nview = cgroups\ndetail = 8\n",
		     "# x\n[virttop]\nmouse = yes\nascii=off\nread_only : true ; no\n",
		     "\xef\xbb\xbf[virttop]\ndetail = 101\n", "[other]\ntheme = x\n",
		     "theme = x\n"),
	  "" },
	{ "theme", run_theme, false,
	  FUZZ_SEEDS("[theme]\nname = dark\nsummary = for dark terminals\n[roles]\n"
		     "text = default on default\nwarn = #d7af00 bold\ncursor = 7 on #303030\n",
		     "[roles]\nwarn = bright-red on 255 bold dim italic underline reverse\n",
		     "[roles]\nwarn = 256\n", "[roles]\nnone = red\n", "[theme]\nname = \033[1m\n"),
	  "*.theme" },
	{ "journal", run_journal, true,
	  FUZZ_SEEDS(
		  "{\"plan\":\"1\",\"event\":\"begin\",\"boot_id\":\"b\",\"title\":\"Limit /a\","
		  "\"steps\":[{\"op\":\"write\",\"cgroup_id\":7,\"path\":\"/a\","
		  "\"file\":\"memory.max\",\"value\":\"1\",\"was\":\"max\"}]}\n"
		  "{\"plan\":\"1\",\"event\":\"before\",\"step\":0}\n"
		  "{\"plan\":\"1\",\"event\":\"after\",\"step\":0,\"now\":\"4096\"}\n"
		  "{\"plan\":\"1\",\"event\":\"end\",\"how\":\"done\"}\n",
		  "{\"plan\":\"2\",\"event\":\"begin\",\"boot_id\":\"b\",\"title\":\"x\",\"steps\":"
		  "["
		  "{\"op\":\"rmdir\",\"path\":\"/a\",\"was\":\"io.max=8:0 rbps=1\\npids.max=3\"},"
		  "{\"op\":\"move\",\"pid\":1,\"start_ticks\":2,\"path\":\"/a\",\"was\":\"/\"}]}\n",
		  "{\"plan\":\"3\",\"event\":\"begin\",\"boot_id\":\"b\",\"title\":"
		  "{\"latin1\":\"\303\277\"},\"steps\":[{\"op\":\"spawn\"}]}\n"
		  "{\"plan\":\"3\",\"event\":\"after\",\"step\":0,\"pid\":9,\"start_ticks\":1,"
		  "\"pid_one\":true}\n{\"plan\":\"3\",\"event\":\"undone\",\"by\":\"4\"}\n",
		  "{\"plan\":\"4\",\"event\":\"begin\",\"boot_id\":\"b\",\"title\":\"x\",\"steps\":"
		  "["
		  "{\"op\":\"write\",\"path\":\"/\",\"file\":\"cgroup.subtree_control\","
		  "\"value\":\"+cpu\",\"was\":\"memory\"},{\"op\":\"write\",\"path\":\"/a\","
		  "\"file\":\"io.max\",\"value\":\"8:0 rbps=1\",\"was\":\"8:0 rbps=max\"}]}\n"),
	  "" },
	{ 0 },
};
