#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the host's kernel is asked, of another kernel.
exec "$SRCDIR/tests/host/iterator.sh"
