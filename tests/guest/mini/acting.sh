#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Acts through the real screen (tmux) and through virttop do, where cgroup v2 has
# every controller; the raw files tell what happened.
# shellcheck disable=SC1010 # "do" is a word of virttop
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"

use_controllers
trap 'remove_cgroups; tmux kill-server 2>/dev/null' EXIT

# NAME FILE VALUE
reads()
{
	same "$1" "$3" "$(cat "$top/$2" 2>&1)"
}

# WORD...: its status in $status, all it says in $said.
act()
{
	status=0
	said=$("$VIRTTOP" do "$1" --yes "${@:2}" 2>&1 </dev/null) || status=$?
}

# NAME STATUS
ended()
{
	if [ "$status" = "$2" ]; then
		pass "$1"
	else
		fail "$1" "exit status $status instead of $2: $said"
	fi
}

cgroup_of()
{
	sed -n 's/^0:://p' "/proc/$1/cgroup"
}

send() { tmux send-keys -t act "$@"; }
screen() { tmux capture-pane -p -t act; }
# What a person reads is in several lines and a frame.
on_screen() { screen | grep -qE -- "$1"; }

# A shell waits on the terminal, and virttop's screen is away.
has_prompt() { [ "$(tmux display-message -p -t act '#{alternate_on}')" = 0 ] && on_screen '[#$] *$'; }

# NAME PATTERN: the screen comes to have it.
sees()
{
	if wait_until 60 on_screen "$2"; then
		pass "$1"
	else
		fail "$1" "no '$2' in: $(screen)"
	fi
}

# CGROUP: puts the cursor on it.
go_to()
{
	send Escape
	sleep 0.3
	send 3
	wait_until 60 on_screen '^ CGROUP'
	send Home +
	# What was made just now is there with the next refresh.
	wait_until 60 on_screen "^[^│]* $1 "
	send "/"
	send -l "$1"
	sleep 0.5
	send Enter
	sleep 0.5
}

# FILE: chooses it in the list of limits.
choose_limit()
{
	local item

	for item in $(screen | sed -nE 's/.*│ *([a-z]+\.[a-z.]+) .*│.*/\1/p'); do
		[ "$item" != "$1" ] || break
		send Down
	done
	send Enter
}

# Through virttop do.
act create /t/alpha memory.max=64M pids.max=9
ended 'do create with limits' 0
reads 'memory.max is set' alpha/memory.max 67108864
reads 'pids.max is set' alpha/pids.max 9
act limit /t/alpha cpu.max=20% memory.high=32M io.weight=50 cpu.weight=30
ended 'do limit' 0
reads 'cpu.max is set' alpha/cpu.max '20000 100000'
reads 'memory.high is set' alpha/memory.high 33554432
reads 'io.weight is set' alpha/io.weight 'default 50'
reads 'cpu.weight is set' alpha/cpu.weight 30
act undo
ended 'do undo' 0
reads 'cpu.max is as before' alpha/cpu.max 'max 100000'
reads 'memory.high is as before' alpha/memory.high max
reads 'io.weight is as before' alpha/io.weight 'default 100'
reads 'cpu.weight is as before' alpha/cpu.weight 100
act limit /t/alpha memory.max=32M memory.low=nonsense
reads 'what fails changes nothing' alpha/memory.max 67108864
act controllers /t/alpha +memory +pids
ended 'do controllers' 0
reads 'they are on' alpha/cgroup.subtree_control 'memory pids'
act undo
reads 'and off again' alpha/cgroup.subtree_control ''
sleep 1000 &
sleeper=$!
was=$(cgroup_of $sleeper)
act move $sleeper /t/alpha
same 'do move' /t/alpha "$(cgroup_of $sleeper)"
act undo
same 'it is back' "$was" "$(cgroup_of $sleeper)"
act unshare --pid --mount-proc --net --uts --cgroup /t/alpha --background -- sleep 500
ended 'do unshare' 0
inside=$(head -n 1 $top/alpha/cgroup.procs)
for type in pid mnt net uts; do
	check "its $type namespace is new" \
		test "$(readlink "/proc/$inside/ns/$type")" != "$(readlink "/proc/$$/ns/$type")"
done
act undo
check 'undo ends it' wait_until 60 test ! -e "/proc/$inside"
act remove /t/alpha
ended 'do remove' 0
check 'it is gone' test ! -e $top/alpha
act undo
reads 'undo of remove brings the limit back' alpha/memory.max 67108864

# Through the screen.
tmux -f /dev/null new-session -d -s act -x 120 -y 40 "$VIRTTOP -d 0.5 --view cgroups"
sees 'the screen is there' '^ CGROUP'
go_to alpha
send n
sees 'screen: n asks for a name' 'New cgroup'
send -l box
send Enter
sees 'screen: create has a preview' 'y apply'
check 'nothing was made yet' test ! -e $top/alpha/box
send y
check 'screen: create makes it' wait_until 60 test -d $top/alpha/box
go_to box
send l
sees 'screen: l lists the limits' 'pids.max|cgroup.max'
choose_limit cgroup.max.depth
sees 'screen: it says what is now' 'now max'
send C-u
send -l 5
send Enter
sees 'screen: limit has a preview' 'y apply'
reads 'nothing was set yet' alpha/box/cgroup.max.depth max
send y
check 'screen: limit sets it' wait_until 60 grep -qx 5 $top/alpha/box/cgroup.max.depth
go_to box
send z
sees 'screen: freeze has a preview' 'y apply'
send y
check 'screen: freeze' wait_until 60 grep -qx 1 $top/alpha/box/cgroup.freeze
send u
sees 'screen: undo has a preview' 'y apply'
send y
check 'screen: undo thaws it' wait_until 60 grep -qx 0 $top/alpha/box/cgroup.freeze
send 6
sees 'screen: processes' '^ PROCESS'
send /
send -l "$sleeper sleep"
sleep 1
send Enter
sleep 0.5
send m
send 3
wait_until 60 on_screen '^ CGROUP'
go_to box
send M
sees 'screen: move asks where to' 'Move'
send Enter
sees 'screen: move has a preview' 'y apply'
same 'nothing was moved yet' "$was" "$(cgroup_of $sleeper)"
send y
# shellcheck disable=SC2016 # the inner shell's
check 'screen: move' wait_until 60 grep -qx '0::/t/alpha/box' "/proc/$sleeper/cgroup"
kill -KILL $sleeper
wait $sleeper 2>/dev/null
go_to box
send D
sees 'screen: remove has a preview' 'y apply'
send y
check 'screen: remove' wait_until 60 test ! -e $top/alpha/box
send U
sees 'screen: the unshare dialog' 'Unshare'
send Enter
sees 'screen: unshare has a preview' 'y apply'
send y
# What is typed before the shell has the terminal is lost.
wait_until 60 has_prompt
# shellcheck disable=SC2016 # the inner shell's
send -l 'echo "pid $$ of $(ls -d /proc/[0-9]* | wc -l)"'
send Enter
sees 'screen: the shell is PID 1' '^pid 1 of [1-9]$'
send -l exit
send Enter
sees 'screen: its end is told' 'ended with status 0'
send Enter
sees 'screen: and it comes back' '^ CGROUP|WHAT HURTS'
send q
# Where something that was made is still there, it asks.
gone() { ! tmux has-session -t act || ! tmux capture-pane -p -t act | grep -q .; }
asks() { gone || tmux capture-pane -p -t act | grep -q 'leave it there and quit'; }
wait_until 60 asks
tmux has-session -t act 2>/dev/null && send Enter
check 'q ends it' wait_until 60 sh -c '! tmux has-session -t act'

# Without privilege.
nobody()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$TMPDIR" "$VIRTTOP" do "$1" --yes "${@:2}" 2>&1
}
for words in 'create /t/x' 'limit /t/alpha memory.max=1M' "move $$ /t/alpha" 'remove /t/alpha' 'freeze /t/alpha' \
	'controllers /t/alpha +pids' 'unshare --pid' 'kill 1'; do
	status=0
	# shellcheck disable=SC2086 # words
	said=$(nobody $words) || status=$?
	ended "nobody: $words is refused" 1
	has 'with the reason' 'uid 65534|CAP_[A-Z_]+|owned by|process 1' "$said"
done
reads 'nothing was set' alpha/memory.max 67108864

# Below a cgroup that was given to a user, without root.
mkdir $top/theirs
chown 65534:65534 $top/theirs $top/theirs/cgroup.{procs,subtree_control,threads}
status=0
said=$(nobody create /t/theirs/x) || status=$?
ended 'a delegated cgroup: create' 0
status=0
said=$(nobody limit /t/theirs/x cgroup.max.depth=3) || status=$?
ended 'a delegated cgroup: limit' 0
reads 'it is set' theirs/x/cgroup.max.depth 3
status=0
said=$(nobody limit /t/theirs memory.max=1G) || status=$?
ended 'the limit of the delegated cgroup itself is not theirs' 1
status=0
said=$(nobody remove /t/theirs/x) || status=$?
ended 'a delegated cgroup: remove' 0
check 'it is gone' test ! -e $top/theirs/x
plan
