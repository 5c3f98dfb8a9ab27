/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pages of listns(2), from a kernel that plays. */
#include <criterion/criterion.h>
#include <errno.h>

#include "../../probes/namespace_listns.h"

static atomic_bool quit;

/* Has the ids 10, 20, ... up to 10 * n; fails as told, once, before page at. */
struct kernel {
	uint64_t n;
	int calls, at;
	long failure;
	bool stuck;
};

static long play(void *arg, const struct vt_ns_id_req *req, uint64_t *ids, size_t room)
{
	struct kernel *k = arg;
	uint64_t from = k->stuck ? 0 : req->ns_id / 10;
	size_t n = 0;

	cr_assert_eq(req->size, 32, "as the kernel has it");
	cr_assert_eq(req->spare | req->spare2 | req->ns_type, 0);
	if (k->failure && k->calls++ == k->at)
		return k->failure;
	for (; n < room && from + n < k->n; n++)
		ids[n] = (from + n + 1) * 10;
	return (long)n;
}

struct sum {
	uint64_t n, last;
};

static void add(void *arg, uint64_t id)
{
	struct sum *sum = arg;

	cr_assert_eq(id, sum->last + 10, "each once, in order");
	sum->last = id;
	sum->n++;
}

static int list(struct kernel *k, struct sum *sum)
{
	struct vt_listns_source source = { play, k };

	*sum = (struct sum){ 0 };
	return vt_listns(&source, add, sum, &quit);
}

Test(listns, all_pages)
{
	static const uint64_t counts[] = { 0, 1, 511, 512, 513, 1024, 5000 };

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		struct kernel k = { .n = counts[i] };
		struct sum sum;

		cr_expect_eq(list(&k, &sum), 0);
		cr_expect_eq(sum.n, counts[i]);
	}
}

Test(listns, failures)
{
	struct sum sum;
	struct kernel none = { .n = 5, .failure = -ENOSYS };
	struct kernel later = { .n = 2000, .failure = -EPERM, .at = 1 };
	struct kernel interrupted = { .n = 2000, .failure = -EINTR, .at = 2 };
	struct kernel long_page = { .n = 5, .failure = 513 };

	cr_expect_eq(list(&none, &sum), -ENOSYS);
	cr_expect_eq(sum.n, 0);
	cr_expect_eq(list(&later, &sum), -EPERM);
	cr_expect_eq(sum.n, 512, "what was listed before stays");
	cr_expect_eq(list(&interrupted, &sum), 0);
	cr_expect_eq(sum.n, 2000);
	cr_expect_eq(list(&long_page, &sum), -EPROTO);
}

Test(listns, a_list_that_does_not_advance_ends)
{
	struct kernel k = { .n = 600, .stuck = true };
	struct sum sum;

	cr_expect_eq(list(&k, &sum), -EPROTO);
	cr_expect_eq(sum.n, 512);
}

Test(listns, quits)
{
	struct kernel k = { .n = 5000 };
	struct sum sum;

	quit = true;
	cr_expect_eq(list(&k, &sum), 0);
	cr_expect_eq(sum.n, 0);
}

static void ignore(void *arg, uint64_t id)
{
	(void)id;
	++*(int *)arg;
}

/* Whatever this kernel is: it lists, or says that it cannot. */
Test(listns, here)
{
	int n = 0, r = vt_listns(&vt_listns_kernel, ignore, &n, &quit);

	cr_expect(r == 0 ? n > 0 : r == -ENOSYS || r == -EPERM || r == -EACCES, "%d, %d", r, n);
	cr_expect_lt(vt_listns_open(UINT64_MAX), 0, "there is none with that id");
}
