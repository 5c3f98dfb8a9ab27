#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Findings made real: each is there while its cause is, is gone when that is gone,
# and explain says the same on less than 40 lines. An OOM kill wakes a screen that
# refreshes every 10 s.
# shellcheck disable=SC1010,SC2119 # "do" is a word of virttop
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"
# shellcheck source=tests/tmux.sh
. "$SRCDIR/tests/tmux.sh"

use_controllers
trap 'end_tmux; remove_cgroups' EXIT

# NAME CGROUP KIND: no finding of this kind about it.
finds_not()
{
	local found

	found=$(jq -c --arg path "$2" --arg kind "$3" \
		'.findings[] | select(.kind == $kind and .subject.path == $path).evidence' <<<"$snapshot")
	same "$1" '' "$found"
}

# NAME CGROUP PATTERN: explain has a line with it, and is short.
explains()
{
	local page

	page=$("$VIRTTOP" explain "$2")
	check "$1: explain says so" grep -q -- "$3" <<<"$page"
	check "$1: explain has less than 40 lines" test "$(wc -l <<<"$page")" -lt 40
}

start_stream

# A busy loop below a parent's cpu.max, and a limit of its own that cannot bind.
make_cgroup cpu cpu.max='20000 100000'
echo +cpu >"$top/cpu/cgroup.subtree_control"
make_cgroup cpu/loop cpu.max='80000 100000'
run_in cpu/loop sh -c 'while :; do :; done'
sleep 3
next_snapshot
finds 'throttled: at the holder' /t/cpu throttled
finds_not 'throttled: not below' /t/cpu/loop throttled
finds 'cannot bind: it is a finding' /t/cpu/loop cannot-bind
explains 'throttled from above' /t/cpu/loop 'warning: /t/cpu: throttled\|critical: /t/cpu: throttled'
explains 'cannot bind' /t/cpu/loop 'cpu.max 80% cannot bind: cpu.max of /t/cpu is 20%'
echo max >"$top/cpu/cpu.max"
next_snapshot
next_snapshot
finds_not 'throttled: gone without the limit' /t/cpu throttled
finds_not 'cannot bind: gone without the limit above' /t/cpu/loop cannot-bind

# Weights among siblings: alone in its parent, then not.
echo 300 >"$top/cpu/loop/cpu.weight"
next_snapshot
finds 'weight: alone it does nothing' /t/cpu/loop weight-idle
make_cgroup cpu/other
run_in cpu/other sleep 1000
next_snapshot
finds_not 'weight: with a sibling it counts' /t/cpu/loop weight-idle

# Frozen with tasks.
echo 1 >"$top/cpu/cgroup.freeze"
next_snapshot
finds 'frozen: it is a finding' /t/cpu frozen
explains 'frozen' /t/cpu 'virttop do thaw /t/cpu'
echo 0 >"$top/cpu/cgroup.freeze"
next_snapshot
finds_not 'frozen: gone when it is thawed' /t/cpu frozen
kill_cgroup cpu

# Protection that the parent does not have, then has.
make_cgroup low
echo +memory >"$top/low/cgroup.subtree_control"
make_cgroup low/a memory.low=64M
next_snapshot
finds 'overcommitted: it is a finding' /t/low overcommitted
explains 'overcommitted' /t/low 'virttop do limit /t/low memory.low=67108864'
"$VIRTTOP" do limit /t/low memory.low=67108864 --yes >/dev/null
next_snapshot
finds_not 'overcommitted: gone after the cure' /t/low overcommitted

# As many cgroups as it may have.
make_cgroup full cgroup.max.descendants=1
mkdir "$top/full/one"
next_snapshot
finds 'cgroups: full' /t/full cgroups-limit
rmdir "$top/full/one"
next_snapshot
finds_not 'cgroups: room again' /t/full cgroups-limit

# A writer at its io.max.
device=$(cat /sys/block/vda/dev)
make_cgroup io "io.max=$device wbps=1048576"
run_in io sh -c 'while :; do dd if=/dev/zero of=/virttop-io bs=64k count=512 oflag=direct conv=notrunc; done'
found=no
for _ in 1 2 3 4 5 6; do
	next_snapshot
	holds 'any(.findings[]; .kind == "io-limit" and .subject.path == "/t/io")' <<<"$snapshot" &&
		found=yes && break
done
same 'io: a writer at its limit is a finding' yes "$found"
echo "$device wbps=max" >"$top/io/io.max"
next_snapshot
next_snapshot
finds_not 'io: gone without the limit' /t/io io-limit
kill_cgroup io
rm -f /virttop-io
stop_stream

# An OOM kill, on a screen that would refresh an hour later.
make_cgroup leak memory.max=50M memory.swap.max=0
start a 120 40
send a "$VIRTTOP -d 3600 --view events" Enter
check 'oom: the screen is there' wait_for a 'EVENT|TIME|events'
is_watched()
{
	grep -qs "^inotify .*ino:$(printf %x "$(stat -c %i "$top/leak/memory.events")") " \
		"/proc/$(pgrep -n virttop)/fdinfo/"*
}
check 'oom: its events are watched' wait_until 60 is_watched
run_in leak sh -c 'dd if=/dev/zero of=/dev/null bs=100M count=1; sleep 1000'
wait_until 60 grep -q '^oom_kill [1-9]' "$top/leak/memory.events"
before=${EPOCHREALTIME/./}
check 'oom: it shows long before the next refresh' wait_for a 'killed by the OOM killer in /t/leak|OOM killer ended'
took=$(((${EPOCHREALTIME/./} - before) / 1000))
check "oom: at once, under emulation after $took ms" test "$took" -lt 10000
send a q
plan
