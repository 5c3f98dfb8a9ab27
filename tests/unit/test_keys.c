/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of keys, and scripts of keys. */
#include <criterion/criterion.h>
#include <errno.h>

#include "../../src/memory.h"
#include "../../ui/keys.h"

/* The event that a whole script is. */
static struct vt_event_in only_event(const char *script)
{
	struct vt_event_in event = { 0 };
	struct vt_error err = { 0 };
	const char *at = script;
	bool wait;

	cr_assert_eq(vt_key_script_next(script, &at, &event, &wait, &err), 1, "%s: %s", script,
		     err.msg);
	cr_assert_str_empty(at, "%s is one key", script);
	return event;
}

Test(keys, every_key_of_the_table_is_its_command_and_no_other)
{
	for (int i = VT_CMD_NONE + 1; i < VT_CMD_COUNT; i++) {
		const char *const keys[] = { vt_commands[i].key, vt_commands[i].other };

		cr_expect_str_not_empty(keys[0], "command %d has a key", i);
		cr_expect_str_not_empty(vt_commands[i].help, "command %d has help", i);
		for (size_t k = 0; k < VT_LEN(keys); k++) {
			const char *key = strcmp(keys[k], "<") == 0 ? "<lt>" : keys[k];

			/* The first with that key answers: a second one would be another. */
			if (*key)
				cr_expect_eq((int)vt_key_command(only_event(key).key), i, "key %s",
					     key);
		}
	}
}

Test(keys, what_is_no_key_is_no_command)
{
	cr_expect_eq(vt_key_command(0), VT_CMD_NONE);
	cr_expect_eq(vt_key_command(0xe9), VT_CMD_NONE);
	cr_expect_eq(vt_key_command(VT_KEY_PASTE_END), VT_CMD_NONE);
}

Test(keys, names)
{
	static const struct {
		const char *script;
		uint32_t key;
	} cases[] = {
		{ "j", 'j' },
		{ "<lt>", '<' },
		{ ">", '>' },
		{ " ", ' ' },
		{ "<Space>", ' ' },
		{ "<Enter>", VT_KEY_ENTER },
		{ "<Esc>", VT_KEY_ESC },
		{ "<Tab>", VT_KEY_TAB },
		{ "<S-Tab>", VT_KEY_SHIFT_TAB },
		{ "<BS>", VT_KEY_BACKSPACE },
		{ "<Del>", VT_KEY_DELETE },
		{ "<PgDn>", VT_KEY_PGDN },
		{ "<F1>", VT_KEY_F1 },
		{ "<F10>", VT_KEY_F1 + 9 },
		{ "<F12>", VT_KEY_F12 },
		{ "<C-a>", 1 },
		{ "<C-z>", 26 },
		{ "\303\251", 0xe9 },
		{ "\360\237\230\200", 0x1f600 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_event_in event = only_event(cases[i].script);

		cr_expect_eq(event.type, VT_IN_KEY);
		cr_expect_eq(event.key, cases[i].key, "%s", cases[i].script);
	}
}

Test(keys, mouse)
{
	static const struct {
		const char *script;
		enum vt_mouse mouse;
		int x, y;
	} cases[] = {
		{ "<Click:0,0>", VT_MOUSE_CLICK, 0, 0 },
		{ "<Double:79,23>", VT_MOUSE_DOUBLE, 79, 23 },
		{ "<WheelUp:1,2>", VT_MOUSE_WHEEL_UP, 1, 2 },
		{ "<WheelDown:9999,9999>", VT_MOUSE_WHEEL_DOWN, 9999, 9999 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_event_in event = only_event(cases[i].script);

		cr_expect_eq(event.type, VT_IN_MOUSE);
		cr_expect_eq(event.mouse, cases[i].mouse);
		cr_expect_eq(event.x, cases[i].x);
		cr_expect_eq(event.y, cases[i].y);
	}
}

Test(keys, a_script_is_its_keys_in_order)
{
	static const char script[] = "j/a<lt>b<Enter><Wait>\303\251<Esc>";
	static const uint32_t keys[] = { 'j', '/', 'a', '<', 'b', VT_KEY_ENTER, 0, 0xe9, 27 };
	struct vt_error err = { 0 };
	const char *at = script;
	struct vt_event_in event;
	bool wait;

	for (size_t i = 0; i < VT_LEN(keys); i++) {
		cr_assert_eq(vt_key_script_next(script, &at, &event, &wait, &err), 1);
		cr_expect_eq(wait, i == 6, "key %zu", i);
		if (!wait)
			cr_expect_eq(event.key, keys[i], "key %zu", i);
	}
	cr_expect_eq(vt_key_script_next(script, &at, &event, &wait, &err), 0);
	cr_expect_eq(vt_key_script_next(script, &at, &event, &wait, &err), 0, "and stays there");
}

Test(keys, errors_say_where_and_what)
{
	static const struct {
		const char *script, *where, *what;
	} cases[] = {
		{ "jj<Nope>", "character 3", "'<Nope>'" },
		{ "<", "character 1", "'<'" },
		{ "jj<Enter", "character 3", "'<Enter'" },
		{ "<>", "character 1", "'<>'" },
		{ "<enter>", "character 1", "'<enter>'" },
		{ "<F0>", "character 1", "'<F0>'" },
		{ "<F13>", "character 1", "'<F13>'" },
		{ "<F01>", "character 1", "'<F01>'" },
		{ "<F99999999999>", "character 1", "'<F99999999999>'" },
		{ "<C-A>", "character 1", "'<C-A>'" },
		{ "<C-1>", "character 1", "'<C-1>'" },
		{ "<C->", "character 1", "'<C->'" },
		{ "\303\251\303\251<x>", "character 3", "'<x>'" }, /* characters, not bytes */
		{ "j\n", "character 2", "\\n" },
		{ "\033[A", "character 1", "\\x1b" },
		{ "ab\377", "character 3", "\\xff" },
		{ "a\302\233", "character 2", "\\x9b" },
		{ "<Click:>", "character 1", "'<Click:>'" },
		{ "<Click:1>", "character 1", "'<Click:1>'" },
		{ "<Click:1,>", "character 1", "'<Click:1,>'" },
		{ "<Click:-1,2>", "character 1", "'<Click:-1,2>'" },
		{ "<Click: 1,2>", "character 1", "'<Click: 1,2>'" },
		{ "<Click:1,2,3>", "character 1", "'<Click:1,2,3>'" },
		{ "<Click:10000,2>", "character 1", "'<Click:10000,2>'" },
		{ "<Click:99999999999999999999,2>", "character 1", "'<Click:" },
		{ "<Tap:1,2>", "character 1", "'<Tap:1,2>'" },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		const char *at = cases[i].script, *before;
		struct vt_event_in event = { 0 };
		struct vt_error err = { 0 };
		bool wait = false;
		int r;

		do {
			before = at;
			r = vt_key_script_next(cases[i].script, &at, &event, &wait, &err);
		} while (r > 0);
		cr_expect_eq(r, -EINVAL, "%s", cases[i].script);
		cr_expect_eq(at, before, "%s: stays at what is wrong", cases[i].script);
		cr_expect_not_null(strstr(err.msg, cases[i].where), "%s", err.msg);
		cr_expect_not_null(strstr(err.msg, cases[i].what), "%s", err.msg);
		cr_expect_not_null(strstr(err.msg, "<Enter>"), "says what is accepted: %s",
				   err.msg);
	}
}
