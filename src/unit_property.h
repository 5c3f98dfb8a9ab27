/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_UNIT_PROPERTY_H
#define VT_UNIT_PROPERTY_H

#include <stdint.h>

#include "arena.h"

/*
 * The properties of systemd's units that stand behind files of a cgroup
 * (systemd.resource-control(5), org.freedesktop.systemd1(5)). In steps they are
 * lines "MemoryMax=104857600", by their names on the bus: numbers in decimal or
 * infinity; sets as "0-3,6"; limits of a device as "8:0 1048576".
 */
enum vt_property_type {
	VT_PROPERTY_NUMBER,
	VT_PROPERTY_SET,
	VT_PROPERTY_DEVICE,
	VT_PROPERTY_FREEZER,
};

/* NULL: not one of these. n is the name's length. */
const struct vt_property *vt_property_find(const char *name, size_t n);
enum vt_property_type vt_property_type(const struct vt_property *property);
const char *vt_property_name(const struct vt_property *property);

/* The lines that bring a file to a value as the kernel takes it; NULL: systemd has none for it. */
const char *vt_property_lines(struct vt_arena *arena, const char *file, const char *value);

/* Name and value of a line in words: "CPUQuota" and "20%". */
void vt_property_show(const char *line, char *name, size_t name_size, char *value,
		      size_t value_size);

/* The lines as words for systemctl set-property. */
const char *vt_property_words(struct vt_arena *arena, const char *lines);

/* "0,1,2,5" as "0-2,5": as both the kernel and the bus code here say it. EINVAL: no list. */
int vt_property_set(struct vt_arena *arena, const char *list, uint8_t *bits, size_t size,
		    const char **ret_list);
const char *vt_property_set_text(struct vt_arena *arena, const uint8_t *bits, size_t n);

#endif
