#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What systemd gave to a user (user@.service), that user changes without root, and
# nothing else.
# shellcheck disable=SC1010 # "do" is a word of virttop
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"

uid=$(id -u tester)
home=/user.slice/user-$uid.slice/user@$uid.service
wait_until 120 test -e "/run/user/$uid/systemd/private"
check 'systemd gave the user a subtree' test "$(stat -c %u "$v2$home/cgroup.procs")" = "$uid"

as_user()
{
	setpriv --reuid="$uid" --regid="$uid" --init-groups env HOME=/home/tester \
		XDG_STATE_HOME=/home/tester/state XDG_RUNTIME_DIR="/run/user/$uid" "$@"
}

# STATUS NAME WORD...: virttop do as the user; what it says in $said.
act()
{
	local status=0

	said=$(as_user "$VIRTTOP" do "${@:3}" --yes 2>&1) || status=$?
	if [ "$status" = "$1" ]; then
		pass "$2"
	else
		fail "$2" "exit status $status instead of $1: $said"
	fi
}

as_user systemd-run --user --scope --unit=work sh -c 'sleep 1001 & exec sleep 1000' >"$TMPDIR/scope" 2>&1 &
wait_until 120 pgrep -u tester -f 'sleep 1001'
wait_until 120 pgrep -u tester -f '^sleep 1000'
sleeper=$(pgrep -u tester -f '^sleep 1000')
was=$(sed -n 's/^0:://p' "/proc/$sleeper/cgroup")
# The scope outlives its process that is moved away, by another one.
trap 'pkill -u tester -x sleep' EXIT
has 'a process is in it' "^$home/" "$was"

act 0 'create' create "$home/box"
check 'it is there' test -d "$v2$home/box"
same 'and the user has it' "$uid" "$(stat -c %u "$v2$home/box")"
act 0 'limit' limit "$home/box" cgroup.max.depth=3 pids.max=50
same 'pids.max is set' 50 "$(cat "$v2$home/box/pids.max")"
act 0 'undo' undo
same 'pids.max is as before' max "$(cat "$v2$home/box/pids.max")"
act 0 'move' move "$sleeper" "$home/box"
same 'the process is in it' "$home/box" "$(sed -n 's/^0:://p' "/proc/$sleeper/cgroup")"
act 0 'freeze' freeze "$home/box"
same 'it is frozen' 1 "$(cat "$v2$home/box/cgroup.freeze")"
act 0 'undo of freeze' undo
same 'it is thawed' 0 "$(cat "$v2$home/box/cgroup.freeze")"
act 0 'undo of move' undo
same 'the process is back' "$was" "$(sed -n 's/^0:://p' "/proc/$sleeper/cgroup")"
act 0 'remove' remove "$home/box"
check 'it is gone' test ! -e "$v2$home/box"

act 1 'a cgroup of root is refused' create /system.slice/box
has 'with the reason' "uid $uid|owned by|CAP_" "$said"
act 1 'the limit of the own subtree is refused' limit "$home" pids.max=10
has 'with the reason' "uid $uid|owned by|CAP_" "$said"
act 1 'a process of root is refused' move 1 "$home"
check 'JSON is there for the user too' holds '.cgroups | length > 10' \
	< <(setpriv --reuid="$uid" --regid="$uid" --init-groups "$VIRTTOP" --json)
plan
