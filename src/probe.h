/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PROBE_H
#define VT_PROBE_H

#include "builder.h"
#include "error.h"
#include "host.h"

/*
 * A probe reads one part of the system into a builder. It keeps between scans
 * only what makes the next one cheaper. What it cannot read becomes a note or
 * a value without its validity bit; it returns an error only when it could not
 * do anything, and the other probes go on. A pid, cgroup or namespace that
 * vanishes half-way is normal.
 */
struct vt_probe {
	const char *name, *summary;
	/* ret_state may stay NULL. */
	int (*open)(const struct vt_host *host, void **ret_state, struct vt_error *err);
	int (*scan)(void *state, struct vt_builder *b, struct vt_error *err);
	void (*close)(void *state);
};

#endif
