#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The real program in a real terminal (tmux): it starts, answers keys, follows
# the size, and gives the terminal back on every way out.
. "$SRCDIR/tests/tap.sh"

if ! command -v tmux >/dev/null; then
	skip 'the program in a terminal' 'tmux is missing'
	plan
	exit 0
fi

. "$SRCDIR/tests/tmux.sh"

run_in() { send "$1" "$VIRTTOP -d 0.5 ${*:2}" Enter; }

# The program's pid: the shell's child.
pid_in() { pgrep -P "$(tmux_ display-message -p -t "$1" '#{pane_pid}')" | head -n 1; }

# The terminal is as it was: echo, canonical mode, no alternate screen. The number tells the
# answer from those before.
asked=0
restored()
{
	asked=$((asked + 1))
	send "$1" "clear; echo $asked: \$(stty -a | tr ' ' '\n' | grep -xE -- '-?(echo|icanon|isig|opost);?')" Enter
	wait_for "$1" "^$asked: (opost )?isig icanon echo\$" || return 1
	[ "$(tmux_ display-message -p -t "$1" '#{alternate_on}')" = 0 ]
}

start a
run_in a
check 'starts with the overview' wait_for a 'WHAT HURTS'
for view in 2:NAMESPACE 3:CGROUP 4:CONTAINER 5:MACHINE 6:PROCESS 7:FACT 8:EVENT; do
	send a "${view%%:*}"
	check "view ${view%%:*} shows ${view#*:}" wait_for a "^ ${view#*:}"
done
send a 6
send a /
send a "bash"
check 'search finds a process' wait_for a '[0-9]+ bash'
send a Escape
send a '?'
check 'help lists the keys' wait_for a 'KEYS'
send a Escape
tmux_ resize-window -t a -x 130 -y 40
send a 3
check 'a larger window shows more' wait_for a 'CGROUP.* now'
tmux_ resize-window -t a -x 20 -y 5
check 'a tiny window says so' wait_for a 'too small'
tmux_ resize-window -t a -x 100 -y 30
check 'and comes back' wait_for a 'Overview'
send a q
check 'q gives the shell back' wait_for a '^back>$'
check 'the terminal is restored after q' restored a

for signal in TERM HUP SEGV ABRT; do
	run_in a
	wait_for a 'WHAT HURTS' >/dev/null
	kill -"$signal" "$(pid_in a)"
	check "SIG$signal gives the shell back" wait_for a 'back>$'
	check "the terminal is restored after SIG$signal" restored a
done

run_in a
wait_for a 'WHAT HURTS' >/dev/null
send a C-z
check 'Ctrl-Z stops it' wait_for a 'Stopped'
check 'the terminal is restored while stopped' restored a
send a fg Enter
check 'fg brings it back' wait_for a 'WHAT HURTS'
tmux_ set-buffer -b p $'6\eq\nu\n'
tmux_ paste-buffer -p -b p -t a
check 'a paste is no command' wait_for a 'pasted text is no command'
check 'and changes nothing' wait_for a 'WHAT HURTS'
send a 6 f
tmux_ set-buffer -b p $'bash\n'
tmux_ paste-buffer -p -b p -t a
check 'it is text in a field' wait_for a 'filter: bash '
has_not 'and does not end it' 'showing only' "$(screen a)"
send a Enter
check 'Enter does' wait_for a 'showing only: bash'
send a C-c
check 'Ctrl-C quits' wait_for a '^back>$'

# Reversed, or on a colour that is not black.
cursor=$'\033\\[([0-9;]*;)?(7|4[1-7]|48;[0-9;]*)m'
for term in linux vt100 xterm-256color tmux-256color screen; do
	infocmp "$term" >/dev/null 2>&1 || { skip "TERM=$term" 'no such terminfo entry'; continue; }
	start "t-$term" 80 24 "$term"
	run_in "t-$term"
	check "TERM=$term draws" wait_for "t-$term" 'WHAT HURTS'
	has "TERM=$term shows where the cursor is" "$cursor" "$(tmux_ capture-pane -e -p -t "t-$term" | sed -n '4,$p')"
	send "t-$term" q
	check "TERM=$term leaves" wait_for "t-$term" '^back>$'
done
start n 80 24 screen-256color NO_COLOR=1
run_in n
check 'NO_COLOR draws' wait_for n 'WHAT HURTS'
has_not 'NO_COLOR sends no colour' $'\033\\[[0-9;]*3[0-7]' "$(tmux_ capture-pane -e -p -t n)"
start c 80 24 screen LC_ALL=C
run_in c
check 'the C locale draws' wait_for c 'WHAT HURTS'
has_not 'the C locale is drawn in ASCII' '[^ -~]' "$(screen c)"
start u
send u "TERM=nosuchterminal $VIRTTOP; echo status \$?" Enter
check 'an unknown terminal is an error that names it' wait_for u 'nosuchterminal'
check 'and the exit status is 1' wait_for u 'status 1'
plan
