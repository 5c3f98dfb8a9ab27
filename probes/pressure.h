/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_PRESSURE_H
#define VT_PRESSURE_H

#include "../src/model.h"
#include "parse.h"

/* Sets the pressure metrics of one resource (VT_PRESSURE_ROWS) from a parsed file. */
#define VT_PRESSURE_LINE(KIND, rec, field, line)                                                   \
	do {                                                                                       \
		VT_SET(KIND, rec, field##_avg10, (line)->avg10);                                   \
		VT_SET(KIND, rec, field##_avg60, (line)->avg60);                                   \
		VT_SET(KIND, rec, field##_avg300, (line)->avg300);                                 \
		VT_SET(KIND, rec, field##_total_usec, (line)->total_usec);                         \
	} while (0)

#define VT_PRESSURE_SET(KIND, rec, res, psi)                                                       \
	do {                                                                                       \
		if ((psi)->some.known)                                                             \
			VT_PRESSURE_LINE(KIND, rec, psi_##res##_some, &(psi)->some);               \
		if ((psi)->full.known)                                                             \
			VT_PRESSURE_LINE(KIND, rec, psi_##res##_full, &(psi)->full);               \
	} while (0)

#endif
