#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A pid that became another process between preview and answer is not touched: pids
# are few here, and come back.
# shellcheck disable=SC1010 # "do" is a word of virttop
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"
tries=100

use_controllers
trap remove_cgroups EXIT
make_cgroup a
# As few as the kernel allows, so that each comes back soon.
echo 400 >/proc/sys/kernel/pid_max

# PID: another process with this pid; false when something else has it.
reuse()
{
	local i

	for ((i = 0; i < 2000; i++)); do
		[ ! -e /proc/sys/kernel/ns_last_pid ] || echo $(($1 - 1)) >/proc/sys/kernel/ns_last_pid
		sleep 1000 &
		[ $! != "$1" ] || return 0
		kill $!
		wait $! 2>/dev/null
	done
	return 1
}

touched=0
refused=0
reused=0
for ((n = 0; n < tries; n++)); do
	sleep 1000 &
	victim=$!
	verb=("move" "$victim" /t/a)
	[ $((n % 2)) = 0 ] || verb=("kill" "$victim")
	coproc asking { exec script -qefc "$VIRTTOP do ${verb[*]}" /dev/null 2>&1; }
	pid=$!
	exec 8<&"${asking[0]}" 9>&"${asking[1]}"
	until ! IFS= read -r -t 60 -d '?' -u 8 said || [[ $said = *'Do it' ]]; do :; done
	kill -KILL "$victim"
	wait "$victim" 2>/dev/null
	! reuse "$victim" || reused=$((reused + 1))
	echo y >&9
	while read -r -u 8; do :; done
	exec 8<&- 9>&-
	status=0
	wait "$pid" || status=$?
	[ "$status" != 3 ] || refused=$((refused + 1))
	{ read -r where <"/proc/$victim/cgroup" && [[ $where != */t/a ]]; } 2>/dev/null ||
		touched=$((touched + 1))
	kill -KILL "$victim"
	wait "$victim" 2>/dev/null
done
same 'the pid came back in every try' "$tries" "$reused"
same 'the other process was never touched' 0 "$touched"
same 'every plan was refused' "$tries" "$refused"
echo 32768 >/proc/sys/kernel/pid_max
plan
