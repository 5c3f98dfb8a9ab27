/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Key names, the table of commands, and scripts of keys for --keys. */
#include "keys.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../src/text.h"

#define VT_COMMAND_INFO(NAME, k, o, w, h)                                                          \
	[VT_CMD_##NAME] = { .key = k, .other = o, .word = w, .help = h },
const struct vt_command_info vt_commands[VT_CMD_COUNT] = { [VT_CMD_NONE] = { "", "", "", "" },
							   VT_COMMANDS(VT_COMMAND_INFO) };

static const struct {
	const char *name;
	uint32_t key;
} names[] = {
	{ "Enter", VT_KEY_ENTER },
	{ "Esc", VT_KEY_ESC },
	{ "Tab", VT_KEY_TAB },
	{ "Space", ' ' },
	{ "S-Tab", VT_KEY_SHIFT_TAB },
	{ "BS", VT_KEY_BACKSPACE },
	{ "Del", VT_KEY_DELETE },
	{ "Insert", VT_KEY_INSERT },
	{ "Up", VT_KEY_UP },
	{ "Down", VT_KEY_DOWN },
	{ "Left", VT_KEY_LEFT },
	{ "Right", VT_KEY_RIGHT },
	{ "PgUp", VT_KEY_PGUP },
	{ "PgDn", VT_KEY_PGDN },
	{ "Home", VT_KEY_HOME },
	{ "End", VT_KEY_END },
	{ "S-PgUp", VT_KEY_SHIFT_PGUP },
	{ "S-PgDn", VT_KEY_SHIFT_PGDN },
	{ "lt", '<' },
};

/* F1 to F12; 0: it is none. */
static uint32_t function_key(const char *name, size_t n)
{
	uint32_t number = 0;

	if (n < 2 || n > 3 || name[0] != 'F' || name[1] == '0')
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (!isdigit((unsigned char)name[i]))
			return 0;
		number = 10 * number + (uint32_t)(name[i] - '0');
	}
	return number <= 12 ? VT_KEY_F1 + number - 1 : 0;
}

/* The key called name (without the angle brackets); 0: none is. */
static uint32_t named_key(const char *name, size_t n)
{
	for (size_t i = 0; i < VT_LEN(names); i++)
		if (strlen(names[i].name) == n && memcmp(names[i].name, name, n) == 0)
			return names[i].key;
	if (n == 3 && name[0] == 'C' && name[1] == '-' && name[2] >= 'a' && name[2] <= 'z')
		return (uint32_t)(name[2] - 'a' + 1);
	return function_key(name, n);
}

/* A key as the table writes it: "j", "<Enter>", "<" itself; 0 for "". */
static uint32_t parse_key(const char *text)
{
	size_t n = strlen(text);
	uint32_t c = 0;

	if (n > 2 && text[0] == '<' && text[n - 1] == '>')
		return named_key(text + 1, n - 2);
	return vt_text_decode(text, &c) > 0 ? c : 0;
}

enum vt_command vt_key_command(uint32_t key)
{
	/* Only the thread of the screen asks. */
	static uint32_t keys[VT_CMD_COUNT][2];

	if (!keys[VT_CMD_NONE + 1][0])
		for (int i = VT_CMD_NONE + 1; i < VT_CMD_COUNT; i++) {
			keys[i][0] = parse_key(vt_commands[i].key);
			keys[i][1] = parse_key(vt_commands[i].other);
		}
	for (int i = VT_CMD_NONE + 1; key && i < VT_CMD_COUNT; i++)
		if (keys[i][0] == key || keys[i][1] == key)
			return (enum vt_command)i;
	return VT_CMD_NONE;
}

/* Which character of the script it is, counted from 1. */
static size_t position(const char *start, const char *at)
{
	size_t n = 1;

	for (; start < at; start++)
		n += ((unsigned char)*start & 0xc0) != 0x80;
	return n;
}

static int fail_key(const char *start, const char *at, size_t n, struct vt_error *err)
{
	return vt_fail(err, EINVAL,
		       "key script, character %zu: '%.*s' is no key; use characters, <lt> for <, "
		       "<Enter> <Esc> <Tab> <S-Tab> <Space> <BS> <Del> <Up> <PgDn> <Home> <F1> "
		       "<C-a> <Wait> <Click:X,Y>",
		       position(start, at), (int)(n > 24 ? 24 : n), at);
}

/* "X,Y>" of 4 digits each at most. */
static bool parse_place(const char *text, int *ret_x, int *ret_y)
{
	char *end;
	long x, y;

	if (!isdigit((unsigned char)*text))
		return false;
	x = strtol(text, &end, 10);
	if (*end != ',' || !isdigit((unsigned char)end[1]))
		return false;
	y = strtol(end + 1, &end, 10);
	if (*end != '>' || x > 9999 || y > 9999)
		return false;
	*ret_x = (int)x;
	*ret_y = (int)y;
	return true;
}

static bool parse_mouse(const char *text, struct vt_event_in *ret)
{
	static const struct {
		const char *name;
		enum vt_mouse mouse;
	} deeds[] = {
		{ "Click:", VT_MOUSE_CLICK },
		{ "Double:", VT_MOUSE_DOUBLE },
		{ "WheelUp:", VT_MOUSE_WHEEL_UP },
		{ "WheelDown:", VT_MOUSE_WHEEL_DOWN },
	};

	for (size_t i = 0; i < VT_LEN(deeds); i++) {
		size_t n = strlen(deeds[i].name);
		struct vt_event_in event = { .type = VT_IN_MOUSE, .mouse = deeds[i].mouse };

		if (strncmp(text, deeds[i].name, n) != 0)
			continue;
		if (!parse_place(text + n, &event.x, &event.y))
			return false;
		*ret = event;
		return true;
	}
	return false;
}

/* What stands between angle brackets. */
static bool parse_named(const char *name, size_t n, struct vt_event_in *ret, bool *ret_wait)
{
	*ret_wait = n == 4 && memcmp(name, "Wait", 4) == 0;
	if (*ret_wait || parse_mouse(name, ret))
		return true;
	ret->key = named_key(name, n);
	return ret->key != 0;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

int vt_key_script_next(const char *start, const char **script, struct vt_event_in *ret,
		       bool *ret_wait, struct vt_error *err)
{
	struct vt_event_in event = { .type = VT_IN_KEY };
	const char *at = *script, *end;
	bool wait = false;
	int n;

	if (!*at)
		return 0;
	if (*at == '<') {
		end = strchr(at, '>');
		if (!end)
			return fail_key(start, at, strlen(at), err);
		if (!parse_named(at + 1, (size_t)(end - at) - 1, &event, &wait))
			return fail_key(start, at, (size_t)(end - at) + 1, err);
		n = (int)(end - at) + 1;
	} else {
		n = vt_text_decode(at, &event.key);
		if (n < 0 || is_control(event.key))
			return fail_key(start, at, n < 0 ? 1 : (size_t)n, err);
	}
	*script = at + n;
	*ret = event;
	*ret_wait = wait;
	return 1;
}
