/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_ARENA_H
#define VT_ARENA_H

#include "memory.h"

/*
 * An arena hands out memory that is freed all at once. Strings put in with
 * vt_arena_intern are stored once; equal strings are equal pointers within
 * one arena until vt_arena_seal drops the look-up table.
 */
struct vt_arena;

struct vt_arena *vt_arena_new(void);
void vt_arena_free(struct vt_arena *a);
void *vt_arena_alloc(struct vt_arena *a, size_t size);          /* zeroed, 16-byte aligned */
const char *vt_arena_intern(struct vt_arena *a, const char *s); /* NULL stays NULL */
const char *vt_arena_intern_n(struct vt_arena *a, const char *s, size_t n);
/* Takes memory that malloc gave, of so many bytes; it is freed with the arena. */
void vt_arena_adopt(struct vt_arena *a, void *memory, size_t size);
const char *vt_arena_printf(struct vt_arena *a, const char *fmt, ...) VT_PRINTF(2, 3);
void vt_arena_seal(struct vt_arena *a);
size_t vt_arena_size(const struct vt_arena *a); /* bytes held */

#endif
