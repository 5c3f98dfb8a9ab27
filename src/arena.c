/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks in a list, filled from the front; strings in an open-addressed hash
 * table of pointers. One snapshot is one arena, so dropping a snapshot is a
 * handful of free() calls whatever it holds.
 */
#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "text.h"

enum {
	BLOCK_BYTES = 128 * 1024 /* mapped, and so given back at once: vt_memory_init */
};

struct block {
	struct block *next;
	size_t used, size;
	_Alignas(16) unsigned char data[];
};

struct interned {
	const char *s;
	uint32_t hash, len;
};

struct vt_arena {
	struct block *blocks;
	void **adopted;
	size_t n_adopted, cap_adopted;
	struct interned *table;
	size_t n_strings, table_size, bytes;
};

struct vt_arena *vt_arena_new(void)
{
	return vt_alloc(sizeof(struct vt_arena));
}

void vt_arena_free(struct vt_arena *a)
{
	if (!a)
		return;
	for (struct block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	for (size_t i = 0; i < a->n_adopted; i++)
		free(a->adopted[i]);
	free(a->adopted);
	free(a->table);
	free(a);
}

static struct block *add_block(struct vt_arena *a, size_t least)
{
	size_t size = least > BLOCK_BYTES ? least : BLOCK_BYTES;
	struct block *b = malloc(sizeof(*b) + size);

	if (!b)
		abort();
	b->used = 0;
	b->size = size;
	a->bytes += sizeof(*b) + size;
	/* A large block goes behind the current one, so that its room is not lost. */
	if (a->blocks && least > BLOCK_BYTES / 4) {
		b->next = a->blocks->next;
		a->blocks->next = b;
	} else {
		b->next = a->blocks;
		a->blocks = b;
	}
	return b;
}

static void *take(struct vt_arena *a, size_t size, size_t align)
{
	struct block *b = a->blocks;
	size_t at = b ? (b->used + align - 1) & ~(align - 1) : 0;

	if (!b || at + size > b->size) {
		b = add_block(a, size);
		at = 0;
	}
	b->used = at + size;
	return b->data + at;
}

void *vt_arena_alloc(struct vt_arena *a, size_t size)
{
	return memset(take(a, size ? size : 1, 16), 0, size);
}

void vt_arena_adopt(struct vt_arena *a, void *memory, size_t size)
{
	VT_GROW(a->adopted, a->n_adopted, a->cap_adopted);
	a->adopted[a->n_adopted++] = memory;
	a->bytes += size;
}

static void rehash(struct vt_arena *a)
{
	size_t size = a->table_size ? 2 * a->table_size : 1024;
	struct interned *table = vt_alloc(size * sizeof(*table));

	for (size_t i = 0; i < a->table_size; i++) {
		size_t at = a->table[i].hash & (size - 1);

		if (!a->table[i].s)
			continue;
		while (table[at].s)
			at = (at + 1) & (size - 1);
		table[at] = a->table[i];
	}
	free(a->table);
	a->table = table;
	a->table_size = size;
}

const char *vt_arena_intern_n(struct vt_arena *a, const char *s, size_t n)
{
	uint32_t hash = (uint32_t)vt_hash_bytes(s, n);
	size_t at;
	char *copy;

	if (4 * (a->n_strings + 1) > 3 * a->table_size)
		rehash(a);
	at = hash & (a->table_size - 1);
	for (; a->table[at].s; at = (at + 1) & (a->table_size - 1))
		if (a->table[at].hash == hash && a->table[at].len == n &&
		    memcmp(a->table[at].s, s, n) == 0)
			return a->table[at].s;
	copy = take(a, n + 1, 1);
	memcpy(copy, s, n);
	copy[n] = '\0';
	a->table[at] = (struct interned){ copy, hash, (uint32_t)n };
	a->n_strings++;
	return copy;
}

const char *vt_arena_intern(struct vt_arena *a, const char *s)
{
	return s ? vt_arena_intern_n(a, s, strlen(s)) : NULL;
}

const char *vt_arena_printf(struct vt_arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *s;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	s = take(a, (size_t)(n < 0 ? 0 : n) + 1, 1);
	(void)vsnprintf(s, (size_t)(n < 0 ? 0 : n) + 1, fmt, again);
	va_end(again);
	return s;
}

void vt_arena_seal(struct vt_arena *a)
{
	free(a->table);
	a->table = NULL;
	a->table_size = a->n_strings = 0;
}

size_t vt_arena_size(const struct vt_arena *a)
{
	return a->bytes;
}
