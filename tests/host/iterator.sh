#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The two ways to read processes say the same: the kernel's task iterator, and procfs,
# which serves a virttop that may not load programs for the kernel.
# shellcheck disable=SC2016 # jq's variables
set -u

srcdir=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/tap.sh
. "$srcdir/tests/tap.sh"
# shellcheck source=tests/host/lib.sh
. "$srcdir/tests/host/lib.sh"

need_root

scratch=$(mktemp -d)
chmod 755 "$scratch"

clean_up()
{
	end_started
	rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# COMMAND...: in the background
start()
{
	"$@" </dev/null >/dev/null 2>&1 &
	started+=("$!")
}

# WORD OF THE PROCESS PROBE
of_probe()
{
	jq -r --arg key "$1" '.collect.probes[] | select(.name == "process") | .[$key]' "$2"
}

odd=$scratch/$'a\\b\nc)'
cp "$(command -v sleep)" "$odd"
start sleep 301
start setpriv --reuid=1234 --regid=1234 --clear-groups sleep 302
start setpriv --ruid=1235 sleep 303
time=
[ ! -e /proc/self/ns/time ] || time=--time
start unshare --pid --fork --mount --net --uts --ipc --cgroup $time sleep 304
start unshare --user --map-root-user sleep 305
start "$odd" 306
start sh -c 'sleep 0.1 & exec sleep 307' # what it leaves is a zombie
start sleep 308
wait_until 60 grep -qx sleep "/proc/${started[-1]}/comm"
kill -STOP "${started[-1]}"
# Each has become what it shall be, the last is stopped and a zombie is left.
are_made()
{
	local i name

	for i in "${!started[@]}"; do
		case $i in
		3) name=unshare ;;
		5) name=${odd##*/} ;;
		*) name=sleep ;;
		esac
		[ "$(cat "/proc/${started[i]}/comm")" = "$name" ] || return
	done
	grep -q 'State:.*stopped' "/proc/${started[-1]}/status" &&
		grep -q 'State:.*zombie' "/proc/$(pgrep -P "${started[-2]}")/status" &&
		grep -qx sleep "/proc/$(pgrep -P "${started[3]}")/comm"
}
check 'there are processes of all kinds' wait_until 60 are_made

# Many snapshots, since a program that makes one does not make the iterator ready for a few
# processes.
many()
{
	"$@" "$virttop" --json -n 12 -d 0.1 | tail -n 1
}
many >"$scratch/iterator"
many setpriv --bounding-set=-bpf,-perfmon,-sys_admin >"$scratch/procfs"
if [ "$(of_probe source "$scratch/iterator")" != 'BPF task iterator' ]; then
	echo "1..0 # SKIP this kernel's task iterator cannot be had: $(of_probe source "$scratch/iterator") serves"
	exit 0
fi
same 'who may not load it reads procfs' procfs "$(of_probe source "$scratch/procfs")"
has_not 'and is not told about it' 'task iterator|read through procfs' "$(of_probe notes "$scratch/procfs")"

# Of what we started, and of kernel threads, which do not change. A worker's name follows its work.
known=$(printf '%s\n' "${started[@]}" | jq -s -c .)
jq -c --argjson ours "$known" --slurpfile b "$scratch/procfs" '
	def rows: [.processes[] | select((.pid | IN($ours[])) or (.ppid | IN($ours[])) or .ppid == 2)]
		| map({ key: "\(.pid):\(.start_ticks)", value: . }) | from_entries;
	def plain: del(.cpu_usec, .cpu_percent, .user_tasks)
		| if .ppid == 2 then del(.state) else . end
		| if .comm | startswith("kworker/") then del(.comm) else . end;
	rows as $x | ($b[0] | rows) as $y
	| { both: [$x | keys[] | select($y[.])] | length,
	    comms: [$x[].comm] | sort | unique, states: [$x[].state] | sort | unique,
	    differ: [$x | keys[] | select($y[.]) | [$x[.], $y[.]]
		| select((.[0] | plain) != (.[1] | plain))],
	    late: [$x | keys[] | select($y[.] and $x[.].ppid != 2) | [$x[.], $y[.]]
		| select(.[0].cpu_usec > .[1].cpu_usec + 20000)] }' "$scratch/iterator" >"$scratch/compared"
said() { jq -c "$1" "$scratch/compared"; }
check 'there is something to compare' test "$(said .both)" -ge 12
same 'every figure is the same' '[]' "$(said .differ)"
same 'and the CPU time, to the ticks that procfs has' '[]' "$(said .late)"
same 'a zombie and a stopped process are among them' true "$(said '.states | contains(["T", "Z"])')"
same 'and an odd name' true "$(said '.comms | any(startswith("a\\"))')"

# Those of /proc that were there before and after.
pids() { printf '%s\n' /proc/[0-9]* | sed 's/.*\///' | sort; }
pids >"$scratch/before"
many | jq '.processes[].pid' | sort >"$scratch/told"
pids >"$scratch/after"
same 'nobody of /proc is missing' '' \
	"$(comm -12 "$scratch/before" "$scratch/after" | comm -23 - "$scratch/told")"

# Between two scans: what runs, what a process becomes, threads that come.
"$virttop" --json -n 1000 -d 0.2 >"$scratch/stream" &
stream=$!
started+=("$stream")
wait_until 60 has_lines "$scratch/stream" 1
kill -CONT "${started[-2]}"
goes_on=${started[-2]}
start sh -c 'while :; do :; done'
# PID JQ-CONDITION: of it in a whole line of the stream.
comes_to_be()
{
	sed '$d' "$scratch/stream" | holds -s --argjson pid "$1" "any(.[].processes[]; .pid == \$pid and ($2))"
}
check 'a process that goes on is told' wait_until 60 comes_to_be "$goes_on" '.state == "S"'
check 'and one that runs has CPU' wait_until 60 comes_to_be "${started[-1]}" '.cpu_percent >= 2'
plan
