#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# For a minute 200 cgroups a second come and go, 500 processes a second are forked, and
# virttop refreshes five times a second all the while: JSON, and the screen, that with
# sanitizers where they were built. How many were made is said.
# shellcheck disable=SC2016 # jq's variables
set -u

srcdir=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/tap.sh
. "$srcdir/tests/tap.sh"
# shellcheck source=tests/host/lib.sh
. "$srcdir/tests/host/lib.sh"
build=${BUILDDIR:-$PWD}
sanitized=${SANITIZED:+$SANITIZED/virttop}
seconds=60

need_root
need_cgroup_tree
if ! command -v tmux >/dev/null || ! command -v jq >/dev/null; then
	echo '1..0 # SKIP needs tmux and jq'
	exit 0
fi

scratch=$(mktemp -d)
top=/virttop-churn-$$
stream=

clean_up()
{
	tmux -S "$scratch/tmux" kill-server 2>/dev/null
	[ -z "$stream" ] || kill "$stream" 2>/dev/null
	remove_cgroup "$top"
	rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

rss() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status"; }
terminal() { tmux -S "$scratch/tmux" -f /dev/null "$@"; }
on_screen() { terminal capture-pane -p | grep -qE -- "$1"; }

# Freed memory is kept aside for a while: little of it, since what grows is to be seen.
export ASAN_OPTIONS=fast_unwind_on_malloc=0:quarantine_size_mb=16 LSAN_OPTIONS=suppressions=$srcdir/tests/lsan.supp:print_suppressions=0
mkdir "$v2$top"
"$virttop" --json -n 100000 -d 0.2 >"$scratch/stream" 2>"$scratch/errors" &
stream=$!
# With the terminal too: what is drawn has to follow.
terminal new-session -d -x 100 -y 30 \
	"${sanitized:-$virttop} -d 0.2 --view processes 2>$scratch/reports; echo left \$? >$scratch/left"
check 'the screen is there' wait_until 60 on_screen '^ PROCESS'
screen=$(pgrep -n -P "$(terminal list-panes -F '#{pane_pid}')")
"$build/tests/host/churn" "$v2$top" 200 500 $seconds >"$scratch/made" &
churner=$!
early=
began=$SECONDS
for ((i = 0; SECONDS - began < seconds; i++)); do
	terminal send-keys $((i % 8 + 1))
	sleep 1
	# When all that is kept has been kept once.
	[ -n "$early" ] || [ $((SECONDS - began)) -lt $((seconds / 3)) ] ||
		early="$(rss "$stream") $(rss "$screen")"
done
late="$(rss "$stream") $(rss "$screen")"
wait $churner
churned=$?
read -r cgroups _ _ forks _ <"$scratch/made"
same "$((cgroups / seconds)) cgroups and $((forks / seconds)) processes a second, for $seconds s" 0 "$churned"
check 'virttop --json lives' kill -0 "$stream"
check 'the screen lives' kill -0 "$screen"
terminal send-keys q
check 'q ends it' wait_until 60 grep -qx 'left 0' "$scratch/left"
same 'and it said nothing' '' "$(cat "$scratch/reports")"
kill "$stream"
wait "$stream" 2>/dev/null
stream=
same 'nor did the other' '' "$(cat "$scratch/errors")"

# NAME EARLY LATE: within a fifth.
flat()
{
	check "$1 does not grow: from $2 to $3 kB" test "$3" -le $(($2 * 12 / 10 + 2048))
}
flat 'the memory of --json' "${early% *}" "${late% *}"
flat 'the memory of the screen' "${early#* }" "${late#* }"

# Identity: "cg-ID" was born in the cgroup of that id and never left it.
sed '$d' "$scratch/stream" >"$scratch/whole"
jq -c '
	[.processes[] | select(.comm | startswith("cg-"))] as $ours |
	([.processes[] | "process \(.pid) \(.start_ticks)"] +
		[.cgroups[] | "cgroup \(.id)", "path \(.path)"]) as $all |
	{ rows: ($ours | length), known: ([$ours[] | select(.cgroup_id)] | length),
		wrong: [$ours[] | select(.cgroup_id and "cg-\(.cgroup_id)" != .comm)],
		twice: (($all | length) - ($all | unique | length)) }' \
	"$scratch/whole" >"$scratch/checked"
sum() { jq -s "map($1) | add" "$scratch/checked"; }
snapshots=$(wc -l <"$scratch/whole")
same 'every snapshot is whole' "$snapshots" "$(wc -l <"$scratch/checked")"
check "$(sum .rows) rows of $snapshots snapshots can be checked" test "$(sum .rows)" -ge 1000
check "$(sum .known) of them with their cgroup" test "$(sum .known)" -ge 100
same 'each has the cgroup that it was born in' '[]' "$(sum .wrong | jq -c '.[0:3]')"
same 'no process or cgroup is there twice' 0 "$(sum .twice)"
plan
