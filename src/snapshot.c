/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Look-ups in a sealed snapshot, and its end. */
#include "snapshot.h"

#include <string.h>

void vt_snapshot_free(struct vt_snapshot *s)
{
	if (!s)
		return;
	vt_arena_free(s->arena);
	free(s);
}

static const struct vt_head *row_at(const struct vt_table *t, size_t size, size_t i)
{
	return (const struct vt_head *)(const void *)((const char *)t->rows + i * size);
}

int32_t vt_snapshot_index(const struct vt_snapshot *s, struct vt_id id)
{
	const struct vt_table *t = &s->table[id.kind];
	size_t size = vt_kinds[id.kind].size, low = 0, high = t->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct vt_head *h = row_at(t, size, mid);

		if (h->a == id.a && h->b == id.b)
			return (int32_t)mid;
		if (h->a < id.a || (h->a == id.a && h->b < id.b))
			low = mid + 1;
		else
			high = mid;
	}
	return -1;
}

const void *vt_snapshot_find(const struct vt_snapshot *s, struct vt_id id)
{
	const struct vt_table *gone = &s->gone[id.kind];
	size_t size = vt_kinds[id.kind].size;
	int32_t at = vt_snapshot_index(s, id);

	if (at >= 0)
		return row_at(&s->table[id.kind], size, (size_t)at);
	for (size_t i = 0; i < gone->n; i++) {
		const struct vt_head *h = row_at(gone, size, i);

		if (h->a == id.a && h->b == id.b)
			return h;
	}
	return NULL;
}

const struct vt_interface *vt_snapshot_peer(const struct vt_snapshot *s,
					    const struct vt_interface *f)
{
	if (!VT_HAS(INTERFACE, f, peer_ns) || !VT_HAS(INTERFACE, f, link))
		return NULL;
	return vt_interface_at(
		s, vt_snapshot_index(s, (struct vt_id){ VT_KIND_INTERFACE, f->peer_ns, f->link }));
}

const struct vt_process *vt_snapshot_pid(const struct vt_snapshot *s, uint64_t pid)
{
	const struct vt_table *t = &s->table[VT_KIND_PROCESS];
	const struct vt_process *rows = t->rows;
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (rows[mid].head.a < pid)
			low = mid + 1;
		else
			high = mid;
	}
	return low < t->n && rows[low].head.a == pid ? &rows[low] : NULL;
}

const struct vt_cgroup *vt_snapshot_path(const struct vt_snapshot *s, const char *path)
{
	size_t n;
	const struct vt_cgroup *rows = vt_cgroup_rows(s, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].path, path) == 0)
			return &rows[i];
	return NULL;
}

bool vt_snapshot_is_new(const struct vt_snapshot *s, const struct vt_head *h)
{
	return h->first_seen_ns && s->taken_ns - h->first_seen_ns < VT_NEW_NS;
}
