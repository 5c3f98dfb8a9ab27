/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_CPU_FEATURES_H
#define VT_CPU_FEATURES_H

#include <stdbool.h>
#include <stddef.h>

/* CPU features for virtualization, by the flag of /proc/cpuinfo that tells them. */
struct vt_cpu_feature {
	const char *name; /* as in JSON host.cpu.features */
	const char *flag;
	const char *help; /* what it buys, one line */
	/* Told by the line "vmx flags" only, which kernels before 5.6 lack. */
	bool of_vmx_line;
};

extern const struct vt_cpu_feature vt_cpu_features[];
extern const size_t vt_cpu_features_n;

/* flags: words separated by blanks. */
bool vt_cpu_feature_present(const struct vt_cpu_feature *f, const char *flags);

#endif
