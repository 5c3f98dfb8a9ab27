#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A process whose /proc files hang, since a file system that never answers is mapped
# into it: the screen goes on answering keys, and its row says that it waits.
# shellcheck source=tests/guest/lib.sh
. "$SRCDIR/tests/guest/lib.sh"

modprobe fuse
mkdir "$TMPDIR/mute"
mute_fs "$TMPDIR/mute" >"$TMPDIR/pid" &
mute=$!
trap 'kill $mute; tmux kill-server 2>/dev/null' EXIT
check 'a process hangs' wait_until 60 test -s "$TMPDIR/pid"
pid=$(cat "$TMPDIR/pid")
sleep 2
cat "/proc/$pid/cmdline" >/dev/null 2>&1 &
reader=$!
sleep 1
check 'its command line cannot be read' kill -0 $reader
kill -KILL $reader

on_screen() { tmux capture-pane -p -t mute | grep -qE -- "$1"; }
sees()
{
	if wait_until 20 on_screen "$2"; then
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
	wait_until 10 on_screen "$shows"
	took=$((($(date +%s%N) - began) / 1000000))
	[ $took -le $worst ] || worst=$took
done
check "keys are answered: $worst ms at worst, tmux and emulation included" test $worst -lt 3000
check 'text goes on' timeout 60 "$VIRTTOP" --text --view processes
check 'JSON has the process' sh -c "timeout 60 '$VIRTTOP' --json | jq -e '.processes[] | select(.pid == $pid)'"
tmux send-keys -t mute q
check 'q ends it at once' wait_until 5 grep -qx 'left 0' "$TMPDIR/left"
kill $mute
trap - EXIT
wait $mute
check 'the process can end then' wait_until 10 test ! -e "/proc/$pid"
plan
