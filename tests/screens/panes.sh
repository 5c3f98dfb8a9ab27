#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Panes in a real terminal (tmux): a shell beside the tree, full-screen programs
# in it, its size, its end, and what becomes of it when virttop ends.
. "$SRCDIR/tests/tap.sh"

if ! command -v tmux >/dev/null; then
	skip 'panes' 'tmux is missing'
	plan
	exit 0
fi
if ! unshare --uts true 2>/dev/null; then
	skip 'panes' 'this user may make no namespaces here'
	plan
	exit 0
fi

. "$SRCDIR/tests/tmux.sh"

# SESSION [SHELL]: virttop with a pane, in which the shell runs with a hostname of its own.
open_pane()
{
	send "$1" "SHELL=${2:-/bin/sh} PS1='in> ' $VIRTTOP -d 0.5 --view processes" Enter
	wait_for "$1" '^ PROCESS' || return
	send "$1" U
	wait_for "$1" 'preset' || return
	send "$1" Right
	wait_for "$1" 'own hostname' || return
	send "$1" Enter
	wait_for "$1" 'y apply' || return
	send "$1" y
}

# The pid of virttop: the shell's child.
pid_in() { pgrep -P "$(tmux_ display-message -p -t "$1" '#{pane_pid}')" | head -n 1; }

start a 160 45
check 'a program starts in a pane' open_pane a
check 'the shell has its prompt beside the tree' wait_for a 'in>'
check 'and the tree is there still' wait_for a '^ PROCESS'
check 'the bottom line says where keys go' wait_for a 'keys go to the pane:  F12'
send a 'hostname' Enter
check 'inside it has its own hostname' wait_for a '│demo'
send a 'stty size' Enter
check 'the pane has the size that it is shown with' wait_for a '│41 79'
tmux_ resize-window -t a -x 150 -y 40
sleep 0.5
send a 'clear; stty size' Enter
check 'a resized screen resizes the pane' wait_for a '│36 74'
send a F12
check 'F12 gives the keys to the tree' wait_for a 'P pane'
send a 3
check 'where they change the view' wait_for a '^ CGROUP'
send a P
check 'P gives them back to the pane' wait_for a 'keys go to the pane'
send a F12 Z
send a 'clear; stty size' Enter
check 'Z zooms the pane' wait_for a '^36 150'
send a F12
check 'and F12 ends that' wait_for a '^ CGROUP'
send a P
send a "printf '\\033[38;5;208mcoloured\\033[0m\\n'" Enter
wait_for a '│coloured' >/dev/null
has 'a program has 256 colours' $'38;5;208mcoloured' "$(tmux_ capture-pane -e -p -t a)"

# Scrollback.
send a 'clear; seq 1 300' Enter
wait_for a '│300' >/dev/null
tmux_ send-keys -t a -H 1b 5b 35 3b 32 7e
check 'Shift-PgUp scrolls back' wait_for a '35 lines back'
send a ' ' C-u
check 'a key is typed at the end' wait_for a '│300'

# A paste is bracketed for who wants that.
send a "clear; printf '\\033[?2004h'; echo brackets on; cat -v" Enter
wait_for a '│brackets on' >/dev/null
tmux_ set-buffer -b p 'pasted words'
tmux_ paste-buffer -p -b p -t a
send a Enter
check 'a paste arrives in brackets' wait_for a '\^\[\[200~pasted words\^\[\[201~'
send a C-c
send a "printf '\\033[?2004l'; clear" Enter

vim=$(command -v vim.tiny || command -v vim || :)
if [ -n "$vim" ]; then
	rm -f "$TMPDIR/written"
	send a "$vim -u NONE $TMPDIR/written; echo vim over" Enter
	check 'vim fills the pane' wait_for a '│~'
	send a i 'in a pane' Escape ':wq' Enter
	check 'and gives the pane back' wait_for a '(│|in> )vim over'
	same 'vim writes what was typed' 'in a pane' "$(cat "$TMPDIR/written")"
else
	skip 'vim in a pane' 'vim is missing'
fi
if command -v htop >/dev/null; then
	send a 'htop; echo htop over' Enter
	check 'htop fills the pane' wait_for a '│.*F9Kill'
	send a q
	check 'and gives it back' wait_for a '(│|in> )htop over'
else
	skip 'htop in a pane' 'htop is missing'
fi
send a "clear; $VIRTTOP -d 0.5 --view host; echo nested over" Enter
check 'virttop runs in a pane of itself' wait_for a '│ FACT'
send a 8
check 'and hears its keys' wait_for a '│ EVENT'
send a q
check 'and is left' wait_for a '(│|in> )nested over'

# A flood delays no key.
send a 'clear; yes flood' Enter
wait_for a '│flood' >/dev/null
send a F12
send a '?'
check 'keys go on during a flood' wait_for a 'KEYS'
# Ctrl-C leaves the dialog, and not virttop with what runs in the pane.
send a C-c P C-c
send a 'clear; echo calm' Enter
check 'and Ctrl-C stops it' wait_for a '│calm'

# Two panes.
send a F12 U
wait_for a 'preset' >/dev/null
send a Right Enter
wait_for a 'y apply' >/dev/null
send a y
check 'a second pane takes its half' wait_for a '│── /bin/sh'
send a 'stty size' Enter
check 'of the room' wait_for a '(│|in> )1[78] 74'
send a 'exit 5' Enter
check 'the end of a program is told' wait_for a 'ended with status 5 .Enter closes'
tmux_ set-buffer -b p $'q\n'
tmux_ paste-buffer -p -b p -t a
send a '#'
check 'a paste does not close it' wait_for a 'ended with status 5 .Enter closes'
send a Enter
check 'until it is dismissed' wait_for a 'P pane'
has_not 'and the pane is gone' 'ended with' "$(screen a)"

# Quitting asks.
send a q
check 'quitting asks' wait_for a 'Quitting ends it'
send a Escape
send a P
send a 'clear; echo still here $((40+2))' Enter
check 'and can be taken back' wait_for a 'still here 42'
send a 'exit 0' Enter
wait_for a 'ended with status 0' >/dev/null
send a Enter q
check 'without a program it does not ask' wait_for a '^back> $|^back>$'

# Whatever ends virttop ends the panes and restores the terminal.
for how in yes TERM KILL; do
	open_pane a >/dev/null
	send a 'echo shell is $$' Enter
	wait_for a 'shell is [0-9]+' >/dev/null
	shell=$(screen a | grep -oE 'shell is [0-9]+' | tail -n 1 | grep -oE '[0-9]+')
	case $how in
	yes) send a F12 q y ;;
	*) kill -"$how" "$(pid_in a)" ;;
	esac
	check "the shell ends with virttop ($how)" wait_until 60 is_gone "${shell:-1}"
	# Nothing can restore it after SIGKILL.
	[ $how = KILL ] || check "the terminal is restored ($how)" wait_for a '^back>$'
done
tmux_ kill-session -t a

start b 160 45
open_pane b /bin/false >/dev/null
check 'a program that ends at once leaves its status' wait_for b 'ended with status 1'
send b Enter
send b q
check 'and no pane' wait_for b '^back>'

start c 80 24
send c "$VIRTTOP -d 0.5" Enter
wait_for c 'WHAT HURTS' >/dev/null
send c U
check 'a small screen starts with the whole terminal' wait_for c 'run in +‹ this terminal ›'
plan
