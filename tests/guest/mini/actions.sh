#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What needs real controllers: reclaim, partitions, weights, and what is said when
# the kernel refuses.
# shellcheck disable=SC1010 # "do" is a word of virttop
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"

use_controllers
echo +cpuset >$v2/cgroup.subtree_control
echo +cpuset >$top/cgroup.subtree_control
trap remove_cgroups EXIT

# STATUS NAME WORD...: virttop do; all it says in $said.
act()
{
	local status=0

	said=$("$VIRTTOP" do "${@:3}" --yes 2>&1 </dev/null) || status=$?
	if [ "$status" = "$1" ]; then
		pass "$2"
	else
		fail "$2" "exit status $status instead of $1: $said"
	fi
}

# NAME FILE VALUE
reads()
{
	same "$1" "$3" "$(cat "$top/$2" 2>&1)"
}

# Memory that can be had back: pages of a file.
make_cgroup eater
run_in eater sh -c 'dd if=/dev/zero of=/var/tmp/eaten bs=1M count=48; cat /var/tmp/eaten >/dev/null; sleep 1000'
wait_until 60 eval '[ "$(cat $top/eater/memory.current)" -gt 40000000 ] && [ "$(stat -c %s /var/tmp/eaten)" = 50331648 ]'
sync
sleep 1
before=$(cat $top/eater/memory.current)
act 0 'reclaim' reclaim /t/eater 20M
after=$(cat $top/eater/memory.current)
check "20M are taken back ($before, $after)" test $((before - after)) -gt 15000000
act 1 'more than there is' reclaim /t/eater 10G
has 'is told' 'found less than that to take back' "$said"
kill_cgroup eater
rm -f /var/tmp/eaten

# Weights and idle.
make_cgroup w
act 0 'weights' limit /t/w cpu.weight=30 io.weight=40
reads 'cpu.weight' w/cpu.weight 30
reads 'io.weight' w/io.weight 'default 40'
act 0 'idle' limit /t/w cpu.idle=1
reads 'cpu.idle' w/cpu.idle 1
act 1 'a weight beside idle is refused' limit /t/w cpu.weight=50
has 'with the reason' 'cpu.idle is 1, which is the least weight of all: set that to 0 first' "$said"
act 0 'undo' undo
reads 'it is not idle' w/cpu.idle 0
act 0 'a quota' limit /t/w cpu.max=20%
act 1 'a burst above the quota is refused' limit /t/w cpu.max.burst=50000
has 'with the reason' 'cannot be more than the quota of cpu.max' "$said"
act 1 'a device that is none' limit /t/w 'io.max=99:99 rbps=1M'
has 'is told' 'no such block device' "$said"

# Partitions: legal only where the parent is one.
make_cgroup part
mkdir $top/part/inner
act 2 'a partition without CPUs is refused' partition /t/part root
has 'with the reason' 'set its cpuset.cpus first' "$said"
act 0 'CPUs' limit /t/part cpuset.cpus=1
act 2 'below what is no partition too' partition /t/part root
has 'with the reason' 'its parent /t is none' "$said"
echo 0-1 >$top/cpuset.cpus
echo 0 >$top/w/cpuset.cpus
mkdir $v2/p
act 0 'CPUs below the root' limit /p cpuset.cpus=1
echo >$top/part/cpuset.cpus
echo 0 >$top/cpuset.cpus
act 0 'a partition of the root' partition /p root
same 'it is one' root "$(cat $v2/p/cpuset.cpus.partition)"
act 0 'undo' undo
same 'it is none' member "$(cat $v2/p/cpuset.cpus.partition)"
rmdir $v2/p

# Threaded and controllers.
mkdir $top/part/threads
act 0 'threaded' threaded /t/part/threads
reads 'its type' part/threads/cgroup.type threaded
act 1 'a controller of memory below it' controllers /t/part/threads +memory
has 'is refused with the reason' 'memory' "$said"
rmdir $top/part/threads

# The rule of no internal processes.
run_in w sleep 1000
wait_until 10 grep -q . $top/w/cgroup.procs
act 1 'controllers beside processes' controllers /t/w +memory
has 'are refused with the reason' 'it has 1 process, and a cgroup with processes cannot pass on controllers' "$said"
kill_cgroup w
act 0 'without processes they are not' controllers /t/w +memory
act 1 'processes beside controllers' move $$ /t/w
has 'are refused with the reason' 'can have no processes of its own' "$said"

# The border of a delegation.
mkdir $top/theirs
chown 65534:65534 $top/theirs $top/theirs/cgroup.{procs,subtree_control,threads}
said=$(setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$TMPDIR" "$VIRTTOP" do limit /t/theirs \
	memory.max=1G --yes 2>&1)
has 'the limit of what was delegated' 'delegated to you .uid 65534., but its own limits stay with uid 0' "$said"
plan
