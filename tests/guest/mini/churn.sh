#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# 200 cgroups a second come and go, 500 processes a second are forked, and virttop
# refreshes five times a second all the while: JSON, and the screen, that with
# sanitizers when they were built. 20 s; 60 s with GUEST_LONG=1. The rates are what is
# asked for: software emulation may not reach them, what was made is said.
# shellcheck disable=SC2016 # jq's variables
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"
seconds=20
[ -z "$GUEST_LONG" ] || seconds=60

use_controllers
trap 'remove_cgroups; tmux kill-server 2>/dev/null' EXIT
mkdir $top/churn

rss() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status"; }

churn $top/churn 200 500 $((seconds + 8)) >"$TMPDIR/made" &
churner=$!
start_stream 0.2
# With the terminal too: what is drawn has to follow.
tmux -f /dev/null new-session -d -s churn -x 100 -y 30 "$VIRTTOP_ASAN -d 0.2 --view processes; echo left \$? >$TMPDIR/left"
sleep 8
screen=$(pgrep -n -f 'view processes')
early=
for ((i = 0; i < seconds; i++)); do
	tmux send-keys -t churn $((i % 8 + 1))
	sleep 1
	# When all that is kept has been kept once.
	[ $i != $((seconds / 3)) ] || early="$(rss "$stream") $(rss "$screen")"
done
late="$(rss "$stream") $(rss "$screen")"
wait $churner
churned=$?
same "$(cat "$TMPDIR/made") in $((seconds + 8)) s" 0 "$churned"
check 'virttop --json lives' kill -0 "$stream"
check 'the screen lives' kill -0 "$screen"
tmux send-keys -t churn q
check 'q ends it' wait_until 20 grep -qx 'left 0' "$TMPDIR/left"
stop_stream

# NAME EARLY LATE: within a fifth.
flat()
{
	check "$1 does not grow: from $2 to $3 kB" test "$3" -le $(($2 * 12 / 10 + 2048))
}
flat 'the memory of --json' "${early% *}" "${late% *}"
flat 'the memory of the screen' "${early#* }" "${late#* }"

# Identity: "cg-ID" was born in the cgroup of that id and never left it.
sed '$d' "$TMPDIR/stream" >"$TMPDIR/whole"
checked=$(jq -c '. as $s | [.processes[] | select(.comm | startswith("cg-"))] |
	{ rows: length, wrong: [.[] | select(.cgroup_id and "cg-\(.cgroup_id)" != .comm)] }' "$TMPDIR/whole")
rows=$(jq -s 'map(.rows) | add' <<<"$checked")
check "$rows rows of $(wc -l <"$TMPDIR/whole") snapshots can be checked" test "$rows" -ge 50
same 'each has the cgroup that it was born in' '[]' "$(jq -c -s 'map(.wrong) | add' <<<"$checked")"
same 'no process or cgroup is there twice' '' "$(jq -r '
	[.processes[] | "process \(.pid) \(.start_ticks)"] + [.cgroups[] | "cgroup \(.id)", "path \(.path)"] |
	(length) as $all | (unique | length) as $different |
	select($all != $different) | "\($all) rows, \($different) different"' "$TMPDIR/whole" | head -n 3)"
plan
