#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A process whose /proc files hang, since a file system that never answers is mapped
# into it: the screen goes on answering keys, and its row says that it waits.
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"

modprobe fuse
mkdir "$TMPDIR/mute"
mute_fs "$TMPDIR/mute" >"$TMPDIR/pid" 2>"$TMPDIR/mute.errors" &
mute=$!
trap 'kill $mute 2>/dev/null; tmux kill-server 2>/dev/null' EXIT

alive() { kill -0 "$mute" 2>/dev/null; }
came() { [ -s "$TMPDIR/pid" ] || ! alive; }

# NAME: without such a process there is nothing to try. What is known of why not.
give_up()
{
	local said status=0 pid

	said=$(cat "$TMPDIR/mute.errors")
	for pid in $(alive && echo "$mute" && pgrep -P "$mute"); do
		said+="
$pid $(tr '\0' ' ' <"/proc/$pid/stat" | cut -d ' ' -f 2,3): $(xargs <"/proc/$pid/stack")"
	done
	kill "$mute" 2>/dev/null && ! wait_until 10 eval '! alive' && kill -KILL "$mute"
	wait "$mute" || status=$?
	fail "$1" "mute_fs: exit status $status; $said
$(dmesg | tail -n 5)"
	plan
	exit
}

wait_until 120 came
if alive && [ -s "$TMPDIR/pid" ]; then
	pass 'a process hangs'
else
	give_up 'a process hangs'
fi
pid=$(cat "$TMPDIR/pid")
# Its threads come to hang one after the other.
hangs()
{
	timeout -s KILL 3 cat "/proc/$pid/cmdline"
	[ $? = 137 ]
}
if wait_until 60 hangs; then
	pass 'its command line cannot be read'
else
	give_up 'its command line cannot be read'
fi

on_screen() { tmux capture-pane -p -t mute | grep -qE -- "$1"; }
sees()
{
	if wait_until 60 on_screen "$2"; then
		pass "$1"
	else
		fail "$1" "no '$2' in: $(tmux capture-pane -p -t mute)"
	fi
}

tmux -f /dev/null new-session -d -s mute -x 120 -y 40 "$VIRTTOP -d 0.5 --view processes; echo left \$? >$TMPDIR/left"
sees 'the screen is there' '^ PROCESS'
tmux send-keys -t mute /
tmux send-keys -t mute -l "$pid mute_fs"
sleep 1
tmux send-keys -t mute Enter
sees 'its row is marked' 'stalled [0-9]+|not answer|hangs'
worst=0
for key in 1 3 5 6 7 6; do
	began=$(date +%s%N)
	tmux send-keys -t mute "$key"
	case $key in
	1) shows='WHAT HURTS' ;;
	3) shows='^ CGROUP' ;;
	5) shows='^ MACHINE' ;;
	6) shows='^ PROCESS' ;;
	7) shows='^ FACT' ;;
	esac
	wait_until 20 on_screen "$shows"
	took=$((($(date +%s%N) - began) / 1000000))
	[ $took -le $worst ] || worst=$took
done
# One that waited for the file would wait without end.
check "keys are answered: $worst ms at worst, tmux and emulation included" test $worst -lt 10000
check 'text goes on' timeout 60 "$VIRTTOP" --text --view processes
check 'JSON has the process' holds "any(.processes[]; .pid == $pid)" < <(timeout 60 "$VIRTTOP" --json)
tmux send-keys -t mute q
check 'q ends it' wait_until 30 grep -qx 'left 0' "$TMPDIR/left"
kill $mute
trap - EXIT
wait $mute
check 'the process can end then' wait_until 60 test ! -e "/proc/$pid"
plan
