/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "btf_path.h"

#include <bpf/btf.h>
#include <stdlib.h>
#include <string.h>

enum {
	UNNAMED_DEPTH = 8
};

/* A place in a structure: how far into it, and what is there. */
struct place {
	uint32_t offset, type;
};

static bool is_composite(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	return t && (btf_is_struct(t) || btf_is_union(t));
}

static uint32_t resolve(const struct btf *btf, uint32_t id)
{
	int r = btf__resolve_type(btf, id);

	return r < 0 ? 0 : (uint32_t)r;
}

/* The member of this name, also in what has none. */
static bool find_member(const struct btf *btf, uint32_t id, const char *name, size_t n, int depth,
			struct place *ret)
{
	const struct btf_type *t = btf__type_by_id(btf, id);
	const struct btf_member *m = btf_members(t);

	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		const char *is = btf__name_by_offset(btf, m[i].name_off);
		uint32_t bits = btf_member_bit_offset(t, i), type = resolve(btf, m[i].type);

		if (*is && (strncmp(is, name, n) != 0 || is[n]))
			continue;
		if (*is && (bits % 8 || btf_member_bitfield_size(t, i)))
			return false;
		if (*is || (depth && is_composite(btf, type) &&
			    find_member(btf, type, name, n, depth - 1, ret))) {
			ret->offset = (*is ? 0 : ret->offset) + bits / 8;
			ret->type = *is ? type : ret->type;
			return true;
		}
	}
	return false;
}

/* "[2]" of an array; the array itself where there is no index. */
static bool take_index(const struct btf *btf, const char **path, struct place *at)
{
	const struct btf_type *t = btf__type_by_id(btf, at->type);
	uint32_t index, element;
	char *end;

	if (**path != '[')
		return true;
	if (!btf_is_array(t))
		return false;
	index = (uint32_t)strtoul(*path + 1, &end, 10);
	*path = end + 1;
	element = resolve(btf, btf_array(t)->type);
	if (index >= btf_array(t)->nelems || btf__resolve_size(btf, element) < 0)
		return false;
	at->offset += index * (uint32_t)btf__resolve_size(btf, element);
	at->type = element;
	return true;
}

bool vt_btf_find(const struct btf *btf, int type, const char *path, struct vt_btf_path *ret)
{
	struct place at = { 0, type < 0 ? 0 : (uint32_t)type };

	*ret = (struct vt_btf_path){ 0 };
	while (is_composite(btf, at.type)) {
		size_t n = strcspn(path, ".[");
		struct place member = { 0 };
		const struct btf_type *t;

		if (!find_member(btf, at.type, path, n, UNNAMED_DEPTH, &member))
			return false;
		path += n;
		at = (struct place){ at.offset + member.offset, member.type };
		if (!take_index(btf, &path, &at))
			return false;
		if (!*path)
			break;
		path++;
		t = btf__type_by_id(btf, at.type);
		if (!btf_is_ptr(t))
			continue;
		if (ret->n + 1 == VT_BTF_HOPS)
			return false;
		ret->offsets[ret->n++] = at.offset;
		at = (struct place){ 0, resolve(btf, t->type) };
	}
	if (*path || btf__resolve_size(btf, at.type) < 0)
		return false;
	ret->offsets[ret->n++] = at.offset;
	ret->size = (uint32_t)btf__resolve_size(btf, at.type);
	return true;
}
