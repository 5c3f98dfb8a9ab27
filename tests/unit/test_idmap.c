/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hash map, against a plain array. */
#include <criterion/criterion.h>

#include "../../src/idmap.h"

enum {
	KEYS = 500
};

static void same_as(const struct vt_idmap *m, const int32_t *model)
{
	size_t n = 0;

	for (int key = 0; key < KEYS; key++) {
		cr_assert_eq(vt_idmap_get(m, (uint64_t)key), model[key], "key %d", key);
		n += model[key] >= 0;
	}
	cr_assert_eq(m->n, n);
}

Test(idmap, empty)
{
	struct vt_idmap m = { 0 };

	cr_expect_eq(vt_idmap_get(&m, 0), -1);
	vt_idmap_remove(&m, 0);
	vt_idmap_clear(&m);
	vt_idmap_finish(&m);
	cr_expect_eq(vt_idmap_get(&m, 0), -1);
}

Test(idmap, behaves_as_an_array)
{
	struct vt_idmap m = { 0 };
	int32_t model[KEYS];
	uint32_t random = 1;

	for (int i = 0; i < KEYS; i++)
		model[i] = -1;
	for (int step = 0; step < 20000; step++) {
		uint32_t key;

		random = random * 1664525u + 1013904223u;
		key = (random >> 8) % KEYS;
		if (random >> 30) {
			vt_idmap_put(&m, key, step);
			model[key] = step;
		} else {
			vt_idmap_remove(&m, key);
			model[key] = -1;
		}
		if (step % 500 == 0)
			same_as(&m, model);
	}
	same_as(&m, model);
	vt_idmap_clear(&m);
	cr_expect_eq(m.n, 0);
	cr_expect_eq(vt_idmap_get(&m, 1), -1);
	vt_idmap_put(&m, 1, 2);
	cr_expect_eq(vt_idmap_get(&m, 1), 2);
	vt_idmap_finish(&m);
}

Test(idmap, wide_keys)
{
	struct vt_idmap m = { 0 };

	vt_idmap_put(&m, UINT64_MAX, 1);
	vt_idmap_put(&m, 1ull << 32, 2);
	vt_idmap_put(&m, 0, 3);
	cr_expect_eq(vt_idmap_get(&m, UINT64_MAX), 1);
	cr_expect_eq(vt_idmap_get(&m, 1ull << 32), 2);
	cr_expect_eq(vt_idmap_get(&m, 0), 3);
	cr_expect_eq(vt_idmap_get(&m, UINT32_MAX), -1);
	vt_idmap_finish(&m);
}
