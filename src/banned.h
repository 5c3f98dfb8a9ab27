/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VT_BANNED_H
#define VT_BANNED_H

/*
 * Functions that invite overflows, silent truncation or a shell, made compile
 * errors. The build includes this file everywhere, after the C library's own
 * headers have been seen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atof gets system

#endif
