/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_UNIT_BUS_PRIVATE_H
#define VT_UNIT_BUS_PRIVATE_H

#include <systemd/sd-bus.h>

#include "unit_bus.h"
#include "unit_property.h"

/* Shared by unit_bus.c, which asks, and apply_unit.c, which changes. */

#define VT_SYSTEMD         "org.freedesktop.systemd1"
#define VT_SYSTEMD_PATH    "/org/freedesktop/systemd1"
#define VT_SYSTEMD_MANAGER "org.freedesktop.systemd1.Manager"

struct vt_unit_bus {
	sd_bus *bus;
	char *unit, *object;
	const char *interface; /* of the unit's type */
	uint64_t deadline_usec;
	bool is_user;
};

/* Time that is left, and calls that follow end within it; ETIMEDOUT: none is left. */
uint64_t vt_unit_bus_remaining(const struct vt_unit_bus *b);
int vt_unit_bus_arm(const struct vt_unit_bus *b, struct vt_error *err);

/* Says why a call failed, and frees error. what: "look up". */
int vt_unit_bus_refused(const struct vt_unit_bus *b, sd_bus_error *error, int code,
			const char *what, struct vt_error *err);

/* A line: its property, and what is behind the equals sign. */
struct vt_unit_line {
	const struct vt_property *property;
	const char *value;
	size_t n;
};

/* Moves *at behind the line; false at the end or for a line of another's making. */
bool vt_unit_bus_line(const char **at, struct vt_unit_line *ret);

/* A number or "infinity". */
uint64_t vt_unit_bus_number(const char *text);

#endif
