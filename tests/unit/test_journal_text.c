/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal for people, and one plan of it by its id. */
#include <criterion/criterion.h>

#include "../../src/journal_text.h"
#include "../../src/text.h"
#include "journals.h"

TestSuite(journal_text, .init = set_up, .fini = acting_end);

#define PLAN(id, boot, title, more)                                                                \
	"{\"plan\":\"" id "\",\"event\":\"begin\",\"boot_id\":\"" boot                             \
	"\",\"time\":\"2026-01-02T03:04:05Z\",\"uid\":1000,\"pid\":42,\"title\":\"" title          \
	"\"" more ",\"steps\":[{\"op\":\"write\",\"path\":\"/shop\",\"file\":\"memory.max\","      \
	"\"value\":\"104857600\",\"was\":\"max\",\"says\":\"set memory.max\"}]}\n"
#define EVENT(id, event, more) "{\"plan\":\"" id "\",\"event\":\"" event "\"" more "}\n"
#define STEP                   ",\"step\":0"
#define HOW(how)               ",\"how\":\"" how "\",\"text\":\"as it went\""

static const char journal[] = PLAN("a1", "old-boot", "Old", "") EVENT("a1", "before", STEP) EVENT(
	"a1", "after", STEP) EVENT("a1", "end", HOW("done")) PLAN("b2", "this-boot", "Failed",
								  "") EVENT("b2", "before", STEP)
	EVENT("b2", "end", HOW("failed")) PLAN("c3", "this-boot", "Applied", "") EVENT(
		"c3", "before", STEP) EVENT("c3", "after", STEP) EVENT("c3", "end", HOW("done"))
		PLAN("d4", "this-boot", "Undone", "") EVENT("d4", "before", STEP)
			EVENT("d4", "after", STEP) EVENT("d4", "end", HOW("done")) EVENT(
				"d4", "undone", ",\"by\":\"e5\"") PLAN("e5", "this-boot",
								       "Undo: Undone",
								       ",\"undoes\":\"d4\"")
				EVENT("e5", "before", STEP) EVENT("e5", "after", STEP) EVENT(
					"e5",
					"end", HOW("done")) PLAN("f6", "this-boot", "Stuck\\u001b",
								 "") EVENT("f6", "before", STEP)
					EVENT("f6", "after", STEP) EVENT("f6", "end", HOW("stuck"))
						PLAN("g7", "this-boot", "Killed",
						     "") EVENT("g7", "before", STEP)
							PLAN("h8", "this-boot", "Silent",
							     "") EVENT("h8", "before", STEP)
								EVENT("h8", "end", HOW("unknown"));

Test(journal_text, list_for_people)
{
	static const char *const lines[] = {
		"  unknown     Silent\n",
		"g7                 2026-01-02T03:04:05Z  uid 1000   broken off  Killed\n",
		"f6                 2026-01-02T03:04:05Z  uid 1000   partly      Stuck\\x1b\n",
		"  applied     Undo: Undone\n",
		"  undone      Undone\n",
		"  applied     Applied\n",
		"  failed      Failed\n",
		"  applied     Old\n",
	};
	struct vt_journal_log log;
	vt_autofree char *text = NULL;
	const char *at;

	tree_put("virttop/journal", journal);
	cr_assert_eq(vt_journal_read_all("this-boot", &log, &err), 0, "%s", err.msg);
	cr_assert_eq(log.n, 8);
	at = text = vt_journal_list(&log);
	for (size_t i = 0; i < VT_LEN(lines) && at; i++) {
		at = strstr(at, lines[i]);
		cr_expect_not_null(at, "no '%s' in its place: %s", lines[i], text);
	}
	vt_journal_log_finish(&log);
	log = read_log("this-boot");
	cr_expect_eq(log.n, 7, "the old boot's is for reading only");
	vt_journal_log_finish(&log);
}

Test(journal_text, steps_for_people)
{
	static const struct {
		const char *id, *says[4];
	} cases[] = {
		{ "c3",
		  { "who     uid 1000, process 42\n", "state   applied\n",
		    "  1. set memory.max\n     done\n     before  max\n     after   100M\n",
		    "says    as it went\n" } },
		{ "b2", { "state   failed\n", "     failed\n" } },
		{ "g7", { "state   broken off\n", "killed at it: undo looks" } },
		{ "h8", { "state   unknown\n", "no answer came: undo looks" } },
		{ "a", { "state   applied, before the last boot\n" } },
		{ "e5", { "undoes  d4\n" } },
	};
	struct vt_journal_log log;
	char *text = NULL;

	tree_put("virttop/journal", journal);
	cr_assert_eq(vt_journal_read_all("this-boot", &log, &err), 0, "%s", err.msg);
	for (size_t i = 0; i < VT_LEN(cases); i++) {
		cr_assert_eq(vt_journal_detail(&log, cases[i].id, &text, &err), 0, "%s", err.msg);
		for (size_t k = 0; k < 4 && cases[i].says[k]; k++)
			cr_expect(strstr(text, cases[i].says[k]), "no '%s' in: %s",
				  cases[i].says[k], text);
		free(text);
	}
	cr_expect_eq(vt_journal_detail(&log, "nope", &text, &err), -ENOENT);
	cr_expect_eq(vt_journal_detail(&log, "", &text, &err), -ENOENT);
	vt_journal_log_finish(&log);
}

Test(journal_text, undo_of_a_chosen_one)
{
	static const struct {
		const char *id;
		int result;
		const char *says;
	} cases[] = {
		{ "a1", -ENOENT, "before the last boot" },
		{ "b2", -ENOENT, "nothing of it was left" },
		{ "c", 0, "" },
		{ "d4", -EALREADY, "undone already" },
		{ "e5", -ENOENT, "is an undo itself" },
		{ "f6", 0, "" },
		{ "g7", -ENOENT, "it broke off, and nothing" },
		{ "x", -ENOENT, "virttop journal lists them" },
		{ "", -ENOENT, "no plan" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_plan *undo = NULL;

		tree_put("virttop/journal", journal);
		err = (struct vt_error){ 0 };
		cr_expect_eq(vt_undo_plan_of(&tree_host, acting_snapshot, cases[i].id, &undo, &err),
			     cases[i].result, "%s: %s", cases[i].id, err.msg);
		cr_expect(strstr(err.msg, cases[i].says), "%s: %s", cases[i].id, err.msg);
		vt_plan_free(undo);
	}
	tree_put("cg/shop/memory.max", "5\n");
	{
		struct vt_plan *undo = NULL;
		struct vt_plan *mine = plan_write("/shop", "104857600", "max");

		tree_put("virttop/journal", "");
		write_down(mine, "done");
		cr_expect_eq(vt_undo_plan(&tree_host, acting_snapshot, &undo, &err), -ESTALE);
		cr_expect(strstr(err.msg, "changed since, to 5"), "%s", err.msg);
		vt_plan_free(mine);
	}
}
