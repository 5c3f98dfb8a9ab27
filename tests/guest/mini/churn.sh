#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# For a minute 200 cgroups a second come and go, 500 processes a second are forked, and
# virttop refreshes five times a second all the while: JSON, and the screen, that with
# sanitizers when they were built. The rates are the most that is made: software
# emulation does not reach them beside two virttops; what was reached is said.
# shellcheck disable=SC2016 # jq's variables
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"
seconds=60

use_controllers
trap 'remove_cgroups; tmux kill-server 2>/dev/null' EXIT
mkdir $top/churn

rss() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status"; }
on_screen() { tmux capture-pane -p -t churn | grep -qE -- "$1"; }

start_stream 0.2
# With the terminal too: what is drawn has to follow.
tmux -f /dev/null new-session -d -s churn -x 100 -y 30 "$VIRTTOP_ASAN -d 0.2 --view processes; echo left \$? >$TMPDIR/left"
check 'the screen is there' wait_until 60 on_screen '^ PROCESS'
screen=$(pgrep -n -f 'view processes')
churn $top/churn 200 500 $seconds >"$TMPDIR/made" &
churner=$!
early=
began=$SECONDS
for ((i = 0; SECONDS - began < seconds; i++)); do
	tmux send-keys -t churn $((i % 8 + 1))
	sleep 1
	# When all that is kept has been kept once.
	[ -n "$early" ] || [ $((SECONDS - began)) -lt $((seconds / 3)) ] || early="$(rss "$stream") $(rss "$screen")"
done
late="$(rss "$stream") $(rss "$screen")"
wait $churner
churned=$?
read -r cgroups _ _ forks _ <"$TMPDIR/made"
same "$((cgroups / seconds)) cgroups and $((forks / seconds)) processes a second, for $seconds s" 0 "$churned"
check 'virttop --json lives' kill -0 "$stream"
check 'the screen lives' kill -0 "$screen"
tmux send-keys -t churn q
check 'q ends it' wait_until 60 grep -qx 'left 0' "$TMPDIR/left"
stop_stream

# NAME EARLY LATE: within a fifth.
flat()
{
	check "$1 does not grow: from $2 to $3 kB" test "$3" -le $(($2 * 12 / 10 + 2048))
}
flat 'the memory of --json' "${early% *}" "${late% *}"
flat 'the memory of the screen' "${early#* }" "${late#* }"

# Identity: "cg-ID" was born in the cgroup of that id and never left it. Of each
# snapshot, by each of two CPUs a half of them: jq is slow under emulation.
sed '$d' "$TMPDIR/stream" >"$TMPDIR/whole"
judges=()
for half in 0 1; do
	sed -n "$((half + 1))~2p" "$TMPDIR/whole" | jq -c '
		[.processes[] | select(.comm | startswith("cg-"))] as $ours |
		([.processes[] | "process \(.pid) \(.start_ticks)"] +
			[.cgroups[] | "cgroup \(.id)", "path \(.path)"]) as $all |
		{ rows: ($ours | length),
			wrong: [$ours[] | select(.cgroup_id and "cg-\(.cgroup_id)" != .comm)],
			twice: (($all | length) - ($all | unique | length)) }' >"$TMPDIR/checked.$half" &
	judges+=($!)
done
wait "${judges[@]}"
checked=$(cat "$TMPDIR"/checked.*)
snapshots=$(wc -l <"$TMPDIR/whole")
rows=$(jq -s 'map(.rows) | add' <<<"$checked")
same 'every snapshot is whole' "$snapshots" "$(wc -l <<<"$checked")"
check "$rows rows of $snapshots snapshots can be checked" test "$rows" -ge 50
same 'each has the cgroup that it was born in' '[]' "$(jq -c -s 'map(.wrong) | add' <<<"$checked")"
same 'no process or cgroup is there twice' 0 "$(jq -s 'map(.twice) | add' <<<"$checked")"
plan
