/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linear probing with backward-shift deletion: no tombstones to clean up. */
#include "idmap.h"

#include <string.h>

#include "memory.h"
#include "text.h"

static size_t home(const struct vt_idmap *m, uint64_t key)
{
	return (size_t)vt_hash_mix(key, 0) & (m->size - 1);
}

static size_t find(const struct vt_idmap *m, uint64_t key)
{
	size_t at = home(m, key);

	while (m->slots[at].used && m->slots[at].key != key)
		at = (at + 1) & (m->size - 1);
	return at;
}

static void grow(struct vt_idmap *m)
{
	struct vt_idmap old = *m;

	m->size = old.size ? 2 * old.size : 64;
	m->slots = vt_alloc(m->size * sizeof(*m->slots));
	for (size_t i = 0; i < old.size; i++)
		if (old.slots[i].used)
			m->slots[find(m, old.slots[i].key)] = old.slots[i];
	free(old.slots);
}

void vt_idmap_put(struct vt_idmap *m, uint64_t key, int32_t value)
{
	size_t at;

	if (4 * (m->n + 1) > 3 * m->size)
		grow(m);
	at = find(m, key);
	m->n += !m->slots[at].used;
	m->slots[at] = (struct vt_idmap_slot){ key, value, true };
}

int32_t vt_idmap_get(const struct vt_idmap *m, uint64_t key)
{
	size_t at;

	if (!m->size)
		return -1;
	at = find(m, key);
	return m->slots[at].used ? m->slots[at].value : -1;
}

void vt_idmap_remove(struct vt_idmap *m, uint64_t key)
{
	size_t hole, at;

	if (!m->size)
		return;
	hole = find(m, key);
	if (!m->slots[hole].used)
		return;
	for (at = (hole + 1) & (m->size - 1); m->slots[at].used; at = (at + 1) & (m->size - 1)) {
		size_t want = home(m, m->slots[at].key);

		if (((at - want) & (m->size - 1)) < ((at - hole) & (m->size - 1)))
			continue;
		m->slots[hole] = m->slots[at];
		hole = at;
	}
	m->slots[hole].used = false;
	m->n--;
}

void vt_idmap_clear(struct vt_idmap *m)
{
	if (m->size)
		memset(m->slots, 0, m->size * sizeof(*m->slots));
	m->n = 0;
}

void vt_idmap_finish(struct vt_idmap *m)
{
	free(m->slots);
	*m = (struct vt_idmap){ 0 };
}
