/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_NAMESPACE_DETAIL_H
#define VT_NAMESPACE_DETAIL_H

#include "../src/detail.h"

/* For vt_probe_detail: what is inside one namespace, in full. May enter it and come back. */
void vt_namespace_detail_read(const struct vt_host *host, struct vt_detail *d);

#endif
