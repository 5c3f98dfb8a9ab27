/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * KVM's binary statistics (api.rst, KVM_GET_STATS_FD). The block comes from a
 * descriptor of another process, so nothing in it is believed: each offset and
 * count is checked once, against the block's length, before anything is used.
 */
#include "parse_kvm_stats.h"

#include <linux/kvm.h>
#include <string.h>

#include "../src/memory.h"

enum {
	MOST_STATS = 4096,
	NAME_LIMIT = 1024
};

static bool fits(const struct vt_kvm_stats *s, uint64_t offset, uint64_t n)
{
	return offset <= s->n && n <= s->n - offset;
}

static const char *descriptor(const struct vt_kvm_stats *s, uint32_t i)
{
	return s->data + s->desc_offset +
	       (size_t)i * (sizeof(struct kvm_stats_desc) + s->name_size);
}

static bool is_sound(const struct vt_kvm_stats *s, uint32_t i)
{
	const char *at = descriptor(s, i), *name = at + sizeof(struct kvm_stats_desc);
	struct kvm_stats_desc desc;

	memcpy(&desc, at, sizeof(desc));
	if (!name[0] || !memchr(name, '\0', s->name_size) || !desc.size)
		return false;
	return fits(s, (uint64_t)s->data_offset + desc.offset, desc.size * sizeof(uint64_t));
}

bool vt_parse_kvm_stats(const char *data, size_t n, struct vt_kvm_stats *ret)
{
	struct vt_kvm_stats s = { .data = data, .n = n };
	struct kvm_stats_header head;

	if (n < sizeof(head))
		return false;
	memcpy(&head, data, sizeof(head));
	s.name_size = head.name_size;
	s.count = head.num_desc;
	s.desc_offset = head.desc_offset;
	s.data_offset = head.data_offset;
	if (!s.name_size || s.name_size > NAME_LIMIT || s.count > MOST_STATS ||
	    !fits(&s, head.id_offset, s.name_size) ||
	    !fits(&s, s.desc_offset,
		  (uint64_t)s.count * (sizeof(struct kvm_stats_desc) + s.name_size)))
		return false;
	s.id = (struct vt_slice){ data + head.id_offset,
				  strnlen(data + head.id_offset, s.name_size) };
	if (s.id.n == s.name_size)
		return false;
	for (uint32_t i = 0; i < s.count; i++)
		if (!is_sound(&s, i))
			return false;
	*ret = s;
	return true;
}

static enum vt_kvm_stat_type type_of(uint32_t flags)
{
	static const enum vt_kvm_stat_type types[] = {
		[KVM_STATS_TYPE_CUMULATIVE] = VT_KVM_CUMULATIVE,
		[KVM_STATS_TYPE_INSTANT] = VT_KVM_INSTANT,
		[KVM_STATS_TYPE_PEAK] = VT_KVM_PEAK,
		[KVM_STATS_TYPE_LINEAR_HIST] = VT_KVM_LINEAR_HIST,
		[KVM_STATS_TYPE_LOG_HIST] = VT_KVM_LOG_HIST,
	};
	uint32_t type = flags & KVM_STATS_TYPE_MASK;

	return type < VT_LEN(types) ? types[type] : VT_KVM_OTHER_TYPE;
}

/* KVM counts in nanoseconds and in plain bytes; other scales are told as bare numbers. */
static enum vt_unit unit_of(const struct kvm_stats_desc *desc)
{
	bool pow10 = (desc->flags & KVM_STATS_BASE_MASK) == KVM_STATS_BASE_POW10;

	switch (desc->flags & KVM_STATS_UNIT_MASK) {
	case KVM_STATS_UNIT_SECONDS:
		return pow10 && desc->exponent == -9   ? VT_UNIT_NSEC
		       : pow10 && desc->exponent == -6 ? VT_UNIT_USEC
						       : VT_UNIT_COUNT;
	case KVM_STATS_UNIT_BYTES:
		return desc->exponent == 0 ? VT_UNIT_BYTES : VT_UNIT_COUNT;
	default:
		return VT_UNIT_COUNT;
	}
}

struct vt_kvm_stat vt_kvm_stat_at(const struct vt_kvm_stats *s, uint32_t i)
{
	const char *at = descriptor(s, i), *name = at + sizeof(struct kvm_stats_desc);
	struct kvm_stats_desc desc;

	memcpy(&desc, at, sizeof(desc));
	return (struct vt_kvm_stat){
		.name = { name, strnlen(name, s->name_size) },
		.type = type_of(desc.flags),
		.unit = unit_of(&desc),
		.bucket_size = desc.bucket_size,
		.n = desc.size,
		.values = s->data + s->data_offset + desc.offset,
	};
}

bool vt_kvm_stat_find(const struct vt_kvm_stats *s, const char *name, struct vt_kvm_stat *ret)
{
	for (uint32_t i = 0; i < s->count; i++) {
		struct vt_kvm_stat stat = vt_kvm_stat_at(s, i);

		if (!vt_slice_is(stat.name, name))
			continue;
		*ret = stat;
		return true;
	}
	return false;
}

uint64_t vt_kvm_stat_value(const struct vt_kvm_stat *stat, size_t i)
{
	uint64_t value;

	memcpy(&value, stat->values + i * sizeof(value), sizeof(value));
	return value;
}

uint64_t vt_kvm_bucket_from(const struct vt_kvm_stat *stat, size_t i)
{
	if (stat->type == VT_KVM_LINEAR_HIST)
		return i * (uint64_t)stat->bucket_size;
	if (i == 0)
		return 0;
	return i > 64 ? UINT64_MAX : 1ull << (i - 1);
}

enum vt_kvm_stats_link vt_parse_kvm_stats_link(struct vt_slice s, uint64_t *ret_index)
{
	static const char prefix[] = "anon_inode:kvm-vcpu-stats:";
	size_t n = sizeof(prefix) - 1;

	if (vt_slice_is(s, "anon_inode:kvm-vm-stats"))
		return VT_KVM_VM_STATS;
	if (!vt_slice_starts(s, prefix) ||
	    !vt_parse_u64((struct vt_slice){ s.at + n, s.n - n }, ret_index))
		return VT_KVM_NO_STATS;
	return VT_KVM_VCPU_STATS;
}
