/* SPDX-License-Identifier: GPL-2.0-or-later */
/* KVM's binary statistics: a sound block, and every way to be unsound. */
#include <criterion/criterion.h>
#include <linux/kvm.h>
#include <string.h>

#include "../../probes/parse_kvm_stats.h"
#include "../../src/memory.h"

enum {
	NAME = 24,
	BUCKETS = 4,
	STATS = 3,
	DESC = sizeof(struct kvm_stats_desc) + NAME,
	ID_AT = sizeof(struct kvm_stats_header),
	DESC_AT = ID_AT + NAME,
	DATA_AT = DESC_AT + STATS * DESC,
	SIZE = DATA_AT + (2 + BUCKETS) * 8,
};

struct block {
	char bytes[SIZE];
};

static void put_desc(struct block *b, size_t i, const char *name, struct kvm_stats_desc desc)
{
	char *at = b->bytes + DESC_AT + i * DESC;

	memcpy(at, &desc, sizeof(desc));
	strncpy(at + sizeof(desc), name, NAME - 1);
}

static struct block sound(void)
{
	struct kvm_stats_header head = { 0, NAME, STATS, ID_AT, DESC_AT, DATA_AT };
	uint64_t values[] = { 81234567, 12, 1, 0, 7, 3 };
	struct block b = { { 0 } };

	memcpy(b.bytes, &head, sizeof(head));
	strncpy(b.bytes + ID_AT, "kvm-4242/vcpu-1", NAME - 1);
	put_desc(&b, 0, "exits", (struct kvm_stats_desc){ .size = 1 });
	put_desc(&b, 1, "halt_wait_ns",
		 (struct kvm_stats_desc){ .flags = KVM_STATS_UNIT_SECONDS | KVM_STATS_TYPE_PEAK,
					  .exponent = -9,
					  .size = 1,
					  .offset = 8 });
	put_desc(&b, 2, "halt_poll_fail_hist",
		 (struct kvm_stats_desc){ .flags = KVM_STATS_UNIT_SECONDS | KVM_STATS_TYPE_LOG_HIST,
					  .exponent = -9,
					  .size = BUCKETS,
					  .offset = 16 });
	memcpy(b.bytes + DATA_AT, values, sizeof(values));
	return b;
}

Test(parse_kvm_stats, a_sound_block)
{
	static const uint64_t from[] = { 0, 1, 2, 4 }, counts[] = { 1, 0, 7, 3 };
	struct block b = sound();
	struct vt_kvm_stats s;
	struct vt_kvm_stat stat;

	cr_assert(vt_parse_kvm_stats(b.bytes, SIZE, &s));
	cr_expect(vt_slice_is(s.id, "kvm-4242/vcpu-1"));
	cr_expect_eq(s.count, STATS);
	cr_assert(vt_kvm_stat_find(&s, "exits", &stat));
	cr_expect_eq(vt_kvm_stat_value(&stat, 0), 81234567);
	cr_expect_eq(stat.type, VT_KVM_CUMULATIVE);
	cr_expect_eq(stat.unit, VT_UNIT_COUNT);
	cr_assert(vt_kvm_stat_find(&s, "halt_wait_ns", &stat));
	cr_expect_eq(vt_kvm_stat_value(&stat, 0), 12);
	cr_expect_eq(stat.type, VT_KVM_PEAK);
	cr_expect_eq(stat.unit, VT_UNIT_NSEC);
	cr_assert(vt_kvm_stat_find(&s, "halt_poll_fail_hist", &stat));
	cr_expect(vt_kvm_stat_is_hist(&stat));
	cr_assert_eq(stat.n, BUCKETS);
	for (size_t i = 0; i < BUCKETS; i++) {
		cr_expect_eq(vt_kvm_stat_value(&stat, i), counts[i]);
		cr_expect_eq(vt_kvm_bucket_from(&stat, i), from[i]);
	}
	cr_expect_not(vt_kvm_stat_find(&s, "exit", &stat));
	cr_expect_not(vt_kvm_stat_find(&s, "", &stat));
}

Test(parse_kvm_stats, buckets)
{
	struct vt_kvm_stat linear = { .type = VT_KVM_LINEAR_HIST, .bucket_size = 250, .n = 9 };
	struct vt_kvm_stat log = { .type = VT_KVM_LOG_HIST, .n = 100 };

	cr_expect_eq(vt_kvm_bucket_from(&linear, 0), 0);
	cr_expect_eq(vt_kvm_bucket_from(&linear, 8), 2000);
	cr_expect_eq(vt_kvm_bucket_from(&log, 31), 1u << 30);
	cr_expect_eq(vt_kvm_bucket_from(&log, 64), 1ull << 63);
	cr_expect_eq(vt_kvm_bucket_from(&log, 65), UINT64_MAX);
}

Test(parse_kvm_stats, scales_that_are_not_ours_have_no_unit)
{
	static const struct {
		uint32_t flags;
		int16_t exponent;
		enum vt_unit unit;
	} cases[] = {
		{ KVM_STATS_UNIT_SECONDS, -9, VT_UNIT_NSEC },
		{ KVM_STATS_UNIT_SECONDS, -6, VT_UNIT_USEC },
		{ KVM_STATS_UNIT_SECONDS, 0, VT_UNIT_COUNT },
		{ KVM_STATS_UNIT_SECONDS | KVM_STATS_BASE_POW2, -9, VT_UNIT_COUNT },
		{ KVM_STATS_UNIT_BYTES, 0, VT_UNIT_BYTES },
		{ KVM_STATS_UNIT_BYTES | KVM_STATS_BASE_POW2, 10, VT_UNIT_COUNT },
		{ KVM_STATS_UNIT_CYCLES, 0, VT_UNIT_COUNT },
		{ 0xf0, 0, VT_UNIT_COUNT },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct block b = sound();
		struct vt_kvm_stats s;

		put_desc(&b, 0, "exits",
			 (struct kvm_stats_desc){ .flags = cases[i].flags,
						  .exponent = cases[i].exponent,
						  .size = 1 });
		cr_assert(vt_parse_kvm_stats(b.bytes, SIZE, &s));
		cr_expect_eq(vt_kvm_stat_at(&s, 0).unit, cases[i].unit, "case %zu", i);
	}
}

/* One field of a sound block is spoilt; the whole is refused then. */
Test(parse_kvm_stats, hostile)
{
	static const struct {
		const char *what;
		size_t at;
		uint32_t value;
	} cases[] = {
		{ "names of no length", 4, 0 },
		{ "endless names", 4, UINT32_MAX },
		{ "endless statistics", 8, UINT32_MAX },
		{ "more statistics than fit", 8, STATS + 2 },
		{ "an id past the end", 12, SIZE },
		{ "an id that ends past the end", 12, SIZE - NAME + 1 },
		{ "an id far away", 12, UINT32_MAX },
		{ "descriptors past the end", 16, SIZE - DESC },
		{ "descriptors far away", 16, UINT32_MAX },
		{ "values past the end", 20, SIZE - 8 },
		{ "values far away", 20, UINT32_MAX },
		{ "a value past the end", DESC_AT + 8, 6 * 8 },
		{ "a value that ends past the end", DESC_AT + 8, 5 * 8 + 1 },
		{ "a value far away", DESC_AT + 8, UINT32_MAX },
		{ "too many values", DESC_AT + 4, 0xffff0000 },
		{ "no value", DESC_AT + 4, 0 },
		{ "a statistic without a name", DESC_AT + 16, 0 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_kvm_stats s = { .count = 77 };
		struct block b = sound();

		memcpy(b.bytes + cases[i].at, &cases[i].value, sizeof(cases[i].value));
		cr_expect_not(vt_parse_kvm_stats(b.bytes, SIZE, &s), "%s", cases[i].what);
		cr_expect_eq(s.count, 77, "%s", cases[i].what);
	}
}

Test(parse_kvm_stats, names_without_an_end)
{
	struct vt_kvm_stats s;
	struct block b = sound();

	memset(b.bytes + DESC_AT + DESC + sizeof(struct kvm_stats_desc), 'x', NAME);
	cr_expect_not(vt_parse_kvm_stats(b.bytes, SIZE, &s));
	b = sound();
	memset(b.bytes + ID_AT, 'x', NAME);
	cr_expect_not(vt_parse_kvm_stats(b.bytes, SIZE, &s));
}

Test(parse_kvm_stats, cut_anywhere)
{
	struct block b = sound();

	for (size_t n = 0; n < SIZE; n++) {
		vt_autofree char *cut = vt_alloc(n + 1);
		struct vt_kvm_stats s;

		memcpy(cut, b.bytes, n);
		cr_expect_not(vt_parse_kvm_stats(cut, n, &s), "%zu bytes", n);
	}
}

Test(parse_kvm_stats, links)
{
	static const struct {
		const char *text;
		enum vt_kvm_stats_link kind;
		uint64_t index;
	} cases[] = {
		{ "anon_inode:kvm-vm-stats", VT_KVM_VM_STATS, 77 },
		{ "anon_inode:kvm-vcpu-stats:0", VT_KVM_VCPU_STATS, 0 },
		{ "anon_inode:kvm-vcpu-stats:255", VT_KVM_VCPU_STATS, 255 },
		{ "anon_inode:kvm-vcpu-stats:", VT_KVM_NO_STATS, 77 },
		{ "anon_inode:kvm-vcpu-stats:x", VT_KVM_NO_STATS, 77 },
		{ "anon_inode:kvm-vcpu:3", VT_KVM_NO_STATS, 77 },
		{ "anon_inode:kvm-vm", VT_KVM_NO_STATS, 77 },
		{ "/tmp/anon_inode:kvm-vm-stats", VT_KVM_NO_STATS, 77 },
		{ "", VT_KVM_NO_STATS, 77 },
	};

	for (size_t i = 0; i < VT_LEN(cases); i++) {
		struct vt_slice s = { cases[i].text, strlen(cases[i].text) };
		uint64_t index = 77;

		cr_expect_eq(vt_parse_kvm_stats_link(s, &index), cases[i].kind, "'%s'",
			     cases[i].text);
		cr_expect_eq(index, cases[i].index, "'%s'", cases[i].text);
	}
}
