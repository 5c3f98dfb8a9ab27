/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Details of the one thing that is selected: which reader serves which kind.
 */
#include "detail.h"

#include <stdio.h>

#include "detail_readers.h"
#include "namespace_detail.h"

ssize_t vt_detail_read_pid(const struct vt_host *host, uint64_t pid, const char *file, char *text,
			   size_t size)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%u/%s", (unsigned)pid, file);
	return vt_host_read(host->proc, path, text, size);
}

void vt_probe_detail(const struct vt_host *host, struct vt_detail *d)
{
	static const struct {
		enum vt_kind kind;
		void (*read)(const struct vt_host *host, struct vt_detail *d);
	} readers[] = {
		{ VT_KIND_PROCESS, vt_detail_process },
		{ VT_KIND_MACHINE, vt_detail_machine }, /* the same identity as its VMM's */
		{ VT_KIND_VCPU, vt_detail_vcpu },
		{ VT_KIND_CGROUP, vt_detail_cgroup },
		{ VT_KIND_CONTAINER, vt_detail_cgroup }, /* the id of its root cgroup */
		{ VT_KIND_NAMESPACE, vt_namespace_detail_read },
	};

	for (size_t i = 0; i < VT_LEN(readers); i++)
		if (readers[i].kind == d->subject.kind)
			readers[i].read(host, d);
}
