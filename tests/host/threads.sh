#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Where a thread may run and its nice value: preview, change, undo, refusals.
# shellcheck disable=SC1010 # "do" is a word of virttop
# shellcheck source=tests/tap.sh
. "$SRCDIR/tests/tap.sh"

cpus() { sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$pid/status"; }
nice_of() { sed 's/.*) //' "/proc/$pid/stat" | cut -d ' ' -f 17; }

# WORDS...: virttop do; $said and $status.
act()
{
	status=0
	said=$("$VIRTTOP" do "$@" 2>&1 </dev/null) || status=$?
}

sleep 1000 &
pid=$!
trap 'kill -KILL $pid' EXIT
all=$(cpus)
first=$(sed 's/[-,].*//' <<<"$all")

act pin $pid "$first" --dry-run
has 'pin: the preview names the line of taskset' "taskset -cp $first $pid" "$said"
has 'pin: it tells the core' "CPU $first: core .* of package " "$said"
same 'pin: nothing is done before yes' "$all" "$(cpus)"
if [ "$first" = "$all" ]; then
	act pin $pid "$first" --yes
	has 'pin: on one CPU there is nothing to do' 'it is so already' "$said"
else
	act pin $pid "$first,$first" --yes
	same 'pin: it succeeds' 0 $status
	same 'pin: the thread may run there only' "$first" "$(cpus)"
	act pin $pid "$first" --yes
	has 'pin: again is nothing to do' 'it is so already' "$said"
	act undo --yes
	same 'pin: undo' 0 $status
	same 'pin: undo gives all CPUs back' "$all" "$(cpus)"
	act pin $pid "$first" --yes
	taskset -cp "$all" $pid >/dev/null
	act undo --yes
	same 'pin: changed by somebody else, undo is stale' 3 $status
fi
act pin $pid 0-99999 --yes
same 'pin: a CPU that is not there is refused' 2 $status
act pin $pid a --yes
same 'pin: what is no list is refused' 2 $status
has 'pin: with the form of one' 'no list of CPUs: write it as in 0-3,8' "$said"
same 'pin: nothing was changed' "$all" "$(cpus)"

before=$(nice_of)
act nice $pid 7 --yes
same 'nice: it succeeds' 0 $status
same 'nice: the thread has it' 7 "$(nice_of)"
act undo --yes
if [ "$(id -u)" = 0 ]; then
	same 'nice: undo puts it back' "$before" "$(nice_of)"
else
	has 'nice: going back needs a privilege' 'CAP_SYS_NICE|not permitted' "$said"
fi
act nice $pid 20 --yes
same 'nice: 20 is none' 2 $status
act nice 999999999 1 --yes
has 'nice: a process that is not there' '999999999' "$said"
check 'nice: is an error' test $status -ne 0
plan
