/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_IDMAP_H
#define VT_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A hash map from a 64-bit key to a 32-bit value, open-addressed. Used for
 * look-ups by identity everywhere; wider identities are mixed into the key
 * with vt_hash_mix first. Zero-initialised is empty.
 */
struct vt_idmap {
	struct vt_idmap_slot {
		uint64_t key;
		int32_t value;
		bool used;
	} * slots;
	size_t n, size;
};

/* Adds or replaces. */
void vt_idmap_put(struct vt_idmap *m, uint64_t key, int32_t value);
/* The value, or -1 when the key is not in the map (so values are 0 or more). */
int32_t vt_idmap_get(const struct vt_idmap *m, uint64_t key);
void vt_idmap_remove(struct vt_idmap *m, uint64_t key);
void vt_idmap_clear(struct vt_idmap *m); /* keeps the memory */
void vt_idmap_finish(struct vt_idmap *m);

#endif
