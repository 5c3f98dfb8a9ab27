/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_REMEDY_H
#define VT_REMEDY_H

#include "snapshot.h"

/*
 * Fills finding->fix with the one change that most likely cures it: the limit
 * that binds, raised where it is set, not where it hurts. fix.action stays NULL
 * where no single change would help (pressure without a limit). Strings are put
 * into the snapshot's arena. Steps up are proposals: a preview shows them, and a
 * person decides.
 */
void vt_remedy(struct vt_snapshot *s, struct vt_finding *finding);

#endif
