#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The bench with a small load: it sees that load, measures it against the floor,
# and removes it, also when it is interrupted or killed. No figure is judged.
set -u

srcdir=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${BUILDDIR:-$PWD}
# shellcheck source=tests/tap.sh
. "$srcdir/tests/tap.sh"
# shellcheck source=tests/host/lib.sh
. "$srcdir/tests/host/lib.sh"

need_root
need_cgroup_tree

scratch=$(mktemp -d)
bench=
trap '[ -z "$bench" ] || kill "$bench" 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
export BENCH_PROCESSES=20 BENCH_NAMESPACES=2 BENCH_CGROUPS=5 BENCH_ROUNDS=1 BENCH_SECONDS=0

# NAME: waits until the load's cgroups of the bench are gone, with all that was in them.
gone()
{
	for ((i = 0; i < 1200; i++)); do
		[ -d "$v2/virttop-bench-$bench" ] || break
		sleep 0.05
	done
	check "$1" test ! -d "$v2/virttop-bench-$bench"
}

# LABEL FIELD...: fields of the row that begins with the label, in the table that was printed.
number()
{
	sed -n "s/^$1.* \([0-9]*\) $2.*/\1/p" "$scratch/table"
}

"$srcdir/tests/bench/run" "$build" >"$scratch/table" 2>"$scratch/errors" &
bench=$!
wait "$bench"
same 'the bench runs through' 0 $?
same 'and complains about nothing' '' "$(cat "$scratch/errors")"
check 'the refresh sees the processes of the load' test "$(number 'virttop, collector' processes)" -ge 20
check 'its cgroups' test "$(number 'virttop, collector' cgroups)" -ge 6
check 'and their namespaces' test "$(number 'virttop, collector' namespaces)" -ge 14
check 'the floor sees the processes' test "$(number system-call processes)" -ge 20
check 'and the cgroups' test "$(number system-call cgroups)" -ge 6
has 'the ratio is told' '^virttop is [0-9]+\.[0-9]+ times the floor of procfs' "$(cat "$scratch/table")"
has 'every other program has a row' '^lsns +([0-9.]+ s|skipped: )' "$(cat "$scratch/table")"
gone 'the load is removed'

# Rounds enough that it is in their midst.
export BENCH_ROUNDS=99
for signal in INT TERM KILL; do
	(
		# A job in the background ignores SIGINT unless it is given back.
		trap - INT
		exec env --default-signal=INT "$srcdir/tests/bench/run" "$build"
	) >/dev/null 2>&1 &
	bench=$!
	for ((i = 0; i < 1200; i++)); do
		grep -q '^[1-9]' "$v2/virttop-bench-$bench/g0/cgroup.procs" 2>/dev/null && break
		sleep 0.05
	done
	check "before SIG$signal there is a load" test -d "$v2/virttop-bench-$bench/g0"
	kill "-$signal" "$bench"
	wait "$bench" 2>/dev/null
	gone "after SIG$signal it is removed"
done
bench=
plan
