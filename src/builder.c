/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows pile up in one growing buffer a kind, strings go straight into the
 * arena of the snapshot to be. seal.c makes both the snapshot's own.
 */
#include "builder.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "builder_private.h"
#include "idmap.h"
#include "text.h"

static uint64_t now_usec(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

struct vt_builder *vt_builder_new(void)
{
	return vt_alloc(sizeof(struct vt_builder));
}

void vt_builder_free(struct vt_builder *b)
{
	if (!b)
		return;
	for (int k = 0; k < VT_KIND_COUNT; k++)
		free(b->raw[k].rows);
	free(b->ns_sets);
	free(b->notes);
	free(b->probes);
	vt_idmap_finish(&b->ns_set_index);
	vt_idmap_finish(&b->note_index);
	vt_arena_free(b->arena);
	free(b);
}

void vt_builder_begin(struct vt_builder *b)
{
	for (int k = 0; k < VT_KIND_COUNT; k++)
		b->raw[k].n = 0;
	b->n_notes = b->n_probes = b->n_ns_sets = 0;
	b->probe = NULL;
	vt_idmap_clear(&b->note_index);
	vt_idmap_clear(&b->ns_set_index);
	vt_arena_free(b->arena);
	b->arena = vt_arena_new();
	(void)vt_host_row_add(b, 0, 0);
}

void *vt_builder_add(struct vt_builder *b, enum vt_kind kind, uint64_t id_a, uint64_t id_b)
{
	struct raw_rows *raw = &b->raw[kind];
	size_t size = vt_kinds[kind].size;
	struct vt_head *h;

	if (raw->n == raw->cap) {
		raw->cap = raw->cap ? 2 * raw->cap : raw->expected + raw->expected / 16 + 16;
		raw->rows = vt_realloc_array(raw->rows, raw->cap, size);
	}
	h = (struct vt_head *)(void *)(raw->rows + raw->n++ * size);
	memset(h, 0, size);
	h->a = id_a;
	h->b = id_b;
	return h;
}

const struct vt_ns_set *vt_builder_ns_set(struct vt_builder *b, const uint32_t id[VT_NS_TYPES])
{
	uint64_t hash = vt_hash_bytes(id, VT_NS_TYPES * sizeof(*id));
	int32_t at = vt_idmap_get(&b->ns_set_index, hash);
	struct vt_ns_set *set;

	if (at >= 0 && memcmp(b->ns_sets[at]->id, id, sizeof(set->id)) == 0)
		return b->ns_sets[at];
	set = vt_arena_alloc(b->arena, sizeof(*set));
	memcpy(set->id, id, sizeof(set->id));
	for (int t = 0; t < VT_NS_TYPES; t++)
		set->at[t] = -1;
	set->related = false;
	VT_GROW(b->ns_sets, b->n_ns_sets, b->cap_ns_sets);
	vt_idmap_put(&b->ns_set_index, hash, (int32_t)b->n_ns_sets);
	b->ns_sets[b->n_ns_sets++] = set;
	return set;
}

void *vt_builder_rows(struct vt_builder *b, enum vt_kind kind, size_t *ret_n)
{
	*ret_n = b->raw[kind].n;
	return b->raw[kind].rows;
}

struct vt_host_row *vt_builder_host(struct vt_builder *b)
{
	return (struct vt_host_row *)(void *)b->raw[VT_KIND_HOST].rows;
}

const char *vt_builder_intern(struct vt_builder *b, const char *s)
{
	return vt_arena_intern(b->arena, s);
}

const char *vt_builder_intern_n(struct vt_builder *b, const char *s, size_t n)
{
	return vt_arena_intern_n(b->arena, s, n);
}

void vt_builder_probe(struct vt_builder *b, const char *name)
{
	uint64_t now = now_usec();

	if (b->probe && b->n_probes)
		b->probes[b->n_probes - 1].duration_usec = now - b->probe_began_usec;
	b->probe = name;
	b->probe_began_usec = now;
	if (!name)
		return;
	VT_GROW(b->probes, b->n_probes, b->cap_probes);
	b->probes[b->n_probes++] = (struct vt_probe_run){ .name = vt_builder_intern(b, name) };
}

void vt_builder_source(struct vt_builder *b, const char *source)
{
	if (b->n_probes)
		b->probes[b->n_probes - 1].source = vt_builder_intern(b, source);
}

void vt_builder_note(struct vt_builder *b, const char *fmt, ...)
{
	const char *probe = b->probe ? b->probe : "virttop";
	char raw[512], text[512];
	uint64_t key;
	int32_t at;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	key = vt_hash_bytes(text, vt_text_escape(text, sizeof(text), raw));
	key = vt_hash_mix(key, vt_hash_bytes(probe, strlen(probe)));
	at = vt_idmap_get(&b->note_index, key);
	if (at >= 0) {
		b->notes[at].times++;
		return;
	}
	vt_idmap_put(&b->note_index, key, (int32_t)b->n_notes);
	VT_GROW(b->notes, b->n_notes, b->cap_notes);
	b->notes[b->n_notes++] = (struct vt_note){
		.probe = vt_builder_intern(b, probe),
		.text = vt_builder_intern(b, text),
		.times = 1,
	};
}
