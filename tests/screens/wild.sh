#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Terminals as they come: what is sent to each is read byte by byte, through script(1).
# Then a long session of random keys and sizes, in tmux. All of it is --read-only: random
# keys must not reach the machine.
. "$SRCDIR/tests/tap.sh"

readonly esc=$'\033'
quiet=$TMPDIR/wild-$$
mkdir "$quiet"
script=
trap 'exec 8>&-; [ -z "$script" ] || kill "$script" 2>/dev/null; tmux_ kill-server 2>/dev/null' EXIT
tmux_() { tmux -S "$quiet/tmux" -f /dev/null "$@"; }

# FILE PATTERN: it comes to have it, within 60 s.
comes()
{
	local end=$((SECONDS + 60))

	while [ "$SECONDS" -lt "$end" ]; do
		LC_ALL=C grep -qaE -- "$2" "$1" 2>/dev/null && return
		sleep 0.1
	done
	return 1
}

# NAME ENVIRONMENT...: starts, draws two views, quits; all that it sent is in $quiet/NAME.
session()
{
	local name=$1 out=$quiet/$1

	shift
	rm -f "$quiet/keys"
	mkfifo "$quiet/keys"
	env "$@" script -qefc "stty rows 24 cols 80; $VIRTTOP --read-only -d 0.5; echo left \$?" /dev/null \
		<"$quiet/keys" >"$out" 2>&1 &
	script=$!
	exec 8>"$quiet/keys"
	check "$name: starts" comes "$out" 'HURTS'
	printf 3 >&8
	check "$name: draws" comes "$out" 'CGROUP'
	printf q >&8
	check "$name: quits" comes "$out" 'left 0'
	exec 8>&-
	wait "$script"
	script=
}

# NAME: modes that were switched on, and off again; what is left when all well formed
# control sequences are taken away.
no_strays()
{
	local out=$quiet/$1 mode left

	left=$(LC_ALL=C sed -E "s/${esc}\[[?>=!]?[0-9;:]*[ -/]*[@-~]//g; s/$esc\][^$esc]*($esc\\\\|\x07)//g
		s/${esc}[()*+][0-9A-Za-z]//g; s/${esc}[=>78DEHMNOZc]//g; s/$esc#[0-9]//g" "$out" |
		LC_ALL=C tr -d '\n\r\t\b\016\017\040-\176\200-\377' | od -An -c | head -n 3)
	same "$1: no stray bytes" '' "$left"
	left=
	for mode in $(LC_ALL=C grep -aoE "${esc}\[\?[0-9]+[hl]" "$out" | tr -cd '0-9hl\n' | tr -d hl | sort -u); do
		case $mode in
		7 | 12 | 25) mode=$mode+h ;; # on is how terminals are found
		*) mode=$mode+l ;;
		esac
		[ "$(LC_ALL=C grep -aoE "${esc}\[\?${mode%+*}[hl]" "$out" | tail -n 1 | tail -c 2)" = "${mode#*+}" ] ||
			[ "$mode" = 12+h ] || left+=" $mode"
	done
	same "$1: every mode is given back" '' "$left"
}

# NAME: nothing but ASCII.
ascii()
{
	same "$1: only ASCII" '' "$(LC_ALL=C tr -d '\000-\177' <"$quiet/$1" | od -An -c | head -n 2)"
}

# NAME PATTERN-OF-PARAMETERS: no such colours.
no_colour()
{
	same "$1: no colours that it has not" '' \
		"$(LC_ALL=C grep -aoE "${esc}\[([0-9;]*;)?$2(;[0-9;]*)?m" "$quiet/$1" | head -n 3 | od -An -c)"
}

readonly any_colour='(3[0-9]|4[0-9]|9[0-7]|10[0-7])' many_colours='([34]8|9[0-7]|10[0-7])'
for term in linux vt100 screen-256color tmux-256color xterm xterm-256color; do
	if ! infocmp "$term" >/dev/null 2>&1; then
		skip "$term" 'no such terminfo entry'
		continue
	fi
	session "$term" TERM=$term
	no_strays "$term"
	case $term in
	linux | xterm) no_colour "$term" "$many_colours" ;;
	vt100) no_colour "$term" "$any_colour" ;;
	esac
done
session NO_COLOR TERM=xterm-256color NO_COLOR=1
no_strays NO_COLOR
no_colour NO_COLOR '(3[0-8]|4[0-8]|9[0-7]|10[0-7])'
session C TERM=xterm-256color LC_ALL=C
no_strays C
ascii C
session UTF-8 TERM=xterm-256color LC_ALL=C.UTF-8
no_strays UTF-8
check 'UTF-8: is drawn with more than ASCII' test -n "$(LC_ALL=C tr -d '\000-\177' <"$quiet/UTF-8" | head -c 10 | od -An -c)"

if ! command -v tmux >/dev/null; then
	skip '1,000 random keys and 200 sizes' 'tmux is missing'
	plan
	exit 0
fi
# q, Ctrl-C and Ctrl-Z leave, and are tried elsewhere.
keys=(1 2 3 4 5 6 7 8 a b c d e f g h j k l m n p r s t u v w x y z A D E F G K M N S T U '!' '?' '/' '+' '-' '<' '>' '.'
	Enter Escape Space Tab BTab Up Down Left Right PageUp PageDown Home End BSpace F1 F3 Delete Insert C-l C-f C-b é 日)
RANDOM=${SEED:-20260102}
said="SEED=${SEED:-20260102}"
tmux_ new-session -d -s wild -x 80 -y 24 \
	"TERM=screen-256color $VIRTTOP --read-only -d 0.2; echo left \$? >$quiet/left; sleep 1000"
screen() { tmux_ capture-pane -p -t wild; }
sees()
{
	local end=$((SECONDS + 60))

	while [ "$SECONDS" -lt "$end" ]; do
		screen | grep -qE -- "$1" && return
		sleep 0.1
	done
	screen
	return 1
}
check 'random keys: starts' sees 'WHAT HURTS'
for ((n = 0; n < 200; n++)); do
	five=()
	for ((i = 0; i < 5; i++)); do
		five+=("${keys[RANDOM % ${#keys[@]}]}")
	done
	tmux_ send-keys -t wild "${five[@]}"
	tmux_ resize-window -t wild -x $((RANDOM % 200 + 1)) -y $((RANDOM % 60 + 1))
	if [ -e "$quiet/left" ]; then
		break
	fi
	[ $((n % 10)) != 0 ] || sleep 0.2
done
check "random keys: 1,000 keys and 200 sizes later it is there ($said)" test ! -e "$quiet/left"
tmux_ resize-window -t wild -x 100 -y 30
for i in 1 2 3 4 5; do
	tmux_ send-keys -t wild Escape
	sleep 0.1
done
tmux_ send-keys -t wild 1
check 'random keys: and draws' sees 'WHAT HURTS'
tmux_ send-keys -t wild q
check 'random keys: and quits' comes "$quiet/left" 'left 0'
plan
