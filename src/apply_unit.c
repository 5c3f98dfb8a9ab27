/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes a unit of systemd: SetUnitProperties, FreezeUnit and ThawUnit of
 * org.freedesktop.systemd1(5). systemd then writes the files itself, now and
 * after each daemon-reload.
 */
#include "apply_unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "unit_bus_private.h"

enum {
	FREEZE_USEC = 10000000, /* processes stop one after the other */
	SET_BYTES = 1024,
};

static int append_device(sd_bus_message *m, const char *value)
{
	size_t n = strcspn(value, " \n");
	vt_autofree char *path = vt_asprintf("/dev/block/%.*s", (int)n, value);

	return sd_bus_message_append(m, "a(st)", 1, path,
				     value[n] == ' ' ? vt_unit_bus_number(value + n + 1)
						     : UINT64_MAX);
}

static int append_set(sd_bus_message *m, const char *value, size_t n)
{
	struct vt_arena *arena = vt_arena_new();
	const char *list = vt_arena_intern_n(arena, value, n), *same;
	uint8_t bits[SET_BYTES];
	size_t used = sizeof(bits);
	int r = vt_property_set(arena, list, bits, sizeof(bits), &same);

	while (used && !bits[used - 1])
		used--;
	if (r == 0)
		r = sd_bus_message_open_container(m, 'v', "ay");
	if (r >= 0)
		r = sd_bus_message_append_array(m, 'y', bits, used);
	if (r >= 0)
		r = sd_bus_message_close_container(m);
	vt_arena_free(arena);
	return r;
}

static int append_value(sd_bus_message *m, const struct vt_unit_line *l)
{
	int r;

	switch (vt_property_type(l->property)) {
	case VT_PROPERTY_NUMBER:
		return sd_bus_message_append(m, "v", "t", vt_unit_bus_number(l->value));
	case VT_PROPERTY_SET:
		return append_set(m, l->value, l->n);
	case VT_PROPERTY_DEVICE:
		r = sd_bus_message_open_container(m, 'v', "a(st)");
		if (r >= 0)
			r = append_device(m, l->value);
		return r < 0 ? r : sd_bus_message_close_container(m);
	case VT_PROPERTY_FREEZER:
		break;
	}
	return -EINVAL;
}

static int append_lines(sd_bus_message *m, const char *lines)
{
	struct vt_unit_line l;
	int r = sd_bus_message_open_container(m, 'a', "(sv)");

	while (r >= 0 && vt_unit_bus_line(&lines, &l)) {
		r = sd_bus_message_open_container(m, 'r', "sv");
		if (r >= 0)
			r = sd_bus_message_append(m, "s", vt_property_name(l.property));
		if (r >= 0)
			r = append_value(m, &l);
		if (r >= 0)
			r = sd_bus_message_close_container(m);
	}
	return r < 0 ? r : sd_bus_message_close_container(m);
}

/* The call was sent: a connection that broke gave no answer either. */
static bool is_unanswered(int r)
{
	return r == -ETIMEDOUT || r == -ECONNRESET || r == -ENOTCONN || r == -EPIPE;
}

static int set_properties(struct vt_unit_bus *b, const char *lines, bool lasting,
			  bool *ret_unanswered, struct vt_error *err)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *m = NULL;
	int r = sd_bus_message_new_method_call(b->bus, &m, VT_SYSTEMD, VT_SYSTEMD_PATH,
					       VT_SYSTEMD_MANAGER, "SetUnitProperties");

	if (r >= 0)
		r = sd_bus_message_append(m, "sb", b->unit, !lasting);
	if (r >= 0)
		r = append_lines(m, lines);
	if (r >= 0) {
		r = sd_bus_call(b->bus, m, vt_unit_bus_remaining(b), &error, NULL);
		*ret_unanswered = is_unanswered(r);
	}
	sd_bus_message_unref(m);
	return r < 0 ? vt_unit_bus_refused(b, &error, r, "set properties of", err) : 0;
}

static int set_freezer(struct vt_unit_bus *b, bool freeze, bool *ret_unanswered,
		       struct vt_error *err)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int r;

	(void)sd_bus_set_method_call_timeout(b->bus, FREEZE_USEC);
	r = sd_bus_call_method(b->bus, VT_SYSTEMD, VT_SYSTEMD_PATH, VT_SYSTEMD_MANAGER,
			       freeze ? "FreezeUnit" : "ThawUnit", &error, NULL, "s", b->unit);
	*ret_unanswered = is_unanswered(r);
	return r < 0 ? vt_unit_bus_refused(b, &error, r, freeze ? "freeze" : "thaw", err) : 0;
}

int vt_apply_unit(struct vt_unit_bus *b, const char *lines, bool lasting, bool *ret_unanswered,
		  struct vt_error *err)
{
	static const char freezer[] = "FreezerState=";
	int r = vt_unit_bus_arm(b, err);

	*ret_unanswered = false;
	if (r < 0)
		return r;
	if (strncmp(lines, freezer, strlen(freezer)) == 0)
		return set_freezer(b, strcmp(lines + strlen(freezer), "frozen") == 0,
				   ret_unanswered, err);
	return set_properties(b, lines, lasting, ret_unanswered, err);
}
