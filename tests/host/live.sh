#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What happens in the cgroup tree is on the screen at once, however long the
# interval between refreshes is: here an hour.
set -u
. "$SRCDIR/tests/tap.sh"

v2=$(findmnt -n -l -t cgroup2 -o TARGET | head -n 1)
if [ -z "$v2" ] || [ ! -w "$v2" ]; then
	echo '1..0 # SKIP needs a writable cgroup v2 mount'
	exit 0
fi
if ! command -v tmux >/dev/null; then
	echo '1..0 # SKIP tmux is missing'
	exit 0
fi
. "$SRCDIR/tests/tmux.sh"

name=virttop-live-$$
sleeper=
clean_up()
{
	[ -z "$sleeper" ] || kill -KILL "$sleeper" 2>/dev/null
	wait
	[ ! -d "$v2/$name" ] || rmdir "$v2/$name"
	end_tmux
}
trap clean_up EXIT

silent() { ! screen a | grep -qE 'needs a cgroup|does not work on this row'; }
unmarked() { ! screen a | grep -q marked; }
start a 100 30
send a "$VIRTTOP -d 3600 --view cgroups" Enter
check 'the tree is there' wait_for a '^ CGROUP'
# Whatever else is there.
send a f virttop-live Enter
# The watches are set a moment after the first screen; that of the root is the first.
pid=$(pgrep -P "$(tmux_ display-message -p -t a '#{pane_pid}')")
for ((i = 0; i < 300; i++)); do
	grep -qs '^inotify wd' "/proc/$pid/fdinfo/"* && break
	sleep 0.1
done
mkdir "$v2/$name"
check 'a new cgroup shows at once' wait_for a "$name +0"
sleep 600 &
sleeper=$!
echo "$sleeper" >"$v2/$name/cgroup.procs"
check 'a process in it shows at once' wait_for a "$name +1"
echo 1 >"$v2/$name/cgroup.freeze"
check 'freezing shows at once' wait_for a "$name .*frozen"
echo 0 >"$v2/$name/cgroup.freeze"
kill "$sleeper"
wait "$sleeper" 2>/dev/null
sleeper=
check 'that it is empty shows at once' wait_for a "$name +0"
rmdir "$v2/$name"
check 'its end shows at once' wait_for a "$name.*removed"

# Nothing can be done to what is gone; its event is there still.
send a 8 c f "$name removed" Enter
check 'its end is an event' wait_for a "† .*/$name removed"
for key in n D z K; do
	send a "$key"
	check "$key on it needs a cgroup that is there" wait_for a 'needs a cgroup|does not work on this row'
	send a Escape
	wait_until 10 silent
done
send a q
wait_for a '^back>$' >/dev/null

# While a change waits for processes to heed SIGTERM keys are answered.
answered_meanwhile()
{
	alive=
	sh -c 'trap "" TERM; while :; do sleep 1; done' >/dev/null 2>&1 &
	sleeper=$!
	echo "$sleeper" >"$v2/$name/cgroup.procs"
	wait_for a "$name +1" >/dev/null
	send a K
	wait_for a 'SIGTERM, then SIGKILL' >/dev/null
	send a Enter
	wait_for a 'y apply' >/dev/null
	send a y '?'
	wait_for a 'KEYS' >/dev/null && kill -0 "$sleeper" && alive=yes
	send a Escape
	said=$(wait_for a "$name +0") || return
	wait "$sleeper" 2>/dev/null
	[ $? = 137 ] && [ -n "$alive" ]
}
mkdir "$v2/$name"
send a "$VIRTTOP -d 0.5 --view cgroups" Enter
wait_for a '^ CGROUP' >/dev/null
send a / "$name" Enter
# The first may have ended before anyone looked, where the machine stands still.
if answered_meanwhile || answered_meanwhile; then
	pass 'keys are answered while a change waits'
else
	fail 'keys are answered while a change waits' "$said"
fi
kill -KILL "$sleeper" 2>/dev/null
wait "$sleeper" 2>/dev/null
sleeper=
rmdir "$v2/$name"
send a q
wait_for a '^back>$' >/dev/null

# A marked process that ends is not marked any more.
sleep 601 &
sleeper=$!
send a "$VIRTTOP -d 0.5 --view processes" Enter
wait_for a '^ PROCESS' >/dev/null
send a / "$sleeper sleep" Enter
check 'a process is found' wait_for a "$sleeper sleep"
send a m
check 'and marked' wait_for a '1 marked'
kill "$sleeper"
wait "$sleeper" 2>/dev/null
sleeper=
check 'its mark ends with it' wait_until 30 unmarked
send a q
plan
