#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What systemd owns is changed through systemd: systemctl show and the raw files say
# the same, also after daemon-reload.
# shellcheck disable=SC1010 # "do" is a word of virttop
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"

unit=vtshop.service
group=/system.slice/$unit
uid=$(id -u tester)
device=$(lsblk -dno MAJ:MIN /dev/vda | tr -d ' ')

stop_all()
{
	systemctl stop vtshop vtbox
	as_user systemctl --user stop vtwork
	rm -rf /{etc,run}/systemd/system.control/vtshop.service.d /run/systemd/system/vtshop.service
	systemctl daemon-reload
}
trap 'stop_all >/dev/null 2>&1' EXIT

as_user()
{
	setpriv --reuid="$uid" --regid="$uid" --init-groups env HOME=/home/tester \
		XDG_STATE_HOME=/home/tester/state XDG_RUNTIME_DIR="/run/user/$uid" "$@"
}

# STATUS NAME WORD...: virttop do; what it says in $said.
act()
{
	local status=0

	said=$("$VIRTTOP" do "${@:3}" --yes 2>&1) || status=$?
	if [ "$status" = "$1" ]; then
		pass "$2"
	else
		fail "$2" "exit status $status instead of $1: $said"
	fi
}

# PROPERTY...: as systemd says them, in a row.
shown_as()
{
	local property

	for property; do
		systemctl show -p "$property" "$unit" | cut -d = -f 2-
	done | xargs
}

# FILE...: the raw files in a row, a line of each.
raw()
{
	local file

	for file; do
		head -n 1 "$v2$group/$file"
	done | xargs
}

properties='MemoryMax MemoryHigh TasksMax CPUQuotaPerSecUSec CPUWeight IOWeight AllowedCPUs'
files='memory.max memory.high pids.max cpu.max cpu.weight io.weight cpuset.cpus'
want='67108864 33554432 50 200ms 30 40 0'
want_raw='67108864 33554432 50 20000 100000 30 default 40 0'

# NAME: both say what was wanted.
both()
{
	# shellcheck disable=SC2086 # lists
	same "$1: systemctl show" "$want" "$(shown_as $properties)"
	# shellcheck disable=SC2086 # lists
	same "$1: the files" "$want_raw" "$(raw $files)"
}

# A unit of a file: a transient one keeps its properties elsewhere.
printf '[Service]\nExecStart=/bin/sleep 1000\n' >/run/systemd/system/$unit
systemctl daemon-reload
systemctl start $unit
wait_until 20 test -d "$v2$group"
# shellcheck disable=SC2086 # a list
before=$(shown_as $properties)
raw_before=$(raw memory.max memory.high pids.max)

act 0 'limit' limit $group memory.max=64M memory.high=32M pids.max=50 cpu.max=20% cpu.weight=30 io.weight=40 \
	cpuset.cpus=0
has 'the preview shows one line for systemctl' \
	"systemctl set-property --runtime $unit MemoryMax=64M MemoryHigh=32M TasksMax=50 CPUQuota=20%" "$said"
has 'and says which way and why' "through systemd, which owns $group" "$said"
both 'at once'
systemctl daemon-reload
both 'after daemon-reload'
check 'it is kept for this boot only' test -e /run/systemd/system.control/$unit.d/50-MemoryMax.conf
check 'and not for the next' test ! -e /etc/systemd/system.control/$unit.d
act 0 'undo' undo
# shellcheck disable=SC2086 # a list
same 'undo: systemctl show is as before' "$before" "$(shown_as $properties)"
same 'undo: the files' "$raw_before" "$(raw memory.max memory.high pids.max)"
check 'undo: no limit of CPU' sh -c "! grep -v ^max $v2$group/cpu.max"
systemctl daemon-reload
same 'undo: after daemon-reload' "$raw_before" "$(raw memory.max memory.high pids.max)"

act 0 'limit of a device' limit $group "io.max=$device rbps=1M wiops=100"
same 'io.max' "$device rbps=1048576 wbps=max riops=max wiops=100" "$(cat "$v2$group/io.max")"
systemctl daemon-reload
same 'io.max after daemon-reload' "$device rbps=1048576 wbps=max riops=max wiops=100" "$(cat "$v2$group/io.max")"
act 0 'undo of io.max' undo
same 'io.max is as before' '' "$(cat "$v2$group/io.max")"

act 0 'limit for good' limit --persistent $group memory.max=48M
has 'the preview says so' "systemctl set-property $unit MemoryMax=48M" "$said"
check 'it is kept for the next boot' grep -rq MemoryMax=50331648 /etc/systemd/system.control/$unit.d
same 'MemoryMax' 50331648 "$(shown_as MemoryMax)"

systemctl set-property --runtime $unit MemoryMax=40M
act 3 'undo after somebody else is refused' undo
has 'with the reason' 'changed since, to MemoryMax=40M' "$said"

act 0 'freeze' freeze $group
same 'systemd knows that it is frozen' frozen "$(shown_as FreezerState)"
same 'so does the kernel' 1 "$(raw cgroup.freeze)"
act 0 'undo of freeze' undo
same 'it runs' 'running 0' "$(shown_as FreezerState) $(raw cgroup.freeze)"

act 0 'what is no property is written' limit $group memory.swap.high=1M
has 'and that systemd may not know is said' "systemd manages $unit" "$said"
same 'the file' 1048576 "$(raw memory.swap.high)"

# Below a unit that was delegated the files are written.
systemd-run -q --unit=vtbox.service -p Delegate=yes sleep 1000
wait_until 20 test -d $v2/system.slice/vtbox.service
mkdir $v2/system.slice/vtbox.service/inner
act 0 'inside of a delegated unit' limit /system.slice/vtbox.service/inner cgroup.max.depth=3
has 'is written directly' 'echo 3 >' "$said"
has 'and why is said' 'inside the unit vtbox.service' "$said"
rmdir $v2/system.slice/vtbox.service/inner

# A user's manager owns the user's units.
wait_until 60 test -e "/run/user/$uid/systemd/private"
as_user systemd-run --user -q --unit=vtwork sleep 1000
inside=$(as_user systemctl --user show -p ControlGroup --value vtwork)
said=$(as_user "$VIRTTOP" do limit "$inside" pids.max=33 --yes 2>&1)
has 'a unit of a user' 'systemctl --user set-property --runtime vtwork.service TasksMax=33' "$said"
same 'is set through the manager of the user' 33 "$(as_user systemctl --user show -p TasksMax --value vtwork)"
same 'and the file' 33 "$(cat "$v2$inside/pids.max")"
plan
