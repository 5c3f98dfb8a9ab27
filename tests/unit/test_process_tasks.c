/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes from the kernel's task iterator, which is played here. */
#include "../../probes/process_tasks.c"

#include "snapshots.h"
#include "tree.h"

static struct vt_task told[4];
static size_t n_told;

struct vt_task_iter *vt_task_iter_new(struct vt_error *err)
{
	(void)err;
	return NULL;
}

void vt_task_iter_free(struct vt_task_iter *it)
{
	(void)it;
}

int vt_task_iter_run(struct vt_task_iter *it,
		     void (*take_one)(const struct vt_task *task, void *arg), void *arg)
{
	(void)it;
	for (size_t i = 0; i < n_told; i++)
		take_one(&told[i], arg);
	return 0;
}

static uint64_t cpu_usec(struct vt_tasks *t, struct vt_builder *b)
{
	const unsigned *missing;
	size_t n;

	vt_builder_begin(b);
	cr_assert_eq(vt_tasks_scan(t, b, &missing, &n), 0);
	return vt_process_added(b, &n)[0].cpu_usec;
}

/* The leader is told before a thread ends, and the thread would have been told after it. */
Test(process_tasks, a_thread_ends_while_they_are_told, .init = tree_make, .fini = tree_remove)
{
	struct vt_process_files files = { .host = &tree_host, .page_bytes = 4096 };
	struct vt_tasks *t = vt_alloc(sizeof(*t));
	struct vt_builder *b = vt_builder_new();

	t->files = &files;
	t->tick_ns = 10000000;
	told[0] = (struct vt_task){ .pid = 7, .tgid = 7, .threads = 2, .runtime_ns = 1000000 };
	told[1] = (struct vt_task){ .pid = 8, .tgid = 7, .runtime_ns = 5000000 };
	n_told = 2;
	cr_expect_eq(cpu_usec(t, b), 6000);
	n_told = 1;
	told[0].runtime_ns = 2000000;
	cr_expect_eq(cpu_usec(t, b), 6000, "it never goes back");
	told[0].dead_runtime_ns = 5000000;
	cr_expect_eq(cpu_usec(t, b), 7000);
	/* Another process under the pid. */
	told[0] = (struct vt_task){ .pid = 7, .tgid = 7, .start_ns = 90000000, .threads = 1 };
	cr_expect_eq(cpu_usec(t, b), 0);
	vt_builder_free(b);
	vt_tasks_close(t);
}
