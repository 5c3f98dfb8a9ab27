#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What limits do shows in virttop, beside the kernel's own files.
# shellcheck disable=SC2016 # jq's and the inner shell's variables
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"

use_controllers
trap remove_cgroups EXIT

start_stream

# 200 MB in 100 MiB.
make_cgroup memory memory.max=100M memory.swap.max=0
run_in memory sh -c 'dd if=/dev/zero of=/dev/null bs=200M count=1; sleep 1000'
check 'memory: the kernel kills' wait_until 60 grep -q '^oom_kill [1-9]' "$top/memory/memory.events"
next_snapshot
shows 'memory: the kill shows within one refresh' /t/memory \
	'.memory | .events.oom_kill >= 1 and .max_bytes == 104857600'
finds 'memory: it is a finding' /t/memory oom-killed
same 'memory: as many kills as the kernel counts' \
	"$(sed -n 's/^oom_kill //p' "$top/memory/memory.events")" "$(shown /t/memory .memory.events.oom_kill)"

# A busy loop with a fifth of a CPU.
make_cgroup cpu cpu.max='20000 100000'
run_in cpu sh -c 'while :; do :; done'
next_snapshot
shows 'cpu: the limit shows' /t/cpu '.cpu.max_percent == 20'
comes_to_show 'cpu: it uses a fifth of a CPU' /t/cpu '.cpu.percent | . > 12 and . < 28'
comes_to_show 'cpu: nearly every period is throttled' /t/cpu '.cpu.throttled_percent > 80'
comes_to_show 'cpu: it waits 80% of the time' /t/cpu '.cpu.throttled_time_percent | . > 60 and . < 95'
finds 'cpu: it is a finding' /t/cpu throttled
before=$(sed -n 's/^nr_throttled //p' "$top/cpu/cpu.stat")
next_snapshot
is=$(shown /t/cpu .cpu.nr_throttled)
after=$(sed -n 's/^nr_throttled //p' "$top/cpu/cpu.stat")
check "cpu: throttled $is times is between $before and $after" \
	test "$before" -le "$is" -a "$is" -le "$after"

# Freeze and thaw it.
echo 1 >"$top/cpu/cgroup.freeze"
next_snapshot
shows 'freeze: it shows' /t/cpu '.frozen'
finds 'freeze: it is a finding' /t/cpu frozen
comes_to_show 'freeze: it uses no CPU' /t/cpu '.cpu.percent == 0'
echo 0 >"$top/cpu/cgroup.freeze"
next_snapshot
shows 'thaw: it shows' /t/cpu '.frozen | not'
comes_to_show 'thaw: it uses CPU again' /t/cpu '.cpu.percent > 5'
kill_cgroup cpu

# No more than three processes.
make_cgroup pids pids.max=3
run_in pids sh -c 'while :; do (sleep 100 & sleep 100 & sleep 100 & sleep 100) 2>/dev/null; sleep 1; done'
check 'pids: the kernel refuses' wait_until 60 grep -q '^max [1-9]' "$top/pids/pids.events"
next_snapshot
shows 'pids: the refusal shows' /t/pids '.pids | .max == 3 and .current <= 3 and .events_max >= 1'
finds 'pids: it is a finding' /t/pids pids-limit
kill_cgroup pids

# A writer on the disk, with 1 MiB a second and then without.
device=$(cat /sys/block/vda/dev)
make_cgroup io "io.max=$device wbps=1048576"
run_in io sh -c 'while :; do dd if=/dev/zero of=/virttop-io bs=64k count=512 oflag=direct conv=notrunc; done'
comes_to_show 'io: the writer gets 1 MiB a second' /t/io '.io_write_bytes_per_sec | . > 400000 and . < 1700000'
shows 'io: the device shows' /t/io "[.io[] | select(.wbytes > 0)] | length >= 1"
comes_to_show 'io: it waits' /t/io '.pressure.io.some_percent > 30'
echo "$device wbps=max" >"$top/io/io.max"
next_snapshot
comes_to_show 'io: without the limit it is faster' /t/io '.io_write_bytes_per_sec > 2000000'
kill_cgroup io
rm -f /virttop-io

stop_stream
plan
