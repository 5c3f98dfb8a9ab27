#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What virttop made: asked about on quit, offered after a crash, removed on
# request; through the real screen (tmux) and through do.
# shellcheck disable=SC1010 # "do" is a word of virttop
set -u

srcdir=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/tap.sh
. "$srcdir/tests/tap.sh"
virttop=${VIRTTOP:-$PWD/virttop}

if [ "$(id -u)" != 0 ] || ! type -P tmux >/dev/null; then
	echo '1..0 # SKIP needs root and tmux'
	exit 0
fi

scratch=$(mktemp -d)
kept=virttop-made-$$
socket=virttop-made-$$
pids=()
clean_up()
{
	local one

	tmux -L "$socket" kill-server 2>/dev/null
	for one in "${pids[@]}"; do
		kill -KILL "$one" 2>/dev/null
	done
	for one in "/run/virttop/$kept"/* "/run/virttop/$kept"; do
		umount "$one" 2>/dev/null
	done
	rm -rf "/run/virttop/$kept" "$scratch"
	rmdir /run/virttop 2>/dev/null
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
export XDG_STATE_HOME=$scratch/state XDG_CONFIG_HOME=$scratch

start()
{
	wait_until 60 is_over
	# The server of before may still be ending.
	wait_until 60 tmux -L "$socket" -f /dev/null new-session -d -s made -x 100 -y 30 \
		"XDG_STATE_HOME=$XDG_STATE_HOME XDG_CONFIG_HOME=$scratch exec $virttop --view processes"
}

send() { tmux -L "$socket" send-keys -t made "$@"; }
screen() { tmux -L "$socket" capture-pane -p -t made 2>&1; }
server() { tmux -L "$socket" list-panes -a -F '#{pane_pid}' 2>/dev/null; }
is_over() { [ -z "$(server)" ]; }

# NAME PATTERN: the screen comes to have it.
sees()
{
	local i

	for ((i = 0; i < 200; i++)); do
		if screen | grep -qE -- "$2"; then
			pass "$1"
			return
		fi
		sleep 0.1
	done
	fail "$1" "no '$2' in: $(screen)"
}

# NAME PID: the process comes to end.
ends()
{
	check "$1" wait_until 60 is_gone "$2"
}

# A new UTS namespace in the background, by the dialog; its process in $pid.
make_one()
{
	send U
	sees "$1: the dialog" 'preset'
	send Right # own hostname
	send Up    # to the last field: run in
	send Left  # the last of the choices
	sees "$1: composed" 'unshare --uts .*sleep infinity'
	send Enter
	sees "$1: the preview" 'y apply'
	send y
	sees "$1: it runs" 'in the background as process [0-9]+'
	pid=$(screen | sed -n 's/.*in the background as process \([0-9]*\).*/\1/p' | head -n 1)
	pids+=("$pid")
}

start
sees 'it starts' 'Processes'
make_one 'the first'
send q
sees 'quit asks' 'leave it there and quit'
sees 'and says about what' "process $pid \\(sleep\\)"
send Down Down Enter # stay
send W
sees 'the list' 'What virttop made and is still there'
send Escape
sleep 0.3
send q
sees 'quit asks again' 'remove all of it and quit'
send Down Enter
ends 'removed on quit' "$pid"

# A program in a pane ends with it; what stays is asked about all the same.
start
sees 'with a pane: it starts' 'Processes'
make_one 'with a pane'
send U
sees 'with a pane: the dialog' 'preset'
send Right Enter
sees 'with a pane: the preview' 'it runs in a pane'
send y
sees 'with a pane: it is open' 'keys go to the pane'
send F12
sees 'with a pane: the tree has the keys' '\? help'
send q
sees 'with a pane: quit tells what it ends' '1 program still runs in a pane'
send y
sees 'with a pane: quit asks about what stays' 'leave it there and quit'
has 'that is the process' "process $pid \\(sleep\\)" "$(screen)"
has_not 'and not the program of the pane' 'process [0-9]+ \((ba)?sh\)' "$(screen)"
send Down Down Enter # stay
send U
sees 'with a pane: one more: the dialog' 'preset'
send Right Enter
sees 'with a pane: one more: the preview' 'it runs in a pane'
send y
sees 'with a pane: one more is open' 'keys go to the pane'
send F12
sees 'with a pane: one more: the tree has the keys' '\? help'
send q
sees 'with a pane: quit tells what it ends again' '1 program still runs in a pane'
send y
sees 'with a pane: quit asks about what stays again' 'leave it there and quit'
send Down Enter
ends 'with a pane: removed on quit' "$pid"

start
sees 'it starts again' 'Processes'
make_one 'the second'
top=$(server)
kill -KILL "$top"
ends 'virttop is killed' "$top"
check 'what it made is still there' test -e "/proc/$pid"
start
sees 'the next start offers to clean up' 'ended without asking left this'
send Down Enter
sees 'by a plan' "send SIGTERM to process $pid"
send y
ends 'which removes it' "$pid"
send q
check 'there is nothing to ask about' wait_until 60 is_over

# A script's work is no crash; clean removes it all the same, also what is kept.
"$virttop" do unshare --uts --keep "$kept" --background --yes >"$scratch/out" 2>&1 </dev/null
pid=$(sed -n 's/.*as process \([0-9]*\).*/\1/p' "$scratch/out")
pids+=("$pid")
start
sees 'a script left it on purpose' 'Processes'
has_not 'so nothing is offered' 'without asking' "$(sleep 1; screen)"
send q
said=$("$virttop" do clean --yes 2>&1 </dev/null)
has 'clean lets go of namespaces' "namespaces kept in /run/virttop/$kept" "$said"
ends 'clean ends processes' "$pid"
check 'nothing is kept' test ! -e "/run/virttop/$kept"
said=$("$virttop" do clean --yes 2>&1 </dev/null)
has 'then there is nothing' 'nothing that virttop made is left' "$said"
plan
