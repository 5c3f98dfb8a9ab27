/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Key names, the table of commands, and scripts of keys for --keys. */
#include "keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../src/text.h"

#define VT_COMMAND_INFO(NAME, k, o, w, h) [VT_CMD_##NAME] = { .key = k, .other = o, .word = w, .help = h },
const struct vt_command_info vt_commands[VT_CMD_COUNT] = {
	[VT_CMD_NONE] = { "", "", "", "" },
	VT_COMMANDS(VT_COMMAND_INFO)
};

static const struct {
	const char *name;
	uint32_t key;
} names[] = {
	{ "Enter", VT_KEY_ENTER },     { "Esc", VT_KEY_ESC },
	{ "Tab", VT_KEY_TAB },	       { "S-Tab", VT_KEY_SHIFT_TAB },
	{ "Space", ' ' },	       { "BS", VT_KEY_BACKSPACE },
	{ "Del", VT_KEY_DELETE },      { "Insert", VT_KEY_INSERT },
	{ "Up", VT_KEY_UP },	       { "Down", VT_KEY_DOWN },
	{ "Left", VT_KEY_LEFT },       { "Right", VT_KEY_RIGHT },
	{ "PgUp", VT_KEY_PGUP },       { "PgDn", VT_KEY_PGDN },
	{ "Home", VT_KEY_HOME },       { "End", VT_KEY_END },
	{ "lt", '<' },
};

/* The key called name (without the angle brackets); 0: none is. */
static uint32_t named_key(const char *name, size_t n)
{
	for (size_t i = 0; i < VT_LEN(names); i++)
		if (strlen(names[i].name) == n && strncmp(names[i].name, name, n) == 0)
			return names[i].key;
	if (n == 3 && name[0] == 'C' && name[1] == '-' && name[2] >= 'a' && name[2] <= 'z')
		return (uint32_t)(name[2] - 'a' + 1);
	if (n >= 2 && n <= 3 && name[0] == 'F') {
		long number = strtol(name + 1, NULL, 10);

		if (number >= 1 && number <= 12)
			return VT_KEY_F1 + (uint32_t)number - 1;
	}
	return 0;
}

/* A key as the table writes it: "j", "<Enter>", "<" itself. */
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
	for (int i = VT_CMD_NONE + 1; i < VT_CMD_COUNT; i++)
		if (parse_key(vt_commands[i].key) == key ||
		    (vt_commands[i].other[0] && parse_key(vt_commands[i].other) == key))
			return (enum vt_command)i;
	return VT_CMD_NONE;
}

static int bad(const char *start, const char *at, size_t n, struct vt_error *err)
{
	return vt_fail(err, EINVAL,
		       "key script, character %zu: '%.*s' is not a key: use characters, <lt>, <Enter> "
		       "<Esc> <Tab> <Up> <PgDn> <F1> <C-a> <Wait> <Click:X,Y>",
		       (size_t)(at - start) + 1, (int)(n > 40 ? 40 : n), at);
}

static bool parse_click(const char *text, struct vt_event_in *ret)
{
	char *end;
	long x, y;

	if (strncmp(text, "Click:", 6) != 0)
		return false;
	x = strtol(text + 6, &end, 10);
	if (*end != ',')
		return false;
	y = strtol(end + 1, &end, 10);
	if (*end != '>' || x < 0 || y < 0 || x > 9999 || y > 9999)
		return false;
	*ret = (struct vt_event_in){ .type = VT_IN_MOUSE, .mouse = VT_MOUSE_CLICK, .x = (int)x,
				     .y = (int)y };
	return true;
}

int vt_key_script_next(const char *start, const char **script, struct vt_event_in *ret,
		       bool *ret_wait, struct vt_error *err)
{
	const char *at = *script, *end;
	uint32_t c = 0;
	int n;

	*ret_wait = false;
	*ret = (struct vt_event_in){ .type = VT_IN_KEY };
	if (!*at)
		return 0;
	if (*at != '<') {
		n = vt_text_decode(at, &c);
		if (n < 0)
			return bad(start, at, 1, err);
		ret->key = c;
		*script = at + n;
		return 1;
	}
	end = strchr(at, '>');
	if (!end)
		return bad(start, at, strlen(at), err);
	*script = end + 1;
	if (strncmp(at, "<Wait>", 6) == 0) {
		*ret_wait = true;
		return 1;
	}
	if (parse_click(at + 1, ret))
		return 1;
	ret->key = named_key(at + 1, (size_t)(end - at) - 1);
	return ret->key ? 1 : bad(start, at, (size_t)(end - at) + 1, err);
}
