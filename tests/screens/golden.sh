#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whole screens, made without a terminal from recorded trees, against the ones
# kept in golden/. UPDATE=1 writes them anew: read the difference before it is
# committed. A screen is one line below: NAME TREE SIZE ARGUMENTS KEYS.
. "$SRCDIR/tests/tap.sh"

golden=$SRCDIR/tests/screens/golden

shoot()
{
	local name=$1 tree=$2 size=$3 keys=$4 actual

	shift 4
	if ! actual=$("$VIRTTOP" --root "$FIXTURES/$tree" --size "$size" --keys "$keys" --dump "$@" 2>&1); then
		fail "$name" "$actual"
		return
	fi
	if [ -n "${UPDATE:-}" ]; then
		mkdir -p "$golden"
		printf '%s\n' "$actual" >"$golden/$name.txt"
	fi
	same "$name" "$(cat "$golden/$name.txt" 2>&1)" "$actual"
}

for size in 80x24 160x50; do
	for view in overview namespaces cgroups containers machines processes host events; do
		for tree in unified hybrid; do
			shoot "$tree-$view-$size" "$tree" "$size" '' --view "$view"
		done
	done
done
for tree in nosys empty hostile; do
	for view in overview namespaces cgroups machines processes host; do
		shoot "$tree-$view-80x24" "$tree" 80x24 '' --view "$view"
	done
done
shoot cgroups-unfolded unified 160x50 '+' --view cgroups
shoot cgroups-folded unified 80x24 '-' --view cgroups
shoot cgroups-flat-by-memory unified 100x30 'vssssssss' --view cgroups
shoot cgroups-search unified 80x24 '/api' --view cgroups
shoot cgroups-filter unified 100x30 'fmem>50M<Enter>' --view cgroups
shoot cgroups-filter-wrong unified 80x24 'fnosuch>5<Enter>' --view cgroups
shoot cgroups-detail-large unified 100x40 'dj' --view cgroups
shoot cgroups-explain unified 100x40 '/api<Enter>e' --view cgroups
shoot cgroups-processes unified 100x30 '/api<Enter><Enter>' --view cgroups
shoot namespaces-by-owner unified 100x40 'v+' --view namespaces
shoot namespaces-unfolded unified 100x50 '+' --view namespaces
shoot processes-tree unified 100x40 'v' --view processes
shoot processes-jump-menu unified 100x40 'jjg' --view processes
shoot machines-threads machines 130x40 '+' --view machines
shoot machines-worker machines 100x30 '/iothread1<Enter>' --view machines
shoot overview-finding unified 100x30 'j<Enter>' --view overview
shoot overview-search-everything unified 100x30 '/api' --view overview
shoot help unified 100x60 '?' --view overview
shoot notes hybrid 100x40 '!' --view overview
shoot acting-refused unified 80x24 'U' --view cgroups
shoot too-small unified 20x5 '' --view cgroups
shoot one-cell unified 1x1 '' --view cgroups
shoot narrow unified 40x8 'jj' --view cgroups
shoot wide unified 200x60 '' --view cgroups
shoot ascii unified 80x24 '' --view cgroups --ascii
plan
