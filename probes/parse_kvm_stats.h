/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PARSE_KVM_STATS_H
#define VT_PARSE_KVM_STATS_H

#include "../src/units.h"
#include "parse.h"

/*
 * KVM's binary statistics (the kernel's Documentation/virt/kvm/api.rst,
 * KVM_GET_STATS_FD): a header, an id string, descriptors with names, values.
 * Pure, with the promises of parse.h; the block need not be aligned. What does
 * not fit into the block, and a name without its NUL, refuses the whole block.
 */
struct vt_kvm_stats {
	const char *data;
	size_t n;
	struct vt_slice id; /* "kvm-4242/vcpu-0" */
	uint32_t name_size, count, desc_offset, data_offset;
};
bool vt_parse_kvm_stats(const char *data, size_t n, struct vt_kvm_stats *ret);

enum vt_kvm_stat_type {
	VT_KVM_CUMULATIVE,
	VT_KVM_INSTANT,
	VT_KVM_PEAK,
	VT_KVM_LINEAR_HIST,
	VT_KVM_LOG_HIST,
	VT_KVM_OTHER_TYPE /* of a kernel newer than this */
};

struct vt_kvm_stat {
	struct vt_slice name;
	enum vt_kvm_stat_type type;
	enum vt_unit unit;    /* COUNT for what has no unit, or one of another scale */
	uint32_t bucket_size; /* of a linear histogram */
	size_t n;             /* values; 1 of what is no histogram */
	const char *values;
};
/* Statistic i of count; i beyond that is the caller's fault. */
struct vt_kvm_stat vt_kvm_stat_at(const struct vt_kvm_stats *s, uint32_t i);
bool vt_kvm_stat_find(const struct vt_kvm_stats *s, const char *name, struct vt_kvm_stat *ret);
uint64_t vt_kvm_stat_value(const struct vt_kvm_stat *stat, size_t i);

static inline bool vt_kvm_stat_is_hist(const struct vt_kvm_stat *stat)
{
	return stat->type == VT_KVM_LINEAR_HIST || stat->type == VT_KVM_LOG_HIST;
}

/*
 * The least value that bucket i of a histogram counts. Linear: i times the
 * bucket's size. Logarithmic: 0, then powers of two (1, 2, 4, ...).
 */
uint64_t vt_kvm_bucket_from(const struct vt_kvm_stat *stat, size_t i);

/* A link below /proc/PID/fd: "anon_inode:kvm-vm-stats", "anon_inode:kvm-vcpu-stats:3". */
enum vt_kvm_stats_link {
	VT_KVM_NO_STATS,
	VT_KVM_VM_STATS,
	VT_KVM_VCPU_STATS
};
enum vt_kvm_stats_link vt_parse_kvm_stats_link(struct vt_slice s, uint64_t *ret_index);

#endif
