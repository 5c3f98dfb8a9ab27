#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The program in a terminal under a person who hits keys and pulls at the window:
# 1,000 random keys and 200 random sizes, read-only. It must live, give the terminal
# back, and write nothing that is no text and no control sequence of a terminal.
# SEED= repeats a session; KEYS= and SIZES= make it longer or shorter.
. "$SRCDIR/tests/tap.sh"

if ! command -v tmux >/dev/null; then
	skip 'random keys and sizes' 'tmux is missing'
	plan
	exit 0
fi
seed=${SEED:-$((RANDOM * 32768 + RANDOM))}
keys=${KEYS:-1000}
sizes=${SIZES:-200}
RANDOM=$seed
echo "# SEED=$seed"

socket=$TMPDIR/wild-$$
tmux_() { tmux -S "$socket" -f /dev/null "$@"; }
cleanup() { tmux_ kill-server 2>/dev/null; }
trap cleanup EXIT

screen() { tmux_ capture-pane -p -t "$1"; }

# SESSION PATTERN
wait_for()
{
	local i

	for ((i = 0; i < 100; i++)); do
		screen "$1" | grep -qE -- "$2" && return 0
		sleep 0.1
	done
	echo "waited in vain for '$2':"
	screen "$1"
	return 1
}

# What is typed. Not q and Ctrl-C, which quit, and Ctrl-Z and Ctrl-\, which stop and end.
readonly named=(Up Down Left Right PageUp PageDown Home End Tab BTab Enter Escape Space BSpace
	DC IC F1 F2 F5 F10 C-a C-d C-e C-f C-l C-n C-p C-r C-u C-w M-x M-1 C-Up S-Down)
readonly letters='abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZ0123456789+-*/?!<>=,.:%()[]{}_|~^&#@$'

# N: so many keys, with one command of tmux; what is no name goes literally.
press()
{
	local i words=()

	for ((i = 0; i < $1; i++)); do
		[ "$i" -eq 0 ] || words+=(';')
		if ((RANDOM % 3 == 0)); then
			words+=(send-keys -t wild "${named[RANDOM % ${#named[@]}]}")
		else
			words+=(send-keys -t wild -l "${letters:RANDOM % ${#letters}:1}")
		fi
	done
	tmux_ "${words[@]}"
}

alive() { kill -0 "$pid" 2>/dev/null; }

# FILE: what is left when texts and a terminal's control sequences are taken away; ]104
# puts the colours back (terminfo's oc).
stray()
{
	LC_ALL=C sed -zE 's/\x1b\[[0-?]*[ -\/]*[@-~]//g; s/\x1b[()*+][0-9A-Za-z]//g
		s/\x1b[=>78cDEHMNOZ]//g; s/\x1b\\//g; s/\x1b\]104\a//g' "$1" |
		LC_ALL=C tr -d '\t\n\r\b\016\017 -~\200-\377' | od -An -c | head -n 5
}

# TERM: a whole session.
session()
{
	local term=$1 i pid out=$TMPDIR/wild-$$-$1 size=0

	if ! infocmp "$term" >/dev/null 2>&1; then
		skip "$term" 'no such terminfo entry'
		return
	fi
	tmux_ new-session -d -s wild -x 80 -y 24 \
		"env PS1='back> ' TERM=$term LC_ALL=C.UTF-8 ASAN_OPTIONS='${ASAN_OPTIONS:-}' bash --norc --noprofile"
	tmux_ set-option -g remain-on-exit off
	wait_for wild 'back>' >/dev/null
	tmux_ send-keys -t wild "'$VIRTTOP' --read-only -d 0.5; echo status \$?" Enter
	check "$term: starts" wait_for wild 'WHAT HURTS'
	pid=$(pgrep -P "$(tmux_ display-message -p -t wild '#{pane_pid}')" | head -n 1)
	tmux_ pipe-pane -t wild "cat >'$out'"
	for ((i = 0; size < sizes; i += keys / sizes)); do
		press $((keys / sizes))
		tmux_ resize-window -t wild -x $((RANDOM % 220 + 1)) -y $((RANDOM % 70 + 1))
		size=$((size + 1))
		((size % 10)) || alive || break
	done
	check "$term: lives after $i keys and $size sizes" alive
	tmux_ resize-window -t wild -x 100 -y 30
	# Out of whatever dialog it is in, then a sign that it answers.
	for ((i = 0; i < 6; i++)); do
		tmux_ send-keys -t wild Escape
		sleep 0.1
	done
	tmux_ send-keys -t wild 3
	check "$term: still answers" wait_for wild '^ CGROUP'
	tmux_ pipe-pane -t wild
	same "$term: no stray bytes" '' "$(stray "$out")"
	check "$term: something was seen of it" test -s "$out"
	tmux_ send-keys -t wild q
	check "$term: quits with 0" wait_for wild '^status 0'
	tmux_ send-keys -t wild 'clear; stty -a | tr " " "\n" | grep -xE -- "-?(echo|icanon|isig|opost);?" | xargs' Enter
	check "$term: the terminal is as it was" wait_for wild '^isig icanon echo|^opost isig icanon echo'
	same "$term: no alternate screen" 0 "$(tmux_ display-message -p -t wild '#{alternate_on}')"
	tmux_ kill-session -t wild
}

printf 'text \033[1;31mred\033(B\001\033]0;title\a' >"$TMPDIR/wild-$$-planted"
has 'a stray byte would be found' '001' "$(stray "$TMPDIR/wild-$$-planted")"
session xterm
keys=$((keys / 10)) sizes=$((sizes / 10))
session screen-256color
session xterm-256color
plan
